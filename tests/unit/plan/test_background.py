"""Everyday activity: exact in number, local, in order, the same for both engines."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import orjson
import pytest

from simulator.engines import stepwise, vectorised
from simulator.flows import FLOW_INDEX, FLOWS
from simulator.flows.steps import EPISODE_COLUMNS
from simulator.plan.background.calendar import UNIT, Span, due, joined
from simulator.plan.background.workforce import workforce
from simulator.plan.population import populate
from simulator.plan.timeline import Timeline
from simulator.primitives.instants import DAY, HOUR, parse_instant
from simulator.primitives.typos import mistyped
from simulator.records.fields import FIELDS
from tests.realism.offices import a_scenario, planned

NOBODY: Final = {"users": [], "background": {"events": 0}}
IDLE: Final = {
    "users": [{"name": "ana.lopez", "background": "false"}],
    "background": {"events": 0},
}
IDP: Final = {
    "instance": {"identity_source": {"kind": "external-idp", "provider": "okta"}},
    "users": [{"count": 30, "persona": "developer", "groups": {"Engineers": "90%"}}],
}
AD: Final = {
    "instance": {
        "identity_source": {"kind": "active-directory", "domain": "corp.example.com"},
        "mfa": {"prompt": "context-aware", "without_device": "email-otp"},
    }
}
BLOCKS: Final = {"instance": {"mfa": {"without_device": "block"}}}
ADMINS: Final = {
    "administrators": [
        {"name": "help-desk", "background": "true"},
        {"name": "pipeline", "kind": "iam-user", "background": "true"},
        {"name": "owner", "kind": "root", "background": "true"},
    ]
}
DELEGATED: Final = {
    "organization": {
        "accounts": [{"name": "payments"}, {"name": "sandbox", "count": 3}],
        "delegated_administrator": "payments",
    },
    "administrators": [
        {"name": "help-desk", "account": "payments", "background": "true"},
        {"name": "pipeline", "kind": "iam-user", "account": "payments", "background": "true"},
    ],
}
AT_NIGHT: Final = {"window": {"start": "2025-01-07T02:00:00Z", "end": "2025-01-07T02:10:00Z"}}
NEW: Final = {
    "users": [
        {"name": "ana.lopez", "persona": "developer", "password_set": "false"},
        {"name": "bo.lind", "persona": "developer"},
        {"count": 20, "persona": "developer", "groups": {"Engineers": "100%"}},
    ]
}
WORLDS: Final[dict[str, dict[str, Any]]] = {
    "developers": {},
    "nobody": NOBODY,
    "nobody-nor-groups": {**NOBODY, "groups": []},
    "idle": IDLE,
    "external-idp": IDP,
    "active-directory": AD,
    "blocks": BLOCKS,
    "administrators": ADMINS,
    "delegated": DELEGATED,
    "at-night": AT_NIGHT,
    "new": NEW,
}


def lines(made, engine=vectorised) -> list[bytes]:
    """Return all records of a plan."""
    plan = made.plan
    return engine.render(plan, plan.start, plan.horizon).lines


@pytest.mark.parametrize("wanted", [0, 1, 7, 1_000, 2_345])
@pytest.mark.parametrize("world", WORLDS)
def test_a_number_is_exact(world, wanted):
    """`background.events: N` is exact."""
    made = planned(wanted, **WORLDS[world])

    assert made.records == wanted


@pytest.mark.parametrize("wanted", [*range(2, 30), 99, 100, 101])
def test_small_numbers_are_exact(wanted):
    """`background.events: N` is exact, also where no chain fits."""
    assert planned(wanted).records == wanted


@pytest.mark.parametrize("world", ["developers", "new", "administrators", "active-directory"])
def test_an_event_lies_in_the_window(world):
    """Nothing happens before the window or after it."""
    made = planned(3_000, **WORLDS[world])
    window = made.directory.scenario.window

    assert all(window.start <= row["times"][0] for row in made.episodes)
    assert all(row["last"] < window.end for row in made.episodes)


@pytest.mark.parametrize(
    "world", ["new", "administrators", "delegated", "active-directory", "external-idp"]
)
def test_engines_agree(world):
    """For all plans p: stepwise(p) == vectorised(p)."""
    made = planned(2_000, **WORLDS[world])

    assert lines(made, stepwise) == lines(made, vectorised)


@pytest.mark.parametrize("world", WORLDS)
def test_blocks_say_what_their_flows_ask_for(world):
    """Every column that a flow names is set."""
    for block in planned(1_500, **WORLDS[world]).blocks:
        assert block.flow is FLOWS[FLOW_INDEX[block.flow.name]]
        assert block.flow.columns | EPISODE_COLUMNS <= set(block.columns)
        assert (block.columns["start"][1:] >= block.columns["start"][:-1]).all()


def test_keys_and_event_ids_are_unique():
    """No two episodes share a key, no two records an eventID."""
    made = planned(5_000, **ADMINS)
    keys = {(row["key_high"], row["key_low"]) for row in made.episodes}

    assert len(keys) == len(made.episodes)
    assert len({orjson.loads(line)["eventID"] for line in lines(made)}) == 5_000


# ---- Locality -------------------------------------------------------------------------


@pytest.mark.parametrize("world", ["developers", "new", "administrators", "active-directory"])
def test_more_intensity_only_adds(world):
    """Raising the intensity adds records and changes none."""
    usual = lines(planned(**WORLDS[world], background={"intensity": "0.8"}))
    more = lines(planned(**WORLDS[world], background={"intensity": "1.7"}))

    assert set(usual) < set(more)


@pytest.mark.parametrize("world", ["developers", "new", "administrators", "active-directory"])
def test_another_user_changes_nobody_under_intensity(world):
    """Adding a user or a group leaves every other episode's records as they were."""
    parts = WORLDS[world]
    usual = planned(**parts)
    added = {
        **parts,
        "users": [
            {"name": "zoe.adams", "persona": "developer", "mfa": ["totp"]},
            *a_scenario(**parts).model_dump(exclude_none=True, by_alias=True)["users"],
        ],
        "groups": [{"name": "Newcomers"}, *a_scenario(**parts).model_dump()["groups"]],
    }
    more = planned(**added)

    assert set(lines(usual)) < set(lines(more))


