"""Damage done on purpose to finished records, so that both engines get it alike.

Which records take it, where and how is drawn from each record's own key: neither windows nor
workers nor slices show. It comes after overrides, record by record in the order of the menu
(`scenario.mutations.MENU`), and all records that take none pass through unread.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import orjson

from simulator.delivery.overrides import Done, Mutated
from simulator.delivery.trail import recipients
from simulator.engines.batches import Finished
from simulator.primitives.instants import DAY, MINUTE, SECOND, format_instant, parse_instant
from simulator.primitives.jsontext import java_escaped, json_text
from simulator.primitives.keys import Key, KeyColumn, purpose, scaled_many
from simulator.records.envelope import OBJECT_CAPS, REQUIRED, TEXT_CAPS, TYPES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    from simulator.delivery.overrides import Delivered
    from simulator.engines.batches import RecordBatch
    from simulator.plan.episodes import Mutation, Plan

Path = tuple[str, ...]

_MILLION: Final = 1_000_000
_HIT, _WHICH, _HOW, _MORE = map(purpose, ("hit", "which member", "how", "how much"))

IDENTITY_TYPE: Final = "UnheardOfIdentity"
EVENT: Final = "UnheardOfEvent"
VERSIONS: Final = ("1.12", "1.100", "2.0")
"""Text that sorts before 1.9, a number that is 1.1, and another first number."""
TIMES: Final = (
    "0001-01-01T00:00:00Z",
    "1969-12-31T23:59:59Z",
    "2025-02-30T12:00:00Z",
    "2025-03-01T24:00:00Z",
    "2038-01-19T03:14:08Z",
    "2262-04-11T23:47:17Z",
    "9999-12-31T23:59:59Z",
)
LEAP_DAYS: Final = ("2024-02-29", "2028-02-29")
NAMES: Final = {
    "right to left": "\u202eznerol.ana\u202c \u05d0\u05e0\u05d4",
    "emoji": "\U0001f469\u200d\U0001f4bb \U0001f1e9\U0001f1ea \u2615\ufe0f",
    "quotes": "O'Brien \"Bob\"; -- ',=cmd|' /C calc'!A0 <b>&amp;\\",
    "control characters": "ana\u0000\u0007\u001b[31m\r\n\t\u007flopez",
    "64 characters": "n" * 64,
}
"""Sorts of odd names, each with one."""
_NAME_MEMBERS: Final = frozenset(
    {"userName", "UserName", "displayName", "name", "givenName", "familyName", "deviceName"}
)
LATIN: Final = b"\xe9"

# They stand in a value for what no value can say, until it is text: code points that Unicode
# keeps for such use, and no text has.
_NESTED, _TWICE, _LATIN = "\ufdd0", "\ufdd1", "\ufdd2"


@dataclass(slots=True)
class _Draft:
    """A record while damage is done to it."""

    record: dict[str, Any]
    marks: dict[bytes, bytes] = field(default_factory=dict)
    """What is put in the place of what, once it is text."""
    cut: Key | None = None
    """Whence it is drawn where the text ends early, if it does."""

    def above(self, path: Path) -> Any:  # noqa: ANN401  # any part of a record
        """Return what has the member of a path, if it is there."""
        inner: Any = self.record
        for name in path[:-1]:
            inner = inner.get(name) if isinstance(inner, dict) else None
        return inner if isinstance(inner, dict) and path[-1] in inner else None

    def text(self, *, escapes: bool) -> bytes:
        """Return the record as it is written."""
        text = json_text(self.record)
        if escapes:
            text = java_escaped(text)
        for mark, meant in self.marks.items():
            text = text.replace(mark, meant)
        return text


def mutated(delivered: Delivered, plan: Plan) -> Delivered:
    """Return records with the damage that a plan does to some of them."""
    if not plan.mutations:
        return delivered
    batch = delivered.batch
    drawn = _drawn(batch, plan.mutations)
    if not drawn:
        return delivered
    # Not line by line: all but a few stay as they are.
    text = batch.data.data
    lengths = np.diff(batch.starts)
    pieces: list[bytes | memoryview] = []
    changed = {}
    streams, stream = recipients(batch, plan)
    end = 0
    for position, hits in sorted(drawn.items()):
        first, last = int(batch.starts[position]), int(batch.starts[position + 1]) - 1
        before = bytes(text[first:last])
        line, done = damaged(before, hits, escapes=plan.escapes)
        if done:
            changed[position] = Mutated(before, done, streams[stream[position]])
            pieces += (text[end:first], line)
            lengths[position] = len(line) + 1
            end = last
    data = np.frombuffer(b"".join((*pieces, text[end:])), np.uint8)
    starts = np.zeros(len(batch) + 1, np.int64)
    np.cumsum(lengths, out=starts[1:])
    return replace(
        delivered, batch=replace(batch, text=Finished(data), starts=starts), mutated=changed
    )


def _drawn(
    batch: RecordBatch, mutations: tuple[Mutation, ...]
) -> dict[int, list[tuple[Mutation, Key]]]:
    """Return which records are to take which damage, by position, and whence all else is drawn."""
    keys = KeyColumn(*(_unsigned(batch, name) for name in ("key_high", "key_low")))
    step = _unsigned(batch, "step")
    found: dict[int, list[tuple[Mutation, Key]]] = {}
    for mutation in mutations:
        own = keys.nth(purpose(f"mutation {mutation.name}"), step.view(np.int64))
        is_hit = scaled_many(own.word(_HIT), _MILLION) < mutation.share
        for position in np.flatnonzero(is_hit).tolist():
            found.setdefault(position, []).append((mutation, own.key(position)))
    return found


def _unsigned(batch: RecordBatch, name: str) -> NDArray[np.uint64]:
    return batch.columns[name].astype(np.uint64)


def damaged(
    line: bytes, hits: list[tuple[Mutation, Key]], *, escapes: bool
) -> tuple[bytes, tuple[Done, ...]]:
    """Return a record with damage done to it, and what was done: nothing where it cannot be."""
    draft = _Draft(orjson.loads(line))
    done = []
    for mutation, key in hits:
        made = WAYS[mutation.name](draft, mutation, key)
        if made is not None:
            done.append(Done(mutation.name, *made))
    text = draft.text(escapes=escapes)
    if draft.cut is not None:
        text, told = _cut_short(text, draft.cut)
        done = [
            replace(one, detail=told) if one.name == "truncated-record" else one for one in done
        ]
    return (text, tuple(done)) if text != line else (line, ())


Told = tuple[str | None, str | None]
"""The member that was damaged, and how, as far as there is something to say."""


def _shown(path: Path) -> str:
    return ".".join(path)


def _members(value: dict[str, Any], above: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield the members of an object and of those within it, lists left out."""
    for name, inner in value.items():
        path = (*above, name)
        yield path, inner
        if isinstance(inner, dict):
            yield from _members(inner, path)


