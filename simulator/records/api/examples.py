"""An example of a call's payload, made from its structure: what pages and `records show` print.

Values of one made-up company go by the name of their member. What may be left out and has no
value here is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.primitives.instants import parse_instant
from simulator.records.api.structures import LEAVES, arranged, members

if TYPE_CHECKING:
    from simulator.primitives.jsontext import Json
    from simulator.records.api.operations import Operation
    from simulator.records.api.structures import Structure

_INSTANCE: Final = "ssoins-72231a2b3c4d5e6f"
_POLICY: Final = '{"Version":"2012-10-17","Statement":[]}'

_TEXTS: Final = {
    "accessKeyId": "ASIAEXAMPLESESSION00",
    "accountId": "444455556666",
    "applicationAccount": "111122223333",
    "applicationArn": f"arn:aws:sso::111122223333:application/{_INSTANCE}/apl-72239a8b7c6d5e4f",
    "applicationInstanceId": "ins-9a8b7c6d5e4f3a2b",
    "applicationProvider": "arn:aws:sso::aws:applicationProvider/custom",
    "applicationProviderArn": "arn:aws:sso::aws:applicationProvider/custom",
    "applicationUrl": "https://reports.example.com/",
    "arn": "arn:aws:sts::444455556666:assumed-role/auditor/ana.lopez",
    "assumedRoleId": "AROAEXAMPLEROLE00001:ana.lopez",
    "assumeRolePolicyDocument": _POLICY,
    "aWSServiceName": "sso.amazonaws.com",
    "attributePath": "userName",
    "claimAttributePath": "email",
    "description": "Reads everything",
    "directoryId": "d-9067f3a1b2",
    "displayName": "Contractors",
    "document": _POLICY,
    "groupId": "a4e86438-b0f1-7075-3d2c-8e9f1a2b3c4d",
    "identityCenterInstanceArn": f"arn:aws:sso:::instance/{_INSTANCE}",
    "identityStoreArn": "arn:aws:identitystore::111122223333:identitystore/d-9067f3a1b2",
    "identityStoreId": "d-9067f3a1b2",
    "identityStoreAttributePath": "emails.value",
    "idpId": "5d1f6a80-2c3b-4e7a-8f90-a1b2c3d4e5f6",
    "inlinePolicy": _POLICY,
    "instanceArn": f"arn:aws:sso:::instance/{_INSTANCE}",
    "issuerUrl": "https://idp.example.com/",
    "key": "team",
    "managedPolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess",
    "name": "ReadOnlyAccess",
    "path": "/",
    "pathPrefix": "/aws-reserved/sso.amazonaws.com/",
    "permissionSetArn": f"arn:aws:sso:::permissionSet/{_INSTANCE}/ps-1a2b3c4d5e6f7a8b",
    "permissionSetId": "ps-1a2b3c4d5e6f7a8b",
    "permissionsBoundary": "arn:aws:iam::aws:policy/PowerUserAccess",
    "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess",
    "policyDocument": _POLICY,
    "policyName": "AwsSSOInlinePolicy",
    "principalId": "94d8a4b8-30a1-70f2-1c6e-5b7d9f1a3c5e",
    "profileId": "p-1a2b3c4d5e6f7a8b",
    "redirectUris": "https://reports.example.com/callback",
    "regionName": "eu-central-1",
    "region": "us-east-1",
    "resourceArn": f"arn:aws:sso:::permissionSet/{_INSTANCE}/ps-1a2b3c4d5e6f7a8b",
    "roleArn": "arn:aws:iam::444455556666:role/auditor",
    "roleId": "AROAEXAMPLEROLE00001",
    "roleName": "AWSReservedSSO_ReadOnlyAccess_0f1e2d3c4b5a6978",
    "roleSessionName": "ana.lopez",
    "sAMLProviderArn": (
        "arn:aws:iam::444455556666:saml-provider/AWSSSO_1a2b3c4d5e6f7a8b_DO_NOT_DELETE"
    ),
    "scope": "sso:account:access",
    "servicePrincipal": "sso.amazonaws.com",
    "sessionDuration": "PT8H",
    "sessionToken": "IQoJb3JpZ2luX2VjEXAMPLETOKEN",
    "sAMLMetadataDocument": "<EntityDescriptor/>",
    "source": "${path:enterprise.costCenter}",
    "startUrl": "https://d-9067f3a1b2.awsapps.com/start",
    "tagKeys": "team",
    "targetId": "444455556666",
    "tenantId": "Hw554936506-7a1d-4c22-9a3e-6b0f1d2c3e4f",
    "trustedTokenIssuerArn": (
        f"arn:aws:sso::111122223333:trustedTokenIssuer/{_INSTANCE}/"
        "tti-94d8a4b8-30a1-70f2-1c6e-5b7d9f1a3c5e"
    ),
    "userId": "94d8a4b8-30a1-70f2-1c6e-5b7d9f1a3c5e",
    "userName": "ana.lopez",
    "value": "audit",
}
"""Text of members by name; others say their own name."""

_REQUEST_ID: Final = "0f1e2d3c-4b5a-4978-8796-a5b4c3d2e1f0"
_NUMBERS: Final = {"maxSessionDuration": 28_800, "durationSeconds": 3_600, "expiresIn": 28_800}
_AT: Final = parse_instant("2025-01-13T09:00:07Z")
_WORDS: Final = {"targetType": "AWS_ACCOUNT", "status": "IN_PROGRESS"}

_ONE_OF: Final = frozenset({"authenticationMethod", "grant", "permissionsBoundary"})
"""Objects of which one member is given."""


def example(structure: Structure, name: str = "") -> object:
    """Return a value of a structure, as `arranged` takes it.

    Args:
        name: Of the member that has the structure.
    """
    if isinstance(structure, dict):
        if "*" in structure:
            return {"member": example(structure["*"], name)}
        found = {
            inner: example(one, inner)
            for inner, one, is_required in members(structure)
            if is_required or _is_known(one, inner)
        }
        return dict(list(found.items())[:1]) if name in _ONE_OF else found
    if isinstance(structure, list):
        return [example(structure[0], name)]
    return _leaf(structure, name)


def _is_known(structure: Structure, name: str) -> bool:
    """Return whether there is a value for a member that may be left out."""
    if isinstance(structure, list):
        return _is_known(structure[0], name)
    if isinstance(structure, dict):
        inside = [(_is_known(one, inner), must) for inner, one, must in members(structure)]
        return any(known for known, _ in inside) and all(known for known, must in inside if must)
    if structure == "string":
        return name in _TEXTS or name.endswith("equestId")
    return name in _NUMBERS if structure == "number" else structure not in {"any", "flag"}


def _leaf(structure: str, name: str) -> object:
    if structure == "date":
        return _AT
    if structure == "number":
        return _NUMBERS.get(name, 1)
    if structure == "flag":
        return True
    if structure == "any":
        return {}
    if structure not in LEAVES:
        words = structure.split("|")
        return _WORDS[name] if _WORDS.get(name) in words else words[0]
    return _TEXTS.get(name, _REQUEST_ID if name.endswith("equestId") else name)


def payloads(operation: Operation) -> tuple[Json, Json]:
    """Return an example of a call's request and response as they are recorded."""

    def made(structure: Structure | None) -> Json:
        if structure is None:
            return None
        # What is empty is recorded as null.
        return arranged(structure, example(structure), comma=operation.has_comma) or None

    return made(operation.request), made(operation.response)
