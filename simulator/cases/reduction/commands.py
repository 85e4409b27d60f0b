"""The command that fails on records: how it is run, and what counts as its failure."""

from __future__ import annotations

import os
import re
import signal
import subprocess  # the user's own command is what is run
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from threading import Thread
from typing import IO, TYPE_CHECKING, Final

from simulator.errors import RequestError

if TYPE_CHECKING:
    from pathlib import Path

PLACE: Final = "{}"
"""What stands in a command for where the records are."""

MOST_READ: Final = 1 << 20
"""Bytes of what a command prints that are looked at: so many of its beginning and of its end."""

_SHOWN: Final = 200
_GRACE: Final = 1.0
"""Seconds that are waited for the last of what a command printed."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    status: int | None
    """As shells count it: 128 and the number of the signal that ended it. Absent when it took
    too long."""

    output: bytes
    """What it printed, standard output and standard error together; of much, both ends."""

    def __str__(self) -> str:
        """Return it in words, with the last line that was printed."""
        told = "it took too long" if self.status is None else f"status {self.status}"
        lines = self.output.decode(errors="replace").split("\n")
        last = next((line.strip() for line in reversed(lines) if line.strip()), "")
        shown = "".join(one if one.isprintable() else "?" for one in last)
        return f"{told}: {shown[:_SHOWN]}" if shown else told


@dataclass(frozen=True, slots=True)
class Failure:
    """What counts as failing."""

    status: int | None = None
    """The exit status; any but 0 where it is absent, or none at all where there is a pattern."""

    pattern: re.Pattern[str] | None = None
    """What is found in the output."""

    too_long: bool = False
    """Whether taking too long is the failure, and nothing else is."""

    def is_it(self, ended: Ended) -> bool:
        """Return whether a command that ended so failed in this way."""
        if self.too_long or ended.status is None:
            return self.too_long and ended.status is None
        if self.status is not None and ended.status != self.status:
            return False
        if self.pattern is not None:
            return self.pattern.search(ended.output.decode(errors="replace")) is not None
        return self.status is not None or ended.status != 0


def pattern_of(text: str) -> re.Pattern[str]:
    """Return a regular expression that was given as text.

    Raises:
        RequestError: It is none.
    """
    try:
        return re.compile(text, re.MULTILINE)
    except re.error as error:
        message = f"--fails-matching {text!r} is no regular expression: {error}"
        raise RequestError(message) from None


@dataclass(frozen=True, slots=True)
class Command:
    """A command that reads records: as a file or folder where it says `{}`, else on its input."""

    arguments: tuple[str, ...]
    """The program and its arguments. No shell reads them."""

    timeout: float
    """Seconds after which it is ended."""

    @property
    def names_place(self) -> bool:
        """Whether it says where the records are to be named."""
        return any(PLACE in one for one in self.arguments)

    def run(self, path: Path) -> Ended:
        """Run it on the records at a place, to its end.

        Raises:
            RequestError: It cannot be started.
        """
        with ExitStack() as stack:
            given: IO[bytes] | int = subprocess.DEVNULL
            if not self.names_place:
                given = stack.enter_context(path.open("rb"))
            process = self._started(path, given)
            assert process.stdout is not None
            ends = _Ends()
            reader = Thread(target=ends.take, args=(process.stdout,), daemon=True)
            reader.start()
            status: int | None = None
            try:
                with suppress(subprocess.TimeoutExpired):
                    status = process.wait(self.timeout)
            finally:
                _end(process)
            # What it leaves running may hold its output for ever.
            reader.join(_GRACE)
            return Ended(128 - status if status is not None and status < 0 else status, ends.text)

    def _started(self, path: Path, given: IO[bytes] | int) -> subprocess.Popen[bytes]:
        arguments = [one.replace(PLACE, str(path)) for one in self.arguments]
        try:
            # In a group of its own, so that whatever it starts can be ended with it.
            return subprocess.Popen(  # noqa: S603  # what the user asked for
                arguments,
                stdin=given,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else str(error)
            message = f"cannot run {self.arguments[0]}: {why}"
            raise RequestError(message) from None


class _Ends:
    """The beginning and the end of what a command prints, however much that is."""

    def __init__(self) -> None:
        self._first = bytearray()
        self._last = bytearray()

    def take(self, output: IO[bytes]) -> None:
        """Read all there is."""
        with output:
            while data := os.read(output.fileno(), 1 << 16):
                room = MOST_READ - len(self._first)
                self._first += data[:room]
                self._last += data[room:]
                del self._last[:-MOST_READ]

    @property
    def text(self) -> bytes:
        """What was read so far."""
        return bytes(self._first + self._last)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a command that still runs, with all that it started."""
    if process.poll() is None:
        if hasattr(os, "killpg"):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.wait()
