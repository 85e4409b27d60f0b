"""`trailwright stream`: records sent at a rate, to the places where SIEMs listen."""

from __future__ import annotations

import hashlib
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from simulator import run
from simulator.cli.app import INTERRUPTED, say
from simulator.cli.options import (
    Era,
    Events,
    Parameters,
    ReplaceFiles,
    ReportAsJson,
    Seed,
    Silent,
    ToRun,
)
from simulator.cli.stream_clock import clock
from simulator.cli.stream_panel import panel
from simulator.errors import OutputError
from simulator.primitives.instants import parse_duration
from simulator.primitives.jsontext import json_text_indented
from simulator.scenario import library, reader
from simulator.scenario.resolve import resolve
from simulator.streaming import metrics as prometheus
from simulator.streaming.addresses import SINKS, address_of, settings_of, sink_of
from simulator.streaming.asked import Asked
from simulator.streaming.folder import stream_beside
from simulator.streaming.report import report_json, report_text
from simulator.streaming.running import Handling
from simulator.streaming.sending import Patience

if TYPE_CHECKING:
    from simulator.streaming.progress import Seen
    from simulator.streaming.running import Observer

EPILOG: Final = "\n".join(
    (
        "\b",
        "Where records can go (--to):",
        *(f"  {kind.address:<45}  {kind.meaning}" for kind in SINKS),
        "",
        "\b",
        "Examples:",
        "  trailwright stream quickstart --to hec+http://127.0.0.1:8088 \\",
        "    --with token=@token.txt --rate 2000/s --for 1m",
        "  trailwright stream baseline/office --to tcp://127.0.0.1:5140 --rate \\",
        "    '100/s..5000/s for 5m, 5000/s' --for 10m --now",
        "  trailwright stream quickstart --to kafka://127.0.0.1:9092/trail --bytes 20MB/s --for 5m",
        "  trailwright stream plays/password-spray --to syslog+tcp://127.0.0.1:601 --replay x60",
    )
)

_NEXT: Final = "trailwright reconcile {folder} RECEIVED  says which records arrived"


