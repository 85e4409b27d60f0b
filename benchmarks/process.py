"""One command, run as a process of its own, and what it used.

The kernel counts the processor time and the greatest memory of a process and of those it waited
for; both are read when it ends. What it is started from is remembered in that memory too, so
whoever measures must be small: nothing here or in the modules that use it imports NumPy.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

KIB: Final = 1 if sys.platform == "darwin" else 1_024
"""What the kernel counts memory in."""

ROOT: Final = Path(__file__).parents[1]
"""Where commands run: the programs of `benchmarks` are found from here."""

PIECE: Final = 1 << 16

SOON: Final = 120
"""Seconds that anything small may take."""


class CommandError(Exception):
    """A command failed or took too long; the message says which and how it ended."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a command used."""

    cpu: float
    """Seconds of processor, its own and the system's for it, descendants included."""

    wall: float
    """Seconds from start to end."""

    peak: int
    """Bytes of memory, at most, of whichever of its processes had most."""

    first_byte: float | None
    """Seconds until it wrote something; absent when nobody looked."""

    output: bytes
    """What it wrote, when somebody looked."""


# As on a machine where Python keeps what it has compiled: some switch that off.
_ENVIRONMENT = {
    name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
}


def run(command: Sequence[str], *, limit: float, is_read: bool = False) -> Usage:
    """Run a command to its end and return what it used.

    Args:
        command: What to run.
        limit: Seconds after which it is killed.
        is_read: Whether to read what it writes; otherwise it writes to /dev/null.

    Raises:
        CommandError: It did not end well.
    """
    with tempfile.TemporaryFile() as complaints:
        began = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603  # our own commands
            command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if is_read else subprocess.DEVNULL,
            stderr=complaints,
            start_new_session=True,
            env=_ENVIRONMENT,
        )
        is_late = threading.Event()

        def end() -> None:
            is_late.set()
            os.killpg(process.pid, signal.SIGKILL)

        timer = threading.Timer(limit, end)
        timer.daemon = True
        timer.start()
        try:
            first_byte, output = _read(process, began) if is_read else (None, b"")
            _, status, used = os.wait4(process.pid, 0)
        finally:
            timer.cancel()
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if is_late.is_set():
            message = f"took longer than {limit:g} s"
            raise CommandError(message)
        if process.returncode:
            complaints.seek(0)
            said = complaints.read().decode(errors="replace").strip()
            last = said.splitlines()[-1] if said else "nothing"
            message = f"ended with {process.returncode} and said: {last}"
            raise CommandError(message)
    return Usage(used.ru_utime + used.ru_stime, wall, used.ru_maxrss * KIB, first_byte, output)


def _read(process: subprocess.Popen[bytes], began: float) -> tuple[float | None, bytes]:
    assert process.stdout is not None
    with process.stdout as pipe:
        descriptor = pipe.fileno()
        pieces = [os.read(descriptor, PIECE)]
        first = time.perf_counter() - began if pieces[0] else None
        while pieces[-1]:
            pieces.append(os.read(descriptor, PIECE))
    return first, b"".join(pieces)
