"""A dataset: every record once in each table, the same bytes each time, all files or none."""

from __future__ import annotations

import csv
import errno
import hashlib
import io
import os
import re
from fractions import Fraction

import orjson
import pytest

from simulator.datasets.balance import events_for
from simulator.datasets.columns import Type, nested
from simulator.datasets.splits import WAYS
from simulator.datasets.staging import site
from simulator.errors import OutputError, RequestError
from simulator.plan.compiler import compile_scenario
from simulator.run.batches import generate
from tests.unit.datasets.scenes import ODD, STOLEN, asked_for, contents

pa = pytest.importorskip("pyarrow", reason="the extra: dataset")
pq = pytest.importorskip("pyarrow.parquet")
writing = pytest.importorskip("simulator.datasets.writing")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return the folder of a dataset with records' own text."""
    folder = tmp_path_factory.mktemp("datasets") / "stolen"
    writing.write_dataset(asked_for(has_record=True), folder)
    return folder


def rows(path, **options):
    """Return a table's rows as Python's objects."""
    return pq.read_table(path, **options).to_pylist()


def generated(text=STOLEN):
    """Return the records of a scenario in order, as a run has them."""
    plan, _ = compile_scenario(asked_for(text).request.scenario)
    return [orjson.loads(line) for batch in generate(plan) for line in batch.lines]


def as_table(value, listed):
    """Return a record as a table shows it: null where there is nothing, JSON where it is text."""
    made = {}
    for column in listed:
        inner = value.get(column.name) if value is not None else None
        if column.type is Type.json and inner is not None:
            inner = orjson.dumps(inner).decode()
        elif isinstance(column.type, tuple) and inner is not None:
            inner = (
                [as_table(item, column.type) for item in inner]
                if column.is_list
                else as_table(inner, column.type)
            )
        made[column.name] = inner
    return made


