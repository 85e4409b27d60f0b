"""Records alike but for names."""

from __future__ import annotations

from simulator.cases.renaming import renaming_of

FIRST = {
    "userIdentity": {"userName": "ana.lopez", "accountId": "987654321098"},
    "eventTime": "2025-03-03T08:00:00Z",
    "requestID": "0a1b2c3d-1111-4222-8333-444455556666",
    "requestParameters": {"message": "ana.lopez of 987654321098", "limit": 1234567},
}
OTHER = {
    "userIdentity": {"userName": "bea.smith", "accountId": "123456789012"},
    "eventTime": "2025-03-17T08:00:00Z",
    "requestID": "9f8e7d6c-1111-4222-8333-444455556666",
    "requestParameters": {"message": "bea.smith of 123456789012", "limit": 7654321},
}


def test_values_become_those_of_the_other_wherever_they_stand():
    """Names in texts, numbers, ids, and times by whole weeks."""
    renaming = renaming_of([(FIRST, OTHER)])

    assert renaming.weeks == 2
    assert renaming.value(FIRST) == OTHER


def test_one_value_stands_for_one():
    """The more frequent pair has it; the other keeps its own."""
    second = {**FIRST, "userIdentity": {"userName": "eva.lopez", "accountId": "987654321098"}}
    renaming = renaming_of([(FIRST, OTHER), (FIRST, OTHER), (second, OTHER)])

    assert renaming.value(FIRST) == OTHER
    assert renaming.value(second)["userIdentity"]["userName"] == "eva.smith"


def test_values_of_another_form_are_not_each_others():
    """An account is no UUID, and four letters are not forty."""
    first = {"userIdentity": FIRST["userIdentity"]}
    other = {"userIdentity": {"userName": "b" * 40, "accountId": "12345678901"}}

    assert renaming_of([(first, other)]).value(first) == first


def test_some_values_may_stand_for_nothing():
    """Those that must not be told."""
    renaming = renaming_of([(FIRST, OTHER)], frozenset({"123456789012"}))

    made = renaming.value(FIRST)
    assert made["userIdentity"] == {"userName": "bea.smith", "accountId": "987654321098"}


def test_names_of_members_are_renamed_as_well():
    """Where anybody may have named them."""
    first = {"requestParameters": {"tags": {"cost-centre-zanzibar": "1"}}}
    other = {"requestParameters": {"tags": {"cost-centre-istanbul": "1"}}}

    assert renaming_of([(first, other)]).value(first) == other


def test_what_a_shape_fixes_is_not_renamed():
    """Another event is another event."""
    first, other = {"eventName": "CreateGroup"}, {"eventName": "DeleteGroup"}

    assert renaming_of([(first, other)]).value(first) == first


def test_nesting_without_end_ends():
    """And is compared as it is."""
    deep: dict[str, object] = {}
    for _ in range(900):
        deep = {"inner": deep}

    assert renaming_of([(deep, deep)]).value(deep)
