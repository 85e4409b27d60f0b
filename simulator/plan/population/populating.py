"""A resolved scenario's people, groups and administrators, as tables.

Named users keep their own keys; member k of a population is keyed by the population's id
and k, so that raising a count changes nobody. A user name that is taken already gets a
number: the one way in which one person can depend on others.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.directory import identifiers, names, personas
from simulator.directory.user_names import Drawn, Naming
from simulator.plan.population.administrators import admin_texts
from simulator.plan.population.agents import Wardrobe
from simulator.plan.population.entrance import Entrance, account_texts
from simulator.plan.population.groups import Grants, GroupSets
from simulator.plan.population.people import (
    Directory,
    People,
    filled,
    has_domain,
    user_texts,
    user_texts_many,
)
from simulator.plan.population.roster import Roster
from simulator.plan.registry import Registry
from simulator.primitives.keys import Key, KeyColumn, purpose
from simulator.primitives.texts import Spelled
from simulator.scenario.document import Population, Scenario, User

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from simulator.scenario.actions import DeviceType
    from simulator.scenario.document import Assignment

_MEMBER: Final = purpose("member")
_LOCALE: Final = purpose("locale")

_DENSE: Final = 1 << 16
"""Codes below this are counted rather than sorted."""


def has_share(key: Key, of: str, share: int) -> bool:
    """Draw whether somebody is among the share of a population that has something."""
    return key.below(personas.WHOLE, purpose(f"share of {of}")) < share


def has_share_many(keys: KeyColumn, of: str, share: int) -> NDArray[np.bool_]:
    """Draw as `has_share` does, for every key."""
    return keys.below(personas.WHOLE, purpose(f"share of {of}")) < share


def drawn_names(keys: KeyColumn, locales: Sequence[str]) -> Iterator[Drawn]:
    """Draw everyone's locale, evenly, and name; yield them a locale at a time."""
    which = keys.below(len(locales), _LOCALE)
    for place, locale in enumerate(locales):
        rows = np.flatnonzero(which == place)
        given, family = names.person_many(keys.take(rows), locale)
        yield Drawn(locale, rows, given, family)


class _Builder:
    """Fills the columns of people: users who are named, then populations."""

    def __init__(self, directory: Directory) -> None:
        scenario = directory.scenario
        self.here = directory
        self.count = 0
        self.networks = {network.name: network for network in scenario.networks}
        self.assignments = {group.name: group.assignments for group in scenario.groups}
        self.wardrobe = Wardrobe(directory.registry, scenario.window.start)
        self.naming = Naming(_locals(scenario))

    def persona(self, name: str) -> personas.Persona:
        """Return the built-in persona that one of the scenario's is like."""
        return personas.PERSONAS[filled(self.here.scenario.personas[name].like)]

    def grant(self, groups: frozenset[str], own: tuple[Assignment, ...] = ()) -> int:
        """Return what somebody in some groups may do, as a position in `Grants`."""
        pairs = self.here.pairs(own)
        for group in groups:
            pairs |= self.here.pairs(self.assignments[group])
        return self.here.grants.intern(pairs)

    def user(self, user: User) -> None:
        """Add a user who is named."""
        here, position = self.here, self.count
        self.count += 1
        key = here.root.child("user", user.name)
        texts = user_texts(user.name, here.scenario, key)
        here.registry.add("user", id=filled(user.id), **texts)
        here.users.name(user.name, position)
        here.user_keys[user.name] = key
        devices = {"totp": -1, "webauthn": -1}
        mine: dict[str, tuple[int, str]] = {}
        for device in user.mfa:
            place = here.registry.add("device", id=filled(device.id))
            mine[filled(device.name)] = (place, device.type)
            devices[device.type] = place
        here.devices_of[user.name] = mine
        groups = frozenset(user.groups)
        network = self.networks[filled(user.network)]
        row = slice(position, self.count)
        here.groups.put(row, here.groups.intern(groups))
        here.people.key.high[row], here.people.key.low[row] = key.high, key.low
        here.people.put(
            row,
            {
                "persona": here.personas.index(user.persona),
                "is_active": user.background,
                "has_password": user.password_set,
                "grant": self.grant(groups, user.assignments),
                **devices,
                **self.wardrobe.agents(key, self.persona(user.persona), user.user_agent),
                "office": here.network_address(network, key),
                "home": here.home(key, network.country),
                "mobile": here.address(key, network.country, "mobile"),
            },
        )

    def population(self, population: Population) -> None:
        """Add the members of a population, a column at a time."""
        here, first = self.here, self.count
        self.count += population.count
        rows = slice(first, self.count)
        base = here.root.child("population", filled(population.id))
        keys = base.nth_many(_MEMBER, np.arange(population.count))
        drawn = drawn_names(keys, population.locale)
        texts = user_texts_many(self.naming.locals(drawn, population.count), here.scenario, keys)
        region = here.scenario.instance.region
        ids = Spelled(population.count, (36, 36), partial(_user_ids, keys, region))
        here.registry.extend("user", {"id": ids, **texts})
        here.users.extend(texts["name"], first)
        here.people.key.high[rows], here.people.key.low[rows] = keys.high, keys.low
        network = self.networks[filled(population.network)]
        here.people.put(
            rows,
            {
                "persona": here.personas.index(population.persona),
                "is_active": True,
                "has_password": True,
                "grant": self._groups(population, keys, rows),
                **{kind: self._devices(population, keys, kind) for kind in ("totp", "webauthn")},
                **self.wardrobe.agents_many(keys, self.persona(population.persona)),
                "office": here.network_address_many(network, keys),
                "home": here.home_many(keys, network.country),
                "mobile": here.address_many(keys, network.country, "mobile"),
            },
        )

    def _groups(
        self, population: Population, keys: KeyColumn, rows: slice
    ) -> NDArray[np.int64] | int:
        """Put members into groups, and return what each may do, as a position in `Grants`."""
        code = np.zeros(len(keys), np.int64)
        for place, (group, share) in enumerate(population.groups.items()):
            if place and place % 32 == 0:
                # What occurred so far is numbered anew, so that there is room for more.
                code = np.unique(code, return_inverse=True)[1].astype(np.int64)
            code = code << 1 | has_share_many(keys, group, share)
        first, which = _distinct(code)
        held = [
            frozenset(
                group
                for group, share in population.groups.items()
                if has_share(keys.key(place), group, share)
            )
            for place in first.tolist()
        ]
        groups = np.array([self.here.groups.intern(one) for one in held], np.int64)
        grants = np.array([self.grant(one) for one in held], np.int64)
        self.here.groups.put(rows, groups[which])
        return grants[which]

    def _devices(
        self, population: Population, keys: KeyColumn, kind: DeviceType
    ) -> NDArray[np.int64]:
        """Add the devices of one kind that members have, and return everyone's, or -1."""
        held = np.full(len(keys), -1, np.int64)
        share = population.mfa.get(kind)
        if share is None:
            return held
        owners = np.flatnonzero(has_share_many(keys, kind, share))
        ids = Spelled(len(owners), (18, 18), partial(_device_ids, keys.take(owners), kind))
        first = self.here.registry.extend("device", {"id": ids})
        held[owners] = np.arange(first, first + len(owners))
        return held


