"""Records with other names: the same form, the same relations, and nothing of what was there."""

from __future__ import annotations

import ipaddress
import re
import time
from typing import Any, Final

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.cases.anonymity.anonymise import Anonymiser
from simulator.cases.anonymity.leaks import leaks
from simulator.cases.anonymity.pieces import alike, pieces
from simulator.cases.anonymity.placeholders import account_inside
from simulator.cases.anonymity.reading import leaves
from simulator.directory import identifiers
from simulator.primitives.instants import WEEK
from simulator.validation.looks import look_of
from tests.records.cases import cases
from tests.unit.cases.customers import (
    ACCOUNT,
    ADDRESS,
    KEY,
    MAIL,
    MEMBER,
    NAME,
    OLD_USER,
    ROLE,
    STORE,
    USER,
    a_record,
    in_base64,
    in_base64url,
    lines_of,
    skeleton,
    texts_of,
    told,
)

TOLD: Final = (
    "quickstart",
    "storylines/password-totp",
    "storylines/permission-set-assigned",
    "storylines/scim-okta",
    "storylines/unknown-user",
    "plays/rogue-permission-set",
)


ROLES: Final = f"arn:aws:iam::{ACCOUNT}:role"
ASSERTIONS: Final = "https://portal.sso.us-east-2.amazonaws.com/saml/assertion"


def anonymised(*records: dict[str, Any], weeks: int = 0) -> list[dict[str, Any]]:
    """Return records as one anonymiser gives them."""
    anonymiser = Anonymiser(records, weeks=weeks)
    return [anonymiser.record(record) for record in records]


def payload(**members: Any) -> dict[str, Any]:
    """Return what stands in for the requestParameters of the customer's record."""
    return anonymised(a_record(requestParameters=members))[0]["requestParameters"]


# ---- Consistency ---------------------------------------------------------------------


def test_one_value_has_one_placeholder_wherever_it_stands() -> None:
    """The account, the name, the store and the address are the same in every member."""
    made = anonymised(
        a_record(
            recipientAccountId=ACCOUNT,
            requestParameters={
                "number": int(ACCOUNT),
                "dashed": "0123-4567-8901",
                "login": f"https://{STORE}.awsapps.com/start?u={MAIL.replace('@', '%40')}",
                "again": NAME.upper(),
                "old": OLD_USER,
                "packed": in_base64url(f"{NAME} at {ADDRESS}"),
            },
        )
    )[0]
    identity, asked = made["userIdentity"], made["requestParameters"]
    account, mail, address = identity["accountId"], identity["userName"], made["sourceIPAddress"]
    name = mail.partition("@")[0]
    store = identity["onBehalfOf"]["identityStoreArn"].rpartition("/")[2]

    assert made["recipientAccountId"] == account
    assert asked["number"] == int(account)
    assert asked["dashed"] == f"{account[:4]}-{account[4:8]}-{account[8:]}"
    assert asked["login"] == f"https://{store}.awsapps.com/start?u={mail.replace('@', '%40')}"
    assert asked["again"] == name.upper()
    assert asked["old"].startswith(store.removeprefix("d-"))
    assert asked["packed"] == in_base64url(f"{name} at {address}")
    assert identity["arn"].endswith(f"/{name}")
    assert identity["principalId"].endswith(f":{name}")
    assert made["errorMessage"].startswith(f"User {name} of ")


def test_an_id_of_iam_spells_the_account_that_stands_in() -> None:
    """Eight characters of such an id are the account; both keep belonging together."""
    identity = anonymised(a_record())[0]["userIdentity"]

    assert account_inside(KEY.removeprefix("ASIA")) == ACCOUNT
    assert account_inside(identity["accessKeyId"].removeprefix("ASIA")) == identity["accountId"]


words = st.text("abcdefgABCDEFG0123456789éß-_.@ /", min_size=1, max_size=14)


@given(st.lists(words, min_size=2, max_size=12, unique=True))
def test_two_values_never_share_a_placeholder(values: list[str]) -> None:
    """What differs in the records differs in the case."""
    record = a_record(requestParameters={"displayName": values})

    made = anonymised(record)[0]["requestParameters"]["displayName"]

    assert len(set(made)) == len(values)


@given(st.lists(words, min_size=1, max_size=8))
def test_two_runs_give_the_same(values: list[str]) -> None:
    """There is nothing random in it."""
    record = a_record(requestParameters={"displayName": values})

    assert anonymised(record) == anonymised(record)


