"""A million records with attacks among them, as tables: nothing lost, in whatever reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.slow.processes import peak_of

if TYPE_CHECKING:
    from pathlib import Path

duckdb = pytest.importorskip("duckdb")
pandas = pytest.importorskip("pandas")
polars = pytest.importorskip("polars")
pytest.importorskip("pyarrow", reason="the extra: dataset")
pytestmark = pytest.mark.slow

MILLION = 1_000_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a million records with every play that one instance can have, in bounded memory."""
    made = tmp_path_factory.mktemp("million") / "data"
    peak = peak_of(
        *("dataset", "datasets/attacked-company", "--events", str(MILLION)),
        *("--labels", "parquet", "-q", "-o", str(made)),
    )
    assert peak < 1_500_000_000
    return made


def test_duckdb_joins_every_label(folder: Path) -> None:
    """One to one by eventID, with twenty playings at least that are malicious."""
    (found,) = duckdb.sql(
        f"""
        SELECT count(*), count(DISTINCT flat.eventID), count(DISTINCT labels.eventID),
               count(DISTINCT labels.play) FILTER (labels.label = 'malicious'),
               count(DISTINCT labels.play_id) FILTER (labels.label = 'malicious')
        FROM '{folder}/flat/*.parquet' flat
        FULL JOIN '{folder}/labels.parquet' labels USING (eventID)
        """  # noqa: S608  # a folder of this test's
    ).fetchall()

    assert found[:3] == (MILLION,) * 3
    assert found[3] >= 18
    assert found[4] >= 25


def test_pandas_joins_every_label(folder: Path) -> None:
    """The columns that are asked for, without a row too many."""
    flat = pandas.read_parquet(folder / "flat", columns=["eventID", "eventName"])
    labels = pandas.read_parquet(folder / "labels.parquet", columns=["eventID", "label"])

    joined = flat.merge(labels, on="eventID", validate="one_to_one")

    assert len(joined) == MILLION


def test_polars_reads_all_partitions(folder: Path) -> None:
    """Both eras, and every record of them."""
    eras = (
        polars.scan_parquet(folder / "records/**/*.parquet", hive_partitioning=True)
        .group_by("era")
        .len()
        .collect()
    )

    assert sorted(eras["era"]) == ["post-january-2025", "pre-january-2025"]
    assert eras["len"].sum() == MILLION
