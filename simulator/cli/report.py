"""`trailwright report`: records as one page to look at."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from simulator.cli import console
from simulator.cli.closing import size_text
from simulator.cli.foreign import end_with_missed
from simulator.cli.gathered import Sources, gathered
from simulator.cli.options import Era, Events, Parameters, ReplaceFile, Seed, Silent, Workers
from simulator.conversion.writing import refuse_taken, write_whole
from simulator.reports import MOST_SHOWN

EPILOG: Final = """\b
Examples:
  trailwright report output/quickstart
  trailwright report datasets/attacked-company --events 20000 -o attacked.html
  trailwright report AWSLogs/ -o customer.html
"""


def add_to(app: typer.Typer) -> None:
    """Make the command known."""
    app.command(epilog=EPILOG)(report)


def report(
    *,
    paths: Sources,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The page.")
    ] = Path("report.html"),
    records: Annotated[
        int, typer.Option(metavar="N", min=0, help="Records that the page shows, at most.")
    ] = MOST_SHOWN,
    events: Events = None,
    era: Era = None,
    seed: Seed = None,
    parameters: Parameters = None,
    workers: Workers = 1,
    force: ReplaceFile = False,
    quiet: Silent = False,
) -> None:
    """Write records as one page to look at: what, when, who, in which era, what was scripted.

    The page is one file that needs no network. Exit status 1 when something could not be read as
    a record; the page says so, too.
    """
    from simulator.reports import page  # noqa: PLC0415  # pictures take a second to import

    page.refuse_without_extra()
    refuse_taken(output, force=force)
    made = gathered(
        paths,
        shown=records,
        events=events,
        era=era,
        seed=seed,
        parameters=parameters,
        workers=workers,
        is_shown=not quiet,
    )
    write_whole(output, page.page(made).encode())
    if not quiet:
        size = size_text(output.stat().st_size)
        out = console.results()
        out.print(console.line((made.name, "bold"), f": {made.records:,} records"))
        out.print(console.line(f"  {output}", (f"  {size}", "dim")))
    end_with_missed(made)
