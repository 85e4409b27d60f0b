"""Columns of text, each held in the form that costs least.

A few texts are listed. A million user ids are spelled from keys when they are asked for, and
a million principal names are user names with a domain behind them: a column that nobody reads
costs nothing. However it is held, a column is a sequence of `str`; `one` and `many` stand side
by side, as with codecs.
"""

from __future__ import annotations

from abc import abstractmethod
from bisect import bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING, overload

import numpy as np

from simulator.primitives.jsontext import string_content

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


class Texts(Sequence[str]):
    """A column of text."""

    __slots__ = ()

    @abstractmethod
    def one(self, place: int) -> str:
        """Return the text at a place from 0."""

    @abstractmethod
    def many(self, places: NDArray[np.int64]) -> NDArray[np.bytes_]:
        """Return what stands between the quotes when the texts at these places are JSON."""

    @abstractmethod
    def widths(self) -> tuple[int, int]:
        """Return how few and how many bytes a text of `many` may have.

        They are equal only where all texts have as many.
        """

    @abstractmethod
    def find(self, text: str) -> int:
        """Return the first place of a text, or -1."""

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        """Return one text, or several."""
        if isinstance(place, slice):
            return [self.one(each) for each in range(*place.indices(len(self)))]
        if not -len(self) <= place < len(self):
            raise IndexError(place)
        return self.one(place % len(self))


class Listed(Texts):
    """Texts one by one: any text there is."""

    __slots__ = ("_first", "_values")

    def __init__(self, values: Sequence[str]) -> None:
        self._values = tuple(values)
        self._first: dict[str, int] | None = None

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._values)

    def one(self, place: int) -> str:
        """See `Texts.one`."""
        return self._values[place]

    def many(self, places: NDArray[np.int64]) -> NDArray[np.bytes_]:
        """See `Texts.many`."""
        return np.array(
            [string_content(self._values[place]) for place in places.tolist()], np.bytes_
        )

    def widths(self) -> tuple[int, int]:
        """See `Texts.widths`."""
        lengths = [len(string_content(value)) for value in self._values]
        return min(lengths, default=0), max(lengths, default=0)

    def find(self, text: str) -> int:
        """See `Texts.find`."""
        if self._first is None:
            self._first = {}
            for place, value in enumerate(self._values):
                self._first.setdefault(value, place)
        return self._first.get(text, -1)


class Same(Texts):
    """One text for every place."""

    __slots__ = ("_count", "_text")

    def __init__(self, text: str, count: int) -> None:
        self._text, self._count = text, count

    def __len__(self) -> int:
        """Return how many there are."""
        return self._count

    def one(self, place: int) -> str:
        """See `Texts.one`."""
        assert 0 <= place < self._count
        return self._text

    def many(self, places: NDArray[np.int64]) -> NDArray[np.bytes_]:
        """See `Texts.many`."""
        return np.repeat(np.array([string_content(self._text)], np.bytes_), len(places))

    def widths(self) -> tuple[int, int]:
        """See `Texts.widths`."""
        width = len(string_content(self._text))
        return width, width

    def find(self, text: str) -> int:
        """See `Texts.find`."""
        return 0 if self._count and text == self._text else -1


class Spelled(Texts):
    """Texts that are made when they are asked for; none has a mark that JSON escapes."""

    __slots__ = ("_count", "_spell", "_widths")

    def __init__(
        self,
        count: int,
        widths: tuple[int, int],
        spell: Callable[[NDArray[np.int64]], NDArray[np.bytes_]],
    ) -> None:
        """Hold the recipe.

        Args:
            count: How many there are.
            widths: As `Texts.widths` says.
            spell: Returns the texts at these places.
        """
        self._count, self._widths, self._spell = count, widths, spell

    def __len__(self) -> int:
        """Return how many there are."""
        return self._count

    def one(self, place: int) -> str:
        """See `Texts.one`."""
        return bytes(self._spell(np.array([place], np.int64))[0]).decode()

    def many(self, places: NDArray[np.int64]) -> NDArray[np.bytes_]:
        """See `Texts.many`."""
        return self._spell(places)

    def widths(self) -> tuple[int, int]:
        """See `Texts.widths`."""
        return self._widths

    def find(self, text: str) -> int:
        """See `Texts.find`. It takes all texts to be spelled."""
        found = np.flatnonzero(self._spell(np.arange(self._count)) == text.encode())
        return int(found[0]) if len(found) else -1


