"""Applications: what administering them does on the stage, and the calls it leaves.

What the console of Amazon Q does in Identity Center and in IAM is done on behalf of whoever
sits before it. Unverified: by which service; that it is so follows from the permissions that
such an administrator needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from simulator.directory import identifiers
from simulator.flows import gaps
from simulator.plan.actions.calling import caller_of
from simulator.plan.actions.directory import NEXT_CALL
from simulator.plan.applications import Application
from simulator.plan.calls import call, forwarded, instance_arn
from simulator.plan.population import filled, is_foreign
from simulator.plan.population.roles import service_linked_role
from simulator.primitives.jsontext import json_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from simulator.plan.stage import Act, Stage
    from simulator.primitives.jsontext import Json
    from simulator.scenario.actions import (
        AdminEntry,
        AssignApplication,
        CreateApplication,
        CreateTrustedTokenIssuer,
        DeleteApplication,
        DisableQDeveloper,
        EnableQDeveloper,
        ListSubscriptions,
        Subscribe,
    )

Q: Final = "q.amazonaws.com"
SUBSCRIPTIONS: Final = "user-subscriptions.amazonaws.com"
SUBSCRIPTIONS_ROLE: Final = "AWSServiceRoleForUserSubscriptions"

GRANTS: Final = {
    "authorization-code": "authorization_code",
    "refresh-token": "refresh_token",
    "jwt-bearer": "urn:ietf:params:oauth:grant-type:jwt-bearer",
    "token-exchange": "urn:ietf:params:oauth:grant-type:token-exchange",
}
"""Grant to its name in OAuth."""

_Q_SCOPES: Final = (
    "codewhisperer:analysis",
    "codewhisperer:completions",
    "codewhisperer:conversations",
)
# Unverified: that an application of Amazon Q has these grants and this redirect.
_Q_GRANTS: Final = ("authorization-code", "refresh-token")
_Q_REDIRECT: Final = "http://127.0.0.1/oauth/callback"

_TRUST: Final[Json] = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Action": ["sts:AssumeRole"],
            "Effect": "Allow",
            "Principal": {"Service": [SUBSCRIPTIONS]},
        }
    ],
}

_CLAIMS: Final = {
    ("claim", True): "user-subscriptions/CreateClaim",
    ("claim", False): "user-subscriptions/DeleteClaim",
    ("assignment", True): "q/CreateAssignment",
    ("assignment", False): "q/DeleteAssignment",
}
"""How users are subscribed, and whether they are or were, to the call."""
_ASSIGNMENTS: Final = {
    True: "sso/CreateApplicationAssignment",
    False: "sso/DeleteApplicationAssignment",
}


def begin(stage: Stage, act: Act[Any]) -> None:
    """Let two accounts receive what an act does to the instance from an account not its own."""
    act.shares = is_foreign(stage.admin(act).admin, stage.scenario.instance)


def application(stage: Stage, act: Act[Any], name: str) -> Application:
    """Return an application an action is about."""
    known = stage.applications.known.get(name)
    if known is None:
        stage.refuse(act, f"there is no application {name!r} at this time")
    return known


def own_account(stage: Stage, act: Act[Any]) -> str:
    """Return the id of the account that an action is done from."""
    return stage.registry.text("admin.account", stage.admin(act).index)


def _place(stage: Stage, act: Act[AdminEntry], kind: str) -> dict[str, int]:
    begin(stage, act)
    return caller_of(stage, act, kind)


def _next(stage: Stage, act: Act[AdminEntry]) -> int:
    return stage.pause(act, NEXT_CALL if act.entry.via == "api" else gaps.INSTANT)


# ---- Creating and configuring -----------------------------------------------------------


def _create(  # noqa: PLR0913  # what an application is made of
    stage: Stage,
    act: Act[Any],
    at: int,
    caller: Mapping[str, int],
    made: Application,
    *,
    provider: str,
    description: str | None = None,
) -> int:
    if made.name in stage.applications.known:
        stage.refuse(act, f"there is an application {made.name!r} already")
    stage.applications.known[made.name] = made
    key = act.key.child("client-token")
    request: dict[str, object] = {
        "instanceArn": instance_arn(stage),
        "applicationProviderArn": identifiers.application_provider_arn(provider),
        "name": made.name,
        "status": "ENABLED",
        "clientToken": identifiers.uuid4_text(key.high, key.low),
    }
    if description is not None:
        request["description"] = description
    return call(
        stage,
        act,
        at,
        "sso/CreateApplication",
        caller=caller,
        request=request,
        response={"applicationArn": made.arn},
    )


def _arn(stage: Stage, act: Act[Any]) -> str:
    # Unverified: that an application belongs to the account it was created from.
    account, instance = own_account(stage, act), filled(stage.scenario.instance.id)
    key = act.key.child("application")
    own = identifiers.application_id(key.high, key.low, instance)
    return identifiers.application_arn(account, instance, own)


def _configured(
    made: Application,
    grants: tuple[str, ...],
    scopes: tuple[str, ...],
    issuer: str | None,
    principal: dict[str, str] | None,
) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield the calls that configure an application, in the console's order: name, request."""
    of_it = {"applicationArn": made.arn}
    required = {"assignmentRequired": made.is_assignment_required}
    yield "PutApplicationAssignmentConfiguration", {**of_it, **required}
    details: dict[str, dict[str, object]] = {
        "authorization-code": {"authorizationCode": {"redirectUris": [made.redirect_uri]}},
        "refresh-token": {"refreshToken": {}},
        "jwt-bearer": {
            "jwtBearer": {
                "authorizedTokenIssuers": [
                    {"trustedTokenIssuerArn": issuer, "authorizedAudiences": [made.name]}
                ]
            }
        },
        "token-exchange": {"tokenExchange": {}},
    }
    for grant in grants:
        call_for = {"grantType": GRANTS[grant], "grant": details[grant]}
        yield "PutApplicationGrant", {**of_it, **call_for}
    for scope in scopes:
        yield "PutApplicationAccessScope", {**of_it, "scope": scope}
    if principal is not None:
        policy = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": principal,
                    "Action": "sso-oauth:CreateTokenWithIAM",
                    "Resource": made.arn,
                }
            ],
        }
        method = {"iam": {"actorPolicy": policy}}
        yield (
            "PutApplicationAuthenticationMethod",
            {**of_it, "authenticationMethodType": "IAM", "authenticationMethod": method},
        )


