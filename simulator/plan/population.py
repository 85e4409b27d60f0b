"""Who there is: a resolved scenario's people, groups and administrators, as tables.

Named users keep their own keys; member k of a population is keyed by the population's id
and k, so that raising a count changes nobody. A user name that is taken already gets a
number: the one way in which one person can depend on others.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

from simulator.directory import identifiers, names, networks, personas, user_agents
from simulator.plan.registry import Registry
from simulator.primitives.keys import Key, KeyColumn, purpose
from simulator.scenario.document import Population, Scenario, User

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from simulator.scenario.document import Administrator, Assignment, Network

_MEMBER: Final = purpose("member")
_LOCALE: Final = purpose("locale")
_MAIN_DEVICE: Final = purpose("main-device")
_BROWSER: Final = purpose("browser")
_PLATFORM: Final = purpose("platform")
_SHARE: Final = purpose("share")
_ADDRESS: Final = purpose("address")

_BROWSER_DAYS, _CLI_DAYS = 7, 60
_OFFICE_ADDRESSES: Final = 4
_DEVICE_NAMES: Final = {"totp": "Authenticator app", "webauthn": "Security key"}

T = TypeVar("T")


def filled(value: T | None) -> T:
    """Return a value that resolving a scenario fills in."""
    if value is None:
        message = "the scenario is not resolved"
        raise ValueError(message)
    return value


class Grants:
    """Sets of accounts and permission sets, each once. The first is empty."""

    def __init__(self) -> None:
        """Begin with the empty set."""
        self._sets: dict[tuple[tuple[int, int], ...], int] = {(): 0}

    def intern(self, pairs: Iterable[tuple[int, int]]) -> int:
        """Return the position of a set of (account, permission set), adding it if new."""
        return self._sets.setdefault(tuple(sorted(set(pairs))), len(self._sets))

    def pairs(self, position: int) -> tuple[tuple[int, int], ...]:
        """Return a set."""
        return list(self._sets)[position]

    def columns(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return where each set begins, the accounts and the permission sets.

        There is one beginning more than there are sets: where the last one ends.
        """
        flat = [pair for pairs in self._sets for pair in pairs]
        starts = np.cumsum([0, *(len(pairs) for pairs in self._sets)])
        both = np.array(flat, np.int64).reshape(-1, 2)
        return starts.astype(np.int64), both[:, 0].copy(), both[:, 1].copy()


@dataclass(frozen=True, slots=True)
class People:
    """The users that exist when the window begins, in columns.

    Positions are those of table `user`.
    """

    key: KeyColumn
    persona: NDArray[np.int64]
    """Position in `Directory.personas`."""
    is_active: NDArray[np.bool_]
    """Whether there is everyday activity."""
    grant: NDArray[np.int64]
    """Position in `Grants`."""
    totp: NDArray[np.int64]
    """Position in table `device`, or -1."""
    webauthn: NDArray[np.int64]
    """Position in table `device`, or -1."""
    has_password: NDArray[np.bool_]
    browser: NDArray[np.int64]
    """Position in table `agent`."""
    phone: NDArray[np.int64]
    """Position in table `agent` of the browser used on mobile networks."""
    cli_login: NDArray[np.int64]
    """Position in table `agent` of `aws sso login`."""
    cli_use: NDArray[np.int64]
    """Position in table `agent` of the CLI when it fetches credentials."""
    office: NDArray[np.int64]
    """Position in table `address`."""
    home: NDArray[np.int64]
    """Position in table `address`."""
    mobile: NDArray[np.int64]
    """Position in table `address`."""

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.persona)


