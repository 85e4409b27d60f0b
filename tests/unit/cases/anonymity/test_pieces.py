"""Values cut into pieces: what stays, what does not, and that nothing is lost."""

from __future__ import annotations

import time
from typing import Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from simulator.cases.anonymity.pieces import (
    PIECE_KINDS,
    alike,
    member_pieces,
    number_pieces,
    pieces,
)
from tests.unit.cases.customers import in_base64, in_base64url

PATHS: Final = (
    (),
    ("userIdentity", "userName"),
    ("userAgent",),
    ("errorMessage",),
    ("requestParameters", "tags", "value"),
    ("requestParameters", "policyDocument"),
)
PARTS: Final = (
    *("arn:aws:iam::", "arn:aws:sts::444455556666:assumed-role/", "444455556666", "d-9067642ac7"),
    *("https://", "acme.awsapps.com", "%40", "%2540", "%C3%A9", "%", "@", "/", "\\", "\u200b"),
    *("S-1-5-21-1-2-3-4", "AROAQABHR5DPORWXO2IUA", "::1", "10.0.0.1", "2025-01-13T08:00:00Z"),
    *("Jan 13, 2025 9:00:00 AM", '{"a":', "}", '["x"]', "eyJhbGciOiJIUzI1NiJ9", ".", "😀", "é"),
    *("94d8a4b8-30a1-70f2-1c6e-5b7d9f1a3c5e", "us-east-1", "sso:ListInstances", "ana.lopez"),
)
anything = st.one_of(
    st.text(max_size=60),
    st.lists(st.one_of(st.sampled_from(PARTS), st.text(max_size=4)), max_size=8).map("".join),
)


def cut(path: tuple[str, ...], value: str) -> list[tuple[str, str]]:
    """Return the pieces that say something: kind and text."""
    return [(piece.kind, piece.text) for piece in pieces(path, value) if piece.kind]


@given(st.sampled_from(PATHS), anything)
@example((), '{"a":"b\\u00e9","c":[1,{"d":null}]}')
@example((), "%7B%22Version%22%3A%222012-10-17%22%7D")
@example((), "[]")
def test_pieces_joined_are_the_value(path: tuple[str, ...], value: str) -> None:
    """Nothing is lost and nothing added, whatever the text."""
    found = pieces(path, value)

    assert "".join(piece.text for piece in found) == value
    assert {piece.kind for piece in found} <= {"", *PIECE_KINDS}


@given(anything)
def test_pieces_of_a_members_name_joined_are_the_name(name: str) -> None:
    """Nothing is lost of names either."""
    for path in ((), ("requestParameters", "tags")):
        assert "".join(piece.text for piece in member_pieces(path, name)) == name


