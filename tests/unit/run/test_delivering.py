"""Runs that are delivered as log files."""

from __future__ import annotations

import gzip
import hashlib
import json
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from functools import partial
from pathlib import Path

import orjson
import pytest

from simulator import load
from simulator.errors import OutputError
from simulator.run import delivering
from simulator.run.delivering import Handling, deliver_run
from simulator.run.destinations import Destination
from simulator.run.press import Cut
from simulator.run.request import Request
from simulator.scenario.library import parts_from
from simulator.sinks.folders import FolderStore
from simulator.sinks.formats import Format
from simulator.sinks.targets import UNFINISHED
from simulator.verification import Options, place_of, verify
from tests.digests import a_signer

# What is written does not depend on how it is signed; most tests need no signatures.
PLAIN = ("digests=none",)


def a_request(*trail, scenario="quickstart", events=600, **asked):
    """Return a request for a shipped scenario, with settings of its trail.

    Of a third of its records: every one of five hundred log files would be a file on a disk.
    """
    scene = load(scenario, trail=parts_from(trail or PLAIN))
    return Request(scene, format=Format.cloudtrail, events=events, **asked)


def a_folder(path, **how):
    """Return a folder to deliver to."""
    return Destination(FolderStore(path), str(path), folder=path, **how)


def delivered(path, request, *, signer=None, **handling):
    """Deliver a run to a folder, and return what is told of it."""
    return deliver_run(request, a_folder(path), signer=signer, handling=Handling(**handling))


