"""Files made smaller: the same bytes however many threads make them.

A `.gz` is one gzip member whose content is cut into chunks of a fixed size, counted from
its beginning. Each chunk is compressed by itself and ends on a whole byte, so that chunks
can be compressed at the same time and put one behind the other. How the content comes in
shows nowhere.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Final, Protocol, cast

from simulator.errors import MissingExtraError

try:
    # Several times faster than zlib.
    from isal import isal_zlib as fast_zlib
except ImportError:  # pragma: no cover  # no wheel for this machine
    import zlib as fast_zlib  # type: ignore[no-redef]

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Executor

CHUNK: Final = 1 << 20
"""Bytes of content that are compressed by themselves: chunks of this size cost 0.7 % of a
file's size against none at all, and a quarter of it 3 %."""

_HEADER: Final = b"\x1f\x8b\x08" + bytes(5) + b"\x04\xff"
"""RFC 1952: deflate; no flags, hence no name; no time; the fastest level; no system told."""
_RAW: Final = -15
"""zlib's number for the largest window and no wrapper."""
_WRAPPED: Final = 31
"""The same, in the wrapper of gzip."""
_LAST_BLOCK: Final = b"\x03\x00"
"""RFC 1951: an empty block that is the last one."""
_BEGINNING: Final = 8
"""Bytes of a chunk that are compressed by themselves first: see `_deflated`."""


class Decompressor(Protocol):
    """Turns one member of a compressed file back into what it was."""

    @property
    def eof(self) -> bool:
        """Whether the member has ended."""
        ...

    @property
    def unused_data(self) -> bytes:
        """What was given beyond its end."""
        ...

    def decompress(self, data: bytes) -> bytes:
        """Return what is ready after more bytes."""
        ...


@dataclass(frozen=True, slots=True)
class Packing:
    """A way of compressing, from its reader's side."""

    name: str
    """What it is called."""
    magic: bytes
    """How a member begins."""
    begun: Callable[[], Decompressor]
    """Begins a member."""
    error: type[Exception]
    """What is raised over damage."""


def packing_of(name: str) -> Packing | None:
    """Return how a file's name says it is to be read, if it is compressed at all.

    Raises:
        MissingExtraError: It needs a package that is not installed.
    """
    if name.endswith(".gz"):
        # isal declares an instance.
        error = cast("type[Exception]", fast_zlib.error)
        return Packing("gzip", b"\x1f\x8b", lambda: fast_zlib.decompressobj(_WRAPPED), error)
    if name.endswith(".zst"):
        try:
            import zstandard  # noqa: PLC0415  # an extra
        except ImportError:
            raise MissingExtraError("reading .zst files", "zstd") from None
        return Packing(
            "Zstandard",
            b"\x28\xb5\x2f\xfd",
            zstandard.ZstdDecompressor().decompressobj,
            zstandard.ZstdError,
        )
    return None


class Compressor(Protocol):
    """Turns bytes into fewer, a piece at a time."""

    def compress(self, data: bytes | memoryview) -> Iterable[bytes]:
        """Return what is ready after more bytes, which are done with when it is all taken."""
        ...

    def flush(self) -> Iterable[bytes]:
        """Return the rest."""
        ...


def compressor_for(name: str, threads: int = 1, pool: Executor | None = None) -> Compressor | None:
    """Return how a file's name says it is compressed, if at all.

    Args:
        name: The file's name.
        threads: How many threads may work at once.
        pool: Runs them; without it one thing is done after the other.

    Raises:
        MissingExtraError: It needs a package that is not installed.
    """
    if name.endswith(".gz"):
        return _Gzip(pool)
    if name.endswith(".zst"):
        return _Zstandard(threads)
    return None


def gzipped(content: bytes) -> bytes:
    """Return content as a `.gz` file of one member, as `compressor_for` makes it."""
    made = _Gzip(None)
    return b"".join((*made.compress(content), *made.flush()))


class _Gzip:
    """One gzip member, put together from chunks."""

    def __init__(self, pool: Executor | None) -> None:
        self._map = map if pool is None else pool.map
        self._carry = bytearray()
        self._crc = self._size = 0
        self._is_begun = False

    def compress(self, data: bytes | memoryview) -> Iterator[bytes]:
        """See `Compressor.compress`."""
        rest = memoryview(data)
        self._crc = fast_zlib.crc32(rest, self._crc)
        self._size += len(rest)
        whole: list[bytes | bytearray | memoryview] = []
        if self._carry:
            missing = CHUNK - len(self._carry)
            self._carry += rest[:missing]
            rest = rest[missing:]
            if len(self._carry) == CHUNK:
                whole.append(self._carry)
                self._carry = bytearray()
        end = len(rest) - len(rest) % CHUNK
        whole += [rest[first : first + CHUNK] for first in range(0, end, CHUNK)]
        # Nothing is left of it where it did not fill the chunk that was begun.
        self._carry += rest[end:]
        return chain(self._begun(), self._map(_deflated, whole))

    def flush(self) -> Iterator[bytes]:
        """See `Compressor.flush`."""
        yield from self._begun()
        if self._carry:
            yield _deflated(self._carry)
        yield _LAST_BLOCK
        yield struct.pack("<II", self._crc, self._size & 0xFFFFFFFF)

    def _begun(self) -> tuple[bytes, ...]:
        if self._is_begun:
            return ()
        self._is_begun = True
        return (_HEADER,)


def _deflated(chunk: bytes | bytearray | memoryview) -> bytes:
    """Return a chunk compressed by itself, with the same bytes wherever in memory that is done.

    Where isal begins with more than a few bytes, it hashes a register that holds the compressor's
    own address instead of the third byte and those behind it (ISA-L 2.32, `write_first_byte` in
    igzip_icf_body_h1_gr_bt.asm): one chunk in some ten thousand came out differently from time to
    time. A few bytes that are flushed are compressed by another routine, and it has begun then.
    """
    whole = memoryview(chunk)
    made = fast_zlib.compressobj(1, fast_zlib.DEFLATED, _RAW)
    text: bytes = b"".join(
        (
            made.compress(whole[:_BEGINNING]),
            made.flush(fast_zlib.Z_SYNC_FLUSH),
            made.compress(whole[_BEGINNING:]),
            made.flush(fast_zlib.Z_FULL_FLUSH),
        )
    )
    return text


class _Zstandard:
    """One frame.

    The library's own threads give the same bytes for any number of them but none, and
    frames are not used in place of chunks: many readers stop after the first.
    """

    def __init__(self, threads: int) -> None:
        try:
            import zstandard  # noqa: PLC0415  # an extra
        except ImportError:
            raise MissingExtraError("writing .zst files", "zstd") from None
        self._made = zstandard.ZstdCompressor(level=3, threads=threads).compressobj()

    def compress(self, data: bytes | memoryview) -> tuple[bytes]:
        """See `Compressor.compress`."""
        return (self._made.compress(data),)

    def flush(self) -> tuple[bytes]:
        """See `Compressor.flush`."""
        return (self._made.flush(),)
