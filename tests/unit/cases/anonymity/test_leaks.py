"""Whatever a case says of a customer is found, in whatever form it says it."""

from __future__ import annotations

import urllib.parse
from typing import TYPE_CHECKING, Any

import pytest

from simulator.cases.anonymity.anonymise import Anonymiser
from simulator.cases.anonymity.leaks import leaks
from simulator.cases.anonymity.pieces import PIECE_KINDS
from simulator.directory import identifiers
from tests.unit.cases.customers import (
    ACCOUNT,
    ADDRESS,
    KEY,
    MAIL,
    MEMBER,
    NAME,
    ROLE,
    STORE,
    USER,
    a_record,
    in_base64,
    in_base64url,
    lines_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

VALUES = (ACCOUNT, MEMBER, STORE, USER, NAME, MAIL, ADDRESS, ROLE, KEY, "Zanzibar Freight")


def again(text: str) -> str:
    """Return a text with %XX, twice."""
    return urllib.parse.quote(urllib.parse.quote(text, safe=""), safe="").replace(".", "%252E")


DISGUISES: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "in capitals": str.upper,
    "with %XX": lambda text: urllib.parse.quote(text, safe=""),
    "with %XX throughout": lambda text: "".join(f"%{octet:02x}" for octet in text.encode()),
    "with %XX twice": again,
    "in base 64": in_base64,
    "in base 64 for URLs": in_base64url,
    "in base 64, not at its beginning": lambda text: in_base64(f"ab{text}yz"),
    "in base 64 behind a path": lambda text: f"saml/assertion/{in_base64(text)}",
    "in base 64 in base 64": lambda text: in_base64(f"x={in_base64(text)}"),
    "in hexadecimal": lambda text: text.encode().hex(),
    "in quotes": lambda text: f'"{text}"',
    "in JSON in text": lambda text: f'"{{\\"who\\": \\"{text}\\"}}"',
    "with escapes": lambda text: "".join(f"\\u{ord(letter):04x}" for letter in text),
    "with what is not seen": "\u200b".join,
    "in wide letters": lambda text: "".join(
        chr(ord(letter) + 0xFEE0) if letter.isalnum() else letter for letter in text
    ),
    "over the end of a line": lambda text: f'"{text[:4]}\\\n    \\{text[4:]}"',
    "in an ARN": lambda text: f"arn:aws:iam::000000000000:user/{text}",
    "in a URL": lambda text: f"https://portal.example.com/?who={text}#{text}",
}


@pytest.mark.parametrize("how", DISGUISES)
@pytest.mark.parametrize("value", VALUES)
def test_a_value_is_found_in_every_form(value: str, how: str) -> None:
    """The place in the text and the member are told."""
    text = f"scenario: case\nstoryline:\n  - {DISGUISES[how](value)}\n"

    found = leaks([a_record()], text)

    assert found
    assert found[0].record == 1
    assert {leak.line for leak in found} <= {3, 4}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0123-4567-8901", ACCOUNT),
        ("012 345 678 901", ACCOUNT),
        (f"aws-cloudtrail-logs-{ACCOUNT}-ab", ACCOUNT),
        (f"x{ACCOUNT}y", ACCOUNT),
        (identifiers.role_id(7, 8, ACCOUNT), ACCOUNT),
        ("https://acme-corp.co.uk/", "corp"),
        ("AcmeSyncTool", "AcmeSync"),
        ("zanzibarian", "Zanzibar"),
        ("{payrolladmins: 1}", "PayrollAdmins"),
        ("99417", "99417"),
    ],
)
def test_parts_are_found(text: str, value: str) -> None:
    """Accounts with something between their digits, names in longer words."""
    assert value in {leak.value for leak in leaks([a_record()], text)}


