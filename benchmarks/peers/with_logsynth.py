"""LogSynth: a template of flat fields, each drawn on its own, and its own JSON.

Run with the interpreter of the peer's own environment: python with_logsynth.py 10000
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from logsynth.core.generator import create_generator

TEMPLATE: Final = Path(__file__).with_name("logsynth.yaml")


def main() -> None:
    """Write so many records to standard output."""
    generator = create_generator(TEMPLATE, seed=7)
    for _ in range(int(sys.argv[1])):
        sys.stdout.write(generator.generate() + "\n")


if __name__ == "__main__":
    main()
