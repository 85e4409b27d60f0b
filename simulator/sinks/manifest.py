"""The manifest: what was run, and the sha256 of every file.

`docs/manifest-and-truth.md` and `docs/schemas/manifest.schema.json` say what the members
mean. Everything in it follows from what was asked for: no clock, no host, and no engine,
since both give the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.primitives.instants import format_instant
from simulator.primitives.jsontext import json_text_indented
from simulator.records.eras import ERA_NAMES
from simulator.records.kinds import KIND_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from simulator.engines.batches import RecordBatch
    from simulator.primitives.jsontext import Json
    from simulator.sinks.files import FileEntry

FORMAT: Final = "trailwright-manifest/1"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many records of each kind and era a window has."""

    both: NDArray[np.int64]
    """By kind and era."""

    first: int | None
    """When the first record happened, in milliseconds; absent when there is none."""

    last: int | None
    """When the last one did."""

    @classmethod
    def of(cls, batch: RecordBatch) -> Tally:
        """Count the records of a batch."""
        shape = (len(KIND_NAMES), len(ERA_NAMES))
        both = np.bincount(batch.kind * shape[1] + batch.era, minlength=shape[0] * shape[1])
        time = batch.columns["time"]
        ends = (int(time[0]), int(time[-1])) if len(time) else (None, None)
        return cls(both.astype(np.int64, copy=False).reshape(shape), *ends)

    @property
    def records(self) -> int:
        """How many records there are."""
        return int(self.both.sum())


class Census:
    """Adds up what windows have, in their order."""

    def __init__(self) -> None:
        self._both = np.zeros((len(KIND_NAMES), len(ERA_NAMES)), np.int64)
        self._first: int | None = None
        self._last: int | None = None

    def add(self, tally: Tally) -> None:
        """Add the next window."""
        self._both += tally.both
        if self._first is None:
            self._first = tally.first
        if tally.last is not None:
            self._last = tally.last

    def counts(self) -> Counts:
        """Return what was counted."""
        both = self._both
        return Counts(
            records=int(both.sum()),
            kinds=_named(KIND_NAMES, both.sum(axis=1)),
            eras=_named(ERA_NAMES, both.sum(axis=0)),
            kinds_by_era={
                era: _named(KIND_NAMES, both[:, place])
                for place, era in enumerate(ERA_NAMES)
                if both[:, place].any()
            },
            first=None if self._first is None else format_instant(self._first),
            last=None if self._last is None else format_instant(self._last),
        )


def _named(names: tuple[str, ...], counts: np.ndarray) -> dict[str, int]:
    return {name: count for name, count in zip(names, counts.tolist(), strict=True) if count}


@dataclass(frozen=True, slots=True)
class Counts:
    """What a run wrote."""

    records: int
    """How many records."""
    kinds: Mapping[str, int]
    """By kind, those that occur, in the order of `records.kinds.KINDS`."""
    eras: Mapping[str, int]
    """By era, those that occur, the oldest first."""
    kinds_by_era: Mapping[str, Mapping[str, int]]
    """By era and kind."""
    first: str | None
    """eventTime of the first record; absent when there is none."""
    last: str | None
    """eventTime of the last record; absent when there is none."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What records were made from, and by what."""

    version: str
    """The generator's version."""
    generation: int
    """Goes up whenever the same scenario gives other bytes."""
    scenario: Mapping[str, Json]
    """The manifest's `scenario`."""
    slice: Mapping[str, Json] | None
    """The manifest's `slice`."""
    events: int | None
    """Records asked for in all; absent when the scenario decides."""
    output: str
    """The form in which the records are written: one of `formats.Format`."""


def manifest_text(origin: Origin, counts: Counts, files: list[FileEntry]) -> bytes:
    """Return the manifest as JSON for people and programs."""
    made: dict[str, Json] = {
        "format": FORMAT,
        "version": origin.version,
        "generation": origin.generation,
        "scenario": origin.scenario,
        "slice": origin.slice,
        "events": origin.events,
        "output": origin.output,
        "records": counts.records,
        "kinds": counts.kinds,
        "eras": counts.eras,
        "first_event_time": counts.first,
        "last_event_time": counts.last,
        "files": [
            {
                "name": entry.name,
                "bytes": entry.size,
                "records": entry.records,
                "sha256": entry.sha256,
                "content_sha256": entry.content_sha256,
            }
            for entry in files
        ],
    }
    return json_text_indented(made) + b"\n"
