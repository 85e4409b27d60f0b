"""`trailwright reconcile`: which records of a run arrived where they were sent."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from simulator.cli import console, reconcile_tables
from simulator.cli.app import say
from simulator.cli.foreign import Unwatched, watching
from simulator.cli.options import Endpoint, ReportAsJson
from simulator.primitives.jsontext import json_text_indented
from simulator.reconciliation import Allowed, Options, failures, report_json
from simulator.reconciliation import reconcile as reconciled
from simulator.scoring.parquet import parquet_rows
from simulator.sinks.files import told

EPILOG: Final = """\b
Examples:
  trailwright reconcile output/quickstart export.ndjson
  trailwright reconcile streamed/ splunk.json --missing missing.txt
  trailwright reconcile streamed/ syslog.ndjson.gz --allow-missing 0.1%
  es-dump | trailwright reconcile streamed/truth.ndjson - --json | jq .counts
"""


def add_to(app: typer.Typer) -> None:
    """Make the command known."""
    app.command(epilog=EPILOG)(reconcile)


def share_of(given: str | float) -> float:
    """Read a share such as `0.1%` or `0.001`."""
    # typer passes the default through here as well.
    text = str(given).strip()
    try:
        share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise typer.BadParameter("expected a share such as 0.1% or 0.001")
    return share


def reconcile(
    *,
    truth: Annotated[
        str,
        typer.Argument(
            metavar="TRUTH",
            help="What the run left: its folder, its manifest, its truth, compressed or not, or "
            "s3://BUCKET/PREFIX, gs://…, az://….",
        ),
    ],
    received: Annotated[
        list[str],
        typer.Argument(
            metavar="RECEIVED...",
            help="What the SIEM exported: files or folders of records in any form, or of eventIDs, "
            "compressed or not; - for standard input.",
        ),
    ],
    sent: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="What the stream noted of its batches, if it is not sent.ndjson beside the truth.",
        ),
    ] = None,
    missing: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the missing eventIDs there, one a line."),
    ] = None,
    allow_missing: Annotated[
        float,
        typer.Option(
            parser=share_of,
            metavar="SHARE",
            help="No failure if no more is missing, such as 0.1%: what UDP loses nobody notices.",
        ),
    ] = 0.0,
    allow_repeats: Annotated[
        bool,
        typer.Option("--allow-repeats", help="No failure if records are there more than once."),
    ] = False,
    endpoint: Endpoint = None,
    every: Annotated[
        bool, typer.Option("--all", help="Every line of a list, not only the first 10.")
    ] = False,
    as_json: ReportAsJson = False,
    quiet: Unwatched = False,
) -> None:
    """Tell which records of a run arrived: missing, repeated, altered, or unexpected.

    Exit status 1 when not all arrived exactly as they were sent, or as the stream said.
    """
    options = Options(parquet_rows, sent, endpoint)
    allowed = Allowed(allow_missing, allow_repeats)
    with watching(is_shown=not quiet) as observer:
        found, absent = reconciled(truth, received, options=options, observer=observer)
    if missing is not None:
        with told(missing):
            missing.write_text("".join(f"{one}\n" for one in absent()), "utf-8")
    if as_json:
        typer.echo(json_text_indented(report_json(found, allowed)).decode())
    else:
        reconcile_tables.show(console.results(), found, every=every)
    wrong = failures(found, allowed)
    for one in wrong:
        say(one)
    if wrong:
        raise typer.Exit(1)
