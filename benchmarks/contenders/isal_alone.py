"""isal's gzip, level 1, alone on records that are there already: what compressing costs.

python -m benchmarks.contenders.isal_alone records.ndjson --passes 5
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.contenders.clock import passes, tell

CHUNK = 1 << 20


def main() -> None:
    """Time compressing a file of records, a piece after another."""
    # Not on every kind of machine: whoever runs this reads that it is missing.
    from isal import isal_zlib  # noqa: PLC0415

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("records", type=Path)
    parser.add_argument("--passes", type=int, default=5)
    given = parser.parse_args()
    text = memoryview(given.records.read_bytes())
    records = bytes(text).count(b"\n")

    def compress_all() -> None:
        made = isal_zlib.compressobj(1, isal_zlib.DEFLATED, 31)
        for start in range(0, len(text), CHUNK):
            made.compress(text[start : start + CHUNK])
        made.flush()

    tell(records, *passes(compress_all, given.passes))


if __name__ == "__main__":
    main()
