"""`trailwright case new` and `check`: records as a scenario, and whether it is true to them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from simulator.cases.checking import compared
from simulator.cases.foreign import gather
from simulator.cases.given import replayed
from simulator.cases.inference.making import case_from
from simulator.cli import console
from simulator.cli.app import say
from simulator.cli.foreign import Paths, Unwatched, say_missed, watching
from simulator.cli.options import ReplaceFile, Silent, ToRun
from simulator.conversion.writing import refuse_taken, write_whole
from simulator.errors import RequestError
from simulator.primitives.jsontext import json_text, json_text_indented
from simulator.scenario import library
from simulator.scenario.document import Scenario
from simulator.validation.findings import shown
from simulator.validation.report import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.cases.checking import Comparison, Deviation
    from simulator.cases.foreign import Gathered
    from simulator.cases.inference.making import Case

_NEW_EXAMPLES: Final = """\b
Examples:
  trailwright case new three-lines.ndjson -o case.yaml
  zcat trail.json.gz | trailwright case new - --name dropped-user -o case.yaml
  trailwright case new export.csv --keep-times -o case.yaml
"""

_CHECK_EXAMPLES: Final = """\b
Examples:
  trailwright case check case.yaml three-lines.ndjson
  trailwright case check case.yaml AWSLogs/ --json | jq .deviations
