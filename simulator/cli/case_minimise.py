"""`trailwright case minimise`: the smallest scenario on whose records a command fails."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from simulator import run
from simulator.cases.reduction.commands import Command, pattern_of
from simulator.cases.reduction.minimising import MOST_RUNS, Best, Wish, minimised, sized
from simulator.cli import console
from simulator.cli.app import say
from simulator.cli.options import Era, Events, Parameters, ReplaceFile, Seed, Silent, ToRun
from simulator.cli.progress import StageBar, bars
from simulator.conversion.writing import refuse_taken, write_whole
from simulator.errors import OutputError, RequestError
from simulator.scenario import library, reader
from simulator.validation.report import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.cases.reduction.minimising import Observer, Outcome
    from simulator.scenario.document import Scenario

EPILOG: Final = """\b
Examples:
  trailwright case minimise quickstart -- ./parser
  trailwright case minimise my.yaml --fails-matching KeyError -- python parse.py {}
  trailwright case minimise my.yaml -o small.yaml -- sh -c 'gzip | ./loader --gzip'
  trailwright case minimise my.yaml --format cloudtrail -- ./reader --folder {}
"""

TIMEOUT: Final = 60.0
_LONGEST: Final = 86_400.0
_FOUND: Final = 1
"""The status where the smallest scenario does not fail."""


class _Silence:
    def reached(self, stage: str, attempts: int, left: int) -> None:
        """See `Observer.reached`."""


@contextmanager
def watching(*, is_shown: bool) -> Iterator[Observer]:
    """Show how far it is, where somebody sees it."""
    with bars(is_shown=is_shown) as progress:
        yield _Silence() if progress is None else StageBar(progress)


def add_to(app: typer.Typer) -> None:
    """Make the command known."""
    app.command(epilog=EPILOG)(minimise)


def minimise(
    *,
    scenario: ToRun,
    command: Annotated[
        list[str],
        typer.Argument(
            metavar="-- COMMAND...",
            help="What fails: a program and its arguments. It reads the records on its standard "
            "input, or where {} stands. No shell reads the line.",
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Where the smallest scenario goes. By default <scenario name>-small.yaml.",
        ),
    ] = None,
    status: Annotated[
        int | None,
        typer.Option(
            "--fails-with",
            metavar="STATUS",
            min=0,
            max=255,
            help="The exit status that is the failure. Any but 0 unless given.",
        ),
    ] = None,
    matching: Annotated[
        str | None,
        typer.Option(
            "--fails-matching",
            metavar="REGEX",
            help="What the failure prints, on either output; then any exit status will do.",
        ),
    ] = None,
    timeout: Annotated[
        float,
        typer.Option(
            metavar="SECONDS",
            min=0.01,
            max=_LONGEST,
            help="When the command is ended. That is the failure if it takes so long on all "
            "records, and otherwise it is none.",
        ),
    ] = TIMEOUT,
    form: Annotated[
        run.Format,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="The form of the records, as generate has it; cloudtrail needs {} for its folder.",
        ),
    ] = run.Format.ndjson,
    members: Annotated[
        bool | None,
        typer.Option(
            "--members/--whole-records",
            help="Whether members of records are left out as well. By default where "
            "--fails-matching says which failure is meant.",
        ),
    ] = None,
    runs: Annotated[
        int,
        typer.Option(
            metavar="N", min=1, help="On how many different records the command is run, at most."
        ),
    ] = MOST_RUNS,
    state: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Where runs are remembered, to go on from after a break. By default beside the "
            "output until it is done.",
        ),
    ] = None,
    era: Era = None,
    seed: Seed = None,
    events: Events = None,
    parameters: Parameters = None,
    force: ReplaceFile = False,
    quiet: Silent = False,
) -> None:
    """Make a scenario as small as it can be while a command still fails on its records.

    Everyday activity, entries, users and whatever else the failure does not need is left out. The
    records that are left are those that the whole scenario gives, byte for byte.
    """
    written = asked_for(scenario, parameters, seed=seed, era=era, events=events)
    target = output or Path(f"{written.scenario}-small.yaml")
    journal = _journal_of(target, state, force=force)
    pattern = None if matching is None else pattern_of(matching)
    asked = Command(tuple(command), timeout)
    if form is run.Format.cloudtrail and not asked.names_place:
        raise RequestError("--format cloudtrail: log files are a folder: say where with {}")
    drops = members if members is not None else pattern is not None
    wish = Wish(asked, status, pattern, form, runs, drops_members=drops, journal=journal)
    best = Best()
    try:
        with watching(is_shown=not quiet) as observer:
            outcome = minimised(written, wish, best, observer)
    except (KeyboardInterrupt, SystemExit):
        if best.document:
            write_whole(target, best.text.encode())
            say(f"{target} is the smallest so far; the same command goes on from there")
        raise
    head = f"# {plural(outcome.before, 'record')} of {written.scenario} made {outcome.after:,} by"
    write_whole(target, f"{head} trailwright case minimise.\n{outcome.text}".encode())
    if state is None:
        journal.unlink(missing_ok=True)
    if not quiet:
        _show(target, outcome, is_whole=not drops)
    if not outcome.fails:
        told = f"it does not always do the same ({outcome.ended})"
        say(f"Error: the command does not fail on what {target} gives: {told}")
        raise typer.Exit(_FOUND)


def asked_for(
    scenario: str,
    parameters: list[str] | None,
    *,
    seed: int | None,
    era: str | None,
    events: int | None,
) -> Scenario:
    """Return the scenario that the command line means, with nothing filled in."""
    path = library.find(scenario)
    written = library.read(reader.file_text(path), str(path), library.parts_from(parameters or ()))
    written = library.changed(written, seed=seed, era=era)
    return written if events is None else sized(written, events)


def _journal_of(target: Path, state: Path | None, *, force: bool) -> Path:
    """Return where runs are remembered, if the target may be written in the end."""
    refuse_taken(target, force=True)
    journal = state or target.with_name(f"{target.name}.journal")
    # With a journal it is what an earlier run had come to.
    refuse_taken(target, force=force or journal.exists(), hint="choose another with -o")
    if not target.parent.is_dir():
        message = f"cannot write {target}: there is no folder {target.parent}"
        raise OutputError(message)
    return journal


def _show(target: Path, outcome: Outcome, *, is_whole: bool) -> None:
    """Say what came of it."""
    out = console.messages()
    told = f"{plural(outcome.before, 'record')} made {outcome.after:,}"
    out.print(console.line((told, "bold"), f", in {plural(outcome.runs, 'run')} of the command"))
    out.print(console.line(f"  {target}"))
    if outcome.fails:
        out.print(console.line(f"The command fails on it: {outcome.ended}"))
    if not outcome.is_least:
        out.print("It may be smaller yet: --runs was reached.")
    if is_whole:
        out.print("Records are whole: --members leaves out members of them as well.")
    out.print(console.line(f"Next: trailwright generate {target} -o -"))
