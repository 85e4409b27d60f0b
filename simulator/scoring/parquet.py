"""Parquet, read; the only module of this room that knows pyarrow."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from simulator.errors import InputError, MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def parquet_rows(
    name: str, content: bytes, is_wanted: Callable[[str], bool]
) -> Iterator[dict[str, object]]:
    """Yield the rows of a Parquet file, each as its columns by name.

    Timestamps are given as `datetime`, cut to the millisecond; one without a time zone has none.

    Args:
        name: The file's name.
        content: The whole file.
        is_wanted: Whether a column is read.

    Raises:
        InputError: It is no Parquet file, or damaged.
        MissingExtraError: pyarrow is not installed.
    """
    try:
        # Some of its versions say their types and some do not.
        arrow: Any = import_module("pyarrow")
        parquet: Any = import_module("pyarrow.parquet")
    except ImportError:
        raise MissingExtraError("reading Parquet", "dataset") from None
    try:
        source = parquet.ParquetFile(arrow.BufferReader(content))
        wanted = [column for column in source.schema_arrow.names if is_wanted(column)]
        for batch in source.iter_batches(columns=wanted):
            yield from _in_milliseconds(arrow, batch).to_pylist()
    except (arrow.ArrowException, OSError) as error:
        message = f"{name}: not Parquet, or damaged: {str(error).partition(chr(10))[0]}"
        raise InputError(message) from None


def _in_milliseconds(arrow: Any, batch: Any) -> Any:  # noqa: ANN401  # pyarrow's
    """Return a batch whose timestamps Python can hold: nanoseconds are finer than it knows."""
    kinds = [
        arrow.field(field.name, arrow.timestamp("ms", "UTC" if field.type.tz is not None else None))
        if arrow.types.is_timestamp(field.type)
        else field
        for field in batch.schema
    ]
    return arrow.Table.from_batches([batch]).cast(arrow.schema(kinds), safe=False)
