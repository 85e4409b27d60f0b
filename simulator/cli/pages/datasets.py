"""`docs/dataset-columns.md`: the columns of a dataset's tables, and what a handle may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.cli.pages.markdown import code, notice, table
from simulator.datasets import columns
from simulator.datasets.card import tables
from simulator.datasets.handles import SORTS, all_kinds

if TYPE_CHECKING:
    from collections.abc import Iterator


def page() -> str:
    """Return the page."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield notice("`simulator/datasets`")
    yield "# Columns of a dataset"
    yield ""
    yield "[datasets.md](datasets.md) says what the tables are for. Those of `records` and `flat`"
    yield "are derived from the shapes of all kinds in all eras; a record has what its kind has."
    yield ""
    for name, leaves in tables(has_record=True).items():
        yield from (f"## {name}", "")
        yield from table(("column", "type"), leaves)
    yield from ("## Where `flat` takes its columns from", "")
    places = [(code(one.column.name), code(".".join(one.path))) for one in _taken()]
    yield from table(("column", "member of the record"), places)
    yield from ("## Handles of `resolver`", "")
    sorts = [(code(handle), _places(handle)) for handle in SORTS]
    yield from table(("handle", "where records show it"), sorts)


def _taken() -> tuple[columns.Flat, ...]:
    return (*columns.flat(), *columns.picked())


def _places(handle: str) -> str:
    paths = {
        ".".join(spot.path) for _, spots in all_kinds() for spot in spots if spot.handle == handle
    }
    return ", ".join(map(code, sorted(paths)))
