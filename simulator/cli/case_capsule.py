"""`trailwright case pack`, `replay` and `unpack`: a case in one small file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import orjson
import typer

from simulator.cases.capsules import SUFFIX, packed, read_capsule
from simulator.cases.replaying import capsule_of, replayed
from simulator.cli import console
from simulator.cli.case_minimise import asked_for
from simulator.cli.generate import watching
from simulator.cli.options import (
    Era,
    Events,
    Parameters,
    ReplaceFile,
    ReplaceFiles,
    ReportAsJson,
    Seed,
    Silent,
    ToRun,
)
from simulator.conversion.writing import refuse_taken, write_whole
from simulator.errors import OutputError
from simulator.primitives.jsontext import json_text_indented
from simulator.primitives.version import version
from simulator.run import GENERATION
from simulator.scenario.dump import as_yaml
from simulator.scenario.resolve import resolve
from simulator.sinks.files import folder_made
from simulator.validation.findings import shown
from simulator.validation.report import plural

if TYPE_CHECKING:
    from simulator.cases.capsules import Capsule
    from simulator.cases.replaying import Replay
    from simulator.primitives.jsontext import Json

_PACK_EXAMPLES: Final = """\b
Examples:
  trailwright case pack quickstart-small.yaml --note "the loader ends with KeyError on this"
  trailwright case pack my.yaml --era post -o my.trailwright-case
  trailwright case pack my.yaml -o - | gh issue create --title "It fails" --body-file -
"""
_REPLAY_EXAMPLES: Final = """\b
Examples:
  trailwright case replay quickstart-small.trailwright-case
  trailwright case replay quickstart-small.trailwright-case --json | jq .same
"""
_UNPACK_EXAMPLES: Final = """\b
Examples:
  trailwright case unpack quickstart-small.trailwright-case -o case/