def _chosen(
    draft: _Draft, mutation: Mutation, key: Key, wanted: Callable[[Path, Any], bool]
) -> Path | None:
    """Return the member that is asked for, or one that is drawn, of those that are wanted."""
    if mutation.member:
        inner = draft.above(mutation.member)
        if inner is None or not wanted(mutation.member, inner[mutation.member[-1]]):
            return None
        return mutation.member
    # What stands for something else is damaged already.
    fit = [
        path
        for path, value in _members(draft.record)
        if wanted(path, value) and not any(one in _MARKS for one in (*path, value) if one)
    ]
    return fit[key.below(len(fit), _WHICH)] if fit else None


_MARKS: Final = (_NESTED, _TWICE, _LATIN)


def _missing(draft: _Draft, mutation: Mutation, key: Key) -> Told | None:
    path = _chosen(draft, mutation, key, lambda _, __: True)
    if path is None:
        return None
    del draft.above(path)[path[-1]]
    return _shown(path), None


def _null(draft: _Draft, mutation: Mutation, key: Key) -> Told | None:
    path = _chosen(draft, mutation, key, lambda _, value: value is not None)
    if path is None:
        return None
    draft.above(path)[path[-1]] = None
    return _shown(path), None


def _null_for_absent(draft: _Draft, _: Mutation, key: Key) -> Told | None:
    absent = [name for name in TYPES if name not in REQUIRED and name not in draft.record]
    if not absent:
        return None
    name = absent[key.below(len(absent), _WHICH)]
    draft.record[name] = None
    return name, None


