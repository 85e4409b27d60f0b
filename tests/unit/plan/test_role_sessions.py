"""When an administrator's role session began, where a scenario says so."""

from __future__ import annotations

import orjson

from simulator.engines import stepwise, vectorised
from simulator.plan.compiler import compile_scenario
from simulator.scenario.library import read
from simulator.scenario.resolve import resolve

SCENARIO = """
scenario: sessions
window: {start: 2025-01-13, days: 1}
administrators: [{name: ops}, {name: other}]
storyline:
  - {at: 2025-01-13T09:00:00Z, admin: ops, does: list-users}
  - at: 2025-01-13T09:10:00Z
    admin: ops
    does: list-users
    pin: {role_session: 2025-01-13T06:00:00Z}
  - {at: 2025-01-13T09:20:00Z, admin: other, does: list-users}
  - at: 2025-01-13T09:30:00Z
    admin: ops
    does: list-users
    pin: {role_session: 2025-01-13T09:25:00Z}
  - {at: 2025-01-13T10:20:00Z, admin: ops, does: list-users}
  - {at: 2025-01-13T10:25:00Z, admin: ops, does: list-users}
"""


def sessions(engine) -> list[tuple[str, str]]:
    """Return when the session of each call began, and its key."""
    plan, _ = compile_scenario(resolve(read(SCENARIO, "sessions.yaml")))
    records = [orjson.loads(line) for line in engine.render(plan, 0, plan.horizon).lines]
    identities = [record["userIdentity"] for record in records]
    return [
        (one["sessionContext"]["attributes"]["creationDate"], one["accessKeyId"])
        for one in identities
    ]


def test_a_session_that_is_pinned_is_used_from_then_on():
    """For an hour after it began, by that administrator alone."""
    found = sessions(stepwise)
    began = [one for one, _ in found]

    assert began[1] == "2025-01-13T06:00:00Z"
    assert began[3:5] == ["2025-01-13T09:25:00Z"] * 2
    assert began[0] not in began[1:]
    assert began[2] not in {began[1], began[3]}
    assert began[5] not in began[:5]
    assert found == sessions(vectorised)


def test_another_session_has_other_keys():
    """And one session has one key where the console does not draw one a call."""
    without = SCENARIO.replace("    pin: {role_session: 2025-01-13T06:00:00Z}\n", "")

    plan, _ = compile_scenario(resolve(read(without, "sessions.yaml")))
    records = [orjson.loads(line) for line in stepwise.render(plan, 0, plan.horizon).lines]
    dates = [one["userIdentity"]["sessionContext"]["attributes"]["creationDate"] for one in records]

    assert dates[0] == dates[1]
    assert dates[0] == sessions(stepwise)[0][0]
