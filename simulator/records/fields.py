"""Every field a shape may read, and every column a row may have.

A row is one event of one episode: whole numbers only. A field is a value that a record
shows, spelled from columns of the row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from simulator.records.codecs import (
    AccessKeyTail,
    ClientId,
    Codec,
    DeviceCode,
    Entity,
    IsoInstant,
    JavaDate,
    Number,
    Pinned,
    SessionHandle,
    SessionToken,
    TokenCredential,
    Uuid,
    Word,
)
from simulator.records.documents import Document
from simulator.records.typed import TypedName

CREDENTIAL_TYPES: Final = (
    "PASSWORD",
    "TOTP",
    "WEBAUTHN",
    "EMAIL_OTP",
    "RESYNC_TOTP",
    "EXTERNAL_IDP",
)
SATISFIED: Final = (
    "PASSWORD",
    "PASSWORD,TOTP",
    "PASSWORD,WEBAUTHN",
    "EMAIL_OTP",
    "EXTERNAL_IDP",
    "PASSWORD,EMAIL_OTP",
    # Unverified: no published sign-in shows what a resynchronised device counts as.
    "PASSWORD,RESYNC_TOTP",
)
GRANTS: Final = (
    "urn:ietf:params:oauth:grant-type:device_code",
    "authorization_code",
    "refresh_token",
)
ASSERTION_ERRORS: Final = (
    "Assertion is no longer valid",
    "Not a valid response for the provided request id",
)
TYPED_FORMS: Final = ("name", "name@domain", "domain\\name", "typed", "local part")
"""How a user name can be typed: as it is, in another form, or as text `typed`."""

OUTCOMES: Final = ("Success", "Failure", "Pending")
PASSWORD_MODES: Final = ("EMAIL", "OTP")

MAX_ATTRIBUTES: Final = 8
"""Attributes one UpdateUser may change."""

COLUMNS: Final = {
    "key_high": "First word of the episode's key.",
    "key_low": "Second word of the episode's key.",
    "step": "Place of the step in its flow.",
    "request": "Place of the step that began the HTTP request.",
    "time": "Milliseconds since 1970.",
    "outcome": "Position in OUTCOMES.",
    "instance": "Position in table `instance`, which has one row.",
    "user": "Position in table `user`, or -1: the user who acts or is acted upon.",
    "admin": "Position in table `admin`, or -1.",
    "admin_kind": "0 for a role, 1 for an IAM user, 2 for root.",
    "actor": "0 when the user acts, 1 when an administrator does.",
    "copy": "0 where one account receives the event; of two, 1 for the owner's, 2 for the other's.",
    "address": "Position in table `address`.",
    "region": "Position in table `region` of where a user acts, or -1: the instance's own.",
    "agent": "Position in table `agent`.",
    "known": "1 when the user name belongs to a user.",
    "verified": "1 when the credential this record is about was, or will be, accepted.",
    "typed_form": "How the name was typed: position in TYPED_FORMS.",
    "typed": "Position in table `text` of what was typed, or -1.",
    "slip": "Which slip of the finger made what was typed of the user's name, or -1.",
    "credential_type": "Position in CREDENTIAL_TYPES.",
    "satisfied": "Position in SATISFIED.",
    "enrolling": "1 when the sign-in demands that a device be enrolled.",
    "assertion_error": "Position in ASSERTION_ERRORS.",
    "pin_workflow": "Position in table `text` of a fixed AuthWorkflowID, or -1.",
    "pin_credential": "Position in table `text` of a fixed sign-in credentialId, or -1.",
    "pin_session": "Position in table `text` of a fixed portal session handle, or -1.",
    "session_high": "First word of the portal session's key.",
    "session_low": "Second word of the portal session's key.",
    "session_end": "When the portal session ends, in milliseconds.",
    "by_token": "1 when the call is made with an access token, 0 from the browser.",
    "token_high": "First word of the access token's key.",
    "token_low": "Second word of the access token's key.",
    "token_expiry": "When the access token ends, in milliseconds.",
    "client_high": "First word of the OIDC client's key.",
    "client_low": "Second word of the OIDC client's key.",
    "grant": "Position in GRANTS.",
    "expires_in": "Lifetime of the token, in seconds.",
    "redirect_port": "Port of the CLI's callback.",
    "account": "Position in table `account`, or -1.",
    "permission_set": "Position in table `permission_set`.",
    "console": "1 when an administrator uses the console, 0 the API.",
    "member_accounts": "1 when what is recorded in the account that is entered is there, too.",
    "role": "Position in table `role`: a permission set's role in an account, or -1.",
    "role_high": "First word of the role session's key, an administrator's or a user's.",
    "role_low": "Second word of the role session's key.",
    "role_at": "When that role session began, in milliseconds.",
    "role_until": "When a user's role session ends, in milliseconds.",
    "role_seconds": "How long a user's role session lasts, in seconds.",
    "server": "Position in table `server`: which machine of Identity Center's calls, or -1.",
    "group": "Position in table `group`.",
    "group_name": "Position in table `text` of the group's name at the time, or -1.",
    "described": "1 when a description is given.",
    "membership": "Position in table `membership`.",
    "device": "Position in table `device`.",
    "device_name": "Position in table `text` of the device's name at the time.",
    "password_mode": "Position in PASSWORD_MODES.",
    "attributes": "Number of attributes an UpdateUser changes.",
    **{
        f"attribute_{place}": "Position in table `text` of a changed attribute's path."
        for place in range(1, MAX_ATTRIBUTES + 1)
    },
    "request_document": "Position in table `document` of a call's request, or -1.",
    "response_document": "Position in table `document` of a call's response, or -1.",
    "error": "Position in table `error` of why a call failed, or -1.",
    "invoked_by": "Position in table `text` of the service that calls on behalf, or -1.",
    "on_behalf": "1 when a caller's role session carries the identity of the user.",
    "named": "Position in table `text` of the ARN of the resource a call names, or -1.",
    "scoped": "1 when an editor asks for a token of Amazon Q Developer and names its scopes.",
    "scim_token": "Position in table `text` of the id of a provisioning client's token, or -1.",
    "switch_kept_name": "Switch `failed_user_name`: 1 when kept.",
    "switch_failed_known": "Switch `failed_known_user_on_behalf_of`.",
    "switch_hidden_name": "Switch `unknown_user_name`: 1 when hidden.",
    "switch_sid": "Switch `portal_principal`: 1 for SID.",
    "switch_dual_stack": "Switch `hosts`: 1 for dual-stack.",
    "switch_role_session": "Switch `role_session_on_behalf_of`: 0 by date, 1 never, 2 always.",
}
"""What each column of a row means."""

DEFAULTS: Final = {
    "instance": 0,
    "user": -1,
    "admin": -1,
    "admin_kind": 0,
    "actor": 0,
    "copy": 0,
    "region": -1,
    "known": 1,
    "verified": 0,
    "typed_form": 0,
    "typed": -1,
    "slip": -1,
    "enrolling": 0,
    "outcome": 0,
    "pin_workflow": -1,
    "pin_credential": -1,
    "pin_session": -1,
    "session_high": 0,
    "session_low": 0,
    "session_end": 0,
    "by_token": 0,
    "token_high": 0,
    "token_low": 0,
    "token_expiry": 0,
    "redirect_port": 0,
    "password_mode": 0,
    "account": -1,
    "member_accounts": 0,
    "role": -1,
    "role_high": 0,
    "role_low": 0,
    "role_at": 0,
    "role_until": 0,
    "role_seconds": 0,
    "server": -1,
    "console": 0,
    "described": 0,
    "group_name": -1,
    "attributes": 0,
    "request_document": -1,
    "response_document": -1,
    "error": -1,
    "invoked_by": -1,
    "on_behalf": 0,
    "named": -1,
    "scoped": 0,
    "scim_token": -1,
    "switch_kept_name": 0,
    "switch_failed_known": 0,
    "switch_hidden_name": 0,
    "switch_sid": 0,
    "switch_dual_stack": 0,
    "switch_role_session": 0,
}
"""Values of columns that a flow, plan or step does not set."""


@dataclass(frozen=True, slots=True)
class Field:
    """A value that a record shows."""

    codec: Codec
    """How it is spelled."""
    meaning: str
    """What it is, in words."""


FIELDS: Final = {
    "event.id": Field(Uuid("event-id", ordinal="step"), "The record's own id."),
    "event.shared_id": Field(
        Uuid("shared-event-id", ordinal="request"), "What the records of one call share."
    ),
    "event.time": Field(IsoInstant("time"), "When it happened, to the second."),
    "event.java_time": Field(JavaDate("time"), "When it happened, as payloads write it."),
    "request.id": Field(Uuid("request-id", ordinal="request"), "One HTTP request."),
    "source.address": Field(Entity("address.value"), "The client's address."),
    "source.agent": Field(Entity("agent.value"), "The client's user agent."),
    "instance.account": Field(Entity("instance.account"), "Account that owns the instance."),
    "instance.region": Field(Entity("instance.region"), "Region of the instance."),
    "event.region": Field(
        Entity("region.value", by="region"), "Another Region of the instance, where a user acts."
    ),
    "instance.arn": Field(Entity("instance.arn"), "ARN of the instance."),
    "store.id": Field(Entity("instance.store_id"), "Identity store id."),
    "store.arn": Field(Entity("instance.store_arn"), "Identity store ARN."),
    "portal.host": Field(Entity("instance.portal"), "First label of the portal's host name."),
    "user.id": Field(Entity("user.id"), "Id of the user in the identity store."),
    "user.name": Field(Entity("user.name"), "User name."),
    "user.upn": Field(Entity("user.upn"), "User name as name@domain."),
    "user.down_level": Field(Entity("user.down_level"), "User name as domain\\name."),
    "user.short": Field(Entity("user.short"), "User name without its domain."),
    "user.sid": Field(Entity("user.sid"), "Domain and security identifier."),
    "user.typed": Field(TypedName(), "A name as it was typed."),
    "signin.workflow": Field(Pinned(Uuid("workflow"), "pin_workflow"), "AuthWorkflowID."),
    "signin.credential": Field(
        Pinned(Uuid("sign-in-credential"), "pin_credential"), "credentialId of a sign-in."
    ),
    "signin.credential_type": Field(Word("credential_type", CREDENTIAL_TYPES), "One factor."),
    "signin.satisfied": Field(Word("satisfied", SATISFIED), "All factors satisfied."),
    "signin.assertion_error": Field(Word("assertion_error", ASSERTION_ERRORS), "SAML error."),
    "session.handle": Field(
        Pinned(SessionHandle(), "pin_session"), "credentialId of a portal session."
    ),
    "session.end": Field(IsoInstant("session_end"), "When the portal session ends."),
    "session.application": Field(
        Uuid("application-session", key="session"), "Id of the application's session."
    ),
    "token.credential": Field(TokenCredential(), "credentialId of calls made with a token."),
    "client.id": Field(ClientId(), "Id of the OIDC client."),
    "device.code": Field(DeviceCode(), "The device grant's code."),
    "oidc.grant": Field(Word("grant", GRANTS), "OAuth grant type."),
    "oidc.expires_in": Field(Number("expires_in"), "Lifetime of the token in seconds."),
    "oidc.port": Field(Number("redirect_port"), "Port of the CLI's callback."),
    "account.id": Field(Entity("account.id"), "Id of the target account."),
    "permission_set.name": Field(Entity("permission_set.name"), "Permission set's name."),
    "role.id": Field(Entity("role.id"), "Id of a permission set's role in an account."),
    "role.name": Field(Entity("role.name"), "Name of that role."),
    "role.arn": Field(Entity("role.arn"), "ARN of that role."),
    "provider.arn": Field(Entity("account.provider"), "ARN of the account's SAML provider."),
    "provider.issuer": Field(Entity("account.issuer"), "Who issues assertions for the account."),
    "provider.qualifier": Field(
        Entity("account.qualifier"), "Hash of issuer, account and SAML provider."
    ),
    "server.address": Field(Entity("server.address"), "Address of Identity Center's machine."),
    "server.agent": Field(Entity("server.agent"), "What takes roles for users."),
    "server.token_agent": Field(
        Entity("server.token_agent"), "What asks for sign-in tokens of the console."
    ),
    "assertion.id": Field(Uuid("saml-assertion", key="role"), "Id of a SAML assertion."),
    "credentials.key": Field(
        AccessKeyTail("role", "account.id"), "Rest of a user's key id: per role session."
    ),
    "credentials.key_of_call": Field(
        AccessKeyTail("role", "account.id", "time"),
        "Rest of a user's key id: the console's, per call.",
    ),
    "credentials.token": Field(SessionToken(), "Session token of a role session."),
    "credentials.until": Field(
        JavaDate("role_until", comma=True), "When a user's role session ends."
    ),
    "credentials.until_of_old": Field(
        JavaDate("role_until"), "When it ends, as written before 2023."
    ),
    "credentials.seconds": Field(Number("role_seconds"), "How long it lasts."),
    "admin.principal": Field(Entity("admin.principal"), "principalId of an administrator."),
    "admin.arn": Field(Entity("admin.arn"), "ARN of an administrator."),
    "admin.account": Field(Entity("admin.account"), "Account of an administrator."),
    "admin.name": Field(Entity("admin.name"), "IAM user or role session name."),
    "admin.key": Field(Entity("admin.key"), "Access key id of an IAM user."),
    "admin.role_id": Field(Entity("admin.role_id"), "Id of the role."),
    "admin.role_arn": Field(Entity("admin.role_arn"), "ARN of the role."),
    "admin.role_name": Field(Entity("admin.role_name"), "Name of the role."),
    "admin.created_by": Field(Entity("admin.created_by"), "Who the store says created a thing."),
    "role.key_of_call": Field(
        AccessKeyTail("role", "admin.account", "time"),
        "Rest of the key id: the console's, per call.",
    ),
    "role.key_of_session": Field(
        AccessKeyTail("role", "admin.account"), "Rest of the key id: per session."
    ),
    "role.at": Field(IsoInstant("role_at"), "When the role session began."),
    "group.id": Field(Entity("group.id"), "Id of the group."),
    "group.name": Field(Entity("text.value", by="group_name"), "Display name of the group."),
    "membership.id": Field(Entity("membership.id"), "Id of a membership."),
    "mfa.id": Field(Entity("device.id"), "Id of an MFA device."),
    "mfa.name": Field(Entity("text.value", by="device_name"), "Name of an MFA device."),
    "password.mode": Field(Word("password_mode", PASSWORD_MODES), "How it is reset."),
    "call.request": Field(Document("request_document"), "Parameters of a call, as a whole."),
    "call.response": Field(Document("response_document"), "Answer to a call, as a whole."),
    "call.named": Field(Entity("text.value", by="named"), "ARN of the resource a call names."),
    "error.code": Field(Entity("error.code"), "Why a call failed."),
    "error.message": Field(Entity("error.message"), "Why a call failed, in words."),
    "scim.token": Field(
        Entity("text.value", by="scim_token"), "Id of a provisioning client's token."
    ),
    "caller.invoked_by": Field(
        Entity("text.value", by="invoked_by"), "Service that calls on behalf of somebody."
    ),
    **{
        f"attribute.{place}": Field(
            Entity("text.value", by=f"attribute_{place}"), "Path of a changed attribute."
        )
        for place in range(1, MAX_ATTRIBUTES + 1)
    },
}
"""Field name to how it is spelled and what it means."""
