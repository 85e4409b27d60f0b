"""Calls that a storyline makes by their names in the tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest

from simulator import (
    Administrator,
    Background,
    Call,
    Group,
    Scenario,
    ScenarioError,
    Switches,
    User,
    Window,
    compile_scenario,
    prepare,
)
from simulator.engines import stepwise
from simulator.primitives.instants import SECOND, parse_instant
from simulator.records.api.operations import OPERATIONS
from simulator.records.api.structures import flaws, members
from simulator.records.kinds import kind_named
from simulator.scenario.call_checks import CALLABLE
from simulator.scenario.dump import dump
from simulator.scenario.library import read

if TYPE_CHECKING:
    from simulator.records.api.structures import Structure

START = parse_instant("2026-03-02T09:00:00Z")
TEXTS = {"number": "5", "flag": "true", "date": "2026-03-02T08:00:00Z"}


def example(structure: Structure) -> Any:
    """Return something of a structure as a scenario has it: every member, text throughout."""
    if isinstance(structure, dict):
        return {
            "Environment" if name == "*" else name: example(inner)
            for name, inner, _ in members(structure)
        }
    if isinstance(structure, list):
        return [example(structure[0])]
    return TEXTS.get(structure, structure.partition("|")[0])


def records(engine: Any, scenario: Scenario) -> list[dict[str, Any]]:
    """Return a scenario's records."""
    plan, _ = compile_scenario(scenario)
    return [orjson.loads(line) for line in engine.render(plan, 0, plan.horizon).lines]


def calling(*calls: Call, **admin: Any) -> Scenario:
    """Return a prepared scenario of calls by one administrator, a minute apart."""
    return prepare(
        Scenario(
            scenario="calls",
            window=Window(start=START, days=2),
            administrators=(Administrator(name="identity-team", **admin),),
            switches=Switches(undelivered_events="emit"),
            storyline=tuple(
                one.model_copy(update={"at": START + nth * 60 * SECOND, "admin": "identity-team"})
                for nth, one in enumerate(calls)
            ),
        )
    )


def test_every_call_of_the_tables_can_be_made(engine: Any) -> None:
    """Text of a scenario becomes numbers, flags and dates, in the order of the tables."""
    operations = {kind: one for kind, one in OPERATIONS.items() if kind in CALLABLE}
    calls = [
        Call(operation=kind, parameters=example(one.request) if one.request else {})
        for kind, one in operations.items()
    ]

    written = records(engine, calling(*calls))

    assert len(written) == len(operations) > 100
    for record, (kind, one) in zip(written, operations.items(), strict=True):
        assert record["eventName"] == kind_named(kind).event_name
        if one.request:
            assert not list(flaws(one.request, record["requestParameters"]))
        if record["responseElements"] is not None:
            assert one.response is not None
            assert not list(flaws(one.response, record["responseElements"]))


def test_what_only_one_value_suits_may_be_left_out(engine: Any) -> None:
    """Instance and identity store are the scenario's; tags of an application need no instance."""
    asked, tagged = records(
        engine,
        calling(
            Call(operation="sso/ListPermissionSets", parameters={"maxResults": 100}),
            Call(operation="sso/TagResource", parameters={"resourceArn": "a", "tags": []}),
        ),
    )

    assert asked["requestParameters"]["instanceArn"].startswith("arn:aws:sso:::instance/ssoins-")
    assert asked["requestParameters"]["maxResults"] == 100
    assert tagged["requestParameters"] == {"resourceArn": "a", "tags": []}


def test_an_answer_is_made_up_where_that_is_simple(engine: Any) -> None:
    """What was asked for comes back with a new ARN; an asynchronous request has the call's id."""
    sets, assigned, given, none = records(
        engine,
        calling(
            Call(operation="sso/CreatePermissionSet", parameters={"name": "Auditors"}),
            Call(
                operation="sso/CreateAccountAssignment",
                parameters={
                    "targetId": "444455556666",
                    "targetType": "AWS_ACCOUNT",
                    "permissionSetArn": "ps",
                    "principalType": "USER",
                    "principalId": "94482488-3041-7003-1b24-0e2d5c7a9f11",
                },
            ),
            Call(operation="sso/CreateInstance", response={"instanceArn": "given"}),
            Call(operation="sso/CreateInstance", response={}),
        ),
    )

    made = sets["responseElements"]["permissionSet"]
    assert list(made) == ["name", "permissionSetArn", "createdDate", "sessionDuration"]
    assert made["createdDate"] == "Mar 2, 2026 9:00:00 AM"
    status = assigned["responseElements"]["accountAssignmentCreationStatus"]
    assert status["requestId"] == assigned["requestID"]
    assert status["status"] == "IN_PROGRESS"
    assert "failureReason" not in status
    assert given["responseElements"] == {"instanceArn": "given"}
    assert none["responseElements"] is None


