"""A store in memory that a test can stop, watch and break."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from simulator.errors import InputError
from simulator.sinks.stores import NO_METADATA, Held

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


class MemoryStore:
    """Objects in a dictionary; see `Store`."""

    def __init__(self, before_put: Callable[[str], object] = str) -> None:
        """Begin empty; `before_put` is called with each key, and may wait or raise."""
        self.objects: dict[str, bytes] = {}
        self.metadata: dict[str, dict[str, str]] = {}
        self.puts = 0
        self._before_put = before_put
        self._lock = Lock()

    def put(self, key: str, data: bytes, metadata: Mapping[str, str] = NO_METADATA) -> None:
        """See `Store.put`."""
        self._before_put(key)
        with self._lock:
            self.objects[key] = data
            self.metadata[key] = dict(metadata)
            self.puts += 1

    def get(self, key: str) -> bytes:
        """See `Store.get`."""
        try:
            return self.objects[key]
        except KeyError:
            raise InputError(key) from None

    def holds(self, key: str, data: bytes) -> bool:
        """See `Store.holds`."""
        return self.objects.get(key) == data

    def held(self, prefix: str = "") -> Iterator[Held]:
        """See `Store.held`."""
        for key, data in sorted(self.objects.items()):
            if key.startswith(prefix):
                yield Held(key, len(data))

    def remove(self, key: str) -> None:
        """See `Store.remove`."""
        self.objects.pop(key, None)
