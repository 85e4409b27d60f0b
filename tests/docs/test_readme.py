"""The README works as typed."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from simulator.plan.compiler import compile_scenario
from simulator.scenario.library import read
from simulator.scenario.resolve import resolve
from tests.docs.typed import typed

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
        done = typed([f"trailwright {shlex.join(arguments)}\n"], tmp_path)
        assert done.returncode == 0, (arguments, done.stderr)


def test_the_scenario_in_the_readme_is_one() -> None:
    """It checks, resolves and plans."""
    (text,) = blocks("yaml")

    plan, _ = compile_scenario(resolve(read(text, "README.md")))

    assert plan.blocks
