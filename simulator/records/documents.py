"""Whole JSON values that a row points to: the payloads of calls that are recorded by table.

Their structure stands in `simulator.records.api`; planning puts values into it, once for
all rows that show the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import orjson

from simulator.records.codecs import TABLED, Extent, Plain

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.primitives.columns import Tables
    from simulator.primitives.jsontext import Json
    from simulator.records.codecs import Columns, Row

TABLE = "document.value"


@dataclass(frozen=True, slots=True)
class Document(Plain):
    """The JSON text in table `document`, at the position the row has."""

    by: str
    """The row's column with the position."""

    quoted = False

    def one(self, row: Row, tables: Tables) -> Json:
        """See `Codec.one`."""
        value: Json = orjson.loads(tables.text(TABLE, row[self.by]))
        return value

    def many(self, columns: Columns, count: int, tables: Tables) -> NDArray[np.bytes_]:
        """See `Codec.many`."""
        places = np.broadcast_to(columns[self.by].astype(np.int64, copy=False), count)
        assert not count or places.min() >= 0
        return _texts(tables)[places]

    def columns(self) -> frozenset[str]:
        """See `Codec.columns`."""
        return frozenset({self.by})

    def extent(self, tables: Tables) -> Extent:
        """See `Codec.extent`."""
        texts = _texts(tables)
        # Too many to stand in templates are joined record by record.
        return Extent(None, texts if len(texts) <= TABLED else None)


def _texts(tables: Tables) -> NDArray[np.bytes_]:
    return tables.remembered(
        "documents", lambda: np.array([text.encode() for text in tables.texts[TABLE]], np.bytes_)
    )