def _create_application(stage: Stage, act: Act[CreateApplication]) -> int:
    details = act.entry.application
    name = f"{details.name} {act.nth + 1}" if act.nth else details.name
    caller = _place(stage, act, "sso/CreateApplication")
    account = own_account(stage, act)
    made = Application(
        name=name,
        arn=_arn(stage, act),
        account=account,
        redirect_uri=details.redirect_uri,
        is_assignment_required=details.assignment_required,
    )
    issuer = details.trusted_token_issuer
    known = stage.applications.issuers
    if issuer is not None and issuer not in known:
        stage.refuse(act, f"there is no trusted token issuer {issuer!r} at this time")
    at = _create(
        stage,
        act,
        act.at,
        caller,
        made,
        provider=details.provider,
        description=details.description,
    )
    principal = {"AWS": account} if details.authenticated else None
    calls = list(
        _configured(made, details.grants, details.scopes, known.get(issuer or ""), principal)
    )
    if details.background_sessions:
        status = {"userBackgroundSessionApplicationStatus": "ENABLED"}
        calls.append(("PutApplicationSessionConfiguration", {"applicationArn": made.arn, **status}))
    for operation, request in calls:
        at += _next(stage, act)
        at = call(stage, act, at, f"sso/{operation}", caller=caller, request=request)
    return at


def _create_issuer(stage: Stage, act: Act[CreateTrustedTokenIssuer]) -> int:
    entry = act.entry
    if entry.name in stage.applications.issuers:
        stage.refuse(act, f"there is a trusted token issuer {entry.name!r} already")
    key = stage.directory.root.child("trusted-token-issuer", entry.name)
    arn = identifiers.trusted_token_issuer_arn(
        own_account(stage, act), filled(stage.scenario.instance.id), key.high, key.low
    )
    stage.applications.issuers[entry.name] = arn
    token = act.key.child("client-token")
    return call(
        stage,
        act,
        act.at,
        "sso/CreateTrustedTokenIssuer",
        caller=_place(stage, act, "sso/CreateTrustedTokenIssuer"),
        request={
            "instanceArn": instance_arn(stage),
            "name": entry.name,
            "trustedTokenIssuerType": "OIDC_JWT",
            "trustedTokenIssuerConfiguration": {
                "oidcJwtConfiguration": {
                    "issuerUrl": entry.issuer_url,
                    "claimAttributePath": entry.claim,
                    "identityStoreAttributePath": entry.attribute,
                    "jwksRetrievalOption": "OPEN_ID_DISCOVERY",
                }
            },
            "clientToken": identifiers.uuid4_text(token.high, token.low),
        },
        response={"trustedTokenIssuerArn": arn},
    )


