"""Filling in every default, so that the planner meets none.

Ids are drawn from keys made of the seed and names, never of positions: adding a group
leaves every other group's id as it was. Resolving what is resolved changes nothing.

What stays None means absence, or is the planner's to settle because it depends on what
was true at the instant: an entry's `network` (where the person usually is), a sign-in's
`factor` (what is enrolled by then) and `enrol`, ids of what the storyline creates, and
every user agent (drawn to suit the instant and the client).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from simulator.directory import identifiers, names, networks
from simulator.directory.personas import PERSONAS
from simulator.primitives.instants import DAY, SECOND
from simulator.primitives.keys import Key
from simulator.scenario.actions import (
    AdminEntry,
    ChangeAssignments,
    DelegateAdministration,
    ScimUpdateUser,
    SignIn,
    UserEntry,
    is_unknown,
    via,
)
from simulator.scenario.document import (
    Account,
    Administrator,
    Assignment,
    Device,
    Hours,
    Network,
    Persona,
    Population,
    Scenario,
    Slips,
    User,
    Uses,
    Window,
)
from simulator.scenario.mutations import asked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from simulator.scenario.actions import Entry, Part, PermissionSet, SignInWith
    from simulator.scenario.document import (
        AnyUser,
        Group,
        IdentitySource,
        Instance,
        Organization,
    )
    from simulator.scenario.trail import Trail

    PartT = TypeVar("PartT", bound=Part)

PAUSE: Final = 10 * SECOND
"""What lies between entries under `then` unless `after` says otherwise."""

ROLE: Final = "IdentityCenterAdministrator"
"""The role of administrators of whom nothing else is said."""

ERA_WORDS: Final = {"pre": "pre-january-2025", "post": "post-january-2025"}
"""Short names of eras."""

DEVICE_NAMES: Final = {"totp": "Authenticator app", "webauthn": "Security key"}
"""What devices are called unless they are named."""

_FULL_NAME: Final = re.compile(r"([^\W\d_]{2,})[._]([^\W\d_]{2,})(?:@.*)?")


def account_names(account: Account) -> tuple[str, ...]:
    """Return the names of the accounts an item stands for: its own, or one a number."""
    if account.count is None:
        return (account.name,)
    return tuple(f"{account.name}-{number}" for number in range(1, account.count + 1))


def stems(organization: Organization) -> dict[str, tuple[str, ...]]:
    """Return what a name of an account or a stem stands for."""
    meant: dict[str, tuple[str, ...]] = {
        organization.management_account.name: (organization.management_account.name,)
    }
    for account in organization.accounts:
        every = account_names(account)
        meant.update((name, (name,)) for name in every)
        meant.setdefault(account.name, every)
    return meant


def owner(scenario: Scenario) -> str:
    """Return the name of the account that owns the instance."""
    if scenario.instance.kind == "account" and scenario.instance.account is not None:
        return scenario.instance.account
    return scenario.organization.management_account.name


def delegated_accounts(scenario: Scenario) -> list[str]:
    """Return the accounts that administer Identity Center by delegation, at any time."""
    named = [scenario.organization.delegated_administrator, *_registered(scenario.storyline)]
    return [name for name in dict.fromkeys(named) if name is not None]


def _registered(entries: Iterable[Entry]) -> Iterator[str]:
    for entry in entries:
        if isinstance(entry, DelegateAdministration):
            yield entry.account
        yield from _registered(entry.then)


def owner_id(scenario: Scenario) -> str:
    """Return the id of the account that owns the instance of a resolved scenario."""
    return _id_of(owner(scenario), scenario.organization)


def _id_of(name: str, organization: Organization) -> str:
    accounts = (organization.management_account, *organization.accounts)
    return next(one.id for one in accounts if one.name == name and one.id is not None)


def persona_origin(name: str, personas: dict[str, Persona]) -> list[str]:
    """Return a persona's line of descent, itself first and a built-in one last."""
    line = [name]
    while line[-1] in personas:
        below = personas[line[-1]].like or (line[-1] if line[-1] in PERSONAS else "office-worker")
        if below in line:
            below = line[-1] if line[-1] in PERSONAS else "office-worker"
            return [*line, below] if below != line[-1] else line
        line.append(below)
    return line


