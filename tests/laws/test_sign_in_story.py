"""Law 9, as far as flows alone show it: the records of a sign-in tell one story.

Over sign-ins as the planner makes them. What happens between episodes is `test_story.py`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from simulator.engines import stepwise, vectorised
from simulator.flows import FLOWS
from tests.builders import a_plan_of, a_row, rendered
from tests.strategies import plans, sign_ins

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.laws


def by_workflow(records: list[dict]) -> dict[str, list[dict]]:
    """Return the sign-in records of every AuthWorkflowID, in order."""
    found = defaultdict(list)
    for record in records:
        workflow = (record.get("additionalEventData") or {}).get("AuthWorkflowID")
        if workflow:
            found[workflow].append(record)
    return found


def credential(record: dict) -> str:
    """Return the factor or factors of a sign-in record."""
    return record["additionalEventData"]["CredentialType"]


@dataclass
class Workflow:
    """How far a sign-in has come, and what was wrong on the way."""

    open: dict | None = None
    """The challenge that waits for its answer."""
    last: dict | None = None
    """The last verification."""
    satisfied: list[str] = field(default_factory=list)
    is_done: bool = False

    def problems(self, told: list[dict]) -> Iterator[str]:
        """Yield what is wrong with the records of one AuthWorkflowID, in order."""
        reads = {
            "CredentialChallenge": self.challenge,
            "CredentialVerification": self.verification,
            "UserAuthentication": self.authentication,
        }
        for record in told:
            name = record["eventName"]
            if self.is_done:
                yield f"{name} after UserAuthentication"
            yield from reads[name](record, record["serviceEventDetails"][name])
        # A right password ends in an authentication or in the question for another factor.
        is_right = self.last and "Success" in self.last["serviceEventDetails"].values()
        if is_right and not self.open and not self.is_done:
            yield "right answer, and nothing after it"

    def challenge(self, record: dict, outcome: str) -> Iterator[str]:
        """Read a question."""
        if self.open:
            yield "challenge while another is open"
        if outcome != "Success":
            yield "challenge that did not succeed"
        self.open = record

    def verification(self, record: dict, outcome: str) -> Iterator[str]:
        """Read an answer."""
        if self.open is None:
            yield "verification without a challenge"
        elif credential(self.open) != credential(record):
            yield "verification of another factor than was asked for"
        elif self.open["userIdentity"] != record["userIdentity"]:
            yield "verification of another identity than was challenged"
        elif self.open["eventTime"] > record["eventTime"]:
            yield "verification before its challenge"
        if outcome == "Success":
            self.satisfied.append(credential(record))
        self.open, self.last = None, record

    def authentication(self, record: dict, outcome: str) -> Iterator[str]:
        """Read the end of a sign-in."""
        self.is_done = True
        if outcome != "Success":
            yield "authentication that did not succeed"
        if self.open:
            yield "authentication while a challenge is open"
        types = credential(record).split(",")
        if types == ["EXTERNAL_IDP"]:
            types = []
        if types != self.satisfied:
            yield "authentication with other factors than were satisfied"
        enrols = "DeviceEnrollmentRequired" in record["additionalEventData"]
        if self.last and not enrols and types != ["EMAIL_OTP"]:
            for member in ("requestID", "eventTime"):
                if self.last[member] != record[member]:
                    yield f"authentication and last verification differ in {member}"


def story_problems(records: list[dict]) -> Iterator[str]:
    """Yield what is wrong with the order of challenges, verifications and authentications."""
    for told in by_workflow(records).values():
        yield from Workflow().problems(told)


def request_problems(records: list[dict]) -> Iterator[str]:
    """Yield what is wrong with ids: unique events, requests of one instant, one source."""
    ids = [record["eventID"] for record in records]
    if len(set(ids)) != len(ids):
        yield "eventID twice"
    requests = defaultdict(list)
    for record in records:
        if "requestID" in record:
            requests[record["requestID"]].append(record)
    for together in requests.values():
        for member in ("eventTime", "sourceIPAddress", "userAgent", "awsRegion"):
            if len({record[member] for record in together}) > 1:
                yield f"one request, two values of {member}"


def session_problems(records: list[dict]) -> Iterator[str]:
    """Yield what is wrong with credentialIds: a sign-in's is its own, and one a workflow."""
    sign_in, other = set(), set()
    for record in records:
        found = record["userIdentity"].get("credentialId")
        if found:
            (sign_in if record["eventSource"] == "signin.amazonaws.com" else other).add(found)
    if sign_in & other:
        yield "credentialId of a sign-in used in the portal"
    for told in by_workflow(records).values():
        if len({record["userIdentity"].get("credentialId", "") for record in told} - {""}) > 1:
            yield "two credentialIds in one workflow"


def device_problems(records: list[dict]) -> Iterator[str]:
    """Yield registrations of an MFA device that complete without having begun."""
    begun = set()
    for record in records:
        name = record["eventName"]
        who = (record["requestParameters"] or {}).get("user", {}).get("userId")
        if name.startswith("Start"):
            begun.add((name.removeprefix("Start"), who))
        elif name.startswith("Complete") and (name.removeprefix("Complete"), who) not in begun:
            yield "registration completed that did not begin"


