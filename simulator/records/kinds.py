"""The table of event kinds: where each comes from and how CloudTrail classes it.

A kind is named by its short event source and event name, `signin/CredentialChallenge`.
Which members its records have stands in `simulator.records.eras`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from simulator.records.api.operations import OPERATIONS, Operation
from simulator.records.meanings import MEANINGS

GUIDE: Final = "https://docs.aws.amazon.com/singlesignon/latest/userguide/"
ANNOUNCEMENT: Final = (
    "https://aws.amazon.com/blogs/security/"
    "modifications-to-aws-cloudtrail-event-data-of-iam-identity-center/"
)
SIGN_IN_PAGE: Final = GUIDE + "understanding-sign-in-events.html"
USES_PAGE: Final = GUIDE + "sso-cloudtrail-use-cases.html"
EVENTS_PAGE: Final = GUIDE + "sso-info-in-cloudtrail.html"
API_PAGE: Final = "https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/"

PORTAL: Final = "AWS access portal"
OIDC: Final = "OIDC"
SIGN_IN: Final = "Sign-in"
MFA: Final = "Identity Store: MFA devices"
GROUPS: Final = "Identity Store: groups"
STORE: Final = "Identity Store: other"
PROVISIONING: Final = "Identity Store: SCIM"
ADMINISTRATION: Final = "Administration"
OWN_ACCOUNT: Final = "Accounts: IAM, STS and Organizations"
APPLICATIONS: Final = "Managed applications"
ENTRANCE: Final = "Accounts: entered by users"

GROUP_OF_SOURCE: Final = {
    # First, because kinds that are written out end with this group.
    "sso-directory": STORE,
    "identitystore-scim": PROVISIONING,
    "sso": ADMINISTRATION,
    "sso-oauth": APPLICATIONS,
    "iam": OWN_ACCOUNT,
    "organizations": OWN_ACCOUNT,
    "sts": OWN_ACCOUNT,
    "q": APPLICATIONS,
    "user-subscriptions": APPLICATIONS,
}
"""Group of the calls that are recorded by table, by event source."""


OLDEST: Final = "pre-october-2024"
"""Name of the oldest era, in which nearly all kinds exist already."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of event."""

    name: str
    """Short event source and event name, such as `sso/Logout`."""

    event_type: str
    """CloudTrail's eventType."""

    read_only: bool
    """CloudTrail's readOnly."""

    group: str
    """Its group in the announcement's table of events."""

    basis: str
    """The page that documents it; begins with `Unverified` where parts are inferred."""

    announced: bool
    """Whether the announcement's table of events lists it."""

    since: str = OLDEST
    """Name of the first era in which it exists."""

    until: str | None = None
    """Name of the last era in which it exists; absent while it goes on."""

    undelivered: str = ""
    """Why no account receives a record of it; empty where one does."""

    @property
    def meaning(self) -> str:
        """What it says, as a sentence without its subject."""
        return MEANINGS[self.name]

    @property
    def is_delivered(self) -> bool:
        """Whether any account receives a record of it."""
        return not self.undelivered

    @property
    def event_source(self) -> str:
        """CloudTrail's eventSource."""
        return self.name.partition("/")[0] + ".amazonaws.com"

    @property
    def event_name(self) -> str:
        """CloudTrail's eventName."""
        return self.name.partition("/")[2].partition("@")[0]


def _kinds(
    group: str, event_type: str, rows: str, basis: str, *, announced: bool = False
) -> tuple[Kind, ...]:
    made = []
    for line in rows.strip().splitlines():
        name, access, *note = line.split(None, 2)
        text = f"Unverified: {note[0]}. {basis}" if note else basis
        made.append(Kind(name, event_type, access == "read", group, text, announced))
    return tuple(made)


def _place_of_group(item: tuple[str, Operation]) -> int:
    groups = list(dict.fromkeys(GROUP_OF_SOURCE.values()))
    return groups.index(GROUP_OF_SOURCE[item[1].source])


_MADE_UP = "parameters inferred from the nearest public operation"

