"""Files that appear whole or not at all."""

from __future__ import annotations

import gzip
import hashlib
import os
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
import zstandard

from simulator.errors import MissingExtraError, OutputError
from simulator.sinks import compression
from simulator.sinks.compression import CHUNK, gzipped
from simulator.sinks.files import (
    ALONE,
    Descriptor,
    Effort,
    FileEntry,
    StagedFile,
    folder_made,
    temporary_name,
)

if TYPE_CHECKING:
    from pathlib import Path

TEXT = b'{"a":1}\n{"b":2}\n'


def names_in(folder: Path) -> list[str]:
    """Return the names of what a folder holds."""
    return sorted(path.name for path in folder.iterdir())


def sha256(data: bytes) -> str:
    """Return a digest as a manifest has it."""
    return hashlib.sha256(data).hexdigest()


def test_a_file_has_its_name_only_when_published(tmp_path):
    """Until then it has a temporary one in the same folder."""
    path = tmp_path / "x.ndjson"
    staged = StagedFile(path)
    staged.write(TEXT)

    entry = staged.finish(2)

    assert names_in(tmp_path) == [".x.ndjson.partial"]
    staged.publish()
    assert names_in(tmp_path) == ["x.ndjson"]
    assert path.read_bytes() == TEXT
    assert entry == FileEntry("x.ndjson", len(TEXT), 2, sha256(TEXT), sha256(TEXT))


def test_a_published_file_has_the_usual_permissions(tmp_path):
    """As if the shell had made it."""
    staged = StagedFile(tmp_path / "x")
    staged.publish()
    (tmp_path / "other").touch()

    assert (tmp_path / "x").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_discarded_file_leaves_nothing(tmp_path):
    """On an error the folder is as it was."""
    staged = StagedFile(tmp_path / "x")
    staged.write(TEXT)

    staged.discard()

    assert names_in(tmp_path) == []


def test_discarding_after_publishing_keeps_the_file(tmp_path):
    """What is published is nobody's to clean up."""
    staged = StagedFile(tmp_path / "x")
    staged.publish()

    staged.discard()

    assert names_in(tmp_path) == ["x"]


@pytest.mark.parametrize(
    ("suffix", "unpack"),
    [
        (".gz", gzip.decompress),
        (".zst", lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data)),
    ],
)
def test_a_compressed_file_holds_the_text(tmp_path, suffix, unpack):
    """Both digests are told: of the file, and of what is in it."""
    path = tmp_path / f"x.ndjson{suffix}"
    staged = StagedFile(path)
    staged.write(TEXT)
    staged.write(TEXT)
    entry = staged.finish(4)
    staged.publish()

    data = path.read_bytes()

    assert unpack(data) == TEXT + TEXT
    assert entry == FileEntry(path.name, len(data), 4, sha256(data), sha256(TEXT + TEXT))


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
@pytest.mark.parametrize(("piece", "threads"), [(1 << 30, 1), (777_777, 1), (3 << 20, 2), (99, 3)])
def test_compressed_bytes_depend_on_the_content_alone(tmp_path, suffix, piece, threads):
    """Not on how it comes in, nor on how many threads compress it."""
    content = b"".join(b'{"n":%d}\n' % nth for nth in range(250_000))[: 3 * CHUNK + 5]
    if piece < 1_000:
        content = content[:20_000]
    alone, shared = tmp_path / f"alone{suffix}", tmp_path / f"shared{suffix}"
    with ThreadPoolExecutor(threads) as pool:
        for path, size, effort in (
            (alone, len(content), ALONE),
            (shared, piece, Effort(threads=threads, pool=None if threads == 1 else pool)),
        ):
            staged = StagedFile(path, effort)
            for first in range(0, len(content), size):
                staged.write(memoryview(content)[first : first + size])
            entry = staged.finish(0)
            staged.publish()

    assert shared.read_bytes() == alone.read_bytes()
    assert entry.content_sha256 == sha256(content)
    assert entry.sha256 == sha256(alone.read_bytes())
    if suffix == ".gz":
        assert gzip.decompress(alone.read_bytes()) == content


@pytest.mark.parametrize("at", [0, compression._BEGINNING])
def test_compressed_bytes_do_not_depend_on_where_that_is_done(monkeypatch, at):
    """Text that begins with the compressor's own address came out longer: isal hashes it."""
    made = [compression.fast_zlib.compressobj(1, compression.fast_zlib.DEFLATED, -15) for _ in "ab"]
    beginning = (id(made[0]) >> 16 & 0xFFFFFFFF).to_bytes(4, "little")
    content = (
        bytes(at) + beginning + bytes(range(200, 240)) + beginning + bytes(range(100, 200)) * 8
    )
    monkeypatch.setattr(compression.fast_zlib, "compressobj", lambda *_: made.pop(0))

    here, there = gzipped(content), gzipped(content)

    assert made == []
    assert here == there
    assert gzip.decompress(here) == content