def _built_in(name: str) -> Persona:
    it = PERSONAS[name]
    return Persona(
        like=name,
        country="US",
        sign_ins_per_workday=it.sign_ins_per_workday,
        hours=Hours(timezone=it.time_zone, start=it.hours_from, end=it.hours_to),
        uses=Uses(portal=it.uses.portal, console=it.uses.console, cli=it.uses.cli),
        slips=Slips(
            wrong_password=it.slips.wrong_password,
            wrong_totp=it.slips.wrong_code,
            wrong_username=it.slips.wrong_username,
        ),
        present=it.present_share,
        weekend=it.weekend_share,
        remote=it.remote_share,
        mobile=it.mobile_share,
        signs_out=it.sign_out_share,
        device_grant=it.device_code_share,
    )


def _over(below: PartT, above: PartT) -> PartT:
    """Return one part with what another says put over it, member by member."""
    changes = {}
    for name in above.model_fields_set:
        value, old = getattr(above, name), getattr(below, name)
        if isinstance(value, Hours | Uses | Slips) and old is not None:
            value = _over(old, value)
        if value is not None:
            changes[name] = value
    return below.model_copy(update=changes)


def full_persona(name: str, personas: dict[str, Persona]) -> Persona:
    """Return a persona with everything it inherits."""
    *above, origin = persona_origin(name, personas)
    persona = _built_in(origin)
    if origin in personas and not above:
        above = [origin]
    for step in reversed(above):
        said = personas[step]
        zone = (
            said.hours.timezone
            if said.hours and "timezone" in said.hours.model_fields_set
            else None
        )
        persona = _over(persona, said)
        if said.country is not None and zone is None and persona.hours is not None:
            zone = networks.time_zone(said.country)
            persona = persona.model_copy(
                update={"hours": persona.hours.model_copy(update={"timezone": zone})}
            )
    return persona.model_copy(update={"like": origin})


