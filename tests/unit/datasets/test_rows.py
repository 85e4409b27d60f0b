"""Rows: a record as its table has it, whatever was done to the record."""

from __future__ import annotations

import pytest

from simulator.datasets.gathering import Sessions, Users
from simulator.datasets.rows import label_of, rows_of
from simulator.datasets.splits import WAYS
from simulator.datasets.tally import Tally
from simulator.primitives.jsontext import json_text
from tests.unit.datasets.scenes import a_line

BEFORE = "2025-01-14T08:59:59Z"
NOWHERE = dict.fromkeys(WAYS, "train")


def a_row(record, **members):
    """Return the row of a record and its truth."""
    (row,) = rows_of(json_text(record) + b"\n", json_text(a_line(**members)) + b"\n", BEFORE)
    return row


def test_payloads_become_text_and_what_is_picked_from_them_a_column():
    """All of the payload is in the text."""
    payload = {"user": {"directoryId": "d-1", "userId": "u"}, "other": [1, None]}

    row = a_row({"requestParameters": payload, "responseElements": None})

    assert row.record == {
        "requestParameters": ('{"user":{"directoryId":"d-1","userId":"u"},"other":[1,null]}'),
        "requestParameters_user_directoryId": "d-1",
        "requestParameters_user_userId": "u",
    }


def test_what_a_call_has_otherwise_is_not_picked():
    """A group's id that is a number in one call has no place in a column of text."""
    row = a_row({"requestParameters": {"groupId": 7}})

    assert row.record == {"requestParameters": '{"groupId":7}'}


def test_of_an_overridden_record_what_fits_is_kept():
    """The rest is in its own text alone."""
    record = {
        "eventVersion": 7,
        "eventTime": "2025-01-14T09:00:00Z",
        "readOnly": "false",
        "userIdentity": {"type": "Unknown", "extra": 1, "onBehalfOf": []},
        "resources": [{"ARN": "a", "type": 1}, "b"],
        "extra": {},
    }

    row = a_row(record, override=True)

    assert row.record == {
        "eventTime": "2025-01-14T09:00:00Z",
        "userIdentity": {"type": "Unknown"},
        "resources": [{"ARN": "a"}],
    }
    assert row.original == record


@pytest.mark.parametrize(
    ("said", "kept", "at"),
    [
        ("yesterday", None, BEFORE),
        ("2025-01-15T09:00:00Z", "2025-01-15T09:00:00Z", BEFORE),
        ("2025-01-14T08:59:59Z", "2025-01-14T08:59:59Z", "2025-01-14T08:59:59Z"),
    ],
)
def test_an_overridden_record_stands_beside_its_neighbours(said, kept, at):
    """Its label has the time it tells, if that is one; its place is where it happened."""
    row = a_row({}, override=True, eventTime=said)

    assert (row.truth["eventTime"], row.at) == (kept, at)


def test_truth_without_plays_is_read():
    """Lines of older versions have no members for them."""
    label = label_of(a_row({}), NOWHERE)

    assert [label[name] for name in ("techniques", "play", "play_id", "step")] == [
        [],
        None,
        None,
        None,
    ]


def test_a_session_has_the_worst_label_and_all_techniques_of_its_records():
    """A victim's own steps are benign, and the episode is not."""
    sessions = Sessions(longest=0)
    play = {"play": "device-code-phishing", "play_id": "a"}
    for label, techniques in (
        ("benign", ["T1528"]),
        ("malicious", ["T1078", "T1528"]),
        ("benign", []),
    ):
        row = a_row({}, label=label, techniques=techniques, **play)
        sessions.add(label_of(row, NOWHERE), row.at)

    (session,) = sessions.over()

    assert (session["label"], session["records"]) == ("malicious", 3)
    assert session["techniques"] == ["T1528", "T1078"]
    assert (session["play"], session["play_id"]) == ("device-code-phishing", "a")
    assert not sessions.open


def test_users_are_counted_by_label():
    """And records of nobody are not."""
    users = Users()
    for label in ("benign", "malicious"):
        users.add(label_of(a_row({}, label=label), NOWHERE), BEFORE, is_first=label == "benign")
    users.add(label_of(a_row({}, user=None), NOWHERE), BEFORE, is_first=True)

    (user,) = users.all()

    assert (user["records"], user["episodes"]) == (2, 1)
    assert (user["benign"], user["suspicious"], user["malicious"]) == (1, 0, 1)


def test_plays_are_counted_by_playing():
    """One play may be played several times."""
    tally = Tally()
    for playing in ("a", "b", "a"):
        row = a_row({}, label="malicious", play="device-code-phishing", play_id=playing)
        tally.add(label_of(row, NOWHERE))

    assert [(one["play_id"], one["malicious"]) for one in tally.by_play()] == [("a", 2), ("b", 1)]
