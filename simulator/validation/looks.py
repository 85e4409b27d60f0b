"""What a value looks like, by the field that spells it.

Where a codec says it all (an id, an instant, one of a few words), the look is the codec's;
text from a table needs a row here. A look is what real records show. `LENIENT` has what
else documentation and older records show in the same place: that is unusual, not wrong.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from simulator.records import codecs
from simulator.records.api.structures import HIDDEN
from simulator.records.documents import Document
from simulator.records.fields import FIELDS
from simulator.records.shapes import Slot, Text
from simulator.records.typed import TypedName

if TYPE_CHECKING:
    from collections.abc import Callable

UUID: Final = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
ACCOUNT: Final = r"[0-9]{12}"
REGION: Final = r"[a-z]{2}(?:-[a-z]+)+-[0-9]{1,2}"
INSTANT: Final = (
    r"[12][0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
    r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z"
)
_JAVA_DATE: Final = (
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (?:[1-9]|[12][0-9]|3[01]), "
    r"[12][0-9]{3},? (?:[1-9]|1[0-2]):[0-5][0-9]:[0-5][0-9] [AP]M"
)
_TEXT: Final = r"(?s:.+)"
# Identity Store API Reference, "User", pattern of UserId (read 2026-11).
ENTITY_ID: Final = (
    r"(?:[0-9a-f]{10}-)?"
    r"[A-Fa-f0-9]{8}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{12}"
)
_ROLE_ID: Final = r"AROA[A-Z2-7]{16,17}"

_BY_CODEC: Final[dict[type, str]] = {
    TypedName: _TEXT,
    codecs.Uuid: UUID,
    # The Region and a hyphen in hexadecimal, then 32 digits.
    codecs.SessionHandle: r"(?:[0-9a-f]{2}){9,20}[0-9a-f]{32}",
    # The first five of the eight bytes of the expiry are zero for some time yet.
    codecs.TokenCredential: r"AAAAA[A-Za-z0-9_-]{81}",
    codecs.ClientId: r"[A-Za-z0-9_-]{30,60}",
    codecs.DeviceCode: r"[A-Za-z0-9_-]{86}",
    codecs.AccessKeyTail: r"[A-Z2-7]{16}",
    codecs.SessionToken: r"[A-Za-z0-9+/]{100,4096}={0,2}",
    codecs.IsoInstant: INSTANT,
    codecs.JavaDate: _JAVA_DATE,
    codecs.Number: r"[0-9]+",
    Document: _TEXT,
}

_BY_COLUMN: Final = {
    "instance.account": ACCOUNT,
    "instance.region": REGION,
    "region.value": REGION,
    "instance.arn": r"arn:aws[a-z-]*:sso:::instance/ssoins-[0-9a-f]{16}",
    "instance.store_id": r"d-[0-9a-f]{10}",
    # A custom subdomain is letters, digits and hyphens.
    "instance.portal": r"[a-z0-9][a-z0-9-]{0,62}",
    "user.id": ENTITY_ID,
    "user.sid": r"[^/]+//S-1(?:-[0-9]+)+",
    "account.id": ACCOUNT,
    "account.provider": rf"arn:aws[a-z-]*:iam::{ACCOUNT}:saml-provider/(?s:.+)",
    "account.issuer": r"https://portal\.sso\.[a-z0-9.-]+/saml/assertion/[A-Za-z0-9+/]+={0,2}",
    # A SHA-1 in base 64.
    "account.qualifier": r"[A-Za-z0-9+/]{27}=",
    "permission_set.name": r"[\w+=,.@-]{1,32}",
    "role.id": _ROLE_ID,
    "role.name": r"AWSReservedSSO_[\w+=,.@-]{1,32}_[0-9a-f]{16}",
    "role.arn": (
        rf"arn:aws[a-z-]*:iam::{ACCOUNT}:role/aws-reserved/sso\.amazonaws\.com/"
        r"(?:[a-z0-9-]+/)?AWSReservedSSO_[\w+=,.@-]{1,32}_[0-9a-f]{16}"
    ),
    "admin.principal": rf"{_ROLE_ID}:[\w+=,.@-]{{1,64}}|AIDA[A-Z2-7]{{16,17}}|{ACCOUNT}",
    "admin.arn": rf"arn:aws[a-z-]*:(?:iam|sts)::{ACCOUNT}:(?:root|(?s:(?:user|assumed-role)/.+))",
    "admin.account": ACCOUNT,
    "admin.name": r"[\w+=,.@-]{1,64}",
    "admin.key": r"(?:AKIA|ASIA)[A-Z2-7]{16}",
    "admin.role_id": _ROLE_ID,
    "admin.role_arn": rf"arn:aws[a-z-]*:iam::{ACCOUNT}:role/(?s:.+)",
    "admin.role_name": r"[\w+=,.@-]{1,64}",
    "group.id": ENTITY_ID,
    "membership.id": ENTITY_ID,
    # Unverified: the prefix was seen, the length was not.
    "device.id": r"m-[0-9a-z]{8,64}",
}

EXPANDED: Final = {
    "store.arn": Text(
        (
            "arn:aws:identitystore::",
            Slot("instance.account"),
            ":identitystore/",
            Slot("store.id"),
        )
    )
}
"""Fields whose text contains other fields."""

LENIENT: Final = {
    # The documentation's portal records have a UUID, like a sign-in's.
    "session.handle": UUID,
    "token.credential": UUID,
    # The Directory Service's own alphabet is wider than what was seen.
    "store.id": r"d-[0-9a-zA-Z]{10}",
    "store.arn": r"arn:aws[a-z-]*:identitystore::[0-9]{12}:identitystore/(?s:.+)",
    "user.id": r"[A-Za-z0-9-]{20,64}",
    "group.id": r"[A-Za-z0-9-]{20,64}",
    "client.id": r"[A-Za-z0-9_-]{10,200}",
    "device.code": r"[A-Za-z0-9_-]{20,200}",
    "mfa.id": r"m-[\w-]+|" + UUID,
    "admin.principal": r"[\w:+=,.@-]{3,200}",
    "admin.key": r"[A-Z0-9]{16,128}",
    "ASIA…": r"[A-Z0-9]{16,128}",
    "permission_set.name": r"(?s:.+)",
    # A role of another SAML provider's, or one that has no path.
    "role.name": r"[\w+=,.@-]{1,64}",
    "role.arn": r"arn:aws[a-z-]*:iam::[0-9]{12}:role/(?s:.+)",
    "credentials.token": r"(?s:.+)",
    "provider.issuer": r"https?://(?s:.+)",
}
"""Field to a wider form that is unusual, not wrong."""

_PLACEHOLDER: Final = re.compile(r"(?i:.*example.*|x{2,}(?:[.:]x+)*)|.*\[…\].*", re.DOTALL)

_SERVICE_NAMES: Final = re.compile(r"[a-z0-9.-]+\.(?:amazonaws\.com(?:\.cn)?|amazon\.com|aws)")


@lru_cache(maxsize=65_536)
def is_address(text: str) -> bool:
    """Return whether a text is an IP address or, as calls between services show, a service."""
    if text == "AWS Internal" or _SERVICE_NAMES.fullmatch(text):
        return True
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text


def is_placeholder(text: str) -> bool:
    """Return whether a text stands for another, as in documentation."""
    return _PLACEHOLDER.fullmatch(text) is not None


def pattern_of(field: str) -> str:
    """Return the regular expression of a field's text: any, unless a row here says more."""
    if field in EXPANDED:
        return "".join(
            re.escape(part) if isinstance(part, str) else pattern_of(part.field)
            for part in EXPANDED[field].parts
        )
    codec = FIELDS[field].codec
    if isinstance(codec, codecs.Pinned):
        codec = codec.inner
    if isinstance(codec, codecs.Entity):
        return _BY_COLUMN.get(codec.column, _TEXT)
    if isinstance(codec, codecs.Word):
        return "|".join(re.escape(word) for word in codec.words)
    return _BY_CODEC[type(codec)]