def test_a_call_that_fails_answers_nothing(engine: Any) -> None:
    """Code and message stand before the parameters."""
    (record,) = records(
        engine,
        calling(
            Call(operation="sso/DeleteInstance", error={"code": "Denied", "message": "not here"})
        ),
    )

    assert (record["errorCode"], record["errorMessage"]) == ("Denied", "not here")
    assert record["responseElements"] is None


def test_each_tool_names_itself(engine: Any) -> None:
    """The console is a browser; by the API an administrator is what her tool is."""
    call = Call(
        operation="organizations/EnableAWSServiceAccess", parameters={"servicePrincipal": "sso"}
    )
    agents = {
        tool: records(engine, calling(call, tool=tool))[0]
        for tool in ("console", "cli", "sdk", "terraform")
    }

    assert agents["console"]["userAgent"].startswith("Mozilla/")
    assert agents["console"]["sessionCredentialFromConsole"] == "true"
    assert agents["cli"]["userAgent"].endswith("#organizations.enable-aws-service-access")
    assert agents["sdk"]["userAgent"].startswith("Boto3/")
    assert "api/organizations#" in agents["terraform"]["userAgent"]
    assert "sessionCredentialFromConsole" not in agents["terraform"]


def test_an_iam_user_has_a_session_in_the_console_alone(engine: Any) -> None:
    """There the key is temporary; with the API it is the user's own."""
    call = Call(operation="sso/ListInstances")
    by = {
        tool: records(engine, calling(call, kind="iam-user", tool=tool))[0]
        for tool in ("console", "cli")
    }

    in_console, with_cli = by["console"]["userIdentity"], by["cli"]["userIdentity"]
    assert in_console["accessKeyId"].startswith("ASIA")
    assert list(in_console["sessionContext"]) == ["sessionIssuer", "attributes"]
    assert by["console"]["sessionCredentialFromConsole"] == "true"
    assert with_cli["accessKeyId"].startswith("AKIA")
    assert "sessionContext" not in with_cli


def test_a_payload_is_no_larger_than_cloudtrail_writes() -> None:
    """One finding says so, before anything is written."""
    text = {"permissionSetArn": "arn", "inlinePolicy": "x" * 100 * 1024}

    with pytest.raises(ScenarioError, match="larger than 100 KB") as caught:
        calling(Call(operation="sso/PutInlinePolicyToPermissionSet", parameters=text))

    assert [finding.path for finding in caught.value.findings] == ["storyline.0.parameters"]


def test_everyday_look_ups_are_made_with_the_tool() -> None:
    """Who works with the API does so on ordinary days, too."""
    scenario = prepare(
        Scenario(
            scenario="look-ups",
            window=Window(start=START, days=5),
            users=(User(name="ana.lopez"),),
            groups=(Group(name="Everyone"),),
            administrators=(Administrator(name="pipeline", tool="sdk", background=True),),
            background=Background(intensity=1_000_000),
        )
    )
    plan, _ = compile_scenario(scenario)
    lines = [orjson.loads(line) for line in stepwise.render(plan, 0, plan.horizon).lines]
    agents = {
        one["userAgent"].partition("/")[0]
        for one in lines
        if one["userIdentity"]["type"] == "AssumedRole"
    }

    assert agents == {"Boto3"}


def test_a_resolved_call_is_the_same_call(engine: Any) -> None:
    """Numbers from Python are text in YAML, and mean the same."""
    scenario = calling(
        Call(operation="sso/ListPermissionSets", parameters={"maxResults": 7}),
        Call(
            operation="sso/CreateInstance",
            parameters={"name": "007", "tags": ({"key": "a", "value": "true"},)},
        ),
    )

    again = read(dump(scenario), "file")

    assert records(engine, again) == records(engine, scenario)
