"""Values that records have, in words; what is not here is told as it stands."""

from __future__ import annotations

import re
from typing import Final

from simulator.records.api.structures import HIDDEN
from simulator.validation.findings import shown

CREDENTIALS: Final = {
    "PASSWORD": "password",
    "TOTP": "authenticator code (TOTP)",
    "WEBAUTHN": "security key or passkey (WebAuthn)",
    "EMAIL_OTP": "one-time code by email",
    "RESYNC_TOTP": "two authenticator codes in a row, to bring a device back in step",
    "EXTERNAL_IDP": "the external identity provider",
}
"""CredentialType: `records.fields.CREDENTIAL_TYPES`, in words."""

GRANTS: Final = {
    "authorization_code": "by authorization code, from the browser",
    "refresh_token": "by refresh token, without anybody signing in",
    "urn:ietf:params:oauth:grant-type:device_code": "by device code",
    "urn:ietf:params:oauth:grant-type:jwt-bearer": "for a token of a trusted issuer",
    "urn:ietf:params:oauth:grant-type:token-exchange": "in exchange for another token",
}
"""OAuth grant types, in words."""

_VALUES: Final = {
    "grantType": GRANTS,
    "passwordMode": {"EMAIL": "by a link sent by email", "OTP": "with a one-time password"},
}
"""Member to its values in words."""

_LABELS: Final = {
    "account_id": "account",
    "accountId": "account",
    "ARN": "resource",
    "applicationArn": "application",
    "attributePath": "attribute",
    "AuthWorkflowID": "sign-in workflow",
    "aws_sso_app_session_id": "application session",
    "CredentialType": "credential",
    "DeviceEnrollmentRequired": "an MFA device has to be enrolled",
    "deviceId": "MFA device",
    "deviceName": "device's name",
    "displayName": "display name",
    "expiresIn": "seconds until it ends",
    "groupId": "group",
    "grantType": "grant",
    "identityStoreId": "identity store",
    "instanceArn": "instance",
    "LoginTo": "signs in to",
    "managedPolicyArn": "policy",
    "memberId": "user",
    "membershipId": "membership",
    "passwordMode": "reset",
    "permissionSetArn": "permission set",
    "policyArn": "policy",
    "principalId": "principal",
    "regionName": "Region",
    "role_name": "role",
    "roleArn": "role",
    "roleName": "role",
    "targetId": "account",
    "userId": "user",
    "UserName": "user name",
    "userName": "user name",
}
"""Member to its name in words, where that is not the name spelled apart."""

NAMED_IN_SHORT: Final = (
    "account_id",
    "role_name",
    "userId",
    "memberId",
    "groupId",
    "membershipId",
    "deviceId",
    "deviceName",
    "permissionSetArn",
    "name",
    "displayName",
    "managedPolicyArn",
    "policyArn",
    "policyName",
    "principalId",
    "targetId",
    "accountId",
    "roleArn",
    "roleName",
    "applicationArn",
    "attributePath",
    "regionName",
    "servicePrincipal",
    "passwordMode",
    "grantType",
)
"""Members that a sentence about a record names, in this order."""

SPEAK_FOR_THEMSELVES: Final = frozenset(_VALUES)
"""Members whose values need no label."""

_CASES: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[_:.]")
LONGEST: Final = 200
"""Letters of a value that are told."""


def told(value: object) -> str:
    """Return a value on one line; see `validation.findings.shown`."""
    if value == HIDDEN:
        return "hidden by AWS"
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "null"}[value]
    return shown(value, LONGEST)


def shortened(text: str) -> str:
    """Return what an ARN ends with, and any other text as it is."""
    return text.rpartition("/")[2] or text if text.startswith("arn:") else text


def value_of(name: str, value: object) -> str:
    """Return the value of a member in words."""
    if name == "CredentialType" and isinstance(value, str):
        return credentials(value)
    known = _VALUES.get(name, {})
    return known.get(value, told(value)) if isinstance(value, str) else told(value)


def label_of(name: str) -> str:
    """Return the name of a member in words."""
    known = _LABELS.get(name)
    if known is not None:
        return known
    words = _CASES.sub(" ", shown(name)).split()
    return " ".join(word if word.isupper() else word.lower() for word in words) or "?"


def credentials(text: str) -> str:
    """Return the credential types of a record in words."""
    # As many as fit; no sign-in has more than a few.
    parts = [CREDENTIALS.get(one, told(one)) for one in text[:LONGEST].split(",")]
    return " and ".join(parts)
