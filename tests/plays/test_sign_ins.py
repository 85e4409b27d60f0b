"""Plays of sign-ins, sessions and credentials, read as whoever investigates them reads a trail."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.plays.analyst import HIDDEN, Record, Tale, addresses, both_eras, names, told, user_id
from tests.plays.sign_ins import DETECTIONS, country

ERAS = ("pre", "post")


def play(name: str, era: str) -> Tale:
    """Return what a play leaves."""
    return told(f"plays/{name}", era)


def identity(record: Record, name: str) -> Any:
    """Return a member of userIdentity, None where there is none."""
    return record["userIdentity"].get(name)


def outcome(record: Record) -> str:
    """Return how a step of a sign-in ended."""
    return str(record["serviceEventDetails"][record["eventName"]])


def workflow(record: Record) -> str:
    """Return the sign-in workflow of a record."""
    return str(record["additionalEventData"]["AuthWorkflowID"])


def accounts(records: list[Record]) -> list[str]:
    """Return the accounts whose credentials were fetched, in order."""
    fetched = [one for one in records if one["eventName"] == "GetRoleCredentials"]
    return [one["serviceEventDetails"]["account_id"] for one in fetched]


@pytest.mark.parametrize("name", sorted(DETECTIONS))
def test_intruders_are_named_in_the_truth_alone(name: str) -> None:
    """The records of an attack name the user whose rights it uses; the insider acts as herself."""
    for era in ERAS:
        tale = play(name, era)
        actors = {tale.truth[one["eventID"]]["actor"] for one in tale.labelled("malicious")}

        assert actors == ({"vera.lang"} if name == "departing-employee" else {"intruder"})
        assert not any("intruder" in str(record) for record in tale.records)


@both_eras
def test_a_phished_device_code_is_redeemed_far_from_the_sign_in(era: str) -> None:
    """Pending polls name nobody; the last one has the user and her portal session."""
    tale = play("device-code-phishing", era)
    tokens = tale.named("CreateToken")
    pending, redeemed = tokens[:-1], tokens[-1]
    portal = tale.of_step("victim-in-portal")

    assert names(portal) == ["Authenticate", "ListApplications"]
    assert len(pending) == 6
    assert {user_id(one) for one in pending} == {None}
    assert {one["responseElements"] is None for one in pending} == {True}
    assert redeemed["responseElements"]["accessToken"] == HIDDEN
    assert user_id(redeemed) == user_id(portal[0])
    assert identity(redeemed, "credentialId") == identity(portal[0], "credentialId")
    assert addresses(portal).isdisjoint(addresses(tokens))
    assert len({one["requestParameters"]["deviceCode"] for one in tokens}) == 1


@both_eras
def test_a_phished_token_takes_a_role_in_every_account(era: str) -> None:
    """The token is another credential than the session; each fetch enters its account at once."""
    tale = play("device-code-phishing", era)
    taken = tale.of_step("fetch-credentials")
    fetched = [one for one in taken if one["eventName"] == "GetRoleCredentials"]
    [token] = {identity(one, "credentialId") for one in fetched}

    assert len(set(accounts(taken))) == 3
    assert token.startswith("AAAAA")
    assert names(taken) == ["GetRoleCredentials", "AssumeRoleWithSAML", "GetCallerIdentity"] * 3
    assert [one["recipientAccountId"] for one in taken[1::3]] == accounts(taken)
    assert len(addresses(taken)) == 1


@both_eras
def test_a_build_server_of_ones_own_takes_one_role(era: str) -> None:
    """It is phished like, from another address than the browser, and works in one account."""
    tale = play("device-code-phishing-near-miss", era)

    assert len(set(accounts(tale.records))) == 1
    assert len(accounts(tale.records)) == 3
    assert addresses(tale.named("CreateToken")).isdisjoint(addresses(tale.of_step("sign-in")))


@both_eras
def test_a_spray_tries_each_name_once_and_gets_in_once(era: str) -> None:
    """Every try is a workflow of its own at one address, with one browser."""
    tale = play("password-spray", era)
    tries = tale.labelled("malicious")
    answers = [one for one in tries if one["eventName"] == "CredentialVerification"]

    assert len(addresses(tries)) == 1
    assert len({one["userAgent"] for one in tries}) == 1
    assert Counter(map(outcome, answers)) == {"Failure": 10, "Success": 1}
    assert len({workflow(one) for one in answers}) == 11
    assert names(tale.of_step("get-in")) == [
        "CredentialChallenge",
        "CredentialVerification",
        "UserAuthentication",
    ]


def test_what_a_spray_shows_changes_with_the_era() -> None:
    """Before, every name tried; after, no userName, and names that nobody has are hidden."""
    shown = {}
    for era in ERAS:
        tale = play("password-spray", era)
        failed = [*tale.of_step("try-user"), *tale.of_step("try-name")]
        challenges = [one for one in failed if one["eventName"] == "CredentialChallenge"]
        shown[era] = [one["additionalEventData"]["UserName"] for one in challenges]

        assert {identity(one, "type") for one in failed} == {"Unknown"}
        assert {user_id(one) for one in failed} == {None}
        assert {identity(one, "credentialId") for one in failed} == {None}
        user_names = {identity(one, "userName") for one in failed}
        assert user_names == ({None} if era == "post" else set(shown["pre"]))

    assert shown["pre"][6:] == ["admin", "backup", "i.moreau", "service"]
    assert shown["post"][6:] == [HIDDEN] * 4
    assert shown["pre"][:6] == shown["post"][:6]


@both_eras
def test_an_office_that_mistypes_gets_in(era: str) -> None:
    """As many names fail at one address, and all of them succeed in the end."""
    tale = play("password-spray-near-miss", era)
    failed = {workflow(one) for one in tale.records if outcome_or_none(one) == "Failure"}
    entered = {user_id(one) for one in tale.named("UserAuthentication")}

    assert addresses(tale.of_step("mistype")) == addresses(tale.of_step("mistype-name"))
    assert len(failed) == 7
    assert len(entered) == 7


def outcome_or_none(record: Record) -> str | None:
    """Return how an answer to a challenge was judged, None for other records."""
    is_answer = record["eventName"] == "CredentialVerification"
    return outcome(record) if is_answer else None


@both_eras
def test_a_leaked_password_holds_for_one(era: str) -> None:
    """Five names fail from each of two addresses; the sixth gets in and access keys go at once."""
    tale = play("credential-stuffing", era)
    tried, entered = tale.of_step("try-leaked-password"), tale.of_step("get-in")
    taken = tale.of_step("take-access-keys")
    names_tried = Counter(
        one["additionalEventData"]["UserName"]
        for one in tried
        if one["eventName"] == "CredentialChallenge"
    )

    assert set(names_tried.values()) == {2}
    assert len(names_tried) == 5
    assert len(addresses(tried)) == 2
    assert addresses(entered) < addresses(tried)
    assert entered[-1]["additionalEventData"]["CredentialType"] == "PASSWORD"
    assert names(tale.of_step("look-around"))[:3] == [
        "Authenticate",
        "ListApplications",
        "ListAccounts",
    ]
    assert len(set(accounts(taken))) == 2
    assert {user_id(one) for one in taken if user_id(one)} == {user_id(entered[-1])}


@both_eras
def test_two_countries_within_the_hour(era: str) -> None:
    """Two workflows and two portal sessions of one user, both in use."""
    tale = play("impossible-travel", era)
    first, second = tale.named("UserAuthentication")
    sessions = [identity(one, "credentialId") for one in tale.named("Authenticate", "Federate")]

    assert user_id(first) == user_id(second)
    assert [country(one["sourceIPAddress"]) for one in (first, second)] == ["US", "SG"]
    assert workflow(first) != workflow(second)
    # Authenticate and Federate of the user, both of the intruder, Federate of the user again.
    assert [sessions.index(one) for one in sessions] == [0, 0, 2, 2, 0]


@both_eras
def test_a_vpn_exit_is_shared_by_colleagues(era: str) -> None:
    """Two countries within the hour again, with one browser and where another user is, too."""
    tale = play("impossible-travel-near-miss", era)
    through = tale.of_step("sign-in-through-vpn")
    at_home = tale.of_step("sign-in-at-home")

    assert {country(one) for one in addresses(through)} == {"GB"}
    assert addresses(through) == addresses(tale.of_step("colleague-through-vpn"))
    assert {one["userAgent"] for one in through} == {one["userAgent"] for one in at_home}


@both_eras
def test_a_stolen_session_has_one_id_at_two_addresses(era: str) -> None:
    """No sign-in comes from the second, and the owner goes on at the first."""
    tale = play("stolen-portal-session", era)
    stolen = [*tale.of_step("use-cookie"), *tale.of_step("take-access-keys")]
    owned = tale.of_step("victim-in-portal")
    ids = {identity(one, "credentialId") for one in [*stolen, *owned]} - {None}

    assert len(ids) == 1
    assert addresses(stolen).isdisjoint(addresses(tale.named("UserAuthentication")))
    assert addresses(stolen).isdisjoint(addresses(owned))
    assert owned[-1]["eventTime"] > stolen[-1]["eventTime"]
    assert len(set(accounts(stolen))) == 2


@both_eras
def test_a_session_that_travels_leaves_its_addresses(era: str) -> None:
    """Three addresses in turn, one session, one browser."""
    tale = play("stolen-portal-session-near-miss", era)
    used = [one for one in tale.records if (identity(one, "credentialId") or "").startswith("7573")]
    turns = list(dict.fromkeys(one["sourceIPAddress"] for one in used))

    assert len({identity(one, "credentialId") for one in used}) == 1
    assert len({one["userAgent"] for one in used}) == 1
    assert len(turns) == 3
    assert [one["sourceIPAddress"] for one in used] == sorted(
        (one["sourceIPAddress"] for one in used), key=turns.index
    )


@both_eras
def test_a_device_is_added_by_whoever_has_the_session(era: str) -> None:
    """The registration names the user and the intruder's session; the device serves at night."""
    tale = play("mfa-device-added", era)
    added = tale.of_step("add-device")
    looked = tale.of_step("look-around")[0]
    done = tale.only("CompleteVirtualMfaDeviceRegistration")

    assert names(added) == [
        "ListMfaDevicesForUser",
        "StartVirtualMfaDeviceRegistration",
        "CompleteVirtualMfaDeviceRegistration",
        "ListMfaDevicesForUser",
    ]
    assert {identity(one, "credentialId") for one in added} == {identity(looked, "credentialId")}
    assert identity(done, "type") == ("IdentityCenterUser" if era == "post" else "Unknown")
    assert identity(done, "userName") == (None if era == "post" else "lucy.adeyemi")
    assert done["requestParameters"]["user"]["userId"] == user_id(done)
    assert addresses(added) == addresses(tale.of_step("come-back"))
    assert addresses(added).isdisjoint(addresses(tale.of_step("victim-works")))


