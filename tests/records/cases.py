"""Reading record cases: what a row was given, and the record that AWS would write of it.

A file is `<era>/<source>/<Event>.json`, a list of cases, and `<Event>~<whose>.json` has more
of them. A case spells its record in full, or names envelopes of `envelopes.json` and spells
what fills their gaps; it then stands for one case an envelope. A call that is recorded by
table is given values for its two payloads, in any order and with dates as milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson

from simulator.primitives.instants import parse_instant
from simulator.records.api.operations import OPERATIONS
from simulator.records.api.structures import arranged
from simulator.records.eras import ERA_INDEX, ERA_NAMES
from simulator.records.fields import DEFAULTS
from tests.builders import EPISODE, ORDINARY, an_event

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.plan.episodes import Plan

FOLDER: Final = Path(__file__).parent

BASE: Final[Mapping[str, int]] = {
    **ORDINARY,
    "request_document": -1,
    "response_document": -1,
    "actor": 0,
    "console": 0,
    "described": 0,
    "credential_type": 0,
    "satisfied": 0,
    "verified": 1,
    "grant": 0,
}
"""What a case's row says where the case does not; the user acts."""


@dataclass(frozen=True, slots=True)
class Case:
    """One record that must come out of one row."""

    era: str
    kind: str
    id: str
    source: str
    """URL of the page it was made from, or `constructed`."""
    given: Mapping[str, Any]
    """Columns of the row, instants as text; under `tables`, text by column."""
    record: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Return the case's name among all."""
        return f"{self.era}/{self.kind}#{self.id}"

    @property
    def columns(self) -> dict[str, int]:
        """Return the row's columns, but for the time."""
        own = {
            name: parse_instant(value) if isinstance(value, str) else value
            for name, value in self.given.items()
            if name not in {"tables", "time", "request", "response"}
        }
        return {**BASE, **self._documents, **own}

    @property
    def _documents(self) -> dict[str, int]:
        sides = ("request", "response")
        return {f"{side}_document": place for place, side in enumerate(sides) if side in self.given}

    @property
    def _texts(self) -> dict[str, list[str]]:
        if self.kind not in OPERATIONS:
            return {}
        operation = OPERATIONS[self.kind]
        sides = {"request": operation.request, "response": operation.response}
        made = [
            arranged(structure, self.given[side], comma=operation.has_comma)
            if structure is not None and side in self.given
            else None
            for side, structure in sides.items()
        ]
        return {"document.value": [orjson.dumps(one).decode() for one in made]}

    @property
    def time(self) -> int:
        """Return when the event happens."""
        return parse_instant(self.given["time"])

    @property
    def row(self) -> dict[str, int]:
        """Return the row as an engine makes it."""
        places = {"step": 0, "request": 0, "era": ERA_INDEX[self.era], "time": self.time}
        return {**DEFAULTS, **EPISODE, **self.columns, **places}

    def plan(self) -> Plan:
        """Return a plan of this one event."""
        texts = {**self._texts, **self.given.get("tables", {})}
        return an_event(self.kind, era=self.era, time=self.time, columns=self.columns, texts=texts)


@cache
def envelopes() -> dict[str, Any]:
    """Return records with gaps, by name."""
    return orjson.loads((FOLDER / "envelopes.json").read_bytes())


def filled(value: Any, gaps: Mapping[str, Any]) -> Any:  # any JSON
    """Return JSON with every string that starts with `$` replaced by what fills that gap."""
    if isinstance(value, dict):
        return {name: filled(inner, gaps) for name, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, gaps) for inner in value]
    if isinstance(value, str) and value.startswith("$"):
        return filled(gaps[value[1:]], gaps)
    return value


def _expanded(era: str, kind: str, entry: Mapping[str, Any]) -> list[Case]:
    given = entry["given"]
    if "record" in entry:
        return [Case(era, kind, entry["id"], entry["source"], given, entry["record"])]
    source, _, event = kind.partition("/")
    cases = []
    for name in entry["envelopes"]:
        envelope = envelopes()[name]
        gaps = {
            "eventSource": f"{source}.amazonaws.com",
            "eventName": event.partition("@")[0],
            **{
                gap: entry[gap]
                for gap in ("readOnly", "request", "response", "host")
                if gap in entry
            },
            **envelope["gaps"],
        }
        cases.append(
            Case(
                era,
                kind,
                f"{entry['id']}/{name}",
                entry["source"],
                {**envelope["given"], **given},
                filled(envelope["record"], gaps),
            )
        )
    return cases


@cache
def cases() -> tuple[Case, ...]:
    """Return every record case, in order of file and place."""
    found: list[Case] = []
    for era in ERA_NAMES:
        for path in sorted((FOLDER / era).rglob("*.json")):
            kind, _, _ = path.relative_to(FOLDER / era).with_suffix("").as_posix().partition("~")
            for entry in orjson.loads(path.read_bytes()):
                found += _expanded(era, kind, entry)
    return tuple(found)
