"""Running a case to see what comes of it, when it is packed and whenever it is replayed."""

from __future__ import annotations

import hashlib
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator.cases.capsules import MARKED, Capsule, Evidence, document_of, mark_of
from simulator.primitives.version import version
from simulator.run.generations import between
from simulator.run.request import GENERATION, Request, Silence
from simulator.run.writing import press_of, write_lines
from simulator.sinks.wrapping import LineCutter

if TYPE_CHECKING:
    from simulator.run.request import Observer
    from simulator.scenario.document import Scenario


@dataclass(frozen=True, slots=True)
class Replay:
    """How what comes of a case now differs from what it gave when it was packed."""

    capsule: Capsule
    """The case."""

    records: int
    """How many records there are now; no more than one too many are made."""

    is_same: bool
    """Whether the records are the same to the byte."""

    is_same_truth: bool
    """Whether their truth is."""

    first: int | None = None
    """Which record is the first that differs, from 0; absent when it is none that has a mark."""

    line: bytes | None = None
    """What it is now; absent where there are fewer now."""

    kept: int = 0
    """How many of those that had a mark are there still."""

    @property
    def changes(self) -> tuple[str, ...]:
        """What changed between the generation that packed it and this one."""
        return tuple(between(self.capsule.generation, GENERATION))


class _TooManyError(Exception):
    """There are more records than there were."""


@dataclass(slots=True)
class _Witness:
    """Takes records and remembers what tells them apart; see `Output`."""

    most: int | None = None
    """Records that are taken, at most."""
    wanted: tuple[str, ...] = ()
    """Marks that are expected."""
    records: int = 0
    marks: list[str] = field(default_factory=list)
    first: int | None = None
    line: bytes | None = None
    cutter: LineCutter = field(default_factory=LineCutter)
    content: hashlib._Hash = field(default_factory=hashlib.sha256)

    def write(self, data: bytes | memoryview) -> None:
        """See `Output.write`."""
        self.content.update(data)
        for line in self.cutter.of(data):
            self._take(line)
            if self.most is not None and self.records > self.most:
                raise _TooManyError

    def _take(self, line: bytes) -> None:
        nth = self.records
        self.records += 1
        if nth >= MARKED:
            return
        mark = mark_of(line)
        self.marks.append(mark)
        if self.first is None and self.wanted[nth : nth + 1] != (mark,):
            self.first, self.line = nth, line


@dataclass(slots=True)
class _Hashed:
    """Takes the truth; see `Output`."""

    content: hashlib._Hash = field(default_factory=hashlib.sha256)

    def write(self, data: bytes | memoryview) -> None:
        """See `Output.write`."""
        self.content.update(data)


def capsule_of(resolved: Scenario, note: str, observer: Observer | None = None) -> Capsule:
    """Return a case with what comes of it.

    Raises:
        RequestError: What it asks for cannot be done.
        ScenarioError: It cannot be run.
    """
    witness, truth = _Witness(), _Hashed()
    _run(resolved, witness, truth, observer)
    evidence = Evidence(
        witness.records,
        witness.content.hexdigest(),
        truth.content.hexdigest(),
        tuple(witness.marks),
    )
    return Capsule(resolved.scenario, note, version(), GENERATION, evidence, document_of(resolved))


def replayed(capsule: Capsule, resolved: Scenario, observer: Observer | None = None) -> Replay:
    """Return how what comes of a case differs from what it gave.

    Args:
        capsule: The case.
        resolved: Its scenario.
        observer: Told of progress.

    Raises:
        RequestError: What it asks for cannot be done.
        ScenarioError: It cannot be run.
    """
    said = capsule.evidence
    witness, truth = _Witness(said.records, said.marks), _Hashed()
    # A capsule of a stranger may ask for records without end.
    with suppress(_TooManyError):
        _run(resolved, witness, truth, observer)
    first = witness.first
    if first is None and witness.records < len(said.marks):
        first = witness.records
    return Replay(
        capsule,
        witness.records,
        is_same=witness.records == said.records and witness.content.hexdigest() == said.sha256,
        is_same_truth=truth.content.hexdigest() == said.truth_sha256,
        first=first,
        line=witness.line,
        kept=sum((Counter(witness.marks) & Counter(said.marks)).values()),
    )


def _run(resolved: Scenario, records: _Witness, truth: _Hashed, observer: Observer | None) -> None:
    request = Request(resolved)
    press = press_of(request, has_truth=True)
    write_lines(request, press, (records, truth), observer or Silence())
