"""Things of the domain with sensible defaults, so that a test spells only what matters.

The world of the tables is constructed: one instance in eu-central-1, two users, three
administrators (a role, an IAM user, root) and a little of everything else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import orjson

from simulator.flows import FLOWS
from simulator.flows.gaps import NOW
from simulator.flows.steps import Flow, Step
from simulator.plan.episodes import Block, Plan, block_of
from simulator.primitives.columns import Tables
from simulator.primitives.instants import DAY, parse_instant
from simulator.records.eras import boundaries

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simulator.engines.batches import RecordBatch
    from simulator.records.eras.ladder import Boundaries

ACCOUNT: Final = "777788889999"
REGION: Final = "eu-central-1"
STORE: Final = "d-99670c1a2b"
_ROLE: Final = "AWSReservedSSO_AdministratorAccess_0f1e2d3c4b5a6978"

TEXTS: Final[Mapping[str, tuple[str, ...]]] = {
    "instance.account": (ACCOUNT,),
    "instance.region": (REGION,),
    "instance.store_id": (STORE,),
    "instance.arn": ("arn:aws:sso:::instance/ssoins-996712ab34cd56ef",),
    "instance.store_arn": (f"arn:aws:identitystore::{ACCOUNT}:identitystore/{STORE}",),
    "instance.portal": (STORE,),
    "user.id": (
        "93a4c8d2-b0c1-7045-9a2e-1f0d3c5b7a90",
        "53f4684e-2011-70d8-b6aa-70c2e0a9d415",
    ),
    "user.name": ("ana.silva", "bo.lind"),
    "user.upn": ("ana.silva@corp.example.com", "bo.lind@corp.example.com"),
    "user.down_level": ("corp.example.com\\ana.silva", "corp.example.com\\bo.lind"),
    "user.short": ("ana.silva", "bo.lind"),
    "user.sid": (
        "corp.example.com//S-1-5-21-1004336348-1177238915-682003330-1127",
        "corp.example.com//S-1-5-21-1004336348-1177238915-682003330-1128",
    ),
    "text.value": (
        "ana.sliva",
        "Auditors",
        "Ana's phone",
        "displayName",
        "title",
        "name.givenName",
        "nickName",
        "locale",
        "timezone",
        "userType",
        "preferredLanguage",
        "5d1f6a80-2c3b-4e7a-8f90-a1b2c3d4e5f6",
    ),
    "address.value": ("198.51.100.7", "203.0.113.21"),
    "agent.value": (
        "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
        "aws-cli/2.22.7 md/command#sso.login",
    ),
    "account.id": ("444455556666", "222233334444"),
    "account.provider": (
        "arn:aws:iam::444455556666:saml-provider/AWSSSO_1a2b3c4d5e6f7081_DO_NOT_DELETE",
        "arn:aws:iam::222233334444:saml-provider/AWSSSO_8170f6e5d4c3b2a1_DO_NOT_DELETE",
    ),
    "account.issuer": (
        (
            f"https://portal.sso.{REGION}.amazonaws.com/saml/assertion/"
            "Nzc3Nzg4ODg5OTk5X2lucy0wMTIzNDU2Nzg5YWJjZGVm"
        ),
        (
            f"https://portal.sso.{REGION}.amazonaws.com/saml/assertion/"
            "Nzc3Nzg4ODg5OTk5X2lucy1mZWRjYmE5ODc2NTQzMjEw"
        ),
    ),
    "account.qualifier": ("D5VqoswlNlcae+voWD8Q2BrTlUg=", "ReznEw8axifB9BuEzUsFmQoydLQ="),
    "role.id": ("AROAWO645SY5I32XVSB3D",),
    "role.name": ("AWSReservedSSO_ReadOnlyAccess_a1b2c3d4e5f60718",),
    "role.arn": (
        (
            f"arn:aws:iam::444455556666:role/aws-reserved/sso.amazonaws.com/{REGION}/"
            "AWSReservedSSO_ReadOnlyAccess_a1b2c3d4e5f60718"
        ),
    ),
    "server.address": ("192.0.2.33",),
    "server.agent": ("aws-sdk-java/2.29.6 md/internal",),
    "server.token_agent": ("Jersey/${project.version} (HttpUrlConnection 11.0.22)",),
    "permission_set.name": ("ReadOnlyAccess", "PowerUserAccess"),
    "admin.principal": (
        "AROAEXAMPLEADMINROLE0:dora.novak",
        "AIDAEXAMPLEADMINUSER0",
        ACCOUNT,
    ),
    "admin.arn": (
        f"arn:aws:sts::{ACCOUNT}:assumed-role/{_ROLE}/dora.novak",
        f"arn:aws:iam::{ACCOUNT}:user/terraform",
        f"arn:aws:iam::{ACCOUNT}:root",
    ),
    "admin.account": (ACCOUNT, ACCOUNT, ACCOUNT),
    "admin.name": ("dora.novak", "terraform", ""),
    "admin.key": ("", "AKIAEXAMPLEADMINUSER", ""),
    "admin.role_id": ("AROAEXAMPLEADMINROLE0", "", ""),
    "admin.role_arn": (
        f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/{REGION}/{_ROLE}",
        "",
        "",
    ),
    "admin.role_name": (_ROLE, "", ""),
    "admin.created_by": (ACCOUNT, ACCOUNT, ACCOUNT),
    "group.id": (
        "b3c448a2-60f1-7033-5e1d-9c8b7a6f5e4d",
        "03942872-a0b1-70ce-11aa-22bb33cc44dd",
    ),
    "document.value": (
        '{"instanceArn":"arn:aws:sso:::instance/ssoins-82591a2b3c4d5e6f","name":"é \\"quoted\\""}',
        '{"permissionSet":{"name":"ReadOnlyAccess","tags":[]}}',
    ),
    "region.value": ("ap-southeast-2",),
    "error.code": ("ConflictException",),
    "error.message": ("Permission set has accounts",),
    "membership.id": ("c3147862-70e1-70ab-44cc-55dd66ee77ff",),
    "device.id": ("m-93a4c8d2b0c17045", "m-1f0d3c5b7a909a2e"),
}

START: Final = parse_instant("2025-01-13T08:00:00Z")
"""When an episode of `a_row` begins: hours after the announced cutover."""

EPISODE: Final[Mapping[str, int]] = {
    "key_high": 0x0123_4567_89AB_CDEF,
    "key_low": 0xFEDC_BA98_7654_3210,
    "start": START,
    "address": 0,
    "agent": 0,
    "gaps": 0,
}
"""What every episode has."""

ORDINARY: Final[Mapping[str, int]] = {
    "user": 0,
    "known": 1,
    "password_tries": 1,
    "password_ok": 1,
    "password_open": 0,
    "factor": 0,
    "code_tries": 0,
    "code_ok": 0,
    "code_open": 0,
    "resync": 0,
    "signed_in": 1,
    "enrolment": 0,
    "enrol_type": 1,
    "device": 0,
    "device_name": 2,
    "device_type": 1,
    "on_behalf": 1,
    "named": 1,
    "completes": 1,
    "session_high": 0x5E55_1011_0000_0001,
    "session_low": 0x5E55_1011_0000_0002,
    "session_end": parse_instant("2025-01-13T16:00:00Z"),
    "client_high": 0xC11E_1170_0000_0001,
    "client_low": 0xC11E_1170_0000_0002,
    "token_high": 0x70CE_1100_0000_0001,
    "token_low": 0x70CE_1100_0000_0002,
    "token_expiry": parse_instant("2025-01-13T16:00:00Z"),
    "polls": 0,
    "expires_in": 28_800,
    "redirect_port": 49_152,
    "refusals": 0,
    "assertion_error": 0,
    "account": 0,
    "permission_set": 0,
    "admin": 0,
    "admin_kind": 0,
    "actor": 1,
    "console": 1,
    "role_high": 0x401E_0000_0000_0001,
    "role_low": 0x401E_0000_0000_0002,
    "role_at": parse_instant("2025-01-13T07:30:00Z"),
    "by_token": 0,
    "member_accounts": 1,
    "role": 0,
    "role_until": parse_instant("2025-01-13T08:30:00Z"),
    "role_seconds": 3_600,
    "server": 0,
    "group": 0,
    "group_name": 1,
    "described": 1,
    "membership": 0,
    "password_mode": 0,
    "request_document": 0,
    "response_document": 1,
    "error": -1,
    "invoked_by": -1,
    "attributes": 1,
    **{f"attribute_{place}": place + 2 for place in range(1, 9)},
    "scim_token": 11,
}
"""What `a_row` says where a test does not: a sign-in with a password, by the first user."""


def a_tables(texts: Mapping[str, Sequence[str]] | None = None) -> Tables:
    """Return the constructed world, with some columns of text replaced."""
    replaced = {name: tuple(values) for name, values in (texts or {}).items()}
    return Tables({**TEXTS, **replaced})


def a_row(flow: Flow, **columns: int) -> dict[str, int]:
    """Return an episode of a flow."""
    return {**EPISODE, **{name: ORDINARY[name] for name in sorted(flow.columns)}, **columns}


def a_plan(
    blocks: Sequence[Block] = (),
    *,
    tables: Tables | None = None,
    gaps: tuple[tuple[int, ...], ...] = ((),),
    eras: Boundaries | str = "by-date",
    constants: Mapping[str, int] | None = None,
    escapes: bool = False,
) -> Plan:
    """Return a plan of these blocks; one ordinary sign-in unless any are given."""
    if isinstance(eras, str):
        eras = boundaries("announced", REGION, eras)
    return Plan(
        blocks=tuple(blocks) or (block_of(FLOWS[0], [a_row(FLOWS[0])]),),
        tables=tables or a_tables(),
        gaps=gaps,
        boundaries=eras,
        constants=constants or {},
        escapes=escapes,
        overrides={},
        start=START,
        end=START + DAY,
    )


def a_plan_of(flow: Flow, *rows: Mapping[str, int], **columns: int) -> Plan:
    """Return a plan of episodes of one flow: these rows, or one with these columns."""
    return a_plan([block_of(flow, list(rows) or [a_row(flow, **columns)])])


def an_event(
    kind: str,
    *,
    era: str,
    time: int,
    columns: Mapping[str, int],
    texts: Mapping[str, Sequence[str]] | None = None,
) -> Plan:
    """Return a plan of one event of a kind, in one era, with these columns of its row.

    The flow has one step and the name of a flow that yields the kind, since engines look
    names up.
    """
    owner = next(flow for flow in FLOWS if any(step.kind == kind for step in flow.steps))
    flow = Flow(owner.name, (Step("only", kind, NOW),), frozenset(columns))
    row = {**EPISODE, **columns, "start": time}
    return a_plan([block_of(flow, [row])], tables=a_tables(texts), eras=era)


def parsed(batch: RecordBatch) -> list[dict]:
    """Return the records of a batch as objects."""
    return [orjson.loads(line) for line in batch.lines]


def rendered(engine, plan: Plan) -> list[dict]:
    """Return all records of a plan as objects."""
    return parsed(engine.render(plan, 0, plan.horizon))
