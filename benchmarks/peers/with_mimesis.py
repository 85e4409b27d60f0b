"""Mimesis: every field asked of it, for every record, and written with orjson.

Run with the interpreter of the peer's own environment: python with_mimesis.py 10000
"""

from __future__ import annotations

import sys
from typing import Any

import orjson
from mimesis import Generic

NAMES = (
    *("CredentialChallenge", "CredentialVerification", "UserAuthentication", "Authenticate"),
    *("ListApplications", "ListAccounts", "ListAccountRoles", "Federate"),
    *("ListProfilesForApplication", "Logout", "GetRoleCredentials", "CreateToken"),
)


def record(fake: Generic) -> dict[str, Any]:
    """Return a record whose every value Mimesis chose."""
    name = fake.choice(NAMES)
    account = fake.random.generate_string_by_mask("############")
    return {
        "eventVersion": fake.choice(("1.08", "1.09")),
        "userIdentity": {
            "type": fake.choice(("Unknown", "IdentityCenterUser")),
            "principalId": account,
            "arn": "",
            "accountId": account,
            "accessKeyId": "",
            "userName": fake.person.username(),
            "onBehalfOf": {
                "userId": fake.cryptographic.uuid(),
                "identityStoreArn": f"arn:aws:identitystore::{account}:identitystore/d-9067f3a1b2",
            },
            "credentialId": fake.cryptographic.uuid(),
        },
        "eventTime": fake.datetime.datetime().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": fake.choice(("signin.amazonaws.com", "sso.amazonaws.com")),
        "eventName": name,
        "awsRegion": "us-east-1",
        "sourceIPAddress": fake.internet.ip_v4(),
        "userAgent": fake.internet.user_agent(),
        "requestParameters": None,
        "responseElements": None,
        "additionalEventData": {
            "AuthWorkflowID": fake.cryptographic.uuid(),
            "CredentialType": fake.choice(("PASSWORD", "TOTP")),
        },
        "requestID": fake.cryptographic.uuid(),
        "eventID": fake.cryptographic.uuid(),
        "readOnly": fake.development.boolean(),
        "eventType": fake.choice(("AwsServiceEvent", "AwsApiCall")),
        "managementEvent": True,
        "recipientAccountId": account,
        "serviceEventDetails": {name: fake.choice(("Success", "Failure"))},
        "eventCategory": "Management",
    }


def main() -> None:
    """Write so many records to standard output."""
    fake = Generic(seed=7)
    for _ in range(int(sys.argv[1])):
        sys.stdout.buffer.write(orjson.dumps(record(fake)) + b"\n")


if __name__ == "__main__":
    main()
