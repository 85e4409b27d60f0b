"""What a reconciliation found, for programs, and whether it is good enough."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from simulator.validation.report import plural

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from simulator.primitives.jsontext import Json
    from simulator.validation.unwrapping import Trouble

FORMAT: Final = "trailwright-reconciliation/1"
EXAMPLES: Final = 100
"""Examples that are kept of each finding."""

FINDINGS: Final = {
    "missing": "expected and not received",
    "repeated": "received more often than expected, and the stream did not say so",
    "altered": "received, and what they say is not what was sent",
    "unexpected": "received, and the truth does not know them",
    "refused_received": "received, although the stream says that they were refused for good",
}
"""What is not as the stream said, and what it means."""
TOLD: Final = {
    "repeated_possible": "received more often than expected, as the stream said may be",
    "lost": "given up by the stream, and not received",
    "refused": "refused for good, as the stream says, and not received",
    "unsent": "in no batch of the stream, and not received",
    "untold": "damaged on purpose, and not found: nobody can tell",
}
"""What is no surprise."""
COUNTED: Final = ("expected", "received", "missing", "repeated", "altered")
"""Columns of a table."""


@dataclass(frozen=True, slots=True)
class Example:
    """One record of a finding."""

    event_id: str | None
    """Absent where it has none."""
    place: str
    """Where it was received; of one that was not where the truth tells of it."""
    note: str = ""
    """What else is known, such as the member that differs."""


@dataclass(frozen=True, slots=True)
class Row:
    """Records that have something in common."""

    name: str
    counts: Mapping[str, int]
    """By `COUNTED`."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """What is no failure."""

    missing: float = 0.0
    """Share of expected records that may be missing."""
    repeats: bool = False
    """Whether records may be there more than once."""


@dataclass(frozen=True, slots=True)
class Report:
    """All that was found. Records that are delivered twice count twice."""

    truth: str
    truth_sha256: str
    sent: str | None
    """What the stream noted; absent where there is nothing."""
    contents: str
    """What contents were compared with, or why they were not."""
    is_compared: bool
    records: int
    """Records of the truth."""
    counts: Mapping[str, int]
    """By `COUNTED`, `FINDINGS` and `TOLD`."""
    arrived: int
    """Everything in the exports that was read as a record or its eventID."""
    bare: int
    """How many of them were there by their eventID alone."""
    uncompared: int
    """How many known ones were not compared for it, or since nobody knows what was sent."""
    unread: int
    """How much in the exports is no record."""
    troubles: tuple[Trouble, ...]
    """The first of it."""
    examples: Mapping[str, tuple[Example, ...]]
    """The first of each finding."""
    tables: Mapping[str, tuple[Row, ...]]
    """By `kind`, `era`, `minute` and `batch`: rows that have a finding."""
    absent: NDArray[np.int64]
    """Records that are missing."""
    notes: tuple[str, ...] = ()


def failures(report: Report, allowed: Allowed) -> tuple[str, ...]:
    """Return what is not as it should be, a line each; nothing where all is well."""
    counts = report.counts
    found = [
        f"{plural(counts[name], 'record')} {meaning}"
        for name, meaning in _FAILING.items()
        if counts[name]
        and not (name == "repeated" and allowed.repeats)
        and not (name == "missing" and counts[name] <= allowed.missing * counts["expected"])
    ]
    return tuple(found)


_FAILING: Final = {
    "missing": "missing",
    "repeated": "repeated by surprise",
    "altered": "altered",
    "unexpected": "unexpected",
    "refused_received": "received although refused",
}


def report_json(report: Report, allowed: Allowed) -> dict[str, Json]:
    """Return a report for programs to read. `docs/reconcile.md` explains its members."""
    return {
        "format": FORMAT,
        "truth": {"file": report.truth, "content_sha256": report.truth_sha256},
        "sent": report.sent,
        "contents": {"compared": report.is_compared, "with": report.contents},
        "records": report.records,
        "counts": dict(report.counts),
        "exports": {
            "records": report.arrived,
            "ids_only": report.bare,
            "not_compared": report.uncompared,
            "unread": report.unread,
            "first_unread": [
                {"place": str(one.place), "message": one.message} for one in report.troubles
            ],
        },
        "tables": {
            by: [{"name": row.name, **row.counts} for row in rows]
            for by, rows in report.tables.items()
        },
        "examples": {
            finding: [
                {"eventID": one.event_id, "place": one.place, "note": one.note or None}
                for one in examples
            ]
            for finding, examples in report.examples.items()
        },
        "allowed": {"missing": allowed.missing, "repeats": allowed.repeats},
        "failures": list(failures(report, allowed)),
        "notes": list(report.notes),
    }
