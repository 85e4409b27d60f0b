"""A population, member by member: what columns say is what the definitions say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulator.directory import identifiers, names
from simulator.directory.personas import PERSONAS
from simulator.plan.population import Members, populate, user_texts
from simulator.plan.population.agents import Wardrobe
from simulator.plan.population.groups import GroupSets
from simulator.plan.population.people import POSITIONS
from simulator.plan.population.populating import has_share
from simulator.primitives.keys import Key, purpose
from simulator.scenario.document import Population
from tests.realism.offices import a_scenario

NETWORKS: list[dict[str, Any]] = [
    {"name": "lab", "country": "ES", "kind": "vpn"},
    {"name": "den", "country": "DE", "kind": "home"},
    {"name": "few", "country": "DE", "kind": "office", "addresses": ["203.0.113.7", "203.0.113.8"]},
]
GROUPS: list[dict[str, Any]] = [
    {
        "name": f"Group{number}",
        "assignments": [
            {"permission_set": "PowerUserAccess", "accounts": [("payments", "sandbox")[number % 2]]}
        ],
    }
    for number in range(4)
]


def a_directory(source: str, *populations: dict[str, Any], named: tuple[str, ...] = ()):
    """Return who there is in a scenario with these populations."""
    return populate(
        a_scenario(
            instance={"identity_source": {"kind": source, "domain": "corp.example.com"}},
            networks=NETWORKS,
            groups=GROUPS,
            users=[*({"name": name} for name in named), *populations],
        )
    )


def expected_people(directory) -> list[dict[str, Any]]:
    """Return every member of the populations, one by one, as the scalar definitions have it."""
    scenario, registry = directory.scenario, directory.registry
    source = scenario.instance.identity_source
    style = "first.last" if source.kind == "identity-center" else "first.last@domain"
    taken = {user.name for user in scenario.users if not isinstance(user, Population)}
    groups = {group.name: group for group in scenario.groups}
    places = {network.name: network for network in scenario.networks}
    wardrobe = Wardrobe(registry, scenario.window.start)
    made = []
    for population in scenario.users:
        if not isinstance(population, Population):
            continue
        base = directory.root.child("population", population.id)
        for nth in range(population.count):
            key = base.nth(purpose("member"), nth)
            locale = population.locale[key.below(len(population.locale), purpose("locale"))]
            person = names.person(key, locale)
            ordinal = 0
            name = names.user_name(person.given, person.family, 0, style, source.domain)
            while name in taken:
                ordinal += 1
                name = names.user_name(person.given, person.family, ordinal, style, source.domain)
            taken.add(name)
            mine = {one for one, share in population.groups.items() if has_share(key, one, share)}
            pairs = set()
            for group in mine:
                pairs |= directory.pairs(groups[group].assignments)
            devices: dict[str, str | None] = {"totp": None, "webauthn": None}
            for kind, share in population.mfa.items():
                if has_share(key, kind, share):
                    own = key.child("device", kind)
                    devices[kind] = identifiers.mfa_device_id(own.high, own.low)
            network = places[population.network]
            made.append(
                {
                    "id": identifiers.store_entity_id(key.high, key.low, scenario.instance.region),
                    **user_texts(name, scenario, key),
                    "persona": population.persona,
                    "groups": frozenset(mine),
                    "grant": tuple(sorted(pairs)),
                    **devices,
                    **wardrobe.agents(key, PERSONAS[population.persona]),
                    "office": directory.network_address(network, key),
                    "home": directory.home(key, network.country),
                    "mobile": directory.address(key, network.country, "mobile"),
                }
            )
    return made


def people_of(directory, first: int) -> list[dict[str, Any]]:
    """Return the users from a position on as the columns have them."""
    people, tables = directory.people, directory.registry.tables()
    made = []
    for user in range(first, len(people)):
        row: dict[str, Any] = {name: int(getattr(people, name)[user]) for name in POSITIONS}
        for kind in ("totp", "webauthn"):
            device = row[kind]
            row[kind] = tables.text("device.id", device) if device >= 0 else None
        row["persona"] = directory.personas[row["persona"]]
        row["grant"] = directory.grants.pairs(row["grant"])
        row["groups"] = directory.groups.of(user)
        for name in ("id", "name", "upn", "down_level", "short", "sid"):
            row[name] = tables.text(f"user.{name}", user)
        made.append(row)
    return made


STAFF = {"groups": {"Group0": "60%", "Group1": "30%", "Group3": "5%"}, "persona": "developer"}
CASES = {
    "plain": [{"count": 120, **STAFF, "mfa": {"totp": "80%"}}],
    "collisions": [
        {"count": 80, "locale": ["ta_IN"], "mfa": {"webauthn": "10%", "totp": "50%"}},
        {"count": 60, "locale": ["ta_IN", "or_IN"], "persona": "executive", "network": "few"},
    ],
    "scripts": [
        {"count": 60, "locale": ["ja_JP", "ru_RU", "bg_BG", "de_DE"], **STAFF, "network": "lab"},
        {"count": 60, "locale": ["ru_RU"], "persona": "contractor", "network": "den"},
    ],
    "one": [{"count": 1}, {"count": 1, "id": "other"}],
}


@pytest.mark.parametrize("source", ["identity-center", "active-directory", "external-idp"])
@pytest.mark.parametrize("case", CASES)
def test_every_member_is_as_defined(source: str, case: str) -> None:
    """Columns and definitions agree, whatever the locale, network and identity source."""
    populations = [
        {key: value for key, value in one.items() if key != "mfa" or source != "external-idp"}
        for one in CASES[case]
    ]
    # What members of a small locale would be called without these.
    first = a_directory(source, *populations).registry.tables().texts["user.name"]
    named = (first[0], first[-1], "james.smith2")

    directory = a_directory(source, *populations, named=named)

    assert people_of(directory, len(named)) == expected_people(directory)


def test_every_user_is_found_by_name() -> None:
    """And nobody else is."""
    directory = a_directory("identity-center", *CASES["collisions"], named=("Ana",))
    tables = directory.registry.tables()
    known = list(tables.texts["user.name"])

    assert list(directory.users) == known
    assert len(directory.users) == len(known) == len(set(known))
    assert [directory.users[name] for name in known] == list(range(len(known)))
    assert [tables.find("user.name", name) for name in known] == list(range(len(known)))
    for other in ("", "ana", f"{known[1]}0", f"{known[1]}1", "nobody.there", "user12345678", "9"):
        assert other not in directory.users
        assert tables.find("user.name", other) == -1


@pytest.mark.parametrize("source", ["identity-center", "active-directory", "external-idp"])
def test_widths_bound_every_column_of_users(source: str) -> None:
    """Without a text being made: names with numbers of one digit, two and three."""
    tables = a_directory(source, {"count": 150, "locale": ["ta_IN"]}).registry.tables()

    for name in ("id", "name", "upn", "down_level", "short", "sid"):
        least, most = tables.widths(f"user.{name}")
        lengths = [len(text) for text in tables.contents(f"user.{name}").tolist()]
        assert least <= min(lengths)
        assert max(lengths) <= most
        assert name == "sid" or (least, most) == (min(lengths), max(lengths))


def test_the_roster_follows_a_storyline() -> None:
    """Users come and go; a name that is free again can be given again."""
    directory = a_directory("identity-center", {"count": 5}, named=("ana",))
    users = directory.users
    member = directory.registry.text("user.name", 3)

    users.remove("ana")
    users.remove(member)
    users.create("bo", 6)
    users.create(member, 7)

    assert "ana" not in users
    assert users[member] == 7
    assert len(users) == 6
    assert list(users)[-2:] == ["bo", member]
    users.remove(member)
    assert users.get(member) is None
    with pytest.raises(KeyError, match=r"ana"):
        users["ana"]


@pytest.mark.parametrize("source", ["identity-center", "active-directory"])
def test_who_is_meant_by_what_was_typed(source: str) -> None:
    """Names are compared in lower case; Active Directory takes its three forms."""
    directory = a_directory(source, {"count": 5}, named=("Ana.Lopez",))
    member = directory.registry.text("user.name", 3)
    local, domain = member.partition("@")[0], "corp.example.com"
    is_ad = source == "active-directory"
    directory.users.create("Late", 6)

    def meant(typed: str) -> str | None:
        return directory.users.meant(typed, domain, active_directory=is_ad)

    assert meant("ANA.lopez") == "Ana.Lopez"
    assert meant(member.upper()) == member
    assert meant("late") == "Late"
    assert meant(f"CORP\\{local}") == (member if is_ad else None)
    assert meant(f"{local}@elsewhere.example.com") == (member if is_ad else None)
    assert meant("nobody") is None


def test_groups_change_as_a_storyline_says() -> None:
    """Who was in a group from the beginning is not listed one by one, but is there."""
    sets = GroupSets(4)
    both, one = sets.intern(frozenset("ab")), sets.intern(frozenset("a"))
    sets.put(slice(0, 3), np.array([both, one, 0]))
    group = sets.members("a")

    assert list(group) == [0, 1]
    group.add(3)
    group.add(9)
    group.discard(0)
    assert list(group) == [1, 3, 9]
    assert [user for user in range(11) if user in group] == [1, 3, 9]
    sets.rename("a", "c")
    assert [sets.of(user) for user in (0, 1, 2, 9)] == [
        frozenset("bc"),
        frozenset("c"),
        frozenset(),
        frozenset(),
    ]
    sets.rename("b", None)
    assert sets.of(0) == frozenset("c")
    assert list(group) == [1, 3, 9]
    assert list(Members()) == []


@pytest.mark.parametrize("count", [20, 70])
def test_many_groups_make_many_combinations(count: int) -> None:
    """More than can be counted one by one, and more groups than a number has bits."""
    groups = [{"name": f"G{number}"} for number in range(count)]
    directory = populate(
        a_scenario(
            groups=groups, users=[{"count": 300, "groups": {one["name"]: "50%" for one in groups}}]
        )
    )
    base = Key.root(7).child("population", directory.scenario.users[0].id)

    for user in range(300):
        key = base.nth(purpose("member"), user)
        expected = {one["name"] for one in groups if has_share(key, one["name"], 500_000)}
        assert directory.groups.of(user) == expected
