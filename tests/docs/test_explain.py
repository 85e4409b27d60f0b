"""The page on explaining works as typed."""

from __future__ import annotations

import shutil

import pytest

from tests.docs.typed import DOCS, blocks, typed

PAGE = (DOCS / "explain.md").read_text("utf-8")


def test_the_examples_work_as_typed(tmp_path):
    """One after another; and they print what the page shows."""
    if shutil.which("jq") is None:
        pytest.skip("needs jq")
    done = typed(blocks(PAGE, "sh"), tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    shown = blocks(PAGE, "")
    assert len(shown) == 3
    for text in shown:
        assert text in done.stdout
