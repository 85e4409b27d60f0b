"""`trailwright generate`: records from a scenario."""

from __future__ import annotations

import hashlib
import sys
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from simulator import run
from simulator.cli.options import (
    Endpoint,
    Era,
    Events,
    Parameters,
    ReplaceFiles,
    Seed,
    Silent,
    ToRun,
    Workers,
)
from simulator.cli.progress import RunBar, bars
from simulator.errors import RequestError
from simulator.primitives.instants import parse_instant
from simulator.scenario import library, reader
from simulator.scenario.mutations import BY_NAME
from simulator.scenario.resolve import resolve
from simulator.sinks.targets import target_of

if TYPE_CHECKING:
    from collections.abc import Iterator

EPILOG: Final = """\b
Examples:
  trailwright generate quickstart
  trailwright generate baseline/office --events 100000 -o office.ndjson.gz
  trailwright generate baseline/office --events 5000000 --workers auto -o big.ndjson.gz
  trailwright generate my.yaml --era post --seed 7 -o run-7/
  trailwright generate quickstart -o - --quiet | jq -r .eventName | sort | uniq -c
  trailwright generate quickstart --format eventbridge -o envelopes.ndjson.gz
  trailwright generate plays/password-spray --set intruder=hotel-laptop -o spray/
  trailwright generate my.yaml --start 2025-01-13 --end 2025-01-14 -o monday/
  trailwright generate baseline/office --shard 2/4 -o parts/2/
  trailwright generate quickstart --mutate truncated-record=1% --mutate bom=100% -o broken/
"""


class Engine(StrEnum):
    """The two ways from plan to records."""

    vectorised = "vectorised"
    stepwise = "stepwise"


