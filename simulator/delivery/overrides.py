"""What a scenario does to finished records: members set, dropped or moved, records left out.

A bug report shows one record with one member as no shape would have it, or a part of a
sign-in alone. Overrides are applied to the few records they name, after rendering, so that
both engines get them alike; all other records pass through unread. What is left out, here or
because the scenario names the only records to be written, is in none of what is made of a batch.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from simulator.engines.batches import Finished, chosen, joined_lines
from simulator.errors import RequestError
from simulator.primitives.jsontext import java_escaped, json_text
from simulator.records.fields import FIELDS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from numpy.typing import NDArray

    from simulator.delivery.trail import Stream
    from simulator.engines.batches import RecordBatch
    from simulator.plan.episodes import Override, Plan
    from simulator.primitives.jsontext import Json


@dataclass(frozen=True, slots=True)
class Done:
    """Damage that a record took."""

    name: str
    """What it is called in `scenario.mutations.MENU`."""

    member: str | None
    """The member that was damaged; absent where the whole record was."""

    detail: str | None
    """How, as far as there is something to say."""


@dataclass(frozen=True, slots=True)
class Mutated:
    """What is known of a record that took damage."""

    before: bytes
    """The record without it, overrides applied."""

    done: tuple[Done, ...]
    """In the order in which it was done."""

    stream: Stream
    """Whose log files have the record."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """Records as they leave the house."""

    batch: RecordBatch
    """The records, overrides and mutations applied."""

    overridden: frozenset[int]
    """Positions of those that an override changed."""

    mutated: Mapping[int, Mutated] = field(default_factory=dict)
    """Positions of those that took damage, in order."""

    def sound(self, first: int, lines: list[bytes]) -> list[bytes]:
        """Return records that can be read: those that took damage as they were before.

        Args:
            first: Position of the first of them.
            lines: All of them, as they are.
        """
        hits = [at for at in self.mutated if first <= at < first + len(lines)]
        if hits:
            lines = [*lines]
            for at in hits:
                lines[at - first] = self.mutated[at].before
        return lines

    def at(self, positions: NDArray[np.int64]) -> Delivered:
        """Return those at some positions, which ascend."""
        if len(positions) == len(self.batch):
            return self
        places = {position: place for place, position in enumerate(positions.tolist())}
        return Delivered(
            chosen(self.batch, positions),
            frozenset(places[one] for one in self.overridden if one in places),
            {places[one]: told for one, told in self.mutated.items() if one in places},
        )


def delivered(batch: RecordBatch, plan: Plan) -> Delivered:
    """Return a batch with the plan's overrides applied, and without what is left out.

    Raises:
        RequestError: An override's path leads through a value that has no members.
    """
    if plan.only:
        batch = Delivered(batch, frozenset()).at(_with_ids(batch, plan, plan.only)).batch
    named = list(_named(batch, plan))
    if not named:
        return Delivered(batch, frozenset())
    lines = batch.lines
    changed, omitted = set(), set()
    for position, overrides in named:
        if any(override.omit for override in overrides):
            omitted.add(position)
            continue
        new = _overridden(lines[position], overrides, escapes=plan.escapes)
        if new != lines[position]:
            lines[position] = new
            changed.add(position)
    data, starts = joined_lines(lines)
    whole = Delivered(replace(batch, text=Finished(data), starts=starts), frozenset(changed))
    return whole.at(np.array([at for at in range(len(batch)) if at not in omitted], np.int64))


def event_ids(batch: RecordBatch, plan: Plan) -> NDArray[np.bytes_]:
    """Return the eventIDs of a batch's records, as they are before any override."""
    return FIELDS["event.id"].codec.many(batch.columns, len(batch), plan.tables)


def _with_ids(batch: RecordBatch, plan: Plan, ids: Collection[str]) -> NDArray[np.int64]:
    """Return the positions of records with one of some eventIDs."""
    wanted = np.array(sorted(ids), np.bytes_)
    return np.flatnonzero(np.isin(event_ids(batch, plan), wanted))


def _named(batch: RecordBatch, plan: Plan) -> Iterator[tuple[int, tuple[Override, ...]]]:
    """Yield the positions of records that overrides name, with those overrides."""
    found: dict[int, tuple[Override, ...]] = {}
    if plan.overrides:
        lows = np.array(sorted({low for _, low, _ in plan.overrides}), np.uint64)
        high, low, step = (batch.columns[name] for name in ("key_high", "key_low", "step"))
        # The other kind of look-up overflows on words above 2^63 with NumPy 2.0.
        for position in np.flatnonzero(np.isin(low, lows, kind="sort")).tolist():
            key = (int(high[position]), int(low[position]), int(step[position]))
            found[position] = plan.overrides.get(key, ())
    if plan.by_id and len(batch):
        ids = event_ids(batch, plan)
        for position in _with_ids(batch, plan, plan.by_id).tolist():
            own = plan.by_id[ids[position].decode()]
            found[position] = (*found.get(position, ()), *own)
    yield from ((position, these) for position, these in sorted(found.items()) if these)


def _overridden(line: bytes, overrides: tuple[Override, ...], *, escapes: bool) -> bytes:
    record = orjson.loads(line)
    for override in overrides:
        if override.whole is not None:
            record = copy.deepcopy(dict(override.whole))
        for path, value in override.set.items():
            _set(record, path, value)
        for path in override.drop:
            _drop(record, path)
        if override.order:
            record = _ordered(record, override.order)
    made = json_text(record)
    return java_escaped(made) if escapes else made


def _ordered(record: dict[str, Any], order: tuple[str, ...]) -> dict[str, Any]:
    """Return a record with some members in another order, in the places that these have."""
    named = iter([name for name in order if name in record])
    moved = set(order)
    names = [next(named) if name in moved else name for name in record]
    return {name: record[name] for name in names}


def _set(record: dict[str, Any], path: str, value: Json) -> None:
    """Give a member a value, in its place; what is not there yet comes at the end."""
    *above, last = path.split(".")
    inner: Any = record
    for name in above:
        place = _place(inner, name, path)
        if isinstance(inner, dict):
            # A parent that is absent or null becomes an object.
            if inner.get(name) is None:
                inner[name] = {}
        elif inner[place] is None:
            inner[place] = {}
        inner = inner[place]
    place = _place(inner, last, path, grows=True)
    if isinstance(inner, list) and place == len(inner):
        inner.append(value)
    else:
        inner[place] = value


def _drop(record: dict[str, Any], path: str) -> None:
    """Leave a member out; one that is not there is left out already."""
    *above, last = path.split(".")
    inner: Any = record
    for name in above:
        inner = _found(inner, name)
    if isinstance(inner, dict):
        inner.pop(last, None)
    elif isinstance(inner, list) and last.isdecimal() and int(last) < len(inner):
        del inner[int(last)]


def _found(inner: Any, name: str) -> Any:  # noqa: ANN401  # any part of a record
    if isinstance(inner, dict):
        return inner.get(name)
    if isinstance(inner, list) and name.isdecimal() and int(name) < len(inner):
        return inner[int(name)]
    return None


def _place(inner: Any, name: str, path: str, *, grows: bool = False) -> Any:  # noqa: ANN401
    """Return the key or index that a step of a path means in a part of a record."""
    if isinstance(inner, dict):
        return name
    if isinstance(inner, list) and name.isdecimal() and int(name) < len(inner) + grows:
        return int(name)
    message = f"records: cannot set {path!r}: there is no {name!r} in {json_text(inner).decode()}"
    raise RequestError(message)
