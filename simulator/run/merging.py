"""The manifests of shards, merged into that of the run they are parts of.

Nothing but manifests is read, and no file is moved: what lies where, and whether it is what it
should be, is for `verification` to tell.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from simulator.errors import InputError, OutputError
from simulator.run.request import slice_of
from simulator.run.shards import MOST
from simulator.sinks.files import FileEntry, StagedFile, folder_made
from simulator.sinks.formats import FORMS
from simulator.sinks.manifest import (
    PART,
    Counts,
    Manifest,
    Origin,
    manifest_text,
    read_manifest,
    summed,
)
from simulator.sinks.targets import MANIFEST, seen_from

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from simulator.primitives.jsontext import Json

_SAME: Final = ("version", "generation", "output", "events", "scenario")
"""Members of a manifest that all shards of a run have alike."""
_RESOLVED: Final = "scenario.resolved"
_STANDARD_OUTPUT: Final = "-"


@dataclass(frozen=True, slots=True)
class Part:
    """A shard that was made."""

    path: Path
    """Of its manifest."""
    manifest: Manifest
    """What that says."""
    entry: FileEntry
    """What another manifest tells of it."""
    nth: int
    """Which shard it is, from 1."""


@dataclass(frozen=True, slots=True)
class Merged:
    """A run that was put together."""

    counts: Counts
    """What it has."""
    shards: int
    """How many parts."""


def merge(paths: Sequence[Path], target: Path, *, force: bool = False) -> Merged:
    """Write the manifest of a run whose shards were made apart.

    Args:
        paths: The shards, in any order: folders, or manifests.
        target: The manifest to write; names of files in it are relative to its folder.
        force: Whether a file that is there may be replaced.

    Raises:
        InputError: They are not all shards of one run, each once; the message names the file.
        OutputError: The manifest cannot be written.
    """
    parts = sorted((_read(path) for path in paths), key=lambda part: part.nth)
    _refuse_unlike(parts)
    _refuse_gaps(parts)
    if target.is_dir() or (target.exists() and not force):
        message = f"{target} exists: choose another with -o, or say --force"
        raise OutputError(message)
    counts = summed([_counts(part.manifest) for part in parts])
    entries = [entry for part in parts for entry in _entries(part, target.parent)]
    text = manifest_text(_origin(parts), counts, entries, _asked(parts[0].manifest))
    with folder_made(target.parent):
        staged = StagedFile(target)
        try:
            staged.write(text)
            staged.finish(0)
            staged.publish()
        finally:
            staged.discard()
    return Merged(counts, len(parts))


def _read(path: Path) -> Part:
    """Read the manifest of a shard."""
    path = path / MANIFEST if path.is_dir() else path
    try:
        data = path.read_bytes()
    except OSError as error:
        message = f"{path}: {(error.strerror or str(error)).lower()}: name a shard's folder, or "
        raise InputError(message + "its manifest") from None
    manifest = read_manifest(data, str(path))
    if manifest.shard is None:
        message = f"{path}: is no shard: make shards with generate --shard I/N"
        raise InputError(message)
    nth, of = manifest.shard
    if manifest.output not in FORMS or of > MOST:
        message = f"{path}: is no shard that can be merged: {manifest.output}, {nth}/{of}"
        raise InputError(message)
    roles = sorted(entry.role for entry in manifest.files)
    if roles not in (["records"], ["records", "truth"]):
        message = f"{path}: files: expected one of records and at most one truth, found "
        raise InputError(message + (", ".join(roles) or "none"))
    for entry in manifest.files:
        if entry.name == _STANDARD_OUTPUT:
            message = f"{path}: its {entry.role} went to standard output, where no manifest "
            raise InputError(message + "can list them: make the shard with -o DIR/")
    sha256 = hashlib.sha256(data).hexdigest()
    return Part(path, manifest, FileEntry(path.name, len(data), 0, sha256, sha256, role=PART), nth)


def _refuse_unlike(parts: Sequence[Part]) -> None:
    """Refuse parts of different runs."""
    first = parts[0]
    for part in parts[1:]:
        names = _differing(first.manifest, part.manifest)
        if names:
            message = (
                f"{part.path}: is a shard of another run than {first.path}: of {', '.join(names)} "
                "it says something else"
            )
            raise InputError(message)


def _differing(one: Manifest, other: Manifest) -> list[str]:
    """Return the members that two shards of one run would have alike."""
    mine, theirs = _identity(one), _identity(other)
    names = [name for name in {**mine, **theirs} if mine.get(name) != theirs.get(name)]
    # What differs in it is told by others: its hash at least.
    return [name for name in names if name != _RESOLVED or len(names) == 1]


def _identity(manifest: Manifest) -> Mapping[str, Json]:
    """Return what a manifest says of the run as a whole, by the path of each member."""
    told: dict[str, Json] = {}
    for name in _SAME:
        value = manifest.members.get(name)
        if isinstance(value, dict):
            told |= {f"{name}.{key}": one for key, one in value.items()}
        else:
            told[name] = value
    assert manifest.shard is not None
    told["number of shards"] = manifest.shard[1]
    told["mutations"] = sorted(_asked(manifest))
    told["truth"] = any(entry.role == "truth" for entry in manifest.files)
    return told


def _refuse_gaps(parts: Sequence[Part]) -> None:
    """Refuse parts that are not all there, once each, or do not meet."""
    assert parts[0].manifest.shard is not None
    of = parts[0].manifest.shard[1]
    by_number: dict[int, Part] = {}
    for part in parts:
        other = by_number.setdefault(part.nth, part)
        if other is not part:
            message = f"{part.path}: is shard {part.nth}/{of}, as {other.path} is"
            raise InputError(message)
    missing = [nth for nth in range(1, of + 1) if nth not in by_number]
    if missing:
        few = ", ".join(f"{nth}/{of}" for nth in missing[:5])
        more = f" and {len(missing) - 5:,} more" if len(missing) > 5 else ""
        verb = "is" if len(missing) == 1 else "are"
        message = f"{few}{more} {verb} missing: name every shard's folder or manifest"
        raise InputError(message)
    for part, after in pairwise(parts):
        if part.manifest.end is None or part.manifest.end != after.manifest.start:
            message = f"{after.path}: does not begin where {part.path} ends"
            raise InputError(message)


def _counts(manifest: Manifest) -> Counts:
    return Counts(
        records=manifest.records,
        kinds=manifest.kinds,
        eras=manifest.eras,
        kinds_by_era={},
        first=manifest.first,
        last=manifest.last,
        mutations=manifest.damaged or {},
    )


def _entries(part: Part, folder: Path) -> list[FileEntry]:
    """Return what the merged manifest lists of a shard, as it is seen from there."""
    here = part.path.parent
    return [
        replace(entry, name=seen_from(folder, here / entry.name))
        for entry in (*part.manifest.files, part.entry)
    ]


def _origin(parts: Sequence[Part]) -> Origin:
    """Return what the whole was made from."""
    first, last = parts[0].manifest, parts[-1].manifest
    scenario = first.members["scenario"]
    assert isinstance(scenario, dict)
    return Origin(
        version=first.version,
        generation=first.generation,
        scenario=scenario,
        slice=slice_of(first.start, last.end),
        events=first.events,
        output=first.output,
        shards=tuple((part.manifest.start, part.manifest.end) for part in parts),
    )


def _asked(manifest: Manifest) -> tuple[str, ...]:
    """Return the names of the mutations that were asked for."""
    told = manifest.members.get("mutations")
    if not isinstance(told, dict):
        return ()
    return tuple(name for done in told.values() if isinstance(done, dict) for name in done)
