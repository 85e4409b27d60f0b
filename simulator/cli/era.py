"""`trailwright era`: which era records are in, how to take them to another, what differs."""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from simulator.cli import console
from simulator.cli.app import say
from simulator.cli.foreign import Paths, Unwatched, end_with_missed, watching
from simulator.cli.options import ReplaceFile, ReplaceFiles, Silent
from simulator.conversion import Options, Tally, detect_files, read_resolver
from simulator.conversion.ways import STAGES
from simulator.conversion.writing import Files, refuse_taken, write_conversion, write_whole
from simulator.errors import RequestError
from simulator.primitives.jsontext import json_text, json_text_indented
from simulator.records.eras import ERA_NAMES
from simulator.validation.findings import shown
from simulator.validation.report import plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rich.console import Console

    from simulator.conversion import Detection
    from simulator.conversion.converting import Summary

app = typer.Typer(
    help="Tell which era records are in, take them to another, and show what differs.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_DETECT_EXAMPLES: Final = """\b
Examples:
  trailwright era detect output/quickstart
  trailwright era detect AWSLogs/ --json | jq -r 'select(.broken != []) | .place'
  zcat trail.json.gz | trailwright era detect -
"""

_CONVERT_EXAMPLES: Final = """\b
Examples:
  trailwright era convert trail.json.gz --to post-january-2025 -o converted.ndjson.gz
  trailwright era convert logs/ --from pre-january-2025 --to post --resolver users.csv -o a.ndjson
  trailwright era convert a.ndjson --to pre-january-2025 --resolver data/resolver.parquet
"""

_DIFF_EXAMPLES: Final = """\b
Examples:
  trailwright era diff quickstart
  trailwright era diff my.yaml --eras pre-january-2025,post --html -o change.html
  trailwright era diff quickstart --json | jq -r '.kinds[] | select(.changed > 0) | .kind'
"""

_MOST: Final = 20
_FOUND: Final = 1
"""The status where something could not be read, or was left."""

ROWS: Final = tuple(quote for _, quote in STAGES)
"""The rows of the announcement's table, in the order of the changes."""


def add_to(root: typer.Typer) -> None:
    """Make the commands known."""
    root.add_typer(app, name="era")


@app.command(epilog=_DETECT_EXAMPLES)
def detect(
    *,
    paths: Paths,
    every: Annotated[
        bool,
        typer.Option("--all", help=f"Every record, not only the first {_MOST} that break a row."),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line, one for every record.")
    ] = False,
    quiet: Unwatched = False,
) -> None:
    """Tell which era each record is in, by the announcement's table of changes.

    Exit status 1 when something could not be read as a record.
    """
    tally = Tally()
    with watching(is_shown=not quiet) as observer:
        found = detect_files(paths, tally, observer)
        if as_json:
            for place, record, one in found:
                typer.echo(json_text(_as_json(str(place), record, one)).decode())
        else:
            _tell(((str(place), one) for place, _, one in found), every=every)
    if not as_json:
        _show(tally)
    end_with_missed(tally)


def _tell(found: Iterable[tuple[str, Detection]], *, every: bool) -> None:
    """Print a line for each record, or for the first that break a row."""
    out = console.results()
    told = 0
    for place, one in found:
        if every or one.broken:
            told += 1
            if every or told <= _MOST:
                out.print(f"{place}  {shown(one.kind)}  {one.era}{_marks(one)}")
    if told > _MOST and not every:
        out.print(f"… and {told - _MOST:,} more that break a row (--all)")
    if told:
        out.print()


_MARKS: Final = {"after": "+", "before": "-", "mixed": "~"}


def _marks(found: Detection) -> str:
    """Return a record's rows by number: `+` as after it, `-` as before, `!` where it is broken."""
    marks = [
        f"{_MARKS[one.stand]}{ROWS.index(one.row) + 1}{'!' if one.is_broken else ''}"
        for one in found.rows
    ]
    return "  " + " ".join(marks) if marks else ""


def _as_json(place: str, record: dict[str, Any], found: Detection) -> dict[str, Any]:
    event_id = record.get("eventID")
    return {
        "place": place,
        "eventID": event_id if isinstance(event_id, str) else None,
        "kind": found.kind,
        "era": found.era,
        "eras": list(found.eras),
        "rows": [{"row": one.row, "stand": one.stand} for one in found.rows],
        "broken": list(found.broken),
    }


def _show(tally: Tally) -> None:
    out = console.results()
    told = f"{plural(tally.records, 'record')} in {plural(tally.files, 'file')}"
    out.print(console.line((told, "bold")))
    if not tally.records:
        return
    eras = sorted({era for counts in tally.kinds.values() for era in counts}, key=_place_of_era)
    rows = [("", *eras)]
    for kind, counts in sorted(tally.kinds.items()):
        rows.append((shown(kind), *(f"{counts[era]:,}" if counts[era] else "" for era in eras)))
    total = [sum(counts[era] for counts in tally.kinds.values()) for era in eras]
    rows.append(("all", *(f"{count:,}" for count in total)))
    out.print()
    for text in console.columns(rows, right=frozenset(range(1, len(eras) + 1))):
        out.print(text)
    out.print()
    _show_rows(out, tally.rows, ("before", "after", "mixed", "broken"))


def _show_rows(out: Console, rows: Mapping[str, Counter[str]], names: Sequence[str]) -> None:
    """Print every row of the announcement with what was counted of it, by name."""
    table: list[tuple[str, ...]] = [("", "row of the announcement", *names)]
    for place, row in enumerate(ROWS, start=1):
        counts = rows.get(row, Counter())
        cells = [f"{counts[name]:,}" for name in names]
        table.append((str(place), console.cut(row, 72), *cells))
    for text in console.columns(table, right=frozenset(range(2, 2 + len(names)))):
        out.print(text)


def _place_of_era(era: str) -> tuple[int, str]:
    """Sort eras by age, several after one, and what is not one of them last."""
    names = era.split(" or ")
    if any(name not in ERA_NAMES for name in names):
        return len(ERA_NAMES) + 1, era
    return ERA_NAMES.index(names[-1]) if len(names) == 1 else len(ERA_NAMES), era


@app.command(epilog=_CONVERT_EXAMPLES)
def convert(
    *,
    paths: Paths,
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="ERA",
            help="The era to take records to: post, pre, or the full name of an era.",
        ),
    ],
    source: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="ERA",
            help="The era that records are in where they do not tell it themselves.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Where to write: lines of JSON, one log file where the name ends in .json, "
            "compressed where it ends in .gz or .zst. Standard output unless given.",
        ),
    ] = None,
    changes: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Where to list what was changed and what was left, a line each."
        ),
    ] = None,
    resolver: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="A table with the columns user_id and user_name, or group_id and group_name: "
            "CSV, lines of JSON or Parquet.",
        ),
    ] = None,
    store: Annotated[
        str,
        typer.Option(
            "--identity-store",
            metavar="ID",
            help="The identity store, such as d-9067f3a1b2, where records do not show it.",
        ),
    ] = "",
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Write nothing, and end with status 1, if anything is left."),
    ] = False,
    force: ReplaceFiles = False,
    quiet: Silent = False,
) -> None:
    """Take records to another era, as the announcement's table says.

    Only what the table names is changed. What a record does not hold and the resolver does not
    know is left as it is, and said.
    """
    from simulator.cli.records import era_named  # noqa: PLC0415  # `detect` does without

    era, known = era_named(to), "" if source is None else era_named(source)
    if store and not _STORE.fullmatch(store):
        message = f"--identity-store: {shown(store)} is not an id such as d-9067f3a1b2"
        raise RequestError(message)
    files = Files(output, changes)
    _refuse_taken(files, force=force)
    table = None if resolver is None else read_resolver(resolver)
    options = Options(era, table, known, store)
    with watching(is_shown=not quiet) as observer:
        summary = write_conversion(
            paths, options, files, sys.stdout.buffer, is_strict=strict, observer=observer
        )
    if not quiet:
        _show_summary(summary, era)
    if strict and summary.left:
        say(f"Error: --strict: {plural(summary.left, 'record')} left in part; nothing was written")
        raise typer.Exit(_FOUND)


