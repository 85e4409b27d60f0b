"""Dicts and orjson, the ordinary way: a person's generator with a pool of users and seeded ids.

Nested dicts are built anew for each record, ids are `uuid.UUID`s of a seeded generator, times
are `datetime`s, and each record is written as soon as its day is in order.

    python -m benchmarks.contenders.plain_orjson 100000 > /dev/null
"""

from __future__ import annotations

import argparse
import random
import sys
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import orjson

from benchmarks.contenders import office

if TYPE_CHECKING:
    from collections.abc import Iterator

SEED: Final = 7
CHANGE: Final = datetime.fromisoformat(office.FIRST_DAY).replace(tzinfo=UTC) + timedelta(
    days=office.DAYS_BEFORE_CHANGE
)


@dataclass(frozen=True, slots=True)
class User:
    """Somebody of the office."""

    name: str
    user_id: str
    agent: str
    account: str


@dataclass(frozen=True, slots=True)
class Session:
    """What records of one session share."""

    user: User
    workflow: str
    credential: str
    token: str
    address: str


class Generator:
    """Makes sessions, one after another."""

    def __init__(self) -> None:
        self._rng = random.Random(SEED)
        self._users = [
            User(
                f"{self._rng.choice(office.GIVEN_NAMES)}.{self._rng.choice(office.FAMILY_NAMES)}",
                self._id(),
                self._rng.choice(office.BROWSERS),
                self._rng.choice(office.ACCOUNTS),
            )
            for _ in range(office.USERS)
        ]

    def _id(self) -> str:
        return str(uuid.UUID(int=self._rng.getrandbits(128), version=4))

    def days(self, sessions: int) -> Iterator[list[tuple[datetime, bytes]]]:
        """Yield the records of a day after another, in order."""
        day = datetime.fromisoformat(office.FIRST_DAY).replace(tzinfo=UTC)
        while True:
            made = []
            for hour in self._rng.choices(range(24), office.HOURS, k=sessions):
                begun = day + timedelta(hours=hour, seconds=self._rng.randrange(3_600))
                made += [(at, orjson.dumps(record)) for at, record in self.session(begun)]
            made.sort(key=lambda item: item[0])
            yield made
            day += timedelta(days=1)

    def session(self, at: datetime) -> Iterator[tuple[datetime, dict[str, Any]]]:
        """Yield the records of a session."""
        rng, habits = self._rng, office.HABITS
        session = Session(
            rng.choice(self._users),
            self._id(),
            self._id(),
            f"75732d656173742d312d{rng.getrandbits(128):032x}",
            f"203.0.113.{rng.randrange(1, 255)}",
        )
        factors = ["PASSWORD", "TOTP"] if rng.random() < habits.second_factor else ["PASSWORD"]
        for factor in factors:
            more = {"UserName": session.user.name, "CredentialType": factor}
            yield at, self._sign_in(session, "CredentialChallenge", at, more, "Success")
            if factor == "PASSWORD" and rng.random() < habits.wrong_password:
                at += timedelta(seconds=5)
                yield (
                    at,
                    self._sign_in(
                        session, "CredentialVerification", at, {"CredentialType": factor}, "Failure"
                    ),
                )
            at += timedelta(seconds=rng.randrange(4, 20))
            more = {"CredentialType": factor}
            yield at, self._sign_in(session, "CredentialVerification", at, more, "Success")
        more = {"LoginTo": office.PORTAL, "CredentialType": ",".join(factors)}
        yield at, self._sign_in(session, "UserAuthentication", at, more, "Success")
        yield at, self._portal(session, "Authenticate", at, reads=False)
        at += timedelta(seconds=2)
        yield at, self._portal(session, "ListApplications", at, reads=True)
        account = {"account_id": session.user.account}
        role = {**account, "role_name": office.ROLE}
        for share, name, reads, details in (
            (habits.accounts, "ListAccounts", True, None),
            (habits.roles, "ListAccountRoles", True, account),
            (habits.federation, "Federate", False, role),
            (habits.profiles, "ListProfilesForApplication", True, None),
            (habits.credentials, "GetRoleCredentials", True, role),
        ):
            if rng.random() < share:
                at += timedelta(seconds=rng.randrange(1, 15))
                yield at, self._portal(session, name, at, reads=reads, details=details)
        if rng.random() < habits.command_line:
            yield at, self._token(session, at)
        if rng.random() < habits.look_up:
            yield at, self._look_up(session, at)
        if rng.random() < habits.logout:
            at += timedelta(seconds=rng.randrange(60, 3_000))
            yield at, self._portal(session, "Logout", at, reads=False)

    def _record(
        self, version: str, at: datetime, source: str, name: str, identity: dict[str, Any]
    ) -> dict[str, Any]:
        return {
            "eventVersion": version,
            "userIdentity": identity,
            "eventTime": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "eventSource": f"{source}.amazonaws.com",
            "eventName": name,
            "awsRegion": office.REGION,
        }

    def _end(self, *, reads: bool, kind: str = "AwsServiceEvent") -> dict[str, Any]:
        return {
            "requestID": self._id(),
            "eventID": self._id(),
            "readOnly": reads,
            "eventType": kind,
            "managementEvent": True,
            "recipientAccountId": office.ORGANIZATION,
        }

    def _identity(self, session: Session, at: datetime, principal: str) -> dict[str, Any]:
        on_behalf_of = {"userId": session.user.user_id, "identityStoreArn": office.STORE_ARN}
        if at >= CHANGE:
            return {
                "type": "IdentityCenterUser",
                "accountId": office.ORGANIZATION,
                "onBehalfOf": on_behalf_of,
                "credentialId": session.token,
            }
        return {
            "type": "Unknown",
            "principalId": principal,
            "accountId": office.ORGANIZATION,
            "userName": session.user.name,
            "onBehalfOf": on_behalf_of,
            "credentialId": session.token,
        }

    def _sign_in(
        self, session: Session, name: str, at: datetime, more: dict[str, Any], outcome: str
    ) -> dict[str, Any]:
        identity = self._identity(session, at, office.ORGANIZATION)
        identity |= {"arn": "", "accessKeyId": "", "credentialId": session.credential}
        return {
            **self._record("1.09", at, "signin", name, identity),
            "sourceIPAddress": session.address,
            "userAgent": session.user.agent,
            "requestParameters": None,
            "responseElements": None,
            "additionalEventData": {"AuthWorkflowID": session.workflow, **more},
            **self._end(reads=False),
            "serviceEventDetails": {name: outcome},
            "eventCategory": "Management",
        }

    def _portal(
        self,
        session: Session,
        name: str,
        at: datetime,
        *,
        reads: bool,
        details: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        identity = self._identity(session, at, session.user.user_id)
        record = {
            **self._record("1.08", at, "sso", name, identity),
            "sourceIPAddress": session.address,
            "userAgent": session.user.agent,
            "requestParameters": None,
            "responseElements": None,
            **self._end(reads=reads),
        }
        if details:
            record["serviceEventDetails"] = details
        record["eventCategory"] = "Management"
        return record

    def _token(self, session: Session, at: datetime) -> dict[str, Any]:
        hidden = office.HIDDEN
        port = self._rng.randrange(50_000, 59_000)
        return {
            **self._record(
                "1.08",
                at,
                "sso",
                "CreateToken",
                self._identity(session, at, session.user.user_id),
            ),
            "sourceIPAddress": session.address,
            "userAgent": office.COMMAND_LINE,
            "requestParameters": {
                "clientId": f"UL{self._rng.getrandbits(80):020x}XVzLWVhc3QtMQ",
                "clientSecret": hidden,
                "grantType": "authorization_code",
                "code": hidden,
                "redirectUri": f"http://127.0.0.1:{port}/oauth/callback",
                "codeVerifier": hidden,
            },
            "responseElements": {
                "accessToken": hidden,
                "tokenType": "Bearer",
                "expiresIn": 3600,
                "refreshToken": hidden,
                "idToken": hidden,
            },
            **self._end(reads=False, kind="AwsApiCall"),
            "resources": [
                {"accountId": office.ORGANIZATION, "type": "IdentityStoreId", "ARN": office.STORE}
            ],
            "eventCategory": "Management",
            "tlsDetails": {
                "tlsVersion": "TLSv1.3",
                "cipherSuite": "TLS_AES_128_GCM_SHA256",
                "clientProvidedHostHeader": f"oidc.{office.REGION}.amazonaws.com",
            },
        }

    def _look_up(self, session: Session, at: datetime) -> dict[str, Any]:
        role = "AROARTX3GSDS7VOMBD4EX"
        arn = f"arn:aws:sts::{office.ORGANIZATION}:assumed-role/{office.ADMINISTRATOR}/help-desk"
        identity = {
            "type": "AssumedRole",
            "principalId": f"{role}:help-desk",
            "arn": arn,
            "accountId": office.ORGANIZATION,
            "accessKeyId": "ASIARTX3GSDSSPWSP52G",
            "sessionContext": {
                "sessionIssuer": {
                    "type": "Role",
                    "principalId": role,
                    "arn": f"arn:aws:iam::{office.ORGANIZATION}:role/{office.ADMINISTRATOR}",
                    "accountId": office.ORGANIZATION,
                    "userName": office.ADMINISTRATOR,
                },
                "attributes": {"creationDate": "2025-01-06T11:27:44Z", "mfaAuthenticated": "false"},
            },
        }
        name = self._rng.choice(("SearchUsers", "ListMfaDevicesForUser"))
        asked = (
            {"identityStoreId": office.STORE, "maxResults": 100}
            if name == "SearchUsers"
            else {"user": {"directoryId": office.STORE, "userId": session.user.user_id}}
        )
        return {
            **self._record("1.09", at, "sso-directory", name, identity),
            "sourceIPAddress": "203.0.113.30",
            "userAgent": office.BROWSERS[2],
            "requestParameters": asked,
            "responseElements": None,
            **self._end(reads=True, kind="AwsApiCall"),
            "eventCategory": "Management",
            "tlsDetails": {
                "tlsVersion": "TLSv1.3",
                "cipherSuite": "TLS_AES_128_GCM_SHA256",
                "clientProvidedHostHeader": f"identitystore.{office.REGION}.amazonaws.com",
            },
            "sessionCredentialFromConsole": "true",
        }


def main() -> None:
    """Write so many records to standard output."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("records", type=int)
    left = parser.parse_args().records
    for made in Generator().days(office.sessions_a_day(left)):
        for _, line in made[:left]:
            sys.stdout.buffer.write(line + b"\n")
        left -= len(made)
        if left <= 0:
            break


if __name__ == "__main__":
    main()
