"""Law 3 for everyday activity: portions are planned alone, in any order, and agree."""

from __future__ import annotations

import pickle
from dataclasses import replace
from itertools import pairwise

import pytest

from simulator.engines import vectorised
from simulator.flows.steps import happenings
from simulator.plan.background import outline
from simulator.plan.background.agenda import Agenda
from simulator.plan.windows import begun, windows
from simulator.primitives.instants import DAY, HOUR
from tests.realism.offices import planned

pytestmark = pytest.mark.laws

NEW = {
    "window": {"start": "2025-01-06", "days": 5},
    "users": [
        {"name": "ana.lopez", "persona": "developer", "password_set": "false"},
        {"count": 25, "persona": "developer", "groups": {"Engineers": "100%"}},
    ],
    "administrators": [{"name": "help-desk", "background": "true"}],
}
SIZES = {"by number": 6_000, "by intensity": None}


@pytest.fixture(autouse=True)
def small_portions(monkeypatch):
    """Let a portion be some hundred records, so that days are cut and joined."""
    monkeypatch.setattr(outline, "PORTION", 400)


@pytest.fixture(params=SIZES)
def made(request):
    """What is planned, by number and by intensity."""
    return planned(SIZES[request.param], **NEW, background={"intensity": "1"})


def keys_of(blocks):
    """Return the keys of all episodes, flow by flow."""
    return {
        (block.flow.name, high, low)
        for block in blocks
        for high, low in zip(
            block.columns["key_high"].tolist(), block.columns["key_low"].tolist(), strict=True
        )
    }


def told(blocks):
    """Return all that blocks say."""
    return [(block.flow.name, list(block.rows())) for block in blocks]


def out_of_bounds(everyday):
    """Return the portions that have an event outside their bounds."""
    found = []
    for nth in range(len(everyday)):
        first, last = everyday.bounds(nth)
        times = [
            event.at
            for block in everyday.portion(nth)
            for row in block.rows()
            for event in happenings(block.flow, row)
        ]
        if times and not first <= min(times) <= max(times) < last:
            found.append(nth)
    return found


def test_portions_do_not_depend_on_what_was_asked_before(made):
    """Forwards, backwards, again, in another process: the same."""
    everyday = made.everyday
    forwards = [told(everyday.portion(nth)) for nth in range(len(everyday))]
    again = pickle.loads(pickle.dumps(everyday))  # noqa: S301  # our own
    backwards = [told(again.portion(nth)) for nth in reversed(range(len(everyday)))][::-1]

    assert len(everyday) > 3
    assert forwards == backwards


def test_windows_may_be_asked_for_in_any_order(made):
    """Any window at any time gives its records."""
    plan = made.plan
    whole = vectorised.render(plan, 0, plan.horizon).lines
    cuts = [plan.start, *range(plan.start + 5 * HOUR, plan.horizon, 7 * HOUR), plan.horizon]
    pairs = list(pairwise(cuts))
    shuffled = pairs[::3] + pairs[2::3][::-1] + pairs[1::3]
    lines = {at: vectorised.render(plan, *at).lines for at in shuffled}

    assert [line for at in pairs for line in lines[at]] == whole