def _delete_application(stage: Stage, act: Act[DeleteApplication]) -> int:
    made = application(stage, act, act.entry.application)
    caller = _place(stage, act, "sso/DeleteApplication")
    return _delete(stage, act, act.at, caller, made)


def _delete(
    stage: Stage, act: Act[Any], at: int, caller: Mapping[str, int], made: Application
) -> int:
    del stage.applications.known[made.name]
    request = {"applicationArn": made.arn}
    return call(stage, act, at, "sso/DeleteApplication", caller=caller, request=request)


# ---- Users and groups -------------------------------------------------------------------


def _principals(
    stage: Stage, act: Act[Any], users: tuple[str, ...], groups: tuple[str, ...]
) -> list[tuple[tuple[str, int], str, str]]:
    """Return users and groups: what they are known by here, their id and their name."""
    people = [stage.person(act, name) for name in users]
    several = [stage.group(act, name) for name in groups]
    text = stage.registry.text
    return [
        *((("USER", one.index), text("user.id", one.index), one.name) for one in people),
        *((("GROUP", one.index), text("group.id", one.index), one.name) for one in several),
    ]


def _assign_one(  # noqa: PLR0913, PLR0917  # whom, what, and by whom
    stage: Stage,
    act: Act[Any],
    at: int,
    caller: Mapping[str, int],
    made: Application,
    principal: tuple[tuple[str, int], str, str],
    *,
    adds: bool,
) -> int:
    known_by, own_id, name = principal
    if adds == (known_by in made.assigned):
        stage.refuse(act, f"{made.name} is {'already' if adds else 'not'} assigned to {name}")
    if adds:
        made.assigned[known_by] = own_id
    else:
        del made.assigned[known_by]
    request = {
        "applicationArn": made.arn,
        "principalId": own_id,
        "principalType": known_by[0],
    }
    return call(stage, act, at, _ASSIGNMENTS[adds], caller=caller, request=request)


def _assign(stage: Stage, act: Act[AssignApplication]) -> int:
    entry, at = act.entry, act.at
    adds = entry.does == "assign-application"
    made = application(stage, act, entry.application)
    caller = _place(stage, act, _ASSIGNMENTS[adds])
    for place, one in enumerate(_principals(stage, act, entry.users, entry.groups)):
        if place:
            at += _next(stage, act)
        at = _assign_one(stage, act, at, caller, made, one, adds=adds)
    return at


def is_assigned(stage: Stage, act: Act[Any], made: Application, user: str) -> bool:
    """Tell whether a user may use an application."""
    index = stage.person(act, user).index
    return (
        not made.is_assignment_required
        or ("USER", index) in made.assigned
        or any(
            ("GROUP", group.index) in made.assigned and index in group.members
            for group in stage.groups.values()
        )
    )


# ---- Amazon Q Developer -----------------------------------------------------------------


def _service_linked_role(stage: Stage, act: Act[Any], at: int, caller: dict[str, int]) -> int:
    """Create the role of subscriptions in an account, unless it has one; return when."""
    account = own_account(stage, act)
    if account in stage.applications.linked:
        return at
    stage.applications.linked.add(account)
    role = service_linked_role(stage.directory.root, account, SUBSCRIPTIONS, SUBSCRIPTIONS_ROLE)
    created = call(
        stage,
        act,
        at,
        "iam/CreateServiceLinkedRole",
        caller=forwarded(stage, caller, SUBSCRIPTIONS),
        request={"aWSServiceName": SUBSCRIPTIONS},
        response={
            "role": {
                "path": role.path,
                "roleName": role.name,
                "roleId": role.id,
                "arn": role.arn,
                "createDate": at,
                "assumeRolePolicyDocument": quote(json_text(_TRUST).decode(), safe=""),
            }
        },
    )
    return created + _next(stage, act)