@dataclass(slots=True)
class Directory:
    """Everything the planner knows by name, with its position in the tables."""

    scenario: Scenario
    root: Key
    registry: Registry
    grants: Grants
    people: People
    personas: tuple[str, ...]
    """Names of the personas in use, in order of position."""
    users: dict[str, int]
    """User name to position."""
    user_keys: dict[str, Key]
    """Named users' keys."""
    accounts: dict[str, int]
    permission_sets: dict[str, int]
    group_ids: dict[str, int] = field(default_factory=dict)
    """Name of a group that exists when the window begins to its position."""
    groups_of: dict[int, frozenset[str]] = field(default_factory=dict)
    """Groups of each user at the window's start, by user position."""
    devices_of: dict[str, dict[str, tuple[int, str]]] = field(default_factory=dict)
    """Named user to device name to position and type, at the window's start."""

    def pairs(self, assignments: Iterable[Assignment]) -> set[tuple[int, int]]:
        """Return assignments as pairs of account and permission set positions."""
        return {
            (self.accounts[account], self.permission_sets[one.permission_set])
            for one in assignments
            for account in one.accounts
        }

    def network_address(self, network: Network, key: Key) -> int:
        """Return the address somebody has in a network, as a position in table `address`."""
        if network.addresses:
            text = network.addresses[key.below(len(network.addresses), _ADDRESS)]
        elif network.kind == "office":
            own = self.root.child("network", network.name)
            count = min(_OFFICE_ADDRESSES, networks.network(network.country, "office").size)
            places = networks.office_addresses(own, network.country, count)
            text = places[key.below(len(places), _ADDRESS)]
        elif network.kind == "home":
            text = networks.home_address(key, network.country)
        else:
            text = networks.address(
                key.child("network", network.name), network.country, network.kind
            )
        return self.registry.intern("address", text)


def user_texts(name: str, scenario: Scenario, key: Key) -> dict[str, str]:
    """Return the text columns of a user, but for the id."""
    source = scenario.instance.identity_source
    local = name.partition("@")[0]
    sid = ""
    if source.kind == "active-directory":
        domain = Key.root(scenario.seed).child("domain", source.domain)
        sid = identifiers.sid_principal(
            source.domain,
            identifiers.domain_sid(domain.high, domain.low),
            1100 + key.below(1_000_000, purpose("relative-id")),
        )
    return {
        "name": name,
        "upn": f"{local}@{source.domain}",
        "down_level": f"{source.domain}\\{local}",
        "short": local,
        "sid": sid,
    }


class _Builder:
    """Adds people one by one and turns them into columns at the end."""

    def __init__(self, directory: Directory) -> None:
        self.here = directory
        self.rows: dict[str, list[int]] = {
            name: []
            for name in (
                "persona",
                "is_active",
                "grant",
                "totp",
                "webauthn",
                "has_password",
                "browser",
                "phone",
                "cli_login",
                "cli_use",
                "office",
                "home",
                "mobile",
            )
        }
        self.keys: list[Key] = []
        self.networks = {network.name: network for network in directory.scenario.networks}
        self.groups = {group.name: group for group in directory.scenario.groups}
        self.at = directory.scenario.window.start

    def add(  # noqa: PLR0913  # one parameter a thing to say of a user
        self,
        key: Key,
        name: str,
        user_id: str,
        *,
        persona: str,
        groups: frozenset[str],
        assignments: tuple[Assignment, ...],
        devices: dict[str, int],
        network: str,
        agent: str | None = None,
        has_password: bool = True,
        is_active: bool = True,
    ) -> int:
        """Add a user and return the position."""
        here = self.here
        position = here.registry.add("user", id=user_id, **user_texts(name, here.scenario, key))
        here.users[name] = position
        pairs = here.pairs(assignments)
        for group in groups:
            pairs |= here.pairs(self.groups[group].assignments)
        if groups:
            here.groups_of[position] = groups
        place = self.networks[network]
        browser, phone, cli_login, cli_use = self.agents(key, persona, agent)
        values = {
            "persona": here.personas.index(persona),
            "is_active": is_active,
            "grant": here.grants.intern(pairs),
            "totp": devices.get("totp", -1),
            "webauthn": devices.get("webauthn", -1),
            "has_password": has_password,
            "browser": browser,
            "phone": phone,
            "cli_login": cli_login,
            "cli_use": cli_use,
            "office": here.network_address(place, key),
            "home": here.registry.intern("address", networks.home_address(key, place.country)),
            "mobile": here.registry.intern(
                "address", networks.address(key, place.country, "mobile")
            ),
        }
        for column, value in values.items():
            self.rows[column].append(int(value))
        self.keys.append(key)
        return position

    def agents(self, key: Key, persona: str, given: str | None) -> tuple[int, int, int, int]:
        """Return a person's browser, phone and two uses of the CLI, in table `agent`."""
        registry = self.here.registry
        origin = personas.PERSONAS[filled(self.here.scenario.personas[persona].like)]
        devices = [(share.share, share.device) for share in origin.devices]
        device = _weighted(devices, key.word(_MAIN_DEVICE))
        updated = user_agents.updated_at(key, self.at, _BROWSER_DAYS)
        browsers = user_agents.browsers_at(updated)
        text = given or _weighted(
            [(one.weight, one.text) for one in browsers if one.device == device],
            key.word(_BROWSER),
        )
        phone = _weighted(
            [(one.weight, one.text) for one in browsers if one.device in ("iphone", "android")],
            key.word(_BROWSER, 1),
        )
        systems = {"windows": ("Windows",), "macos": ("Darwin",), "linux": ("Linux",)}
        fitting = [
            index
            for index, platform in enumerate(user_agents.PLATFORMS[:-1])
            if platform.system in systems.get(device, ("Darwin", "Windows", "Linux"))
        ]
        platform = fitting[key.below(len(fitting), _PLATFORM)]
        updated = user_agents.updated_at(key, self.at, _CLI_DAYS)
        return (
            registry.intern("agent", text),
            registry.intern("agent", phone),
            registry.intern("agent", user_agents.cli_agent(platform, updated, "sso.login").text),
            registry.intern(
                "agent", user_agents.cli_agent(platform, updated, "sts.get-caller-identity").text
            ),
        )

    def people(self) -> People:
        """Return everyone as columns."""
        columns = {name: np.array(values, np.int64) for name, values in self.rows.items()}
        return People(
            key=KeyColumn.of(self.keys),
            is_active=columns.pop("is_active").astype(np.bool_),
            has_password=columns.pop("has_password").astype(np.bool_),
            **columns,
        )


