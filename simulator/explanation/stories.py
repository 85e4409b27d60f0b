"""Many records as stories: those that belong together, in order of time.

Records belong together that share an id of a sign-in, of a session or of credentials. Where one
has none, as in the access portal before October 2024, it is told with others of whoever acted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from simulator.explanation.explaining import factors_of, place_and_id
from simulator.explanation.notes import instant_of
from simulator.explanation.ties import OF_STORIES, SORTS, Tie
from simulator.primitives.instants import HOUR

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from simulator.explanation.notes import Note

OTHERS: Final = "records without a session"
"""The sort of a story whose records share no id."""
_PAUSE: Final = 8 * HOUR
"""After which it is another story: as long as a portal session lasts unless set otherwise."""


@dataclass(frozen=True, slots=True)
class Line:
    """A record in a story."""

    note: Note
    who: str
    """Who acts, if that is not the same in the whole story; else empty."""
    codes: tuple[str, ...]
    """Codes of what validation says of it."""


@dataclass(frozen=True, slots=True)
class Story:
    """Records that belong together."""

    tie: Tie
    """The id that names it; of `OTHERS` whoever acts."""

    who: tuple[str, ...]
    """Who acts in it, in the order in which they appear."""

    lines: tuple[Line, ...]
    """In order of time."""

    factors: tuple[str, ...]
    """What became of each factor, where it is a sign-in."""


class _Sets:
    """Sets of ties that belong together, each known by one of them."""

    def __init__(self) -> None:
        self._above: dict[Tie, Tie] = {}

    def find(self, tie: Tie) -> Tie:
        """Return the tie by which the set is known."""
        top = tie
        while (above := self._above.get(top, top)) != top:
            top = above
        while (above := self._above.get(tie, tie)) != top:
            self._above[tie], tie = top, above
        return top

    def join(self, ties: Sequence[Tie]) -> None:
        """Put ties into one set."""
        first, *others = (self.find(tie) for tie in ties)
        for other in others:
            self._above[other] = first


def stories_of(
    notes: Iterable[Note], codes: Mapping[tuple[str, str], Sequence[str]]
) -> tuple[Story, ...]:
    """Return stories in the order in which they begin.

    Args:
        notes: Of records in any order.
        codes: What validation says, by place and eventID.
    """
    ordered = sorted(notes, key=lambda note: note.when)
    names = {note.user_id: note.name for note in ordered if note.user_id and note.name}
    sets, others = _Sets(), _Others()
    held: list[tuple[Note, Tie]] = []
    for note in ordered:
        ties = [tie for tie in note.ties if tie.sort in OF_STORIES] or [others.tie_of(note)]
        sets.join(ties)
        held.append((note, ties[0]))
    together: dict[Tie, list[tuple[Note, Tie]]] = {}
    for note, tie in held:
        together.setdefault(sets.find(tie), []).append((note, tie))
    return tuple(_story(pairs, codes, names) for pairs in together.values())


class _Others:
    """Ties of records that have none of their own: whoever acts, until a long pause."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[int, int]] = {}

    def tie_of(self, note: Note) -> Tie:
        """Return the tie of a record, later than all before it."""
        at = instant_of(note) or 0
        last, turn = self._last.get(note.who, (at, 0))
        turn += at - last > _PAUSE
        self._last[note.who] = at, turn
        return Tie(OTHERS, f"{note.who} {turn}")


def _story(
    pairs: list[tuple[Note, Tie]],
    codes: Mapping[tuple[str, str], Sequence[str]],
    names: Mapping[str, str],
) -> Story:
    notes = [note for note, _ in pairs]
    shorts = [names.get(note.user_id) or note.short for note in notes]
    # Who is not shown in one record is shown in another.
    people = [one for one in dict.fromkeys(shorts) if one]
    # What is said last of somebody says most: a sign-in shows who it is at its end.
    says = {
        short: names.get(note.user_id) or note.who
        for short, note in zip(shorts, notes, strict=True)
        if short
    }
    lines = tuple(
        Line(
            note,
            (short or note.who) if len(people) > 1 else "",
            tuple(codes.get(place_and_id(note.place, note.event_id), ())),
        )
        for short, note in zip(shorts, notes, strict=True)
    )
    return Story(
        min((tie for _, tie in pairs), key=_place_of_sort),
        tuple(says[one] for one in people) or (notes[0].who,),
        lines,
        tuple(factors_of(notes)),
    )


def _place_of_sort(tie: Tie) -> int:
    return SORTS.index(tie.sort) if tie.sort in SORTS else len(SORTS)
