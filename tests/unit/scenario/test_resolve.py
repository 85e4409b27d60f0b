"""Every default that is filled in, and that none depends on its neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from simulator.scenario.dump import digest, dump
from simulator.scenario.library import read
from simulator.scenario.resolve import resolve

if TYPE_CHECKING:
    from simulator.scenario.document import Scenario

HEAD = "scenario: x\nwindow: {start: 2025-01-10, days: 7}\n"


def resolved(body: str) -> Scenario:
    """Return what a scenario with these lines resolves to."""
    return resolve(read(HEAD + body, "f"))


def test_days_become_an_end() -> None:
    """Seven days of 24 hours after 10 January are over on the 17th."""
    window = resolved("").window

    assert (window.start, window.end, window.days) == (1736467200000, 1737072000000, None)


@pytest.mark.parametrize(
    ("written", "full"),
    [
        ("by-date", "by-date"),
        ("pre", "pre-january-2025"),
        ("post", "post-january-2025"),
        ("pre-october-2024", "pre-october-2024"),
    ],
)
def test_an_era_gets_its_full_name(written: str, full: str) -> None:
    """`pre` and `post` are about the change of January 2025."""
    assert resolved(f"era: {written}\n").era == full


def test_an_instance_is_complete() -> None:
    """The management account owns it, and its ids are of its Region."""
    instance = resolved("instance: {region: us-east-2}\n").instance

    assert instance.account == "management"
    assert instance.id is not None
    assert instance.id.startswith("ssoins-6684")
    assert instance.identity_store_id is not None
    assert instance.identity_store_id.startswith("d-9a67")
    assert instance.portal_alias == instance.identity_store_id


def test_a_stem_becomes_its_accounts() -> None:
    """Also where it is assigned, and once only."""
    scenario = resolved(
        "organization: {accounts: [{name: sandbox, count: 2}, {name: prod}]}\n"
        "permission_sets: [{name: P}]\n"
        "groups: [{name: G, assignments: [{permission_set: P, accounts: [prod, sandbox]}]}]\n"
    )

    assert [account.name for account in scenario.organization.accounts] == [
        "sandbox-1",
        "sandbox-2",
        "prod",
    ]
    assert scenario.groups[0].assignments[0].accounts == ("prod", "sandbox-1", "sandbox-2")


def test_ids_are_kept_where_given_and_made_where_not() -> None:
    """A made id has the form that AWS gives it."""
    scenario = resolved(
        "organization: {management_account: {name: m, id: 000000000012}}\n"
        "users: [{name: ana, id: 94482488-3041-7003-1b24-0e2d5c7a9f11, mfa: [totp]}, {name: bea}]\n"
    )
    ana, bea = scenario.users

    assert scenario.organization.management_account.id == "000000000012"
    assert ana.id == "94482488-3041-7003-1b24-0e2d5c7a9f11"
    assert bea.id is not None
    assert [bea.id[place] for place in (1, 3, 5, 7)] == ["4", "8", "4", "8"]


def test_adding_something_changes_no_other_id() -> None:
    """Law 4: ids come from names, never from positions."""
    before = resolved("groups: [{name: B}]\nusers: [{name: bea, mfa: [totp]}]\n")
    after = resolved(
        "groups: [{name: A}, {name: B}]\n"
        "users: [{name: ana}, {count: 3}, {name: bea, mfa: [totp]}]\n"
        "organization: {accounts: [{name: prod}]}\n"
    )

    assert after.groups[1] == before.groups[0]
    assert after.users[2] == before.users[0]
    assert after.organization.management_account == before.organization.management_account


def test_another_seed_gives_other_ids() -> None:
    """All ids descend from the seed."""
    first, second = resolved("seed: 1\n"), resolved("seed: 2\n")

    assert first.instance.id != second.instance.id
    assert first.organization.id != second.organization.id


def test_a_user_name_gives_the_full_name() -> None:
    """ana.lopez is Ana Lopez; who is called admin01 gets a name from the locale."""
    scenario = resolved("users: [{name: ana.lopez}, {name: jörg_weiß@example.com}, {name: a1}]\n")
    full = [(user.given_name, user.family_name) for user in scenario.users]

    assert full[:2] == [("Ana", "Lopez"), ("Jörg", "Weiß")]
    assert None not in full[2]


def test_devices_get_names_that_tell_them_apart() -> None:
    """By type, and by number where there are several."""
    scenario = resolved("users: [{name: ana, mfa: [totp, totp, webauthn]}]\n")

    assert [device.name for device in scenario.users[0].mfa] == [
        "Authenticator app",
        "Authenticator app 2",
        "Security key",
    ]


def test_who_has_no_network_gets_an_office_of_the_persona_s_country() -> None:
    """And the office is listed among the networks."""
    scenario = resolved(
        "personas: {berlin: {like: developer, country: DE}}\n"
        "users: [{name: ana}, {name: bea, persona: berlin}]\n"
    )

    assert [user.network for user in scenario.users] == ["office-US", "office-DE"]
    assert [(network.name, network.country) for network in scenario.networks] == [
        ("office-DE", "DE"),
        ("office-US", "US"),
    ]


def test_a_persona_is_complete_and_knows_the_built_in_one_it_comes_from() -> None:
    """What it does not say comes from below, member by member; a country brings its zone."""
    scenario = resolved(
        "personas:\n"
        "  berlin: {like: night, country: DE}\n"
        "  night: {like: developer, hours: {from: '14:00', to: '22:00'}, slips: {wrong_totp: 9%}}\n"
        "users: [{count: 3, persona: berlin}]\n"
    )
    persona = scenario.personas["berlin"]

    assert list(scenario.personas) == ["berlin"]
    assert persona.like == "developer"
    assert persona.hours is not None
    assert persona.slips is not None
    assert (persona.hours.timezone, persona.hours.start) == ("Europe/Berlin", 840)
    assert (persona.slips.wrong_totp, persona.slips.wrong_password) == (90_000, 30_000)
    assert persona.sign_ins_per_workday == 1_600_000


def test_a_time_zone_that_is_given_goes_before_the_country_s() -> None:
    """Somebody in Germany may keep the hours of New York."""
    persona = resolved(
        "personas: {x: {country: DE, hours: {timezone: America/New_York}}}\n"
        "users: [{count: 3, persona: x}]\n"
    ).personas["x"]

    assert persona.hours is not None
    assert persona.hours.timezone == "America/New_York"


def test_administrators_are_complete() -> None:
    """Each has an account and works somewhere; a role without a name gets one."""
    scenario = resolved(
        "permission_sets: [{name: P}]\n"
        "administrators: [{name: ann}, {name: bob, permission_set: P}, {name: cy, kind: root}]\n"
    )

    assert [
        (admin.account, admin.role, admin.permission_set, admin.network)
        for admin in scenario.administrators
    ] == [
        ("management", "IdentityCenterAdministrator", None, "office-US"),
        ("management", None, "P", "office-US"),
        ("management", None, None, "office-US"),
    ]


def test_populations_without_an_id_are_numbered_by_persona() -> None:
    """An id that is given counts for nothing."""
    scenario = resolved(
        "users: [{count: 1}, {count: 1, id: x}, {count: 1}, {count: 1, persona: developer}]\n"
    )

    assert [user.id for user in scenario.users] == [
        "office-worker-1",
        "x",
        "office-worker-2",
        "developer-1",
    ]


def test_who_acts_and_how_is_filled_in_under_then() -> None:
    """A user and an administrator are inherited apart; the way depends on who and what."""
    scenario = resolved(
        "administrators: [{name: bob}, {name: script, kind: iam-user}]\n"
        "users: [{name: ana}]\n"
        "storyline:\n"
        "  - at: 2025-01-13\n"
        "    admin: bob\n"
        "    does: search-users\n"
        "    then:\n"
        "      - {does: sign-in, user: ana, then: [{does: describe-user, user: ana}]}\n"
        "      - {does: list-users}\n"
        "      - {does: describe-user, user: ana, admin: script, after: 3s}\n"
        "      - {does: reset-password, user: ana, admin: script}\n"
    )
    top = scenario.storyline[0]

    assert top.via == "console"
    assert top.then[0].then[0].admin == "bob"
    assert [(entry.admin, entry.via, entry.after) for entry in top.then[1:]] == [
        ("bob", "api", 10_000),
        ("script", "api", 3_000),
        ("script", "console", 10_000),
    ]


def test_no_answer_of_an_unknown_user_is_right() -> None:
    """The default answer of everybody else would be."""
    scenario = resolved(
        "instance: {mfa: {without_device: allow}}\n"
        "users: [{name: ana}]\n"
        "storyline:\n"
        "  - {at: 2025-01-13, does: sign-in, with: {username: nobody}}\n"
        "  - {at: 2025-01-14, user: ana, does: sign-in, with: {username: ANA}}\n"
    )

    assert [entry.with_.password for entry in scenario.storyline] == [("wrong",), ("right",)]


def test_the_digest_is_of_what_is_meant() -> None:
    """Defaults written out, comments and the order of keys do not change it; a value does."""
    short = resolved("users: [{count: 3}]\nbackground: {events: 10}\n")
    long = resolved("# same\nbackground: {events: 1_0}\nera: by-date\nusers: [{count: 3}]\n")
    other = resolved("users: [{count: 4}]\nbackground: {events: 10}\n")

    assert digest(short) == digest(long)
    assert digest(short) != digest(other)


def test_a_dump_says_everything_and_nothing_twice() -> None:
    """No anchors, no tags, no empty lists, and quotes only where YAML needs them."""
    text = dump(resolved("users: [{name: ana, mfa: [totp]}]\n"))

    assert "identity_source: {kind: identity-center, domain: example.com}" in text
    assert "session_duration: 8h" in text
    assert not any(mark in text for mark in ("&", "*", "!!", "[]", "{}", "null"))
