"""What administrators do with the instance itself: tables of calls, and what they change.

Unverified: the order and the parameters of the console's own calls, as far as the tables of
`simulator.records.api` do not say that they were seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from simulator.directory import identifiers
from simulator.flows import gaps
from simulator.plan.calls import OF_IDENTITY_CENTER, account_id
from simulator.plan.population.roles import service_linked_role
from simulator.plan.provisioning import FIRST_TOKEN, tenant_id, token_id
from simulator.plan.scripts import DIRECTORY, INSTANCE, STORE, Line, known, run
from simulator.primitives.jsontext import json_text
from simulator.primitives.quantiles import Quantiles

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.plan.stage import Act, Stage
    from simulator.primitives.jsontext import Json
    from simulator.scenario.actions import (
        AdminEntry,
        ChangeIdentitySource,
        ChangeMfaSettings,
        ChangeProvisioningToken,
        ChangeRegions,
        DelegateAdministration,
        DeleteInstance,
        EnableIdentityCenter,
        EnableProvisioning,
        EndProvisioning,
        SetAccessControlAttributes,
    )

_SERVICE: Final = {"servicePrincipal": "sso.amazonaws.com"}
_POLL: Final = Quantiles.through({0: 9_500, 50: 10_200, 90: 11_000, 100: 13_000})
"""From one question how far a Region is to the next. Unverified."""

# ---- Enabling and deleting -----------------------------------------------------------------

_TRUST: Final[Json] = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": ["sso.amazonaws.com"]},
            "Action": ["sts:AssumeRole"],
        }
    ],
}

ENABLE: Final = {
    # Unverified: that Identity Center itself grants the access, on the administrator's behalf.
    "organization": (
        Line("sso/StartSSO"),
        Line("organizations/EnableAWSServiceAccess", _SERVICE, is_forwarded=True),
        Line(
            "iam/CreateServiceLinkedRole",
            {"aWSServiceName": "sso.amazonaws.com"},
            {
                "role": {
                    "path": "/aws-service-role/sso.amazonaws.com/",
                    "roleName": "AWSServiceRoleForSSO",
                    "roleId": "$role_id",
                    "arn": "$role_arn",
                    "createDate": "$now",
                    "assumeRolePolicyDocument": quote(json_text(_TRUST).decode(), safe=""),
                }
            },
            is_forwarded=True,
        ),
    ),
    "account": (Line("sso/CreateInstance", {"name": "$name"}, INSTANCE),),
}
"""Kind of instance to how it comes to be."""


def _enable(stage: Stage, act: Act[EnableIdentityCenter]) -> int:
    kind = stage.scenario.instance.kind
    values = {**known(stage), "$name": act.entry.name}
    if kind == "organization":
        owner = str(values["$owner"])
        role = service_linked_role(stage.directory.root, owner, *OF_IDENTITY_CENTER)
        values["$role_id"], values["$role_arn"] = role.id, role.arn
        stage.instance.has_service_access = True
    return run(stage, act, ENABLE[kind], values)


def _delete(stage: Stage, act: Act[DeleteInstance]) -> int:
    return run(stage, act, (Line("sso/DeleteInstance", INSTANCE),), known(stage))


# ---- Delegated administration --------------------------------------------------------------

_ACCOUNT: Final = {"accountId": "$account", **_SERVICE}
_LIST_DELEGATED: Final = Line("organizations/ListDelegatedAdministrators", _SERVICE)


def _delegate(stage: Stage, act: Act[DelegateAdministration]) -> int:
    entry, instance = act.entry, stage.instance
    registers = entry.does == "register-delegated-administrator"
    lines = [_LIST_DELEGATED] if entry.via == "console" else []
    if registers and not instance.has_service_access:
        lines.append(Line("organizations/EnableAWSServiceAccess", _SERVICE, gap=gaps.CLICK))
        instance.has_service_access = True
    word = "Register" if registers else "Deregister"
    lines.append(Line(f"organizations/{word}DelegatedAdministrator", _ACCOUNT, gap=gaps.PAGE))
    values = {**known(stage), "$account": account_id(stage, entry.account)}
    end = run(stage, act, lines, values)
    for state in stage.admins.values():
        if state.admin.account == entry.account:
            state.is_delegated = registers
    return end


# ---- The identity source -------------------------------------------------------------------

_IDP: Final = {**DIRECTORY, "idpId": "$idp"}

LOOK: Final = (
    Line("sso/ListDirectoryAssociations"),
    Line("sso-directory/ListExternalIdPConfigurationsForDirectory", DIRECTORY),
)
LEAVE: Final[dict[str, tuple[Line, ...]]] = {
    "identity-center": (),
    "active-directory": (),
    "external-idp": (
        Line("sso-directory/DisableExternalIdPConfigurationForDirectory", _IDP, gap=gaps.CLICK),
        Line("sso-directory/DeleteExternalIdPConfigurationForDirectory", _IDP),
    ),
}
CHANGE: Final = (
    Line("sso/DisassociateDirectory", {"directoryId": "$old"}, gap=gaps.CLICK),
    Line("sso/AssociateDirectory", {"directoryId": "$new"}),
)
ENTER: Final[dict[str, tuple[Line, ...]]] = {
    "identity-center": (),
    "active-directory": (),
    "external-idp": (
        Line("sso-directory/GetAWSSPConfigurationForDirectory", DIRECTORY),
        Line(
            "sso-directory/CreateExternalIdPConfigurationForDirectory",
            DIRECTORY,
            {"idpId": "$idp"},
            gap=gaps.CLICK,
        ),
        Line(
            "sso-directory/ImportExternalIdPCertificate",
            _IDP,
            {"certificateId": "$certificate"},
        ),
        Line("sso-directory/EnableExternalIdPConfigurationForDirectory", _IDP),
        Line("sso-directory/ListExternalIdPCertificates", _IDP),
    ),
}
"""Identity source to the calls by which it is left and taken up."""


def _change_source(stage: Stage, act: Act[ChangeIdentitySource]) -> int:
    entry, instance = act.entry, stage.instance
    values = known(stage)
    root = stage.directory.root
    old, source = instance.directory, instance.source
    instance.changes += 1
    made = root.child("identity-source", str(instance.changes))
    left = run(stage, act, (*LOOK, *LEAVE[source]), {**values, "$idp": _idp(stage)})
    instance.source, instance.directory = entry.to, str(values["$store"])
    if entry.to == "active-directory":
        drawn = identifiers.identity_store_id(made.high, made.low, stage.scenario.instance.region)
        instance.directory = entry.directory_id or drawn
    elif entry.to == "external-idp":
        instance.idp = entry.idp_id or identifiers.uuid4_text(made.high, made.low)
    key = made.child("certificate")
    values |= {
        "$old": old,
        "$new": instance.directory,
        "$idp": instance.idp,
        "$certificate": entry.certificate_id or identifiers.uuid4_text(key.high, key.low),
    }
    return run(stage, act, (*CHANGE, *ENTER[entry.to], LOOK[0]), values, at=left)


def _idp(stage: Stage) -> str:
    """Return the id of the external identity provider that is left: given, or there before."""
    key = stage.directory.root.child("identity-source")
    return stage.instance.idp or identifiers.uuid4_text(key.high, key.low)


# ---- Provisioning --------------------------------------------------------------------------

_TENANT: Final = {**STORE, "tenantId": "$tenant"}
_LIST_TOKENS: Final = Line("sso-directory/ListBearerTokens", _TENANT)
_LIST_TENANTS: Final = Line("sso-directory/ListProvisioningTenants", STORE)
_CREATE_TOKEN: Final = Line(
    "sso-directory/CreateBearerToken",
    _TENANT,
    {
        "bearerToken": {
            "tokenId": "$token",
            "tenantId": "$tenant",
            "token": "",
            "creationTime": "$now",
            "expirationTime": "$in_a_year",
        }
    },
    gap=gaps.CLICK,
)
_DELETE_TOKEN: Final = Line(
    "sso-directory/DeleteBearerToken", {**_TENANT, "tokenId": "$token"}, gap=gaps.CLICK
)
PROVISIONING: Final = {
    "enable-provisioning": (
        _LIST_TENANTS,
        Line(
            "sso-directory/CreateProvisioningTenant",
            STORE,
            {"tenantId": "$tenant"},
            gap=gaps.CLICK,
        ),
        _CREATE_TOKEN,
        _LIST_TOKENS,
    ),
    "create-provisioning-token": (_LIST_TENANTS, _LIST_TOKENS, _CREATE_TOKEN, _LIST_TOKENS),
    "delete-provisioning-token": (_LIST_TENANTS, _LIST_TOKENS, _DELETE_TOKEN, _LIST_TOKENS),
    "list-provisioning-tokens": (_LIST_TENANTS, _LIST_TOKENS),
}
"""Action to its calls; ending provisioning deletes as many tokens as there are."""


def _tenant(stage: Stage) -> str:
    return stage.instance.tenant or tenant_id(stage.directory.root)


def _token(stage: Stage, name: str) -> str:
    return stage.instance.tokens.get(name) or token_id(stage.directory.root, name)


def _provision(stage: Stage, act: Act[AdminEntry], token: str) -> int:
    values = {
        **known(stage),
        "$tenant": _tenant(stage),
        "$token": token,
    }
    return run(stage, act, PROVISIONING[act.entry.does], values)


def _enable_provisioning(stage: Stage, act: Act[EnableProvisioning]) -> int:
    entry, instance = act.entry, stage.instance
    instance.tenant = entry.tenant_id or _tenant(stage)
    instance.tokens = {entry.token: entry.token_id or _token(stage, entry.token)}
    return _provision(stage, act, instance.tokens[entry.token])


def _change_token(stage: Stage, act: Act[ChangeProvisioningToken]) -> int:
    entry, instance = act.entry, stage.instance
    token = entry.token_id or _token(stage, entry.token)
    if entry.does == "create-provisioning-token":
        instance.tokens[entry.token] = token
    else:
        instance.tokens.pop(entry.token, None)
    return _provision(stage, act, token)


def _end_provisioning(stage: Stage, act: Act[EndProvisioning]) -> int:
    if act.entry.does == "list-provisioning-tokens":
        return _provision(stage, act, "")
    instance = stage.instance
    values = {**known(stage), "$tenant": _tenant(stage)}
    at = run(stage, act, (_LIST_TENANTS, _LIST_TOKENS), values)
    for name in instance.tokens or {FIRST_TOKEN: ""}:
        at = run(stage, act, (_DELETE_TOKEN,), {**values, "$token": _token(stage, name)}, at=at)
    last = Line("sso-directory/DeleteProvisioningTenant", _TENANT, gap=gaps.INSTANT)
    at = run(stage, act, (last,), values, at=at)
    instance.tenant, instance.tokens = "", {}
    return at


# ---- Regions, attributes, MFA --------------------------------------------------------------

_REGION: Final = {**INSTANCE, "regionName": "$region"}
REGIONS: Final = {
    "add-region": Line("sso/AddRegion", _REGION, {"status": "ADDING"}),
    "remove-region": Line("sso/RemoveRegion", _REGION, {"status": "REMOVING"}),
}
_ASK_REGION: Final = Line("sso/DescribeRegion", _REGION, gap=_POLL)


def _change_regions(stage: Stage, act: Act[ChangeRegions]) -> int:
    entry = act.entry
    values = {**known(stage), "$region": entry.region}
    at = run(stage, act, (REGIONS[entry.does],), values)
    done = at + entry.takes
    while at < done:
        at = run(stage, act, (_ASK_REGION,), values, at=at)
    return at


_CONFIGURATION: Final = "InstanceAccessControlAttributeConfiguration"
_ATTRIBUTES: Final = {
    **INSTANCE,
    "instanceAccessControlAttributeConfiguration": {"accessControlAttributes": "$attributes"},
}
_NOT_CONFIGURED: Final = (
    "ResourceNotFoundException",
    "Could not find Access-control attribute configuration with SSO Instance $instance.",
)


def _set_attributes(stage: Stage, act: Act[SetAccessControlAttributes]) -> int:
    attributes, instance = act.entry.attributes, stage.instance
    had = instance.has_attributes or not attributes
    first = Line(f"sso/Describe{_CONFIGURATION}", INSTANCE, error=None if had else _NOT_CONFIGURED)
    verb = "Delete" if not attributes else "Update" if had else "Create"
    request = _ATTRIBUTES if attributes else INSTANCE
    second = Line(f"sso/{verb}{_CONFIGURATION}", request, gap=gaps.CLICK)
    listed = [
        {"key": name, "value": {"source": list(sources)}} for name, sources in attributes.items()
    ]
    instance.has_attributes = bool(attributes)
    return run(stage, act, (first, second), {**known(stage), "$attributes": listed})


def _change_mfa(stage: Stage, act: Act[ChangeMfaSettings]) -> int:
    line = Line("sso-directory/PutMfaDeviceManagementForDirectory", DIRECTORY)
    return run(stage, act, (line,), known(stage))


ACTIONS: Final[dict[str, Callable[[Stage, Act[Any]], int]]] = {
    "enable-identity-center": _enable,
    "delete-instance": _delete,
    "register-delegated-administrator": _delegate,
    "deregister-delegated-administrator": _delegate,
    "change-identity-source": _change_source,
    "enable-provisioning": _enable_provisioning,
    "create-provisioning-token": _change_token,
    "delete-provisioning-token": _change_token,
    "list-provisioning-tokens": _end_provisioning,
    "disable-provisioning": _end_provisioning,
    "add-region": _change_regions,
    "remove-region": _change_regions,
    "set-access-control-attributes": _set_attributes,
    "change-mfa-settings": _change_mfa,
}
"""Action to what it does: writes episodes, changes the stage, returns when it ends."""
