"""Writing calls that are recorded by table, and the callers that are nobody's person.

An action says what is called and with which values; here they become the payloads of an
episode. Identity Center itself calls IAM in accounts: in the management account on behalf
of whoever asked for it, in others as its service-linked role (seen).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from simulator.directory import identifiers
from simulator.flows.api_calls import CALLS
from simulator.plan.population import filled
from simulator.primitives.jsontext import json_text
from simulator.primitives.keys import purpose, word_at
from simulator.records.api.operations import OPERATIONS
from simulator.records.api.structures import arranged
from simulator.records.eras.first.envelope import ROLE
from simulator.records.fields import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    if operation.request is not None:
        columns["request_document"] = -1
    if operation.response is not None:
        columns["response_document"] = -1
    if operation.request is not None and request:
        written = arranged(operation.request, dict(request), comma=operation.has_comma)
        columns["request_document"] = document(stage, written)
    if error is not None:
        columns["error"] = failure(stage, *error)
        columns["outcome"] = OUTCOMES.index("Failure")
    elif operation.response is not None and response:
        written = arranged(operation.response, dict(response), comma=operation.has_comma)
        columns["response_document"] = document(stage, written)
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
    key = act.key.child("episode", str(act.done))
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
        "agent": stage.registry.intern("agent", "AWS Internal"),
        "invoked_by": stage.text(service),
    }


@dataclass(frozen=True, slots=True)
class ServiceLinked:
    """A role that a service has in an account for itself."""

    service: str
    role: str
    session: str


OF_IDENTITY_CENTER: Final = ServiceLinked("sso.amazonaws.com", "AWSServiceRoleForSSO", "AWS-SSO")


def service_linked(
    stage: Stage, account: str, at: int, who: ServiceLinked = OF_IDENTITY_CENTER
) -> dict[str, int]:
    """Return the columns of a service's own role in an account, given by its id."""
    service, role, session = who.service, who.role, who.session
    known = stage.roles.get((account, role))
    if known is None:
        key = stage.directory.root.child("service-linked-role", account, role)
        role_id = identifiers.role_id(key.high, key.low, account)
        known = stage.roles[account, role] = stage.registry.add(
            "admin",
            principal=f"{role_id}:{session}",
            arn=identifiers.assumed_role_arn(account, role, session),
            account=account,
            name=session,
            key="",
            role_id=role_id,
            role_arn=identifiers.role_arn(account, f"/aws-service-role/{service}/", role),
            role_name=role,
            created_by=account,
        )
    session_key = stage.directory.root.child("service-linked-session", account, role, str(at))
    place = stage.registry.intern("address", service)
    return {
        "admin": known,
        "admin_kind": ROLE,
        "actor": 1,
        "console": 0,
        "role_high": session_key.high,
        "role_low": session_key.low,
        "role_at": at,
        "address": place,
        "agent": stage.registry.intern("agent", service),
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
