"""Law 4, locality: what is added leaves every other episode's records as they were."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.engines import vectorised
from simulator.plan.compiler import compile_scenario
from simulator.scenario.document import Scenario
from simulator.scenario.library import prepare

pytestmark = pytest.mark.laws

BASE: dict[str, Any] = {
    "scenario": "locality",
    "seed": 7,
    "window": {"start": "2025-01-10", "days": 6},
    "organization": {"accounts": [{"name": "prod"}, {"name": "sandbox", "count": 3}]},
    "permission_sets": [{"name": "Admin"}, {"name": "ReadOnly"}],
    "groups": [
        {"name": "Everyone", "assignments": [{"permission_set": "ReadOnly", "accounts": ["prod"]}]}
    ],
    "users": [
        {"name": "ana.lopez", "mfa": ["totp"], "groups": ["Everyone"], "persona": "developer"},
        {"count": 25, "persona": "office-worker", "groups": {"Everyone": "80%"}},
        {"count": 10, "persona": "developer", "mfa": {"totp": "70%"}, "id": "builders"},
    ],
    "administrators": [{"name": "helpdesk", "background": True}],
    "storyline": [
        {"at": "2025-01-10T09:00:00Z", "user": "ana.lopez", "does": "sign-in"},
        {
            "at": "2025-01-14T09:00:00Z",
            "admin": "helpdesk",
            "does": "create-group",
            "group": {"name": "Contractors"},
        },
    ],
    "background": {"intensity": "1.5"},
}


def episodes_of(scenario: dict[str, Any]) -> dict[tuple[int, int], tuple[bytes, ...]]:
    """Return the records of each episode, by its key."""
    plan, _ = compile_scenario(prepare(Scenario.model_validate(scenario)))
    batch = vectorised.render(plan, 0, plan.horizon)
    found: dict[tuple[int, int], list[bytes]] = {}
    keys = zip(batch.columns["key_high"].tolist(), batch.columns["key_low"].tolist(), strict=True)
    for key, line in zip(keys, batch.lines, strict=True):
        found.setdefault(key, []).append(line)
    return {key: tuple(lines) for key, lines in found.items()}


def with_more(**changes: Any) -> dict[str, Any]:
    """Return the base scenario with list items added in front, or members changed."""
    return {
        **BASE,
        **{
            name: [*value, *BASE[name]] if isinstance(value, list) else value
            for name, value in changes.items()
        },
    }


ADDITIONS = {
    "a user": with_more(users=[{"name": "zoe.newcomer", "persona": "developer"}]),
    "a population": with_more(users=[{"count": 5, "persona": "contractor"}]),
    "a group": with_more(groups=[{"name": "Zebras"}]),
    "an account": with_more(
        organization={"accounts": [{"name": "zoo"}, *BASE["organization"]["accounts"]]}
    ),
    "a permission set": with_more(permission_sets=[{"name": "Zookeeper"}]),
    "an entry": with_more(
        storyline=[
            {
                "at": "2025-01-12T09:00:00Z",
                "admin": "helpdesk",
                "does": "create-group",
                "group": {"name": "Zebras"},
            }
        ]
    ),
    "more of a population": with_more(users=[{"count": 10, "persona": "executive", "id": "board"}]),
}


@pytest.fixture(scope="module")
def before() -> dict[tuple[int, int], tuple[bytes, ...]]:
    """The episodes of the base scenario."""
    return episodes_of(BASE)


@pytest.mark.parametrize("what", sorted(ADDITIONS))
def test_an_addition_changes_nobody_else(
    what: str, before: dict[tuple[int, int], tuple[bytes, ...]]
) -> None:
    """For all additions: every episode that was there is there, byte for byte."""
    after = episodes_of(ADDITIONS[what])

    assert before.items() <= after.items()


def test_raising_a_count_changes_nobody(
    before: dict[tuple[int, int], tuple[bytes, ...]],
) -> None:
    """User k of a population is keyed by k: more of them change none of the first."""
    ana, workers, builders = BASE["users"]
    after = episodes_of({**BASE, "users": [ana, {**workers, "count": 40}, builders]})

    assert before.items() <= after.items()
    assert len(after) > len(before)


def test_the_order_of_a_file_decides_nothing(
    before: dict[tuple[int, int], tuple[bytes, ...]],
) -> None:
    """No position in the file is in a key."""
    after = episodes_of(
        {**BASE, "users": BASE["users"][::-1], "storyline": BASE["storyline"][::-1]}
    )

    assert before == after


def test_under_a_number_of_events_what_is_in_both_is_the_same() -> None:
    """With `events: N` admission may differ at the margin, and the bytes may not."""
    sized = {**BASE, "background": {"events": 600}}
    more = {**sized, "users": [{"name": "zoe.newcomer"}, *BASE["users"]]}

    first, second = episodes_of(sized), episodes_of(more)
    common = first.keys() & second.keys()

    assert len(common) > len(first) * 3 // 4
    assert all(first[key] == second[key] for key in common)


def test_another_seed_is_seen(before: dict[tuple[int, int], tuple[bytes, ...]]) -> None:
    """Negative control: when every key changes, no episode stays."""
    after = episodes_of({**BASE, "seed": 8})

    assert not before.keys() & after.keys()


def test_a_change_of_somebody_is_seen(
    before: dict[tuple[int, int], tuple[bytes, ...]],
) -> None:
    """Negative control: a user whose device changes has other records."""
    ana, workers, builders = BASE["users"]
    after = episodes_of({**BASE, "users": [{**ana, "mfa": ["webauthn"]}, workers, builders]})

    assert not before.items() <= after.items()