@given(st.one_of(st.integers(-(2**63), 2**64 - 1), st.floats(allow_nan=False)))
def test_pieces_of_a_number_joined_are_the_number(value: float) -> None:
    """Nor of numbers."""
    assert "".join(piece.text for piece in number_pieces((), repr(value))) == repr(value)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("eventName",), "CreateUser"),
        (("eventSource",), "sso.amazonaws.com"),
        (("awsRegion",), "ap-southeast-2"),
        (("userIdentity", "type"), "IdentityCenterUser"),
        (("userIdentity", "invokedBy"), "ec2.amazonaws.com"),
        (("sourceIPAddress",), "AWS Internal"),
        (("requestParameters", "principalType"), "GROUP"),
        (("requestParameters", "displayName"), "HIDDEN_DUE_TO_SECURITY_REASONS"),
        (("requestParameters", "sessionDuration"), "PT8H"),
        (("requestParameters", "scope"), "sso:account:access"),
        (("requestParameters", "policyArn"), "arn:aws:iam::aws:policy/job-function/Billing"),
        (("requestParameters", "operations", "attributePath"), "displayName"),
        (("tlsDetails", "cipherSuite"), "ECDHE-RSA-AES128-GCM-SHA256"),
        (("tlsDetails", "clientProvidedHostHeader"), "portal.sso.us-east-1.amazonaws.com"),
        (("errorCode",), "AccessDenied"),
        (("errorMessage",), "The request is not authorized to perform this operation"),
        (("userAgent",), "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Gecko/20100101"),
    ],
)
def test_what_says_nothing_of_anybody_stays(path: tuple[str, ...], value: str) -> None:
    """Words of our own tables and forms that AWS gives to all stay as they are."""
    assert cut(path, value) == []


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (
            ("userIdentity", "arn"),
            "arn:aws:sts::444455556666:assumed-role/AWSReservedSSO_Pay_0f1e2d3c4b5a6978/ana.lopez",
            [
                ("account", "444455556666"),
                ("name", "Pay"),
                ("id", "0f1e2d3c4b5a6978"),
                ("name", "ana"),
                ("name", "lopez"),
            ],
        ),
        (
            ("userIdentity", "onBehalfOf", "userId"),
            "9067642ac7-9d976f61-3b89-4b98-88db-2ea3bbc1f3fa",
            [("store", "9067642ac7"), ("uuid", "9d976f61-3b89-4b98-88db-2ea3bbc1f3fa")],
        ),
        (
            ("userIdentity", "principalId"),
            "acme.com//S-1-5-21-1004336348-1177238915-682003330-1126",
            [
                ("name", "acme"),
                ("name", "com"),
                ("sid", "1004336348-1177238915-682003330"),
                ("number", "1126"),
            ],
        ),
        (
            ("requestParameters", "instanceArn"),
            "arn:aws:sso:::instance/ssoins-72231a2b3c4d5e6f",
            [("id", "1a2b3c4d5e6f")],
        ),
        (("userIdentity", "accessKeyId"), "ASIAQABHR5DPORWXO2IU", [("unique", "QABHR5DPORWXO2IU")]),
        (("sourceIPAddress",), "2600:1f18::5a", [("address", "2600:1f18::5a")]),
        (("sourceIPAddress",), "::ffff:8.8.4.4", [("address", "8.8.4.4")]),
        (("userAgent",), "Chrome/131.0.0.0", [("version", "131.0.0.0")]),
        (("userAgent",), "AcmeSync/3.7", [("agent", "AcmeSync"), ("version", "3.7")]),
        (
            ("additionalEventData", "LoginTo"),
            "https://d-9067642ac7.awsapps.com/start/?organization=d-9067642ac7&region=us-east-1",
            [("store", "9067642ac7"), ("store", "9067642ac7")],
        ),
        (
            ("requestParameters", "startUrl"),
            "https://acme.awsapps.com/start",
            [("host", "acme")],
        ),
        (("x",), "to=ana%2540lopez", [("text", "ana"), ("text", "lopez")]),
        (("x",), "Jos%C3%A9", [("escaped", "Jos%C3%A9")]),
        (("x",), in_base64("ana@acme.org"), [("encoded", in_base64("ana@acme.org"))]),
        (("x",), in_base64url("ana?lopez>~"), [("encoded", in_base64url("ana?lopez>~"))]),
        (
            ("x",),
            "saml/assertion/" + in_base64("444455556666_ins-0123456789abcdef"),
            [("encoded", in_base64("444455556666_ins-0123456789abcdef"))],
        ),
        (("x",), "Jan 13, 2025, 9:00:00 AM", [("time", "Jan 13, 2025, 9:00:00 AM")]),
        (("x",), '{"Sid":"Acme","Effect":"Allow"}', [("text", "Acme")]),
        (("x",), "1234-5678-9012", [("account", "1234-5678-9012")]),
        (("x",), "okapi 😀", [("text", "okapi"), ("symbol", "😀")]),
        (
            ("requestParameters", "displayName"),
            "Portal users",
            [("name", "Portal"), ("name", "users")],
        ),
        (("x",), "al-hassan-1", [("text", "al"), ("text", "hassan")]),
    ],
)
def test_what_identifies_is_found(
    path: tuple[str, ...], value: str, expected: list[tuple[str, str]]
) -> None:
    """Each sort of id, name and address is a piece of its own."""
    assert cut(path, value) == expected


