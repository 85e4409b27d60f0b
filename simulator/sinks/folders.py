"""A folder as a place for objects.

An object is a file whose path below the root is its key. Symbolic links below the root
are neither objects nor folders: nothing is read or written through them, so that nothing
leaves the root.
"""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager, suppress
from operator import itemgetter
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

from simulator.errors import InputError, OutputError
from simulator.sinks.files import Staging, is_temporary, sync_folder, told
from simulator.sinks.stores import NO_METADATA, Held, refuse_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PIECE: Final = 1 << 20
"""Bytes that are compared at a time."""
_KNOWN: Final = 4096
"""How many folders are remembered as made."""


class FolderStore:
    """A local folder; see `Store`. It keeps no metadata.

    Several runs may write to one root, but not to one key at a time.
    """

    def __init__(self, root: Path) -> None:
        """Name the folder, which is made with the first object."""
        self.root = root
        self._making = Lock()
        self._made: set[Path] = set()

    def put(
        self,
        key: str,
        data: bytes | memoryview,
        metadata: Mapping[str, str] = NO_METADATA,  # noqa: ARG002  # there is nowhere to keep it
    ) -> None:
        """See `Store.put`."""
        refuse_key(key, OutputError)
        path = self.root / key
        self._make(path.parent)
        staging = Staging(path)
        try:
            staging.write(data)
            staging.sync()
            staging.publish()
        finally:
            staging.discard()

    def get(self, key: str) -> bytes:
        """See `Store.get`."""
        refuse_key(key, InputError)
        path = self.root / key
        with _read(path):
            self._refuse_links(path)
            return path.read_bytes()

    def holds(self, key: str, data: bytes) -> bool:
        """See `Store.holds`."""
        refuse_key(key, InputError)
        path = self.root / key
        with _read(path):
            try:
                self._refuse_links(path)
                status = path.lstat()
                if not stat.S_ISREG(status.st_mode) or status.st_size != len(data):
                    return False
                return _is_same(path, data)
            except (FileNotFoundError, NotADirectoryError, _LinkError):
                return False

    def held(self, prefix: str = "") -> Iterator[Held]:
        """See `Store.held`."""
        with _read(self.root):
            if not self.root.exists():
                return
        yield from _walked(self.root, "", prefix)

    def remove(self, key: str) -> None:
        """See `Store.remove`. Its folder stays."""
        refuse_key(key, OutputError)
        path = self.root / key
        with told(path):
            self._refuse_links(path.parent)
            with suppress(FileNotFoundError, NotADirectoryError):
                path.unlink()
                sync_folder(path.parent)

    def _make(self, folder: Path) -> None:
        """Make a folder, and put its name and those above it on the disk."""
        with told(folder), self._making:
            if folder in self._made:
                return
            if len(self._made) >= _KNOWN:
                self._made.clear()
            self._refuse_links(folder)
            missing = []
            above = folder
            while not above.exists():
                missing.append(above)
                above = above.parent
            # Another process may make the same ones.
            folder.mkdir(parents=True, exist_ok=True)
            for made in missing:
                sync_folder(made.parent)
            self._made.add(folder)

    def _refuse_links(self, path: Path) -> None:
        """Refuse a path that has a symbolic link below the root."""
        while path != self.root:
            if path.is_symlink():
                raise _LinkError(path)
            path = path.parent


class _LinkError(OSError):
    """Says that a symbolic link is in the way."""

    def __init__(self, path: Path) -> None:
        message = f"{path} is a symbolic link, and none is followed"
        super().__init__(message)


@contextmanager
def _read(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = f"cannot read {path}: {error.strerror or error}"
        raise InputError(message) from error


def _is_same(path: Path, data: bytes) -> bool:
    rest = memoryview(data)
    with path.open("rb", buffering=0) as stream:
        while piece := stream.read(_PIECE):
            if piece != rest[: len(piece)]:
                return False
            rest = rest[len(piece) :]
    return not rest


def _walked(folder: Path, above: str, prefix: str) -> Iterator[Held]:
    """Yield the objects below a folder whose key begins with `above`, in order of key."""
    with _read(folder), os.scandir(folder) as entries:
        # A folder's name sorts as it stands in a key, with its slash: "a-b" before "a/b".
        found = {
            f"{entry.name}/" if entry.is_dir(follow_symlinks=False) else entry.name: entry
            for entry in entries
            if not entry.is_symlink() and not is_temporary(entry.name) and "\\" not in entry.name
        }
    for name, entry in sorted(found.items(), key=itemgetter(0)):
        key = above + name
        if not (key.startswith(prefix) or (name.endswith("/") and prefix.startswith(key))):
            continue
        if name.endswith("/"):
            yield from _walked(Path(entry.path), key, prefix)
            continue
        # It may be gone by now, or be no file: a socket or a pipe.
        with _read(folder), suppress(FileNotFoundError):
            status = entry.stat(follow_symlinks=False)
            if not stat.S_ISREG(status.st_mode):
                continue
            held = Held(key, status.st_size)
        yield held
