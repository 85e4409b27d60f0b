"""`trailwright report`: records as one page to look at."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from simulator.cli import console
from simulator.cli.foreign import say_missed
from simulator.cli.options import Era, Events, Parameters, ReplaceFile, Seed, Workers
from simulator.cli.progress import RecordCount, RunBar, bars
from simulator.cli.summary import size_text
from simulator.conversion.writing import refuse_taken, write_whole
from simulator.errors import RequestError
from simulator.reports import MOST_SHOWN, Gathered, gather_paths, gather_scenario
from simulator.scenario import library

if TYPE_CHECKING:
    from collections.abc import Sequence

EPILOG: Final = """\b
Examples:
  trailwright report output/quickstart
  trailwright report datasets/attacked-company --events 20000 -o attacked.html
  trailwright report AWSLogs/ -o customer.html
"""
SCENARIOS: Final = (".yaml", ".yml")
"""What files of scenarios end in."""
_RECORDS: Final = (".json", ".ndjson", ".jsonl", ".csv", ".gz", ".zst", ".parquet")
_FOUND: Final = 1
"""The status where something could not be read."""


def add_to(app: typer.Typer) -> None:
    """Make the command known."""
    app.command(epilog=EPILOG)(report)


def report(
    *,
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="SCENARIO|RUN|FILE...",
            help="A scenario file or the name of a shipped one, of which a run is made and thrown "
            "away; a run that was written; or any files and folders of CloudTrail records.",
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="The page.",
        ),
    ] = Path("report.html"),
    records: Annotated[
        int,
        typer.Option(
            metavar="N", min=0, help="Records that can be looked at in the page, at most."
        ),
    ] = MOST_SHOWN,
    events: Events = None,
    era: Era = None,
    seed: Seed = None,
    parameters: Parameters = None,
    workers: Workers = 1,
    force: ReplaceFile = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
) -> None:
    """Write records as one page to look at: what, when, who, in which era, what was scripted.

    The page is one file that needs no network. Exit status 1 when something could not be read as
    a record; the page says so, too.
    """
    from simulator.reports import page  # noqa: PLC0415  # pictures take a second to import

    page.refuse_without_extra()
    refuse_taken(output, force=force)
    with bars(is_shown=not quiet) as progress:
        if is_scenario(paths):
            given = library.parts_from(parameters or ())
            scenario = library.load(paths[0], seed=seed, era=era, parameters=given)
            made = gather_scenario(
                scenario,
                events=events,
                workers=workers,
                shown=records,
                observer=None if progress is None else RunBar(progress),
            )
        else:
            if {events, seed, era} != {None} or parameters or workers != 1:
                message = (
                    f"{paths[0]} is no scenario: --events, --seed, --era, --set and --workers are "
                    "for scenarios"
                )
                raise RequestError(message)
            hearing = None if progress is None else RecordCount(progress)
            made = gather_paths(paths, shown=records, observer=hearing)
    write_whole(output, page.page(made).encode())
    _close(made, output, quiet=quiet)


def is_scenario(paths: Sequence[str]) -> bool:
    """Return whether a scenario is meant: a file of one, or a name that is no file."""
    if len(paths) != 1 or paths[0] == "-" or "://" in paths[0]:
        return False
    path = Path(paths[0])
    return path.suffix in SCENARIOS if path.exists() else path.suffix not in _RECORDS


def _close(made: Gathered, target: Path, *, quiet: bool) -> None:
    """Say what was written and what was left out, and end with the status for it."""
    if not quiet:
        size = size_text(target.stat().st_size)
        out = console.results()
        out.print(console.line((made.name, "bold"), f": {made.records:,} records"))
        out.print(console.line(f"  {target}", (f"  {size}", "dim")))
    say_missed(made)
    if made.troubles:
        raise typer.Exit(_FOUND)
