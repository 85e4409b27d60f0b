"""All one needs to know to write a new sink.

What is written of records is a pure function of them, the `Lines`, so that it can be made
wherever they are rendered; an `Output` takes what was made in order, in one place.
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


class Lines(Protocol):
    """What is written of records, a line for each."""

    def of(self, delivered: Delivered) -> Iterator[memoryview]:
        """Yield the lines of some records in turn; each piece holds until the next is asked for."""
        ...
