"""Every record is explained, and no part of an explanation is empty."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest

from simulator.engines import vectorised
from simulator.explanation.explaining import Entrance, Explanation, explained
from simulator.explanation.notes import seen
from simulator.explanation.report import explanation_lines
from simulator.plan.compiler import compile_scenario
from simulator.records.kinds import KIND_INDEX
from simulator.scenario import library
from simulator.validation.findings import Place
from simulator.validation.reading import Item

pytestmark = pytest.mark.laws

STORYLINES = [name for name in library.names() if name.startswith("storylines/")]


def explanations(name: str, era: str | None) -> list[Explanation]:
    """Return what is to be said of each record of a scenario."""
    plan, _ = compile_scenario(library.load(name, era=era))
    lines = vectorised.render(plan, 0, plan.horizon).lines
    found = []
    for order, line in enumerate(lines):
        one = seen(Item(Place(name, order + 1), orjson.loads(line), line), order)
        found.append(explained(one, [], [], Entrance(None, "")))
    return found


def empty_parts(one: Explanation) -> list[str]:
    """Return the names of parts of an explanation that say nothing."""
    telling = one.seen.telling
    parts = {
        "kind": telling.kind if telling.kind in KIND_INDEX else "",
        "eventID": telling.event_id,
        "time": telling.time,
        "who": telling.who.says,
        "who it shows": telling.who.details,
        "deed": telling.deed,
        "where": telling.where,
        "where it shows": telling.where_lines,
        "signed in": one.sign_in,
        "era": one.seen.detection.eras,
    }
    texts = [
        telling.deed,
        telling.where,
        telling.who.says,
        *one.sign_in,
        *(text for pair in (*telling.who.details, *telling.what) for text in pair),
    ]
    return [name for name, part in parts.items() if not part] + [
        f"{text!r}"
        for text in texts
        if not text.strip() or "None" in text or "  " in text or text.endswith((":", " ", ","))
    ]


@pytest.mark.parametrize("era", ["pre-october-2024", "pre-january-2025", "post-january-2025"])
@pytest.mark.parametrize("name", STORYLINES)
def test_no_part_of_an_explanation_is_empty(name, era):
    """For each record of each storyline, in each era."""
    found = explanations(name, era)

    assert found
    for one in found:
        assert empty_parts(one) == [], "\n".join(explanation_lines(one, None))


def test_an_empty_part_is_found():
    """The control."""
    [one, *_] = explanations("storylines/password-only", None)
    telling = replace(one.seen.telling, where="", deed="does: ")

    assert empty_parts(replace(one, seen=replace(one.seen, telling=telling), sign_in=())) == [
        "where",
        "signed in",
        "'does: '",
        "''",
    ]
