"""What is wrong with a scenario is said all at once, each finding with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from simulator.errors import ScenarioError
from simulator.scenario.library import read
from tests.unit.scenario.cases import CASES, INVALID, expected_findings

if TYPE_CHECKING:
    from pathlib import Path


def test_there_are_many_cases() -> None:
    """A moved folder would let the test below pass with nothing to do."""
    assert len(INVALID) > 300


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_an_invalid_scenario_gives_exactly_the_findings_it_expects(path: Path) -> None:
    """Each file has one thing wrong with it, and its first lines say what and where."""
    text = path.read_text(encoding="utf-8")

    with pytest.raises(ScenarioError) as caught:
        read(text, "file")

    said = [str(finding).removeprefix("file:") for finding in caught.value.findings]
    assert said == expected_findings(text)


def test_a_message_is_plain() -> None:
    """No finding speaks of pydantic, of types of Python or of where to read about them."""
    said = "\n".join(
        line for path in INVALID for line in expected_findings(path.read_text(encoding="utf-8"))
    )

    for word in ("pydantic", "https://", "Input should", "dict", "tuple", "None", "str_"):
        assert word not in said


def test_every_case_is_of_this_folder() -> None:
    """The cases stand where CONVENTIONS say."""
    assert (CASES / "valid").is_dir()
