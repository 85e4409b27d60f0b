"""A run's files: records, truth and manifest, all of them or none."""

from __future__ import annotations

from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from simulator.delivery.file_mutations import SOUND, FileDamage
from simulator.errors import OutputError, RequestError
from simulator.plan.compiler import compile_scenario
from simulator.plan.windows import begun
from simulator.primitives.instants import to_second
from simulator.run.press import Alone, Cut, Press, Sheets
from simulator.run.request import Dask, Observer, Request, Silence, origin_of
from simulator.scenario.mutations import refuse_without_meaning
from simulator.sinks.compression import compressor_for
from simulator.sinks.damaged import DamagedLines
from simulator.sinks.files import Descriptor, Effort, FileEntry, StagedFile, folder_made
from simulator.sinks.formats import FORMS
from simulator.sinks.manifest import Census, Counts, manifest_text
from simulator.sinks.targets import Target, refuse_taken, seen_from

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from simulator.sinks.interface import Lines, Output

ROLES: Final = ("records", "truth")
"""What the outputs of a press are for, in their order."""


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
        target: Where to; of `target_of`.
        force: Whether files that are there may be replaced.
        observer: Told of progress: its `planned` and `written` are called.
        standard_output: The descriptor that stands for it.

    Returns:
        How many records were written: `records` in all, `kinds` and `eras` by name, and the
        eventTime of the `first` and the `last`.

    Raises:
        RequestError: What is asked for cannot be done.
        ScenarioError: The scenario cannot be run.
        OutputError: The target cannot be written, or is taken.
        MissingExtraError: The file's name asks for a compression that is not installed.
        BrokenPipeError: Nobody reads standard output any more.
    """
    refuse_request(request)
    name = None if target.records is None else target.records.name
    refuse_without_meaning(request.scenario.mutations, is_log=False, name=name)
    if request.format not in FORMS:
        raise RequestError("log files are delivered, not written: see run.delivering.deliver_run")
    _check_target(target, force=force)
    press = press_of(request, has_truth=target.truth is not None)
    damage = damage_of(request, name)
    with ExitStack() as stack:
        files = _Files.begun(target, stack, standard_output, request.workers, damage)
        folder = None if target.records is None else target.records.parent
        first, *others = files.outputs
        with gathered(request, first, folder, damage) as records:
            outputs = (records, *others)
            counts = write_lines(request, press, outputs, observer or Silence())
        files.published(request, counts, force=force)
    return replace(counts, damaged_files=dict.fromkeys(damage.names, 1))


def damage_of(request: Request, name: str | None) -> FileDamage:
    """Return what damage the one file of records takes.

    Args:
        request: What is run.
        name: The file's name; absent for standard output, which takes none.
    """
    return SOUND if name is None else FileDamage.of(request.scenario, "records")


def refuse_request(request: Request) -> None:
    """Refuse what no run can do.

    Raises:
        RequestError: It is asked for.
    """
    if request.workers < 1:
        raise RequestError("--workers must be 1 or more")
    if request.start is None or request.end is None or request.start < request.end:
        return
    # There may be more shards than there is to be had.
    if request.shard is None or request.start > request.end:
        raise RequestError("--start must be before --end")


def press_of(request: Request, *, has_truth: bool) -> Press:
    """Return what turns windows of a run into lines of records, and of truth if it is asked for.

    Raises:
        RequestError: What is asked for cannot be done.
        ScenarioError: The scenario cannot be run.
    """
    refuse_request(request)
    plan, truth = compile_scenario(request.scenario, events=request.events)
    lines: list[Lines] = [FORMS[request.format].lines(request.scenario, plan)]
    if has_truth:
        from simulator.sinks.truth import TruthLines  # noqa: PLC0415  # not for standard output

        lines.append(TruthLines(plan, truth))
    return Press(plan, request.engine, tuple(lines))


@contextmanager
def gathered(
    request: Request, output: Output, folder: Path | None, damage: FileDamage
) -> Iterator[Output]:
    """Give what takes the lines of records: an output, or what puts several into a line of its.

    Args:
        request: What is run.
        output: Where lines go.
        folder: Where something may be kept until its turn comes; absent for anywhere.
        damage: What is done to what is in the file.

    Raises:
        OutputError: It cannot be written.
    """
    form = FORMS[request.format]
    damaging = DamagedLines(output, damage) if damage.keys else None
    output = damaging or output
    if form.gathering is None:
        yield output
    else:
        gathering = form.gathering(output, request.scenario, folder)
        try:
            yield gathering
            gathering.finish()
        finally:
            gathering.discard()
    if damaging is not None:
        damaging.finish()


def write_lines(
    request: Request, press: Press, outputs: Sequence[Output], observer: Observer
) -> Counts:
    """Hand all lines of a run to outputs, and return what was counted.

    Args:
        outputs: As many as the press has lines.
    """
    cut = Cut(to_second(request.start), to_second(request.end))
    return write_sheets(press, cut, outputs, request.workers, observer, on=request.on)


def write_sheets(  # noqa: PLR0913  # what is made, and who is told
    press: Press,
    cut: Cut,
    outputs: Sequence[Output],
    workers: int,
    observer: Observer,
    *,
    on: Dask | None = None,
    passed: Callable[[int], None] | None = None,
) -> Counts:
    """Hand what a press makes to outputs, window after window, and return what was counted.

    Args:
        outputs: As many as the press has lines.
        on: What renders in place of workers.
        passed: Told of the end of each window, in milliseconds, when all of it is handed over.
    """
    plan = press.plan
    skipped = begun(plan, plan.start if cut.start is None else cut.start)
    last = plan.horizon if cut.end is None else cut.end
    observer.planned(max(begun(plan, last) - skipped, 0))
    census = Census()
    done = 0
    with closing(sheets(press, cut, workers, on)) as made:
        for sheet in made:
            for output, text in zip(outputs, sheet.texts, strict=True):
                output.write(text)
            if sheet.tally is not None:
                census.add(sheet.tally)
                done += sheet.tally.records
                if passed is not None:
                    passed(sheet.window.last)
                observer.written(done, begun(plan, sheet.window.last) - skipped)
    return census.counts()


def sheets(press: Press, cut: Cut, workers: int, on: Dask | None = None) -> Sheets:
    """Return where sheets come from: from here, where one is enough.

    Raises:
        MissingExtraError: Dask is asked for and not installed.
        WorkerError: There is no cluster that can be worked with.
    """
    if on is not None:
        from simulator.run.cluster import Cluster  # noqa: PLC0415  # few runs need it

        return Cluster(press, cut, workers, on.address)
    if workers == 1:
        return Alone(press, cut)
    from simulator.run import crew  # noqa: PLC0415  # one process starts without it

    fewer = min(cut.episodes_at_once, crew.EPISODES_AT_ONCE)
    return crew.Crew(press, replace(cut, episodes_at_once=fewer), workers)


def _check_target(target: Target, *, force: bool) -> None:
    """Refuse what can be refused before anything is planned."""
    if target.records is not None:
        compressor_for(target.records.name)
    try:
        refuse_taken(target, force=force)
    except OSError as error:
        message = f"cannot write {error.filename}: {error.strerror}"
        raise OutputError(message) from error


@dataclass(frozen=True, slots=True)
class _Files:
    """The files of a run while they are written."""

    records: StagedFile | Descriptor
    truth: StagedFile | None
    manifest: StagedFile | None

    @classmethod
    def begun(
        cls,
        target: Target,
        stack: ExitStack,
        standard_output: int,
        workers: int,
        damage: FileDamage,
    ) -> _Files:
        """Open every file; whatever ends the stack discards those not published."""
        for folder in dict.fromkeys(path.parent for path in target.paths()):
            stack.enter_context(folder_made(folder))
        pool = None
        if workers > 1:
            from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415  # as with `Crew`

            pool = stack.enter_context(ThreadPoolExecutor(workers))
        # Without a manifest nobody asks for a sha256.
        effort = Effort(is_hashed=target.manifest is not None, threads=workers, pool=pool)
        staged = {}
        for path in target.paths():
            staged[path] = StagedFile(path, effort, damage if path == target.records else SOUND)
            stack.callback(staged[path].discard)
        return cls(
            Descriptor(standard_output, effort)
            if target.records is None
            else staged[target.records],
            None if target.truth is None else staged[target.truth],
            None if target.manifest is None else staged[target.manifest],
        )

    @property
    def outputs(self) -> tuple[StagedFile | Descriptor, ...]:
        """Where the lines of records go, in the order of the press."""
        return (self.records,) if self.truth is None else (self.records, self.truth)

    def _entry(
        self, output: StagedFile | Descriptor, role: str, counts: Counts
    ) -> FileEntry | None:
        """Put the last byte of an output down, and return what the manifest tells of it."""
        entry = output.finish(counts.records)
        if entry is None:
            return None
        name = entry.name
        if self.manifest is not None and isinstance(output, StagedFile):
            name = seen_from(self.manifest.path.parent, output.path)
        return replace(entry, name=name, role=role, first=counts.first, last=counts.last)

    def published(self, request: Request, counts: Counts, *, force: bool) -> None:
        """Write the manifest and give every file its name."""
        entries = [
            self._entry(output, role, counts)
            for output, role in zip(self.outputs, ROLES, strict=False)
        ]
        staged = [output for output in self.outputs if isinstance(output, StagedFile)]
        if self.manifest is not None:
            told = [entry for entry in entries if entry is not None]
            asked = tuple(request.scenario.mutations)
            self.manifest.write(manifest_text(origin_of(request), counts, told, asked))
            self.manifest.finish(0)
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