@pytest.mark.parametrize("world", ["developers", "new", "administrators"])
def test_another_user_changes_no_episode_of_a_number(world):
    """Under `background.events`, every episode present in both runs has the same bytes."""
    parts = WORLDS[world]
    usual = lines(planned(3_000, **parts))
    users = [*a_scenario(**parts).model_dump(exclude_none=True, by_alias=True)["users"]]
    added = {**parts, "users": [*users, {"name": "zoe.adams", "persona": "developer"}]}
    more = lines(planned(3_000, **added))
    before = {orjson.loads(line)["eventID"]: line for line in usual}
    after = {orjson.loads(line)["eventID"]: line for line in more}
    shared = before.keys() & after.keys()

    assert len(shared) > 2_000
    assert all(before[event_id] == after[event_id] for event_id in shared)


def test_a_larger_number_keeps_the_chains_of_a_smaller_one():
    """Chains are admitted in the order of a draw from their own keys."""
    few = {(row["key_high"], row["flow"]) for row in planned(1_000, **NEW).episodes}
    many = {(row["key_high"], row["flow"]) for row in planned(4_000, **NEW).episodes}

    assert {key for key in few if "identitystore" not in key[1]} <= many


def sessions(force, span, low, high):
    """Return the sessions of a span between two intensities."""
    return joined(list(due(force.crew, span, span.days(), low, high)))


def test_bands_of_intensity_hold_the_same_sessions():
    """A session's threshold says at which intensity it is there, however it is asked."""
    directory = populate(a_scenario())
    timeline = Timeline(directory.people)
    timeline.freeze()
    force = workforce(directory, timeline)
    whole = sessions(force, force.span, 0, 3 * UNIT)
    parts = [sessions(force, force.span, low * UNIT, (low + 1) * UNIT) for low in range(3)]

    assert sorted(whole.key.high.tolist()) == sorted(
        key for part in parts for key in part.key.high.tolist()
    )
    assert all(
        low * UNIT < threshold <= (low + 1) * UNIT
        for low, part in enumerate(parts)
        for threshold in part.threshold.tolist()
    )


