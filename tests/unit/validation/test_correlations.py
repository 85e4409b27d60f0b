"""What holds across records: each thing broken alone is found alone."""

from __future__ import annotations

import copy

import pytest

from simulator.validation import memory
from tests.builders import ACCOUNT
from tests.unit.validation.stories import (
    a_record,
    as_lines,
    codes_of,
    put,
    report_of,
    story_records,
    without,
)

PORTAL = "sso/ListAccounts"
OTHER = "5d1f6a80-2c3b-4e7a-8f90-a1b2c3d4e5f6"
EDGE = "0c9b8a71-6d5e-4f40-9a3b-2c1d0e0f1a2b"


def workflow(**wanted) -> list[dict]:
    """Return all records of one sign-in of the story."""
    first = a_record("signin/UserAuthentication", **wanted)
    workflow_id = first["additionalEventData"]["AuthWorkflowID"]
    return [
        record
        for record in story_records(era="post-january-2025")
        if (record.get("additionalEventData") or {}).get("AuthWorkflowID") == workflow_id
    ]


def with_code() -> list[dict]:
    """Return a sign-in with a password and a code: five records."""
    return workflow(CredentialType="PASSWORD,TOTP")


def again(record: dict, **changes) -> dict:
    """Return a record like another, with an eventID and requestID of its own."""
    event_id = OTHER[:-4] + record["eventID"][-4:]
    return {**copy.deepcopy(record), "eventID": event_id, "requestID": event_id, **changes}


def test_a_good_sign_in_has_no_finding(tmp_path):
    """In any order of its records but for the note about the order."""
    records = with_code()

    assert len(records) == 5
    assert codes_of(tmp_path, *records) == {}
    assert set(codes_of(tmp_path, *reversed(records))) == {"N451"}


@pytest.mark.parametrize(("time", "code"), [(None, "W402"), ("2025-06-01T08:00:00Z", "E401")])
def test_an_event_id_twice(tmp_path, time, code):
    """Trails deliver at least once, but never another event under the same id."""
    record = a_record(PORTAL)
    other = {**record, "requestID": OTHER, "eventTime": time or record["eventTime"]}

    report = report_of(tmp_path, as_lines([record, other]))

    assert dict(report.codes) == {code: 1}
    [finding] = report.findings
    assert finding.place.line == 2
    assert finding.event_id == record["eventID"]
    assert f"{tmp_path}/records.ndjson:1" in finding.message


def test_an_event_id_twice_in_two_files(tmp_path):
    """Wherever it stands."""
    record = a_record(PORTAL)
    (tmp_path / "a.ndjson").write_bytes(as_lines([record]))

    assert codes_of(tmp_path, record) == {}
    assert dict(report_of_folder(tmp_path).codes) == {"W402": 1}


def report_of_folder(folder):
    """Return what validating a folder finds."""
    from simulator.validation import validate_paths  # noqa: PLC0415  # beside its one use

    return validate_paths([str(folder)])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sourceIPAddress", "192.0.2.99"),
        ("userAgent", "another"),
        ("eventTime", "2025-06-01T08:00:00Z"),
    ],
)
def test_records_of_one_request_agree(tmp_path, name, value):
    """A request has one time, one address, one user agent."""
    record = a_record(PORTAL)
    other = {**again(record), "requestID": record["requestID"]}

    assert codes_of(tmp_path, record, other) == {}
    assert codes_of(tmp_path, record, {**other, name: value}) == {"W403": 1}


def test_a_workflow_has_one_user(tmp_path):
    """By id where it is shown."""
    records = with_code()
    other = put(again(records[0]), "userIdentity.onBehalfOf.userId", OTHER)

    assert codes_of(tmp_path, *records, other, ours=False)["E411"] == 1


def test_a_workflow_has_one_client(tmp_path):
    """A person rarely changes network within a sign-in."""
    records = with_code()
    records[0]["sourceIPAddress"] = "192.0.2.99"

    assert codes_of(tmp_path, *records) == {"W412": 4}


