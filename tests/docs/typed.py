"""A page's examples, run as a reader types them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

DOCS: Final = Path(__file__).parents[2] / "docs"


def blocks(page: str, language: str) -> list[str]:
    """Return a page's blocks of code in a language; those that name none have the empty one."""
    found = re.findall(r"^```(\w*)\n(.*?)^```$", page, flags=re.DOTALL | re.MULTILINE)
    return [code for said, code in found if said == language]


def typed(examples: Iterable[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run examples in a folder, one after another, until one fails.

    `trailwright` and `python` are those that run this.
    """
    script = f"""
        trailwright() {{ "{sys.executable}" -m simulator "$@"; }}
        PATH="{Path(sys.executable).parent}:$PATH"
        set -e -o pipefail
        {"".join(examples)}
    """
    return subprocess.run(  # noqa: S603  # the page's own words
        ["/bin/bash", "-c", script], cwd=folder, capture_output=True, text=True, check=False
    )
