"""What is counted of records: over time, of sign-ins, sessions, deliveries and stories."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulator.primitives.instants import DAY, HOUR, MINUTE, parse_instant
from simulator.reports import volumes
from simulator.reports.deliveries import Deliveries
from simulator.reports.episodes import Stories
from simulator.reports.facts import Fact, fact_of
from simulator.reports.samples import Samples
from simulator.reports.sessions import Sessions
from simulator.reports.sign_ins import Entrance, Factor, SignIns
from simulator.reports.told import Told, Truths
from simulator.reports.volumes import MOST_COLUMNS, Volumes, Week
from simulator.sinks.files import FileEntry

AT = parse_instant("2025-01-13T09:00:00Z")
TOLD = Told(who="ana.lopez", label="benign", era="post-january-2025")
FACT = Fact(
    event_id="e1",
    at=AT,
    kind="sso/ListAccounts",
    event="ListAccounts",
    group="AWS access portal",
    era="post-january-2025",
    who="ana.lopez",
    address="203.0.113.24",
    account="111122223333",
    is_failure=False,
    credential_types="",
    workflow="",
    credential="",
    sort="",
    role="",
    entered="",
    told=None,
)


def test_columns_widen_until_few_are_left():
    """And no record is lost on the way."""
    made = Volumes()
    for day in range(400):
        made.add(AT + day * DAY, "Sign-in")

    made.settle()

    assert made.width in volumes.WIDTHS
    assert len(made.totals()) <= MOST_COLUMNS
    assert sum(made.totals()) == 400
    assert all(at % made.width == 0 for at, *_ in made.rows())


def test_columns_widen_while_records_come(monkeypatch):
    """So that ten years of minutes are never kept."""
    monkeypatch.setattr(volumes, "_MOST_KEPT", 50)
    made = Volumes()
    for minute in range(1_000):
        made.add(AT + minute * MINUTE, "Sign-in")

    assert len(made.columns) <= 51
    assert sum(made.columns.values()) == 1_000


def test_a_column_without_records_is_there_all_the_same():
    """Between two others."""
    made = Volumes()
    made.add(AT, "Sign-in")
    made.add(AT + 3 * MINUTE, "OIDC")

    assert made.totals() == [1, 0, 0, 1]
    assert Volumes().totals() == []


def test_a_week_has_its_days_and_hours():
    """13 January 2025 was a Monday."""
    made = Week()
    made.add(AT)
    made.add(AT + 6 * DAY + 14 * HOUR)

    assert made.hours[0][9] == 1
    assert made.hours[6][23] == 1
    assert sum(map(sum, made.hours)) == 2


def _sign_in(event: str, types: str, *, is_failure: bool = False) -> Fact:
    return replace(FACT, event=event, credential_types=types, is_failure=is_failure)


def test_a_factor_that_nobody_gave_is_unanswered():
    """As many as were asked for, less those that were right or wrong."""
    made = SignIns()
    for _ in range(3):
        made.add(_sign_in("CredentialChallenge", "PASSWORD"))
    made.add(_sign_in("CredentialVerification", "PASSWORD"))
    made.add(_sign_in("CredentialVerification", "PASSWORD", is_failure=True))
    made.add(_sign_in("UserAuthentication", "PASSWORD"))
    made.add(_sign_in("ListAccounts", ""))

    (factor,) = made.factors()
    assert factor == Factor("PASSWORD", asked=3, right=1, wrong=1)
    assert factor.unanswered == 1
    assert [*made.entrances()] == [Entrance("PASSWORD", succeeded=1, failed=0)]


def test_records_that_are_not_all_there_leave_nobody_unanswered():
    """A file may begin in the middle of a sign-in."""
    assert Factor("TOTP", asked=0, right=2, wrong=0).unanswered == 0


def test_a_session_goes_from_its_first_record_to_its_last():
    """Whatever the order in which they come, and knows whether somebody signed out."""
    made = Sessions()
    later = replace(FACT, at=AT + HOUR, credential="c", sort="portal session", event="Logout")
    made.add(later)
    made.add(replace(later, at=AT, event="ListAccounts", is_failure=True))

    ((person),) = made.people()
    (session,) = person.sessions
    assert (session.first, session.last) == (AT, AT + HOUR)
    assert (session.records, session.failures, session.ended) == (2, 1, True)


def test_whom_the_truth_suspects_comes_first():
    """Before those who are busier."""
    made = Sessions()
    for number in range(3):
        made.add(replace(FACT, credential=f"c{number}", who="bo.lind", told=TOLD))
    suspect = replace(TOLD, label="suspicious")
    made.add(replace(FACT, workflow="w", who="ana.lopez", told=suspect))
    made.add(replace(FACT, workflow="w", who="ana.lopez", told=TOLD))

    assert [(one.who, one.label) for one in made.people()] == [
        ("ana.lopez", "suspicious"),
        ("bo.lind", "benign"),
    ]


def test_sessions_beyond_the_most_are_counted(monkeypatch):
    """And what is known already goes on."""
    monkeypatch.setattr("simulator.reports.sessions.MOST_SESSIONS", 1)
    made = Sessions()
    for credential in ("a", "b", "a"):
        made.add(replace(FACT, credential=credential))

    assert made.left_out == 1
    assert made.found["a"].records == 2


def test_lateness_is_of_the_first_delivery():
    """The second one makes a record a repeated one."""
    made = Deliveries()
    twice = replace(TOLD, delivered=("2025-01-13T09:16:00Z", "2025-01-13T09:04:30Z"))
    made.add(replace(FACT, told=twice))
    made.add(replace(FACT, told=replace(TOLD, delivered=("2025-01-13T12:00:00Z",))))
    made.add(FACT)

    assert (made.once, made.repeated, made.worst) == (1, 1, 3 * HOUR)
    found = {low: (high, count) for low, high, count in made.lateness() if count}
    assert found == {3: (5, 1), 120: (None, 1)}


def test_sizes_are_of_log_files_alone():
    """In steps of two."""
    made = Deliveries()
    entry = FileEntry("a", 1_500, 3, "", "", role="log")
    made.add_files([entry, replace(entry, size=100), replace(entry, role="digest")])

    assert (made.files, made.bytes, made.records) == (2, 1_600, 6)
    assert made.sizes == {1_024: 1, 0: 1}


def test_a_story_holds_its_records_in_order():
    """Plays before entries that are none; its label is the worst of its records'."""
    made = Stories()
    play = replace(
        TOLD, entry="storyline.4", action="sign-in", play="spray", play_id="spray-1", step="try"
    )
    made.add(replace(FACT, told=replace(TOLD, entry="storyline.0.then.1", action="sign-out")))
    made.add(replace(FACT, at=AT + 1, told=replace(play, label="malicious", techniques=("T1110",))))
    made.add(replace(FACT, told=play))
    made.add(replace(FACT, told=TOLD))

    first, second = made.in_order()
    assert (first.name, first.key, first.is_play, first.label) == (
        "spray",
        "spray-1",
        True,
        "malicious",
    )
    assert [one.at for one in first.records] == [AT, AT + 1]
    assert first.techniques == ("T1110",)
    assert (second.name, second.key, second.count) == ("sign-out", "storyline.0", 1)