@both_eras
def test_a_reset_lets_the_caller_enrol(era: str) -> None:
    """The administrator's calls name the user by id, in both eras; a device is demanded then."""
    tale = play("mfa-reset-takeover", era)
    removed = tale.only("DeleteMfaDeviceForUser")
    reset = tale.only("UpdatePassword")
    entered = [
        one for one in tale.labelled("malicious") if one["eventName"] == "UserAuthentication"
    ]

    assert identity(removed, "type") == identity(reset, "type") == "AssumedRole"
    assert user_id(entered[0]) == reset["requestParameters"]["userId"]
    assert user_id(entered[0]) == removed["requestParameters"]["user"]["userId"]
    assert entered[0]["additionalEventData"]["DeviceEnrollmentRequired"] == "true"
    assert entered[0]["additionalEventData"]["CredentialType"] == "PASSWORD"
    assert addresses(entered).isdisjoint(addresses(tale.of_step("victim-signs-in")))
    assert {tale.truth[one["eventID"]]["label"] for one in (removed, reset)} == {"suspicious"}
    locked_out = tale.of_step("victim-locked-out")
    assert [one for one in map(outcome_or_none, locked_out) if one] == ["Failure"] * 3


@both_eras
def test_weaker_settings_let_a_password_through(era: str) -> None:
    """The same address stops at the code before, and passes without one afterwards."""
    tale = play("mfa-policy-weakened", era)
    stopped = tale.of_step("stopped-at-factor")
    change = tale.only("PutMfaDeviceManagementForDirectory")
    entered = tale.of_step("sign-in-without-factor")
    asked = [one["additionalEventData"]["CredentialType"] for one in stopped]

    assert asked == ["PASSWORD", "PASSWORD", "TOTP", "TOTP", "TOTP"]
    assert "UserAuthentication" not in names(stopped)
    assert entered[-1]["additionalEventData"]["CredentialType"] == "PASSWORD"
    assert addresses(stopped) == addresses([change]) == addresses(entered)
    usual = tale.of_step("administrator-works")[0]
    assert identity(change, "principalId") == identity(usual, "principalId")
    assert change["sourceIPAddress"] != usual["sourceIPAddress"]