def tree(path):
    """Return the sha256 of every file below a folder, by name."""
    return {
        str(file.relative_to(path)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(path.rglob("*"))
        if file.is_file()
    }


def records(path):
    """Return all records of a folder's log files, with where they are."""
    return [
        (file, record)
        for file in sorted(path.rglob("*_CloudTrail_*.json.gz"))
        for record in orjson.loads(gzip.decompress(file.read_bytes()))["Records"]
    ]


def manifest(path):
    """Return a folder's manifest."""
    return json.loads((path / "manifest.json").read_text())


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Return the tree of an undisturbed run."""
    path = tmp_path_factory.mktemp("whole")
    delivered(path / "out", a_request())
    return tree(path / "out")


@pytest.fixture(scope="module")
def slow(tmp_path_factory):
    """Return the tree of another."""
    path = tmp_path_factory.mktemp("slow")
    delivered(path / "out", a_request("digests=none", "lateness=slow"))
    return tree(path / "out")


def test_the_tree_is_that_of_an_organization_trail(tmp_path):
    """AWSLogs/ORG/ACCOUNT/CloudTrail/REGION/DATE/FILE, and the run's own files beside it."""
    told = delivered(tmp_path / "out", a_request())

    names = list(tree(tmp_path / "out"))
    scenario = load("quickstart")
    accounts = [
        one.id
        for one in (scenario.organization.management_account, *scenario.organization.accounts)
    ]
    logs = [name for name in names if name.startswith("AWSLogs/")]
    assert sorted(set(names) - set(logs)) == ["manifest.json", "truth.ndjson"]
    assert len(logs) == told.log_files > 1
    tops = [
        f"AWSLogs/{scenario.organization.id}/{account}/CloudTrail/us-east-1/2025/"
        for account in accounts
    ]
    # Users leave records in every account that they enter.
    assert all(any(name.startswith(top) for name in logs) for top in tops)
    assert all(name.startswith(tuple(tops)) for name in logs)


def test_each_record_is_in_its_recipient_s_files(tmp_path):
    """Both copies of a delegated administrator's call, each in its own account's."""
    delivered(tmp_path / "out", a_request("digests=none", "duplicates=0%"))

    shared = {}
    for file, record in records(tmp_path / "out"):
        account, _, region, *_ = file.name.split("_")
        assert (account, region) == (record["recipientAccountId"], record["awsRegion"])
        if "sharedEventID" in record:
            shared.setdefault(record["sharedEventID"], []).append(account)
    assert shared
    assert all(len(set(accounts)) == 2 for accounts in shared.values())


def test_every_record_is_where_the_truth_says(tmp_path):
    """Each eventID as often as it is delivered, in files of those instants."""
    delivered(tmp_path / "out", a_request("digests=none", "duplicates=30%"))

    lines = (tmp_path / "out/truth.ndjson").read_bytes().splitlines()
    truth = [orjson.loads(line) for line in lines]
    planned = Counter(
        (line["eventID"], at[:16].replace("-", "").replace(":", "") + "Z")
        for line in truth
        for at in line["delivered"]
    )
    found = Counter(
        (record["eventID"], file.name.split("_")[3]) for file, record in records(tmp_path / "out")
    )
    assert found == planned
    assert sum(planned.values()) > len(truth)


def test_the_manifest_lists_every_file(tmp_path):
    """With size, hashes, records and times."""
    told = delivered(tmp_path / "out", a_request("digests=none", "duplicates=30%"))

    made = manifest(tmp_path / "out")
    files = {entry["name"]: entry for entry in made["files"]}
    assert {name: entry["sha256"] for name, entry in files.items()} | {
        "manifest.json": tree(tmp_path / "out")["manifest.json"]
    } == tree(tmp_path / "out")
    logs = [entry for entry in files.values() if entry["role"] == "log"]
    assert sum(entry["records"] for entry in logs) == told.records > told.counts.records
    for entry in logs:
        data = (tmp_path / "out" / entry["name"]).read_bytes()
        inside = gzip.decompress(data)
        times = [record["eventTime"] for record in orjson.loads(inside)["Records"]]
        assert entry["bytes"] == len(data)
        assert entry["content_sha256"] == hashlib.sha256(inside).hexdigest()
        assert entry["records"] == len(times)
        assert (entry["first_event_time"], entry["last_event_time"]) == (min(times), max(times))
        assert entry["last_event_time"] <= entry["delivered_at"]


@pytest.mark.parametrize("how", [{"workers": 2}, {"engine": "stepwise"}])
def test_neither_workers_nor_engines_show(tmp_path, whole, how):
    """The same tree, to the last byte."""
    delivered(tmp_path / "out", a_request(**how))

    assert tree(tmp_path / "out") == whole


def test_windows_do_not_show_beside_digests(tmp_path, monkeypatch):
    """Digests of all accounts are written hour by hour or day by day: told of in one order."""
    request = a_request("digests=active", end=load("quickstart").window.start + 86_400_000)
    trees = []
    for at_once in (5, 1_000):
        monkeypatch.setattr(delivering, "Cut", partial(Cut, episodes_at_once=at_once))
        delivered(tmp_path / str(at_once), request, signer=a_signer())
        trees.append(tree(tmp_path / str(at_once)))

    assert trees[0] == trees[1]
    assert "digest-metadata.ndjson" in trees[0]


def test_a_clean_bucket_has_every_record_once_and_on_time(tmp_path):
    """`lateness: none` and no duplicates."""
    request = a_request("digests=none", "lateness=none", "duplicates=0%", "files.every=1m")

    told = delivered(tmp_path / "out", request)

    ids = [record["eventID"] for _, record in records(tmp_path / "out")]
    assert len(ids) == len(set(ids)) == told.records == told.counts.records
    for file, record in records(tmp_path / "out"):
        at = file.name.split("_")[3]
        assert at >= record["eventTime"][:16].replace("-", "").replace(":", "") + "Z"


def test_slices_of_deliveries_have_the_files_of_the_whole(tmp_path, whole):
    """Bounds are about delivery, so that two days side by side are both days."""
    noon = load("quickstart").window.start + 12 * 3_600_000
    delivered(tmp_path / "before", a_request(end=noon))
    delivered(tmp_path / "after", a_request(start=noon))

    def logs(files):
        return {key: text for key, text in files.items() if "AWSLogs" in key}

    before, after = (logs(tree(tmp_path / name)) for name in ("before", "after"))
    assert before
    assert after
    assert before | after == logs(whole)
    assert not before.keys() & after.keys()
    assert manifest(tmp_path / "before")["records"] == len(
        {record["eventID"] for _, record in records(tmp_path / "before")}
    )


def test_a_run_without_records_has_no_log_files(tmp_path):
    """And is whole all the same."""
    path = tmp_path / "none.yaml"
    path.write_text("scenario: none\nwindow: {start: 2025-01-10, days: 1}\n")

    told = delivered(tmp_path / "out", a_request(scenario=str(path), events=None))

    assert (told.log_files, told.records) == (0, 0)
    assert list(tree(tmp_path / "out")) == ["manifest.json", "truth.ndjson"]


def test_a_trail_of_another_region_has_nothing(tmp_path):
    """A single-Region trail records its home alone, and the truth says so."""
    request = a_request("digests=none", "multi_region=false", "home_region=eu-west-1")

    told = delivered(tmp_path / "out", request)

    assert (told.log_files, told.counts.records) == (0, 0)
    assert (tmp_path / "out/truth.ndjson").read_bytes() == b""


def test_a_trail_of_one_account_has_no_organization_in_its_keys(tmp_path):
    """The account's id comes right after AWSLogs/."""
    delivered(tmp_path / "out", a_request("digests=none", "kind=account", "prefix=a/b"))

    account = load("quickstart").organization.management_account.id
    assert (tmp_path / "out/a/b/AWSLogs" / account / "CloudTrail").is_dir()


class Broken(FolderStore):
    """A folder that refuses an object."""

    def __init__(self, root, nth, error):
        super().__init__(root)
        self.left, self.error = nth, error

    def put(self, key, data, metadata=None):
        """Refuse the nth object and all after it."""
        self.left -= 1
        if self.left < 0:
            raise self.error
        super().put(key, data, metadata or {})


@pytest.mark.parametrize("nth", [0, 1, 2, 17])
@pytest.mark.parametrize("error", [OutputError("no space"), KeyboardInterrupt()])
def test_a_run_that_is_broken_off_can_be_finished(tmp_path, whole, nth, error):
    """Nothing is half written, and resuming gives the bytes of an undisturbed run."""
    out = tmp_path / "out"
    broken = replace(a_folder(out), store=Broken(out, nth, error))

    with pytest.raises(type(error)):
        deliver_run(a_request(), broken, signer=None)
    there = tree(out) if out.exists() else {}

    assert "manifest.json" not in there
    assert not [name for name in there if name.endswith(".partial")]
    assert all(whole[name] == text for name, text in there.items() if name != UNFINISHED)
    told = delivered(out, a_request(), resume=True)
    assert tree(out) == whole
    assert told.kept == len(there.keys() - {UNFINISHED})


def test_resuming_mends_what_was_damaged(tmp_path, whole):
    """What is there with other bytes is written again."""
    delivered(tmp_path / "out", a_request())
    victim = next((tmp_path / "out").rglob("*_CloudTrail_*"))
    victim.write_bytes(b"x" * victim.stat().st_size)
    next(reversed([*(tmp_path / "out").rglob("*_CloudTrail_*")])).unlink()

    delivered(tmp_path / "out", a_request(), resume=True)

    assert tree(tmp_path / "out") == whole


def test_another_run_is_not_resumed(tmp_path):
    """It would leave a mixture."""
    delivered(tmp_path / "out", a_request())
    before = tree(tmp_path / "out")

    with pytest.raises(OutputError, match=r"holds another run \(its scenario differ"):
        delivered(tmp_path / "out", a_request("digests=none", "lateness=slow"), resume=True)
    with pytest.raises(OutputError, match=r"holds another run \(its events differ"):
        delivered(tmp_path / "out", a_request(events=5_000), resume=True)
    assert tree(tmp_path / "out") == before


def test_a_folder_that_holds_something_is_refused(tmp_path):
    """A whole run, an unfinished one, or anything else: each with what to do."""
    delivered(tmp_path / "whole", a_request())
    (tmp_path / "other").mkdir()
    (tmp_path / "other/notes.txt").write_text("mine")
    out = tmp_path / "unfinished"
    broken = replace(a_folder(out), store=Broken(out, 3, OutputError("no space")))
    with pytest.raises(OutputError, match="no space"):
        deliver_run(a_request(), broken, signer=None)

    for name, said in (
        ("whole", "holds a whole run: choose another place with -o, or say --force"),
        ("other", "is not empty: choose another place with -o, or say --force"),
        ("unfinished", "holds an unfinished run, which --resume finishes"),
    ):
        with pytest.raises(OutputError, match=said):
            delivered(tmp_path / name, a_request())


def test_a_truth_elsewhere_is_verified_and_not_overwritten(tmp_path):
    """Labels need not lie beside the log files."""
    truth = tmp_path / "labels.ndjson"
    to = a_folder(tmp_path / "out", truth=truth)
    deliver_run(a_request(), to, signer=None)

    assert "truth.ndjson" not in tree(tmp_path / "out")
    report = verify(place_of(str(tmp_path / "out")), options=Options(rerun=True))
    assert report.findings == ()
    again = a_folder(tmp_path / "again", truth=truth)
    with pytest.raises(OutputError, match="exists: choose another with --truth, or say --force"):
        deliver_run(a_request(), again, signer=None)
    assert not (tmp_path / "again").exists()


def test_an_earlier_run_is_replaced_by_force(tmp_path, slow):
    """What it wrote goes, and nothing else."""
    delivered(tmp_path / "out", a_request())
    (tmp_path / "out/notes.txt").write_text("mine")

    delivered(tmp_path / "out", a_request("digests=none", "lateness=slow"), force=True)

    assert (tmp_path / "out/notes.txt").read_text() == "mine"
    (tmp_path / "out/notes.txt").unlink()
    assert tree(tmp_path / "out") == slow


def test_an_unfinished_run_is_replaced_by_force_where_it_was_alone(tmp_path, slow):
    """Among other things nobody can tell what it wrote."""
    for name in ("alone", "among"):
        out = tmp_path / name
        if name == "among":
            out.mkdir()
            (out / "notes.txt").write_text("mine")
        store = Broken(out, 5, OutputError("no space"))
        to = replace(a_folder(out), store=store)
        with pytest.raises(OutputError, match="no space"):
            deliver_run(a_request(), to, signer=None, handling=Handling(force=True))

    delivered(tmp_path / "alone", a_request("digests=none", "lateness=slow"), force=True)

    assert tree(tmp_path / "alone") == slow
    with pytest.raises(OutputError, match="an unfinished run among other things"):
        delivered(tmp_path / "among", a_request("digests=none", "lateness=slow"), force=True)
    assert (tmp_path / "among/notes.txt").read_text() == "mine"


KILLED = """\
import os, signal, sys
from pathlib import Path
from simulator.run.delivering import Handling, deliver_run
from tests.unit.run.test_delivering import a_folder, a_request
from simulator.sinks import files, folders

count = 0
def killed(frame, event, argument):
    global count
    if event == "call" and frame.f_code.co_filename in {files.__file__, folders.__file__}:
        count += 1
        if count == int(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)
import threading
threading.setprofile(killed)
sys.setprofile(killed)
deliver_run(a_request(), a_folder(Path(sys.argv[1])), signer=None, handling=Handling(resume=True))
"""
"""Dies before the nth call of what writes files, wherever that is."""


def killed_before(nth, out):
    """Deliver a run in a process that dies, and return how it ended."""
    command = [sys.executable, "-c", KILLED, str(out), str(nth)]
    return subprocess.run(command, check=False, cwd=Path.cwd()).returncode  # noqa: S603  # our own


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL")
@pytest.mark.parametrize("nth", [40, 999])
def test_a_run_that_is_killed_can_be_finished(tmp_path, whole, nth):
    """Kill -9 leaves no torn file under a final name, and resuming gives the same bytes."""
    out = tmp_path / "out"

    status = killed_before(nth, out)

    assert status == -signal.SIGKILL
    for name, text in tree(out).items() if out.exists() else ():
        assert name.endswith((".partial", UNFINISHED)) or whole[name] == text
    delivered(out, a_request(), resume=True)
    assert tree(out) == whole
