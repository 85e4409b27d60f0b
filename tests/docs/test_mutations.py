"""The page on mutations works as typed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from simulator.plan.compiler import compile_scenario
from simulator.scenario.library import read
from simulator.scenario.resolve import resolve

PAGE = (Path(__file__).parents[2] / "docs" / "mutations.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    """Return the page's blocks of code in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, flags=re.DOTALL | re.MULTILINE)


def test_the_examples_work_as_typed(tmp_path):
    """One after another, in an empty folder."""
    script = f"""
        trailwright() {{ "{sys.executable}" -m simulator "$@"; }}
        set -e -o pipefail
        {"".join(blocks("sh"))}
    """

    done = subprocess.run(  # noqa: S603  # the page's own words
        ["/bin/bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert "and as the run gives when it is made again" in done.stdout
    assert "\u202e" in (tmp_path / "names" / "records.ndjson").read_text("utf-8")


def test_the_scenario_of_the_page_is_one():
    """It checks, resolves and plans."""
    [text] = blocks("yaml")

    plan, _ = compile_scenario(resolve(read(text, "mutations.md")))

    assert [one.name for one in plan.mutations] == [
        "missing-member",
        "wrong-type",
        "clock-skew",
        "deep-nesting",
    ]
