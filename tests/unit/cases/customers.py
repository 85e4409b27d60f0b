"""A customer who does not exist, and what the tests of cases ask of records."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Final

import orjson

from simulator.directory import identifiers
from simulator.engines import vectorised
from simulator.plan.compiler import compile_scenario
from simulator.scenario import library

if TYPE_CHECKING:
    from collections.abc import Iterator

ACCOUNT: Final = "012345678901"
MEMBER: Final = "987654321098"
STORE: Final = "d-9067642ac7"
USER: Final = "94d8a4b8-30a1-70f2-1c6e-5b7d9f1a3c5e"
OLD_USER: Final = "9067642ac7-9d976f61-3b89-4b98-88db-2ea3bbc1f3fa"
NAME: Final = "grant.page"
MAIL: Final = f"{NAME}@acme-corp.co.uk"
ADDRESS: Final = "81.169.145.77"
ROLE: Final = "AWSReservedSSO_PayrollAdmins_0f1e2d3c4b5a6978"
KEY: Final = identifiers.access_key_id(1, 2, ACCOUNT)
ROLE_ID: Final = identifiers.role_id(3, 4, ACCOUNT)
SENTENCE: Final = f"User {NAME} of Zanzibar Freight was not found"


def in_base64(text: str) -> str:
    """Return the plain base 64 of a text."""
    return base64.b64encode(text.encode()).decode()


def in_base64url(text: str) -> str:
    """Return the URL-safe base 64 of a text, without padding."""
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def a_record(**members: Any) -> dict[str, Any]:
    """Return a record of the customer's, with some members as given."""
    return {
        "eventVersion": "1.08",
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": f"{ROLE_ID}:{NAME}",
            "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{ROLE}/{NAME}",
            "accountId": ACCOUNT,
            "accessKeyId": KEY,
            "userName": MAIL,
            "onBehalfOf": {
                "userId": USER,
                "identityStoreArn": f"arn:aws:identitystore::{ACCOUNT}:identitystore/{STORE}",
            },
        },
        "eventTime": "2025-08-20T08:00:00Z",
        "eventSource": "sso.amazonaws.com",
        "eventName": "CreateAccountAssignment",
        "awsRegion": "us-east-1",
        "sourceIPAddress": ADDRESS,
        "userAgent": "AcmeSync/3.7.12 (Windows NT 10.0; build 99417)",
        "errorCode": "ResourceNotFoundException",
        "errorMessage": SENTENCE,
        "requestParameters": {"targetId": MEMBER, "targetType": "AWS_ACCOUNT"},
        "responseElements": None,
        "eventID": "0f1e2d3c-4b5a-4978-8796-a5b4c3d2e1f0",
        "readOnly": False,
        **members,
    }


def told(name: str) -> list[dict[str, Any]]:
    """Return the records of a scenario that is shipped."""
    plan, _ = compile_scenario(library.load(name))
    return [orjson.loads(line) for line in vectorised.render(plan, 0, plan.horizon).lines]


def lines_of(records: list[dict[str, Any]]) -> str:
    """Return records as text, one a line."""
    return "\n".join(orjson.dumps(record).decode() for record in records)


def skeleton(value: Any) -> Any:  # any JSON
    """Return the types of a value and all below it, in order, without any text."""
    if isinstance(value, dict):
        return [skeleton(inner) for inner in value.values()]
    if isinstance(value, list):
        return [skeleton(inner) for inner in value]
    return type(value).__name__


def texts_of(value: Any) -> Iterator[str]:  # any JSON
    """Yield every text in a value."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from texts_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_of(inner)
    elif isinstance(value, str):
        yield value
