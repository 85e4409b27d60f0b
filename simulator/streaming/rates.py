"""How fast a stream is to be: what `--rate` and `--bytes` say, and when each unit is due.

A rate is a course of spans, in each of which it stays or changes evenly. When the n-th record
or byte is due follows from the course alone, so that falling behind never makes the rest
later: an open loop (Schroeder, Wierman and Harchol-Balter, "Open Versus Closed: A Cautionary
Tale", NSDI 2006).

Whole numbers, and of floats only `+ - * /` and the square root, which are the same everywhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.errors import RequestError
from simulator.primitives.instants import DAY, format_duration, parse_duration

if TYPE_CHECKING:
    from numpy.typing import NDArray

MICROS: Final = 1_000_000
"""Microseconds in a second: what dues are counted in."""

BEYOND: Final = np.iinfo(np.int64).max
"""When a unit is due that comes after the end of a course: never."""

BY_HOUR: Final = (
    8, 6, 5, 5, 6, 10, 22, 48, 80, 97, 100, 96, 82, 88, 96, 97, 90, 72, 48, 34, 27, 22, 16, 11,
)  # fmt: skip
"""A working day: the rate at each full hour, in percent of its peak. Made up, to load with."""

WORDS: Final = (
    "5000/s; 300k/min for 5m; 100/s..5000/s for 10m (a ramp); parts one after another with "
    "commas; 1000/s with 20k/s for 10s every 5m (spikes); diurnal 5000/s (a day's peak), "
    "diurnal 5000/s every 10m (a day in ten minutes)"
)
"""What a rate looks like, for messages."""

_PER: Final = {"s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600}
_FACTORS: Final = {"": 1, "k": 10**3, "K": 10**3, "M": 10**6, "G": 10**9}
_NUMBER: Final = r"(\d+(?:\.\d+)?)(k|K|M|G)?B?(?:/(s|sec|m|min|h))?"
_ONE: Final = re.compile(_NUMBER)
_PART: Final = re.compile(
    r"(?P<is_day>diurnal )?(?P<rate>[^ .]+(?:\.\d[^ .]*)?)(?:\.\.(?P<to>\S+))?"
    r"(?: with (?P<spike>\S+) for (?P<lasting>\S+))?(?: every (?P<every>\S+))?"
    r"(?: for (?P<length>\S+))?"
)
_MOST: Final = 10**12
_SPANS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time over which a rate stays or changes evenly."""

    length: int | None
    """In milliseconds; absent for one without end, over which it stays."""

    first: float
    """Units a second when it begins."""

    last: float
    """Units a second when it ends."""

    @property
    def units(self) -> float:
        """How many units it has."""
        assert self.length is not None
        return (self.first + self.last) / 2 * (self.length / 1000)


