"""`trailwright realism`: whether records show what the scenario's personas declare."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from simulator.cli.options import ReportAsJson, workers_of
from simulator.cli.progress import RunBar, bars
from simulator.errors import RequestError
from simulator.primitives.jsontext import json_text_indented
from simulator.realism import measure_run, measure_scenario, report_json, report_text
from simulator.scenario import library
from simulator.verification import place_of

if TYPE_CHECKING:
    from simulator.realism import Report

EPILOG: Final = """\b
Examples:
  trailwright realism baseline/office --events 50000
  trailwright realism my.yaml --strict
  trailwright realism output/quickstart --json | jq '.measures[] | select(.verdict == "fails")'
  trailwright realism output/quickstart --against changed.yaml
"""

_SCENARIOS: Final = frozenset({".yaml", ".yml"})


def add_to(app: typer.Typer) -> None:
    """Make the command known."""
    app.command(epilog=EPILOG)(realism)


def realism(
    *,
    path: Annotated[
        str,
        typer.Argument(
            metavar="SCENARIO|RUN",
            help="A scenario file or the name of a shipped one, of which a run is made and "
            "thrown away; or a run that was written: its folder, manifest or records.",
        ),
    ],
    events: Annotated[
        int | None,
        typer.Option(metavar="N", min=0, help="Of a scenario: records in all."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(metavar="N", help="Of a scenario: in place of its own.")
    ] = None,
    workers: Annotated[
        int,
        typer.Option(
            parser=workers_of,
            metavar="N|auto",
            help="Of a scenario: processes that make the run; auto: one for each core.",
        ),
    ] = 1,
    against: Annotated[
        str | None,
        typer.Option(
            metavar="SCENARIO",
            help="Hold the records against what this scenario declares. It has the same users.",
        ),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="End with status 1 when any measure fails.")
    ] = False,
    as_json: ReportAsJson = False,
    quiet: Annotated[
        bool,
        typer.Option("--quiet", "-q", help="Show no progress, and no report if nothing fails."),
    ] = False,
) -> None:
    """Measure everyday activity in records against what the scenario's personas declare.

    Hours, days at work, sign-ins a day, slips, second factors, places, devices, what
    sessions are for and how they end: each with an exact test and a tolerance.
    """
    declared = None if against is None else library.load(against)
    if _is_run(path):
        if events is not None or seed is not None or workers != 1:
            message = f"{path} is a run: --events, --seed and --workers are for scenarios"
            raise RequestError(message)
        report = measure_run(place_of(path), against=declared)
    else:
        scenario = library.load(path, seed=seed)
        if declared is not None and seed is not None:
            declared = library.load(str(against), seed=seed)
        with bars(is_shown=not quiet) as progress:
            report = measure_scenario(
                scenario,
                events=events,
                workers=workers,
                against=declared,
                observer=None if progress is None else RunBar(progress),
            )
    _show(report, as_json=as_json, quiet=quiet)
    raise typer.Exit(1 if strict and report.failures else 0)


def _is_run(path: str) -> bool:
    given = Path(path)
    return "://" in path or given.is_dir() or (given.exists() and given.suffix not in _SCENARIOS)


def _show(report: Report, *, as_json: bool, quiet: bool) -> None:
    if as_json:
        typer.echo(json_text_indented(report_json(report)).decode())
    elif report.failures or not quiet:
        typer.echo(report_text(report))
