"""Law 12: made again from its manifest, a run has every sha256 that the manifest tells."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from simulator.primitives.instants import parse_instant
from simulator.run import GENERATION, Request, write_run
from simulator.scenario import library
from simulator.sinks.targets import target_of
from simulator.verification import again
from simulator.verification.again import request_of
from simulator.verification.places import place_of
from tests.unit.verification.runs import (
    SCENARIO,
    a_run,
    edited,
    found,
    ids_of,
    kinds,
    lines_of,
    relisted,
    verified,
)

pytestmark = pytest.mark.laws

FINGERPRINTS = Path(__file__).parents[1] / "fingerprints"


@pytest.mark.parametrize(
    ("name", "output", "changes"),
    [
        ("developers", "run/", {}),
        ("october-2024", "x.ndjson.gz", {}),
        ("pinned", "x.ndjson.zst", {"engine": "stepwise"}),
        ("reset", "x.ndjson", {"workers": 2}),
        ("external-idp", "run/", {"events": 150}),
        ("office", "x.ndjson.gz", {"start": parse_instant("2025-01-13T09:00:00.5Z")}),
    ],
)
def test_every_sha256_is_reproduced(tmp_path, name, output, changes):
    """From the manifest alone: whatever the scenario, the output, the slice, the engine."""
    scenario = library.load(FINGERPRINTS / name / "scenario.yaml")
    target = target_of(f"{tmp_path}/{output}", "s")
    write_run(Request(scenario, "0" * 64, **changes), target)

    report = verified(target.manifest, rerun=True)

    assert report.findings == ()
    assert report.notes == ()
    assert report.is_again
    assert report.records > 20


def test_workers_make_it_again_alike(tmp_path):
    """As many as one likes."""
    assert verified(a_run(f"{tmp_path}/run/"), rerun=True, workers=2).findings == ()


def test_a_manifest_tells_what_was_asked_for(tmp_path):
    """The request it gives is the one that it was written for."""
    start, end = parse_instant("2025-01-12T09:30:00Z"), parse_instant("2025-01-13T10:30:00.001Z")
    folder = a_run(f"{tmp_path}/run/", start=start, end=end, events=5, source_sha256="1" * 64)

    request = request_of(place_of(str(folder)).manifest(), workers=3)

    assert (request.start, request.end, request.events) == (start, end, 5)
    assert (request.source_sha256, request.workers) == ("1" * 64, 3)


# ---- Controls: what is changed is told, and nothing else --------------------------------------


@pytest.fixture
def folder(tmp_path):
    """Return the folder of a run of five records."""
    return a_run(f"{tmp_path}/run/")


def told(report) -> list:
    """Return findings beside those on sizes, hashes, counts and times."""
    plain = {"size", "sha256", "count", "times"}
    return [one for one in found(report) if one[1] not in plain]


CHANGES = [
    (lambda lines: [lines[0], lines[1].replace(b"Two", b"Twp"), *lines[2:]], 2, "changed", 1),
    (lambda lines: [*lines[:2], *lines[3:]], 3, "missing", 2),
    (lambda lines: [*lines[:2], lines[1], *lines[2:]], 3, "repeated", 1),
    (lambda lines: [*lines, lines[0]], 6, "repeated", 0),
    (lambda lines: [lines[1], lines[0], *lines[2:]], 1, "order", None),
    (lambda lines: [*lines[1:4], lines[0], lines[4]], 1, "order", None),
    (lambda lines: [*lines[:4], lines[4][:-1]], 5, "changed", None),
    (lambda lines: lines[:-1], 5, "missing", 4),
]
"""What is done to lines, the first line that differs, and what that is and of which record."""


@pytest.mark.parametrize(("change", "line", "kind", "record"), CHANGES)
def test_control_a_change_of_the_records(folder, change, line, kind, record):
    """One byte, a line removed, doubled or moved."""
    path = folder / "records.ndjson"
    ids = ids_of(path)
    path.write_bytes(b"".join(change(lines_of(path))))

    report = verified(folder, rerun=True)

    assert told(report) == [
        ("records.ndjson", "differs", ()),
        ("records.ndjson", kind, () if record is None else (ids[record],)),
    ]
    [differs] = [one.message for one in report.findings if one.kind == "differs"]
    assert differs == f"is not what the run gives: line {line} is the first that differs"


@pytest.mark.parametrize(("change", "line", "kind", "record"), CHANGES)
def test_control_a_change_that_the_manifest_goes_along_with(folder, change, line, kind, record):
    """Hashes and sizes made right again help nothing."""
    path = folder / "records.ndjson"
    ids = ids_of(path)
    path.write_bytes(b"".join(change(lines_of(path))))
    relisted(folder, "records.ndjson")

    report = verified(folder, rerun=True)

    assert told(report) == [
        ("records.ndjson", "differs", ()),
        ("records.ndjson", kind, () if record is None else (ids[record],)),
    ]
    assert f"line {line} " in report.findings[-2].message


def test_control_a_compressed_file(tmp_path):
    """What is in it is compared."""
    path = a_run(f"{tmp_path}/x.ndjson.gz") / "x.ndjson.gz"
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    ids = [orjson.loads(line)["eventID"] for line in lines]
    path.write_bytes(gzip.compress(b"".join([*lines[:1], *lines[2:]]), mtime=0))

    report = verified(path, rerun=True)

    assert ("x.ndjson.gz", "missing", (ids[1],)) in told(report)


def test_control_a_truth_that_was_edited(folder):
    """A label."""
    path = folder / "truth.ndjson"
    ids = ids_of(path)
    path.write_bytes(path.read_bytes().replace(b"benign", b"malicious", 1))

    report = verified(folder, rerun=True)

    assert told(report) == [
        ("truth.ndjson", "differs", ()),
        ("truth.ndjson", "changed", (ids[0],)),
    ]
    assert report.findings[-1].message == "1 line is not as the run gives"


@pytest.mark.parametrize(
    ("members", "value", "message"),
    [
        (("records",), 6, "records is 6, the run gives 5"),
        (
            ("kinds",),
            {"sso-directory/CreateGroup": 5},
            'kinds is {"sso-directory/CreateGroup":5}, the run gives ',
        ),
        (("files", "0", "records"), 6, "records of records.ndjson is 6, the run gives 5"),
        (
            ("files", "1", "sha256"),
            "a" * 64,
            f'sha256 of truth.ndjson is "{"a" * 64}", the run gives ',
        ),
        (
            ("files", "0", "first_event_time"),
            None,
            "first_event_time of records.ndjson is null, the run gives ",
        ),
        (("scenario", "seed"), 6, "scenario.seed is 6, the resolved scenario says 5"),
        (("slice",), {"start": "2025-01-12T00:00:00Z", "end": None}, ""),
    ],
)
def test_control_a_manifest_that_was_edited(folder, members, value, message):
    """The run says otherwise; a slice that begins with the window changes nothing in it."""
    edited(folder / "manifest.json", *members, to=value)

    report = verified(folder, rerun=True)

    messages = [one.message for one in report.findings if one.file == "manifest.json"]
    if message:
        assert any(one.startswith(message) for one in messages)
    else:
        assert messages == []


def test_control_another_seed(folder, tmp_path):
    """Every record of one is missing, every one of the other too many."""
    other = a_run(f"{tmp_path}/other/", SCENARIO.replace("seed: 5", "seed: 6"))
    mine, theirs = (tuple(ids_of(one / "records.ndjson")) for one in (folder, other))
    for name in ("records.ndjson", "truth.ndjson"):
        (folder / name).write_bytes((other / name).read_bytes())

    report = verified(folder, rerun=True)

    assert told(report) == [
        (name, kind, ids)
        for name in ("records.ndjson", "truth.ndjson")
        for kind, ids in (("differs", ()), ("missing", mine), ("extra", theirs))
    ]


def test_control_a_scenario_with_another_seed(folder):
    """A manifest that says so throughout: the run made again is another."""
    path = folder / "manifest.json"
    made = orjson.loads(path.read_bytes())
    edited(
        path, "scenario", "resolved", to=made["scenario"]["resolved"].replace("seed: 5", "seed: 6")
    )

    report = verified(folder, rerun=True)

    assert {("manifest.json", "manifest"), ("records.ndjson", "missing")} <= set(kinds(report))
    messages = [one.message for one in report.findings]
    assert "scenario.seed is 5, the resolved scenario says 6" in messages


def test_what_cannot_be_made_again_is_told(folder):
    """A manifest that asks for what cannot be."""
    bounds = {"start": "2025-01-13T00:00:00Z", "end": "2025-01-12T00:00:00Z"}
    edited(folder / "manifest.json", "slice", to=bounds)

    report = verified(folder, rerun=True)

    assert [one.message for one in report.findings] == [
        "the run cannot be made again: --start must be before --end"
    ]


def test_records_on_standard_output_are_made_again(folder):
    """Their hash is in the manifest, and that is compared."""
    edited(folder / "manifest.json", "files", "0", "name", to="-")

    assert verified(folder / "manifest.json", rerun=True).findings == ()

    edited(folder / "manifest.json", "files", "0", "sha256", to="a" * 64)
    [finding] = verified(folder / "manifest.json", rerun=True).findings
    assert finding.message.startswith("sha256 of - is ")


def test_another_generation_is_why_bytes_differ(folder):
    """It is a finding only where they do."""
    edited(folder / "manifest.json", "generation", to=GENERATION - 1)
    assert verified(folder, rerun=True).findings == ()

    path = folder / "records.ndjson"
    path.write_bytes(path.read_bytes().replace(b"Two", b"Owt"))
    relisted(folder, "records.ndjson")
    report = verified(folder, rerun=True)

    assert report.findings[0].kind == "version"
    assert report.findings[0].message.startswith("was written by version ")
    assert f"generation {GENERATION - 1}; this is version " in report.findings[0].message


def test_a_scenario_of_another_version_cannot_be_made_again(folder):
    """It is told why."""
    edited(folder / "manifest.json", "version", to="99.0")
    edited(folder / "manifest.json", "scenario", "resolved", to="scenario: x\nmagic: 5\n")

    report = verified(folder, rerun=True)

    assert kinds(report) == [("manifest.json", "version")]
    assert not report.is_again


def test_another_librarys_compression_is_a_note(tmp_path, monkeypatch):
    """The content is the same; the promise is for that."""
    path = a_run(f"{tmp_path}/x.ndjson.gz") / "x.ndjson.gz"
    made = again.MAKERS["ndjson"]

    def otherwise(asked):
        return replace(made(asked), packed=1)

    monkeypatch.setattr(again, "MAKERS", {"ndjson": otherwise})

    report = verified(path, rerun=True)

    assert report.findings == ()
    assert report.notes == (
        "1 file would be compressed otherwise here, with the same content: another library did it",
    )
