"""A folder as a place for objects."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import InputError, OutputError
from simulator.sinks import files, folders
from simulator.sinks.folders import FolderStore
from simulator.sinks.stores import Held
from tests.unit.sinks.test_stores import BAD_KEYS

LOG = "AWSLogs/111122223333/CloudTrail/us-east-1/2025/01/13/a.json.gz"


def files_in(root: Path) -> dict[str, bytes]:
    """Return every file below a folder, temporary ones too."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def test_an_object_is_a_file_of_its_bytes(tmp_path):
    """Folders are made, and nothing is compressed, whatever the name says."""
    store = FolderStore(tmp_path / "out")

    store.put(LOG, b"as it is", {"signature": "ab"})

    assert files_in(tmp_path) == {f"out/{LOG}": b"as it is"}
    assert store.get(LOG) == b"as it is"


def test_a_second_object_takes_the_place_of_the_first(tmp_path):
    """Under one key there is one object."""
    store = FolderStore(tmp_path)
    store.put("a", b"first, and longer")

    store.put("a", b"second")

    assert files_in(tmp_path) == {"a": b"second"}


def test_what_a_killed_run_left_is_taken_over(tmp_path):
    """And shows nowhere in the meantime."""
    store = FolderStore(tmp_path)
    (tmp_path / ".a.partial").write_bytes(b"half an obj")

    assert list(store.held()) == []
    store.put("a", b"whole")

    assert files_in(tmp_path) == {"a": b"whole"}


@pytest.mark.parametrize(
    ("data", "expected"),
    [(b"abc", True), (b"abd", False), (b"ab", False), (b"abcd", False), (b"", False)],
)
def test_an_object_is_held_when_its_bytes_are_the_same(tmp_path, data, expected):
    """Size alone does not tell."""
    store = FolderStore(tmp_path)
    store.put("x/a", b"abc")

    assert store.holds("x/a", data) is expected


def test_a_large_object_is_compared_to_its_end(tmp_path):
    """It is read in pieces."""
    store = FolderStore(tmp_path)
    data = bytes(3_000_000)
    store.put("a", data)

    assert store.holds("a", data)
    assert not store.holds("a", data[:-1] + b"x")


@pytest.mark.parametrize("key", ["b", "a/b", "folder", "b/c/d"])
def test_what_is_no_object_is_not_held(tmp_path, key):
    """Neither what is missing nor a folder."""
    store = FolderStore(tmp_path)
    store.put("a", b"")
    (tmp_path / "folder").mkdir()

    assert not store.holds(key, b"")


def test_objects_are_listed_in_order_of_key(tmp_path):
    """Of the whole key: a hyphen comes before the slash, and letters after it."""
    store = FolderStore(tmp_path)
    keys = ["a-b", "a/b", "a/b-c/d", "a/b/c", "aa", "a.json"]
    for key in keys:
        if key != "a/b":
            store.put(key, key.encode())

    assert list(store.held()) == [
        Held("a-b", 3),
        Held("a.json", 6),
        Held("a/b-c/d", 7),
        Held("a/b/c", 5),
        Held("aa", 2),
    ]


@pytest.mark.parametrize(
    ("prefix", "keys"),
    [
        ("", ["x/1/a", "x/12/a", "y"]),
        ("x/", ["x/1/a", "x/12/a"]),
        ("x/1", ["x/1/a", "x/12/a"]),
        ("x/1/", ["x/1/a"]),
        ("z", []),
    ],
)
def test_a_prefix_is_what_keys_begin_with(tmp_path, prefix, keys):
    """As in a bucket."""
    store = FolderStore(tmp_path)
    for key in ("x/1/a", "x/12/a", "y"):
        store.put(key, b"")

    assert [held.key for held in store.held(prefix)] == keys


def test_what_is_no_file_is_no_object(tmp_path):
    """A pipe, say: nobody waits for what comes out of it."""
    os.mkfifo(tmp_path / "pipe")
    store = FolderStore(tmp_path)

    assert list(store.held()) == []
    assert not store.holds("pipe", b"")


def test_more_folders_are_made_than_are_remembered(tmp_path, monkeypatch):
    """A long run has very many."""
    monkeypatch.setattr(folders, "_KNOWN", 2)
    store = FolderStore(tmp_path)

    for nth in (1, 2, 3, 1, 2, 3):
        store.put(f"{nth}/a", b"")

    assert [held.key for held in store.held()] == ["1/a", "2/a", "3/a"]


def test_a_folder_that_is_not_there_holds_nothing(tmp_path):
    """It comes with the first object."""
    store = FolderStore(tmp_path / "none")

    assert list(store.held()) == []
    assert not store.holds("a", b"")
    store.remove("a")
    assert not (tmp_path / "none").exists()


