"""A page's examples, run as a reader types them."""

from __future__ import annotations

import atexit
import re
import shutil
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

DOCS: Final = Path(__file__).parents[2] / "docs"
_WARM: Final = Path(__file__).with_name("warm.py")


def blocks(page: str, language: str) -> list[str]:
    """Return a page's blocks of code in a language; those that name none have the empty one."""
    found = re.findall(r"^```(\w*)\n(.*?)^```$", page, flags=re.DOTALL | re.MULTILINE)
    return [code for said, code in found if said == language]


def typed(
    examples: Iterable[str], folder: Path, *, sends_signals: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run examples in a folder, one after another, until one fails.

    `trailwright` and `python` are those that run this.

    Args:
        examples: Blocks of a page.
        folder: Where they are typed.
        sends_signals: Whether they stop what they started: see `warm`.
    """
    program = f'"{sys.executable}" -m simulator' if sends_signals else warmed()
    script = f"""
        trailwright() {{ {program} "$@"; }}
        PATH="{Path(sys.executable).parent}:$PATH"
        set -e -o pipefail
        {"".join(examples)}
    """
    return subprocess.run(  # noqa: S603  # the page's own words
        ["/bin/bash", "-c", script], cwd=folder, capture_output=True, text=True, check=False
    )


@cache
def warmed() -> str:
    """Return what runs the program in a shell without importing it anew: see `warm`."""
    folder = tempfile.mkdtemp(prefix="trailwright-warm-")
    address = f"{folder}/door"
    server = subprocess.Popen(  # noqa: S603  # our own
        [sys.executable, str(_WARM), "serve", address], stdin=subprocess.PIPE
    )

    def end() -> None:
        assert server.stdin is not None
        server.stdin.close()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(end)
    while not Path(address).exists():
        assert server.poll() is None, "the program cannot be imported"
        time.sleep(0.02)
    return f'"{sys.executable}" -IS "{_WARM}" run "{address}"'
