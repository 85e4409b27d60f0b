"""Log files as a trail delivers them, held against their truth."""

from __future__ import annotations

import gzip
import tempfile
from pathlib import Path

import orjson
import pytest

from simulator.errors import RequestError
from simulator.primitives.jsontext import json_text
from simulator.verification.comparing import ComparedStore
from simulator.verification.places import place_of
from simulator.verification.verifying import Silence, _Check
from tests.unit.verification.runs import (
    LOGS,
    a_record,
    a_tree,
    edited,
    event_id,
    found,
    kinds,
    log_file,
    log_name,
    verified,
)

DIGEST = "AWSLogs/1/CloudTrail-Digest/eu-central-1/2025/01/12/1_digest.json.gz"


@pytest.fixture
def tree(tmp_path):
    """Return a tree of three log files: record 1 is delivered twice."""
    return a_tree(tmp_path)


def rewritten(tree, minute: int, numbers, **changes) -> str:
    """Put other records into a log file, and return its name."""
    name = log_name(minute)
    (tree / name).write_bytes(log_file([a_record(number, **changes) for number in numbers]))
    return name


def told(report) -> list:
    """Return what is found beside sizes, hashes, counts and times."""
    plain = {"size", "content", "count", "times"}
    return [one for one in found(report) if one[1] not in plain]


def test_a_tree_as_it_was_delivered_is_well(tree):
    """In no order, and some records twice: as planned."""
    report = verified(tree)

    assert report.findings == ()
    assert (report.files, report.records, report.output) == (5, 7, "cloudtrail")


def test_a_record_that_was_removed_is_told_with_its_file(tree):
    """The truth tells when it was to be delivered."""
    name = rewritten(tree, 10, (4, 1))

    assert found(verified(tree)) == [
        (name, "size", ()),
        (name, "content", ()),
        (name, "count", ()),
        (name, "missing", (event_id(3),)),
    ]


def test_a_second_delivery_that_does_not_come_is_told(tree):
    """The record is there, and not as often as it should be."""
    name = rewritten(tree, 10, (4, 3))

    report = verified(tree)

    assert (name, "missing", (event_id(1),)) in told(report)
    assert report.findings[-1].message == "1 record is delivered fewer times than the truth tells"


def test_a_record_too_many_is_told_with_its_file(tree):
    """Once more than planned, or not of this run at all."""
    name = rewritten(tree, 15, (6, 5, 2, 9))

    assert told(verified(tree)) == [
        (name, "extra", (event_id(9),)),
        (name, "repeated", (event_id(2),)),
    ]


def test_a_log_file_that_is_gone_misses_its_records(tree):
    """All of them, by eventID; the one that came twice is there less often."""
    name = log_name(5)
    (tree / name).unlink()

    report = verified(tree)

    assert found(report) == [
        (name, "gone", ()),
        (name, "missing", (event_id(0), event_id(2))),
        (name, "missing", (event_id(1),)),
    ]
    assert report.findings[0].message == "no such file (3 records)"


def test_what_may_be_in_either_of_two_files_is_told_of_neither(tree):
    """Both were changed and delivered at one time."""
    for minute in (5, 10):
        rewritten(tree, minute, ())
        index = list(LOGS).index(minute)
        edited(
            tree / "manifest.json", "files", str(index), "delivered_at", to="2025-01-12T09:05:00Z"
        )

    names = {file for file, kind, _ in told(verified(tree)) if kind == "missing"}

    assert "truth.ndjson" in names


def test_records_whose_eventids_agree_were_changed_otherwise(tree):
    """Which, --rerun tells."""
    name = rewritten(tree, 15, (6, 5), eventName="DeleteGroup")

    assert told(verified(tree)) == [(name, "alike", ())]


def test_a_digest_that_was_changed_is_told(tree):
    """Its records are nobody's."""
    (tree / DIGEST).write_bytes(gzip.compress(b"{}", mtime=0))

    assert kinds(verified(tree)) == [(DIGEST, "size"), (DIGEST, "content")]


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"Records":5}', b"nonsense"])
def test_what_is_no_log_file_is_told(tree, content):
    """All its records are missing."""
    name = log_name(15)
    (tree / name).write_bytes(gzip.compress(content, mtime=0))

    report = verified(tree)

    assert (name, "unreadable") in kinds(report)
    assert (name, "missing", (event_id(5), event_id(6))) in found(report)


def test_a_log_file_that_is_not_listed_is_told(tree):
    """Whatever is in it."""
    (tree / log_name(20)).write_bytes(log_file([a_record(0)]))

    assert kinds(verified(tree)) == [(log_name(20), "unlisted")]


