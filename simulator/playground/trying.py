"""What the page asks for: whether a scenario is sound, and its records in both eras.

Answers are mappings, lists and text as the page receives them. Nothing here knows that there
is a page: it runs in a process of its own (`simulator.playground.worker`), which may be
ended at any time.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import orjson

from simulator.errors import ScenarioError, SimulatorError
from simulator.playground.limits import EVENTS
from simulator.run.press import Alone, Cut
from simulator.run.request import Request
from simulator.run.writing import press_of
from simulator.scenario import library
from simulator.scenario.resolve import ERA_WORDS, resolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from simulator.scenario.document import Scenario

Answer: TypeAlias = dict[str, Any]


def checked(text: str, name: str) -> Answer:
    """Return what is wrong with a scenario.

    Args:
        text: YAML or JSON.
        name: The file it would be; plays that it uses are looked for beside it as well.
    """
    try:
        resolve(library.read(text, name))
    except SimulatorError as error:
        return _refusal(error, name)
    return {"findings": []}


def tried(text: str, name: str, *, seed: int | None = None, events: int | None = None) -> Answer:
    """Return a scenario's records in the last two eras, event by event, or what is wrong with it.

    Args:
        text: See `checked`; likewise the name.
        seed: In place of the scenario's own.
        events: Records in all; by default the scenario says.
    """
    try:
        written = library.read(text, name)
        sides = [
            _made(library.changed(written, seed=seed, era=era), events)
            for era in ERA_WORDS.values()
        ]
    except SimulatorError as error:
        return _refusal(error, name)
    pairs = list(_paired(*(side.ids for side in sides)))
    is_cut = any(side.is_cut for side in sides)
    if is_cut:
        pairs = _up_to_both(pairs)
        for place, side in enumerate(sides):
            side.keep([pair[place] for pair in pairs])
    return {
        "findings": [],
        "scenario": written.scenario,
        "eras": list(ERA_WORDS.values()),
        "isCut": is_cut,
        "events": [_event(sides, pair) for pair in pairs],
        "records": [[line.decode("utf-8", "replace") for line in side.records] for side in sides],
        "truth": [[line.decode() for line in side.truth] for side in sides],
    }


def _refusal(error: SimulatorError, name: str) -> Answer:
    """Return an error as findings; one without a place is about the whole."""
    if not isinstance(error, ScenarioError):
        return {"findings": [{"line": 0, "column": 0, "path": "", "message": str(error)}]}
    return {
        "findings": [
            {
                # A place in another file is none in the text at hand.
                "line": found.line if found.file == name else 0,
                "column": found.column if found.file == name else 0,
                "path": found.path,
                "message": found.message if found.file == name else str(found),
            }
            for found in error.findings
        ]
    }


@dataclass(slots=True)
class _Side:
    """A scenario's records in one era."""

    records: list[bytes]
    """Lines as they would be written, without line ends."""

    truth: list[bytes]
    """Lines of the truth, each for the record of its place."""

    is_cut: bool
    """Whether there are more."""

    @property
    def ids(self) -> list[str]:
        """What each record is known by: also of one that was damaged on purpose."""
        return [orjson.loads(line)["eventID"] for line in self.truth]

    def keep(self, places: Iterable[int | None]) -> None:
        """Drop what follows the last of some places."""
        most = max((place for place in places if place is not None), default=-1) + 1
        self.records, self.truth = self.records[:most], self.truth[:most]


def _made(scenario: Scenario, events: int | None) -> _Side:
    """Return what a run writes, up to one record more than is shown."""
    press = press_of(Request(scenario=resolve(scenario), events=events), has_truth=True)
    texts = (bytearray(), bytearray())
    count = 0
    for sheet in Alone(press, Cut(None, None)):
        for text, piece in zip(texts, sheet.texts, strict=True):
            text.extend(piece)
        count += 0 if sheet.tally is None else sheet.tally.records
        if count > EVENTS:
            break
    records, truth = (bytes(text).split(b"\n")[:-1] for text in texts)
    return _Side(records[:EVENTS], truth[:EVENTS], is_cut=len(records) > EVENTS)


_Pair: TypeAlias = tuple[int | None, int | None]


def _paired(old: Sequence[str], new: Sequence[str]) -> Iterator[_Pair]:
    """Yield the places of each event's two records, in the order of both.

    What only one of them has comes where it stands there. Ids may be there more than once.
    """
    waiting: dict[str, deque[int]] = defaultdict(deque)
    for place, one in enumerate(new):
        waiting[one].append(place)
    passed = 0
    partners = [waiting[one].popleft() if waiting[one] else None for one in old]
    taken = set(partners)
    for place, partner in enumerate(partners):
        while partner is not None and passed < partner:
            if passed not in taken:
                yield None, passed
            passed += 1
        yield place, partner
    yield from ((None, place) for place in range(passed, len(new)) if place not in taken)


def _up_to_both(pairs: list[_Pair]) -> list[_Pair]:
    """Return events up to the last that both eras have: what follows is cut in one, not absent."""
    last = max((at for at, pair in enumerate(pairs) if None not in pair), default=len(pairs) - 1)
    return pairs[: last + 1]


def _event(sides: Sequence[_Side], pair: _Pair) -> Answer:
    """Return what is told of an event besides its records."""
    lines = [None if at is None else side.records[at] for side, at in zip(sides, pair, strict=True)]
    truth = next(
        orjson.loads(side.truth[at]) for side, at in zip(sides, pair, strict=True) if at is not None
    )
    return {
        "at": truth["eventTime"],
        "kind": truth["kind"],
        "actor": truth["actor"],
        "label": truth["label"],
        "sides": list(pair),
        "differs": lines[0] != lines[1],
    }
