"""The run of a manifest, made again and compared."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import orjson

from simulator.delivery.file_mutations import SOUND
from simulator.delivery.signing import signer_of
from simulator.errors import RequestError
from simulator.primitives.version import version
from simulator.run.delivering import deliver_run
from simulator.run.destinations import Destination
from simulator.run.request import GENERATION, Request, Shard, origin_of, slice_of
from simulator.run.writing import damage_of, gathered, press_of, write_lines
from simulator.scenario import library
from simulator.scenario.mutations import refuse_without_meaning
from simulator.scenario.resolve import resolve
from simulator.sinks.formats import FORMS, Format
from simulator.sinks.manifest import PART, manifest_text, summed
from simulator.sinks.targets import PUBLIC_KEY, TRUTH
from simulator.verification.comparing import ComparedLines, ComparedStore
from simulator.verification.report import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from simulator.primitives.jsontext import Json
    from simulator.run.press import Press
    from simulator.run.request import Observer
    from simulator.sinks.files import FileEntry
    from simulator.sinks.manifest import Counts, Manifest, Origin
    from simulator.verification.checking import Reading
    from simulator.verification.places import Place

_UNTOLD: Final = ("version", "generation", "files")
"""Members of a manifest that are not compared as they are."""
_OF_FILES: Final = (
    "bytes",
    "records",
    "first_event_time",
    "last_event_time",
    "sha256",
    "content_sha256",
    "mutations",
)


@dataclass(frozen=True, slots=True)
class Again:
    """A run to be made again."""

    place: Place
    """Where the first one lies."""
    manifest: Manifest
    """Its manifest."""
    readings: Mapping[str, Reading]
    """Its files by name, read once already; those on standard output are not among them."""
    request: Request
    """What was asked for."""
    observer: Observer
    """Told of progress."""
    digest_key: Path | None = None
    """The key that signed digests; absent for the one that the seed stands for."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of making it again."""

    findings: tuple[Finding, ...]
    """What differs."""
    manifest: bytes
    """The manifest of the run made again."""
    packed: int
    """Files that are compressed otherwise here, and the same inside."""


def request_of(manifest: Manifest, workers: int = 1) -> Request:
    """Return what a run was asked for.

    Raises:
        ScenarioError: This version cannot read the scenario.
        RequestError: It cannot be resolved.
    """
    return Request(
        scenario=resolve(library.read(manifest.resolved, "scenario.resolved")),
        source_sha256=manifest.source_sha256,
        events=manifest.events,
        start=manifest.start,
        end=manifest.end,
        shard=None if manifest.shard is None else Shard(*manifest.shard),
        # Of what nobody can make again only the scenario is asked.
        format=Format(manifest.output) if manifest.output in MAKERS else Format.ndjson,
        workers=workers,
    )


def contradictions(place: Place, manifest: Manifest, request: Request) -> Iterator[Finding]:
    """Yield what a manifest says of its scenario that the resolved scenario does not.

    Args:
        place: Where the manifest lies.
        manifest: As it was read.
        request: What `request_of` makes of it.
    """
    said = manifest.members["scenario"]
    assert isinstance(said, dict)
    for name, value in origin_of(request).scenario.items():
        # How the resolved scenario is spelled does not matter.
        if name != "resolved" and said.get(name) != value:
            message = f"scenario.{name} is {_shown(said.get(name))}, the resolved scenario says "
            yield Finding(place.key, "manifest", message + _shown(value))


def made_again(again: Again) -> Outcome:
    """Make a run again, and return how what is there, and its manifest, differ from it.

    Raises:
        RequestError: It cannot be made.
        ScenarioError: Likewise.
    """
    outcome = MAKERS[again.manifest.output](again)
    return replace(outcome, findings=(*outcome.findings, *_manifest_differences(again, outcome)))


