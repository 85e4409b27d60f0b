"""What a stand-in received, kept in order of its coming."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import BinaryIO


class Kept:
    """Records that came, one a line. May be used from several threads."""

    def __init__(self, stream: BinaryIO | None = None) -> None:
        """Begin with nothing.

        Args:
            stream: Where they are written; absent for memory: `lines` has them.
        """
        self._lock = Lock()
        self._stream = stream
        self.lines: list[bytes] = []
        self.count = 0
        """How many came."""

    def keep(self, records: Iterable[bytes]) -> None:
        """Keep records, JSON objects without line ends; what is no such thing is kept as it is."""
        mine = [record.rstrip(b"\r\n").replace(b"\n", b" ") for record in records]
        with self._lock:
            self.count += len(mine)
            if self._stream is None:
                self.lines += mine
            else:
                self._stream.write(b"".join(record + b"\n" for record in mine))
                self._stream.flush()
