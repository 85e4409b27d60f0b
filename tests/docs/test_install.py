"""The page on installing works as typed, where it needs no network."""

from __future__ import annotations

import re
import tomllib

from simulator.cli.pages import install
from tests.docs.typed import DOCS, blocks, typed

PAGE = (DOCS / "install.md").read_text("utf-8")
ROOT = DOCS.parent


def test_what_shows_that_it_works_works_as_typed(tmp_path):
    """With the program alone, in an empty folder."""
    (block,) = (it for it in blocks(PAGE, "sh") if "--version\ntrailwright" in it)

    done = typed([block], tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("trailwright ")
    assert "as the manifest says" in done.stdout
    assert "# Verifying a run" in done.stdout
    assert '"urn:trailwright:truth:1"' in done.stdout


def test_every_extra_is_explained_and_no_other():
    """Those of pyproject.toml that users may ask for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    assert install.EXTRAS.keys() == project["optional-dependencies"].keys() - {"dev", "test"}


def test_files_that_are_named_are_there():
    """What the checkout has; `dist/` is made."""
    for name in re.findall(r"-r (\S+)", PAGE):
        assert (ROOT / name).is_file(), name
    assert (ROOT / "Containerfile").is_file()
