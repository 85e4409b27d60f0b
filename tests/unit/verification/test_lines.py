"""A run of records on lines, verified by what its files tell."""

from __future__ import annotations

import gzip

import orjson
import pytest

from simulator.primitives.jsontext import json_text
from simulator.verification import matching, report_text
from tests.unit.verification.runs import (
    SCENARIO,
    a_run,
    edited,
    found,
    ids_of,
    kinds,
    lines_of,
    relisted,
    sha256,
    verified,
)


@pytest.fixture
def folder(tmp_path):
    """Return the folder of a run of five records."""
    return a_run(f"{tmp_path}/run/")


@pytest.mark.parametrize("name", ["", "x.ndjson", "x.ndjson.gz", "x.ndjson.zst"])
def test_a_run_as_it_was_written_is_well(tmp_path, name):
    """In a folder of its own or among others, compressed or not."""
    (tmp_path / "mine").touch()
    a_run(f"{tmp_path}/{name}" if name else f"{tmp_path}/run/")

    report = verified(tmp_path / (name or "run"))

    assert report.findings == ()
    assert (report.files, report.records, report.is_again) == (2, 5, False)
    assert report.exit_status == 0
    assert report_text(report) == "2 files, 5 records: as the manifest says"


def test_the_truth_may_lie_elsewhere(tmp_path):
    """Names are seen from the manifest's folder."""
    target = tmp_path / "a" / "x.ndjson"
    a_run(str(target))
    (tmp_path / "a" / "x.truth.ndjson").rename(tmp_path / "t")
    edited(tmp_path / "a" / "x.manifest.json", "files", "1", "name", to="../t")

    assert verified(target).findings == ()


def test_an_empty_run_is_well(tmp_path):
    """A slice in which nothing happens."""
    folder = a_run(f"{tmp_path}/run/", start=1_736_800_000_000)

    assert verified(folder).findings == ()
    assert verified(folder, rerun=True).findings == ()


def test_a_removed_line_is_told(folder):
    """Size, hash and count, and which record it was."""
    path = folder / "records.ndjson"
    lines, ids = lines_of(path), ids_of(path)
    path.write_bytes(b"".join(lines[:2] + lines[3:]))

    report = verified(folder)

    assert found(report) == [
        ("records.ndjson", "size", ()),
        ("records.ndjson", "sha256", ()),
        ("records.ndjson", "count", ()),
        ("records.ndjson", "missing", (ids[2],)),
    ]
    assert report.findings[2].message == "has 4 records, the manifest says 5"
    assert report.findings[3].message == "1 record is missing"
    assert report.exit_status == 1


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda lines: [*lines, lines[1]], [("repeated", [1])]),
        (lambda lines: [lines[0], *lines], [("repeated", [0])]),
        (lambda lines: lines[:-1], [("missing", [4])]),
        (lambda _: [], [("missing", [0, 1, 2, 3, 4])]),
        (lambda lines: lines[1:] + lines[:1], [("order", [])]),
        (lambda lines: [lines[0], lines[2], lines[1], *lines[3:]], [("order", [])]),
        (lambda lines: [*lines[:-1], lines[1]], [("missing", [4]), ("repeated", [1])]),
        (lambda lines: [one.replace(b"Two", b"Owt") for one in lines], [("alike", [])]),
        (lambda lines: [*lines[:-1], lines[-1][:-1]], [("alike", [])]),
        (lambda lines: [*lines, b"\n"], [("unreadable", [])]),
        (lambda lines: [*lines, b"[]\n", b"{\n"], [("unreadable", [])]),
        (
            lambda lines: (
                [one.replace(b'"eventID"', b'"eventid"', 1) for one in lines[:1]] + lines[1:]
            ),
            [("missing", [0]), ("extra", [])],
        ),
    ],
)
def test_what_became_of_records_is_told(folder, change, expected):
    """Which are missing, too many, or somewhere else."""
    path = folder / "records.ndjson"
    ids = ids_of(path)
    path.write_bytes(b"".join(change(lines_of(path))))

    told = [
        one for one in found(verified(folder)) if one[1] not in {"size", "sha256", "count", "times"}
    ]

    assert sorted(told) == sorted(
        ("records.ndjson", kind, tuple(ids[place] for place in places)) for kind, places in expected
    )


