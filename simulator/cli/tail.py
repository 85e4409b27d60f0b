"""`trailwright tail`: the last CloudTrail records of files, and those that come, on a line each."""

from __future__ import annotations

import sys
import time
from collections import deque
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Annotated, Final

import typer

from simulator.cli import console
from simulator.cli.app import say
from simulator.errors import RequestError
from simulator.explanation import brief_of
from simulator.primitives.instants import SECOND, parse_any_instant
from simulator.primitives.jsontext import json_text
from simulator.validation.memory import Recent
from simulator.validation.reading import Item, Read, Trouble
from simulator.validation.tailing import Tail, read_as_it_comes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from rich.text import Text

    from simulator.explanation import Brief

EPILOG: Final = """\b
Examples:
  trailwright tail output/quickstart
  trailwright tail records.ndjson -f --errors
  trailwright tail AWSLogs/ -n 50 --user 'ana*' --event CredentialVerification
  trailwright stream quickstart --to - | trailwright tail -
  trailwright tail records.ndjson -f --json | jq .eventName
"""

_LAST: Final = 10
_EVERY: Final = 0.25
"""Seconds between two looks at what is followed."""
_FOUND: Final = 1
"""The status where something could not be read."""
_WIDTHS: Final = (22, 36, 36, 24)
"""Of event, who, where and outcome; what is longer moves what is behind it."""


def add_to(app: typer.Typer) -> None:
    """Make the command known."""
    app.command(epilog=EPILOG)(tail)


@dataclass(frozen=True, slots=True)
class _Filter:
    """Which records are wanted."""

    events: tuple[str, ...]
    """Patterns in lower case, of which one must fit; any event if there is none."""
    users: tuple[str, ...]
    """As above, of whoever acts."""
    is_failing: bool
    """Whether only those are wanted that failed."""

    def is_wanted(self, item: Item) -> bool:
        """Return whether a record is wanted."""
        if not (self.events or self.users or self.is_failing):
            return True
        brief = brief_of(item.record)
        who = brief.identity
        return (
            (not self.is_failing or brief.is_failure)
            and _fits(self.events, (brief.event, brief.kind))
            and _fits(self.users, (who.short, who.name, who.user_id, who.says))
        )


def _fits(patterns: tuple[str, ...], names: tuple[str, ...]) -> bool:
    return not patterns or any(
        fnmatchcase(name.lower(), pattern) for name in names if name for pattern in patterns
    )


def tail(
    *,
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="Files or folders of CloudTrail records in any form, compressed or not; "
            "- alone for standard input, which is told as it comes.",
        ),
    ],
    lines: Annotated[
        int | None,
        typer.Option(
            "--lines",
            "-n",
            metavar="N",
            min=0,
            help=f"The last N records, of those that are wanted; {_LAST} unless said, and all of "
            "standard input.",
        ),
    ] = None,
    follow: Annotated[
        bool,
        typer.Option(
            "--follow",
            "-f",
            help="Go on with what comes: to files that grow, are emptied or replaced, and new "
            "ones in folders. It ends with Ctrl-C, which is no error.",
        ),
    ] = False,
    event: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Only events of this name, such as Federate, sso/Federate or 'Create*'; may be "
            "repeated.",
        ),
    ] = None,
    user: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Only what is done by this user or session, by name or id, such as 'ana*'; may be "
            "repeated.",
        ),
    ] = None,
    errors: Annotated[
        bool,
        typer.Option(
            "--errors", help="Only what failed: calls with an error, refused credentials."
        ),
    ] = False,
    local: Annotated[
        bool, typer.Option("--local", help="Times in this machine's zone, not in UTC.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="The records themselves, one a line, as they are.")
    ] = False,
) -> None:
    """Show the last records of files on a line each: when, what, who, where, what came of it.

    The last column shows what the eras changed: the type of identity, which of its members are
    there, and the era where they tell. Names are compared without case, and may have * and ?.
    Exit status 1 when something could not be read as a record.
    """
    if "-" in paths and len(paths) > 1:
        message = "- cannot be read along with files: give it alone"
        raise RequestError(message)
    wanted = _Filter(_patterns(event), _patterns(user), errors).is_wanted
    if paths == ["-"]:
        found = _of_input(lines, wanted)
    else:
        found = _of_files(Tail(paths, wanted), lines, is_followed=follow)
    is_endless = follow or paths == ["-"]
    missed = _print(found, _as_json if as_json else _told(is_local=local), is_endless=is_endless)
    if missed:
        raise typer.Exit(_FOUND)