KINDS: Final = (
    *_kinds(
        SIGN_IN,
        "AwsServiceEvent",
        """
        signin/CredentialChallenge write
        signin/CredentialVerification write
        signin/UserAuthentication write
        """,
        SIGN_IN_PAGE,
        announced=True,
    ),
    *_kinds(
        SIGN_IN,
        "AwsConsoleSignIn",
        "signin/ExternalIdPDirectoryLogin write seen in real records, identity form inferred",
        SIGN_IN_PAGE,
    ),
    *_kinds(
        PORTAL,
        "AwsServiceEvent",
        """
        sso/Authenticate write readOnly and absence of details inferred
        sso/Federate write readOnly inferred
        sso/ListAccountRoles read
        sso/ListAccounts read
        sso/ListApplications read
        sso/ListProfilesForApplication read no full example published
        sso/GetRoleCredentials read
        sso/Logout write no full example published
        """,
        USES_PAGE,
        announced=True,
    ),
    *_kinds(OIDC, "AwsApiCall", "sso/CreateToken write", USES_PAGE, announced=True),
    *_kinds(
        MFA,
        "AwsApiCall",
        """
        sso-directory/ListMfaDevicesForUser read
        sso-directory/DeleteMfaDeviceForUser write
        sso-directory/UpdateMfaDeviceForUser write request inferred
        sso-directory/StartWebAuthnDeviceRegistration write request inferred
        sso-directory/StartVirtualMfaDeviceRegistration write request inferred
        sso-directory/CompleteWebAuthnDeviceRegistration write request and response inferred
        sso-directory/CompleteVirtualMfaDeviceRegistration write request and response inferred
        """,
        EVENTS_PAGE,
        announced=True,
    ),
    *_kinds(
        GROUPS,
        "AwsApiCall",
        """
        sso-directory/CreateGroup write
        sso-directory/UpdateGroup write parameters inferred from the public operation
        identitystore/CreateGroup write
        identitystore/UpdateGroup write
        """,
        ANNOUNCEMENT,
        announced=True,
    ),
    *_kinds(
        STORE,
        "AwsApiCall",
        f"""
        sso-directory/DeleteGroup write {_MADE_UP}
        sso-directory/AddMemberToGroup write
        sso-directory/RemoveMemberFromGroup write {_MADE_UP}
        sso-directory/CreateUser write response inferred
        sso-directory/UpdateUser write {_MADE_UP}
        sso-directory/DeleteUser write {_MADE_UP}
        sso-directory/UpdatePassword write response inferred
        sso-directory/DescribeDirectory read
        sso-directory/DescribeUser read {_MADE_UP}
        sso-directory/DescribeUsers read {_MADE_UP}
        sso-directory/DescribeUserByUniqueAttribute read {_MADE_UP}
        sso-directory/DescribeGroup read {_MADE_UP}
        sso-directory/DescribeGroups read {_MADE_UP}
        sso-directory/ListGroupsForUser read {_MADE_UP}
        sso-directory/ListGroupsForMember read {_MADE_UP}
        sso-directory/ListMembersInGroup read {_MADE_UP}
        sso-directory/IsMemberInGroup read {_MADE_UP}
        sso-directory/SearchUsers read
        sso-directory/SearchGroups read filter inferred from SearchUsers
        """,
        EVENTS_PAGE,
    ),
    *_kinds(
        STORE,
        "AwsApiCall",
        """
        identitystore/DeleteGroup write
        identitystore/CreateGroupMembership write
        identitystore/DeleteGroupMembership write
        identitystore/CreateUser write
        identitystore/UpdateUser write
        identitystore/DeleteUser write
        identitystore/DescribeGroup read
        identitystore/DescribeGroupMembership read
        identitystore/DescribeUser read
        identitystore/GetGroupId read
        identitystore/GetGroupMembershipId read
        identitystore/GetUserId read
        identitystore/IsMemberInGroups read
        identitystore/ListGroupMemberships read
        identitystore/ListGroupMembershipsForMember read
        identitystore/ListGroups read
        identitystore/ListUsers read
        """,
        API_PAGE,
    ),
    *(
        Kind(
            kind,
            "AwsApiCall",
            operation.read_only,
            GROUP_OF_SOURCE[operation.source],
            operation.basis,
            announced=False,
            undelivered=operation.undelivered,
        )
        for kind, operation in sorted(OPERATIONS.items(), key=_place_of_group)
    ),
    *_kinds(
        ENTRANCE,
        "AwsApiCall",
        "sts/AssumeRoleWithSAML read",
        "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html",
    ),
    *_kinds(
        ENTRANCE,
        "AwsConsoleSignIn",
        """
        signin/GetSigninToken write seen in real records, the caller's key inferred
        signin/ConsoleLogin write seen in real records, the caller's key inferred
        """,
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/"
        "cloudtrail-event-reference-aws-console-sign-in-events.html",
    ),
)

KIND_NAMES: Final = tuple(kind.name for kind in KINDS)
KIND_INDEX: Final = {name: index for index, name in enumerate(KIND_NAMES)}


def kind_named(name: str) -> Kind:
    """Return a kind by its name."""
    return KINDS[KIND_INDEX[name]]
