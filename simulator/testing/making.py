"""Making the records of a scenario in memory, with their truth."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from simulator.cases.capsules import read_capsule
from simulator.errors import InputError, RequestError
from simulator.run.request import Request, Silence
from simulator.run.writing import press_of, write_lines
from simulator.scenario import library
from simulator.scenario.document import Scenario
from simulator.scenario.resolve import resolve
from simulator.sinks.wrapping import LineCutter
from simulator.testing.records import TrailRecords

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from simulator.cases.capsules import Capsule


@dataclass(frozen=True, slots=True)
class Made:
    """The lines of a run."""

    lines: tuple[bytes, ...]
    """Records, without line ends."""

    truth: tuple[bytes, ...]
    """As many lines of truth."""

    @property
    def size(self) -> int:
        """How many bytes all lines have."""
        return sum(map(len, self.lines)) + sum(map(len, self.truth))

    def records(self) -> TrailRecords:
        """Return them read anew, so that nobody else has these objects."""
        return TrailRecords(self.lines, self.truth)


class _TooManyError(Exception):
    """There are more records than there may be."""


@dataclass(slots=True)
class _Kept:
    """Keeps lines; see `Output`."""

    most: int | None = None
    """Lines that are taken, at most; absent for all."""
    lines: list[bytes] = field(default_factory=list)
    cutter: LineCutter = field(default_factory=LineCutter)

    def write(self, data: bytes | memoryview) -> None:
        """See `Output.write`."""
        self.lines += self.cutter.of(data)
        if self.most is not None and len(self.lines) > self.most:
            raise _TooManyError


def collect(scenario: Scenario, *, events: int | None = None) -> TrailRecords:
    """Return all records of a resolved scenario, with their truth.

    They are all in memory, some kilobytes each: `generate` is for more of them than that allows.

    Args:
        scenario: As `load` and `prepare` return it.
        events: How many records in all: everyday activity is sized to what the storyline leaves of
            it. By default the scenario says.

    Returns:
        A list of records as `json.loads` gives them, in order of time, with their bytes and truth.

    Raises:
        ScenarioError: The storyline asks for what cannot be at that time.
        RequestError: The storyline alone has more records than `events`, or is asked for what
            cannot be done.
    """
    return made_of(scenario, events).records()


def made_of(scenario: Scenario, events: int | None = None, most: int | None = None) -> Made:
    """Return the lines of a resolved scenario; see `collect`.

    Args:
        most: With more records than that it is ended with an error; absent for any number.
    """
    request = Request(scenario, events=events)
    records, truth = _Kept(most), _Kept()
    write_lines(request, press_of(request, has_truth=True), (records, truth), Silence())
    return Made(tuple(records.lines), tuple(truth.lines))


def asked(  # noqa: PLR0913  # what a test may ask for
    scenario: str | Path | Scenario,
    folders: tuple[Path, ...],
    where: Path,
    *,
    era: str | None,
    seed: int | None,
    parameters: Mapping[str, Any] | None,
) -> Scenario:
    """Return the resolved scenario that a test asks for.

    Args:
        scenario: See `TrailMaker`.
        folders: What a path is seen from, the first first.
        where: What a text is called in messages; files that it uses lie beside it.

    Raises:
        InputError: There is no such file or scenario.
        ScenarioError: Something is wrong with it; all findings at once.
        RequestError: Another value is not a valid one.
    """
    if isinstance(scenario, Scenario):
        if parameters:
            raise RequestError("parameters go with a file or a text, not with a Scenario")
        return library.prepare(library.changed(scenario, era=era, seed=seed))
    if isinstance(scenario, str) and "\n" in scenario:
        written = library.read(scenario, str(where), parameters)
        return resolve(library.changed(written, era=era, seed=seed))
    return library.load(found(scenario, folders), era=era, seed=seed, parameters=parameters)


def found(path_or_name: str | Path, folders: tuple[Path, ...]) -> str | Path:
    """Return the file that is meant, or what was given where no folder has it."""
    for folder in folders:
        path = folder / path_or_name
        if path.is_file():
            return path
    return path_or_name


def opened(path: Path) -> tuple[Capsule, Scenario]:
    """Return a capsule and its resolved scenario.

    Raises:
        InputError: It is none.
        ScenarioError: This version cannot read its scenario.
    """
    capsule = read_capsule(path)
    return capsule, capsule.resolved(str(path))


def replayed(path: Path, capsule: Capsule, resolved: Scenario) -> Made:
    """Return the lines of a capsule.

    Raises:
        InputError: They are others than were packed.
    """
    said = capsule.evidence
    # A capsule of a stranger may ask for records without end.
    with suppress(_TooManyError):
        made = made_of(resolved, most=said.records)
        content = hashlib.sha256()
        for line in made.lines:
            content.update(line + b"\n")
        if content.hexdigest() == said.sha256:
            return made
    message = (
        f"{path}: other records come of it than were packed: "
        f"`trailwright case replay {path}` says which, and why"
    )
    raise InputError(message)