# Recipes of texts stand for themselves, so that a plan can be handed to another process.


def _user_ids(keys: KeyColumn, region: str, places: NDArray[np.int64]) -> NDArray[np.bytes_]:
    own = keys.take(places)
    return identifiers.store_entity_id_many(own.high, own.low, region)


def _device_ids(owners: KeyColumn, kind: str, places: NDArray[np.int64]) -> NDArray[np.bytes_]:
    own = owners.take(places).child("device", kind)
    return identifiers.mfa_device_id_many(own.high, own.low)


def _distinct(code: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return a row with each code that occurs, and for every row which of these it is."""
    most = int(code.max(initial=0))
    if most >= _DENSE:
        _, first, which = np.unique(code, return_index=True, return_inverse=True)
        return first, which
    row = np.full(most + 1, -1, np.int64)
    row[code] = np.arange(len(code))
    occurs = row >= 0
    return row[occurs], (np.cumsum(occurs) - 1)[code]


def _locals(scenario: Scenario) -> Iterator[str]:
    """Yield the names of named users as populations would have them, without the domain."""
    behind = f"@{scenario.instance.identity_source.domain}" if has_domain(scenario) else ""
    for user in scenario.users:
        if isinstance(user, User) and user.name.endswith(behind):
            yield user.name.removesuffix(behind)


def populate(scenario: Scenario) -> Directory:
    """Return who there is when the window of a resolved scenario begins."""
    root = Key.root(scenario.seed)
    registry = Registry()
    count = sum(user.count if isinstance(user, Population) else 1 for user in scenario.users)
    organization, instance = scenario.organization, scenario.instance
    accounts = (organization.management_account, *organization.accounts)
    account_ids = {account.name: filled(account.id) for account in accounts}
    owner = account_ids[filled(instance.account)]
    store_id = filled(instance.identity_store_id)
    registry.add(
        "instance",
        account=owner,
        region=instance.region,
        arn=identifiers.instance_arn(filled(instance.id)),
        store_id=store_id,
        store_arn=identifiers.identity_store_arn(owner, store_id),
        portal=filled(instance.portal_alias),
    )
    permission_sets = {
        name: registry.add("permission_set", name=name)
        for name in sorted(one.name for one in scenario.permission_sets)
    }
    directory = Directory(
        scenario=scenario,
        root=root,
        registry=registry,
        grants=Grants(),
        people=People.empty(count),
        groups=GroupSets(count),
        personas=tuple(sorted(scenario.personas)),
        users=Roster(),
        user_keys={},
        # In order of name, so that positions, and with them what is picked from a user's
        # accounts, do not depend on the order of the file.
        accounts={
            name: registry.add(
                "account", **account_texts(root, account_ids[name], owner, instance.region)
            )
            for name in sorted(account_ids)
        },
        permission_sets=permission_sets,
        entrance=Entrance.of(scenario, root, registry, permission_sets),
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
            builder.user(user)
    for user in scenario.users:
        if isinstance(user, Population):
            builder.population(user)
    return directory
