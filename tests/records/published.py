"""What published examples look like, without their ids and sentences.

A description has each member's path and what its value is, in the order in which AWS
shows them: `= …` for a value that is the same in every such record, or a word for the
value's form. The examples themselves are not here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FOLDER: Final = Path(__file__).parent / "published"

_SAME: Final = frozenset(
    {
        "eventVersion",
        "eventSource",
        "eventName",
        "eventType",
        "eventCategory",
        "managementEvent",
        "readOnly",
        "userIdentity.type",
        "additionalEventData.CredentialType",
        "additionalEventData.DeviceEnrollmentRequired",
        "serviceEventDetails.CredentialChallenge",
        "serviceEventDetails.CredentialVerification",
        "serviceEventDetails.UserAuthentication",
        "requestParameters.grantType",
        "responseElements.tokenType",
        "resources[0].type",
    }
)
"""Paths whose value says what the record is, and so belongs to its form."""

_FORMS: Final = (
    ("masked", r"HIDDEN_DUE_TO_SECURITY_REASONS"),
    ("empty", r""),
    ("account", r"\d{12}"),
    ("uuid", r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    ("instant", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
    ("store", r"d-[0-9a-f]{10}"),
    ("store ARN", r"arn:aws:identitystore::\d{12}:identitystore/d-[0-9a-f]{10}"),
    ("domain and SID", r"[a-z.]+//S-1-5-21(-\d+)+"),
    ("address", r"\d+(\.\d+){3}"),
    ("URL", r"https://[^?]+"),
    ("URL with a query", r"https://[^?]+\?.+"),
)


def form(value: Any) -> str:
    """Return what a value is, in a word; `text` for a string of no known form."""
    match value:
        case None:
            return "null"
        case bool():
            return "flag"
        case int():
            return "number"
        case str():
            return next((name for name, form in _FORMS if re.fullmatch(form, value)), "text")
        case dict():
            return "object"
        case _:
            return "list"


def described(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the path and the description of a value and all below it, in order."""
    if path:
        same = f"= {orjson.dumps(value).decode()}"
        yield path, same if path in _SAME else form(value)
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from described(inner, f"{path}.{name}" if path else name)
    if isinstance(value, list):
        for place, inner in enumerate(value):
            yield from described(inner, f"{path}[{place}]")


@dataclass(frozen=True, slots=True)
class Example:
    """A published example, and the record case that is its like."""

    name: str
    page: str
    case: str
    is_complete: bool
    """Whether the page shows the whole record, and its order."""
    members: Mapping[str, str]


def examples() -> list[Example]:
    """Return the description of every published example of a kind there is."""
    found = []
    for path in sorted(FOLDER.glob("*/*.json")):
        entry = orjson.loads(path.read_bytes())
        name = path.relative_to(FOLDER).with_suffix("").as_posix()
        found.append(
            Example(name, entry["page"], entry["case"], entry["complete"], entry["members"])
        )
    return found


def above(path: str) -> str:
    """Return the path of what a member is in; empty for the record."""
    return re.sub(r"(\.|^)[^.\[\]]+$|\[\d+\]$", "", path)


def differences(example: Example, ours: Mapping[str, str]) -> set[str]:
    """Return how a description of a record of ours differs from an example's."""
    theirs = example.members
    found = {f"shown, not ours: {path}" for path in theirs if path not in ours}
    found |= {
        f"{path}: {what} shown, {ours[path]} ours"
        for path, what in theirs.items()
        if path in ours and ours[path] != what
    }
    if example.is_complete:
        found |= {f"ours, not shown: {path}" for path in ours if path not in theirs}
        found |= set(_disorder(theirs, ours))
    # Of a member that only one side has, those inside it say nothing more.
    return {line for line in found if not _is_inside(line, found)}


def _is_inside(line: str, found: set[str]) -> bool:
    kind, _, path = line.partition(": ")
    return kind in {"shown, not ours", "ours, not shown"} and f"{kind}: {above(path)}" in found


def _disorder(theirs: Mapping[str, str], ours: Mapping[str, str]) -> Iterator[str]:
    for parent in dict.fromkeys(above(path) for path in theirs):
        shown, made = (
            [path for path in side if above(path) == parent and path in other]
            for side, other in ((theirs, ours), (ours, theirs))
        )
        moved = [one.rpartition(".")[2] for one, two in zip(shown, made, strict=True) if one != two]
        if moved:
            yield f"order shown in {parent or 'the record'}: {', '.join(moved)}"