def test_a_record_that_is_not_ours_is_told(folder):
    """Its eventID is in no line of the truth; that need not be a UUID."""
    path = folder / "records.ndjson"
    path.write_bytes(path.read_bytes() + b'{"eventID":"mine"}\n{"eventID":5}\n')

    told = [finding for finding in verified(folder).findings if finding.kind == "extra"]

    assert [(one.message, one.event_ids) for one in told] == [
        ("1 record is there that the truth does not tell of", ("mine",)),
        ("1 record is there without an eventID", ()),
    ]


def test_an_eventid_that_was_changed_is_missing_and_too_many(folder):
    """There is another record in its place."""
    path = folder / "records.ndjson"
    first = ids_of(path)[0]
    other = "00000000-0000-4000-8000-000000000000"
    path.write_bytes(path.read_bytes().replace(first.encode(), other.encode(), 1))

    assert found(verified(folder)) == [
        ("records.ndjson", "sha256", ()),
        ("records.ndjson", "missing", (first,)),
        ("records.ndjson", "extra", (other,)),
    ]


def test_a_line_that_is_no_json_is_told_by_its_number(folder):
    """Also where its eventID can still be read."""
    path = folder / "records.ndjson"
    lines = lines_of(path)
    lines[1] = lines[1].replace(b",", b";", 1)
    path.write_bytes(b"".join(lines))

    report = verified(folder)

    assert [one.message for one in report.findings if one.kind == "unreadable"] == [
        "line 2 is no record"
    ]


def test_of_many_broken_lines_a_few_are_named(folder):
    """And the others counted."""
    path = folder / "records.ndjson"
    path.write_bytes(b"x\n" * 8 + path.read_bytes())

    report = verified(folder)

    assert [one.message for one in report.findings if one.kind == "unreadable"] == [
        "lines 1, 2, 3, 4, 5 and 3 more are no records"
    ]


def test_a_truth_that_was_changed_is_blamed_itself(folder):
    """The records are as they were written."""
    path = folder / "truth.ndjson"
    lines, ids = lines_of(path), ids_of(path)
    path.write_bytes(b"".join([*lines[:1], lines[3], *lines[2:]]))

    report = verified(folder)

    assert [one for one in found(report) if one[1] != "size"] == [
        ("truth.ndjson", "sha256", ()),
        ("truth.ndjson", "missing", (ids[1],)),
        ("truth.ndjson", "extra", (ids[3],)),
    ]
    assert [one.message for one in report.findings[-2:]] == [
        "1 record is there that it does not tell of",
        "1 record is told of that are not there",
    ]


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda lines: [lines[0].replace(b"benign", b"malign"), *lines[1:]], "alike"),
        (lambda lines: lines[::-1], "order"),
        (lambda lines: [*lines, b"{}\n"], "unreadable"),
    ],
)
def test_a_truth_with_the_same_eventids_is_told(folder, change, kind):
    """Something else, the order, or a line that is none."""
    path = folder / "truth.ndjson"
    path.write_bytes(b"".join(change(lines_of(path))))

    told = kinds(verified(folder))

    assert ("truth.ndjson", "sha256") in told
    assert ("truth.ndjson", kind) in told
    assert {file for file, _ in told} == {"truth.ndjson"}


def test_files_that_are_not_there_are_told(folder):
    """With as many records as they had."""
    (folder / "records.ndjson").unlink()
    (folder / "truth.ndjson").unlink()

    report = verified(folder)

    assert kinds(report) == [("records.ndjson", "gone"), ("truth.ndjson", "gone")]
    assert [one.message for one in report.findings] == [
        "no such file (5 records)",
        "no such file",
    ]


def test_without_its_truth_a_file_is_held_against_the_manifest_alone(folder):
    """Nothing can be said of single records."""
    (folder / "truth.ndjson").unlink()
    path = folder / "records.ndjson"
    path.write_bytes(path.read_bytes() + b"{}\n")

    assert kinds(verified(folder)) == [
        ("records.ndjson", "size"),
        ("records.ndjson", "sha256"),
        ("records.ndjson", "count"),
        ("truth.ndjson", "gone"),
    ]


