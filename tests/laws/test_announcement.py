"""The announcement's table of changes, row by row and cell by cell.

"Important changes to CloudTrail events for AWS IAM Identity Center", AWS Security Blog,
19 November 2024 (`ANNOUNCEMENT` in `simulator.records.kinds`, read 2026-11). Each row and
each cell is quoted. A record is compared with itself in the era before: the same event of
the same episode, one era later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from simulator.engines import selection, stepwise
from simulator.flows import FLOWS
from simulator.plan.episodes import block_of
from simulator.records.eras import ERAS
from simulator.records.eras.january_2025 import CHANGES as JANUARY
from simulator.records.eras.ladder import climb
from simulator.records.eras.october_2024 import CHANGES as OCTOBER
from simulator.records.kinds import GROUPS, KINDS, MFA
from simulator.records.kinds import OIDC as OIDC_GROUP
from simulator.records.kinds import PORTAL as PORTAL_GROUP
from simulator.records.kinds import SIGN_IN as SIGN_IN_GROUP
from tests.builders import ACCOUNT, TEXTS, a_plan, a_row, rendered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

pytestmark = pytest.mark.laws

H = "HIDDEN_DUE_TO_SECURITY_REASONS"
FIRST, BEFORE, AFTER = "pre-october-2024", "pre-january-2025", "post-january-2025"

PORTAL, OIDC, SIGN_IN, STORE = "AWS access portal", "OIDC", "Sign-in", "Identity Store"
AUTHENTICATED, FAILED, UNKNOWN = "authenticated", "failed", "unknown user"

OIDC_ONLY = "Yes, limited to the CreateToken event"
SUCCESSFUL = "Yes, limited to successful authentications"
DEVICES = "Yes, limited to MFA management in the AWS access portal"
ADMINISTRATIVE = "Yes, limited to administrative CreateGroup and UpdateGroup events"
CHALLENGE = "Yes, limited to the CredentialChallenge event"
SPECIFIC = "Yes, limited to CredentialChallenge and UserAuthentication events in specific cases"

NO_USER_NAME = "Exclusion of userName from the userIdentity element for authenticated users"
NO_PRINCIPAL = "Exclusion of principalId from the userIdentity element"
NEW_TYPE = "Modified userIdentity’s type value from Unknown to IdentityCenterUser"  # noqa: RUF001  # as printed
NO_GROUP_NAME = (
    "Exclusion of the group displayName value from the requestParameters and "
    "responseElements elements"
)
NO_TYPED_NAME = (
    "Exclusion of the UserName (in the additionalEventData element) a user keys in on "
    "failed authentication attempts"
)
ON_BEHALF_OF = (
    "Addition of the onBehalfOf element with userId and identityStoreArn, and "
    "credentialId in the userIdentity element"
)
USER_NAME = "Addition of UserName in additionalEventData element"

CELLS = {
    NO_USER_NAME: {PORTAL: "Yes", OIDC: OIDC_ONLY, SIGN_IN: "Yes", STORE: DEVICES},
    NO_PRINCIPAL: {PORTAL: "Yes", OIDC: OIDC_ONLY, SIGN_IN: "Yes", STORE: DEVICES},
    NEW_TYPE: {PORTAL: "Yes", OIDC: OIDC_ONLY, SIGN_IN: SUCCESSFUL, STORE: DEVICES},
    NO_GROUP_NAME: {PORTAL: "No", OIDC: "No", SIGN_IN: "No", STORE: ADMINISTRATIVE},
    NO_TYPED_NAME: {PORTAL: "No", OIDC: "No", SIGN_IN: CHALLENGE, STORE: "No"},
    ON_BEHALF_OF: {PORTAL: "Yes", OIDC: OIDC_ONLY, SIGN_IN: SUCCESSFUL, STORE: DEVICES},
    USER_NAME: {PORTAL: "No", OIDC: "No", SIGN_IN: SPECIFIC, STORE: "No"},
}
"""Row to event group to cell. The first five rows are "Available as of January 13, 2025"."""

SINCE_OCTOBER = {ON_BEHALF_OF, USER_NAME}
"""Rows that are "Available as of October 2024"."""


@dataclass(frozen=True, slots=True)
class Change:
    """One record, in the era before and in the era after."""

    flow: str
    case: str
    old: dict
    new: dict

    @property
    def name(self) -> str:
        """Return the event's name."""
        return self.old["eventName"]

    @property
    def by_user(self) -> bool:
        """Return whether a user acts, not an administrator."""
        return self.old["userIdentity"]["type"] == "Unknown"


