"""The page on eras works as typed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "eras.md").read_text("utf-8")


def test_the_examples_work_as_typed(tmp_path):
    """One after another; the last one before going back compares files itself."""
    pytest.importorskip("pyarrow")
    if shutil.which("jq") is None:
        pytest.skip("needs jq")
    examples = re.findall(r"^```sh\n(.*?)^```$", PAGE, flags=re.DOTALL | re.MULTILINE)
    script = f"""
        trailwright() {{ "{sys.executable}" -m simulator "$@"; }}
        set -e -o pipefail
        {"".join(examples)}
    """

    done = subprocess.run(  # noqa: S603  # the page's own words
        ["/bin/bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert "pre-october-2024 or pre-january-2025  either" in done.stdout
    assert (tmp_path / "back.ndjson").read_bytes().count(b"\n") == 2031
    told = [orjson.loads(line) for line in (tmp_path / "changes.ndjson").read_bytes().splitlines()]
    shown = {"place", "eventID", "kind", "from", "row", "path", "change", "reason"}
    assert all(set(one) == shown | {"before", "after"} for one in told)
