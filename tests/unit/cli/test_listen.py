"""`trailwright listen`: when it ends, and what is left then."""

from __future__ import annotations

import signal
import socket
import subprocess
import time
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from simulator.standins.faults import Faults
from simulator.standins.keeping import Kept
from simulator.standins.table import BY_NAME
from simulator.streaming.addresses import address_of, settings_of, sink_of
from simulator.streaming.sinks.interface import Batch, Trouble
from tests.unit.cli.program import COMMAND

RECORDS = [b'{"eventID":"1","text":"one"}', b'{"eventID":"2","text":"two"}']
FULL = Path("/dev/full")
BATCH = Batch(0, RECORDS, [0, 1], [])


def send(address: str) -> None:
    """Send two records to an HTTP Event Collector."""
    with closing(sink_of(address_of(address, settings_of(["token=any"]))).connect()) as connection:
        connection.send(BATCH)


@contextmanager
def listening(output: str, *options: str, cwd: Path, name: str = "hec"):
    """Run the command until the context ends, and give it with its address."""
    arguments = (*COMMAND, "listen", name, "-o", output, *options)
    with subprocess.Popen(arguments, cwd=cwd, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            told = process.stderr.readline()
            yield process, told.partition("--to ")[2].partition(" ")[0]
        finally:
            process.kill()


def test_ctrl_c_is_no_error_and_what_came_is_there(tmp_path):
    """It is meant to be ended so; what came is in the file while it still listens."""
    with listening("got.ndjson", cwd=tmp_path) as (process, address):
        send(address)
        before = (tmp_path / "got.ndjson").read_bytes()
        process.send_signal(signal.SIGINT)
        rest, status = process.stderr.read(), process.wait(20)

    assert (status, rest) == (0, "2 records in got.ndjson\n")
    assert before == (tmp_path / "got.ndjson").read_bytes() == b"\n".join([*RECORDS, b""])


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has a file that is always full")
def test_what_cannot_be_kept_is_told_at_once(tmp_path):
    """Who sent it hears that it did not arrive; nothing is said to be in the file."""
    with listening(str(FULL), "--force", "--idle", "1h", cwd=tmp_path) as (process, address):
        with pytest.raises(Trouble):
            send(address)
        rest, status = process.stderr.read(), process.wait(20)

    assert (status, rest) == (3, "Error: cannot write /dev/full: No space left on device\n")


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has a file that is always full")
def test_datagrams_that_cannot_be_kept_are_told_too(tmp_path):
    """In the same words, and no others."""
    with listening(str(FULL), "--force", cwd=tmp_path, name="datagrams") as (process, address):
        host, port = address.removeprefix("udp://").split(":")
        with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as made:
            made.sendto(RECORDS[0], (host, int(port)))
        rest, status = process.stderr.read(), process.wait(20)

    assert (status, rest) == (3, "Error: cannot write /dev/full: No space left on device\n")


def test_a_file_that_is_there_is_replaced_when_that_is_asked(run, tmp_path):
    """And not otherwise."""
    (tmp_path / "got.ndjson").write_text("old")
    arguments = ("listen", "lines", "-o", "got.ndjson", "--for", "1ms", "-q")

    kept = run(*arguments, cwd=tmp_path)
    left = (tmp_path / "got.ndjson").read_text()
    replaced = run(*arguments, "--force", cwd=tmp_path)

    assert (kept.status, left) == (3, "old")
    assert (replaced.status, replaced.err) == (0, "")
    assert (tmp_path / "got.ndjson").read_text() == ""


def test_where_nobody_can_listen_no_file_is_left(run, tmp_path):
    """It would be in the way of the next try. One that was there before stays as it is."""
    (tmp_path / "old.ndjson").write_text("old")
    with socket.create_server(("127.0.0.1", 0)) as other:
        arguments = ("listen", "hec", "--port", str(other.getsockname()[1]), "--for", "1ms")
        ended = run(*arguments, "-o", "got.ndjson", cwd=tmp_path)
        run(*arguments, "-o", "old.ndjson", "--force", cwd=tmp_path)

    assert ended.status == 3
    assert "cannot listen at 127.0.0.1" in ended.err
    assert [path.name for path in tmp_path.iterdir()] == ["old.ndjson"]
    assert (tmp_path / "old.ndjson").read_text() == "old"


def test_it_lasts_no_longer_than_it_is_asked_to(run, tmp_path):
    """However long it would wait for more to come."""
    began = time.monotonic()
    arguments = ("listen", "lines", "-o", "got.ndjson", "--for", "20ms", "--idle", "20s")

    ended = run(*arguments, cwd=tmp_path)

    assert ended.status == 0
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("name", BY_NAME)
def test_what_a_stand_in_can_do_wrong_is_known(name):
    """Each fault that it lists can be asked for; another cannot be by mistake."""
    faults = BY_NAME[name].faults()

    made = Faults([f"{one}=1%" for one in faults], known=faults)

    assert [row[0] for row in made._rows] == [*faults]
    with BY_NAME[name].standing()(Kept(), made) as address:
        assert "127.0.0.1:" in address
