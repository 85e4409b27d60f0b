"""A run's log files, digests, truth and manifest, in a folder or a bucket.

Records come from the press as parcels, in windows of time. A log file is closed when it is
full, or when everything that could come into it has happened; it is then compressed and
written by one of several threads while the next are being filled. What still waits is what
is late, and a file's worth of each stream and instant: it does not grow with the run.

Nothing needs to be remembered for a run to be finished later. Each object appears whole
or not at all, and resuming makes all of them again and writes those that are not there.
"""

from __future__ import annotations

import hashlib
from contextlib import ExitStack
from dataclasses import dataclass, replace
from mmap import ACCESS_READ, mmap
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from simulator.delivery.digests import Chain, digested_streams, hour_of
from simulator.delivery.lateness import timetable_of
from simulator.delivery.logfiles import Cutter
from simulator.delivery.parcels import ParcelLines, Schedule
from simulator.delivery.trail import trail_of
from simulator.errors import OutputError
from simulator.plan.compiler import compile_scenario
from simulator.primitives.jsontext import json_text_indented
from simulator.run.destinations import Destination, begin, finish
from simulator.run.mail import Mail
from simulator.run.press import Cut, Press
from simulator.run.request import Observer, Request, Silence, origin_of
from simulator.run.writing import refuse_request, write_sheets
from simulator.scenario.mutations import refuse_without_meaning
from simulator.sinks.delivering import Uploads
from simulator.sinks.files import FileEntry, StagedFile, folder_made
from simulator.sinks.formats import Format
from simulator.sinks.manifest import Counts, damaged_files, manifest_text
from simulator.sinks.targets import METADATA, PUBLIC_KEY, PUBLIC_KEYS, TRUTH, seen_from
from simulator.sinks.truth import TruthLines

if TYPE_CHECKING:
    from simulator.delivery.signing import Signer
    from simulator.delivery.trail import Stream
    from simulator.primitives.jsontext import Json
    from simulator.sinks.notifications import Notifications


@dataclass(frozen=True, slots=True)
class Handling:
    """How a run is delivered, none of which changes a byte."""

    threads: int = 4
    """How many objects are compressed and written at once."""

    force: bool = False
    """Whether an earlier run that is there may be replaced."""

    resume: bool = False
    """Whether to finish a run that was begun there."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What was delivered."""

    counts: Counts
    """The records, each counted once."""

    log_files: int
    digest_files: int

    records: int
    """Records in log files: more than there are, if some are delivered twice."""

    kept: int
    """Objects that were there already, from a run that was broken off."""

    most_held: int
    """Bytes of records that waited for their files, at most."""