def _weighted(choices: list[tuple[int, T]], word: int) -> T:
    place = ((word >> 32) * sum(weight for weight, _ in choices)) >> 32
    for weight, choice in choices:
        place -= weight
        if place < 0:
            return choice
    message = "weights must be positive"
    raise ValueError(message)


def _user(builder: _Builder, user: User) -> None:
    here = builder.here
    key = here.root.child("user", user.name)
    mine: dict[str, tuple[int, str]] = {}
    devices: dict[str, int] = {}
    for device in user.mfa:
        position = here.registry.add("device", id=filled(device.id))
        mine[filled(device.name)] = (position, device.type)
        devices[device.type] = position
    builder.add(
        key,
        user.name,
        filled(user.id),
        persona=user.persona,
        groups=frozenset(user.groups),
        assignments=user.assignments,
        devices=devices,
        network=filled(user.network),
        agent=user.user_agent,
        has_password=user.password_set,
        is_active=user.background,
    )
    here.user_keys[user.name] = key
    here.devices_of[user.name] = mine


def _population(builder: _Builder, population: Population) -> None:
    here = builder.here
    scenario, region = here.scenario, here.scenario.instance.region
    base = here.root.child("population", filled(population.id))
    domain = scenario.instance.identity_source.domain
    # Names synchronised from elsewhere carry the domain.
    is_local = scenario.instance.identity_source.kind == "identity-center"
    style: names.UserNameStyle = "first.last" if is_local else "first.last@domain"
    ordinals: dict[str, int] = {}
    uses = {name: purpose(f"share of {name}") for name in (*population.groups, *population.mfa)}
    for nth in range(population.count):
        key = base.nth(_MEMBER, nth)
        locale = population.locale[key.below(len(population.locale), _LOCALE)]
        person = names.person(key, locale)
        stem = names.user_name(person.given, person.family, 0, style, domain)
        ordinal = ordinals.get(stem, 0)
        while (
            name := names.user_name(person.given, person.family, ordinal, style, domain)
        ) in here.users:
            ordinal += 1
        ordinals[stem] = ordinal
        devices: dict[str, int] = {}
        for device, share in population.mfa.items():
            if key.below(personas.WHOLE, uses[device]) < share:
                own = key.child("device", device)
                device_id = identifiers.mfa_device_id(own.high, own.low)
                devices[device] = here.registry.add("device", id=device_id)
        builder.add(
            key,
            name,
            identifiers.store_entity_id(key.high, key.low, region),
            persona=population.persona,
            groups=frozenset(
                group
                for group, share in population.groups.items()
                if key.below(personas.WHOLE, uses[group]) < share
            ),
            assignments=(),
            devices=devices,
            network=filled(population.network),
        )


