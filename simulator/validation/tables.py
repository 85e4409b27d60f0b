"""Tables of text (CSV) in which a column holds records: what query engines export.

Which column it is shows in each row: the first cell that may be a record. A row may go over
several lines, and is no longer than a line may be; more than that, or a quote that is never
closed, ends the table.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from simulator.validation.findings import Place
from simulator.validation.unwrapping import Trouble, holds_record, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.validation.unwrapping import Read

SUFFIXES: Final = (".csv", ".tsv")
_CELL: Final = re.compile(rb'(?:^|[,;\t]) *(?:"\{|\{")')
"""Where a cell begins that may be a record."""
_BACKSLASHED: Final = b'"{\\"'
_SEPARATORS: Final = (",", ";", "\t")


def begins_table(lines: list[bytes], *, is_named: bool) -> bool:
    """Return whether a file that begins with these lines is a table.

    Args:
        lines: The first two that are not empty.
        is_named: Whether the file's name says it is one.
    """
    if not lines or lines[0].lstrip().startswith((b"{", b"[")):
        return False
    return is_named or any(_CELL.search(line) for line in lines)


@dataclass(slots=True)
class _Text:
    """Lines as text, as long as those of one row are not too many."""

    lines: Iterator[tuple[int, bytes | None]]
    longest: int
    first: int = 0
    """Number of the row's first line; 0 where none was read."""
    size: int = 0
    """Bytes of the row so far."""

    def __iter__(self) -> Iterator[str]:
        """Yield each line with its end."""
        for number, line in self.lines:
            self.first = self.first or number
            self.size += 0 if line is None else len(line) + 1
            if line is None or self.size > self.longest:
                raise _TooLongError
            # What is not UTF-8 comes back as it was when the cell is read.
            yield line.removesuffix(b"\r").decode(errors="surrogateescape") + "\n"

    def begin_row(self) -> int:
        """Forget the row, and return the number of its first line."""
        first, self.first, self.size = self.first, 0, 0
        return first


class _TooLongError(Exception):
    """A row has more bytes than are read."""


def read_table(
    file: str, head: list[bytes], lines: Iterator[tuple[int, bytes | None]], longest: int
) -> Iterator[Read]:
    """Yield the records of a table.

    Args:
        file: Its path.
        head: The first two lines that are not empty.
        lines: All lines, each with its number; `None` for one that is too long.
        longest: Bytes that a row may have.
    """
    heading = head[0].decode(errors="replace")
    separator = max(_SEPARATORS, key=heading.count)
    escape = "\\" if any(_BACKSLASHED in line for line in head) else None
    # Rows are bounded as a whole; a line more than their bound may be in the reader's hands.
    csv.field_size_limit(2 * longest)
    text = _Text(lines, longest)
    reader = csv.reader(text, delimiter=separator, escapechar=escape, doublequote=escape is None)
    names: list[str] | None = None
    try:
        for cells in reader:
            place = Place(file, text.begin_row())
            if not cells:
                continue
            column = next((at for at, cell in enumerate(cells) if holds_record(cell)), -1)
            if names is None:
                names = [] if column >= 0 else cells
                if column < 0:
                    continue
            if column < 0:
                yield Trouble(place, "E005", "no column of this row holds a record as JSON")
            else:
                name = names[column] if column < len(names) else f"column {column + 1}"
                packed = cells[column].encode(errors="surrogateescape")
                yield from unpacked(place, name, packed)
    except _TooLongError:
        message = f"a row of more than {longest:,} bytes; what follows was not read"
        yield Trouble(Place(file, text.begin_row()), "E002", message)
    except csv.Error as error:
        message = f"not CSV: {error}; what follows was not read"
        yield Trouble(Place(file, text.begin_row()), "E004", message)
