"""The truth beside the records: the fast way writes what the definition says."""

from __future__ import annotations

import orjson
import pytest

from simulator.delivery.overrides import delivered
from simulator.engines import vectorised
from simulator.plan.compiler import compile_scenario
from simulator.plan.truth import Truth
from simulator.primitives.jsontext import json_text
from simulator.scenario import library
from simulator.sinks import truth as truth_module
from simulator.sinks.truth import TruthLines


@pytest.mark.parametrize("few", [truth_module.FEW, 0])
@pytest.mark.parametrize(
    "name",
    [
        "quickstart",
        "baseline/external-idp",
        "storylines/delegated-administrator",
        "storylines/wrong-code",
    ],
)
def test_every_line_is_what_the_definition_says(
    name: str, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For all records, however many users: the line written is the line of `TruthLines.line`."""
    monkeypatch.setattr(truth_module, "FEW", few)
    plan, truth = compile_scenario(library.load(name))
    finished = delivered(vectorised.render(plan, 0, plan.horizon), plan)
    sink = TruthLines(plan, truth)
    # Without intents everything is everyday, and takes the fast way.
    everyday = TruthLines(plan, Truth({}))

    written = b"".join(sink.of(finished))
    fast = b"".join(everyday.of(finished))

    count = len(finished.batch)
    assert written.splitlines() == [
        json_text(sink.line(finished, position)) for position in range(count)
    ]
    assert fast.splitlines() == [
        json_text(everyday.line(finished, position)) for position in range(count)
    ]
    assert written.endswith(b"\n")


def test_a_storyline_is_told_from_everyday_activity() -> None:
    """What the storyline did names its entry; all else is `background`."""
    plan, truth = compile_scenario(library.load("quickstart"))
    finished = delivered(vectorised.render(plan, 0, plan.horizon), plan)

    written = b"".join(TruthLines(plan, truth).of(finished))

    lines = [orjson.loads(line) for line in written.splitlines()]
    scripted = [line for line in lines if line["entry"] is not None]
    assert 0 < len(scripted) < len(lines)
    assert all(line["action"] != "background" for line in scripted)
    assert {line["action"] for line in lines if line["entry"] is None} == {"background"}