def _instant(text: str) -> int:
    try:
        return parse_instant(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def _shard(text: str) -> run.Shard:
    try:
        return run.shard_of(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def _dask(text: str) -> run.Dask:
    name, is_there, address = text.partition("=")
    if name != "dask" or (is_there and "://" not in address):
        raise typer.BadParameter("expected dask, or dask= and a scheduler: dask=tcp://HOST:8786")
    return run.Dask(address or None)


@contextmanager
def watching(*, is_shown: bool) -> Iterator[run.Observer]:
    """Show a bar while a run is made, where somebody sees it."""
    with bars(is_shown=is_shown) as progress:
        yield run.Silence() if progress is None else RunBar(progress)


def add_to(app: typer.Typer) -> None:
    """Make the command known."""
    app.command(epilog=EPILOG)(generate)


def generate(
    *,
    scenario: ToRun,
    output: Annotated[
        str | None,
        typer.Option(
            "-o",
            "--output",
            metavar="PATH",
            help="A folder (DIR/), a file (NAME.ndjson, .ndjson.gz or .ndjson.zst), or - for "
            "records on standard output; log files go to a folder or s3://BUCKET/PREFIX, gs://…, "
            "az://…. By default output/<scenario name>/.",
        ),
    ] = None,
    era: Era = None,
    seed: Seed = None,
    events: Events = None,
    engine: Annotated[
        Engine,
        typer.Option(
            metavar="ENGINE",
            help="vectorised (fast) or stepwise (plain): both give the same bytes.",
        ),
    ] = Engine.vectorised,
    form: Annotated[
        run.Format,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="ndjson (a record a line), cloudtrail (log files and digests, as a trail delivers "
            "them), eventbridge (envelopes), cloudwatch-logs (payloads of a subscription) or "
            "lookup-events (answers of LookupEvents).",
        ),
    ] = run.Format.ndjson,
    workers: Workers = 1,
    on: Annotated[
        run.Dask | None,
        typer.Option(
            parser=_dask,
            metavar="WHERE",
            help="What renders: dask (a cluster of --workers processes, started here) or "
            "dask=tcp://HOST:8786 (the cluster of that scheduler). The bytes are the same. Needs "
            "the extra dask.",
        ),
    ] = None,
    start: Annotated[
        int | None,
        typer.Option(
            parser=_instant,
            metavar="INSTANT",
            help="Only records of this instant or later, such as 2025-01-13T09:00:00Z.",
        ),
    ] = None,
    end: Annotated[
        int | None,
        typer.Option(parser=_instant, metavar="INSTANT", help="Only records before this instant."),
    ] = None,
    shard: Annotated[
        run.Shard | None,
        typer.Option(
            parser=_shard,
            metavar="I/N",
            help="Only the I-th of N parts of the run, or of what --start and --end leave, to be "
            "made apart: parts put one behind another are the whole, byte for byte, and "
            "merge-manifests makes one run of them. With --format ndjson and eventbridge.",
        ),
    ] = None,
    force: ReplaceFiles = False,
    truth: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="Where the truth goes; with -o - nowhere unless given."),
    ] = None,
    manifest: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH", help="Where the manifest goes; with -o - nowhere unless given."
        ),
    ] = None,
    parameters: Parameters = None,
    mutate: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=SHARE",
            help="Damage this share of records or files on purpose, such as missing-member=1%; may "
            "be repeated, also to say more: missing-member.member=userIdentity.arn. `trailwright "
            f"mutations` tells what each does: {', '.join(BY_NAME)}.",
        ),
    ] = None,
    trail: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE",
            help="A setting of the scenario's trail, such as files.every=1m; may be repeated. "
            "This and all below with --format cloudtrail alone.",
        ),
    ] = None,
    lateness: Annotated[
        str | None,
        typer.Option(metavar="PROFILE", help="none, typical or slow: short for --trail lateness=…"),
    ] = None,
    duplicates: Annotated[
        str | None,
        typer.Option(
            metavar="SHARE",
            help="Records that are delivered twice, such as 0.1%: short for --trail duplicates=…",
        ),
    ] = None,
    digest_key: Annotated[
        Path | None,
        typer.Option(
            metavar="PEM",
            help="The RSA key that signs digest files; drawn from the seed otherwise.",
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Finish a run that was broken off.")
    ] = False,
    endpoint: Endpoint = None,
    notify: Annotated[
        str | None,
        typer.Option(
            metavar="SUBSCRIBER",
            help="Told of each file in a bucket: sqs+s3:URL, sqs+cloudtrail:URL, sns+s3:ARN or "
            "sns+cloudtrail:ARN.",
        ),
    ] = None,
    notify_endpoint: Annotated[
        str | None, typer.Option(metavar="URL", help="Where the service of --notify is.")
    ] = None,
    quiet: Silent = False,
    is_first_run: Annotated[bool, typer.Option("--tour", hidden=True)] = False,
) -> None:
    """Write the records of a scenario, their truth and a manifest.

    The same scenario, seed and version give the same bytes, on either engine, any number
    of workers and any machine.
    """
    # Read once: it may be a pipe.
    path = library.find(scenario)
    text = reader.file_text(path)
    settings = {"lateness": lateness, "duplicates": duplicates}
    said = [f"{name}={value}" for name, value in settings.items() if value is not None]
    changes = library.parts_from([*(trail or ()), *said], "--trail")
    written = library.read(text, str(path), library.parts_from(parameters or ()))
    damage = library.mutations_from(mutate or ())
    scene = library.changed(written, seed=seed, era=era, trail=changes, mutations=damage)
    request = run.Request(
        scenario=resolve(scene),
        source_sha256=hashlib.sha256(text.encode()).hexdigest(),
        events=events,
        engine=engine.value,
        format=form,
        start=start,
        end=end,
        workers=workers,
        on=on,
    )
    if shard is not None:
        request = run.sharded(request, shard)
    if form is run.Format.cloudtrail:
        from simulator.cli.delivery import Options, deliver  # noqa: PLC0415  # few runs need it
        from simulator.run.delivering import Handling  # noqa: PLC0415  # as above

        if manifest is not None:
            raise RequestError("--manifest: log files have theirs beside them")
        options = Options(output, truth, endpoint, digest_key, notify, notify_endpoint)
        how = Handling(force=force, resume=resume)
        with watching(is_shown=not quiet) as observer:
            told = deliver(request, options, how, observer)
        if not quiet:
            from simulator.cli import closing, console  # noqa: PLC0415  # as below

            closing.show_delivered(console.messages(), request, *told)
        return
    _refuse_delivery(changes, digest_key, endpoint, notify, notify_endpoint, resume=resume)
    target = target_of(output, request.scenario.scenario, truth=truth, manifest=manifest)
    if target.records is None:
        # What was printed so far must come before what is written past it.
        sys.stdout.flush()
    with watching(is_shown=not quiet) as observer:
        counts = run.write_run(
            request, target, force=force, observer=observer, standard_output=sys.stdout.fileno()
        )
    if quiet and not is_first_run:
        return
    # What is said at the end is imported then, so that records come sooner.
    from simulator.cli import closing, console  # noqa: PLC0415

    if not quiet:
        closing.show(console.messages(), request, target, counts)
    if is_first_run:
        from simulator.cli.first_run import tour  # noqa: PLC0415

        tour(console.messages(), request)
    if not quiet:
        closing.show_next(console.messages(), target)


def _refuse_delivery(*given: object, resume: bool) -> None:
    """Refuse what is said of log files where none are written."""
    if resume or any(given):
        raise RequestError(
            "--trail, --lateness, --duplicates, --digest-key, --resume, --endpoint and --notify "
            "are about log files: say --format cloudtrail"
        )
