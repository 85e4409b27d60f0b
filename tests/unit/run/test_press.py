"""The windows that one process makes, in turn."""

from __future__ import annotations

import pytest

from simulator.flows import FLOWS
from simulator.plan.episodes import block_of
from simulator.primitives.instants import MINUTE
from simulator.run.press import FIRST_EPISODES, Alone, Cut, Press
from simulator.sinks.ndjson import RecordLines
from tests.builders import START, a_plan, a_row


def windows_of(cut: Cut, count: int) -> tuple[Press, list[tuple[int, int]]]:
    """Return a press for sign-ins a minute apart, and the windows that are made of them."""
    flow = FLOWS[0]
    rows = [a_row(flow, key_low=nth, start=START + nth * MINUTE) for nth in range(count)]
    press = Press(a_plan([block_of(flow, rows)]), "vectorised", (RecordLines(),))
    made = dict.fromkeys(sheet.window for sheet in Alone(press, cut))
    return press, [(one.first, one.last) for one in made]


def test_the_first_window_is_a_small_one():
    """Its records need not wait for all that later ones need."""
    press, made = windows_of(Cut(), 3 * FIRST_EPISODES)

    soon = START + FIRST_EPISODES * MINUTE
    assert made == [(press.plan.start, soon), (soon, press.plan.horizon)]


@pytest.mark.parametrize("count", [1, FIRST_EPISODES])
def test_what_is_in_it_may_be_everything(count):
    """Then there is no other."""
    press, made = windows_of(Cut(), count)

    assert made == [(press.plan.start, press.plan.horizon)]


def test_it_is_no_larger_than_others():
    """Memory is what windows are cut for."""
    _, made = windows_of(Cut(episodes_at_once=3), 6)

    assert [last for _, last in made][:-1] == [START + 3 * MINUTE]
