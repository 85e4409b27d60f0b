"""Members of finished records that a scenario sets or drops.

A bug report shows one record with one member as no shape would have it. Overrides are
applied to the few records they name, after rendering, so that both engines get them alike;
all other records pass through unread.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from simulator.engines.batches import Finished, chosen, joined_lines
from simulator.errors import RequestError
from simulator.primitives.jsontext import java_escaped, json_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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

    def chosen(self, positions: NDArray[np.int64]) -> Delivered:
        """Return the records at some positions, which ascend."""
        places = {position: place for place, position in enumerate(positions.tolist())}
        return Delivered(
            chosen(self.batch, positions),
            frozenset(places[one] for one in self.overridden if one in places),
            {places[one]: told for one, told in self.mutated.items() if one in places},
        )


def delivered(batch: RecordBatch, plan: Plan) -> Delivered:
    """Return a batch with the plan's overrides applied.

    Raises:
        RequestError: An override's path leads through a value that has no members.
    """
    named = list(_named(batch, plan))
    if not named:
        return Delivered(batch, frozenset())
    lines = batch.lines
    changed = set()
    for position, overrides in named:
        new = _overridden(lines[position], overrides, escapes=plan.escapes)
        if new != lines[position]:
            lines[position] = new
            changed.add(position)
    data, starts = joined_lines(lines)
    return Delivered(replace(batch, text=Finished(data), starts=starts), frozenset(changed))


def _named(batch: RecordBatch, plan: Plan) -> Iterator[tuple[int, tuple[Override, ...]]]:
    """Yield the positions of records that overrides name, with those overrides."""
    if not plan.overrides:
        return
    lows = np.array(sorted({low for _, low, _ in plan.overrides}), np.uint64)
    high, low, step = (batch.columns[name] for name in ("key_high", "key_low", "step"))
    # The other kind of look-up overflows on words above 2^63 with NumPy 2.0.
    for position in np.flatnonzero(np.isin(low, lows, kind="sort")).tolist():
        found = plan.overrides.get((int(high[position]), int(low[position]), int(step[position])))
        if found:
            yield position, found


def _overridden(line: bytes, overrides: tuple[Override, ...], *, escapes: bool) -> bytes:
    record = orjson.loads(line)
    for override in overrides:
        for path, value in override.set.items():
            _set(record, path, value)
        for path in override.drop:
            _drop(record, path)
    made = json_text(record)
    return java_escaped(made) if escapes else made


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
