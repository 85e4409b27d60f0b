"""What takes no time at all still comes after what it follows."""

from __future__ import annotations

import orjson
import pytest

from simulator.engines import vectorised
from simulator.flows import gaps
from simulator.plan.compiler import compile_scenario
from simulator.scenario.library import read
from simulator.scenario.resolve import resolve

SCENARIO = """
scenario: at-once
seed: {seed}
window: {{start: 2025-01-13, days: 1}}
groups: [{{name: Developers}}]
administrators:
  - {{name: tools-team, kind: role}}
storyline:
  - at: 2025-01-13T09:00:00Z
    admin: tools-team
    does: enable-q-developer
    groups: [Developers]
    then:
      - {{after: 0s, does: create-group, group: {{name: Contractors}}}}
      - {{after: 0s, does: delete-group, group: Contractors}}
"""
ORDER = [
    "CreateServiceLinkedRole",
    "CreateApplication",
    "PutApplicationAssignmentConfiguration",
    "PutApplicationGrant",
    "PutApplicationGrant",
    "PutApplicationAccessScope",
    "PutApplicationAccessScope",
    "PutApplicationAccessScope",
    "PutApplicationAuthenticationMethod",
    "CreateClaim",
    "CreateApplicationAssignment",
    "CreateGroup",
    "DeleteGroup",
]


@pytest.mark.parametrize("gap", [gaps.NOW, gaps.INSTANT], ids=["now", "instant"])
def test_calls_at_once_are_in_order(gap, monkeypatch):
    """For some seeds: neither pauses of nothing nor `after: 0s` let keys decide the order."""
    monkeypatch.setattr(gaps, "INSTANT", gap)

    for seed in range(8):
        plan, _ = compile_scenario(resolve(read(SCENARIO.format(seed=seed), "s.yaml")))
        lines = vectorised.render(plan, 0, plan.horizon).lines
        assert [orjson.loads(line)["eventName"] for line in lines] == ORDER