# What happens in each group, by how it turns out: flow to the columns that matter.
EPISODES: Mapping[tuple[str, str], tuple[tuple[str, Mapping[str, int]], ...]] = {
    (PORTAL, AUTHENTICATED): (
        ("portal", {}),
        ("portal-accounts", {}),
        ("portal-roles", {}),
        ("portal-profiles", {}),
        ("console", {}),
        ("credentials", {}),
        ("credentials", {"by_token": 1}),
        ("sign-out", {}),
    ),
    (OIDC, AUTHENTICATED): (("device-grant", {}), ("code-grant", {}), ("refresh", {})),
    (SIGN_IN, AUTHENTICATED): (
        ("sign-in", {}),
        ("sign-in", {"factor": 1, "code_tries": 1, "code_ok": 1}),
        ("sign-in", {"factor": 2, "code_tries": 1, "code_ok": 1}),
        ("sign-in", {"factor": 3, "code_tries": 1, "code_ok": 1}),
        ("sign-in", {"factor": 1, "code_tries": 1, "resync": 0, "code_ok": 1}),
        ("sign-in", {"enrolment": 1}),
        ("sign-in-by-email", {"code_tries": 1, "code_ok": 1}),
        ("sign-in-by-idp", {}),
    ),
    (SIGN_IN, FAILED): (
        ("sign-in", {"password_tries": 2, "password_ok": 0, "signed_in": 0}),
        ("sign-in", {"password_tries": 0, "password_ok": 0, "password_open": 1, "signed_in": 0}),
        ("sign-in-by-email", {"code_tries": 1, "code_ok": 0, "signed_in": 0}),
    ),
    (SIGN_IN, UNKNOWN): (
        (
            "sign-in",
            {
                "known": 0,
                "user": -1,
                "typed": 0,
                "typed_form": 3,
                "password_ok": 0,
                "signed_in": 0,
            },
        ),
    ),
    (STORE, AUTHENTICATED): (
        ("register-device", {"device_type": 1}),
        ("register-device", {"device_type": 2}),
        ("rename-device", {}),
        ("delete-device", {}),
        ("list-devices", {}),
        ("admin-register-device", {"device_type": 1}),
        ("admin-register-device", {"device_type": 2}),
        ("admin-rename-device", {}),
        ("admin-delete-device", {}),
        ("admin-list-devices", {}),
        *((kind.name, {}) for kind in KINDS if kind.group == GROUPS),
        ("sso-directory/UpdateGroup", {"group_name": -1}),
        ("sso-directory/DeleteGroup", {}),
        ("identitystore/CreateUser", {}),
        ("identitystore/DescribeGroup", {}),
    ),
}

CASES = tuple(EPISODES)
BY_NAME = {flow.name: flow for flow in FLOWS}


def changes(engine, row: str, group: str, case: str, **switches: int) -> Iterator[Change]:
    """Yield every record of a group and case, in the era before a row and after it."""
    eras = (FIRST, BEFORE) if row in SINCE_OCTOBER else (BEFORE, AFTER)
    for name, columns in EPISODES[group, case]:
        flow = BY_NAME[name]
        block = block_of(flow, [a_row(flow, **columns)])
        old, new = (rendered(engine, a_plan([block], eras=era, constants=switches)) for era in eras)
        assert old
        for one, two in zip(old, new, strict=True):
            assert one["eventID"] == two["eventID"]
            # What users leave in the accounts they enter is not Identity Center's.
            if one["recipientAccountId"] != ACCOUNT:
                continue
            if group != SIGN_IN or one["eventSource"] == "signin.amazonaws.com":
                yield Change(name, case, one, two)


def _is_specific(change: Change) -> bool:
    """Ask whether this is one of the "specific cases", as the user guide has them.

    CredentialChallenge "for PASSWORD or EMAIL_OTP", UserAuthentication "for EXTERNAL_IDP".
    After a password a code by e-mail is the second challenge, and the name is told once.
    """
    credential = (change.old.get("additionalEventData") or {}).get("CredentialType")
    is_first = credential == "PASSWORD" or change.flow == "sign-in-by-email"
    return (change.name == "CredentialChallenge" and is_first) or (
        change.name == "UserAuthentication" and credential == "EXTERNAL_IDP"
    )


SCOPES: Mapping[str, Callable[[Change], bool]] = {
    "Yes": lambda _: True,
    "No": lambda _: False,
    OIDC_ONLY: lambda change: change.name == "CreateToken",
    SUCCESSFUL: lambda change: change.case == AUTHENTICATED,
    DEVICES: lambda change: change.by_user and "Device" in change.name,
    ADMINISTRATIVE: lambda change: change.name in {"CreateGroup", "UpdateGroup"},
    CHALLENGE: lambda change: change.name == "CredentialChallenge",
    SPECIFIC: _is_specific,
}
"""Cell to the records it is about."""


