"""All one needs to know to write a new sink.

What is written of records is a pure function of them, the `Lines`, so that it can be made
wherever they are rendered; an `Output` takes what was made in order, in one place. Where
several records share a line, a `Gathering` stands between the two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.delivery.overrides import Delivered


class Output(Protocol):
    """A place that takes bytes in order: a file, or standard output."""

    def write(self, data: bytes | memoryview) -> None:
        """Take the next bytes, and be done with them on return.

        Raises:
            OutputError: They cannot be written.
        """
        ...


class Gathering(Output, Protocol):
    """Takes lines of single records, and hands on lines of several.

    How many come at once shows nowhere in what it hands on: they come a window at a time, or
    in pieces that end within a line.
    """

    def finish(self) -> None:
        """Hand on the rest, when all lines were taken.

        Raises:
            OutputError: It cannot be written.
        """
        ...

    def discard(self) -> None:
        """Let go of whatever it holds. May come after `finish`, and more than once."""
        ...


class Lines(Protocol):
    """What is written of records, a line for each."""

    def of(self, delivered: Delivered) -> Iterator[memoryview]:
        """Yield the lines of some records in turn; each piece holds until the next is asked for."""
        ...
