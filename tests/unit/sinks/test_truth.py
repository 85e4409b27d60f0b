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
from simulator.sinks.truth import TruthSink


class Kept:
    """An output that keeps what it is given."""

    def __init__(self) -> None:
        self.data = b""
        self.lines = 0

    def write(self, data: bytes | memoryview, lines: int) -> None:
        """See `Output.write`."""
        self.data += data
        self.lines += lines


@pytest.mark.parametrize("few", [truth_module.FEW, 0])
@pytest.mark.parametrize("name", ["quickstart", "baseline/external-idp", "storylines/wrong-code"])
def test_every_line_is_what_the_definition_says(
    name: str, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For all records, however many users: the line written is the line of `TruthSink.line`."""
    monkeypatch.setattr(truth_module, "FEW", few)
    plan, truth = compile_scenario(library.load(name))
    finished = delivered(vectorised.render(plan, 0, plan.horizon), plan)
    kept = Kept()

    TruthSink(kept, plan, truth).write(finished)
    # Without intents everything is everyday, and takes the fast way.
    everyday = TruthSink(Kept(), plan, Truth({}))
    fast = Kept()
    TruthSink(fast, plan, Truth({})).write(finished)

    sink = TruthSink(kept, plan, truth)
    count = len(finished.batch)
    assert kept.lines == count
    assert kept.data.splitlines() == [
        json_text(sink.line(finished, position)) for position in range(count)
    ]
    assert fast.data.splitlines() == [
        json_text(everyday.line(finished, position)) for position in range(count)
    ]


def test_a_storyline_is_told_from_everyday_activity() -> None:
    """What the storyline did names its entry; all else is `background`."""
    plan, truth = compile_scenario(library.load("quickstart"))
    finished = delivered(vectorised.render(plan, 0, plan.horizon), plan)
    kept = Kept()

    TruthSink(kept, plan, truth).write(finished)

    lines = [orjson.loads(line) for line in kept.data.splitlines()]
    scripted = [line for line in lines if line["entry"] is not None]
    assert 0 < len(scripted) < len(lines)
    assert all(line["action"] != "background" for line in scripted)
    assert {line["action"] for line in lines if line["entry"] is None} == {"background"}
