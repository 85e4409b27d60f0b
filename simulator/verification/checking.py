"""Each file of a manifest, read once and held against its entry."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from simulator.errors import InputError
from simulator.sinks.manifest import LINES
from simulator.validation.report import plural
from simulator.verification.places import opened
from simulator.verification.report import Finding
from simulator.verification.rows import (
    Rows,
    TruthCounts,
    TruthRows,
    log_records,
    record_lines,
    records_of_any_kind,
    truth_lines,
)
from simulator.verification.unpacking import Content

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from simulator.sinks.files import FileEntry
    from simulator.verification.places import Place

RECORDS: Final = ("records", "log")
"""Roles of files that have records."""
TRUTH: Final = "truth"
STANDARD_OUTPUT: Final = "-"
PLAIN: Final = (LINES, "cloudtrail")
"""Outputs whose records are not wrapped in anything else."""
_PACKED: Final = (".gz", ".zst")
_FEW: Final = 5


@dataclass(slots=True)
class Reading:
    """A file of the manifest, and what has been read of it."""

    place: Place
    entry: FileEntry
    output: str
    """What the run wrote."""
    heard: Callable[[int], None]
    """Told of bytes that were read."""
    may_be_damaged: bool = False
    """Whether the run damaged records or files on purpose."""
    content: Content | None = None
    """Absent until it is read, and when it cannot be opened."""
    trouble: str = ""
    """Why it cannot be read."""
    count: int = 0
    """Records read, or lines of the truth."""
    named: int = 0
    """Those of them that have an eventID."""
    first: str | None = None
    """The earliest eventTime read."""
    last: str | None = None
    """The latest."""
    broken: list[int] = field(default_factory=list)
    """Lines that are none; 0 where the file is no log file."""
    _is_begun: bool = False

    @property
    def is_intact(self) -> bool:
        """Whether the file, read to its end, is as it was written."""
        return (
            self.content is not None
            and not self.trouble
            and self.content.content_sha256 == self.entry.content_sha256
        )

    @property
    def is_damaged(self) -> bool:
        """Whether it is damaged on purpose: it cannot be read as a whole, and is as written."""
        return (
            self.may_be_damaged
            and self.content is not None
            and not self.trouble
            and self.content.sha256 == self.entry.sha256
            and bool(self.entry.mutations or self.broken)
        )

    def records(self) -> Iterator[Rows]:
        """Read records to the end of the file, some at a time; nothing if that was done."""
        content = self._begun()
        if content is None:
            return
        try:
            for rows in self._rows(content):
                self._add(rows.ids, rows.times, rows.broken)
                self.named += len(rows.ids) - rows.ids.count(None)
                yield rows
        except InputError as error:
            self._keep(error)

    def truth(self, counts: TruthCounts) -> Iterator[TruthRows]:
        """Read the truth to the end of the file, some lines at a time, likewise."""
        content = self._begun()
        if content is None:
            return
        try:
            for rows in truth_lines(content, counts):
                overridden = zip(rows.times, rows.overridden, strict=True)
                self._add(rows.ids, [time for time, is_it in overridden if not is_it], rows.broken)
                yield rows
        except InputError as error:
            self._keep(error)

    def finish(self) -> None:
        """Read to the end, for the hashes alone."""
        content = self._begun()
        try:
            if content is not None:
                content.finish()
        except InputError as error:
            self._keep(error)

    def again(self) -> Content:
        """Return the content once more, from the beginning.

        Raises:
            InputError: The file cannot be opened.
        """
        return Content(self.entry.name, opened(self.place.source, self.entry.name))

    def look_closer(self) -> None:
        """Read records on lines once more, every one from end to end."""
        self.count, self.first, self.last, self.broken = 0, None, None, []
        for rows in record_lines(self.again(), is_careful=True):
            self._add(rows.ids, rows.times, rows.broken)

    def _begun(self) -> Content | None:
        """Open the file, where it can be opened and was not read yet."""
        # Not before: a tree has more files than may be open at a time.
        if self._is_begun:
            return None
        self._is_begun = True
        try:
            source = opened(self.place.source, self.entry.name)
        except InputError as error:
            self._keep(error)
            return None
        self.content = Content(self.entry.name, source, self.heard)
        return self.content

    def _rows(self, content: Content) -> Iterator[Rows]:
        if self.entry.role == "log":
            return log_records(content)
        if self.output == LINES:
            return record_lines(content)
        return records_of_any_kind(self.entry.name, content)

    def _add(self, ids: Sequence[str | None], times: list[str], broken: list[int]) -> None:
        self.count += len(ids) + len(broken)
        self.broken += broken
        if times:
            first, last = min(times), max(times)
            self.first = first if self.first is None else min(self.first, first)
            self.last = last if self.last is None else max(self.last, last)

    def _keep(self, error: InputError) -> None:
        message = str(error)
        for begins in (self.place.shown(self.entry.name), self.entry.name):
            message = message.removeprefix(f"{begins}: ")
        self.trouble = message


def findings_of(reading: Reading, *, has_overrides: bool) -> Iterator[Finding]:
    """Yield what is wrong with a file that was read to its end, by its entry alone.

    Args:
        reading: The file.
        has_overrides: Whether eventTimes may have been changed after they were noted.
    """
    entry, content = reading.entry, reading.content
    if content is None or reading.trouble:
        has = f" ({plural(entry.records, 'record')})" if entry.role in RECORDS else ""
        yield Finding(entry.name, "gone", f"{reading.trouble}{has}")
        return
    if content.size != entry.size:
        message = f"has {plural(content.size, 'byte')}, the manifest says {entry.size:,}"
        yield Finding(entry.name, "size", message)
    if not reading.is_damaged:
        for oddity in content.oddities:
            yield Finding(entry.name, "packing", oddity)
    yield from _hash_findings(entry, content)
    if reading.is_damaged or not _has_records(reading):
        return
    if reading.count != entry.records:
        message = f"has {plural(reading.count, 'record')}, the manifest says {entry.records:,}"
        yield Finding(entry.name, "count", message)
    found = (reading.first, reading.last)
    if found != (entry.first, entry.last) and not has_overrides:
        said = _span(entry.first, entry.last)
        message = f"has records {_span(*found)}, the manifest says {said}"
        yield Finding(entry.name, "times", message)
    if reading.broken:
        yield Finding(entry.name, "unreadable", _broken(reading))


def _has_records(reading: Reading) -> bool:
    """Return whether the records in a file can be counted."""
    if reading.entry.role == TRUTH:
        return True
    # Of wrapped records whose wrapping is not known none has an eventID.
    is_read = reading.output in PLAIN or bool(reading.named) or not reading.entry.records
    return reading.entry.role in RECORDS and is_read


def _hash_findings(entry: FileEntry, content: Content) -> Iterator[Finding]:
    stored, inside = content.sha256, content.content_sha256
    is_stored, is_inside = stored == entry.sha256, inside == entry.content_sha256
    if is_stored and is_inside:
        return
    if is_stored:
        message = f"the manifest's content_sha256 is {entry.content_sha256}, it should be {inside}"
        yield Finding(entry.name, "manifest", message)
    elif not is_inside:
        kind = "sha256" if stored == inside else "content"
        message = f"has other bytes: {kind}{'_sha256' * (kind == 'content')} is {inside}"
        said = entry.sha256 if stored == inside else entry.content_sha256
        yield Finding(entry.name, kind, f"{message}, the manifest says {said}")
    elif entry.name.endswith(_PACKED):
        message = (
            f"is compressed otherwise, with the same content: sha256 is {stored}, the manifest "
            f"says {entry.sha256}"
        )
        yield Finding(entry.name, "packing", message)
    else:
        message = f"the manifest's sha256 is {entry.sha256}, it should be {stored}"
        yield Finding(entry.name, "manifest", message)


def _span(first: str | None, last: str | None) -> str:
    if first is None and last is None:
        return "without an eventTime"
    return f"from {first or 'none'} to {last or 'none'}"


def _broken(reading: Reading) -> str:
    if reading.entry.role == "log":
        return "is no log file"
    is_truth = reading.entry.role == TRUTH
    lines = [str(line) for line in reading.broken[:_FEW]]
    more = len(reading.broken) - len(lines)
    if more:
        lines.append(f"{more:,} more")
    if len(lines) == 1:
        return f"line {lines[0]} is no {'line of the truth' if is_truth else 'record'}"
    what = "lines of the truth" if is_truth else "records"
    return f"lines {', '.join(lines[:-1])} and {lines[-1]} are no {what}"