@dataclass(frozen=True)
class Course:
    """Spans, one after another; only the last may be without end."""

    spans: tuple[Span, ...]

    @cached_property
    def _before(self) -> NDArray[np.float64]:
        """How many units are due before each span, and before the end."""
        units = [np.inf if span.length is None else span.units for span in self.spans]
        return np.fromiter(accumulate(units, initial=0.0), np.float64)

    @cached_property
    def _begins(self) -> list[int]:
        """When each span begins, and the last one ends, in milliseconds."""
        return [*accumulate((span.length or 0 for span in self.spans), initial=0)]

    @property
    def length(self) -> int | None:
        """How long it lasts, in milliseconds; absent for without end."""
        return None if self.spans[-1].length is None else self._begins[-1]

    @property
    def total(self) -> int | None:
        """How many units are due before its end; absent for without end."""
        if self.length is None:
            return None
        # The unit that begins at the very end is not due any more.
        return -int(-float(self._before[-1]) // 1)

    def cut(self, length: int) -> Course:
        """Return the course until some milliseconds after its beginning, at most."""
        kept = []
        left = length
        for span in self.spans:
            if left <= 0:
                break
            if span.length is None or span.length > left:
                part = 1.0 if span.length is None else left / span.length
                last = span.first + (span.last - span.first) * part
                kept.append(Span(left, span.first, last))
                break
            kept.append(span)
            left -= span.length
        return Course(tuple(kept))

    def dues(self, units: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return when units are due, in microseconds after the beginning.

        Args:
            units: How many come before each; in order. Those after the end get `BEYOND`.
        """
        made = np.full(len(units), BEYOND, np.int64)
        if not len(units):
            return made
        ends = self._before[1:]
        first, last = np.searchsorted(ends, units[[0, -1]], side="right").tolist()
        for nth in range(first, min(last + 1, len(self.spans))):
            before = self._before[nth : nth + 2]
            low, high = np.searchsorted(units, before).tolist()
            after = _after(self.spans[nth], units[low:high].astype(np.float64) - before[0])
            micros = np.floor(after * MICROS).astype(np.int64)
            made[low:high] = self._begins[nth] * 1000 + micros
        return made


def _after(span: Span, count: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how many seconds into a span its units are due."""
    if span.length is None or span.first == span.last:
        return count / span.first
    steepness = (span.last - span.first) / (span.length / 1000)
    # Of the two forms of the root the one that loses no digits when it changes little.
    inside = np.maximum(span.first * span.first + 2 * steepness * count, 0.0)
    return 2 * count / np.maximum(span.first + np.sqrt(inside), 1e-300)


def course_of(text: str, name: str = "--rate") -> Course:
    """Read a course, such as `5000/s` or `100/s..5000/s for 10m, 5000/s`.

    Args:
        name: The option that it is given with, for messages.

    Raises:
        RequestError: It is none.
    """
    spans: list[Span] = []
    parts = [" ".join(part.split()) for part in text.split(",")]
    for nth, part in enumerate(parts, 1):
        try:
            spans += _spans(part, is_last=nth == len(parts))
        except ValueError as error:
            message = f"{name} {part!r}: {error}; expected for example {WORDS}"
            raise RequestError(message) from None
    if len(spans) > _SPANS or not any(span.last or span.first for span in spans):
        message = f"{name} {text!r}: it never sends anything, or has too many parts"
        raise RequestError(message)
    return Course(tuple(spans))


def _spans(part: str, *, is_last: bool) -> list[Span]:
    found = _PART.fullmatch(part)
    if found is None:
        message = "no rate"
        raise ValueError(message)
    rate = _rate(found["rate"])
    length = None if found["length"] is None else _length(found["length"])
    every = None if found["every"] is None else _length(found["every"])
    is_day, spike = found["is_day"] is not None, found["spike"]
    if found["to"] is not None and (is_day or spike or every):
        message = "a ramp has neither spikes nor days"
        raise ValueError(message)
    if spike is not None:
        if every is None:
            message = "say how often spikes come: every 5m"
            raise ValueError(message)
        return _repeated(_spiked(rate, _rate(spike), _length(found["lasting"]), every), length)
    if is_day:
        return _repeated(_day(rate, every or DAY), length)
    if every is not None:
        message = "only spikes and days come every so often"
        raise ValueError(message)
    if found["to"] is not None:
        return [Span(_required(length), rate, _rate(found["to"]))]
    if length is None and not is_last:
        message = "only the last part may be without 'for'"
        raise ValueError(message)
    if length is None and not rate:
        message = "a rate of 0 needs an end"
        raise ValueError(message)
    return [Span(length, rate, rate)]


def _required(length: int | None) -> int:
    if length is None:
        message = "a ramp needs a length: for 10m"
        raise ValueError(message)
    return length


def _rate(text: str) -> float:
    found = _ONE.fullmatch(text)
    if found is None:
        message = f"{text!r} is no rate"
        raise ValueError(message)
    exact = Fraction(found[1]) * _FACTORS[found[2] or ""] / _PER[found[3] or "s"]
    if exact > _MOST:
        message = f"{text!r} is too much"
        raise ValueError(message)
    return exact.numerator / exact.denominator


def _length(text: str) -> int:
    length = parse_duration(text)
    if not 0 < length <= 366 * DAY:
        message = f"{text!r} is no length between 1ms and a year"
        raise ValueError(message)
    return length


def _day(peak: float, length: int) -> list[Span]:
    """Return a working day, its hours as long as they must be."""
    ends = [length * hour // 24 for hour in range(25)]
    rates = [peak * share / 100 for share in (*BY_HOUR, BY_HOUR[0])]
    return [
        Span(last - first, low, high)
        for (first, last), (low, high) in zip(pairwise(ends), pairwise(rates), strict=True)
        if last > first
    ]


def _spiked(rate: float, spike: float, lasting: int, every: int) -> list[Span]:
    if lasting >= every:
        message = "a spike must be shorter than what it comes every"
        raise ValueError(message)
    return [Span(every - lasting, rate, rate), Span(lasting, spike, spike)]


def _repeated(spans: list[Span], length: int | None) -> list[Span]:
    """Return spans again and again: for a time, or for a year, which is as good as for ever."""
    once = Course(tuple(spans)).length
    assert once is not None
    most = 366 * DAY if length is None else length
    times = min(-(-most // once), _SPANS // len(spans))
    return [*Course(tuple(spans * times)).cut(most).spans]


def factor_of(text: str) -> Fraction:
    """Read how many times as fast as it happened a replay is, such as `x10` or `x0.5`.

    Raises:
        RequestError: It is no such thing.
    """
    found = re.fullmatch(r"x?(\d+(?:\.\d+)?)x?", text)
    if found is None or not 0 < Fraction(found[1]) <= 10**9:
        message = f"--replay {text!r}: expected how many times as fast, such as x10"
        raise RequestError(message)
    return Fraction(found[1])


def shown(course: Course) -> str:
    """Return a course in words, in a form that `course_of` reads."""
    parts = []
    for span in course.spans:
        rate = f"{span.first:g}/s"
        if span.first != span.last:
            rate += f"..{span.last:g}/s"
        parts.append(rate if span.length is None else f"{rate} for {format_duration(span.length)}")
    return ", ".join(parts)
