"""Arithmetic and nothing else, in one process or several: what a further core is worth here.

The working set stays in a core's own first cache and no process waits for another, so whatever
keeps this from scaling (a neighbour on the machine, a core that is half of one) is no fault of
whatever is measured beside it. Every process does the same work; the time runs from when all
are ready until the last is done.

    python -m benchmarks.contenders.control 2 --work 150
"""

from __future__ import annotations

import argparse
import multiprocessing
import time
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.contenders.clock import tell

if TYPE_CHECKING:
    from multiprocessing.synchronize import Barrier

NUMBERS = 1_024
FACTOR = np.uint64(0x9E3779B97F4A7C15)


def compute(work: int) -> None:
    """Mix a few numbers in place, a thousand times for each unit of work."""
    numbers = np.arange(NUMBERS, dtype=np.uint64)
    shifted = np.empty_like(numbers)
    thirty = np.uint64(30)
    for _ in range(work):
        for _ in range(1_000):
            np.right_shift(numbers, thirty, out=shifted)
            np.bitwise_xor(numbers, shifted, out=numbers)
            np.multiply(numbers, FACTOR, out=numbers)


def take_part(work: int, ready: Barrier, done: Barrier) -> None:
    """Compute once everybody is ready, and say when it is done."""
    compute(1)
    ready.wait()
    compute(work)
    done.wait()


def main() -> None:
    """Time so many processes that compute side by side."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("processes", type=int)
    parser.add_argument("--work", type=int, default=150)
    given = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    ready, done = (context.Barrier(given.processes + 1) for _ in range(2))
    everybody = [
        context.Process(target=take_part, args=(given.work, ready, done))
        for _ in range(given.processes)
    ]
    for process in everybody:
        process.start()
    ready.wait()
    began = time.perf_counter()
    done.wait()
    wall = time.perf_counter() - began
    for process in everybody:
        process.join()
    tell(given.processes * given.work, [], [wall])


if __name__ == "__main__":
    main()
