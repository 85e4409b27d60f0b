"""A case's records as they are read: each with what it shows, and the acts they are taken for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from simulator.primitives.instants import SECOND

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from simulator.records.kinds import Kind


@dataclass(frozen=True, slots=True)
class Seen:
    """One record, and what it shows."""

    place: int
    """Which record of the case it is, in order of time."""
    record: Mapping[str, Any]
    at: int
    """When it is to happen, in milliseconds: records of one second follow one another."""
    kind: Kind | None
    fields: Mapping[str, str]
    """As `fields.fields_of` has them."""

    @property
    def name(self) -> str:
        """The kind's name; empty where it is not known."""
        return "" if self.kind is None else self.kind.name

    def member(self, *path: str) -> Any:  # noqa: ANN401  # JSON
        """Return a member, or nothing where it is not there."""
        found: Any = self.record
        for name in path:
            found = found.get(name) if isinstance(found, dict) else None
        return found

    def text(self, *path: str) -> str:
        """Return a member that is a string; empty where it is none."""
        found = self.member(*path)
        return found if isinstance(found, str) else ""

    @property
    def is_by_user(self) -> bool:
        """Whether a user acts, and not an administrator."""
        return "admin.arn" not in self.fields

    @property
    def has_failed(self) -> bool:
        """Whether it tells of a failure."""
        details = self.member("serviceEventDetails")
        told = details.values() if isinstance(details, dict) else ()
        return "errorCode" in self.record or "Failure" in told


def spaced(times: Sequence[int]) -> list[int]:
    """Return instants that keep order within a second: each a millisecond after the one before.

    Args:
        times: In milliseconds, ascending, as far as records tell: to the second.
    """
    made: list[int] = []
    for at in times:
        before = made[-1] + 1 if made else at
        # A second that holds more than a thousand records is full.
        made.append(at if before <= at else min(before, at // SECOND * SECOND + SECOND - 1))
    return made


@dataclass(slots=True)
class Act:
    """What some records are taken for: one entry of a storyline."""

    does: str
    said: dict[str, Any]
    """Its parameters as a scenario has them, but for things that have another name by then."""
    seen: list[Seen]
    """The records, in order. Without any it only lets others be done, and leaves none."""
    user: str | None = None
    admin: str | None = None
    at: int = 0
    """When it begins, in milliseconds."""
    named: dict[str, Any] = field(default_factory=dict)
    """Its parameters with the names of things at the time."""

    @property
    def is_silent(self) -> bool:
        """Whether none of the records is of it."""
        return not self.seen


class Rest:
    """Records that nothing has been made of yet, in order of time."""

    def __init__(self, seen: Iterable[Seen]) -> None:
        self.seen = list(seen)
        self.taken: set[int] = set()

    def __iter__(self) -> Any:  # noqa: ANN401  # an iterator, while records are taken
        for one in self.seen:
            if one.place not in self.taken:
                yield one

    def take(self, *seen: Seen) -> None:
        """Let records be part of something."""
        self.taken.update(one.place for one in seen)

    def after(self, first: Seen, within: int, wanted: Callable[[Seen], bool]) -> list[Seen]:
        """Return what is left of the records after one that are wanted and not much later."""
        found = []
        for one in self.seen[first.place + 1 :]:
            if one.at > first.at + within:
                break
            if one.place not in self.taken and wanted(one):
                found.append(one)
        return found

    def before(self, last: Seen, within: int, wanted: Callable[[Seen], bool]) -> Seen | None:
        """Return the latest of what is left before a record that is wanted and not much earlier."""
        for one in reversed(self.seen[: last.place]):
            if one.at < last.at - within:
                return None
            if one.place not in self.taken and wanted(one):
                return one
        return None
