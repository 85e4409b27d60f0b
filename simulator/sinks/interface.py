"""All one needs to know to write a new sink."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from simulator.delivery.overrides import Delivered


class Output(Protocol):
    """A place that takes bytes in order: a file, or standard output."""

    def write(self, data: bytes | memoryview, lines: int) -> None:
        """Take the next bytes, which hold so many lines.

        Raises:
            OutputError: They cannot be written.
        """
        ...


class Sink(Protocol):
    """What is done with records as they come, in order."""

    def write(self, delivered: Delivered) -> None:
        """Take the next records.

        Raises:
            OutputError: They cannot be written.
        """
        ...
