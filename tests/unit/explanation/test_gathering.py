"""One record with what is around it; a few in full; and what bounds it all."""

from __future__ import annotations

import io
import sys

import orjson
import pytest

from simulator.cli.samples import samples
from simulator.errors import InputError
from simulator.explanation import (
    Tally,
    explain_all,
    explain_event,
    explanation_json,
    explanation_lines,
    gathering,
)
from tests.unit.validation.stories import a_record, as_lines, put

AFTER = "post-january-2025"
ANA = "94d8a4b8-30a1-70f2-1c6e-5b7d9f1a3c5e"


def at(time: str, kind: str, case: int = 0, **members) -> dict:
    """Return an example at a time of the day, with ids of its own and other members."""
    record = samples(kind)[case].record(AFTER)
    record["eventTime"] = f"2025-01-14T{time}Z"
    record["eventID"] = f"00000000-0000-4000-8000-0000{time.replace(':', '')}{len(kind):02}"
    if "requestID" in record:
        record["requestID"] = record["eventID"]
    for path, value in members.items():
        put(record, path.replace("__", "."), value)
    return record


TOTP = {"additionalEventData__CredentialType": "TOTP"}
SIGN_IN = [
    at("09:00:00", "signin/CredentialChallenge"),
    at("09:00:09", "signin/CredentialVerification", 1),
    at("09:00:10", "signin/CredentialChallenge"),
    at("09:00:17", "signin/CredentialVerification"),
    at("09:00:18", "signin/CredentialChallenge", 3),
    at("09:00:24", "signin/CredentialVerification", **TOTP),
    at("09:00:25", "signin/UserAuthentication"),
]
PORTAL = [
    at("09:00:26", "sso/Authenticate"),
    at("09:02:26", "sso/Federate"),
    at("11:02:26", "sso/Logout"),
]
OTHERS = [at("09:01:00", "iam/ListRoles"), at("09:01:30", "sso/ListInstances")]
ALL = [*SIGN_IN, *PORTAL, *OTHERS]


@pytest.fixture
def explain(tmp_path):
    """Return a function that explains one of many records."""

    def one(records: list[dict], wanted: dict, tally: Tally | None = None):
        path = tmp_path / "trail.ndjson"
        path.write_bytes(as_lines(records))
        return explain_event([str(path)], wanted["eventID"], tally or Tally())

    return one


def test_a_sign_in_is_told_factor_by_factor(explain):
    """When each was asked for, and what became of the answer."""
    found = explain(ALL, SIGN_IN[3])

    assert found.sign_in == (
        "Password: refused at 2025-01-14T09:00:09Z, 9 s after it was asked for.",
        "Password: accepted at 2025-01-14T09:00:17Z, 7 s after it was asked for.",
        "Authenticator code (TOTP): accepted at 2025-01-14T09:00:24Z, 6 s after it was asked for.",
        "Signed in at 2025-01-14T09:00:25Z, with password and authenticator code (TOTP).",
    )


def test_a_challenge_that_nobody_answers_is_told(explain):
    """There is no more to know."""
    found = explain(SIGN_IN[:1], SIGN_IN[0])

    assert found.sign_in == (
        "Password: asked for at 2025-01-14T09:00:00Z; no answer is in these records.",
    )
    assert found.company == ()


def test_the_records_around_one_are_in_order_with_their_gaps(explain):
    """Whatever order they are read in; itself is marked."""
    found = explain(ALL[::-1], SIGN_IN[3])

    lines = list(explanation_lines(found, None))
    place = lines.index(
        "  Sign-in 8c9ef5a9-ad29-4a06-8ad9-7610906592f1: 7 records in 25 s",
    )
    assert [line.rstrip() for line in lines[place + 1 : place + 5]] == [
        (
            "        2025-01-14T09:00:00Z        signin/CredentialChallenge     "
            "is asked for one factor of a sign-in: password"
        ),
        (
            "        2025-01-14T09:00:09Z  +9 s  signin/CredentialVerification  "
            "answers a challenge of a sign-in: password, refused"
        ),
        (
            "        2025-01-14T09:00:10Z  +1 s  signin/CredentialChallenge     "
            "is asked for one factor of a sign-in: password"
        ),
        (
            "    >   2025-01-14T09:00:17Z  +7 s  signin/CredentialVerification  "
            "answers a challenge of a sign-in: password, accepted"
        ),
    ]


def test_a_session_is_tied_to_the_users_last_sign_in(explain):
    """Which is said to be a guess; and the name comes from there."""
    found = explain(ALL, PORTAL[1])

    assert found.name == "ana.lopez"
    assert found.sign_in == (
        (
            "Most likely by the sign-in at 2025-01-14T09:00:25Z, with password and authenticator "
            "code (TOTP): the last of this user's before. No id ties a session to its sign-in."
        ),
    )
    assert [(one.tie.sort, one.count) for one in found.company] == [
        ("portal session", 3),
    ]


def test_a_later_sign_in_is_none_of_a_record_before(explain):
    """Nor is another user's."""
    before = {**PORTAL[1], "eventTime": "2025-01-14T08:00:00Z"}
    other = put(orjson.loads(orjson.dumps(PORTAL[1])), "userIdentity.onBehalfOf.userId", "x" * 36)

    for wanted in (before, other):
        found = explain([*SIGN_IN, wanted], wanted)
        assert found.sign_in == ("The sign-in before is not in these records.",)


