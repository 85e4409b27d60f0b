"""What a run of so many records takes: time, space, memory and what leaves each machine.

    python docs/examples/sizing.py 1000000000 --cores 64

The figures are those of `baseline/office` as measured on one machine: measure your own scenario
there where you will run it (`/usr/bin/time -v trailwright generate … --events 1000000`), and
give what you found.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass


@dataclass(frozen=True)
class Measured:
    """What a million records took."""

    records_per_core_s: float = 110_000
    """Records for each second of processor time: records and truth, to a disk, with hashes."""
    record_bytes: float = 1_104
    """Bytes of a record."""
    truth_bytes: float = 504
    """Bytes of a line of the truth."""
    packed: float = 0.11
    """What is left of a byte after gzip."""
    process_mb: float = 230
    """Memory of a process, however long the run is."""
    starting_s: float = 3.0
    """Seconds until a process writes its first record."""


def sized(records: int, cores: int, measured: Measured) -> dict[str, float]:
    """Return what a run takes if each core makes a shard."""
    bytes_of = measured.record_bytes + measured.truth_bytes
    each = records / cores
    return {
        "hours": (each / measured.records_per_core_s + measured.starting_s) / 3600,
        "core_hours": (records / measured.records_per_core_s + cores * measured.starting_s) / 3600,
        "terabytes": records * bytes_of / 1e12,
        "terabytes_packed": records * bytes_of * measured.packed / 1e12,
        "memory_gb": cores * measured.process_mb / 1000,
        "egress_mb_s": cores * measured.records_per_core_s * bytes_of / 1e6,
        "shard_gb": each * bytes_of / 1e9,
    }


def main() -> None:
    """Print it."""
    parser = argparse.ArgumentParser(description="What a run of so many records takes.")
    parser.add_argument("records", type=int)
    parser.add_argument("--cores", type=int, default=1)
    parser.add_argument("--rate", type=float, default=Measured.records_per_core_s)
    given = parser.parse_args()
    found = sized(given.records, given.cores, Measured(records_per_core_s=given.rate))
    for name, value in found.items():
        print(f"{name:<17} {value:,.3g}")


if __name__ == "__main__":
    main()
