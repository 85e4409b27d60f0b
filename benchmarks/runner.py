"""Runs the sections of a profile, turn after turn, and keeps what every command used."""

from __future__ import annotations

import json
import statistics
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from benchmarks import machine, process
from benchmarks.catalogue import contender
from benchmarks.figures import figures
from benchmarks.floors import Standing, judge
from benchmarks.results import Measurement, Result

if TYPE_CHECKING:
    from collections.abc import Iterable

    from benchmarks.catalogue import Contender, Workspace
    from benchmarks.floors import Verdict
    from benchmarks.profiles import Profile, Section

SAMPLE: Final = 2_000
"""How many records the mean length is taken over."""

REPEATS: Final = 2
"""How often a section whose floor was missed is measured anew: a machine has bad minutes."""


@dataclass
class Runner:
    """Measures a profile into a result."""

    profile: Profile
    workspace: Workspace
    result: Result
    _ends: float = field(init=False)
    _given_up: set[tuple[str, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._ends = time.monotonic() + 60 * self.profile.minutes

    def everything(self) -> None:
        """Measure every section of the profile."""
        self._lengths(name for section in self.profile.sections for name, _ in section.entries)
        for section in self.profile.sections:
            self.section(section)

    def section(self, section: Section) -> None:
        """Measure one section anew."""
        self.result.without(section.name)
        self._given_up.clear()
        turn_took = 0.0
        for turn in range(section.turns):
            began = time.monotonic()
            if turn and began + turn_took > self._ends:
                reason = f"out of time after {turn} of {section.turns} turns"
                self.result.skipped[f"{section.name}/turns"] = reason
                _say(f"{section.name}: {reason}")
                break
            _say(f"{section.name}: turn {turn + 1} of {section.turns}")
            for name, size in section.entries:
                self._once(section, turn, name, size)
            turn_took = time.monotonic() - began

    def held(self) -> list[Verdict]:
        """Judge every bound, measuring anew what missed a floor; the better of the tries counts."""
        verdicts = self.judged()
        for _ in range(REPEATS):
            missed = {it.bound.section for it in verdicts if it.standing is Standing.missed}
            if not missed or time.monotonic() > self._ends:
                break
            for section in self.profile.sections:
                if section.name in missed:
                    _say(f"{section.name}: a floor was missed, so once more")
                    self.section(section)
            verdicts = [
                now if before.standing is Standing.missed else before
                for before, now in zip(verdicts, self.judged(), strict=True)
            ]
        return verdicts

    def judged(self) -> list[Verdict]:
        """Judge every bound by what is measured so far."""
        return judge(figures(self.result), self.result.skipped)

    def _once(self, section: Section, turn: int, name: str, size: int) -> None:
        if (name, size) in self._given_up:
            return
        it = contender(name)
        reason = it.missing()
        if reason is None:
            try:
                found = measured(it, size, self.workspace, section, turn)
            except process.CommandError as error:
                reason = str(error)
            else:
                self.result.measurements.append(found)
                return
        self._given_up.add((name, size))
        self.result.skipped[f"{section.name}/{name}/{size}"] = reason
        _say(f"{section.name}: {name} at {size:,}: {reason}")

    def _lengths(self, names: Iterable[str]) -> None:
        """Take the mean length of everybody's records, which also makes every program warm."""
        for name in dict.fromkeys(names):
            it = contender(name)
            if not it.writes or it.missing() is not None:
                continue
            count = 100 if name == "polyfactory" else SAMPLE
            try:
                used = process.run(
                    it.command(self.workspace, count), limit=process.SOON, is_read=True
                )
            except process.CommandError as error:
                _say(f"{name}: {error}")
                continue
            self.result.bytes_per_record[name] = round(len(used.output) / count, 1)


def measured(
    it: Contender, size: int, workspace: Workspace, section: Section, turn: int
) -> Measurement:
    """Run a contender once and return what it used.

    Raises:
        CommandError: It did not end well.
    """
    command = it.command(workspace, size)
    used = process.run(command, limit=section.limit, is_read=it.is_inner or it.is_heard)
    amount, cpu, wall = float(max(size, 1)), used.cpu, used.wall
    if it.is_inner:
        told = json.loads(used.output)
        amount = float(told["amount"])
        # A program that only looked at the clock on the wall tells no processor time.
        cpu = statistics.median(told["cpu"]) if told["cpu"] else 0.0
        wall = statistics.median(told["wall"])
    return Measurement(
        section=section.name,
        contender=it.name,
        size=size,
        turn=turn,
        amount=amount,
        cpu=cpu,
        wall=wall,
        peak=used.peak,
        is_inner=it.is_inner,
        first_byte=used.first_byte if it.is_heard else None,
    )


def begun(profile: Profile) -> Result:
    """Return an empty result that knows where it is measured."""
    return Result(profile.name, {**machine.facts(), "load_before": machine.load()})


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
