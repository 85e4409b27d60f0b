"""Calls that two accounts receive."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulator.flows import api_calls
from simulator.flows.directory_admin import CALLS
from simulator.flows.mfa import ADMIN_REGISTER
from simulator.flows.sharing import SHARED_CALLS, shared
from simulator.flows.steps import happenings
from simulator.records.fields import DEFAULTS
from tests.builders import a_plan_of, a_row, a_tables, rendered

BY_TABLE = frozenset(flow.name for flow in api_calls.OF_THE_INSTANCE)
OWNER, DELEGATED = "777788889999", "111122223333"


def told(flow, gaps=(), **columns):
    """Return name, copy, request and time since the start of what happens."""
    row = {**DEFAULTS, **a_row(flow, start=0, **columns)}
    return [
        (one.step.name, one.step.sets["copy"], one.request, one.at)
        for one in happenings(flow, row, gaps)
    ]


def test_a_call_leaves_one_event_for_each_account():
    """The owner's comes first; both are of one request and time."""
    assert told(SHARED_CALLS["identitystore/ListUsers"]) == [
        ("call", 1, 0, 0),
        ("call-copy", 2, 0, 0),
    ]


def test_each_of_several_calls_is_shared_by_itself():
    """A registration is two requests; fixed gaps count requests, not records."""
    assert told(shared(ADMIN_REGISTER), (5_000, 9_000), device_type=1, completes=1) == [
        ("start-VirtualMfaDeviceRegistration", 1, 0, 5_000),
        ("start-VirtualMfaDeviceRegistration-copy", 2, 0, 5_000),
        ("complete-VirtualMfaDeviceRegistration", 1, 2, 14_000),
        ("complete-VirtualMfaDeviceRegistration-copy", 2, 2, 14_000),
    ]


def test_every_call_of_an_administrator_can_be_shared():
    """Whichever the delegated administrator makes."""
    assert SHARED_CALLS.keys() == {
        *CALLS,
        *BY_TABLE,
        "admin-register-device",
        "admin-rename-device",
        "admin-delete-device",
        "admin-list-devices",
    }


@pytest.mark.parametrize(
    "name", [*(sorted(SHARED_CALLS.keys() - BY_TABLE)), "sso/CreatePermissionSet"]
)
def test_the_records_of_a_shared_call_differ_in_account_and_event_id(engine, name):
    """One sharedEventID stands for "the same AWS action that is sent to different AWS accounts"."""
    plan = a_plan_of(SHARED_CALLS[name], admin=1, admin_kind=1, actor=1)
    plan = replace(plan, tables=a_tables({"admin.account": (OWNER, DELEGATED, OWNER)}))

    records = rendered(engine, plan)

    assert len(records) % 2 == 0
    for owners, other in zip(records[::2], records[1::2], strict=True):
        unlike = {member for member in owners if owners[member] != other[member]}
        assert list(owners) == list(other)
        assert unlike == {"eventID", "recipientAccountId"}
        assert (owners["recipientAccountId"], other["recipientAccountId"]) == (OWNER, DELEGATED)
    assert len({one["sharedEventID"] for one in records}) == len(records) // 2
