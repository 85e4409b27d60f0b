"""Every member that may be there or not, and every variant, is in some record case."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest

from simulator.flows import FLOWS
from simulator.primitives.conditions import ALWAYS, at_least, equals
from simulator.records.api.operations import OPERATIONS
from simulator.records.eras import ERAS
from simulator.records.kinds import KIND_NAMES
from simulator.records.shapes import Array, Object, OneOf
from tests.records.cases import cases

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from simulator.records.shapes import Node


# The identity of a sign-in is one part for three kinds, and "there is no event for a failed
# sign-in": UserAuthentication never has the forms of a failure.
IMPOSSIBLE: Final = {
    ("pre-october-2024", "signin/UserAuthentication"): {
        ".userIdentity.userName variant 1",
    },
    ("pre-january-2025", "signin/UserAuthentication"): {
        ".userIdentity.userName variant 1",
        ".userIdentity.onBehalfOf is not there",
        ".userIdentity.credentialId is not there",
    },
    ("post-january-2025", "signin/UserAuthentication"): {
        ".userIdentity.type variant 1",
        ".userIdentity.userName is there",
        ".userIdentity.userName variant 0",
        ".userIdentity.userName variant 1",
        ".userIdentity.onBehalfOf is not there",
        ".userIdentity.credentialId is not there",
    },
}
"""Outcomes that a shape allows for and no flow can reach."""


# Where a user acts and which hosts clients call is asked in one way, whatever the kind.
EVERYWHERE: Final = frozenset({at_least("region", 0), equals("switch_dual_stack", 1)})


OF_IAM_USERS: Final = "identitystore/ListUsers"
"""The kind whose cases show an IAM user in the console, whose identity is one for all kinds."""

IN_CONSOLE: Final = re.compile(r"\.userIdentity(<0>)?<1>\.(accessKeyId|sessionContext)")


def choices(node: Node, path: str = "") -> Iterator[str]:
    """Yield every outcome that a shape allows for: member there or not, variant by place."""
    match node:
        case Object(members):
            for member in members:
                inner = f"{path}.{member.name}"
                if member.when is not ALWAYS:
                    yield f"{inner} is there"
                    yield f"{inner} is not there"
                yield from choices(member.node, inner)
        case Array(items):
            for place, item in enumerate(items):
                yield from choices(item, f"{path}[{place}]")
        case OneOf(variants) if variants[0][0] in EVERYWHERE:
            yield from choices(variants[-1][1], path)
        case OneOf(variants):
            for place, (_, variant) in enumerate(variants):
                yield f"{path} variant {place}"
                yield from choices(variant, f"{path}<{place}>")
        case _:
            pass


def taken(node: Node, row: Mapping[str, int], path: str = "") -> Iterator[str]:
    """Yield the outcomes of a shape that one row reaches."""
    match node:
        case Object(members):
            for member in members:
                inner = f"{path}.{member.name}"
                there = member.when.one(row)
                if member.when is not ALWAYS:
                    yield f"{inner} is there" if there else f"{inner} is not there"
                if there:
                    yield from taken(member.node, row, inner)
        case Array(items):
            for place, item in enumerate(items):
                yield from taken(item, row, f"{path}[{place}]")
        case OneOf(variants) if variants[0][0] in EVERYWHERE:
            yield from taken(variants[-1][1], row, path)
        case OneOf(variants):
            place = next(place for place, (when, _) in enumerate(variants) if when.one(row))
            yield f"{path} variant {place}"
            yield from taken(variants[place][1], row, f"{path}<{place}>")
        case _:
            pass


def missed(shape: Node, rows: Iterable[Mapping[str, int]]) -> list[str]:
    """Return the outcomes of a shape that no row reaches."""
    reached = {outcome for row in rows for outcome in taken(shape, row)}
    return [outcome for outcome in choices(shape) if outcome not in reached]


@pytest.mark.parametrize("kind", [kind for kind in KIND_NAMES if kind not in OPERATIONS])
@pytest.mark.parametrize("era", ERAS, ids=lambda era: era.name)
def test_cases_reach_every_outcome_of_every_shape(era, kind):
    """One record case per conditional member and per variant, in every era."""
    rows = [case.row for case in cases() if (case.era, case.kind) == (era.name, kind)]
    found = set(missed(era.shape(kind), rows))

    if kind != OF_IAM_USERS:
        found = {outcome for outcome in found if not IN_CONSOLE.match(outcome)}
    assert found == IMPOSSIBLE.get((era.name, kind), set())


BY_TABLE: Final = "sso/CreatePermissionSet"
_OF_THE_CALL: Final = frozenset(
    {
        "eventVersion",
        "eventSource",
        "eventName",
        "awsRegion",
        "requestParameters",
        "responseElements",
        "readOnly",
        "recipientAccountId",
        "tlsDetails",
    }
)


def envelope(kind: str) -> list[tuple]:
    """Return what surrounds what a call says of itself, in order; a TLS host is its own."""
    return [
        (member.name, member.when, None if member.name in _OF_THE_CALL else member.node)
        for member in ERAS[-1].shape(kind).members
        # Calls to the caller's own account are not shared, and then there is no owner to name.
        if member.name != "sharedEventID"
        and not (member.name == "resources" and kind.startswith("sso/"))
    ]


BY_OTHERS: Final = {".userIdentity variant 0", ".recipientAccountId variant 0"}
"""Outcomes of a call that users make as well, when an administrator makes it."""


def rows_of(kind: str) -> list[Mapping[str, int]]:
    """Return the rows of a kind's cases in the newest era."""
    return [case.row for case in cases() if (case.era, case.kind) == (ERAS[-1].name, kind)]


