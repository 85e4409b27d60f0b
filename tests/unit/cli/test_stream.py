"""`trailwright stream` and `trailwright listen`; what they do is tested with their rooms."""

from __future__ import annotations

from pathlib import Path

import jsonschema_rs
import orjson
import pytest

from simulator.standins.faults import FAULTS, Faults
from simulator.standins.keeping import Kept
from simulator.standins.table import STANDINS
from simulator.streaming.addresses import SINKS, options_of
from tests.unit.cli.program import TINY

SCHEMAS = Path(__file__).parents[3] / "docs" / "schemas"
FAST = ("--workers", "0", "--rate", "1000/s")


@pytest.fixture
def here(tmp_path):
    """Return a folder with a scenario of two records."""
    (tmp_path / "tiny.yaml").write_text(TINY)
    return tmp_path


def test_a_stream_arrives_and_is_reconciled(run, here):
    """With files beside it, and a word on what to do next."""
    ended = run("stream", "tiny.yaml", "--to", "file:got.ndjson", *FAST, cwd=here)

    assert ended.status == 0, ended.err
    assert "written  " in ended.err
    assert "trailwright reconcile output/tiny-stream RECEIVED" in ended.err
    again = run("reconcile", "output/tiny-stream", "got.ndjson", cwd=here)
    assert again.status == 0, again.out + again.err
    assert "Contents were compared with the stream, made again" in again.out


def test_a_stream_with_the_times_of_day_is_reconciled(run, here):
    """Its records are made again with the times that they had."""
    sent = run("stream", "tiny.yaml", "--to", "file:got.ndjson", *FAST, "--now", cwd=here)
    found = run("reconcile", "output/tiny-stream", "got.ndjson", cwd=here)

    assert (sent.status, found.status) == (0, 0), sent.err + found.out
    manifest = orjson.loads((here / "output/tiny-stream/manifest.json").read_bytes())
    kept = (here / "got.ndjson").read_bytes()
    times = [orjson.loads(line)["eventTime"] for line in kept.splitlines()]
    assert manifest["eras"] == {"post-january-2025": 2}
    assert all(time >= manifest["stream"]["begins"][:19] for time in times)
    (here / "got.ndjson").write_bytes(kept.replace(b"CreateGroup", b"CreateGroop", 1))
    assert run("reconcile", "output/tiny-stream", "got.ndjson", cwd=here).status == 1


def test_a_reconciliation_is_what_its_schema_says(run, here):
    """With everything that can be found."""
    sent = run("stream", "tiny.yaml", "--to", "file:got.ndjson", *FAST, cwd=here)
    created, _ = (here / "got.ndjson").read_bytes().splitlines()
    altered = created.replace(b"CreateGroup", b"CreateGroop")
    strange = created.replace(orjson.loads(created)["eventID"].encode(), b"0" * 36)
    (here / "got.ndjson").write_bytes(b"\n".join([altered, altered, strange, b"{", b""]))
    ended = run("reconcile", "output/tiny-stream", "got.ndjson", "--json", cwd=here)
    report = orjson.loads(ended.out)
    schema = orjson.loads((SCHEMAS / "reconcile.schema.json").read_bytes())

    assert (sent.status, ended.status) == (0, 1)
    jsonschema_rs.meta.validate(schema)
    jsonschema_rs.validator_for(schema).validate(report)
    found = ("missing", "repeated", "altered", "unexpected")
    assert [report["counts"][name] for name in found] == [1, 1, 2, 1]
    assert report["exports"]["unread"] == 1


def test_the_report_is_json_where_that_is_asked(run, here):
    """On standard output, and nothing else there."""
    ended = run("stream", "tiny.yaml", "--to", "file:got.ndjson", *FAST, "--json", cwd=here)

    report = orjson.loads(ended.out)
    assert report["settled"] == 2
    assert report == orjson.loads((here / "output/tiny-stream/report.json").read_bytes())


def test_records_can_go_to_standard_output(run, here):
    """And reports elsewhere."""
    ended = run("stream", "tiny.yaml", "--to", "-", *FAST, "-q", cwd=here)

    assert ended.status == 0
    assert [orjson.loads(line)["eventName"] for line in ended.out.splitlines()] == [
        "CreateGroup",
        "DeleteGroup",
    ]
    assert not ended.err