def test_windows_hold_few_episodes(made):
    """At most so many begin in one, and all of them together."""
    plan = made.plan
    found = list(windows(plan, None, None, 100))
    starts = sorted(row["start"] for row in made.episodes)

    assert found[0][0] == plan.start
    assert found[-1][1] == plan.horizon
    assert all(one[1] == two[0] for one, two in pairwise(found))
    counts = [sum(first <= at < last for at in starts) for first, last in found]
    assert max(counts) <= 100
    assert len(found) == -(-len(starts) // 100)


def watched(everyday):
    """Return a list that tells which portions are planned from now on."""
    asked = []
    everyday._nearby.portion = lambda nth: asked.append(nth) or everyday.portion(nth)
    return asked


def test_the_first_window_does_not_wait_for_the_last(made):
    """No more is planned than the window needs."""
    asked = watched(made.everyday)

    first, last = next(windows(made.plan, None, None, 50))
    list(made.plan.touching(first, last))

    assert asked
    assert max(asked) < len(made.everyday) // 2
    assert len(asked) == len(set(asked))


def test_sequential_rendering_plans_each_portion_once(made):
    """What lies behind is let go, and nothing is planned again."""
    asked = watched(made.everyday)

    for first, last in windows(made.plan, None, None, 64):
        list(made.plan.touching(first, last))

    assert sorted(asked) == list(range(len(made.everyday)))


def test_portions_have_no_episode_in_common(made):
    """All episodes are in one portion, and no two share a key."""
    everyday = made.everyday
    parts = [keys_of(everyday.portion(nth)) for nth in range(len(everyday))]

    assert sum(map(len, parts)) == len(set().union(*parts)) == len(made.episodes)


def test_all_events_lie_within_the_bounds(made):
    """Whoever asks for a time gets every portion that has an event there."""
    assert out_of_bounds(made.everyday) == []


def test_an_event_out_of_bounds_is_seen(made, monkeypatch):
    """Negative control: sessions that are said to be over at once."""
    bounds = Agenda.bounds
    monkeypatch.setattr(
        Agenda, "bounds", lambda self, nth: (bounds(self, nth)[0], bounds(self, nth)[0] + 1)
    )

    assert out_of_bounds(made.everyday) != []


def test_a_lost_portion_is_seen(made):
    """Negative control: a portion that is not brought when it is needed leaves a hole."""
    plan = made.plan
    whole = vectorised.render(plan, 0, plan.horizon).lines
    everyday = pickle.loads(pickle.dumps(made.everyday))  # noqa: S301
    lost = max(range(len(everyday)), key=lambda nth: sum(map(len, everyday.portion(nth))))
    everyday._nearby.portion = lambda nth: everyday.portion(nth) if nth != lost else ()

    assert vectorised.render(replace(plan, everyday=everyday), 0, plan.horizon).lines != whole


def test_how_much_has_begun_is_about_right(made):
    """Without planning anything: nothing before, everything after, and more and more."""
    plan = made.plan
    total = begun(plan, plan.horizon)
    found = [begun(plan, at) for at in range(plan.start, plan.horizon, DAY // 4)]

    assert found[0] == 0
    assert found == sorted(found)
    assert len(made.episodes) // 2 < total < 2 * len(made.episodes)


def test_days_have_the_records_that_are_drawn_on_them():
    """By number, weekends differ from weekdays, and days of one kind from each other."""
    parts = {**NEW, "window": {"start": "2025-01-06", "days": 14}}
    office = planned(20_000, **parts)
    counts: dict[int, int] = {}
    for row in office.episodes:
        counts[row["start"] // DAY] = counts.get(row["start"] // DAY, 0) + len(row["times"])
    days = [counts.get(day, 0) for day in range(min(counts), max(counts) + 1)]
    weekdays = [*days[:5], *days[7:12]]
    weekend = [*days[5:7], *days[12:14]]

    assert sum(days) == 20_000
    assert max(weekend) < min(weekdays) // 2
    assert len(set(weekdays)) > 5


def lines_by_key(made):
    """Return the records of each episode, by its key."""
    batch = vectorised.render(made.plan, 0, made.plan.horizon)
    found: dict[tuple[int, int], list[bytes]] = {}
    words = (batch.columns[name].tolist() for name in ("key_high", "key_low"))
    for key, line in zip(zip(*words, strict=True), batch.lines, strict=True):
        found.setdefault(key, []).append(line)
    return found


def test_what_is_in_two_runs_is_the_same_however_they_are_divided(monkeypatch):
    """Law 4 across portions: another number, other portions, the same bytes."""
    few = lines_by_key(planned(6_000, **NEW))
    monkeypatch.setattr(outline, "PORTION", 900)
    many = lines_by_key(planned(8_000, **NEW))
    shared = few.keys() & many.keys()

    assert len(shared) > len(few) * 3 // 4
    assert all(few[key] == many[key] for key in shared)
