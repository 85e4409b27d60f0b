"""The comparison names what is there, and its tables agree with each other."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from tests.docs.typed import DOCS, blocks

PAGE = (DOCS / "comparison.md").read_text("utf-8")


def tools(table: str) -> list[str]:
    """Return whom the rows of a table are about, without what stands in brackets behind."""
    rows = re.findall(r"^\| (.+?) \|", table, re.MULTILINE)
    return [re.sub(r" \(.*| with its .*", "", row) for row in rows[1:]]


def test_every_tool_stands_in_both_tables():
    """In the same order."""
    first, second = re.findall(
        r"^\| tool.*\n(?:\|.*\n)+", PAGE.split("## What each can do")[1], re.MULTILINE
    )

    assert tools(first) == tools(second)
    assert len(tools(first)) == 15


def test_what_measures_is_there_to_be_made():
    """`make` knows each; half an hour is not spent on it here."""
    if shutil.which("make") is None:
        pytest.skip("needs make")
    (block,) = blocks(PAGE, "sh")

    for line in block.splitlines():
        subprocess.run([*line.split(), "-n"], cwd=DOCS.parent, check=True, capture_output=True)  # noqa: S603


def test_rows_are_as_wide_as_their_heads():
    """A cell too few or too many is a claim about something else."""
    for table in re.findall(r"(?:^\|.*\n)+", PAGE, re.MULTILINE):
        assert len({line.count("|") for line in table.splitlines()}) == 1, table
