"""The bulk interface of Elasticsearch and OpenSearch.

Elasticsearch and OpenSearch references, "Bulk API". Records are created with their eventID as
the document's: what is sent again after it arrived is told as a conflict, and not kept twice. A
conflict where nothing was sent before is another matter: the index has a document from elsewhere,
such as an earlier run of the same scenario, and this one was not kept.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import orjson

from simulator.errors import OutputError, RequestError
from simulator.primitives.jsontext import json_text
from simulator.streaming.addresses import Option
from simulator.streaming.sinks.interface import Limits, Promise, Receipt, Trouble
from simulator.streaming.sinks.posting import HTTP_OPTIONS, Posting, place_of, refuse

if TYPE_CHECKING:
    from simulator.streaming.addresses import Address
    from simulator.streaming.sinks.interface import Batch
    from simulator.streaming.sinks.posting import Place

OPTIONS: Final = (
    Option("user", "the user's name, with `password`"),
    Option("password", "the user's password"),
    Option("api-key", "an API key, encoded, instead of a user"),
    Option(
        "id",
        "event-id: a document's id is its record's eventID, so that nothing is kept "
        "twice; none: the server draws ids: event-id",
    ),
    Option("pipeline", "an ingest pipeline; without it the index's own"),
    *HTTP_OPTIONS,
)
PROMISE: Final = (
    "Kept: every record was indexed, as the answer says of each. With the eventID as id it is "
    "there once however often it was sent."
)

_INDEX: Final = re.compile(r"/([a-z0-9.%][a-z0-9._%-]*)")
_MEMBER: Final = b'"eventID":"'
_ID: Final = re.compile(rb"[!#-\[\]-~]{1,512}")
_ADVICE: Final = {
    401: "say --with user=… and password=@FILE, or api-key=@FILE",
    403: "the user may not write there",
    404: "is this the server's address, and its index there?",
    413: "it takes smaller requests only: raise http.max_content_length",
    0: "the server takes no such requests",
}
_BUSY: Final = 429
_CONFLICT: Final = 409
_THERE: Final = "it was there before this stream: send to another index, or say --with id=none"


@dataclass(eq=False, slots=True)
class Bulk:
    """See `interface.Connection`."""

    posting: Posting
    path: str
    has_ids: bool

    def send(self, batch: Batch) -> Receipt:
        """See `Connection.send`."""
        body = b"".join([b"%s\n%s\n" % (self._action(record), record) for record in batch.records])
        headers = {"Content-Type": "application/x-ndjson"}
        answer = self.posting.post(self.path, body, headers)
        if answer.status != 200:
            refuse(self.posting.place, answer, _ADVICE)
        items = _items(answer.body)
        if items is None or len(items) != len(batch.records):
            why = "it does not say what became of each record"
            raise Trouble(why, may_have_arrived=True)
        refused, again, is_doubtful = {}, {}, False
        for place, item in enumerate(items):
            status, why = _told(item)
            if status < 300:
                continue
            if status == _CONFLICT and self.has_ids:
                if batch.attempt == 1:
                    refused[place] = f"{why} ({_THERE})"
                continue  # it arrived the time before
            if status == _BUSY or status >= 500:
                again[place] = why
                # What fails inside may fail before or after it is kept.
                is_doubtful = is_doubtful or status not in {_BUSY, 503}
            elif status in {401, 403, 404}:
                message = f"cannot send to {self.posting.place.name}: {why}: {_ADVICE[status]}"
                raise OutputError(message)
            else:
                refused[place] = why
        return Receipt(
            refused=refused,
            again=again,
            is_doubtful=is_doubtful,
            after=answer.after,
            size=len(body),
        )

    def settled(self) -> tuple[()]:
        """See `Connection.settled`."""
        return ()

    def close(self) -> None:
        """See `Connection.close`."""
        self.posting.close()

    def _action(self, record: bytes) -> bytes:
        """Return the line before a record."""
        event_id = _event_id(record) if self.has_ids else None
        if event_id is None:
            return b'{"create":{}}'
        return b'{"create":{"_id":"%s"}}' % event_id


@dataclass(frozen=True, slots=True)
class BulkSink:
    """See `interface.Sink`."""

    place: Place
    path: str
    has_ids: bool
    limits: Limits
    promise: Promise = Promise.kept
    connections: int = 4

    @property
    def name(self) -> str:
        """See `Sink.name`."""
        return self.place.name

    def connect(self) -> Bulk:
        """See `Sink.connect`."""
        return Bulk(Posting(self.place), self.path, self.has_ids)

    def close(self) -> None:
        """See `Sink.close`."""


def sink(address: Address) -> BulkSink:
    """Return the sink at an address.

    Raises:
        RequestError: The address or a setting is not what it should be.
        InputError: A file of a setting cannot be read.
    """
    settings = address.settings
    place = place_of(address, _authorization(address), port=9200)
    if not _INDEX.fullmatch(place.path):
        message = (
            f"cannot send to {address.text}: expected an index, as in {address.scheme}://HOST:9200"
            "/cloudtrail"
        )
        raise RequestError(message)
    has_ids = settings.word("id", ("event-id", "none"), "event-id") == "event-id"
    pipeline = settings.text("pipeline")
    if pipeline is not None and not re.fullmatch(r"[A-Za-z0-9._-]+", pipeline):
        raise RequestError("--with pipeline: expected a name of letters, digits, . _ and -")
    only = "filter_path=errors,items.*.status,items.*.error.type,items.*.error.reason"
    path = f"{place.path}/_bulk?{only}" + (f"&pipeline={pipeline}" if pipeline else "")
    return BulkSink(place, path, has_ids, Limits(1000, 5 << 20))


def _authorization(address: Address) -> dict[str, str]:
    settings = address.settings
    key, user = settings.text("api-key"), settings.text("user")
    if key is not None and user is not None:
        raise RequestError("--with user and api-key: give one of them")
    if key is not None:
        return {"Authorization": f"ApiKey {key}"}
    if user is not None:
        password = settings.required("password", "the user's password")
        pair = base64.b64encode(f"{user}:{password}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}
    return {}


def _event_id(record: bytes) -> bytes | None:
    """Return a record's eventID; nothing where it has none that can be an id.

    A member of that name may stand within another and looks the same. Then the record is parsed,
    which takes ten times as long: with an id that is not its own it might take another's place.
    """
    at = record.find(_MEMBER)
    if at < 0:
        return None
    if record.find(_MEMBER, at + 1) < 0:
        begins = at + len(_MEMBER)
        text = record[begins : record.find(b'"', begins)]
    else:
        said = orjson.loads(record).get("eventID")
        text = said.encode() if isinstance(said, str) else b""
    return text if _ID.fullmatch(text) else None


def _items(body: bytes) -> list[dict[str, Any]] | None:
    """Return what an answer says of each record."""
    try:
        said = orjson.loads(body)
        return [next(iter(item.values())) for item in said["items"]]
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError, StopIteration):
        return None


def _told(item: dict[str, Any]) -> tuple[int, str]:
    status = item.get("status", 200)
    error = item.get("error") or {}
    why = ": ".join(str(error[name]) for name in ("type", "reason") if error.get(name))
    return int(status), why or json_text({"status": status}).decode()
