"""The records a case is made from, as they were read.

They come from anywhere and are not trusted: what cannot be read is told, and there is an end
to how many are taken, because a case is a thing to attach to a report.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from simulator.errors import InputError
from simulator.primitives.instants import parse_instant
from simulator.primitives.jsontext import json_text
from simulator.validation.checking import kind_of
from simulator.validation.reading import Item, Missed, Trouble, files_of, read_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.conversion import Observer
    from simulator.records.kinds import Kind
    from simulator.validation.findings import Place

MOST_RECORDS: Final = 20_000
"""Records of a case, at most."""
MOST_BYTES: Final = 64 * 1024 * 1024
"""Bytes of JSON that they come to, at most."""
_EVERY: Final = 1_000
_UNDATED: Final = parse_instant("2025-02-03")
"""When records happen of which none tells a time: some Monday of the newest era."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """One record of somebody's."""

    place: Place
    record: dict[str, Any]
    at: int
    """Its eventTime in milliseconds; that of the record before where it has none."""
    kind: Kind | None
    """Absent where the kind is not known."""
    name: str
    """The kind's name, or what it would be called."""
    is_spelled_otherwise: bool = False
    """Whether its line was JSON of the same meaning and not the same bytes."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """All records of some files."""

    records: tuple[Foreign, ...]
    """In order of time, and as they were read within a second."""
    missed: Missed
    """What could not be read as a record."""
    is_in_order: bool
    """Whether they were read in order of time."""


def gather(paths: Sequence[str], observer: Observer | None = None) -> Gathered:
    """Return the records of files in any form that CloudTrail records are kept in.

    Raises:
        InputError: A path does not exist, there is no record, or there are too many.
    """
    items: list[Item] = []
    missed = Missed()
    size = 0
    for file in files_of(paths):
        newest_first: list[Item] = []
        for one in read_file(file):
            if not isinstance(one, Item):
                missed.miss(one)
                continue
            try:
                size += len(json_text(one.record))
            except TypeError as error:
                # Numbers that only a lenient reader takes.
                message = f"cannot be written as JSON again: {error}"
                missed.miss(Trouble(one.place, "E004", message))
                continue
            if len(items) + len(newest_first) == MOST_RECORDS or size > MOST_BYTES:
                message = (
                    f"{one.place}: more than {MOST_RECORDS:,} records or "
                    f"{MOST_BYTES // 1024 // 1024} MiB: a case is made of the few that matter"
                )
                raise InputError(message)
            (newest_first if one.is_newest_first else items).append(one)
            if observer is not None and len(items) % _EVERY == 0:
                observer.read(len(items))
        items += reversed(newest_first)
    if not items:
        told = "".join(f": {one.place}: {one.message}" for one in missed.unread[:1])
        message = f"no CloudTrail record in {', '.join(paths)}{told}"
        raise InputError(message)
    return _in_order(items, missed)


def _in_order(items: Sequence[Item], missed: Missed) -> Gathered:
    found: list[Foreign] = []
    before = next((at for one in items if (at := _instant(one.record)) is not None), _UNDATED)
    for one in items:
        at = _instant(one.record)
        before = before if at is None else at
        kind, name = kind_of(one.record)
        is_otherwise = one.raw is not None and one.raw.strip() != json_text(one.record)
        found.append(Foreign(one.place, one.record, before, kind, name, is_otherwise))
    ordered = sorted(found, key=lambda one: one.at)
    return Gathered(tuple(ordered), missed, ordered == found)


def _instant(record: dict[str, Any]) -> int | None:
    """Return a record's eventTime in milliseconds, if it has one that can be read."""
    text = record.get("eventTime")
    if not isinstance(text, str):
        return None
    try:
        return parse_instant(text)
    except ValueError:
        return None
