"""What stands in for a customer's value: the same form, and nothing of what was there.

A candidate is drawn from a key that knows the value's kind and which one of its kind it is, in
order of appearance. Of the value itself only its form is looked at: length, sorts of letters,
the digits that a Region gives. Had the content a part in it, an account could be found by
trying all twelve-digit numbers.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from simulator.cases.anonymity.encodings import HEX
from simulator.cases.anonymity.moments import is_epoch, moved
from simulator.cases.anonymity.places import REGION
from simulator.directory import identifiers
from simulator.directory.names import SHIPPED, pool
from simulator.primitives.instants import SECOND
from simulator.primitives.keys import Key, purpose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_DRAW: Final = purpose("cases/draw")
_TURN: Final = purpose("cases/turn")
_DIGITS: Final = "0123456789"
_HEX_DIGITS: Final = "0123456789abcdef"
_BASE32: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_SOUNDS: Final = ("bcdfghklmnprstvz", "aeiou")
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"

_FROM_POOL: Final = 12
"""Turns in which a word is looked for among names."""
_SOUNDING: Final = 40
"""Turns after which a word may be any letters."""
_AS_LONG: Final = 120
"""Turns after which it may be longer."""


@dataclass(frozen=True, slots=True)
class Draw:
    """Where a candidate is drawn."""

    key: Key
    """That of its kind."""

    ordinal: int
    """Which one of its kind it is, in order of appearance."""

    turn: int
    """How many candidates were refused."""

    @property
    def own(self) -> Key:
        """The key of this one candidate."""
        return self.key.nth(_TURN, self.ordinal).nth(_TURN, self.turn)


def candidate(kind: str, text: str, draw: Draw, weeks: int) -> str:
    """Return what could stand in for a text.

    Args:
        kind: One of `PIECE_KINDS` that is one thing: no encoding, no time.
        text: Only its form counts.
        draw: Where it is drawn.
        weeks: By how many weeks a time in it moves.
    """
    if kind == "address":
        return _address(text, draw)
    if kind in _SPELLED:
        made = _SPELLED[kind](text, draw.own)
    elif kind == "token":
        made = _token(text, draw.own, weeks)
    else:
        made = _word(text, draw.own, draw.turn, kind)
    return made + _masked(text[-1:] * _longer(draw.turn), draw.own)


def _draws(key: Key) -> Iterator[int]:
    """Yield numbers below 2¹⁶ without end."""
    place = 0
    while True:
        word = key.word(_DRAW, place)
        place += 1
        for _ in range(4):
            yield word & 0xFFFF
            word >>= 16


def _pick(letters: str, draw: int) -> str:
    return letters[draw * len(letters) >> 16]


# ---- Letters of any script -----------------------------------------------------------


@lru_cache(maxsize=1024)
def _neighbours(letter: str) -> str:
    """Return letters of the same sort that stand near a letter in Unicode."""
    size = 7 if ord(letter) < 0x3000 else 10
    first = ord(letter) >> size << size
    category = unicodedata.category(letter)
    near = (chr(code) for code in range(first, first + (1 << size)))
    found = [
        one
        for one in near
        if unicodedata.category(one) == category
        and (one.upper() == one or (len(one.upper()) == 1 and one.upper().lower() == one))
        and one.lower() == one
    ]
    return "".join(found) or letter


def _masked(text: str, key: Key, letters: tuple[str, str] = (_LETTERS, _LETTERS)) -> str:
    """Return random characters, each of the sort that stands there."""
    draws = _draws(key)
    made = []
    for place, mark in enumerate(text):
        draw = next(draws)
        if mark.isascii():
            if mark.islower():
                made.append(_pick(letters[place & 1], draw))
            elif mark.isupper():
                made.append(_pick(_LETTERS, draw).upper())
            elif mark.isdecimal():
                made.append(_pick(_DIGITS, draw))
            else:
                made.append(mark)
        else:
            made.append(_pick(_neighbours(mark), draw) if mark.isalnum() else mark)
    return "".join(made)


# ---- Words ---------------------------------------------------------------------------


@cache
def _names() -> dict[int, tuple[str, ...]]:
    """Return names of people in plain letters, by length."""
    found: dict[int, set[str]] = {}
    for locale in SHIPPED:
        people = pool(locale)
        for name in (*people.given, *people.family):
            if name.isascii() and name.isalpha():
                found.setdefault(len(name), set()).add(name.lower())
    return {length: tuple(sorted(names)) for length, names in found.items()}


def _word(text: str, key: Key, turn: int, kind: str) -> str:
    """Return a name of the same length if there is one, or a word that is none."""
    is_plain = text.isascii() and text.isalpha()
    if kind == "name" and is_plain and turn < _FROM_POOL:
        names = _names().get(len(text), ())
        if names:
            return names[key.below(len(names), _DRAW)]
    letters = (_LETTERS, _LETTERS) if turn >= _SOUNDING else _SOUNDS
    made = _masked(text, key, letters)
    # Hardly a top-level domain begins with a q or x: so nobody has such a host.
    is_short_host = kind == "host" and is_plain and len(text) < 4
    return "qx"[key.below(2, _TURN)] + made[1:] if is_short_host else made


def numbered(text: str, draw: Draw) -> str:
    """Return other digits for those behind a word."""
    return _masked(text + "0" * _longer(draw.turn), draw.own)


def _longer(turn: int) -> int:
    """Return by how much a candidate is longer than what it stands for: all others are taken."""
    return max(0, (turn - _AS_LONG) // 8 + 1)


# ---- Numbers and ids -----------------------------------------------------------------


def _number(text: str, key: Key) -> str:
    made = list(_masked(text, key))
    digits = [place for place, mark in enumerate(text) if mark.isdecimal()]
    if digits and made[digits[0]] == "0" and text[digits[0]] != "0":
        made[digits[0]] = _DIGITS[1 + key.below(9, _TURN)]
    if digits and text[digits[0]] == "0":
        made[digits[0]] = "0"
    if len(digits) > 18 and "." not in text:
        # What is longer may be more than 64 bits hold.
        made[digits[0]], made[digits[1]] = "1", "0"
    return "".join(made)


def _account(text: str, key: Key) -> str:
    made = identifiers.account_id(key.high, key.low)
    if (text[0] == "0") != (made[0] == "0"):
        made = ("0" if text[0] == "0" else _DIGITS[1 + key.below(9, _DRAW)]) + made[1:]
    return made


def _organization(text: str, key: Key) -> str:
    made = identifiers.organization_id(key.high, key.low).removeprefix("o-")
    return made if len(text) == len(made) else _alphanumeric(text, key)


def _alphanumeric(text: str, key: Key) -> str:
    draws = _draws(key)
    return "".join(_pick(_LETTERS + _DIGITS, next(draws)) for _ in text)


def _hexadecimal(text: str, key: Key) -> str:
    draws = _draws(key)
    return "".join(
        _pick(_HEX_DIGITS, next(draws)) if mark in _HEX_DIGITS else mark for mark in text
    )


def _store(text: str, key: Key) -> str:
    # The first four digits are those of the Region.
    return text[:4] + _hexadecimal(text[4:], key)


_ENTITY: Final = re.compile(r".{8}-[0-9a-f]0[0-9a-f]1-70.{2}-.*")
"""The form of ids of users and groups: `identifiers.store_entity_id` says what is fixed."""


def _uuid(text: str, key: Key) -> str:
    made = identifiers.uuid4_text(key.word(_DRAW, 0), key.word(_DRAW, 1))
    kept = [14]
    if _ENTITY.fullmatch(text):
        kept = [1, 3, 5, 7, 10, 12, 14, 15]
    elif text[19] not in "89ab":
        kept = [14, 19]
    digits = list(made)
    for place in kept:
        digits[place] = text[place]
    return "".join(digits)


def _id(text: str, key: Key) -> str:
    if not HEX.fullmatch(text):
        is_hex = all(mark in _HEX_DIGITS for mark in text)
        return _hexadecimal(text, key) if is_hex else _masked(text, key)
    head = _region_head(text)
    return text[:head] + _hexadecimal(text[head:], key)


def _region_head(text: str) -> int:
    """Return how many digits of a portal session's handle spell its Region."""
    if len(text) <= 32 or len(text) % 2:
        return 0
    try:
        head = bytes.fromhex(text[:-32]).decode("ascii")
    except (ValueError, UnicodeDecodeError):
        return 0
    return len(text) - 32 if REGION.fullmatch(head.rstrip("-")) else 0


