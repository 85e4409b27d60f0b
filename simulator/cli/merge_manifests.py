"""`trailwright merge-manifests`: one run of shards that were made apart."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from simulator.cli import console
from simulator.cli.options import ReplaceFile, Silent
from simulator.run.merging import merge
from simulator.sinks.targets import MANIFEST
from simulator.validation.report import plural

EPILOG: Final = """\b
Examples:
  trailwright generate quickstart --shard 1/2 -o parts/1/
  trailwright generate quickstart --shard 2/2 -o parts/2/
  trailwright merge-manifests parts/1/ parts/2/ -o parts/manifest.json
  trailwright verify parts/ --rerun
"""


def add_to(app: typer.Typer) -> None:
    """Make the command known."""
    app.command(epilog=EPILOG)(merge_manifests)


def merge_manifests(
    *,
    parts: Annotated[
        list[Path],
        typer.Argument(
            metavar="PART...",
            help="Every shard of a run, in any order: its folder, or its manifest.",
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "-o",
            "--output",
            metavar="PATH",
            help="The manifest to write, such as DIR/manifest.json, or its folder. It names files "
            "as they are seen from there.",
        ),
    ],
    force: ReplaceFile = False,
    quiet: Silent = False,
) -> None:
    """Merge the manifests of all shards of a run into that of the run.

    The files stay where they are, and `verify` holds them against it. What are not all shards
    of one run, each once, is refused. Shards are what `generate --shard` writes.
    """
    target = output / MANIFEST if output.is_dir() else output
    merged = merge(parts, target, force=force)
    if quiet:
        return
    counts = merged.counts
    span = f", {counts.first} to {counts.last}" if counts.first and counts.last else ""
    what = f"{plural(merged.shards, 'shard')}, {plural(counts.records, 'record')}{span}"
    out = console.messages()
    out.print(console.line((str(target), "bold"), f": {what}"))
    out.print()
    out.print(console.line("  Next:"))
    out.print(console.line("    ", (f"trailwright verify {target}", "cyan")))
