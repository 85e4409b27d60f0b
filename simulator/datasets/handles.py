"""What a record shows in place of its user: where that stands, derived from the shapes.

Since January 2025 a sign-in tells no name, and events before it told no id of the user's that
lasts. Whoever wants to know whose a credential id or a workflow is needs a table; here is
which members of which kinds hold such a handle.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from simulator.records.api.structures import HIDDEN
from simulator.records.eras import ERAS
from simulator.records.kinds import KINDS
from simulator.records.shapes import Node, Object, OneOf, Slot, Text
from simulator.validation.looks import pattern_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HANDLES: Final[Mapping[str, str]] = {
    "user.name": "user-name",
    "user.typed": "user-name-as-typed",
    "user.upn": "user-name-as-typed",
    "user.down_level": "user-name-as-typed",
    "user.short": "user-name-as-typed",
    "user.sid": "security-id",
    "signin.workflow": "auth-workflow-id",
    "signin.credential": "credential-id",
    "session.handle": "credential-id",
    "token.credential": "credential-id",
    "session.application": "application-session-id",
    "device.code": "device-code",
    "mfa.id": "mfa-device",
    "membership.id": "membership-id",
    "assertion.id": "saml-assertion-id",
    "credentials.key": "access-key-id",
    "credentials.key_of_call": "access-key-id",
}
"""Field of a record to the sort of handle that it is."""

SESSION_NAME: Final = "role-session-name"
"""The name in which somebody acts in an account: where a text ends with a user's name."""

NAME: Final = "user-name"
TYPED: Final = "user-name-as-typed"

SORTS: Final = tuple(dict.fromkeys((*HANDLES.values(), SESSION_NAME)))
"""All sorts of handles."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a handle may stand."""

    path: tuple[str, ...]
    """Names of members, from the record on."""

    handle: str
    """What it is."""

    look: re.Pattern[str]
    """What it looks like there; its first group is the handle's value."""


@cache
def spots(kind: str) -> tuple[Spot, ...]:
    """Return where handles stand in the records of a kind, whatever the era.

    Of one place, the narrower looks come first.
    """
    found = [spot for era in ERAS if kind in era.shapes for spot in _spots(era.shape(kind), ())]
    # Where a name may be as it was typed, every name may be.
    typed = {spot.path for spot in found if spot.handle == TYPED}
    made: dict[tuple[tuple[str, ...], str], Spot] = {}
    for spot in found:
        is_typed = spot.handle == NAME and spot.path in typed
        made.setdefault(
            (spot.path, spot.look.pattern), replace(spot, handle=TYPED) if is_typed else spot
        )
    return tuple(sorted(made.values(), key=lambda spot: spot.look.pattern == _ANY))


_ANY: Final = "((?s:.+))"


def _spots(node: Node, path: tuple[str, ...]) -> Iterator[Spot]:
    match node:
        case Object(members):
            for member in members:
                yield from _spots(member.node, (*path, member.name))
        case OneOf(cases):
            for _, inner in cases:
                yield from _spots(inner, path)
        case Slot(name) if name in HANDLES:
            handle = HANDLES[name]
            # A name that a call gives to a role session is that.
            if path[-1] == "roleSessionName":
                handle = SESSION_NAME
            yield Spot(path, handle, re.compile(f"({pattern_of(name)})"))
        case Text(parts):
            yield from _in_text(parts, path)
        case _:
            return


def _in_text(parts: tuple[str | Slot, ...], path: tuple[str, ...]) -> Iterator[Spot]:
    """Yield the handle that a text ends with: a name after others, or anything after fixed text."""
    *front, last = parts
    if not isinstance(last, Slot) or last.field not in HANDLES:
        return
    before = "".join(
        re.escape(part) if isinstance(part, str) else f"(?:{pattern_of(part.field)})"
        for part in front
    )
    if last.field == "user.name":
        yield Spot(path, SESSION_NAME, re.compile(f"{before}({pattern_of(last.field)})"))
    elif all(isinstance(part, str) for part in front):
        yield Spot(path, HANDLES[last.field], re.compile(f"({before}{pattern_of(last.field)})"))


@cache
def _by_path(kind: str) -> tuple[tuple[tuple[str, ...], tuple[Spot, ...]], ...]:
    """Return the spots of a kind by their path: one look into a record is for all of a path."""
    paths: dict[tuple[str, ...], list[Spot]] = {}
    for spot in spots(kind):
        paths.setdefault(spot.path, []).append(spot)
    return tuple((path, tuple(found)) for path, found in paths.items())


def shown(record: Mapping[str, Any], kind: str, *, without: str = "") -> Iterator[tuple[str, str]]:
    """Yield each handle of a record and its value; of one place, the first whose look fits.

    Args:
        without: A member of the record that is not looked into.
    """
    for path, found in _by_path(kind):
        if path[0] == without:
            continue
        value: Any = record
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None
        if not isinstance(value, str) or value == HIDDEN:
            continue
        for spot in found:
            match = spot.look.fullmatch(value)
            if match:
                yield spot.handle, match[1]
                break


def all_kinds() -> Iterator[tuple[str, tuple[Spot, ...]]]:
    """Yield every kind that shows any handle, with where."""
    for kind in KINDS:
        if spots(kind.name):
            yield kind.name, spots(kind.name)
