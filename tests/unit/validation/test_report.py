"""A report is readable, and the same for programs."""

from __future__ import annotations

from simulator.validation import report_json, report_text
from tests.unit.validation.stories import a_record, as_lines, put, report_of


def test_a_report_without_findings(tmp_path):
    """Counts and nothing else."""
    record = put(a_record("sso/Logout"), "eventTime", "2025-02-01T08:00:00Z")

    text = report_text(report_of(tmp_path, as_lines([record])))

    assert text.splitlines() == [
        "1 record in 1 file, 2025-02-01T08:00:00Z to 2025-02-01T08:00:00Z",
        "",
        "Kinds",
        "  sso/Logout  1",
        "",
        "Eras",
        "  post-january-2025  1",
        "",
        "No findings.",
    ]


def test_a_report_with_findings(tmp_path):
    """Errors first; what is not quoted is counted."""
    record = put(put(a_record("sso/Logout"), "readOnly", value=True), "userAgent", "")
    records = [{**record, "eventID": f"{place:08x}{record['eventID'][8:]}"} for place in range(9)]
    report = report_of(tmp_path, as_lines(records))

    lines = report_text(report).splitlines()

    assert lines[-1] == "9 errors, 9 warnings, 0 notes"
    at = lines.index("error E102: a member of the envelope has a value of another type (9)")
    assert lines[at + 6] == "  … and 4 more"
    assert lines[at + 1].startswith(f"  {tmp_path}/records.ndjson:1: sso/Logout: userAgent")
    assert report.eras == {"none": 9}


def test_a_report_for_programs(tmp_path):
    """Members are stable; absence is null."""
    record = put(a_record("sso/Logout"), "userAgent", "")
    report = report_of(tmp_path, as_lines([record]) + b"nonsense\n")

    found = report_json(report)

    assert found["format"] == "trailwright-validation/1"
    assert found["codes"]["E102"] == {
        "count": 1,
        "severity": "error",
        "meaning": "a member of the envelope has a value of another type",
    }
    assert found["severities"] == {"error": 2, "warning": 0, "note": 0}
    assert found["findings"][1] == {
        "file": f"{tmp_path}/records.ndjson",
        "line": 2,
        "index": None,
        "code": "E004",
        "severity": "error",
        "eventID": None,
        "kind": None,
        "message": found["findings"][1]["message"],
    }


def test_a_report_of_nothing_has_no_times(tmp_path):
    """An empty file is an error, not a failure."""
    found = report_json(report_of(tmp_path, b""))

    assert found["records"] == 0
    assert found["firstEventTime"] is None


def test_what_is_quoted_stays_on_its_line(tmp_path):
    """Foreign text is shortened, and its control characters are shown as dots."""
    record = put(a_record("sso/Logout"), "awsRegion", "a\x1b[31m\n" + "x" * 500)

    [finding] = report_of(tmp_path, as_lines([record])).findings

    assert finding.message.startswith("awsRegion is 'a·[31m·xxx")
    assert len(finding.message) < 200