def test_a_day_is_planned_without_the_others():
    """The sessions of a day follow from the day alone."""
    directory = populate(a_scenario())
    timeline = Timeline(directory.people)
    timeline.freeze()
    force = workforce(directory, timeline)
    start = parse_instant("2025-01-08")
    week = sessions(force, force.span, 0, UNIT)
    day = sessions(force, Span(start, start + DAY), 0, UNIT)
    mine = (week.start >= start) & (week.start < start + DAY)

    assert sorted(day.key.high.tolist()) == sorted(week.key.high[mine].tolist())


# ---- Stories --------------------------------------------------------------------------

_ENTRIES: Final = {"sign-in", "sign-in-by-email", "sign-in-by-idp"}


@pytest.mark.parametrize("world", ["developers", "new", "active-directory", "external-idp"])
def test_a_chain_tells_a_story(world):
    """Sign-in before the portal, tokens before calls, nothing after the session's end."""
    made = planned(6_000, **WORLDS[world])
    duration = made.directory.scenario.instance.session_duration
    told = 0
    for rows in made.chains().values():
        entries = [row for row in rows if row["flow"] in _ENTRIES]
        rest = [row for row in rows if row["flow"] not in _ENTRIES]
        assert entries
        entered = entries[-1]
        assert all(row["start"] >= entered["last"] for row in rest)
        if not rest:
            continue
        told += 1
        assert entered["signed_in"] == 1
        assert rest[0]["flow"] == "portal"
        assert all(row["session_end"] == entered["last"] + duration for row in rest[1:])
        assert all(row["last"] < entered["last"] + duration for row in rest)
        assert len({row["user"] for row in rows}) == 1
        assert all(row["flow"] != "sign-out" for row in rest[:-1])
    assert told > 100


def test_calls_by_token_follow_a_grant_and_end_with_the_token():
    """A token comes before what is done with it, and every call is made while it holds."""
    refreshes = 0
    for rows in planned(8_000).chains().values():
        issued = -1
        for row in rows:
            if row["flow"] in {"device-grant", "code-grant", "refresh"}:
                assert row["flow"] != "refresh" or issued >= 0
                refreshes += row["flow"] == "refresh"
                issued = row["last"] // 1_000 + row["expires_in"]
                assert 0 < row["expires_in"] <= 28_800
                assert issued * 1_000 <= row["session_end"]
            elif row.get("by_token"):
                assert row["token_expiry"] == issued * 1_000
                assert row["last"] < row["token_expiry"]
    assert refreshes > 100


def test_consoles_are_those_a_user_may_open():
    """Accounts and permission sets come from the user's own."""
    made = planned(4_000)
    grants, people = made.directory.grants, made.directory.people
    for flow in ("console", "credentials"):
        columns = made.of(flow)
        for user, account, permission_set in zip(
            columns["user"], columns["account"], columns["permission_set"], strict=True
        ):
            assert (account, permission_set) in grants.pairs(int(people.grant[user]))


SILENT: Final = {
    "organization": {
        "accounts": [{"name": "payments"}, {"name": "sandbox", "count": 3}],
        "member_account_events": "false",
    }
}


def test_a_role_session_begins_as_the_role_is_taken():
    """What a session's records say of its beginning is when AssumeRoleWithSAML happens."""
    made = planned(4_000)
    entered = [row for row in made.episodes if row["flow"] in {"console", "credentials"}]

    assert {row["flow"] for row in entered} == {"console", "credentials"}
    for row in entered:
        assert row["role_at"] == row["times"][1]
        assert row["role_until"] == row["role_at"] // 1_000 * 1_000 + row["role_seconds"] * 1_000


@pytest.mark.parametrize("world", [{}, SILENT], ids=["recorded", "silent"])
def test_who_enters_an_account_leaves_records_there_if_they_are_wanted(world):
    """One role for each console and each key, which two accounts tell of, or one does."""
    made = planned(3_000, **world)
    records = [orjson.loads(line) for line in lines(made)]
    names = [record["eventName"] for record in records]
    entered = names.count("Federate") + names.count("GetRoleCredentials")
    account = made.directory.scenario.organization.management_account.id
    elsewhere = [name for name in names if name in {"AssumeRoleWithSAML", "ConsoleLogin"}]

    assert made.records == len(records) == 3_000
    assert entered > 500 if world else entered > 300
    assert names.count("AssumeRoleWithSAML") == (0 if world else entered)
    assert names.count("ConsoleLogin") == (0 if world else names.count("Federate"))
    assert {record["recipientAccountId"] for record in records} - {account} == (
        set() if world else {one.id for one in made.directory.scenario.organization.accounts}
    )
    assert bool(elsewhere) != bool(world)


