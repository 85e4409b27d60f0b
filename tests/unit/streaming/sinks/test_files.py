"""A file that grows, and standard output: whole records, or none."""

from __future__ import annotations

import os
import resource
import signal
from contextlib import contextmanager
from threading import Thread

import pytest

from simulator.delivery.trail import Stream
from simulator.errors import OutputError, RequestError
from simulator.streaming.sinks import files
from simulator.streaming.sinks.interface import Batch
from tests.services.streams import (
    ids,
    nothing_is_lost_or_repeated_without_a_word,
    sent,
    sink_at,
)


def a_batch(*records):
    """Return a batch of records."""
    count = len(records)
    return Batch(0, records, [1_736_755_200_000] * count, [Stream("1" * 12, "us-east-1")] * count)


@contextmanager
def files_no_larger_than(size):
    """Let no file of this process grow beyond a size: it is a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


def test_a_file_has_every_record_on_a_line_of_its_own(tmp_path):
    """In order, byte for byte."""
    path = tmp_path / "all.ndjson"
    came = sent(sink_at(f"file:{path}"), 200)
    lines = path.read_bytes().splitlines()
    nothing_is_lost_or_repeated_without_a_word(came, lines)
    assert ids(lines) == came.expected
    assert not came.uncertain
    assert came.report.promise == "written"


@pytest.mark.parametrize("settings", [(), ("sync=yes",)])
def test_what_is_there_stays(tmp_path, settings):
    """It is appended to."""
    path = tmp_path / "all.ndjson"
    path.write_bytes(b"{}\n")
    with_more = sink_at(f"file:{path}", *settings).connect()
    with_more.send(a_batch(b'{"a":1}', b'{"a":2}'))
    with_more.close()
    with_more.close()
    assert path.read_bytes() == b'{}\n{"a":1}\n{"a":2}\n'


def test_a_file_that_ends_in_the_middle_of_a_line_is_left_alone(tmp_path):
    """Its last line and our first would be one."""
    path = tmp_path / "all.ndjson"
    path.write_bytes(b'{"a"')
    with pytest.raises(OutputError, match="ends in the middle of a line"):
        sink_at(f"file:{path}").connect()
    assert path.read_bytes() == b'{"a"'


def test_a_full_disk_leaves_no_half_record(tmp_path):
    """What was written of the batch is taken back, and the stream ends."""
    path = tmp_path / "all.ndjson"
    connection = sink_at(f"file:{path}").connect()
    connection.send(a_batch(b"1" * 99))
    with files_no_larger_than(250), pytest.raises(OutputError, match=r"cannot write .*too large"):
        connection.send(a_batch(b"2" * 99, b"3" * 99))
    connection.close()
    assert path.read_bytes() == b"1" * 99 + b"\n"


def test_without_taking_back_a_half_record_would_be_left(tmp_path, monkeypatch):
    """The control."""
    monkeypatch.setattr(files.Growing, "_take_back", lambda *_: None)
    path = tmp_path / "all.ndjson"
    connection = sink_at(f"file:{path}").connect()
    with files_no_larger_than(150), pytest.raises(OutputError):
        connection.send(a_batch(b"1" * 99, b"2" * 99))
    connection.close()
    assert not path.read_bytes().endswith(b"\n")


def test_what_others_wrote_after_it_is_not_taken_back(tmp_path):
    """A half record is better than none of somebody else's."""
    path = tmp_path / "all.ndjson"
    connection = sink_at(f"file:{path}").connect()
    connection.send(a_batch(b"1" * 99))
    with path.open("ab") as other:
        other.write(b"theirs\n")
    connection._take_back(100)
    connection.close()
    assert path.read_bytes().endswith(b"theirs\n")


def test_a_full_device_says_so():
    """`/dev/full` is one, and nothing can be taken back of it."""
    connection = sink_at("file:/dev/full").connect()
    with pytest.raises(OutputError, match="cannot write /dev/full: No space left"):
        connection.send(a_batch(b"{}"))
    connection.close()


def test_connections_do_not_come_between_each_others_records(tmp_path):
    """Batches are written one after another, however many connections there are."""
    path = tmp_path / "all.ndjson"
    sink = sink_at(f"file:{path}")

    def many(mark):
        connection = sink.connect()
        for _ in range(20):
            connection.send(a_batch(*[mark * 50_000] * 3))
        connection.close()

    threads = [Thread(target=many, args=(mark,)) for mark in (b"a", b"b", b"c")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = path.read_bytes().splitlines()
    assert len(lines) == 180
    assert all(line == line[:1] * 50_000 for line in lines)


def test_a_folder_that_is_not_there_is_told(tmp_path):
    """It is not made."""
    with pytest.raises(OutputError, match="No such file"):
        sink_at(f"file:{tmp_path}/none/all.ndjson").connect()


def test_standard_output_is_written_and_left_open(monkeypatch):
    """And that nobody reads it any more is for others to know."""
    reads, writes = os.pipe()
    monkeypatch.setattr(files, "STANDARD_OUTPUT", writes)
    connection = sink_at("-").connect()
    connection.send(a_batch(b"{}"))
    assert os.read(reads, 100) == b"{}\n"
    connection.close()
    os.close(reads)
    with pytest.raises(BrokenPipeError):
        connection.send(a_batch(b"{}"))
    os.close(writes)


def test_standard_output_that_is_a_file_has_no_half_record(tmp_path, monkeypatch):
    """It is where a shell began it, not where the file ends."""
    path = tmp_path / "out"
    with path.open("wb", buffering=0) as stream:
        stream.write(b"before\n")
        monkeypatch.setattr(files, "STANDARD_OUTPUT", stream.fileno())
        connection = sink_at("-").connect()
        with files_no_larger_than(50), pytest.raises(OutputError, match="standard output"):
            connection.send(a_batch(b"1" * 99))
    assert path.read_bytes() == b"before\n"


@pytest.mark.parametrize("address", ["file:", "file:there/", "-:more"])
def test_what_names_no_file_is_refused(address):
    """Before anything is opened."""
    with pytest.raises(RequestError, match="cannot send to"):
        sink_at(address)
