"""Other people's generators, each in an environment of its own.

Each has a file of pinned requirements and an adapter, a program that writes so many records to
standard output with the peer's own means. None of them correlates records: no id of one record
is found in another but by chance.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
ENVIRONMENTS: Final = HERE.parents[1] / ".benchmarks" / "peers"


@dataclass(frozen=True, slots=True)
class Peer:
    """A generator that pip installs."""

    name: str
    """The package's, and the stem of its requirements and of its adapter."""

    title: str
    """What tables call it; benchmarks/README.md says what it does."""

    @property
    def interpreter(self) -> Path:
        """Return the Python of its environment."""
        return ENVIRONMENTS / self.name / "bin" / "python"

    @property
    def requirements(self) -> Path:
        """Return the file of its pinned requirements."""
        return HERE / f"{self.name}.txt"

    @property
    def adapter(self) -> Path:
        """Return the program that makes records with it."""
        return HERE / f"with_{self.name}.py"

    def command(self, records: int) -> list[str]:
        """Return what makes so many records."""
        return [str(self.interpreter), str(self.adapter), str(records)]

    def missing(self) -> str | None:
        """Return why it cannot be measured, if so."""
        return None if self.interpreter.exists() else "not installed: make bench-peers"

    def install(self) -> None:
        """Make its environment, or bring it up to date."""
        if not self.interpreter.exists():
            subprocess.run(  # noqa: S603  # our own interpreter
                [sys.executable, "-m", "venv", str(ENVIRONMENTS / self.name)], check=True
            )
        pip = [str(self.interpreter), "-m", "pip", "install", "--quiet", "--no-deps"]
        subprocess.run([*pip, "-r", str(self.requirements)], check=True)  # noqa: S603


PEERS: Final = (
    Peer("mimesis", "Mimesis 22.2 for every field, orjson"),
    Peer("polyfactory", "Polyfactory 3.5, a declared record, orjson"),
    Peer("logsynth", "LogSynth 0.3, a template of flat fields"),
    Peer("geneve", "Geneve 0.4, documents for a detection rule, orjson"),
)
