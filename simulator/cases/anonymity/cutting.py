"""How a text is cut: what sorts of things stand in it, and the pieces of each.

Cutting takes time in proportion to a text's length: every pattern is bounded, or begins at a
place where nothing like it can have begun before.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from simulator.cases.anonymity.encodings import HEX, decoded, escape_units, is_opaque, is_readable
from simulator.cases.anonymity.grammar import (
    ADDRESS,
    AWS_HOST,
    EXAMPLE_HOST,
    INSIDE,
    MARKED,
    PREFIXED,
    TOKENS,
    UNESCAPED,
    WORDS,
)
from simulator.cases.anonymity.moments import is_moment
from simulator.cases.anonymity.places import REGION, Place
from simulator.cases.anonymity.vocabulary import vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a value."""

    text: str
    """As it stands in the value."""

    kind: str
    """One of `PIECE_KINDS`, or empty for what stays as it is."""

    is_soft: bool = False
    """Whether it stays only where it contains nothing that names somebody elsewhere."""


def kept(text: str, *, soft: bool = False) -> Piece:
    """Return a piece that stays as it is."""
    return Piece(text, "", soft)


NUMBERED: Final = re.compile(r"([^\W\d_]{2,})([0-9]{1,4})")
_PREFIXES: Final = frozenset({"ssoins", "ps", "apl", "ins", "tti", "d", "o", "m", "p"})
_REGIONAL: Final = frozenset({"ssoins", "apl"})
"""Ids that begin with four digits of their Region's."""


def joined(found: Iterator[Piece]) -> Iterator[Piece]:
    """Yield pieces with neighbours that stay as one."""
    held = ""
    for piece in found:
        if piece.kind or piece.is_soft:
            if held:
                yield kept(held)
                held = ""
            yield piece
        else:
            held += piece.text
    if held:
        yield kept(held)


def cut(value: str, place: Place, tokens: re.Pattern[str] | None = None) -> Iterator[Piece]:
    """Yield the pieces of a text."""
    if tokens is None:
        tokens = TOKENS if "%" in value else UNESCAPED
    done = 0
    for match in tokens.finditer(value):
        begin, end = match.span()
        if begin > done:
            yield kept(value[done:begin])
        sort = match.lastgroup
        assert sort is not None
        yield from _CUTTERS[sort](match.group(), place)
        done = end
    if done < len(value):
        yield kept(value[done:])


# ---- Words ---------------------------------------------------------------------------


def bare(text: str) -> str:
    """Return a word without marks and characters that are not seen."""
    return text if text.isascii() else MARKED.sub("", text)


def _word(text: str, place: Place, kind: str = "") -> Iterator[Piece]:
    """Yield a word, or the letters and the number behind them."""
    plain = bare(text)
    lower = plain.lower()
    known = vocabulary()
    if not kind:
        kind = "name" if place.names else "agent" if place.agent else "text"
    is_ordinary = lower in known.words or (place.agent and lower in known.programs)
    if plain in known.reserved:
        yield kept(text)
    elif plain.isdecimal() and not (place.agent and plain in known.programs):
        yield from _number(text, place)
    elif HEX.fullmatch(plain):
        yield Piece(text, "id")
    elif is_ordinary and not place.names:
        yield kept(text, soft=True)
    elif (match := NUMBERED.fullmatch(text)) is not None:
        if match[1].lower() in known.words and not place.names and len(match[2]) < 4:
            yield kept(text, soft=True)
        else:
            yield Piece(text, kind)
    elif any(letter.isdecimal() for letter in plain) and len(plain) > 4:
        yield Piece(text, "token")
    else:
        yield Piece(text, kind)


def _number(text: str, place: Place) -> Iterator[Piece]:
    if not text.isascii():
        yield Piece(text, "token")
    elif len(text) == 12:
        yield Piece(text, "account")
    elif len(text) < 4 and not place.names:
        yield kept(text, soft=True)
    else:
        yield Piece(text, "number")


def _words(text: str, place: Place, kind: str = "") -> Iterator[Piece]:
    done = 0
    for match in WORDS.finditer(text):
        if match.start() > done:
            yield kept(text[done : match.start()])
        yield from _word(match.group(), place, kind)
        done = match.end()
    if done < len(text):
        yield kept(text[done:])


# ---- Ids -----------------------------------------------------------------------------


def _uuid(text: str, _place: Place) -> Iterator[Piece]:
    head, own = text[:-36], text[-36:]
    if head.endswith("-"):
        yield Piece(head[:-1], "store")
        yield kept("-")
    elif head:
        yield Piece(head, "id")
    yield Piece(own, "uuid")


