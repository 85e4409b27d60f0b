"""Where the truth is found, and what is said when it cannot be read."""

from __future__ import annotations

import gzip
import hashlib

import orjson
import pytest

from simulator.errors import InputError
from simulator.scoring import score
from simulator.scoring.truths import truth_files
from tests.unit.scoring.stories import STORY, a_line, lines_of, score_of
from tests.unit.verification.runs import a_run

TRUTH = lines_of(STORY)


def refusal(folder, truth: bytes, name: str = "truth.ndjson") -> list[str]:
    """Return what is said of a truth that cannot be read."""
    (folder / name).write_bytes(truth)
    (folder / "alerts.csv").write_bytes(b"eventID\na2\n")
    with pytest.raises(InputError) as refused:
        score(str(folder / name), str(folder / "alerts.csv"))
    return str(refused.value).replace(f"{folder}/", "").splitlines()


@pytest.mark.parametrize("name", ["", "manifest.json", "truth.ndjson"])
def test_a_run_has_its_truth(tmp_path, name):
    """Its folder, its manifest, or the truth itself."""
    a_run(f"{tmp_path}/d/")
    path = tmp_path / "d" / "truth.ndjson"
    first = orjson.loads(path.read_bytes().splitlines()[0])["eventID"]
    (tmp_path / "alerts.csv").write_text(f"eventID\n{first}\n")

    found = score(f"{tmp_path}/d/{name}", f"{tmp_path}/alerts.csv")

    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    assert (found.truth, found.records, found.notes) == (((str(path), sha256),), 5, ())
    assert (found.unknown_ids, found.total.false_alarms["everyday"]) == ((), 1)


def test_several_files_of_a_truth_are_read_as_one(tmp_path):
    """A manifest may name more than one."""
    a_run(f"{tmp_path}/d/")
    path = tmp_path / "d" / "manifest.json"
    manifest = orjson.loads(path.read_bytes())
    (own,) = [one for one in manifest["files"] if one["role"] == "truth"]
    (tmp_path / "d" / "more.ndjson").write_bytes(TRUTH)
    manifest["files"].append({**own, "name": "more.ndjson"})
    path.write_bytes(orjson.dumps(manifest))
    (tmp_path / "alerts.csv").write_text("eventID\na2\n")

    found = score(f"{tmp_path}/d", f"{tmp_path}/alerts.csv")

    assert [name for name, _ in found.truth] == [
        f"{tmp_path}/d/truth.ndjson",
        f"{tmp_path}/d/more.ndjson",
    ]
    assert (found.records, found.total.marks.true_positives) == (17, 1)
    assert found.notes == (
        f"{tmp_path}/d/more.ndjson is not what its manifest says: see `trailwright verify`",
    )


def test_a_compressed_truth_is_read(tmp_path):
    """By its name."""
    (tmp_path / "truth.ndjson.gz").write_bytes(gzip.compress(TRUTH))
    (tmp_path / "alerts.csv").write_bytes(b"eventID\na2\n")

    found = score(f"{tmp_path}/truth.ndjson.gz", f"{tmp_path}/alerts.csv")

    assert found.truth == ((f"{tmp_path}/truth.ndjson.gz", hashlib.sha256(TRUTH).hexdigest()),)
    assert found.total.marks.true_positives == 1


def test_the_order_of_lines_changes_nothing(tmp_path):
    """Truths may have been merged."""
    alerts = [{"eventIDs": ["a3"], "time": "2025-01-13T09:07:00Z"}]

    told = [
        {
            (one.playing.first_event_id, one.playing.steps, one.era, one.delay)
            for one in score_of(tmp_path, alerts, truth).detections
        }
        for truth in (STORY, reversed(STORY))
    ]

    assert (
        told[0]
        == told[1]
        == {
            ("a2", ("start", "fetch"), "pre-january-2025", 360.0),
            ("b1", ("push",), "post-january-2025", None),
        }
    )


def test_a_run_without_truth_is_told(tmp_path):
    """Its manifest names none."""
    a_run(f"{tmp_path}/d/")
    path = tmp_path / "d" / "manifest.json"
    manifest = orjson.loads(path.read_bytes())
    manifest["files"] = [one for one in manifest["files"] if one["role"] != "truth"]
    path.write_bytes(orjson.dumps(manifest))

    with pytest.raises(InputError, match="names no truth: write the run with --truth"):
        truth_files(f"{tmp_path}/d")


def test_a_path_to_nothing_is_told(tmp_path):
    """Of the truth and of alerts."""
    with pytest.raises(InputError, match=r"none: no such file or folder"):
        score(f"{tmp_path}/none", "alerts.csv")
    (tmp_path / "truth.ndjson").touch()
    with pytest.raises(InputError, match=r"cannot read .*none.csv: No such file or directory"):
        score(f"{tmp_path}/truth.ndjson", f"{tmp_path}/none.csv")


def test_every_line_that_is_none_of_the_truth_is_told(tmp_path):
    """With its number; blank lines are left alone."""
    wrong = {**a_line("x", "09:00:00"), "label": "evil"}
    truth = b"\n" + lines_of([wrong, {"eventID": "x"}]) + b"{\n[]\n"

    told = refusal(tmp_path, truth)

    assert told[0] == "the truth cannot be read, 4 findings:"
    assert told[1] == "truth.ndjson:2 label: expected benign, suspicious or malicious"
    assert told[2] == "truth.ndjson:3: no line of the truth: expected trailwright-truth/1"
    assert told[3].startswith("truth.ndjson:4: not JSON: ")
    assert told[4] == "truth.ndjson:5: no line of the truth: expected trailwright-truth/1"


def test_records_in_place_of_the_truth_are_told_soon(tmp_path):
    """Reading stops after twenty findings."""
    told = refusal(tmp_path, b'{"eventVersion":"1.08"}\n' * 1000)

    assert told[0] == "the truth cannot be read, the first 20 findings:"
    assert len(told) == 21


def test_damaged_compression_of_the_truth_is_told(tmp_path):
    """The end is missing."""
    told = refusal(tmp_path, gzip.compress(TRUTH)[:-9], "truth.ndjson.gz")

    assert told == ["truth.ndjson.gz: the gzip data ends early"]


def test_users_of_an_odd_shape_are_nobody(tmp_path):
    """Whatever stands there."""
    truth = [{**a_line("x", "09:00:00"), "user": odd} for odd in ("ana", ["ana"], {"id": []})]
    window = {"user": "ana", "start": "2025-01-13", "end": "2025-01-14"}

    assert score_of(tmp_path, [window], truth).unknown_users == ("ana",)
