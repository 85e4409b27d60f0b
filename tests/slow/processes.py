"""A command of ours as a process of its own, with what it needed."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

_MEASURE: Final = """
import os, subprocess, sys
process = subprocess.Popen([sys.executable, "-m", "simulator", *sys.argv[1:]])
_, status, used = os.wait4(process.pid, 0)
print(used.ru_maxrss * 1024)
sys.exit(os.waitstatus_to_exitcode(status))
"""


def peak_of(*arguments: str, cwd: Path | None = None) -> int:
    """Run the command with these arguments, and return its peak of memory in bytes.

    Asked of this process alone, by a small one: Linux counts what the process that starts
    another had needed until then, and tests that ran before need much.
    """
    done = subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-c", _MEASURE, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout.split()[-1])
