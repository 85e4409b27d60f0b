"""What commands that read records of any origin share: arguments, progress, what was no record."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

import typer

from simulator.cli.app import say
from simulator.cli.progress import RecordCount, bars

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.conversion import Observer
    from simulator.validation.reading import Missed

Paths: TypeAlias = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE...",
        help="Files or folders of CloudTrail records in any form, compressed or not; "
        "- for standard input.",
    ),
]
_FOUND: Final = 1
"""The status where something could not be read."""

Unwatched: TypeAlias = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]


@contextmanager
def watching(*, is_shown: bool) -> Iterator[Observer | None]:
    """Give what shows how many records were read, or nothing where nobody would see it."""
    with bars(is_shown=is_shown) as progress:
        yield None if progress is None else RecordCount(progress)


def say_missed(missed: Missed) -> None:
    """Say what could not be read as a record, on standard error."""
    for trouble in missed.unread:
        say(f"{trouble.place}: {trouble.message}")
    more = missed.troubles - len(missed.unread)
    if more:
        say(f"… and {more:,} more that cannot be read")


def end_with_missed(missed: Missed) -> None:
    """Say what could not be read as a record, and end with the status for it if there was any.

    Raises:
        typer.Exit: There was some.
    """
    say_missed(missed)
    if missed.troubles:
        raise typer.Exit(_FOUND)
