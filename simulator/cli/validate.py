"""`trailwright validate`: check CloudTrail files, ours or not."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from simulator.cli import console
from simulator.cli.options import ReportAsJson
from simulator.primitives.jsontext import json_text_indented
from simulator.validation import Options, report_json, report_text, validate_paths

if TYPE_CHECKING:
    from simulator.validation import Report

EPILOG: Final = """\b
Examples:
  trailwright validate output/quickstart
  trailwright validate office.ndjson.gz --ours --cutover announced
  trailwright validate AWSLogs/ --json | jq .codes
  zcat trail.json.gz | trailwright validate -
"""


def add_to(app: typer.Typer) -> None:
    """Make the command known."""
    app.command(epilog=EPILOG)(validate)


def validate(
    *,
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="Files or folders of CloudTrail records in any form, compressed or not; "
            "- for standard input.",
        ),
    ],
    ours: Annotated[
        bool,
        typer.Option("--ours", help="trailwright wrote them: every finding is an error."),
    ] = False,
    cutover: Annotated[
        str | None,
        typer.Option(
            metavar="CUTOVER",
            help="announced, revised, observed or an instant: each record must be of the era "
            "of its time. Not checked unless given.",
        ),
    ] = None,
    limit: Annotated[
        int,
        typer.Option(metavar="N", min=1, help="Findings kept of each code; all are counted."),
    ] = 20,
    as_json: ReportAsJson = False,
) -> None:
    """Check any CloudTrail files: envelope, kinds, eras, ids and correlations.

    Exit status 1 when there are errors; warnings and notes alone are 0.
    """
    options = Options(ours=ours, cutover=cutover, limit=limit)
    report = _watched(paths, options)
    if as_json:
        typer.echo(json_text_indented(report_json(report)).decode())
    else:
        typer.echo(report_text(report))
    raise typer.Exit(report.exit_status)


class _Count:
    """Shows how many records are checked."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=None, records=0)

    def checked(self, records: int, file: str) -> None:  # noqa: ARG002  # the protocol's
        """See `Observer.checked`."""
        self._progress.update(self._task, records=records)


def _watched(paths: list[str], options: Options) -> Report:
    if not sys.stderr.isatty():
        return validate_paths(paths, options=options)
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.fields[records]:,} records"),
        TimeElapsedColumn(),
        console=console.messages(),
        transient=True,
    ) as progress:
        return validate_paths(paths, options=options, observer=_Count(progress))
