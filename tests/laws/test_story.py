"""Law 9, story: records tell what can have happened, in the order in which it can."""

from __future__ import annotations

import copy
from typing import Any

import orjson
import pytest

from simulator.engines import vectorised
from simulator.plan.compiler import compile_scenario
from simulator.scenario import library
from tests.laws import stories

pytestmark = pytest.mark.laws

Record = dict[str, Any]


MOST = 20_000
"""Background records of a story: some scenarios have more, for the size of their files."""


def records_of(name: str, era: str | None = None) -> list[Record]:
    """Return the records of a shipped scenario, of everyday activity no more than `MOST`."""
    scenario = library.load(name, era=era)
    most = MOST if (scenario.background.events or 0) > MOST else None
    plan, _ = compile_scenario(scenario, events=most)
    return [orjson.loads(line) for line in vectorised.render(plan, 0, plan.horizon).lines]


SHIPPED = sorted(library.names())
# Scenarios of deliveries are about files: what happens in them is one story in any era. Datasets
# cross the change by themselves.
PINNED = [name for name in SHIPPED if not name.startswith(("delivery/", "datasets/"))]


@pytest.mark.parametrize(
    ("era", "name"),
    [
        *(("by-date", name) for name in SHIPPED),
        *(("pre-january-2025", name) for name in PINNED),
    ],
)
def test_every_shipped_scenario_tells_a_possible_story(era: str, name: str) -> None:
    """For all shipped scenarios: no rule of the story is broken."""
    records = records_of(name, era)

    assert records
    assert stories.impossibilities(records) == []


@pytest.fixture(scope="module")
def told() -> list[Record]:
    """A story with a sign-in, devices, a group and a user."""
    return records_of("storylines/mfa-self-service", "pre-january-2025")


def _first(records: list[Record], name: str) -> Record:
    return next(record for record in records if record["eventName"] == name)


def test_a_repeated_event_id_is_seen(told: list[Record]) -> None:
    """Negative control of `repeated_ids`."""
    records = copy.deepcopy(told)
    records[1]["eventID"] = records[0]["eventID"]

    assert stories.repeated_ids(records) != []


def test_a_split_request_is_seen(told: list[Record]) -> None:
    """Negative control of `split_requests`."""
    records = copy.deepcopy(told)
    _first(records, "UserAuthentication")["sourceIPAddress"] = "192.0.2.1"

    assert stories.split_requests(records) != []


@pytest.mark.parametrize("change", ["lost", "unlike", "another id", "one account"])
def test_a_broken_pair_of_records_is_seen(change: str) -> None:
    """Negative control of `unlike_copies`."""
    records = records_of("storylines/delegated-administrator")
    owners, administrators = records[:2]
    if change == "lost":
        records.remove(administrators)
    elif change == "unlike":
        administrators["userAgent"] = "another"
    elif change == "another id":
        administrators["sharedEventID"] = administrators["eventID"]
    else:
        administrators["recipientAccountId"] = owners["recipientAccountId"]

    assert stories.unlike_copies(records) != []


def test_a_verification_without_challenge_is_seen(told: list[Record]) -> None:
    """Negative control of `broken_sign_ins`: the first challenge is lost."""
    records = copy.deepcopy(told)
    records.remove(_first(records, "CredentialChallenge"))

    assert stories.broken_sign_ins(records) != []


def test_an_authentication_by_what_was_not_verified_is_seen(told: list[Record]) -> None:
    """Negative control of `broken_sign_ins`: one factor too many is listed."""
    records = copy.deepcopy(told)
    _first(records, "UserAuthentication")["additionalEventData"]["CredentialType"] += ",WEBAUTHN"

    assert stories.broken_sign_ins(records) != []


def test_a_sign_in_credential_in_the_portal_is_seen(told: list[Record]) -> None:
    """Negative control of `mixed_credentials`."""
    records = copy.deepcopy(told)
    credential = _first(records, "UserAuthentication")["userIdentity"]["credentialId"]
    _first(records, "Logout")["userIdentity"]["credentialId"] = credential

    assert stories.mixed_credentials(records) != []


def test_a_second_name_is_seen(told: list[Record]) -> None:
    """Negative control of `unsettled_people`."""
    records = copy.deepcopy(told)
    _first(records, "Logout")["userIdentity"]["userName"] = "somebody.else"

    assert stories.unsettled_people(records) != []


def test_a_device_after_its_deletion_is_seen(told: list[Record]) -> None:
    """Negative control of `wandering_devices`."""
    records = copy.deepcopy(told)
    deletion = _first(records, "DeleteMfaDeviceForUser")
    rename = _first(records, "UpdateMfaDeviceForUser")
    rename["requestParameters"]["deviceId"] = deletion["requestParameters"]["deviceId"]
    records.append(rename)

    assert stories.wandering_devices(records) != []


def test_a_group_after_its_deletion_is_seen() -> None:
    """Negative control of `ghosts`."""
    records = records_of("storylines/group-administration-api")
    deleted = [record for record in records if record["eventName"] == "DeleteGroup"]
    records.append(copy.deepcopy(deleted[0]))

    assert stories.ghosts(records) != []


def test_a_group_before_its_creation_is_seen() -> None:
    """Negative control of `ghosts`: the creation comes last."""
    records = records_of("storylines/group-administration-api")
    records.append(records.pop(0))

    assert stories.ghosts(records) != []


def test_disorder_is_seen(told: list[Record]) -> None:
    """Negative control of `unordered`."""
    assert stories.unordered(told[::-1]) != []


def test_portal_use_without_sign_in_is_seen(told: list[Record]) -> None:
    """Negative control of `unexplained_portal_use`."""
    records = [record for record in told if record["eventName"] != "UserAuthentication"]

    assert stories.unexplained_portal_use(records) != []


def test_a_token_of_nobody_does_not_explain_portal_use() -> None:
    """Negative control of `unexplained_portal_use`: the application got no token."""
    records = [
        record
        for record in records_of("storylines/server-application")
        if record["eventName"] != "CreateTokenWithIAM"
    ]

    assert stories.unexplained_portal_use(records) != []


def test_an_application_after_its_deletion_is_seen() -> None:
    """Negative control of `stray_applications`: it is assigned once more."""
    records = records_of("storylines/application-removed")
    records.append(copy.deepcopy(_first(records, "CreateApplicationAssignment")))
    del records[-1]["sharedEventID"]

    assert stories.stray_applications(records) != []


def test_a_pushed_user_after_deletion_is_seen() -> None:
    """Negative control of `ghosts`: the provider patches whom it has deleted."""
    records = records_of("storylines/scim-okta")
    records.append(copy.deepcopy(_first(records, "PatchUser")))

    assert stories.ghosts(records) != []


def test_a_failure_by_somebody_and_an_answered_one_are_seen() -> None:
    """Negative control of `unlike_pushes`."""
    records = records_of("storylines/scim-errors")
    answered = copy.deepcopy(records)
    _first(answered, "PatchUser")["responseElements"] = {}
    _first(records, "PatchUser")["userIdentity"]["type"] = "WebIdentityUser"

    assert stories.unlike_pushes(records) != []
    assert stories.unlike_pushes(answered) != []
