"""The files of a dataset while they are written."""

from __future__ import annotations

import csv
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Final

from simulator.datasets import arrow
from simulator.datasets.columns import LABELS
from simulator.primitives.jsontext import json_text
from simulator.sinks.files import told

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from contextlib import ExitStack

    from simulator.datasets.columns import Column
    from simulator.datasets.gathering import Cells
    from simulator.datasets.staging import Site

PART: Final = 1_000_000
"""Rows of one file of `flat`, at most."""


@dataclass(slots=True)
class Tables:
    """All Parquet files, opened as they are needed."""

    site: Site
    stack: ExitStack
    """Lets go of files that are open, whatever happens."""

    rows: dict[str, int] = field(default_factory=dict)
    """How many rows each file has that is closed, by name."""

    def opened(self, name: str, columns: Sequence[Column]) -> arrow.ParquetFile:
        """Begin a file."""
        file = arrow.ParquetFile(self.site.path(name), columns)
        self.stack.callback(file.abandon)
        return file

    def closed(self, name: str, file: arrow.ParquetFile) -> None:
        """End a file."""
        file.close()
        self.rows[name] = file.rows

    def write(self, name: str, columns: Sequence[Column], table: arrow.Table) -> None:
        """Write a table that is whole."""
        file = self.opened(name, columns)
        file.write(table)
        self.closed(name, file)


@dataclass(slots=True)
class Growing:
    """A table in one file."""

    tables: Tables
    name: str
    columns: Sequence[Column]
    file: arrow.ParquetFile

    @classmethod
    def begun(cls, tables: Tables, name: str, columns: Sequence[Column]) -> Growing:
        """Begin the file."""
        return cls(tables, name, columns, tables.opened(name, columns))

    def write(self, rows: Sequence[Cells]) -> None:
        """Take more rows."""
        if rows:
            self.file.write(arrow.table_of(rows, self.columns))

    def close(self) -> None:
        """End the file."""
        self.tables.closed(self.name, self.file)


@dataclass(slots=True)
class Partitions:
    """`records`: a folder for each era and day."""

    tables: Tables
    columns: Sequence[Column]
    open: dict[str, arrow.ParquetFile] = field(default_factory=dict)
    """By day and era."""

    def write(self, table: arrow.Table, eras: Sequence[str], days: Sequence[str]) -> None:
        """Take more rows, in order of time.

        Args:
            eras: Of each row.
            days: Of each row, such as `2025-01-13`; those before the first are over.
        """
        names = [
            f"records/era={era}/date={day}/part-0.parquet"
            for era, day in zip(eras, days, strict=True)
        ]
        for name in [one for one in self.open if _day(one) < days[0]]:
            self.tables.closed(name, self.open.pop(name))
        for name, part in _parted(table, names):
            if name not in self.open:
                self.open[name] = self.tables.opened(name, self.columns)
            self.open[name].write(part)

    def close(self) -> None:
        """End all files."""
        for name, file in self.open.items():
            self.tables.closed(name, file)


def _parted(table: arrow.Table, names: Iterable[str]) -> Iterator[tuple[str, arrow.Table]]:
    """Yield the rows of each name, given every row's."""
    places: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        places.setdefault(name, []).append(place)
    for name, positions in places.items():
        yield name, arrow.taken(table, positions)


def _day(name: str) -> str:
    return name.partition("date=")[2]


@dataclass(slots=True)
class Parts:
    """`flat`: files of one split each, and of so many rows."""

    tables: Tables
    columns: Sequence[Column]
    open: dict[str, tuple[str, arrow.ParquetFile]] = field(default_factory=dict)
    """By split: name and file."""
    begun: dict[str, int] = field(default_factory=dict)
    """By split: how many files."""

    def write(self, table: arrow.Table, splits: Sequence[str]) -> None:
        """Take more rows.

        Args:
            splits: Where each row belongs.
        """
        for split, part in _parted(table, splits):
            self._write(split, part)

    def _write(self, split: str, table: arrow.Table) -> None:
        while len(table):
            if split not in self.open:
                nth = self.begun.get(split, 0)
                self.begun[split] = nth + 1
                name = f"flat/{split}-{nth}.parquet"
                self.open[split] = (name, self.tables.opened(name, self.columns))
            name, file = self.open[split]
            room = PART - file.rows
            file.write(table.slice(0, room))
            table = table.slice(room)
            if file.rows == PART:
                self.tables.closed(name, file)
                del self.open[split]

    def close(self) -> None:
        """End all files."""
        for name, file in self.open.values():
            self.tables.closed(name, file)


class LabelTexts:
    """`labels` as text: CSV, JSON lines, or both."""

    def __init__(self, tables: Tables, forms: Sequence[str]) -> None:
        """Begin those files that are asked for.

        Raises:
            OutputError: One cannot be opened.
        """
        self._tables = tables
        self._rows = 0
        self._files: dict[str, IO[str]] = {}
        for form in ("csv", "ndjson"):
            if form in forms:
                path = tables.site.path(f"labels.{form}")
                with told(path):
                    # Closed by `close`, or by the stack.
                    self._files[form] = path.open("w", encoding="utf-8", newline="")
                tables.stack.callback(_abandoned, self._files[form])
        if "csv" in self._files:
            self._csv = csv.writer(self._files["csv"], lineterminator="\n")
            self._csv.writerow([column.name for column in LABELS])

    def write(self, rows: Sequence[Cells]) -> None:
        """Take more rows.

        Raises:
            OutputError: They cannot be written.
        """
        self._rows += len(rows)
        for form, file in self._files.items():
            with told(self._tables.site.path(f"labels.{form}")):
                if form == "csv":
                    self._csv.writerows(_spelled(row) for row in rows)
                else:
                    file.writelines(json_text(row).decode() + "\n" for row in rows)

    def close(self) -> None:
        """End the files.

        Raises:
            OutputError: One cannot be written.
        """
        for form, file in self._files.items():
            name = f"labels.{form}"
            with told(self._tables.site.path(name)):
                file.close()
            self._tables.rows[name] = self._rows


def _abandoned(file: IO[str]) -> None:
    with suppress(OSError):
        file.close()


def _spelled(row: Cells) -> Iterable[object]:
    """Return a row as CSV has it: lists with spaces, truth values as JSON spells them."""
    techniques, override = " ".join(row["techniques"]), "true" if row["override"] else "false"
    return {**row, "techniques": techniques, "override": override}.values()
