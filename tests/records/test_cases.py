"""What AWS writes of each kind in each era, one record after another."""

from __future__ import annotations

import orjson
import pytest

from simulator.records.api.operations import OPERATIONS
from simulator.records.eras import ERA_NAMES
from simulator.records.kinds import KIND_NAMES
from tests.records.cases import FOLDER, cases


def with_order(value):
    """Return JSON in a form that two records share only if their members' order does too."""
    if isinstance(value, dict):
        return [(name, with_order(inner)) for name, inner in value.items()]
    if isinstance(value, list):
        return [with_order(inner) for inner in value]
    return value


def assert_is_record(line: bytes, expected):
    """Compare a line with a record: as objects first, because that reads better."""
    record = orjson.loads(line)
    assert record == expected
    assert with_order(record) == with_order(expected)


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_a_row_gives_the_record_of_its_case(engine, case):
    """Compared as objects, so that a difference is readable, and by order of members."""
    plan = case.plan()

    [line] = engine.render(plan, 0, plan.horizon).lines

    assert_is_record(line, case.record)


def test_the_comparison_sees_a_value_an_absence_and_an_order(engine):
    """Negative control: a record that is wrong in one place is not its case's."""
    case = next(case for case in cases() if case.record["awsRegion"] != "us-east-1")
    plan = case.plan()
    [line] = engine.render(plan, 0, plan.horizon).lines
    shorter = {name: value for name, value in case.record.items() if name != "readOnly"}
    moved = {**shorter, "readOnly": case.record["readOnly"]}

    for wrong in ({**case.record, "awsRegion": "us-east-1"}, shorter, moved):
        with pytest.raises(AssertionError):
            assert_is_record(line, wrong)


def test_every_kind_that_is_written_out_has_a_case_in_every_era():
    """There are no others either, but for some of the calls that are recorded by table."""
    found = {(case.era, case.kind) for case in cases() if case.kind not in OPERATIONS}
    by_table = {case.era for case in cases() if case.kind in OPERATIONS}

    assert found == {
        (era, kind) for era in ERA_NAMES for kind in KIND_NAMES if kind not in OPERATIONS
    }
    assert ERA_NAMES[-1] in by_table


def test_names_of_cases_are_unique():
    """A test's id finds its case."""
    names = [case.name for case in cases()]

    assert len(names) == len(set(names))


def test_every_case_says_where_it_comes_from():
    """A page, or that it was constructed."""
    assert {case.source.partition(":")[0] for case in cases()} == {"https", "constructed"}


def test_every_file_of_cases_is_read():
    """No file lies where none is looked for."""
    read = {FOLDER / case.era / f"{case.kind}.json" for case in cases()}
    beside = {"envelopes.json"}

    found = {
        # What is behind a ~ says whose cases they are.
        path.with_name(f"{path.stem.partition('~')[0]}.json")
        for path in set(FOLDER.rglob("*.json")) - set((FOLDER / "published").rglob("*.json"))
    }
    assert found - read == {FOLDER / name for name in beside}
