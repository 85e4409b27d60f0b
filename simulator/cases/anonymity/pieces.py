"""Values cut into pieces: what says something of somebody, and what stays as it is.

There is one way of cutting, which the anonymiser, the comparison of a case with its records
and the search for leaks share. What is not known to be harmless is taken to identify
somebody: a word that no table of ours has, a long run of letters and digits, any number of
four digits or more.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import orjson

from simulator.cases.anonymity.cutting import Piece, cut, joined, kept
from simulator.cases.anonymity.encodings import HEX, decoded, unescaped
from simulator.cases.anonymity.grammar import INSTANT, UUID
from simulator.cases.anonymity.moments import is_epoch, is_moment, moment_form
from simulator.cases.anonymity.places import place_of, shortened
from simulator.cases.anonymity.vocabulary import is_identifier, vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from simulator.cases.anonymity.places import Path

__all__ = ["PIECE_KINDS", "WORDS", "Piece", "alike", "member_pieces", "number_pieces", "pieces"]

PIECE_KINDS: Final = (
    "account",  # twelve digits
    "organization",  # what follows o-
    "store",  # ten digits of an identity store, with d- before them or as head of an old id
    "uuid",
    "id",  # what follows a prefix such as ps-, and long hexadecimal numbers
    "unique",  # what follows AROA, ASIA and their like
    "sid",  # the domain's numbers in a security identifier
    "address",  # IPv4 or IPv6
    "host",  # a label of a host's or domain's name
    "name",  # a word of a name
    "agent",  # a word of a user agent
    "text",  # any other word
    "number",
    "version",  # numbers with dots between them
    "token",  # letters and digits that spell nothing
    "encoded",  # base 64 of a readable text
    "escaped",  # a word with letters written as %XX
    "quoted",  # content of a JSON string with escapes in it, in JSON that is text
    "symbol",  # an emoji
    "time",
)
"""Kinds of pieces that say something of somebody; times are among them."""

WORDS: Final = frozenset({"name", "text", "agent", "host"})
"""Kinds that are words: one word is the same in all of them."""


def pieces(path: Path, value: str) -> tuple[Piece, ...]:
    """Return a value cut into pieces, whose texts joined are the value.

    Args:
        path: Where it stands in the record: `("userIdentity", "arn")`.
        value: Any text.
    """
    if not value:
        return ()
    sort = _common(value)
    return (Piece(value, sort),) if sort else tuple(_cut(path, value))


def _common(value: str) -> str:
    """Return the kind of a value that is nothing but one id or time, as half of all are."""
    if len(value) == 36 and UUID.fullmatch(value):
        return "uuid"
    return "time" if len(value) == 20 and INSTANT.fullmatch(value) and is_moment(value) else ""


def _cut(path: Path, value: str) -> Iterator[Piece]:
    place = place_of(path)
    if value in place.constants or place.firm(value):
        yield kept(value)
    elif place.soft(value):
        yield kept(value, soft=True)
    elif opaque := _opaque(path, value):
        yield from opaque
    elif is_json(value):
        yield from _json(path, value)
    elif value[:3] in _QUOTED_JSON and is_json(unescaped(value)):
        yield Piece(value, "escaped")
    else:
        yield from joined(cut(value, place))


_QUOTED_JSON: Final = frozenset({"%7B", "%7b", "%5B", "%5b"})
"""How a document begins that is written with %XX throughout, as IAM answers policies."""


_WHOLE: Final = frozenset(
    {"credentialId", "identityProvider", "nameQualifier", "sessionToken", "clientId", "deviceCode"}
)
"""Members whose value is one token, whatever marks of base 64 are in it."""
_TOKEN: Final = re.compile(r"[A-Za-z0-9+/_-]{20,}={0,2}")
_HASHED: Final = re.compile(r"(?P<hash>[A-Za-z0-9+/]{27}=):(?P<name>.+)", re.DOTALL)
"""principalId of whoever takes a role with a SAML assertion."""


def _opaque(path: Path, value: str) -> tuple[Piece, ...]:
    """Return the pieces of a value that is a token at a place that has tokens; else none."""
    name = path[-1] if path else ""
    is_token = _TOKEN.fullmatch(value) and not (UUID.fullmatch(value) or HEX.fullmatch(value))
    if name in _WHOLE and is_token:
        return (Piece(value, "token"),)
    match = _HASHED.fullmatch(value) if name == "principalId" else None
    if match is None:
        return ()
    rest = pieces((*path[:-1], "userName"), match["name"])
    return (Piece(match["hash"], "token"), kept(":"), *rest)


def member_pieces(path: Path, name: str) -> tuple[Piece, ...]:
    """Return the name of a member cut into pieces.

    Args:
        path: Where the object stands that has the member.
        name: Its name.
    """
    known = vocabulary()
    # Tags are named at will in some calls, and are lists of `key` and `value` in others.
    if path and path[-1] in known.free and name not in known.members:
        return pieces((*path, name), name) if name else ()
    if name in known.members:
        return (kept(name),)
    if is_identifier(name):
        return (kept(name, soft=True),) if len(name) <= 64 else pieces((), name)
    return pieces((), name)


# ---- JSON that is text ---------------------------------------------------------------

_JSON: Final = re.compile(
    r'"(?P<string>(?:[^"\\]|\\.)*)"|(?P<punctuation>[{}\[\],:])|(?P<number>-?[0-9][0-9.eE+-]*)'
    r"|(?P<word>true|false|null)|(?P<space>\s+)",
    re.DOTALL,
)


def is_json(text: str) -> bool:
    """Return whether a text is an object or a list of JSON."""
    if not (text and text[0] in "{[" and text[-1] in "}]"):
        return False
    try:
        orjson.loads(text)
    except ValueError:
        return False
    return True


def _json(path: Path, value: str) -> list[Piece]:
    """Return JSON text cut into pieces."""
    found: list[Piece] = []
    above: list[tuple[Path, bool]] = []
    here, is_name = path, False
    for match in _JSON.finditer(value):
        text = match.group()
        if match.lastgroup == "string":
            found += _string(here, match["string"], is_name=is_name)
            if is_name:
                here, is_name = shortened((*here, match["string"])), False
        elif match.lastgroup == "number":
            found += number_pieces(here, text)
        else:
            found.append(kept(text))
        if text in "{[":
            is_name = text == "{"
            above.append((here, is_name))
        elif text in "}]":
            here, is_name = above.pop()[0], False
        elif text == ",":
            here, is_name = above[-1]
    return list(joined(iter(found)))


def _string(path: Path, content: str, *, is_name: bool) -> Iterator[Piece]:
    yield kept('"')
    if "\\" in content:
        yield Piece(content, "quoted")
    elif is_name:
        yield from member_pieces(path, content)
    else:
        yield from pieces(path, content)
    yield kept('"')


_NUMBER: Final = re.compile(r"(?P<sign>-?)(?P<digits>[0-9]+)(?P<fraction>\.[0-9]+)?(?P<rest>.*)")


def number_pieces(path: Path, text: str) -> tuple[Piece, ...]:
    """Return a number as JSON writes it, cut into pieces.

    Args:
        path: Where it stands.
        text: Such as `3600`, `-1.5` or `1e10`.
    """
    match = _NUMBER.fullmatch(text)
    if match is None:
        return (Piece(text, "number"),)
    place = place_of(path)
    digits, fraction = match["digits"], match["fraction"] or ""
    if place.times and is_epoch(digits):
        return (Piece(digits, "time"), kept(fraction + match["rest"]))
    if (place.numbers and len(digits) < 10) or len(digits) + len(fraction) < 4:
        return (kept(text),)
    kind = "account" if len(digits) == 12 and not fraction else "number"
    return tuple(
        piece
        for piece in (
            kept(match["sign"]),
            Piece(digits + fraction, kind),
            kept(match["rest"]),
        )
        if piece.text
    )


# ---- Likeness ------------------------------------------------------------------------


def _classes(text: str) -> tuple[bool, bool, bool, bool]:
    return (
        any(mark.islower() for mark in text),
        any(mark.isupper() for mark in text),
        any(mark.isdecimal() for mark in text),
        not text.isascii(),
    )


def _size(text: str) -> int:
    return len(text).bit_length()


def _address_form(text: str) -> object:
    return 6 if ":" in text else 4


def _encoded_form(text: str) -> object:
    found = decoded(text)
    return (
        (_size(text), _classes(text))
        if found is None
        else tuple(
            (one.kind, _FORMS.get(one.kind, _word_form)(one.text)) if one.kind else one.text
            for one in pieces((), found)
        )
    )


def _word_form(text: str) -> object:
    return _size(text), _classes(text)


def _length(text: str) -> object:
    return len(text)


_FORMS: Final[dict[str, Callable[[str], object]]] = {
    "account": _length,
    "organization": _length,
    "store": _length,
    "uuid": _length,
    "id": _size,
    "unique": _length,
    "sid": lambda text: text.count("-"),
    "address": _address_form,
    "version": lambda text: re.sub(r"[0-9]+", "0", text),
    "encoded": _encoded_form,
    "symbol": _length,
    "time": moment_form,
    "number": _size,
    "token": lambda text: (_size(text), text.isascii(), HEX.fullmatch(text) is not None),
}


def alike(kind: str, one: str, other: str) -> bool:
    """Return whether two texts of a kind have the same form.

    Structure and sorts of characters agree, and their lengths are of one magnitude.
    """
    if not kind:
        return one == other
    form = _FORMS.get(kind, _word_form)
    return form(one) == form(other)