def _sid(text: str, key: Key) -> str:
    made = identifiers.domain_sid(key.high, key.low).removeprefix("S-1-5-21-")
    return made if text.count("-") == 2 else _masked(text, key)


def account_inside(tail: str) -> str | None:
    """Return the account that an id of IAM or an access key spells, if it does."""
    if len(tail) not in {16, 17} or any(mark not in _BASE32 for mark in tail):
        return None
    bits = 0
    for mark in tail:
        bits = bits << 5 | _BASE32.index(mark)
    number = bits >> 5 * len(tail) - 41
    account = number & (1 << 40) - 1
    return f"{account:012d}" if number >> 40 and account < 10**12 else None


def unique(text: str, draw: Draw, account: str | None) -> str:
    """Return another tail of a unique id or access key, of the account if one is given."""
    key = draw.own
    if account is None:
        return _masked(text, key)
    if len(text) == 16:
        return identifiers.access_key_tail(key.high, key.low, account)
    return identifiers.iam_unique_id(key.high, key.low, account, "")


def _version(text: str, key: Key) -> str:
    draws = iter(range(1 << 30))
    return re.sub(
        r"[0-9]+",
        lambda match: (
            match.group()
            if not match.group().strip("0")
            else _number(match.group(), key.nth(_TURN, next(draws)))
        ),
        text,
    )


