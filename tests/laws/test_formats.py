"""Whatever records are wrapped in, they are the records: byte by byte, however a run is cut."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.engines import vectorised
from simulator.plan.compiler import compile_scenario
from simulator.run.crew import Crew
from simulator.run.press import Alone, Cut, Press
from simulator.scenario import library
from simulator.scenario.resolve import resolve
from simulator.sinks import lookup
from simulator.sinks.eventbridge import EventBridgeLines
from simulator.sinks.formats import FORMS, Form, Format
from tests.forms import Heap, from_answers, from_envelopes, from_payloads
from tests.strategies import plans

if TYPE_CHECKING:
    from simulator.sinks.interface import Output

pytestmark = pytest.mark.laws

SCENARIO = """
scenario: a-busy-morning
window: {start: 2025-01-12, days: 3}
users: [{name: ana.lopez, mfa: [totp]}, {name: bo.lind}]
administrators: [{name: ops}]
storyline:
  - {at: 2025-01-12T23:59:50Z, user: ana.lopez, does: sign-in, id: late}
  - {at: 2025-01-13T09:00:00Z, user: bo.lind, does: sign-in, id: odd,
     with: {password: [wrong, right]}, repeat: {times: 12, every: 9m}}
  - {at: 2025-01-13T09:30:00Z, admin: ops, does: describe-directory, id: many,
     repeat: {times: 90, every: 20s}}
records:
  - {where: {entry: late, event: UserAuthentication},
     set: {awsRegion: us-west-2, eventTime: soon, readOnly: [1]}, drop: [eventType, userIdentity]}
  - {where: {entry: odd, event: CredentialChallenge},
     set: {recipientAccountId: "444455556666", userAgent: "a \\"quoted\\" \\\\ one"}}
"""

EVERY = tuple(FORMS.values())

UNWRAPPED = {
    Format.ndjson: bytes.splitlines,
    Format.eventbridge: from_envelopes,
    Format.cloudwatch_logs: from_payloads,
    Format.lookup_events: from_answers,
}


@cache
def a_run():
    """Return a scenario, and its plan."""
    scenario = resolve(library.read(SCENARIO, "s.yaml"))
    return scenario, compile_scenario(scenario)[0]


def formed(sheets, forms, scenario):
    """Return what is written in each of some forms."""
    heaps = [Heap() for _ in forms]
    outputs = [
        heap if form.gathering is None else form.gathering(heap, scenario, None)
        for heap, form in zip(heaps, forms, strict=True)
    ]
    try:
        for sheet in sheets:
            for output, text in zip(outputs, sheet.texts, strict=True):
                output.write(text)
    finally:
        sheets.close()
    for output in outputs:
        if output not in heaps:
            output.finish()
            output.discard()
    return [heap.text for heap in heaps]


def in_every_form(engine, workers, at_once, forms=EVERY):
    """Return what is written of the run in each form."""
    scenario, plan = a_run()
    press = Press(plan, engine, tuple(form.lines(scenario, plan) for form in forms))
    cut = Cut(episodes_at_once=at_once)
    # So small a slot that most windows come in parts.
    sheets = Alone(press, cut) if workers == 1 else Crew(press, cut, workers, slot=20_000)
    return formed(sheets, forms, scenario)


@cache
def plainly():
    """Return it as one window in one process has it."""
    return in_every_form("vectorised", 1, 1_000_000)


def test_every_form_holds_the_records_and_nothing_else():
    """In order; a form that is added needs what unwraps it here."""
    made = dict(zip(FORMS, plainly(), strict=True))

    records = made[Format.ndjson].splitlines()
    assert len(records) > 150
    for name, text in made.items():
        assert UNWRAPPED[name](text) == records
        assert text.endswith(b"\n")


@pytest.mark.parametrize("engine_name", ["vectorised", "stepwise"])
@pytest.mark.parametrize(("workers", "at_once"), [(1, 1), (1, 7), (1, 50), (2, 5)])
def test_neither_engine_nor_workers_nor_windows_show(engine_name, workers, at_once):
    """In none of the forms, whatever shares a line."""
    assert in_every_form(engine_name, workers, at_once) == plainly()


@settings(max_examples=5)
@given(plan=plans(), at_once=st.integers(1, 5))
def test_any_record_comes_out_as_it_went_in(plan, at_once):
    """For all plans and windows; and the fast way to a line gives what its definition does."""
    scenario, _ = a_run()
    press = Press(plan, "vectorised", tuple(form.lines(scenario, plan) for form in EVERY))

    made = dict(
        zip(
            FORMS, formed(Alone(press, Cut(episodes_at_once=at_once)), EVERY, scenario), strict=True
        )
    )

    records = made[Format.ndjson].split(b"\n")[:-1]
    assert all(records)
    for name, text in made.items():
        assert UNWRAPPED[name](text) == records
    batch = vectorised.render(plan, plan.start, plan.horizon)
    bridge = EventBridgeLines(plan)
    assert made[Format.eventbridge].splitlines(keepends=True) == [
        bridge.envelope(batch, place, line) for place, line in enumerate(records)
    ]
    answers = map(orjson.loads, made[Format.lookup_events].splitlines())
    assert [one for answer in answers for one in answer["Events"]] == [
        lookup.event(line) for line in reversed(records)
    ]


class APageAPiece:
    """A gathering that ends a line wherever what it is given ends, which none may."""

    def __init__(self, output: Output) -> None:
        self._output = output

    def write(self, data: bytes | memoryview) -> None:
        """See `Output.write`."""
        self._output.write(bytes(data).replace(b"\n", b",") + b"\n")

    def finish(self) -> None:
        """See `Gathering.finish`."""

    def discard(self) -> None:
        """See `Gathering.discard`."""


def test_a_line_for_each_piece_breaks_the_law():
    """Negative control: what ends with the window shows how the run was cut."""
    forms = (Form(FORMS[Format.ndjson].lines, lambda output, _, __: APageAPiece(output)),)

    assert in_every_form("vectorised", 1, 1, forms) != in_every_form("vectorised", 1, 50, forms)


@dataclass(frozen=True, slots=True)
class Reordered:
    """Envelopes whose records were written anew."""

    inner: EventBridgeLines

    def of(self, delivered):
        """See `Lines.of`."""
        for piece in self.inner.of(delivered):
            yield memoryview(bytes(piece).replace(b'"readOnly":false', b'"readOnly": false'))


def test_a_record_that_was_written_anew_breaks_the_law():
    """Negative control: a blank more, and it is not the record."""
    form = Form(lambda _, plan: Reordered(EventBridgeLines(plan)))

    [text] = in_every_form("vectorised", 1, 50, (form,))

    assert from_envelopes(text) != plainly()[0].splitlines()
