"""Streams and receivers as processes of their own, on loopback, and what they leave behind."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from benchmarks.process import ROOT, SOON, CommandError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COMMAND: Final = (sys.executable, "-m", "simulator")

_ADDRESS: Final = re.compile(r"--to (\S+)(?: --with (\S+))?")
_WAITS: Final = 40
"""Seconds that a stream which is told to end may take: a sender waits for its answer."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """A stand-in that listens."""

    file: Path
    """What it received, a record a line, whole at any time."""
    reach: tuple[str, ...]
    """The options that lead a stream to it."""

    def count(self) -> int:
        """Return how many records came so far."""
        with self.file.open("rb") as came:
            return sum(piece.count(b"\n") for piece in iter(lambda: came.read(1 << 20), b""))


@contextmanager
def listening(name: str, file: Path, *faults: str) -> Iterator[Receiver]:
    """Let a stand-in listen while the context lasts.

    Args:
        name: Which one, as `trailwright listen` knows it.
        file: Where records go; it must not be there.
        faults: What goes wrong, such as `503=2%`.

    Raises:
        CommandError: It does not listen; its own words say why.
    """
    asked = [word for fault in faults for word in ("--fault", fault)]
    process = subprocess.Popen(  # noqa: S603  # our own command
        [*COMMAND, "listen", name, "-o", str(file), *asked],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    with process.stderr as said:
        try:
            first = said.readline()
            found = _ADDRESS.search(first)
            if found is None:
                message = f"{name} does not listen: {first.strip() or 'it said nothing'}"
                raise CommandError(message)
            settings = ("--with", found[2]) if found[2] else ()
            yield Receiver(file, ("--to", found[1], *settings))
        finally:
            end(process, SOON)


@contextmanager
def streaming(folder: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """Give a stream under way; it is ended with the context.

    Args:
        folder: Where it leaves what it knows.
        words: What and where to, after `trailwright stream`.
    """
    process = subprocess.Popen(  # noqa: S603  # our own command
        [*COMMAND, "stream", *words, "-o", str(folder), "--quiet"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    with process.stderr:
        try:
            yield process
        finally:
            end(process, _WAITS)


def end(process: subprocess.Popen[str], waits: float) -> None:
    """End a process: it is told to, and killed if it does not in so many seconds."""
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(waits)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def report_of(folder: Path) -> dict[str, Any]:
    """Return the report that a stream left in a folder."""
    report: dict[str, Any] = json.loads((folder / "report.json").read_bytes())
    return report


def reconciled(folder: Path, file: Path) -> dict[str, Any]:
    """Return what `trailwright reconcile` finds, for programs.

    Raises:
        CommandError: It cannot read what there is.
    """
    done = subprocess.run(  # noqa: S603  # our own command
        [*COMMAND, "reconcile", str(folder), str(file), "--json", "--quiet"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in (0, 1) or not done.stdout:
        message = f"reconcile ended with {done.returncode} and said: {done.stderr.strip()}"
        raise CommandError(message)
    found: dict[str, Any] = json.loads(done.stdout)
    return found
