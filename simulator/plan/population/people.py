"""The users of a run in columns, and everything the planner knows by name."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

from simulator.directory import identifiers, networks
from simulator.primitives.keys import Key, KeyColumn, purpose
from simulator.primitives.texts import Affixed, Same, Spelled, Texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from simulator.plan.population.entrance import Entrance
    from simulator.plan.population.groups import Grants, GroupSets
    from simulator.plan.population.roster import Roster
    from simulator.plan.registry import Registry
    from simulator.scenario.document import Assignment, Network, Scenario

_ADDRESS: Final = purpose("address")
_RELATIVE: Final = purpose("relative-id")
_OFFICE_ADDRESSES: Final = 4
_FIRST_RELATIVE, _RELATIVES = 1100, 1_000_000

T = TypeVar("T")


def filled(value: T | None) -> T:
    """Return a value that resolving a scenario fills in."""
    if value is None:
        message = "the scenario is not resolved"
        raise ValueError(message)
    return value


POSITIONS: Final = (
    "persona",
    "grant",
    "totp",
    "webauthn",
    "browser",
    "phone",
    "cli_login",
    "cli_use",
    "office",
    "home",
    "mobile",
)
"""Columns of `People` that hold positions."""


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

    @classmethod
    def empty(cls, count: int) -> People:
        """Return columns for so many users, to be filled."""
        return cls(
            key=KeyColumn(np.empty(count, np.uint64), np.empty(count, np.uint64)),
            is_active=np.empty(count, np.bool_),
            has_password=np.empty(count, np.bool_),
            **{name: np.empty(count, np.int64) for name in POSITIONS},
        )

    def put(self, users: slice, values: Mapping[str, NDArray[np.int64] | int]) -> None:
        """Fill columns of some users, by column name; keys apart."""
        for name, value in values.items():
            getattr(self, name)[users] = value


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
    users: Roster
    """Position of each user who exists, by name."""
    groups: GroupSets
    """Groups of each user at the window's start."""
    user_keys: dict[str, Key]
    """Named users' keys."""
    accounts: dict[str, int]
    permission_sets: dict[str, int]
    entrance: Entrance
    """How users get into accounts."""
    group_ids: dict[str, int] = field(default_factory=dict)
    """Name of a group that exists when the window begins to its position."""
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
        shared = self._shared_addresses(network)
        if shared:
            text = shared[key.below(len(shared), _ADDRESS)]
            return self.registry.intern("address", text)
        if network.kind == "home":
            return self.home(key, network.country)
        own = key.child("network", network.name)
        return self.address(own, network.country, network.kind)

    def network_address_many(self, network: Network, keys: KeyColumn) -> NDArray[np.int64]:
        """Return as `network_address` does, for every key."""
        shared = self._shared_addresses(network)
        if shared:
            places = keys.below(len(shared), _ADDRESS)
            return self.registry.intern_many("address", places, shared.__getitem__)
        if network.kind == "home":
            return self.home_many(keys, network.country)
        own = keys.child("network", network.name)
        return self.address_many(own, network.country, network.kind)

    def home(self, key: Key, country: str) -> int:
        """Return somebody's home, as a position in table `address`."""
        return self.registry.intern("address", networks.home_address(key, country))

    def home_many(self, keys: KeyColumn, country: str) -> NDArray[np.int64]:
        """Return as `home` does, for every key."""
        spell = networks.network(country, "home").address
        places = networks.home_place_many(keys, country)
        return self.registry.intern_many("address", places, spell)

    def address(self, key: Key, country: str, kind: networks.NetworkKind) -> int:
        """Return somebody's address in a country's networks, in table `address`."""
        return self.registry.intern("address", networks.address(key, country, kind))

    def address_many(
        self, keys: KeyColumn, country: str, kind: networks.NetworkKind
    ) -> NDArray[np.int64]:
        """Return as `address` does, for every key."""
        spell = networks.network(country, kind).address
        places = networks.place_many(keys, country, kind)
        return self.registry.intern_many("address", places, spell)

    def _shared_addresses(self, network: Network) -> tuple[str, ...]:
        """Return the few addresses behind which everybody in a network appears, if it has any."""
        if network.addresses or network.kind != "office":
            return tuple(network.addresses)
        own = self.root.child("network", network.name)
        count = min(_OFFICE_ADDRESSES, networks.network(network.country, "office").size)
        return networks.office_addresses(own, network.country, count)


def _sid_prefix(scenario: Scenario) -> str:
    domain = scenario.instance.identity_source.domain
    own = Key.root(scenario.seed).child("domain", domain)
    return identifiers.sid_prefix(domain, identifiers.domain_sid(own.high, own.low))


def user_texts(name: str, scenario: Scenario, key: Key) -> dict[str, str]:
    """Return the text columns of a user, but for the id."""
    source = scenario.instance.identity_source
    local = name.partition("@")[0]
    sid = ""
    if source.kind == "active-directory":
        sid = f"{_sid_prefix(scenario)}{_FIRST_RELATIVE + key.below(_RELATIVES, _RELATIVE)}"
    return {
        "name": name,
        "upn": f"{local}@{source.domain}",
        "down_level": f"{source.domain}\\{local}",
        "short": local,
        "sid": sid,
    }


def _relative_ids(keys: KeyColumn, places: NDArray[np.int64]) -> NDArray[np.bytes_]:
    own = keys.take(places).below(_RELATIVES, _RELATIVE)
    return (_FIRST_RELATIVE + own).astype("S7")


def user_texts_many(local: Texts, scenario: Scenario, keys: KeyColumn) -> dict[str, Texts]:
    """Return as `user_texts` does, for members of a population, by their names without domain."""
    source = scenario.instance.identity_source
    upn = Affixed(local, after=f"@{source.domain}")
    sid: Texts = Same("", len(local))
    if source.kind == "active-directory":
        relative = Spelled(len(local), (4, 7), partial(_relative_ids, keys))
        sid = Affixed(relative, before=_sid_prefix(scenario))
    return {
        "name": upn if has_domain(scenario) else local,
        "upn": upn,
        "down_level": Affixed(local, before=f"{source.domain}\\"),
        "short": local,
        "sid": sid,
    }


def has_domain(scenario: Scenario) -> bool:
    """Tell whether members' names carry the domain: those synchronised from elsewhere do."""
    return scenario.instance.identity_source.kind != "identity-center"
