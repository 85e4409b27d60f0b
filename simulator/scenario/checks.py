"""What the form of a scenario cannot say: references, limits, duplicates.

Each check is told the whole scenario and yields what is wrong with its part; `CHECKS`
lists them. What depends on the order of events is checked by `rehearsal`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from simulator.directory import names, networks
from simulator.directory.personas import PERSONAS
from simulator.primitives import instants
from simulator.records.kinds import KINDS
from simulator.scenario import access_checks
from simulator.scenario.document import Population, User
from simulator.scenario.mutations import BY_NAME, misused
from simulator.scenario.rehearsal import rehearse
from simulator.scenario.resolve import account_names, full_persona, population_ids, stems
from simulator.scenario.wording import Problem, suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from simulator.scenario.actions import Entry
    from simulator.scenario.document import (
        Account,
        Administrator,
        Assignment,
        Computer,
        Scenario,
        Where,
    )

    Step = str | int

MOST_DAYS: Final = 3660
"""No window is longer."""

MEMBER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_:-]*(?:\.(?:[A-Za-z_][A-Za-z0-9_:-]*|\d+))*")
"""How a member of a record is named in `records`."""

_SESSION_NAME: Final = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
_ACCOUNT_ID_RANGE: Final = range(10**11, 10**12)


@dataclass(frozen=True, slots=True)
class Known:
    """The names that the parts of a scenario may refer to."""

    accounts: dict[str, tuple[str, ...]]
    """Names and stems of accounts, and the accounts they mean."""
    permission_sets: frozenset[str]
    """Permission sets."""
    groups: frozenset[str]
    """Groups that exist when the window begins."""
    networks: frozenset[str]
    """Networks: listed, and the offices that are made for those who have none."""
    personas: frozenset[str]
    """Personas: built in, and the scenario's own."""


def known(scenario: Scenario) -> Known:
    """Return what may be referred to."""
    personas = frozenset({*PERSONAS, *scenario.personas})
    countries = {
        full_persona(user.persona, scenario.personas).country
        for user in scenario.users
        if user.persona in personas and _is_sound(user.persona, scenario)
    }
    offices = {f"office-{country}" for country in countries | {"US"}}
    return Known(
        accounts=stems(scenario.organization),
        permission_sets=frozenset(one.name for one in scenario.permission_sets),
        groups=frozenset(group.name for group in scenario.groups),
        networks=frozenset({network.name for network in scenario.networks} | offices),
        personas=personas,
    )


def _is_sound(name: str, scenario: Scenario) -> bool:
    """Return whether a persona and all it is based on can be made out."""
    seen: set[str] = set()
    while name in scenario.personas:
        persona = scenario.personas[name]
        if persona.country is not None and persona.country not in networks.COUNTRIES:
            return False
        seen.add(name)
        if persona.like is None:
            return True
        name = persona.like
        if name in seen:
            return name in PERSONAS
    return name in PERSONAS


def unknown(kind: str, name: str, among: Iterable[str]) -> str:
    """Return what to say of a name that nothing has."""
    return f"no such {kind}{suggestion(name, among)}"


def repeated(
    where: tuple[Step, ...], field: str, values: Iterable[tuple[int, str | None]], what: str
) -> Iterator[Problem]:
    """Yield every value that occurred before: positions in a list, and what they have there."""
    seen: set[str] = set()
    for position, value in values:
        if value is None:
            continue
        if value.casefold() in seen:
            yield Problem((*where, position, field), f"another {what} has this {field}")
        seen.add(value.casefold())


