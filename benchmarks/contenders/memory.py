"""Copying memory with NumPy, in the second cache and in main memory: as fast as bytes get.

python -m benchmarks.contenders.memory --size 262144 --passes 5
"""

from __future__ import annotations

import argparse

import numpy as np

from benchmarks.contenders.clock import passes, tell

COPIED_A_PASS = 1 << 30


def main() -> None:
    """Time copying a block again and again, a gibibyte in a pass."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, required=True, help="bytes of the block")
    parser.add_argument("--passes", type=int, default=5)
    given = parser.parse_args()
    source = np.ones(given.size, dtype=np.uint8)
    target = np.zeros_like(source)
    times = max(1, COPIED_A_PASS // given.size)

    def copy_all() -> None:
        for _ in range(times):
            np.copyto(target, source)

    tell(times * given.size, *passes(copy_all, given.passes))


if __name__ == "__main__":
    main()