def admin_texts(admin: Administrator, account: str, region: str, root: Key) -> dict[str, str]:
    """Return the text columns of an administrator."""
    key = root.child("administrator", admin.name)
    texts = dict.fromkeys(
        ("principal", "arn", "name", "key", "role_id", "role_arn", "role_name", "created_by"), ""
    )
    texts |= {"account": account, "name": admin.name, "created_by": account}
    if admin.kind == "root":
        return texts | {"principal": account, "arn": f"arn:aws:iam::{account}:root"}
    if admin.kind == "iam-user":
        return texts | {
            "principal": identifiers.user_id(key.high, key.low, account),
            "arn": f"arn:aws:iam::{account}:user/{admin.name}",
            "key": identifiers.access_key_id(key.high, key.low, account, "AKIA"),
        }
    if admin.permission_set is not None:
        own = root.child("role", account, admin.permission_set)
        role_name = identifiers.reserved_role_name(own.high, own.low, admin.permission_set, account)
        path = identifiers.reserved_role_path(region)
    else:
        role_name, path = filled(admin.role), "/"
        own = root.child("role", account, role_name)
    role_id = identifiers.role_id(own.high, own.low, account)
    return texts | {
        "principal": f"{role_id}:{admin.name}",
        "arn": identifiers.assumed_role_arn(account, role_name, admin.name),
        "role_id": role_id,
        "role_arn": identifiers.role_arn(account, path, role_name),
        "role_name": role_name,
    }


def populate(scenario: Scenario) -> Directory:
    """Return who there is when the window of a resolved scenario begins."""
    root = Key.root(scenario.seed)
    registry = Registry()
    organization, instance = scenario.organization, scenario.instance
    accounts = (organization.management_account, *organization.accounts)
    account_ids = {account.name: filled(account.id) for account in accounts}
    owner = account_ids[filled(instance.account)]
    store_id = filled(instance.identity_store_id)
    registry.add(
        "instance",
        account=owner,
        region=instance.region,
        store_id=store_id,
        store_arn=identifiers.identity_store_arn(owner, store_id),
        portal=filled(instance.portal_alias),
    )
    directory = Directory(
        scenario=scenario,
        root=root,
        registry=registry,
        grants=Grants(),
        people=_no_people(),
        personas=tuple(sorted(scenario.personas)),
        users={},
        user_keys={},
        # In order of name, so that positions, and with them what is picked from a user's
        # accounts, do not depend on the order of the file.
        accounts={
            name: registry.add("account", id=account_ids[name]) for name in sorted(account_ids)
        },
        permission_sets={
            name: registry.add("permission_set", name=name)
            for name in sorted(one.name for one in scenario.permission_sets)
        },
    )
    for group in scenario.groups:
        directory.group_ids[group.name] = registry.add("group", id=filled(group.id))
    for admin in scenario.administrators:
        account = account_ids[filled(admin.account)]
        registry.add("admin", **admin_texts(admin, account, instance.region, root))
    builder = _Builder(directory)
    # Named users first, so that a population's member never takes a name that is given.
    for user in scenario.users:
        if isinstance(user, User):
            _user(builder, user)
    for user in scenario.users:
        if isinstance(user, Population):
            _population(builder, user)
    directory.people = builder.people()
    return directory


def _no_people() -> People:
    none = np.zeros(0, np.int64)
    words = np.zeros(0, np.uint64)
    flags = np.zeros(0, np.bool_)
    return People(
        KeyColumn(words, words),
        none,
        flags,
        none,
        none,
        none,
        flags,
        none,
        none,
        none,
        none,
        none,
        none,
        none,
    )
