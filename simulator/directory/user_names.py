"""User names that nobody has twice.

A user name is a stem made of a name, such as `ana.lopez`, and a number when the stem is
taken: `ana.lopez2` for the second holder. That is a matter of order among holders of one
stem alone, so that it is settled for a million people by sorting stems, which are numbers
here; text is made of them only where somebody reads it.

The one trap is a stem that ends in a digit: `ana.lopez2` may then be two people's name.
Such stems are dealt out one by one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.directory.names import Person, ascii_folded, pool, unspelled
from simulator.primitives.texts import Texts, trimmed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

_DIGITS: Final = "0123456789"
_UNSPELLED: Final = re.compile(r"user([0-9]{8})")
_HALF: Final = 32
_LOWER: Final = (1 << _HALF) - 1
_LONGEST_NUMBER: Final = 18
"""Digits of a number that surely fits a column."""


class Stems:
    """The stems that occur, as numbers.

    A stem of two parts is a pair of places in the lists of given and family names, folded
    and each once; place 0 is the empty text. A stem that stands for a name without Latin
    letters is a number below zero.
    """

    def __init__(self) -> None:
        """Begin with no names."""
        self.givens: dict[str, int] = {"": 0}
        self.families: dict[str, int] = {"": 0}
        self.has_unspelled = False

    @property
    def are_ambiguous(self) -> bool:
        """Whether a stem with a number could be another stem."""
        ends = any(text[-1:] in _DIGITS for text in (*self.givens, *self.families) if text)
        return ends or (self.has_unspelled and "user" in self.givens)

    def code(self, person: Person) -> int:
        """Return the number of a person's stem."""
        given, family = ascii_folded(person.given), ascii_folded(person.family)
        if not given and not family:
            self.has_unspelled = True
            return -1 - unspelled(person.given, person.family)
        if not given:
            given, family = family, ""
        high = self.givens.setdefault(given, len(self.givens))
        return high << _HALF | self.families.setdefault(family, len(self.families))

    def code_many(
        self, locale: str, given: NDArray[np.int64], family: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Return as `code` does, by places in a locale's pool."""
        names = pool(locale)
        high = _interned(self.givens, names.given, given)
        low = _interned(self.families, names.family, family)
        codes = high << _HALF | low
        # Few scripts leave a part empty, so that what is left is asked for by pairs.
        odd = np.flatnonzero(high == 0)
        if len(odd):
            pairs, where = np.unique(
                given[odd] * len(names.family) + family[odd], return_inverse=True
            )
            known = [
                self.code(Person(names.given[first], names.family[second]))
                for first, second in (divmod(pair, len(names.family)) for pair in pairs.tolist())
            ]
            codes[odd] = np.array(known, np.int64)[where]
        return codes

    def text(self, code: int) -> str:
        """Return a stem."""
        if code < 0:
            return f"user{-1 - code:08d}"
        given, family = list(self.givens)[code >> _HALF], list(self.families)[code & _LOWER]
        return f"{given}.{family}" if family else given

    def text_many(self, codes: NDArray[np.int64]) -> NDArray[np.bytes_]:
        """Return stems."""
        # A family name brings its dot along.
        givens = np.array(list(self.givens), np.bytes_)
        families = np.array([f".{text}" if text else "" for text in self.families], np.bytes_)
        is_spelled = codes >= 0
        spelled = np.where(is_spelled, codes, 0)
        made = np.strings.add(givens[spelled >> _HALF], families[spelled & _LOWER])
        odd = np.flatnonzero(~is_spelled)
        if len(odd):
            width = max(made.dtype.itemsize, 12)
            made = made.astype(f"S{width}")
            # A digit more in front keeps the zeros.
            digits = (10**8 - 1 - codes[odd]).astype("S9").view(np.uint8).reshape(-1, 9)[:, 1:]
            made[odd] = np.strings.add(b"user", np.ascontiguousarray(digits).view("S8").ravel())
        return made

    def length_many(self, codes: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return how long stems are."""
        givens = np.array([len(text) for text in self.givens], np.int64)
        families = np.array([len(text) + bool(text) for text in self.families], np.int64)
        spelled = np.maximum(codes, 0)
        lengths = givens[spelled >> _HALF] + families[spelled & _LOWER]
        return np.where(codes >= 0, lengths, 12)

    def readings(self, local: str) -> Iterator[tuple[int, int]]:
        """Yield the stems and ordinals that a user name could be made of, longest stem first."""
        least = len(local.rstrip(_DIGITS))
        for cut in range(len(local), max(least, len(local) - _LONGEST_NUMBER) - 1, -1):
            stem, digits = local[:cut], local[cut:]
            if digits and (digits[0] == "0" or digits == "1"):
                continue
            ordinal = int(digits) - 1 if digits else 0
            unspelled_stem = _UNSPELLED.fullmatch(stem)
            if unspelled_stem is not None and self.has_unspelled:
                yield -1 - int(unspelled_stem[1]), ordinal
            given, _, family = stem.partition(".")
            high, low = self.givens.get(given), self.families.get(family)
            if high and low is not None and bool(family) == ("." in stem):
                yield high << _HALF | low, ordinal


def _interned(
    known: dict[str, int], names: Sequence[str], places: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return what folded names are known by; only names that occur are folded."""
    found = np.zeros(len(names), np.int64)
    for place in np.flatnonzero(np.bincount(places, minlength=1)).tolist():
        found[place] = known.setdefault(ascii_folded(names[place]), len(known))
    return found[places]


def ordinals(stems: Iterable[str], is_taken: Callable[[str], bool]) -> list[int]:
    """Return which holder of her stem everyone is, in order: 0 for one without a number.

    Args:
        stems: Of people of whom nobody has a user name yet.
        is_taken: Whether somebody else has a user name, without its domain.
    """
    last: dict[str, int] = {}
    given: set[str] = set()
    found = []
    for stem in stems:
        ordinal = last.get(stem, 0)
        while (name := _numbered(stem, ordinal)) in given or is_taken(name):
            ordinal += 1
        last[stem] = ordinal
        given.add(name)
        found.append(ordinal)
    return found


def ordinals_many(
    codes: NDArray[np.int64],
    order: NDArray[np.int64],
    free: NDArray[np.int64],
    taken: dict[int, set[int]],
) -> NDArray[np.int64]:
    """Deal out as `ordinals` does, by stems as numbers. They must not be ambiguous.

    Args:
        codes: Everyone's stem.
        order: Everyone's place in order of stem; equals in their own order.
        free: From which ordinal on nobody of an earlier list holds everyone's stem.
        taken: Stem to ordinals that others hold besides.
    """
    sorted_codes = codes[order]
    is_first = np.ones(len(codes), np.bool_)
    is_first[1:] = sorted_codes[1:] != sorted_codes[:-1]
    first = np.flatnonzero(is_first)
    counts = np.diff(np.append(first, len(codes)))
    rank = np.arange(len(codes)) - np.repeat(first, counts)
    found = np.empty(len(codes), np.int64)
    found[order] = rank
    found += free
    for code, held in taken.items():
        low, high = np.searchsorted(sorted_codes, [code, code + 1])
        holders = order[low:high]
        if len(holders):
            start = int(free[holders[0]])
            last = start + len(holders) + len(held)
            left = [ordinal for ordinal in range(start, last) if ordinal not in held]
            found[holders] = left[: len(holders)]
    return found


def _numbered(stem: str, ordinal: int) -> str:
    return stem if ordinal == 0 else f"{stem}{ordinal + 1}"


class Locals(Texts):
    """The user names of many people, without their domain."""

    __slots__ = ("_codes", "_order", "_ordinals", "_stems")

    def __init__(
        self,
        stems: Stems,
        codes: NDArray[np.int64],
        order: NDArray[np.int64],
        ordinals: NDArray[np.int64],
    ) -> None:
        """Hold what names are made of.

        Args:
            stems: What `codes` are numbers of.
            codes: Everyone's stem.
            order: Everyone's place in order of stem, then of ordinal.
            ordinals: Which holder of her stem everyone is.
        """
        self._stems, self._codes, self._order, self._ordinals = stems, codes, order, ordinals

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._codes)

    def one(self, place: int) -> str:
        """See `Texts.one`."""
        stem = self._stems.text(int(self._codes[place]))
        return _numbered(stem, int(self._ordinals[place]))

    def many(self, places: NDArray[np.int64]) -> NDArray[np.bytes_]:
        """See `Texts.many`. Folded names hold nothing that JSON escapes."""
        stems = self._stems.text_many(self._codes[places])
        ordinals = self._ordinals[places]
        numbers = np.arange(1, int(ordinals.max(initial=0)) + 2).astype(np.bytes_)
        numbers[0] = b""
        return trimmed(np.strings.add(stems, trimmed(numbers)[ordinals]))

    def widths(self) -> tuple[int, int]:
        """See `Texts.widths`."""
        if not len(self):
            return 0, 0
        lengths = self._stems.length_many(self._codes)
        for digits in range(1, _LONGEST_NUMBER):
            least = 1 if digits == 1 else 10 ** (digits - 1) - 1
            if not (longer := self._ordinals >= least).any():
                break
            lengths += longer
        return int(lengths.min()), int(lengths.max())

    def find(self, text: str) -> int:
        """See `Texts.find`."""
        for code, ordinal in self._stems.readings(text):
            # Of the column's own type, or the whole column would be converted.
            asked = np.array([code, code + 1], self._codes.dtype)
            low, high = np.searchsorted(self._codes, asked, sorter=self._order).tolist()
            holders = self._order[low:high]
            place = int(np.searchsorted(self._ordinals[holders], ordinal))
            if place < len(holders) and self._ordinals[holders[place]] == ordinal:
                return int(holders[place])
        return -1

    def next_free(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the stems in use, ascending, and from which ordinal on nobody holds each."""
        sorted_codes = self._codes[self._order]
        is_last = np.ones(len(self), np.bool_)
        is_last[:-1] = sorted_codes[1:] != sorted_codes[:-1]
        last = self._order[is_last]
        return self._codes[last], self._ordinals[last] + 1


@dataclass(frozen=True, slots=True)
class Drawn:
    """Some people of a list, whose names come from one locale."""

    locale: str
    rows: NDArray[np.int64]
    """Their places in the list."""
    given: NDArray[np.int64]
    """Places in the locale's given names."""
    family: NDArray[np.int64]
    """Places in the locale's family names."""


class Naming:
    """Gives user names to one list of people after another."""

    def __init__(self, named: Iterable[str]) -> None:
        """Begin with names, without their domain, that are given already."""
        self._stems = Stems()
        self._named = frozenset(named)
        self._lists: list[Locals] = []

    def locals(self, people: Iterable[Drawn], count: int) -> Locals:
        """Return the user names of one more list of people."""
        codes = np.empty(count, np.int64)
        for some in people:
            codes[some.rows] = self._stems.code_many(some.locale, some.given, some.family)
        order = np.argsort(codes, kind="stable")
        if self._stems.are_ambiguous:
            stems = (stem.decode() for stem in self._stems.text_many(codes).tolist())
            found = np.array(ordinals(stems, self._is_taken), np.int64)
        else:
            found = ordinals_many(codes, order, self._free(codes), self._taken())
        made = Locals(self._stems, codes, order, found)
        self._lists.append(made)
        return made

    def _is_taken(self, name: str) -> bool:
        return name in self._named or any(one.find(name) >= 0 for one in self._lists)

    def _taken(self) -> dict[int, set[int]]:
        taken: dict[int, set[int]] = {}
        for name in sorted(self._named):
            for code, ordinal in self._stems.readings(name):
                taken.setdefault(code, set()).add(ordinal)
        return taken

    def _free(self, codes: NDArray[np.int64]) -> NDArray[np.int64]:
        free = np.zeros(len(codes), np.int64)
        for earlier in self._lists:
            known, after = earlier.next_free()
            if len(known):
                place = np.minimum(np.searchsorted(known, codes), len(known) - 1)
                np.maximum(free, np.where(known[place] == codes, after[place], 0), out=free)
        return free