"""

_FOUND: Final = 1
"""The status where something is not given as it was."""
_MOST: Final = 20
_MOST_SHOWN: Final = 60


def add_to(app: typer.Typer) -> None:
    """Make the commands known."""
    app.command(epilog=_NEW_EXAMPLES)(new)
    app.command(epilog=_CHECK_EXAMPLES)(check)


def new(
    *,
    paths: Paths,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Where the scenario goes. Standard output unless given.",
        ),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The scenario's name; by default after the file."),
    ] = None,
    keep_times: Annotated[
        bool,
        typer.Option(
            "--keep-times",
            help="Leave days as they are. Otherwise all move by some weeks, so that weekdays, "
            "times of day and eras stay.",
        ),
    ] = False,
    force: ReplaceFile = False,
    quiet: Silent = False,
) -> None:
    """Make a small scenario that gives somebody's records again, without saying whose they are.

    Names, ids, addresses, programs and texts become others, consistently and in their form. What
    cannot be given again is listed.
    """
    called = name or (output.stem if output is not None else "case")
    if name is not None and not _may_be_called(name):
        message = (
            f"--name: {shown(name)}: expected up to 64 lower-case letters, digits, dots, dashes "
            "and underscores"
        )
        raise RequestError(message)
    called = called if _may_be_called(called) else "case"
    if output is not None:
        refuse_taken(output, force=force)
    gathered = _gathered(paths, is_quiet=quiet)
    case = case_from(gathered, called, keeps_times=keep_times)
    if case.leaks:
        for leak in case.leaks[:_MOST]:
            say(f"{gathered.records[leak.record - 1].place}: {leak}")
        message = "the scenario would say what these records say of somebody; nothing was written"
        raise RequestError(message)
    if output is None:
        typer.echo(case.text, nl=False)
    else:
        write_whole(output, case.text.encode())
    if not quiet:
        _tell(case, gathered, output, keeps_times=keep_times)


def _may_be_called(name: str) -> bool:
    """Return whether a scenario may have a name."""
    return library.fits(Scenario, {"scenario": name, "window": {"start": 0, "days": 1}})


def _gathered(paths: Sequence[str], *, is_quiet: bool) -> Gathered:
    with watching(is_shown=not is_quiet) as observer:
        gathered = gather(paths, observer)
    say_missed(gathered.missed)
    return gathered


def _tell(case: Case, gathered: Gathered, output: Path | None, *, keeps_times: bool) -> None:
    out = console.messages()
    entries = "entry" if case.entries == 1 else "entries"
    told = f"{plural(len(gathered.records), 'record')} as {case.entries:,} {entries}"
    where = "" if output is None else f": {output}"
    out.print(console.line((f"{told}{where}", "bold")))
    for count, words in (
        (case.overridden, "with members that no shape has so, each said under records"),
        (case.in_full, "given in full: nothing that is known leaves such a record"),
    ):
        if count:
            out.print(f"  {count:,} {words}")
    if not (keeps_times or case.weeks):
        out.print("  days are as they were: no whole week is free between dates that matter")
    _show(case.comparison, every=False)


def check(
    *,
    scenario: ToRun,
    paths: Paths,
    every: Annotated[
        bool,
        typer.Option("--all", help=f"Every record that deviates, not only the first {_MOST}."),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object instead of text.")
    ] = False,
    quiet: Unwatched = False,
) -> None:
    """Tell whether a scenario gives records again: members, order, types, nulls and times.

    Names, ids, addresses and days may be others, if consistently so. Exit status 1 when anything
    else differs, or could not be read.
    """
    given = replayed(library.load(scenario))
    gathered = _gathered(paths, is_quiet=quiet)
    found = compared(gathered, given)
    if as_json:
        typer.echo(json_text_indented(_as_json(found)).decode())
    else:
        _show(found, every=every)
    if not found.is_exact or gathered.missed.troubles:
        raise typer.Exit(_FOUND)


def _show(found: Comparison, *, every: bool) -> None:
    """Say how records and what a scenario gives compare."""
    out = console.messages()
    if found.is_exact:
        weeks = abs(found.renaming.weeks)
        way = "later" if found.renaming.weeks > 0 else "earlier"
        when = f", {plural(weeks, 'week')} {way}" if weeks else ""
        out.print(f"  all are given again, under other names{when}")
    else:
        more = [
            f"{len(ones):,} {words}"
            for ones, words in ((found.missing, "not given"), (found.surplus, "given besides"))
            if ones
        ]
        told = f"{found.exact:,} of {plural(found.records, 'record')} given as they were"
        out.print(f"  {', '.join([told, *more])}")
    lines = [line for one in found.deviations for line in _lines(one)]
    lines += [f"{one.place}  {shown(one.name)}  is not given" for one in found.missing]
    besides = Counter((one.entry or "background", one.kind) for one in found.surplus)
    lines += [
        f"{entry}  {kind}  is given besides{f', {count:,} times' if count > 1 else ''}"
        for (entry, kind), count in besides.items()
    ]
    for line in lines if every else lines[:_MOST]:
        say(line)
    if len(lines) > _MOST and not every:
        say(f"… and {len(lines) - _MOST:,} more (--all)")
    for note in found.notes:
        out.print(f"  {note}")


def _lines(one: Deviation) -> list[str]:
    """Return a line for each member that differs."""
    made = []
    for member in one.differences:
        words = {
            "missing": f"{_cut(member.wanted)} is missing",
            "extra": f"{_cut(member.found)} should not be there",
            "order": "members are in another order",
        }.get(member.what, f"{_cut(member.found)} instead of {_cut(member.wanted)}")
        made.append(f"{one.place}  {shown(one.name)}  {shown(member.place or 'record')}: {words}")
    return made


def _cut(value: Any) -> str:  # noqa: ANN401  # JSON
    return shown(json_text(value).decode(), _MOST_SHOWN)


def _as_json(found: Comparison) -> dict[str, Any]:
    """Return a comparison for programs."""
    return {
        "format": "trailwright-case-check/1",
        "records": found.records,
        "exact": found.exact,
        "weeks": found.renaming.weeks,
        "deviations": [
            {
                "place": str(one.place),
                "kind": one.name,
                "members": [
                    {
                        "path": member.place,
                        "what": member.what,
                        "record": member.wanted,
                        "scenario": member.found,
                    }
                    for member in one.differences
                ],
            }
            for one in found.deviations
        ],
        "missing": [{"place": str(one.place), "kind": one.name} for one in found.missing],
        "surplus": [{"entry": one.entry, "kind": one.kind} for one in found.surplus],
        "notes": list(found.notes),
    }
