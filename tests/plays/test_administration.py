"""Plays by way of administration, as an analyst reads their records in both eras."""

from __future__ import annotations

from typing import Any

import orjson

from tests.plays.analyst import HIDDEN, Record, Tale, addresses, both_eras, names, told, user_id

SERVICE_ROLE = "assumed-role/AWSServiceRoleForSSO/AWS-SSO"


def one_of(tale: Tale, step: str, name: str) -> Record:
    """Return the only record of an event name in a step."""
    [record] = [one for one in tale.of_step(step) if one["eventName"] == name]
    return record


def all_of(tale: Tale, step: str, name: str) -> list[Record]:
    """Return the records of an event name in a step."""
    return [one for one in tale.of_step(step) if one["eventName"] == name]


def actors(tale: Tale, label: str) -> set[str]:
    """Return who the truth says was behind records of a label."""
    return {tale.truth[one["eventID"]]["actor"] for one in tale.labelled(label)}


def portal_identity(era: str, user: str, name: str) -> dict[str, Any]:
    """Return what an era shows of a user in the portal, but for the credential."""
    behalf = {
        "userId": user,
        "identityStoreArn": "arn:aws:identitystore::111122223333:identitystore/d-90678a0445",
    }
    return {
        "pre": {"type": "Unknown", "principalId": user, "userName": name, "onBehalfOf": behalf},
        "post": {"type": "IdentityCenterUser", "onBehalfOf": behalf},
    }[era] | {"accountId": "111122223333"}