@dataclass(frozen=True, slots=True)
class _Resolving:
    """What resolving the parts of one scenario needs to know."""

    scenario: Scenario
    root: Key
    meant: dict[str, tuple[str, ...]]

    def key(self, *path: str) -> Key:
        return self.root.child(*path)

    def fresh(self, taken: set[str], spell: Callable[[int, int], str], *path: str) -> str:
        """Return an id that is not taken yet, and take it."""
        key = self.key(*path)
        while (made := spell(key.high, key.low)) in taken:
            key = key.child("again")
        taken.add(made)
        return made

    def organization(self) -> Organization:
        given = self.scenario.organization
        key = self.key("organization")
        items = (given.management_account, *given.accounts)
        taken = {account.id for account in items if account.id is not None}
        accounts = [
            Account(
                name=name,
                id=account.id or self.fresh(taken, identifiers.account_id, "account", name),
                policies=account.policies,
            )
            for account in items
            for name in account_names(account)
        ]
        return given.model_copy(
            update={
                "id": given.id or identifiers.organization_id(key.high, key.low),
                "management_account": accounts[0],
                "accounts": tuple(accounts[1:]),
            }
        )

    def instance(self) -> Instance:
        given = self.scenario.instance
        key, region, source = self.key("instance"), given.region, given.identity_source
        store = given.identity_store_id or identifiers.identity_store_id(key.high, key.low, region)
        if source.kind == "external-idp" and source.provider is None:
            source = source.model_copy(update={"provider": "other"})
        if source.scim is not None and source.scim.client is None:
            scim = source.scim.model_copy(update={"client": source.provider})
            source = source.model_copy(update={"scim": scim})
        return given.model_copy(
            update={
                "account": owner(self.scenario),
                "id": given.id or identifiers.instance_id(key.high, key.low, region),
                "identity_store_id": store,
                "portal_alias": given.portal_alias or store,
                "identity_source": source,
            }
        )

    def trail(self, organization: Organization) -> Trail:
        given, instance = self.scenario.trail, self.scenario.instance
        own = _id_of(owner(self.scenario), organization)
        key = self.key("trail")
        return given.model_copy(
            update={
                "bucket": given.bucket or identifiers.trail_bucket(key.high, key.low, own),
                "kind": given.kind or instance.kind,
                "home_region": given.home_region or instance.region,
            }
        )

    def entity_id(self, taken: set[str], kind: str, name: str) -> str:
        region = self.scenario.instance.region
        return self.fresh(
            taken,
            lambda high, low: identifiers.store_entity_id(high, low, region),
            kind,
            name,
        )

    def assignments(self, given: tuple[Assignment, ...]) -> tuple[Assignment, ...]:
        return tuple(
            Assignment(
                permission_set=assignment.permission_set,
                accounts=tuple(
                    dict.fromkeys(
                        account for name in assignment.accounts for account in self.meant[name]
                    )
                ),
            )
            for assignment in given
        )

    def permission_sets(self) -> tuple[PermissionSet, ...]:
        taken = {one.id for one in self.scenario.permission_sets if one.id is not None}
        return tuple(
            one.model_copy(
                update={
                    "id": one.id
                    or self.fresh(taken, identifiers.permission_set_id, "permission-set", one.name)
                }
            )
            for one in self.scenario.permission_sets
        )

    def groups(self, taken: set[str]) -> tuple[Group, ...]:
        return tuple(
            group.model_copy(
                update={
                    "id": group.id or self.entity_id(taken, "group", group.name),
                    "assignments": self.assignments(group.assignments),
                }
            )
            for group in self.scenario.groups
        )

    def office(self, persona: str) -> str:
        country = full_persona(persona, self.scenario.personas).country
        return f"office-{country}"

    def devices(self, user: User, taken: set[str]) -> tuple[Device, ...]:
        used = {device.name for device in user.mfa}
        devices = []
        for device in user.mfa:
            name = device.name
            if name is None:
                name = numbered(DEVICE_NAMES[device.type], used)
                used.add(name)
            made = device.id or self.fresh(
                taken, identifiers.mfa_device_id, "user", user.name, "device", name
            )
            devices.append(Device(type=device.type, name=name, id=made))
        return tuple(devices)

    def user(self, user: User, taken: set[str]) -> User:
        given, family = _names(user, self.key("user", user.name))
        return user.model_copy(
            update={
                "id": user.id or self.entity_id(taken, "user", user.name),
                "given_name": given,
                "family_name": family,
                "assignments": self.assignments(user.assignments),
                "mfa": self.devices(user, taken),
                "network": user.network or self.office(user.persona),
            }
        )

    def users(self, taken: set[str]) -> tuple[AnyUser, ...]:
        ids = population_ids(self.scenario.users)
        return tuple(
            self.user(user, taken)
            if isinstance(user, User)
            else user.model_copy(
                update={"id": ids[position], "network": user.network or self.office(user.persona)}
            )
            for position, user in enumerate(self.scenario.users)
        )

    def administrator(self, admin: Administrator) -> Administrator:
        has_role = admin.kind != "role" or admin.role or admin.permission_set
        return admin.model_copy(
            update={
                "account": admin.account or owner(self.scenario),
                "role": admin.role if has_role else ROLE,
                "network": admin.network or "office-US",
            }
        )


def numbered(name: str, used: set[str | None]) -> str:
    """Return a name, with the least number after it that tells it from those in use."""
    number = 1
    while (told := name if number == 1 else f"{name} {number}") in used:
        number += 1
    return told


def population_ids(users: Sequence[AnyUser]) -> dict[int, str]:
    """Return the id of each population by its position: given, or persona and ordinal."""
    ids: dict[int, str] = {}
    ordinals: dict[str, int] = {}
    for position, user in enumerate(users):
        if isinstance(user, Population):
            if user.id is None:
                ordinals[user.persona] = ordinals.get(user.persona, 0) + 1
                ids[position] = f"{user.persona}-{ordinals[user.persona]}"
            else:
                ids[position] = user.id
    return ids


def _names(user: User, key: Key) -> tuple[str, str]:
    if match := _FULL_NAME.fullmatch(user.name):
        given, family = match[1].capitalize(), match[2].capitalize()
    elif user.given_name is None or user.family_name is None:
        person = names.person(key, user.locale)
        given, family = person.given, person.family
    else:
        given, family = user.given_name, user.family_name
    return user.given_name or given, user.family_name or family


_INHERITED: Final = {
    "computer": None,
    "label": "benign",
    "techniques": (),
    "impostor": None,
    "play": None,
    "play_id": None,
}
"""What an entry under `then` has from the one above, and one at the top unless it is given."""


