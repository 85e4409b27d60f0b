"""Where our own time goes, for whoever works on it: planning, rendering and writing apart.

In one process, turn after turn, in processor time, and as a ratio to `orjson.dumps` alone over
the same records. Quick to run and close to the code; what is promised is measured from outside,
by `python -m benchmarks`.

    python -m benchmarks.stages [--events 100000] [--turns 5] [--scenario baseline/office]
"""

from __future__ import annotations

import argparse
import gc
import os
import time
from typing import TYPE_CHECKING

import numpy as np
import orjson

from benchmarks.figures import Figure, paired
from simulator.plan.compiler import compile_scenario
from simulator.primitives.allocation import keep_memory
from simulator.run import Request, generate, write_run
from simulator.scenario import library
from simulator.sinks.targets import target_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.figures import Costs
    from simulator.plan.episodes import Plan

ALONE = "orjson.dumps alone, dicts ready before"


def timed(work: Callable[[], object]) -> float:
    """Return the processor seconds that a piece of work takes."""
    gc.collect()
    began = time.process_time()
    work()
    return time.process_time() - began


def rendered(plan: Plan) -> int:
    """Render every record of a plan, and return how many bytes they are."""
    return sum(len(batch.data) for batch in generate(plan))


def stages(scenario: str, events: int) -> dict[str, Callable[[], object]]:
    """Return what is timed, by name."""
    plan, _ = compile_scenario(library.load(scenario, events=events))
    records = [orjson.loads(line) for batch in generate(plan) for line in batch.lines]
    nowhere = os.open(os.devnull, os.O_WRONLY)

    def dump_all() -> None:
        dumps = orjson.dumps
        for record in records:
            dumps(record)

    def run() -> None:
        request = Request(scenario=library.load(scenario, events=events))
        target = target_of("-", scenario, truth=None, manifest=None)
        write_run(request, target, standard_output=nowhere)

    return {
        ALONE: dump_all,
        "reading the scenario": lambda: library.load(scenario, events=events),
        "reading and planning": lambda: compile_scenario(library.load(scenario, events=events)),
        "rendering a finished plan": lambda: rendered(plan),
        "all, written to nowhere": run,
    }


def main() -> None:
    """Time every stage and print a row for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--scenario", default="baseline/office")
    given = parser.parse_args()
    keep_memory()  # as the command does
    every = stages(given.scenario, given.events)
    # The records' dicts stay, and are not to be searched for garbage while others are timed.
    gc.freeze()
    spent: dict[str, Costs] = {name: {} for name in every}
    for turn in range(given.turns):
        for name, work in every.items():
            spent[name][turn] = timed(work) / given.events
    print(
        f"{given.scenario}, {given.events:,} records, {given.turns} turns, NumPy {np.__version__}"
    )
    print(f"{'':42} {'ns a record':>12} {'x orjson alone':>16}")
    for name, costs in spent.items():
        cost = Figure.of(costs.values())
        ratio = Figure.of(paired(spent[ALONE], costs).values())
        assert cost is not None
        assert ratio is not None
        print(f"{name:42} {cost.value * 1e9:12,.0f} {ratio.value:16.2f}")


if __name__ == "__main__":
    main()
