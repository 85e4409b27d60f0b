"""`trailwright score`: how well a detector's alerts tell what happened."""

from __future__ import annotations

import sys
from typing import Annotated, Final

import typer

from simulator.cli import console, score_tables
from simulator.cli.app import say
from simulator.cli.options import Endpoint
from simulator.cli.progress import ReadBar, bars
from simulator.primitives.jsontext import json_text_indented
from simulator.scoring import Options, score_json, shortfalls, thresholds
from simulator.scoring import score as scored

EPILOG: Final = """\b
Examples:
  trailwright score trail/ alerts.csv
  trailwright score trail/truth.ndjson alerts.ndjson.gz --json | jq .total
  trailwright score trail/ alerts.parquet --fail-under recall=0.9,precision=0.5
  detect < trail/records.ndjson | trailwright score trail/ -
"""

_SHORT: Final = 1
"""The status where something is less than was asked for."""


def add_to(app: typer.Typer) -> None:
    """Make the command known."""
    app.command(epilog=EPILOG)(score)


def score(
    *,
    truth: Annotated[
        str,
        typer.Argument(
            metavar="TRUTH",
            help="A file of the truth, compressed or not; or a run's folder, its manifest, or "
            "s3://BUCKET/PREFIX, gs://…, az://….",
        ),
    ],
    alerts: Annotated[
        str,
        typer.Argument(
            metavar="ALERTS",
            help="The detector's alerts: CSV, lines of JSON, a JSON list or Parquet, compressed or "
            "not; - for standard input.",
        ),
    ],
    count_suspicious: Annotated[
        bool,
        typer.Option(
            "--count-suspicious", help="Suspicious records are to be found, not only malicious."
        ),
    ] = False,
    min_score: Annotated[
        float | None,
        typer.Option(metavar="N", help="Leave alone alerts whose score is lower."),
    ] = None,
    fail_under: Annotated[
        str | None,
        typer.Option(
            metavar="MEASURE=N,...",
            help="End with status 1 when a measure is less, such as recall=0.9,precision=0.5; also "
            "f1, record-recall, record-precision, record-f1.",
        ),
    ] = None,
    endpoint: Endpoint = None,
    every: Annotated[
        bool, typer.Option("--all", help="Every line of a list, not only the first 20.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="The score as JSON instead of text.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
) -> None:
    """Score a detector's alerts against the truth of a run.

    Precision, recall and time to detect: of plays, of alerts and of records, and by play, era
    and rule. Exit status 1 only with --fail-under.
    """
    asked = {} if fail_under is None else thresholds(fail_under)
    options = Options(count_suspicious, min_score, endpoint)
    source = sys.stdin.buffer if alerts == "-" else None
    with bars(is_shown=not quiet) as progress:
        observer = None if progress is None else ReadBar(progress)
        found = scored(truth, alerts, source, options=options, observer=observer)
    if as_json:
        typer.echo(json_text_indented(score_json(found, asked)).decode())
    else:
        score_tables.show(console.results(), found, every=every)
    short = shortfalls(found, asked)
    for one in short:
        say(str(one))
    if short:
        raise typer.Exit(_SHORT)
