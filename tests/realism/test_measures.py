"""Everyday activity looks as personas and tables declare, and the report would tell if not.

Seeds are fixed, so that nothing here can flake, and tests are exact, so that a seed need not
be picked. Of every measure there is a control that it fails: records of one persona are held
against another's declaration; what tables alone declare, against records that were changed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from simulator.primitives.instants import HOUR, MINUTE, SECOND
from simulator.realism.declared import World
from simulator.realism.measuring import report_of
from simulator.realism.reading import read_run
from simulator.run import Request, write_run
from simulator.sinks.targets import target_of
from simulator.verification import place_of
from tests.realism.offices import ACCOUNTS, a_scenario

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.realism.reading import Fact, Told
    from simulator.realism.report import Report
    from simulator.scenario.document import Scenario

pytestmark = pytest.mark.realism

MORNING: dict[str, Any] = {
    "like": "developer",
    "sign_ins_per_workday": "1.4",
    "hours": {"timezone": "Asia/Kolkata", "from": "09:00", "to": "18:00"},
    "uses": {"portal": "20%", "console": "50%", "cli": "30%"},
    "slips": {"wrong_password": "6%", "wrong_totp": "4%", "wrong_username": "3%"},
    "present": "90%",
    "weekend": "10%",
    "remote": "60%",
    "mobile": "5%",
    "signs_out": "30%",
    "device_grant": "60%",
}
NIGHT: dict[str, Any] = {
    "like": "office-worker",
    "sign_ins_per_workday": "1.8",
    "hours": {"timezone": "UTC", "from": "11:00", "to": "15:00"},
    "uses": {"portal": "40%", "console": "10%", "cli": "50%"},
    "slips": {"wrong_password": "15%", "wrong_totp": "15%", "wrong_username": "12%"},
    "present": "70%",
    "weekend": "40%",
    "remote": "25%",
    "mobile": "20%",
    "signs_out": "60%",
    "device_grant": "15%",
}
APPS = {"totp": "90%", "webauthn": "10%"}
KEYS = {"totp": "10%", "webauthn": "60%"}
IDP = {"kind": "external-idp", "provider": "okta"}


def people(
    ones: str = "morning",
    others: str = "night",
    mfa: tuple[dict[str, str], dict[str, str]] = (APPS, KEYS),
    days: int = 14,
    **instance: Any,
) -> Scenario:
    """Return 160 people of two sorts and two weeks of theirs."""
    settings = {"prompt": "context-aware", "without_device": "allow"}
    return a_scenario(
        organization=ACCOUNTS,
        window={"start": "2025-01-06", "days": days},
        instance={"mfa": settings, "session_duration": "10h", **instance},
        personas={"morning": MORNING, "night": NIGHT},
        users=[
            {
                "count": 80,
                "id": name,
                "persona": persona,
                "groups": {"Engineers": "80%"},
                "mfa": held,
            }
            for name, persona, held in zip(("ones", "others"), (ones, others), mfa, strict=True)
        ],
    )


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> Told:
    """Return what two weeks of `people` tell."""
    return _told(people(), tmp_path_factory.mktemp("run"))


def _told(scenario: Scenario, folder: Any) -> Told:
    target = target_of(f"{folder}/out/", scenario.scenario, truth=None, manifest=None)
    write_run(Request(scenario), target, force=False)
    place = place_of(f"{folder}/out")
    return read_run(place, place.manifest())


def _report(told: Told, declared: str = "own") -> Report:
    scenario = {
        "own": people,
        "exchanged": lambda: people("night", "morning", (KEYS, APPS)),
    }[declared]()
    assert scenario.window.end is not None
    world = World(scenario, scenario.window.start, scenario.window.end)
    return report_of(world, told, is_sized=False)


def _failing(report: Report) -> set[str]:
    return {row.measure for row in report.rows if row.verdict == "fails"}


@pytest.fixture(scope="module")
def own(told) -> Report:
    """Return the records against what their own scenario declares."""
    return _report(told)


@pytest.fixture(scope="module")
def exchanged(told) -> Report:
    """Return the records of each persona against the other's declaration."""
    return _report(told, "exchanged")


@pytest.fixture(scope="module")
def changed(told) -> Report:
    """Return records that were changed, against what their own scenario declares."""
    return _report(replace(told, facts=tuple(_in_order(told.facts))))


def test_records_show_what_personas_declare(own):
    """Nothing fails, and hardly anything is too rare to be told."""
    assert own.is_declared
    assert own.factor == 1
    assert _failing(own) == set()
    assert sum(row.verdict == "too few to tell" for row in own.rows) <= 8
    assert own.records > 15_000


