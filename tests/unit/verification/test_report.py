"""What a verification found, as people and programs read it."""

from __future__ import annotations

from dataclasses import replace

from simulator.verification import Finding, Report, report_json, report_text
from simulator.verification.report import KINDS

IDS = tuple(f"id-{number}" for number in range(22))
REPORT = Report(
    root="run/",
    manifest="manifest.json",
    version="1.2",
    output="ndjson",
    files=2,
    size=1_000,
    records=1_500,
    is_again=False,
    findings=(
        Finding("records.ndjson", "missing", "22 records are missing", IDS),
        Finding("records.ndjson", "sha256", "has other bytes"),
        Finding("odd\x1b[31m", "unlisted", "is not in the manifest"),
    ),
    notes=("something else",),
)


def test_a_finding_is_a_line_and_its_first_eventids():
    """The others are counted; control characters reach no terminal."""
    lines = report_text(REPORT).splitlines()

    assert lines[:2] == ["run/records.ndjson: 22 records are missing", "  id-0"]
    assert lines[20:] == [
        "  id-19",
        "  … and 2 more",
        "run/records.ndjson: has other bytes",
        "run/odd·[31m: is not in the manifest",
        "",
        "Note: something else",
        "2 files, 1,500 records: 3 findings in 2 files",
    ]


def test_all_eventids_are_quoted_when_asked_for():
    """As `--all` does."""
    lines = report_text(REPORT, all_ids=True).splitlines()

    assert lines[22] == "  id-21"
    assert lines[23] == "run/records.ndjson: has other bytes"


def test_a_run_that_is_well_is_one_line():
    """It says whether it was made again."""
    well = replace(REPORT, findings=(), notes=())

    assert report_text(well) == "2 files, 1,500 records: as the manifest says"
    assert report_text(replace(well, is_again=True)) == (
        "2 files, 1,500 records: as the manifest says, and as the run gives when it is made again"
    )
    assert (well.exit_status, REPORT.exit_status) == (0, 1)


def test_a_program_reads_everything():
    """All eventIDs, and kinds that do not change with the wording."""
    made = report_json(REPORT)

    assert made["findings"][0] == {
        "file": "records.ndjson",
        "kind": "missing",
        "message": "22 records are missing",
        "eventIDs": list(IDS),
    }
    assert {name: made[name] for name in made if name != "findings"} == {
        "format": "trailwright-verification/1",
        "manifest": "run/manifest.json",
        "version": "1.2",
        "output": "ndjson",
        "files": 2,
        "bytes": 1_000,
        "records": 1_500,
        "rerun": False,
        "ok": False,
        "notes": ["something else"],
    }
    assert all(finding.kind in KINDS for finding in REPORT.findings)
