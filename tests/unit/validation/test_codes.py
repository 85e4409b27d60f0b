"""Every code: one thing changed in a good record, and just that is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.errors import RequestError
from simulator.records.api.structures import HIDDEN
from simulator.validation import CODES, Options, validate_paths
from tests.unit.validation.stories import (
    a_record,
    as_lines,
    codes_of,
    put,
    report_of,
    story_records,
    without,
)

TESTS = Path(__file__).parent
NEW, OLD, BETWEEN = "post-january-2025", "pre-october-2024", "pre-january-2025"
VERIFICATION, PORTAL = "signin/CredentialVerification", "sso/ListAccounts"
GROUP, TOKEN = "identitystore/CreateGroup", "sso/CreateToken"

# Kind, era, path, new value, code.
CHANGED = [
    (PORTAL, NEW, "userAgent", 7, "E102"),
    (PORTAL, NEW, "userAgent", "", "E102"),
    (PORTAL, NEW, "eventTime", "2025-02-30T08:00:00Z", "E103"),
    (PORTAL, NEW, "eventTime", "2025-01-13 08:00:00", "E103"),
    (PORTAL, NEW, "eventVersion", "2", "E104"),
    (PORTAL, NEW, "eventID", "42", "E105"),
    (PORTAL, NEW, "requestID", "42", "E105"),
    (PORTAL, NEW, "recipientAccountId", "123", "E106"),
    (PORTAL, NEW, "userIdentity.accountId", "123", "E106"),
    (PORTAL, NEW, "awsRegion", "Frankfurt", "E107"),
    (PORTAL, NEW, "sourceIPAddress", "300.1.1.1", "E108"),
    (PORTAL, NEW, "managementEvent", False, "E109"),
    (PORTAL, NEW, "eventCategory", "Data", "E109"),
    (PORTAL, NEW, "userAgent", "é" * 600, "E110"),
    (PORTAL, NEW, "eventID", "xxxx", "W111"),
    (PORTAL, NEW, "sourceIPAddress", "xx.xxx.xxx.xx", "W111"),
    (PORTAL, NEW, "eventName", "ListMoons", "N201"),
    (PORTAL, NEW, "madeUp", 1, "E302"),
    (PORTAL, NEW, "userIdentity.userName", "ana", "E302"),
    (PORTAL, NEW, "userIdentity.type", "Unknown", "E303"),
    (PORTAL, NEW, "userIdentity.onBehalfOf", "user", "E305"),
    (PORTAL, NEW, "readOnly", False, "E303"),
    (PORTAL, NEW, "requestParameters", {"a": 1}, "E305"),
    (PORTAL, NEW, "userIdentity.credentialId", "abc", "E306"),
    (PORTAL, NEW, "userIdentity.onBehalfOf.identityStoreArn", "arn:aws:s3:::x", "E306"),
    (
        PORTAL,
        NEW,
        "userIdentity.onBehalfOf.identityStoreArn",
        "arn:aws:identitystore::111122223333:identitystore/d-99670c1a2b",
        "E307",
    ),
    (VERIFICATION, NEW, "additionalEventData.CredentialType", "SMARTCARD", "W314"),
    (VERIFICATION, NEW, "additionalEventData.CredentialType", "pass word", "E303"),
    (VERIFICATION, NEW, "serviceEventDetails.CredentialVerification", "Maybe", "E303"),
    (VERIFICATION, NEW, "additionalEventData.UserName", "ana", "E302"),
    (GROUP, NEW, "requestParameters.identityStoreId", "d-0000000000", "E307"),
    (GROUP, NEW, "requestParameters.externalId", "x", "W312"),
    (GROUP, NEW, "userIdentity.onBehalfOf", {"userId": "u"}, "N323"),
    (GROUP, NEW, "tlsDetails.keyExchange", "x25519", "N323"),
    (GROUP, NEW, "sharedEventID", "5d1f6a80-2c3b-4e7a-8f90-a1b2c3d4e5f6", "N323"),
    (GROUP, NEW, "eventVersion", "1.05", "N322"),
    (TOKEN, NEW, "responseElements.accessToken", "eyJhbGciOi", "E304"),
    (TOKEN, NEW, "tlsDetails.clientProvidedHostHeader", "sts.eu-central-1.amazonaws.com", "W314"),
    (PORTAL, NEW, "userIdentity.credentialId", "5d1f6a80-2c3b-4e7a-8f90-a1b2c3d4e5f6", "W314"),
]

# Kind, era, path, code.
TAKEN = [
    (PORTAL, NEW, "eventVersion", "E101"),
    (PORTAL, NEW, "userIdentity", "E101"),
    (PORTAL, NEW, "awsRegion", "E101"),
    (PORTAL, NEW, "userIdentity.credentialId", "E301"),
    (PORTAL, OLD, "userIdentity.principalId", "E301"),
    (PORTAL, BETWEEN, "userIdentity.onBehalfOf", "E301"),
    (VERIFICATION, NEW, "serviceEventDetails", "E301"),
    (VERIFICATION, NEW, "additionalEventData.AuthWorkflowID", "E301"),
    (PORTAL, NEW, "managementEvent", "W311"),
    (PORTAL, NEW, "recipientAccountId", "W311"),
    (VERIFICATION, NEW, "userIdentity.arn", "W311"),
    (GROUP, NEW, "requestParameters.displayName", "W312"),
    (GROUP, NEW, "tlsDetails", "N323"),
]


@pytest.mark.parametrize("change", CHANGED, ids=str)
def test_a_member_changed_is_found(tmp_path, change):
    """And the record as it was has no finding."""
    kind, era, path, value, code = change
    record = a_record(kind, era)
    assert codes_of(tmp_path, record) == {}

    assert codes_of(tmp_path, put(record, path, value)) == {code: 1}


@pytest.mark.parametrize(("kind", "era", "path", "code"), TAKEN)
def test_a_member_taken_away_is_found(tmp_path, kind, era, path, code):
    """Whether that is an error depends on what real records lack."""
    assert codes_of(tmp_path, without(a_record(kind, era), path)) == {code: 1}


def test_a_finding_says_where_what_and_of_which_record(tmp_path):
    """Place, code, severity, eventID, kind, and the nearest era."""
    record = without(a_record(PORTAL), "userIdentity.credentialId")

    [finding] = report_of(tmp_path, b"\n" + as_lines([record])).findings

    assert str(finding) == (
        f"{tmp_path}/records.ndjson:2: E301 sso/ListAccounts: userIdentity.credentialId is "
        "missing; expected credentialid of a portal session (nearest: post-january-2025) "
        f"(eventID {record['eventID']})"
    )


def test_a_failed_call_is_a_note(tmp_path):
    """AWS's records of failed calls have an errorCode and no response."""
    record = put(a_record(GROUP), "errorCode", "ConflictException")

    assert codes_of(tmp_path, put(record, "responseElements", None)) == {"N324": 2}