@both_eras
def test_wrong_codes_name_nobody_after_the_change(era: str) -> None:
    """The password's verification in the same workflow tells whose they are."""
    tale = play("repeated-code-failures", era)
    guesses = tale.of_step("guess-codes")
    wrong = [one for one in guesses if outcome_or_none(one) == "Failure"]
    right = [one for one in guesses if outcome_or_none(one) == "Success"]

    assert len(wrong) == 12
    assert {one["additionalEventData"]["CredentialType"] for one in wrong} == {"TOTP"}
    assert {identity(one, "userName") for one in wrong} == (
        {None} if era == "post" else {"gita.rao"}
    )
    assert {user_id(one) for one in wrong} == {None}
    assert {user_id(one) for one in right} == {user_id(tale.named("UserAuthentication")[0])}
    assert {workflow(one) for one in wrong} == {workflow(one) for one in right}
    assert "UserAuthentication" not in names(guesses)
    assert names(tale.of_step("get-in"))[-1] == "UserAuthentication"


@both_eras
def test_a_drifted_device_is_resynchronised(era: str) -> None:
    """Ten wrong codes, and an end to them."""
    tale = play("repeated-code-failures-near-miss", era)
    wrong = [one for one in tale.records if outcome_or_none(one) == "Failure"]
    types = [
        one["additionalEventData"]["CredentialType"] for one in tale.named("UserAuthentication")
    ]

    assert len(wrong) == 10
    assert types == ["PASSWORD,RESYNC_TOTP", "PASSWORD,TOTP"]