_STORE: Final = re.compile(r"d-[0-9a-z]{10}")


def _refuse_taken(files: Files, *, force: bool) -> None:
    named = [path for path in (files.output, files.changes) if path is not None]
    if len({path.absolute() for path in named}) < len(named):
        message = f"{named[0]}: records and changes cannot go to one file"
        raise RequestError(message)
    for path in named:
        refuse_taken(path, force=force)


def _show_summary(summary: Summary, era: str) -> None:
    """Say what became of the records, and why what was left was left."""
    out = console.messages()
    unknown = f", {summary.unknown:,} of unknown kinds" if summary.unknown else ""
    told = f"{summary.changed:,} changed, {summary.left:,} left in part{unknown}"
    records = plural(summary.records, "record")
    out.print(console.line((f"{records} to {era}: {told}", "bold")))
    rows: dict[str, Counter[str]] = {}
    reasons: Counter[str] = Counter()
    for (row, what, reason), count in summary.changes.items():
        rows.setdefault(row, Counter())[what] += count
        if reason:
            reasons[reason] += count
    if rows:
        _show_rows(out, rows, ("added", "removed", "changed", "left"))
    if reasons:
        out.print("Left as they were:")
        cells = [(f"{count:,}", reason) for reason, count in reasons.most_common()]
        for text in console.columns(cells, right=frozenset({0})):
            out.print(f"  {text}")
        if any(" or " in name for name in summary.eras):
            out.print("Some records do not tell their era: --from ERA does.")


