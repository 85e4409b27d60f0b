"""Records alike but for names: which value of one side stands for which of the other.

A case keeps neither ids nor addresses; a scenario draws its own. So records are compared up to
a renaming, the same in all of them: one value for one value, of the same form.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from simulator.cases.anonymity.moments import moved, weeks_between
from simulator.cases.anonymity.pieces import WORDS, alike, member_pieces, number_pieces, pieces
from simulator.cases.anonymity.vocabulary import CAMEL

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from simulator.cases.anonymity.pieces import Piece

Path: TypeAlias = "tuple[str | int, ...]"

_DEEPEST: Final = 200
"""Deeper in themselves, values are compared as they are."""


_WORD: Final = "word"


def _sort(kind: str) -> str:
    return _WORD if kind in WORDS else kind


_SHORT: Final = 1_000
"""Texts up to this length are cut once, however often they are compared."""


@lru_cache(maxsize=20_000)
def _known(path: Path, value: str) -> tuple[Piece, ...]:
    return pieces(path, value)


def _cut(path: Path, value: str) -> tuple[Piece, ...]:
    return _known(path, value) if len(value) <= _SHORT else pieces(path, value)


@dataclass(slots=True)
class Renaming:
    """One value for another, by the kind of thing that they name."""

    there: dict[tuple[str, str], str] = field(default_factory=dict)
    """Kind and text of a piece to what stands for it; words are of one kind."""
    back: dict[tuple[str, str], str] = field(default_factory=dict)
    """The other way."""
    weeks: int = 0
    """By how many weeks times are later."""

    def text(self, path: Path, value: str) -> str:
        """Return a text with everything in it that has another name under that name."""
        return "".join(self._piece(one) for one in _cut(path, value))

    def _piece(self, piece: Piece) -> str:
        if piece.kind == "time":
            return moved(piece.text, self.weeks)
        if not piece.kind:
            return piece.text
        return self.there.get((_sort(piece.kind), piece.text), piece.text)

    def _name(self, path: Path, name: str) -> str:
        return "".join(self._piece(one) for one in member_pieces(path, name))

    def is_same(self, path: Path, wanted: str, found: str) -> bool:
        """Return whether a renamed text is another, if names in ordinary words are renamed, too."""
        return found == "".join(
            CAMEL.sub(lambda match: self._soft(match[0]), self._soft(one.text))
            if one.is_soft
            else one.text
            for one in _cut(path, wanted)
        )

    def _soft(self, word: str) -> str:
        return self.there.get((_WORD, word), word)

    def value(self, value: Any, path: Path = ()) -> Any:  # noqa: ANN401  # JSON
        """Return a value of JSON likewise, with all that is in it."""
        if len(path) > _DEEPEST:
            return value
        if isinstance(value, dict):
            return {
                self._name(path, name): self.value(inner, (*path, name))
                for name, inner in value.items()
            }
        if isinstance(value, list):
            return [self.value(inner, (*path, place)) for place, inner in enumerate(value)]
        if isinstance(value, str):
            return self.text(path, value)
        return self._number(path, value) if _is_number(value) else value

    def _number(self, path: Path, value: float) -> float:
        text = repr(value)
        made = "".join(self._piece(one) for one in number_pieces(path, text))
        return value if made == text else type(value)(made)


def renaming_of(
    pairs: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]],
    refused: Container[str] = frozenset(),
) -> Renaming:
    """Return the renaming that takes the first of most pairs of records to the second.

    What stands for what is told by how often the two are in one place; a value that was given
    away is not given to another.

    Args:
        pairs: The records.
        refused: What may stand for nothing, in small letters.
    """
    votes: Counter[tuple[str, str, str]] = Counter()
    weeks: Counter[int] = Counter()
    for one, other in pairs:
        for vote in _votes(one, other, ()):
            if vote[0] == "time":
                apart = weeks_between(*vote[1:])
                weeks.update(() if apart is None else (apart,))
            else:
                votes[vote] += 1
    made = Renaming(weeks=max(weeks, key=weeks.__getitem__, default=0))
    for (kind, old, new), _ in votes.most_common():
        is_free = (kind, old) not in made.there and (kind, new) not in made.back
        if is_free and new.lower() not in refused:
            made.there[kind, old] = new
            made.back[kind, new] = old
    return made


def _votes(one: Any, other: Any, path: Path) -> Iterator[tuple[str, str, str]]:  # noqa: ANN401  # JSON
    """Yield kind and texts of pieces that are in one place and have one form."""
    if len(path) > _DEEPEST:
        return
    if isinstance(one, dict) and isinstance(other, dict):
        for name, counterpart in _named(one, other):
            yield from _alike(member_pieces(path, name), member_pieces(path, counterpart))
            yield from _votes(one[name], other[counterpart], (*path, name))
    elif isinstance(one, list) and isinstance(other, list):
        for place, (inner, counterpart) in enumerate(zip(one, other, strict=False)):
            yield from _votes(inner, counterpart, (*path, place))
    elif isinstance(one, str) and isinstance(other, str):
        yield from _alike(_cut(path, one), _cut(path, other))
    elif _is_number(one) and _is_number(other):
        yield from _alike(number_pieces(path, repr(one)), number_pieces(path, repr(other)))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _named(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield names of members that are each other's: the same, or the only ones that are not."""
    yield from ((name, name) for name in one if name in other)
    left = [name for name in one if name not in other]
    right = [name for name in other if name not in one]
    if len(left) == len(right):
        yield from zip(left, right, strict=True)


def _alike(old: Sequence[Piece], new: Sequence[Piece]) -> Iterator[tuple[str, str, str]]:
    if [piece.kind for piece in old] != [piece.kind for piece in new]:
        return
    for piece, counterpart in zip(old, new, strict=True):
        is_same = piece.text == counterpart.text
        if piece.kind and (is_same or alike(piece.kind, piece.text, counterpart.text)):
            yield _sort(piece.kind), piece.text, counterpart.text
