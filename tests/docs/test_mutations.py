"""The page on mutations works as typed."""

from __future__ import annotations

from simulator.plan.compiler import compile_scenario
from simulator.scenario.library import read
from simulator.scenario.resolve import resolve
from tests.docs.typed import DOCS, blocks, typed

PAGE = (DOCS / "mutations.md").read_text("utf-8")


def test_the_examples_work_as_typed(tmp_path):
    """One after another, in an empty folder."""
    done = typed(blocks(PAGE, "sh"), tmp_path)

    assert done.returncode == 0, done.stderr
    assert "and as the run gives when it is made again" in done.stdout
    assert "\u202e" in (tmp_path / "names" / "records.ndjson").read_text("utf-8")


def test_the_scenario_of_the_page_is_one():
    """It checks, resolves and plans."""
    [text] = blocks(PAGE, "yaml")

    plan, _ = compile_scenario(resolve(read(text, "mutations.md")))

    assert [one.name for one in plan.mutations] == [
        "missing-member",
        "wrong-type",
        "clock-skew",
        "deep-nesting",
    ]
