"""The truth as columns: of each record what finds it again, and what it is counted by.

Nothing is kept as Python's own objects, of which ten million would be several gigabytes.
"""

from __future__ import annotations

import hashlib
import re
from array import array
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import orjson

from simulator.errors import InputError
from simulator.primitives.instants import MINUTE, parse_any_instant
from simulator.sinks.truth import FORMAT
from simulator.verification.rows import lines_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

NEVER: Final = -(1 << 31)
"""In place of a minute: the eventTime cannot be read."""
NOBODY: Final = -1
"""In place of a record: the truth knows none."""
_UUID: Final = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def key_of(event_id: str) -> bytes:
    """Return the sixteen bytes by which an eventID is looked up: a UUID's own, or a digest."""
    if _UUID.fullmatch(event_id):
        return bytes.fromhex(event_id.replace("-", ""))
    text = event_id.encode(errors="surrogatepass")
    return hashlib.blake2b(text, digest_size=16).digest()


def _columns(keys: bytes | bytearray) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    both = np.frombuffer(bytes(keys), ">u8").reshape(-1, 2).astype(np.uint64)
    return np.ascontiguousarray(both[:, 0]), np.ascontiguousarray(both[:, 1])


@dataclass(frozen=True, slots=True)
class Truth:
    """What the truth tells. Arrays are by record, in its order."""

    high: NDArray[np.uint64]
    """The first half of its key; likewise the other one."""
    low: NDArray[np.uint64]
    order: NDArray[np.int64]
    """Records sorted by key."""
    sorted_high: NDArray[np.uint64]
    """Of the records in that order; likewise the other half."""
    sorted_low: NDArray[np.uint64]
    kind: NDArray[np.uint16]
    """Position in `kinds`."""
    kinds: tuple[str, ...]
    era: NDArray[np.uint16]
    """Position in `eras`."""
    eras: tuple[str, ...]
    minute: NDArray[np.int32]
    """eventTime in minutes since 1970 UTC; `NEVER` where it cannot be told."""
    planned: NDArray[np.uint8]
    """How often it is delivered."""
    odd: dict[int, str]
    """eventIDs that are no UUIDs."""
    damaged: dict[bytes, int]
    """Records that were damaged on purpose, by the sha256 of what was written."""
    content_sha256: str

    def __len__(self) -> int:
        """Return how many records there are."""
        return len(self.kind)

    def event_id(self, record: int) -> str:
        """Return the eventID of a record."""
        if record in self.odd:
            return self.odd[record]
        text = f"{int(self.high[record]):016x}{int(self.low[record]):016x}"
        return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))

    def found(self, keys: Sequence[bytes]) -> NDArray[np.int64]:
        """Return for each key a position in `order`, the first that has it, or `NOBODY`."""
        high, low = _columns(b"".join(keys))
        count = len(self)
        if not count:
            return np.full(len(keys), NOBODY, np.int64)
        at = np.searchsorted(self.sorted_high, high)
        # Keys of one first half are few: nearly always the first is meant.
        while True:
            here = np.minimum(at, count - 1)
            is_near = (at < count) & (self.sorted_high[here] == high)
            is_below = is_near & (self.sorted_low[here] < low)
            if not is_below.any():
                break
            at += is_below
        return np.where(is_near & (self.sorted_low[here] == low), here, NOBODY)


@dataclass(slots=True)
class _Names:
    """Names that occur, each with its position."""

    places: dict[str, int] = field(default_factory=dict)

    def of(self, name: object) -> int:
        return self.places.setdefault(str(name), len(self.places))


class Telling:
    """What was told so far."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.keys = bytearray()
        self.kinds, self.eras = _Names(), _Names()
        self.kind, self.era = array("H"), array("H")
        self.minute, self.planned = array("i"), array("B")
        self.odd: dict[int, str] = {}
        self.damaged: dict[bytes, int] = {}

    def add(self, line: dict[str, Any], event_id: str) -> None:
        """Add a record."""
        number = len(self.kind)
        self.keys += key_of(event_id)
        if not _UUID.fullmatch(event_id):
            self.odd[number] = event_id
        self.kind.append(self.kinds.of(line.get("kind")))
        self.era.append(self.eras.of(line.get("era")))
        self.minute.append(_minute(str(line.get("eventTime"))))
        delivered = line.get("delivered")
        self.planned.append(min(len(delivered), 255) if delivered else 1)
        written = line.get("written")
        if isinstance(written, dict) and line.get("mutations"):
            self.damaged[bytes.fromhex(str(written.get("sha256")))] = number

    def finished(self, content_sha256: str) -> Truth:
        """Return the truth."""
        high, low = _columns(self.keys)
        self.keys.clear()
        order = np.lexsort((low, high))
        return Truth(
            high, low, order, high[order], low[order],
            np.array(self.kind, np.uint16), tuple(self.kinds.places),
            np.array(self.era, np.uint16), tuple(self.eras.places),
            np.array(self.minute, np.int32), np.array(self.planned, np.uint8),
            self.odd, self.damaged, content_sha256,
        )  # fmt: skip


def read_truth(name: str, content: Iterable[bytes]) -> Telling:
    """Read the truth.

    Args:
        name: What the file is called in messages.
        content: What is in it.

    Raises:
        InputError: It is not the truth of a run.
    """
    told = Telling()
    for number, line in enumerate(chain.from_iterable(lines_of(content)), start=1):
        try:
            one = orjson.loads(line or b"")
        except orjson.JSONDecodeError as error:
            message = f"{name}:{number}: not JSON: {error}"
            raise InputError(message) from None
        if not isinstance(one, dict) or one.get("format") != FORMAT:
            message = f"{name}:{number}: no line of the truth: expected {FORMAT}"
            raise InputError(message)
        event_id = one.get("eventID")
        if not isinstance(event_id, str):
            message = f"{name}:{number}: eventID: expected text"
            raise InputError(message)
        try:
            told.add(one, event_id)
        except ValueError:
            message = f"{name}:{number}: written: sha256: expected 64 digits"
            raise InputError(message) from None
    return told


@lru_cache(maxsize=1024)
def _minute(text: str) -> int:
    """Read an eventTime, as far as an override left one that can be read."""
    try:
        return parse_any_instant(text) // MINUTE
    except ValueError:
        return NEVER
