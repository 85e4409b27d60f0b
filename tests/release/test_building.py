"""Wheel and sdist hold what they should, and are the same bytes wherever they are built."""

from __future__ import annotations

import subprocess
import tomllib
import zipfile
from typing import TYPE_CHECKING

import pytest

from release.building import ROOT, built, copied, difference, members, sums
from release.dist import check, uncommitted

if TYPE_CHECKING:
    from pathlib import Path

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
NAME = f"trailwright-{PROJECT['project']['version']}"

TINY = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "tiny"
version = "1"
[tool.hatch.build.targets.wheel]
include = ["tiny"]
"""


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """Return a small project that git knows."""
    tree = tmp_path / "tiny"
    (tree / "tiny").mkdir(parents=True)
    (tree / "tiny" / "__init__.py").write_text("ONE = 1\n")
    (tree / "pyproject.toml").write_text(TINY)
    subprocess.run(["git", "init", "--quiet"], cwd=tree, check=True)  # noqa: S607
    return tree


def expected(tree: Path) -> set[str]:
    """Return what the wheel of a tree should hold."""
    wheel = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    told = ("METADATA", "RECORD", "WHEEL", "entry_points.txt")
    licences = (f"licenses/{name}" for name in PROJECT["project"]["license-files"])
    held = {f"{NAME}.dist-info/{name}" for name in (*told, *licences)}
    for path in (it for it in tree.rglob("*") if it.is_file()):
        name = path.relative_to(tree).as_posix()
        if any(name.startswith(f"{it.lstrip('/')}/") for it in wheel["exclude"]):
            continue
        top, _, rest = name.partition("/")
        places = {"simulator": "simulator", **wheel["sources"]}
        if top in places and rest:
            held.add(f"{places[top]}/{rest}")
        for source, target in wheel.get("shared-data", {}).items():
            if name == source or name.startswith(f"{source}/"):
                held.add(f"{NAME}.data/data/{target}{name.removeprefix(source)}")
    return held


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="only git knows what belongs to it")
def test_the_wheel_holds_the_package_scenarios_schemas_and_pages(tmp_path):
    """All that git sees of them, the licence and the notice, and nothing else."""
    wheel = members(built("wheel", ROOT, tmp_path))

    assert wheel.keys() == expected(copied(ROOT, tmp_path / "tree"))
    for name in (
        "simulator/py.typed",
        "simulator/_scenarios/quickstart.yaml",
        "simulator/_scenarios/scenario.schema.json",
        "simulator/_docs/schemas/manifest.schema.json",
        "simulator/_docs/verify.md",
    ):
        assert name in wheel, name


def test_a_tree_gives_the_same_bytes_under_other_conditions(tiny, tmp_path, monkeypatch):
    """Folder, time zone, umask and hash seed; and whatever time the environment asks for."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")

    assert check(tiny, tmp_path / "dist") == []
    assert {it.suffix for it in (tmp_path / "dist").iterdir()} == {".gz", ".whl"}


def test_an_sdist_that_lacks_something_is_found(tiny, tmp_path):
    """The control: the wheel that it builds is not the tree's."""
    (tiny / "pyproject.toml").write_text(
        f'{TINY}[tool.hatch.build.targets.sdist]\nexclude = ["/tiny/two.py"]\n'
    )
    (tiny / "tiny" / "two.py").write_text("TWO = 2\n")

    assert check(tiny, tmp_path / "dist") == [
        "tiny-1-py2.py3-none-any.whl: tiny/two.py is in one alone"
    ]


def test_what_is_not_committed_is_told(tiny):
    """Nobody else could build it."""
    assert uncommitted(tiny).splitlines() == ["?? pyproject.toml", "?? tiny/"]


def test_a_difference_is_named(tmp_path):
    """The file that differs, or that only the packing does."""
    paths = [tmp_path / name / "a.whl" for name in ("one", "two", "three")]
    for path, text, packing in zip(paths, ("x" * 99, "y", "x" * 99), (0, 0, 8), strict=True):
        path.parent.mkdir()
        with zipfile.ZipFile(path, "w", compression=packing) as wheel:
            wheel.writestr("a/b.py", text)

    assert difference(paths[0], paths[0]) is None
    assert difference(paths[0], paths[1]) == "a.whl: a/b.py differs"
    assert difference(paths[0], paths[2]) == "a.whl: the same files, packed otherwise"


def test_sums_are_as_sha256sum_reads_them(tmp_path):
    """A line for each file, by its bare name."""
    (tmp_path / "b.whl").write_bytes(b"")

    assert sums([tmp_path / "b.whl"]) == (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  b.whl\n"
    )