def _subscribe_all(  # noqa: PLR0913, PLR0917  # whom, what, and by whom
    stage: Stage,
    act: Act[Any],
    at: int,
    caller: dict[str, int],
    made: Application,
    principals: list[tuple[tuple[str, int], str, str]],
    *,
    adds: bool,
) -> int:
    """Subscribe users and groups, or end that: a call each, and one that assigns."""
    kind = _CLAIMS[made.subscribes_by, adds]
    within = forwarded(stage, caller, Q)
    instance = stage.scenario.instance
    for place, one in enumerate(principals):
        if place:
            at += _next(stage, act)
        (principal_type, _), own_id, _ = one
        about: dict[str, object] = {"principalId": own_id, "principalType": principal_type}
        if made.subscribes_by == "claim":
            about |= {"instanceArn": instance_arn(stage), "subscriptionRegion": instance.region}
        else:
            about["identityStoreId"] = filled(instance.identity_store_id)
        at = call(stage, act, at, kind, caller=caller, request=about)
        at += _next(stage, act)
        at = _assign_one(stage, act, at, within, made, one, adds=adds)
    return at


def _enable(stage: Stage, act: Act[EnableQDeveloper]) -> int:
    entry = act.entry
    caller = _place(stage, act, "sso/CreateApplication")
    within = forwarded(stage, caller, Q)
    made = Application(
        name=entry.application,
        arn=_arn(stage, act),
        account=own_account(stage, act),
        redirect_uri=_Q_REDIRECT,
        is_assignment_required=True,
        subscribes_by=entry.subscribes_by,
    )
    at = _service_linked_role(stage, act, act.at, caller)
    at = _create(stage, act, at, within, made, provider=entry.provider)
    for operation, request in _configured(made, _Q_GRANTS, _Q_SCOPES, None, {"Service": Q}):
        at += _next(stage, act)
        at = call(stage, act, at, f"sso/{operation}", caller=within, request=request)
    principals = _principals(stage, act, entry.users, entry.groups)
    at += _next(stage, act) if principals else 0
    return _subscribe_all(stage, act, at, caller, made, principals, adds=True)


def subscription(stage: Stage, act: Act[Any], name: str) -> Application:
    """Return an application of Amazon Q Developer."""
    made = application(stage, act, name)
    if not made.subscribes_by:
        stage.refuse(act, f"{name} is not of Amazon Q Developer: enable-q-developer makes one")
    return made


def _subscribe(stage: Stage, act: Act[Subscribe]) -> int:
    entry = act.entry
    made = subscription(stage, act, entry.application)
    return _subscribe_all(
        stage,
        act,
        act.at,
        _place(stage, act, _CLAIMS[made.subscribes_by, entry.does == "subscribe"]),
        made,
        _principals(stage, act, entry.users, entry.groups),
        adds=entry.does == "subscribe",
    )


def _list_subscriptions(stage: Stage, act: Act[ListSubscriptions]) -> int:
    subscription(stage, act, act.entry.application)
    return call(
        stage,
        act,
        act.at,
        "user-subscriptions/ListUserSubscriptions",
        caller=_place(stage, act, "user-subscriptions/ListUserSubscriptions"),
        request={
            "instanceArn": instance_arn(stage),
            "maxResults": 1000,
            "subscriptionRegion": stage.scenario.instance.region,
        },
    )


def _disable(stage: Stage, act: Act[DisableQDeveloper]) -> int:
    made = subscription(stage, act, act.entry.application)
    caller = _place(stage, act, "sso/DeleteApplication")
    still = [(known_by, own_id, own_id) for known_by, own_id in made.assigned.items()]
    at = _subscribe_all(stage, act, act.at, caller, made, still, adds=False)
    at += _next(stage, act) if still else 0
    return _delete(stage, act, at, forwarded(stage, caller, Q), made)


ACTIONS: Final[dict[str, Callable[[Stage, Act[Any]], int]]] = {
    "create-application": _create_application,
    "assign-application": _assign,
    "unassign-application": _assign,
    "delete-application": _delete_application,
    "create-trusted-token-issuer": _create_issuer,
    "enable-q-developer": _enable,
    "subscribe": _subscribe,
    "unsubscribe": _subscribe,
    "list-subscriptions": _list_subscriptions,
    "disable-q-developer": _disable,
}
"""Action to what it does: writes episodes, changes the stage, returns when it ends."""