@both_eras
def test_a_copied_token_is_used_from_elsewhere(era: str) -> None:
    """One credentialId, two addresses, eight accounts within a minute."""
    tale = play("mass-credential-retrieval", era)
    taken = tale.of_step("fetch-credentials")
    fetched = tale.named("GetRoleCredentials")

    assert len({identity(one, "credentialId") for one in fetched}) == 1
    assert len(addresses(fetched)) == 2
    assert len(set(accounts(taken))) == 8
    assert taken[0]["eventTime"][:16] == taken[-1]["eventTime"][:16] == "2025-01-14T15:36"
    assert addresses(taken).isdisjoint(addresses(tale.named("CreateToken", "UserAuthentication")))


@both_eras
def test_a_script_fetches_where_it_was_signed_in(era: str) -> None:
    """As many accounts as fast, twice, with a token of that day and address."""
    tale = play("mass-credential-retrieval-near-miss", era)
    fetched = tale.of_step("fetch-credentials")

    assert Counter(accounts(fetched)) == dict.fromkeys(accounts(fetched), 2)
    assert len(set(accounts(fetched))) == 8
    assert addresses(fetched) == addresses(tale.named("CreateToken"))


@both_eras
def test_a_leaver_copies_keys_and_removes_the_device(era: str) -> None:
    """All in one session at night, which ends with signing out; nothing is registered."""
    tale = play("departing-employee", era)
    copied, removed = tale.of_step("copy-access-keys"), tale.of_step("remove-device")
    left = tale.only("Logout")
    ids = {identity(one, "credentialId") for one in [*copied, *removed, left]} - {None}

    assert len(set(accounts(copied))) == 5
    assert all(one["userAgent"].startswith("Mozilla/") for one in removed)
    assert names(removed) == [
        "ListMfaDevicesForUser",
        "DeleteMfaDeviceForUser",
        "ListMfaDevicesForUser",
    ]
    assert len(ids) == 1
    assert not tale.named("CompleteVirtualMfaDeviceRegistration")
    assert {one["eventTime"][11:13] for one in [*copied, *removed]} == {"04"}