def _patterns(given: list[str] | None) -> tuple[str, ...]:
    return tuple(one.lower() for one in given or ())


def _of_input(most: int | None, is_wanted: Callable[[Item], bool]) -> Iterator[Read]:
    """Yield what is wanted of standard input: all as it comes, or the last at its end."""
    found = (
        one
        for one in read_as_it_comes(sys.stdin.buffer)
        if isinstance(one, Trouble) or is_wanted(one)
    )
    if most is None:
        yield from found
        return
    kept: deque[Item] = deque(maxlen=most)
    for one in found:
        if isinstance(one, Trouble):
            yield one
        else:
            kept.append(one)
    yield from kept


def _of_files(tail: Tail, most: int | None, *, is_followed: bool) -> Iterator[Read]:
    """Yield the last records of files, and what comes to them."""
    with closing(tail):
        yield from tail.last(_LAST if most is None else most, is_followed=is_followed)
        while is_followed and wait():
            yield from tail.come()


def wait() -> bool:
    """Wait until it is time to look again; return whether to."""
    time.sleep(_EVERY)
    return True


def _print(found: Iterable[Read], show: Callable[[Item], None], *, is_endless: bool) -> int:
    """Print records, tell of the rest, and return how much that was."""
    missed = 0
    try:
        for one in found:
            if isinstance(one, Trouble):
                missed += 1
                say(f"{one.place}: {one.message}")
            else:
                show(one)
    except KeyboardInterrupt:
        if not is_endless:
            raise
    return missed


def _as_json(item: Item) -> None:
    """Print a record as it is, at once: whoever reads it may wait for it."""
    line = json_text(item.record) if item.raw is None else item.raw
    sys.stdout.buffer.write(line.rstrip() + b"\n")
    sys.stdout.buffer.flush()


def _told(*, is_local: bool) -> Callable[[Item], None]:
    """Return what prints a record on a line, at once, with names that earlier ones gave."""
    out = console.results()
    names: Recent[str] = Recent()

    def show(item: Item) -> None:
        brief = brief_of(item.record)
        user, name = brief.identity.user_id, brief.identity.name
        if user and name:
            names.put(user, name)
        who = (names.get(user) if user else None) or brief.who
        out.print(_line(brief, who, is_local=is_local))

    return show


def _line(brief: Brief, who: str, *, is_local: bool) -> Text:
    event, whom, where, outcome = (
        text.ljust(width)
        for text, width in zip(
            (brief.event or brief.kind, who, brief.where, brief.outcome), _WIDTHS, strict=True
        )
    )
    return console.line(
        (_when(brief.time, is_local=is_local), "dim"),
        ("  " + event, "bold"),
        ("  " + whom, "cyan"),
        "  " + where,
        ("  " + outcome, "bold red" if brief.is_failure else "green"),
        ("  " + brief.era, "dim"),
    )


def _when(text: str, *, is_local: bool) -> str:
    """Return a time as people read it: in UTC, or in this machine's zone with its offset."""
    try:
        moment = datetime.fromtimestamp(parse_any_instant(text) / SECOND, UTC)
    except (ValueError, OverflowError):
        return text or "no time"
    shown = moment.astimezone() if is_local else moment
    return f"{shown:%Y-%m-%d %H:%M:%S}{f'{shown:%z}' if is_local else 'Z'}"
