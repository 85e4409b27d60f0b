"""Workers: what they are dealt, and how they end."""

from __future__ import annotations

import os
import sys
import threading
from collections import Counter
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from simulator.errors import (
    Finding,
    MissingExtraError,
    RequestError,
    ScenarioError,
    WorkerError,
)
from simulator.flows import FLOWS
from simulator.plan.episodes import block_of
from simulator.primitives.instants import MINUTE
from simulator.run import portions, worker
from simulator.run.crew import ATTEMPTS, SPARE, Crew
from simulator.run.press import Alone, Cut, Press
from simulator.run.worker import Draft, drafted
from simulator.sinks.ndjson import RecordLines
from tests.builders import START, a_plan, a_row
from tests.unit.run.acts import Days, Deadly, LastRaises, Noted, Raises, RaisesOddly, notes_in

if TYPE_CHECKING:
    from collections.abc import Iterator

SLOT = 1 << 20


def a_block(first: int, count: int, *, key: int = 0):
    """Return sign-ins a minute apart."""
    flow = FLOWS[0]
    return block_of(
        flow,
        [
            a_row(flow, key_high=key, key_low=nth, start=START + (first + nth) * MINUTE)
            for nth in range(count)
        ],
    )


def a_press(lines=None, count: int = 24) -> Press:
    """Return a press for some sign-ins."""
    return Press(a_plan([a_block(0, count)]), "vectorised", (lines or RecordLines(),))


def a_cut(at_once: int = 3) -> Cut:
    """Return how a run is cut: eight windows of three episodes."""
    return Cut(episodes_at_once=at_once)


def bytes_of(sheets) -> bytes:
    """Return all that is written, one output behind another, and end the workers."""
    with closing(sheets):
        written = [[bytes(text) for text in sheet.texts] for sheet in sheets]
    return b"".join(map(b"".join, zip(*written, strict=True)))


def whole() -> bytes:
    """Return what one process writes."""
    return bytes_of(Alone(a_press(), a_cut()))