def test_a_name_of_ordinary_words_identifies_where_names_stand() -> None:
    """A user may be called like a word of AWS's."""
    assert cut(("userIdentity", "userName"), "grant") == [("name", "grant")]
    assert cut(("errorMessage",), "grant") == []


@pytest.mark.parametrize(
    ("path", "name", "is_kept"),
    [
        ((), "userIdentity", True),
        (("additionalEventData",), "identitycenter:CredentialId", True),
        (("requestParameters",), "somethingNew", True),
        (("requestParameters",), "ana.lopez@acme.com", False),
        (("requestParameters", "tags"), "owner", False),
        ((), "Zoë", False),
    ],
)
def test_which_names_of_members_stay(path: tuple[str, ...], name: str, *, is_kept: bool) -> None:
    """Those that tables know or a program gave; not those of people, nor of free maps."""
    assert all(not piece.kind for piece in member_pieces(path, name)) == is_kept


@pytest.mark.parametrize(
    ("path", "value", "kinds"),
    [
        (("a",), "444455556666", ["account"]),
        (("a",), "48213", ["number"]),
        (("a",), "99", []),
        (("requestParameters", "durationSeconds"), "28800", []),
        (("requestParameters", "expiresAt"), "1755676800", ["time"]),
        (("a",), "-98765", ["number"]),
    ],
)
def test_which_numbers_identify(path: tuple[str, ...], value: str, kinds: list[str]) -> None:
    """Long ones do, but for counts and limits that a table knows."""
    assert [piece.kind for piece in number_pieces(path, value) if piece.kind] == kinds


@pytest.mark.parametrize(
    ("kind", "one", "other", "is_alike"),
    [
        ("account", "444455556666", "111122223333", True),
        ("account", "444455556666", "1111", False),
        ("address", "10.0.0.1", "203.0.113.200", True),
        ("address", "10.0.0.1", "2001:db8::1", False),
        ("name", "Lopez", "Ramos", True),
        ("name", "Lopez", "ramos", False),
        ("name", "Lopez", "Featherstonehaugh", False),
        ("time", "2025-01-13T08:00:00Z", "2024-12-30T11:59:59Z", True),
        ("time", "2025-01-13T08:00:00Z", "Jan 13, 2025 8:00:00 AM", False),
        ("encoded", in_base64("ana@acme.org"), in_base64("bob@corp.net"), True),
        ("encoded", in_base64("ana@acme.org"), in_base64("8.8.4.4 5.5.5.5"), False),
        ("version", "131.0.0.0", "99.0.0.0", True),
        ("version", "131.0.0.0", "99.0", False),
        ("", "sso", "sso", True),
        ("", "sso", "sts", False),
    ],
)
def test_what_is_alike(kind: str, one: str, other: str, *, is_alike: bool) -> None:
    """Structure, sorts of characters and the magnitude of length count."""
    assert alike(kind, one, other) is is_alike


HOSTILE: Final = (
    *("a", "1", "%25", "{", "é", "a.", "a-", "a/", "a%", "1.", "1:", "eyJa.", "arn:", "a@"),
    *("http://", "S-1-", "2025-01-", "AROA", '{"a":', "9067642ac7-"),
)


@pytest.mark.parametrize("part", HOSTILE)
def test_a_hundred_kilobytes_are_cut_in_little_time(part: str) -> None:
    """Time grows with length and not with its square, whatever stands there again and again."""
    value = (part * 100_000)[:100_000]
    begin = time.process_time()

    found = pieces(("x",), value)

    assert "".join(piece.text for piece in found) == value
    assert time.process_time() - begin < 10
