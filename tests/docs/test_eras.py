"""The page on eras works as typed."""

from __future__ import annotations

import shutil

import orjson
import pytest

from tests.docs.typed import DOCS, blocks, typed

PAGE = (DOCS / "eras.md").read_text("utf-8")


def test_the_examples_work_as_typed(tmp_path):
    """One after another; the last one before going back compares files itself."""
    pytest.importorskip("pyarrow")
    if shutil.which("jq") is None:
        pytest.skip("needs jq")
    done = typed(blocks(PAGE, "sh"), tmp_path)

    assert done.returncode == 0, done.stderr
    assert "pre-october-2024 or pre-january-2025  either" in done.stdout
    assert (tmp_path / "back.ndjson").read_bytes().count(b"\n") == 2031
    told = [orjson.loads(line) for line in (tmp_path / "changes.ndjson").read_bytes().splitlines()]
    shown = {"place", "eventID", "kind", "from", "row", "path", "change", "reason"}
    assert all(set(one) == shown | {"before", "after"} for one in told)
