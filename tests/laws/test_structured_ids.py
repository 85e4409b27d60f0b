"""What can be read from an id is what the records around it say.

Several ids are opaque only at first sight: real records were found to agree with what is
computed here, from other members of the same records and from nothing of ours.
"""

from __future__ import annotations

import base64
import copy
import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import orjson
import pytest

from simulator.plan.compiler import compile_scenario
from simulator.scenario import library

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STORYLINES: Final = ("cli-access", "console-access", "ide-toolkit")
NIBBLES: Final = {"us-east-1": "4848", "us-east-2": "1b50"}
"""Of user ids, by Region."""
BASE32: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

Record = dict[str, Any]
Records = list[Record]


def records_of(name: str, engine: Any) -> Records:
    """Return the records of a storyline."""
    plan, _ = compile_scenario(library.load(f"storylines/{name}"))
    return [orjson.loads(line) for line in engine.render(plan, 0, plan.horizon).lines]


def named(records: Records, *names: str) -> Iterator[Record]:
    """Yield records of some events."""
    return (record for record in records if record["eventName"] in names)


def decoded(text: str) -> bytes:
    """Return what base 64 spells, URL-safe or not, with its padding or without."""
    plain = text.replace("-", "+").replace("_", "/").rstrip("=")
    return base64.b64decode(plain + "=" * (-len(plain) % 4))


def instant(record: Record) -> datetime:
    """Return when an event happens."""
    return datetime.fromisoformat(record["eventTime"])


def account_of(unique_id: str) -> str:
    """Return the account that a unique id or access key id tells, behind its prefix."""
    bits = 0
    for letter in unique_id[4:13]:
        bits = bits << 5 | BASE32.index(letter)
    # A set bit and forty of the account's number; nine letters have four more.
    return f"{bits >> 4 & (1 << 40) - 1:012d}"


def issuer_names_the_instance(records: Records) -> bool:
    """The issuer ends in base 64 of the instance's account and an application instance."""
    owners = {one["recipientAccountId"] for one in named(records, "UserAuthentication")}
    for record in named(records, "AssumeRoleWithSAML"):
        host, _, text = record["responseElements"]["issuer"].rpartition("/")
        account, _, instance = decoded(text).decode().partition("_ins-")
        if f"portal.sso.{record['awsRegion']}." not in host or len(instance) != 16:
            return False
        if {account} != owners:
            return False
    return True


def qualifier_is_a_hash(records: Records) -> bool:
    """The nameQualifier is a SHA-1 of issuer, account and provider; principalId begins with it."""
    for record in named(records, "AssumeRoleWithSAML"):
        identity, response = record["userIdentity"], record["responseElements"]
        provider = record["requestParameters"]["principalArn"].rpartition("/")[2]
        text = f"{response['issuer']}{record['recipientAccountId']}/{provider}"
        hashed = base64.b64encode(hashlib.sha1(text.encode()).digest()).decode()  # noqa: S324
        told = {response["nameQualifier"], identity["identityProvider"]}
        if told != {hashed} or identity["principalId"] != f"{hashed}:{identity['userName']}":
            return False
    return True


def sessions_are_those_that_began(records: Records) -> bool:
    """A role session has the id and name that AssumeRoleWithSAML gave, and its time."""
    began = {
        (*one["responseElements"]["assumedRoleUser"].values(), one["eventTime"])
        for one in named(records, "AssumeRoleWithSAML")
    }
    used = {
        (
            one["userIdentity"]["principalId"],
            one["userIdentity"]["arn"],
            one["userIdentity"]["sessionContext"]["attributes"]["creationDate"],
        )
        for one in records
        if one["userIdentity"]["type"] == "AssumedRole"
    }
    return bool(used) and used == began


def keys_are_those_that_were_given(records: Records) -> bool:
    """On the command line a session has the one key it was given, another for each session."""
    given = [
        one["responseElements"]["credentials"]["accessKeyId"]
        for one in named(records, "AssumeRoleWithSAML")
    ]
    used = {
        one["userIdentity"]["accessKeyId"]
        for one in records
        if one["userIdentity"]["type"] == "AssumedRole"
        and one["eventName"] != "ConsoleLogin"
        and "sessionCredentialFromConsole" not in one
    }
    return len(given) == len(set(given)) and used == set(given)


def ids_tell_the_account(records: Records) -> bool:
    """Key and role ids spell the account's number."""
    for record in records:
        identity = record["userIdentity"]
        if identity["type"] == "AssumedRole" and {
            account_of(identity["accessKeyId"]),
            account_of(identity["principalId"]),
        } != {record["recipientAccountId"]}:
            return False
    return True


def credentials_expire_when_they_say(records: Records) -> bool:
    """The expiration is durationSeconds after the event."""
    for record in named(records, "AssumeRoleWithSAML"):
        spelled = record["responseElements"]["credentials"]["expiration"]
        until = datetime.strptime(spelled + " +0000", "%b %d, %Y, %I:%M:%S %p %z")
        lasts = timedelta(seconds=record["requestParameters"]["durationSeconds"])
        if until != instant(record) + lasts:
            return False
    return True


