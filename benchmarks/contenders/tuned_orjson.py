"""Dicts and orjson, tuned by hand: whatever can be made before the first record is.

A record is still one dict literal, given to orjson. Users, sessions' scripts and the texts of
times are made in advance, the parts that records of a session share are made once for it, ids
are cut from one long text of random digits, and a day is sorted and written at once. With
`--fragments` the shared parts are kept as bytes too (`orjson.Fragment`): half way to assembling
bytes by hand, and so no longer what "dict and orjson" means.

    python -m benchmarks.contenders.tuned_orjson 100000 > /dev/null
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import sys
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

import orjson

from benchmarks.contenders import office

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SEED: Final = 7
SCRIPTS: Final = 2_000
CHALLENGE, VERIFICATION, SIGNED_IN, AUTHENTICATE, APPLICATIONS, ACCOUNTS, ROLES = range(7)
FEDERATE, PROFILES, CREDENTIALS, LOGOUT, TOKEN, SEARCH, DEVICES = range(7, 14)

CLOCK: Final = tuple(
    f"T{hour:02}:{minute:02}:{second:02}Z"
    for hour in range(24)
    for minute in range(60)
    for second in range(60)
)
ALL_HOURS: Final = 24 * 3_600
BY_TIME: Final = itemgetter(0)


def ids(rng: random.Random, count: int) -> list[str]:
    """Return so many UUIDs of version 4: digits copied a column of all ids at a time."""
    digits = rng.randbytes(16 * count).hex().encode()
    rows = bytearray(b"00000000-0000-4000-a000-000000000000\n" * count)
    source = 0
    for column in range(36):
        if column in {8, 13, 14, 18, 19, 23}:
            continue
        rows[column::37] = digits[source::32]
        source += 1
    return rows.decode().split("\n")


def scripts(rng: random.Random) -> list[tuple[tuple[int, int, bool], ...]]:
    """Return what may happen in a session: what, how many seconds in, and whether all goes well."""
    made = []
    habits = office.HABITS
    for _ in range(SCRIPTS):
        at = 0
        script = []

        def then(what: int, seconds: int, well: bool = True) -> None:  # noqa: FBT001, FBT002
            nonlocal at
            at += seconds
            script.append((what, at, well))  # noqa: B023

        then(CHALLENGE, 0)
        if rng.random() < habits.wrong_password:
            then(VERIFICATION, 5, well=False)
        then(VERIFICATION, rng.randrange(4, 9))
        if rng.random() < habits.second_factor:
            then(CHALLENGE, 0)
            then(VERIFICATION, rng.randrange(6, 20))
        then(SIGNED_IN, 0)
        then(AUTHENTICATE, 1)
        then(APPLICATIONS, 2)
        for what, share in (
            (ACCOUNTS, habits.accounts),
            (ROLES, habits.roles),
            (FEDERATE, habits.federation),
            (PROFILES, habits.profiles),
            (CREDENTIALS, habits.credentials),
            (TOKEN, habits.command_line),
            (SEARCH, habits.look_up / 2),
            (DEVICES, habits.look_up / 2),
        ):
            if rng.random() < share:
                then(what, rng.randrange(1, 15))
        if rng.random() < habits.logout:
            then(LOGOUT, rng.randrange(60, 3_000))
        made.append(tuple(script))
    return made


def people(rng: random.Random, keep: Callable[[Any], Any]) -> list[tuple[Any, ...]]:
    """Return each user's name, id, sign-in identity, agent and account."""
    made = []
    for index in range(office.USERS):
        digits = rng.randbytes(16).hex()
        user_id = f"{digits[:8]}-{digits[8:12]}-70{digits[14:16]}-{digits[16:20]}-{digits[20:]}"
        given = office.GIVEN_NAMES[index % len(office.GIVEN_NAMES)]
        name = f"{given}.{rng.choice(office.FAMILY_NAMES)}"
        on_behalf_of = keep({"userId": user_id, "identityStoreArn": office.STORE_ARN})
        agent = rng.choice(office.BROWSERS)
        made.append((name, user_id, on_behalf_of, agent, rng.choice(office.ACCOUNTS)))
    return made