def test_the_role_session_of_a_user_is_tied_to_where_it_was_taken(explain):
    """By who has it, and since when."""
    taken = a_record("sts/AssumeRoleWithSAML")
    role = taken["responseElements"]["assumedRoleUser"]["assumedRoleId"]
    call = at("09:00:00", "iam/ListRoles")
    put(call, "userIdentity.principalId", role)
    put(call, "userIdentity.sessionContext.attributes.creationDate", taken["eventTime"])

    found = explain([taken, call], call)

    assert found.sign_in == (
        f"The role was taken by SAML, through Identity Center, at {taken['eventTime']}.",
    )
    assert [one.tie.sort for one in found.company] == ["role session"]


def test_what_is_unusual_is_told(explain):
    """A row of the era that is broken, what validation says, and that the call failed."""
    record = put(at("09:00:00", "sso/Logout"), "userIdentity.principalId", "x")
    failed = {**at("09:00:01", "iam/ListRoles"), "errorCode": "AccessDenied"}

    odd = explain([record, failed], record).oddities
    denied = explain([record, failed], failed).oddities

    assert [one.code for one in odd] == ["", "E302"]
    assert odd[0].says == (
        "It breaks a row of its era: “Exclusion of principalId from the userIdentity element”."
    )
    assert "userIdentity.principalId is x; expected no such member" in odd[1].says
    assert [(one.code, one.says) for one in denied] == [("", "The call fails: AccessDenied.")]


def test_findings_across_records_are_those_of_the_record_alone(explain):
    """A credential that nobody asked for is the answer's affair."""
    verified = at("10:00:00", "signin/CredentialVerification", **TOTP)
    records = [*SIGN_IN[:4], verified]

    assert [one.code for one in explain(records, verified).oddities] == ["W414"]
    assert explain(records, records[0]).oddities == ()


def test_only_the_nearest_are_kept(explain, monkeypatch):
    """And all are counted."""
    monkeypatch.setattr(gathering, "MOST_NEAR", 3)
    records = [at(f"09:{minute:02}:00", "sso/Authenticate") for minute in range(20)]

    found = explain(records, records[10])

    company = found.company[0]
    assert [note.time[11:16] for note in company.notes] == ["09:09", "09:10", "09:11"]
    assert company.count == 20
    assert list(explanation_lines(found, None))[-1].strip() == (
        "… and 17 more, further away in time"
    )


def test_only_so_many_are_printed(explain):
    """Those around the record, unless all are asked for."""
    records = [at(f"09:{minute:02}:00", "sso/Authenticate") for minute in range(50)]

    lines = list(explanation_lines(explain(records, records[25]), 4))

    shown = [line.split()[0] for line in lines if "sso/Authenticate  opens" in line]
    assert "      … 23 records before" in lines
    assert "      … 23 records after (--all)" in lines
    assert len(shown) % 4 == 0


def test_an_event_that_is_not_there_is_an_error(explain):
    """With how many were looked at."""
    with pytest.raises(InputError, match="no record with eventID nope among 12"):
        explain(ALL, {"eventID": "nope"})


def test_a_few_records_are_explained_in_full_and_more_as_stories(tmp_path):
    """Five, and six."""
    path = tmp_path / "trail.ndjson"

    path.write_bytes(as_lines(SIGN_IN[:5]))
    few = explain_all([str(path)], Tally())
    path.write_bytes(as_lines(SIGN_IN[:6]))
    many = explain_all([str(path)], Tally())

    assert (len(few.explanations), len(few.stories)) == (5, 0)
    assert (len(many.explanations), len(many.stories)) == (0, 1)
    assert few.explanations[1].company[0].count == 5


def test_no_more_notes_are_kept_than_are_told(tmp_path, monkeypatch):
    """What is left out is counted."""
    monkeypatch.setattr(gathering, "MOST_KEPT", 8)
    path = tmp_path / "trail.ndjson"
    path.write_bytes(as_lines(ALL))
    tally = Tally()

    whole = explain_all([str(path)], tally)

    assert (tally.records, tally.untold) == (12, 4)
    assert sum(len(story.lines) for story in whole.stories) == 8


def test_standard_input_is_read_twice(monkeypatch):
    """However it comes."""
    text = io.TextIOWrapper(io.BytesIO(as_lines(ALL)))
    monkeypatch.setattr(sys, "stdin", text)
    tally = Tally()

    found = explain_event(["-"], PORTAL[0]["eventID"], tally)

    assert str(found.seen.note.place) == "-:8"
    assert found.company[0].count == 3
    assert (tally.files, tally.records) == (1, 12)


class Full(io.BytesIO):
    """Where nothing can be kept."""

    def write(self, _data):
        """Fail."""
        raise OSError(28, "No space left on device")


def test_standard_input_that_cannot_be_kept_is_an_error(monkeypatch):
    """The disk is full."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(as_lines(ALL))))
    monkeypatch.setattr(gathering, "SpooledTemporaryFile", lambda _: Full())

    with pytest.raises(InputError, match="cannot be kept to be read again: No space left"):
        explain_event(["-"], "x", Tally())


def test_programs_are_told_the_same(explain):
    """Every part, in JSON."""
    told = explanation_json(explain(ALL, PORTAL[1]))

    assert (told["kind"], told["eventTime"]) == ("sso/Federate", "2025-01-14T09:02:26Z")
    assert told["who"]["name"] == "ana.lopez"
    assert told["who"]["userId"] == ANA
    assert told["what"]["shows"] == [
        {"name": "account", "value": "444455556666"},
        {"name": "role", "value": "PowerUserAccess"},
    ]
    assert told["era"]["eras"] == [AFTER]
    assert [one["secondsAfter"] for one in told["company"][0]["records"]] == [None, 120, 7200]
