"""Writing calls that are recorded by table, and the callers that are nobody's person.

An action says what is called and with which values; here they become the payloads of an
episode. Identity Center itself calls IAM in accounts: in the management account on behalf
of whoever asked for it, in others as its service-linked role (seen).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from simulator.directory import identifiers, user_agents
from simulator.flows.api_calls import CALLS
from simulator.plan.population import filled
from simulator.plan.population.roles import role_session_texts, service_linked_role
from simulator.primitives.jsontext import json_text
from simulator.primitives.keys import purpose, word_at
from simulator.records.api.operations import OPERATIONS
from simulator.records.api.structures import arranged
from simulator.records.eras.first.envelope import ROLE
from simulator.records.fields import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.plan.population.roles import Role
    from simulator.plan.stage import Act, Stage
    from simulator.scenario.actions import Entry

_REQUEST_ID: Final = purpose("request-id")


def call(  # noqa: PLR0913  # what a call is made of
    stage: Stage,
    act: Act[Entry],
    at: int,
    kind: str,
    *,
    caller: Mapping[str, int],
    request: Mapping[str, object] | None = None,
    response: Mapping[str, object] | None = None,
    error: tuple[str, str] | None = None,
) -> int:
    """Write a call's one event, and return when it happens.

    Args:
        caller: Columns of who calls and from where: `Stage.admin_place`, `forwarded` or
            `service_linked`.
        request: Parameters; dates as milliseconds.
        response: What it answers; nothing is recorded of reads and of failures.
        error: Code and message of a failure.

    Raises:
        StructureError: A payload is not as the call's table says.
    """
    operation = OPERATIONS[kind]
    columns = {**caller, "error": -1}
    if error is not None:
        columns["error"] = failure(stage, *error)
        columns["outcome"] = OUTCOMES.index("Failure")
        response = None
    for column, structure, said in (
        ("request_document", operation.request, request),
        ("response_document", operation.response, response),
    ):
        if structure is None:
            continue
        columns[column] = -1
        if said:
            written = arranged(structure, dict(said), comma=operation.has_comma)
            columns[column] = document(stage, written)
    return stage.play(CALLS[kind], act, at, **columns)


def document(stage: Stage, value: object) -> int:
    """Return a payload's position in table `document`."""
    return stage.registry.intern("document", json_text(value).decode())  # type: ignore[arg-type]  # JSON


def failure(stage: Stage, code: str, message: str) -> int:
    """Return the position of a code and a message in table `error`."""
    known = stage.failures.get((code, message))
    if known is None:
        known = stage.registry.add("error", code=code, message=message)
        stage.failures[code, message] = known
    return known


def next_request_id(act: Act[Entry]) -> str:
    """Return the requestID that the act's next episode of one call will have.

    Ids of asynchronous requests equal the requestID of the call that made them (seen).
    """
    key = act.next_key
    return identifiers.uuid4_text(
        word_at(key.high, key.low, _REQUEST_ID, 0), word_at(key.high, key.low, _REQUEST_ID, 1)
    )


def forwarded(
    stage: Stage, caller: Mapping[str, int], service: str = "sso.amazonaws.com"
) -> dict[str, int]:
    """Return the columns of a service that calls on a caller's behalf (forward access session)."""
    return {
        **caller,
        "console": 0,
        "address": stage.registry.intern("address", service),
        "agent": stage.registry.intern("agent", user_agents.FORWARDED.text),
        "invoked_by": stage.text(service),
    }


OF_IDENTITY_CENTER: Final = ("sso.amazonaws.com", "AWSServiceRoleForSSO")
"""The service, and the role that it has in an account for itself."""
_SESSION: Final = "AWS-SSO"
"""Its name for its sessions of that role."""


def role_session(stage: Stage, account: str, role: Role, name: str) -> int:
    """Return the session of a role under a name, in table `admin`."""
    texts = role_session_texts(account, role, name)
    known = stage.roles.get(texts["arn"])
    if known is None:
        known = stage.roles[texts["arn"]] = stage.registry.add("admin", **texts)
    return known


def service_linked(stage: Stage, account: str, at: int) -> dict[str, int]:
    """Return the columns of Identity Center's own role in an account, given by its id."""
    service, name = OF_IDENTITY_CENTER
    root = stage.directory.root
    role = service_linked_role(root, account, service, name)
    session = root.child("service-linked-session", account, name, str(at))
    return {
        "admin": role_session(stage, account, role, _SESSION),
        "admin_kind": ROLE,
        "actor": 1,
        "console": 0,
        "role_high": session.high,
        "role_low": session.low,
        "role_at": at,
        "address": stage.registry.intern("address", service),
        "agent": stage.registry.intern("agent", user_agents.SERVICE_ROLE.text),
        "invoked_by": stage.text(service),
    }


def instance_arn(stage: Stage) -> str:
    """Return the ARN of the Identity Center instance."""
    return identifiers.instance_arn(filled(stage.scenario.instance.id))


def account_id(stage: Stage, name: str) -> str:
    """Return the id of an account of the scenario by its name."""
    return stage.registry.text("account.id", stage.directory.accounts[name])


_SERVICES: Final = {"sso": "sso-admin", "sso-oauth": "sso-oidc"}
"""Event source to what the CLI calls the service, where that is not the same."""
_WORD: Final = re.compile(r"(.)([A-Z][a-z]+)")
_LAST_WORD: Final = re.compile(r"([a-z0-9])([A-Z])")


def command_of(kind: str) -> str:
    """Return a call as the CLI spells it in user agents: `sso-admin.list-instances`."""
    source, _, operation = kind.partition("@")[0].partition("/")
    words = _LAST_WORD.sub(r"\1-\2", _WORD.sub(r"\1-\2", operation)).lower()
    return f"{_SERVICES.get(source, source)}.{words}"
