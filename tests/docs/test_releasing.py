"""The page on releasing, the policies and the notice name what is there."""

from __future__ import annotations

import re

import pytest

from simulator.run.request import GENERATION
from tests.docs.typed import DOCS

ROOT = DOCS.parent
TARGETS = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize(
    "name", ["docs/releasing.md", "docs/install.md", "docs/comparison.md", "CONTRIBUTING.md"]
)
def test_what_is_to_be_made_can_be(name):
    """Every `make NAME`."""
    asked = re.findall(r"make ([a-z-]+)", re.sub(r"```.*?```", "", _text(name), flags=re.DOTALL))

    assert {it for it in asked if f"`make {it}" in _text(name)} <= {*TARGETS}


@pytest.mark.parametrize("name", ["SECURITY.md", "CONTRIBUTING.md"])
def test_links_lead_somewhere(name):
    """Files that are linked to exist."""
    for link in re.findall(r"\]\(([^)#:]+)\)", _text(name)):
        assert (ROOT / link).exists(), link


def test_the_place_of_the_generation_is_told():
    """Where the page says that it is."""
    assert "`GENERATION` (in `simulator/run/request.py`" in _text("docs/releasing.md")
    assert f"GENERATION: Final = {GENERATION}" in _text("simulator/run/request.py")


def test_the_notice_names_what_is_there():
    """Folders and files with data of others."""
    named = re.findall(r"^([a-z][\w/.]+)(?: \(|$)", _text("NOTICE"), re.MULTILINE)

    assert "simulator/directory/data/names.json" in named
    for path in named:
        assert (ROOT / path).exists(), path


def _text(name):
    return (ROOT / name).read_text("utf-8")