def test_a_removed_object_is_gone(tmp_path):
    """Twice is as good as once."""
    store = FolderStore(tmp_path)
    store.put("x/a", b"")

    store.remove("x/a")
    store.remove("x/a")

    assert files_in(tmp_path) == {}


def test_a_missing_object_cannot_be_read(tmp_path):
    """The message names the file."""
    with pytest.raises(InputError, match=rf"^cannot read {tmp_path}/a: No such file or directory$"):
        FolderStore(tmp_path).get("a")


@pytest.mark.parametrize("key", BAD_KEYS)
def test_a_key_that_leads_elsewhere_is_refused_everywhere(tmp_path, key):
    """Nothing is read, written or removed."""
    store = FolderStore(tmp_path / "out")

    with pytest.raises(OutputError, match=r"^no key of an object: "):
        store.put(key, b"")
    with pytest.raises(OutputError, match=r"^no key of an object: "):
        store.remove(key)
    with pytest.raises(InputError, match=r"^no key of an object: "):
        store.get(key)
    with pytest.raises(InputError, match=r"^no key of an object: "):
        store.holds(key, b"")
    assert list(tmp_path.iterdir()) == []


_names = st.text(st.characters(exclude_characters="/", exclude_categories=["Cs"]), max_size=8)


@given(st.lists(st.one_of(_names, st.sampled_from(["..", ".", "", "a\\..", ".a.partial"]))))
def test_no_key_leads_out_of_the_root(tmp_path_factory, parts):
    """It is refused, or its object is below the root and listed again."""
    top = tmp_path_factory.mktemp("top")
    store = FolderStore(top / "out")
    key = "/".join(parts)

    try:
        store.put(key, b"x")
    except OutputError:
        assert files_in(top) == {}
    else:
        assert [held.key for held in store.held()] == [key]
        assert files_in(top) == {f"out/{key}": b"x"}


def test_a_link_is_not_followed_out_of_the_root(tmp_path):
    """Not to a folder nor to a file, to read, write or remove."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_bytes(b"secret")
    root = tmp_path / "root"
    root.mkdir()
    (root / "folder").symlink_to(outside)
    (root / "file").symlink_to(outside / "secret")
    store = FolderStore(root)

    assert list(store.held()) == []
    assert not store.holds("folder/secret", b"secret")
    assert not store.holds("file", b"secret")
    for key in ("folder/secret", "file"):
        with pytest.raises(InputError, match=r" is a symbolic link, and none is followed$"):
            store.get(key)
    for key in ("folder/new", "folder/below/new"):
        with pytest.raises(OutputError, match=r" is a symbolic link, and none is followed$"):
            store.put(key, b"x")
    with pytest.raises(OutputError, match=r" is a symbolic link, and none is followed$"):
        store.remove("folder/secret")
    assert files_in(outside) == {"secret": b"secret"}


def test_a_link_in_an_objects_place_gives_way(tmp_path):
    """What it led to stays as it was."""
    (tmp_path / "other").write_bytes(b"other")
    root = tmp_path / "root"
    root.mkdir()
    (root / "a").symlink_to(tmp_path / "other")

    FolderStore(root).put("a", b"own")

    assert not (root / "a").is_symlink()
    assert files_in(tmp_path) == {"other": b"other", "root/a": b"own"}


def test_the_root_may_be_a_link(tmp_path):
    """It is the user's own."""
    (tmp_path / "disk").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "disk")
    store = FolderStore(tmp_path / "out")

    store.put("x/a", b"1")

    assert files_in(tmp_path / "disk") == {"x/a": b"1"}
    assert list(store.held()) == [Held("x/a", 1)]


def test_many_threads_make_the_same_folders(tmp_path):
    """Every object arrives."""
    store = FolderStore(tmp_path)
    keys = [f"AWSLogs/{nth % 3}/{nth % 5}/{nth}.json.gz" for nth in range(60)]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda key: store.put(key, key.encode()), keys))

    assert files_in(tmp_path) == {key: key.encode() for key in keys}


def test_two_stores_cannot_write_one_object_at_once(tmp_path):
    """As two runs cannot write one file."""
    staging = files.Staging(tmp_path / "a")

    with pytest.raises(OutputError, match=r"/a: another run is writing it$"):
        FolderStore(tmp_path).put("a", b"")
    staging.discard()


