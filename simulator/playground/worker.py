"""The process in which scenarios are tried, so that it can be ended when one asks for too much.

It reads jobs from its standard input and answers on its standard output, each a length and
JSON. It holds nothing that anybody would miss, and ends when its input does: that comes by
itself when the server is gone.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any, Final

import orjson

from simulator.playground.limits import MEMORY
from simulator.playground.messages import LENGTH, framed
from simulator.playground.trying import checked, tried

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

JOBS: Final[Mapping[str, Callable[..., dict[str, Any]]]] = {"check": checked, "run": tried}


def main() -> None:
    """Serve the process that started this one."""
    # Ctrl-C reaches whoever started this, who ends this as well.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.dup(1)
    # Nothing that anybody prints may come between the answers.
    os.dup2(2, 1)
    _limit_memory()
    with suppress(BrokenPipeError), open(answers, "wb") as stream:  # noqa: PTH123  # a descriptor
        while (job := _read(sys.stdin.buffer)) is not None:
            stream.write(framed(_answer(job)))
            stream.flush()


def _read(jobs: IO[bytes]) -> dict[str, Any] | None:
    """Return the next job; None where there are no more."""
    head = jobs.read(LENGTH)
    if len(head) < LENGTH:
        return None
    job: dict[str, Any] = orjson.loads(jobs.read(int.from_bytes(head)))
    return job


def _answer(job: dict[str, Any]) -> dict[str, Any]:
    """Do a job; what goes wrong besides is told here and at the terminal."""
    try:
        return JOBS[job.pop("job")](**job)
    except MemoryError:
        return _told(f"This takes more than the {MEMORY >> 30} GB that a trial may take.")
    except Exception:  # noqa: BLE001  # the page must hear of it
        traceback.print_exc()
        return {"bug": "This is a bug in Trailwright: the terminal shows where."}


def _told(message: str) -> dict[str, Any]:
    return {"findings": [{"line": 0, "column": 0, "path": "", "message": message}]}


def _limit_memory() -> None:
    # Not every system has it, or lets a process be held to it.
    with suppress(ImportError, OSError, ValueError):
        import resource  # noqa: PLC0415  # see above

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