def test_a_placeholder_says_nothing_of_the_value() -> None:
    """Other values of the same form have the same placeholders, in order of appearance."""
    one = a_record()
    other = orjson.loads(
        orjson.dumps(one)
        .replace(ACCOUNT.encode(), b"098765432109")
        .replace(MEMBER.encode(), b"555566667777")
        .replace(NAME.encode(), b"hugo.kerr")
        .replace(USER.encode(), b"a4b8c8d2-e0f1-7045-9a2e-1f0d3c5b7a90")
        .replace(ADDRESS.encode(), b"9.9.9.9")
    )
    # The unique ids spell accounts, which are no part of this.
    for record in (one, other):
        record["userIdentity"].pop("principalId")
        record["userIdentity"].pop("accessKeyId")

    first, second = anonymised(one)[0], anonymised(other)[0]

    assert first["userIdentity"]["accountId"] == second["userIdentity"]["accountId"]
    assert first["requestParameters"] == second["requestParameters"]
    assert first["sourceIPAddress"] == second["sourceIPAddress"]


@given(st.lists(words, min_size=1, max_size=12))
def test_no_placeholder_is_an_original(values: list[str]) -> None:
    """Or a reader would take the one for the other."""
    record = a_record(requestParameters={"displayName": values})
    said = {
        piece.text.lower()
        for value in texts_of(record)
        for piece in pieces(("userName",), value)
        if piece.kind not in {"", "time"} and len(piece.text) > 3
    }

    made = anonymised(record)[0]["requestParameters"]["displayName"]

    found = {piece.text.lower() for value in made for piece in pieces(("userName",), value)}
    assert not found & said


# ---- Form ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        "x" * 64,
        "Ana",
        "O'Neil-Smith",
        "éàü",
        "田中 太郎",
        "Иван",
        "ANA.LOPEZ99",
        "gr\u200bant \u202eevil\u202c\x07",
        "👩‍👩‍👧 team",
        "a1b2c3d4e5",
    ],
)
def test_length_and_sorts_of_letters_stay_in_place(value: str) -> None:
    """A parser that breaks on the value breaks on what stands in for it."""
    made = payload(displayName=value)["displayName"]

    assert made != value
    assert len(made) == len(value)
    for was, now in zip(value, made, strict=True):
        assert (was.isupper(), was.islower(), was.isdecimal(), was.isalpha()) == (
            now.isupper(),
            now.islower(),
            now.isdecimal(),
            now.isalpha(),
        )
        if not was.isalnum() and ord(was) < 0x1F000:
            assert now == was


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("account.id", ACCOUNT),
        ("store.id", STORE),
        ("user.id", USER),
        ("user.id", OLD_USER),
        ("event.id", "0f1e2d3c-4b5a-4978-8796-a5b4c3d2e1f0"),
        ("instance.arn", "arn:aws:sso:::instance/ssoins-72231a2b3c4d5e6f"),
        ("role.id", "AROAQABHR5DPORWXO2IUA"),
        ("admin.key", KEY),
        ("role.arn", f"{ROLES}/aws-reserved/sso.amazonaws.com/{ROLE}"),
        (
            "provider.arn",
            f"{ROLES}/AWSSSO_1a2b3c4d5e6f7a8b_DO_NOT_DELETE".replace(":role", ":saml-provider"),
        ),
        ("user.sid", "acme.com//S-1-5-21-1004336348-1177238915-682003330-1126"),
        ("session.handle", "75732d656173742d322d" + "0f1e2d3c4b5a6978" * 2),
        ("provider.qualifier", "WFgTw2OfgOxIgzkwxmkYnzYyKPI="),
        ("provider.issuer", f"{ASSERTIONS}/" + in_base64(f"{ACCOUNT}_ins-0123456789abcdef")),
        ("event.java_time", "Jan 13, 2025 9:00:00 AM"),
    ],
)
def test_ids_stay_valid(field: str, value: str) -> None:
    """What stands in for an id passes what `validate` asks of it."""
    made = anonymised(a_record(requestParameters={"x": value}), weeks=2)[0]["requestParameters"][
        "x"
    ]

    assert made != value
    assert look_of(field)(made)


def test_what_a_region_gives_to_an_id_stays() -> None:
    """The first digits of a store's id, some of a user's, and the head of a session's handle."""
    handle = "75732d656173742d322d" + "0f1e2d3c4b5a6978" * 2
    made = payload(store=STORE, user=USER, handle=handle)

    assert made["store"][:6] == STORE[:6]
    assert [made["user"][place] for place in (1, 3, 5, 7, 10, 12, 14, 15)] == list("48480170")
    assert made["handle"][:20] == handle[:20]


