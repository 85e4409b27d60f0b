"""Records out of what they are kept in, once that is a JSON value.

Envelopes of EventBridge, payloads of a CloudWatch Logs subscription and answers of LookupEvents
are known by their members. Whatever else is no record itself (a line that a log store or a query
engine exported) is looked through for a member that holds one: as text, or as an object.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import orjson

from simulator.validation.findings import Place, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from simulator.validation.layouts import Value

_OWN: Final = frozenset({"eventVersion", "userIdentity"})
"""Members by which a record is known, whatever it has besides; exports repeat others."""
_LISTS: Final = (("hits", "hits"), ("", "results"))
"""Where answers of log stores have what they found."""
_DEEPEST: Final = 3
"""Objects within one another that are looked through, as in `{"result": {"_raw": …}}`."""
_MOST_MEMBERS: Final = 1_000
"""Members that are looked at."""


@dataclass(frozen=True, slots=True)
class Item:
    """One record as it was read."""

    place: Place
    record: dict[str, Value]
    raw: bytes | None
    """The line it stood on, if it had one to itself, or the string it was packed into."""
    is_newest_first: bool = False
    """Whether what comes after it is older: LookupEvents answers so."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that cannot be read as a record."""

    place: Place
    code: str
    message: str


Read: TypeAlias = Item | Trouble


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a text is no JSON."""

    code: str
    message: str


def parsed(text: bytes | str) -> tuple[Value, Refusal | None]:
    """Return the value of a JSON text, or why there is none."""
    try:
        return orjson.loads(text), None
    except orjson.JSONDecodeError as error:
        if isinstance(text, bytes):
            try:
                text.decode()
            except UnicodeDecodeError as broken:
                return None, Refusal("E003", f"byte {broken.start + 1} is not UTF-8")
        return None, Refusal("E004", f"not JSON: {error}")


def records_of(
    file: str, line: int, value: Value, raw: bytes | None, text: bytes | None = None
) -> Iterator[Read]:
    """Yield the records that a JSON value is, or has.

    Args:
        file: Where it was read.
        line: And on which line.
        value: The value.
        raw: The text of it, where it is a line of its own, or packed into something.
        text: Its text where it is neither.
    """
    place = Place(file, line)
    if isinstance(value, dict) and _list_in(value) is None and not _is_envelope(value):
        if (found := _held(value)) is not None:
            yield from _taken(place, *found)
            return
        if text is not None:
            yield from _doubled(place, text, value)
        yield Item(place, value, raw)
        return
    if raw is not None or text is not None:
        yield from _doubled(place, raw if raw is not None else text or b"", value)
    inside = value
    if isinstance(value, dict):
        inside = _list_in(value)
        if inside is None:
            yield from _record(place, value)
            return
    if not isinstance(inside, list):
        yield Trouble(place, "E005", f"{shown(value)} is not an object")
        return
    for index, one in enumerate(inside):
        yield from _record(Place(file, line, index), one)


def _list_in(value: dict[str, Value]) -> list[Value] | None:
    """Return what a log file, an answer of LookupEvents or a payload has records in."""
    if isinstance(found := value.get("Records"), list):
        return found
    if isinstance(found := value.get("Events"), list) and "eventName" not in value:
        return found
    for above, name in _LISTS:
        holder = value.get(above) if above else value
        if isinstance(holder, dict) and isinstance(found := holder.get(name), list):
            return found if _OWN.isdisjoint(value) else None
    if isinstance(found := value.get("logEvents"), list) and "messageType" in value:
        # What a subscription sends to see whether anybody is there has no record.
        return [] if value["messageType"] == "CONTROL_MESSAGE" else found
    return None


def _is_envelope(value: dict[str, Value]) -> bool:
    return "detail-type" in value and "detail" in value


def _record(
    place: Place, one: Value, raw: bytes | None = None, *, is_newest_first: bool = False
) -> Iterator[Read]:
    """Yield one record, unpacked where it is in an envelope or was packed into a string."""
    if not isinstance(one, dict):
        yield Trouble(place, "E005", f"{shown(one)} is not an object")
    elif _is_envelope(one):
        detail = one["detail"]
        if isinstance(detail, dict):
            yield Item(place, detail, None)
        else:
            yield Trouble(place, "E005", f"detail: {shown(detail)} is not an object")
    elif isinstance(packed := one.get("CloudTrailEvent"), str):
        yield from unpacked(place, "CloudTrailEvent", packed, is_newest_first=True)
    elif isinstance(packed := one.get("message"), str) and "eventName" not in one:
        yield from unpacked(place, "message", packed)
    elif (found := _held(one)) is not None:
        yield from _taken(place, *found)
    else:
        yield Item(place, one, raw, is_newest_first)


def holds_record(text: str) -> bool:
    """Return whether a text may be a record, or what records are wrapped in."""
    return text.lstrip()[:1] in {"{", "["} and '"eventSource"' in text


def _held(value: dict[str, Value]) -> tuple[str, str | dict[str, Value]] | None:
    """Return the record that something else holds, and the name of the member it is in."""
    if not _OWN.isdisjoint(value):
        return None
    may_be_object = "eventName" not in value
    left = _MOST_MEMBERS
    layer = [("", value)]
    for _ in range(_DEEPEST):
        inside: list[tuple[str, dict[str, Value]]] = []
        for above, members in layer:
            for name, inner in members.items():
                left -= 1
                if left < 0:
                    return None
                path = f"{above}{name}"
                if isinstance(inner, str) and holds_record(inner):
                    return path, inner
                if isinstance(inner, dict):
                    if may_be_object and _is_record(inner):
                        return path, inner
                    inside.append((f"{path}.", inner))
        layer = inside
    return None


def _is_record(value: dict[str, Value]) -> bool:
    return isinstance(value.get("eventSource"), str) and isinstance(value.get("eventName"), str)


def _taken(place: Place, name: str, held: str | dict[str, Value]) -> Iterator[Read]:
    """Yield the record that a member holds."""
    if isinstance(held, str):
        yield from unpacked(place, name, held)
    else:
        yield Item(place, held, None)


def unpacked(
    place: Place, name: str, packed: str | bytes, *, is_newest_first: bool = False
) -> Iterator[Read]:
    """Yield the record that a member or column has as text, or the records in it."""
    value, error = parsed(packed)
    if error is not None:
        yield Trouble(place, error.code, f"{shown(name)}: {error.message}")
        return
    inside = _list_in(value) if isinstance(value, dict) else value
    if isinstance(inside, list):
        for one in inside:
            yield from _record(place, one)
    elif isinstance(value, dict):
        raw = packed if isinstance(packed, bytes) else packed.encode(errors="replace")
        yield from _record(place, value, raw, is_newest_first=is_newest_first)
    else:
        yield Trouble(place, "E005", f"{shown(name)}: {shown(value)} is not an object")


def _doubled(place: Place, text: bytes, value: Value) -> Iterator[Trouble]:
    if text.count(b'":') != count_names(value):
        name = repeated_name(text)
        if name is not None:
            yield Trouble(place, "E007", f"{shown(name)} is named twice in one object")


def count_names(value: Value) -> int:
    """Return how many members all objects in a value have."""
    count, open_values = 0, [value]
    while open_values:
        one = open_values.pop()
        if isinstance(one, dict):
            count += len(one)
            open_values.extend(one.values())
        elif isinstance(one, list):
            open_values.extend(one)
    return count


def repeated_name(text: bytes) -> str | None:
    """Return a member name that one object of a JSON text has twice, or `None`."""
    found: list[str] = []

    def pairs(members: list[tuple[str, Value]]) -> None:
        names = [name for name, _ in members]
        if len(set(names)) != len(names):
            found.append(next(name for name in names if names.count(name) > 1))

    hook: Callable[[list[tuple[str, Value]]], None] = pairs
    try:
        json.loads(text, object_pairs_hook=hook)
    except (ValueError, RecursionError):
        return None
    return found[0] if found else None
