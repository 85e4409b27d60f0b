"""A scenario on whose records a command fails, made as small as it fails on.

First records, which costs no more than writing some of them: `least` of all that the scenario
gives. Then, if wanted, members of those that are left. Both are what the command is run for.
Last the scenario itself, of which everything goes that these records do not need: a smaller
one must give the very same bytes, so that the command need not be asked again. A record is thus
never another than the one that failed, wherever it comes from.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import orjson

from simulator.cases.reduction.commands import Failure
from simulator.cases.reduction.deltas import least
from simulator.cases.reduction.documents import shrunk
from simulator.cases.reduction.feeding import Choice, Feeder
from simulator.cases.reduction.journal import Journal
from simulator.cases.reduction.members import dropped
from simulator.errors import RequestError, ScenarioError
from simulator.plan.compiler import compile_scenario, records_of
from simulator.run.press import Cut
from simulator.scenario import library
from simulator.scenario.dump import as_yaml, spelled_out
from simulator.scenario.resolve import resolve
from simulator.sinks.formats import Format

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

    from simulator.cases.reduction.commands import Command, Ended
    from simulator.cases.reduction.feeding import Fed, Roll
    from simulator.cases.reduction.members import Drops
    from simulator.scenario.document import Scenario

MOST_RUNS: Final = 2_000
"""Runs of the command, unless more are asked for."""

_TOO_LONG: Final = "taking too long"
"""What the journal knows besides runs: whether the failure is that."""


class Observer(Protocol):
    """Someone who wants to know how far it is."""

    def reached(self, stage: str, attempts: int, left: int) -> None:
        """Hear how many attempts a stage has made, and how much is left of what it shrinks."""
        ...


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to fail, and how."""

    command: Command
    """The command that is given the records."""

    status: int | None = None
    """The exit status that counts as the failure."""

    pattern: re.Pattern[str] | None = None
    """What the failure says."""

    form: Format = Format.ndjson
    """In what form records are given."""

    runs: int = MOST_RUNS
    """Different records the command is run on, at most."""

    drops_members: bool = False
    """Whether members of records are left out as well."""

    journal: Path | None = None
    """Where runs are remembered."""


@dataclass(slots=True)
class Best:
    """The smallest scenario so far that fails: what is left when something ends it all."""

    document: dict[str, Any] = field(default_factory=dict)
    """Empty while there is none but the whole."""

    @property
    def text(self) -> str:
        """The scenario as YAML."""
        return as_yaml(self.document)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it."""

    text: str
    """The scenario as YAML."""

    before: int
    """Records that the whole scenario gives."""

    after: int
    """Records that this one gives."""

    runs: int
    """Different records that the command was run on."""

    is_least: bool
    """Whether no single record, nor member where those were asked for, can be left out."""

    ended: Ended
    """How the command ended on what this scenario gives."""

    fails: bool
    """Whether that is the failure."""


class _EnoughError(Exception):
    """The command was run as often as it may."""


class _Trials:
    """Runs the command on records, each once."""

    def __init__(self, wish: Wish, journal: Journal) -> None:
        self.failure = Failure(wish.status, wish.pattern)
        self.asked: set[str] = set()
        self._wish = wish
        self._journal = journal

    def fails(self, fed: Fed) -> bool:
        """Return whether the command fails on records."""
        if fed.sha256 not in self.asked:
            if len(self.asked) >= self._wish.runs:
                raise _EnoughError
            self.asked.add(fed.sha256)
        known = self._journal.known.get(fed.sha256)
        if known is None:
            known = self.failure.is_it(self._wish.command.run(fed.path))
            self._journal.note(fed.sha256, fails=known)
        return known

    def begin(self, feeder: Feeder) -> None:
        """Make sure that there is something to be found: all records fail, and none do not.

        Raises:
            RequestError: There is not.
        """
        whole = feeder.write()
        known = self._journal.known
        is_new = not known.get(whole.sha256)
        if is_new:
            self.failure = self._failure(feeder)
        else:
            is_too_long = known.get(_TOO_LONG, False)
            self.failure = Failure(self._wish.status, self._wish.pattern, too_long=is_too_long)
        nothing = feeder.write(Choice(()))
        if nothing.sha256 == whole.sha256:
            raise RequestError("the scenario gives no records")
        if is_new:
            self._expect_blame(self._wish.command.run(nothing.path))
            # What was refused leaves no journal.
            self._journal.note(_TOO_LONG, fails=self.failure.too_long)
            self._journal.note(nothing.sha256, fails=False)
            self._journal.note(whole.sha256, fails=True)
        self.asked |= {whole.sha256, nothing.sha256}

    def _failure(self, feeder: Feeder) -> Failure:
        """Return what the failure is on all records, which must be so twice."""
        first = self._wish.command.run(feeder.write().path)
        is_named = self._wish.status is not None or self._wish.pattern is not None
        is_too_long = first.status is None and not is_named
        failure = Failure(self._wish.status, self._wish.pattern, too_long=is_too_long)
        if not failure.is_it(first):
            asked = " as asked" if is_named else ""
            message = f"the command does not fail{asked} on all records of the scenario ({first})"
            raise RequestError(message)
        # Written anew: a command may take away what it reads.
        second = self._wish.command.run(feeder.write().path)
        if not failure.is_it(second):
            message = (
                f"the command fails on all records of the scenario ({first}), and then does not "
                f"({second}): nothing can be told from a command that does not always do the same"
            )
            raise RequestError(message)
        return failure

    def _expect_blame(self, ended: Ended) -> None:
        """Refuse a failure that needs no record."""
        if self.failure.is_it(ended):
            message = (
                f"the command fails with no records at all ({ended}), so that no record is to "
                "blame: name the failure with --fails-with or --fails-matching"
            )
            raise RequestError(message)


def sized(scenario: Scenario, events: int) -> Scenario:
    """Return a scenario whose everyday activity brings it to a number of records.

    Args:
        scenario: As it was written, checked.
        events: Records in all.

    Raises:
        RequestError: The storyline alone has more.
    """
    alone, _ = compile_scenario(resolve(library.changed(scenario, events=0)))
    scripted = records_of(alone.blocks, alone.gaps)
    if scripted > events:
        # It says so.
        compile_scenario(resolve(scenario), events=events)
    return library.changed(scenario, events=events - scripted)


def minimised(scenario: Scenario, wish: Wish, best: Best, observer: Observer) -> Outcome:
    """Return the smallest scenario that can be found on whose records a command fails.

    Args:
        scenario: As it was written, checked.
        wish: Which command, and what its failure is.
        best: Brought up to date with all that is found.
        observer: Told of progress.

    Raises:
        RequestError: The command cannot be run, or there is no failure to be found.
        ScenarioError: The scenario cannot be run.
        InputError: The journal is none.
        OutputError: Something cannot be written.
    """
    with (
        tempfile.TemporaryDirectory(prefix="trailwright-") as named,
        Journal(wish.journal, _of(wish)) as journal,
    ):
        folder = Path(named)
        feeder = Feeder(resolve(scenario), wish.form, folder)
        trials = _Trials(wish, journal)
        trials.begin(feeder)
        roll = feeder.roll()
        search = _Search(scenario, wish, trials, feeder, folder, best, observer, Choice(roll.ids))
        return search.outcome(roll)


def _of(wish: Wish) -> list[Any]:
    """Return what a journal's answers depend on."""
    pattern = None if wish.pattern is None else wish.pattern.pattern
    return [*wish.command.arguments, wish.command.timeout, wish.status, pattern, str(wish.form)]


