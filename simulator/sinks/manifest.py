"""The manifest: what was run, and the sha256 of every file, written and read back.

`docs/manifest-and-truth.md` and `docs/schemas/manifest.schema.json` say what the members
mean. Everything in it follows from what was asked for: no clock, no host, and no engine,
since both give the same bytes.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.primitives.instants import format_instant, format_instant_exact
from simulator.primitives.jsontext import json_text_indented
from simulator.records.eras import ERA_NAMES
from simulator.records.kinds import KIND_NAMES
from simulator.scenario.mutations import OF_FILES, OF_RECORDS
from simulator.sinks.files import FileEntry
from simulator.sinks.reading import json_document

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from simulator.delivery.overrides import Delivered
    from simulator.primitives.jsontext import Json
    from simulator.sinks.reading import JsonObject

FORMAT: Final = "trailwright-manifest/1"
LINES: Final = "ndjson"
"""The `output` of a run that wrote one record a line; where a manifest says none, it is this."""

PART: Final = "manifest"
"""The role of a shard's own manifest in that of the run."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many records of each kind and era a window has."""

    both: NDArray[np.int64]
    """By kind and era."""

    first: int | None
    """When the first record happened, in milliseconds; absent when there is none."""

    last: int | None
    """When the last one did."""

    mutations: Mapping[str, int] = field(default_factory=dict)
    """How many records took which damage."""

    @classmethod
    def of(cls, delivered: Delivered) -> Tally:
        """Count records."""
        batch = delivered.batch
        shape = (len(KIND_NAMES), len(ERA_NAMES))
        both = np.bincount(batch.kind * shape[1] + batch.era, minlength=shape[0] * shape[1])
        time = batch.columns["time"]
        first, last = (int(time[0]), int(time[-1])) if len(time) else (None, None)
        mutations = Counter(
            one.name for mutated in delivered.mutated.values() for one in mutated.done
        )
        return cls(both.astype(np.int64, copy=False).reshape(shape), first, last, mutations)

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
        self._mutations: Counter[str] = Counter()

    def add(self, tally: Tally) -> None:
        """Add the next window."""
        self._both += tally.both
        self._mutations.update(tally.mutations)
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
            mutations=dict(self._mutations),
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
    mutations: Mapping[str, int] = field(default_factory=dict)
    """Records by the damage they took, those of it that occur."""
    damaged_files: Mapping[str, int] = field(default_factory=dict)
    """Files, likewise."""


def summed(parts: Sequence[Counts]) -> Counts:
    """Return what parts of a run have together, in order of time."""
    eras = {era for part in parts for era in part.kinds_by_era}
    return Counts(
        records=sum(part.records for part in parts),
        kinds=_added(KIND_NAMES, [part.kinds for part in parts]),
        eras=_added(ERA_NAMES, [part.eras for part in parts]),
        kinds_by_era={
            era: _added(KIND_NAMES, [part.kinds_by_era.get(era, {}) for part in parts])
            for era in ERA_NAMES
            if era in eras
        },
        first=next((part.first for part in parts if part.first is not None), None),
        last=next((part.last for part in reversed(parts) if part.last is not None), None),
        mutations=_added((), [part.mutations for part in parts]),
        damaged_files=_added((), [part.damaged_files for part in parts]),
    )


