"""`orjson.dumps` alone, over dicts that are there already: what no generator with dicts can pass.

The dicts are our own records, read back, all distinct; reading them is not timed. Passes go over
all of them, so that no cache holds what comes next.

    python -m benchmarks.contenders.orjson_alone records.ndjson --passes 5
"""

from __future__ import annotations

import argparse
import gc
from pathlib import Path

import orjson

from benchmarks.contenders.clock import passes, tell


def main() -> None:
    """Time dumping every record of a file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("records", type=Path)
    parser.add_argument("--passes", type=int, default=5)
    given = parser.parse_args()
    gc.disable()
    with given.records.open("rb") as lines:
        records = [orjson.loads(line) for line in lines]

    def dump_all() -> None:
        dumps = orjson.dumps
        for record in records:
            dumps(record)

    tell(len(records), *passes(dump_all, given.passes))


if __name__ == "__main__":
    main()