def applies(cell: str, change: Change) -> bool:
    """Return whether a cell says that a record is within its scope."""
    return SCOPES[cell](change)


def every_cell(row: str):
    """Return a decorator that runs a test over a row's cells and the cases of each."""
    return pytest.mark.parametrize(
        ("group", "case", "cell"),
        [(group, case, CELLS[row][group]) for group, case in CASES],
        ids=[f"{group}, {case}: {CELLS[row][group]}" for group, case in CASES],
    )


def identity(record: dict) -> dict:
    """Return who acted."""
    return record["userIdentity"]


@every_cell(NO_USER_NAME)
def test_user_name_leaves_the_identity(engine, group, case, cell):
    """Row: "Exclusion of userName from the userIdentity element for authenticated users".

    For failed attempts too, by default: the amended announcement drops the qualifier.
    """
    for change in changes(engine, NO_USER_NAME, group, case):
        if applies(cell, change):
            shown = "ana.sliva" if case == UNKNOWN else "ana.silva"
            assert identity(change.old)["userName"] == shown
            assert "userName" not in identity(change.new)
        else:
            assert identity(change.old) == identity(change.new)


@pytest.mark.parametrize(("case", "is_kept"), [(AUTHENTICATED, 0), (FAILED, 1), (UNKNOWN, 1)])
def test_user_name_of_failures_stays_by_a_switch(engine, case, is_kept):
    """To the letter of the row, "for authenticated users": `failed_user_name: kept`."""
    for change in changes(engine, NO_USER_NAME, SIGN_IN, case, switch_kept_name=1):
        assert ("userName" in identity(change.new)) == is_kept
        if is_kept:
            assert identity(change.new)["userName"] == identity(change.old)["userName"]


@every_cell(NO_PRINCIPAL)
def test_principal_leaves_the_identity(engine, group, case, cell):
    """Row: "Exclusion of principalId from the userIdentity element"."""
    for change in changes(engine, NO_PRINCIPAL, group, case):
        if applies(cell, change):
            principal = ACCOUNT if group == SIGN_IN else TEXTS["user.id"][0]
            assert identity(change.old)["principalId"] == principal
            assert "principalId" not in identity(change.new)
        else:
            assert identity(change.old) == identity(change.new)


@every_cell(NEW_TYPE)
def test_type_becomes_identity_center_user(engine, group, case, cell):
    """Row: "Modified userIdentity's type value from Unknown to IdentityCenterUser"."""
    for change in changes(engine, NEW_TYPE, group, case):
        if applies(cell, change):
            assert identity(change.old)["type"] == "Unknown"
            assert identity(change.new)["type"] == "IdentityCenterUser"
        else:
            assert identity(change.new)["type"] == identity(change.old)["type"]
            assert identity(change.new)["type"] != "IdentityCenterUser"


def group_names(record: dict) -> list[str]:
    """Return every value of a group's displayName in the two payloads."""
    request = record["requestParameters"] or {}
    response = (record["responseElements"] or {}).get("group", {})
    changed = [
        one["attributeValue"]
        for one in request.get("operations", [])
        if one["attributePath"] == "displayName"
    ]
    return [part["displayName"] for part in (request, response) if "displayName" in part] + changed


@every_cell(NO_GROUP_NAME)
def test_group_name_is_hidden(engine, group, case, cell):
    """Row: "Exclusion of the group displayName value from the requestParameters and …"."""
    shown = 0
    for change in changes(engine, NO_GROUP_NAME, group, case):
        payloads = ("requestParameters", "responseElements")
        if applies(cell, change):
            names = group_names(change.old)
            shown += len(names)
            assert set(names) <= {"Auditors"}
            assert group_names(change.new) == [H] * len(names)
        else:
            assert [change.old[name] for name in payloads] == [
                change.new[name] for name in payloads
            ]
    # CreateGroup of the console shows it twice, its response included; three show it once.
    assert shown == (5 if group == STORE else 0)


@every_cell(NO_TYPED_NAME)
def test_a_name_keyed_in_wrong_is_hidden(engine, group, case, cell):
    """Row: "Exclusion of the UserName … a user keys in on failed authentication attempts".

    Of a "sign-in failure caused by incorrect username input": the name of a known user
    stays after a wrong password, as an example of the user guide shows.
    """
    for change in changes(engine, NO_TYPED_NAME, group, case):
        old, new = (record.get("additionalEventData", {}) for record in (change.old, change.new))
        if applies(cell, change) and case == UNKNOWN:
            assert old["UserName"] == "ana.sliva"
            assert new == {**old, "UserName": H}
        else:
            assert new == old
            assert new.get("UserName") != H