def test_a_workflow_has_one_credential_id(tmp_path):
    """And no other workflow has it."""
    records = with_code()
    assert codes_of(
        tmp_path, *records[1:], put(records[0], "userIdentity.credentialId", OTHER)
    ) == {"E413": 1, "N451": 1}

    records, others = with_code(), workflow(CredentialType="PASSWORD,WEBAUTHN")
    for record in others:
        if "credentialId" in record["userIdentity"]:
            put(record, "userIdentity.credentialId", records[0]["userIdentity"]["credentialId"])
    assert codes_of(tmp_path, *records, *others) == {"W417": 1}


def test_a_sign_in_and_a_portal_session_have_no_credential_id_in_common(tmp_path):
    """AWS: it cannot be used to correlate them."""
    records = with_code()
    portal = a_record(PORTAL)
    put(portal, "userIdentity.credentialId", records[0]["userIdentity"]["credentialId"])
    portal["eventTime"] = records[-1]["eventTime"]

    assert codes_of(tmp_path, *records, portal) == {"E418": 1, "W314": 1}
    portal["eventTime"] = records[0]["eventTime"]
    assert codes_of(tmp_path, portal, *records) == {"E418": 5, "W314": 1}


def test_a_verification_needs_a_challenge(tmp_path):
    """Of its own credential type, not after it."""
    records = with_code()

    assert codes_of(tmp_path, records[0], records[1], *records[3:]) == {"W414": 1}


def test_user_authentication_needs_what_it_lists(tmp_path):
    """All of it verified, none of it left out."""
    records = with_code()
    assert codes_of(tmp_path, *records[:3], records[4]) == {"E415": 1}

    records = with_code()
    put(records[3], "serviceEventDetails.CredentialVerification", "Failure")
    assert codes_of(tmp_path, *records)["E415"] == 1

    records = with_code()
    put(records[4], "additionalEventData.CredentialType", "PASSWORD")
    assert codes_of(tmp_path, *records) == {"W416": 1}


def test_a_workflow_that_began_before_the_input_is_let_be(tmp_path):
    """A file may begin in the middle of a sign-in, but only at its beginning."""
    records = with_code()
    assert codes_of(tmp_path, *records[3:]) == {}

    early = {**a_record(PORTAL), "eventTime": "2024-01-01T08:00:00Z"}
    assert codes_of(tmp_path, early, *records[3:]) == {"E415": 1, "W414": 1}


def test_a_sign_in_by_an_external_idp_verifies_nothing_here(tmp_path):
    """UserAuthentication comes alone."""
    early = {**a_record(PORTAL), "eventTime": "2024-01-01T08:00:00Z"}

    assert codes_of(tmp_path, early, *workflow(CredentialType="EXTERNAL_IDP")) == {}


def test_a_portal_session_has_one_user(tmp_path):
    """Its credentialId is its own."""
    record = a_record(PORTAL)
    other = put(again(record), "userIdentity.onBehalfOf.userId", OTHER)

    assert codes_of(tmp_path, record, again(record)) == {}
    assert codes_of(tmp_path, record, other) == {"E421": 1}


def test_a_token_is_used_before_it_ends(tmp_path):
    """Its credentialId begins with the instant."""
    record = a_record("sso/GetRoleCredentials")
    assert len(record["userIdentity"]["credentialId"]) == 86
    record["eventTime"] = "2025-12-01T08:00:00Z"

    assert codes_of(tmp_path, record) == {"W422": 1}


def test_a_name_qualifier_is_a_hash(tmp_path):
    """Of issuer, account and SAML provider, as the record has them."""
    record = a_record("sts/AssumeRoleWithSAML")
    other = put(again(record), "responseElements.nameQualifier", f"{'A' * 27}=")

    assert codes_of(tmp_path, record) == {}
    assert codes_of(tmp_path, other) == {"W423": 1}


