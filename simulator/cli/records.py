"""`trailwright records`: which events there are, and what their records look like."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any, Final

import typer
from rich.syntax import Syntax
from rich.text import Text

from simulator.cli import console
from simulator.cli.compare import shown
from simulator.cli.samples import samples
from simulator.errors import RequestError
from simulator.primitives.comparison import differences
from simulator.primitives.jsontext import json_text, json_text_indented
from simulator.records.eras import ERA_NAMES
from simulator.records.kinds import KINDS, Kind, kind_named
from simulator.scenario.resolve import ERA_WORDS
from simulator.scenario.wording import suggestion

app = typer.Typer(
    help="Show events and their records in each era.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_LIST_EXAMPLES: Final = """\b
Examples:
  trailwright records list
  trailwright records list --source signin
"""
_SHOW_EXAMPLES: Final = """\b
Examples:
  trailwright records show UserAuthentication
  trailwright records show sso-directory/CreateGroup --era pre
  trailwright records show Federate --json | jq .record
"""
_DIFF_EXAMPLES: Final = """\b
Examples:
  trailwright records diff CredentialChallenge
  trailwright records diff CreateGroup --from pre-october-2024 --to post
"""

KindName = Annotated[
    str,
    typer.Argument(
        metavar="KIND",
        help="An event's name such as Federate, or its kind such as sso/Federate.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


SOURCES: Final = tuple(dict.fromkeys(kind.name.partition("/")[0] for kind in KINDS))
"""Short event sources."""


def kinds_named(name: str) -> list[Kind]:
    """Return the kinds that a name on the command line means: one kind, or all of an event.

    Raises:
        RequestError: There is none.
    """
    wanted = name.replace(".amazonaws.com", "").casefold()
    found = [kind for kind in KINDS if wanted in (kind.name.casefold(), kind.event_name.casefold())]
    if not found:
        known = [*(kind.event_name for kind in KINDS), *(kind.name for kind in KINDS)]
        message = f"no such event: {name}{suggestion(name, known)}; `records list` shows them all"
        raise RequestError(message)
    return found


def era_named(word: str) -> str:
    """Return an era's full name.

    Raises:
        RequestError: There is no such era.
    """
    name = ERA_WORDS.get(word, word)
    if name not in ERA_NAMES:
        known = (*ERA_WORDS, *ERA_NAMES)
        message = f"no such era: {word}{suggestion(word, known)}; there are {', '.join(known)}"
        raise RequestError(message)
    return name


def add_to(root: typer.Typer) -> None:
    """Make the commands known."""
    root.add_typer(app, name="records")


@app.command("list", epilog=_LIST_EXAMPLES)
def list_(
    source: Annotated[
        str | None,
        typer.Option(metavar="SOURCE", help=f"Only this source: {', '.join(SOURCES)}."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List every kind of event, by the groups of AWS's announcement."""
    if source is not None and source not in SOURCES:
        known = f"there are {', '.join(SOURCES)}"
        message = f"no such source: {source}{suggestion(source, SOURCES)}; {known}"
        raise RequestError(message)
    chosen = [kind for kind in KINDS if source is None or kind.name.startswith(f"{source}/")]
    out = console.results()
    if as_json:
        for kind in chosen:
            typer.echo(json_text(_described(kind)).decode())
        return
    rows = [(kind.name, kind.event_type, "read" if kind.read_only else "write") for kind in chosen]
    group = ""
    for kind, text in zip(chosen, console.columns(rows), strict=True):
        if kind.group != group:
            out.print(console.line("\n" if group else "", (kind.group, "bold")))
            group = kind.group
        is_unsure = kind.basis.startswith("Unverified")
        note = ("  Unverified" if is_unsure else "") + ("  never" if kind.undelivered else "")
        out.print(console.line(f"  {text}", (note, "dim") if note else ""))
    counts = Counter(kind.name.partition("/")[0] for kind in chosen)
    told = ", ".join(f"{count} of {name}" for name, count in counts.items())
    out.print(f"\n{len(chosen)} kinds: {told}.")


def _described(kind: Kind) -> dict[str, Any]:
    return {
        "kind": kind.name,
        "eventSource": kind.event_source,
        "eventName": kind.event_name,
        "meaning": kind.meaning,
        "eventType": kind.event_type,
        "readOnly": kind.read_only,
        "group": kind.group,
        "announced": kind.announced,
        "basis": kind.basis,
        **({"undelivered": kind.undelivered} if kind.undelivered else {}),
    }


@app.command(epilog=_SHOW_EXAMPLES)
def show(
    kind: KindName,
    era: Annotated[
        str, typer.Option(metavar="ERA", help="pre, post, or the full name of an era.")
    ] = "post",
    as_json: AsJson = False,
) -> None:
    """Show example records of an event, as one era has them."""
    name = era_named(era)
    out = console.results()
    for sample in (sample for found in kinds_named(kind) for sample in samples(found.name)):
        record = sample.record(name)
        if as_json:
            line: dict[str, Any] = {
                "kind": sample.kind,
                "case": sample.case,
                "era": name,
                "record": record,
            }
            typer.echo(json_text(line).decode())
            continue
        out.print(_heading(sample.kind, f"{sample.case}, {name}" if sample.case else name))
        out.print(f"Somebody {kind_named(sample.kind).meaning}.")
        undelivered = kind_named(sample.kind).undelivered
        if undelivered:
            out.print(f"Never delivered. {undelivered}")
        text = json_text_indented(record).decode()
        if out.is_terminal:
            out.print(Syntax(text, "json", background_color="default"), soft_wrap=True)
        else:
            typer.echo(text)


@app.command(epilog=_DIFF_EXAMPLES)
def diff(
    kind: KindName,
    older: Annotated[
        str, typer.Option("--from", metavar="ERA", help="The era on the left.")
    ] = "pre",
    newer: Annotated[
        str, typer.Option("--to", metavar="ERA", help="The era on the right.")
    ] = "post",
    as_json: AsJson = False,
) -> None:
    """Show the same event in two eras, member by member."""
    before, after = era_named(older), era_named(newer)
    out = console.results()
    for sample in (sample for found in kinds_named(kind) for sample in samples(found.name)):
        members = differences(sample.record(before), sample.record(after))
        if as_json:
            line: dict[str, Any] = {
                "kind": sample.kind,
                "case": sample.case,
                "from": before,
                "to": after,
                "members": [
                    {"path": one.path, "change": one.what, "before": one.before, "after": one.after}
                    for one in members
                ],
            }
            typer.echo(json_text(line).decode())
            continue
        out.print(_heading(sample.kind, sample.case))
        for text in shown(members, before, after):
            out.print(text)
        out.print()


def _heading(kind: str, case: str) -> Text:
    return console.line((kind, "bold"), f" ({case})" if case else "")
