"""The program as its users meet it: a process of its own."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

COMMAND = (sys.executable, "-m", "simulator")

TINY = """\
scenario: tiny
window: {start: 2025-01-12, days: 2}
administrators: [{name: ops}]
storyline:
  - {at: 2025-01-12T09:00:00Z, admin: ops, does: create-group, group: {name: Auditors}}
  - {at: 2025-01-13T09:00:00Z, admin: ops, does: delete-group, group: Auditors}
"""

LONG = """\
scenario: long
window: {start: 2025-01-12, days: 2}
administrators: [{name: ops}]
storyline:
  - at: 2025-01-12T09:00:00Z
    admin: ops
    does: describe-directory
    repeat: {times: 2000, every: 10s}
"""
"""Far more records than a pipe holds, so that the program waits for its reader."""


ODD = f"""{TINY.replace("create-group,", "create-group, id: odd,")}
records:
  - {{where: {{entry: odd, event: CreateGroup}}, set: {{eventID.x: 1}}}}
"""
"""What no record can be given, which shows only when the record is there."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended."""

    status: int
    out: str
    err: str


def shell(script: str, *, cwd: Path) -> Ended:
    """Run a shell script in which "$@" is the program."""
    done = subprocess.run(  # noqa: S603
        ["/bin/bash", "-c", script, "bash", *COMMAND],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)
