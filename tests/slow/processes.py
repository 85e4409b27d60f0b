"""A command of ours as a process of its own, with what it needed."""

from __future__ import annotations

import os
import subprocess
import sys


def peak_of(*arguments: str) -> int:
    """Run the command with these arguments, and return its peak of memory in bytes.

    Asked of this process alone: `RUSAGE_CHILDREN` is the most that any child ever needed,
    other tests' among them.
    """
    process = subprocess.Popen(  # noqa: S603  # our own command
        [sys.executable, "-m", "simulator", *arguments], stderr=subprocess.PIPE
    )
    with process:
        assert process.stderr is not None
        said = process.stderr.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, said.decode()
    return used.ru_maxrss * 1024
