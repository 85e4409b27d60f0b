"""Tables of text that grow while a plan is made."""

from __future__ import annotations

from simulator.primitives.columns import Tables


class Registry:
    """Rows of text tables, added one by one.

    Positions go into the plan's columns, so that a text stands once however often records
    show it. Which position a text gets decides no byte.
    """

    def __init__(self) -> None:
        """Begin with no tables."""
        self._columns: dict[str, list[str]] = {}
        self._known: dict[tuple[str, str], int] = {}

    def add(self, table: str, **texts: str) -> int:
        """Add a row and return its position. All rows of a table name the same columns."""
        position = -1
        for name, value in texts.items():
            column = self._columns.setdefault(f"{table}.{name}", [])
            position = len(column)
            column.append(value)
        return position

    def intern(self, table: str, value: str) -> int:
        """Return the position of a value in a table of one column, adding it if it is new."""
        known = self._known.get((table, value))
        if known is None:
            known = self._known[table, value] = self.add(table, value=value)
        return known

    def text(self, column: str, position: int) -> str:
        """Return one value."""
        return self._columns[column][position]

    def tables(self) -> Tables:
        """Return what has been added so far, frozen."""
        return Tables({name: tuple(values) for name, values in self._columns.items()})