def test_a_user_has_one_name_and_a_name_one_user(tmp_path):
    """Where both are shown."""
    record = a_record(PORTAL, "pre-october-2024")
    renamed = put(again(record), "userIdentity.userName", "someone")
    double = put(again(record), "userIdentity.principalId", OTHER)

    assert codes_of(tmp_path, record, again(record)) == {}
    assert codes_of(tmp_path, record, renamed) == {"W431": 1}
    assert codes_of(tmp_path, record, double) == {"W431": 1}


def test_a_name_may_pass_on_when_its_user_is_renamed(tmp_path):
    """A change of userName hides the value."""
    record = a_record(PORTAL, "pre-october-2024")
    renamed = put(again(record), "userIdentity.userName", "someone")
    update = a_record("identitystore/UpdateUser", "pre-october-2024")
    update["requestParameters"]["userId"] = record["userIdentity"]["principalId"]
    put(update, "requestParameters.operations.0.attributePath", "userName")
    update["eventTime"] = record["eventTime"]

    assert codes_of(tmp_path, record, update, renamed) == {}


@pytest.mark.parametrize(
    ("made", "used", "member"),
    [
        ("identitystore/CreateGroup", "identitystore/DescribeGroup", "groupId"),
        ("identitystore/CreateUser", "identitystore/DescribeUser", "userId"),
        (
            "sso-directory/CompleteVirtualMfaDeviceRegistration",
            "sso-directory/UpdateMfaDeviceForUser",
            "deviceId",
        ),
    ],
)
def test_nothing_is_used_before_it_was_made(tmp_path, made, used, member):
    """Groups, users and MFA devices alike."""
    first, second = a_record(made), a_record(used)
    second["requestParameters"][member] = first["responseElements"][member]
    if member == "userId":
        second["requestParameters"] = {**second["requestParameters"]}
    first["eventTime"], second["eventTime"] = "2025-01-14T08:00:00Z", "2025-01-14T09:00:00Z"
    assert codes_of(tmp_path, first, second) == {}

    first["eventTime"] = "2025-01-14T10:00:00Z"
    assert codes_of(tmp_path, second, first) == {"W441": 1}


@pytest.mark.parametrize(
    ("deleted", "used", "member"),
    [
        ("identitystore/DeleteGroup", "identitystore/DescribeGroup", "groupId"),
        ("identitystore/DeleteUser", "identitystore/DescribeUser", "userId"),
        (
            "sso-directory/DeleteMfaDeviceForUser",
            "sso-directory/UpdateMfaDeviceForUser",
            "deviceId",
        ),
    ],
)
def test_nothing_is_used_after_it_was_deleted(tmp_path, deleted, used, member):
    """But failed calls may name it."""
    first, second = a_record(deleted), a_record(used)
    second["requestParameters"][member] = first["requestParameters"][member]
    first["eventTime"], second["eventTime"] = "2025-01-14T08:00:00Z", "2025-01-14T09:00:00Z"

    assert codes_of(tmp_path, first, second) == {"W442": 1}
    put(second, "errorCode", "ResourceNotFoundException")
    assert codes_of(tmp_path, first, second) == {"N324": 1}


def test_records_out_of_order_are_a_note_and_for_ours_an_error(tmp_path):
    """CloudTrail's files promise no order."""
    first, *_, last = story_records(era="post-january-2025")[:200]

    assert codes_of(tmp_path, last, first) == {"N451": 1}
    assert report_of(tmp_path, as_lines([last, first]), ours=True).exit_status == 1


def test_tables_forget_the_oldest():
    """Two generations, and what is asked for stays."""
    table = memory.Recent[int](size=2)
    for number in range(4):
        assert table.put(str(number), number) == []
    assert table.get("0") == 0

    assert table.put("4", 4) == [1]
    assert table.get("1") is None
    assert sorted(table.rest()) == [0, 2, 3, 4]