def test_a_device_is_enrolled_once():
    """MFA enrolment once: before it no session, after it the device is asked for."""
    made = planned(6_000, **NEW)
    enrolled: dict[int, dict[str, Any]] = {}
    for row in made.episodes:
        if row["flow"] != "sign-in" or not row["password_ok"]:
            continue
        if row["enrolment"]:
            assert row["user"] not in enrolled
            enrolled[row["user"]] = row
        else:
            assert row["start"] >= enrolled[row["user"]]["last"]
            assert row["factor"] == enrolled[row["user"]]["enrol_type"]
    assert len(enrolled) == 22
    assert len({row["device"] for row in enrolled.values()}) == 22


def test_the_first_sign_in_without_a_password_is_by_email():
    """Without a password the first sign-in is by e-mailed one-time password, once."""
    made = planned(6_000, **NEW)
    ana = made.directory.users["ana.lopez"]
    mine = [row for row in made.episodes if row.get("user") == ana and row["flow"] in _ENTRIES]
    mine = [row for row in mine if row["known"]]

    assert [row["flow"] for row in mine].count("sign-in-by-email") == 1
    assert mine[0]["flow"] == "sign-in-by-email"
    assert mine[1]["enrolment"] == 1


def test_the_switch_puts_enrolment_before_authentication():
    """Switch `enrolment` says whether the device comes before or after."""
    made = planned(2_000, **NEW, switches={"enrolment": "before"})

    assert set(made.of("sign-in")["enrolment"].tolist()) == {0, 2}


def test_without_a_device_a_block_ends_the_sign_in():
    """`without_device: block`: the password is right and nobody gets in."""
    made = planned(3_000, **BLOCKS)
    people, columns = made.directory.people, made.of("sign-in")
    lacks = (people.totp[columns["user"]] < 0) & (people.webauthn[columns["user"]] < 0)

    assert lacks.any()
    assert not columns["signed_in"][lacks].any()
    assert columns["password_ok"][lacks].any()


def test_the_storyline_looks_after_whom_it_touches():
    """A touched user without a device is left out until the storyline gives her one."""
    start = parse_instant("2025-01-09")

    def change(directory, timeline):
        timeline.touch(directory.users["bo.lind"])
        timeline.change(directory.users["bo.lind"], start, totp=0)

    made = planned(4_000, change, **NEW)
    bo = made.directory.users["bo.lind"]
    mine = [row for row in made.episodes if row.get("user") == bo and row["flow"] == "sign-in"]

    assert mine
    assert all(row["start"] >= start for row in mine)
    assert not any(row["enrolment"] for row in mine)
    assert {row["factor"] for row in mine if row["password_ok"]} == {1}


def test_nobody_acts_before_creation_or_after_deletion():
    """No act by or about a user before creation or after deletion."""
    gone = parse_instant("2025-01-08T10:00:00Z")

    def change(_directory, timeline):
        for user in range(0, 30, 2):
            timeline.change(user, gone, exists=False)

    made = planned(5_000, change, **ADMINS)
    theirs = [row for row in made.episodes if row.get("user", -1) % 2 == 0]

    assert theirs
    assert all(row["last"] < gone for row in theirs)


def test_what_is_granted_later_is_used_later():
    """Admin events change what later sign-ins show."""
    since = parse_instant("2025-01-08T12:00:00Z")

    def change(directory, timeline):
        directory.grants.intern([(0, 0)])
        for user in range(30):
            timeline.change(user, since, grant=0)

    made = planned(5_000, change)
    consoles = made.of("console")["start"]

    assert len(consoles)
    assert consoles.max() < since


def test_an_unknown_name_is_nobodys():
    """A mistyped name is nobody's, and the sign-in after it is by the right one."""
    made = planned(60_000)
    tables = made.directory.registry.tables()
    slips = [row for row in made.episodes if row["flow"] == "sign-in" and not row["known"]]

    assert len(slips) > 10
    for row in slips:
        typed = FIELDS["user.typed"].codec.one({"typed": -1, **row}, tables)
        assert typed not in tables.texts["user.name"]
        assert row["typed_form"] == 3
        assert not row["signed_in"]


