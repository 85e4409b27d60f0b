"""What the figures must be and what they should be: floors that fail a run, goals that are told.

No bound is an absolute speed, which would say more about the machine than about the code. The
two that are absolute, memory and the wait for a first record, are goals.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from benchmarks.figures import Figure

TWO_CORES: Final = 1.3
"""A control that scales less than this shows that the machine had no second core to give."""

PAIRS: Final = 5
"""How many pairs a figure needs whose goal is a few per cent wide."""


@dataclass(frozen=True, slots=True)
class Bound:
    """What one figure must and should be."""

    figure: str
    """Its name in `figures.figures`."""

    title: str
    """What it is, for people."""

    unit: str
    """What follows the number."""

    section: str
    """What is measured anew when the floor is missed."""

    floor: float | None = None
    """Below this a run fails; absent when nothing fails it."""

    at_least: float | None = None
    """The goal's lower end."""

    at_most: float | None = None
    """The goal's upper end."""

    turns: int = 1
    """How many turns the figure must have to say anything."""


# Floors hold what has been reached, with room for noise; they rise with it. What is aimed at
# beyond is a goal, and docs/speed.md says what limits it.
BOUNDS: Final = (
    Bound(
        "tuned-orjson.marginal",
        "times as fast as dict + orjson tuned by hand, a record more",
        "x",
        "core",
        floor=4.5,
        at_least=15,
    ),
    Bound(
        "orjson-alone.marginal",
        "times as fast as `orjson.dumps` alone on finished dicts, a record more",
        "x",
        "core",
        floor=0.65,
        at_least=3,
    ),
    Bound(
        "scaling.share",
        "of what arithmetic gains from a second core, gained by a second worker",
        "x",
        "scaling",
        floor=0.5,
        at_least=0.9,
    ),
    Bound("gzip.share", "of isal's own speed when writing .gz", "x", "compression", at_least=0.65),
    Bound(
        "growth.time",
        "of ten times the time for ten times the records, starting left out",
        "x",
        "sizes",
        at_least=0.95,
        at_most=1.05,
        turns=PAIRS,
    ),
    Bound("growth.memory", "of the memory for ten times the records", "x", "sizes", at_most=1.05),
    Bound("memory", "of memory in a process at 5,000 users", "MB", "populations", at_most=200),
    Bound("first-record", "until the first record of `quickstart`", "s", "start", at_most=1.5),
)


class Standing(StrEnum):
    """How a figure stands to its bound."""

    met = "met"
    """The goal is reached."""

    short = "goal not reached"
    """The goal is not reached, and the floor, if there is one, is held."""

    missed = "floor missed"
    unmeasured = "not measured"
    unmeasurable = "not measurable here"
    """The machine could not show it: no fault of what was measured."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came out for one bound."""

    bound: Bound
    figure: Figure | None
    standing: Standing
    because: str = ""
    """What there is to say beyond the numbers: by how much, or why not."""

    @property
    def is_failure(self) -> bool:
        """Whether this fails a run that enforces floors: a floor that nobody measured does."""
        return self.standing is Standing.missed or (
            self.standing is Standing.unmeasured and self.bound.floor is not None
        )

    def __str__(self) -> str:
        number = "" if self.figure is None else f"{self.figure.value:.3g} {self.bound.unit} "
        because = f" ({self.because})" if self.because else ""
        return f"{self.standing}: {number}{self.bound.title}{because}"


def judge(figures: Mapping[str, Figure], skipped: Mapping[str, str]) -> list[Verdict]:
    """Return how every bound stands."""
    return [_verdict(bound, figures, skipped) for bound in BOUNDS]


def _verdict(bound: Bound, figures: Mapping[str, Figure], skipped: Mapping[str, str]) -> Verdict:
    figure = figures.get(bound.figure)
    control = figures.get("scaling.control")
    if bound.figure == "scaling.share" and control is not None and control.value < TWO_CORES:
        because = f"arithmetic alone gains {control.value:.2f} x here"
        return Verdict(bound, figure, Standing.unmeasurable, because)
    if figure is None:
        reasons = [why for what, why in skipped.items() if what.startswith(f"{bound.section}/")]
        return Verdict(bound, None, Standing.unmeasured, "; ".join(dict.fromkeys(reasons)))
    if figure.turns < bound.turns:
        because = f"{figure.turns} of the {bound.turns} turns it needs"
        return Verdict(bound, figure, Standing.unmeasured, because)
    return Verdict(bound, figure, *_standing(bound, figure.value))


def _standing(bound: Bound, value: float) -> tuple[Standing, str]:
    if bound.floor is not None and value < bound.floor:
        lacking = 1 - value / bound.floor
        because = f"the floor is {bound.floor:g} {bound.unit}, {lacking:.1%} of it is lacking"
        return Standing.missed, because
    if bound.at_least is not None and value < bound.at_least:
        return Standing.short, f"the goal is at least {bound.at_least:g} {bound.unit}"
    if bound.at_most is not None and value > bound.at_most:
        return Standing.short, f"the goal is at most {bound.at_most:g} {bound.unit}"
    return Standing.met, ""
