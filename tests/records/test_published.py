"""Records have the form of AWS's published examples, but for deviations with a reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import orjson
import pytest

from tests.builders import parsed
from tests.records.cases import cases
from tests.records.published import FOLDER, described, differences, examples

CASES = {case.name: case for case in cases()}
DEVIATIONS = orjson.loads((FOLDER / "deviations.json").read_bytes())


def declared(name: str) -> set[str]:
    """Return the differences that the table of deviations allows an example."""
    return {
        line
        for deviation in DEVIATIONS
        for line, names in deviation["differences"].items()
        if name in names
    }


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)
def test_a_record_has_the_form_of_its_published_example(engine, example):
    """Members, types, nulls, masks and order; a deviation that no longer applies fails too."""
    plan = CASES[example.case].plan()

    [record] = parsed(engine.render(plan, 0, plan.horizon))

    assert differences(example, dict(described(record))) == declared(example.name)


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)
def test_the_case_of_an_example_cites_its_page(example):
    """The record case says where its form was read."""
    case = CASES[example.case]

    assert case.source == example.page


def test_every_deviation_has_a_name_a_reason_and_examples():
    """None is there twice, and none is of an example that is not there."""
    known = {example.name for example in examples()}
    lines = Counter(line for deviation in DEVIATIONS for line in deviation["differences"])

    assert set(lines.values()) == {1}
    for deviation in DEVIATIONS:
        assert deviation["name"]
        assert deviation["reason"]
        for names in deviation["differences"].values():
            assert names
            assert set(names) <= known


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        ({"eventVersion": "1.09"}, 'eventVersion: = "1.08" shown, = "1.09" ours'),
        ({"requestParameters": {}}, "requestParameters: null shown, object ours"),
        ({"userAgent": "HIDDEN_DUE_TO_SECURITY_REASONS"}, "userAgent: text shown, masked ours"),
        ({"readOnly": 0}, "readOnly: = false shown, = 0 ours"),
        ({"tlsDetails": {"tlsVersion": "TLSv1.3"}}, "ours, not shown: tlsDetails"),
    ],
)
def test_a_difference_is_seen(change, difference):
    """Negative control: one member changed is one difference more."""
    example = next(
        example for example in examples() if example.name.endswith("Verification-password-only")
    )
    record = {**CASES[example.case].record, **change}

    found = differences(example, dict(described(record)))

    assert found - declared(example.name) == {difference}


def test_an_absence_and_a_new_order_are_seen():
    """Negative control, for a member that is gone and for two that changed places."""
    example = next(
        example for example in examples() if example.name.endswith("Verification-password-only")
    )
    record = dict(CASES[example.case].record)
    source = record.pop("eventSource")

    gone = differences(example, dict(described(record)))
    moved = differences(example, dict(described({**record, "eventSource": source})))

    assert "shown, not ours: eventSource" in gone - declared(example.name)
    assert any(line.startswith("order shown in the record: eventSource") for line in moved)


def test_a_deviation_that_no_longer_applies_is_seen():
    """Negative control: a record like the example leaves its deviations unused."""
    example = replace(examples()[0], is_complete=True)

    assert declared(example.name)
    assert differences(example, example.members) == set()
