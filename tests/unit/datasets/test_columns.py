"""Columns are derived from the shapes: whatever a record has, there is a place for it."""

from __future__ import annotations

import re

import pytest

from simulator.cli.samples import samples
from simulator.datasets import columns
from simulator.datasets.columns import Column, Type
from simulator.records.eras import ERA_NAMES
from simulator.records.kinds import KINDS

TYPES = {Type.text: str, Type.instant: str, Type.flag: bool, Type.number: int}


def strays(value, listed, path=""):
    """Yield the places of a record for which there is no column, or one of another type."""
    if not isinstance(listed, tuple):
        if listed is not Type.json and type(value) is not TYPES[listed]:
            yield path
        return
    if not isinstance(value, dict):
        yield path
        return
    by_name = {column.name: column for column in listed}
    for name, inner in value.items():
        column = by_name.get(name)
        if column is None:
            yield f"{path}.{name}"
        elif inner is not None:
            for item in inner if column.is_list else [inner]:
                yield from strays(item, column.type, f"{path}.{name}")


@pytest.mark.parametrize("era", ERA_NAMES)
def test_every_record_has_its_columns(era):
    """Of each kind's examples, every member has a column of its type."""
    for kind in KINDS:
        for sample in samples(kind.name):
            assert not list(strays(sample.record(era), columns.nested())), kind.name


def test_a_member_without_a_column_is_found():
    """The control: records of sign-ins have no place in a table without `tlsDetails`."""
    (sample, *_) = samples("signin/CredentialChallenge")
    few = tuple(column for column in columns.nested() if column.name != "additionalEventData")

    assert list(strays(sample.record(ERA_NAMES[-1]), few)) == [".additionalEventData"]


def test_columns_are_of_the_types_that_the_shapes_give():
    """Instants, flags, objects and lists of them are what they are; payloads are JSON."""
    by_name = {column.name: column for column in columns.nested()}

    assert by_name["eventTime"] == Column("eventTime", Type.instant)
    assert by_name["readOnly"] == Column("readOnly", Type.flag)
    assert by_name["requestParameters"] == Column("requestParameters", Type.json)
    assert by_name["resources"].is_list
    assert (
        Column("userId", Type.text)
        in {column.name: column.type for column in by_name["userIdentity"].type}["onBehalfOf"]
    )


def test_members_stand_in_the_order_of_the_record():
    """As in CloudTrail's records: who, when, what, where, and the rest."""
    names = [column.name for column in columns.nested()]

    assert names[:6] == [
        "eventVersion",
        "userIdentity",
        "eventTime",
        "eventSource",
        "eventName",
        "awsRegion",
    ]


def test_names_of_flat_columns_are_plain_and_differ():
    """Letters, digits and underscores, whatever the reader: nothing has to be quoted."""
    names = [column.name for column in columns.flat_columns()]

    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) for name in names)
    assert {
        "userIdentity_onBehalfOf_userId",
        "additionalEventData_identitycenter_SessionNotOnOrAfter",
        "requestParameters_user_userId",
        "responseElements_deviceId",
    } <= set(names)


def test_no_flat_column_tells_the_truth():
    """Features are what a record shows: labels stand elsewhere."""
    truth = {column.name for column in columns.LABELS} - {"eventID", "eventTime", "kind", "era"}

    assert not truth & {column.name for column in columns.flat_columns()}
