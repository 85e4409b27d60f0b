"""`trailwright explain`: what CloudTrail records say, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from simulator.cli import console
from simulator.cli.app import say
from simulator.cli.foreign import Paths, Unwatched, end_with_missed, watching
from simulator.explanation import (
    MOST_KEPT,
    Tally,
    explain_all,
    explain_event,
    explanation_json,
    explanation_lines,
    story_json,
    story_lines,
)
from simulator.primitives.jsontext import json_text
from simulator.validation.report import plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from simulator.explanation import Explanation, Story

EPILOG: Final = """\b
Examples:
  trailwright explain record.json
  trailwright explain output/quickstart --event 6b983269-6f95-4d38-a259-f235d0bc86a1
  trailwright explain athena.csv --all
  trailwright explain AWSLogs/ --json | jq -r '.who[0]'
"""

_MOST: Final = 20


def add_to(app: typer.Typer) -> None:
    """Make the command known."""
    app.command(epilog=EPILOG)(explain)


def explain(
    *,
    paths: Paths,
    event: Annotated[
        str | None,
        typer.Option(
            "--event", metavar="EVENTID", help="Only this record, in full, and what is around it."
        ),
    ] = None,
    every: Annotated[
        bool,
        typer.Option(
            "--all",
            help=f"Every story and every record of it, not only the first {_MOST} of each.",
        ),
    ] = False,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="One JSON object a line, for each record or each story."),
    ] = False,
    quiet: Unwatched = False,
) -> None:
    """Tell in plain words what records say: who did what, from where, and signed in how.

    Also which era each is in, what is unusual about it, and which records belong to the same
    sign-in or session. A few records are explained in full; many are told as stories, a line each.
    Exit status 1 when something could not be read as a record.
    """
    tally = Tally()
    most = None if every else _MOST
    with watching(is_shown=not quiet) as observer:
        if event is None:
            whole = explain_all(paths, tally, observer)
            explanations: Sequence[Explanation] = whole.explanations
            stories: Sequence[Story] = whole.stories
        else:
            explanations, stories = (explain_event(paths, event, tally, observer),), ()
    if as_json:
        for one in explanations:
            typer.echo(json_text(explanation_json(one)).decode())
        for story in stories:
            typer.echo(json_text(story_json(story)).decode())
    else:
        _print(explanation_lines(one, most) for one in explanations)
        _print(story_lines(story, most) for story in stories[:most])
        _close(tally, stories, most, is_one=event is not None)
    _complain(tally)


def _print(texts: Iterator[Iterator[str]]) -> None:
    """Print texts with an empty line after each, their headings bold."""
    out = console.results()
    for lines in texts:
        out.print(console.line((next(lines), "bold")))
        for line in lines:
            out.print(console.line(line))
        out.print()


def _close(tally: Tally, stories: Sequence[Story], most: int | None, *, is_one: bool) -> None:
    """Say what was read, and what of it was not told."""
    if is_one:
        return
    out = console.results()
    if most is not None and len(stories) > most:
        left = stories[most:]
        records = sum(len(story.lines) for story in left)
        told = f"{len(left):,} more with {plural(records, 'record')}"
        out.print(console.line(f"… and {told} (--all)"))
    told = f"{plural(tally.records, 'record')} in {plural(tally.files, 'file')}"
    # As plural does it, for a word it does not know.
    count = f", {len(stories):,} {'story' if len(stories) == 1 else 'stories'}" if stories else ""
    out.print(console.line((f"{told}{count}", "bold")))


def _complain(tally: Tally) -> None:
    """Say what was left out, and end with the status for it."""
    if tally.untold:
        say(
            f"Only the first {MOST_KEPT:,} records are told; {tally.untold:,} more were left out: "
            "give fewer files, or one record with --event"
        )
    end_with_missed(tally)
