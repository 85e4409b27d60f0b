"""Log files in a bucket, as a trail leaves them, each with the records of one batch.

What a trail would deliver apart is apart: each account and Region of a batch has an object of
its own. Its key says which batch it is and what is in it, so that a batch that is sent again
replaces what arrived of it and nothing else: no record is ever there twice.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from simulator.delivery.logfiles import AFTER, BEFORE
from simulator.delivery.trail import Trail
from simulator.errors import RequestError
from simulator.primitives.keys import Key
from simulator.sinks.compression import gzipped
from simulator.sinks.stores import place_of, store_of
from simulator.streaming.addresses import Option
from simulator.streaming.sinks.interface import Limits, Promise, Receipt

if TYPE_CHECKING:
    from simulator.delivery.trail import Stream
    from simulator.sinks.stores import Store
    from simulator.streaming.addresses import Address
    from simulator.streaming.sinks.interface import Batch

LIMITS: Final = Limits(10_000, 8 << 20)
"""As much as one request to the bucket has room for."""
CONNECTIONS: Final = 4
"""An object takes a while to be there; in a bucket nobody waits for its turn."""

OPTIONS: Final = (
    Option("endpoint", "address of the service, such as http://127.0.0.1:9000; without it "
           "where its provider has it"),
    Option("organization", "id of the organization that keys name, such as o-a1b2c3d4e5; "
           "without it they name none"),
)  # fmt: skip
PROMISE: Final = (
    "Kept: the service has every log file, and says so. One that is sent again replaces itself, "
    "so that no record is there twice."
)

_ORGANIZATION: Final = re.compile(r"o-[a-z0-9]{10,32}")
_UNSEEN: Final = "us-east-1"
"""Where the trail was made: no key of a log file says."""


@dataclass(frozen=True, slots=True)
class BucketConnection:
    """See `interface.Connection`."""

    store: Store
    bucket: str
    organization: str | None

    def send(self, batch: Batch) -> Receipt:
        """See `Connection.send`.

        The service's client tries again for a minute what may go better, and then gives up.

        Raises:
            OutputError: An object cannot be written.
        """
        size = 0
        for stream, positions in sorted(_streams(batch).items()):
            records = [batch.records[at] for at in positions]
            content = b"".join((BEFORE, b",".join(records), AFTER))
            last = max(batch.times[at] for at in positions)
            key = self._trail(content).log_file(stream, last, last, batch.nth)
            self.store.put(key, gzipped(content))
            size += len(content)
        return Receipt(size=size)

    def settled(self) -> tuple[()]:
        """See `Connection.settled`."""
        return ()

    def close(self) -> None:
        """See `Connection.close`."""

    def _trail(self, content: bytes) -> Trail:
        """Return the trail that names a file.

        What is in the file is a part of its name: another stream to the same bucket has a
        first batch, too, and its file must not take the place of this one's.
        """
        named = Key.root(0).child("stream", hashlib.sha256(content).hexdigest())
        return Trail("stream", self.bucket, "", self.organization, _UNSEEN, named)


def _streams(batch: Batch) -> dict[Stream, list[int]]:
    """Return the positions of each account's and Region's records."""
    found: dict[Stream, list[int]] = {}
    for at, stream in enumerate(batch.streams):
        found.setdefault(stream, []).append(at)
    return found


@dataclass(frozen=True, slots=True)
class BucketsSink:
    """See `interface.Sink`."""

    name: str
    store: Store
    bucket: str
    organization: str | None
    promise: Promise = Promise.kept
    limits: Limits = LIMITS
    connections: int = CONNECTIONS

    def connect(self) -> BucketConnection:
        """See `Sink.connect`. Nothing is asked of the service before there is a batch."""
        return BucketConnection(self.store, self.bucket, self.organization)

    def close(self) -> None:
        """See `Sink.close`."""


def sink(address: Address) -> BucketsSink:
    """Return the sink at an address.

    Raises:
        RequestError: The address or a setting is not what it should be.
        OutputError: The credentials cannot be used.
        MissingExtraError: The client is not installed.
    """
    settings = address.settings
    target = f"{address.scheme}:{address.rest}"
    place = place_of(target)
    if place is None:
        message = f"cannot tell which bucket is meant: expected {address.scheme}://BUCKET/PREFIX"
        raise RequestError(message)
    organization = settings.text("organization")
    if organization is not None and not _ORGANIZATION.fullmatch(organization):
        raise RequestError("--with organization: expected an id such as o-a1b2c3d4e5")
    store = store_of(target, settings.text("endpoint"))
    return BucketsSink(address.text, store, place.bucket, organization)