@both_eras
def test_an_engineer_on_call_registers_before_removing(era: str) -> None:
    """The same keys at the same hour, and a new device first."""
    tale = play("departing-employee-near-miss", era)
    order = names(
        tale.named("CompleteVirtualMfaDeviceRegistration", "DeleteMfaDeviceForUser", "Logout")
    )

    assert len(set(accounts(tale.of_step("copy-access-keys")))) == 5
    assert order == ["CompleteVirtualMfaDeviceRegistration", "DeleteMfaDeviceForUser", "Logout"]


@both_eras
def test_forged_responses_fail_at_one_address_until_one_is_taken(era: str) -> None:
    """Failures are another event, which names nobody in either era; success names the user."""
    tale = play("idp-misconfiguration-storm", era)
    refused = tale.named("ExternalIdPDirectoryLogin")
    entered = [one for one in tale.of_step("get-in") if one["eventName"] == "UserAuthentication"]

    assert len(refused) == 13
    assert addresses(refused) == addresses(entered)
    assert {identity(one, "userName") for one in refused} == {None}
    assert {user_id(one) for one in refused} == {None}
    assert {one["errorMessage"].rpartition(" ")[0] for one in refused} == {
        "Not a valid response for the provided request id:"
    }
    assert len({one["errorMessage"] for one in refused}) == 7
    assert entered[0]["additionalEventData"]["CredentialType"] == "EXTERNAL_IDP"
    assert entered[0]["additionalEventData"]["UserName"] == "ruth.coleman@example.com"
    assert addresses(refused).isdisjoint(addresses(tale.of_step("colleagues-sign-in")))


@both_eras
def test_a_misconfiguration_hits_everybody_where_they_are(era: str) -> None:
    """Between two imports of a certificate all fail; afterwards all get in at the same places."""
    tale = play("idp-misconfiguration-storm-near-miss", era)
    changed, mended = tale.named("ImportExternalIdPCertificate")
    failed, entered = tale.of_step("fail"), tale.named("UserAuthentication")

    assert changed["eventTime"] < failed[0]["eventTime"]
    assert failed[-1]["eventTime"] < mended["eventTime"] < entered[0]["eventTime"]
    assert addresses(failed) == addresses(entered)
    assert len(addresses(failed)) == 3
    assert len({user_id(one) for one in entered}) == 7


@both_eras
def test_directory_names_are_guessed_in_three_forms(era: str) -> None:
    """Forms of a user's name stand as typed; after the change guesses that miss are hidden."""
    tale = play("directory-name-brute-force", era)
    typed = {
        step: list(
            dict.fromkeys(
                one["additionalEventData"]["UserName"]
                for one in tale.of_step(step)
                if one["eventName"] == "CredentialChallenge"
            )
        )
        for step in ("guess-name", "guess-password")
    }

    assert typed["guess-password"] == [
        "hugo.vidal",
        "hugo.vidal@corp.example.com",
        "corp.example.com\\hugo.vidal",
        "kirsten.holm",
        "kirsten.holm@corp.example.com",
        "corp.example.com\\kirsten.holm",
    ]
    assert len(typed["guess-name"]) == (6 if era == "pre" else 1)
    assert (HIDDEN in typed["guess-name"]) == (era == "post")
    assert "UserAuthentication" not in names(tale.labelled("malicious"))
    assert len({workflow(one) for one in tale.labelled("malicious")}) == 12


