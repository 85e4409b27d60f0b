"""`trailwright verify`: whether a run is what its manifest says."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from simulator.cli.generate import workers_of
from simulator.cli.progress import RunBar, bars
from simulator.cli.summary import size_text
from simulator.primitives.jsontext import json_text_indented
from simulator.verification import Options, place_of, report_json, report_text
from simulator.verification import verify as verified

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import Progress

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
    endpoint: Annotated[
        str | None, typer.Option(metavar="URL", help="Where the service of a bucket is.")
    ] = None,
    all_ids: Annotated[
        bool, typer.Option("--all", help="Every eventID of a finding, not only the first 20.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="The report as JSON instead of text.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Show no progress, and no report if all is well.")
    ] = False,
) -> None:
    """Check a run against its manifest: hashes, counts, and each record by its eventID.

    With --rerun also against the same run made again. Exit status 1 when anything is not as
    it should be.
    """
    place = place_of(path, endpoint)
    with _watching(is_shown=not quiet) as watcher:
        report = verified(
            place,
            options=Options(rerun, workers, digest_key),
            observer=watcher,
            rerun_observer=None if watcher is None else watcher.rerun,
        )
    if as_json:
        typer.echo(json_text_indented(report_json(report)).decode())
    elif report.findings or not quiet:
        typer.echo(report_text(report, all_ids=all_ids))
    raise typer.Exit(report.exit_status)


class _Watcher:
    """Shows how much is read, and how far the run made again is."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._size = 0
        self._task = progress.add_task("", total=None, told="")
        self.rerun = RunBar(progress, "records made again")

    def planned(self, size: int) -> None:
        """See `Observer.planned`."""
        self._progress.update(self._task, total=size)

    def read(self, size: int) -> None:
        """See `Observer.read`."""
        self._size += size
        told = f"{size_text(self._size)} read"
        self._progress.update(self._task, completed=self._size, told=told)


@contextmanager
def _watching(*, is_shown: bool) -> Iterator[_Watcher | None]:
    """Show bars while a run is verified, where somebody sees them."""
    with bars(is_shown=is_shown) as progress:
        yield None if progress is None else _Watcher(progress)