def test_a_name_keyed_in_wrong_was_hidden_before_by_a_switch(engine):
    """The note under the row has the mask already: `unknown_user_name: hidden`."""
    for change in changes(engine, NO_TYPED_NAME, SIGN_IN, UNKNOWN, switch_hidden_name=1):
        if change.name == "CredentialChallenge":
            assert change.old["additionalEventData"]["UserName"] == H
            assert change.new["additionalEventData"]["UserName"] == H


@every_cell(ON_BEHALF_OF)
def test_who_acted_is_added(engine, group, case, cell):
    """Row: "Addition of the onBehalfOf element with userId and identityStoreArn, and …"."""
    for change in changes(engine, ON_BEHALF_OF, group, case):
        old, new = dict(identity(change.old)), dict(identity(change.new))
        assert "onBehalfOf" not in old
        assert "credentialId" not in old
        if applies(cell, change):
            assert new.pop("onBehalfOf", None) == {
                "userId": TEXTS["user.id"][0],
                "identityStoreArn": TEXTS["instance.store_arn"][0],
            }
            assert new.pop("credentialId", None)
        assert new == old


@pytest.mark.parametrize(("case", "is_shown"), [(AUTHENTICATED, 1), (FAILED, 1), (UNKNOWN, 0)])
def test_who_failed_is_added_by_a_switch(engine, case, is_shown):
    """The amended row: "… when username is present in the Identity Store".

    `failed_known_user_on_behalf_of: true`.
    """
    for change in changes(engine, ON_BEHALF_OF, SIGN_IN, case, switch_failed_known=1):
        assert ("onBehalfOf" in identity(change.new)) == is_shown
        assert ("credentialId" in identity(change.new)) == is_shown


@every_cell(USER_NAME)
def test_user_name_is_added_to_the_event_data(engine, group, case, cell):
    """Row: "Addition of UserName in additionalEventData element"."""
    for change in changes(engine, USER_NAME, group, case):
        old, new = (record.get("additionalEventData", {}) for record in (change.old, change.new))
        assert "UserName" not in old
        if applies(cell, change):
            shown = "ana.sliva" if case == UNKNOWN else "ana.silva"
            assert new == {**old, "UserName": shown}
        else:
            assert new == old


@pytest.mark.parametrize(("name", "columns"), EPISODES[SIGN_IN, AUTHENTICATED], ids=str)
@pytest.mark.parametrize("era", [BEFORE, AFTER])
def test_user_name_is_told_once_a_sign_in(engine, name, columns, era):
    """The "specific cases": exactly once in each successful sign-in, whatever the factors."""
    flow = BY_NAME[name]
    plan = a_plan([block_of(flow, [a_row(flow, **columns)])], eras=era)

    told = [
        record["additionalEventData"]["UserName"]
        for record in rendered(engine, plan)
        if "UserName" in record.get("additionalEventData", {})
    ]

    assert told == ["ana.silva"]


MOVED = {
    (FIRST, BEFORE): {"userIdentity.onBehalfOf", "userIdentity.credentialId"},
    (BEFORE, AFTER): {"userIdentity.userName", "userIdentity.principalId", "userIdentity.type"},
}