def problems(records: list[dict]) -> list[str]:
    """Return everything that is wrong with the story of records in order."""
    return [
        problem
        for find in (story_problems, request_problems, session_problems, device_problems)
        for problem in find(records)
    ]


@given(sign_ins())
def test_sign_ins_tell_one_story(plan):
    """Challenges are answered in order, and nobody is signed in before all factors are met."""
    for engine in (stepwise, vectorised):
        assert problems(rendered(engine, plan)) == []


@given(plans())
def test_ids_hold_over_all_flows(plan):
    """Events are told apart and requests are of one instant, whatever the episodes."""
    if not plan.escapes:
        records = rendered(vectorised, plan)
        assert list(request_problems(records)) == []


SIGN_IN = FLOWS[0]


def a_story() -> list[dict]:
    """Return a sign-in with two wrong passwords, a wrong code and a right one."""
    row = a_row(SIGN_IN, password_tries=3, factor=1, code_tries=2, code_ok=1)
    return rendered(stepwise, a_plan_of(SIGN_IN, row))


def test_a_sign_in_with_mistakes_reads_as_expected():
    """The order that the guide shows, with a challenge issued anew after each mistake."""
    names = {"CredentialChallenge": "asks", "CredentialVerification": "gets"}
    told = [
        f"{names[record['eventName']]} {credential(record)}"
        + (" wrong" if "Failure" in record["serviceEventDetails"].values() else "")
        for record in a_story()[:-1]
    ]

    assert told == [
        "asks PASSWORD",
        "gets PASSWORD wrong",
        "asks PASSWORD",
        "gets PASSWORD wrong",
        "asks PASSWORD",
        "gets PASSWORD",
        "asks TOTP",
        "gets TOTP wrong",
        "asks TOTP",
        "gets TOTP",
    ]
    assert credential(a_story()[-1]) == "PASSWORD,TOTP"
    assert problems(a_story()) == []


def swap(one: int, two: int) -> Callable[[list[dict]], None]:
    """Return a damage: two records change places."""

    def damage(records: list[dict]) -> None:
        records[one], records[two] = records[two], records[one]

    return damage


def drop(place: int) -> Callable[[list[dict]], None]:
    """Return a damage: a record is gone."""
    return lambda records: records.pop(place) and None


def give(place: int, member: str, value) -> Callable[[list[dict]], None]:
    """Return a damage: a member has another value."""
    return lambda records: records[place].update({member: value})


def cut(place: int) -> Callable[[list[dict]], None]:
    """Return a damage: records from a place on are gone."""
    return lambda records: records.__delitem__(slice(place, None))


def copy(place: int) -> Callable[[list[dict]], None]:
    """Return a damage: a record is there twice."""
    return lambda records: records.insert(place, records[place])


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        (drop(0), "verification without a challenge"),
        (drop(1), "challenge while another is open"),
        (drop(9), "authentication while a challenge is open"),
        (drop(5), "authentication with other factors than were satisfied"),
        (swap(5, 9), "verification of another factor than was asked for"),
        (swap(9, 10), "CredentialVerification after UserAuthentication"),
        (swap(0, 4), "verification of another identity than was challenged"),
        (copy(3), "eventID twice"),
        (give(10, "requestID", "else"), "authentication and last verification differ in requestID"),
        (give(10, "eventTime", "2025-01-13T08:00:00Z"), "one request, two values of eventTime"),
        (give(0, "eventTime", "2026-01-13T08:00:00Z"), "verification before its challenge"),
        (
            give(4, "serviceEventDetails", {"CredentialChallenge": "Failure"}),
            "challenge that did not succeed",
        ),
        (cut(6), "right answer, and nothing after it"),
    ],
)  # fmt: skip
def test_a_damaged_story_breaks_the_law(damage, problem):
    """Negative control: one damage, and its problem among those found."""
    records = a_story()
    damage(records)

    assert problem in problems(records)


def test_a_registration_without_a_beginning_breaks_the_law():
    """Negative control, for enrolment at the first sign-in."""
    row = a_row(SIGN_IN, enrolment=1)
    records = rendered(stepwise, a_plan_of(SIGN_IN, row))
    begun = [record for record in records if not record["eventName"].startswith("Start")]

    assert problems(records) == []
    assert problems(begun) == ["registration completed that did not begin"]


def test_a_session_of_the_sign_in_breaks_the_law():
    """Negative control: the portal's handle and the sign-in's id are never the same."""
    row = a_row(SIGN_IN, enrolment=1)
    records = rendered(stepwise, a_plan_of(SIGN_IN, row))
    sign_in = records[0]["userIdentity"]["credentialId"]
    records[-1]["userIdentity"]["credentialId"] = sign_in

    assert problems(records) == ["credentialId of a sign-in used in the portal"]
    records[0]["userIdentity"]["credentialId"] = "another"
    assert "two credentialIds in one workflow" in problems(records)
