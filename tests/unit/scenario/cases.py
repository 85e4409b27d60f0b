"""Where the scenario cases lie, and how the expected findings are written in them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

CASES: Final = Path(__file__).parents[2] / "scenarios"
VALID: Final = sorted((CASES / "valid").glob("*.yaml"))
INVALID: Final = sorted((CASES / "invalid").glob("*.yaml"))
_MARK: Final = "# expect: "


def expected_findings(text: str) -> list[str]:
    """Return what the first lines of an invalid case expect: `LINE:COLUMN path: message`."""
    lines = text.splitlines()
    return [line.removeprefix(_MARK) for line in lines if line.startswith(_MARK)]