def _entries(
    entries: Iterable[Entry],
    admins: dict[str, Administrator],
    actor: tuple[str | None, str | None] = (None, None),
    *,
    source: IdentitySource,
    above: Mapping[str, object] | None = None,
) -> tuple[Entry, ...]:
    """Return entries with who acts, how and when filled in, and all that follows them."""
    resolved = []
    for entry in entries:
        user, admin = actor
        usual = _INHERITED if above is None else above
        passed_on = {name: getattr(entry, name) or value for name, value in usual.items()}
        changes: dict[str, object] = {**passed_on}
        if isinstance(entry, UserEntry):
            typed = isinstance(entry, SignIn) and entry.with_.username is not None
            user = entry.user or user
            if user is not None or not typed:
                changes["user"] = user
        elif isinstance(entry, AdminEntry):
            admin = entry.admin or admin
            changes["admin"] = admin
            prefers_console = admin in admins and admins[admin].prefers_console
            changes["via"] = via(entry.does, entry.via, prefers_console=prefers_console)
        if isinstance(entry, SignIn):
            is_ad = source.kind == "active-directory"
            changes["with_"] = _sign_in(entry, user, active_directory=is_ad)
        if isinstance(entry, ScimUpdateUser) and entry.by is None and source.scim is not None:
            changes["by"] = source.scim.habits(source.provider).updates
        if above is not None and entry.after is None:
            changes["after"] = PAUSE
        changes["then"] = _entries(
            entry.then, admins, (user, admin), source=source, above=passed_on
        )
        resolved.append(entry.model_copy(update=changes))
    return tuple(resolved)


def _accounts_meant(
    entries: Iterable[Entry], meant: dict[str, tuple[str, ...]]
) -> tuple[Entry, ...]:
    """Return entries with stems of accounts spelled out."""
    resolved = []
    for entry in entries:
        changes: dict[str, object] = {"then": _accounts_meant(entry.then, meant)}
        if isinstance(entry, ChangeAssignments):
            accounts = (account for name in entry.accounts for account in meant[name])
            changes["accounts"] = tuple(dict.fromkeys(accounts))
        resolved.append(entry.model_copy(update=changes))
    return tuple(resolved)


def _sign_in(entry: SignIn, user: str | None, *, active_directory: bool) -> SignInWith:
    how = entry.with_
    changes: dict[str, object] = {}
    if how.enrol and how.device_name is None:
        changes["device_name"] = DEVICE_NAMES[how.enrol]
    if is_unknown(how.username, user, active_directory=active_directory) and how.password == (
        "right",
    ):
        changes["password"] = ("wrong",)
    return how.model_copy(update=changes)


def _all_networks(given: tuple[Network, ...], used: Iterable[str | None]) -> tuple[Network, ...]:
    listed = {network.name for network in given}
    offices = sorted({name for name in used if name is not None} - listed)
    return (
        *given,
        *(Network(name=name, country=name.removeprefix("office-")) for name in offices),
    )


def resolve(scenario: Scenario) -> Scenario:
    """Return a scenario with every default filled in; it must have passed `check`."""
    here = _Resolving(scenario, Key.root(scenario.seed), stems(scenario.organization))
    taken = {
        part.id
        for part in (*scenario.groups, *scenario.users)
        if not isinstance(part, Population) and part.id is not None
    } | {
        device.id
        for user in scenario.users
        if isinstance(user, User)
        for device in user.mfa
        if device.id is not None
    }
    window = scenario.window
    end = window.end if window.days is None else window.start + window.days * DAY
    users = here.users(taken)
    admins = tuple(here.administrator(admin) for admin in scenario.administrators)
    used = dict.fromkeys(one.persona for one in (*scenario.users, *scenario.computers))
    organization = here.organization()
    return scenario.model_copy(
        update={
            "window": Window(start=window.start, end=end),
            "era": ERA_WORDS.get(scenario.era, scenario.era),
            "organization": organization,
            "instance": here.instance(),
            "permission_sets": here.permission_sets(),
            "groups": here.groups(taken),
            "users": users,
            "administrators": admins,
            "networks": _all_networks(
                scenario.networks, (one.network for one in (*users, *admins, *scenario.computers))
            ),
            "personas": {name: full_persona(name, scenario.personas) for name in sorted(used)},
            "storyline": _entries(
                _accounts_meant(scenario.storyline, here.meant),
                {admin.name: admin for admin in scenario.administrators},
                source=scenario.instance.identity_source,
            ),
            "mutations": asked(scenario.mutations),
            "trail": here.trail(organization),
        }
    )
