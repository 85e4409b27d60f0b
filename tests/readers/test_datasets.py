"""A dataset as others read it: pandas, Polars, DuckDB, Hugging Face's datasets, Spark."""

from __future__ import annotations

import shutil

import pytest

from tests.unit.datasets.scenes import asked_for

pytest.importorskip("pyarrow", reason="the extra: dataset")
writing = pytest.importorskip("simulator.datasets.writing")


@pytest.fixture(scope="module")
def there(tmp_path_factory):
    """Return a dataset's folder and what is in it."""
    folder = tmp_path_factory.mktemp("datasets") / "stolen"
    return folder, writing.write_dataset(asked_for(), folder)


def test_pandas_reads_every_table(there):
    """Instants as such, partitions as columns, and labels joined by eventID."""
    pandas = pytest.importorskip("pandas")
    folder, made = there

    flat = pandas.read_parquet(folder / "flat")
    nested = pandas.read_parquet(folder / "records")
    labels = pandas.read_parquet(folder / "labels.parquet")

    assert str(flat.eventTime.dtype) == "datetime64[ms, UTC]"
    assert {"era", "date"} <= set(nested.columns)
    joined = flat.merge(labels, on="eventID", validate="one_to_one")
    assert len(joined) == len(nested) == made.counts.records
    assert (joined.label == "malicious").sum() == made.tally.labels["malicious"]


def test_polars_reads_every_table(there):
    """Structs as structs, partitions as a text and a date."""
    polars = pytest.importorskip("polars")
    folder, made = there

    nested = polars.read_parquet(folder / "records/**/*.parquet", hive_partitioning=True)
    labels = polars.read_csv(folder / "labels.csv")

    assert nested.schema["date"] == polars.Date
    users = nested.select(
        polars.col("userIdentity").struct.field("onBehalfOf").struct.field("userId")
    )
    assert users.height == labels.height == made.counts.records
    assert labels.filter(label="malicious").height == made.tally.labels["malicious"]


def test_duckdb_reads_every_table(there):
    """By path, with partitions, and the look-up finds whose a sign-in is."""
    duckdb = pytest.importorskip("duckdb")
    folder, made = there

    (found,) = duckdb.sql(
        f"""
        SELECT count(*), count(DISTINCT date) FROM
        read_parquet('{folder}/records/**/*.parquet', hive_partitioning = true)
        """  # noqa: S608  # a folder of this test's
    ).fetchall()
    (wrong,) = duckdb.sql(
        f"""
        SELECT count(*) FROM '{folder}/flat/*.parquet' flat
        JOIN '{folder}/resolver.parquet' resolver
          ON resolver.handle = 'auth-workflow-id'
         AND resolver.value = flat.additionalEventData_AuthWorkflowID
        JOIN '{folder}/labels.parquet' labels USING (eventID)
        WHERE labels.user_id <> resolver.user_id
        """  # noqa: S608  # likewise
    ).fetchall()

    assert found == (made.counts.records, 6)
    assert wrong == (0,)


@pytest.mark.slow
def test_hugging_face_reads_every_table(there, tmp_path, monkeypatch):
    """As the card's front matter says: `flat` by split, and each other table."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    datasets = pytest.importorskip("datasets")
    folder, made = there

    flat = datasets.load_dataset(str(folder), "flat", cache_dir=str(tmp_path))
    rows = {
        name: datasets.load_dataset(str(folder), name, cache_dir=str(tmp_path))["train"].num_rows
        for name in ("records", "labels", "sessions", "users", "resolver")
    }

    assert {name: part.num_rows for name, part in flat.items()} == {
        split: sum(labels.values()) for split, labels in made.tally.by_split()["split_time"].items()
    }
    assert (rows["records"], rows["labels"]) == (made.counts.records, made.counts.records)
    assert (rows["sessions"], rows["users"]) == (made.episodes, made.users)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # Spark's own
def test_spark_reads_every_table(there):
    """Partitions as columns; the join by eventID finds every label."""
    sql = pytest.importorskip("pyspark.sql")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java")
    folder, made = there
    session = (
        sql.SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .getOrCreate()
    )
    try:
        nested = session.read.parquet(f"{folder}/records")
        flat = session.read.parquet(f"{folder}/flat")
        labels = session.read.parquet(f"{folder}/labels.parquet")
        malicious = flat.join(labels, "eventID").where("label = 'malicious'").count()
        days = nested.select("date").distinct().count()
    finally:
        session.stop()

    assert (malicious, days) == (made.tally.labels["malicious"], 6)
