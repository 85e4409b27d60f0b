"""Whether a scenario gives records again: every way in which it may not is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest

from simulator.cases.checking import compared
from simulator.cases.foreign import gather
from simulator.cases.given import replayed
from simulator.scenario import library

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.cases.checking import Comparison

NAME = "storylines/password-totp"


@pytest.fixture(scope="module")
def given():
    """Return what a scenario gives."""
    return replayed(library.load(NAME))


@pytest.fixture
def check(tmp_path, given):
    """Return what compares records, after something was done to them, with the scenario."""

    def compare(change: Callable[[list[dict[str, Any]]], object]) -> Comparison:
        records = [orjson.loads(one.line) for one in given]
        change(records)
        path = tmp_path / "records.ndjson"
        path.write_bytes(b"".join(orjson.dumps(one) + b"\n" for one in records))
        return compared(gather([str(path)]), given)

    return compare


def member(change: Callable[[dict[str, Any]], object]) -> Callable[[list[dict[str, Any]]], object]:
    """Return a change of the third record."""
    return lambda records: change(records[2])


def said(found: Comparison) -> list[str]:
    """Return every difference in short."""
    return [
        f"{one.place.line} {member.what} {member.place}"
        for one in found.deviations
        for member in one.differences
    ]


def test_its_own_records_are_exact(check):
    """All of them."""
    found = check(len)

    assert found.is_exact
    assert (found.records, found.exact, found.notes) == (10, 10, ())


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda one: one.pop("eventVersion"), ["3 extra eventVersion"]),
        (lambda one: one.update(newMember=1), ["3 missing newMember"]),
        (lambda one: one.update(readOnly=True), ["3 value readOnly"]),
        (lambda one: one.update(readOnly="false"), ["3 type readOnly"]),
        (lambda one: one.update(requestParameters={}), ["3 type requestParameters"]),
        (lambda one: one.update(eventID=one.pop("eventID")), ["3 order "]),
        (lambda one: one.update(eventTime="2025-01-10T09:00:13Z"), ["3 value eventTime"]),
        (lambda one: one.update(awsRegion="eu-west-1"), ["3 value awsRegion"]),
        (lambda one: one.update(requestID="not-an-id"), ["3 value requestID"]),
        (
            lambda one: one["userIdentity"].update(accountId="999988887777"),
            ["3 value userIdentity.accountId"],
        ),
    ],
)
def test_a_difference_is_told_with_its_place(check, change, expected):
    """Missing, more, another value, type, order, time, Region, form, or another's name."""
    assert said(check(member(change))) == expected


def rename(records: list[dict[str, Any]]) -> None:
    """Give everybody and everything another name, and another fortnight."""
    for record in records:
        text = orjson.dumps(record).decode()
        for old, new in (
            ("anyuser", "zorasun"),
            ("111122223333", "999988887777"),
            ("d-9067f3a1b2", "d-9067a1b2c3"),
            ("2025-01-10", "2024-12-27"),
        ):
            text = text.replace(old, new)
        record.clear()
        record.update(orjson.loads(text))


def test_other_names_do_not_matter_if_they_are_consistent(check):
    """As little as other weeks; but all must move alike."""
    found = check(lambda records: rename(records[:5]) or records.__delitem__(slice(5, None)))

    assert said(found) == []
    assert found.renaming.weeks == 2
    assert len(found.surplus) == 5


def test_a_name_that_is_two_is_told(check):
    """One value stands for one value."""

    def change(records: list[dict[str, Any]]) -> None:
        records[0]["sourceIPAddress"] = "192.0.2.77"

    assert said(check(change)) == ["1 value sourceIPAddress"]


def test_records_that_are_not_given_are_told(check, given):
    """One of a kind that the scenario has not."""

    def change(records: list[dict[str, Any]]) -> None:
        more = {**records[-1], "eventName": "CreateGroup", "eventTime": "2025-01-15T09:00:00Z"}
        records.append(more)

    found = check(change)

    assert [one.name for one in found.missing] == ["signin/CreateGroup"]
    assert found.exact == len(given)
    assert not found.is_exact


def test_what_is_given_besides_is_told(check):
    """With the entry that it is of."""
    found = check(lambda records: records.pop(1))

    assert [(one.kind, one.entry) for one in found.surplus] == [
        ("signin/CredentialVerification", "before")
    ]
    assert said(found) == []


def test_the_order_of_the_input_is_told(check):
    """A scenario gives records in order of time."""
    found = check(lambda records: records.reverse())

    assert "the records were not in order of time; a scenario gives them in order" in found.notes


def test_many_records_are_paired_without_being_lined_up(check, given, monkeypatch):
    """One that is missing is still the only one of its sort, or the last."""
    from simulator.cases import checking  # noqa: PLC0415  # for this test alone

    monkeypatch.setattr(checking, "_MANY", 1)

    found = check(lambda records: records.pop(4))

    assert [one.kind for one in found.surplus] == ["signin/UserAuthentication"]
    assert found.exact + len(found.deviations) == len(given) - 1