def _other_type(value: Any) -> tuple[Any, str]:  # noqa: ANN401  # any part of a record
    """Return a value of another type in place of one, and what became of what."""
    match value:
        case bool():
            return ("true" if value else "false"), "true or false to text"
        case str():
            return {"value": value}, "text to an object"
        case int() | float():
            return str(value), "a number to text"
        case dict():
            return json_text(value).decode(), "an object to text"
        case list():
            return {"items": value}, "a list to an object"
        case _:
            return False, "null to false"


def _wrong_type(draft: _Draft, mutation: Mutation, key: Key) -> Told | None:
    path = _chosen(draft, mutation, key, lambda _, __: True)
    if path is None:
        return None
    inner = draft.above(path)
    inner[path[-1]], told = _other_type(inner[path[-1]])
    return _shown(path), told


def _long(draft: _Draft, mutation: Mutation, key: Key, beyond: int) -> Told | None:
    """Make a member as long as it may be, and some bytes longer."""

    def room(path: Path, value: Any) -> int:  # noqa: ANN401  # any part of a record
        """Return how many bytes are missing; none where it has no cap."""
        name = path[0]
        if len(path) > 1:
            return 0
        if isinstance(value, str) and name in TEXT_CAPS:
            return TEXT_CAPS[name] + beyond - len(value.encode())
        if isinstance(value, dict) and name in OBJECT_CAPS and "padding" not in value:
            return OBJECT_CAPS[name] + beyond - len(json_text({**value, "padding": ""}))
        return 0

    path = _chosen(draft, mutation, key, lambda path, value: room(path, value) > 0)
    if path is None:
        return None
    name, value = path[0], draft.record[path[0]]
    padding = "x" * room(path, value)
    draft.record[name] = (
        value + padding if isinstance(value, str) else {**value, "padding": padding}
    )
    cap = TEXT_CAPS.get(name) or OBJECT_CAPS[name]
    return name, f"{cap + beyond:,} bytes"


def _identity_type(draft: _Draft, _: Mutation, __: Key) -> Told | None:
    identity = draft.record.get("userIdentity")
    if not isinstance(identity, dict):
        return None
    identity["type"] = IDENTITY_TYPE
    return "userIdentity.type", IDENTITY_TYPE


def _event(draft: _Draft, _: Mutation, __: Key) -> Told | None:
    draft.record["eventName"] = EVENT
    return "eventName", EVENT


def _version(draft: _Draft, _: Mutation, key: Key) -> Told | None:
    draft.record["eventVersion"] = version = VERSIONS[key.below(len(VERSIONS), _HOW)]
    return "eventVersion", version


def _odd_name(draft: _Draft, mutation: Mutation, key: Key) -> Told | None:
    def is_name(path: Path, value: Any) -> bool:  # noqa: ANN401  # any part of a record
        return isinstance(value, str) and (bool(mutation.member) or path[-1] in _NAME_MEMBERS)

    path = _chosen(draft, mutation, key, is_name)
    if path is None:
        return None
    sort = tuple(NAMES)[key.below(len(NAMES), _HOW)]
    draft.above(path)[path[-1]] = NAMES[sort]
    return _shown(path), sort


def _time(draft: _Draft) -> str | None:
    """Return a record's eventTime, where it still is a time of ours."""
    time = draft.record.get("eventTime")
    # Not to ask Python, whose versions differ in what they take for an instant.
    if not isinstance(time, str) or time in TIMES:
        return None
    try:
        return format_instant(parse_instant(time))
    except ValueError:
        return None


