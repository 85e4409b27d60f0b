"""Law 5, blindness: relabelling every episode leaves every record's bytes as they were."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from simulator.engines import vectorised
from simulator.plan.compiler import compile_scenario
from simulator.scenario import library

if TYPE_CHECKING:
    from simulator.scenario.document import Scenario

pytestmark = pytest.mark.laws

STORYLINES = sorted(name for name in library.names() if name.startswith(("storylines/", "plays/")))


def relabelled(entries: tuple[Any, ...], label: str) -> tuple[Any, ...]:
    """Return entries, and all under `then`, with all that only the truth tells changed."""
    told = {
        "label": label,
        "techniques": ("T1078",),
        "impostor": "somebody.else",
        "play": "other",
        "play_id": "other-7",
        "step": "another",
    }
    return tuple(
        entry.model_copy(update={**told, "then": relabelled(entry.then, label)})
        for entry in entries
    )


def with_label(scenario: Scenario, label: str) -> Scenario:
    """Return a scenario whose whole storyline has another label."""
    return scenario.model_copy(update={"storyline": relabelled(scenario.storyline, label)})


def lines_and_labels(scenario: Scenario) -> tuple[list[bytes], set[str]]:
    """Return the records of a scenario, and the labels in its truth."""
    plan, truth = compile_scenario(scenario)
    labels = {intent.label for intent in truth.intents.values()}
    return vectorised.render(plan, 0, plan.horizon).lines, labels


@pytest.mark.parametrize("name", STORYLINES)
def test_labels_reach_no_record(name: str) -> None:
    """For all storylines and labels: the bytes are the same, and the truth is not."""
    scenario = library.load(name)

    own, _ = lines_and_labels(scenario)
    malicious, malicious_labels = lines_and_labels(with_label(scenario, "malicious"))

    assert own == malicious
    assert malicious_labels == {"malicious"}


def test_a_label_that_leaks_is_seen() -> None:
    """Negative control: an entry whose id says its label has other records."""
    scenario = library.load("storylines/password-only")
    leaking = scenario.model_copy(
        update={
            "storyline": tuple(
                entry.model_copy(update={"id": f"malicious-{place}"})
                for place, entry in enumerate(scenario.storyline)
            )
        }
    )

    assert lines_and_labels(scenario)[0] != lines_and_labels(leaking)[0]