def without(identity: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return an identity without some members."""
    return {name: value for name, value in identity.items() if name not in names}


# ---- Groups -------------------------------------------------------------------------------


@both_eras
def test_group_to_admin_adds_the_caller_and_opens_new_roles(era: str) -> None:
    """The group and the member are ids alone; the session's name is the member's."""
    tale = told("plays/group-to-admin", era)
    usual, own = tale.named("AddMemberToGroup")
    authenticated = tale.named("UserAuthentication")[-1]
    insider = user_id(authenticated)

    assert insider is not None
    assert own["userIdentity"]["type"] == "AssumedRole"
    assert own["userIdentity"]["arn"].endswith("/noor.haddad")
    assert own["userIdentity"]["arn"].split("/")[1].startswith("AWSReservedSSO_GroupManager_")
    assert own["requestParameters"].keys() == {"identityStoreId", "groupId", "member"}
    assert own["requestParameters"]["member"] == {"memberId": insider}
    assert usual["requestParameters"]["member"] != {"memberId": insider}
    assert usual["requestParameters"]["groupId"] != own["requestParameters"]["groupId"]
    assert own["responseElements"] is None
    assert not tale.named("CreateAccountAssignment")
    assert addresses(tale.records) == {own["sourceIPAddress"]}
    assert actors(tale, "malicious") == {"noor.haddad"}


@both_eras
def test_group_to_admin_shows_the_accounts_on_the_next_portal_load(era: str) -> None:
    """Before, one account; after, three others, in the same portal session, and their roles."""
    tale = told("plays/group-to-admin", era)
    before = all_of(tale, "portal-before", "ListAccountRoles")
    after = all_of(tale, "portal-shows-role", "ListAccountRoles")
    taken = all_of(tale, "take-role", "GetRoleCredentials")
    entered = all_of(tale, "take-role", "AssumeRoleWithSAML")

    assert [one["serviceEventDetails"] for one in before] == [{"account_id": "111122223333"}]
    accounts = [one["serviceEventDetails"]["account_id"] for one in after]
    assert len({*accounts}) == 3
    assert "111122223333" not in accounts
    assert [one["serviceEventDetails"] for one in taken] == [
        {"role_name": "AdministratorAccess", "account_id": account} for account in accounts
    ]
    assert [one["recipientAccountId"] for one in entered] == accounts
    sessions = {one["userIdentity"]["credentialId"] for one in (*before, *after)}
    assert len(sessions) == 1
    assert bytes.fromhex(sessions.pop()[:20]) == b"us-east-1-"
    tokens = {one["userIdentity"]["credentialId"] for one in taken}
    assert len(tokens) == 1
    assert tokens.pop().startswith("AAAAA")
    insider = user_id(tale.named("UserAuthentication")[0])
    assert without(taken[0]["userIdentity"], "credentialId") == portal_identity(
        era, str(insider), "noor.haddad"
    )


@both_eras
def test_the_near_miss_of_group_to_admin_is_another_person(era: str) -> None:
    """Who is added is not who adds, comes from elsewhere, and is taken out again."""
    tale = told("plays/group-to-admin-near-miss", era)
    added, removed = tale.only("AddMemberToGroup"), tale.only("RemoveMemberFromGroup")
    taken = all_of(tale, "take-role", "GetRoleCredentials")

    assert {user_id(one) for one in taken} == {added["requestParameters"]["member"]["memberId"]}
    assert added["requestParameters"] == removed["requestParameters"]
    assert added["sourceIPAddress"] not in addresses(tale.of_step("take-role"))
    desk = tale.named("UserAuthentication")[0]
    assert user_id(desk) != user_id(taken[0])


# ---- Permission sets ----------------------------------------------------------------------


@both_eras
def test_permission_set_tampering_reaches_every_account(era: str) -> None:
    """One policy put and provisioned, and the service's own role writes it in three accounts."""
    tale = told("plays/permission-set-tampering", era)
    put = tale.only("PutInlinePolicyToPermissionSet")
    provisioned = one_of(tale, "reprovision", "ProvisionPermissionSet")
    written = tale.named("PutRolePolicy")
    policy = put["requestParameters"]["inlinePolicy"]

    assert orjson.loads(policy)["Statement"][0]["Effect"] == "Allow"
    assert orjson.loads(policy)["Statement"][0]["Action"] == "*"
    asked = provisioned["requestParameters"]
    assert asked["permissionSetArn"] == put["requestParameters"]["permissionSetArn"]
    assert asked["targetType"] == "ALL_PROVISIONED_ACCOUNTS"
    status = provisioned["responseElements"]["permissionSetProvisioningStatus"]
    assert status["requestId"] == provisioned["requestID"]
    assert len({one["recipientAccountId"] for one in written}) == len(written) == 3
    for one in written:
        assert SERVICE_ROLE in one["userIdentity"]["arn"]
        assert one["userIdentity"]["invokedBy"] == one["sourceIPAddress"] == "sso.amazonaws.com"
        assert one["requestParameters"]["policyName"] == "AwsSSOInlinePolicy"
        assert one["requestParameters"]["policyDocument"] == policy
        assert one["requestParameters"]["roleName"].startswith("AWSReservedSSO_Developer_")
        assert tale.truth[one["eventID"]]["actor"] == "intruder"


@both_eras
def test_permission_set_tampering_uses_tokens_that_others_got(era: str) -> None:
    """One address that is nobody's acts as the administrator and with the developer's token."""
    tale = told("plays/permission-set-tampering", era)
    developer = tale.only("UserAuthentication")
    own = all_of(tale, "developer-works", "GetRoleCredentials")
    stolen = all_of(tale, "take-widened-role", "GetRoleCredentials")

    assert len(addresses(tale.labelled("malicious"))) == 1
    assert addresses(tale.labelled("malicious")).isdisjoint(addresses(tale.labelled("benign")))
    assert {user_id(one) for one in (*own, *stolen)} == {user_id(developer)}
    assert len({one["userIdentity"]["credentialId"] for one in (*own, *stolen)}) == 1
    assert len(tale.named("CreateToken")) == 1
    assert actors(tale, "malicious") == {"intruder"}
    assert actors(tale, "benign") == {"mira.holt", "leo.brandt"}


@both_eras
def test_permissions_boundary_removed_leaves_no_boundary(era: str) -> None:
    """Taken off the set and off the role in every account, and none comes in its place."""
    tale = told("plays/permissions-boundary-removed", era)
    deleted = tale.only("DeletePermissionsBoundaryFromPermissionSet")
    roles = tale.named("DeleteRolePermissionsBoundary")

    assert deleted["userIdentity"]["type"] == "IAMUser"
    assert deleted["userIdentity"]["accessKeyId"].startswith("AKIA")
    assert deleted["requestParameters"].keys() == {"instanceArn", "permissionSetArn"}
    assert len({one["recipientAccountId"] for one in roles}) == len(roles) == 3
    assert all(SERVICE_ROLE in one["userIdentity"]["arn"] for one in roles)
    assert all(one["requestParameters"].keys() == {"roleName"} for one in roles)
    assert not tale.named("PutPermissionsBoundaryToPermissionSet", "PutRolePermissionsBoundary")
    usual = one_of(tale, "usual-change", "UpdatePermissionSet")
    assert usual["userIdentity"] == deleted["userIdentity"]
    assert usual["sourceIPAddress"] != deleted["sourceIPAddress"]
    assert usual["userAgent"] != deleted["userAgent"]


@both_eras
def test_the_near_miss_of_a_removed_boundary_puts_another(era: str) -> None:
    """Every role loses one and has another before anybody takes it."""
    tale = told("plays/permissions-boundary-removed-near-miss", era)
    lost = tale.named("DeleteRolePermissionsBoundary")
    got = tale.named("PutRolePermissionsBoundary")
    first = all_of(tale, "engineer-tries", "GetRoleCredentials")[0]

    assert {one["requestParameters"]["roleName"] for one in lost} == {
        one["requestParameters"]["roleName"] for one in got
    }
    assert all(
        one["requestParameters"]["permissionsBoundary"].endswith(":policy/WorkloadBoundary2025")
        for one in got
    )
    assert max(one["eventTime"] for one in got) < first["eventTime"]
    deleted = tale.only("DeletePermissionsBoundaryFromPermissionSet")
    assert deleted["sourceIPAddress"] in addresses(tale.of_step("usual-change"))


@both_eras
def test_rogue_permission_set_is_made_assigned_and_entered(era: str) -> None:
    """One set by its ARN from its creation to the role in the account, whose name has its name."""
    tale = told("plays/rogue-permission-set", era)
    made = tale.only("CreatePermissionSet")
    arn = made["responseElements"]["permissionSet"]["permissionSetArn"]
    attached = tale.only("AttachManagedPolicyToPermissionSet")
    assigned = tale.only("CreateAccountAssignment")
    role, entered = tale.only("CreateRole"), tale.only("Federate")

    assert made["requestParameters"]["name"] == "SupportTooling"
    assert attached["requestParameters"]["permissionSetArn"] == arn
    policy = attached["requestParameters"]["managedPolicyArn"]
    assert policy == "arn:aws:iam::aws:policy/AdministratorAccess"
    assert assigned["requestParameters"]["permissionSetArn"] == arn
    assert assigned["requestParameters"]["principalType"] == "USER"
    assert assigned["requestParameters"]["principalId"] == user_id(entered)
    status = assigned["responseElements"]["accountAssignmentCreationStatus"]
    assert (status["status"], status["requestId"]) == ("IN_PROGRESS", assigned["requestID"])
    assert role["recipientAccountId"] == assigned["requestParameters"]["targetId"]
    assert role["requestParameters"]["roleName"].startswith("AWSReservedSSO_SupportTooling_")
    assert role["requestParameters"]["maxSessionDuration"] == 12 * 3600
    assert entered["serviceEventDetails"] == {
        "account_id": assigned["requestParameters"]["targetId"],
        "role_name": "SupportTooling",
    }
    assert not all_of(tale, "accomplice-has-no-account", "ListAccounts")
    assert tale.truth[made["eventID"]]["actor"] == "oskar.lind"
    assert tale.truth[entered["eventID"]]["actor"] == "tess.ahmadi"


# ---- Users and where they come from -------------------------------------------------------


@both_eras
def test_persistence_new_user_is_made_and_used_from_one_address(era: str) -> None:
    """An id joins creation, password, assignment and first sign-in; the name is never shown."""
    tale = told("plays/persistence-new-user", era)
    made = tale.only("CreateUser")
    user = made["responseElements"]["user"]["userId"]
    reset = one_of(tale, "one-time-password", "UpdatePassword")
    assigned = tale.named("CreateAccountAssignment")
    signed_in = tale.only("UserAuthentication")

    assert made["requestParameters"]["userName"] == HIDDEN
    assert made["requestParameters"]["passwordMode"] == "OTP"
    assert reset["requestParameters"]["userId"] == user
    assert reset["requestParameters"]["passwordMode"] == "OTP"
    assert [one["requestParameters"]["principalId"] for one in assigned] == [user, user]
    assert user_id(signed_in) == user
    assert signed_in["additionalEventData"]["DeviceEnrollmentRequired"] == "true"
    assert signed_in["additionalEventData"]["CredentialType"] == "PASSWORD"
    enrolled = names(all_of(tale, "first-sign-in", "CompleteVirtualMfaDeviceRegistration"))
    assert len(enrolled) == 1
    assert addresses(tale.labelled("malicious")) == {made["sourceIPAddress"]}
    assert made["sourceIPAddress"] not in addresses(tale.labelled("benign"))
    challenge = tale.only("CredentialChallenge")
    assert challenge["additionalEventData"]["UserName"] == "svc.backup-audit"
    assert signed_in["userIdentity"].get("userName") == (
        "svc.backup-audit" if era == "pre" else None
    )


@both_eras
def test_identity_provider_swap_is_one_role_session_and_then_several_users(era: str) -> None:
    """A provider goes, another comes with its certificate, and users come from one address."""
    tale = told("plays/identity-provider-swap", era)
    swap = [one for one in tale.of_step("swap-provider") if not one["readOnly"]]
    users = all_of(tale, "sign-in-as-victim", "UserAuthentication")
    usual = all_of(tale, "usual-sign-in", "UserAuthentication")

    assert names(swap) == [
        "DisableExternalIdPConfigurationForDirectory",
        "DeleteExternalIdPConfigurationForDirectory",
        "DisassociateDirectory",
        "AssociateDirectory",
        "CreateExternalIdPConfigurationForDirectory",
        "ImportExternalIdPCertificate",
        "EnableExternalIdPConfigurationForDirectory",
    ]
    old, new = (one["requestParameters"]["idpId"] for one in (swap[0], swap[-1]))
    assert old != new
    assert swap[1]["requestParameters"]["idpId"] == old
    assert swap[4]["responseElements"] == {"idpId": new}
    assert swap[5]["requestParameters"]["idpId"] == new
    assert swap[5]["responseElements"].keys() == {"certificateId"}
    assert {user_id(one) for one in users} == {user_id(one) for one in usual}
    assert len(users) == 3
    assert addresses(users) == addresses(swap)
    assert addresses(users).isdisjoint(addresses(usual))
    types = {one["additionalEventData"]["CredentialType"] for one in users}
    assert types == {"EXTERNAL_IDP"}
    assert not tale.named("CredentialChallenge", "CredentialVerification")
    assert users[0]["additionalEventData"]["UserName"] == "ana.petrov@example.com"
    assert ("userName" in users[0]["userIdentity"]) == (era == "pre")
    assert actors(tale, "malicious") == {"intruder"}


@both_eras
def test_the_near_miss_of_a_provider_swap_makes_the_same_calls(era: str) -> None:
    """Only where they come from tells them apart, and where users come from afterwards."""
    play = told("plays/identity-provider-swap", era)
    near_miss = told("plays/identity-provider-swap-near-miss", era)
    usual = all_of(near_miss, "usual-sign-in", "UserAuthentication")
    again = all_of(near_miss, "sign-in-again", "UserAuthentication")

    changes = near_miss.of_step("change-provider")
    assert names(changes) == names(play.of_step("swap-provider"))
    assert {(user_id(one), one["sourceIPAddress"]) for one in again} == {
        (user_id(one), one["sourceIPAddress"]) for one in usual
    }


@both_eras
def test_scim_token_theft_shows_the_token_and_hides_the_rest(era: str) -> None:
    """One accessKeyId from two places; who and what is pushed is an id or hidden."""
    tale = told("plays/scim-token-theft", era)
    pushed = [one for one in tale.labelled("malicious") if not one["readOnly"]]
    usual = tale.labelled("benign")

    assert names(pushed) == ["CreateUser", "PatchGroup", "PatchUser"]
    assert len({one["userIdentity"]["accessKeyId"] for one in tale.records}) == 1
    assert pushed[0]["userIdentity"].keys() == {"type", "accountId", "accessKeyId"}
    assert {one["userIdentity"]["type"] for one in tale.records} == {"WebIdentityUser"}
    assert {one["userAgent"] for one in pushed} == {"python-requests/2.32.3"}
    assert {one["userAgent"] for one in usual} == {"Microsoft.Azure.SyncFabric/1.0"}
    assert len(addresses(pushed)) == 1
    assert addresses(pushed).isdisjoint(addresses(usual))
    assert pushed[0]["requestParameters"]["httpBody"]["userName"] == HIDDEN
    [operation] = pushed[1]["requestParameters"]["httpBody"]["operations"]
    assert operation == {"op": "ADD", "path": "members", "value": HIDDEN}
    [operation] = pushed[2]["requestParameters"]["httpBody"]["operations"]
    assert operation == {"op": "REPLACE", "path": "emails", "value": HIDDEN}
    assert actors(tale, "malicious") == {"intruder"}
    assert actors(tale, "benign") == {"scim:entra"}


@both_eras
def test_the_near_miss_of_scim_token_theft_moves_and_gets_a_new_token(era: str) -> None:
    """The client stays what it is; the new token is the one that CreateBearerToken answered."""
    tale = told("plays/scim-token-theft-near-miss", era)
    calls = [one for one in tale.records if one["userIdentity"]["type"] == "WebIdentityUser"]
    first, second = dict.fromkeys(one["userIdentity"]["accessKeyId"] for one in calls)

    assert {one["userAgent"] for one in calls} == {"Microsoft.Azure.SyncFabric/1.0"}
    made = tale.only("CreateBearerToken")["responseElements"]["bearerToken"]
    assert made["tokenId"] == second
    assert tale.only("DeleteBearerToken")["requestParameters"]["tokenId"] == first
    assert addresses(tale.of_step("push-user")) == addresses(tale.of_step("new-token-tried"))
    assert addresses(tale.of_step("push-user")).isdisjoint(
        addresses([one for one in tale.of_step("usual-cycle") if one["eventTime"] < "2025-01-14"])
    )


# ---- Administration from elsewhere --------------------------------------------------------


@both_eras
def test_delegated_administrator_abuse_is_received_twice(era: str) -> None:
    """Each assignment is two records with one sharedEventID, and the grantee is the caller."""
    tale = told("plays/delegated-administrator-abuse", era)
    given = all_of(tale, "assign-to-self", "CreateAccountAssignment")
    taken = all_of(tale, "take-new-role", "GetRoleCredentials")
    caller = given[0]["userIdentity"]

    assert len(given) == 4
    assert len({one["sharedEventID"] for one in given}) == 2
    assert len({one["eventID"] for one in given}) == 4
    recipients = {one["recipientAccountId"] for one in given}
    assert recipients == {"111122223333", caller["accountId"]}
    assert caller["accountId"] != "111122223333"
    assert caller["arn"].endswith("/dora.keller")
    assert {one["resources"][0]["accountId"] for one in given} == {"111122223333"}
    assert {one["requestParameters"]["principalId"] for one in given} == {user_id(taken[0])}
    assert {one["requestParameters"]["targetId"] for one in given} == {
        one["serviceEventDetails"]["account_id"] for one in taken
    }
    assert "111122223333" not in {one["requestParameters"]["targetId"] for one in given}
    roles = all_of(tale, "assign-to-self", "CreateRole")
    assert len(roles) == 2
    assert all(SERVICE_ROLE in one["userIdentity"]["arn"] for one in roles)
    assert not any("sharedEventID" in one for one in roles)
    assert len(addresses(tale.labelled("malicious"))) == 1
    assert addresses(tale.labelled("malicious")).isdisjoint(addresses(tale.labelled("benign")))


@both_eras
def test_token_issuer_abuse_leads_from_issuer_to_calls_in_others_names(era: str) -> None:
    """ARNs join issuer, application and tokens; ids of users join tokens and calls."""
    tale = told("plays/token-issuer-abuse", era)
    issuer = tale.only("CreateTrustedTokenIssuer")
    made, grant = tale.only("CreateApplication"), tale.only("PutApplicationGrant")
    tokens = tale.named("CreateTokenWithIAM")
    calls = tale.named("SendMessage")
    application = made["responseElements"]["applicationArn"]

    how = issuer["requestParameters"]["trustedTokenIssuerConfiguration"]["oidcJwtConfiguration"]
    assert how["issuerUrl"] == "https://tokens.example.net"
    trusted = grant["requestParameters"]["grant"]["jwtBearer"]["authorizedTokenIssuers"][0]
    arn = issuer["responseElements"]["trustedTokenIssuerArn"]
    assert trusted["trustedTokenIssuerArn"] == arn
    assert grant["requestParameters"]["applicationArn"] == application
    assert {one["requestParameters"]["clientId"] for one in tokens} == {application}
    assert {one["requestParameters"]["assertion"] for one in tokens} == {HIDDEN}
    # Two accounts receive each, and three users are meant.
    assert len(tokens) == 6
    assert len({one["sharedEventID"] for one in tokens}) == 3
    users = {one["additionalEventData"]["identitystore:UserId"] for one in tokens}
    assert len(users) == 3
    assert {one["userIdentity"]["onBehalfOf"]["userId"] for one in calls} == users
    credentials = {one["additionalEventData"]["identitycenter:CredentialId"] for one in tokens}
    assert len(credentials) == 3
    assert addresses(tale.labelled("malicious")) == {issuer["sourceIPAddress"]}
    contexts = [one["requestParameters"]["providedContexts"] for one in tale.named("AssumeRole")]
    assert [one[0]["contextAssertion"] for one in contexts] == [HIDDEN] * 3
    assert not tale.named("UserAuthentication", "CredentialChallenge")


@both_eras
def test_the_near_miss_of_token_issuer_abuse_has_two_places(era: str) -> None:
    """Who sets it up is at work, and the server application where it always runs."""
    tale = told("plays/token-issuer-abuse-near-miss", era)
    made, tokens = tale.only("CreateTrustedTokenIssuer"), tale.named("CreateTokenWithIAM")

    assert len({one["additionalEventData"]["identitystore:UserId"] for one in tokens}) == 3
    assert addresses(tokens).isdisjoint({made["sourceIPAddress"]})
    assert addresses(tale.of_step("usual-console")) == {made["sourceIPAddress"]}


# ---- What only looks like it ---------------------------------------------------------------


@both_eras
def test_a_policy_that_denies_is_put_where_the_administrator_works(era: str) -> None:
    """By the usual administrator, at the usual address; the roles get the same policy."""
    tale = told("plays/permission-set-tampering-near-miss", era)
    put, usual = tale.only("PutInlinePolicyToPermissionSet"), tale.only("UpdatePermissionSet")
    roles = tale.named("PutRolePolicy")
    statements = orjson.loads(put["requestParameters"]["inlinePolicy"])["Statement"]

    assert addresses([put]) == addresses([usual])
    assert put["userIdentity"]["arn"] == usual["userIdentity"]["arn"]
    assert "Deny" in {one["Effect"] for one in statements}
    assert len({one["recipientAccountId"] for one in roles}) == 3
    assert {one["requestParameters"]["policyDocument"] for one in roles} == {
        put["requestParameters"]["inlinePolicy"]
    }


@both_eras
def test_a_new_permission_set_is_assigned_to_a_group(era: str) -> None:
    """Whose member finds the role in the portal a quarter of an hour later."""
    tale = told("plays/rogue-permission-set-near-miss", era)
    assigned, entered = tale.only("CreateAccountAssignment"), tale.only("Federate")
    created = tale.only("CreatePermissionSet")

    assert assigned["requestParameters"]["principalType"] == "GROUP"
    assert (
        assigned["requestParameters"]["permissionSetArn"]
        == created["responseElements"]["permissionSet"]["permissionSetArn"]
    )
    assert assigned["requestParameters"]["targetId"] == entered["serviceEventDetails"]["account_id"]
    assert addresses([assigned]).isdisjoint(addresses([entered]))
    assert names(tale.of_step("engineer-has-no-account")) == ["Authenticate", "ListApplications"]


@both_eras
def test_a_contractor_is_created_by_who_always_does_and_signs_in_from_elsewhere(era: str) -> None:
    """The administrator worked from there the day before; the newcomer is never there."""
    tale = told("plays/persistence-new-user-near-miss", era)
    created = tale.only("CreateUser")
    usual = tale.of_step("usual-console")
    [first, *_] = tale.named("UserAuthentication")

    assert addresses([created]) == addresses(usual)
    assert created["userIdentity"]["arn"] == usual[0]["userIdentity"]["arn"]
    assert first["eventTime"] > created["eventTime"]
    assert addresses([first]).isdisjoint(addresses([created]))
    assert {
        one["requestParameters"]["principalId"] for one in tale.named("CreateAccountAssignment")
    } == {user_id(first)}


@both_eras
def test_a_delegated_administrator_gives_access_to_another_person(era: str) -> None:
    """Both accounts receive each call, under one sharedEventID; who gets access did not ask."""
    tale = told("plays/delegated-administrator-abuse-near-miss", era)
    given = all_of(tale, "assign-to-colleague", "CreateAccountAssignment")
    administrator = user_id(one_of(tale, "administrator-signs-in", "UserAuthentication"))
    colleague = user_id(one_of(tale, "colleague-signs-in", "UserAuthentication"))

    assert len(given) == 4
    assert len({one["sharedEventID"] for one in given}) == 2
    assert len({one["recipientAccountId"] for one in given}) == 2
    assert {one["requestParameters"]["principalId"] for one in given} == {colleague}
    assert colleague != administrator
    assert {user_id(one) for one in all_of(tale, "take-new-role", "GetRoleCredentials")} == {
        colleague
    }
