"""Scenario to files: the one place where all rooms meet."""

from __future__ import annotations

import importlib.metadata
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Protocol, TypeAlias

from simulator.delivery.overrides import Delivered, delivered
from simulator.engines import stepwise, vectorised
from simulator.errors import OutputError, RequestError
from simulator.plan.compiler import compile_scenario
from simulator.plan.windows import begun, windows
from simulator.primitives.instants import SECOND, format_instant_exact
from simulator.scenario.dump import digest
from simulator.sinks.files import (
    Descriptor,
    FileEntry,
    StagedFile,
    compressor_for,
    folder_made,
)
from simulator.sinks.manifest import Census, Counts, Origin, manifest_text
from simulator.sinks.ndjson import RecordSink
from simulator.sinks.targets import Target, refuse_taken
from simulator.sinks.truth import TruthSink

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from simulator.engines.batches import RecordBatch
    from simulator.plan.episodes import Plan
    from simulator.plan.truth import Truth
    from simulator.primitives.jsontext import Json
    from simulator.scenario.document import Scenario
    from simulator.sinks.interface import Sink

GENERATION: Final = 2
"""Goes up whenever the same scenario gives other bytes than the version before."""

EPISODES_AT_ONCE: Final = 16_384
"""What a batch is cut by. Bytes do not depend on it; memory does."""

Engine: TypeAlias = Literal["vectorised", "stepwise"]

_RENDER: Final[dict[Engine, Callable[[Plan, int, int], RecordBatch]]] = {
    "vectorised": vectorised.render,
    "stepwise": stepwise.render,
}


class Observer(Protocol):
    """Someone who wants to know how far a run is."""

    def planned(self, episodes: int) -> None:
        """Hear how many episodes there are."""
        ...

    def written(self, records: int, episodes: int) -> None:
        """Hear how many records are written, of how many episodes, so far."""
        ...


class Silence:
    """An observer that nobody listens to."""

    def planned(self, episodes: int) -> None:
        """See `Observer.planned`."""

    def written(self, records: int, episodes: int) -> None:
        """See `Observer.written`."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to run."""

    scenario: Scenario
    """Resolved."""

    source_sha256: str | None = None
    """sha256 of the scenario's file; absent when it was made in Python."""

    events: int | None = None
    """Records in all, to which the background is sized; absent when the scenario decides."""

    engine: Engine = "vectorised"
    """Which engine renders. The bytes are the same."""

    start: int | None = None
    """Records whose eventTime is this or later, in milliseconds; absent for all."""

    end: int | None = None
    """Records whose eventTime is before this, in milliseconds; absent for all."""


def version() -> str:
    """Return the version of the generator."""
    return importlib.metadata.version("trailwright")


def generate(
    plan: Plan,
    *,
    engine: Engine = "vectorised",
    start: int | None = None,
    end: int | None = None,
    episodes_at_once: int = EPISODES_AT_ONCE,
) -> Iterator[RecordBatch]:
    """Yield the records of a plan in order, a window of time after another.

    Args:
        plan: What to render.
        engine: Which engine renders.
        start: Records from this instant on; by default all.
        end: Records before this instant; by default all.
        episodes_at_once: Episodes that begin in one window, at most. No byte depends on it.
    """
    for first, last in windows(plan, start, end, episodes_at_once):
        batch = _rendered(plan, engine, first, last).batch
        if len(batch):
            yield batch


def _rendered(plan: Plan, engine: Engine, first: int, last: int) -> Delivered:
    # Only the episodes that reach into the window, so that a window's cost is its own.
    return delivered(_RENDER[engine](plan.part(first, last), first, last), plan)


def write_run(
    request: Request,
    target: Target,
    *,
    force: bool = False,
    observer: Observer | None = None,
    standard_output: int = 1,
) -> Counts:
    """Write the records of a scenario, their truth and the manifest, and return the counts.

    Every file appears whole or not at all, and the manifest last: where there is one, the
    run beside it is whole.

    Args:
        request: What to run.
        target: Where to.
        force: Whether files that are there may be replaced.
        observer: Told of progress.
        standard_output: The descriptor that stands for it.

    Raises:
        RequestError: What is asked for cannot be done.
        ScenarioError: The scenario cannot be run.
        OutputError: The target cannot be written, or is taken.
        MissingExtraError: The file's name asks for a compression that is not installed.
        BrokenPipeError: Nobody reads standard output any more.
    """
    if request.start is not None and request.end is not None and request.start >= request.end:
        raise RequestError("--start must be before --end")
    _checked(target, force=force)
    plan, truth = compile_scenario(request.scenario, events=request.events)
    with ExitStack() as stack:
        run = _Run.begun(target, stack, standard_output)
        counts = run.rendered(request, plan, truth, observer or Silence())
        run.published(_origin(request), counts, force=force)
    return counts