def millis(text: str) -> int:
    """Read a duration."""
    try:
        return parse_duration(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


class _Both:
    """Lets several watch."""

    def __init__(self, *observers: Observer | None) -> None:
        self._observers = [one for one in observers if one is not None]

    def seen(self, seen: Seen) -> None:
        """See `Observer.seen`."""
        for observer in self._observers:
            observer.seen(seen)


def add_to(app: typer.Typer) -> None:
    """Make the command known."""
    app.command(epilog=EPILOG)(stream)


def stream(
    *,
    scenario: ToRun,
    to: Annotated[str, typer.Option("--to", metavar="SINK", help="Where records go: see below.")],
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--with",
            metavar="NAME=VALUE",
            help="A setting of the sink, such as token=@token.txt (@: what the file has); may be "
            "repeated.",
        ),
    ] = None,
    rate: Annotated[
        str | None,
        typer.Option(
            metavar="RATE",
            help="Records a second: 5000/s; '100/s..5000/s for 5m, 5000/s'; '1000/s with 20k/s for "
            "10s every 5m'; 'diurnal 5000/s'.",
        ),
    ] = None,
    size: Annotated[
        str | None,
        typer.Option("--bytes", metavar="RATE", help="Bytes a second instead, such as 50MB/s."),
    ] = None,
    replay: Annotated[
        str | None,
        typer.Option(
            metavar="xF", help="Instead: as it happened, so many times as fast, such as x60."
        ),
    ] = None,
    length: Annotated[
        int | None,
        typer.Option(
            "--for",
            parser=millis,
            metavar="DURATION",
            help="How long, such as 10m; otherwise until the scenario ends. With --rate and "
            "--bytes everyday activity is sized to it, unless --events says otherwise.",
        ),
    ] = None,
    now: Annotated[
        bool,
        typer.Option(
            "--now",
            help="Times in records follow the wall clock: each happens when it is due. Records are "
            "in today's era unless --era or the scenario names one.",
        ),
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="DIR",
            help="Where truth, sent.ndjson (what became of each batch), report and manifest go. By "
            "default output/<scenario name>-stream/.",
        ),
    ] = None,
    era: Era = None,
    seed: Seed = None,
    events: Events = None,
    parameters: Parameters = None,
    mutate: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=SHARE",
            help="Damage this share of records on purpose, such as missing-member=1%; may be "
            "repeated. `trailwright mutations` tells what there is.",
        ),
    ] = None,
    connections: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=1, max=256, help="Connections at once; by default the sink's own."
        ),
    ] = None,
    linger: Annotated[
        int,
        typer.Option(
            parser=millis,
            metavar="DURATION",
            help="How long a record waits at most for others to go with it: 20ms.",
        ),
    ] = "20ms",  # type: ignore[assignment]  # typer parses it
    give_up: Annotated[
        int,
        typer.Option(
            parser=millis,
            metavar="DURATION",
            help="How long the receiver may take nothing before the stream ends: 1m.",
        ),
    ] = "1m",  # type: ignore[assignment]
    settle: Annotated[
        int,
        typer.Option(
            parser=millis,
            metavar="DURATION",
            help="How long it may leave records unconfirmed before they are sent again: 1m.",
        ),
    ] = "1m",  # type: ignore[assignment]
    drain: Annotated[
        int,
        typer.Option(
            parser=millis,
            metavar="DURATION",
            help="How long after its end the stream may still send what is late: 30s.",
        ),
    ] = "30s",  # type: ignore[assignment]
    workers: Annotated[
        int,
        typer.Option(metavar="N", min=0, help="Processes that make records; 0: none of their own."),
    ] = 1,
    metrics: Annotated[
        str | None,
        typer.Option(
            metavar="PORT", help="Serve metrics for Prometheus at [HOST:]PORT; HOST is 127.0.0.1."
        ),
    ] = None,
    force: ReplaceFiles = False,
    as_json: ReportAsJson = False,
    quiet: Silent = False,
) -> None:
    """Send the records of a scenario to a sink, each when it is due.

    The rate is kept whatever the receiver does: what is late is sent as soon as it can be, and
    the report says how late. The exit status is 1 when rate, count or acknowledgements fell
    short of what was asked, 3 when the receiver takes nothing.
    """
    given = settings_of(settings or ())
    asked = Asked(rate, size, replay, length, now)
    sink = sink_of(address_of(to, given), given.names)
    path = library.find(scenario)
    text = reader.file_text(path)
    written = library.read(text, str(path), library.parts_from(parameters or ()))
    if now and era is None and written.era == "by-date":
        era = "post"
    damage = library.mutations_from(mutate or ())
    scene = library.changed(written, seed=seed, era=era, mutations=damage)
    request = run.Request(
        scenario=resolve(scene),
        source_sha256=hashlib.sha256(text.encode()).hexdigest(),
        events=asked.events() if events is None else events,
    )
    folder = output or Path("output") / f"{request.scenario.scenario}-stream"
    how = Handling(
        connections=connections,
        linger=linger * 1000,
        patience=Patience(give_up * 1000, settle * 1000),
        drains=drain * 1000,
        workers=workers,
    )
    with ExitStack() as stack:
        told = None if metrics is None else stack.enter_context(prometheus.served(metrics))
        shown = stack.enter_context(panel(sink.name, asked.text(), is_shown=not quiet))
        streamed = stream_beside(
            request,
            asked,
            sink,
            clock(),
            folder,
            force=force,
            handling=how,
            observer=_Both(told, shown),
        )
    report = streamed.report
    if as_json:
        print(json_text_indented(report_json(report)).decode())
    elif not quiet:
        say(report_text(report))
        say(f"\nin {folder}: truth.ndjson, sent.ndjson, report.json, manifest.json")
        say(_NEXT.format(folder=folder))
    if streamed.error is not None:
        raise OutputError(str(streamed.error))
    if isinstance(streamed.signal, SystemExit):
        raise streamed.signal
    if streamed.signal is not None:
        raise typer.Exit(INTERRUPTED)
    if short := [*report.shortfalls()]:
        if quiet:
            say(f"fell short: {'; '.join(short)}")
        raise typer.Exit(1)
