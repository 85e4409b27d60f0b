"""Tables as Parquet: the one module that knows pyarrow.

Everything that decides a file's bytes is fixed here: one thread, the compression and its
level, the version of the format, and how many rows a group has, counted from a file's first.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from simulator.datasets.columns import Column, Type
from simulator.errors import MissingExtraError
from simulator.primitives.jsontext import json_text
from simulator.sinks.files import told

try:
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.json as pj
    import pyarrow.parquet as pq
except ImportError:
    pa = None

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from simulator.datasets.columns import Flat

# pyarrow has no types.
Table: TypeAlias = Any

GROUP: Final = 1 << 16
"""Rows of a row group: large enough to be compressed well, small enough to be held."""

_OPTIONS: Final[dict[str, Any]] = {
    "compression": "zstd",
    "compression_level": 3,
    "version": "2.6",
    "data_page_version": "1.0",
    "use_dictionary": True,
    "write_statistics": True,
}


def require() -> None:
    """Refuse to go on without pyarrow.

    Raises:
        MissingExtraError: It is not installed.
    """
    if pa is None:
        raise MissingExtraError("a dataset", "dataset")


def library_version() -> str:
    """Return the version that files depend on."""
    return str(pa.__version__)


def _type(column: Column) -> Any:  # noqa: ANN401  # see Table
    simple = {
        Type.text: pa.string(),
        Type.json: pa.string(),
        Type.flag: pa.bool_(),
        Type.number: pa.int64(),
        Type.instant: pa.timestamp("ms", tz="UTC"),
        Type.texts: pa.list_(pa.string()),
    }
    if isinstance(column.type, tuple):
        made = pa.struct([pa.field(inner.name, _type(inner)) for inner in column.type])
    else:
        made = simple[column.type]
    return pa.list_(made) if column.is_list else made


def _schema(columns: Iterable[Column]) -> Any:  # noqa: ANN401  # see Table
    return pa.schema([pa.field(column.name, _type(column)) for column in columns])


def table_of(rows: Sequence[dict[str, Any]], columns: Sequence[Column]) -> Table:
    """Return rows as a table.

    Read from JSON, which is several times as fast as taking Python's objects apart.

    Args:
        rows: Column to value; one that is missing is null. Instants are text.
        columns: What the table has.
    """
    schema = _schema(columns)
    if not rows:
        return schema.empty_table()
    text = b"\n".join(map(json_text, rows))
    return pj.read_json(
        pa.BufferReader(text),
        # One block: an object must not be cut in two.
        read_options=pj.ReadOptions(use_threads=False, block_size=len(text) + 1),
        parse_options=pj.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error"),
    )


def flattened(table: Table, lead: dict[str, Any], flat: Sequence[Flat]) -> Table:
    """Return a flat view of a table.

    Args:
        lead: Columns that come first.
        flat: Where the others are taken from.
    """
    arrays = dict(lead)
    for one in flat:
        whole = table.column(one.path[0])
        arrays[one.column.name] = (
            pc.struct_field(whole, list(one.path[1:])) if len(one.path) > 1 else whole
        )
    return pa.table(arrays)


def joined(tables: Sequence[Table], columns: Sequence[Column]) -> Table:
    """Return tables of the same columns one below the other."""
    return pa.concat_tables(tables) if tables else _schema(columns).empty_table()


def totals(table: Table) -> Table:
    """Return what is noted of each handle, added up; by user's name, handle, time and value."""
    by = ["user_id", "user_name", "handle", "value"]
    found = table.group_by(by, use_threads=False).aggregate(
        [("first_seen", "min"), ("last_seen", "max"), ("records", "sum")]
    )
    named = found.rename_columns(
        {"first_seen_min": "first_seen", "last_seen_max": "last_seen", "records_sum": "records"}
    )
    order = ("user_name", "user_id", "handle", "first_seen", "value")
    sorted_table = named.sort_by([(name, "ascending") for name in order])
    return sorted_table.select(table.column_names)


def taken(table: Table, positions: Sequence[int]) -> Table:
    """Return some rows of a table, in the order of their positions."""
    first, count = positions[0], len(positions)
    if positions[-1] - first + 1 == count:
        return table.slice(first, count)
    return table.take(pa.array(positions, pa.int64()))


def text_column(values: Sequence[str | None]) -> Any:  # noqa: ANN401  # see Table
    """Return a column of text."""
    return pa.array(values, pa.string())


class ParquetFile:
    """A Parquet file that grows by tables, and is written a row group at a time."""

    def __init__(self, path: Path, columns: Sequence[Column]) -> None:
        """Open the file, in a folder that is there.

        Raises:
            OutputError: It cannot be opened.
        """
        self.path = path
        self.rows = 0
        self._schema = _schema(columns)
        self._waiting: list[Table] = []
        self._count = 0
        with told(path):
            self._writer = pq.ParquetWriter(path, self._schema, **_OPTIONS)

    def write(self, table: Table) -> None:
        """Take more rows.

        Raises:
            OutputError: They cannot be written.
        """
        self.rows += table.num_rows
        self._waiting.append(table)
        self._count += table.num_rows
        while self._count >= GROUP:
            whole = pa.concat_tables(self._waiting)
            self._put(whole.slice(0, GROUP))
            # What is left must not hold on to what is written.
            rest = whole.slice(GROUP)
            self._waiting, self._count = [rest], rest.num_rows

    def close(self) -> None:
        """Write what is left, and the file's end.

        Raises:
            OutputError: It cannot be written.
        """
        if self._count:
            self._put(pa.concat_tables(self._waiting))
        self._waiting, self._count = [], 0
        with told(self.path):
            self._writer.close()

    def abandon(self) -> None:
        """Let go of the file, in whatever state it is."""
        self._waiting = []
        with suppress(OSError):
            self._writer.close()

    def _put(self, table: Table) -> None:
        with told(self.path):
            # One chunk, so that pages do not show how the rows came.
            self._writer.write_table(table.combine_chunks(), row_group_size=GROUP)
