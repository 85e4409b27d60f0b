"""Polyfactory: a record's declaration, filled with random values, and written with orjson.

Run with the interpreter of the peer's own environment: python with_polyfactory.py 10000
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import datetime  # noqa: TC003  # read when it runs
from ipaddress import IPv4Address  # noqa: TC003  # read when it runs
from typing import Literal
from uuid import UUID  # noqa: TC003  # read when it runs

import orjson
from polyfactory.factories import DataclassFactory


@dataclass
class OnBehalfOf:
    """For whom."""

    userId: UUID  # noqa: N815  # CloudTrail's spelling, here and below
    identityStoreArn: str  # noqa: N815


@dataclass
class Identity:
    """Who."""

    type: Literal["Unknown", "IdentityCenterUser"]
    principalId: UUID  # noqa: N815
    arn: str
    accountId: str  # noqa: N815
    accessKeyId: str  # noqa: N815
    userName: str  # noqa: N815
    onBehalfOf: OnBehalfOf  # noqa: N815
    credentialId: UUID  # noqa: N815


@dataclass
class More:
    """What an event has beside."""

    AuthWorkflowID: UUID
    CredentialType: Literal["PASSWORD", "TOTP"]


@dataclass
class Record:
    """A record."""

    eventVersion: Literal["1.08", "1.09"]  # noqa: N815
    userIdentity: Identity  # noqa: N815
    eventTime: datetime  # noqa: N815
    eventSource: Literal["signin.amazonaws.com", "sso.amazonaws.com"]  # noqa: N815
    eventName: Literal["CredentialChallenge", "CredentialVerification", "Authenticate"]  # noqa: N815
    awsRegion: Literal["us-east-1"]  # noqa: N815
    sourceIPAddress: IPv4Address  # noqa: N815
    userAgent: str  # noqa: N815
    requestParameters: None  # noqa: N815
    responseElements: None  # noqa: N815
    additionalEventData: More  # noqa: N815
    requestID: UUID  # noqa: N815
    eventID: UUID  # noqa: N815
    readOnly: bool  # noqa: N815
    eventType: Literal["AwsServiceEvent", "AwsApiCall"]  # noqa: N815
    managementEvent: Literal[True]  # noqa: N815
    recipientAccountId: str  # noqa: N815
    serviceEventDetails: dict[str, str]  # noqa: N815
    eventCategory: Literal["Management"]  # noqa: N815


class OnBehalfOfFactory(DataclassFactory[OnBehalfOf]):
    """What fills one; named, as a factory that is made up for a field is made again each time."""


class IdentityFactory(DataclassFactory[Identity]):
    """What fills an identity."""

    onBehalfOf = OnBehalfOfFactory  # noqa: N815


class MoreFactory(DataclassFactory[More]):
    """What fills the rest."""


class RecordFactory(DataclassFactory[Record]):
    """What fills a record."""

    __random_seed__ = 7
    userIdentity = IdentityFactory  # noqa: N815
    additionalEventData = MoreFactory  # noqa: N815


def main() -> None:
    """Write so many records to standard output."""
    for _ in range(int(sys.argv[1])):
        made = RecordFactory.build()
        sys.stdout.buffer.write(orjson.dumps(made, default=str) + b"\n")


if __name__ == "__main__":
    main()
