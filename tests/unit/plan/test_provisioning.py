"""The identity provider's provisioning client: what it leaves, and what it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from simulator.delivery.overrides import delivered
from simulator.engines import vectorised
from simulator.plan.actions.scim import FAILURES
from simulator.plan.compiler import compile_scenario
from simulator.plan.provisioning import tenant_id, token_id
from simulator.primitives.keys import Key
from simulator.records.api.operations import OPERATIONS
from simulator.records.api.structures import flaws
from simulator.records.eras.first.scim import SOURCE
from simulator.scenario.library import load, prepare, read
from simulator.sinks.truth import TruthLines
from tests.builders import parsed
from tests.records.cases import cases

if TYPE_CHECKING:
    from simulator.plan.episodes import Plan

HEAD = """scenario: x
window: {start: WINDOW, days: 60}
instance: {identity_source: {kind: external-idp, provider: entra, scim: CLIENT}}
"""


def planned(body: str, client: str = "true", window: str = "2025-01-10") -> tuple[Plan, Any]:
    """Return a plan of a scenario with these lines, and its truth."""
    head = HEAD.replace("CLIENT", client).replace("WINDOW", window)
    return compile_scenario(prepare(read(head + body, "f")))


def records(body: str, client: str = "true", window: str = "2025-01-10") -> list[dict[str, Any]]:
    """Return what a scenario with these lines leaves."""
    plan, _ = planned(body, client, window)
    return parsed(vectorised.render(plan, 0, plan.horizon))


def pushed(found: list[dict[str, Any]]) -> list[str]:
    """Return the names of the events that a client left."""
    source = "identitystore-scim.amazonaws.com"
    return [record["eventName"] for record in found if record["eventSource"] == source]


COMES = """storyline:
  - at: 2024-08-30T09:00:00Z
    does: scim-create-user
    new_user: {name: ana}
    then: [{user: ana, does: sign-in}, {after: 10d, does: scim-delete-user, user: ana}]
"""


def test_nothing_is_recorded_before_september_2024() -> None:
    """The user comes all the same and signs in; what happens in September leaves records."""
    found = records(COMES, window="2024-08-20")

    assert [record["eventName"] for record in found] == [
        "UserAuthentication",
        "ListUsers",
        "DeleteUser",
    ]


def test_an_old_token_leaves_no_records() -> None:
    """Only calls "of tokens made since September 2024" are recorded."""
    old = records(COMES, "{token_created: 2024-08-29}", "2024-08-20")
    new = records(COMES, "{token_created: 2024-09-01}", "2024-08-20")

    assert pushed(old) == []
    assert pushed(new) == ["ListUsers", "DeleteUser"]


def test_members_come_a_hundred_a_call() -> None:
    """250 members of a group are three calls of PatchGroup."""
    names = [f"user-{number}" for number in range(250)]
    users = ", ".join(f"{{name: {name}}}" for name in names)
    found = records(
        f"users: [{users}]\n"
        "storyline:\n"
        "  - {at: 2025-01-13, does: scim-create-group, group: {name: New}, "
        f"users: [{', '.join(names)}]}}\n"
    )

    assert pushed(found) == ["ListGroups", "CreateGroup", "PatchGroup", "PatchGroup", "PatchGroup"]
    [made] = [record for record in found if record["eventName"] == "CreateGroup"]
    patched = {record["requestParameters"].get("id") for record in found[2:]}
    assert patched == {made["responseElements"]["id"]}


def test_what_failed_to_come_is_not_there() -> None:
    """A throttled client gives up, and the group can still be created by another name."""
    found = records(
        "storyline:\n"
        "  - {at: 2025-01-13, does: scim-create-group, group: {name: New}, answers: [throttled]}\n"
        "  - {at: 2025-01-14, does: scim-create-group, group: {name: New}}\n"
    )

    assert pushed(found) == ["ListGroups", "CreateGroup", "ListGroups", "CreateGroup"]
    assert [record.get("errorCode") for record in found] == [
        None,
        FAILURES["throttled"][0],
        None,
        None,
    ]


def test_who_is_deactivated_does_nothing_any_more() -> None:
    """Everyday activity ends with the deactivation and goes on with the activation."""
    found = records(
        "users: [{name: ana}]\n"
        "background: {intensity: 4}\n"
        "storyline:\n"
        "  - {at: 2025-01-20, does: scim-deactivate-user, user: ana}\n"
        "  - {at: 2025-02-20, does: scim-activate-user, user: ana}\n"
    )
    signed_in = [
        record["eventTime"] for record in found if record["eventName"] == "UserAuthentication"
    ]

    assert any(time < "2025-01-20" for time in signed_in)
    assert any(time > "2025-02-20" for time in signed_in)
    assert not any("2025-01-20" < time < "2025-02-20" for time in signed_in)


def test_the_truth_names_the_client_and_the_user() -> None:
    """Records name neither; the truth says who pushed whom."""
    comes = COMES.replace("2024-08-30", "2025-01-13")
    plan, truth = planned(
        comes.replace("{name: ana}\n", "{name: ana}\n    answers: [throttled, done]\n")
    )
    finished = delivered(vectorised.render(plan, 0, plan.horizon), plan)
    written = b"".join(map(bytes, TruthLines(plan, truth).of(finished)))
    lines = [orjson.loads(line) for line in written.splitlines()]
    made = [line for line in lines if line["kind"] == "identitystore-scim/CreateUser"]

    assert {line["actor"] for line in made} == {line["administrator"] for line in made}
    assert [line["actor"] for line in made] == ["scim:entra"] * 2
    assert [line["user"] and line["user"]["name"] for line in made] == [None, "ana"]
    assert [line["outcome"] for line in made] == ["Failure", "Success"]
    assert {line["action"] for line in made} == {"scim-create-user"}


def test_ids_are_those_of_the_scenario() -> None:
    """Tenant and token are drawn from the seed, and the same in all calls."""
    found = records(
        "storyline:\n  - {at: 2025-01-13, does: scim-discover, repeat: {times: 3, every: 1d}}\n"
    )
    root = Key.root(0)

    assert {record["requestParameters"]["tenantId"] for record in found} == {tenant_id(root)}
    assert {record["userIdentity"]["accessKeyId"] for record in found} == {token_id(root)}


def test_payloads_are_as_the_table_says() -> None:
    """What storylines leave and what AWS's examples show have no flaw; a null is one."""
    stories = ("scim-okta", "scim-entra", "scim-errors")
    plans = [compile_scenario(load(f"storylines/{name}"))[0] for name in stories]
    found = [
        record for plan in plans for record in parsed(vectorised.render(plan, 0, plan.horizon))
    ]
    found += [case.record for case in cases() if case.kind.startswith(SOURCE)]
    seen = set()
    for record in found:
        operation = OPERATIONS.get(f"{SOURCE}/{record['eventName']}")
        if operation is None or operation.request is None:
            continue
        seen.add(operation.kind)
        assert list(flaws(operation.request, record["requestParameters"])) == []
        if record["responseElements"] is not None:
            assert operation.response is not None
            assert list(flaws(operation.response, record["responseElements"])) == []
        assert list(flaws(operation.request, None)) != []

    assert len(seen) == 15


