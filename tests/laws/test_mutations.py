"""Damage is a function of the record: neither engine, windows, workers nor slices show in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import orjson
import pytest

from simulator.delivery import mutations
from simulator.plan.compiler import compile_scenario
from simulator.run.crew import Crew
from simulator.run.press import Alone, Cut, Press
from simulator.scenario import library
from simulator.scenario.mutations import OF_RECORDS
from simulator.scenario.resolve import resolve
from simulator.sinks.formats import FORMS, Format
from simulator.sinks.ndjson import RecordLines
from simulator.sinks.truth import TruthLines
from tests.forms import Heap

if TYPE_CHECKING:
    from simulator.delivery.overrides import Delivered

pytestmark = pytest.mark.laws

SCENARIO = """
scenario: a-damaged-morning
window: {start: 2025-01-12, days: 2}
users: [{name: ana.lopez, mfa: [totp]}, {name: bo.lind}, {count: 5}]
administrators: [{name: ops}]
background: {events: 150}
storyline:
  - {at: 2025-01-13T09:00:00Z, user: bo.lind, does: sign-in, id: odd,
     with: {password: [wrong, right]}, repeat: {times: 12, every: 9m}}
  - {at: 2025-01-13T09:30:00Z, admin: ops, does: describe-directory, id: many,
     repeat: {times: 60, every: 20s}}
records:
  - {where: {entry: odd, event: CredentialChallenge},
     set: {recipientAccountId: "444455556666", eventID: odd}}
"""
ALL = dict.fromkeys(OF_RECORDS, "10%")


_OF_DAMAGE = ("mutations", "written")


@cache
def planned(mutations):
    """Return the plan of the morning with some damage, its scenario and its truth."""
    said = library.changed(library.read(SCENARIO, "s.yaml"), mutations=dict(mutations))
    scenario = resolve(said)
    return scenario, *compile_scenario(scenario)


def written(engine, workers, at_once, mutations=ALL):
    """Return records and truth, line by line."""
    _, plan, truth = planned(tuple(mutations.items()))
    press = Press(plan, engine, (RecordLines(), TruthLines(plan, truth)))
    cut = Cut(episodes_at_once=at_once)
    sheets = Alone(press, cut) if workers == 1 else Crew(press, cut, workers, slot=20_000)
    heaps = [Heap(), Heap()]
    try:
        for sheet in sheets:
            for heap, text in zip(heaps, sheet.texts, strict=True):
                heap.write(text)
    finally:
        sheets.close()
    records, truth_text = (heap.text.split(b"\n")[:-1] for heap in heaps)
    return records, [orjson.loads(line) for line in truth_text]


@cache
def plainly():
    """Return it as one window in one process has it."""
    return written("vectorised", 1, 1_000_000)


@pytest.mark.parametrize(
    ("engine_name", "workers", "at_once"),
    [("vectorised", 1, 9), ("stepwise", 1, 50), ("vectorised", 2, 9)],
)
def test_neither_engine_nor_workers_nor_windows_show(engine_name, workers, at_once):
    """The same records take the same damage."""
    assert written(engine_name, workers, at_once) == plainly()


def test_damage_by_place_breaks_the_law(monkeypatch):
    """Negative control: what is drawn from a record's place in its window shows the windows."""

    def by_place(delivered: Delivered, plan):
        places = {
            name: delivered.batch.columns[name] * 0 + nth
            for nth, name in enumerate(("key_high", "key_low"))
        }
        steps = {"step": delivered.batch.columns["step"].cumsum().astype("i8")}
        columns = {**delivered.batch.columns, **places, **steps}
        moved = replace(delivered, batch=replace(delivered.batch, columns=columns))
        return mutated(moved, plan)

    mutated = mutations.mutated
    monkeypatch.setattr(mutations, "mutated", by_place)

    assert written("vectorised", 1, 1)[0] != written("vectorised", 1, 1_000_000)[0]


def test_all_other_records_are_those_of_a_sound_run():
    """Byte by byte, and the truth tells of every damage."""
    records, truth = plainly()
    sound, sound_truth = written("vectorised", 1, 50, {"bom": "100%"})

    names = set()
    for line, told, before, told_before in zip(records, truth, sound, sound_truth, strict=True):
        done = told.get("mutations", [])
        names |= {one["name"] for one in done}
        rest = {name: value for name, value in told.items() if name not in _OF_DAMAGE}
        assert rest == told_before
        assert (line != before) == bool(done)
    assert names == set(OF_RECORDS)


def test_one_damage_does_not_move_another():
    """Each is drawn by its own name."""
    alone, _ = written("vectorised", 1, 50, {"unknown-event": "10%"})
    hit = {nth for nth, line in enumerate(alone) if b"UnheardOfEvent" in line}
    _, both = plainly()

    assert hit == {
        nth
        for nth, told in enumerate(both)
        if any(one["name"] == "unknown-event" for one in told.get("mutations", ()))
    }
    assert 0 < len(hit) < len(alone) // 4


def test_a_slice_holds_what_the_whole_holds():
    """From one instant until another."""
    _, plan, _ = planned(tuple(ALL.items()))
    whole = Heap()
    for sheet in Alone(Press(plan, "vectorised", (RecordLines(),)), Cut()):
        whole.write(sheet.texts[0])
    middle = plan.start + 33 * 3_600_000
    halves = Heap()
    for cut in (Cut(end=middle), Cut(start=middle)):
        for sheet in Alone(Press(plan, "stepwise", (RecordLines(),)), cut):
            halves.write(sheet.texts[0])

    assert halves.text == whole.text


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """What a form holds of records, as far as it can be taken out again."""

    text: bytes

    def holds(self, line: bytes) -> bool:
        """Return whether a record is there, plain or quoted."""
        quoted = line.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
        return line in self.text or quoted in self.text


@pytest.mark.parametrize("name", list(FORMS))
@pytest.mark.parametrize(("engine_name", "at_once"), [("stepwise", 7), ("vectorised", 1_000_000)])
def test_every_form_holds_the_damaged_records(name, engine_name, at_once):
    """Byte by byte, whatever they are wrapped in, and the wrapping is that of sound ones."""
    scenario, plan, _ = planned(tuple(ALL.items()))
    form = FORMS[Format(name)]
    heap = Heap()
    output = heap if form.gathering is None else form.gathering(heap, scenario, None)
    press = Press(plan, engine_name, (form.lines(scenario, plan),))
    for sheet in Alone(press, Cut(episodes_at_once=at_once)):
        output.write(sheet.texts[0])
    if output is not heap:
        output.finish()

    made = Unwrapped(heap.text)

    assert all(made.holds(line) for line in plainly()[0])