# ---- What goes wrong -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "number", "reason"),
    [
        ("write", errno.ENOSPC, "No space left on device"),
        ("write", errno.EIO, "Input/output error"),
        ("fsync", errno.EIO, "Input/output error"),
    ],
)
def test_an_error_of_the_disk_leaves_no_file(tmp_path, monkeypatch, call, number, reason):
    """Neither under the final name nor under the temporary one, and an older one stays."""
    store = FolderStore(tmp_path)
    store.put("x/a", b"old")

    def broken(*_arguments: object) -> int:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(files.os, call, broken)
        with pytest.raises(OutputError, match=rf"^cannot write {tmp_path}/x/[ab]: {reason}$"):
            store.put("x/b", b"new")
        with pytest.raises(OutputError, match=rf"^cannot write {tmp_path}/x/[ab]: {reason}$"):
            store.put("x/a", b"new")

    assert files_in(tmp_path) == {"x/a": b"old"}


def test_a_short_write_goes_on(tmp_path, monkeypatch):
    """The system may take fewer bytes than it is given."""
    whole = os.write
    monkeypatch.setattr(files.os, "write", lambda where, data: whole(where, data[:3]))

    FolderStore(tmp_path).put("a", b"0123456789")

    assert files_in(tmp_path) == {"a": b"0123456789"}


def test_a_full_disk_is_told(tmp_path):
    """A real one of 64 KiB: what fitted is whole, and the rest is not there."""
    mounted = subprocess.run(  # noqa: S603  # nobody else's words
        ["/bin/mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", tmp_path],
        check=False,
        capture_output=True,
    )
    if mounted.returncode:
        pytest.skip("nobody but root may mount a file system")
    try:
        store = FolderStore(tmp_path)
        store.put("a", b"a" * 30_000)

        with pytest.raises(OutputError, match=rf"^cannot write {tmp_path}/b: No space left on "):
            store.put("b", b"b" * 50_000)
        left = files_in(tmp_path)
    finally:
        subprocess.run(["/bin/umount", tmp_path], check=True)  # noqa: S603  # as above

    assert left == {"a": b"a" * 30_000}


def test_a_file_in_the_way_of_a_folder_is_told(tmp_path):
    """And one below the root's own name."""
    (tmp_path / "x").touch()

    with pytest.raises(OutputError, match=rf"^cannot write {tmp_path}/x/y: "):
        FolderStore(tmp_path).put("x/y/a", b"")
    with pytest.raises(InputError, match=rf"^cannot read {tmp_path}/x: Not a directory$"):
        list(FolderStore(tmp_path / "x").held())


def test_a_folder_in_the_way_of_an_object_is_told(tmp_path):
    """It stays."""
    (tmp_path / "a").mkdir()

    with pytest.raises(OutputError, match=rf"^cannot write {tmp_path}/a: Is a directory$"):
        FolderStore(tmp_path).put("a", b"")
    assert files_in(tmp_path) == {}


_WRITER = """
import sys, pathlib
from concurrent.futures import ThreadPoolExecutor
from simulator.sinks.folders import FolderStore

store = FolderStore(pathlib.Path(sys.argv[1]))

def put(nth):
    store.put(f"{nth % 7}/{nth}", bytes([nth % 251]) * 400_000)
    print(nth, flush=True)

with ThreadPoolExecutor(2) as pool:
    list(pool.map(put, range(100_000)))
"""
_TEARER = """
import sys, pathlib
place = pathlib.Path(sys.argv[1]) / "0"
place.mkdir()
with (place / "7").open("wb", buffering=0) as stream:
    stream.write(bytes([7]) * 1000)
    print(7, flush=True)
    sys.stdin.read()
"""


def killed(program: str, root: Path, after: int) -> None:
    """Run a program that writes, and kill it after so many objects."""
    with subprocess.Popen(  # noqa: S603  # nobody else's words
        [sys.executable, "-c", program, root],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    ) as process:
        assert process.stdout is not None
        for _ in range(after):
            assert process.stdout.readline()
        process.kill()


def torn(root: Path) -> list[str]:
    """Return the keys of objects that are not whole."""
    store = FolderStore(root)
    return [
        held.key
        for held in store.held()
        if store.get(held.key) != bytes([int(Path(held.key).name) % 251]) * 400_000
    ]


@pytest.mark.parametrize("after", [1, 2, 9, 34])
def test_a_killed_run_leaves_no_torn_object(tmp_path, after):
    """And nothing that is in the way of the next one."""
    killed(_WRITER, tmp_path, after)

    assert torn(tmp_path) == []
    assert len(list(FolderStore(tmp_path).held())) >= after
    for path in tmp_path.rglob(".*.partial"):
        key = str(path.with_name(re.sub(r"^\.|\.partial$", "", path.name)).relative_to(tmp_path))
        FolderStore(tmp_path).put(key, b"again")
    assert not list(tmp_path.rglob(".*.partial"))


def test_a_torn_object_would_be_seen(tmp_path):
    """Negative control: written under its own name and killed halfway."""
    killed(_TEARER, tmp_path, 1)

    assert torn(tmp_path) == ["0/7"]
