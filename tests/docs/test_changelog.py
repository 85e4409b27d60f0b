"""The CHANGELOG keeps its form, so that people and programs find what a version changed."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHANGELOG = (ROOT / "CHANGELOG.md").read_text("utf-8")
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]

HEADINGS = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security", "Bytes")
"""Those of Keep a Changelog, and our own."""


def faults(text):
    """Return what is wrong with the form of a changelog."""
    found = []
    versions = re.findall(r"^## (.+)$", text, re.MULTILINE)
    if versions[:1] != ["Unreleased"]:
        found.append("the first version is not Unreleased")
    found += [
        f"## {it}: not VERSION - YYYY-MM-DD"
        for it in versions[1:]
        if not re.fullmatch(r"\d+\.\d+\.\d+ - \d{4}-\d\d-\d\d", it)
    ]
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        under = re.findall(r"^### (.+)$", part, re.MULTILINE)
        version = part.partition("\n")[0]
        found += [f"{version}: ### {it}: no such heading" for it in under if it not in HEADINGS]
        found += [f"{version}: ### {it}: twice" for it in {*under} if under.count(it) > 1]
    return found


def test_the_changelog_keeps_its_form():
    """Unreleased first, then versions with their days; known headings, each once."""
    assert faults(CHANGELOG) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("## 1.0.0 - 2026-01-01\n", "the first version is not Unreleased"),
        ("## Unreleased\n\n## v1\n", "## v1: not VERSION - YYYY-MM-DD"),
        ("## Unreleased\n\n### New\n", "Unreleased: ### New: no such heading"),
        ("## Unreleased\n\n### Fixed\n\n### Fixed\n", "Unreleased: ### Fixed: twice"),
    ],
)
def test_a_fault_is_found(text, fault):
    """The control."""
    assert faults(text) == [fault]


def test_the_version_is_a_semantic_one():
    """Three numbers, and of those that are released none is above it."""
    released = re.findall(r"^## (\d+)\.(\d+)\.(\d+) ", CHANGELOG, re.MULTILINE)
    numbers = tuple(int(it) for it in VERSION.split("."))

    assert len(numbers) == 3
    assert all(tuple(map(int, it)) <= numbers for it in released)
