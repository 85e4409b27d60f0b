"""What engines give back: finished records, and the columns that later layers need."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from simulator.primitives.columns import dtype_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from simulator.primitives.columns import Column

SHARED: Final = (
    "key_high",
    "key_low",
    "step",
    "time",
    "outcome",
    "user",
    "admin",
    "actor",
    "copy",
    "region",
    "account",
)
"""Row columns that a batch passes on."""


class Text(Protocol):
    """Bytes that are there, or are made when they are read."""

    def pieces(self) -> Iterator[NDArray[np.uint8]]:
        """Yield the bytes in turn; a piece holds until the next one is asked for."""
        ...


@dataclass(frozen=True, slots=True)
class Finished:
    """Bytes that are there."""

    data: NDArray[np.uint8]

    def pieces(self) -> Iterator[NDArray[np.uint8]]:
        """See `Text.pieces`."""
        if len(self.data):
            yield self.data


@dataclass(frozen=True, slots=True)
class RecordBatch:
    """Records in order: by time in milliseconds, then episode key, then step."""

    text: Text
    """JSON objects, each with its line end."""

    starts: NDArray[np.int64]
    """Where in `data` each record begins, and where the last one ends."""

    kind: NDArray[np.int64]
    """Position in `records.kinds.KINDS`."""

    era: NDArray[np.int64]
    """Position in `records.eras.ERAS`."""

    flow: NDArray[np.int64]
    """Position in `flows.FLOWS`."""

    columns: Mapping[str, Column]
    """The columns named in `SHARED`, one value a record."""

    def __len__(self) -> int:
        """Return the number of records."""
        return len(self.starts) - 1

    def pieces(self) -> Iterator[tuple[int, int, NDArray[np.uint8]]]:
        """Yield the text in turn, whole records: from which one, before which, and their bytes.

        A piece holds until the next one is asked for.
        """
        first = 0
        for piece in self.text.pieces():
            last = int(np.searchsorted(self.starts, self.starts[first] + len(piece)))
            yield first, last, piece
            first = last

    @property
    def data(self) -> NDArray[np.uint8]:
        """All of the text. Made anew each time it is asked for, unless it is finished."""
        if isinstance(self.text, Finished):
            return self.text.data
        made = np.empty(int(self.starts[-1]), np.uint8)
        first = 0
        for piece in self.text.pieces():
            made[first : first + len(piece)] = piece
            first += len(piece)
        return made

    def line(self, position: int) -> bytes:
        """Return one record without its line end. For many of them, ask for `lines`."""
        return self.data[self.starts[position] : self.starts[position + 1] - 1].tobytes()

    @property
    def lines(self) -> list[bytes]:
        """The records as JSON objects without line ends. Made anew each time it is asked for."""
        text = self.data.tobytes()
        ends = self.starts.tolist()
        return [text[first : last - 1] for first, last in pairwise(ends)]


@dataclass(frozen=True, slots=True)
class Succession:
    """Texts one after another."""

    parts: Sequence[Text]

    def pieces(self) -> Iterator[NDArray[np.uint8]]:
        """See `Text.pieces`."""
        for part in self.parts:
            yield from part.pieces()


def joined_lines(lines: Sequence[bytes]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return lines as a batch holds them: bytes with line ends, and where each begins."""
    data = np.frombuffer(b"".join(line + b"\n" for line in lines), np.uint8)
    starts = np.zeros(len(lines) + 1, np.int64)
    np.cumsum([len(line) + 1 for line in lines], out=starts[1:])
    return data, starts


def joined(batches: Sequence[RecordBatch]) -> RecordBatch:
    """Return batches that follow one another as one."""
    if len(batches) == 1:
        return batches[0]
    if not batches:
        return packed([], [])
    ends = np.cumsum([0, *(int(batch.starts[-1]) for batch in batches)])
    starts = [batch.starts[:-1] + end for batch, end in zip(batches, ends, strict=False)]
    return RecordBatch(
        text=Succession([batch.text for batch in batches]),
        starts=np.concatenate([*starts, ends[-1:]]),
        kind=np.concatenate([batch.kind for batch in batches]),
        era=np.concatenate([batch.era for batch in batches]),
        flow=np.concatenate([batch.flow for batch in batches]),
        columns={
            name: np.concatenate([batch.columns[name] for batch in batches]) for name in SHARED
        },
    )


def chosen(batch: RecordBatch, positions: NDArray[np.int64]) -> RecordBatch:
    """Return the records at some positions, which ascend, as a batch."""
    lines = batch.lines
    data, starts = joined_lines([lines[position] for position in positions.tolist()])
    return RecordBatch(
        text=Finished(data),
        starts=starts,
        kind=batch.kind[positions],
        era=batch.era[positions],
        flow=batch.flow[positions],
        columns={name: batch.columns[name][positions] for name in SHARED},
    )


def packed(lines: list[bytes], rows: Sequence[Mapping[str, int]]) -> RecordBatch:
    """Return lines, and the rows of whole numbers they were made from, as a batch."""

    def column(name: str) -> NDArray[np.int64]:
        return np.array([row[name] for row in rows], np.int64)

    data, starts = joined_lines(lines)
    return RecordBatch(
        text=Finished(data),
        starts=starts,
        kind=column("kind"),
        era=column("era"),
        flow=column("flow"),
        columns={name: np.array([row[name] for row in rows], dtype_of(name)) for name in SHARED},
    )