def test_falling_short_is_status_1(run, here):
    """And is said though quiet."""
    ended = run(
        "stream", "tiny.yaml", "--to", "file:x", *FAST, "--for", "1m", "--events", "2", "-q",
        cwd=here,
    )  # fmt: skip

    assert ended.status == 1
    assert "records lasted" in ended.err


def test_a_receiver_that_takes_nothing_is_status_3(run, here):
    """With why, and the files are there."""
    ended = run(
        "stream", "tiny.yaml", "--to", "tcp://127.0.0.1:9", *FAST, "--give-up", "1ms", "-q",
        cwd=here,
    )  # fmt: skip

    assert ended.status == 3
    assert "connection refused" in ended.err
    report = orjson.loads((here / "output/tiny-stream/report.json").read_bytes())
    assert report["settled"] == 0
    assert "connection refused" in report["ended_by"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--to", "tcp://127.0.0.1:9"), "the rate is missing"),
        (("--to", "nowhere", "--rate", "1/s"), "cannot tell where 'nowhere' is"),
        (("--to", "tcp://127.0.0.1:9", "--rate", "fast"), "'fast' is no rate"),
        (("--to", "tcp://127.0.0.1:9", "--rate", "1/s", "--for", "x"), "expected a duration"),
        (("--to", "hec+http://127.0.0.1", "--rate", "1/s"), "token is missing"),
        (("--to", "udp://127.0.0.1:9", "--rate", "1/s", "--with", "x=1"), "has max-size"),
        (("--to", "udp://127.0.0.1:9", "--rate", "1/s", "--metrics", "x"), "expected PORT"),
    ],
)
def test_what_cannot_be_asked_is_refused(run, here, arguments, message):
    """With what to do, and nothing is left."""
    ended = run("stream", "tiny.yaml", *arguments, cwd=here)

    assert ended.status == 2
    assert message in " ".join(ended.err.split())
    assert not (here / "output").exists()


def test_a_stand_in_keeps_what_comes_until_its_time_is_over(run, here):
    """It says where it is, and how much came."""
    ended = run("listen", "hec", "-o", "got.ndjson", "--for", "50ms", cwd=here)

    assert ended.status == 0
    assert "--to hec+http://127.0.0.1:" in ended.err
    assert "--with token=any" in ended.err
    assert "0 records in got.ndjson" in ended.err
    assert run("listen", "hec", "-o", "got.ndjson", "--for", "50ms", cwd=here).status == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nobody", "-o", "x"), "no such receiver: nobody; there are hec, "),
        (("lines", "-o", "x", "--fault", "503=5%"), "expected NAME=SHARE%"),
        (("lines", "-o", "x", "--fault", "close"), "expected NAME=SHARE%"),
        (("lines", "-o", "no/x"), "cannot write no/x"),
    ],
)
def test_what_cannot_be_stood_in_for_is_refused(run, here, arguments, message):
    """With what there is."""
    ended = run("listen", *arguments, cwd=here)

    assert ended.status in {2, 3}
    assert message in ended.err


@pytest.mark.parametrize("standin", STANDINS, ids=lambda one: one.name)
def test_every_stand_in_is_reached_by_its_own_address(run, here, standin):
    """As it says itself."""
    kept = Kept()
    settings = ("--with", standin.settings) if standin.settings else ()
    with standin.standing()(kept, Faults()) as address:
        ended = run("stream", "tiny.yaml", "--to", address, *settings, *FAST, "-q", cwd=here)
    assert (ended.status, ended.err) == (0, "")
    assert kept.count == 2


@pytest.mark.parametrize("kind", SINKS, ids=lambda kind: kind.module)
def test_every_sink_tells_its_settings(kind):
    """Each with a meaning, and none twice."""
    names = [option.name for option in options_of(kind)]
    assert len(set(names)) == len(names)
    assert all(option.meaning for option in options_of(kind))


@pytest.mark.parametrize("standin", STANDINS, ids=lambda one: one.name)
def test_stand_ins_tell_faults_that_there_are(standin):
    """And no other names."""
    assert set(standin.faults()) <= FAULTS.keys()
