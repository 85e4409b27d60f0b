"""Law: what an era's changes do to a shape, they do to a record.

For every record in an older era, going forward gives the record of the newer era, member by
member and in order, wherever the older one holds what is needed; where it does not, that is
said. And the era of every record is detected: alone, or with those whose forms it has, too.
"""

from __future__ import annotations

from functools import cache
from itertools import combinations

import orjson
import pytest

from simulator.conversion import Options, Resolver, converted, converting, detected
from simulator.plan.compiler import compile_scenario
from simulator.records.eras import ERA_INDEX, ERA_NAMES
from simulator.run import generate
from simulator.scenario import library
from simulator.validation import checking

pytestmark = pytest.mark.laws

FIRST, BEFORE, AFTER = ERA_NAMES
PAIRS = tuple(combinations(ERA_NAMES, 2))
SCENARIOS = (
    "quickstart",
    "storylines/active-directory-names",
    "storylines/admin-mfa-reset",
    "storylines/cli-device-grant",
    "storylines/cli-pkce",
    "storylines/email-otp",
    "storylines/external-idp",
    "storylines/group-administration-api",
    "storylines/group-administration-console",
    "storylines/ide-toolkit",
    "storylines/mfa-self-service",
    "storylines/multi-region-instance",
    "storylines/unknown-user",
    "storylines/wrong-code",
    "storylines/wrong-password",
    "plays/group-to-admin",
    "plays/idp-misconfiguration-storm",
    "plays/mfa-reset-takeover",
)


@cache
def lines(name: str, era: str) -> tuple[bytes, ...]:
    """Return the records of a shipped scenario, all in one era."""
    plan, _ = compile_scenario(library.load(name, era=era))
    return tuple(line for batch in generate(plan) for line in batch.lines)


@cache
def known_of(name: str) -> tuple[Resolver, str]:
    """Return who is who in a scenario, and the identity store's id."""
    plan, _ = compile_scenario(library.load(name))
    names, ids = (list(plan.tables.texts[column]) for column in ("user.name", "user.id"))
    resolver = Resolver(dict(zip(ids, names, strict=True)), dict(zip(names, ids, strict=True)))
    return resolver, plan.tables.text("instance.store_id", 0)


def assert_forward(name: str, older: str, newer: str, options: Options) -> int:
    """Hold every record that is converted as a whole against the newer era's, and count them."""
    whole = 0
    for old, new in zip(lines(name, older), lines(name, newer), strict=True):
        made = converted(orjson.loads(old), options)
        if made.is_whole:
            whole += 1
            assert orjson.dumps(made.record) == new
        else:
            assert all(one.reason for one in made.changes if one.what == "left")
    return whole


@pytest.mark.parametrize(("older", "newer"), PAIRS)
@pytest.mark.parametrize("name", SCENARIOS)
def test_forward_gives_the_newer_record(name, older, newer):
    """Nothing but the records themselves is asked, and which era they are in."""
    options = Options(newer, source=older)

    whole = assert_forward(name, older, newer, options)

    # Of October 2024 on, only whether an unknown name is a user's is not in the record.
    unknown = sum(
        b'"UserName"' in line and b'"onBehalfOf"' not in line for line in lines(name, BEFORE)
    )
    if older == BEFORE:
        assert whole == len(lines(name, older)) - unknown


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_resolver_is_all_that_the_last_change_needs(name):
    """Then every record of the older era gives that of the newer."""
    resolver, _ = known_of(name)

    whole = assert_forward(name, BEFORE, AFTER, Options(AFTER, resolver, source=BEFORE))

    assert whole == len(lines(name, BEFORE))


@pytest.mark.parametrize("name", SCENARIOS)
def test_backward_takes_what_was_removed_from_a_resolver(name):
    """Names of users; what only failed sign-ins and masked groups had is gone, and said."""
    resolver, store = known_of(name)
    options = Options(BEFORE, resolver, source=AFTER, store=store)

    whole = assert_forward(name, AFTER, BEFORE, options)

    gone = sum(
        b'"CredentialVerification":"Failure"' in line
        or (b'"CredentialChallenge"' in line and b'"onBehalfOf"' not in line)
        or b'"displayName"' in line
        for line in lines(name, AFTER)
    )
    assert whole >= len(lines(name, AFTER)) - gone


@pytest.mark.parametrize("name", SCENARIOS)
def test_additions_are_taken_back_without_help(name):
    """What October 2024 added is left out again, and nothing else was changed."""
    whole = assert_forward(name, BEFORE, FIRST, Options(FIRST, source=BEFORE))

    assert whole == len(lines(name, BEFORE))


def assert_detected(name: str, made_in: str, era: str) -> None:
    """Hold what is detected of a scenario's records against an era, and against `validate`."""
    for line in lines(name, made_in):
        record = orjson.loads(line)
        found = detected(record)
        assert era in found.eras
        assert not found.broken
        kind, _ = checking.kind_of(record)
        matched = checking._matcher_of(kind).match(record, record["eventTime"])
        assert {ERA_NAMES[one] for one in matched.eras} == set(found.eras)


@pytest.mark.parametrize("era", ERA_NAMES)
@pytest.mark.parametrize("name", SCENARIOS)
def test_every_record_is_of_the_era_it_was_made_in(name, era):
    """Several eras only where all of them have such records, as `validate` finds by other means."""
    assert_detected(name, era, era)


def test_a_change_that_is_not_made_breaks_the_law(monkeypatch):
    """Negative control: additions and new values, and nothing removed."""
    applied = converting.applied

    def forgetful(edit, members, value):
        if edit.what != "removed":
            applied(edit, members, value)

    monkeypatch.setattr(converting, "applied", forgetful)

    with pytest.raises(AssertionError):
        test_forward_gives_the_newer_record("quickstart", BEFORE, AFTER)


def test_a_member_in_the_wrong_place_breaks_the_law(monkeypatch):
    """Negative control: the law asks for the order of members."""
    monkeypatch.setattr(
        converting, "applied", lambda edit, members, value: members.update({edit.name: value})
    )

    with pytest.raises(AssertionError):
        test_backward_takes_what_was_removed_from_a_resolver("storylines/cli-pkce")


def test_records_of_another_era_break_the_law():
    """Negative control: the newest era's are not the one's before."""
    with pytest.raises(AssertionError):
        assert_detected("quickstart", AFTER, BEFORE)
    assert ERA_INDEX[AFTER] == len(ERA_NAMES) - 1
