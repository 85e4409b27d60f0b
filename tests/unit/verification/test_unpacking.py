"""Files are read just as they were written; whatever else they have is told."""

from __future__ import annotations

import gzip
import hashlib
import io

import pytest
import zstandard

from simulator.sinks.compression import compressor_for
from simulator.verification.unpacking import PACKED_PIECE, Content

TEXT = b'{"a":1}\n' * 5_000
GZIP = gzip.compress(TEXT, mtime=0)
ZSTD = zstandard.ZstdCompressor().compress(TEXT)


def content(name: str, data: bytes) -> tuple[bytes, Content]:
    """Return what is in a file, and the file."""
    made = Content(name, io.BytesIO(data))
    return b"".join(made), made


@pytest.mark.parametrize(("name", "data"), [("x", TEXT), ("x.gz", GZIP), ("x.zst", ZSTD)])
def test_a_file_as_it_should_be(name, data):
    """Both hashes and the size, and nothing to say."""
    inside, made = content(name, data)

    assert inside == TEXT
    assert made.size == len(data)
    assert made.sha256 == hashlib.sha256(data).hexdigest()
    assert made.content_sha256 == hashlib.sha256(TEXT).hexdigest()
    assert made.oddities == []


@pytest.mark.parametrize("name", ["x.ndjson", "x.ndjson.gz", "x.ndjson.zst"])
def test_what_we_write_is_read_back(name):
    """However it is compressed."""
    compressor = compressor_for(name)
    data = TEXT
    if compressor is not None:
        data = b"".join((*compressor.compress(TEXT), *compressor.flush()))

    assert content(name, data)[0] == TEXT


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("x.gz", GZIP[:-4], ["the gzip data ends early"]),
        ("x.gz", GZIP[: len(GZIP) // 2], ["the gzip data ends early"]),
        ("x.gz", b"", ["the gzip data ends early"]),
        ("x.gz", b"\x1f", ["the gzip data ends early"]),
        ("x.gz", GZIP + GZIP, ["has 2 gzip members, one was written"]),
        ("x.gz", GZIP + b"\0", ["1 byte follows the end of the gzip data"]),
        ("x.gz", GZIP + b"tail", ["4 bytes follow the end of the gzip data"]),
        (
            "x.gz",
            GZIP + b"\0" * (3 * PACKED_PIECE),
            [f"{3 * PACKED_PIECE:,} bytes follow the end of the gzip data"],
        ),
        ("x.gz", TEXT, ["is not gzip data"]),
        ("x.zst", ZSTD[:-1], ["the Zstandard data ends early"]),
        ("x.zst", ZSTD + ZSTD, ["has 2 Zstandard members, one was written"]),
        ("x.zst", ZSTD + b"tails", ["5 bytes follow the end of the Zstandard data"]),
        ("x.zst", GZIP, ["is not Zstandard data"]),
    ],
)
def test_what_else_a_file_has_is_told(name, data, said):
    """A torn file, several members, bytes behind the end; all of it is hashed."""
    _, made = content(name, data)

    assert made.oddities == said
    assert made.size == len(data)
    assert made.sha256 == hashlib.sha256(data).hexdigest()


def test_a_checksum_that_is_wrong_is_told():
    """A bit that was flipped in the trailer."""
    data = bytearray(GZIP)
    data[-6] ^= 1

    _, made = content("x.gz", bytes(data))

    [said] = made.oddities
    assert said.startswith("the gzip data is damaged: ")
    assert made.size == len(data)


def test_a_member_that_begins_between_two_pieces_is_found():
    """Its first byte is the last of a piece."""
    first = gzip.compress(b"x", mtime=0)
    # Uncompressed, so that its length is that of the text and a few bytes more.
    sizes = range(PACKED_PIECE - 200, PACKED_PIECE)
    made = (gzip.compress(b"a" * size, 0, mtime=0) for size in sizes)
    padded = next(one for one in made if len(one) == PACKED_PIECE - 1)

    inside, made = content("x.gz", padded + first)

    assert inside.endswith(b"ax")
    assert made.oddities == ["has 2 gzip members, one was written"]


def test_no_more_is_kept_than_asked_for():
    """A document too long is none, and hashed all the same."""
    made = Content("x", io.BytesIO(TEXT))

    assert made.read(10) is None
    assert made.size == len(TEXT)
