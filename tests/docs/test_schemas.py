"""The JSON Schema of records takes every record that this program writes, and no other form."""

from __future__ import annotations

from functools import cache

import jsonschema_rs
import pytest

from simulator.cli.pages.schemas import page, schema_of
from simulator.cli.samples import samples
from simulator.records.eras import ERA_NAMES, ERAS
from simulator.records.kinds import KINDS
from tests.records.cases import cases
from tests.unit.validation.stories import story_records

pytestmark = pytest.mark.parametrize("era", ERAS, ids=lambda era: era.name)


@cache
def validator(name: str):
    """Return what checks records of an era."""
    return jsonschema_rs.validator_for(schema_of(ERAS[ERA_NAMES.index(name)]))


def test_a_schema_is_one_and_of_a_size_that_people_load(era):
    """Definitions are shared."""
    jsonschema_rs.meta.validate(schema_of(era))

    assert len(page(era)) < 400_000


def test_records_of_all_kinds_are_valid(era):
    """Examples of every kind, and, in the newest era, a story in which everything happens."""
    records = [sample.record(era.name) for kind in KINDS for sample in samples(kind.name)]
    if era is ERAS[-1]:
        records += story_records(14, era.name)

    wrong = [record for record in records if not validator(era.name).is_valid(record)]

    assert wrong == []


def test_record_cases_are_valid_but_for_ids_that_say_example(era):
    """They are written by hand."""
    wrong = [
        case.name
        for case in cases()
        if case.era == era.name
        and "EXAMPLE" not in str(case.record)
        and not validator(era.name).is_valid(case.record)
    ]

    assert wrong == []


def test_a_record_that_differs_is_not_valid(era):
    """Negative control: of one record a member less, one more, and another value."""
    [record] = [sample.record(era.name) for sample in samples("sso/CreatePermissionSet")]
    shorter = {name: value for name, value in record.items() if name != "recipientAccountId"}
    request = record["requestParameters"]
    for wrong in (
        shorter,
        {**record, "shoeSize": 42},
        {**record, "awsRegion": "Europe"},
        {**record, "requestParameters": {**request, "shoeSize": 42}},
        {**record, "requestParameters": {**request, "name": 1}},
        {**record, "eventName": "DeletePermissionSet"},
    ):
        assert not validator(era.name).is_valid(wrong)
    assert validator(era.name).is_valid(record)