def test_a_gzip_file_is_one_member(tmp_path):
    """Some readers stop after the first."""
    staged = StagedFile(tmp_path / "x.gz")
    staged.write(bytes(2 * CHUNK + 7))
    staged.finish(0)
    staged.publish()
    inner = zlib.decompressobj(31)

    content = inner.decompress((tmp_path / "x.gz").read_bytes())

    assert len(content) == 2 * CHUNK + 7
    assert inner.eof
    assert inner.unused_data == b""


def test_nothing_is_hashed_where_nobody_asks(tmp_path):
    """Without a manifest."""
    with (tmp_path / "x").open("wb") as stream:
        output = Descriptor(stream.fileno(), Effort(is_hashed=False))
        output.write(TEXT)

    assert (tmp_path / "x").read_bytes() == TEXT
    assert output.finish(2) is None


def test_a_gzip_header_tells_neither_name_nor_time(tmp_path):
    """RFC 1952: flags, then four bytes of modification time, where 0 means none."""
    path = tmp_path / "x.ndjson.gz"
    staged = StagedFile(path)
    staged.finish(0)
    staged.publish()

    assert path.read_bytes()[3:8] == bytes(5)


def test_zlib_stands_in_for_isal(tmp_path, monkeypatch):
    """Other bytes, the same text."""
    monkeypatch.setattr(compression, "fast_zlib", zlib)
    path = tmp_path / "x.ndjson.gz"
    staged = StagedFile(path)
    staged.write(TEXT)
    staged.finish(0)
    staged.publish()

    assert gzip.decompress(path.read_bytes()) == TEXT


def test_zst_without_its_package_names_the_extra(tmp_path, monkeypatch):
    """And nothing is made."""
    monkeypatch.setitem(sys.modules, "zstandard", None)

    with pytest.raises(MissingExtraError, match=r"trailwright\[zstd\]"):
        StagedFile(tmp_path / "x.ndjson.zst")
    assert names_in(tmp_path) == []


def test_two_runs_cannot_write_one_file(tmp_path):
    """The temporary file is locked while it is written."""
    path = tmp_path / "x"
    staged = StagedFile(path)

    with pytest.raises(OutputError, match=rf"^cannot write {path}: another run is writing it$"):
        StagedFile(path)
    staged.discard()


def test_what_a_killed_run_left_is_taken_over(tmp_path):
    """Its lock is gone with it, and its bytes are thrown away."""
    path = tmp_path / "x"
    (tmp_path / temporary_name("x")).write_bytes(b"half a rec")
    staged = StagedFile(path)
    staged.write(TEXT)
    staged.finish(0)

    staged.publish()

    assert path.read_bytes() == TEXT


def test_a_file_in_a_missing_folder_cannot_be_written(tmp_path):
    """The message names the file, not its temporary name."""
    path = tmp_path / "no" / "x"

    with pytest.raises(OutputError, match=rf"^cannot write {path}: No such file or directory$"):
        StagedFile(path)


def test_folders_that_were_made_go_again_on_an_error(tmp_path):
    """Those that were there stay."""
    with pytest.raises(OutputError), folder_made(tmp_path / "a" / "b"):  # noqa: PT012
        assert (tmp_path / "a" / "b").is_dir()
        raise OutputError

    assert names_in(tmp_path) == []


def test_a_file_in_the_way_of_a_folder_is_told(tmp_path):
    """`-o file/` cannot be made."""
    (tmp_path / "a").touch()

    with (
        pytest.raises(OutputError, match=r"^cannot write .*/a/b: "),
        folder_made(tmp_path / "a" / "b"),
    ):
        pass


def test_a_descriptor_takes_bytes_as_they_are(tmp_path):
    """Its entry has the name `-`."""
    with (tmp_path / "x").open("wb") as stream:
        output = Descriptor(stream.fileno())
        output.write(TEXT)

    assert (tmp_path / "x").read_bytes() == TEXT
    assert output.finish(2) == FileEntry("-", len(TEXT), 2, sha256(TEXT), sha256(TEXT))


def test_a_pipe_that_nobody_reads_is_broken():
    """It is not an error of the output: the caller ends quietly."""
    reads, writes = os.pipe()
    os.close(reads)

    with pytest.raises(BrokenPipeError):
        Descriptor(writes).write(TEXT)
    os.close(writes)
