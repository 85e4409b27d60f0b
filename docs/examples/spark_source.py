"""A Spark data source whose partitions are shards of a run.

    spark.dataSource.register(TrailwrightSource)
    spark.read.format("trailwright").option("scenario", "quickstart").option("shards", "8").load()

Each task makes its shard itself, in the executor's Python, where the same version of trailwright
has to be installed. Rows have the record and its truth, as text, in order of time within a
partition. Needs PySpark 4 (the Python data source API). Not run with Spark by the tests here,
which have none: they run the partitions and the reader by themselves.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from simulator import run
from simulator.errors import RequestError
from simulator.scenario import library
from simulator.scenario.resolve import resolve
from simulator.sinks.targets import target_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

try:
    from pyspark.sql.datasource import DataSource, DataSourceReader, InputPartition
except ImportError:  # to be looked at without Spark
    DataSource = DataSourceReader = object

    class InputPartition:
        """What Spark has in its place."""

        def __init__(self, value: str) -> None:
            self.value = value


class TrailwrightSource(DataSource):
    """The data source. Options: `scenario` (a name or a file), `shards`, `events`, `seed`."""

    @classmethod
    def name(cls) -> str:
        """Return what `format` is told."""
        return "trailwright"

    def schema(self) -> str:
        """Return the columns."""
        return "record string, truth string"

    def reader(self, schema: object) -> ShardReader:  # noqa: ARG002  # as Spark has it
        """Return what reads."""
        return ShardReader(dict(self.options))


class ShardReader(DataSourceReader):
    """Makes shards: the driver cuts, executors make."""

    def __init__(self, options: Mapping[str, str]) -> None:
        """Keep what was asked for."""
        self.options = options

    def request(self) -> run.Request:
        """Return the whole run."""
        numbers = {
            name: int(self.options[name]) for name in ("events", "seed") if name in self.options
        }
        path = library.find(self.options.get("scenario", "quickstart"))
        scene = library.changed(library.load(str(path)), seed=numbers.get("seed"))
        return run.Request(resolve(scene), events=numbers.get("events"))

    def partitions(self) -> list[InputPartition]:
        """Return one partition a shard."""
        of = int(self.options.get("shards", 1))
        if of < 1:
            raise RequestError("shards: expected 1 or more")
        return [InputPartition(f"{nth}/{of}") for nth in range(1, of + 1)]

    def read(self, partition: InputPartition) -> Iterator[tuple[str, str]]:
        """Yield the rows of a shard."""
        request = run.sharded(self.request(), run.shard_of(partition.value))
        with tempfile.TemporaryDirectory(prefix="trailwright-") as folder:
            run.write_run(request, target_of(folder + os.sep, "shard"))
            records, truth = (Path(folder) / f"{name}.ndjson" for name in ("records", "truth"))
            with records.open(encoding="utf-8") as one, truth.open(encoding="utf-8") as other:
                for line, told in zip(one, other, strict=True):
                    yield line.rstrip("\n"), told.rstrip("\n")
