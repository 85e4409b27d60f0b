"""Stands in for the bulk interface of Elasticsearch and OpenSearch."""

from __future__ import annotations

import re
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Final

import orjson

from simulator.standins import http_server
from simulator.standins.http_server import Reply

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from simulator.primitives.jsontext import Json
    from simulator.standins.faults import Fault, Faults
    from simulator.standins.keeping import Kept

FAULTS: Final = (*http_server.FAULTS, "partial", "reject")

_BULK: Final = re.compile(r"/([^/?]+)/_bulk(?:\?.*)?")
_BUSY: Final[Json] = {
    "type": "es_rejected_execution_exception",
    "reason": "rejected execution of primary operation",
}
_MAPPING: Final[Json] = {
    "type": "mapper_parsing_exception",
    "reason": "failed to parse field",
}
_CONFLICT: Final[Json] = {
    "type": "version_conflict_engine_exception",
    "reason": "document already exists",
}


class Index:
    """Answers as a server does; a document with an id is kept once."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._lock = Lock()
        self._ids: set[str] = set()
        self.conflicts = 0
        """Documents that were there already."""

    def __call__(
        self, path: str, headers: Mapping[str, str], body: bytes, fault: Fault | None
    ) -> Reply:
        """See `Service`."""
        if not body:
            version: dict[str, Json] = {"number": "8.15.0", "build_flavor": "stand-in"}
            return Reply(200, {"version": version, "tagline": "You Know, for Search"})
        if not _BULK.fullmatch(path):
            return Reply(404, {"error": "no handler found for uri", "status": 404})
        if "json" not in headers.get("content-type", ""):
            return Reply(406, {"error": "Content-Type header is not supported", "status": 406})
        lines = body.split(b"\n")
        pairs = [*zip(lines[0:-1:2], lines[1::2], strict=False)]
        struck = set() if fault is None else fault.chosen(len(pairs))
        items: list[Json] = []
        with self._lock:
            taken = []
            for place, (action, record) in enumerate(pairs):
                made = self._item(action, fault if place in struck else None)
                if made.get("status") == 201:
                    taken.append(record)
                items.append({"create": made})
            self._kept.keep(taken)
        is_bad = len(taken) < len(items)
        return Reply(200, {"took": 1, "errors": is_bad, "items": items})

    def _item(self, action: bytes, fault: Fault | None) -> dict[str, Json]:
        if fault is not None:
            is_busy = fault.name == "partial"
            return {"status": 429 if is_busy else 400, "error": _BUSY if is_busy else _MAPPING}
        name = orjson.loads(action)["create"].get("_id")
        if name is not None and name in self._ids:
            self.conflicts += 1
            return {"_id": name, "status": 409, "error": _CONFLICT}
        if name is not None:
            self._ids.add(name)
        return {"_id": name, "status": 201}


@contextmanager
def standing(
    kept: Kept, faults: Faults, *, host: str = "127.0.0.1", port: int = 0
) -> Iterator[str]:
    """Stand in while the context lasts. See `http_server.serving`."""
    index, scheme = Index(kept), "elasticsearch+http"
    with http_server.serving(scheme, index, faults, host=host, port=port) as address:
        yield f"{address}/cloudtrail"
