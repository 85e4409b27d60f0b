"""Places for whole objects: a folder, or a bucket.

An object appears under its key whole or not at all, and is there for good when `put`
returns. All methods may be called from several threads at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from simulator.errors import RequestError
from simulator.sinks.files import is_temporary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from simulator.errors import SimulatorError

NO_METADATA: Final[Mapping[str, str]] = {}

_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f]")
_BUCKET: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Held:
    """An object that is there."""

    key: str
    """Its key, relative to the store."""

    size: int
    """Bytes."""


class Store(Protocol):
    """A place for whole objects."""

    def put(
        self, key: str, data: bytes | memoryview, metadata: Mapping[str, str] = NO_METADATA
    ) -> None:
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
        """Return whether an object with exactly these bytes is there under its key.

        Raises:
            InputError: It is there and cannot be read, or whether it is cannot be told.
        """
        ...

    def held(self, prefix: str = "") -> Iterator[Held]:
        """Yield what is there below a prefix, in order of key; nothing unfinished.

        Args:
            prefix: What the keys begin with; it need not end in a slash.

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


def refuse_key(key: str, error: type[SimulatorError]) -> None:
    """Refuse a key that could lead out of a store, or that no store would list again.

    Raises:
        SimulatorError: Of the class that was given.
    """
    parts = key.split("/")
    if (
        any(part in {"", ".", ".."} or is_temporary(part) for part in parts)
        or "\\" in key
        or _CONTROLS.search(key)
    ):
        message = f"no key of an object: {key!r} (names joined by single slashes, none of them ..)"
        raise error(message)


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a bucket a store is."""

    scheme: str
    """Which service: `s3`, `gs` or `az`."""

    bucket: str
    """The bucket; Azure calls it a container."""

    prefix: str
    """Begins every key; empty, or ends in a slash."""

    def __str__(self) -> str:
        """Return it as a user writes it."""
        return f"{self.scheme}://{self.bucket}/{self.prefix}"


def place_of(target: str) -> Place | None:
    """Return where in a bucket a target is, or nothing when it is a folder.

    Raises:
        RequestError: Its scheme is unknown, or it names no bucket.
    """
    scheme, mark, rest = target.partition("://")
    if not mark:
        return None
    bucket, _, prefix = rest.partition("/")
    if scheme not in _MAKERS:
        message = f"{scheme}:// is no place to write to: give a folder, {_KNOWN}"
        raise RequestError(message)
    # What is wrong is not repeated: there may be a password in it.
    if not _BUCKET.fullmatch(bucket):
        message = f"no name of a bucket after {scheme}://: give {scheme}://BUCKET/PREFIX"
        raise RequestError(message)
    prefix = prefix.rstrip("/")
    if prefix:
        refuse_key(prefix, RequestError)
    return Place(scheme, bucket, f"{prefix}/" if prefix else "")


def store_of(target: str, endpoint: str | None = None) -> Store:
    """Return the store that a target means.

    Args:
        target: A folder, or `s3://bucket/prefix`, `gs://bucket/prefix` or
            `az://container/prefix`.
        endpoint: Where the service of a bucket is, such as `http://127.0.0.1:9000`; by
            default where its provider has it.

    Raises:
        RequestError: It means none, or a folder is given an endpoint.
        MissingExtraError: Its client is not installed.
    """
    place = place_of(target)
    if place is not None:
        return _MAKERS[place.scheme](place, endpoint)
    if endpoint is not None:
        message = f"an endpoint is for buckets, and {target} is a folder"
        raise RequestError(message)
    from simulator.sinks.folders import FolderStore  # noqa: PLC0415  # it imports this module

    return FolderStore(Path(target))


def _bucket(place: Place, endpoint: str | None) -> Store:
    from simulator.sinks.objects import object_store  # noqa: PLC0415  # it imports this module

    return object_store(place, endpoint)


_MAKERS: Final[Mapping[str, Callable[[Place, str | None], Store]]] = {
    "s3": _bucket,
    "gs": _bucket,
    "az": _bucket,
}
_KNOWN: Final = "s3://BUCKET/PREFIX, gs://BUCKET/PREFIX or az://CONTAINER/PREFIX"
