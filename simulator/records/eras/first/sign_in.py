"""Sign-in events as they were before October 2024.

Sources: IAM Identity Center User Guide, "Understanding IAM Identity Center sign-in events"
(examples of 2020 to 2023, read 2026-11).
"""

from __future__ import annotations

from typing import Final

from simulator.primitives.conditions import equals
from simulator.records.eras.first.envelope import USER_REGION, always, record
from simulator.records.shapes import NULL, Const, Member, Node, Part, Slot, choose, obj, text

SUCCEEDED: Final = choose((equals("outcome", 1), Const("Failure")), otherwise=Const("Success"))

# userIdentity.userName of an unknown user: what was typed. Unverified.
SHOWN_NAME: Final = choose((equals("known", 1), Slot("user.name")), otherwise=Slot("user.typed"))

IDENTITY: Final = obj(
    ("type", Const("Unknown")),
    # The account, unlike in portal events.
    ("principalId", Slot("instance.account")),
    ("arn", Const("")),
    ("accountId", Slot("instance.account")),
    ("accessKeyId", Const("")),
    ("userName", SHOWN_NAME),
)

# Unverified: seen with type Root in 2020 and Unknown later; the assertion names nobody that
# the instance could vouch for, so no user name.
ASSERTION_IDENTITY: Final = obj(
    ("type", Const("Unknown")),
    ("principalId", Slot("instance.account")),
    ("arn", Const("")),
    ("accountId", Slot("instance.account")),
    ("accessKeyId", Const("")),
)

_VERSION = "version.sign_in"

SHAPES: Final[dict[str, Node]] = {
    "signin/CredentialChallenge": record(
        "signin/CredentialChallenge",
        version=_VERSION,
        region=USER_REGION,
        identity=Part("identity.sign_in"),
        additional=always(
            "additionalEventData",
            obj(
                ("AuthWorkflowID", Slot("signin.workflow")),
                ("CredentialType", Slot("signin.credential_type")),
            ),
        ),
        details=obj(("CredentialChallenge", Const("Success"))),
    ),
    "signin/CredentialVerification": record(
        "signin/CredentialVerification",
        version=_VERSION,
        region=USER_REGION,
        identity=Part("identity.sign_in"),
        additional=always(
            "additionalEventData",
            obj(
                ("AuthWorkflowID", Slot("signin.workflow")),
                ("CredentialType", Slot("signin.credential_type")),
            ),
        ),
        details=obj(("CredentialVerification", SUCCEEDED)),
    ),
    "signin/UserAuthentication": record(
        "signin/UserAuthentication",
        version=_VERSION,
        region=USER_REGION,
        identity=Part("identity.sign_in"),
        additional=always(
            "additionalEventData",
            obj(
                ("AuthWorkflowID", Slot("signin.workflow")),
                # The form of 2025; that of 2020 goes on with the portal's state and codes.
                (
                    "LoginTo",
                    text("https://", Slot("portal.host"), ".awsapps.com/start/"),
                ),
                ("CredentialType", Slot("signin.satisfied")),
                Member("DeviceEnrollmentRequired", Const("true"), equals("enrolling", 1)),
            ),
        ),
        details=obj(("UserAuthentication", Const("Success"))),
    ),
    "signin/ExternalIdPDirectoryLogin": record(
        "signin/ExternalIdPDirectoryLogin",
        version=_VERSION,
        region=USER_REGION,
        identity=Part("identity.assertion"),
        errors=(
            always(
                "errorMessage",
                choose(
                    (equals("assertion_error", 0), Slot("signin.assertion_error")),
                    # The text ends with the id of the request that was answered.
                    otherwise=text(
                        Slot("signin.assertion_error"), ": aws_", Slot("signin.workflow")
                    ),
                ),
            ),
        ),
        request=NULL,
        response=obj(("ExternalIdPDirectoryLogin", Const("Failure"))),
        # Unverified: no requestID, like the other AwsConsoleSignIn events.
        has_request_id=False,
    ),
}
