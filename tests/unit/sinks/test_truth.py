"""The truth beside the records: the fast way writes what the definition says."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import jsonschema_rs
import orjson
import pytest

from simulator.delivery.overrides import delivered
from simulator.engines import copying, vectorised
from simulator.engines.copying import Assembly, check
from simulator.plan.compiler import compile_scenario
from simulator.plan.truth import Truth
from simulator.primitives.columns import Tables
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

    written = b"".join(map(bytes, sink.of(finished)))
    fast = b"".join(map(bytes, everyday.of(finished)))

    count = len(finished.batch)
    assert written.splitlines() == [
        json_text(sink.line(finished, position)) for position in range(count)
    ]
    assert fast.splitlines() == [
        json_text(everyday.line(finished, position)) for position in range(count)
    ]
    assert written.endswith(b"\n")


@pytest.mark.parametrize("longest", [20, 64])
def test_lines_with_long_names_are_what_the_definition_says(
    longest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are written by themselves, among the others."""
    monkeypatch.setattr(truth_module, "LONGEST", longest)
    plan, _ = compile_scenario(library.load("storylines/delegated-administrator"))
    finished = delivered(vectorised.render(plan, 0, plan.horizon), plan)
    sink = TruthLines(plan, Truth({}))

    written = b"".join(map(bytes, sink.of(finished)))

    count = len(finished.batch)
    assert written.splitlines() == [
        json_text(sink.line(finished, position)) for position in range(count)
    ]


def test_no_window_reaches_past_a_line_with_the_longest_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Wherever they stand, and however short everything behind them is."""
    checked = []
    monkeypatch.setattr(copying, "check", lambda *asked: checked.append(check(*asked)))
    plan, _ = compile_scenario(library.load("storylines/delegated-administrator"))
    finished = delivered(vectorised.render(plan, 0, plan.horizon), plan)
    fits = truth_module.LONGEST - len(b',"user":{"id":"","name":""}') - 36
    long_names = tuple("n" * fits for _ in plan.tables.texts["user.name"])
    long_admins = tuple("a" * 200 for _ in plan.tables.texts["admin.name"])
    texts = {**plan.tables.texts, "user.name": long_names, "admin.name": long_admins}
    sink = TruthLines(replace(plan, tables=Tables(texts)), Truth({}))

    with_checks = partial(Assembly, is_checked=True)
    monkeypatch.setattr(copying, "Assembly", with_checks)
    written = b"".join(map(bytes, sink.of(finished)))

    assert checked
    assert max(map(len, written.splitlines())) > 2 * truth_module.LONGEST
    assert written.splitlines() == [
        json_text(sink.line(finished, position)) for position in range(len(finished.batch))
    ]


def test_a_storyline_is_told_from_everyday_activity() -> None:
    """What the storyline did names its entry; all else is `background`."""
    plan, truth = compile_scenario(library.load("quickstart"))
    finished = delivered(vectorised.render(plan, 0, plan.horizon), plan)

    written = b"".join(map(bytes, TruthLines(plan, truth).of(finished)))

    lines = [orjson.loads(line) for line in written.splitlines()]
    scripted = [line for line in lines if line["entry"] is not None]
    assert 0 < len(scripted) < len(lines)
    assert all(line["action"] != "background" for line in scripted)
    assert {line["action"] for line in lines if line["entry"] is None} == {"background"}


SCHEMA = Path(__file__).parents[3] / "docs" / "schemas" / "truth.schema.json"


@pytest.mark.parametrize(
    "name", ["quickstart", "storylines/q-developer", "plays/device-code-phishing"]
)
def test_lines_are_what_the_schema_says(name: str) -> None:
    """Of every sort: everyday, scripted, of a play."""
    validator = jsonschema_rs.validator_for(orjson.loads(SCHEMA.read_bytes()))
    plan, truth = compile_scenario(library.load(name))
    finished = delivered(vectorised.render(plan, 0, plan.horizon), plan)
    lines = b"".join(map(bytes, TruthLines(plan, truth).of(finished))).splitlines()

    wrong = [line for line in lines if not validator.is_valid(orjson.loads(line))]

    assert wrong == []
    assert not validator.is_valid(orjson.loads(lines[0]) | {"play": 7})


def test_a_play_is_told() -> None:
    """Who really acted, with which techniques, in which step of which playing."""
    plan, truth = compile_scenario(library.load("plays/device-code-phishing"))
    finished = delivered(vectorised.render(plan, 0, plan.horizon), plan)

    lines = [
        orjson.loads(line)
        for line in b"".join(map(bytes, TruthLines(plan, truth).of(finished))).splitlines()
    ]

    token = next(line for line in lines if line["kind"] == "sso/CreateToken")
    assert (token["actor"], token["label"]) == ("intruder", "malicious")
    assert (token["play"], token["play_id"]) == ("device-code-phishing", "device-code-phishing")
    assert token["techniques"]
    assert token["step"]