def test_addresses_are_of_documentation() -> None:
    """Nobody's address is in a case."""
    many = [f"8.8.{high}.{low}" for high in range(8) for low in range(1, 200)]
    made = payload(four=many, six="2600:1f18::5a", mapped="::ffff:8.8.4.4")
    blocks = [
        ipaddress.ip_network(block)
        for block in ("203.0.113.0/24", "198.51.100.0/24", "198.18.0.0/15")
    ]

    assert len(set(made["four"])) == len(many)
    for address in made["four"]:
        assert any(ipaddress.ip_address(address) in block for block in blocks)
    assert ipaddress.ip_address(made["six"]) in ipaddress.ip_network("2001:db8::/32")
    assert made["mapped"].startswith("::ffff:")


def test_a_token_that_says_when_it_ends_says_it_later() -> None:
    """The first eight bytes of such a token are its end, which moves with all times."""
    ends = 1_755_680_700_000
    token = identifiers.token_credential_id(1, 2, ends)
    record = a_record(userIdentity={"credentialId": token})

    made = anonymised(record, weeks=1)[0]["userIdentity"]["credentialId"]

    assert len(made) == len(token)
    assert made[:10] == identifiers.token_credential_id(1, 2, ends + WEEK)[:10]
    assert made[11:] != token[11:]


def test_times_move_by_whole_weeks_in_every_form() -> None:
    """Weekday, time of day and spelling stay; what is no day of the calendar is no time."""
    record = a_record(
        requestParameters={
            "createdDate": "Aug 20, 2025, 9:05:00 AM",
            "mail": "Wed, 20 Aug 2025 09:05:00 GMT",
            "compact": "20250820T090500Z",
            "fine": "2025-08-20T09:05:00.123456+02:00",
            "expiresAt": 1755680700,
            "expiryTime": 1755680700123,
            "never": "9999-12-31T23:59:59Z",
        }
    )

    made = anonymised(record, weeks=2)[0]

    assert made["eventTime"] == "2025-09-03T08:00:00Z"
    assert made["requestParameters"] == {
        "createdDate": "Sep 3, 2025, 9:05:00 AM",
        "mail": made["requestParameters"]["mail"],
        "compact": "20250903T090500Z",
        "fine": "2025-09-03T09:05:00.123456+02:00",
        "expiresAt": 1755680700 + 2 * 604_800,
        "expiryTime": 1755680700123 + 2 * 604_800_000,
        "never": "9999-12-31T23:59:59Z",
    }
    assert made["requestParameters"]["mail"].endswith("03 Sep 2025 09:05:00 GMT")


def test_structure_order_nulls_and_types_stay() -> None:
    """Only texts and numbers change."""
    record = a_record(
        requestParameters={
            "list": [None, True, False, 0, 1.5, -12345, "ana", {"deep": [[[]]]}, {}],
            "tags": {"Owner": "Ana", "ana@acme.com": "x"},
        }
    )

    made = anonymised(record)[0]

    assert skeleton(made) == skeleton(record)
    assert list(made) == list(record)
    assert made["requestParameters"]["list"][:4] == [None, True, False, 0]


@pytest.mark.parametrize("encode", [in_base64, in_base64url, lambda text: text.replace(".", "%2E")])
def test_what_is_encoded_is_encoded_alike(encode: Any) -> None:
    """Inside, names have their placeholders; outside, the encoding is the same."""
    made = payload(plain=f"{NAME}@acme", packed=encode(f"{NAME}@acme"))

    assert made["packed"] == encode(made["plain"])


def test_documents_in_text_stay_documents() -> None:
    """JSON in JSON in JSON, with escapes, is JSON still."""
    inner = orjson.dumps({"user": f'gr"{NAME}\n', "Version": "2012-10-17"}).decode()
    outer = orjson.dumps({"inner": inner, "account": int(MEMBER)}).decode()

    made = orjson.loads(payload(document=outer)["document"])

    assert list(made) == ["inner", "account"]
    assert orjson.loads(made["inner"])["Version"] == "2012-10-17"
    assert NAME not in made["inner"]


def test_a_web_token_stays_one() -> None:
    """Its head and its claims are read, and its times move."""
    claims = {"sub": NAME, "iat": 1755676800}
    head, body = ('{"alg":"HS256","typ":"JWT"}', orjson.dumps(claims).decode())
    token = f"{in_base64url(head)}.{in_base64url(body)}.c2lnbmF0dXJlLXNpZ25hdHVyZQ"

    made = anonymised(a_record(requestParameters={"x": token}), weeks=1)[0]["requestParameters"][
        "x"
    ]

    head, body, signature = made.split(".")
    assert head == token.split(".", maxsplit=1)[0]
    assert pieces((), body)[0].kind == "encoded"
    assert in_base64url('{"sub":"')[:9] == body[:9]
    assert len(signature) == len(token.split(".")[2])
    assert signature != token.split(".")[2]


def test_two_members_never_become_one() -> None:
    """Names of members that are replaced stay apart from those that are not."""
    tags = {letter: letter for letter in "abcdefghijklmnopqrstuvwxyz"}

    made = payload(tags=tags)["tags"]

    assert len(made) == len(tags)


