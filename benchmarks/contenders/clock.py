"""What programs that time a part of themselves say, and how.

Such a program prints one line of JSON: how much work it did, and the seconds of each pass over
it. What it made ready before is not in them.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def passes(work: Callable[[], None], count: int) -> tuple[list[float], list[float]]:
    """Do a piece of work so often, and return the processor and wall seconds of each time."""
    processor, wall = [], []
    for _ in range(count):
        wall_began, began = time.perf_counter(), time.process_time()
        work()
        processor.append(time.process_time() - began)
        wall.append(time.perf_counter() - wall_began)
    return processor, wall


def tell(amount: float, processor: list[float], wall: list[float]) -> None:
    """Print what was measured."""
    print(json.dumps({"amount": amount, "cpu": processor, "wall": wall}))