def _twice(where: tuple[Step, ...], values: Iterable[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for position, value in enumerate(values):
        if value in seen:
            yield Problem((*where, position), f"{value} is listed twice")
        seen.add(value)


def _window(scenario: Scenario, _known: Known) -> Iterator[Problem]:
    window = scenario.window
    if window.end is None and window.days is None:
        yield Problem(("window",), "give end or days")
    elif window.end is not None and window.days is not None:
        yield Problem(("window", "days"), "give end or days, not both", at_key=True)
    elif window.end is not None and window.end <= window.start:
        yield Problem(("window", "end"), "not after the start")
    elif window.end is not None and window.end - window.start > MOST_DAYS * instants.DAY:
        yield Problem(("window", "end"), f"more than {MOST_DAYS} days after the start")
    elif window.days and window.start + window.days * instants.DAY > instants.LATEST:
        yield Problem(("window", "days"), "the window ends after the year 2099")


def _cutover(scenario: Scenario, _known: Known) -> Iterator[Problem]:
    if not scenario.cutover:
        yield Problem(("cutover",), "expected at least one Region")


def _organization(scenario: Scenario, known: Known) -> Iterator[Problem]:
    organization = scenario.organization
    top = ("organization",)
    management = organization.management_account
    items: list[tuple[tuple[Step, ...], Account]] = [((*top, "management_account"), management)]
    items += [((*top, "accounts", n), item) for n, item in enumerate(organization.accounts)]
    if management.count is not None:
        yield Problem(
            (*top, "management_account", "count"), "there is one management account", at_key=True
        )
    ids: set[str] = set()
    taken: set[str] = set()
    for where, account in items:
        if account.id is not None and account.count is not None:
            yield Problem((*where, "id"), "an id is of one account: leave out id or count")
        elif account.id is not None:
            if account.id in ids:
                yield Problem((*where, "id"), "another account has this id")
            ids.add(account.id)
        meant = {account.name, *account_names(account)}
        if clash := sorted(meant & taken):
            yield Problem((*where, "name"), f"another account is called {clash[0]}")
        taken |= meant
        yield from repeated(
            (*where, "policies"),
            "name",
            ((n, policy.name) for n, policy in enumerate(account.policies)),
            "policy",
        )
    delegated = organization.delegated_administrator
    if delegated is not None:
        yield from _account((*top, "delegated_administrator"), delegated, known)
        if delegated == management.name:
            yield Problem(
                (*top, "delegated_administrator"),
                "expected a member account, this is the management account",
            )


def _account(where: tuple[Step, ...], name: str, known: Known) -> Iterator[Problem]:
    """Yield what is wrong with a name that must mean one account."""
    meant = known.accounts.get(name)
    if meant is None:
        yield Problem(where, unknown("account", name, known.accounts))
    elif meant != (name,):
        several = meant[0] if len(meant) == 1 else f"{meant[0]} to {meant[-1]}"
        yield Problem(where, f"a stem; name one account: {several}")


def _instance(scenario: Scenario, known: Known) -> Iterator[Problem]:
    instance = scenario.instance
    top = ("instance",)
    if instance.account is not None:
        yield from _account((*top, "account"), instance.account, known)
    if instance.kind == "account":
        if instance.account is None:
            yield Problem(top, "an account instance needs its account")
        if scenario.permission_sets:
            yield Problem(
                ("permission_sets",),
                "an account instance has no permission sets",
                at_key=True,
            )
        if scenario.organization.delegated_administrator is not None:
            yield Problem(
                ("organization", "delegated_administrator"),
                "an account instance has no delegated administrator",
                at_key=True,
            )
    elif instance.account not in {None, scenario.organization.management_account.name}:
        yield Problem(
            (*top, "account"),
            "an organization instance belongs to the management account: "
            "leave account out, or say kind: account",
        )
    source = instance.identity_source
    if source.provider is not None and source.kind != "external-idp":
        yield Problem(
            (*top, "identity_source", "provider"),
            "only an external-idp has a provider",
            at_key=True,
        )
    if source.scim is not None and source.kind != "external-idp":
        yield Problem(
            (*top, "identity_source", "scim"),
            "only an external-idp pushes users",
            at_key=True,
        )
    yield from _twice((*top, "mfa", "devices"), instance.mfa.devices)
    if not instance.mfa.devices and instance.mfa.without_device == "enrol":
        yield Problem(
            (*top, "mfa", "devices"),
            "nothing can be enrolled: list a device, or say without_device: allow",
        )


def _permission_sets(scenario: Scenario, _known: Known) -> Iterator[Problem]:
    top = ("permission_sets",)
    sets = scenario.permission_sets
    yield from repeated(top, "name", ((n, s.name) for n, s in enumerate(sets)), "permission set")
    yield from repeated(top, "id", ((n, s.id) for n, s in enumerate(sets)), "permission set")
    for position, one in enumerate(sets):
        yield from access_checks.contents((*top, position), one)


def _assignments(
    where: tuple[Step, ...], assignments: tuple[Assignment, ...], known: Known
) -> Iterator[Problem]:
    seen: set[tuple[str, str]] = set()
    for position, assignment in enumerate(assignments):
        here = (*where, position)
        if assignment.permission_set not in known.permission_sets:
            words = unknown("permission set", assignment.permission_set, known.permission_sets)
            yield Problem((*here, "permission_set"), words)
        for place, name in enumerate(assignment.accounts):
            if name not in known.accounts:
                words = unknown("account", name, known.accounts)
                yield Problem((*here, "accounts", place), words)
                continue
            pairs = {(assignment.permission_set, account) for account in known.accounts[name]}
            if pairs & seen:
                words = f"{assignment.permission_set} is assigned in {name} already"
                yield Problem((*here, "accounts", place), words)
            seen |= pairs


def _groups(scenario: Scenario, known: Known) -> Iterator[Problem]:
    groups = scenario.groups
    yield from repeated(("groups",), "name", ((n, g.name) for n, g in enumerate(groups)), "group")
    yield from repeated(("groups",), "id", ((n, g.id) for n, g in enumerate(groups)), "group")
    for position, group in enumerate(groups):
        yield from _assignments(("groups", position, "assignments"), group.assignments, known)


def _references(
    where: tuple[Step, ...],
    part: User | Population | Administrator | Computer,
    known: Known,
) -> Iterator[Problem]:
    if part.network is not None and part.network not in known.networks:
        yield Problem((*where, "network"), unknown("network", part.network, known.networks))
    persona = getattr(part, "persona", None)
    if persona is not None and persona not in known.personas:
        yield Problem((*where, "persona"), unknown("persona", persona, known.personas))


def _locale(where: tuple[Step, ...], locale: str) -> Iterator[Problem]:
    try:
        names.pool(locale)
    except ValueError:
        hint = suggestion(locale, names.SHIPPED) or ": expected one such as en_US"
        yield Problem(where, f"no such locale{hint}")


def _users(scenario: Scenario, known: Known) -> Iterator[Problem]:
    top = ("users",)
    users = list(enumerate(scenario.users))
    named = [(n, user) for n, user in users if isinstance(user, User)]
    yield from repeated(top, "name", ((n, user.name) for n, user in named), "user")
    yield from repeated(top, "id", ((n, user.id) for n, user in named), "user")
    group_ids = {group.id for group in scenario.groups if group.id is not None}
    for position, user in users:
        yield from _references((*top, position), user, known)
        if isinstance(user, Population):
            yield from _population((*top, position), user, scenario, known)
        else:
            if user.id in group_ids:
                yield Problem((*top, position, "id"), "a group has this id")
            yield from _user((*top, position), user, scenario, known)
    devices = [
        ((*top, n, "mfa", place, "id"), device.id)
        for n, user in named
        for place, device in enumerate(user.mfa)
    ]
    seen: set[str] = set()
    for where, device_id in devices:
        if device_id is not None and device_id in seen:
            yield Problem(where, "another device has this id")
        seen.add(device_id or "")


def _user(
    where: tuple[Step, ...], user: User, scenario: Scenario, known: Known
) -> Iterator[Problem]:
    source = scenario.instance.identity_source.kind
    if any(mark.isspace() for mark in user.name):
        yield Problem((*where, "name"), "a user name has no spaces")
    for place, group in enumerate(user.groups):
        if group not in known.groups:
            yield Problem((*where, "groups", place), unknown("group", group, known.groups))
    yield from _twice((*where, "groups"), user.groups)
    yield from _assignments((*where, "assignments"), user.assignments, known)
    yield from _locale((*where, "locale"), user.locale)
    if user.mfa and source == "external-idp":
        yield Problem(
            (*where, "mfa"), "with an external IdP, MFA is the provider's: leave this out"
        )
    for place, device in enumerate(user.mfa):
        if device.type not in scenario.instance.mfa.devices:
            yield Problem(
                (*where, "mfa", place, "type"), f"the instance's mfa.devices has no {device.type}"
            )
    yield from repeated(
        (*where, "mfa"), "name", ((n, device.name) for n, device in enumerate(user.mfa)), "device"
    )
    if not user.password_set and source != "identity-center":
        yield Problem((*where, "password_set"), f"with {source} there is no password to set")


def _population(
    where: tuple[Step, ...], population: Population, scenario: Scenario, known: Known
) -> Iterator[Problem]:
    for group in population.groups:
        if group not in known.groups:
            words = unknown("group", group, known.groups)
            yield Problem((*where, "groups", group), words, at_key=True)
    if not population.locale:
        yield Problem((*where, "locale"), "expected at least one locale")
    for place, locale in enumerate(population.locale):
        yield from _locale((*where, "locale", place), locale)
    if population.mfa and scenario.instance.identity_source.kind == "external-idp":
        yield Problem(
            (*where, "mfa"), "with an external IdP, MFA is the provider's: leave this out"
        )
    for device in population.mfa:
        if device not in scenario.instance.mfa.devices:
            words = f"the instance's mfa.devices has no {device}"
            yield Problem((*where, "mfa", device), words, at_key=True)


def _population_ids(scenario: Scenario, _known: Known) -> Iterator[Problem]:
    seen: set[str] = set()
    for position, name in population_ids(scenario.users).items():
        if name in seen:
            user = scenario.users[position]
            given = isinstance(user, Population) and user.id is not None
            where = ("users", position, "id") if given else ("users", position)
            yield Problem(where, f"another population has the id {name}: give an id of its own")
        seen.add(name)


def _administrators(scenario: Scenario, known: Known) -> Iterator[Problem]:
    top = ("administrators",)
    admins = list(enumerate(scenario.administrators))
    yield from repeated(top, "name", ((n, admin.name) for n, admin in admins), "administrator")
    for position, admin in admins:
        where = (*top, position)
        yield from _references(where, admin, known)
        if admin.account is not None:
            yield from _account((*where, "account"), admin.account, known)
        if admin.kind != "root" and not _SESSION_NAME.fullmatch(admin.name):
            yield Problem((*where, "name"), "expected 2 to 64 letters, digits and any of +=,.@-_")
        for field in ("permission_set", "role"):
            if admin.kind != "role" and getattr(admin, field) is not None:
                words = f"only an administrator of kind role has a {field.replace('_', ' ')}"
                yield Problem((*where, field), words, at_key=True)
        if admin.role is not None and admin.permission_set is not None:
            yield Problem((*where, "role"), "give role or permission_set, not both", at_key=True)
        if admin.permission_set is not None and admin.permission_set not in known.permission_sets:
            words = unknown("permission set", admin.permission_set, known.permission_sets)
            yield Problem((*where, "permission_set"), words)


def _networks(scenario: Scenario, _known: Known) -> Iterator[Problem]:
    top = ("networks",)
    listed = list(enumerate(scenario.networks))
    yield from repeated(top, "name", ((n, network.name) for n, network in listed), "network")
    for position, network in listed:
        yield from _country((*top, position, "country"), network.country)
        yield from _twice((*top, position, "addresses"), network.addresses)


def _computers(scenario: Scenario, known: Known) -> Iterator[Problem]:
    top = ("computers",)
    listed = list(enumerate(scenario.computers))
    yield from repeated(top, "name", ((n, computer.name) for n, computer in listed), "computer")
    for position, computer in listed:
        yield from _references((*top, position), computer, known)


def _country(where: tuple[Step, ...], code: str) -> Iterator[Problem]:
    if code not in networks.COUNTRIES:
        some = ", ".join(list(networks.COUNTRIES)[:6])
        yield Problem(where, f"no addresses are kept for this country; for {some} and others")


def _personas(scenario: Scenario, known: Known) -> Iterator[Problem]:
    for name, persona in scenario.personas.items():
        where = ("personas", name)
        if persona.country is not None:
            yield from _country((*where, "country"), persona.country)
        if persona.like is not None and persona.like not in known.personas:
            yield Problem((*where, "like"), unknown("persona", persona.like, known.personas))
        elif _goes_round(name, scenario):
            yield Problem((*where, "like"), "is based on itself")
        hours = persona.hours
        if hours is None:
            continue
        try:
            instants.zone(hours.timezone)
        except ValueError:
            yield Problem(
                (*where, "hours", "timezone"),
                "no such time zone: expected one such as Europe/Madrid",
            )
        if hours.end <= hours.start:
            yield Problem((*where, "hours", "to"), "not after `from`")


def _goes_round(name: str, scenario: Scenario) -> bool:
    start, seen = name, set()
    while name not in seen:
        seen.add(name)
        like = scenario.personas[name].like if name in scenario.personas else None
        if like is None or (like == name and name in PERSONAS):
            return False
        name = like
    return name == start


def _background(scenario: Scenario, _known: Known) -> Iterator[Problem]:
    background = scenario.background
    if background.events is None and background.intensity is None:
        yield Problem(("background",), "give events or intensity")
    elif background.events is not None and background.intensity is not None:
        yield Problem(
            ("background", "intensity"), "give events or intensity, not both", at_key=True
        )
    elif background.events or background.intensity:
        people = [
            user for user in scenario.users if isinstance(user, Population) or user.background
        ]
        if not people:
            field = "events" if background.events else "intensity"
            yield Problem(("background", field), "nobody is there to act: add users")


def _entry_ids(scenario: Scenario) -> Iterator[tuple[tuple[Step, ...], str]]:
    stack: list[tuple[tuple[Step, ...], tuple[Entry, ...]]] = [(("storyline",), scenario.storyline)]
    while stack:
        where, entries = stack.pop()
        for position, entry in enumerate(entries):
            if entry.id is not None:
                yield (*where, position, "id"), entry.id
            stack.append(((*where, position, "then"), entry.then))


def _records(scenario: Scenario, _known: Known) -> Iterator[Problem]:
    ids = {name for _, name in _entry_ids(scenario)}
    users = [user.name for user in scenario.users if isinstance(user, User)]
    created = set(_created_users(scenario.storyline))
    events = {kind.event_name for kind in KINDS}
    for position, override in enumerate(scenario.records):
        where = ("records", position)
        chosen = override.where
        yield from _which(where, chosen, ids)
        if chosen.event is not None and chosen.event not in events:
            yield Problem((*where, "where", "event"), unknown("event", chosen.event, events))
        if chosen.user is not None and chosen.user not in {*users, *created}:
            words = unknown("user", chosen.user, {*users, *created})
            yield Problem((*where, "where", "user"), words)
        changes = (override.as_ is not None, override.set, override.drop, override.order)
        if not any(changes) and not override.omit:
            yield Problem(where, "nothing to do: give set, drop, order, as or omit")
        elif any(changes) and override.omit:
            yield Problem((*where, "omit"), "left out and changed at once", at_key=True)
        yield from _members(where, override.set, override.drop)
        yield from _twice((*where, "order"), override.order)
    yield from _twice(("only",), scenario.only)


def _which(where: tuple[Step, ...], chosen: Where, ids: set[str]) -> Iterator[Problem]:
    if (chosen.entry is None) == (chosen.event_id is None):
        yield Problem((*where, "where"), "give entry or event_id", at_key=True)
    elif chosen.entry is None and (chosen.event or chosen.user or chosen.nth):
        words = "an event_id says all: give no event, user or nth beside it"
        yield Problem((*where, "where", "event_id"), words)
    elif chosen.entry is not None and chosen.entry not in ids:
        yield Problem((*where, "where", "entry"), unknown("entry", chosen.entry, ids))


def _created_users(entries: Iterable[Entry]) -> Iterator[str]:
    for entry in entries:
        details = getattr(entry, "new_user", None)
        if details is not None:
            yield details.name
        yield from _created_users(entry.then)


def _members(
    where: tuple[Step, ...], put: dict[str, Any], drop: tuple[str, ...]
) -> Iterator[Problem]:
    words = "expected a member path such as additionalEventData.UserName"
    for path, value in put.items():
        here = (*where, "set", path)
        if not MEMBER.fullmatch(path):
            yield Problem(here, words, at_key=True)
        if any(path != other and path.startswith(f"{other}.") for other in put):
            yield Problem(here, "lies within another member that is set", at_key=True)
        if isinstance(value, int) and value in _ACCOUNT_ID_RANGE:
            yield Problem(here, "a number: if it is an account id, put it in quotes")
    for place, path in enumerate(drop):
        if not MEMBER.fullmatch(path):
            yield Problem((*where, "drop", place), words)
        elif path in put:
            yield Problem((*where, "drop", place), "set and dropped at once")
    yield from _twice((*where, "drop"), drop)


def _mutations(scenario: Scenario, _known: Known) -> Iterator[Problem]:
    for name, damage in scenario.mutations.items():
        where = ("mutations", name)
        if name not in BY_NAME:
            words = f"{unknown('mutation', name, BY_NAME)}; `trailwright mutations` lists them"
            yield Problem(where, words, at_key=True)
            continue
        for option, message in misused(name, damage):
            yield Problem((*where, option), message, at_key=True)


def _trail(scenario: Scenario, _known: Known) -> Iterator[Problem]:
    trail = scenario.trail
    if trail.kind == "organization" and scenario.instance.kind == "account":
        yield Problem(
            ("trail", "kind"), "an account instance's records reach no organization trail"
        )
    if trail.regions and not trail.multi_region:
        yield Problem(("trail", "regions"), "the trail records its home Region alone", at_key=True)
    last = None
    for position, outage in enumerate(trail.outages):
        where = ("trail", "outages", position)
        if outage.end <= outage.start:
            yield Problem((*where, "to"), "not after its start")
        elif last is not None and outage.start < last:
            yield Problem((*where, "from"), "before the end of the outage above it")
        last = outage.end


def _ids(scenario: Scenario, _known: Known) -> Iterator[Problem]:
    seen: set[str] = set()
    for where, name in sorted(_entry_ids(scenario), key=lambda item: str(item[0])):
        if name in seen:
            yield Problem(where, "another entry has this id")
        seen.add(name)


def _storyline(scenario: Scenario, known: Known) -> Iterator[Problem]:
    return rehearse(scenario, known.accounts, known.networks)


CHECKS: Final[tuple[Callable[[Scenario, Known], Iterator[Problem]], ...]] = (
    _window,
    _cutover,
    _organization,
    _instance,
    _permission_sets,
    _groups,
    _users,
    _population_ids,
    _administrators,
    _networks,
    _computers,
    _personas,
    _background,
    _records,
    _mutations,
    _trail,
    _ids,
    _storyline,
)


def check(scenario: Scenario) -> list[Problem]:
    """Return everything wrong with a scenario beyond its form."""
    names_of = known(scenario)
    return [problem for one in CHECKS for problem in one(scenario, names_of)]
