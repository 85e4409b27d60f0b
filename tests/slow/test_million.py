"""A million records: exact, bounded in memory, the same bytes twice and with either engine."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import orjson
import pytest

from simulator.plan.compiler import compile_scenario
from simulator.run import generate
from simulator.scenario import library
from tests.slow.processes import peak_of

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow


def test_a_million_records_are_exact_and_bounded(tmp_path: Path) -> None:
    """`--events N` gives N records whose hash is the manifest's, in less than a gigabyte."""
    target = tmp_path / "out"

    peak = peak_of("generate", "baseline/office", "--events", "1000000", "-q", "-o", f"{target}/")

    manifest = orjson.loads((target / "manifest.json").read_bytes())
    digest = hashlib.sha256()
    lines = 0
    ids = set()
    with (target / "records.ndjson").open("rb") as records:
        for line in records:
            digest.update(line)
            lines += 1
            ids.add(orjson.loads(line)["eventID"])
    assert lines == len(ids) == manifest["records"] == 1_000_000
    assert manifest["files"][0]["sha256"] == digest.hexdigest()
    assert peak < 1_000_000_000


def test_engines_agree_on_a_hundred_thousand_records() -> None:
    """The definition and the fast engine give one hash."""
    plan, _ = compile_scenario(library.load("baseline/developers", events=100_000))
    digests = []
    for engine in ("stepwise", "vectorised"):
        digest = hashlib.sha256()
        for batch in generate(plan, engine=engine):
            digest.update(batch.data)
        digests.append(digest.hexdigest())

    assert digests[0] == digests[1]


def test_the_size_of_a_window_decides_no_byte() -> None:
    """From windows of a hundred episodes to one window for all."""
    plan, _ = compile_scenario(library.load("baseline/external-idp", events=50_000))
    digests = set()
    for size in (100, 4_096, 1_000_000):
        digest = hashlib.sha256()
        for batch in generate(plan, episodes_at_once=size):
            digest.update(batch.data)
        digests.add(digest.hexdigest())

    assert len(digests) == 1


@pytest.mark.parametrize(
    ("events", "target"),
    [
        ("1000000", ("-o", "out/office.ndjson.gz")),
        ("300000", ("--format", "cloudtrail", "-o", "out/")),
    ],
    ids=["compressed", "delivered"],
)
def test_large_runs_are_the_same_files_each_time(tmp_path: Path, events, target) -> None:
    """However many make them, however often: what is rare in a chunk or a window is in these."""
    trees = []
    for number, workers in enumerate(("1", "2", "3")):
        folder = tmp_path / str(number)
        folder.mkdir()
        peak_of(
            *("generate", "baseline/office", "--events", events, "-q", "--workers", workers),
            *target,
            cwd=folder,
        )
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        trees.append(
            {
                str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
                for path in files
            }
        )

    assert len(trees[0]) > 2
    assert trees[0] == trees[1] == trees[2]
