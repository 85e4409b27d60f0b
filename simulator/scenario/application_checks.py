"""Whether applications are there, and users may use them, when their turn comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from simulator.primitives.instants import parse_instant
from simulator.scenario import actions
from simulator.scenario.directory_checks import listed_users
from simulator.scenario.live_applications import LiveApplication, LiveToken
from simulator.scenario.portal_checks import PATIENCE, portal, role
from simulator.scenario.wording import Problem, listed_twice, suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from simulator.scenario.scene import Scene, Step

BACKGROUND_SESSIONS: Final = parse_instant("2025-08-11")
"""When user background sessions came."""

ACCOUNT_ACCESS: Final = parse_instant("2026-06-19")
"""When tokens of applications could give access to accounts."""

ACCOUNT_SCOPE: Final = "sso:account:access"
_REFRESHABLE: Final = frozenset({"authorization-code", "refresh-token"})


def _dated(step: Step, field: tuple[str | int, ...], since: int, what: str) -> Iterator[Problem]:
    if step.at < since:
        day = "2025-08-11" if since == BACKGROUND_SESSIONS else "2026-06-19"
        yield Problem((*step.where, *field), f"{what} came on {day}")


def _application(scene: Scene, step: Step) -> Iterator[Problem]:
    """Yield why the application of an entry is not there."""
    entry: Any = step.entry
    name, live = entry.application, scene.applications
    if name in live.known:
        return
    if name in live.gone:
        words = f"{name} is deleted by then"
    else:
        words = f"there is no application {name} by then{suggestion(name, live.known)}"
    yield Problem((*step.where, "application"), words)


def _new(
    scene: Scene, step: Step, made: LiveApplication, field: tuple[str, ...]
) -> Iterator[Problem]:
    live = scene.applications
    if made.name in live.known:
        yield Problem((*step.where, *field), f"there is an application {made.name} by then")
    live.known[made.name] = made
    live.gone.discard(made.name)


def create(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check what a new application needs, and let it be."""
    entry = step.entry
    assert isinstance(entry, actions.CreateApplication)
    details = entry.application
    issuer, issuers = details.trusted_token_issuer, scene.applications.issuers
    where = (*step.where, "application")
    if issuer is not None and issuer not in issuers:
        words = f"no such trusted token issuer by then{suggestion(issuer, issuers)}"
        yield Problem((*where, "trusted_token_issuer"), words)
    if ("jwt-bearer" in details.grants) is not (issuer is not None):
        words = "jwt-bearer and trusted_token_issuer belong together"
        yield Problem((*where, "grants"), words)
    yield from listed_twice((*where, "grants"), details.grants)
    if details.background_sessions:
        field = ("application", "background_sessions")
        yield from _dated(step, field, BACKGROUND_SESSIONS, "user background sessions")
    made = LiveApplication(
        f"{details.name} {step.nth + 1}" if step.nth else details.name,
        is_assignment_required=details.assignment_required,
        grants=frozenset(details.grants),
        scopes=frozenset(details.scopes),
        has_background_sessions=details.background_sessions,
    )
    yield from _new(scene, step, made, ("application", "name"))


