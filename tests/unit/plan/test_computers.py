"""What is done with a computer that is not a person's own, and what it holds."""

from __future__ import annotations

from textwrap import indent

import orjson
import pytest

from simulator.engines import vectorised
from simulator.errors import ScenarioError
from simulator.plan.compiler import compile_scenario
from simulator.scenario import library

HEAD = """
scenario: computers
window: {start: 2025-02-03, days: 2}
organization: {accounts: [{name: prod}]}
permission_sets: [{name: Reader, managed_policies: [ReadOnlyAccess]}]
groups: [{name: Staff, assignments: [{permission_set: Reader, accounts: [prod]}]}]
networks: [{name: far, country: NL, kind: hosting}, {name: bar, country: DE, kind: mobile}]
computers: [{name: box, network: far}, {name: named, network: far, user_agent: Lynx/2.9}]
administrators: [{name: desk}]
users:
  - {name: ana.lopez, mfa: [totp], groups: [Staff]}
  - {name: chen.wu, mfa: [totp], groups: [Staff]}
storyline:
"""


def records(entries: str) -> list[dict]:
    """Return the records of a storyline."""
    scenario = library.prepare(library.read(HEAD + indent(entries, "  "), "computers"))
    plan, _ = compile_scenario(scenario)
    return [orjson.loads(line) for line in vectorised.render(plan, 0, plan.horizon).lines]


def of(found: list[dict], name: str) -> list[dict]:
    """Return records of an event."""
    return [record for record in found if record["eventName"] == name]


def test_a_computer_has_one_address_and_browser_whoever_uses_it() -> None:
    """Also where nobody has the name that is typed, and for administrators."""
    found = records("""
- {at: 2025-02-03T08:00:00Z, user: ana.lopez, computer: box, does: sign-in}
- {at: 2025-02-03T08:10:00Z, user: chen.wu, computer: box, does: sign-in}
- {at: 2025-02-03T08:20:00Z, computer: box, does: sign-in, with: {username: no.body}}
- {at: 2025-02-03T08:30:00Z, admin: desk, computer: box, does: create-user, new_user: {name: b.c}}
- {at: 2025-02-03T09:00:00Z, user: ana.lopez, does: sign-in}
""")

    box, own = found[:-5], found[-5:]
    assert {record["sourceIPAddress"] for record in box} != {
        record["sourceIPAddress"] for record in own
    }
    assert len({(one["sourceIPAddress"], one["userAgent"]) for one in box}) == 1
    assert len({(one["sourceIPAddress"], one["userAgent"]) for one in own}) == 1


def test_a_computer_may_be_taken_elsewhere_and_its_browser_named() -> None:
    """`network` says where it is this time, what follows stays on it."""
    found = records("""
- at: 2025-02-03T08:00:00Z
  user: ana.lopez
  computer: named
  does: sign-in
  then:
    - {does: browse-portal, network: bar}
    - {does: cli-sign-in}
""")

    browsing = [one for one in found if one["eventName"] != "CreateToken"]
    assert {one["userAgent"] for one in browsing} == {"Lynx/2.9"}
    assert of(found, "CreateToken")[0]["userAgent"].startswith("aws-cli/")
    places = [one["sourceIPAddress"] for one in found]
    assert places[0] == of(found, "CreateToken")[0]["sourceIPAddress"]
    assert places[0] != of(found, "Authenticate")[0]["sourceIPAddress"]


def test_a_session_that_was_taken_along_is_the_users_own() -> None:
    """The same credentialId from another address; the user's goes on."""
    found = records("""
- at: 2025-02-03T08:00:00Z
  user: ana.lopez
  does: sign-in
  then:
    - {does: browse-portal}
    - {does: browse-portal, computer: box}
    - {does: browse-portal}
""")

    visits = of(found, "Authenticate")
    assert len({one["userIdentity"]["credentialId"] for one in visits}) == 1
    assert [one["sourceIPAddress"] for one in visits][0::2] == [visits[0]["sourceIPAddress"]] * 2
    assert visits[1]["sourceIPAddress"] != visits[0]["sourceIPAddress"]


def test_a_session_of_its_own_leaves_the_users_alone() -> None:
    """Who signs in elsewhere has another credentialId, and the user keeps hers."""
    found = records("""
- at: 2025-02-03T08:00:00Z
  user: ana.lopez
  does: sign-in
  then: [{does: browse-portal}]
- at: 2025-02-03T08:10:00Z
  user: ana.lopez
  computer: box
  does: sign-in
  then: [{does: browse-portal}]
- {at: 2025-02-03T08:20:00Z, user: ana.lopez, does: browse-portal}
""")

    ids = [one["userIdentity"]["credentialId"] for one in of(found, "Authenticate")]
    assert ids[0] == ids[2] != ids[1]


def test_signing_out_ends_the_session_that_is_used() -> None:
    """The user's own when it was taken along, and no other."""
    stolen = """
- at: 2025-02-03T08:00:00Z
  user: ana.lopez
  does: sign-in
  then:
    - {does: sign-out, computer: box}
- {at: 2025-02-03T09:00:00Z, user: ana.lopez, does: browse-portal}
"""
    own = """
- {at: 2025-02-03T08:00:00Z, user: ana.lopez, does: sign-in}
- at: 2025-02-03T08:10:00Z
  user: ana.lopez
  computer: box
  does: sign-in
  then: [{does: sign-out}]
- {at: 2025-02-03T09:00:00Z, user: ana.lopez, does: browse-portal}
"""

    with pytest.raises(ScenarioError, match="is not signed in any more"):
        records(stolen)
    assert of(records(own), "Authenticate")


def test_a_token_is_held_where_it_was_got() -> None:
    """Credentials are fetched with the computer's own token; a cached one can be taken along."""
    found = records("""
- at: 2025-02-03T08:00:00Z
  user: ana.lopez
  does: sign-in
  then:
    - {does: cli-sign-in}
    - {does: get-role-credentials, account: prod, permission_set: Reader}
    - {does: get-role-credentials, account: prod, permission_set: Reader, computer: box}
    - {does: cli-sign-in, computer: box}
    - {does: get-role-credentials, account: prod, permission_set: Reader, computer: box}
    - {does: get-role-credentials, account: prod, permission_set: Reader}
""")

    ids = [one["userIdentity"]["credentialId"] for one in of(found, "GetRoleCredentials")]
    assert ids[0] == ids[1] == ids[3] != ids[2]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("{at: 2025-02-03T08:00:00Z, user: ana.lopez, computer: bix, does: sign-in}", "'box'"),
        ("{at: 2025-02-03T08:00:00Z, user: ana.lopez, computer: box, does: browse-portal}", "not"),
    ],
)
def test_what_cannot_be_is_refused(entry: str, message: str) -> None:
    """A computer that there is not; a session that nobody has."""
    with pytest.raises(ScenarioError, match=message):
        records(f"- {entry}\n")


def test_computers_are_told_apart_and_stand_somewhere() -> None:
    """Names are unique; networks and personas must be there."""
    text = HEAD.replace("{name: named, network: far,", "{name: box, network: fur, persona: clerk,")

    with pytest.raises(ScenarioError) as error:
        library.read(text + "  []\n", "computers")

    assert [line.partition(" ")[2] for line in str(error.value).splitlines()] == [
        "computers.1.name: another computer has this name",
        "computers.1.network: no such network (did you mean 'far'?)",
        "computers.1.persona: no such persona",
    ]
