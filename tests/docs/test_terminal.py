"""The pages on what is shown at a terminal work as typed."""

from __future__ import annotations

import shutil

import pytest

from tests.docs.typed import DOCS, blocks, typed


@pytest.mark.parametrize("name", ["tail.md", "json.md"])
def test_the_examples_work_as_typed(tmp_path, name):
    """And print what the page shows."""
    if shutil.which("jq") is None:
        pytest.skip("needs jq")
    page = (DOCS / name).read_text("utf-8")

    done = typed(blocks(page, "sh"), tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout
    for text in blocks(page, ""):
        assert text in done.stdout
