"""Files read once, from the first byte to the last: what is in them, and what they hash to.

`validate` reads whatever there is and makes the best of it. Here a file should be just as it
was written, and whatever it has besides is told.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from simulator.errors import InputError
from simulator.sinks.compression import packing_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

    from simulator.sinks.compression import Decompressor, Packing

PIECE: Final = 1 << 20
"""Bytes read at a time."""
PACKED_PIECE: Final = 1 << 14
"""Bytes read at a time of what may be thousands of times as long uncompressed."""


def _unheard(_size: int) -> None:
    """Leave it at that."""


class Content:
    """What is in a file, uncompressed; hashed and counted while it is read."""

    def __init__(
        self, name: str, source: BinaryIO, heard: Callable[[int], None] = _unheard
    ) -> None:
        """Read nothing yet.

        Args:
            name: The file's name, which says how it is compressed.
            source: The file. It is closed when it was read.
            heard: Told how many bytes were read, after every piece.
        """
        self.size = 0
        """Bytes read so far."""
        self.oddities: list[str] = []
        """What a file has that none is written with, such as a second gzip member."""
        self._name = name
        self._source = source
        self._heard = heard
        self._stored = hashlib.sha256()
        self._content = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """Of the file as it is, as far as it was read."""
        return self._stored.hexdigest()

    @property
    def content_sha256(self) -> str:
        """Of what is in it, as far as it was read."""
        return self._content.hexdigest()

    def __iter__(self) -> Iterator[bytes]:
        """Yield what is in the file, a piece after another, to its end.

        Raises:
            InputError: It cannot be read.
            MissingExtraError: It is Zstandard, and the extra is not installed.
        """
        with self._source:
            for piece in self._unpacked():
                self._content.update(piece)
                yield piece

    def read(self, most: int) -> bytes | None:
        """Return all that is in the file, unless it is more than `most` bytes."""
        kept, size = [], 0
        for piece in self:
            size += len(piece)
            if size <= most:
                kept.append(piece)
            else:
                kept.clear()
        return b"".join(kept) if size <= most else None

    def refuse_odd(self, name: str) -> None:
        """Refuse a file that has anything none is written with, as far as it was read.

        Args:
            name: What it is called in the message.

        Raises:
            InputError: It has.
        """
        if self.oddities:
            message = f"{name}: {self.oddities[0]}"
            raise InputError(message)

    def finish(self) -> None:
        """Read to the end, for the hashes alone."""
        for _ in self:
            pass

    def _unpacked(self) -> Iterator[bytes]:
        packing = packing_of(self._name)
        if packing is None:
            yield from self._pieces(PIECE)
            return
        try:
            yield from self._members(packing)
        except packing.error as damage:
            self.oddities.append(f"the {packing.name} data is damaged: {damage}")
        # It is hashed all the same.
        for _ in self._pieces(PIECE):
            pass

    def _pieces(self, size: int) -> Iterator[bytes]:
        try:
            while piece := self._source.read(size):
                self._stored.update(piece)
                self.size += len(piece)
                self._heard(len(piece))
                yield piece
        except OSError as error:
            message = f"cannot read {self._name}: {error.strerror or error}"
            raise InputError(message) from None

    def _members(self, packing: Packing) -> Iterator[bytes]:
        """Unpack one member after another, where there should be one."""
        members = 0
        member: Decompressor | None = None
        rest = b""
        for piece in self._pieces(PACKED_PIECE):
            rest += piece
            # Between members as many bytes as show whether there is another.
            while rest and (member is not None or len(rest) >= len(packing.magic)):
                if member is None:
                    if not rest.startswith(packing.magic):
                        self._tell_rest(packing, members, len(rest))
                        return
                    member = packing.begun()
                    members += 1
                text = member.decompress(rest)
                rest = member.unused_data if member.eof else b""
                member = None if member.eof else member
                if text:
                    yield text
        if member is not None or not members:
            self.oddities.append(f"the {packing.name} data ends early")
        elif rest:
            self._tell_rest(packing, members, len(rest))
        elif members > 1:
            self.oddities.append(f"has {members} {packing.name} members, one was written")

    def _tell_rest(self, packing: Packing, members: int, size: int) -> None:
        if not members:
            self.oddities.append(f"is not {packing.name} data")
            return
        size += sum(map(len, self._pieces(PIECE)))
        count = "1 byte follows" if size == 1 else f"{size:,} bytes follow"
        self.oddities.append(f"{count} the end of the {packing.name} data")