_EMOJI: Final = "".join(chr(code) for code in range(0x1F400, 0x1F4FE)) + "".join(
    chr(code) for code in range(0x1F600, 0x1F640)
)


def _symbol(_text: str, key: Key) -> str:
    return _pick(_EMOJI, key.word(_DRAW) & 0xFFFF)


_SPELLED: Final[dict[str, Callable[[str, Key], str]]] = {
    "account": _account,
    "organization": _organization,
    "store": _store,
    "uuid": _uuid,
    "id": _id,
    "sid": _sid,
    "number": _number,
    "version": _version,
    "symbol": _symbol,
}


# ---- Addresses -----------------------------------------------------------------------

_RANGES: Final = tuple(
    (int(block.network_address), block.num_addresses, odd)
    for block, odd in (
        # Of documentation, of benchmarks (RFC 5737, RFC 2544); then what nobody was given.
        (ipaddress.IPv4Network("203.0.113.0/24"), 149),
        (ipaddress.IPv4Network("198.51.100.0/24"), 149),
        (ipaddress.IPv4Network("198.18.0.0/15"), 81_001),
        (ipaddress.IPv4Network("240.0.0.0/5"), 81_000_001),
    )
)
_DOCUMENTATION: Final = int(ipaddress.IPv6Address("2001:db8::"))


def _address(text: str, draw: Draw) -> str:
    if ":" in text:
        return _address_six(text, draw.own)
    place = draw.ordinal + 7 * draw.turn
    for first, size, odd in _RANGES:
        if place < size:
            begin = draw.key.below(size, _DRAW)
            return str(ipaddress.IPv4Address(first + (begin + place * odd) % size))
        place -= size
    first, size, _ = _RANGES[-1]
    return str(ipaddress.IPv4Address(first + place % size))


def _address_six(text: str, key: Key) -> str:
    bits = key.word(_DRAW) << 32 | key.word(_DRAW, 1) >> 32
    if "::" in text:
        # As short as it is, with as much before the colons as there was.
        head = bits >> 80 & 0xFFFF
        made = ipaddress.IPv6Address(_DOCUMENTATION | head << 80 | bits & 0xFFFF_FFFF)
        return str(made)
    whole = ipaddress.IPv6Address(_DOCUMENTATION | bits)
    groups = (group.lstrip("0") or "0" for group in whole.exploded.split(":"))
    return whole.exploded if re.search(r"(?:^|:)0[0-9a-f]", text) else ":".join(groups)


# ---- Tokens --------------------------------------------------------------------------

_SESSION_TOKEN: Final = "IQoJb3JpZ2luX2Vj"  # noqa: S105  # what all begin with


def _token(text: str, key: Key, weeks: int) -> str:
    """Return a token of the same form; one that says its Region or its end still does."""
    octets = _octets(text)
    if len(text) == 86 and octets[:4] == bytes(4):
        expiry = moved(str(int.from_bytes(octets[:8], "big")), weeks)
        if is_epoch(expiry):
            return identifiers.token_credential_id(key.high, key.low, int(expiry) * SECOND)
    region = octets[16:].decode("ascii", "replace")
    if REGION.fullmatch(region) and "=" not in text:
        return identifiers.oidc_client_id(key.high, key.low, region)
    session = identifiers.session_token(key.high, key.low) if len(text) > 300 else ""
    if len(text) == len(session) and text.startswith(_SESSION_TOKEN):
        return session
    head = len(_SESSION_TOKEN) if text.startswith(_SESSION_TOKEN) else 0
    return text[:head] + _masked(text[head:], key)


def _octets(text: str) -> bytes:
    if not text.isascii() or len(text) > 128:
        return b""
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return b""
