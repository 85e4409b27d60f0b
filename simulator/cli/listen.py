"""`trailwright listen`: stands where a SIEM would, and keeps what comes."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from io import FileIO
from os import fstat
from pathlib import Path
from threading import Event, Lock
from typing import TYPE_CHECKING, Annotated, Final

import typer

from simulator.cli.app import say
from simulator.cli.options import ReplaceFile, Silent
from simulator.cli.stream import millis
from simulator.errors import OutputError, RequestError
from simulator.scenario.wording import suggestion
from simulator.standins.faults import FAULTS, Faults
from simulator.standins.keeping import Kept
from simulator.standins.table import BY_NAME, STANDINS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Buffer

EPILOG: Final = "\n".join(
    (
        "\b",
        "What it can stand in for:",
        *(f"  {one.name:<14} {one.meaning}" for one in STANDINS),
        "",
        "\b",
        "What can go wrong (--fault NAME=SHARE, or NAME=SHARE:DURATION):",
        *(f"  {name:<14} {meaning}" for name, meaning in FAULTS.items()),
        "",
        "\b",
        "Examples:",
        "  trailwright listen hec --port 8088 -o received.ndjson --idle 1m",
        "  trailwright listen elasticsearch --port 9200 -o received.ndjson --fault partial=5%",
        "  trailwright listen syslog --port 6514 -o received.ndjson --for 10m",
    )
)


def add_to(app: typer.Typer) -> None:
    """Make the command known."""
    app.command(epilog=EPILOG)(listen)


def listen(
    *,
    name: Annotated[
        str, typer.Argument(metavar="RECEIVER", help="What to stand in for: see below.")
    ],
    output: Annotated[
        Path,
        typer.Option("-o", "--output", metavar="FILE", help="Where records go, one a line."),
    ],
    port: Annotated[
        int, typer.Option(metavar="N", min=0, max=65_535, help="Where to listen; 0: any port.")
    ] = 0,
    host: Annotated[
        str,
        typer.Option(
            metavar="HOST",
            help="On which address; others than this machine's own see it only where that is said.",
        ),
    ] = "127.0.0.1",
    fault: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=SHARE",
            help="What goes wrong with a share of the requests, such as 503=10%; may be repeated.",
        ),
    ] = None,
    length: Annotated[
        int | None,
        typer.Option(
            "--for", parser=millis, metavar="DURATION", help="How long; otherwise until Ctrl-C."
        ),
    ] = None,
    idle: Annotated[
        int | None,
        typer.Option(
            parser=millis,
            metavar="DURATION",
            help="Ends when nothing came for so long after something did.",
        ),
    ] = None,
    force: ReplaceFile = False,
    quiet: Silent = False,
) -> None:
    """Stand where a SIEM would, and keep the records that come.

    For trying out load tests, and for testing what sends: it fails when it is told to. It ends
    with Ctrl-C, which is no error.
    """
    if name not in BY_NAME:
        known = f"there are {', '.join(BY_NAME)}"
        message = f"no such receiver: {name}{suggestion(name, BY_NAME)}; {known}"
        raise RequestError(message)
    standin = BY_NAME[name]
    faults = Faults(fault or (), known=standin.faults())
    with _opened(output, force=force) as stream:
        kept = Kept(stream)
        with standin.standing()(kept, faults, host=host, port=port) as address:
            stream.begin()
            if not quiet:
                needs = f" --with {standin.settings}" if standin.settings else ""
                say(f"listening: trailwright stream SCENARIO --to {address}{needs} …")
            with suppress(KeyboardInterrupt):
                _wait(kept, stream.failed, length, idle)
        if stream.failed.is_set():
            message = f"cannot write {output}: {stream.why}"
            raise OutputError(message)
        if not quiet:
            say(f"{kept.count:,} records in {output}")


def _wait(kept: Kept, failed: Event, length: int | None, idle: int | None) -> None:
    """Wait until the time is over, nothing more comes, or it cannot be kept."""
    if idle is None:
        failed.wait(None if length is None else length / 1000)
        return
    left, count = length, 0
    while left is None or left > 0:
        is_over = failed.wait((idle if left is None else min(idle, left)) / 1000)
        if is_over or (kept.count and kept.count == count):
            return
        count, left = kept.count, None if left is None else left - idle


class _Growing(FileIO):
    """A file that says when it takes no more: whoever writes is not whoever waits.

    What was in it stays until somebody listens: where nobody can, nothing is lost.
    """

    def __init__(self, path: Path, mode: str) -> None:
        """Open it."""
        super().__init__(path, mode)
        self.failed = Event()
        self.why = ""
        self._lock = Lock()
        self._is_begun = False

    def begin(self) -> None:
        """Throw away what was in it before, once: what came since then stays."""
        with self._lock:
            # What has no size, such as a device, cannot be cut either.
            if not self._is_begun and fstat(self.fileno()).st_size:
                self.truncate(0)
            self._is_begun = True

    def write(self, data: Buffer, /) -> int:
        """Write all of it."""
        self.begin()
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[super().write(rest) :]
        except OSError as error:
            self.why = error.strerror or str(error)
            self.failed.set()
            raise
        return memoryview(data).nbytes


@contextmanager
def _opened(path: Path, *, force: bool) -> Iterator[_Growing]:
    """Open a file for what comes; it grows as records come, and is not made at the end.

    Where nobody could listen after all, a new file is taken away again: it would be in the way
    of the next try.
    """
    is_new = not path.exists()
    try:
        stream = _Growing(path, "a" if force else "x")
    except FileExistsError:
        message = f"{path} exists: choose another with -o, or say --force"
        raise OutputError(message) from None
    except OSError as error:
        message = f"cannot write {path}: {error.strerror}"
        raise OutputError(message) from None
    try:
        with stream:
            yield stream
    except OutputError:
        with suppress(OSError):
            if is_new and not path.stat().st_size:
                path.unlink()
        raise