def is_alive(pid: int) -> bool:
    """Return whether there is such a process."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def deadline() -> Iterator[threading.Event]:
    """Give an event that comes after a minute: a test that waits longer has failed."""
    over = threading.Event()
    timer = threading.Timer(60, over.set)
    timer.start()
    yield over
    timer.cancel()
    timer.join()


def test_a_worker_that_dies_is_replaced(tmp_path):
    """What it was at is done again, and nothing shows of it."""
    press = a_press(Deadly(tmp_path / "notes", deaths=2))

    assert bytes_of(Crew(press, a_cut(), 2, slot=SLOT)) == whole()
    assert len(notes_in(tmp_path / "notes")) >= 2


@pytest.mark.parametrize("slot", [SLOT, 2_000], ids=["whole windows", "parts of windows"])
def test_workers_may_be_killed_between_any_two_sheets(slot, deadline):
    """Whether they are at work, wait for their slot, or have nothing to do."""
    crew = Crew(a_press(), a_cut(), 2, slot=slot)
    made = b""
    with closing(crew):
        for place, sheet in enumerate(crew):
            made += b"".join(bytes(text) for text in sheet.texts)
            if place in {0, 4}:
                for pid in crew.workers:
                    os.kill(pid, 9)
                    while pid in crew.workers:
                        assert not deadline.is_set()

    assert made == whole()


def test_the_first_job_is_not_kept_waiting_by_others(deadline):
    """Every other worker waits for its turn when the one whose turn it is dies."""
    crew = Crew(a_press(), a_cut(), 2, slot=1_000)
    with closing(crew):
        sheets = iter(crew)
        made = bytes(next(sheets).texts[0])

        def all_wait() -> bool:
            with crew._changed:
                parts = [hand.job and hand.job.part for hand in crew._hands]
                return len(parts) == 2 and all(parts)

        while not all_wait():
            assert not deadline.is_set()
        with crew._changed:
            first = next(hand for hand in crew._hands if hand.job is crew._jobs[0])
        first.process.kill()
        while not (all_wait() and first.process.pid not in crew.workers):
            assert not deadline.is_set()
        made += b"".join(bytes(sheet.texts[0]) for sheet in sheets)

    assert made == whole()


def test_work_that_kills_every_worker_ends_the_run(tmp_path):
    """After a few attempts, with one message, and no process is left."""
    notes = tmp_path / "notes"
    crew = Crew(a_press(Deadly(notes, deaths=1_000)), a_cut(1_000), 1, slot=SLOT)

    with pytest.raises(
        WorkerError,
        match=r"^3 workers died one after another .* \(killed by SIGKILL\): .* fewer --workers$",
    ):
        bytes_of(crew)
    assert len(notes_in(notes)) == ATTEMPTS
    assert crew.workers == ()


@pytest.mark.parametrize(
    "error",
    [
        RequestError("records: cannot set 'a'"),
        ScenarioError([Finding("s.yaml", 1, 2, "users", "no such user")]),
        MissingExtraError("writing .zst files", "zstd"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_deliberate_error_comes_as_it_was_raised(error):
    """Its class, its message and its exit status."""
    with pytest.raises(type(error)) as raised:
        bytes_of(Crew(a_press(Raises(error)), a_cut(), 1, slot=SLOT))

    assert str(raised.value) == str(error)
    assert raised.value.exit_status == error.exit_status


@pytest.mark.parametrize(
    ("lines", "kind", "told"),
    [
        (Raises(ValueError("a bug")), ValueError, "a bug"),
        (RaisesOddly(), RuntimeError, "a worker failed"),
    ],
)
def test_a_bug_comes_with_where_it_happened(lines, kind, told):
    """The traceback of the worker is a note; an error that cannot be sent is told."""
    with pytest.raises(kind, match=told) as raised:
        bytes_of(Crew(a_press(lines), a_cut(), 1, slot=SLOT))

    text = str(raised.value) + "".join(getattr(raised.value, "__notes__", ()))
    assert "acts.py" in text
    assert "in of" in text


def test_what_comes_before_an_error_is_handed_on():
    """As one process would write it, whichever worker is done first."""
    crew = Crew(a_press(LastRaises(START + 20 * MINUTE)), a_cut(), 2, slot=SLOT)
    made = b""
    with closing(crew), pytest.raises(RequestError, match=r"^late$"):  # noqa: PT012
        for sheet in crew:
            made += bytes(sheet.texts[0])

    assert made
    assert whole().startswith(made)


def test_closing_ends_all_workers_at_once():
    """In the midst of a run."""
    crew = Crew(a_press(), a_cut(), 2, slot=SLOT)
    next(iter(crew))
    pids = crew.workers

    crew.close()

    assert pids
    assert not any(is_alive(pid) for pid in pids)
    crew.close()


def test_a_worker_that_cannot_be_started_is_told(monkeypatch):
    """Status 6."""
    monkeypatch.setattr(sys, "executable", "/no/such/python")

    with pytest.raises(WorkerError, match=r"^cannot start a worker: No such file or directory$"):
        bytes_of(Crew(a_press(), a_cut(), 2, slot=SLOT))


def test_no_more_is_made_than_there_are_slots_for(tmp_path, deadline):
    """Whoever does not take sheets stops the workers: memory does not grow."""
    notes = tmp_path / "notes"
    crew = Crew(a_press(Noted(notes)), a_cut(1), 2, slot=SLOT)
    with closing(crew):
        sheets = iter(crew)
        next(sheets)

        def is_at_rest() -> bool:
            with crew._changed:
                return not crew._free and all(hand.job is None for hand in crew._hands)

        while not is_at_rest():
            assert not deadline.is_set()

        assert len(notes_in(notes)) == 2 + SPARE
        next(sheets)
        while len(notes_in(notes)) < 3 + SPARE:
            assert not deadline.is_set()


def with_portions(notes) -> Press:
    """Return a press for a storyline and four portions of everyday activity that overlap."""
    days = tuple((a_block(10 * nth, 14, key=nth + 1),) for nth in range(4))
    return replace(a_press(), plan=replace(a_press().plan, everyday=Days(days, notes)))


def test_a_portion_is_planned_once(tmp_path):
    """By whichever worker; all others read it."""
    alone = bytes_of(Alone(with_portions(tmp_path / "alone"), Cut()))

    made = bytes_of(Crew(with_portions(tmp_path / "notes"), a_cut(), 3, slot=SLOT))

    assert made == alone
    assert Counter(notes_in(tmp_path / "notes")) == dict.fromkeys("0123", 1)


def test_portions_beyond_a_slice_are_not_planned(tmp_path):
    """They would be for nothing."""
    cut = Cut(start=START + 12 * MINUTE, end=START + 15 * MINUTE, episodes_at_once=3)
    alone = bytes_of(Alone(with_portions(tmp_path / "alone"), cut))

    made = bytes_of(Crew(with_portions(tmp_path / "notes"), cut, 2, slot=SLOT))

    assert made == alone
    assert made
    assert {*notes_in(tmp_path / "notes")} == {"0", "1"}


def test_without_boards_each_worker_plans_for_itself(tmp_path):
    """Slower, never different."""
    crew = Crew(with_portions(tmp_path / "notes"), a_cut(), 2, slot=SLOT)
    crew._free_boards.clear()

    assert bytes_of(crew) == bytes_of(Alone(with_portions(tmp_path / "alone"), Cut()))


def test_a_portion_that_has_no_room_on_a_board_is_left_to_others(tmp_path, monkeypatch):
    """It is told that it is nowhere."""
    monkeypatch.setattr(worker, "BOARD", 64)

    posted = drafted(with_portions(tmp_path / "notes"), Draft(1, 0), memoryview(bytearray(64)))

    assert posted == portions.Posted(1, None, ())


def test_an_error_in_planning_reaches_the_user(tmp_path):
    """It comes from the portion, not from a window."""
    press = with_portions(tmp_path / "no" / "notes")

    with pytest.raises(FileNotFoundError, match="notes"):
        bytes_of(Crew(press, a_cut(), 2, slot=SLOT))
