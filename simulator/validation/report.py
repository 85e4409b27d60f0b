"""What a validation found, for people and for programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from simulator.validation.findings import CODES, Finding, Severity

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator, Mapping

    from simulator.primitives.jsontext import Json

FORMAT: Final = "trailwright-validation/1"
_LINES: Final = 5
"""Findings of a code that the readable report quotes."""


@dataclass(frozen=True, slots=True)
class Report:
    """Counts of everything, and the first findings of each code."""

    files: int
    records: int
    first_time: str
    """The earliest eventTime; empty without one."""
    last_time: str
    kinds: Mapping[str, int]
    """Kind to number of records, the most frequent first."""
    eras: Mapping[str, int]
    """Era to number of records. Forms that several eras share count under all their names;
    records of unknown kinds are not counted, those of no declared form under `none`."""
    codes: Mapping[str, int]
    """Code to exact number of findings."""
    severities: Mapping[Severity, int]
    findings: tuple[Finding, ...]
    """The first of each code, up to the limit asked for."""

    @property
    def has_errors(self) -> bool:
        """Whether there is a finding that is an error."""
        return self.severities[Severity.ERROR] > 0

    @property
    def exit_status(self) -> int:
        """What the command ends with: 1 when there are errors, else 0."""
        return int(self.has_errors)


def plural(count: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _table(title: str, counts: Mapping[str, int]) -> Iterator[str]:
    if counts:
        width = max(len(name) for name in counts)
        digits = max(len(f"{count:,}") for count in counts.values())
        yield ""
        yield title
        for name, count in counts.items():
            yield f"  {name:<{width}}  {count:>{digits},}"


def report_text(report: Report) -> str:
    """Return a report for people to read, without a line end."""
    span = f", {report.first_time} to {report.last_time}" if report.first_time else ""
    lines = [f"{plural(report.records, 'record')} in {plural(report.files, 'file')}{span}"]
    lines += _table("Kinds", report.kinds)
    lines += _table("Eras", report.eras)
    for severity in Severity:
        codes = [code for code in report.codes if _of(report, code) is severity]
        for code in codes:
            kept = [finding for finding in report.findings if finding.code == code]
            lines += ["", f"{severity} {code}: {CODES[code]} ({report.codes[code]:,})"]
            lines += [f"  {str(finding).replace(f' {code} ', ' ', 1)}" for finding in kept[:_LINES]]
            more = report.codes[code] - min(len(kept), _LINES)
            if more:
                lines.append(f"  … and {more:,} more")
    told = ", ".join(plural(report.severities[severity], severity) for severity in Severity)
    lines += ["", told if report.codes else "No findings."]
    return "\n".join(lines)


def _of(report: Report, code: str) -> Severity:
    return next(finding.severity for finding in report.findings if finding.code == code)


def report_json(report: Report) -> dict[str, Json]:
    """Return a report for programs to read."""
    return {
        "format": FORMAT,
        "files": report.files,
        "records": report.records,
        "firstEventTime": report.first_time or None,
        "lastEventTime": report.last_time or None,
        "kinds": dict(report.kinds),
        "eras": dict(report.eras),
        "severities": {str(name): count for name, count in report.severities.items()},
        "codes": {
            code: {"count": count, "severity": str(_of(report, code)), "meaning": CODES[code]}
            for code, count in report.codes.items()
        },
        "findings": [
            {
                "file": finding.place.file,
                "line": finding.place.line or None,
                "index": finding.place.index if finding.place.index >= 0 else None,
                "code": finding.code,
                "severity": str(finding.severity),
                "eventID": finding.event_id or None,
                "kind": finding.kind or None,
                "message": finding.message,
            }
            for finding in report.findings
        ],
    }


def ordered(counts: Counter[str]) -> dict[str, int]:
    """Return counts, the greatest first, equal ones by name."""
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
