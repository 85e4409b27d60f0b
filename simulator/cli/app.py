"""How a run of the command `trailwright` begins and ends.

The commands are imported inside `main`: they take most of a second, and a Ctrl-C during
that time must end as quietly as any other.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from functools import cache
from typing import TYPE_CHECKING, Final, NoReturn

from simulator.errors import OutputError
from simulator.primitives.allocation import keep_memory

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

INTERRUPTED: Final = 128 + signal.SIGINT
COMPLETING: Final = "_TRAILWRIGHT_COMPLETE"
"""The variable by which a shell asks what to complete."""
UNREAD: Final = 141
"""128 and SIGPIPE, which not every system has."""
TERMINATED: Final = 128 + signal.SIGTERM

STATUSES: Final = (
    (0, "all went well"),
    (1, "a check found something, a score or stream fell short; or a bug, with a traceback"),
    (2, "an option, argument or scenario is wrong"),
    (3, "the target cannot be written, or holds something already; a receiver takes nothing"),
    (4, "a file to be read is missing, or not what it should be"),
    (5, "an optional dependency is not installed"),
    (6, "workers could not be started or reached, or died again and again"),
    (INTERRUPTED, "interrupted with Ctrl-C"),
    (UNREAD, "nobody reads standard output any more"),
    (TERMINATED, "told to terminate (SIGTERM)"),
)
"""Exit statuses and what they mean; those above 128 are as shells count signals."""


def main() -> NoReturn:
    """Run the command line, and end the program."""
    signal.signal(signal.SIGTERM, _terminated)
    try:
        _command()(prog_name="trailwright")
    except SystemExit as ended:
        status = ended.code
    except KeyboardInterrupt:
        status = INTERRUPTED
    else:
        status = 0
    sys.exit(_flushed(status))


def _command() -> Callable[..., object]:
    """Import what the command line needs.

    What is imported stays until the end, and nothing of it is ever garbage: to look for some
    while it grows, and again and again in it during the run, takes an eighth of a short one.
    """
    if COMPLETING in os.environ:  # noqa: TID251  # decides nothing that a run writes
        from simulator.cli import completion  # noqa: PLC0415  # as below

        return completion.program()
    # Nothing is asked of NumPy's linear algebra, whose threads turn about for a tenth of a second
    # of processor time when they start.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # noqa: TID251  # as above
    # Nor of pydantic's plugins, for which it looks through all packages that are installed.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")  # noqa: TID251  # as above
    gc.disable()
    from simulator.cli.commands import program  # noqa: PLC0415  # see above

    keep_memory()
    command = program(*sys.argv[1:2])
    _keep_imports()
    gc.enable()
    return command


@cache
def _keep_imports() -> None:
    """Look for no garbage in what is there by now, and seldom for that which is to come.

    Once: a process that runs several command lines has garbage of those before. To ask whether
    anything is kept already would be to count all of it.
    """
    gc.freeze()
    # Most of what a run lets go of goes by itself; what does not is little.
    gc.set_threshold(20_000)


def say(message: str) -> None:
    """Write a message to standard error as it is: no mark-up, no colour, no wrapping."""
    print(message, file=sys.stderr)


def cannot_print(error: OSError) -> str:
    """Return what is said when standard output takes no more."""
    return f"Error: cannot write standard output: {error.strerror or error}"


def _flushed(status: str | int | None) -> str | int | None:
    """Write out what is left of the results, and return the status to end with."""
    try:
        sys.stdout.flush()
    except OSError as error:
        # What cannot be written must not be tried again when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            return UNREAD
        say(cannot_print(error))
        return OutputError.exit_status
    return status


def _terminated(number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)
