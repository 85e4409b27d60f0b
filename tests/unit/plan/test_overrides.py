"""Which records an override means."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.engines import vectorised
from simulator.plan.compiler import compile_scenario
from simulator.scenario.document import Scenario
from simulator.scenario.library import prepare


def steps_named(**where: Any) -> list[int]:
    """Return the steps that an override of a delegated administrator's call names."""
    scenario = {
        "scenario": "shared",
        "window": {"start": "2025-01-10", "days": 1},
        "organization": {
            "accounts": [{"name": "security"}],
            "delegated_administrator": "security",
        },
        "administrators": [{"name": "ops", "account": "security"}],
        "storyline": [
            {
                "id": "call",
                "at": "2025-01-10T09:00:00Z",
                "admin": "ops",
                "does": "create-group",
                "group": {"name": "Auditors"},
            }
        ],
        "records": [{"where": {"entry": "call", **where}, "set": {"userAgent": "curl"}}],
    }
    plan, _ = compile_scenario(prepare(Scenario.model_validate(scenario)))
    batch = vectorised.render(plan, 0, plan.horizon)
    assert batch.columns["copy"].tolist() == [1, 2]
    return sorted(step for _, _, step in plan.overrides)


@pytest.mark.parametrize(
    ("where", "steps"), [({}, [0, 1]), ({"nth": 1}, [0]), ({"nth": 2}, [1]), ({"nth": 3}, [])]
)
def test_both_records_of_a_shared_call_are_meant_unless_one_is_named(where, steps):
    """The first is the one that the account of the instance receives."""
    assert steps_named(**where) == steps