@pytest.mark.parametrize("slip", range(0, 4_000, 37))
def test_a_slip_keeps_the_domain(slip):
    """What follows an `@` is typed right."""
    assert mistyped("ana.silva@example.com", slip, {}).endswith("@example.com")
    assert mistyped("ana.silva@example.com", slip, {}) != "ana.silva@example.com"
    assert mistyped("b", slip, {}) != "b"


def test_administrators_look_things_up():
    """Roles and root use the console, IAM users the API, each with what fits it."""
    made = planned(**ADMINS, background={"intensity": "10"})
    rows = [row for row in made.episodes if "admin" in row]

    assert {row["admin_kind"] for row in rows} == {0, 1, 2}
    assert all((row["admin_kind"] == 1) == row["flow"].startswith("identitystore/") for row in rows)
    assert all(row["role_at"] <= row["start"] for row in rows)
    assert {"sso-directory/SearchUsers", "admin-list-devices"} <= {row["flow"] for row in rows}


def test_single_look_ups_are_by_an_automation_role():
    """Where nobody looks things up, a role of the instance's account does."""
    made = planned(500, **IDLE)
    names = made.directory.registry.tables().texts["admin.name"]

    assert {row["flow"] for row in made.episodes} == {"identitystore/DescribeUser"}
    assert {names[row["admin"]] for row in made.episodes} == {"siem-enrichment"}


def test_what_a_delegated_administrator_looks_up_is_shared():
    """Each call leaves two records, and the number is exact all the same."""
    made = planned(5_001, **DELEGATED)
    names = made.directory.registry.tables().texts["admin.name"]
    by = {name: [] for name in names}
    for row in made.episodes:
        if "admin" in row:
            by[names[row["admin"]]].append(row["flow"])
    shared = [
        one["sharedEventID"]
        for line in lines(made)
        if "sharedEventID" in (one := orjson.loads(line))
    ]

    assert made.records == 5_001
    assert by["help-desk"]
    assert by["pipeline"]
    assert all(flow.endswith("@shared") for flow in by["help-desk"] + by["pipeline"])
    assert len(shared) == 2 * len(set(shared)) == 2 * len(by["help-desk"] + by["pipeline"])


def test_single_look_ups_are_never_shared():
    """One record fills one place: a role of the instance's account makes them."""
    made = planned(501, **DELEGATED)
    names = made.directory.registry.tables().texts["admin.name"]
    fillers = [row for row in made.episodes if row["flow"] == "identitystore/DescribeUser"]

    assert {names[row["admin"]] for row in fillers} == {"siem-enrichment"}


def test_deleted_groups_are_not_looked_up():
    """No act about a group that the storyline deletes or renames."""
    story = [
        {
            "at": "2025-01-07T10:00:00Z",
            "admin": "owner",
            "does": "delete-group",
            "group": "Engineers",
        }
    ]
    made = planned(**ADMINS, storyline=story, background={"intensity": "4"})

    assert not [row for row in made.episodes if "group" in row]


# ---- The timeline, asked for columns -----------------------------------------------------


def test_columns_of_facts_agree_with_single_ones():
    """`at_many` asks as `at` does; `until_many` says when the answer changes."""
    directory = populate(a_scenario())
    timeline = Timeline(directory.people)
    start = directory.scenario.window.start
    for user, hour in ((3, 1), (3, 5), (9, 2), (29, 4)):
        timeline.change(user, start + hour * HOUR, totp=hour, exists=hour != 5)
    timeline.freeze()
    users = [user for user in range(30) for _ in range(8)]
    at = [start + hour * HOUR for _ in range(30) for hour in range(8)]
    many = timeline.at_many(np.array(users), np.array(at))
    until = timeline.until_many(np.array(users), np.array(at)).tolist()

    for place, (user, instant) in enumerate(zip(users, at, strict=True)):
        facts = timeline.at(user, instant)
        assert facts.totp == many.totp[place]
        assert facts.exists == many.exists[place]
        later = [hour for who, hour in ((3, 1), (3, 5), (9, 2), (29, 4)) if who == user]
        later = [start + hour * HOUR for hour in later if start + hour * HOUR > instant]
        assert until[place] == min(later, default=1 << 42)
