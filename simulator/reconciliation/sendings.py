"""What a stream noted of its batches, read strictly: it decides what is a surprise."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.errors import InputError
from simulator.sinks.reading import json_document
from simulator.streaming.sinks.interface import Promise
from simulator.verification.rows import lines_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from simulator.sinks.reading import JsonObject

FORMAT: Final = "trailwright-sent/1"
LOST: Final = "lost"
"""The outcome of a batch that was given up."""
OUTCOMES: Final = (*(str(one) for one in Promise), LOST)
UNSENT: Final = -1
"""In place of a batch: the record is in none."""
_MEMBERS: Final = (
    "format", "batch", "first", "records", "due", "sent", "done", "attempts", "outcome",
    "uncertain", "why", "refused", "left",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sendings:
    """What became of each record, as far as the stream knows. Arrays are by record."""

    batch: NDArray[np.int32]
    """Number of its batch; `UNSENT` for a record that is in none."""
    is_lost: NDArray[np.bool_]
    """Given up."""
    is_refused: NDArray[np.bool_]
    """Refused for good."""
    is_uncertain: NDArray[np.bool_]
    """Tried again after it may have arrived."""

    @classmethod
    def read(cls, name: str, pieces: Iterable[bytes], records: int) -> Sendings:
        """Read what was noted.

        Args:
            name: What the file is called in messages.
            pieces: What is in it.
            records: How many the truth has.

        Raises:
            InputError: It is not what it should be.
        """
        flags = (np.zeros(records, np.bool_) for _ in range(3))
        made = cls(np.full(records, UNSENT, np.int32), *flags)
        seen: set[int] = set()
        for number, line in enumerate(chain.from_iterable(lines_of(pieces)), start=1):
            place = f"{name}:{number}"
            if line is None:
                message = f"{place}: too long for a line of {FORMAT}"
                raise InputError(message)
            top = json_document(line, place, FORMAT)
            top.refuse_others(*_MEMBERS)
            nth = top.count("batch")
            if nth in seen or nth > np.iinfo(np.int32).max:
                top.refuse("batch", f"{nth} is the number of another batch, or too great")
            seen.add(nth)
            made._add(top, nth)
        return made

    def _add(self, top: JsonObject, nth: int) -> None:
        first, last = _span(top, len(self.batch))
        where = slice(first, last)
        taken = np.flatnonzero(self.batch[where] != UNSENT)
        if len(taken):
            at = first + int(taken[0])
            top.refuse("first", f"record {at} is in batch {self.batch[at]} already")
        for name in ("due", "sent", "done"):
            top.milliseconds(name)
        top.count("attempts")
        top.one("why", str, type(None))
        outcome = top.text("outcome")
        if outcome not in OUTCOMES:
            top.refuse("outcome", f"expected {', '.join(OUTCOMES)}, found {outcome!r}")
        self.batch[where] = nth
        uncertain = top.members.get("uncertain")
        if not isinstance(uncertain, bool):
            top.refuse("uncertain", "expected true or false")
        self.is_uncertain[where] = uncertain
        refused = _refused(top, first, last)
        self.is_refused[refused] = True
        if "left" in top.members:
            if outcome != LOST:
                top.refuse("left", f"belongs to a batch whose outcome is {LOST}")
            self.is_lost[_records(top, "left", top.one("left", list), first, last)] = True
        elif outcome == LOST:
            self.is_lost[where] = True
            self.is_lost[refused] = False


def _span(top: JsonObject, records: int) -> tuple[int, int]:
    """Return the first record of a batch, and the first after it."""
    first, count = top.count("first"), top.count("records")
    if not count:
        top.refuse("records", "expected a number from 1 on, found 0")
    if first + count > records:
        message = f"records {first} to {first + count - 1} are not in the truth, which has "
        top.refuse("first", f"{message}{records:,}")
    return first, first + count


def _refused(top: JsonObject, first: int, last: int) -> list[int]:
    """Return which records were refused for good."""
    found = []
    for one in top.objects("refused"):
        one.refuse_others("record", "why")
        one.text("why")
        found.append(one.count("record"))
    return _records(top, "refused", found, first, last)


def _records(top: JsonObject, name: str, value: object, first: int, last: int) -> list[int]:
    """Return numbers of records, all of them in the batch."""
    found: list[int] = []
    for one in value if isinstance(value, list) else []:
        if not isinstance(one, int) or isinstance(one, bool) or not first <= one < last:
            top.refuse(name, f"{one!r} is not the number of a record of this batch")
        found.append(one)
    return found