def with_text(value):
    """Return a row with its instants as records have them."""
    if isinstance(value, dict):
        return {name: with_text(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [with_text(inner) for inner in value]
    return f"{value:%Y-%m-%dT%H:%M:%SZ}" if hasattr(value, "tzinfo") else value


def test_records_have_all_that_was_written(made):
    """Each record, once, every member in its column, and its own text beside it."""
    read = rows(made / "records")
    written = {record["eventID"]: record for record in generated()}

    assert len(read) == len(written)
    for row in read:
        original = written[row["eventID"]]
        assert orjson.loads(row.pop("record")) == original
        del row["era"], row["date"]
        assert with_text(row) == as_table(original, nested())


def test_a_member_that_is_left_out_is_missed(made):
    """The control: without a member of one record the comparison fails."""
    (row, *_) = rows(made / "records")
    record = orjson.loads(row["record"])
    del record["userAgent"]

    assert with_text(row)["userAgent"] != as_table(record, nested())["userAgent"]


def test_partitions_are_by_era_and_day(made):
    """Of eventTime, in UTC, so that a reader skips what it is not asked for."""
    names = [name for name in contents(made) if name.startswith("records/")]

    assert "records/era=pre-january-2025/date=2025-01-12/part-0.parquet" in names
    assert "records/era=post-january-2025/date=2025-01-13/part-0.parquet" in names
    for name in names:
        day = re.search(r"date=([0-9-]+)/", name)[1]
        assert {str(row["eventTime"])[:10] for row in rows(made / name, partitioning=None)} == {day}


def test_flat_has_the_same_records_in_plain_columns(made):
    """Values outside lists, instants as such, and what is picked from payloads."""
    flat = {row["eventID"]: row for row in rows(made / "flat")}

    for record in generated():
        row = flat.pop(record["eventID"])
        assert f"{row['eventTime']:%Y-%m-%dT%H:%M:%SZ}" == record["eventTime"]
        assert row["userIdentity_type"] == record["userIdentity"]["type"]
        assert row["additionalEventData_AuthWorkflowID"] == (
            record.get("additionalEventData") or {}
        ).get("AuthWorkflowID")
        user = ((record["requestParameters"] or {}).get("user") or {}).get("userId")
        assert row["requestParameters_user_userId"] == user
    assert not flat


def test_instants_are_milliseconds_in_utc(made):
    """In every table that has any."""
    for name in ("flat", "labels.parquet", "sessions.parquet", "resolver.parquet"):
        schema = pq.read_table(made / name).schema
        of_time = [field.type for field in schema if pa.types.is_timestamp(field.type)]
        assert of_time
        assert set(of_time) == {pa.timestamp("ms", tz="UTC")}


def test_labels_are_the_truth_in_three_forms(made):
    """Parquet, CSV and JSON lines say the same of every record."""
    labels = rows(made / "labels.parquet")
    lines = [orjson.loads(line) for line in (made / "labels.ndjson").read_bytes().splitlines()]
    table = list(csv.DictReader(io.StringIO((made / "labels.csv").read_text())))

    assert [with_text(row) for row in labels] == lines
    assert [row["eventID"] for row in table] == [row["eventID"] for row in labels]
    assert {row["override"] for row in table} == {"false"}
    assert [row["eventID"] for row in labels] == [one["eventID"] for one in generated()]
    assert {row["label"] for row in labels} == {"benign", "suspicious", "malicious"}


def test_sessions_are_the_episodes(made):
    """One each, with as many records as it has, and the worst of their labels."""
    labels = rows(made / "labels.parquet")
    sessions = {row["episode"]: row for row in rows(made / "sessions.parquet")}

    assert len(sessions) == pq.read_table(made / "sessions.parquet").num_rows
    assert {row["episode"] for row in labels} == sessions.keys()
    assert sum(row["records"] for row in sessions.values()) == len(labels)
    assert {row["action"] for row in sessions.values() if row["label"] == "malicious"} == {
        "sign-in",
        "browse-portal",
    }
    for row in sessions.values():
        own = [label["eventTime"] for label in labels if label["episode"] == row["episode"]]
        assert (row["start"], row["end"]) == (min(own), max(own))


def test_users_are_those_of_the_labels(made):
    """Each once, with its counts."""
    labels = rows(made / "labels.parquet")
    users = {row["user_name"]: row for row in rows(made / "users.parquet")}

    assert users.keys() == {row["user_name"] for row in labels if row["user_name"]}
    own = [row for row in labels if row["user_name"] == "ana.lopez"]
    assert users["ana.lopez"]["records"] == len(own)
    assert users["ana.lopez"]["malicious"] == sum(row["label"] == "malicious" for row in own)


def test_the_resolver_finds_whose_a_handle_is(made):
    """Each workflow of a sign-in leads to the user whom the truth names, before and after."""
    labels = {row["eventID"]: row for row in rows(made / "labels.parquet")}
    resolver = {
        row["value"]: row
        for row in rows(made / "resolver.parquet")
        if row["handle"] == "auth-workflow-id"
    }
    workflows = {
        row["additionalEventData_AuthWorkflowID"]: labels[row["eventID"]]["user_id"]
        for row in rows(made / "flat")
        if row["additionalEventData_AuthWorkflowID"] and labels[row["eventID"]]["user_id"]
    }

    assert {value: row["user_id"] for value, row in resolver.items()} == workflows
    names = {row["handle"] for row in rows(made / "resolver.parquet")}
    assert {"user-name-as-typed", "credential-id", "auth-workflow-id"} <= names


def test_an_episode_is_not_cut(made):
    """The stolen sign-in goes on past midnight, and belongs where it begins."""
    for way in ("split_time", "split_play"):
        parts: dict[str, set[str]] = {}
        for row in rows(made / "labels.parquet"):
            parts.setdefault(row["episode"], set()).add(row[way])
        assert {len(found) for found in parts.values()} == {1}


def test_flat_files_are_the_splits_by_time(made):
    """So that a reader that loads a split loads its files."""
    where = {row["eventID"]: row["split_time"] for row in rows(made / "labels.parquet")}

    for path in (made / "flat").iterdir():
        (split,) = {where[row["eventID"]] for row in rows(path)}
        assert path.name == f"{split}-0.parquet"


def test_the_manifest_has_the_sha256_of_every_file(made):
    """And their rows, the scenario and the counts."""
    manifest = orjson.loads((made / "manifest.json").read_bytes())
    files = contents(made)
    del files["manifest.json"]

    assert manifest["format"] == "trailwright-dataset/1"
    assert {one["name"]: one["sha256"] for one in manifest["files"]} == {
        name: hashlib.sha256(data).hexdigest() for name, data in files.items()
    }
    assert manifest["records"] == len(generated())
    assert sum(manifest["labels"].values()) == manifest["records"]
    assert "scenario: stolen" in manifest["scenario"]["resolved"]


def test_the_card_tells_what_is_there(made):
    """How it was made, its counts, every column, its limits and its licence."""
    card = (made / "README.md").read_text()
    labels = rows(made / "labels.parquet")

    assert f"{len(labels):,} synthetic AWS CloudTrail records" in card
    assert "trailwright dataset scene.yaml -o DIR" in card
    assert f"| malicious | {sum(row['label'] == 'malicious' for row in labels)} |" in card
    for name in ("userIdentity.onBehalfOf.userId", "resources[].ARN", *WAYS):
        assert f"| `{name}` |" in card
    assert "CC0-1.0" in card


@pytest.mark.parametrize("workers", [1, 2])
def test_the_bytes_are_the_same_each_time(made, tmp_path, workers):
    """However many processes render."""
    asked = asked_for(has_record=True, workers=workers)

    writing.write_dataset(asked, tmp_path / "again")

    assert contents(tmp_path / "again") == contents(made)


def test_another_seed_gives_other_bytes(made, tmp_path):
    """The control of the one above."""
    other = STOLEN.replace("scenario: stolen", "scenario: stolen\nseed: 8")

    writing.write_dataset(asked_for(other, has_record=True), tmp_path / "other")

    assert (
        contents(tmp_path / "other")["flat/train-0.parquet"]
        != (contents(made)["flat/train-0.parquet"])
    )


def test_windows_show_nowhere(made, tmp_path, monkeypatch):
    """Tables are the same however few episodes come at a time."""
    monkeypatch.setattr(writing, "EPISODES_AT_ONCE", 7)

    writing.write_dataset(asked_for(has_record=True), tmp_path / "few")

    assert contents(tmp_path / "few") == contents(made)


def test_files_of_flat_have_so_many_rows_at_most(tmp_path, monkeypatch):
    """The next part begins where one is full."""
    monkeypatch.setattr("simulator.datasets.tables.PART", 100)

    writing.write_dataset(asked_for(), tmp_path / "parts")

    counts = [
        pq.read_metadata(path).num_rows
        for path in sorted((tmp_path / "parts/flat").glob("train-*"))
    ]
    assert len(counts) > 2
    assert sorted(counts)[1:] == [100] * (len(counts) - 1)


def test_a_record_that_no_shape_has_is_there_all_the_same(tmp_path):
    """What an override did to it is null, or left out, and is in its own text."""
    writing.write_dataset(asked_for(ODD, has_record=True), tmp_path / "odd")

    (label,) = [row for row in rows(tmp_path / "odd/labels.parquet") if row["override"]]
    (row,) = [
        row for row in rows(tmp_path / "odd/records") if orjson.loads(row["record"]).get("extra")
    ]
    assert (label["eventID"], label["eventTime"]) == ("odd", None)
    assert (row["eventID"], row["eventTime"], row["userIdentity"]["type"]) == ("odd", None, None)
    assert str(row["date"]) in {"2025-01-12", "2025-01-13"}


def test_forms_of_labels_that_are_not_asked_for_are_not_written(tmp_path):
    """And the card's front matter names what there is."""
    writing.write_dataset(asked_for(forms=("csv",)), tmp_path / "few")

    names = contents(tmp_path / "few")
    assert [name for name in names if name.startswith("labels")] == ["labels.csv"]
    assert b"data_files: labels.csv" in names["README.md"]


def test_a_run_without_records_is_a_dataset(tmp_path):
    """With tables of no rows, and no folders that nothing is in."""
    text = STOLEN.partition("storyline:")[0]

    writing.write_dataset(asked_for(text, events=0), tmp_path / "none")

    names = contents(tmp_path / "none")
    assert not [name for name in names if "/" in name]
    assert rows(tmp_path / "none/labels.parquet") == []
    assert b"config_name: flat" not in names["README.md"]


def test_a_share_that_is_not_met_is_refused():
    """A dataset that is not what was asked for is none."""
    asked = asked_for(malicious="1%", events=700)

    writing._refuse_other_share(asked, 700)
    with pytest.raises(RequestError, match=r"--malicious 1% needs 700 records, .* gives 699: give"):
        writing._refuse_other_share(asked, 699)


def test_a_share_that_is_asked_for_is_met(tmp_path):
    """One in fifty records is malicious, and the card says so."""
    asked = asked_for()
    events = events_for(asked.request.scenario, Fraction(1, 50))

    made = writing.write_dataset(asked_for(malicious="2%", events=events), tmp_path / "share")

    assert (made.tally.share("malicious"), made.counts.records) == (0.02, events)
    assert (
        "2% malicious was asked for, and 2.0000% is." in (tmp_path / "share/README.md").read_text()
    )


def test_what_is_there_is_refused(made, tmp_path):
    """Unless it may be replaced; then nothing older stays."""
    folder = tmp_path / "taken"
    writing.write_dataset(
        asked_for(STOLEN.replace("2025-01-10, days: 6", "2025-01-08, days: 8")), folder
    )

    with pytest.raises(OutputError, match="is not empty: choose another with -o, or say --force"):
        writing.write_dataset(asked_for(), folder)
    writing.write_dataset(asked_for(has_record=True), folder, force=True)

    assert contents(folder) == contents(made)


def test_files_of_others_are_never_removed(tmp_path):
    """A stray file where all is read as one is refused; one beside the tables stays."""
    writing.write_dataset(asked_for(), tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    stray = tmp_path / "flat" / "mine.parquet"
    stray.write_text("mine")

    with pytest.raises(OutputError, match=r"flat/mine\.parquet is no file of the dataset"):
        writing.write_dataset(asked_for(), tmp_path, force=True)
    stray.unlink()
    writing.write_dataset(asked_for(), tmp_path, force=True)

    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_manifest_leads_to_no_file_outside(tmp_path):
    """What a dataset that is there names above it is not removed."""
    outside = tmp_path / "mine"
    outside.write_text("mine")
    folder = tmp_path / "there"
    folder.mkdir()
    names = ["../mine", str(outside)]
    (folder / "manifest.json").write_bytes(
        orjson.dumps(
            {"format": "trailwright-dataset/1", "files": [{"name": name} for name in names]}
        )
    )

    writing.write_dataset(asked_for(), folder, force=True)

    assert outside.read_text() == "mine"


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, OutputError("no space")])
def test_what_is_broken_off_leaves_nothing(tmp_path, error):
    """On an error, on Ctrl-C and when told to terminate."""

    class Breaking:
        def planned(self, episodes):
            del episodes

        def written(self, records, episodes):
            del records, episodes
            raise error

    with pytest.raises(type(error) if isinstance(error, Exception) else error):
        writing.write_dataset(asked_for(), tmp_path / "broken", observer=Breaking())

    assert list(tmp_path.iterdir()) == []


def test_two_runs_cannot_write_to_one_folder(tmp_path):
    """The second is refused, and the first not disturbed."""
    with site(tmp_path / "one", force=False) as first:
        with pytest.raises(OutputError, match="another run is writing it"):
            writing.write_dataset(asked_for(), tmp_path / "one")

        assert first.work.is_dir()


def test_what_a_killed_run_left_is_taken_over(made, tmp_path):
    """It does not count as something that is there."""
    left = tmp_path / "killed" / ".dataset.partial" / "flat"
    left.mkdir(parents=True)
    (left / "train-9.parquet").write_text("half")

    writing.write_dataset(asked_for(has_record=True), tmp_path / "killed")

    assert contents(tmp_path / "killed") == contents(made)


def test_a_disk_that_is_full_at_the_end_leaves_nothing(tmp_path, monkeypatch):
    """Also when all tables are there and the card has no room."""

    def full(_path, _text, **_how):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("pathlib.Path.write_text", full)

    with pytest.raises(OutputError, match=r"README\.md.*No space left"):
        writing.write_dataset(asked_for(), tmp_path / "made")
    assert not list(tmp_path.rglob("*.parquet"))