def test_an_undocumented_member_of_an_unknown_kind_is_a_warning(tmp_path):
    """Its envelope is checked all the same."""
    record = put(a_record(PORTAL), "eventSource", "s3.amazonaws.com")

    assert codes_of(tmp_path, record) == {"N201": 1}
    assert codes_of(tmp_path, put(record, "madeUp", 1)) == {"N201": 1, "W114": 1}


def test_a_version_nobody_has_seen_is_a_warning(tmp_path):
    """Consumers must accept any 1.x."""
    assert codes_of(tmp_path, put(a_record(PORTAL), "eventVersion", "1.40")) == {
        "N322": 1,
        "W113": 1,
    }


def test_a_form_of_other_years_is_a_note(tmp_path):
    """Role sessions showed an empty webIdFederationData until 2025."""
    record = put(a_record(GROUP, type="AssumedRole"), "eventTime", "2023-05-01T08:00:00Z")

    assert codes_of(tmp_path, record) == {"N325": 1}


def test_an_excerpt_is_a_warning(tmp_path):
    """Blogs publish a few members of a record."""
    record = a_record(PORTAL)
    for name in ("eventVersion", "eventTime", "eventID"):
        without(record, name)

    assert codes_of(tmp_path, record) == {"W112": 1}


def test_another_order_is_a_note(tmp_path):
    """The examples of 2020 have eventCategory before recipientAccountId."""
    record = a_record(PORTAL)
    account = record.pop("recipientAccountId")

    assert codes_of(tmp_path, {**record, "recipientAccountId": account}) == {"N321": 1}


