"""What a verification found, for people and for programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from simulator.validation.findings import shown
from simulator.validation.report import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.primitives.jsontext import Json

FORMAT: Final = "trailwright-verification/1"
FEW: Final = 20
"""eventIDs that the readable report quotes of a finding."""

KINDS: Final = {
    "gone": "a file of the manifest is not there, or cannot be read",
    "size": "a file has another size",
    "sha256": "a file has other bytes",
    "content": "what is in a file, uncompressed, is not what was written",
    "packing": "a file is compressed otherwise than it was written, or is damaged",
    "count": "a file has another number of records",
    "times": "a file's first or last eventTime is another",
    "unreadable": "something in a file is no record, or no line of the truth",
    "missing": "records that should be there are not",
    "extra": "records are there that should not be",
    "repeated": "records are there more often than they should be",
    "changed": "records are there whose bytes are not what the run gives",
    "order": "records are there, in another order",
    "alike": "a file has other bytes, and all its eventIDs are as they should be",
    "differs": "a file is not what the run gives when it is made again",
    "unlisted": "a file is there that the manifest does not list",
    "unfinished": "a file that a run was writing, or was killed over",
    "manifest": "the manifest contradicts itself, its files, or the run made again",
    "version": "another version wrote the run, which gives other bytes",
}
"""Every kind of finding, and what it means."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be."""

    file: str
    """The file, as the manifest names it; or the manifest."""

    kind: str
    """A key of `KINDS`."""

    message: str
    """What is wrong."""

    event_ids: tuple[str, ...] = ()
    """The eventIDs of the records that are meant, where they have one."""


@dataclass(frozen=True, slots=True)
class Report:
    """All that was found, and what was looked at."""

    root: str
    """What comes before a file's name when it is shown: empty, or ends in a slash."""
    manifest: str
    """The manifest's name."""
    version: str
    """Of the generator that wrote the run."""
    output: str
    """What it wrote, such as `ndjson`."""
    files: int
    """How many files the manifest lists."""
    size: int
    """Bytes of them, as the manifest says."""
    records: int
    """Records of the run, likewise."""
    is_again: bool
    """Whether the run was made again and compared."""
    findings: tuple[Finding, ...]
    """What is wrong, file by file in the order of the manifest."""
    notes: tuple[str, ...] = ()
    """What was not checked, or is no fault."""

    @property
    def exit_status(self) -> int:
        """What the command ends with: 1 when anything is wrong, else 0."""
        return int(bool(self.findings))


def things_are(count: int, noun: str, what: str) -> str:
    """Return such as `1 record is missing` or `5 lines are missing`."""
    return f"{plural(count, noun)} {'is' if count == 1 else 'are'} {what}"


def report_text(report: Report, *, all_ids: bool = False) -> str:
    """Return a report for people to read, without a line end.

    Args:
        report: What was found.
        all_ids: Quote every eventID, not only the first.
    """
    lines: list[str] = []
    for finding in report.findings:
        lines.append(f"{shown(report.root + finding.file, 1000)}: {shown(finding.message, 1000)}")
        lines += _quoted(finding.event_ids, len(finding.event_ids) if all_ids else FEW)
    if lines:
        lines.append("")
    lines += [f"Note: {note}" for note in report.notes]
    told = f"{plural(report.files, 'file')}, {plural(report.records, 'record')}"
    if report.findings:
        wrong = len({finding.file for finding in report.findings})
        found = f"{plural(len(report.findings), 'finding')} in {plural(wrong, 'file')}"
        lines.append(f"{told}: {found}")
    elif report.is_again:
        lines.append(f"{told}: as the manifest says, and as the run gives when it is made again")
    else:
        lines.append(f"{told}: as the manifest says")
    return "\n".join(lines)


def _quoted(ids: tuple[str, ...], most: int) -> Iterator[str]:
    for event_id in ids[:most]:
        yield f"  {shown(event_id)}"
    if len(ids) > most:
        yield f"  … and {len(ids) - most:,} more"


def report_json(report: Report) -> dict[str, Json]:
    """Return a report for programs to read."""
    return {
        "format": FORMAT,
        "manifest": report.root + report.manifest,
        "version": report.version,
        "output": report.output,
        "files": report.files,
        "bytes": report.size,
        "records": report.records,
        "rerun": report.is_again,
        "ok": not report.findings,
        "findings": [
            {
                "file": finding.file,
                "kind": finding.kind,
                "message": finding.message,
                "eventIDs": list(finding.event_ids),
            }
            for finding in report.findings
        ],
        "notes": list(report.notes),
    }
