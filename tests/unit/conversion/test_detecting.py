"""Which era a record is in, also where it is not this program's."""

from __future__ import annotations

import copy

import pytest

from simulator.cli.samples import samples
from simulator.conversion import Tally, detect_files, detected
from simulator.errors import InputError
from simulator.primitives.jsontext import json_text
from simulator.records.eras import ERA_NAMES
from simulator.records.eras.january_2025 import CHANGES as JANUARY
from simulator.records.eras.october_2024 import CHANGES as OCTOBER

FIRST, BEFORE, AFTER = ERA_NAMES
NO_USER_NAME, NO_PRINCIPAL, NEW_TYPE, NO_GROUP_NAME, NO_TYPED_NAME = (one.quote for one in JANUARY)
ON_BEHALF_OF, USER_NAME = (one.quote for one in OCTOBER)

# The announcement's own excerpts, as they are printed there.
PUBLISHED_BEFORE = {
    "eventName": "CredentialChallenge",
    "eventSource": "signin.amazonaws.com",
    "userIdentity": {
        "type": "Unknown",
        "userName": "anyuser",
        "accountId": "123456789012",
        "principalId": "123456789012",
        "onBehalfOf": {
            "userId": "a11111-1111-1111-11a1-111aa111aa11",
            "identityStoreArn": "arn:aws:identitystore::111111111:identitystore/d-111111a1a",
        },
        "credentialId": "1111a111111111a1a11111a1a[…]",
    },
    "additionalEventData": {"CredentialType": "PASSWORD", "UserName": "anyuser"},
}
PUBLISHED_AFTER = {
    **PUBLISHED_BEFORE,
    "userIdentity": {
        "type": "IdentityCenterUser",
        **{
            name: PUBLISHED_BEFORE["userIdentity"][name]
            for name in ("accountId", "onBehalfOf", "credentialId")
        },
    },
}


def record(kind: str, era: str, case: int = 0) -> dict:
    """Return an example record of a kind, as an era has it."""
    return samples(kind)[case].record(era)


def stands(made: dict) -> dict[str, str]:
    """Return how a record stands to each row that is about it."""
    return {one.row: one.stand for one in detected(made).rows}


@pytest.mark.parametrize("era", ERA_NAMES)
def test_a_portal_record_is_of_one_era(era):
    """It shows who acted in another way in each."""
    assert detected(record("sso/Authenticate", era)).eras == (era,)


def test_every_row_about_a_record_is_told():
    """A portal record knows of the four rows about the user identity."""
    assert stands(record("sso/Federate", FIRST)) == {
        ON_BEHALF_OF: "before",
        NO_USER_NAME: "before",
        NO_PRINCIPAL: "before",
        NEW_TYPE: "before",
    }
    assert set(stands(record("sso/Federate", AFTER)).values()) == {"after"}
    assert stands(record("sso/Federate", BEFORE)) == {
        ON_BEHALF_OF: "after",
        NO_USER_NAME: "before",
        NO_PRINCIPAL: "before",
        NEW_TYPE: "before",
    }


@pytest.mark.parametrize(
    ("kind", "eras"),
    [
        ("iam/CreateRole", ERA_NAMES),
        ("sso-directory/DescribeUser", ERA_NAMES),
        ("identitystore/CreateGroup", (FIRST, BEFORE)),
    ],
)
def test_where_nothing_tells_every_era_is_named(kind, eras):
    """`either` is said of what no change is about; group names have changed once."""
    found = detected(record(kind, FIRST))

    assert found.eras == eras
    assert found.era == ("either" if eras == ERA_NAMES else f"{FIRST} or {BEFORE}")


def test_the_announcements_excerpts_are_before_and_after():
    """Though they leave out members that every record has."""
    assert detected(PUBLISHED_BEFORE).eras == (BEFORE,)
    assert detected(PUBLISHED_AFTER).eras == (AFTER,)
    assert detected(PUBLISHED_AFTER).broken == ()


def test_a_row_that_is_broken_is_told():
    """A record of the new type that still names its user."""
    made = record("sso/Authenticate", AFTER)
    made["userIdentity"]["userName"] = "ana.lopez"

    found = detected(made)

    assert (found.eras, found.broken) == ((AFTER,), (NO_USER_NAME,))


def test_a_row_that_is_half_true_is_mixed():
    """A group's name that is hidden in the request and not in the response."""
    made = record("sso-directory/CreateGroup", AFTER)
    made["responseElements"]["group"]["displayName"] = "Contractors"

    assert stands(made)[NO_GROUP_NAME] == "mixed"
    assert detected(made).broken == (NO_GROUP_NAME,)


def test_members_that_no_shape_has_change_nothing():
    """Foreign records have more, and in another order."""
    made = copy.deepcopy(record("sso/ListAccounts", BEFORE))
    made["userIdentity"] = dict(reversed(made["userIdentity"].items()))
    made["userIdentity"]["inScopeOf"] = {"issuerType": "constructed"}
    made["vendor"] = {"seen": True}

    assert detected(made).eras == (BEFORE,)


@pytest.mark.parametrize("identity", [None, [], "Unknown", {"type": 1}, {"onBehalfOf": []}])
def test_odd_identities_are_no_reason_to_stop(identity):
    """Whatever stands there, something is detected."""
    made = {**record("sso/Logout", AFTER), "userIdentity": identity}

    assert set(detected(made).eras) <= set(ERA_NAMES)


@pytest.mark.parametrize("value", [None, 7, [], {}, [["TOTP"]]])
def test_odd_words_are_no_reason_to_stop(value):
    """Where one of a few words should stand."""
    made = record("signin/CredentialChallenge", AFTER)
    made["additionalEventData"]["CredentialType"] = value

    assert set(detected(made).eras) <= set(ERA_NAMES)


def test_an_unknown_kind_has_no_era():
    """Neither has what has no event name."""
    assert detected({"eventSource": "s3.amazonaws.com", "eventName": "GetObject"}).eras == ()
    assert detected({}).era == "unknown kind"


@pytest.mark.parametrize("value", [{"value": "PASSWORD"}, ["PASSWORD"], None, 7])
@pytest.mark.parametrize("kind", ["signin/CredentialChallenge", "sso/Logout"])
def test_anything_may_stand_in_any_place(kind, value):
    """Every member in turn, also where one of a few words is looked for."""
    made = record(kind, FIRST)
    for name, inner in made.items():
        assert detected({**made, name: value}).era
        for below in inner if isinstance(inner, dict) else ():
            assert set(detected({**made, name: {**inner, below: value}}).eras) <= set(ERA_NAMES)


def test_files_are_tallied_and_what_is_no_record_is_kept(tmp_path):
    """By kind and era, and by row."""
    path = tmp_path / "some.json"
    made = [record("sso/Logout", FIRST), record("sso/Logout", AFTER), record("iam/GetRole", AFTER)]
    path.write_bytes(b"".join(json_text(one) + b"\n" for one in made) + b"{broken\n")
    tally = Tally()

    places = [str(place) for place, _, _ in detect_files([str(path)], tally)]

    assert places == [f"{path}:{line}" for line in (1, 2, 3)]
    assert tally.kinds == {"sso/Logout": {FIRST: 1, AFTER: 1}, "iam/GetRole": {"either": 1}}
    assert tally.rows[NEW_TYPE] == {"before": 1, "after": 1, "broken": 0}
    assert (tally.records, tally.troubles, tally.unread[0].place.line) == (3, 1, 4)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    """As `validate` refuses it."""
    with pytest.raises(InputError, match="no such file"):
        list(detect_files([str(tmp_path / "none.json")], Tally()))
