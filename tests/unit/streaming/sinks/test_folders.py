"""Files that are closed in turn: named when whole, never replaced, every record in one."""

from __future__ import annotations

import gzip
import zlib

import pytest

from simulator.errors import OutputError, RequestError
from simulator.streaming.addresses import address_of, settings_of
from simulator.streaming.sinks import folders
from tests.services.streams import (
    ids,
    nothing_is_lost_or_repeated_without_a_word,
    sent,
    sink_at,
)
from tests.unit.streaming.sinks.test_files import a_batch, files_no_larger_than


def names(folder):
    """Return what is in a folder, in order."""
    return sorted(path.name for path in folder.iterdir())


def lines(folder):
    """Return all records of a folder's files, in order of their names."""
    found = []
    for path in sorted(folder.iterdir()):
        data = path.read_bytes()
        found += (gzip.decompress(data) if path.suffix == ".gz" else data).splitlines()
    return found


@pytest.mark.parametrize("settings", [(), ("gzip=yes",)], ids=["plain", "gzip"])
def test_every_record_is_in_one_file(tmp_path, settings):
    """In order, so many a file, the rest in the last one."""
    came = sent(sink_at(f"folder:{tmp_path}/new/", "every-records=64", *settings), 200)
    found = lines(tmp_path / "new")
    nothing_is_lost_or_repeated_without_a_word(came, found)
    assert ids(found) == came.expected
    suffix = ".ndjson.gz" if settings else ".ndjson"
    expected = [f"records-{nth:06d}{suffix}" for nth in (1, 2, 3, 4)]
    assert names(tmp_path / "new") == expected
    assert not came.uncertain


def test_files_are_closed_when_they_are_full(tmp_path):
    """By bytes before compression; a record that is larger than that has a file of its own."""
    connection = sink_at(f"folder:{tmp_path}/", "every-bytes=10").connect()
    connection.send(a_batch(b"1234", b"1234", b"1"))
    connection.send(a_batch(b"1" * 30, b"12345678", b"2"))
    connection.close()
    assert [path.read_bytes() for path in sorted(tmp_path.iterdir())] == [
        b"1234\n1234\n", b"1\n", b"1" * 30 + b"\n", b"12345678\n", b"2\n",
    ]  # fmt: skip


def test_files_are_closed_when_they_are_old(tmp_path):
    """With the next record that comes, and not before."""
    now = [100.0]
    address = address_of(f"folder:{tmp_path}/", settings_of(["every=60"]))
    connection = folders.sink(address, lambda: now[0]).connect()
    connection.send(a_batch(b"1"))
    now[0] = 159.9
    connection.send(a_batch(b"2"))
    now[0] = 160.0
    assert names(tmp_path) == [".records-000001.ndjson.partial"]
    connection.send(a_batch(b"3"))
    connection.close()
    assert [path.read_bytes() for path in sorted(tmp_path.iterdir())] == [b"1\n2\n", b"3\n"]


def test_a_file_has_its_name_only_when_it_is_whole(tmp_path):
    """Whoever waits for names sees nothing of it before."""
    connection = sink_at(f"folder:{tmp_path}/").connect()
    connection.send(a_batch(b"1"))
    assert names(tmp_path) == [".records-000001.ndjson.partial"]
    connection.close()
    connection.close()
    assert names(tmp_path) == ["records-000001.ndjson"]


def test_without_records_there_are_no_files(tmp_path):
    """Only the folder is made."""
    sink_at(f"folder:{tmp_path}/new/").connect().close()
    assert names(tmp_path / "new") == []


@pytest.mark.parametrize(
    "there",
    ["records-000007.ndjson", "records-000007.ndjson.gz", ".records-000007.ndjson.gz.partial"],
)
def test_what_is_there_is_never_replaced(tmp_path, there):
    """Numbers go on, also after a file that a killed stream left open."""
    (tmp_path / there).write_bytes(b"theirs")
    (tmp_path / "else.txt").write_bytes(b"")
    connection = sink_at(f"folder:{tmp_path}/").connect()
    connection.send(a_batch(b"1"))
    connection.close()
    assert (tmp_path / there).read_bytes() == b"theirs"
    assert (tmp_path / "records-000008.ndjson").read_bytes() == b"1\n"