@given(st.dictionaries(st.text(max_size=5), st.integers(0, 9), max_size=8))
def test_as_many_members_are_there_as_before(tags: dict[str, int]) -> None:
    """Whatever they are called."""
    assert len(payload(tags=tags)["tags"]) == len(tags)


# ---- Names that are ordinary words ---------------------------------------------------


def test_a_name_of_ordinary_words_is_replaced_in_messages() -> None:
    """`grant` and `portal` are words of AWS's, and names of these people."""
    record = a_record(
        userIdentity={"userName": "grant.zorro"},
        errorMessage="grant.zorro or Grant Zorro may not: no grant",
    )

    made = anonymised(record)[0]["errorMessage"]

    assert "grant" not in made.lower()
    assert "may not: no" in made


def test_words_of_programs_stay_though_somebody_is_called_so() -> None:
    """A user called Lang changes no user agent, but in a message she is not named."""
    agent = "aws-sdk-java/2.29.6 ua/2.1 lang/java#17.0.13"
    record = a_record(
        userIdentity={"userName": "lang"}, userAgent=agent, errorMessage="lang is not found"
    )

    made = anonymised(record)[0]

    assert made["userAgent"] == agent
    assert "lang" not in made["errorMessage"]


def test_a_code_that_contains_a_name_is_changed() -> None:
    """What looks like an error code stays only while it names nobody."""
    record = a_record(userIdentity={"userName": "zorro"}, errorCode="ZorroQuotaException")

    assert "Zorro" not in anonymised(record)[0]["errorCode"]
    assert anonymised(a_record(errorCode="ZorroQuotaException"))[0]["errorCode"].startswith("Zorro")


# ---- Real records --------------------------------------------------------------------


def test_every_published_form_anonymises_without_a_leak() -> None:
    """Every record case: none says anything of the records it was made of."""
    records = [orjson.loads(orjson.dumps(case.record)) for case in cases()]

    made = anonymised(*records)

    assert [skeleton(record) for record in made] == [skeleton(record) for record in records]
    assert [str(leak) for leak in leaks(records, lines_of(made))] == []


@pytest.mark.parametrize("name", TOLD)
def test_shipped_scenarios_anonymise_without_a_leak(name: str) -> None:
    """The records of storylines, plays and everyday activity."""
    records = told(name)[:300]

    made = anonymised(*records, weeks=1)

    assert [skeleton(record) for record in made] == [skeleton(record) for record in records]
    assert [str(leak) for leak in leaks(records, lines_of(made))] == []


def test_pieces_of_records_and_of_what_stands_in_are_alike() -> None:
    """So a comparison up to renaming finds that both say the same."""
    records = told("storylines/password-totp")
    for was, now in zip(records, anonymised(*records, weeks=1), strict=True):
        for (path, one, _), (_, other, _) in zip(leaves(was), leaves(now), strict=True):
            first, second = pieces(path, str(one)), pieces(path, str(other))
            for left, right in zip(first, second, strict=True):
                assert left.kind == right.kind
                assert alike(left.kind, left.text, right.text)


# ---- Hostile input -------------------------------------------------------------------


def test_deep_records_are_walked() -> None:
    """Depth costs no stack."""
    deep: Any = "ana.lopez"
    for _ in range(5_000):
        deep = {"a": [deep]}

    made = anonymised({"eventTime": "2025-01-01T00:00:00Z", "requestParameters": deep})[0]

    for _ in range(5_000):
        made = made.get("requestParameters", made)["a"][0] if "a" not in made else made["a"][0]
    assert re.fullmatch(r"[a-z]{3}\.[a-z]{5}", made)
    assert made != "ana.lopez"


def test_long_texts_take_little_time() -> None:
    """A hundred kilobytes, of one word and of many."""
    begin = time.process_time()

    made = payload(one="q" * 100_000, many=" ".join(f"w{place}x" for place in range(15_000)))

    assert len(made["one"]) == 100_000
    assert time.process_time() - begin < 20


def test_time_grows_with_the_number_of_values() -> None:
    """Twenty thousand different names, and ids."""
    names = [f"user{place:05d}.{place * 7919 % 100_003}z" for place in range(20_000)]
    begin = time.process_time()

    made = payload(displayName=names)["displayName"]

    assert len(set(made)) == len(names)
    assert time.process_time() - begin < 40


def test_words_too_short_for_all_grow_longer() -> None:
    """There are 676 words of two letters; the next ones are longer, and differ."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    names = [one + other for one in letters for other in letters]

    made = payload(displayName=names)["displayName"]

    assert len(set(made)) == len(names)
    assert not set(made) & set(names)
