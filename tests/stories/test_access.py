"""Permission sets, assignments and what they leave in accounts, from beginning to end.

What is expected is written out from AWS's description of customer managed policies in
permission sets and of the SSO Admin API. Each account's records are told apart, since what is
done in two at once has no order; questions whether it is done yet are counted once.
"""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from simulator import prepare
from simulator.engines import stepwise, vectorised
from simulator.errors import ScenarioError
from simulator.plan.compiler import compile_scenario
from simulator.scenario import library

SIGN_IN = ["CredentialChallenge", "CredentialVerification", "UserAuthentication"]
PORTAL = ["Authenticate", "ListApplications"]
ASKED = "DescribeAccountAssignmentCreationStatus"
ASKED_GONE = "DescribeAccountAssignmentDeletionStatus"
PROVISIONED = ["ProvisionPermissionSet", "DescribePermissionSetProvisioningStatus"]
CREATED = ["CreatePermissionSet", "AttachCustomerManagedPolicyReferenceToPermissionSet"]
ASSIGNED = ["CreateAccountAssignment", ASKED]
MADE = ["CreateSAMLProvider", "CreateRole", "AttachRolePolicy"]
ENTERED = ["AssumeRoleWithSAML", "GetSigninToken", "ConsoleLogin"]

STORIES: dict[str, dict[str, list[str]]] = {
    "permission-set-assigned": {
        "111122223333": [
            *CREATED,
            "CreateAccountAssignment",
            *ASSIGNED,
            *SIGN_IN,
            *PORTAL,
            "Federate",
            *SIGN_IN,
            *PORTAL,
            "Federate",
        ],
        "444455556666": ["CreatePolicy", "GetPolicy", *MADE, *ENTERED],
        "777788889999": ["CreatePolicy", "GetPolicy", *MADE, *ENTERED],
    },
    "customer-managed-policy-missing": {
        "111122223333": [
            *CREATED,
            "CreateAccountAssignment",
            *ASSIGNED,
            *ASSIGNED,
            *SIGN_IN,
            "Federate",
        ],
        "444455556666": ["GetPolicy", *MADE],
        "777788889999": [
            "GetPolicy NoSuchEntityException",
            "CreatePolicy",
            "GetPolicy",
            *MADE,
            *ENTERED,
        ],
    },
    "permissions-boundary-missing": {
        "111122223333": [
            "CreatePermissionSet",
            "AttachManagedPolicyToPermissionSet",
            "AttachManagedPolicyToPermissionSet",
            "PutPermissionsBoundaryToPermissionSet",
            *ASSIGNED,
            *PROVISIONED,
            *SIGN_IN,
            "Federate",
        ],
        "444455556666": [
            "GetPolicy NoSuchEntityException",
            "CreatePolicy",
            "GetPolicy",
            *MADE,
            "AttachRolePolicy",
            "PutRolePermissionsBoundary",
            *ENTERED,
        ],
    },
    "permission-set-changed": {
        # In the management account on the caller's behalf.
        "111122223333": [
            "UpdatePermissionSet",
            "ProvisionPermissionSet",
            "UpdateRole",
            "DescribePermissionSetProvisioningStatus",
            "AttachManagedPolicyToPermissionSet",
            "ProvisionPermissionSet",
            "AttachRolePolicy",
            "DescribePermissionSetProvisioningStatus",
            "PutInlinePolicyToPermissionSet",
            "DetachManagedPolicyFromPermissionSet",
            "PutPermissionsBoundaryToPermissionSet",
            "ProvisionPermissionSet",
            "DetachRolePolicy",
            "PutRolePolicy",
            "PutRolePermissionsBoundary",
            "DescribePermissionSetProvisioningStatus",
        ],
        **{
            account: [
                "UpdateRole",
                "AttachRolePolicy",
                "DetachRolePolicy",
                "PutRolePolicy",
                "PutRolePermissionsBoundary",
            ]
            for account in ("444455556666", "777788889999")
        },
    },
    "access-removed": {
        "111122223333": [
            *SIGN_IN,
            "Federate",
            "DeleteAccountAssignment",
            ASKED_GONE,
            "DeleteAccountAssignment",
            ASKED_GONE,
            "DeletePermissionSet",
        ],
        "444455556666": [*ENTERED, "DetachRolePolicy", "DeleteRolePolicy", "DeleteRole"],
    },
    "same-name-other-policy": {
        "111122223333": [*CREATED, "CreateAccountAssignment", *ASSIGNED],
        "444455556666": ["CreatePolicy", "GetPolicy", *MADE],
        "777788889999": ["CreatePolicy", "GetPolicy", *MADE],
    },
    "deletion-blocked": {
        "111122223333": [
            "DetachCustomerManagedPolicyReferenceFromPermissionSet",
            *PROVISIONED,
            "DeletePermissionSet ConflictException",
            "DeleteAccountAssignment",
            ASKED_GONE,
            "DeletePermissionSet",
        ],
        "444455556666": [
            "DeletePolicy DeleteConflictException",
            "DetachRolePolicy",
            "DeletePolicy",
            "DetachRolePolicy",
            "DeleteRole",
        ],
    },
}
"""Storyline to what each account's trail tells."""


