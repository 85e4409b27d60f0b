"""A run held against its manifest, its truth, and itself made again."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from simulator.errors import RequestError, ScenarioError
from simulator.primitives.version import version
from simulator.run.request import Silence as RunSilence
from simulator.sinks.manifest import LINES
from simulator.validation.report import plural
from simulator.verification.again import (
    MAKERS,
    Again,
    contradictions,
    made_again,
    other_generation,
    request_of,
)
from simulator.verification.checking import (
    PLAIN,
    RECORDS,
    STANDARD_OUTPUT,
    TRUTH,
    Reading,
    findings_of,
)
from simulator.verification.matching import Matched, matched
from simulator.verification.places import Folder
from simulator.verification.report import Finding, Report
from simulator.verification.rows import TruthCounts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from simulator.run.request import Observer as RunObserver
    from simulator.run.request import Request
    from simulator.sinks.manifest import Manifest
    from simulator.verification.places import Place

_RECORDS_TOLD: Final = frozenset({"missing", "extra", "repeated", "order", "alike", "differs"})
"""What is found out by eventIDs alone, and better when the run is made again."""


class Observer(Protocol):
    """Someone who wants to know how far a verification is."""

    def planned(self, size: int) -> None:
        """Hear how many bytes there are to read."""
        ...

    def read(self, size: int) -> None:
        """Hear how many bytes were read, after each piece."""
        ...


class Silence:
    """An observer that nobody listens to."""

    def planned(self, size: int) -> None:
        """See `Observer.planned`."""

    def read(self, size: int) -> None:
        """See `Observer.read`."""


@dataclass(frozen=True, slots=True)
class Options:
    """What to do beside reading."""

    rerun: bool = False
    """Make the run again, and compare."""

    workers: int = 1
    """Processes that make it."""

    digest_key: Path | None = None
    """The key that signed its digests; absent for the one that the seed stands for."""


def verify(
    place: Place,
    *,
    options: Options | None = None,
    observer: Observer | None = None,
    rerun_observer: RunObserver | None = None,
) -> Report:
    """Hold what lies at a place against its manifest.

    Args:
        place: Where the run is.
        options: What else to do.
        observer: Told of progress.
        rerun_observer: Told of the progress of the run made again.

    Raises:
        InputError: The manifest cannot be read.
        RequestError: The run cannot be made again.
        MissingExtraError: A file is compressed in a way that needs an extra.
        WorkerError: Workers died.
    """
    options = options or Options()
    manifest = place.manifest()
    if options.rerun and manifest.output not in MAKERS:
        message = f"--rerun: a run whose output is {manifest.output} cannot be made again"
        raise RequestError(message)
    check = _Check(place, manifest, observer or Silence())
    check.read()
    findings = [*check.of_files(), *check.of_folder(), *check.of_sums()]
    request = check.request(options, findings)
    if options.rerun and request is not None:
        again = Again(
            place,
            manifest,
            check.readings,
            request,
            rerun_observer or RunSilence(),
            options.digest_key,
        )
        findings = check.of_rerun(again, findings)
    order = {name: nth for nth, name in enumerate([place.key, *check.names])}
    findings.sort(key=lambda finding: order.get(finding.file, len(order)))
    return Report(
        root=place.root,
        manifest=place.key,
        version=manifest.version,
        output=manifest.output,
        files=len(manifest.files),
        size=sum(entry.size for entry in manifest.files),
        records=manifest.records,
        is_again=options.rerun and request is not None,
        findings=tuple(findings),
        notes=tuple(check.notes),
    )


def _done(counts: Mapping[str, int] | None) -> dict[str, int]:
    """Return the damage that was done at all."""
    return {name: count for name, count in sorted((counts or {}).items()) if count}


class _Check:
    """A verification on its way."""

    def __init__(self, place: Place, manifest: Manifest, observer: Observer) -> None:
        self._place = place
        self._manifest = manifest
        self._observer = observer
        self._counts = TruthCounts()
        self._matched: list[Matched] = []
        self.names = [entry.name for entry in manifest.files]
        self.readings: dict[str, Reading] = {}
        self.notes: list[str] = []

    def read(self) -> None:
        """Read every file once, and records and truth side by side."""
        listed = [entry for entry in self._manifest.files if entry.name != STANDARD_OUTPUT]
        self._observer.planned(sum(entry.size for entry in listed))
        for entry in listed:
            self.readings[entry.name] = Reading(
                self._place,
                entry,
                self._manifest.output,
                self._observer.read,
                may_be_damaged=self._manifest.damaged is not None and entry.role in RECORDS,
            )
        with_records = [one for one in self.readings.values() if one.entry.role in RECORDS]
        truths = [one for one in self.readings.values() if one.entry.role == TRUTH]
        if self._manifest.shards is not None and len(with_records) == len(truths):
            # Each has a truth to itself.
            for one, truth in zip(with_records, truths, strict=True):
                self._match([one], truth)
        elif with_records and truths:
            self._match(with_records, truths[0])
        for reading in self.readings.values():
            if reading.entry.role in RECORDS:
                deque(reading.records(), maxlen=0)
            elif reading.entry.role == TRUTH:
                deque(reading.truth(self._counts), maxlen=0)
            else:
                reading.finish()
        for reading in with_records:
            span = (reading.entry.first, reading.entry.last)
            is_odd = not reading.is_intact or (reading.first, reading.last) != span
            if self._manifest.output == LINES and is_odd and not reading.trouble:
                reading.look_closer()

    def _match(self, records: list[Reading], truth: Reading) -> None:
        balance = matched(records, truth, self._counts)
        if truth.content is None or truth.trouble:
            return  # without a truth nothing can be said against the records
        is_wrapped = not any(one.named for one in records) and any(one.count for one in records)
        if self._manifest.output not in PLAIN and is_wrapped:
            note = (
                f"records of {self._manifest.output} are wrapped: their eventIDs were not compared"
            )
            if note not in self.notes:
                self.notes.append(note)
            return
        self._matched.append(Matched(balance, records, truth))

    def of_files(self) -> Iterator[Finding]:
        """Yield what is wrong with files, and between them."""
        for name in self.names:
            if name == STANDARD_OUTPUT:
                self.notes.append(
                    "the records went to standard output: --rerun tells whether their sha256 is "
                    "that of the run"
                )
                continue
            has_overrides = self._counts.overridden > 0
            yield from findings_of(self.readings[name], has_overrides=has_overrides)
        for one in self._matched:
            yield from one.findings()
        if self._manifest.damaged is not None:
            damaged = sum(reading.is_damaged for reading in self.readings.values())
            note = "the run is damaged on purpose (mutations), as truth and manifest tell"
            if damaged:
                note += f"; of {plural(damaged, 'damaged file')} only the hash was compared"
            self.notes.append(note)

    def of_folder(self) -> Iterator[Finding]:
        """Yield what should not be there, where the place is the run's own."""
        if not self._place.is_own:
            return
        known = {self._place.key, *self.names}
        for held in self._place.source.held():
            if held.key not in known:
                yield Finding(held.key, "unlisted", "is not in the manifest")
        if isinstance(self._place.source, Folder):
            for key in self._place.source.unfinished():
                message = "is unfinished: a run is writing it, or was killed over it"
                yield Finding(key, "unfinished", message)

    def of_sums(self) -> Iterator[Finding]:
        """Yield where the manifest's counts contradict each other, or the truth."""
        manifest, key = self._manifest, self._place.key
        for name, counts in (("kinds", manifest.kinds), ("eras", manifest.eras)):
            if sum(counts.values()) != manifest.records:
                message = f"{name} add up to {sum(counts.values()):,}, records is "
                yield Finding(key, "manifest", f"{message}{manifest.records:,}")
        truths = [one for one in self.readings.values() if one.entry.role == TRUTH]
        if not truths or not all(truth.is_intact for truth in truths):
            return
        firsts = [truth.entry.first for truth in truths if truth.entry.first is not None]
        lasts = [truth.entry.last for truth in truths if truth.entry.last is not None]
        told_by = truths[0].entry.name if len(truths) == 1 else "the truth of all shards"
        for name, said, found in (
            ("records", manifest.records, sum(truth.count for truth in truths)),
            ("kinds", manifest.kinds, self._counts.by(0)),
            ("eras", manifest.eras, self._counts.by(1)),
            ("first_event_time", manifest.first, min(firsts, default=None)),
            ("last_event_time", manifest.last, max(lasts, default=None)),
            ("mutations.records", _done(manifest.damaged), _done(self._counts.mutations)),
        ):
            if said != found:
                message = f"{name} is not what {told_by} adds up to"
                yield Finding(key, "manifest", message)

    def request(self, options: Options, findings: list[Finding]) -> Request | None:
        """Return what the run was asked for, and tell what the manifest says against it."""
        manifest, key = self._manifest, self._place.key
        is_ours = manifest.version == version()
        try:
            request = request_of(manifest, options.workers)
        except (ScenarioError, RequestError) as error:
            reason = str(error).partition("\n")[0]
            if is_ours:
                message = f"the scenario cannot be read: {reason}"
                findings.append(Finding(key, "manifest", message))
                return None
            message = (
                f"version {manifest.version} wrote a scenario that version {version()} cannot read"
            )
            if options.rerun:
                findings.append(Finding(key, "version", f"{message}: {reason}"))
            else:
                self.notes.append(message)
            return None
        if is_ours:
            findings += contradictions(self._place, manifest, request)
        else:
            self.notes.append(f"written by version {manifest.version}; this is {version()}")
        return request

    def of_rerun(self, again: Again, findings: list[Finding]) -> list[Finding]:
        """Make the run again, and return all findings, those of the rerun in place of others."""
        try:
            outcome = made_again(again)
        except (ScenarioError, RequestError) as error:
            message = f"the run cannot be made again: {error}"
            return [*findings, Finding(self._place.key, "manifest", message)]
        if outcome.packed:
            self.notes.append(
                f"{plural(outcome.packed, 'file')} would be compressed otherwise here, with the "
                "same content: another library did it"
            )
        compared = {name for name, one in self.readings.items() if one.content is not None}
        kept = [
            finding
            for finding in findings
            if finding.kind not in _RECORDS_TOLD or finding.file not in compared
        ]
        other = other_generation(self._place, self._manifest)
        if other is not None and outcome.findings:
            kept.append(other)
        return [*kept, *outcome.findings]