@app.command(epilog=_DIFF_EXAMPLES)
def diff(
    *,
    scenario: Annotated[
        str,
        typer.Argument(
            metavar="SCENARIO",
            help="A scenario file, or the name of one that is shipped (trailwright scenario list).",
        ),
    ],
    eras: Annotated[
        str, typer.Option(metavar="ERA,ERA", help="Which two; pre, post, or full names.")
    ] = "pre,post",
    parameters: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A parameter of the scenario."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(metavar="N", help="In place of the scenario's own seed.", min=0)
    ] = None,
    events: Annotated[
        int | None, typer.Option(metavar="N", min=0, help="Background records.")
    ] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="A page of Markdown.")] = False,
    html: Annotated[
        bool, typer.Option("--html", help="One page of HTML that needs nothing else.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Where to write it."),
    ] = None,
    force: ReplaceFile = False,
) -> None:
    """Show what differs between the records of a scenario in two eras, by kind of event.

    Members added, removed, changed and moved, in how many records, and one record of each kind
    side by side.
    """
    # The others do without.
    from simulator.cli import era_diff, era_pages  # noqa: PLC0415
    from simulator.cli.records import era_named  # noqa: PLC0415
    from simulator.scenario import library, reader  # noqa: PLC0415

    names = eras.split(",")
    if len(names) != 2 or markdown + html + as_json > 1:
        message = (
            "--eras takes two eras, such as pre,post"
            if len(names) != 2
            else "--markdown, --html and --json: say one of them"
        )
        raise RequestError(message)
    older, newer = map(era_named, names)
    _refuse_taken(Files(output), force=force)
    path = library.find(scenario)
    written = library.read(reader.file_text(path), str(path), library.parts_from(parameters or ()))
    sides = [library.changed(written, seed=seed, era=one, events=events) for one in (older, newer)]
    found = era_diff.compared(written, sides, (older, newer))
    if as_json:
        text = json_text_indented(era_diff.as_json(found)).decode()
    else:
        page = era_pages.as_markdown if markdown else era_pages.as_html
        lines = (page if markdown or html else era_pages.as_text)(found)
        text = "\n".join(lines).rstrip()
    if output is None:
        typer.echo(text)
    else:
        write_whole(output, f"{text}\n".encode())