def other_generation(place: Place, manifest: Manifest) -> Finding | None:
    """Return why a run made again may differ: it is of another generation."""
    if manifest.generation == GENERATION:
        return None
    message = (
        f"was written by version {manifest.version}, generation {manifest.generation}; this is "
        f"version {version()}, generation {GENERATION}, which gives other bytes for some "
        "scenarios: compare with the version that wrote it"
    )
    return Finding(place.key, "version", message)


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a run, or all of it: what was asked for, and the files that it went to."""

    request: Request
    records: FileEntry
    truth: FileEntry | None


def _parts(again: Again) -> list[_Part]:
    """Return the parts of a run in order: one, unless its manifest was merged from several."""
    manifest = again.manifest
    entries: dict[str, list[FileEntry]] = {}
    for entry in manifest.files:
        entries.setdefault(entry.role, []).append(entry)
    records, truths = entries.pop("records", []), entries.pop("truth", [])
    if manifest.shards is not None:
        entries.pop(PART, None)
    spans = manifest.shards or ((manifest.start, manifest.end),)
    if entries or len(records) != len(spans) or len(truths) not in {0, len(spans)}:
        many = "" if manifest.shards is None else ", for each shard"
        message = "--rerun: the manifest does not list one file of records, and at most one truth"
        raise RequestError(message + many)
    requests = [replace(again.request, start=start, end=end) for start, end in spans]
    told: list[FileEntry] | list[None] = truths or [None] * len(spans)
    return [_Part(*part) for part in zip(requests, records, told, strict=True)]


def _lines_again(again: Again) -> Outcome:
    """Make records on lines, and their truth."""
    asked = again.request.scenario.mutations
    parts = _parts(again)
    press = press_of(again.request, has_truth=parts[0].truth is not None)
    outputs: list[ComparedLines] = []
    entries: list[FileEntry] = []
    told: list[Counts] = []
    for part in parts:
        compared, counts = _part_again(again, press, part)
        outputs += compared
        entries += [one.finish(counts.records, counts.first, counts.last) for one in compared]
        told.append(counts)
    return Outcome(
        tuple(finding for output in outputs for finding in output.findings()),
        manifest_text(_origin(again), summed(told), entries, tuple(asked)),
        sum(
            entry.sha256 != output.entry.sha256
            and entry.content_sha256 == output.entry.content_sha256
            for entry, output in zip(entries, outputs, strict=True)
        ),
    )


def _part_again(again: Again, press: Press, part: _Part) -> tuple[list[ComparedLines], Counts]:
    """Make a part, and return what its files were compared with, and what it has."""
    name = None if part.records.name == "-" else part.records.name
    damage = damage_of(part.request, name)
    refuse_without_meaning(part.request.scenario.mutations, is_log=False, name=name)
    outputs = [
        ComparedLines(entry, again.readings.get(entry.name), done)
        for entry, done in ((part.records, damage), (part.truth, SOUND))
        if entry is not None
    ]
    with gathered(part.request, outputs[0], None, damage) as records:
        counts = write_lines(part.request, press, (records, *outputs[1:]), again.observer)
    return outputs, counts


def _origin(again: Again) -> Origin:
    """Return what the manifest of the run made again tells of where it comes from."""
    shards = again.manifest.shards
    origin = origin_of(again.request)
    if shards is None:
        return origin
    return replace(origin, slice=slice_of(shards[0][0], shards[-1][1]), shards=shards)


def _log_files_again(again: Again) -> Outcome:
    """Make log files, digests and truth."""
    manifest, scenario = again.manifest, again.request.scenario
    said = manifest.members.get("delivery")
    names = {entry.name: entry for entry in manifest.files}
    signer = signer_of(scenario, again.digest_key)
    key = names.get(PUBLIC_KEY)
    if signer is not None and key is not None and again.digest_key is None:
        drawn = hashlib.sha256(signer.public_pem).hexdigest()
        if key.sha256 != drawn:
            message = "--rerun: digests were signed with another key: give it with --digest-key"
            raise RequestError(message)
    truth = next((entry.name for entry in manifest.files if entry.role == "truth"), TRUTH)
    store = ComparedStore(manifest, again.readings, {TRUTH: truth})
    if not (isinstance(said, dict) and {"bucket", "prefix"} <= said.keys()):
        raise RequestError("--rerun: the manifest does not say where log files were delivered to")
    to = Destination(
        store, again.place.root, bucket=str(said["bucket"]), prefix=str(said["prefix"])
    )
    deliver_run(again.request, to, signer=signer, observer=again.observer)
    assert store.manifest is not None
    return Outcome(tuple(store.findings()), store.manifest, store.packed)


MAKERS: Final[Mapping[str, Callable[[Again], Outcome]]] = {
    **dict.fromkeys(FORMS, _lines_again),
    Format.cloudtrail: _log_files_again,
}
"""How a run is made again, by its output."""


def _manifest_differences(again: Again, outcome: Outcome) -> Iterator[Finding]:
    """Yield members of the manifest that are not those of the run made again."""
    said = again.manifest.members
    made: Mapping[str, Json] = orjson.loads(outcome.manifest)
    for name, value in made.items():
        if name == "scenario" or name in _UNTOLD or said.get(name) == value:
            continue
        message = f"{name} is {_shown(said.get(name))}, the run gives {_shown(value)}"
        yield Finding(again.place.key, "manifest", message)
    files = made["files"]
    assert isinstance(files, list)
    listed = said["files"]
    assert isinstance(listed, list)
    entries = {entry["name"]: entry for entry in listed}
    for file in files:
        entry = entries.get(file["name"])
        if entry is None:
            continue  # told already
        reading = again.readings.get(file["name"])
        # A file that is as the manifest says, and not as the run gives, was told of already.
        if reading is not None and reading.is_intact and _differs(entry, file, "content_sha256"):
            continue
        for name in _OF_FILES:
            if _differs(entry, file, name) and not _is_packing(entry, file, name):
                message = f"{name} of {file['name']} is {_shown(entry.get(name))}, the run gives "
                yield Finding(again.place.key, "manifest", message + _shown(file.get(name)))


def _differs(entry: Mapping[str, Json], file: Mapping[str, Json], name: str) -> bool:
    return entry.get(name) != file.get(name)


def _is_packing(entry: Mapping[str, Json], file: Mapping[str, Json], name: str) -> bool:
    """Return whether a difference may be the compressing library's own."""
    return (
        name in {"bytes", "sha256"}
        and str(file["name"]).endswith((".gz", ".zst"))
        and not _differs(entry, file, "content_sha256")
    )


def _shown(value: object) -> str:
    text = orjson.dumps(value).decode()
    return text if len(text) <= 100 else f"{text[:99]}…"
