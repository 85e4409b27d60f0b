"""Where a run lies: its manifest, and the files beside it, in a folder or elsewhere.

Only two methods of `sinks.stores.Store` are asked for, so that any place for objects will
do. A folder can do more: its files are read a piece at a time, and it knows of files that
are not finished.
"""

from __future__ import annotations

import io
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from simulator.errors import InputError
from simulator.sinks.files import is_temporary, temporary_name
from simulator.sinks.manifest import Manifest, read_manifest
from simulator.sinks.stores import Held, store_of
from simulator.sinks.targets import MANIFEST, UNFINISHED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

MOST: Final = 1 << 30
"""Bytes of the largest manifest that is read."""


class Source(Protocol):
    """What is asked of a place for objects: a part of `sinks.stores.Store`."""

    def get(self, key: str) -> bytes:
        """See `Store.get`."""
        ...

    def held(self, prefix: str = "") -> Iterator[Held]:
        """See `Store.held`."""
        ...


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder, to read only."""

    root: Path
    """Where it is."""

    def get(self, key: str) -> bytes:
        """See `Store.get`."""
        with self.opened(key) as source:
            return source.read()

    def held(self, prefix: str = "") -> Iterator[Held]:
        """See `Store.held`."""
        for key in sorted(self._keys()):
            if key.startswith(prefix) and not is_temporary(key.rpartition("/")[2]):
                yield Held(key, (self.root / key).lstat().st_size)

    def opened(self, key: str) -> BinaryIO:
        """Return a file, opened.

        Raises:
            InputError: It is not there, or cannot be read.
        """
        try:
            return (self.root / key).open("rb")
        except (OSError, ValueError) as error:
            raise _cannot_read(self.root / key, error) from None

    def unfinished(self) -> Iterator[str]:
        """Yield the keys of files that a run left under their temporary names, in order."""
        for key in sorted(self._keys()):
            if is_temporary(key.rpartition("/")[2]):
                yield key

    def _keys(self) -> list[str]:
        try:
            return [
                path.relative_to(self.root).as_posix()
                for path in self.root.rglob("*")
                if path.is_symlink() or not path.is_dir()
            ]
        except OSError as error:
            raise _cannot_read(self.root, error) from None


def opened(source: Source, key: str) -> BinaryIO:
    """Return an object, to be read a piece at a time where the place can do so.

    Raises:
        InputError: It is not there, or cannot be read.
    """
    return source.opened(key) if isinstance(source, Folder) else io.BytesIO(source.get(key))


@dataclass(frozen=True, slots=True)
class Place:
    """A run, and where it lies."""

    source: Source
    """Where the manifest is, and what its names are relative to."""

    root: str
    """What comes before a name when it is shown: empty, or ends in a slash."""

    key: str
    """The manifest's own name."""

    is_own: bool
    """Whether nothing else belongs there."""

    def shown(self, name: str) -> str:
        """Return a file's name as the user would write it."""
        return name if name == "-" else f"{self.root}{name}"

    def manifest(self) -> Manifest:
        """Read the manifest.

        Raises:
            InputError: It is not there, or cannot be read.
        """
        return read_manifest(self.source.get(self.key), self.shown(self.key))


def place_of(path: str, endpoint: str | None = None) -> Place:
    """Return the run that a path means: its folder, its manifest, its records, or its bucket.

    Args:
        path: What the user says; `s3://bucket/prefix` and the like for a bucket.
        endpoint: Where the service of a bucket is.

    Raises:
        InputError: There is no manifest there.
        RequestError: The bucket's scheme is unknown, or a folder is given an endpoint.
        MissingExtraError: The bucket's client is not installed.
    """
    if endpoint is not None or "://" in path:
        return Place(store_of(path, endpoint), f"{path.rstrip('/')}/", MANIFEST, is_own=True)
    given = Path(path)
    if given.is_dir():
        return _in_folder(given)
    if not given.exists():
        message = f"{path}: no such file or folder"
        raise InputError(message)
    folder = Folder(given.parent)
    root = "" if given.parent == Path() else f"{given.parent}/"
    if given.name.endswith(MANIFEST):
        return Place(folder, root, given.name, is_own=False)
    beside = [f"{stem}.{MANIFEST}" for stem in _stems(given.name)]
    for name in beside:
        if (given.parent / name).is_file():
            return Place(folder, root, name, is_own=False)
    whole = Place(folder, root, MANIFEST, is_own=False)
    if (given.parent / MANIFEST).is_file():
        beside.append(MANIFEST)
        # It may be anybody's: what is wrong with it is only said where it is named.
        with suppress(InputError):
            if any(entry.name == given.name for entry in whole.manifest().files):
                return whole
    itself = Place(folder, root, given.name, is_own=False)
    if _is_manifest(given):
        return itself
    looked = ", ".join(f"{root}{name}" for name in beside)
    message = f"{path}: no manifest belongs to it (looked for {looked}): name the manifest"
    raise InputError(message)


def _in_folder(given: Path) -> Place:
    folder = Folder(given)
    root = f"{given}/"
    if (given / MANIFEST).is_file():
        return Place(folder, root, MANIFEST, is_own=True)
    beside = [path.name for path in sorted(given.glob(f"*.{MANIFEST}"))]
    if (given / temporary_name(MANIFEST)).exists() or (given / UNFINISHED).exists():
        message = f"{root}{MANIFEST}: no such file: the run there is unfinished"
    elif beside:
        message = f"{root}{MANIFEST}: no such file: name one of {', '.join(beside)}"
    else:
        message = f"{root}{MANIFEST}: no such file: a run's folder has one"
    raise InputError(message)


def _stems(name: str) -> Iterator[str]:
    """Yield a file's name without its endings, one fewer each time."""
    while "." in name.lstrip("."):
        name = name.rpartition(".")[0]
        yield name


def _is_manifest(path: Path) -> bool:
    """Return whether a file of any name is a manifest, or looks like one."""
    try:
        with path.open("rb") as source:
            return b'"trailwright-manifest/' in source.read(100)
    except OSError as error:
        raise _cannot_read(path, error) from None


def _cannot_read(path: Path, error: OSError | ValueError) -> InputError:
    if isinstance(error, FileNotFoundError):
        return InputError(f"{path}: no such file")
    reason = error.strerror if isinstance(error, OSError) else None
    return InputError(f"cannot read {path}: {reason or error}")