def create_issuer(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check the name of a new issuer, and let it be."""
    entry = step.entry
    assert isinstance(entry, actions.CreateTrustedTokenIssuer)
    issuers = scene.applications.issuers
    if entry.name in issuers:
        words = f"there is a trusted token issuer {entry.name} by then"
        yield Problem((*step.where, "name"), words)
    issuers.add(entry.name)


def _change(scene: Scene, step: Step, made: LiveApplication, *, adds: bool) -> Iterator[Problem]:
    """Check users and groups of an entry, and give them an application or take it."""
    entry: Any = step.entry
    yield from listed_users(scene, step, entry.users)
    for place, name in enumerate(entry.users):
        if name not in scene.users or name in entry.users[:place]:
            continue
        if adds is (name in made.users):
            state = "has" if adds else "does not have"
            yield Problem((*step.where, "users", place), f"{name} {state} {made.name} by then")
        (made.users.add if adds else made.users.discard)(name)
    for place, name in enumerate(entry.groups):
        where = (*step.where, "groups", place)
        yield from scene.find_group(where, name)
        if name in entry.groups[:place]:
            yield Problem(where, f"{name} is listed twice")
            continue
        group = scene.groups.get(name)
        if group is None:
            continue
        if adds is made.has_group(group):
            state = "has" if adds else "does not have"
            yield Problem(where, f"{name} {state} {made.name} by then")
        if adds:
            made.groups.append(group)
        else:
            made.groups = [one for one in made.groups if one is not group]


def _change_known(scene: Scene, step: Step, *, adds: bool) -> Iterator[Problem]:
    """Check that an entry is about somebody, and change the application it names."""
    entry: Any = step.entry
    if not entry.users and not entry.groups:
        yield Problem(step.where, "about nobody: give users or groups")
    made = scene.applications.known.get(entry.application)
    if made is not None:
        yield from _change(scene, step, made, adds=adds)


def assign(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check that an application is not assigned yet, or is, and change that."""
    entry = step.entry
    assert isinstance(entry, actions.AssignApplication)
    yield from _application(scene, step)
    yield from _change_known(scene, step, adds=entry.does == "assign-application")


def _gone(scene: Scene, name: str) -> None:
    if scene.applications.known.pop(name, None) is not None:
        scene.applications.gone.add(name)


def delete(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check that an application is there, and let it be gone."""
    entry = step.entry
    assert isinstance(entry, actions.DeleteApplication)
    yield from _application(scene, step)
    _gone(scene, entry.application)


def enable(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check that the application is new, and subscribe its first users."""
    entry = step.entry
    assert isinstance(entry, actions.EnableQDeveloper)
    made = LiveApplication(entry.application, is_subscription=True)
    yield from _new(scene, step, made, ("application",))
    yield from _change(scene, step, made, adds=True)


def _subscription(scene: Scene, step: Step) -> Iterator[Problem]:
    """Yield why an entry's application takes no subscriptions."""
    entry: Any = step.entry
    yield from _application(scene, step)
    made = scene.applications.known.get(entry.application)
    if made is not None and not made.is_subscription:
        words = f"{made.name} is not of Amazon Q Developer: enable-q-developer makes one"
        yield Problem((*step.where, "application"), words)


def subscribe(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check that users are not subscribed yet, or are, and change that."""
    entry = step.entry
    assert isinstance(entry, actions.Subscribe)
    yield from _subscription(scene, step)
    yield from _change_known(scene, step, adds=entry.does == "subscribe")


def disable(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check that Amazon Q Developer is enabled, and end that."""
    entry = step.entry
    assert isinstance(entry, actions.DisableQDeveloper)
    yield from _subscription(scene, step)
    _gone(scene, entry.application)


# --- What applications do for users -----------------------------------------------------


def _server(scene: Scene, step: Step) -> Iterator[Problem]:
    """Yield why an entry's application cannot act, or not for its user."""
    entry: Any = step.entry
    admin = scene.admin(step)
    if admin is not None and admin.kind != "role":
        words = "an application acts with a role: name an administrator of kind role"
        yield Problem((*step.where, "admin"), words)
    yield from _application(scene, step)
    yield from scene.find_user((*step.where, "user"), entry.user)
    made = scene.applications.known.get(entry.application)
    if made is not None and entry.user in scene.users and not made.is_for(entry.user):
        words = f"{made.name} is not assigned to {entry.user} by then"
        yield Problem((*step.where, "user"), words)


def create_token(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check that an application may ask for a token, and let it have one."""
    entry = step.entry
    assert isinstance(entry, actions.CreateTokenWithIam)
    yield from _server(scene, step)
    if ACCOUNT_SCOPE in entry.scopes:
        yield from _dated(step, ("scopes",), ACCOUNT_ACCESS, f"{ACCOUNT_SCOPE} of applications")
    if entry.job is not None:
        yield from _dated(step, ("job",), BACKGROUND_SESSIONS, "user background sessions")
        if entry.grant != "token-exchange":
            yield Problem((*step.where, "job"), "needs grant: token-exchange", at_key=True)
    made = scene.applications.known.get(entry.application)
    if made is None:
        return
    if entry.grant not in made.grants:
        words = f"{made.name} does not have this grant: {', '.join(sorted(made.grants)) or 'none'}"
        yield Problem((*step.where, "grant"), words)
    if entry.job is not None and not made.has_background_sessions:
        yield Problem((*step.where, "job"), f"{made.name} lacks background_sessions: true")
    for place, scope in enumerate(entry.scopes):
        if scope not in made.scopes:
            yield Problem((*step.where, "scopes", place), f"{made.name} lacks this scope")
    before = made.tokens.get(entry.user)
    if entry.grant == "refresh-token" and (before is None or not before.is_refreshable):
        words = f"{made.name} has no refresh token of {entry.user} by then"
        yield Problem((*step.where, "grant"), words)
    made.tokens[entry.user] = LiveToken(
        step.at + entry.lasts,
        frozenset(entry.scopes),
        is_refreshable=entry.grant in _REFRESHABLE or entry.job is not None,
    )


def _token(scene: Scene, step: Step) -> Iterator[Problem]:
    """Yield why an entry's application has no token of its user."""
    entry: Any = step.entry
    made = scene.applications.known.get(entry.application)
    if made is None:
        return
    token = made.tokens.get(entry.user)
    if token is None:
        words = f"{made.name} has no token of {entry.user}: create-token-with-iam first"
        yield Problem((*step.where, "user"), words)
    elif step.at > token.until + PATIENCE:
        words = f"the token that {made.name} has of {entry.user} has expired by then"
        yield Problem((*step.where, "user"), words)


def use_token(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check that an application has a token for accounts, and the user the role."""
    entry = step.entry
    assert isinstance(entry, actions.UseApplicationToken)
    yield from _server(scene, step)
    yield from _token(scene, step)
    made = scene.applications.known.get(entry.application)
    token = made.tokens.get(entry.user) if made is not None else None
    if token is not None and ACCOUNT_SCOPE not in token.scopes:
        words = f"the token was got without the scope {ACCOUNT_SCOPE}"
        yield Problem((*step.where, "application"), words)
    yield from role(scene, step, entry.user)


def assume_role(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check that an application has a token of the user."""
    assert isinstance(step.entry, actions.AssumeRoleWithIdentity)
    yield from _server(scene, step)
    yield from _token(scene, step)


def ide_sign_in(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check that a user is in the portal and has the application."""
    entry = step.entry
    assert isinstance(entry, actions.IdeSignIn)
    yield from portal(scene, step)
    yield from _application(scene, step)
    made = scene.applications.known.get(entry.application)
    if made is None or step.user not in scene.users:
        return
    if not made.is_for(step.user):
        how = "subscribe" if made.is_subscription else "assign-application"
        words = f"{made.name} is not assigned to {step.user} by then: {how} before"
        yield Problem((*step.where, "application"), words)
    scene.applications.editors[step.user] = made.name


def refresh_ide(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check that a user has signed in in an editor."""
    yield from portal(scene, step)
    if step.user in scene.users and step.user not in scene.applications.editors:
        words = f"{step.user} has not signed in in an editor: ide-sign-in first"
        yield Problem(step.where, words)


CHECKS: Final[dict[type[actions.Entry], Callable[[Scene, Step], Iterator[Problem]]]] = {
    actions.CreateApplication: create,
    actions.AssignApplication: assign,
    actions.DeleteApplication: delete,
    actions.CreateTrustedTokenIssuer: create_issuer,
    actions.EnableQDeveloper: enable,
    actions.Subscribe: subscribe,
    actions.ListSubscriptions: _subscription,
    actions.DisableQDeveloper: disable,
    actions.CreateTokenWithIam: create_token,
    actions.UseApplicationToken: use_token,
    actions.AssumeRoleWithIdentity: assume_role,
    actions.IdeSignIn: ide_sign_in,
    actions.RefreshIdeToken: refresh_ide,
}
"""Action to what it is asked."""