def test_cases_reach_every_outcome_of_a_call_that_is_recorded_by_table():
    """Most such calls have one envelope, so that the cases of one of them speak for all."""
    assert missed(ERAS[-1].shape(BY_TABLE), rows_of(BY_TABLE)) == []


@pytest.mark.parametrize(
    "kind", [kind for kind in OPERATIONS if envelope(kind) != envelope(BY_TABLE)]
)
def test_cases_reach_what_the_envelope_of_a_call_has_of_its_own(kind):
    """A few have members that others have not, or are made by others than administrators."""
    common = {*choices(ERAS[-1].shape(BY_TABLE))}
    found = missed(ERAS[-1].shape(kind), rows_of(kind))

    # Where others call as well, administrators are the first of two.
    own = {one for one in found if not {one, one.replace("<0>", "", 1)} & common}
    assert own <= BY_OTHERS


def test_calls_that_are_recorded_by_table_are_the_same_in_all_eras():
    """No era has changed them."""
    changed = [
        (era.name, kind)
        for era in ERAS[1:]
        for kind in OPERATIONS
        if era.shape(kind) != ERAS[0].shape(kind)
    ]

    assert changed == []


def test_an_envelope_that_differs_is_found():
    """Negative control: what a person does in the directory is recorded otherwise."""
    assert envelope("sso-directory/DeleteUser") != envelope(BY_TABLE)


def test_what_is_said_to_be_impossible_is():
    """Every UserAuthentication of every flow is that of a verified credential."""
    steps = [
        step for flow in FLOWS for step in flow.steps if step.kind == "signin/UserAuthentication"
    ]

    assert steps
    assert all(step.sets["verified"] == 1 for step in steps)


def test_an_outcome_without_a_case_is_found():
    """Negative control: without the cases of enrolment its member is never there."""
    era = ERAS[-1]
    kind = "signin/UserAuthentication"
    rows = [
        case.row
        for case in cases()
        if (case.era, case.kind) == (era.name, kind) and not case.row["enrolling"]
    ]

    assert ".additionalEventData.DeviceEnrollmentRequired is there" in missed(era.shape(kind), rows)
