"""The README works as typed."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

from simulator.plan.compiler import compile_scenario
from simulator.scenario.library import read
from simulator.scenario.resolve import resolve

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
COMMAND = ".venv/bin/trailwright "


def blocks(language: str) -> list[str]:
    """Return the README's blocks of code in a language."""
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def commands() -> list[list[str]]:
    """Return what the README has its reader type, but for `make`, as arguments."""
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    return [shlex.split(line.removeprefix(COMMAND)) for line in lines if line.startswith(COMMAND)]


def test_every_command_of_the_readme_works(tmp_path: Path) -> None:
    """In order, in an empty folder, as a reader would."""
    assert len(commands()) == 19

    for arguments in commands():
        done = subprocess.run(  # noqa: S603  # the README's own words
            [sys.executable, "-m", "simulator", *arguments],
            cwd=tmp_path,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, (arguments, done.stderr.decode())


def test_the_scenario_in_the_readme_is_one() -> None:
    """It checks, resolves and plans."""
    (text,) = blocks("yaml")

    plan, _ = compile_scenario(resolve(read(text, "README.md")))

    assert plan.blocks
