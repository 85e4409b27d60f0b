"""Bars on standard error while something long is done: on terminals, and nowhere else."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import Progress, TaskID


@contextmanager
def bars(*, is_shown: bool) -> Iterator[Progress | None]:
    """Give what shows bars, or nothing where nobody would see them.

    A bar's text is its field `told`.
    """
    if not (is_shown and sys.stderr.isatty()):
        yield None
        return
    from rich.progress import (  # noqa: PLC0415  # most runs show none
        BarColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    from simulator.cli import console  # noqa: PLC0415  # as above

    with Progress(
        SpinnerColumn(),
        BarColumn(),
        TextColumn("{task.fields[told]}"),
        TimeElapsedColumn(),
        console=console.messages(),
        transient=True,
    ) as progress:
        yield progress


class ReadBar:
    """Shows how much of what is to be read was read. See `verification.Observer`."""

    def __init__(self, progress: Progress) -> None:
        """Show nothing yet."""
        self._progress = progress
        self._size = 0
        self._task = progress.add_task("", total=None, told="")

    def planned(self, size: int) -> None:
        """See `Observer.planned`."""
        self._progress.update(self._task, total=size)

    def read(self, size: int) -> None:
        """See `Observer.read`."""
        from simulator.cli.closing import size_text  # noqa: PLC0415  # as above

        self._size += size
        told = f"{size_text(self._size)} read"
        self._progress.update(self._task, completed=self._size, told=told)


class RunBar:
    """Shows how far a run is. See `run.Observer`."""

    def __init__(self, progress: Progress, what: str = "records") -> None:
        """Show nothing yet.

        Args:
            what: What is counted.
        """
        self._progress = progress
        self._what = what
        self._task: TaskID | None = None

    def planned(self, episodes: int) -> None:
        """See `Observer.planned`."""
        self._task = self._progress.add_task("", total=episodes, told="")

    def written(self, records: int, episodes: int) -> None:
        """See `Observer.written`."""
        assert self._task is not None
        told = f"{records:,} {self._what}"
        self._progress.update(self._task, completed=episodes, told=told)


class RecordCount:
    """Shows how many records were read. See `conversion.Observer`."""

    def __init__(self, progress: Progress) -> None:
        """Show nothing yet."""
        self._progress = progress
        self._task = progress.add_task("", total=None, told="")

    def read(self, records: int) -> None:
        """See `Observer.read`."""
        self._progress.update(self._task, told=f"{records:,} records")


class StageBar:
    """Shows how far the search for a smaller case is. See `cases.Observer`."""

    def __init__(self, progress: Progress) -> None:
        """Show nothing yet."""
        self._progress = progress
        self._task = progress.add_task("", total=None, told="")

    def reached(self, stage: str, attempts: int, left: int) -> None:
        """See `Observer.reached`."""
        self._progress.update(self._task, told=f"{attempts:,} tried, {left:,} {stage}")
