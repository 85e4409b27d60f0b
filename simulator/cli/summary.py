"""`trailwright summary`: what is in records, in a few tables."""

from __future__ import annotations

from typing import Final

import typer

from simulator.cli import console
from simulator.cli.foreign import Unwatched, end_with_missed
from simulator.cli.gathered import Sources, gathered
from simulator.cli.options import Era, Events, Parameters, ReportAsJson, Seed, Workers
from simulator.primitives.jsontext import json_text_indented
from simulator.reports.summary import summary_json, summary_lines

EPILOG: Final = """\b
Examples:
  trailwright summary output/quickstart
  trailwright summary AWSLogs/
  trailwright summary plays/password-spray --json | jq .factors
"""


def add_to(app: typer.Typer) -> None:
    """Make the command known."""
    app.command(epilog=EPILOG)(summary)


def summary(
    *,
    paths: Sources,
    events: Events = None,
    era: Era = None,
    seed: Seed = None,
    parameters: Parameters = None,
    workers: Workers = 1,
    as_json: ReportAsJson = False,
    quiet: Unwatched = False,
) -> None:
    """Say what is in records: how many of what, when, in which era, who, what was scripted.

    Exit status 1 when something could not be read as a record.
    """
    made = gathered(
        paths,
        shown=0,
        events=events,
        era=era,
        seed=seed,
        parameters=parameters,
        workers=workers,
        is_shown=not quiet,
    )
    if as_json:
        typer.echo(json_text_indented(summary_json(made)).decode())
    else:
        out = console.results()
        for text, is_heading in summary_lines(made):
            out.print(console.line((text, "bold") if is_heading else text))
    end_with_missed(made)
