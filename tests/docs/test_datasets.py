"""What is written of datasets is true, and the example works as typed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.datasets.splits import WAYS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/datasets.md").read_text("utf-8")


def test_every_file_and_split_is_explained():
    """The page tells of all tables and of all ways to split."""
    for name in (*WAYS, "flat/", "records/", "sessions.", "users.", "resolver.", "manifest.json"):
        assert f"`{name}" in PAGE, name


def test_the_example_learns_what_it_is_shown(tmp_path):
    """Its commands, as typed: the model finds most of the test split's malicious records."""
    pytest.importorskip("pyarrow", reason="the extra: dataset")
    (block,) = (text for text in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) if "train" in text)
    write, train = (line.split() for line in block.splitlines())
    scenario, script, folder = ROOT / write[2], ROOT / train[1], tmp_path / "intruders"

    subprocess.run(  # noqa: S603  # the page's own words
        [sys.executable, "-m", "simulator", "dataset", scenario, *write[3:-1], folder, "-q"],
        cwd=ROOT,
        check=True,
    )
    told = subprocess.run(  # noqa: S603  # likewise
        [sys.executable, script, folder], capture_output=True, text=True, check=True
    ).stdout

    split, records, malicious, precision, recall = told.splitlines()[-1].split()
    assert (split, int(malicious)) == ("test", 22)
    assert int(records.replace(",", "")) > 1_000
    assert float(precision) > 0.8
    assert float(recall) > 0.8


def test_a_dataset_without_malicious_records_teaches_nothing(tmp_path):
    """The control: the example says so instead of printing figures."""
    pytest.importorskip("pyarrow", reason="the extra: dataset")
    subprocess.run(  # noqa: S603
        [sys.executable, "-m", "simulator", "dataset", "quickstart", "-q", "-o", tmp_path / "none"],
        cwd=ROOT,
        check=True,
    )

    ended = subprocess.run(  # noqa: S603
        [sys.executable, ROOT / "docs/examples/train_on_dataset.py", tmp_path / "none"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("no malicious record in train")