class Affixed(Texts):
    """Other texts with something before them and something behind."""

    __slots__ = ("_after", "_before", "_inner")

    def __init__(self, inner: Texts, *, before: str = "", after: str = "") -> None:
        self._inner, self._before, self._after = inner, before, after

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._inner)

    def one(self, place: int) -> str:
        """See `Texts.one`."""
        return f"{self._before}{self._inner.one(place)}{self._after}"

    def many(self, places: NDArray[np.int64]) -> NDArray[np.bytes_]:
        """See `Texts.many`."""
        made = self._inner.many(places)
        if self._before:
            made = np.strings.add(string_content(self._before), made)
        if self._after:
            made = np.strings.add(made, string_content(self._after))
        return made

    def widths(self) -> tuple[int, int]:
        """See `Texts.widths`."""
        more = len(string_content(self._before)) + len(string_content(self._after))
        least, most = self._inner.widths()
        return least + more, most + more

    def find(self, text: str) -> int:
        """See `Texts.find`."""
        before, after = len(self._before), len(self._after)
        is_long_enough = len(text) >= before + after
        if is_long_enough and text.startswith(self._before) and text.endswith(self._after):
            return self._inner.find(text[before : len(text) - after])
        return -1


class Joined(Texts):
    """Columns one after another."""

    __slots__ = ("_parts", "_starts")

    def __init__(self, parts: Sequence[Texts]) -> None:
        self._parts = tuple(parts)
        self._starts = np.cumsum([0, *(len(part) for part in parts)]).tolist()

    def __len__(self) -> int:
        """Return how many there are."""
        return int(self._starts[-1])

    def one(self, place: int) -> str:
        """See `Texts.one`."""
        which = bisect_right(self._starts, place) - 1
        return self._parts[which].one(place - self._starts[which])

    def many(self, places: NDArray[np.int64]) -> NDArray[np.bytes_]:
        """See `Texts.many`."""
        found = []
        for part, start in zip(self._parts, self._starts, strict=False):
            rows = np.flatnonzero((places >= start) & (places < start + len(part)))
            if len(rows):
                found.append((rows, part.many(places[rows] - start)))
        width = max((texts.dtype.itemsize for _, texts in found), default=1)
        made = np.zeros(len(places), f"S{width}")
        for rows, texts in found:
            made[rows] = texts
        return made

    def widths(self) -> tuple[int, int]:
        """See `Texts.widths`."""
        found = [part.widths() for part in self._parts if len(part)]
        return (
            min((least for least, _ in found), default=0),
            max((most for _, most in found), default=0),
        )

    def find(self, text: str) -> int:
        """See `Texts.find`."""
        for part, start in zip(self._parts, self._starts, strict=False):
            place = part.find(text)
            if place >= 0:
                return int(start + place)
        return -1


def trimmed(texts: NDArray[np.bytes_]) -> NDArray[np.bytes_]:
    """Return texts no wider than the longest of them."""
    width = max(int(np.strings.str_len(texts).max(initial=0)), 1)
    return texts.astype(f"S{width}", copy=False)


def beside(count: int, *parts: bytes | NDArray[np.bytes_]) -> NDArray[np.bytes_]:
    """Return texts of one width side by side, as one text for each of so many rows.

    Args:
        parts: One text for all rows, or an array with one for each.
    """
    there = [part for part in parts if not isinstance(part, bytes) or part]
    columns = [np.array([part]) if isinstance(part, bytes) else part for part in there]
    widths = [column.dtype.itemsize for column in columns]
    # Not as text, whose ends NumPy would look for.
    made = np.empty(count, [(f"f{place}", f"V{width}") for place, width in enumerate(widths)])
    for name, column, width in zip(made.dtype.names or (), columns, widths, strict=True):
        made[name] = column.view(f"V{width}")
    return made.view(f"S{sum(widths)}")