def _out_of_range(draft: _Draft, _: Mutation, key: Key) -> Told | None:
    draft.record["eventTime"] = time = TIMES[key.below(len(TIMES), _HOW)]
    return "eventTime", time


def _leap_day(draft: _Draft, _: Mutation, key: Key) -> Told | None:
    time = _time(draft)
    if time is None:
        return None
    made = LEAP_DAYS[key.below(len(LEAP_DAYS), _HOW)] + time[10:]
    draft.record["eventTime"] = made
    return "eventTime", made


def _clock_skew(draft: _Draft, mutation: Mutation, key: Key) -> Told | None:
    time = _time(draft)
    if time is None:
        return None
    by = mutation.by
    if by is None:
        by = MINUTE + SECOND * key.below((DAY - MINUTE) // SECOND + 1, _MORE)
    is_late = key.below(2, _HOW)
    draft.record["eventTime"] = format_instant(parse_instant(time) + (by if is_late else -by))
    return "eventTime", f"{by // SECOND:,} s {'later' if is_late else 'earlier'}"


def _deep(draft: _Draft, mutation: Mutation, _: Key) -> Told | None:
    data = draft.record.get("additionalEventData")
    if data is None:
        data = draft.record["additionalEventData"] = {}
    if not isinstance(data, dict) or "nested" in data:
        return None
    data["nested"] = _NESTED
    depth = mutation.depth
    # No library writes as deep.
    draft.marks[json_text(_NESTED)] = b'{"deeper":' * depth + b"null" + b"}" * depth
    return "additionalEventData.nested", f"{depth:,} objects deep"


def _duplicated(draft: _Draft, mutation: Mutation, key: Key) -> Told | None:
    # Not what a record is known by: who keeps the last one would no longer know it.
    path = _chosen(
        draft, mutation, key, lambda path, _: bool(mutation.member) or path != ("eventID",)
    )
    if path is None:
        return None
    draft.above(path)[_TWICE] = None
    draft.marks[json_text(_TWICE)] = json_text(path[-1])
    return _shown(path), "null at the end"


def _not_utf8(draft: _Draft, mutation: Mutation, key: Key) -> Told | None:
    path = _chosen(
        draft,
        mutation,
        key,
        lambda path, value: (
            isinstance(value, str) and (bool(mutation.member) or path != ("eventID",))
        ),
    )
    if path is None:
        return None
    inner = draft.above(path)
    text = inner[path[-1]]
    at = key.below(len(text) + 1, _HOW)
    inner[path[-1]] = text[:at] + _LATIN + text[at:]
    draft.marks[_LATIN.encode()] = LATIN
    return _shown(path), None


def _truncated(draft: _Draft, _: Mutation, key: Key) -> Told | None:
    draft.cut = key
    return None, None


def _cut_short(text: bytes, key: Key) -> tuple[bytes, str]:
    """Return the beginning of a text, and what is said of it."""
    end = 1 + key.below(len(text) - 1, _HOW)
    # A letter is not cut in two: that would be another damage.
    while end > 1 and text[end] & 0xC0 == 0x80:
        end -= 1
    return text[:end], f"{end:,} of {len(text):,} bytes"


WAYS: Final[Mapping[str, Callable[[_Draft, Mutation, Key], Told | None]]] = {
    "missing-member": _missing,
    "null-member": _null,
    "null-for-absent": _null_for_absent,
    "wrong-type": _wrong_type,
    "member-at-cap": lambda draft, mutation, key: _long(draft, mutation, key, 0),
    "member-past-cap": lambda draft, mutation, key: _long(draft, mutation, key, 1),
    "unknown-identity-type": _identity_type,
    "unknown-event": _event,
    "new-event-version": _version,
    "odd-name": _odd_name,
    "out-of-range-time": _out_of_range,
    "leap-day": _leap_day,
    "clock-skew": _clock_skew,
    "deep-nesting": _deep,
    "duplicated-key": _duplicated,
    "not-utf8": _not_utf8,
    "truncated-record": _truncated,
}
"""How each damage to records is done. It tells the member and how, or nothing where it cannot be
done to the record at hand."""