def _prefixed(text: str, place: Place) -> Iterator[Piece]:
    prefix, _, own = text.partition("-")
    if prefix not in _PREFIXES and prefix not in vocabulary().words and len(prefix) > 2:
        yield from _words(text, place)
        return
    yield kept(f"{prefix}-", soft=prefix not in _PREFIXES)
    if prefix == "d" and re.fullmatch(r"[0-9a-f]{10}", own):
        yield Piece(own, "store")
    elif prefix == "o":
        yield Piece(own, "organization")
    elif prefix in _REGIONAL and len(own) == 16:
        yield kept(own[:4])
        yield Piece(own[4:], "id")
    else:
        yield Piece(own, "id")


def _unique(text: str, _place: Place) -> Iterator[Piece]:
    yield kept(text[:4])
    yield Piece(text[4:], "unique")


def _sid(text: str, place: Place) -> Iterator[Piece]:
    parts = text.split("-")
    if parts[3] != "21":
        yield kept("S-1-")
        yield from _words(text[4:], place)
        return
    yield kept("S-1-5-21-" if parts[2] == "5" else f"S-1-{parts[2]}-21-")
    yield Piece("-".join(parts[4:7]), "sid")
    for part in parts[7:]:
        yield kept("-")
        yield Piece(part, "number")


def _four(text: str, place: Place) -> Iterator[Piece]:
    # A browser's version has four numbers, too.
    yield Piece(text, "version" if place.agent else "address")


def _six(text: str, place: Place) -> Iterator[Piece]:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        yield from _words(text, place)
    else:
        yield kept(text) if text in {"::", "::1"} else Piece(text, "address")


def _of(kind: str) -> Callable[[str, Place], Iterator[Piece]]:
    def cut(text: str, _place: Place) -> Iterator[Piece]:
        yield Piece(text, kind)

    return cut


def _moment(text: str, place: Place) -> Iterator[Piece]:
    if is_moment(text):
        yield Piece(text, "time")
    else:
        yield from _words(text, place)


def _version(text: str, place: Place) -> Iterator[Piece]:
    is_known = not place.names and text in vocabulary().programs
    yield kept(text) if is_known else Piece(text, "version")


def _action(text: str, place: Place) -> Iterator[Piece]:
    if text.partition(":")[0] in vocabulary().services:
        yield kept(text)
    else:
        yield from _words(text, place)


# ---- Hosts, URLs, ARNs ---------------------------------------------------------------


def _host(text: str, place: Place) -> Iterator[Piece]:
    """Yield the labels of a host or domain; AWS's and documentation's own names stay."""
    match = AWS_HOST.fullmatch(text) or EXAMPLE_HOST.fullmatch(text)
    if match is None:
        for position, label in enumerate(text.split(".")):
            if position:
                yield kept(".")
            yield from _label(label, place)
        return
    labels = match["labels"].split(".")[:-1]
    services = [label for label in labels if not REGION.fullmatch(label)][-1:]
    is_services = match.re is AWS_HOST and match["suffix"].startswith(("amazonaws", "prod."))
    for label in labels:
        if is_services and label in services and _SERVICE.fullmatch(label):
            yield kept(label, soft=label not in vocabulary().services)
        else:
            yield from _label(label, place)
        yield kept(".")
    yield kept(match["suffix"])


_SERVICE: Final = re.compile(r"[a-z][a-z0-9-]{0,30}")


def _sources() -> frozenset[str]:
    return vocabulary().constants["eventSource"]


def _label(label: str, place: Place) -> Iterator[Piece]:
    if REGION.fullmatch(label):
        yield kept(label)
    elif label.lower() in vocabulary().words:
        yield kept(label, soft=True)
    elif PREFIXED.fullmatch(label):
        yield from _prefixed(label, place)
    else:
        yield from _words(label, place, "host")


def _mail(text: str, place: Place) -> Iterator[Piece]:
    yield kept("@")
    yield from _host(text[1:], place)


def _url(text: str, place: Place) -> Iterator[Piece]:
    """Yield scheme, user and host: path and query are cut like any text that follows."""
    scheme, _, rest = text.partition("://")
    yield kept(f"{scheme}://", soft=scheme.lower() not in {"http", "https"})
    user, at, host = rest.rpartition("@")
    if at:
        yield from _words(user, place, "name")
        yield kept("@")
    if host.startswith("[") or ADDRESS.fullmatch(host):
        inner = host.strip("[]")
        yield kept(host[: host.index(inner)])
        is_local = inner in {"127.0.0.1", "::1"} or not inner
        is_good = is_local or _is_address(inner)
        yield kept(inner) if is_local else Piece(inner, "address" if is_good else "text")
        yield kept(host[host.index(inner) + len(inner) :])
    elif "%" in host:
        yield from cut(host, place)
    else:
        yield from _host(host, place)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


