"""Records inside something else: what the forms that wrap them have in common.

A form has a definition, which reads the finished record, and a fast way to the same bytes,
which knows from the batch what the record must say. Records that an override changed take
the definition: they say what they like, and members may be missing or of any type.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from simulator.delivery.overrides import Delivered
    from simulator.engines.batches import RecordBatch

AT_ONCE: Final = 2048
"""Records that are wrapped at a time."""

CHUNK: Final = 1 << 20
"""Bytes that are looked at at a time, where lines of several records are made."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some records of a batch that follow one another."""

    first: int
    """Position of the first one."""

    text: bytes
    """JSON objects, each with its line end."""

    def lines(self) -> list[bytes]:
        """Return the records without line ends."""
        return self.text.split(b"\n")[:-1]

    def quoted(self) -> list[bytes]:
        """Return what stands between the quotes when each record is a JSON string."""
        # JSON text has no control characters but the line ends, so that these two are all that
        # needs an escape. On all records at once, twice as fast as orjson on each.
        escaped = self.text.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
        return escaped.split(b"\n")[:-1]


def stretches(batch: RecordBatch) -> Iterator[Stretch]:
    """Yield all records of a batch, some at a time."""
    starts = batch.starts
    for begin, end, piece in batch.pieces():
        for first in range(begin, end, AT_ONCE):
            last = min(first + AT_ONCE, end)
            text = piece[starts[first] - starts[begin] : starts[last] - starts[begin]]
            yield Stretch(first, text.tobytes())


def changed(delivered: Delivered, stretch: Stretch, count: int) -> list[int]:
    """Return which of a stretch's records an override changed, counted from its first one."""
    first = stretch.first
    return sorted(at - first for at in delivered.overridden if first <= at < first + count)


def row_of(batch: RecordBatch, position: int) -> dict[str, int]:
    """Return what a batch's columns say of one record."""
    return {name: int(values[position]) for name, values in batch.columns.items()}


def text_in(record: Mapping[str, Any], name: str) -> str | None:
    """Return a member of a record that is a string; nothing when it is not, or not there."""
    value = record.get(name)
    return value if isinstance(value, str) else None


def chunks(data: bytes | memoryview) -> Iterator[bytes]:
    """Yield bytes in turn, a few at a time: what comes from a worker may be a hundred megabytes."""
    view = memoryview(data)
    for first in range(0, len(view), CHUNK):
        yield bytes(view[first : first + CHUNK])


class LineCutter:
    """Bytes that come in pieces of any size, cut into lines."""

    def __init__(self) -> None:
        self._rest = b""

    def of(self, data: bytes | memoryview) -> Iterator[bytes]:
        """Yield the lines that are whole now, without their ends."""
        for chunk in chunks(data):
            *whole, self._rest = (self._rest + chunk).split(b"\n")
            yield from whole