def moved(old, new, path: str = "") -> Iterator[str]:
    """Yield the paths of members that are new, gone or different."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in [*old, *(name for name in new if name not in old)]:
            inner = f"{path}.{name}" if path else name
            if name in old and name in new:
                yield from moved(old[name], new[name], inner)
            else:
                yield inner
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for one, two in zip(old, new, strict=True):
            yield from moved(one, two, f"{path}[]")
    elif old != new:
        yield path


@pytest.mark.parametrize("row", [ON_BEHALF_OF, NO_USER_NAME], ids=["October", "January"])
def test_nothing_else_changes(engine, row):
    """The table is the whole change: no other member comes, goes or differs."""
    allowed = {
        ON_BEHALF_OF: {
            "userIdentity.onBehalfOf",
            "userIdentity.credentialId",
            "additionalEventData.UserName",
        },
        NO_USER_NAME: {
            "userIdentity.userName",
            "userIdentity.principalId",
            "userIdentity.type",
            "additionalEventData.UserName",
            "requestParameters.displayName",
            "requestParameters.operations[].attributeValue",
            "responseElements.group.displayName",
        },
    }[row]

    found = {
        path
        for group, case in CASES
        for change in changes(engine, row, group, case)
        for path in moved(change.old, change.new)
    }

    assert found == allowed


def test_every_row_is_a_change_of_its_era():
    """Eras quote the rows that are asserted here, and no others."""
    assert {change.quote for change in OCTOBER} == SINCE_OCTOBER
    assert {change.quote for change in JANUARY} == CELLS.keys() - SINCE_OCTOBER


TABLE_OF_EVENTS = {
    PORTAL_GROUP: (
        {"sso.amazonaws.com"},
        """
        Authenticate Federate ListAccountRoles ListAccounts ListApplications
        ListProfilesForApplication GetRoleCredentials Logout
        """,
    ),
    OIDC_GROUP: ({"sso.amazonaws.com"}, "CreateToken"),
    # Printed "signin.amazon.com": every full example and the amended post say this.
    SIGN_IN_GROUP: (
        {"signin.amazonaws.com"},
        "CredentialChallenge CredentialVerification UserAuthentication",
    ),
    # "sso-directory.amazonaws.com or identitystore.amazonaws.com": the second has no
    # operation for MFA devices.
    MFA: (
        {"sso-directory.amazonaws.com"},
        """
        ListMfaDevicesForUser DeleteMfaDeviceForUser UpdateMfaDeviceForUser
        StartWebAuthnDeviceRegistration StartVirtualMfaDeviceRegistration
        CompleteWebAuthnDeviceRegistration CompleteVirtualMfaDeviceRegistration
        """,
    ),
    GROUPS: (
        {"sso-directory.amazonaws.com", "identitystore.amazonaws.com"},
        "CreateGroup UpdateGroup",
    ),
}


@pytest.mark.parametrize("group", TABLE_OF_EVENTS)
def test_every_event_of_the_table_is_a_kind(group):
    """The page's second table: "event groups, event sources, and event names"."""
    sources, names = TABLE_OF_EVENTS[group]
    announced = [kind for kind in KINDS if kind.announced and kind.group == group]

    assert {kind.event_source for kind in announced} == sources
    assert {kind.event_name for kind in announced} == set(names.split())
    assert len(announced) == len(sources) * len(names.split())


@pytest.mark.parametrize("era", [FIRST, BEFORE, AFTER])
def test_a_poll_before_approval_names_nobody(engine, era):
    """OIDC has no failed user: until somebody approves, nobody has signed in."""
    flow = BY_NAME["device-grant"]
    plan = a_plan([block_of(flow, [a_row(flow, polls=2)])], eras=era)

    *pending, granted = rendered(engine, plan)

    assert [identity(record) for record in pending] == [
        {"type": "Unknown", "accountId": ACCOUNT}
    ] * 2
    assert identity(granted)["type"] == ("IdentityCenterUser" if era == AFTER else "Unknown")


ROW_TESTS = {
    NO_USER_NAME: test_user_name_leaves_the_identity,
    NO_PRINCIPAL: test_principal_leaves_the_identity,
    NEW_TYPE: test_type_becomes_identity_center_user,
    NO_GROUP_NAME: test_group_name_is_hidden,
    NO_TYPED_NAME: test_a_name_keyed_in_wrong_is_hidden,
    ON_BEHALF_OF: test_who_acted_is_added,
    USER_NAME: test_user_name_is_added_to_the_event_data,
}


def test_every_row_has_a_test():
    """So the control below leaves none out."""
    assert ROW_TESTS.keys() == CELLS.keys()


@pytest.mark.parametrize("row", ROW_TESTS)
def test_a_row_left_out_breaks_its_test(engine, monkeypatch, row):
    """Negative control: eras that make every change of the announcement but one."""
    october = [change for change in OCTOBER if change.quote != row]
    january = [change for change in JANUARY if change.quote != row]
    ladder = (
        ERAS[0],
        climb(ERAS[0], BEFORE, "constructed", tuple(october)),
        climb(ERAS[1], AFTER, "constructed", tuple(january)),
    )
    monkeypatch.setattr(stepwise, "ERAS", ladder)
    monkeypatch.setattr(selection, "ERAS", ladder)

    for group, cell in CELLS[row].items():
        for case in [case for other, case in CASES if other == group]:
            is_about = any(applies(cell, made) for made in changes(engine, row, group, case))
            # The typed name of a known user is not hidden, so that nothing is left out.
            if is_about and (row != NO_TYPED_NAME or case == UNKNOWN):
                with pytest.raises(AssertionError):
                    ROW_TESTS[row](engine, group, case, cell)
