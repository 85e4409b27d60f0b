"""`trailwright dataset`; what it writes is tested with `simulator.datasets`."""

from __future__ import annotations

import orjson
import pytest

from simulator.datasets import arrow
from tests.unit.cli.program import TINY
from tests.unit.datasets.scenes import STOLEN

HAS_PYARROW = arrow.pa is not None
needs_pyarrow = pytest.mark.skipif(not HAS_PYARROW, reason="the extra: dataset")


@pytest.fixture
def here(tmp_path):
    """Return a folder with a scenario that has an intruder."""
    (tmp_path / "stolen.yaml").write_text(STOLEN)
    (tmp_path / "tiny.yaml").write_text(TINY)
    return tmp_path


@needs_pyarrow
def test_it_tells_what_it_wrote(run, here):
    """On standard error, with the splits that have nothing malicious."""
    ended = run("dataset", "stolen.yaml", "--malicious", "1%", "-o", "out", cwd=here)

    assert (ended.status, ended.out) == (0, "")
    assert "records malicious (1.000%)" in ended.err
    assert "split_play: no malicious record in " in ended.err
    manifest = orjson.loads((here / "out/manifest.json").read_bytes())
    assert manifest["labels"]["malicious"] * 100 == manifest["records"]
    assert manifest["command"].startswith("trailwright dataset stolen.yaml --seed ")


@needs_pyarrow
def test_what_the_card_says_to_type_gives_the_same(run, here):
    """Its command, with somewhere to go."""
    first = (
        "dataset",
        str(here / "stolen.yaml"),
        "--seed",
        "3",
        "--labels",
        "csv",
        "--with-record",
    )
    run(*first, "-q", "-o", "one", cwd=here)
    manifest = (here / "one/manifest.json").read_bytes()
    words = orjson.loads(manifest)["command"].split()[1:]

    ended = run(*words, "-q", "-o", "two", cwd=here)

    assert (ended.status, ended.err) == (0, "")
    assert (here / "two/manifest.json").read_bytes() == manifest


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("stolen.yaml", "--splits", "1,2"), "--splits '1,2': expected three whole numbers"),
        (("stolen.yaml", "--labels", "xml"), "--labels 'xml': expected some of parquet,csv,ndjson"),
        (("stolen.yaml", "--malicious", "much"), "--malicious 'much': expected a share"),
        (("stolen.yaml", "--malicious", "99%"), "--malicious: 7 of the storyline's own "),
        (("tiny.yaml", "--malicious", "1%"), "no record of tiny's storyline is labelled malicious"),
        (
            ("tiny.yaml", "--malicious", "1%", "--events", "9"),
            "--events and --malicious both say how many records there are: drop one",
        ),
    ],
)
def test_what_cannot_be_done_is_refused_with_status_2(run, here, words, message):
    """And nothing is written."""
    ended = run("dataset", *words, "-o", "out", cwd=here)

    assert (ended.status, ended.out) == (2, "")
    assert message in ended.err
    assert not (here / "out").exists()


@needs_pyarrow
def test_a_folder_that_is_taken_is_refused_with_status_3(run, here):
    """And left as it is."""
    (here / "out").mkdir()
    (here / "out/mine").write_text("mine")

    ended = run("dataset", "tiny.yaml", "-o", "out", cwd=here)

    assert ended.status == 3
    assert ended.err == "Error: out is not empty: choose another with -o, or say --force\n"


def test_without_pyarrow_the_extra_is_named_with_status_5(run, here, monkeypatch):
    """As where it is not installed."""
    monkeypatch.setattr(arrow, "pa", None)

    ended = run("dataset", "tiny.yaml", "-o", "out", cwd=here)

    assert (ended.status, ended.out) == (5, "")
    assert ended.err == "Error: a dataset needs an extra: pip install 'trailwright[dataset]'\n"
    assert not (here / "out").exists()
