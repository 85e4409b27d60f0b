"""The page on explaining works as typed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "explain.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    """Return the page's blocks of code in a language."""
    found = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, flags=re.DOTALL | re.MULTILINE)
    return [code for said, code in found if said == language]


def test_the_examples_work_as_typed(tmp_path):
    """One after another; and they print what the page shows."""
    if shutil.which("jq") is None:
        pytest.skip("needs jq")
    script = f"""
        trailwright() {{ "{sys.executable}" -m simulator "$@"; }}
        set -e -o pipefail
        {"".join(blocks("sh"))}
    """

    done = subprocess.run(  # noqa: S603  # the page's own words
        ["/bin/bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
    shown = blocks("")
    assert len(shown) == 3
    for text in shown:
        assert text in done.stdout
