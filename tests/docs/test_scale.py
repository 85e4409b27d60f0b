"""The page on scale works as typed, and its examples do what it says."""

from __future__ import annotations

import importlib.util
import shutil
import sys

import pytest

from simulator.errors import RequestError
from simulator.run import Request, write_run
from simulator.scenario.library import load
from simulator.scenario.resolve import resolve
from simulator.sinks.targets import target_of
from tests.docs.typed import DOCS, blocks, typed

PAGE = (DOCS / "scale.md").read_text("utf-8")


def example(name):
    """Return an example, imported."""
    spec = importlib.util.spec_from_file_location(name, DOCS / "examples" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def spark():
    """Give the data source, without Spark."""
    yield example("spark_source")
    del sys.modules["spark_source"]


def test_the_examples_work_as_typed(tmp_path):
    """One after another: shards are compared with the whole, and merged."""
    shutil.copy(DOCS / "examples/sizing.py", tmp_path)
    done = typed(blocks(PAGE, "sh"), tmp_path)

    assert done.returncode == 0, done.stderr
    assert "12 files, 2,031 records: as the manifest says, and as the run gives" in done.stdout
    assert "terabytes         0.00161" in done.stdout


def test_rows_of_all_partitions_are_the_run(spark, tmp_path):
    """Records and truth, put one behind another."""
    source = spark.TrailwrightSource()
    source.options = {"scenario": "quickstart", "shards": "3"}
    reader = source.reader(source.schema())

    rows = [row for part in reader.partitions() for row in reader.read(part)]

    write_run(Request(resolve(load("quickstart"))), target_of(f"{tmp_path}/whole/", "quick"))
    for place, name in enumerate(("records", "truth")):
        text = (tmp_path / f"whole/{name}.ndjson").read_text("utf-8")
        assert "".join(f"{row[place]}\n" for row in rows) == text


def test_a_partition_less_is_seen(spark):
    """The control: without the second of three rows are missing."""
    reader = spark.ShardReader({"shards": "3"})
    first, _, last = reader.partitions()

    assert sum(1 for part in (first, last) for _ in reader.read(part)) < 2_031
    with pytest.raises(RequestError, match="1 or more"):
        spark.ShardReader({"shards": "0"}).partitions()


def test_sizes_are_those_of_the_page():
    """The table's rows are what the script gives."""
    sizing = example("sizing")

    one = sizing.sized(10**6, 1, sizing.Measured())
    many = sizing.sized(10**9, 64, sizing.Measured())
    most = sizing.sized(10**12, 4_096, sizing.Measured())
    del sys.modules["sizing"]

    assert [round(made["hours"] * 60, 1) for made in (one, many, most)] == [0.2, 2.4, 37.0]
    assert [round(made["terabytes"], 4) for made in (one, many, most)] == [0.0016, 1.608, 1608]
    assert [round(made["egress_mb_s"]) for made in (one, many, most)] == [177, 11_320, 724_500]
