"""Files of lines that take damage while they are written. See `delivery.file_mutations`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.delivery.file_mutations import TRAILER
from simulator.sinks.compression import compressor_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from concurrent.futures import Executor

    from simulator.delivery.file_mutations import FileDamage
    from simulator.sinks.compression import Compressor
    from simulator.sinks.interface import Output

_HELD: Final = 4_096
"""Bytes within which a file of lines ends early: its last records."""


class DamagedLines:
    """Takes the lines of a file, and hands on what is in it after damage. See `Gathering`."""

    def __init__(self, output: Output, damage: FileDamage) -> None:
        """Hand on nothing yet."""
        self._output = output
        self._damage = damage
        self._beginning = damage.beginning
        self._has_crlf = "crlf" in damage.keys
        self._held = b""

    def write(self, data: bytes | memoryview) -> None:
        """See `Output.write`."""
        text = bytes(data)
        if self._has_crlf:
            text = text.replace(b"\n", b"\r\n")
        whole = self._held + text
        ready = max(len(whole) - _HELD, 0)
        if ready:
            self._output.write(self._beginning + whole[:ready])
            self._beginning = b""
        self._held = whole[ready:]

    def finish(self) -> None:
        """See `Gathering.finish`."""
        self._output.write(self._beginning + self._damage.cut(self._held))
        self._beginning = self._held = b""

    def discard(self) -> None:
        """See `Gathering.discard`."""


class _DamagedGzip:
    """Compresses a file of lines, and damages how that is done. See `Compressor`."""

    def __init__(self, name: str, damage: FileDamage, pool: Executor | None) -> None:
        self._name = name
        self._damage = damage
        self._pool = pool
        self._member = self._begun()
        self._is_first = "gzip-members" in damage.keys
        self._last = b""

    def compress(self, data: bytes | memoryview) -> Iterator[bytes]:
        """See `Compressor.compress`."""
        if self._is_first:
            # The first line is a member by itself, however the content comes in.
            first, end, rest = bytes(data).partition(b"\n")
            yield from self._kept(self._member.compress(first + end))
            if not end:
                return
            yield from self._kept(self._member.flush())
            self._is_first = False
            self._member = self._begun()
            data = rest
        yield from self._kept(self._member.compress(data))

    def flush(self) -> Iterator[bytes]:
        """See `Compressor.flush`."""
        yield from self._kept(self._member.flush())
        yield self._last[: len(self._last) - self._damage.missing]
        yield self._damage.trailing

    def _begun(self) -> Compressor:
        made = compressor_for(self._name, pool=self._pool)
        assert made is not None
        return made

    def _kept(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Hand on what was compressed, but for as much as may be left out in the end."""
        for piece in pieces:
            whole = self._last + piece
            yield whole[:-TRAILER]
            self._last = whole[-TRAILER:]


def damaging_compressor(
    name: str, damage: FileDamage, threads: int = 1, pool: Executor | None = None
) -> Compressor | None:
    """Return how a file is compressed, as `compressor_for` does, with the damage it takes.

    Raises:
        MissingExtraError: It needs a package that is not installed.
    """
    if any(one.startswith("gzip-") for one in damage.keys):
        return _DamagedGzip(name, damage, pool)
    return compressor_for(name, threads, pool)