def test_scripted_records_are_shown_first():
    """Then the first of each kind, then some of the rest: the same ones in any order."""
    scripted = replace(FACT, event_id="s", told=replace(TOLD, entry="storyline.0"))
    rest = [replace(FACT, event_id=f"r{number}", at=AT + number) for number in range(100)]
    facts = [replace(FACT, event_id="f", at=AT - 1), *rest, scripted]

    made, other = Samples(10), Samples(10)
    for fact in facts:
        made.add(fact, {})
    for fact in [facts[0], *reversed(facts[1:])]:
        other.add(fact, {})

    ids = [one.fact.event_id for one in made.kept()]
    assert len(ids) == len(made) == 10
    assert {"s", "f"} <= set(ids)
    assert ids == [one.fact.event_id for one in other.kept()]
    assert made.met == 102


def test_no_record_is_shown_where_none_is_asked_for():
    """And counting goes on."""
    made = Samples(0)
    made.add(FACT, {})

    assert (made.kept(), made.met) == ([], 1)


def _line(event_id: str, **members: object) -> dict[str, object]:
    return {"eventID": event_id, "action": "background", "label": "benign", **members}


def test_truth_is_met_in_any_order():
    """Also by a record that comes twice, and not by one that it does not know."""
    first = _line("a", delivered=["2025-01-13T09:00:00Z", "2025-01-13T09:05:00Z"])
    made = Truths(iter([first, _line("b", actor="bo.lind")]))

    assert made.of("b").who == "bo.lind"
    assert made.of("a") is not None
    assert made.of("a") is not None
    assert made.of("a") is None
    assert made.of("?") is None


@pytest.mark.parametrize(
    "record",
    [{}, {"eventTime": "soon"}, {"userIdentity": 3, "serviceEventDetails": [], "eventName": None}],
    ids=["empty", "no time", "nothing as it should be"],
)
def test_a_record_of_any_shape_says_something(record):
    """Nothing of it is trusted."""
    fact = fact_of(record, None)

    assert fact.at is None
    assert fact.group == "Other events"


def test_a_record_says_what_it_shows():
    """Who, which session, into which account."""
    fact = fact_of(
        {
            "eventTime": "2025-01-13T09:00:00Z",
            "eventSource": "sso.amazonaws.com",
            "eventName": "Federate",
            "eventType": "AwsServiceEvent",
            "userIdentity": {"type": "IdentityCenterUser", "credentialId": "abc"},
            "serviceEventDetails": {"account_id": "444455556666", "role_name": "ReadOnly"},
        },
        TOLD,
    )

    assert (fact.kind, fact.role, fact.entered) == ("sso/Federate", "ReadOnly", "444455556666")
    assert (fact.who, fact.era, fact.credential) == ("ana.lopez", "post-january-2025", "abc")
