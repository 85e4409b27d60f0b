"""Stands in for any intake over HTTP: lines, arrays, and what Datadog and Loki are sent."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import orjson

from simulator.standins import http_server
from simulator.standins.http_server import Reply

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from simulator.standins.faults import Fault, Faults
    from simulator.standins.keeping import Kept

FAULTS: Final = http_server.FAULTS

_LOKI: Final = "/loki/api/v1/push"


class Intake:
    """Takes whatever has records in it."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def __call__(
        self,
        path: str,
        headers: Mapping[str, str],  # noqa: ARG002  # nobody is asked who they are
        body: bytes,
        fault: Fault | None,  # noqa: ARG002  # it does nothing wrong of its own
    ) -> Reply:
        """See `Service`."""
        try:
            self._kept.keep(_records(path, body))
        except (ValueError, KeyError, TypeError):
            return Reply(400, {"message": "no records in it"})
        return Reply(204, None) if path.startswith(_LOKI) else Reply(202, {})


def _records(path: str, body: bytes) -> list[bytes]:
    if path.startswith(_LOKI):
        streams = orjson.loads(body)["streams"]
        return [line.encode() for stream in streams for _, line in stream["values"]]
    if body.startswith(b"["):
        found: list[Any] = orjson.loads(body)
        return [one["message"].encode() if "message" in one else orjson.dumps(one) for one in found]
    lines = [line for line in body.split(b"\n") if line]
    for line in lines:
        orjson.loads(line)
    return lines


@contextmanager
def standing(
    kept: Kept, faults: Faults, *, host: str = "127.0.0.1", port: int = 0
) -> Iterator[str]:
    """Stand in while the context lasts. See `http_server.serving`."""
    with http_server.serving("http", Intake(kept), faults, host=host, port=port) as address:
        yield f"{address}/intake"
