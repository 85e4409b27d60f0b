"""What was received of each record, held against what was expected."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.reconciliation.contents import UNKNOWN, digest_of
from simulator.reconciliation.report import EXAMPLES, Example
from simulator.reconciliation.truths import NOBODY, key_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from simulator.reconciliation.contents import Made
    from simulator.reconciliation.exports import Received
    from simulator.reconciliation.truths import Truth

AT_ONCE = 5_000
"""Records that are looked up together."""


@dataclass(slots=True)
class Altered:
    """A record that is not what was sent."""

    number: int
    received: Received


@dataclass(slots=True)
class Balance:
    """Counts by record, and examples. Records that share an eventID share what is received."""

    truth: Truth
    is_uncertain: NDArray[np.bool_]
    """Whose repetition is no surprise."""
    ignored: tuple[str, ...] = ()
    """Members that are not compared."""
    digest: NDArray[np.uint64] = field(init=False)
    """Of what was sent."""
    others: defaultdict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    """Further digests, of records that were sent in several forms."""
    received: NDArray[np.int32] = field(init=False)
    altered: NDArray[np.int32] = field(init=False)
    is_told: NDArray[np.bool_] = field(init=False)
    """Records that were damaged and are known to have kept their eventIDs."""
    unexpected: int = 0
    arrived: int = 0
    uncompared: int = 0
    examples: dict[str, list[Example]] = field(default_factory=lambda: defaultdict(list))
    close: list[Altered] = field(default_factory=list)
    """The first that are altered."""
    _shared: NDArray[np.bool_] = field(init=False)
    """By position in the truth's order, whether the eventID is another record's too."""
    _by_digest: dict[int, int] = field(default_factory=dict)
    """Records that were damaged, by what they say."""

    def __post_init__(self) -> None:
        truth = self.truth
        count = len(truth)
        self.digest = np.zeros(count, np.uint64)
        self.received, self.altered = np.zeros(count, np.int32), np.zeros(count, np.int32)
        self.is_told = np.zeros(count, np.bool_)
        high, low = truth.sorted_high, truth.sorted_low
        is_same = (high[1:] == high[:-1]) & (low[1:] == low[:-1])
        self._shared = np.zeros(count, np.bool_)
        self._shared[1:] |= is_same
        self._shared[:-1] |= is_same

    def expect(self, made: Iterable[Made]) -> None:
        """Learn what records say."""
        waiting: list[Made] = []
        for one in made:
            waiting.append(one)
            if len(waiting) == AT_ONCE:
                self._learn(waiting)
                waiting = []
        self._learn(waiting)

    def _learn(self, made: Sequence[Made]) -> None:
        found = self.truth.found([_key(one.record) for one in made])
        for one, position in zip(made, found.tolist(), strict=True):
            number = self._number(one, position)
            if number == NOBODY or one.record is None:
                continue
            digest = digest_of(one.record, self.ignored)
            if number in self._damaged():
                self._by_digest[digest] = number
                self.is_told[number] = number in self._group(position)
            elif position >= 0 and self._shared[position] and one.number is None:
                free = [at for at in self._group(position) if self.digest[at] == UNKNOWN]
                number = free[0] if free else number
            if self.digest[number] in (UNKNOWN, digest):
                self.digest[number] = digest
            else:
                self.others[number].add(digest)

    def _number(self, one: Made, position: int) -> int:
        """Return which record was made."""
        if one.number is not None:
            return one.number if one.number < len(self.truth) else NOBODY
        if self.truth.damaged and one.raw is not None:
            found = self.truth.damaged.get(sha256(one.raw).digest())
            if found is not None:
                return found
        return int(self.truth.order[position]) if position >= 0 else NOBODY

    def _damaged(self) -> frozenset[int]:
        return frozenset(self.truth.damaged.values()) if self.truth.damaged else frozenset()

    def _group(self, position: int) -> list[int]:
        """Return the records that have the eventID of a position, the first that has it."""
        if position < 0:
            return []
        truth, last = self.truth, position + 1
        if self._shared[position]:
            high, low = truth.sorted_high[position], truth.sorted_low[position]
            while last < len(truth) and (truth.sorted_high[last], truth.sorted_low[last]) == (
                high,
                low,
            ):
                last += 1
        return sorted(truth.order[position:last].tolist())

    def receive(self, some: Sequence[Received]) -> None:
        """Take what was received."""
        self.arrived += len(some)
        found = self.truth.found([key_of(one.event_id or "") for one in some])
        digests = np.array([one.digest for one in some], np.uint64)
        numbers = np.where(found >= 0, self.truth.order[found], NOBODY)
        is_shared = (found >= 0) & self._shared[found]
        for at in np.flatnonzero((found < 0) | is_shared).tolist():
            numbers[at] = self._other(some[at], int(found[at]))
        for at in np.flatnonzero(numbers < 0).tolist():
            self.unexpected += 1
            self._show("unexpected", some[at].event_id, some[at], "")
        known = np.flatnonzero(numbers >= 0)
        which = numbers[known]
        sent, given = self.digest[which], digests[known]
        is_compared = (sent != UNKNOWN) & (given != UNKNOWN)
        self.uncompared += int(np.count_nonzero(~is_compared))
        for at in known[is_compared & (sent != given)].tolist():
            number = int(numbers[at])
            if some[at].digest not in self.others.get(number, ()):
                self.altered[number] += 1
                if len(self.close) < EXAMPLES:
                    self.close.append(Altered(number, some[at]))
        is_more = self.received[which] + 1 > self.truth.planned[which]
        before = self.received[which]
        np.add.at(self.received, which, 1)
        is_more |= self.received[which] > self.truth.planned[which]
        self._show_repeated(some, known[is_more], numbers, before[is_more])

    def find_text(self, sha: bytes, place: str) -> None:
        """Take a damaged record that is there as it was written, and is no record."""
        number = self.truth.damaged[sha]
        self.arrived += 1
        self.received[number] += 1
        if self.received[number] > self.truth.planned[number]:
            self._note("repeated", Example(self.truth.event_id(number), place))

    def _other(self, one: Received, position: int) -> int:
        """Return which record it is, of those that share an eventID, or of damaged ones."""
        group = self._group(position)
        if group:
            # What fits comes first, and of that what is still expected.
            return min(
                group,
                key=lambda at: (
                    one.digest not in (UNKNOWN, int(self.digest[at]), *self.others.get(at, ())),
                    self.received[at] >= self.truth.planned[at],
                ),
            )
        if self.truth.damaged:
            by_text = None
            if one.raw is not None:
                by_text = self.truth.damaged.get(sha256(one.raw).digest())
            return self._by_digest.get(one.digest, NOBODY) if by_text is None else by_text
        return NOBODY

    def _show_repeated(
        self,
        some: Sequence[Received],
        positions: NDArray[np.int64],
        numbers: NDArray[np.int64],
        before: NDArray[np.int32],
    ) -> None:
        """Show those that came after all that were expected."""
        seen: dict[int, int] = {}
        for at, had in zip(positions.tolist(), before.tolist(), strict=True):
            number = int(numbers[at])
            seen[number] = seen.get(number, had) + 1
            if seen[number] > self.truth.planned[number]:
                name = "repeated_possible" if self.is_uncertain[number] else "repeated"
                self._show(name, some[at].event_id, some[at], "")

    def _show(self, name: str, event_id: str | None, one: Received, note: str) -> None:
        self._note(name, Example(event_id, str(one.place), note))

    def _note(self, name: str, example: Example) -> None:
        kept = self.examples[name]
        if len(kept) < EXAMPLES:
            kept.append(example)


def _key(record: dict[str, Any] | None) -> bytes:
    event_id = None if record is None else record.get("eventID")
    return key_of(event_id if isinstance(event_id, str) else "")