def test_two_streams_may_write_to_one_folder(tmp_path):
    """Each takes the next number that is free."""
    first, second = (sink_at(f"folder:{tmp_path}/").connect() for _ in range(2))
    first.send(a_batch(b"1"))
    second.send(a_batch(b"2"))
    second.close()
    first.close()
    assert [path.read_bytes() for path in sorted(tmp_path.iterdir())] == [b"1\n", b"2\n"]


def test_connections_have_files_of_their_own(tmp_path):
    """However many there are, no record is lost or repeated."""
    sink = sink_at(f"folder:{tmp_path}/", "every-records=16")
    came = sent(sink, 200, connections=3)
    nothing_is_lost_or_repeated_without_a_word(came, lines(tmp_path))
    assert len(lines(tmp_path)) == 200


def test_what_a_killed_stream_left_open_has_every_record(tmp_path):
    """Compressed or not: only the end of the file is missing."""
    connection = sink_at(f"folder:{tmp_path}/", "gzip=yes").connect()
    connection.send(a_batch(b"1" * 500, b"2" * 500))
    connection.send(a_batch(b"3" * 500))
    (open_one,) = tmp_path.iterdir()
    data = zlib.decompressobj(31).decompress(open_one.read_bytes())
    assert data.splitlines() == [b"1" * 500, b"2" * 500, b"3" * 500]
    connection.close()


@pytest.mark.parametrize("settings", [(), ("gzip=yes",)], ids=["plain", "gzip"])
def test_a_full_disk_leaves_whole_records(tmp_path, settings):
    """The file is closed with what it had, and has its name; the stream ends."""
    connection = sink_at(f"folder:{tmp_path}/", *settings).connect()
    connection.send(a_batch(bytes(range(48, 58)) * 10))
    (open_one,) = tmp_path.iterdir()
    noise = b"".join(b"%d" % (nth * nth * 7919) for nth in range(5000))
    with (
        files_no_larger_than(open_one.stat().st_size + 3000),
        pytest.raises(OutputError, match="too large"),
    ):
        connection.send(a_batch(noise))
    connection.close()
    assert lines(tmp_path) == [bytes(range(48, 58)) * 10]
    assert not names(tmp_path)[0].startswith(".")


def test_without_cutting_back_half_a_record_would_be_left(tmp_path, monkeypatch):
    """The control."""
    monkeypatch.setattr(folders.Growing, "_cut_back", folders.Growing.close)
    connection = sink_at(f"folder:{tmp_path}/").connect()
    connection.send(a_batch(b"1"))
    with files_no_larger_than(100), pytest.raises(OutputError):
        connection.send(a_batch(b"2" * 200))
    assert lines(tmp_path) != [b"1"]


def test_a_disk_that_is_full_at_once_leaves_nothing(tmp_path):
    """Nothing that would have to be removed by hand."""
    connection = sink_at(f"folder:{tmp_path}/").connect()
    with files_no_larger_than(50), pytest.raises(OutputError):
        connection.send(a_batch(b"1" * 100))
    connection.close()
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    ("address", "settings", "error", "message"),
    [
        ("folder:", (), RequestError, "a folder without a name"),
        ("folder:{}/all.txt", (), OutputError, "it is no folder"),
        ("folder:{}/new/", ("every=5m",), RequestError, "--with every: expected a whole number"),
        ("folder:{}/new/", ("every-records=0",), RequestError, "every-records: expected a whole"),
        ("folder:{}/new/", ("gzip=9",), RequestError, "expected yes or no"),
        ("folder:{}/new/", ("sync=yes",), RequestError, "has every-records"),
    ],
)
def test_what_is_no_folder_or_setting_is_refused(tmp_path, address, settings, error, message):
    """And nothing is made."""
    (tmp_path / "all.txt").write_bytes(b"")
    with pytest.raises(error, match=message):
        sink_at(address.format(tmp_path), *settings)
    assert names(tmp_path) == ["all.txt"]