def _added(order: tuple[str, ...], parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Return the sum of counts: in an order, then those that another version knew."""
    sums: Counter[str] = Counter()
    for part in parts:
        sums.update(part)
    return {name: sums[name] for name in (*order, *sorted(sums.keys() - set(order))) if sums[name]}


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
    delivery: Mapping[str, Json] | None = None
    """The manifest's `delivery`; absent for what is no log files."""
    stream: Mapping[str, Json] | None = None
    """The manifest's `stream`; absent for what was not sent to a sink."""
    shards: tuple[tuple[int | None, int | None], ...] | None = None
    """Where each part begins and ends, in milliseconds; absent for what was made in one."""


def manifest_text(
    origin: Origin, counts: Counts, files: list[FileEntry], asked: Collection[str] = ()
) -> bytes:
    """Return the manifest as JSON for people and programs.

    Args:
        origin: What the records were made from.
        counts: What was written.
        files: Where.
        asked: Names of the mutations that were asked for; what came of them is told.
    """
    made: dict[str, Json] = {
        "format": FORMAT,
        "version": origin.version,
        "generation": origin.generation,
        "scenario": origin.scenario,
        "slice": origin.slice,
        **({} if origin.shards is None else {"shards": _spans(origin.shards)}),
        "events": origin.events,
        "output": origin.output,
        **({} if origin.delivery is None else {"delivery": origin.delivery}),
        **({} if origin.stream is None else {"stream": origin.stream}),
        "records": counts.records,
        "kinds": counts.kinds,
        "eras": counts.eras,
        "first_event_time": counts.first,
        "last_event_time": counts.last,
        **({"mutations": _mutations(asked, counts, files)} if asked else {}),
        "files": [
            {
                "name": entry.name,
                "role": entry.role,
                "bytes": entry.size,
                "records": entry.records,
                "first_event_time": entry.first,
                "last_event_time": entry.last,
                **({} if entry.delivered_at is None else {"delivered_at": entry.delivered_at}),
                "sha256": entry.sha256,
                "content_sha256": entry.content_sha256,
                **({"mutations": entry.mutations} if entry.mutations else {}),
            }
            for entry in files
        ],
    }
    return json_text_indented(made) + b"\n"


def _spans(shards: Iterable[tuple[int | None, int | None]]) -> list[Json]:
    return [
        {
            name: None if at is None else format_instant_exact(at)
            for name, at in (("start", start), ("end", end))
        }
        for start, end in shards
    ]


def damaged_files(files: Iterable[FileEntry]) -> dict[str, int]:
    """Return how many files took which damage."""
    return dict(Counter(name for entry in files for name in entry.mutations))


def _mutations(
    asked: Collection[str], counts: Counts, files: Iterable[FileEntry]
) -> dict[str, Json]:
    """Return how often each mutation was done, also where that is not once."""
    found = {"records": (OF_RECORDS, counts.mutations), "files": (OF_FILES, damaged_files(files))}
    return {
        what: {name: done.get(name, 0) for name in names if name in asked}
        for what, (names, done) in found.items()
    }


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest as it was read."""

    members: Mapping[str, Json]
    """All of it, also what is not known here."""
    version: str
    """Of the generator that wrote it; likewise the next one."""
    generation: int
    resolved: str
    """The resolved scenario as YAML: reading it gives the same run again."""
    resolved_sha256: str
    """What `scenario.dump.digest` says of the resolved scenario."""
    source_sha256: str | None
    """Of the scenario's file; absent when it was made in Python."""
    start: int | None
    """Where the slice begins, in milliseconds; absent without one."""
    end: int | None
    """Where it ends."""
    shard: tuple[int, int] | None
    """Which of how many shards it is; absent where it is none."""
    shards: tuple[tuple[int | None, int | None], ...] | None
    """Where each part begins and ends, in milliseconds; absent for what was made in one."""
    events: int | None
    """Records asked for in all; absent when the scenario decided."""
    output: str
    """What was written, such as `ndjson`."""
    records: int
    """How many records the run has."""
    kinds: Mapping[str, int]
    """By kind."""
    eras: Mapping[str, int]
    """By era."""
    first: str | None
    """The earliest eventTime; absent when there are no records."""
    last: str | None
    """The latest one."""
    files: tuple[FileEntry, ...]
    """What was written."""
    damaged: Mapping[str, int] | None
    """Records by the damage they took; absent for a run without mutations."""


def read_manifest(data: bytes, name: str = "manifest.json") -> Manifest:
    """Return a manifest as it stands in a file.

    Args:
        data: The file's content.
        name: What the file is called in messages.

    Raises:
        InputError: It is no manifest, or not one that can be read here.
    """
    top = json_document(data, name, FORMAT)
    scenario = top.object("scenario")
    sliced = None if top.one("slice", dict, type(None)) is None else top.object("slice")
    return Manifest(
        members=top.members,
        version=top.text("version"),
        generation=top.count("generation"),
        resolved=scenario.text("resolved"),
        resolved_sha256=scenario.sha256("resolved_sha256"),
        source_sha256=None
        if scenario.one("sha256", str, type(None)) is None
        else scenario.sha256("sha256"),
        start=None if sliced is None else sliced.milliseconds("start"),
        end=None if sliced is None else sliced.milliseconds("end"),
        shard=None if sliced is None else _shard(sliced),
        shards=_shards(top),
        events=None if top.one("events", int, type(None)) is None else top.count("events"),
        output=top.text("output") if "output" in top.members else LINES,
        records=top.count("records"),
        kinds=top.counts("kinds"),
        eras=top.counts("eras"),
        first=top.instant("first_event_time"),
        last=top.instant("last_event_time"),
        files=_files(top),
        damaged=top.object("mutations").counts("records") if "mutations" in top.members else None,
    )


def _shard(sliced: JsonObject) -> tuple[int, int] | None:
    if "shard" not in sliced.members:
        return None
    text = sliced.text("shard")
    nth, slash, of = text.partition("/")
    # No number is too long to be read.
    is_one = slash and all(one.isdecimal() and len(one) < 10 for one in (nth, of))
    if not is_one or not 1 <= int(nth) <= int(of):
        sliced.refuse("shard", f"expected I/N, found {text!r}")
    return int(nth), int(of)


def _shards(top: JsonObject) -> tuple[tuple[int | None, int | None], ...] | None:
    if "shards" not in top.members:
        return None
    made: list[tuple[int | None, int | None]] = []
    for one in top.objects("shards"):
        start = one.milliseconds("start")
        # Without this a part could be left out, and nobody would miss it.
        if made and (start is None or start != made[-1][1]):
            one.refuse("start", "is not where the shard before it ends")
        made.append((start, one.milliseconds("end")))
    if not made:
        top.refuse("shards", "expected one or more")
    return tuple(made)


def _files(top: JsonObject) -> tuple[FileEntry, ...]:
    files: dict[str, FileEntry] = {}
    for one in top.objects("files"):
        entry = FileEntry(
            name=one.text("name"),
            size=one.count("bytes"),
            records=one.count("records"),
            sha256=one.sha256("sha256"),
            content_sha256=one.sha256("content_sha256"),
            role=one.text("role"),
            first=one.instant("first_event_time"),
            last=one.instant("last_event_time"),
            delivered_at=one.instant("delivered_at") if "delivered_at" in one.members else None,
            mutations=one.texts("mutations") if "mutations" in one.members else (),
        )
        if not entry.name or entry.name in files:
            one.refuse("name", f"{entry.name!r} is empty, or the name of another file")
        files[entry.name] = entry
    return tuple(files.values())
