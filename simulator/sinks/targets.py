"""Where a run writes: what `-o` means, and whether it may be written."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from simulator.errors import OutputError, RequestError
from simulator.sinks.files import is_temporary

if TYPE_CHECKING:
    from collections.abc import Iterator

RECORDS: Final = "records.ndjson"
TRUTH: Final = "truth.ndjson"
MANIFEST: Final = "manifest.json"
PUBLIC_KEYS: Final = "public-keys.json"
PUBLIC_KEY: Final = "public-key.pem"
METADATA: Final = "digest-metadata.ndjson"
UNFINISHED: Final = "unfinished.json"
"""The marker of a run that is under way, or was broken off."""
SUFFIXES: Final = (".ndjson", ".ndjson.gz", ".ndjson.zst")


@dataclass(frozen=True, slots=True)
class Target:
    """The files of one run."""

    records: Path | None
    """Absent for standard output."""

    truth: Path | None
    """Absent when it is not asked for."""

    manifest: Path | None
    """Absent when it is not asked for."""

    folder: Path | None
    """The folder that is the run's own; absent when files were named one by one."""

    def paths(self) -> Iterator[Path]:
        """Yield every file, in the order in which they get their names."""
        for path in (self.records, self.truth, self.manifest):
            if path is not None:
                yield path


def target_of(
    output: str | None, name: str, *, truth: Path | None = None, manifest: Path | None = None
) -> Target:
    """Return the files that a run is to write.

    Args:
        output: A folder (there already, or ending in a slash), a file ending in `.ndjson`,
            `.ndjson.gz` or `.ndjson.zst`, `-` for standard output, or None for `output/<name>/`.
        name: The scenario's name.
        truth: Where the truth goes instead.
        manifest: Where the manifest goes instead.

    Returns:
        The paths of the records, the truth and the manifest, none of which is touched.

    Raises:
        RequestError: It is none of these, or two files are one.
    """
    if output == "-":
        made = Target(None, truth, manifest, None)
    elif output is None:
        made = _in_folder(Path("output") / name, truth, manifest)
    elif output.endswith("/") or Path(output).is_dir():
        made = _in_folder(Path(output), truth, manifest)
    else:
        made = _beside(Path(output), truth, manifest)
    paths = list(made.paths())
    if len({path.resolve() for path in paths}) < len(paths):
        raise RequestError(
            "records, truth and manifest need a file each: give other names with -o, --truth or "
            "--manifest"
        )
    return made


def _in_folder(folder: Path, truth: Path | None, manifest: Path | None) -> Target:
    return Target(folder / RECORDS, truth or folder / TRUTH, manifest or folder / MANIFEST, folder)


def _beside(path: Path, truth: Path | None, manifest: Path | None) -> Target:
    suffix = next((one for one in reversed(SUFFIXES) if path.name.endswith(one)), None)
    stem = path.name.removesuffix(suffix or "")
    if suffix is None or not stem:
        message = (
            f"cannot tell what to write to {path}: -o takes a folder ({path}/), a file "
            "(NAME.ndjson, NAME.ndjson.gz or NAME.ndjson.zst) or - for standard output"
        )
        raise RequestError(message)
    return Target(
        path,
        # Compressed alike: what is told of records takes more room than they do.
        truth or path.with_name(f"{stem}.{TRUTH}{suffix.removeprefix(SUFFIXES[0])}"),
        manifest or path.with_name(f"{stem}.{MANIFEST}"),
        None,
    )


def seen_from(folder: Path, path: Path) -> str:
    """Return where a file is, seen from a folder, with slashes: how a manifest names it."""
    try:
        # Not the file itself: where it is a link, the link is what gets replaced.
        seen = os.path.relpath(path.parent.resolve() / path.name, folder.resolve())
    except ValueError:  # pragma: no cover  # another drive cannot be seen
        return path.name
    return Path(seen).as_posix()


def refuse_taken(target: Target, *, force: bool) -> None:
    """Refuse a target that holds something already, unless it may be overwritten.

    Temporary files of a run that was killed do not count.

    Raises:
        OutputError: Something is there, or is there and no file.
    """
    for path in target.paths():
        if path.is_dir() or (path.exists() and not path.is_file()):
            message = f"cannot write {path}: it is there and is no file"
            raise OutputError(message)
    if force:
        return
    if target.folder is not None:
        refuse_full(target.folder, force=False)
    for path in target.paths():
        if path.exists() or path.is_symlink():
            message = f"{path} exists: choose another with -o, or say --force"
            raise OutputError(message)


def refuse_full(folder: Path, *, force: bool) -> None:
    """Refuse a folder that holds something already, unless it may be overwritten.

    Temporary files of a run that was killed do not count.

    Raises:
        OutputError: It does; or it cannot be read.
    """
    try:
        held = [path for path in folder.iterdir() if not is_temporary(path.name)]
    except FileNotFoundError:
        held = []
    except OSError as error:
        message = f"cannot write {folder}: {error.strerror}"
        raise OutputError(message) from error
    if held and not force:
        message = f"{folder} is not empty: choose another with -o, or say --force"
        raise OutputError(message)
