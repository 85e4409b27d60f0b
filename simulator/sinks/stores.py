"""Places for whole objects: a folder, or a bucket.

An object appears under its key whole or not at all, and is there for good when `put`
returns. All methods may be called from several threads at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NO_METADATA: Final[Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True)
class Held:
    """An object that is there."""

    key: str
    """Its key, relative to the store."""

    size: int
    """Bytes."""


class Store(Protocol):
    """A place for whole objects."""

    def put(self, key: str, data: bytes, metadata: Mapping[str, str] = NO_METADATA) -> None:
        """Put an object there, in place of one that has its key.

        Args:
            key: Relative to the store, with slashes, such as `AWSLogs/…/….json.gz`.
            metadata: User metadata, such as `signature`; a folder cannot keep it.

        Raises:
            OutputError: It cannot be written.
        """
        ...

    def get(self, key: str) -> bytes:
        """Return an object.

        Raises:
            InputError: It is not there, or cannot be read.
        """
        ...

    def holds(self, key: str, data: bytes) -> bool:
        """Return whether an object with exactly these bytes is there under its key."""
        ...

    def held(self, prefix: str = "") -> Iterator[Held]:
        """Yield what is there below a prefix, in order of key; nothing unfinished.

        Raises:
            InputError: The place cannot be read.
        """
        ...

    def remove(self, key: str) -> None:
        """Remove an object, if it is there.

        Raises:
            OutputError: It cannot be removed.
        """
        ...
