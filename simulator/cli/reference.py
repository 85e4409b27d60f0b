"""The pages of `docs/` that are made from what they describe, and what shells complete.

`python -m simulator.cli.reference` writes them; with `--check` it changes nothing and tells
which are out of date.
"""

from __future__ import annotations

import sys
from functools import partial
from os.path import normpath
from pathlib import Path
from typing import TYPE_CHECKING, Final

from simulator.cli.pages import (
    commands,
    completion,
    datasets,
    diagrams,
    evidence,
    install,
    manual,
    mutations,
    plays,
    python_api,
    records,
    scenarios,
    schemas,
    sinks,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FOLDER: Final = Path(__file__).parents[2] / "docs"

PAGES: Final[Mapping[str, Callable[[], str]]] = {
    "cli.md": commands.page,
    "install.md": install.page,
    "man/trailwright.1": manual.page,
    "mutations.md": mutations.page,
    "plays.md": plays.page,
    "python-api.md": python_api.page,
    "dataset-columns.md": datasets.page,
    "records.md": records.page,
    "scenarios.md": scenarios.page,
    "sinks.md": sinks.page,
    "../simulator/cli/completion.json": completion.page,
    "verified-and-inferred.md": evidence.page,
    **{name: partial(schemas.page, era) for name, era in schemas.FILES.items()},
    **diagrams.DRAWINGS,
}


def stale(folder: Path = FOLDER) -> list[str]:
    """Return the names of pages that are not what they would be made now."""
    return [
        name
        for name, page in PAGES.items()
        if not (folder / name).is_file() or (folder / name).read_text("utf-8") != page()
    ]


def write(folder: Path = FOLDER) -> None:
    """Write every page."""
    for name, page in PAGES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(page(), "utf-8", newline="\n")


def main(arguments: list[str]) -> int:
    """Write the pages, or check them."""
    if arguments == ["--check"]:
        for name in stale():
            print(f"{normpath(f'docs/{name}')} is out of date: make docs", file=sys.stderr)
        return 1 if stale() else 0
    if arguments:
        print("usage: python -m simulator.cli.reference [--check]", file=sys.stderr)
        return 2
    write()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
