"""The page as it is committed is what its sources make."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import orjson
import pytest

from simulator import playground

FOLDER = Path(playground.__file__).parent
PAGE, WEB = FOLDER / "page", FOLDER / "web"


def test_the_page_is_what_its_sources_make(tmp_path):
    """To the byte: `make web` builds it."""
    node = shutil.which("node")
    if node is None or not (WEB / "node_modules").is_dir():
        pytest.skip("needs node, and its packages: npm ci in simulator/playground/web")

    subprocess.run([node, "build.mjs", tmp_path / "page"], cwd=WEB, check=True)  # noqa: S603

    built = {path.name: path.read_bytes() for path in (tmp_path / "page").iterdir()}
    assert built == {path.name: path.read_bytes() for path in PAGE.iterdir()}


def test_the_page_is_small_and_says_what_it_is_made_of():
    """Each package that it may contain stands among the licences, with its version."""
    assert sum(path.stat().st_size for path in PAGE.iterdir()) < 600_000
    lock = orjson.loads((WEB / "package-lock.json").read_bytes())
    licences = (PAGE / "licences.txt").read_text("utf-8")
    packages = {
        path.removeprefix("node_modules/"): said["version"]
        for path, said in lock["packages"].items()
        if path and not said.get("dev")
    }
    assert "@codemirror/view" in packages
    for name, version in packages.items():
        assert f"{name} {version} (MIT)" in licences


def test_the_lock_names_no_registry():
    """Whoever builds the page takes the packages from where they get theirs; they are checked."""
    text = (WEB / "package-lock.json").read_text("utf-8")

    assert "resolved" not in text
    assert "http" not in text
    assert text.count('"integrity"') == text.count('"node_modules/')
