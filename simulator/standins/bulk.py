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

_BULK: Final = re.compile(r"/(?:[^/?]+/)?_bulk(?:\?.*)?")
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

_MALFORMED: Final[Json] = {
    "type": "illegal_argument_exception",
    "reason": "expected a line with an action and a line with a document, each with its end",
}
_CREATED: Final = 201


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
        pairs = _pairs(body)
        if pairs is None:
            return Reply(400, {"error": _MALFORMED, "status": 400})
        struck = set() if fault is None else fault.chosen(len(pairs))
        items: list[Json] = []
        is_bad = False
        with self._lock:
            taken = []
            for place, (action, name, record) in enumerate(pairs):
                made = self._item(action, name, fault if place in struck else None)
                if made["status"] == _CREATED:
                    taken.append(record)
                items.append({action: made})
                is_bad = is_bad or "error" in made
            self._kept.keep(taken)
        return Reply(200, {"took": 1, "errors": is_bad, "items": items})

    def _item(self, action: str, name: str | None, fault: Fault | None) -> dict[str, Json]:
        if fault is not None:
            is_busy = fault.name == "partial"
            return {"status": 429 if is_busy else 400, "error": _BUSY if is_busy else _MAPPING}
        if name is not None and name in self._ids:
            self.conflicts += 1
            # What is created is refused; what is indexed replaces the document.
            if action == "create":
                return {"_id": name, "status": 409, "error": _CONFLICT}
            return {"_id": name, "status": 200}
        if name is not None:
            self._ids.add(name)
        return {"_id": name, "status": _CREATED}


def _pairs(body: bytes) -> list[tuple[str, str | None, bytes]] | None:
    """Return what is to be done with each document: action, id and the document itself."""
    lines = body.split(b"\n")
    if lines.pop() or len(lines) % 2:
        return None  # the last line has no end, or an action no document
    found = []
    try:
        for action, record in zip(lines[::2], lines[1::2], strict=True):
            ((word, said),) = orjson.loads(action).items()
            if word not in {"create", "index"} or not record:
                return None
            found.append((word, said.get("_id"), record))
    except (ValueError, AttributeError):
        return None
    return found


@contextmanager
def standing(
    kept: Kept, faults: Faults, *, host: str = "127.0.0.1", port: int = 0
) -> Iterator[str]:
    """Stand in while the context lasts. See `http_server.serving`."""
    index, scheme = Index(kept), "elasticsearch+http"
    with http_server.serving(scheme, index, faults, host=host, port=port) as address:
        yield f"{address}/cloudtrail"