def test_a_record_of_2020_has_no_error(tmp_path):
    """Version 1.05, another event type, no category."""
    record = put(put(a_record(PORTAL), "eventVersion", "1.05"), "eventType", "AwsApiCall")
    for name in ("managementEvent", "eventCategory", "readOnly"):
        without(record, name)

    assert codes_of(tmp_path, record) == {"N322": 1, "W311": 3, "W313": 1}


def test_an_event_type_of_older_records_is_an_error_in_newer_ones(tmp_path):
    """Negative control of the variety that records of 2020 are allowed."""
    assert codes_of(tmp_path, put(a_record(PORTAL), "eventType", "AwsApiCall")) == {"E303": 1}


def test_the_administrators_event_of_the_same_name_is_another_kind(tmp_path):
    """One pair of source and name is two events, of which the other may be unknown."""
    called = next(
        record
        for record in story_records()
        if record["eventName"] == "ListApplications" and record["eventType"] == "AwsApiCall"
    )
    unknown = put(a_record("sso/ListAccounts"), "eventType", "AwsApiCall")
    put(unknown, "userIdentity", {"type": "Root", "accountId": "777788889999"})

    records = sorted([called, unknown], key=lambda record: record["eventTime"])
    report = report_of(tmp_path, as_lines(records))

    assert dict(report.kinds) == {"sso/ListAccounts@api": 1, "sso/ListApplications@api": 1}
    assert dict(report.codes) == {"N201": 1}


def test_parameters_of_a_call_are_those_of_its_api(tmp_path):
    """Unknown and missing members, order, types, words; a failed call may lack anything."""
    kind = "sso/CreateAccountAssignment"

    def found(path: str, value) -> dict[str, int]:
        return codes_of(tmp_path, put(a_record(kind), f"requestParameters.{path}", value))

    moved = a_record(kind)
    target = moved["requestParameters"].pop("targetId")
    moved["requestParameters"]["targetId"] = target
    failed = without(a_record(kind), "requestParameters.targetId")
    failed = {"errorCode": "ValidationException", "errorMessage": "no target", **failed}
    failed["responseElements"] = None

    assert codes_of(tmp_path, a_record(kind)) == {}
    assert found("favouriteColour", "red") == {"W312": 1}
    assert found("targetType", "AWS_PLANET") == {"W312": 1}
    assert found("targetId", 7) == {"E305": 1}
    assert codes_of(tmp_path, moved) == {"N321": 1}
    assert codes_of(tmp_path, without(a_record(kind), "requestParameters.targetId")) == {"E301": 1}
    assert "E301" not in codes_of(tmp_path, failed)
    assert codes_of(
        tmp_path, put(a_record(kind), "responseElements.accountAssignmentCreationStatus", 7)
    ) == {"W312": 1}


def test_a_call_of_the_console_in_2017_is_known(tmp_path):
    """As the user guide showed it: older, with fewer members, and no error."""
    record = a_record("sso/DescribePermissionsPolicies")
    record |= {
        "eventVersion": "1.05",
        "eventTime": "2017-11-29T22:39:43Z",
        "requestParameters": {"permissionSetId": "ps-0a1b2c3d4e5f6071"},
        "resources": [],
    }
    for member in ("managementEvent", "eventCategory", "tlsDetails"):
        record.pop(member, None)

    report = report_of(tmp_path, as_lines([record]))

    assert dict(report.kinds) == {"sso/DescribePermissionsPolicies": 1}
    assert not [code for code in report.codes if code.startswith("E")]


def test_what_a_call_hides_is_hidden(tmp_path):
    """And a message says where it is not."""
    record = a_record("iam/CreateSAMLProvider")

    [finding] = report_of(
        tmp_path, as_lines([put(record, "requestParameters.addPrivateKey", "-----BEGIN")])
    ).findings

    assert (finding.code, finding.message) == (
        "E304",
        "requestParameters.addPrivateKey is -----BEGIN; expected HIDDEN_DUE_TO_SECURITY_REASONS",
    )


