"""Faker and `json.dumps`: every field is asked of Faker, for every record.

No record knows of another, which is what the usual first attempt gives.

    python -m benchmarks.contenders.naive_faker 1000 > /dev/null
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any, Final

from faker import Faker

from benchmarks.contenders import office

SEED: Final = 7
NAMES: Final = (
    *("CredentialChallenge", "CredentialVerification", "UserAuthentication", "Authenticate"),
    *("ListApplications", "ListAccounts", "ListAccountRoles", "Federate"),
    *("ListProfilesForApplication", "Logout", "GetRoleCredentials", "CreateToken"),
)


def record(fake: Faker) -> dict[str, Any]:
    """Return a record whose every value Faker chose."""
    name = fake.random_element(NAMES)
    account = str(fake.random_number(12, fix_len=True))
    return {
        "eventVersion": fake.random_element(("1.08", "1.09")),
        "userIdentity": {
            "type": fake.random_element(("Unknown", "IdentityCenterUser")),
            "principalId": str(fake.random_number(12, fix_len=True)),
            "arn": "",
            "accountId": account,
            "accessKeyId": "",
            "userName": fake.user_name(),
            "onBehalfOf": {
                "userId": fake.uuid4(),
                "identityStoreArn": office.STORE_ARN,
            },
            "credentialId": fake.uuid4(),
        },
        "eventTime": fake.date_time_this_year().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": fake.random_element(("signin.amazonaws.com", "sso.amazonaws.com")),
        "eventName": name,
        "awsRegion": office.REGION,
        "sourceIPAddress": fake.ipv4_public(),
        "userAgent": fake.user_agent(),
        "requestParameters": None,
        "responseElements": None,
        "additionalEventData": {
            "AuthWorkflowID": fake.uuid4(),
            "CredentialType": fake.random_element(("PASSWORD", "TOTP")),
        },
        "requestID": fake.uuid4(),
        "eventID": fake.uuid4(),
        "readOnly": fake.boolean(),
        "eventType": fake.random_element(("AwsServiceEvent", "AwsApiCall")),
        "managementEvent": True,
        "recipientAccountId": account,
        "serviceEventDetails": {name: fake.random_element(("Success", "Failure"))},
        "eventCategory": "Management",
    }


def main() -> None:
    """Write so many records to standard output."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("records", type=int)
    count = parser.parse_args().records
    Faker.seed(SEED)
    fake = Faker()
    for _ in range(count):
        sys.stdout.write(json.dumps(record(fake)) + "\n")


if __name__ == "__main__":
    main()
