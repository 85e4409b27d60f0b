"""What is left out changes nothing of what is left, whoever writes it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.delivery.overrides import delivered
from simulator.plan.compiler import compile_scenario
from simulator.plan.episodes import Override
from simulator.run.press import Cut, Press
from simulator.run.request import Silence
from simulator.run.writing import write_sheets
from simulator.scenario.library import read
from simulator.scenario.resolve import resolve
from simulator.sinks.ndjson import RecordLines
from simulator.sinks.truth import TruthLines

pytestmark = pytest.mark.laws

SCENARIO = """\
scenario: left-out
seed: 3
window: {start: 2025-01-10, days: 6}
organization: {accounts: [{name: prod}], delegated_administrator: prod}
users: [{name: ana, mfa: [totp]}, {count: 12}]
administrators: [{name: ops}, {name: deputy, account: prod}]
background: {events: 150}
storyline:
  - {at: 2025-01-12T09:00:00Z, admin: deputy, does: create-group, group: {name: New}, id: made}
  - {at: 2025-01-14T09:00:00Z, user: ana, does: sign-in, with: {password: [wrong, right]}}
records:
  - {where: {entry: made, nth: 1}, set: {userAgent: odd}}
"""


class Held:
    """Takes lines; see `Output`."""

    def __init__(self) -> None:
        self.data = b""

    def write(self, data) -> None:
        """See `Output.write`."""
        self.data += bytes(data)


@cache
def planned():
    """Return the plan and the truth."""
    return compile_scenario(resolve(read(SCENARIO, "test")))


def lines_of(plan, workers: int = 1) -> tuple[list[bytes], list[bytes]]:
    """Return what is written of records and of truth."""
    press = Press(plan, "vectorised", (RecordLines(), TruthLines(plan, planned()[1])))
    records, truth = Held(), Held()
    write_sheets(press, Cut(episodes_at_once=40), (records, truth), workers, Silence())
    return records.data.splitlines(), truth.data.splitlines()


@cache
def whole() -> tuple[list[bytes], list[bytes]]:
    """Return all lines."""
    return lines_of(planned()[0])


def ids() -> list[str]:
    """Return the eventIDs of all records."""
    return [orjson.loads(line)["eventID"] for line in whole()[0]]


parts = st.sets(st.integers(0, 158), min_size=1)


@given(parts)
@settings(max_examples=15)
def test_only_some_are_written_and_are_what_they_were(part):
    """Records and truth, in their order, for every set of them."""
    wanted = [at for at in range(len(ids())) if at in part]

    found = lines_of(replace(planned()[0], only=frozenset(ids()[at] for at in wanted)))

    assert found == tuple([lines[at] for at in wanted] for lines in whole())


@given(parts)
@settings(max_examples=15)
def test_what_is_omitted_is_missing_and_nothing_else(part):
    """It is the other half: what is left out one by one is what `only` does not name."""
    edits = {ids()[at]: (Override({}, (), omit=True),) for at in part}

    found = lines_of(replace(planned()[0], by_id=edits))

    kept = [at for at in range(len(ids())) if at not in part]
    assert found == tuple([lines[at] for at in kept] for lines in whole())


def test_both_engines_and_workers_leave_out_the_same(engine):
    """The choice goes with the plan, wherever it is rendered."""
    plan = replace(planned()[0], only=frozenset(ids()[5:100:7]))

    batch = delivered(engine.render(plan, 0, plan.horizon), plan).batch

    assert batch.lines == whole()[0][5:100:7]
    assert lines_of(plan, workers=2)[0] == whole()[0][5:100:7]


def test_it_would_be_seen_if_what_is_left_changed():
    """Negative control: one episode less of everyday activity gives other records."""
    other, _ = compile_scenario(resolve(read(SCENARIO.replace("150", "140"), "test")))

    assert lines_of(replace(other, only=frozenset(ids()[:159])))[0] != whole()[0]