MOVES = """networks: [{name: west, country: IE, kind: hosting}]
computers:
  - {name: moved, network: west}
  - {name: script, network: west, user_agent: python-requests/2.32.3}
administrators: [{name: identity-team}]
users: [{name: ana}]
storyline:
  - {at: 2025-01-13T08:00:00Z, does: scim-update-user, user: ana}
  - {at: 2025-01-13T09:00:00Z, admin: identity-team, does: create-provisioning-token, token: second}
  - {at: 2025-01-13T10:00:00Z, does: scim-update-user, user: ana, token: second}
  - {at: 2025-01-13T11:00:00Z, does: scim-update-user, user: ana, computer: moved}
  - {at: 2025-01-13T12:00:00Z, does: scim-update-user, user: ana, computer: script}
"""


def test_a_token_that_was_made_is_used_by_its_name() -> None:
    """Its id stands in what is done with it, and the first token's in all else."""
    found = records(MOVES)

    [made] = [one["responseElements"] for one in found if one["eventName"] == "CreateBearerToken"]
    used = [one["userIdentity"]["accessKeyId"] for one in found if one["eventName"] == "PatchUser"]
    assert used[1] == made["bearerToken"]["tokenId"]
    assert used[0] == used[2] == used[3] != used[1]


def test_a_token_with_a_name_is_recorded_where_the_first_is_too_old() -> None:
    """Only calls "of tokens made since September 2024" are recorded."""
    found = records(MOVES, "{token_created: 2024-08-29}")

    assert pushed(found) == ["ListUsers", "PatchUser"]


def test_a_computer_has_an_address_and_may_say_what_pushes_from_it() -> None:
    """Otherwise the provider's own client does, from another place."""
    found = records(MOVES)

    patches = [one for one in found if one["eventName"] == "PatchUser"]
    agents = [one["userAgent"] for one in patches]
    addresses = [one["sourceIPAddress"] for one in patches]
    assert agents[:3] == ["Microsoft.Azure.SyncFabric/1.0"] * 3
    assert agents[3] == "python-requests/2.32.3"
    assert len({addresses[0], addresses[2], addresses[3]}) == 3