def roles_lie_in_the_regions_path(records: Records) -> bool:
    """A role's path names the instance's Region, unless that is us-east-1; a session's does not."""
    for record in named(records, "AssumeRoleWithSAML"):
        region, account = record["awsRegion"], record["recipientAccountId"]
        path = "" if region == "us-east-1" else f"{region}/"
        arn = record["requestParameters"]["roleArn"]
        name = arn.rpartition("/")[2]
        session = record["requestParameters"]["roleSessionName"]
        if arn != f"arn:aws:iam::{account}:role/aws-reserved/sso.amazonaws.com/{path}{name}":
            return False
        made = f"arn:aws:sts::{account}:assumed-role/{name}/{session}"
        if record["responseElements"]["assumedRoleUser"]["arn"] != made:
            return False
    return True


def tokens_tell_their_expiry(records: Records) -> bool:
    """The credentialId of a call by token spells when the token that came last expires."""
    expiries: list[float] = []
    for record in records:
        if record["eventName"] == "CreateToken" and record["responseElements"] is not None:
            lasts = record["responseElements"]["expiresIn"]
            expiries.append(instant(record).timestamp() + lasts)
        credential = record["userIdentity"].get("credentialId", "")
        if len(credential) == 86:
            told = int.from_bytes(decoded(credential)[:8], "big")
            if told != expiries[-1]:
                return False
    return True


def clients_and_handles_name_the_region(records: Records) -> bool:
    """OIDC client ids end in the Region, session handles begin with it."""
    for record in named(records, "CreateToken"):
        region = record["awsRegion"]
        if decoded(record["requestParameters"]["clientId"])[16:].decode() != region:
            return False
        handle = bytes.fromhex(record["userIdentity"]["credentialId"])
        if not handle.startswith(f"{region}-".encode()):
            return False
    return True


def users_have_the_regions_digits(records: Records) -> bool:
    """Every second digit of a user id's first group is the Region's."""
    for record in records:
        user = record["userIdentity"].get("onBehalfOf", {}).get("userId")
        region = record["awsRegion"]
        if user and record["eventSource"] != "iam.amazonaws.com" and user[1:8:2] != NIBBLES[region]:
            return False
    return True


def _at(*path: str) -> Callable[[Record, Any], None]:
    def put(record: Record, value: Any) -> None:
        for name in path[:-1]:
            record = record[name]
        record[path[-1]] = value

    return put


_ASSUMED = "AssumeRoleWithSAML"
LAWS: Final[list[tuple[Callable[[Records], bool], str, Callable[[Record, Any], None], Any]]] = [
    (
        issuer_names_the_instance,
        _ASSUMED,
        _at("responseElements", "issuer"),
        "https://portal.sso.us-east-2.amazonaws.com/saml/assertion/"
        + base64.b64encode(b"999999999999_ins-0123456789abcdef").decode(),
    ),
    (qualifier_is_a_hash, _ASSUMED, _at("recipientAccountId"), "999999999999"),
    (
        sessions_are_those_that_began,
        "GetCallerIdentity",
        _at("userIdentity", "principalId"),
        "AROA2EXAMPLE:anyuser",
    ),
    (
        keys_are_those_that_were_given,
        "GetCallerIdentity",
        _at("userIdentity", "accessKeyId"),
        "ASIAWO645SY5AAAAAAAA",
    ),
    (
        ids_tell_the_account,
        "GetCallerIdentity",
        _at("userIdentity", "accessKeyId"),
        "ASIAQQQQQQQQQQQQQQQQ",
    ),
    (
        credentials_expire_when_they_say,
        _ASSUMED,
        _at("requestParameters", "durationSeconds"),
        1_234,
    ),
    (roles_lie_in_the_regions_path, _ASSUMED, _at("awsRegion"), "us-west-2"),
    (tokens_tell_their_expiry, "CreateToken", _at("responseElements", "expiresIn"), 1),
    (clients_and_handles_name_the_region, "CreateToken", _at("awsRegion"), "us-west-2"),
    (
        users_have_the_regions_digits,
        "CreateToken",
        _at("userIdentity", "onBehalfOf", "userId"),
        "94d8a4b8-30a1-70f2-1c6e-5b7d9f1a3c5e",
    ),
]
"""Law, and an event in which it is broken by putting a value in a place."""


@pytest.mark.parametrize("name", STORYLINES)
def test_ids_agree_with_what_they_are_made_of(engine, name):
    """In every storyline in which accounts are entered, on both sides of the cutover."""
    records = records_of(name, engine)

    assert [law.__name__ for law, *_ in LAWS if not law(records)] == []


def test_a_value_of_another_making_is_seen(engine):
    """Negative control: each law fails when one value is another."""
    records = records_of("cli-access", engine)
    blind = []
    for law, event, put, value in LAWS:
        broken = copy.deepcopy(records)
        put(next(named(broken, event)), value)
        if law(broken):
            blind.append(law.__name__)

    assert blind == []