def played(engine: Any, scenario: Any) -> list[dict[str, Any]]:
    """Return the records of a resolved scenario."""
    plan, _ = compile_scenario(scenario)
    return [orjson.loads(line) for line in engine.render(plan, 0, plan.horizon).lines]


def records_of(engine: Any, name: str) -> list[dict[str, Any]]:
    """Return the records of a storyline."""
    return played(engine, library.load(f"storylines/{name}"))


def told(records: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Return each account's records in a word or two."""
    accounts: dict[str, list[str]] = {}
    for record in records:
        story = accounts.setdefault(record["recipientAccountId"], [])
        words = " ".join(filter(None, (record["eventName"], record.get("errorCode"))))
        if not words.startswith("Describe") or story[-1] != words:
            story.append(words)
    return accounts


@pytest.mark.parametrize("name", sorted(STORIES))
def test_each_account_is_told_its_part(engine: Any, name: str) -> None:
    """Who is told what, and in what order."""
    assert told(records_of(engine, name)) == STORIES[name]


def test_both_engines_write_the_same() -> None:
    """Law 1, over what these stories are made of."""
    for name in STORIES:
        plan, _ = compile_scenario(library.load(f"storylines/{name}"))
        one = stepwise.render(plan, 0, plan.horizon)
        other = vectorised.render(plan, 0, plan.horizon)

        assert list(one.lines) == list(other.lines), name


@pytest.mark.parametrize(
    ("lookups", "expected"),
    [("all", [True, False, False]), ("failed", [True]), ("none", [])],
)
def test_look_ups_of_policies_are_recorded_as_the_switch_says(
    lookups: str, expected: list[bool]
) -> None:
    """Unverified, so that it can be chosen; whether a role is made depends on it in no way."""
    scenario = library.load("storylines/customer-managed-policy-missing")
    switches = scenario.switches.model_copy(update={"policy_lookups": lookups})
    records = played(stepwise, scenario.model_copy(update={"switches": switches}))
    looked = ["errorCode" in one for one in records if one["eventName"] == "GetPolicy"]

    assert sorted(looked, reverse=True) == expected
    assert sum(one["eventName"] == "CreateRole" for one in records) == 2


def unprovisioned(records: list[dict[str, Any]]) -> list[str]:
    """Return what is wrong with the roles that assignments leave: the law of provisioning."""
    wrong = []
    roles: set[tuple[str, str]] = set()
    providers: set[str] = set()
    missing: set[str] = set()
    for record in records:
        account, name = record["recipientAccountId"], record["eventName"]
        request = record["requestParameters"] or {}
        role = (account, request.get("roleName", ""))
        if name == "CreateSAMLProvider":
            wrong += [f"a second provider in {account}"] if account in providers else []
            providers.add(account)
        elif name == "GetPolicy":
            (missing.add if "errorCode" in record else missing.discard)(request["policyArn"])
        elif name == "CreateRole":
            wrong += [f"a second {role[1]}"] if role in roles else []
            wrong += [f"{role[1]} before its provider"] if account not in providers else []
            roles.add(role)
        elif name in {"AttachRolePolicy", "PutRolePolicy", "PutRolePermissionsBoundary"}:
            policy = request.get("policyArn", request.get("permissionsBoundary"))
            wrong += [f"{name} before {role[1]}"] if role not in roles else []
            wrong += [f"{policy} is missing"] if policy in missing else []
        elif name == "DeleteRole":
            roles.discard(role)
        for status in (record["responseElements"] or {}).values():
            if isinstance(status, dict) and "requestId" in status:
                wrong += (
                    [f"{name} has two ids"] if status["requestId"] != record["requestID"] else []
                )
    return wrong


MAKES_ROLES = (
    "permission-set-assigned",
    "customer-managed-policy-missing",
    "permissions-boundary-missing",
    "same-name-other-policy",
)


def test_each_assignment_leaves_one_role(engine: Any) -> None:
    """One SAML provider an account, one role a permission set, and that in order."""
    for name in MAKES_ROLES:
        assert unprovisioned(records_of(engine, name)) == []


def test_the_law_sees_a_role_too_many_and_ids_that_differ(engine: Any) -> None:
    """Negative control: what the law forbids, it finds."""
    records = records_of(engine, "customer-managed-policy-missing")
    made = next(one for one in records if one["eventName"] == "CreateRole")
    failed = next(one for one in records if "errorCode" in one)
    attached = {
        **failed,
        "eventName": "AttachRolePolicy",
        "requestParameters": {
            "roleName": made["requestParameters"]["roleName"],
            "policyArn": failed["requestParameters"]["policyArn"],
        },
    }
    place = records.index(failed) + 1
    records[place:place] = [made, attached]
    asked = next(one for one in records if one["eventName"] == "CreateAccountAssignment")
    asked["requestID"] = "another"

    wrong = " / ".join(unprovisioned(records))

    assert "a second AWSReservedSSO_AllowCloudWatch_PermissionSet" in wrong
    assert "policy/AllowCloudWatchForOperations is missing" in wrong
    assert "CreateAccountAssignment has two ids" in wrong


def test_the_role_that_was_made_is_the_one_that_is_taken(engine: Any) -> None:
    """For as long as the permission set says."""
    records = records_of(engine, "permissions-boundary-missing")
    made = next(one for one in records if one["eventName"] == "CreateRole")
    taken = next(one for one in records if one["eventName"] == "AssumeRoleWithSAML")

    assert taken["requestParameters"]["roleArn"] == made["responseElements"]["role"]["arn"]
    lasts = made["requestParameters"]["maxSessionDuration"]
    assert taken["requestParameters"]["durationSeconds"] == lasts == 4 * 3_600


def test_one_name_is_two_policies(engine: Any) -> None:
    """Identity Center "doesn't consider the content of a named policy"."""
    records = records_of(engine, "same-name-other-policy")
    made = [one for one in records if one["eventName"] == "CreatePolicy"]
    attached = {
        one["recipientAccountId"]: one["requestParameters"]["policyArn"]
        for one in records
        if one["eventName"] == "AttachRolePolicy"
    }

    assert len({one["requestParameters"]["policyDocument"] for one in made}) == 2
    assert attached == {
        "444455556666": "arn:aws:iam::444455556666:policy/S3",
        "777788889999": "arn:aws:iam::777788889999:policy/S3",
    }


def test_who_changes_roles(engine: Any) -> None:
    """The caller in the management account, the service-linked role in any other (seen)."""
    callers = {
        (
            record["recipientAccountId"],
            record["userAgent"],
            record["userIdentity"]["invokedBy"],
            record["userIdentity"]["arn"].split("/")[-1],
            record["awsRegion"],
        )
        for record in records_of(engine, "permission-set-changed")
        if record["eventSource"] == "iam.amazonaws.com"
    }

    by_itself = ("sso.amazonaws.com", "sso.amazonaws.com", "AWS-SSO", "us-east-1")
    assert callers == {
        ("111122223333", "AWS Internal", "sso.amazonaws.com", "identity-team", "us-east-1"),
        ("111122223333", "AWS Internal", "sso.amazonaws.com", "automation", "us-east-1"),
        ("444455556666", *by_itself),
        ("777788889999", *by_itself),
    }


DELEGATED = """
scenario: delegated
window: {start: 2025-01-13, days: 2}
organization:
  management_account: {name: management, id: "111122223333"}
  accounts:
    - {name: payments, id: "444455556666"}
    - {name: identity, id: "777788889999"}
  delegated_administrator: identity
instance: {region: eu-central-1}
permission_sets: [{name: Reader, managed_policies: [ReadOnlyAccess]}]
users: [{name: ana}, {name: bob}]
administrators: [{name: it, account: identity}]
storyline:
  - at: 2025-01-13T09:00:00Z
    admin: it
    does: assign
    permission_set: Reader
    user: ana
    accounts: [management, payments]
    then:
      - {does: assign, permission_set: Reader, user: bob, accounts: [payments]}
"""


def test_a_delegated_administrator_may_not_assign_in_the_management_account(
    engine: Any,
) -> None:
    """AccessDeniedException, told to both accounts; a second holder makes no second role."""
    records = played(engine, prepare(library.read(DELEGATED, "delegated")))
    denied = [one for one in records if one.get("errorCode") == "AccessDeniedException"]
    roles = [one for one in records if one["eventName"] == "CreateRole"]

    assert [one["recipientAccountId"] for one in denied] == ["111122223333", "777788889999"]
    assert all(one["responseElements"] is None for one in denied)
    assert [one["recipientAccountId"] for one in roles] == ["444455556666"]
    assert roles[0]["awsRegion"] == "us-east-1"
    path = "/aws-reserved/sso.amazonaws.com/eu-central-1/"
    assert roles[0]["requestParameters"]["path"] == path
    assert unprovisioned(records) == []


def test_a_failed_assignment_gives_no_access() -> None:
    """Whoever is to open the console after it is told why not."""
    document = DELEGATED.replace(
        "managed_policies: [ReadOnlyAccess]", "customer_managed_policies: [Missing]"
    )
    document += "      - {does: sign-in, user: bob}\n"
    document += (
        "      - {does: open-console, user: bob, account: payments, permission_set: Reader}\n"
    )

    with pytest.raises(ScenarioError, match="bob has no Reader in payments by then"):
        prepare(library.read(document, "delegated"))


def test_everyday_life_has_what_was_assigned(engine: Any) -> None:
    """A group that is assigned a permission set opens it from then on, and not before."""
    document = """
scenario: everyday
window: {start: 2025-01-13, days: 4}
organization: {accounts: [{name: payments}]}
groups: [{name: Everybody}]
users: [{count: 6, persona: office-worker, groups: {Everybody: 100%}}]
administrators: [{name: it}]
background: {intensity: 6}
storyline:
  - at: 2025-01-15T00:00:00Z
    admin: it
    does: create-permission-set
    permission_set: {name: Reader, managed_policies: [ReadOnlyAccess]}
    then:
      - {does: assign, permission_set: Reader, group: Everybody, accounts: [payments]}
"""
    records = played(engine, prepare(library.read(document, "everyday")))
    opened = [one["eventTime"] for one in records if one["eventName"] == "Federate"]

    assert opened
    assert min(opened) > "2025-01-15"


REFUSED = """
scenario: refused
window: {start: 2025-01-13, days: 2}
organization:
  accounts: [{name: payments, id: "444455556666", policies: [Local]}]
permission_sets:
  - {name: Reader, managed_policies: [ReadOnlyAccess], permissions_boundary: Local}
groups: [{name: Team, assignments: [{permission_set: Reader, accounts: [payments]}]}]
users: [{name: ana}]
administrators: [{name: script, kind: iam-user}, {name: owner, account: payments}]
storyline:
  - at: 2025-01-13T09:00:00Z
    admin: script
    does: create-permission-set
    permission_set: {name: Reader}
    then:
      - {does: attach-policy, permission_set: Reader, managed_policy: ReadOnlyAccess}
      - {does: detach-policy, permission_set: Reader, customer_managed_policy: Local}
      - {does: delete-permissions-boundary, permission_set: Reader}
      - {does: delete-permissions-boundary, permission_set: Reader}
      - {does: provision-permission-set, permission_set: Reader, account: management}
      - {does: create-policy, admin: owner, policy: {name: Local, document: "{}"}}
      - {does: delete-policy, admin: owner, policy: Local}
      - {does: provision-permission-set, admin: script, permission_set: Reader}
      - {does: delete-policy, admin: owner, policy: Local}
      - {does: delete-policy, admin: owner, policy: Local}
      - {does: unassign, admin: script, permission_set: Reader, user: ana, accounts: [payments]}
      - {does: tag-permission-set, permission_set: Reader, tags: {team: one}}
      - {does: untag-permission-set, permission_set: Reader, keys: [team]}
      - {does: update-group, group: Team, name: Crew}
      - {does: unassign, permission_set: Reader, group: Crew, accounts: [payments]}
"""


def test_how_things_stand_decides_what_is_refused(engine: Any) -> None:
    """No parameter says that a call fails; a group that is renamed keeps what it has."""
    records = played(engine, prepare(library.read(REFUSED, "refused")))
    own = [one for one in records if one["userIdentity"].get("invokedBy") is None]
    by_itself = [one["eventName"] for one in records if "invokedBy" in one["userIdentity"]]

    # Nothing answers what fails but its code.
    assert all(one["responseElements"] is None for one in own if "errorCode" in one)
    assert [
        " ".join(filter(None, (one["eventName"], one.get("errorCode"))))
        for one in own
        if not one["readOnly"]
    ] == [
        "CreatePermissionSet ConflictException",
        "AttachManagedPolicyToPermissionSet ConflictException",
        "DetachCustomerManagedPolicyReferenceFromPermissionSet ResourceNotFoundException",
        "DeletePermissionsBoundaryFromPermissionSet",
        "DeletePermissionsBoundaryFromPermissionSet ResourceNotFoundException",
        "ProvisionPermissionSet ResourceNotFoundException",
        "CreatePolicy EntityAlreadyExistsException",
        "DeletePolicy DeleteConflictException",
        "ProvisionPermissionSet",
        "DeletePolicy",
        "DeletePolicy NoSuchEntityException",
        "DeleteAccountAssignment",
        "TagResource",
        "UntagResource",
        "UpdateGroup",
        "DeleteAccountAssignment",
    ]
    assert by_itself == ["DeleteRolePermissionsBoundary", "DetachRolePolicy", "DeleteRole"]