def administrator(rng: random.Random) -> dict[str, Any]:
    """Return who looks users up."""
    role = f"AROA{rng.randbytes(9).hex().upper()[:17]}"
    return {
        "type": "AssumedRole",
        "principalId": f"{role}:help-desk",
        "arn": f"arn:aws:sts::{office.ORGANIZATION}:assumed-role/{office.ADMINISTRATOR}/help-desk",
        "accountId": office.ORGANIZATION,
        "accessKeyId": f"ASIA{rng.randbytes(9).hex().upper()[:16]}",
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


def tls(host: str) -> dict[str, str]:
    """Return how a call was encrypted."""
    return {
        "tlsVersion": "TLSv1.3",
        "cipherSuite": "TLS_AES_128_GCM_SHA256",
        "clientProvidedHostHeader": host,
    }


def same(value: Any) -> Any:
    """Keep a shared part as the dict that it is."""
    return value


def fragment(value: Any) -> Any:
    """Keep a shared part as its bytes."""
    return orjson.Fragment(orjson.dumps(value))


def days(sessions: int, keep: Callable[[Any], Any]) -> Iterator[list[bytes]]:  # noqa: C901, PLR0912, PLR0915  # calls would cost more
    """Yield the records of a day after another, each day's in the order of their times."""
    rng = random.Random(SEED)
    plots = scripts(rng)
    users = people(rng, keep)
    admin = keep(administrator(rng))
    hidden = office.HIDDEN
    organization, region, store = office.ORGANIZATION, office.REGION, office.STORE
    outcome = {
        what: {well: keep({what: "Success" if well else "Failure"}) for well in (True, False)}
        for what in ("CredentialChallenge", "CredentialVerification", "UserAuthentication")
    }
    roles = [keep({"account_id": account}) for account in office.ACCOUNTS]
    federations = [
        keep({"account_id": account, "role_name": office.ROLE}) for account in office.ACCOUNTS
    ]
    directory_tls = keep(tls(f"identitystore.{region}.amazonaws.com"))
    oidc_tls = keep(tls(f"oidc.{region}.amazonaws.com"))
    query = keep(
        {
            "identityStoreId": store,
            "maxResults": 100,
            "filters": [{"comparisonOperator": "STARTS_WITH", "attributePath": "userName"}],
        }
    )
    token = keep(
        {
            "accessToken": hidden,
            "tokenType": "Bearer",
            "expiresIn": 3600,
            "refreshToken": hidden,
            "idToken": hidden,
        }
    )
    resources = keep([{"accountId": organization, "type": "IdentityStoreId", "ARN": store}])
    callback = "/oauth/callback"
    dumps = orjson.dumps
    hours = range(24)
    first = dt.date.fromisoformat(office.FIRST_DAY)
    for day in range(100_000):
        date = [(first + dt.timedelta(days=day + later)).isoformat() for later in (0, 1)]
        begun = sorted(
            hour * 3_600 + rng.randrange(3_600)
            for hour in rng.choices(hours, office.HOURS, k=sessions)
        )
        actors = rng.choices(users, k=len(begun))
        told = rng.choices(plots, k=len(begun))
        new_id = iter(ids(rng, 2 * (len(begun) + sum(map(len, told))))).__next__
        made: list[tuple[int, bytes]] = []
        add = made.append
        for begins, (name, user_id, on_behalf_of, agent, _), plot in zip(
            begun, actors, told, strict=True
        ):
            workflow, credential = new_id(), new_id()
            token_id = f"75732d656173742d312d{credential[:8]}{workflow[24:]}{credential[24:]}"
            address = f"203.0.113.{begins % 250 + 1}"
            account = begins % 4
            if day < office.DAYS_BEFORE_CHANGE:
                signing_in = keep(
                    {
                        "type": "Unknown",
                        "principalId": organization,
                        "arn": "",
                        "accountId": organization,
                        "accessKeyId": "",
                        "userName": name,
                        "onBehalfOf": on_behalf_of,
                        "credentialId": credential,
                    }
                )
                signed_in = keep(
                    {
                        "type": "Unknown",
                        "principalId": user_id,
                        "accountId": organization,
                        "userName": name,
                        "onBehalfOf": on_behalf_of,
                        "credentialId": token_id,
                    }
                )
            else:
                signing_in = keep(
                    {
                        "type": "IdentityCenterUser",
                        "arn": "",
                        "accountId": organization,
                        "accessKeyId": "",
                        "onBehalfOf": on_behalf_of,
                        "credentialId": credential,
                    }
                )
                signed_in = keep(
                    {
                        "type": "IdentityCenterUser",
                        "accountId": organization,
                        "onBehalfOf": on_behalf_of,
                        "credentialId": token_id,
                    }
                )
            kind_of = "PASSWORD"
            for what, after, well in plot:
                at = begins + after
                time = date[0] + CLOCK[at] if at < ALL_HOURS else date[1] + CLOCK[at - ALL_HOURS]
                request_id, event_id = new_id(), new_id()
                if what <= SIGNED_IN:
                    if what == CHALLENGE:
                        event = "CredentialChallenge"
                        if after:
                            kind_of = "TOTP"
                        more = {
                            "AuthWorkflowID": workflow,
                            "UserName": name,
                            "CredentialType": kind_of,
                        }
                    elif what == VERIFICATION:
                        event = "CredentialVerification"
                        more = {"AuthWorkflowID": workflow, "CredentialType": kind_of}
                    else:
                        event = "UserAuthentication"
                        more = {
                            "AuthWorkflowID": workflow,
                            "LoginTo": office.PORTAL,
                            "CredentialType": "PASSWORD",
                        }
                    record = {
                        "eventVersion": "1.09",
                        "userIdentity": signing_in,
                        "eventTime": time,
                        "eventSource": "signin.amazonaws.com",
                        "eventName": event,
                        "awsRegion": region,
                        "sourceIPAddress": address,
                        "userAgent": agent,
                        "requestParameters": None,
                        "responseElements": None,
                        "additionalEventData": more,
                        "requestID": request_id,
                        "eventID": event_id,
                        "readOnly": False,
                        "eventType": "AwsServiceEvent",
                        "managementEvent": True,
                        "recipientAccountId": organization,
                        "serviceEventDetails": outcome[event][well],
                        "eventCategory": "Management",
                    }
                elif what in DETAILED:
                    event = DETAILED[what]
                    record = {
                        "eventVersion": "1.08",
                        "userIdentity": signed_in,
                        "eventTime": time,
                        "eventSource": "sso.amazonaws.com",
                        "eventName": event,
                        "awsRegion": region,
                        "sourceIPAddress": address,
                        "userAgent": agent,
                        "requestParameters": None,
                        "responseElements": None,
                        "requestID": request_id,
                        "eventID": event_id,
                        "readOnly": what != FEDERATE,
                        "eventType": "AwsServiceEvent",
                        "managementEvent": True,
                        "recipientAccountId": organization,
                        "serviceEventDetails": (roles if what == ROLES else federations)[account],
                        "eventCategory": "Management",
                    }
                elif what in PLAIN:
                    event, reads = PLAIN[what]
                    record = {
                        "eventVersion": "1.08",
                        "userIdentity": signed_in,
                        "eventTime": time,
                        "eventSource": "sso.amazonaws.com",
                        "eventName": event,
                        "awsRegion": region,
                        "sourceIPAddress": address,
                        "userAgent": agent,
                        "requestParameters": None,
                        "responseElements": None,
                        "requestID": request_id,
                        "eventID": event_id,
                        "readOnly": reads,
                        "eventType": "AwsServiceEvent",
                        "managementEvent": True,
                        "recipientAccountId": organization,
                        "eventCategory": "Management",
                    }
                elif what == TOKEN:
                    record = {
                        "eventVersion": "1.08",
                        "userIdentity": signed_in,
                        "eventTime": time,
                        "eventSource": "sso.amazonaws.com",
                        "eventName": "CreateToken",
                        "awsRegion": region,
                        "sourceIPAddress": address,
                        "userAgent": office.COMMAND_LINE,
                        "requestParameters": {
                            "clientId": f"UL{event_id[:8]}{event_id[24:]}XVzLWVhc3QtMQ",
                            "clientSecret": hidden,
                            "grantType": "authorization_code",
                            "code": hidden,
                            "redirectUri": f"http://127.0.0.1:{50_000 + begins % 9_000}{callback}",
                            "codeVerifier": hidden,
                        },
                        "responseElements": token,
                        "requestID": request_id,
                        "eventID": event_id,
                        "readOnly": False,
                        "resources": resources,
                        "eventType": "AwsApiCall",
                        "managementEvent": True,
                        "recipientAccountId": organization,
                        "eventCategory": "Management",
                        "tlsDetails": oidc_tls,
                    }
                else:
                    record = {
                        "eventVersion": "1.09",
                        "userIdentity": admin,
                        "eventTime": time,
                        "eventSource": "sso-directory.amazonaws.com",
                        "eventName": "SearchUsers" if what == SEARCH else "ListMfaDevicesForUser",
                        "awsRegion": region,
                        "sourceIPAddress": "203.0.113.30",
                        "userAgent": office.BROWSERS[2],
                        "requestParameters": query
                        if what == SEARCH
                        else {"user": {"directoryId": store, "userId": user_id}},
                        "responseElements": None,
                        "requestID": request_id,
                        "eventID": event_id,
                        "readOnly": True,
                        "eventType": "AwsApiCall",
                        "managementEvent": True,
                        "recipientAccountId": organization,
                        "eventCategory": "Management",
                        "tlsDetails": directory_tls,
                        "sessionCredentialFromConsole": "true",
                    }
                add((at, dumps(record)))
        made.sort(key=BY_TIME)
        yield [line for _, line in made]


DETAILED: Final = {
    ROLES: "ListAccountRoles",
    FEDERATE: "Federate",
    CREDENTIALS: "GetRoleCredentials",
}
PLAIN: Final = {
    AUTHENTICATE: ("Authenticate", False),
    APPLICATIONS: ("ListApplications", True),
    ACCOUNTS: ("ListAccounts", True),
    PROFILES: ("ListProfilesForApplication", True),
    LOGOUT: ("Logout", False),
}


def main() -> None:
    """Write so many records to standard output."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("records", type=int)
    parser.add_argument("--fragments", action="store_true")
    given = parser.parse_args()

    left = given.records
    write = sys.stdout.buffer.write
    for lines in days(office.sessions_a_day(given.records), fragment if given.fragments else same):
        if left <= len(lines):
            write(b"\n".join(lines[:left]) + b"\n")
            break
        left -= len(lines)
        write(b"\n".join(lines) + b"\n")


if __name__ == "__main__":
    main()