def _checked(target: Target, *, force: bool) -> None:
    """Refuse what can be refused before anything is planned."""
    if target.records is not None:
        compressor_for(target.records.name)
    try:
        refuse_taken(target, force=force)
    except OSError as error:
        message = f"cannot write {error.filename}: {error.strerror}"
        raise OutputError(message) from error


@dataclass(frozen=True, slots=True)
class _Run:
    """The files of a run while they are written."""

    records: StagedFile | Descriptor
    truth: StagedFile | None
    manifest: StagedFile | None

    @classmethod
    def begun(cls, target: Target, stack: ExitStack, standard_output: int) -> _Run:
        """Open every file; whatever ends the stack discards those not published."""
        for folder in dict.fromkeys(path.parent for path in target.paths()):
            stack.enter_context(folder_made(folder))
        staged = {}
        for path in target.paths():
            staged[path] = StagedFile(path)
            stack.callback(staged[path].discard)
        return cls(
            Descriptor(standard_output) if target.records is None else staged[target.records],
            None if target.truth is None else staged[target.truth],
            None if target.manifest is None else staged[target.manifest],
        )

    def rendered(self, request: Request, plan: Plan, truth: Truth, observer: Observer) -> Counts:
        """Write records and truth, and return what was counted."""
        start, end = _to_second(request.start), _to_second(request.end)
        census = Census()
        sinks: list[Sink] = [RecordSink(self.records), census]
        if self.truth is not None:
            sinks.append(TruthSink(self.truth, plan, truth))
        first = plan.start if start is None else start
        skipped = begun(plan, first)
        last = plan.horizon if end is None else end
        observer.planned(max(begun(plan, last) - skipped, 0))
        done = 0
        for opens, closes in windows(plan, start, end, EPISODES_AT_ONCE):
            batch = _rendered(plan, request.engine, opens, closes)
            for sink in sinks:
                sink.write(batch)
            done += len(batch.batch)
            observer.written(done, begun(plan, closes) - skipped)
        return census.counts()

    def published(self, origin: Origin, counts: Counts, *, force: bool) -> None:
        """Write the manifest and give every file its name."""
        entries: list[FileEntry] = [self.records.finish()]
        if self.truth is not None:
            entries.append(self.truth.finish())
        staged = [self.records] if isinstance(self.records, StagedFile) else []
        staged += [] if self.truth is None else [self.truth]
        if self.manifest is not None:
            text = manifest_text(origin, counts, entries)
            self.manifest.write(text, text.count(b"\n"))
            self.manifest.finish()
            staged.append(self.manifest)
            if force:
                # An older manifest must not stand beside newer records.
                self.manifest.clear()
        try:
            for file in staged:
                file.publish()
        except BaseException:
            for file in staged:
                file.retract()
            raise


def _to_second(at: int | None) -> int | None:
    """Return the first whole second from an instant on: what an eventTime is compared with."""
    return None if at is None else -(-at // SECOND) * SECOND


def _origin(request: Request) -> Origin:
    scenario = request.scenario
    cutover = scenario.cutover
    window: dict[str, Json] = {"start": format_instant_exact(scenario.window.start)}
    if scenario.window.end is not None:
        window["end"] = format_instant_exact(scenario.window.end)
    sliced: dict[str, Json] = {
        name: None if at is None else format_instant_exact(at)
        for name, at in (("start", request.start), ("end", request.end))
    }
    return Origin(
        version=version(),
        generation=GENERATION,
        scenario={
            "name": scenario.scenario,
            "sha256": request.source_sha256,
            "resolved_sha256": digest(scenario),
            "seed": scenario.seed,
            "era": scenario.era,
            "cutover": cutover
            if isinstance(cutover, str)
            else {region: format_instant_exact(at) for region, at in sorted(cutover.items())},
            "window": window,
        },
        slice=sliced if any(sliced.values()) else None,
        events=request.events,
    )