@both_eras
def test_a_user_finds_the_right_form_of_the_name(era: str) -> None:
    """One browser at one address, and in at the sixth try."""
    tale = play("directory-name-brute-force-near-miss", era)
    entered = tale.only("UserAuthentication")
    challenges = tale.named("CredentialChallenge")

    assert len(challenges) == 6
    assert len({one["userAgent"] for one in tale.records}) == 1
    assert len(addresses(tale.records)) == 1
    assert challenges[-1]["additionalEventData"]["UserName"] == "corp.example.com\\hugo.vidal"
    assert workflow(entered) == workflow(challenges[-1])


@both_eras
def test_colleagues_at_one_address_get_it_right_themselves(era: str) -> None:
    """Many mistype at one office; each signs in afterwards, with a browser of their own."""
    tale = play("credential-stuffing-near-miss", era)
    failed = [one for one in tale.named("CredentialVerification") if outcome(one) == "Failure"]
    entered = tale.named("UserAuthentication")

    assert addresses(tale.records) == {entered[0]["sourceIPAddress"]}
    assert len(failed) == 4
    assert len({user_id(one) for one in entered}) == 5
    assert {one["userAgent"] for one in failed} <= {one["userAgent"] for one in entered}
    assert len({one["userAgent"] for one in entered}) > 1
    assert len(accounts(tale.records)) == 2
    assert {user_id(one) for one in tale.named("GetRoleCredentials")} == {user_id(entered[0])}


@both_eras
def test_a_new_phone_is_added_with_the_old_one_and_both_places_never_overlap(era: str) -> None:
    """From a hotel, behind the second factor; the office is not heard of until days later."""
    tale = play("mfa-device-added-near-miss", era)
    added = tale.only("CompleteVirtualMfaDeviceRegistration")
    removed = tale.only("DeleteMfaDeviceForUser")
    hotel = added["sourceIPAddress"]
    there = [one["eventTime"] for one in tale.records if one["sourceIPAddress"] == hotel]
    office = [
        one["eventTime"]
        for one in tale.named("UserAuthentication")
        if one["sourceIPAddress"] != hotel
    ]

    assert len({user_id(one) for one in (*tale.named("UserAuthentication"), added, removed)}) == 1
    assert removed["sourceIPAddress"] == hotel
    assert added["eventTime"] < removed["eventTime"]
    assert identity(added, "credentialId") == identity(removed, "credentialId")
    assert not any(there[0] < at < there[-1] for at in office)
    assert {
        one["additionalEventData"]["CredentialType"] for one in tale.named("UserAuthentication")
    } == {"PASSWORD,TOTP"}


@both_eras
def test_settings_are_changed_where_their_administrator_always_works(era: str) -> None:
    """And nobody signs in without a factor from there."""
    tale = play("mfa-policy-weakened-near-miss", era)
    change = tale.only("PutMfaDeviceManagementForDirectory")
    entered = tale.only("UserAuthentication")
    usual = tale.of_step("administrator-works")

    assert {one["sourceIPAddress"] for one in usual} == {change["sourceIPAddress"]}
    assert change["userIdentity"]["arn"] == usual[0]["userIdentity"]["arn"]
    assert entered["eventTime"] > change["eventTime"]
    assert entered["additionalEventData"]["CredentialType"] == "PASSWORD"
    assert entered["sourceIPAddress"] not in addresses([change])
    assert user_id(entered) == user_id(tale.only("GetRoleCredentials"))


@both_eras
def test_who_lost_her_phone_enrols_another_where_she_was_before(era: str) -> None:
    """The help desk removes the device and resets the password after her own failures."""
    tale = play("mfa-reset-takeover-near-miss", era)
    removed, reset = tale.only("DeleteMfaDeviceForUser"), tale.only("UpdatePassword")
    enrolled = tale.only("CompleteVirtualMfaDeviceRegistration")
    failed = [one for one in tale.named("CredentialVerification") if outcome(one) == "Failure"]
    [first, *_] = tale.named("UserAuthentication")

    assert failed[-1]["eventTime"] < removed["eventTime"] < reset["eventTime"]
    assert reset["eventTime"] < enrolled["eventTime"]
    assert removed["userIdentity"]["arn"] == reset["userIdentity"]["arn"]
    assert addresses([*failed, enrolled]) == addresses([first])
    assert user_id(enrolled) == user_id(first) == reset["requestParameters"]["userId"]