BY_PERSONA = (
    "presence",
    "weekend",
    "sign-ins-per-day",
    "outside-hours",
    "hour-of-day",
    "inter-arrival",
    "mobile",
    "remote",
    "device.windows",
    "device.macos",
    "device.linux",
    "slips.wrong-username",
    "slips.wrong-password",
    "slips.wrong-code",
    "factor.totp",
    "factor.webauthn",
    "factor.none",
    "uses.console",
    "uses.portal",
    "uses.cli",
    "device-grant",
    "signs-out",
)
"""What a persona or population declares."""


@pytest.mark.parametrize("measure", BY_PERSONA)
def test_another_personas_records_are_told(exchanged, measure):
    """The negative control: they are not as the persona at hand declares."""
    assert measure in _failing(exchanged)


BY_TABLE = (
    "sign-ins-even",
    "one-browser",
    "one-factor",
    "factor.not-asked-for",
    "slips.wrong-again",
    "slips.gives-up",
    "typing.password",
    "typing.code",
    "typing.touch",
    "portal-opens",
    "uses.without-access",
    "device-grant.older-cli",
    "polls",
    "within-session",
    "second-console",
    "second-console.reloads",
    "second-console.after",
    "token.refreshed",
    "session-length",
)
"""What tables of the planner alone declare, or is always so."""


@pytest.mark.parametrize("measure", BY_TABLE)
def test_changed_records_are_told(changed, measure):
    """The negative control: they are not as tables declare."""
    assert measure in _failing(changed)


def test_no_measure_is_without_a_control(own):
    """But those of phones, which too few people have; they are measured as the others are."""
    names = {row.measure for row in own.rows}

    assert names - {*BY_PERSONA, *BY_TABLE} == {"device.iphone", "device.android"}


def _in_order(facts: tuple[Fact, ...]) -> Iterator[Fact]:
    yield from sorted((one for fact in facts for one in _changes(fact)), key=lambda one: one.at)


def _changes(fact: Fact) -> Iterator[Fact]:
    """Yield what becomes of a record: about half of each sort is made to differ."""
    is_even = fact.at // SECOND % 2 == 0
    match fact.name:
        case "CredentialChallenge":
            # Asked for four seconds earlier, sometimes in another browser, and again later.
            agent = f"{fact.agent} Beta" if is_even else fact.agent
            yield replace(fact, at=fact.at - 4 * SECOND, agent=agent)
            for nth in range(1, 4 if is_even and fact.types == "PASSWORD" else 1):
                workflow = f"{fact.workflow}-{nth}"
                yield replace(fact, at=fact.at + nth * 20 * MINUTE, workflow=workflow)
        case "CredentialVerification":
            yield fact
            if not fact.is_right or (is_even and fact.types == "PASSWORD"):
                yield replace(fact, is_right=False)
        case "UserAuthentication":
            types = "PASSWORD,WEBAUTHN" if is_even else fact.types
            yield replace(fact, at=fact.at - 4 * SECOND, types=types)
        case _:
            yield from _session_changes(fact, is_even=is_even)


def _session_changes(fact: Fact, *, is_even: bool) -> Iterator[Fact]:
    match fact.name:
        case "Authenticate":
            yield fact
            yield from [replace(fact, name="Federate", at=fact.at + SECOND)] * is_even
        case "Logout":
            yield replace(fact, at=fact.at + 11 * HOUR)
        case "CreateToken" if fact.grant == "refresh_token":
            yield from [fact] * is_even
        case "CreateToken" if not fact.expires:
            yield from [fact] * is_even
        case "CreateToken":
            agent = fact.agent.replace("aws-cli/2.22", "aws-cli/2.15")
            yield replace(fact, expires=28_800 if is_even else fact.expires, agent=agent)
        case _:
            yield fact


def test_records_that_name_no_session_do_as_well(told):
    """Before October 2024 they do not: sessions that may be taken for others are left out."""
    old = replace(told, facts=tuple(replace(fact, session="") for fact in told.facts))
    counts = [
        sum(row.trials for row in _report(one).rows if row.measure == "session-length")
        for one in (told, old)
    ]

    assert _failing(_report(old)) == set()
    assert 0 < counts[1] < counts[0]


# ---- An external identity provider -----------------------------------------------------------


def test_refused_assertions_are_told(tmp_path):
    """As many as the table says are believed, ten times as many are not."""
    scenario = people(mfa=({}, {}), days=5, identity_source=IDP)
    assert scenario.window.end is not None
    told = _told(scenario, tmp_path)
    world = World(scenario, scenario.window.start, scenario.window.end)
    refused = [
        replace(fact, name="ExternalIdPDirectoryLogin", workflow="", is_right=False)
        for nth, fact in enumerate(told.facts)
        if fact.name == "UserAuthentication" and nth % 5 == 0
    ]
    both = sorted([*refused, *told.facts], key=lambda fact: fact.at)

    assert _failing(report_of(world, told, is_sized=False)) == set()
    changed = report_of(world, replace(told, facts=tuple(both)), is_sized=False)
    assert _failing(changed) == {"slips.refused"}
