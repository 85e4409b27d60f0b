"""`trailwright generate`: records from a scenario."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from simulator import run
from simulator.cli import console, summary
from simulator.cli.first_run import tour
from simulator.errors import RequestError
from simulator.primitives.instants import parse_instant
from simulator.scenario import library
from simulator.sinks.targets import target_of

if TYPE_CHECKING:
    from types import TracebackType

EPILOG: Final = """\b
Examples:
  trailwright generate quickstart
  trailwright generate baseline/office --events 100000 -o office.ndjson.gz
  trailwright generate my.yaml --era post --seed 7 -o run-7/
  trailwright generate quickstart -o - --quiet | jq -r .eventName | sort | uniq -c
  trailwright generate my.yaml --start 2025-01-13 --end 2025-01-14 -o monday/
"""


class Engine(StrEnum):
    """The two ways from plan to records."""

    vectorised = "vectorised"
    stepwise = "stepwise"


def _instant(text: str) -> int:
    try:
        return parse_instant(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def add_to(app: typer.Typer) -> None:
    """Make the command known."""
    app.command(epilog=EPILOG)(generate)


def generate(
    scenario: Annotated[
        str,
        typer.Argument(
            help="A scenario file, or the name of one that is shipped (trailwright scenario list)."
        ),
    ],
    output: Annotated[
        str | None,
        typer.Option(
            "-o",
            "--output",
            metavar="PATH",
            help="A folder (DIR/), a file (NAME.ndjson, .ndjson.gz or .ndjson.zst), or - for "
            "records on standard output. By default output/<scenario name>/.",
        ),
    ] = None,
    era: Annotated[
        str | None,
        typer.Option(
            metavar="ERA",
            help="pre, post, by-date, or the full name of an era, in place of the scenario's own.",
        ),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="In place of the scenario's own seed.", min=0)
    ] = None,
    events: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="Records in all: everyday activity is sized to N less the storyline's.",
            min=0,
        ),
    ] = None,
    engine: Annotated[
        Engine, typer.Option(help="Which engine renders. Both give the same bytes.")
    ] = Engine.vectorised,
    start: Annotated[
        int | None,
        typer.Option(
            parser=_instant,
            metavar="INSTANT",
            help="Only records of this instant or later, such as 2025-01-13T09:00:00Z.",
        ),
    ] = None,
    end: Annotated[
        int | None,
        typer.Option(parser=_instant, metavar="INSTANT", help="Only records before this instant."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace files that are there already.")
    ] = False,
    truth: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="Where the truth goes; with -o - nowhere unless given."),
    ] = None,
    manifest: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH", help="Where the manifest goes; with -o - nowhere unless given."
        ),
    ] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")
    ] = False,
    is_first_run: Annotated[bool, typer.Option("--tour", hidden=True)] = False,
) -> None:
    """Write the records of a scenario, what really happened, and a manifest.

    The same scenario, seed and version give the same bytes, on either engine and any machine.
    """
    loaded = library.load_with_digest(scenario, seed=seed, era=era)
    target = target_of(output, loaded.scenario.scenario, truth=truth, manifest=manifest)
    if target.records is None:
        # What was printed so far must come before what is written past it.
        sys.stdout.flush()
    request = run.Request(
        scenario=loaded.scenario,
        source_sha256=loaded.sha256,
        events=events,
        engine=engine.value,
        start=start,
        end=end,
    )
    with _Bar(is_shown=not quiet) as bar:
        counts = run.write_run(
            request, target, force=force, observer=bar, standard_output=sys.stdout.fileno()
        )
    if not quiet:
        summary.show(console.messages(), request, target, counts)
    if is_first_run:
        tour(console.messages(), request)
    if not quiet:
        summary.show_next(console.messages(), target)
