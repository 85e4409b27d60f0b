"""Users in applications: tokens that server applications and editors get for them.

A server application shows its IAM role to get a token for a user; the credentialId of what
it then does for the user is the token's (seen). Roles that it takes with the token's context
act on behalf of the user.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from simulator.directory import identifiers, user_agents
from simulator.directory.editor_agents import editor_agent
from simulator.flows import access_portal, cli_sign_in, gaps
from simulator.plan.actions.access import enter, target_of
from simulator.plan.actions.applications import (
    GRANTS,
    application,
    begin,
    is_assigned,
    own_account,
)
from simulator.plan.actions.calling import caller_of
from simulator.plan.actions.directory import NEXT_CALL
from simulator.plan.actions.people import live, session_columns
from simulator.plan.applications import EditorToken, UserToken
from simulator.plan.calls import call, role_session
from simulator.plan.population.roles import plain_role
from simulator.primitives.instants import HOUR, SECOND
from simulator.primitives.keys import purpose
from simulator.records.api.structures import HIDDEN
from simulator.records.eras.first.envelope import ROLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.plan.stage import Act, Stage
    from simulator.primitives.keys import Key
    from simulator.scenario.actions import (
        AdminEntry,
        AssumeRoleWithIdentity,
        CreateTokenWithIam,
        Entry,
        IdeSignIn,
        UseApplicationToken,
    )

_TOKEN_TYPES: Final = "urn:ietf:params:oauth:token-type:"  # noqa: S105  # no secret
ACCESS_TOKEN: Final = f"{_TOKEN_TYPES}access_token"
REFRESH_TOKEN: Final = f"{_TOKEN_TYPES}refresh_token"
CONTEXT_PROVIDER: Final = "arn:aws:iam::aws:contextProvider/IdentityCenter"
_SERVER: Final = 4
"""Which of `user_agents.PLATFORMS` a server application runs on."""
_PORT: Final = purpose("redirect-port")
_SESSION_TOKEN: Final = purpose("session-token")
_SESSION_NAME: Final = re.compile(r"[\w+=,.@-]{2,64}")


@dataclass(frozen=True, slots=True)
class _Exchange:
    """What a grant shows and gives beside the access token; both are masked."""

    shows: tuple[str, ...]
    gives: tuple[str, ...] = ()


_EXCHANGES: Final = {
    "authorization-code": _Exchange(("code",), ("refreshToken", "idToken")),
    "refresh-token": _Exchange(("refreshToken",), ("refreshToken", "idToken")),
    "jwt-bearer": _Exchange(("assertion",), ("idToken",)),
    "token-exchange": _Exchange(("subjectToken",)),
}


def _server(stage: Stage, act: Act[AdminEntry], kind: str) -> dict[str, int]:
    """Return the columns of a server application: a role, by the API, with an SDK."""
    state = stage.admin(act)
    place = caller_of(stage, act, kind)
    if state.admin.user_agent is None and act.entry.pin.user_agent is None:
        updated = user_agents.updated_at(stage.drawn_from(act, state.key), act.at, 60)
        place["agent"] = stage.registry.intern(
            "agent", user_agents.sdk_agent(_SERVER, updated).text
        )
    return place


def _create_token(stage: Stage, act: Act[CreateTokenWithIam]) -> int:
    entry, key = act.entry, act.key.child("token")
    made = application(stage, act, entry.application)
    person = stage.person(act, entry.user)
    if not is_assigned(stage, act, made, entry.user):
        stage.refuse(act, f"{made.name} is not assigned to {entry.user} at this time")
    exchange = _EXCHANGES[entry.grant]
    request: dict[str, object] = {
        "clientId": made.arn,
        "grantType": GRANTS[entry.grant],
        **dict.fromkeys(exchange.shows, HIDDEN),
    }
    lasts = entry.lasts // SECOND
    response: dict[str, object] = {
        "accessToken": HIDDEN,
        "expiresIn": lasts,
        "tokenType": "Bearer",
        "issuedTokenType": ACCESS_TOKEN,
        **dict.fromkeys(exchange.gives, HIDDEN),
    }
    if entry.scopes:
        request["scope"] = response["scope"] = list(entry.scopes)
    if entry.grant == "authorization-code":
        request["redirectUri"] = made.redirect_uri
    if entry.grant == "token-exchange":
        request |= {"subjectTokenType": ACCESS_TOKEN, "requestedTokenType": ACCESS_TOKEN}
    if entry.job is not None:
        # The session goes on without the user, so that it is refreshed (user guide).
        request |= {"requestedTokenType": REFRESH_TOKEN, "resource": entry.job}
        response |= {"issuedTokenType": REFRESH_TOKEN, "refreshToken": HIDDEN}
    begin(stage, act)
    # The credential tells when the token ends.
    expires = (act.at // SECOND + lasts) * SECOND
    stage.applications.tokens[made.name, person.name] = UserToken(key, expires)
    caller = {
        **_server(stage, act, "sso-oauth/CreateTokenWithIAM"),
        **_token_columns(key, expires),
        "user": person.index,
        "named": stage.text(made.arn),
    }
    return call(
        stage,
        act,
        act.at,
        "sso-oauth/CreateTokenWithIAM",
        caller=caller,
        request=request,
        response=response,
    )


def _token_columns(key: Key, expires: int) -> dict[str, int]:
    return {"token_high": key.high, "token_low": key.low, "token_expiry": expires}


def _token(stage: Stage, act: Act[Any], name: str, user: str) -> UserToken:
    token = stage.applications.tokens.get((name, user))
    if token is None:
        stage.refuse(act, f"{name} has no token of {user}: create-token-with-iam first")
    if act.at >= token.expires_at:
        stage.refuse(act, f"the token that {name} has of {user} has expired: get another")
    return token


def _use_token(stage: Stage, act: Act[UseApplicationToken]) -> int:
    entry = act.entry
    made = application(stage, act, entry.application)
    person = stage.person(act, entry.user)
    token = _token(stage, act, made.name, person.name)
    target = target_of(stage, act, person)
    place = _server(stage, act, "sso/GetRoleCredentials")
    columns = {
        "user": person.index,
        "address": place["address"],
        "agent": place["agent"],
        "by_token": 1,
        **_token_columns(token.key, token.expires_at),
        # There is no portal session; what is read with a token does not show one.
        "session_high": token.key.high,
        "session_low": token.key.low,
    }
    at = act.at
    if entry.list_accounts:
        at = stage.play(access_portal.PORTAL_ACCOUNTS, act, at, **columns)
        at += stage.pause(act, gaps.INSTANT)
        at = stage.play(access_portal.PORTAL_ROLES, act, at, **columns, account=target[0])
        at += stage.pause(act, gaps.INSTANT)
    end, _ = enter(stage, act, access_portal.CREDENTIALS, columns, target, at=at)
    return end


def _session_token(key: Key) -> str:
    """Return a text of the form of a session token."""
    own = b"".join(key.word(_SESSION_TOKEN, place).to_bytes(8, "big") for place in range(48))
    return f"IQoJb3JpZ2luX2Vj{base64.b64encode(own).decode()}"


def _assume_role(stage: Stage, act: Act[AssumeRoleWithIdentity]) -> int:
    entry, key = act.entry, act.key.child("role-session")
    made = application(stage, act, entry.application)
    person = stage.person(act, entry.user)
    _token(stage, act, made.name, person.name)
    if not _SESSION_NAME.fullmatch(person.name):
        stage.refuse(act, f"a role session cannot be called {person.name!r}")
    account = own_account(stage, act)
    role = plain_role(stage.directory.root, account, entry.role)
    place = _server(stage, act, "sts/AssumeRole")
    at = call(
        stage,
        act,
        act.at,
        "sts/AssumeRole",
        caller={**place, "named": stage.text(role.arn)},
        request={
            "roleArn": role.arn,
            "roleSessionName": person.name,
            "providedContexts": [
                {"providerArn": CONTEXT_PROVIDER, "contextAssertion": HIDDEN},
            ],
        },
        response={
            "credentials": {
                "accessKeyId": identifiers.access_key_id(key.high, key.low, account),
                "sessionToken": _session_token(key),
                "expiration": act.at + HOUR,
            },
            "assumedRoleUser": {
                "assumedRoleId": f"{role.id}:{person.name}",
                "arn": identifiers.assumed_role_arn(account, role.name, person.name),
            },
        },
    )
    session = {
        **place,
        "admin": role_session(stage, account, role, person.name),
        "admin_kind": ROLE,
        "role_high": key.high,
        "role_low": key.low,
        "role_at": at,
        "user": person.index,
        "on_behalf": 1,
    }
    for kind in entry.calls:
        at += stage.pause(act, NEXT_CALL)
        at = call(stage, act, at, kind, caller=session)
    return at


# ---- Editors ------------------------------------------------------------------------------


def _ide_sign_in(stage: Stage, act: Act[IdeSignIn]) -> int:
    entry = act.entry
    person, _ = live(stage, act)
    made = application(stage, act, entry.application)
    if not is_assigned(stage, act, made, person.name):
        stage.refuse(act, f"{made.name} is not assigned to {person.name} at this time")
    installed = person.key.child("editor", entry.editor)
    agent = editor_agent(
        entry.editor, act.at, identifiers.uuid4_text(installed.high, installed.low)
    )
    client = installed.child("client", made.name)
    token = EditorToken(client, stage.registry.intern("agent", agent))
    stage.applications.editors[person.name] = token
    columns = _editor_columns(stage, act, token)
    if entry.grant == "device-code":
        return stage.play(cli_sign_in.DEVICE_GRANT, act, act.at, **columns, polls=entry.polls)
    port = 49_152 + act.key.below(16_384, _PORT)
    return stage.play(cli_sign_in.CODE_GRANT, act, act.at, **columns, redirect_port=port)


def _editor_columns(stage: Stage, act: Act[Any], token: EditorToken) -> dict[str, int]:
    person, session = live(stage, act)
    return {
        **stage.user_place(act, person),
        **session_columns(session),
        "agent": stage.agent(act, token.agent),
        "client_high": token.client.high,
        "client_low": token.client.low,
        "scoped": 1,
        "expires_in": min(HOUR, session.ends_at - act.at) // SECOND,
    }


def _refresh_ide(stage: Stage, act: Act[Entry]) -> int:
    person, _ = live(stage, act)
    token = stage.applications.editors.get(person.name)
    if token is None:
        stage.refuse(act, f"{person.name} has not signed in in an editor: add an ide-sign-in")
    columns = _editor_columns(stage, act, token)
    return stage.play(cli_sign_in.REFRESH_GRANT, act, act.at, **columns)


ACTIONS: Final[dict[str, Callable[[Stage, Act[Any]], int]]] = {
    "create-token-with-iam": _create_token,
    "use-application-token": _use_token,
    "assume-role-with-identity": _assume_role,
    "ide-sign-in": _ide_sign_in,
    "refresh-ide-token": _refresh_ide,
}
"""Action to what it does: writes episodes, changes the stage, returns when it ends."""