def test_a_finding_says_which_value_and_where() -> None:
    """What a person needs to see why a case is not written."""
    (found,) = leaks([a_record()], "a\nb\nsource: 81.169.145.77\n")

    assert str(found) == "line 3: '81.169.145.77' of sourceIPAddress in record 1"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "scenario: case\nwindow: {start: 2025-08-20, days: 1}\nusers:\n  - {name: ana.lopez}\n",
        "AccessDeniedException: the user is not authorized to perform sso:ListInstances",
        "arn:aws:iam::aws:policy/AdministratorAccess",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64)",
        "portal.sso.us-east-1.amazonaws.com",
        "background: {events: 0}\nstoryline:\n  - does: sign-in\n    with: {password: [right]}",
    ],
)
def test_what_says_nothing_is_no_leak(text: str) -> None:
    """Words of the scenario language and of AWS are everybody's."""
    assert leaks([a_record()], text) == []


def test_addresses_that_begin_alike_are_two() -> None:
    """203.0.113.117 does not contain 203.0.113.11."""
    assert leaks([a_record(sourceIPAddress="203.0.113.11")], "- 203.0.113.117 7\n") == []


def test_a_managed_policy_may_be_called_like_a_permission_set() -> None:
    """The policy's ARN stays, and with it the word."""
    managed = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    record = a_record(requestParameters={"name": "ReadOnlyAccess", "policyArn": managed})

    assert leaks([record], managed) == []


# What each kind of piece is found by: a value that an anonymiser might miss.
MISSED: dict[str, Any] = {
    "account": {"targetId": MEMBER},
    "organization": {"x": "o-a1b2c3d4e5"},
    "store": {"x": STORE},
    "uuid": {"x": USER},
    "id": {"x": "ps-1a2b3c4d5e6f7a8b"},
    "unique": {"x": "AROAEXAMPLEROLE00001"},
    "sid": {"x": "acme.com//S-1-5-21-1004336348-1177238915-682003330-1126"},
    "address": {"x": "2600:1f18::5a"},
    "host": {"startUrl": "https://zebra.awsapps.com/start"},
    "name": {"displayName": "Quagga"},
    "agent": {"userAgent": "Dodo/1"},
    "text": {"x": "Okapi"},
    "number": {"x": 48213},
    "version": {"x": "131.27.4"},
    "token": {"x": "Q1W2e3R4t5Y6u7I8o9P0"},
}


class Careless(Anonymiser):
    """Leaves values of one kind as they are."""

    missed = ""

    def placeholder(self, kind: str, text: str) -> str:
        """Return the value itself, if it is of that kind."""
        return text if kind == self.missed else super().placeholder(kind, text)


@pytest.mark.parametrize("kind", MISSED)
def test_an_anonymiser_that_misses_a_kind_is_caught(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The search does not believe the anonymiser."""
    asked = MISSED[kind]
    record = a_record(userAgent="Mozilla/5.0", errorMessage="denied", requestParameters=asked)
    careful = lines_of([Anonymiser([record]).record(record)])
    monkeypatch.setattr(Careless, "missed", kind)

    careless = lines_of([Careless([record]).record(record)])

    assert leaks([record], careful) == []
    assert leaks([record], careless)


def test_an_anonymiser_that_looks_into_nothing_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Base 64, %XX and JSON in text are looked into."""
    monkeypatch.setattr(Anonymiser, "_instead", lambda _self, _path, piece: piece.text)
    record = a_record(
        requestParameters={
            "a": in_base64(MAIL),
            "b": "Jos%C3%A9%20",
            "c": '{"d":"\\u0051uagga"}',
        }
    )

    text = lines_of([Anonymiser([record]).record(record)])

    assert {leak.value for leak in leaks([record], text)} >= {"José", "Quagga"}


def test_every_kind_has_its_control() -> None:
    """Encodings and times have others; an emoji says nothing."""
    others = {"encoded", "escaped", "quoted", "symbol", "time"}

    assert {*MISSED} == {*PIECE_KINDS} - others


def test_a_long_text_is_searched() -> None:
    """A scenario of half a megabyte, with the leak in its last line."""
    text = "users:\n" + "  - {name: ana.lopez, groups: [Xylophones]}\n" * 10_000 + f"# {ADDRESS}\n"

    found = leaks([a_record()], text)

    assert [(leak.line, leak.value) for leak in found] == [(10_002, ADDRESS)]
