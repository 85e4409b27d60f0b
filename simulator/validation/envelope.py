"""What holds for every record, whatever its kind.

Source: CloudTrail User Guide, "CloudTrail record contents for management, data, and network
activity events" (read 2026-11), with the limits of its table of sizes.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from simulator.primitives.jsontext import json_text
from simulator.records.envelope import (
    FLAG,
    LIST,
    OBJECT,
    OBJECT_CAPS,
    REQUIRED,
    TEXT,
    TEXT_CAPS,
    TYPES,
    WHOLE_CAP,
)
from simulator.validation.findings import shown
from simulator.validation.looks import (
    ACCOUNT,
    INSTANT,
    REGION,
    UUID,
    is_address,
    is_placeholder,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.validation.layouts import Value

_PYTHON: Final = {TEXT: str, OBJECT: dict, LIST: list, FLAG: bool}
_MAY_BE_NULL: Final = frozenset(
    {"requestParameters", "responseElements", "additionalEventData", "userAgent", "readOnly"}
)

DOCUMENTED: Final = frozenset(TYPES)
"""Top-level members that CloudTrail documents."""

_ACCOUNT: Final = re.compile(ACCOUNT)
_UUID: Final = re.compile(UUID)
_REGION: Final = re.compile(REGION)
_INSTANT: Final = re.compile(INSTANT)
_VERSION: Final = re.compile(r"1\.[0-9]{1,2}")
_SEEN: Final = frozenset(f"1.{minor:02d}" for minor in range(12))

CHECKED: Final = frozenset(
    {
        ("eventTime",),
        ("awsRegion",),
        ("sourceIPAddress",),
        ("userAgent",),
        ("requestID",),
        ("eventID",),
        ("recipientAccountId",),
        ("userIdentity", "accountId"),
    }
)
"""Paths whose values are checked here, and so not again by the shape."""


@lru_cache(maxsize=4_096)
def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def is_instant(text: object) -> bool:
    """Return whether a value is an eventTime, of a day that exists."""
    return isinstance(text, str) and _INSTANT.fullmatch(text) is not None and _is_day(text[:10])


def check_envelope(record: dict[str, Value], *, is_known: bool) -> Iterator[tuple[str, str]]:
    """Yield a code and a message for everything wrong with a record's envelope.

    Args:
        is_known: Whether the kind is one whose requestID is a UUID and which is a
            management event.
    """
    for name in REQUIRED:
        if name not in record:
            yield "E101", f"{name} is missing"
    for name, value in record.items():
        if name not in TYPES:
            if not is_known:
                yield "W114", f"{shown(name)} is no member that CloudTrail documents"
        elif not isinstance(value, _PYTHON[TYPES[name]]) and not (
            value is None and name in _MAY_BE_NULL
        ):
            yield "E102", f"{name} is {shown(value)}, not {TYPES[name]}"
    yield from _check_version(record.get("eventVersion"))
    yield from _check_ids(record, is_known=is_known)
    yield from _check_place(record)
    if is_known:
        yield from _check_flags(record)


def _strange(code: str, name: str, value: str, wanted: str) -> tuple[str, str]:
    if is_placeholder(value):
        return "W111", f"{name} is {shown(value)}"
    return code, f"{name} is {shown(value)!r}, not {wanted}"


def _check_version(version: Value) -> Iterator[tuple[str, str]]:
    if isinstance(version, str):
        if not _VERSION.fullmatch(version):
            yield _strange("E104", "eventVersion", version, "1.08 or the like")
        elif version not in _SEEN:
            yield "W113", f"eventVersion is {version}; the newest seen is {max(_SEEN)}"


def _check_ids(record: dict[str, Value], *, is_known: bool) -> Iterator[tuple[str, str]]:
    names = ("eventID", "sharedEventID", "requestID") if is_known else ("eventID", "sharedEventID")
    for name in names:
        value = record.get(name)
        if isinstance(value, str) and not _UUID.fullmatch(value):
            yield _strange("E105", name, value, "a UUID in lower case")
    account = record.get("recipientAccountId")
    if isinstance(account, str) and not _ACCOUNT.fullmatch(account):
        yield _strange("E106", "recipientAccountId", account, "twelve digits")
    identity = record.get("userIdentity")
    if isinstance(identity, dict):
        account = identity.get("accountId")
        # Anonymous callers of other services have words here.
        if (
            isinstance(account, str)
            and not _ACCOUNT.fullmatch(account)
            and (is_known or account.isalnum())
            and account != "anonymous"
        ):
            yield _strange("E106", "userIdentity.accountId", account, "twelve digits")


def _check_place(record: dict[str, Value]) -> Iterator[tuple[str, str]]:
    time, region, address = (
        record.get(name) for name in ("eventTime", "awsRegion", "sourceIPAddress")
    )
    if isinstance(time, str) and not is_instant(time):
        yield _strange("E103", "eventTime", time, "an instant such as 2025-01-13T08:00:00Z")
    if isinstance(region, str) and not _REGION.fullmatch(region):
        yield _strange("E107", "awsRegion", region, "a Region such as eu-west-1")
    if isinstance(address, str) and not is_address(address):
        yield _strange("E108", "sourceIPAddress", address, "an address")
    if record.get("userAgent") == "":
        yield "E102", "userAgent is empty"


def _check_flags(record: dict[str, Value]) -> Iterator[tuple[str, str]]:
    for name, wanted in (("eventCategory", "Management"), ("managementEvent", True)):
        value = record.get(name, wanted)
        if type(value) is type(wanted) and value != wanted:
            yield "E109", f"{name} is {shown(value)}, not {shown(wanted)}"


def check_sizes(record: dict[str, Value], size: int) -> Iterator[tuple[str, str]]:
    """Yield a code and a message for every member that is too long.

    Args:
        size: Bytes of the record as compact JSON.
    """
    if size > WHOLE_CAP:
        yield "E110", f"the record has {size:,} bytes; CloudTrail allows {WHOLE_CAP:,}"
    for name, cap in TEXT_CAPS.items():
        value = record.get(name)
        if isinstance(value, str) and 4 * len(value) > cap:
            length = len(value.encode(errors="replace"))
            if length > cap:
                yield "E110", f"{name} has {length:,} bytes; CloudTrail allows {cap:,}"
    if size <= min(OBJECT_CAPS.values()):
        return
    for name, cap in OBJECT_CAPS.items():
        value = record.get(name)
        if isinstance(value, dict):
            length = len(json_text(value))
            if length > cap:
                yield "E110", f"{name} has {length:,} bytes; CloudTrail allows {cap:,}"
