"""What may be written, and that resolving it is a law-abiding affair."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from simulator.scenario.dump import digest, dump
from simulator.scenario.library import load, names, paths, read
from simulator.scenario.resolve import resolve
from tests.unit.scenario.cases import VALID

if TYPE_CHECKING:
    from pathlib import Path


def test_there_are_many_cases() -> None:
    """A moved folder would let the tests below pass with nothing to do."""
    assert len(VALID) > 40


@pytest.mark.parametrize("path", [*VALID, *paths().values()], ids=lambda path: path.stem)
def test_what_is_resolved_and_dumped_reads_back_the_same(path: Path) -> None:
    """Law 8: resolve(dump(resolve(s))) == resolve(s), and the text does not change either."""
    resolved = load(path)

    again = resolve(read(dump(resolved), "dumped"))

    assert again == resolved
    assert dump(again) == dump(resolved)
    assert digest(again) == digest(resolved)


def test_every_shipped_scenario_says_what_it_is_for_in_a_sentence() -> None:
    """`trailwright scenario list` shows it."""
    for name, description in names().items():
        assert description.endswith("."), name
        assert 20 < len(description) < 130, name


def test_every_shipped_scenario_is_named_like_its_file() -> None:
    """The name in the manifest leads back to the file."""
    for name, path in paths().items():
        assert read(path.read_text(encoding="utf-8"), name).scenario == path.stem


def test_the_table_of_scenarios_lists_them_all() -> None:
    """`scenarios/README.md` has a row for each, but for plays: `docs/plays.md` has those."""
    readme = next(iter(paths().values())).parents[1] / "README.md"
    text = readme.read_text(encoding="utf-8")

    for name, description in names().items():
        if name.startswith("plays/"):
            continue
        assert f"| `{name}` | {description} |" in text