"""
_REPLAY_FORMAT: Final = "trailwright-case-replay/1"
_FOUND: Final = 1
"""The status where other records come of a case."""

CapsulePath = Annotated[
    Path, typer.Argument(metavar="CAPSULE", help="A file that case pack has written.")
]


def add_to(app: typer.Typer) -> None:
    """Make the commands known."""
    app.command(epilog=_PACK_EXAMPLES)(pack)
    app.command(epilog=_REPLAY_EXAMPLES)(replay)
    app.command(epilog=_UNPACK_EXAMPLES)(unpack)


def pack(
    *,
    scenario: ToRun,
    output: Annotated[
        str | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Where the capsule goes, or - for standard output. By default "
            f"<scenario name>{SUFFIX}.",
        ),
    ] = None,
    note: Annotated[
        str, typer.Option(metavar="TEXT", help="What whoever unpacks it should know.")
    ] = "",
    era: Era = None,
    seed: Seed = None,
    events: Events = None,
    parameters: Parameters = None,
    force: ReplaceFile = False,
    quiet: Silent = False,
) -> None:
    """Put a scenario into one small file of text, with what its records are.

    Everything it uses is in it, so that it can be replayed anywhere. Packing the same twice gives
    the same bytes.
    """
    written = asked_for(scenario, parameters, seed=seed, era=era, events=events)
    target = Path(output or f"{written.scenario}{SUFFIX}")
    if output != "-":
        refuse_taken(target, force=force)
    with watching(is_shown=not quiet) as observer:
        capsule = capsule_of(resolve(written), note, observer)
    text = packed(capsule)
    if output == "-":
        typer.echo(text.decode(), nl=False)
        return
    write_whole(target, text)
    if not quiet:
        out = console.messages()
        told = f"{written.scenario}: {plural(capsule.evidence.records, 'record')}"
        out.print(console.line((told, "bold"), f", sha256 {capsule.evidence.sha256}"))
        out.print(console.line(f"  {target}"))
        out.print(console.line(f"Next: trailwright case replay {target}"))


def replay(*, path: CapsulePath, as_json: ReportAsJson = False, quiet: Silent = False) -> None:
    """Run a case again, and tell whether the same records come of it.

    Exit status 1 when they do not: then it says what changed since, and which record is the first
    that differs.
    """
    capsule = read_capsule(path)
    with watching(is_shown=not quiet) as observer:
        found = replayed(capsule, capsule.resolved(str(path)), observer)
    if as_json:
        typer.echo(json_text_indented(_as_json(capsule, found)).decode())
    elif not (quiet and found.is_same):
        for text in _told(capsule, found):
            typer.echo(text)
    if not (found.is_same and (found.is_same_truth or found.changes)):
        raise typer.Exit(_FOUND)


def _as_json(capsule: Capsule, found: Replay) -> dict[str, Json]:
    """Return what came of a replay for programs."""
    return {
        "format": _REPLAY_FORMAT,
        "scenario": capsule.name,
        "same": found.is_same,
        "same_truth": found.is_same_truth,
        "packed": {
            "version": capsule.version,
            "generation": capsule.generation,
            "records": capsule.evidence.records,
            "sha256": capsule.evidence.sha256,
        },
        "now": {"version": version(), "generation": GENERATION, "records": found.records},
        "first_difference": None if found.first is None else found.first + 1,
        "record": None if found.line is None else orjson.loads(found.line),
        "changes": list(found.changes),
    }


def _told(capsule: Capsule, found: Replay) -> list[str]:
    """Return what came of a replay, in lines."""
    name, by = shown(capsule.name), f"version {shown(capsule.version)}"
    packed_by = f"{by} (generation {capsule.generation})"
    now = f"version {version()} (generation {GENERATION})"
    count = plural(capsule.evidence.records, "record")
    if found.is_same:
        lines = [f"{name}: the same {count} as {packed_by} gave; this is {now}"]
        if found.is_same_truth:
            return lines
        return [*lines, "The truth beside them is another.", *_why(found)]
    lines = [f"{name}: not the {count} that {packed_by} gave; this is {now}", *_why(found)]
    marked = len(capsule.evidence.marks)
    if found.first is None:
        return [
            *lines,
            f"The first {plural(marked, 'record')} are as they were, and later ones not.",
        ]
    nth = found.first + 1
    if found.line is None:
        lines.append(f"Record {nth:,} is missing: there are {found.records:,} now.")
    else:
        there = "is the first that differs" if found.first < marked else "was not there"
        lines.append(f"Record {nth:,} {there}; it is now {_record(found.line)}")
    return [*lines, f"Of the first {plural(marked, 'record')} {found.kept:,} are there still."]


def _why(found: Replay) -> list[str]:
    if not found.changes:
        return ["No generation lies between them: the case was edited, or this is a fault of ours."]
    return ["What changed between them:", *(f"  {change}" for change in found.changes)]


def _record(line: bytes) -> str:
    """Return a record in a few words."""
    record = orjson.loads(line)
    members = (record.get(name) for name in ("eventName", "eventID", "eventTime"))
    return ", ".join(shown(one) for one in members if isinstance(one, str))


def unpack(
    *,
    path: CapsulePath,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="DIR",
            help="Where the files go. By default a folder with the capsule's name.",
        ),
    ] = None,
    force: ReplaceFiles = False,
    quiet: Silent = False,
) -> None:
    """Take the scenario, and the note if there is one, out of a capsule."""
    capsule = read_capsule(path)
    # What this version cannot read is not handed on.
    capsule.resolved(str(path))
    folder = output or path.with_name(path.name.removesuffix(SUFFIX) or "case")
    files = {folder / "scenario.yaml": as_yaml(capsule.scenario)}
    if capsule.note:
        files[folder / "note.txt"] = f"{capsule.note}\n"
    if folder.is_file():
        message = f"{folder} is a file: choose another folder with -o"
        raise OutputError(message)
    for file in files:
        refuse_taken(file, force=force)
    with folder_made(folder):
        for file, text in files.items():
            write_whole(file, text.encode())
    if not quiet:
        out = console.messages()
        for file in files:
            out.print(console.line(f"  {file}"))
        out.print(console.line(f"Next: trailwright generate {folder / 'scenario.yaml'} -o -"))