def test_a_login_with_a_query_is_unusual(tmp_path):
    """So are the published examples of 2020."""
    record = a_record("signin/UserAuthentication")
    link = record["additionalEventData"]["LoginTo"] + "?state=a&organization=d-1"

    assert codes_of(tmp_path, put(record, "additionalEventData.LoginTo", link)) == {"W314": 1}
    assert codes_of(tmp_path, put(record, "additionalEventData.LoginTo", "me")) == {"E306": 1}


def test_an_identity_of_another_type_is_rare_for_a_call_and_wrong_for_a_sign_in(tmp_path):
    """Calls come from all sorts of callers."""
    service = {"type": "AWSService", "invokedBy": "sso.amazonaws.com"}

    called = codes_of(tmp_path, put(a_record(GROUP), "userIdentity", service))
    signed = codes_of(tmp_path, put(a_record(VERIFICATION), "userIdentity", service))

    assert not any(code.startswith("E") for code in called)
    assert any(code.startswith("E") for code in signed)


def test_a_success_needs_a_user(tmp_path):
    """Nobody is verified whom the store does not know."""
    record = a_record(VERIFICATION, CredentialVerification="Success")
    put(record, "userIdentity.type", "Unknown")
    without(without(record, "userIdentity.onBehalfOf"), "userIdentity.credentialId")

    assert codes_of(tmp_path, record) == {"E303": 1}


def test_a_mask_in_the_place_of_a_name_tells_the_era(tmp_path):
    """A hidden group name is a form of January 2025, a clear one of the eras before."""
    record = a_record(GROUP, BETWEEN)

    assert dict(report_of(tmp_path, as_lines([record])).eras) == {
        "pre-october-2024 or pre-january-2025": 1
    }
    put(record, "requestParameters.displayName", HIDDEN)
    assert dict(report_of(tmp_path, as_lines([record])).eras) == {"post-january-2025": 1}


def test_the_era_of_the_time_is_checked_when_a_cutover_is_given(tmp_path):
    """Off by default, because the roll-out went Region by Region."""
    after = put(a_record(PORTAL, BETWEEN), "eventTime", "2025-03-01T08:00:00Z")

    assert codes_of(tmp_path, after) == {}
    assert codes_of(tmp_path, after, cutover="announced") == {"E331": 1}
    assert codes_of(tmp_path, after, cutover="revised") == {}
    assert codes_of(tmp_path, after, cutover={"eu-central-1": 0}) == {"E331": 1}


def test_a_cutover_that_is_none_is_refused():
    """Before anything is read."""
    with pytest.raises(RequestError, match="--cutover 'soon'"):
        validate_paths(["/nowhere"], options=Options(cutover="soon"))


def test_findings_are_counted_beyond_the_limit(tmp_path):
    """Exact counts, bounded lists."""
    record = put(a_record(PORTAL), "readOnly", value=False)
    records = [{**record, "eventID": f"{place:08x}{record['eventID'][8:]}"} for place in range(30)]

    report = report_of(tmp_path, as_lines(records), limit=3)

    assert report.codes["E303"] == 30
    assert len(report.findings) == 3
    assert report.has_errors
    assert report.exit_status == 1


def test_what_is_ours_has_no_excuse(tmp_path):
    """A note on foreign records is an error on our own."""
    record = put(a_record(PORTAL), "eventName", "ListMoons")

    assert report_of(tmp_path, as_lines([record])).exit_status == 0
    assert report_of(tmp_path, as_lines([record]), ours=True).exit_status == 1


def test_every_code_has_a_meaning_and_a_test():
    """Codes are stable: a new one needs a row here."""
    files = ("test_codes.py", "test_reading.py", "test_correlations.py")
    text = "".join((TESTS / name).read_text() for name in files)

    assert [code for code in CODES if f'"{code}"' not in text] == []


def test_a_size_is_measured_in_bytes(tmp_path):
    """Of each payload, and of the whole."""
    record = a_record(GROUP)

    found = codes_of(tmp_path, put(record, "requestParameters.description", "x" * 110_000))

    assert found["E110"] == 1
    assert codes_of(tmp_path, put(record, "requestParameters.description", "x" * 270_000)) == {
        **found,
        "E110": 2,
    }
    assert len(story_records()) > 1000
