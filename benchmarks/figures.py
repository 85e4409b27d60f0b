"""From measurements to figures: pairs within a turn, then the median over the turns.

Two costs are told apart everywhere. The *whole* cost of a record is what the process used, its
start included, over the records it made. The *marginal* cost is the difference between a large
and a small run over the difference of their sizes: what a record more costs, once a program has
started. A program that times a loop of its own has only the one.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

    from benchmarks.results import Measurement, Result

Clock: TypeAlias = Literal["cpu", "wall"]
Cost: TypeAlias = Literal["marginal", "whole"]
Costs: TypeAlias = "dict[int, float]"
"""Seconds for a record, or whatever else is counted, by turn."""

RIVALS: Final = (
    *("naive-faker", "plain-orjson", "tuned-orjson", "tuned-fragments", "orjson-alone"),
    "stepwise",
)
"""Whom the vectorised engine is compared with in the section `core`."""

OURS: Final = "vectorised"
MEMORY_USERS: Final = 5_000
"""How many people the memory of a process is promised for."""

MEGABYTE: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that was measured several times."""

    value: float
    """The median."""

    low: float
    """The least of any turn."""

    high: float
    """The greatest of any turn."""

    turns: int
    """How many turns gave one."""

    @classmethod
    def of(cls, values: Iterable[float]) -> Figure | None:
        """Return the median and the range of values, if there are any."""
        known = sorted(values)
        if not known:
            return None
        return cls(statistics.median(known), known[0], known[-1], len(known))


def paired(numerator: Costs, denominator: Costs) -> Costs:
    """Return the ratio of two costs in every turn that has both."""
    return {turn: numerator[turn] / denominator[turn] for turn in numerator if turn in denominator}


def costs(
    measurements: Iterable[Measurement], contender: str, *, clock: Clock = "cpu", cost: Cost
) -> Costs:
    """Return what a record costs a contender, in seconds, by turn.

    A turn in which noise makes a cost nothing or less tells nothing, and is left out.
    """
    by_turn: dict[int, list[Measurement]] = {}
    for it in measurements:
        if it.contender == contender:
            by_turn.setdefault(it.turn, []).append(it)
    found = {turn: _cost(runs, clock, cost) for turn, runs in by_turn.items()}
    return {turn: seconds for turn, seconds in found.items() if seconds is not None and seconds > 0}


def _cost(runs: list[Measurement], clock: Clock, cost: Cost) -> float | None:
    runs = sorted(runs, key=lambda it: it.amount)
    first, last = runs[0], runs[-1]
    if last.is_inner or cost == "whole":
        return float(getattr(last, clock)) / last.amount
    if first.amount == last.amount:
        return None
    spent = float(getattr(last, clock)) - float(getattr(first, clock))
    return spent / (last.amount - first.amount)


def growth(measurements: Iterable[Measurement], contender: str) -> Costs:
    """Return what ten times the records cost, as a share of ten times the cost, by turn.

    The costs are those above the smallest run, which is mostly starting: it is not paid ten
    times. The two greatest sizes are compared.
    """
    by_turn: dict[int, dict[int, float]] = {}
    for it in measurements:
        if it.contender == contender:
            by_turn.setdefault(it.turn, {})[it.size] = it.cpu
    found = {}
    for turn, spent in by_turn.items():
        if len(spent) < 3:
            continue
        small, *_, large, largest = sorted(spent)
        slope = (spent[large] - spent[small]) / (large - small)
        if slope > 0:
            found[turn] = (spent[largest] - spent[small]) / (largest - small) / slope
    return found


def peaks(measurements: Iterable[Measurement], contender: str) -> dict[int, Figure]:
    """Return how much memory a contender had at most, in megabytes, by size."""
    found: dict[int, list[float]] = {}
    for it in measurements:
        if it.contender == contender:
            found.setdefault(it.size, []).append(it.peak / MEGABYTE)
    return {size: figure for size in sorted(found) if (figure := Figure.of(found[size]))}


def scaling(measurements: list[Measurement], alone: str, together: str) -> Costs:
    """Return how many times faster, by the clock, several processes are than one, by turn."""
    return paired(
        costs(measurements, alone, clock="wall", cost="marginal"),
        costs(measurements, together, clock="wall", cost="marginal"),
    )


def figures(result: Result) -> dict[str, Figure]:
    """Return every figure that a bound or a table may ask for, by name."""
    found: dict[str, Figure | None] = {}
    for derive in (_ratios, _scaling, _compression, _growth, _memory, _start):
        found |= derive(result)
    return {name: figure for name, figure in found.items() if figure is not None}


def _ratios(result: Result) -> dict[str, Figure | None]:
    runs = result.of("core")
    every: tuple[Cost, ...] = ("marginal", "whole")
    return {
        f"{rival}.{cost}": Figure.of(
            paired(costs(runs, rival, cost=cost), costs(runs, OURS, cost=cost)).values()
        )
        for rival in RIVALS
        for cost in every
    }


def _scaling(result: Result) -> dict[str, Figure | None]:
    runs = result.of("scaling")
    ours = scaling(runs, OURS, "workers")
    control = scaling(runs, "control-one", "control-many")
    return {
        "scaling.ours": Figure.of(ours.values()),
        "scaling.control": Figure.of(control.values()),
        "scaling.share": Figure.of(paired(ours, control).values()),
    }


def _compression(result: Result) -> dict[str, Figure | None]:
    runs = result.of("compression")
    alone = costs(runs, "isal-alone", cost="marginal")
    share = paired(alone, costs(runs, "gzip", cost="marginal"))
    return {"gzip.share": Figure.of(share.values())}


def _growth(result: Result) -> dict[str, Figure | None]:
    runs = result.of("sizes")
    memory = list(peaks(runs, OURS).values())[-2:]
    return {
        "growth.time": Figure.of(growth(runs, OURS).values()),
        "growth.memory": Figure.of([memory[1].value / memory[0].value])
        if len(memory) == 2
        else None,
    }


def _memory(result: Result) -> dict[str, Figure | None]:
    found = peaks(result.of("populations"), f"users-{MEMORY_USERS}")
    return {"memory": next(iter(found.values()), None)}


def _start(result: Result) -> dict[str, Figure | None]:
    runs = result.of("start")
    return {"first-record": Figure.of(it.first_byte for it in runs if it.first_byte is not None)}


def rate(
    measurements: Iterable[Measurement], contender: str, *, clock: Clock = "cpu", cost: Cost
) -> Figure | None:
    """Return how many records, or whatever else is counted, a contender makes in a second."""
    found = costs(measurements, contender, clock=clock, cost=cost)
    return Figure.of(1 / seconds for seconds in found.values())
