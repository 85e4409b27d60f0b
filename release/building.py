"""Wheel and sdist from a tree, the same bytes wherever and whenever they are built.

Hatchling writes fixed times, owners and modes; what is left to a machine (its time zone, umask,
locale, the order of its folders, the version of zlib) is either set here or compared by `--check`.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ROOT: Final = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Conditions:
    """What may differ between two machines that build."""

    umask: int = 0o022
    environment: Mapping[str, str] = field(default_factory=dict)


HERE: Final = Conditions()
ELSEWHERE: Final = Conditions(
    0o077, {"TZ": "Asia/Kolkata", "LC_ALL": "C", "PYTHONHASHSEED": "1", "PYTHONUTF8": "1"}
)


def built(kind: str, tree: Path, folder: Path, where: Conditions = HERE) -> Path:
    """Return the `sdist` or `wheel` of a tree, built into a folder."""
    environment = {**os.environ, **where.environment}
    # The time in every member is the build backend's own, whatever a machine would have it be.
    environment.pop("SOURCE_DATE_EPOCH", None)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        done = subprocess.run(
            [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", work],
            cwd=tree,
            env=environment,
            umask=where.umask,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            sys.exit(f"{kind} of {tree}: not built\n{done.stdout}{done.stderr}")
        (made,) = Path(work).iterdir()
        return Path(shutil.copy(made, folder))


def unpacked(sdist: Path, folder: Path) -> Path:
    """Return the tree that an sdist holds, unpacked into a folder."""
    with tarfile.open(sdist) as archive:
        if hasattr(tarfile, "data_filter"):  # Python 3.11.2, which Debian 12 has, lacks it
            archive.extraction_filter = staticmethod(tarfile.data_filter)
        archive.extractall(folder)  # noqa: S202  # what we built ourselves
    (top,) = folder.iterdir()
    return top


def copied(tree: Path, folder: Path) -> Path:
    """Copy what git sees of a tree: new files too, and nothing that it ignores."""
    if not (tree / ".git").exists():
        sys.exit(f"{tree} is no checkout: only git knows what belongs to it")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=tree,
        capture_output=True,
        check=True,
    ).stdout
    for name in listed.decode().split("\0"):
        if name and (tree / name).is_file():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(tree / name, target)
            target.chmod(0o700 if os.access(tree / name, os.X_OK) else 0o600)
    return folder


def members(package: Path) -> dict[str, bytes]:
    """Return what a wheel or sdist holds, by name."""
    if package.suffix == ".whl":
        with zipfile.ZipFile(package) as wheel:
            return {name: wheel.read(name) for name in wheel.namelist()}
    found = {}
    with tarfile.open(package) as sdist:
        for member in sdist:
            stream = sdist.extractfile(member)
            if stream is not None:
                found[member.name] = stream.read()
    return found


def difference(one: Path, other: Path) -> str | None:
    """Return where two packages differ first, if they do."""
    if one.read_bytes() == other.read_bytes():
        return None
    ours, theirs = members(one), members(other)
    for name in sorted(ours.keys() ^ theirs.keys()):
        return f"{one.name}: {name} is in one alone"
    # A wheel's RECORD tells of all its files, so it differs wherever another does.
    for name in sorted(ours, key=lambda it: (it.endswith("/RECORD"), it)):
        if ours[name] != theirs[name]:
            return f"{one.name}: {name} differs"
    return f"{one.name}: the same files, packed otherwise"


def sums(files: Iterable[Path]) -> str:
    """Return lines for `sha256sum --check`."""
    return "".join(
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in sorted(files)
    )
