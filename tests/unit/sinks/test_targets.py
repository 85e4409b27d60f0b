"""What `-o` means."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from simulator.errors import OutputError, RequestError
from simulator.sinks.targets import Target, refuse_taken, target_of


@pytest.mark.parametrize(
    ("output", "names"),
    [
        (None, ["output/s/records.ndjson", "output/s/truth.ndjson", "output/s/manifest.json"]),
        ("d/", ["d/records.ndjson", "d/truth.ndjson", "d/manifest.json"]),
        ("d/x.ndjson", ["d/x.ndjson", "d/x.truth.ndjson", "d/x.manifest.json"]),
        ("x.ndjson.gz", ["x.ndjson.gz", "x.truth.ndjson.gz", "x.manifest.json"]),
        ("a.b.ndjson.zst", ["a.b.ndjson.zst", "a.b.truth.ndjson.zst", "a.b.manifest.json"]),
        ("-", []),
    ],
)
def test_files_of_a_target(output, names, tmp_path, monkeypatch):
    """A folder, a file with its two companions, or standard output."""
    monkeypatch.chdir(tmp_path)

    assert [str(path) for path in target_of(output, "s").paths()] == names


def test_a_folder_that_exists_needs_no_slash(tmp_path):
    """`-o DIR` means the folder when there is one."""
    assert target_of(str(tmp_path), "s").records == tmp_path / "records.ndjson"


def test_truth_and_manifest_go_elsewhere():
    """With standard output they are written only where they are asked for."""
    target = target_of("-", "s", truth=Path("t"), manifest=Path("m"))

    assert target == Target(None, Path("t"), Path("m"), None)


@pytest.mark.parametrize("output", ["x", "x.json", "d/x.gz", ".ndjson", "x.ndjson.bz2"])
def test_a_name_that_says_nothing_is_refused(output):
    """Neither a folder nor a kind of file that is known."""
    with pytest.raises(RequestError, match=r"^cannot tell what to write to "):
        target_of(output, "s")


def test_two_files_of_one_name_are_refused(tmp_path):
    """The truth must not overwrite the records."""
    path = tmp_path / "x.ndjson"

    with pytest.raises(
        RequestError, match=r"^records, truth and manifest need a file each: give other "
    ):
        target_of(str(path), "s", truth=tmp_path / "." / "x.ndjson")


def test_a_folder_that_holds_anything_is_refused(tmp_path):
    """Nothing of the user's is overwritten, nor mixed with what is written."""
    (tmp_path / "notes.txt").touch()
    target = target_of(str(tmp_path), "s")

    with pytest.raises(OutputError, match=rf"^{tmp_path} is not empty: .* --force$"):
        refuse_taken(target, force=False)


def test_what_a_killed_run_left_does_not_count(tmp_path):
    """Temporary files are taken over, not refused."""
    (tmp_path / ".records.ndjson.partial").touch()

    refuse_taken(target_of(str(tmp_path), "s"), force=False)


@pytest.mark.parametrize("name", ["x.ndjson.gz", "x.truth.ndjson.gz", "x.manifest.json"])
def test_any_file_that_exists_is_refused(tmp_path, name):
    """All three are the run's."""
    (tmp_path / name).touch()
    target = target_of(str(tmp_path / "x.ndjson.gz"), "s")

    with pytest.raises(OutputError, match=rf"^{tmp_path / name} exists: .* --force$"):
        refuse_taken(target, force=False)


def test_force_lets_files_be_replaced(tmp_path):
    """The user said so."""
    (tmp_path / "records.ndjson").touch()

    refuse_taken(target_of(str(tmp_path), "s"), force=True)


def test_a_pipe_is_no_file_even_by_force(tmp_path):
    """Renaming would replace it by a file."""
    os.mkfifo(tmp_path / "x.ndjson")

    with pytest.raises(OutputError, match=r"it is there and is no file$"):
        refuse_taken(target_of(str(tmp_path / "x.ndjson"), "s"), force=True)
