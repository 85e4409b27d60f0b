"""`trailwright merge-manifests` and `generate --shard`."""

from __future__ import annotations

import pytest

from tests.unit.cli.program import TINY


@pytest.fixture
def here(tmp_path, run):
    """Return a folder with a scenario in two parts."""
    (tmp_path / "tiny.yaml").write_text(TINY)
    for nth in (1, 2):
        ended = run("generate", "tiny.yaml", "--shard", f"{nth}/2", "-qo", f"{nth}/", cwd=tmp_path)
        assert (ended.status, ended.err) == (0, "")
    return tmp_path


def test_two_parts_are_one_run(run, here):
    """It says what there is, and `verify` finds all as it should be."""
    ended = run("merge-manifests", "2/", "1/manifest.json", "-o", ".", cwd=here)

    assert (ended.status, ended.out) == (0, "")
    assert ended.err.startswith("manifest.json: 2 shards, 2 records, 2025-01-12T09:00:0")
    checked = run("verify", "manifest.json", "--rerun", "-q", cwd=here)
    assert (checked.status, checked.out) == (0, "")


def test_a_part_that_is_missing_is_named(run, here):
    """With the status of files that are not what they should be."""
    ended = run("merge-manifests", "2/", "-o", "all.json", cwd=here)

    assert (ended.status, ended.err[:27]) == (4, "Error: 1/2 is missing: name")
    assert not (here / "all.json").exists()


def test_a_shard_is_said_as_one_of_so_many(run, here):
    """`2` is none."""
    ended = run("generate", "tiny.yaml", "--shard", "2", cwd=here)

    assert ended.status == 2
    assert "expected I/N" in ended.err


def test_log_files_have_no_shards(run, here):
    """And it is said what to do instead."""
    ended = run("generate", "tiny.yaml", "--format", "cloudtrail", "--shard", "1/2", cwd=here)

    assert ended.status == 2
    assert "use --workers" in ended.err


def test_what_renders_is_dask_or_its_scheduler(run, here):
    """Anything else is refused before anything is read."""
    for said in ("spark", "dask=", "dask=here"):
        ended = run("generate", "tiny.yaml", "--on", said, cwd=here)

        assert ended.status == 2
        assert "dask=tcp://HOST:8786" in ended.err
