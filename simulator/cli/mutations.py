"""`trailwright mutations`: what can be damaged on purpose, and what that breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import typer

from simulator.cli import console
from simulator.cli.options import LinesAsJson
from simulator.primitives.jsontext import json_text
from simulator.scenario.mutations import MENU

if TYPE_CHECKING:
    from simulator.scenario.mutations import Entry, Reach

EPILOG: Final = """\b
Examples:
  trailwright mutations
  trailwright generate quickstart --mutate not-utf8=1% -o not-utf8/
  trailwright mutations --json | jq -r .name
"""

REACHES: Final[dict[Reach, str]] = {
    "record": "records, in every format",
    "log": "log files (--format cloudtrail)",
    "file": "files, but not standard output",
    "lines": "files of lines: every format but cloudtrail",
    "gzip": "gzipped files: log files, and NAME.ndjson.gz",
}
"""What a mutation is done to, as people say it."""


def add_to(app: typer.Typer) -> None:
    """Make the command known."""
    app.command(epilog=EPILOG)(mutations)


def mutations(*, as_json: LinesAsJson = False) -> None:
    """List damage that `generate --mutate` does to records and files, and what it breaks.

    Each is done to a share of them, drawn from the seed, and noted in truth and manifest.
    """
    if as_json:
        for entry in MENU:
            typer.echo(json_text(described(entry)).decode())
        return
    out = console.results()
    reach = ""
    for entry in MENU:
        if REACHES[entry.reach] != reach:
            out.print(console.line("\n" if reach else "", (REACHES[entry.reach], "bold")))
            reach = REACHES[entry.reach]
        options = f"  ({', '.join(entry.options)})" if entry.options else ""
        out.print(console.line(f"  {entry.name}", (options, "dim")))
        out.print(console.line(f"      {entry.what}."))
        out.print(console.line(f"      Breaks: {entry.breaks}"))
        out.print(console.line((f"      {entry.source}", "dim")))


def described(entry: Entry) -> dict[str, Any]:
    """Return a line of the menu for programs."""
    return {
        "name": entry.name,
        "damages": entry.reach,
        "what": entry.what,
        "breaks": entry.breaks,
        "source": entry.source,
        "options": ["share", *entry.options],
        "validate": list(entry.found_by),
    }
