"""A worker: a process that renders windows and puts what is written of them into slots.

It is told what to do on its standard input and answers on its standard output, in pickles
of a few hundred bytes; all else goes through shared memory. It holds nothing that anybody
would miss, and ends when its input does: that comes by itself when its master is gone.
"""

from __future__ import annotations

import os
import pickle  # both ends are this program
import signal
import sys
import traceback
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from simulator.errors import SimulatorError
from simulator.primitives.allocation import keep_memory
from simulator.run.memory import Memory, Package, room_for, unpacked
from simulator.run.portions import BOARD, BOARDS, Bounds, Posted, Shelf, read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.plan.episodes import Block
    from simulator.run.press import Press, Sheet, Window
    from simulator.sinks.manifest import Tally


@dataclass(frozen=True, slots=True)
class Setup:
    """What a worker has to know before anything else."""

    press: int | str
    """Where the press lies in shared memory."""

    sizes: tuple[int, ...]
    """How large its parts are."""

    slots: int | str
    """Where the slots are."""

    slot: int
    """Bytes of a slot."""

    count: int
    """How many slots there are."""

    boards: int | str
    """Where the boards for portions are."""


@dataclass(frozen=True, slots=True)
class Order:
    """A window to be rendered."""

    window: Window
    """Which one."""

    slot: int
    """Which slot to fill."""

    taken: int
    """How many bytes of what is written of it were taken already, from a worker that died."""

    portions: tuple[Posted, ...] = ()
    """The portions of everyday activity that reach into it."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A portion of everyday activity to be planned."""

    nth: int
    """Which one."""

    board: int
    """Which board to put it on."""


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes that lie in the slot now: those of the first output, then those of the next."""

    sizes: tuple[int, ...]
    """How many bytes each output has."""

    tally: Tally | None
    """What the window has, with its last part. After any other the worker waits for True."""


@dataclass(frozen=True, slots=True)
class Failed:
    """What was ordered and cannot be done."""

    error: bytes
    """What was raised, pickled."""


def main() -> None:
    """Serve the process that started this one."""
    # Ctrl-C reaches whoever started this, who ends this as well.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    keep_memory()
    answers = os.dup(1)
    # Nothing that anybody prints may come between the answers.
    os.dup2(2, 1)
    with open(answers, "wb", buffering=0) as stream:  # noqa: PTH123  # a descriptor
        serve(sys.stdin.buffer, stream)


def serve(orders: IO[bytes], answers: IO[bytes]) -> None:
    """Do what is ordered until there are no more orders, or nobody hears the answers."""
    try:
        setup: Setup = pickle.load(orders)  # noqa: S301  # see the import
        press: Press = unpacked(Memory.opened(setup.press, room_for(setup.sizes)).view, setup.sizes)
        slots = Memory.opened(setup.slots, setup.slot * setup.count).view
        boards = Memory.opened(setup.boards, BOARD * BOARDS).view
        known: dict[Posted, tuple[Block, ...]] = {}
        order: Order | Draft | bool = pickle.load(orders)  # noqa: S301
        while not isinstance(order, bool):
            if isinstance(order, Draft):
                answers.write(pickle.dumps(drafted(press, order, boards)))
                order = pickle.load(orders)  # noqa: S301
                continue
            slot = slots[order.slot * setup.slot : (order.slot + 1) * setup.slot]
            for answer in answered(press, order, slot, boards, known):
                answers.write(pickle.dumps(answer))
                # Either the word to go on, or something else to be done.
                order = pickle.load(orders)  # noqa: S301
                if order is not True:
                    break
    except (EOFError, BrokenPipeError):
        return


def drafted(press: Press, draft: Draft, boards: memoryview) -> Posted | Failed:
    """Plan a portion and put it on its board, if there is room."""
    try:
        package = Package.of(press.plan.everyday.portion(draft.nth))
    except Exception as error:  # noqa: BLE001  # whatever it is, the master raises it
        return Failed(_pickled(error))
    if room_for(package.sizes) > BOARD:
        return Posted(draft.nth, None, ())
    package.put(boards[draft.board * BOARD :])
    return Posted(draft.nth, draft.board, package.sizes)


def answered(
    press: Press,
    order: Order,
    slot: memoryview,
    boards: memoryview,
    known: dict[Posted, tuple[Block, ...]] | None = None,
) -> Iterator[Part | Failed]:
    """Fill the slot with what is written of a window, as often as it takes.

    Args:
        known: Portions that were read for the window before; brought up to date.
    """
    everyday = press.plan.everyday
    known = {} if known is None else known
    posted = {one.nth: one for one in order.portions}
    at = Bounds(everyday, [*posted])
    for one in known.keys() - posted.values():
        # Its board may be another's by now.
        del known[one]

    def fetch(nth: int) -> tuple[Block, ...]:
        one = posted[nth]
        if one not in known:
            known[one] = read(boards, one, everyday)
        return known[one]

    shelf = Shelf(everyday, at, fetch)
    try:
        yield from _filled(slot, press.printed(order.window, shelf), order.taken)
    except Exception as error:  # noqa: BLE001  # whatever it is, the master raises it
        yield Failed(_pickled(error))


def _filled(slot: memoryview, sheets: Iterator[Sheet], taken: int) -> Iterator[Part]:
    """Copy sheets into the slot, and yield what lies in it whenever it is full, and at the end.

    Args:
        taken: Bytes that were taken already; they are left out.
    """
    sizes: list[int] = []
    for sheet in sheets:
        sizes = sizes or [0] * len(sheet.texts)
        for place, text in enumerate(sheet.texts):
            skipped = min(taken, len(text))
            rest, taken = text[skipped:], taken - skipped
            while rest:
                at = sum(sizes)
                if at == len(slot):
                    yield Part(tuple(sizes), None)
                    sizes, at = [0] * len(sizes), 0
                size = min(len(rest), len(slot) - at)
                slot[at : at + size] = rest[:size]
                sizes[place] += size
                rest = rest[size:]
        if sheet.tally is not None:
            yield Part(tuple(sizes), sheet.tally)


def _pickled(error: Exception) -> bytes:
    """Return an error so that it can be raised elsewhere; a bug with where it happened."""
    if isinstance(error, SimulatorError):
        return pickle.dumps(error)
    place = "".join(traceback.format_exception(error))
    error.add_note(f"It happened in a worker:\n{place}")
    try:
        made = pickle.dumps(error)
        pickle.loads(made)  # noqa: S301  # some errors can be pickled and not made again
    except Exception:  # noqa: BLE001
        return pickle.dumps(RuntimeError(f"a worker failed:\n{place}"))
    return made
