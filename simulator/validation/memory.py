"""What is remembered of records, so that later ones can be compared with them.

Of every record 34 bytes are kept, so that a repeated eventID is found wherever it stands.
Everything else is remembered in tables that forget.
"""

from __future__ import annotations

import hashlib
from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Generic, TypeVar

import numpy as np

from simulator.validation.findings import Place, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.validation.layouts import Value

GENERATION: Final = 50_000
"""Entries of a generation of a table that forgets."""

Entry = TypeVar("Entry")


def text_of(members: Value, name: str) -> str:
    """Return a member that is text; empty where there is none."""
    value = members.get(name) if isinstance(members, dict) else None
    return value if isinstance(value, str) else ""


@dataclass(slots=True)
class Recent(Generic[Entry]):
    """A table that forgets: at most two generations of entries."""

    size: int = GENERATION
    young: dict[str, Entry] = field(default_factory=dict)
    old: dict[str, Entry] = field(default_factory=dict)

    def get(self, key: str) -> Entry | None:
        """Return the entry of a key; one that is asked for stays remembered."""
        found = self.young.get(key)
        if found is None and (found := self.old.pop(key, None)) is not None:
            self.young[key] = found
        return found

    def put(self, key: str, entry: Entry) -> list[Entry]:
        """Remember an entry and return those that are forgotten for it."""
        gone: list[Entry] = []
        if len(self.young) >= self.size:
            gone = list(self.old.values())
            self.old, self.young = self.young, {}
        self.young[key] = entry
        return gone

    def rest(self) -> Iterator[Entry]:
        """Yield every entry that is still remembered."""
        yield from self.old.values()
        yield from self.young.values()


@dataclass(slots=True)
class Seen:
    """Which eventIDs occurred, packed: an id, a digest of the time, a place and a kind."""

    ids: bytearray = field(default_factory=bytearray)
    times: array[int] = field(default_factory=lambda: array("q"))
    places: array[int] = field(default_factory=lambda: array("Q"))
    kinds: array[int] = field(default_factory=lambda: array("H"))
    files: list[tuple[int, str]] = field(default_factory=list)
    names: dict[str, int] = field(default_factory=dict)

    def add(self, subject: Subject, time: str) -> None:
        """Note a record."""
        event_id, place = subject.event_id, subject.place
        try:
            packed = bytes.fromhex(event_id.replace("-", "")) if len(event_id) == 36 else b""
        except ValueError:
            packed = b""
        if len(packed) != 16:
            packed = hashlib.blake2b(event_id.encode(errors="replace"), digest_size=16).digest()
        if not self.files or self.files[-1][1] != place.file:
            self.files.append((len(self.times), place.file))
        self.ids += packed
        # Compared within one run only.
        self.times.append(hash(time))
        self.places.append((place.line & 0xFFFFFFFF) << 32 | (place.index + 1) & 0xFFFFFFFF)
        self.kinds.append(self.names.setdefault(subject.kind, min(len(self.names), 65_535)))

    def repeated(self) -> Iterator[tuple[Subject, Subject, bool]]:
        """Yield records with the eventID of an earlier one, that one, and whether times agree."""
        words = np.frombuffer(bytes(self.ids), np.dtype("<u8")).reshape(-1, 2)
        order = np.lexsort((np.arange(len(words)), words[:, 0], words[:, 1]))
        ordered = words[order]
        same = np.flatnonzero((ordered[1:] == ordered[:-1]).all(axis=1))
        pairs = [(int(order[at + 1]), int(order[at])) for at in same.tolist()]
        for later, earlier in sorted(pairs):
            alike = self.times[later] == self.times[earlier]
            yield self._subject(later), self._subject(earlier), alike

    def _subject(self, record: int) -> Subject:
        file = next(name for start, name in reversed(self.files) if start <= record)
        packed = self.places[record]
        names = list(self.names)
        text = bytes(self.ids[16 * record : 16 * record + 16]).hex()
        event_id = f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
        kind = names[min(self.kinds[record], len(names) - 1)]
        return Subject(Place(file, packed >> 32, (packed & 0xFFFFFFFF) - 1), event_id, kind)