def test_records_that_are_wrapped_otherwise_are_only_hashed(tmp_path):
    """Where their wrapping is not known; a note says so."""
    tree = a_tree(tmp_path, {5: (0, 1)})
    made = orjson.loads((tree / "manifest.json").read_bytes())
    name = "records.ndjson"
    data = b'{"wrapped":1}\n{"wrapped":2}\n'
    (tree / name).write_bytes(data)
    made["files"][0] |= {"name": name, "role": "records", "bytes": len(data)}
    (tree / "manifest.json").write_bytes(json_text(made | {"output": "something-new"}))

    report = verified(tree / "manifest.json")

    assert kinds(report) == [(name, "sha256")]
    assert report.notes == (
        "records of something-new are wrapped: their eventIDs were not compared",
    )


def test_a_kind_of_run_that_cannot_be_made_again_is_refused(tree):
    """What is asked for cannot be done."""
    edited(tree / "manifest.json", "output", to="something-new")

    with pytest.raises(
        RequestError, match=r"^--rerun: a run whose output is something-new cannot be made again$"
    ):
        verified(tree, rerun=True)


# ---- A tree made again ---------------------------------------------------------------------------


def compared(tree, put=None) -> ComparedStore:
    """Put a tree once more, as it was written, and return what was compared."""
    place = place_of(str(tree))
    manifest = place.manifest()
    check = _Check(place, manifest, Silence())
    check.read()
    store = ComparedStore(manifest, check.readings)
    for name, data in (contents(LOGS) | (put or {})).items():
        if data is not None:
            store.put(name, data)
    return store


def contents(logs) -> dict[str, bytes]:
    """Return what a run gives."""
    with tempfile.TemporaryDirectory() as folder:
        tree = a_tree(Path(folder), logs)
        return {
            path.relative_to(tree).as_posix(): path.read_bytes()
            for path in sorted(tree.rglob("*"))
            if path.is_file()
        }


def of(store: ComparedStore) -> list:
    """Return what a store found."""
    return [(one.file, one.kind, one.event_ids) for one in store.findings()]


def test_a_tree_that_is_the_same_has_no_findings(tree):
    """The manifest is kept for its reader."""
    store = compared(tree)

    assert of(store) == []
    assert orjson.loads(store.manifest)["output"] == "cloudtrail"
    assert store.packed == 0


def test_a_store_that_compares_keeps_nothing(tree):
    """Everything is put, whatever was put before."""
    store = compared(tree)

    assert list(store.held()) == []
    assert not store.holds(log_name(5), (tree / log_name(5)).read_bytes())
    store.remove(log_name(5))
    assert (tree / log_name(5)).is_file()


def test_records_of_a_log_file_are_told_apart(tree):
    """Changed, missing, extra, repeated: by eventID."""
    name = log_name(5)
    records = [a_record(0, eventName="DeleteGroup"), a_record(1), a_record(1), a_record(9)]
    (tree / name).write_bytes(log_file(records))

    assert of(compared(tree)) == [
        (name, "changed", (event_id(0),)),
        (name, "missing", (event_id(2),)),
        (name, "extra", (event_id(9),)),
        (name, "repeated", (event_id(1),)),
    ]


def test_records_in_another_order_are_told(tree):
    """The same, and not the same bytes."""
    name = rewritten(tree, 5, (2, 1, 0))

    assert of(compared(tree)) == [(name, "order", ())]


def test_a_file_compressed_otherwise_is_no_finding(tree):
    """Another library did it: the content counts."""
    store = compared(tree, {log_name(5): gzip.compress(_inside(tree, 5), 1, mtime=5)})

    assert of(store) == []
    assert store.packed == 1


def test_lines_of_the_truth_are_told_apart(tree):
    """As of any file of lines."""
    path = tree / "truth.ndjson"
    path.write_bytes(path.read_bytes().replace(b"CreateGroup", b"DeleteGroup", 1))

    assert of(compared(tree)) == [
        ("truth.ndjson", "differs", ()),
        ("truth.ndjson", "changed", (event_id(0),)),
    ]


def test_files_that_a_run_does_not_give_are_told(tree):
    """And those that it gives beside."""
    store = compared(tree, {log_name(5): None, "other.json.gz": b""})

    assert of(store) == [(log_name(5), "differs", ()), ("other.json.gz", "manifest", ())]


def test_a_file_that_is_as_the_manifest_says_may_still_differ(tree):
    """Manifest and file were changed together."""
    data = log_file([a_record(0), a_record(1), a_record(2, eventName="DeleteGroup")])
    store = compared(tree, {log_name(5): data})

    assert of(store) == [(log_name(5), "differs", ()), (log_name(5), "changed", (event_id(2),))]


def test_a_manifest_that_is_wrong_about_a_file_is_told(tree):
    """The file is what the run gives."""
    edited(tree / "manifest.json", "files", "0", "content_sha256", to="a" * 64)

    assert of(compared(tree)) == [(log_name(5), "manifest", ())]


def test_a_file_that_is_gone_was_told_already(tree):
    """There is nothing to compare."""
    (tree / log_name(5)).unlink()
    (tree / log_name(10)).write_bytes(gzip.compress(b"nonsense", mtime=0))

    assert of(compared(tree)) == []


def _inside(tree, minute: int) -> bytes:
    return gzip.decompress((tree / log_name(minute)).read_bytes())