def test_a_file_that_is_gone_misses_all_its_records(folder):
    """The truth tells which."""
    ids = ids_of(folder / "records.ndjson")
    (folder / "records.ndjson").unlink()

    assert found(verified(folder)) == [
        ("records.ndjson", "gone", ()),
        ("records.ndjson", "missing", tuple(ids)),
    ]


def test_what_else_is_in_the_runs_folder_is_told(folder):
    """Files of others, and what a run left that was killed."""
    (folder / "a").mkdir()
    for name in ("a/mine", "records.ndjson.bak", ".records.ndjson.partial"):
        (folder / name).touch()

    assert kinds(verified(folder)) == [
        ("a/mine", "unlisted"),
        ("records.ndjson.bak", "unlisted"),
        (".records.ndjson.partial", "unfinished"),
    ]
    assert verified(folder / "manifest.json").findings == ()


def test_a_torn_gzip_is_told(tmp_path):
    """What can be read of it is compared."""
    a_run(f"{tmp_path}/x.ndjson.gz")
    path = tmp_path / "x.ndjson.gz"
    ids = [
        line["eventID"]
        for line in map(orjson.loads, gzip.decompress(path.read_bytes()).splitlines())
    ]
    path.write_bytes(path.read_bytes()[:-20])

    report = verified(path)

    assert {kind for _, kind in kinds(report)} >= {"size", "packing", "content", "missing"}
    missing = next(one for one in report.findings if one.kind == "missing")
    assert ids[-1] in missing.event_ids
    assert any(one.message == "the gzip data ends early" for one in report.findings)


def test_other_compression_of_the_same_is_told(tmp_path):
    """One finding: the bytes differ, what is in them does not."""
    a_run(f"{tmp_path}/x.ndjson.gz")
    path = tmp_path / "x.ndjson.gz"
    size = len(path.read_bytes())
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()), 9, mtime=0))
    edited(tmp_path / "x.manifest.json", "files", "0", "bytes", to=path.stat().st_size)

    [finding] = verified(path).findings

    assert size != path.stat().st_size
    assert finding.kind == "packing"
    assert finding.message.startswith("is compressed otherwise, with the same content: sha256 is ")


@pytest.mark.parametrize(
    ("members", "value", "file", "message"),
    [
        (("files", "0", "sha256"), "a" * 64, "records.ndjson", "the manifest's sha256 is aaa"),
        (
            ("files", "0", "content_sha256"),
            "a" * 64,
            "records.ndjson",
            "the manifest's content_sha256 is aaa",
        ),
        (("files", "0", "records"), 4, "records.ndjson", "has 5 records, the manifest says 4"),
        (("files", "0", "bytes"), 4, "records.ndjson", "has "),
        (
            ("files", "0", "last_event_time"),
            None,
            "records.ndjson",
            "has records from 2025-01-12T09:00:00Z to 2025-01-13T11:00:00Z, the manifest says ",
        ),
        (("records",), 6, "manifest.json", "kinds add up to 5, records is 6"),
        (("eras",), {}, "manifest.json", "eras add up to 0, records is 5"),
        (
            ("kinds",),
            {"sso-directory/CreateGroup": 5},
            "manifest.json",
            "kinds is not what truth.ndjson adds up to",
        ),
        (
            ("first_event_time",),
            "2025-01-12T00:00:00Z",
            "manifest.json",
            "first_event_time is not what truth.ndjson adds up to",
        ),
        (
            ("scenario", "seed"),
            7,
            "manifest.json",
            "scenario.seed is 7, the resolved scenario says 5",
        ),
        (
            ("scenario", "cutover"),
            "observed",
            "manifest.json",
            'scenario.cutover is "observed", the resolved scenario says "announced"',
        ),
        (
            ("scenario", "resolved_sha256"),
            "a" * 64,
            "manifest.json",
            f'scenario.resolved_sha256 is "{"a" * 64}", the resolved scenario says ',
        ),
        (
            ("scenario", "resolved"),
            "scenario: x\n",
            "manifest.json",
            "the scenario cannot be read: scenario.resolved:1:1 window: is missing",
        ),
    ],
)
def test_a_manifest_that_was_edited_is_told(folder, members, value, file, message):
    """Against the files, the truth, its own sums and its own scenario."""
    edited(folder / "manifest.json", *members, to=value)

    report = verified(folder)

    assert report.findings[0].file == file
    assert report.findings[0].message.startswith(message)
    assert {finding.file for finding in report.findings} <= {file, "manifest.json"}


