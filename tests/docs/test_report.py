"""The page on reports works as typed."""

from __future__ import annotations

import shutil

import pytest

from tests.docs.typed import DOCS, blocks, typed

PAGE = (DOCS / "report.md").read_text("utf-8")


def test_the_examples_work_as_typed(tmp_path):
    """And leave the pages that they name."""
    pytest.importorskip("altair")
    if shutil.which("jq") is None:
        pytest.skip("needs jq")
    done = typed(blocks(PAGE, "sh"), tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    assert {"quickstart.html", "attacked.html"} <= {one.name for one in tmp_path.iterdir()}