_FLEETING: Final = (
    codecs.AccessKeyTail,
    codecs.ClientId,
    codecs.DeviceCode,
    codecs.IsoInstant,
    codecs.JavaDate,
    codecs.SessionHandle,
    codecs.SessionToken,
    codecs.TokenCredential,
    codecs.Uuid,
)


def is_fleeting(leaf: Slot | Text) -> bool:
    """Return whether values differ so often that answers are not worth keeping."""
    if isinstance(leaf, Text):
        return any(is_fleeting(part) for part in leaf.parts if isinstance(part, Slot))
    codec = FIELDS[leaf.field].codec
    return isinstance(codec.inner if isinstance(codec, codecs.Pinned) else codec, _FLEETING)


@lru_cache(maxsize=1024)
def _matching(pattern: str, *, is_kept: bool) -> Callable[[str], object]:
    # One function a pattern, so that fields which look alike are seen to.
    # A mask looks like nothing but a mask, or eras with and without it would be alike.
    matches = re.compile(rf"(?!{HIDDEN}\Z)(?:{pattern})").fullmatch
    return lru_cache(maxsize=8_192)(matches) if is_kept else matches


@lru_cache(maxsize=1024)
def look_of(field: str) -> Callable[[str], object]:
    """Return a question that is true of texts which look like a field's."""
    if field in {"source.address", "server.address"}:
        return is_address
    return _matching(pattern_of(field), is_kept=not is_fleeting(Slot(field)))


@lru_cache(maxsize=1024)
def text_look(text: Text) -> tuple[Callable[[str], re.Match[str] | None], tuple[str, ...]]:
    """Return how to match a text made of parts, and the field of each of its groups."""
    pattern, fields = "", []
    for part in text.parts:
        if isinstance(part, str):
            pattern += re.escape(part)
        else:
            pattern += f"({pattern_of(part.field)})"
            fields.append(part.field)
    matches = re.compile(pattern).fullmatch
    return matches if is_fleeting(text) else lru_cache(maxsize=8_192)(matches), tuple(fields)


def is_lenient(field: str, text: str) -> bool:
    """Return whether a text has the field's wider form."""
    wider = LENIENT.get(field)
    return wider is not None and re.fullmatch(wider, text) is not None
