"""The command that fails on records: how it is run, and what counts as its failure."""

from __future__ import annotations

import os
import re
import signal
import subprocess  # the user's own command is what is run
import tempfile
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final

from simulator.errors import RequestError

if TYPE_CHECKING:
    from pathlib import Path

PLACE: Final = "{}"
"""What stands in a command for where the records are."""

MOST_READ: Final = 1 << 20
"""Bytes of what a command prints that are looked at: so many of its beginning and of its end."""

_SHOWN: Final = 200


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
            output = stack.enter_context(tempfile.TemporaryFile())
            given: IO[bytes] | int = subprocess.DEVNULL
            if not self.names_place:
                given = stack.enter_context(path.open("rb"))
            process = self._started(path, given, output)
            status: int | None = None
            try:
                with suppress(subprocess.TimeoutExpired):
                    status = process.wait(self.timeout)
            finally:
                _end(process)
            if status is not None and status < 0:
                status = 128 - status
            return Ended(status, _both_ends(output))

    def _started(
        self, path: Path, given: IO[bytes] | int, output: IO[bytes]
    ) -> subprocess.Popen[bytes]:
        arguments = [one.replace(PLACE, str(path)) for one in self.arguments]
        try:
            # In a group of its own, so that whatever it starts can be ended with it.
            return subprocess.Popen(  # noqa: S603  # what the user asked for
                arguments,
                stdin=given,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else str(error)
            message = f"cannot run {self.arguments[0]}: {why}"
            raise RequestError(message) from None


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a command that still runs, with all that it started."""
    if process.poll() is None:
        if hasattr(os, "killpg"):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.wait()


def _both_ends(output: IO[bytes]) -> bytes:
    size = output.seek(0, os.SEEK_END)
    output.seek(0)
    if size <= 2 * MOST_READ:
        return output.read(2 * MOST_READ)
    first = output.read(MOST_READ)
    output.seek(size - MOST_READ)
    return first + b"\n" + output.read(MOST_READ)
