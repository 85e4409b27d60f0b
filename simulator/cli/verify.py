"""`trailwright verify`: whether a run is what its manifest says."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from simulator.cli.options import Endpoint, ReportAsJson, workers_of
from simulator.cli.progress import ReadBar, RunBar, bars
from simulator.primitives.jsontext import json_text_indented
from simulator.verification import Options, place_of, report_json, report_text
from simulator.verification import verify as verified

EPILOG: Final = """\b
Examples:
  trailwright verify output/quickstart
  trailwright verify office.ndjson.gz --rerun --workers auto
  trailwright verify trail/manifest.json --json | jq '.findings[].kind'
"""


def add_to(app: typer.Typer) -> None:
    """Make the command known."""
    app.command(epilog=EPILOG)(verify)


def verify(
    *,
    path: Annotated[
        str,
        typer.Argument(
            metavar="PATH",
            help="A run's folder, its manifest, its records with the manifest beside them, or "
            "s3://BUCKET/PREFIX, gs://…, az://….",
        ),
    ],
    rerun: Annotated[
        bool,
        typer.Option(
            "--rerun", help="Make the run again as the manifest tells, and compare every byte."
        ),
    ] = False,
    workers: Annotated[
        int,
        typer.Option(
            parser=workers_of,
            metavar="N|auto",
            help="Processes that make the run again; auto: one for each core.",
        ),
    ] = 1,
    digest_key: Annotated[
        Path | None,
        typer.Option(metavar="PEM", help="For --rerun: the key of your own that signed digests."),
    ] = None,
    endpoint: Endpoint = None,
    all_ids: Annotated[
        bool, typer.Option("--all", help="Every eventID of a finding, not only the first 20.")
    ] = False,
    as_json: ReportAsJson = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Show no progress, and no report if all is well.")
    ] = False,
) -> None:
    """Check a run against its manifest: hashes, counts, and each record by its eventID.

    With --rerun also against the same run made again. Exit status 1 when anything is not as
    it should be.
    """
    place = place_of(path, endpoint)
    with bars(is_shown=not quiet) as progress:
        report = verified(
            place,
            options=Options(rerun, workers, digest_key),
            observer=None if progress is None else ReadBar(progress),
            rerun_observer=None if progress is None else RunBar(progress, "records made again"),
        )
    if as_json:
        typer.echo(json_text_indented(report_json(report)).decode())
    elif report.findings or not quiet:
        typer.echo(report_text(report, all_ids=all_ids))
    raise typer.Exit(report.exit_status)
