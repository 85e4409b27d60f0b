"""Scenario to files: the one place where all rooms meet."""

from __future__ import annotations

from simulator.run.batches import EPISODES_AT_ONCE, generate
from simulator.run.cores import usable_cores
from simulator.run.request import (
    GENERATION,
    Dask,
    Engine,
    Observer,
    Request,
    Shard,
    Silence,
)
from simulator.run.shards import shard_of, sharded
from simulator.run.writing import write_run
from simulator.sinks.formats import Format

__all__ = [
    "EPISODES_AT_ONCE",
    "GENERATION",
    "Dask",
    "Engine",
    "Format",
    "Observer",
    "Request",
    "Shard",
    "Silence",
    "generate",
    "shard_of",
    "sharded",
    "usable_cores",
    "write_run",
]
