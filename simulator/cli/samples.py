"""One example of every event kind, in any era: what `records` shows and `docs/records.md` prints.

All examples tell of one made-up company at one instant, so that what differs between two
of them is what the kinds or eras make differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import orjson

from simulator.directory import identifiers, user_agents
from simulator.engines.stepwise import record_line
from simulator.plan.episodes import Plan
from simulator.primitives.columns import Tables
from simulator.primitives.instants import DAY, HOUR, parse_instant
from simulator.primitives.jsontext import json_text
from simulator.records.api.examples import payloads
from simulator.records.api.operations import OPERATIONS
from simulator.records.eras import ERA_INDEX, boundaries
from simulator.records.eras.first.account_access import BY_USERS
from simulator.records.fields import COLUMNS, DEFAULTS
from simulator.records.kinds import KIND_INDEX

if TYPE_CHECKING:
    from collections.abc import Mapping

_ACCOUNT: Final = "111122223333"
_REGION: Final = "us-east-1"
_STORE: Final = "d-9067f3a1b2"
_ROLE: Final = "AWSReservedSSO_AdministratorAccess_0f1e2d3c4b5a6978"
_ISSUER: Final = identifiers.saml_issuer(_REGION, _ACCOUNT, "ins-7223b02a1c9d8e4f")

_PAYLOADS: Final = {
    kind: tuple(json_text(side).decode() for side in payloads(operation))
    for kind, operation in OPERATIONS.items()
}
_DOCUMENTS: Final = {
    text: place
    for place, text in enumerate(
        dict.fromkeys(text for pair in _PAYLOADS.values() for text in pair if text != "null")
    )
}

_TABLES: Final = Tables(
    {
        "instance.account": (_ACCOUNT,),
        "instance.region": (_REGION,),
        "instance.store_id": (_STORE,),
        "instance.arn": ("arn:aws:sso:::instance/ssoins-7223b02a1c9d8e4f",),
        "instance.store_arn": (f"arn:aws:identitystore::{_ACCOUNT}:identitystore/{_STORE}",),
        "instance.portal": (_STORE,),
        "user.id": ("94d8a4b8-30a1-70f2-1c6e-5b7d9f1a3c5e",),
        "user.name": ("ana.lopez",),
        "user.upn": ("ana.lopez@example.com",),
        "user.down_level": ("example.com\\ana.lopez",),
        "user.short": ("ana.lopez",),
        "user.sid": ("example.com//S-1-5-21-1004336348-1177238915-682003330-1127",),
        "text.value": (
            "ana.lopes",
            "Contractors",
            "YubiKey 5",
            "title",
            "displayName",
            "nickName",
            "locale",
            "timezone",
            "userType",
            "name.givenName",
            "name.familyName",
            "3f9c2b7e-5d14-4a86-9e0b-7c1d2a3b4c5d",
        ),
        "address.value": ("203.0.113.24",),
        "agent.value": (
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 "
                "(KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
            ),
        ),
        "region.value": ("eu-west-1",),
        "account.id": ("444455556666",),
        "account.provider": (
            "arn:aws:iam::444455556666:saml-provider/AWSSSO_1a2b3c4d5e6f7081_DO_NOT_DELETE",
        ),
        "account.issuer": (_ISSUER,),
        "account.qualifier": (
            identifiers.name_qualifier(
                _ISSUER, "444455556666", "AWSSSO_1a2b3c4d5e6f7081_DO_NOT_DELETE"
            ),
        ),
        "permission_set.name": ("PowerUserAccess",),
        "role.id": ("AROAEXAMPLEPOWERUSER2",),
        "role.name": ("AWSReservedSSO_PowerUserAccess_0718293a4b5c6d7e",),
        "role.arn": (
            (
                "arn:aws:iam::444455556666:role/aws-reserved/sso.amazonaws.com/"
                "AWSReservedSSO_PowerUserAccess_0718293a4b5c6d7e"
            ),
        ),
        "server.address": ("192.0.2.33",),
        "server.agent": (user_agents.FEDERATION.text,),
        "server.token_agent": (user_agents.SIGNIN_TOKEN.text,),
        "admin.principal": ("AROAEXAMPLEADMINROLE2:group-manager",),
        "admin.arn": (f"arn:aws:sts::{_ACCOUNT}:assumed-role/{_ROLE}/group-manager",),
        "admin.account": (_ACCOUNT,),
        "admin.name": ("group-manager",),
        "admin.key": ("AKIAEXAMPLEADMINUSER",),
        "admin.role_id": ("AROAEXAMPLEADMINROLE2",),
        "admin.role_arn": (f"arn:aws:iam::{_ACCOUNT}:role/aws-reserved/sso.amazonaws.com/{_ROLE}",),
        "admin.role_name": (_ROLE,),
        "admin.created_by": (_ACCOUNT,),
        "group.id": ("a4e86438-b0f1-7075-3d2c-8e9f1a2b3c4d",),
        "membership.id": ("c4f81428-60a1-70d3-5b6a-7c8d9e0f1a2b",),
        "device.id": ("m-94d8a4b830a170f2",),
        "document.value": tuple(_DOCUMENTS),
        "error.code": ("AccessDeniedException",),
        "error.message": ("User is not authorized to perform this action",),
    }
)

_AT: Final = parse_instant("2025-01-13T09:00:07.412Z")

_ROW: Final[Mapping[str, int]] = {
    # Most columns point into tables of one row, or say no.
    **dict.fromkeys(COLUMNS, 0),
    **DEFAULTS,
    "key_high": 0x0A1B_2C3D_4E5F_6071,
    "key_low": 0x8293_A4B5_C6D7_E8F9,
    "time": _AT,
    "user": 0,
    "admin": 0,
    "verified": 1,
    "satisfied": 1,
    "session_high": 0x1357_9BDF_0246_8ACE,
    "session_low": 0xFEDC_BA98_7654_3210,
    "session_end": _AT + 8 * HOUR,
    "token_high": 0x0F1E_2D3C_4B5A_6978,
    "token_low": 0x8796_A5B4_C3D2_E1F0,
    "token_expiry": _AT + 8 * HOUR,
    "client_high": 0x1122_3344_5566_7788,
    "client_low": 0x99AA_BBCC_DDEE_FF00,
    "expires_in": 28_800,
    "redirect_port": 49_613,
    "console": 1,
    "role_high": 0x2468_ACE0_1357_9BDF,
    "role_low": 0x0123_4567_89AB_CDEF,
    "role_at": _AT - HOUR,
    "role": 0,
    "role_until": _AT + HOUR,
    "role_seconds": 3_600,
    "server": 0,
    "account": 0,
    "typed": 0,
    "group_name": 1,
    "described": 1,
    "device_name": 2,
    "attributes": 2,
    **{f"attribute_{place}": place + 2 for place in range(1, 9)},
    "scim_token": 11,
}

_BY_ADMIN: Final = {"actor": 1}
_FAILED: Final = {"verified": 0, "outcome": 1}
_UNKNOWN: Final = {"verified": 0, "known": 0, "user": -1, "typed_form": 3}

_CASES: Final[Mapping[str, Mapping[str, Mapping[str, int]]]] = {
    "signin/CredentialChallenge": {
        "password, answered right": {},
        "password, answered wrong": {"verified": 0},
        "a user name that nobody has": _UNKNOWN,
        "authenticator code": {"credential_type": 1},
    },
    "signin/CredentialVerification": {
        "right password": {},
        "wrong password": _FAILED,
        "a user name that nobody has": {**_UNKNOWN, "outcome": 1},
    },
    "signin/UserAuthentication": {
        "password and authenticator": {},
        "external identity provider": {"satisfied": 4},
    },
    "sso/CreateToken": {
        "authorization code": {"grant": 1},
        "device code": {"grant": 0},
        "device code, not yet approved": {"grant": 0, "outcome": 2},
        "refresh token": {"grant": 2},
    },
}

_ROLE_OF_USER: Final = "by a user, with a permission set's role"
_MFA_BY_USER: Final = "by the user, in the access portal"
_MFA_BY_ADMIN: Final = "by an administrator"


@dataclass(frozen=True, slots=True)
class Sample:
    """One example."""

    kind: str
    """Kind."""
    case: str
    """Which one of a kind that looks different at times; empty where there is one only."""
    columns: Mapping[str, int]
    """What its row says beyond the usual."""

    def record(self, era: str) -> dict[str, Any]:
        """Return the record as an era has it."""
        kind = KIND_INDEX[self.kind]
        row = {**_ROW, **self.columns, "kind": kind, "era": ERA_INDEX[era]}
        record: dict[str, Any] = orjson.loads(record_line(_PLAN, row))
        return record


_PLAN: Final = Plan(
    blocks=(),
    tables=_TABLES,
    gaps=((),),
    boundaries=boundaries("announced", _REGION),
    constants={},
    escapes=False,
    overrides={},
    start=_AT,
    end=_AT + DAY,
)


def samples(kind: str) -> tuple[Sample, ...]:
    """Return the examples of a kind."""
    if kind in _CASES:
        return tuple(Sample(kind, case, columns) for case, columns in _CASES[kind].items())
    if "MfaDevice" in kind or "DeviceRegistration" in kind:
        return (Sample(kind, _MFA_BY_USER, {}), Sample(kind, _MFA_BY_ADMIN, _BY_ADMIN))
    if kind in BY_USERS:
        return (
            Sample(kind, _MFA_BY_ADMIN, _BY_ADMIN | _documents(kind)),
            Sample(kind, _ROLE_OF_USER, {"console": 0} | _documents(kind)),
        )
    return (Sample(kind, "", _BY_ADMIN | _documents(kind)),)


def _documents(kind: str) -> dict[str, int]:
    """Return where the payloads stand of a call that is recorded by table."""
    sides = zip(("request_document", "response_document"), _PAYLOADS.get(kind, ()), strict=False)
    return {column: _DOCUMENTS[text] for column, text in sides if text != "null"}
