"""The files that a stream leaves: truth, what became of each batch, report and manifest."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from simulator.primitives.jsontext import json_text_indented
from simulator.run.request import origin_of
from simulator.scenario.mutations import refuse_without_meaning
from simulator.sinks.files import StagedFile, folder_made
from simulator.sinks.manifest import manifest_text
from simulator.sinks.targets import MANIFEST, TRUTH, refuse_full
from simulator.streaming.asked import OUTPUT
from simulator.streaming.report import report_json
from simulator.streaming.running import stream

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.run.request import Request
    from simulator.streaming.asked import Asked
    from simulator.streaming.running import Clock, Handling, Observer, Streamed
    from simulator.streaming.sinks.interface import Sink

SENT: Final = "sent.ndjson"
REPORT: Final = "report.json"


def stream_beside(  # noqa: PLR0913  # what to send, how, and who is told
    request: Request,
    asked: Asked,
    sink: Sink,
    clock: Clock,
    folder: Path,
    *,
    force: bool = False,
    handling: Handling | None = None,
    observer: Observer | None = None,
) -> Streamed:
    """Send the records of a scenario to a sink, and leave in a folder what there is to know.

    The files appear when the stream is over, whatever ended it, unless it never began: a
    scenario that cannot be run leaves nothing.

    Args:
        request: What to run.
        asked: How fast, and for how long.
        sink: Where records go.
        clock: What time it is.
        folder: Where the files go.
        force: Whether files that are there may be replaced.
        handling: How to send.
        observer: Watches.

    Raises:
        RequestError: What is asked for cannot be done.
        ScenarioError: The scenario cannot be run.
        OutputError: The folder cannot be written, or is taken.
        WorkerError: Workers died.
    """
    refuse_without_meaning(request.scenario.mutations, is_log=False, name=None)
    refuse_full(folder, force=force)
    with ExitStack() as stack:
        stack.enter_context(folder_made(folder))
        files = {}
        for name in (TRUTH, SENT, REPORT, MANIFEST):
            files[name] = StagedFile(folder / name)
            stack.callback(files[name].discard)
        streamed = stream(
            request,
            asked.pace(),
            sink,
            clock,
            asked=asked.text(),
            truth=files[TRUTH],
            journal=files[SENT],
            is_live=asked.is_live,
            handling=handling,
            observer=observer,
        )
        counts = streamed.counts
        files[REPORT].write(json_text_indented(report_json(streamed.report)) + b"\n")
        entries = []
        told = ((TRUTH, "truth", counts.records), (SENT, "journal", 0), (REPORT, "report", 0))
        for name, role, records in told:
            entry = files[name].finish(records)
            assert entry is not None
            is_truth = role == "truth"
            entries.append(
                replace(
                    entry,
                    role=role,
                    first=counts.first if is_truth else None,
                    last=counts.last if is_truth else None,
                )
            )
        origin = replace(
            origin_of(request),
            output=OUTPUT,
            stream=asked.told(sink.name, sink.promise.value, streamed.begins),
        )
        asked_for = tuple(request.scenario.mutations)
        files[MANIFEST].write(manifest_text(origin, counts, entries, asked_for))
        files[MANIFEST].finish(0)
        for file in files.values():
            if force:
                file.clear()
            file.publish()
    return streamed