def shared() -> tuple[dict, dict]:
    """Return both records of a call by the delegated administrator."""
    first = next(one for one in story_records() if "sharedEventID" in one)
    both = [one for one in story_records() if one.get("sharedEventID") == first["sharedEventID"]]
    return both[0], both[1]


def surrounded(*records: dict) -> list[dict]:
    """Return records with others long before and after them, which other accounts received."""
    edges = a_record("identitystore/ListUsers")
    return [
        {**again(edges), "eventTime": "2024-06-01T08:00:00Z"},
        *records,
        {**edges, "eventID": EDGE, "requestID": EDGE, "eventTime": "2026-06-01T08:00:00Z"},
    ]


def shared_codes(folder, *records, **options) -> dict[str, int]:
    """Return the codes found in records that others surround, and not in those others alone."""
    alone = codes_of(folder, *surrounded(), **options)
    found = codes_of(folder, *surrounded(*records), **options)
    return {code: count for code, count in found.items() if count != alone.get(code, 0)}


@pytest.mark.parametrize("ours", [True, False])
def test_both_records_of_a_shared_call_are_alike(tmp_path, ours):
    """But for the account that received each, and eventID."""
    owners, administrators = shared()

    assert shared_codes(tmp_path, owners, administrators, ours=ours) == {}
    assert owners["recipientAccountId"] == ACCOUNT
    assert administrators["recipientAccountId"] == administrators["userIdentity"]["accountId"]
    assert owners["eventID"] != administrators["eventID"]


@pytest.mark.parametrize("missing", [0, 1])
def test_a_shared_call_of_which_one_record_is_missing(tmp_path, missing):
    """Where records of the other account are there."""
    record, other = shared()[1 - missing], shared()[missing]
    unshared = {**again(without(other, "sharedEventID")), "requestID": OTHER}

    assert shared_codes(tmp_path, record, unshared) == {"N452": 1}
    assert "N452" in codes_of(tmp_path, *surrounded(record, unshared), ours=True)


def test_the_records_of_one_account_alone_miss_nothing(tmp_path):
    """Whoever has the files of one account has one record of each call."""
    owners, _ = shared()

    assert shared_codes(tmp_path, owners) == {}


def test_a_shared_call_at_the_edge_of_the_input_may_be_cut_off(tmp_path):
    """A part of a file ends between two records."""
    owners, administrators = shared()
    unshared = {**again(without(administrators, "sharedEventID")), "requestID": OTHER}

    assert codes_of(tmp_path, unshared, owners) == {}


def test_records_of_one_call_with_two_shared_ids(tmp_path):
    """Negative control: the request is one, the sharedEventID is not, and each is alone."""
    owners, administrators = shared()
    administrators["sharedEventID"] = OTHER

    assert shared_codes(tmp_path, owners, administrators) == {"W403": 1, "N452": 2}


@pytest.mark.parametrize(
    ("path", "value", "codes"),
    [
        ("eventTime", "2025-06-01T08:00:00Z", {"W403": 1, "W404": 1}),
        ("requestID", OTHER, {"W404": 1}),
        ("userIdentity.principalId", "AROAZ2UDKR3HQ7V5JX2KM:eve", {"W404": 1}),
        ("awsRegion", "us-east-1", {"W404": 1}),
    ],
)
def test_records_of_a_shared_call_that_differ(tmp_path, path, value, codes):
    """What happened is one thing."""
    owners, administrators = shared()
    put(administrators, path, value)

    found = shared_codes(tmp_path, owners, administrators)

    assert {code: found.get(code) for code in codes} == codes


def test_one_account_with_two_records_of_a_shared_call(tmp_path):
    """Each account receives one; one that is delivered twice has one eventID."""
    owners, administrators = shared()
    twice = {**owners, "eventID": OTHER}

    assert shared_codes(tmp_path, owners, administrators, twice) == {"W405": 1}
    assert shared_codes(tmp_path, owners, administrators, owners) == {"W402": 1}