@dataclass(slots=True)
class _Search:
    """The search for the smallest scenario."""

    scenario: Scenario
    wish: Wish
    trials: _Trials
    feeder: Feeder
    folder: Path
    best: Best
    observer: Observer
    choice: Choice
    is_least: bool = True

    def outcome(self, roll: Roll) -> Outcome:
        try:
            self.records(roll)
            if self.wish.drops_members:
                self.members()
        except _EnoughError:
            self.is_least = False
        self.document()
        # What is written is read anew, and the command asked once more.
        text = self.best.text
        last = Feeder(resolve(library.read(text, "the result")), self.wish.form, self.folder)
        ended = self.wish.command.run(last.write().path)
        return Outcome(
            text=text,
            before=len(roll.ids),
            after=len(self.choice.only),
            runs=len(self.trials.asked),
            is_least=self.is_least,
            ended=ended,
            fails=self.trials.failure.is_it(ended),
        )

    def fails(self, choice: Choice, stage: str, left: int) -> bool:
        """Return whether a choice fails, and keep it if it does: it is smaller than any before."""
        self.observer.reached(stage, len(self.trials.asked), left)
        if not self.trials.fails(self.feeder.write(choice)):
            return False
        self.choice = choice
        self.best.document = self.written(choice)
        return True

    def written(self, choice: Choice) -> dict[str, Any]:
        """Return a scenario that gives a choice of the records of this one."""
        whole = spelled_out(self.scenario)
        drops = [
            {"where": {"event_id": event_id}, "drop": list(paths)}
            for event_id, paths in choice.drops
        ]
        records = [*whole.get("records", ()), *drops]
        made = {**whole, "only": list(choice.only)}
        return {**made, "records": records} if records else made

    def records(self, roll: Roll) -> None:
        """Leave out records."""

        def still(kept: Sequence[int]) -> bool:
            if not kept:
                return False  # `begin` has seen to it
            ids = tuple(roll.ids[one] for one in kept)
            cut = Cut(roll.times[kept[0]], roll.times[kept[-1]] + 1)
            return self.fails(Choice(ids, cut=cut), "records", len(self.choice.only))

        least(range(len(roll.ids)), still)

    def members(self) -> None:
        """Leave out members of the records that are left."""
        whole = self.choice
        lines = Feeder(resolve(self.scenario), Format.ndjson, self.folder).write(whole).path
        texts = lines.read_bytes().splitlines()
        found = {one: orjson.loads(text) for one, text in zip(whole.only, texts, strict=True)}

        def still(drops: Drops) -> bool:
            gone = sum(len(paths) for _, paths in drops)
            return self.fails(Choice(whole.only, drops, whole.cut), "members dropped", gone)

        dropped(found, still)

    def document(self) -> None:
        """Leave out of the scenario whatever these records do not need."""
        forms = tuple(dict.fromkeys((Format.ndjson, self.wish.form)))
        whole = resolve(library.read(as_yaml(self.written(self.choice)), "the records"))
        wanted = {form: self.made(whole, form) for form in forms}
        attempts = 0

        def is_same(document: dict[str, Any]) -> bool:
            nonlocal attempts
            attempts += 1
            self.observer.reached("storyline entries", attempts, len(document.get("storyline", ())))
            try:
                scenario = resolve(library.read(as_yaml(document), "an attempt"))
                # Records as lines are told apart soonest.
                is_it = all(self.made(scenario, form) == wanted[form] for form in forms)
            except (RequestError, ScenarioError):
                return False
            if is_it:
                self.best.document = document
            return is_it

        document = self.written(self.choice)
        self.best.document = document
        shrunk(document, is_same)

    def made(self, scenario: Scenario, form: Format) -> str:
        """Return the sha256 of what a scenario gives."""
        # With nothing chosen, anything may come at any time.
        chosen = Choice(scenario.only, cut=self.choice.cut) if scenario.only else None
        return Feeder(scenario, form, self.folder).write(chosen).sha256
