"""What a path means, and where its manifest is."""

from __future__ import annotations

import os

import pytest

from simulator.errors import InputError
from simulator.sinks.stores import Held
from simulator.verification.places import Folder, place_of
from tests.unit.verification.runs import a_run


def where(path) -> tuple[str, str, bool]:
    """Return a place in short."""
    place = place_of(str(path))
    return place.root, place.key, place.is_own


def test_a_folder_is_the_runs_own(tmp_path):
    """Its manifest is manifest.json."""
    a_run(f"{tmp_path}/d/")

    assert where(tmp_path / "d") == (f"{tmp_path}/d/", "manifest.json", True)
    assert where(f"{tmp_path}/d/") == (f"{tmp_path}/d/", "manifest.json", True)


def test_a_manifest_or_a_file_beside_it_means_that_run(tmp_path):
    """Whatever else lies in the folder."""
    a_run(f"{tmp_path}/d/")

    for name in ("manifest.json", "records.ndjson", "truth.ndjson"):
        assert where(tmp_path / "d" / name) == (f"{tmp_path}/d/", "manifest.json", False)


@pytest.mark.parametrize("name", ["x.ndjson", "x.ndjson.gz", "a.b.ndjson"])
def test_records_have_their_manifest_beside_them(tmp_path, monkeypatch, name):
    """`NAME.manifest.json`, also where the path is a bare name."""
    a_run(f"{tmp_path}/{name}")
    stem, _, packed = name.partition(".ndjson")
    monkeypatch.chdir(tmp_path)

    assert where(name) == ("", f"{stem}.manifest.json", False)
    assert where(f"{stem}.truth.ndjson{packed}") == ("", f"{stem}.manifest.json", False)
    assert where(f"{stem}.manifest.json") == ("", f"{stem}.manifest.json", False)


def test_a_manifest_of_any_name_is_one(tmp_path):
    """As `--manifest` writes it."""
    a_run(f"{tmp_path}/x.ndjson").joinpath("x.manifest.json").rename(tmp_path / "m")

    (tmp_path / "manifest.json").write_text("somebody else's")

    assert where(tmp_path / "m") == (f"{tmp_path}/", "m", False)


@pytest.mark.parametrize(
    ("names", "path", "message"),
    [
        ((), "none", "none: no such file or folder"),
        ((), ".", "./manifest.json: no such file: a run's folder has one"),
        (
            ("x.manifest.json", "y.manifest.json"),
            ".",
            "./manifest.json: no such file: name one of x.manifest.json, y.manifest.json",
        ),
        (
            (".manifest.json.partial",),
            ".",
            "./manifest.json: no such file: the run there is unfinished",
        ),
        (
            ("x.ndjson.gz",),
            "x.ndjson.gz",
            "x.ndjson.gz: no manifest belongs to it (looked for x.ndjson.manifest.json, ",
        ),
    ],
)
def test_without_a_manifest_there_is_nothing_to_verify(tmp_path, monkeypatch, names, path, message):
    """The message says where it was looked for."""
    monkeypatch.chdir(tmp_path)
    for name in names:
        (tmp_path / name).touch()

    with pytest.raises(InputError) as error:
        place_of(path)

    assert str(error.value).startswith(message)


def test_a_folder_tells_finished_and_unfinished_files_apart(tmp_path):
    """In order of key, however deep."""
    for name in ("b", "a/c", "a/.c.partial", ".d.partial", "a/b/.hidden"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"xy")
    folder = Folder(tmp_path)

    assert list(folder.held()) == [Held("a/b/.hidden", 2), Held("a/c", 2), Held("b", 2)]
    assert [held.key for held in folder.held("a/c")] == ["a/c"]
    assert list(folder.unfinished()) == [".d.partial", "a/.c.partial"]
    assert folder.get("a/c") == b"xy"


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("none", "{}: no such file"),
        ("a", "cannot read {}: Is a directory"),
        ("x\0y", "cannot read {}: embedded null "),
    ],
)
def test_what_cannot_be_read_is_told(tmp_path, key, message):
    """With its path."""
    (tmp_path / "a").mkdir()

    with pytest.raises(InputError) as error:
        Folder(tmp_path).get(key)

    assert str(error.value).startswith(message.format(f"{tmp_path}{os.sep}{key}"))
