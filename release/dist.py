"""Build what a release consists of, or see that it is built the same everywhere.

python -m release.dist [FOLDER]             sdist, the wheel of that sdist, SBOMs, SHA256SUMS
python -m release.dist --check [FOLDER]     sdist and wheel alone, built twice under other
                                            conditions, and compared byte by byte
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from release import sbom
from release.building import ELSEWHERE, HERE, ROOT, built, copied, difference, sums, unpacked


def uncommitted(tree: Path) -> str:
    """Return what git sees in a tree that is not committed; nothing where there is no git."""
    if not (tree / ".git").exists():
        return ""
    return subprocess.run(
        ["git", "status", "--porcelain"],  # noqa: S607
        cwd=tree,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def build(tree: Path, folder: Path) -> list[Path]:
    """Build everything into a folder; the wheel is made of what the sdist holds."""
    sdist = built("sdist", tree, folder)
    with tempfile.TemporaryDirectory() as work:
        wheel = built("wheel", unpacked(sdist, Path(work)), folder)
    made = [sdist, wheel, *sbom.write(tree, folder)]
    (folder / "SHA256SUMS").write_text(sums(made), "utf-8")
    return made


def check(tree: Path, folder: Path) -> list[str]:
    """Return what differs between two builds of a tree, of which the first is left in a folder.

    One wheel is made of the sdist and the other of the tree.
    """
    with tempfile.TemporaryDirectory() as work:
        other, copy = Path(work) / "other", Path(work) / "copy"
        sdist = built("sdist", tree, folder, HERE)
        wheel = built("wheel", unpacked(sdist, Path(work) / "unpacked"), folder, HERE)
        copied(tree, copy)
        pairs = (
            (sdist, built("sdist", copy, other, ELSEWHERE)),
            (wheel, built("wheel", copy, other, ELSEWHERE)),
        )
        return [found for pair in pairs if (found := difference(*pair))]


def main() -> None:
    """Build, or check."""
    parser = argparse.ArgumentParser(description="Build wheel, sdist, SBOMs and their sums.")
    parser.add_argument("folder", nargs="?", type=Path, help="dist/, or none with --check")
    parser.add_argument("--check", action="store_true", help="build twice, and compare")
    parser.add_argument("--dirty", action="store_true", help="build what is not committed too")
    asked = parser.parse_args()
    if asked.check:
        with tempfile.TemporaryDirectory() as work:
            found = check(ROOT, asked.folder or Path(work))
        if found:
            sys.exit("not the same bytes:\n" + "\n".join(found))
        print("wheel and sdist: the same bytes, built twice")
        return
    if not asked.dirty and (lines := uncommitted(ROOT)):
        sys.exit(f"not committed, so nobody could build the same (--dirty does it):\n{lines}")
    for path in build(ROOT, asked.folder or ROOT / "dist"):
        print(path)


if __name__ == "__main__":
    main()