_ARN_TYPES: Final = frozenset(
    [
        "assumed-role",
        "role",
        "user",
        "group",
        "policy",
        "root",
        "instance",
        "permissionSet",
        "application",
        "identitystore",
        "saml-provider",
        "applicationProvider",
        "trustedTokenIssuer",
        "federated-user",
        "mfa",
        "sts",
        "key",
        "alias",
        "aws-reserved",
        "service-role",
        "aws-service-role",
        "job-function",
        "account",
        "organization",
        "ou",
    ]
)
_MANAGED: Final = re.compile(r"arn:[a-z-]+:iam::aws:policy/[\w+=,.@/-]+")
_PROVIDER: Final = re.compile(r"arn:[a-z-]+:sso::aws:applicationProvider/[\w.-]+")


def _parameter(text: str, _place: Place) -> Iterator[Piece]:
    yield kept(text[0])
    yield kept(text[1:-1], soft=True)
    yield kept("=")


def _arn(text: str, place: Place) -> Iterator[Piece]:
    """Yield every segment of an ARN."""
    if _MANAGED.fullmatch(text) or _PROVIDER.fullmatch(text):
        yield kept(text)
        return
    parts = text.split(":", 5)
    if len(parts) < 6:
        yield from _words(text, place)
        return
    arn, partition, service, region, account, resource = parts
    is_known = re.fullmatch(r"aws(?:-[a-z]{1,8}){0,2}", partition) is not None
    yield kept(f"{arn}:")
    yield kept(partition) if is_known else Piece(partition, "text")
    yield kept(":")
    if service in vocabulary().services:
        yield kept(service)
    else:
        yield from _words(service, _NAMES)
    yield kept(":")
    yield from cut(region, _NAMES)
    yield kept(":")
    yield kept(account) if account == "aws" else _whole(account)
    yield kept(":")
    yield from _resource(resource)


def _whole(text: str) -> Piece:
    if re.fullmatch(r"[0-9]{12}", text):
        return Piece(text, "account")
    return Piece(text, "token") if text else kept("")


_NAMES: Final = Place(
    names=True,
    agent=False,
    times=False,
    numbers=False,
    constants=frozenset(),
    firm=lambda _text: None,
    soft=lambda _text: None,
)
_SEGMENT: Final = re.compile(r"[^/:]+|[/:]")


def _resource(text: str) -> Iterator[Piece]:
    for match in _SEGMENT.finditer(text):
        segment = match.group()
        if segment in {"/", ":"} or segment in _ARN_TYPES or segment in _sources():
            yield kept(segment)
        else:
            yield from cut(segment, _NAMES)


# ---- Tokens and encodings ------------------------------------------------------------


def _packed(text: str, place: Place) -> Iterator[Piece]:
    """Yield a run that may be base 64, or parts of it that may be, or its words."""
    parts = text.split("/")
    if is_opaque(text) and not any(map(is_readable, parts[1:])):
        yield from _opaque(text)
        return
    for position, part in enumerate(parts):
        if position:
            yield kept("/")
        if is_opaque(part):
            yield from _opaque(part)
        else:
            yield from cut(part, place, INSIDE)


def _opaque(text: str) -> Iterator[Piece]:
    own = text.rstrip("=")
    if HEX.fullmatch(own):
        yield Piece(own, "id")
        if own != text:
            yield kept(text[len(own) :])
    else:
        yield Piece(text, "encoded" if decoded(text) is not None else "token")


def _jwt(text: str, _place: Place) -> Iterator[Piece]:
    *parts, signature = text.split(".")
    for part in parts:
        yield Piece(part, "encoded" if decoded(part) is not None else "token")
        yield kept(".")
    if signature:
        yield Piece(signature, "token")


def _escaped(text: str, place: Place) -> Iterator[Piece]:
    """Yield words among %XX; letters that are written so are part of a word."""
    held = ""
    for part, meant in escape_units(text):
        if part == meant or meant.isalnum():
            held += part
            continue
        yield from _maybe_escaped(held, place)
        held = ""
        # What is no UTF-8 may be a letter of an older encoding.
        yield Piece(part, "escaped") if meant == "\ufffd" else kept(part)
    yield from _maybe_escaped(held, place)


def _maybe_escaped(text: str, place: Place) -> Iterator[Piece]:
    if "%" in text:
        yield Piece(text, "escaped")
    elif text:
        yield from _words(text, place)


# What cuts each sort of token; the names are those of the groups above.
_CUTTERS: Final[dict[str, Callable[[str, Place], Iterator[Piece]]]] = {
    "jwt": _jwt,
    "url": _url,
    "arn": _arn,
    "moment": _moment,
    "uuid": _uuid,
    "sid": _sid,
    "unique": _unique,
    "prefixed": _prefixed,
    "mapped": _of(""),
    "four": _four,
    "six": _six,
    "dashed": _of("account"),
    "account": _of("account"),
    "aws": _host,
    "example": _of(""),
    "mail": _mail,
    "parameter": _parameter,
    "action": _action,
    "region": _of(""),
    "separator": _of(""),
    "escaped": _escaped,
    "packed": _packed,
    "version": _version,
    "word": _word,
    "symbol": _of("symbol"),
}
