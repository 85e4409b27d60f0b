"""Write `data/names.json`: run as `python -m simulator.directory.draw_names`.

Needs Faker, and is run by hand when the pools are to change: every name in every output
changes with them. The pools are cut to size by each name's own hash, so that a name that
a newer Faker adds displaces one other at most.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from simulator.directory.names import SHIPPED, faker_pool
from simulator.primitives.jsontext import json_text_indented
from simulator.primitives.keys import purpose

if TYPE_CHECKING:
    from collections.abc import Sequence

GIVEN_LIMIT: Final = 400
"""Most given names kept of a locale."""

FAMILY_LIMIT: Final = 600
"""Most family names kept of a locale."""


def cut(names: Sequence[str], limit: int) -> list[str]:
    """Return at most so many of the names, sorted, chosen by their hashes."""
    chosen = sorted(names, key=lambda name: purpose(f"draw-names/{name}"))[:limit]
    return sorted(chosen)


def pools_text() -> bytes:
    """Return what `data/names.json` holds, as the installed Faker gives it."""
    pools = {}
    for locale in SHIPPED:
        names = faker_pool(locale)
        pools[locale] = {
            "given": cut(names.given, GIVEN_LIMIT),
            "family": cut(names.family, FAMILY_LIMIT),
        }
    return json_text_indented(pools) + b"\n"


if __name__ == "__main__":
    (Path(__file__).parent / "data" / "names.json").write_bytes(pools_text())