def deliver_run(  # noqa: PLR0913  # what is asked, where to, and who is told
    request: Request,
    to: Destination,
    *,
    signer: Signer | None,
    notifications: Notifications | None = None,
    handling: Handling | None = None,
    observer: Observer | None = None,
) -> Delivered:
    """Write what a scenario's trail delivers, its truth and the manifest.

    Every object appears whole or not at all, and the manifest last.

    Args:
        request: What to run; `start` and `end` bound when files are delivered.
        to: Where to.
        signer: Signs digest files; absent when the trail has none.
        notifications: Hear of every file, once it is in the bucket.
        handling: How.
        observer: Told of progress.

    Raises:
        RequestError: What is asked for cannot be done.
        ScenarioError: The scenario cannot be run.
        OutputError: The destination cannot be written to, or is taken.
    """
    refuse_request(request)
    handling = handling or Handling()
    if to.truth is not None and to.truth.exists() and not (handling.force or handling.resume):
        message = f"{to.truth} exists: choose another with --truth, or say --force"
        raise OutputError(message)
    scenario = request.scenario
    refuse_without_meaning(scenario.mutations, is_log=True, name=None)
    trail = trail_of(scenario, bucket=to.bucket, prefix=to.prefix)
    assert request.format is Format.cloudtrail
    delivery: dict[str, Json] = {"bucket": trail.bucket, "prefix": to.prefix}
    origin = replace(origin_of(request), delivery=delivery)
    plan, truth = compile_scenario(scenario, events=request.events)
    timetable = timetable_of(scenario.trail)
    schedule = Schedule(timetable, trail, request.start, request.end)
    press = Press(
        plan,
        request.engine,
        (ParcelLines(plan, schedule), TruthLines(plan, truth, schedule)),
        schedule if schedule.is_partial else None,
    )
    begins = plan.start if request.start is None else request.start
    ends = plan.end if request.end is None else request.end
    files = scenario.trail.files
    with ExitStack() as stack:
        staged = _truth_file(to, stack)
        begin(to, origin, force=handling.force, resume=handling.resume)
        uploads = stack.enter_context(
            Uploads(to.store, handling.threads, 2 * handling.threads, resume=handling.resume)
        )
        cutter = Cutter(files.max_size, files.max_records)
        chains: dict[Stream, Chain] = {}
        if signer is not None:
            chains = {
                stream: Chain(trail, stream, signer, begins, backfills=scenario.trail.backfills)
                for stream in digested_streams(scenario)
            }
        begun_at = hour_of(trail, begins)
        mail = Mail(
            trail,
            to.prefix,
            cutter,
            uploads,
            chains,
            notifications,
            (begun_at, begun_at),
            scenario,
        )
        # An event may be delivered long after it happened.
        cut = Cut(None if request.start is None else begins - timetable.longest, request.end)
        counts = write_sheets(
            press,
            cut,
            (mail, staged),
            request.workers,
            observer or Silence(),
            on=request.on,
            passed=mail.until,
        )
        entries = mail.finished(ends)
        if signer is not None:
            entries += _keys(to, signer, mail)
        told = _truth(to, staged, counts)
        if to.folder is not None or to.truth is None:
            # A file of the machine at hand is nothing that a bucket can list.
            entries.append(told)
        if notifications is not None:
            notifications.flush()
        finish(to, manifest_text(origin, counts, entries, tuple(scenario.mutations)))
        counts = replace(counts, damaged_files=damaged_files(entries))
    return Delivered(
        counts, mail.log_files, mail.digest_files, mail.records, uploads.kept, cutter.most_held
    )


def _truth_file(to: Destination, stack: ExitStack) -> StagedFile:
    """Open the truth's file, which also keeps a second run out of a folder."""
    path = to.truth
    if path is None and to.folder is not None:
        path = to.folder / TRUTH
    if path is None:
        path = Path(stack.enter_context(TemporaryDirectory(prefix="trailwright-"))) / TRUTH
    stack.enter_context(folder_made(path.parent))
    staged = StagedFile(path)
    stack.callback(staged.discard)
    return staged


def _truth(to: Destination, staged: StagedFile, counts: Counts) -> FileEntry:
    """Give the truth its name, and return what is told of it."""
    entry = staged.finish(counts.records)
    assert entry is not None
    staged.publish()
    name = TRUTH if to.folder is None else seen_from(to.folder, staged.path)
    if to.folder is None and to.truth is None:
        with staged.path.open("rb") as stream:
            # Mapped, since it may be larger than memory; what is empty cannot be.
            whole = mmap(stream.fileno(), 0, access=ACCESS_READ) if entry.size else b""
            to.store.put(TRUTH, memoryview(whole))
    return replace(entry, name=name, role="truth", first=counts.first, last=counts.last)


def _keys(to: Destination, signer: Signer, mail: Mail) -> list[FileEntry]:
    """Write what somebody needs to verify digests, and return what is told of it."""
    texts = {
        PUBLIC_KEY: signer.public_pem,
        PUBLIC_KEYS: json_text_indented(signer.public_keys(*mail.span)) + b"\n",
        METADATA: b"".join(line + b"\n" for line in mail.metadata),
    }
    entries = []
    for name, text in texts.items():
        to.store.put(name, text)
        sha256 = hashlib.sha256(text).hexdigest()
        role = "metadata" if name == METADATA else "key"
        entries.append(FileEntry(name, len(text), 0, sha256, sha256, role=role))
    return entries