def test_a_manifest_that_was_made_right_again_still_differs_from_the_truth(folder):
    """Whoever edits records and manifest forgets the truth."""
    path = folder / "records.ndjson"
    lines, ids = lines_of(path), ids_of(path)
    path.write_bytes(b"".join(lines[1:]) + lines[1])
    relisted(folder, "records.ndjson")

    told = found(verified(folder))

    assert ("records.ndjson", "missing", (ids[0],)) in told
    assert ("records.ndjson", "repeated", (ids[1],)) in told


OVERRIDES = f"""{SCENARIO}
records:
  - {{where: {{entry: first}}, drop: [eventID]}}
  - {{where: {{entry: second}}, set: {{eventID: mine, eventTime: "2031-01-01T00:00:00Z"}}}}
  - {{where: {{entry: third}}, set: {{eventID: mine}}}}
  - {{where: {{entry: fourth}}, set: {{eventID: 5, eventTime: soon}}}}
"""


def test_overridden_eventids_are_no_findings(tmp_path):
    """Dropped, given to two records, not a UUID, no text, another time: all as planned."""
    folder = a_run(f"{tmp_path}/run/", OVERRIDES)

    assert verified(folder).findings == ()
    assert verified(folder, rerun=True).findings == ()


def test_overridden_records_are_missed_all_the_same(tmp_path):
    """One of two with the same eventID, and one that had none."""
    folder = a_run(f"{tmp_path}/run/", OVERRIDES)
    path = folder / "records.ndjson"
    lines = lines_of(path)
    dropped = orjson.loads(lines_of(folder / "truth.ndjson")[0])["eventID"]
    four = orjson.loads(lines_of(folder / "truth.ndjson")[3])["eventID"]
    path.write_bytes(b"".join([lines[1], *lines[3:]]))

    missing = [one for one in verified(folder).findings if one.kind == "missing"]

    ids = {event_id for one in missing for event_id in one.event_ids}
    # Of the two without an eventID one is there: it cannot be told which.
    assert "mine" in ids
    assert len(ids & {dropped, four}) == 1


def test_records_on_standard_output_are_not_there_to_be_read(tmp_path):
    """The truth beside them is; a note says so."""
    folder = a_run(f"{tmp_path}/run/")
    edited(folder / "manifest.json", "files", "0", "name", to="-")

    report = verified(folder / "manifest.json")

    assert report.findings == ()
    assert len(report.notes) == 1
    assert report.notes[0].startswith("the records went to standard output: ")


def test_another_version_may_know_other_scenarios(folder):
    """Its scenario is not held against it."""
    edited(folder / "manifest.json", "version", to="99.0")
    edited(folder / "manifest.json", "scenario", "resolved", to="scenario: x\nmagic: 5\n")

    report = verified(folder)

    assert report.findings == ()
    [note] = report.notes
    assert note.startswith("version 99.0 wrote a scenario that version ")


def test_a_role_that_is_not_known_is_hashed(folder):
    """A later version may write other files."""
    (folder / "x").write_bytes(b"abc")
    made = orjson.loads((folder / "manifest.json").read_bytes())
    made["files"].append(
        made["files"][0]
        | {"name": "x", "role": "map", "bytes": 3, "records": 9}
        | dict.fromkeys(("sha256", "content_sha256"), sha256(b"abc"))
    )
    (folder / "manifest.json").write_bytes(json_text(made))

    assert verified(folder).findings == ()

    (folder / "x").write_bytes(b"abd")
    assert kinds(verified(folder)) == [("x", "sha256")]


def test_too_many_records_out_of_place_are_not_told_one_by_one(folder, monkeypatch):
    """The memory is bounded; the hash tells anyway."""
    monkeypatch.setattr(matching, "MOST", 2)
    path = folder / "records.ndjson"
    path.write_bytes(b"".join(b'{"eventID":"%d"}\n' % number for number in range(9)))

    report = verified(folder)

    assert report.findings[-1].kind == "differs"
    assert report.findings[-1].message == (
        "more than 2 records are not those that the truth tells of"
    )
