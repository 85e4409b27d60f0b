"""A folder that becomes a dataset: all of its files, or none, with the manifest last.

Files are written in a hidden folder of it and moved to their places at the end. The manifest
stands under its temporary name, locked, all the while: two runs cannot write to one folder,
and what a killed run left behind is taken over by the next.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

import orjson

from simulator.errors import OutputError
from simulator.sinks.files import Staging, folder_made, sync_folder, told
from simulator.sinks.targets import MANIFEST, refuse_full

if TYPE_CHECKING:
    from collections.abc import Iterator

FORMAT: Final = "trailwright-dataset/1"
TREES: Final = ("flat", "records")
"""Folders of files that readers take as one: nothing else may be in them."""

_WORK: Final = ".dataset.partial"


@dataclass(frozen=True, slots=True)
class Written:
    """A file of a dataset."""

    name: str
    """Where it is in the folder, with slashes."""

    size: int
    """Bytes."""

    sha256: str


@dataclass(frozen=True, slots=True)
class Site:
    """A folder while a dataset is made in it."""

    folder: Path
    work: Path
    manifest: Staging

    def path(self, name: str) -> Path:
        """Return where to write a file, in a folder that is there.

        Args:
            name: Where it will be, with slashes.

        Raises:
            OutputError: The folder cannot be made.
        """
        made = self.work / name
        with told(self.folder / name):
            made.parent.mkdir(parents=True, exist_ok=True)
        return made

    def write(self, name: str, text: str) -> None:
        """Write a file of text.

        Raises:
            OutputError: It cannot be written.
        """
        path = self.path(name)
        with told(self.folder / name):
            path.write_text(text, encoding="utf-8", newline="\n")

    def written(self) -> list[Written]:
        """Put all files on the disk, and return what is told of them, by name.

        Raises:
            OutputError: One cannot be written.
        """
        names = sorted(
            path.relative_to(self.work).as_posix()
            for path in self.work.rglob("*")
            if path.is_file()
        )
        return [self.finished(name) for name in names]

    def finished(self, name: str) -> Written:
        """Put a file on the disk, and return what is told of it.

        Raises:
            OutputError: It cannot be written.
        """
        path = self.work / name
        with told(self.folder / name), path.open("rb") as stream:
            os.fsync(stream.fileno())
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            return Written(name, path.stat().st_size, digest)

    def publish(self, names: list[str], manifest: bytes) -> None:
        """Give every file its place, and the manifest its name.

        Raises:
            OutputError: A place is taken, or cannot be written.
        """
        self.manifest.write(manifest)
        self.manifest.sync()
        old = _listed(self.folder)
        # An older manifest must not stand beside newer files.
        for name in (MANIFEST, *old):
            with told(self.folder / name):
                (self.folder / name).unlink(missing_ok=True)
        _remove_empty(self.folder, old)
        moved = []
        try:
            for name in names:
                target = self.folder / name
                with told(target):
                    target.parent.mkdir(parents=True, exist_ok=True)
                    (self.work / name).replace(target)
                moved.append(name)
            for folder in {(self.folder / name).parent for name in names}:
                sync_folder(folder)
            self.manifest.publish()
        except BaseException:
            for name in moved:
                with suppress(OSError):
                    (self.folder / name).unlink()
            _remove_empty(self.folder, moved)
            raise


@contextmanager
def site(folder: Path, *, force: bool) -> Iterator[Site]:
    """Give a folder to make a dataset in, and leave nothing half done behind.

    Raises:
        OutputError: It cannot be written, or holds something already.
    """
    _refuse_taken(folder, force=force)
    with folder_made(folder):
        manifest = Staging(folder / MANIFEST)
        work = folder / _WORK
        try:
            with told(work):
                # Of a run that was killed; only whoever has the lock comes here.
                _clear(work)
                work.mkdir()
            yield Site(folder, work, manifest)
        finally:
            with suppress(OSError):
                _clear(work)
            manifest.discard()


def _clear(work: Path) -> None:
    if work.is_symlink():
        work.unlink()
    elif work.exists():
        shutil.rmtree(work)


def _refuse_taken(folder: Path, *, force: bool) -> None:
    if folder.exists() and not folder.is_dir():
        message = f"cannot write {folder}: it is there and is no folder"
        raise OutputError(message)
    if not folder.exists():
        return
    refuse_full(folder, force=force)
    ours = {folder / name for name in _listed(folder)}
    for tree in TREES:
        for path in sorted((folder / tree).rglob("*")):
            if not path.is_dir() and path not in ours:
                message = (
                    f"cannot write {folder / tree}: {path} is no file of the dataset that is "
                    "there, and would be read as one: remove it, or choose another folder with -o"
                )
                raise OutputError(message)


def _listed(folder: Path) -> list[str]:
    """Return the files of the dataset that is there, if there is one."""
    try:
        found = orjson.loads((folder / MANIFEST).read_bytes())
        is_ours = found["format"] == FORMAT
        names = [str(one["name"]) for one in found["files"]] if is_ours else []
    except (OSError, ValueError, LookupError, TypeError):
        return []
    # What leads out of the folder is nobody's to remove.
    return [name for name in names if _is_inside(folder, name)]


def _is_inside(folder: Path, name: str) -> bool:
    pure = PurePosixPath(name)
    if pure.is_absolute() or ".." in pure.parts or not pure.parts:
        return False
    # Nothing is followed: a folder that is a link is somebody else's.
    above = [folder / Path(*pure.parts[:count]) for count in range(1, len(pure.parts))]
    return not any(path.is_symlink() for path in above)


def _remove_empty(folder: Path, names: list[str]) -> None:
    """Remove the folders of files that are gone, where they hold nothing else."""
    above = {parent for name in names for parent in PurePosixPath(name).parents if parent.name}
    for one in sorted(above, key=lambda path: len(path.parts), reverse=True):
        with suppress(OSError):
            (folder / one).rmdir()
