"""How fast the engines are, as ratios to what anybody would write with orjson.

Absolute speeds say more about the machine than about the code: what counts is the ratio
of two things measured in turn, round after round, in one process.

    python benchmarks/compare.py [--records 100000] [--rounds 5]
"""

from __future__ import annotations

import argparse
import platform
import statistics
import time

import numpy as np
import orjson

from simulator.plan.compiler import compile_scenario
from simulator.run import generate
from simulator.scenario import library

STEPWISE_SHARE = 20
"""The stepwise engine is timed on one record in so many: it is the definition, not the fast one."""


def timed(work):
    """Return how many records a second a piece of work makes, in processor time."""
    began = time.process_time()
    count = work()
    return count / (time.process_time() - began)


def rendered(plan, engine):
    return sum(len(batch) for batch in generate(plan, engine=engine))


def planned(scenario):
    plan, _ = compile_scenario(scenario)
    return rendered(plan, "vectorised")


def dumped(records):
    for record in records:
        orjson.dumps(record)
    return len(records)


def rebuilt(records):
    """Make each record anew from nested dicts and write it, as an ordinary generator does."""
    for record in records:
        made = {
            name: {**value} if isinstance(value, dict) else value for name, value in record.items()
        }
        orjson.dumps(made)
    return len(records)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scenario", default="baseline/office")
    given = parser.parse_args()

    scenario = library.load(given.scenario, events=given.records)
    plan, _ = compile_scenario(scenario)
    few, _ = compile_scenario(
        library.load(given.scenario, events=max(given.records // STEPWISE_SHARE, 1_000))
    )
    records = [orjson.loads(line) for batch in generate(plan) for line in batch.lines]
    contenders = {
        "orjson.dumps alone, on finished dicts": lambda: dumped(records),
        "copying dicts and orjson.dumps": lambda: rebuilt(records),
        "stepwise engine": lambda: rendered(few, "stepwise"),
        "vectorised engine": lambda: rendered(plan, "vectorised"),
        "vectorised engine and planning": lambda: planned(scenario),
    }
    speeds = {name: [] for name in contenders}
    for _ in range(given.rounds):
        for name, work in contenders.items():
            speeds[name].append(timed(work))
    alone = speeds["orjson.dumps alone, on finished dicts"]
    print(f"{platform.machine()}, NumPy {np.__version__}, {given.records} records", end=", ")
    print(f"{given.rounds} rounds; medians")
    print(f"{'':40} {'records/s':>12} {'x orjson alone':>15}")
    for name, values in speeds.items():
        ratio = statistics.median(mine / base for mine, base in zip(values, alone, strict=True))
        print(f"{name:40} {statistics.median(values):12,.0f} {ratio:15.2f}")


if __name__ == "__main__":
    main()
