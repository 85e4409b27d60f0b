"""Law 3, its other half: any number of workers gives the bytes of one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.flows import FLOWS
from simulator.plan.episodes import block_of
from simulator.plan.truth import Intent, Truth
from simulator.primitives.instants import MINUTE
from simulator.primitives.jsontext import json_text
from simulator.run.crew import Crew
from simulator.run.memory import Package, unpacked
from simulator.run.press import Alone, Cut, Press, Sheet, Window
from simulator.run.worker import Order, answered
from simulator.sinks.manifest import Census
from simulator.sinks.ndjson import RecordLines
from simulator.sinks.truth import TruthLines
from tests.builders import START, a_plan, a_row
from tests.strategies import plans

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.delivery.overrides import Delivered

pytestmark = pytest.mark.laws

NO_BOARDS = memoryview(b"")
"""Plans made by hand have no everyday activity, and need none."""


def a_press(plan, engine="vectorised"):
    """Return a press for records and truth, with one episode scripted."""
    key = tuple(int(plan.blocks[0].columns[name][0]) for name in ("key_high", "key_low"))
    truth = Truth({key: Intent("entry", "sign-in", "malicious")})
    return Press(plan, engine, (RecordLines(), TruthLines(plan, truth)))


def many_episodes(count=30):
    """Return a plan of episodes of two flows, a minute apart."""
    blocks = [
        block_of(
            flow,
            [
                a_row(flow, key_low=nth, start=START + nth * MINUTE)
                for nth in range(first, count, 2)
            ],
        )
        for first, flow in enumerate(FLOWS[:2])
    ]
    return a_plan(blocks)


def cut(at_once):
    """Return how a run is cut into windows of so many episodes."""
    return Cut(episodes_at_once=at_once)


def printed(press, window):
    """Return all bytes of each output that is written of a window."""
    texts = [sheet.texts for sheet in map(copied, press.printed(window))]
    return [b"".join(pieces) for pieces in zip(*texts, strict=True)]


def copied(sheet):
    """Return a sheet whose texts stay when the next one comes."""
    return replace(sheet, texts=tuple(map(bytes, sheet.texts)))


def written(sheets):
    """Return all bytes of each output, and the counts."""
    try:
        outputs = [bytearray(), bytearray()]
        census = Census()
        for sheet in sheets:
            for output, text in zip(outputs, sheet.texts, strict=True):
                output.extend(text)
            if sheet.tally is not None:
                census.add(sheet.tally)
        return [bytes(output) for output in outputs], census.counts()
    finally:
        sheets.close()


@pytest.mark.parametrize("name", ["vectorised", "stepwise"])
@pytest.mark.parametrize(
    ("workers", "at_once", "slot"), [(1, 4, 1 << 20), (2, 1, 1 << 20), (3, 7, 3_000)]
)
def test_workers_do_not_show(name, workers, at_once, slot):
    """However many there are, however the run is cut, whatever a slot holds at a time."""
    press = a_press(many_episodes(), name)

    crew = Crew(press, cut(at_once), workers, slot=slot)

    assert written(crew) == written(Alone(press, cut(1_000)))


@settings(max_examples=15)
@given(plan=plans(), at_once=st.integers(1, 5), size=st.integers(200, 20_000))
def test_a_worker_puts_into_slots_what_one_process_writes(plan, at_once, size):
    """A press that went through shared memory, windows in parts, and parts in slots."""
    press = a_press(plan)
    package = Package.of(press)
    memory = memoryview(bytearray(sum(size + 64 for size in package.sizes)))
    package.put(memory)
    there = unpacked(memory, package.sizes)
    slot = memoryview(bytearray(size))

    class Parts(Alone):
        """Sheets as they come out of a slot."""

        def __iter__(self):
            for window in self.cut.windows(plan):
                for part in answered(there, Order(window, 0, 0), slot, NO_BOARDS):
                    first, second = part.sizes
                    yield Sheet(window, (slot[:first], slot[first : first + second]), part.tally)

    assert written(Parts(press, cut(at_once))) == written(Alone(press, cut(1_000)))


@settings(max_examples=15)
@given(plan=plans(), size=st.integers(200, 20_000), data=st.data())
def test_a_fresh_worker_goes_on_where_a_dead_one_was(plan, size, data):
    """Whatever was taken already is not written again, and nothing is left out."""
    press = a_press(plan)
    whole = b"".join(printed(press, Window(0, plan.horizon)))
    taken = data.draw(st.integers(0, len(whole)))
    slot = memoryview(bytearray(size))

    rest = [
        bytes(slot[: sum(part.sizes)])
        for part in answered(press, Order(Window(0, plan.horizon), 0, taken), slot, NO_BOARDS)
    ]

    assert b"".join(rest) == whole[taken:]


@settings(max_examples=25)
@given(plan=plans())
def test_truth_by_columns_is_the_truth_line_by_line(plan):
    """For all records: what is written is `TruthLines.line`."""
    press = a_press(plan)
    window = Window(0, plan.horizon)
    lines = press.lines[1]

    @dataclass(frozen=True, slots=True)
    class Plainly:
        """The definition, record by record."""

        def of(self, delivered: Delivered) -> Iterator[memoryview]:
            for place in range(len(delivered.batch)):
                yield memoryview(json_text(lines.line(delivered, place)) + b"\n")

    [defined] = printed(replace(press, lines=(Plainly(),)), window)

    assert printed(press, window)[1].split(b"\n") == defined.split(b"\n")


@dataclass(frozen=True, slots=True)
class Numbered:
    """Lines that tell a record's place in its batch, which nothing written may do."""

    def of(self, delivered: Delivered) -> Iterator[memoryview]:
        """See `Lines.of`."""
        yield memoryview(b"".join(b"%d\n" % place for place in range(len(delivered.batch))))


def test_lines_that_depend_on_the_window_break_the_law():
    """Negative control: what is numbered anew in each window shows how the run was cut."""
    press = replace(a_press(many_episodes()), lines=(Numbered(), Numbered()))

    apart, together = (written(Alone(press, cut(size))) for size in (1, 1_000))

    assert apart != together
