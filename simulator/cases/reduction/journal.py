"""What a command did with which bytes, on disk: nothing is run twice, even after a kill.

A line for each run, by the sha256 of what the command was given. Whoever asks in the same
order comes to the same end, so that going on is beginning anew with the answers at hand.
"""

from __future__ import annotations

import hashlib
import os
from typing import IO, TYPE_CHECKING, Final, Self

import orjson

from simulator.errors import InputError, OutputError
from simulator.primitives.jsontext import json_text
from simulator.sinks.files import lock, told

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

    from simulator.primitives.jsontext import Json

FORMAT: Final = "trailwright-runs/1"

MOST_BYTES: Final = 64 * 1024 * 1024
"""No journal is larger: half a million runs."""


class Journal:
    """Answers by sha256, remembered in a file where there is one."""

    def __init__(self, path: Path | None, of: Sequence[Json]) -> None:
        """Read what is known already.

        Args:
            path: Where it is kept; absent for nowhere.
            of: The command and what counts as its failure: the answers hold for nothing else.

        Raises:
            InputError: The file is no journal, or cannot be read.
            OutputError: It is one of something else, or cannot be written.
        """
        self.path = path
        self.known: dict[str, bool] = {}
        self._head: dict[str, Json] = {}
        self._whole = 0
        self._stream: IO[bytes] | None = None
        if path is None:
            return
        self._head = {"format": FORMAT, "of": hashlib.sha256(json_text(of)).hexdigest()}
        self._whole = self._read(path)

    def _read(self, path: Path) -> int:
        """Take over the answers that a file holds, and return how many of its bytes are whole."""
        try:
            with path.open("rb") as stream:
                data = stream.read(MOST_BYTES + 1)
        except FileNotFoundError:
            return 0
        except OSError as error:
            message = f"cannot read {path}: {error.strerror or error}"
            raise InputError(message) from None
        # A run that was killed may have left half a line.
        whole = data.rfind(b"\n") + 1
        if not whole and json_text(self._head).startswith(data):
            return 0
        first, *lines = data[:whole].split(b"\n")[:-1] or [b""]
        try:
            found = orjson.loads(first)
            is_one = len(data) <= MOST_BYTES and found["format"] == FORMAT
            for line in lines if is_one else ():
                said = orjson.loads(line)
                self.known[str(said["sha256"])] = said["fails"] is True
        except (ValueError, KeyError, TypeError):
            is_one, found = False, None
        if not is_one:
            message = f"{path} is no journal of runs: name another with --state, or remove it"
            raise InputError(message)
        if found != self._head:
            message = (
                f"{path} holds runs of another command, or with another failure in mind: name "
                "another with --state, or remove it"
            )
            raise OutputError(message)
        return whole

    def note(self, sha256: str, *, fails: bool) -> None:
        """Remember an answer, on the disk before anything else is done.

        Raises:
            OutputError: It cannot be written.
        """
        self.known[sha256] = fails
        self._put({"sha256": sha256, "fails": fails})

    def _put(self, said: Json) -> None:
        if self.path is None:
            return
        with told(self.path):
            if self._stream is None:
                self._stream = self._begun(self.path)
            self._stream.write(json_text(said) + b"\n")
            self._stream.flush()
            os.fsync(self._stream.fileno())

    def _begun(self, path: Path) -> IO[bytes]:
        """Return the file, whose last line is whole."""
        stream = path.open("ab")
        try:
            lock(stream.fileno(), path)
            stream.truncate(self._whole)
            if not self._whole:
                stream.write(json_text(self._head) + b"\n")
        except BaseException:
            stream.close()
            raise
        return stream

    def remove(self) -> None:
        """Remove the file: nobody goes on from here."""
        self.close()
        if self.path is not None:
            self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the file, and keep it."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
