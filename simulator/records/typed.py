"""Names as they were typed: given by the scenario, or a user's own with a slip in it.

Slips are too many and too rare to stand in a table, and a table that grew while everyday
activity is planned would depend on the order of planning. A row says whose name it is and
which slip, and the text follows.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.primitives.jsontext import string_content
from simulator.primitives.typos import LONGER, mistyped
from simulator.records.codecs import TABLED, WIDE, Extent, Plain

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.primitives.columns import Tables
    from simulator.records.codecs import Columns, Row

_NAMES = "user.name"
_TEXTS = "text.value"


@dataclass(frozen=True, slots=True)
class _Names(Container[str]):
    """The names of a great many users, none of which is spelled to find another."""

    tables: Tables

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.tables.find(_NAMES, name) >= 0


def _known(tables: Tables) -> Container[str]:
    def made() -> Container[str]:
        few = tables.count(_NAMES) <= TABLED
        return frozenset(tables.texts[_NAMES]) if few else _Names(tables)

    return tables.remembered("known names", made)


@dataclass(frozen=True, slots=True)
class TypedName(Plain):
    """The user's name with a slip, where column `slip` has one; else the text at `typed`."""

    quoted = True

    def one(self, row: Row, tables: Tables) -> str:
        """See `Codec.one`."""
        if row["slip"] < 0:
            return tables.text(_TEXTS, row["typed"])
        return mistyped(tables.text(_NAMES, row["user"]), row["slip"], _known(tables))

    def many(self, columns: Columns, count: int, tables: Tables) -> NDArray[np.bytes_]:
        """See `Codec.many`."""
        slip, typed, user = (
            np.broadcast_to(columns[name].astype(np.int64, copy=False), count)
            for name in ("slip", "typed", "user")
        )
        slipped = np.flatnonzero(slip >= 0)
        if not len(slipped):
            assert not count or typed.min() >= 0
            return tables.contents(_TEXTS)[typed]
        # One by one: a few in a thousand sign-ins.
        known = _known(tables)
        names = tables.contents_at(_NAMES, user[slipped]).tolist()
        made = np.array(
            [
                # What JSON escapes is read where it is not escaped.
                string_content(
                    mistyped(
                        tables.text(_NAMES, whose) if b"\\" in name else name.decode(), which, known
                    )
                )
                for name, whose, which in zip(
                    names, user[slipped].tolist(), slip[slipped].tolist(), strict=True
                )
            ],
            np.bytes_,
        )
        if len(slipped) == count:
            return made
        given = np.flatnonzero(slip < 0)
        assert typed[given].min() >= 0
        texts = tables.contents(_TEXTS)[typed[given]]
        found = np.empty(count, f"S{max(made.dtype.itemsize, texts.dtype.itemsize)}")
        found[given], found[slipped] = texts, made
        return found

    def columns(self) -> frozenset[str]:
        """See `Codec.columns`."""
        return frozenset({"slip", "typed", "user"})

    def extent(self, tables: Tables) -> Extent:
        """See `Codec.extent`."""
        longest = tables.widths(_NAMES)[1] + LONGER
        # There is no table of texts where no scenario gives one.
        if _TEXTS in tables.texts:
            longest = max(longest, tables.widths(_TEXTS)[1])
        return Extent(-1 if longest <= WIDE else None)
