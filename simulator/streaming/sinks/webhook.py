"""Any intake over HTTP: what a body looks like is a row of a table.

Unverified, all of them from memory: Datadog API reference, "Send logs" (v2); Sumo Logic docs,
"Upload Data to an HTTP Source"; Grafana Loki HTTP API, "Ingest logs".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from simulator.errors import RequestError
from simulator.primitives.jsontext import json_text
from simulator.streaming.addresses import Option
from simulator.streaming.sinks.interface import Limits, Promise, Receipt
from simulator.streaming.sinks.posting import HTTP_OPTIONS, Posting, place_of, refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from simulator.primitives.jsontext import Json
    from simulator.streaming.addresses import Address, Settings
    from simulator.streaming.sinks.interface import Batch
    from simulator.streaming.sinks.posting import Place


def _lines(_: Settings) -> Callable[[Batch], bytes]:
    return lambda batch: b"".join([record + b"\n" for record in batch.records])


def _array(_: Settings) -> Callable[[Batch], bytes]:
    return lambda batch: b"[" + b",".join(batch.records) + b"]"


def _single(_: Settings) -> Callable[[Batch], bytes]:
    return lambda batch: batch.records[0]


def _datadog(settings: Settings) -> Callable[[Batch], bytes]:
    members: dict[str, Json] = {
        "ddsource": settings.text("source", "cloudtrail"),
        "ddtags": settings.text("tags", "generator:trailwright"),
        "hostname": settings.text("host", "cloudtrail"),
        "service": settings.text("service", "cloudtrail"),
    }
    head = json_text(members)[:-1] + b',"message":'
    return lambda batch: (
        b"[" + b",".join([head + _text(one) + b"}" for one in batch.records]) + b"]"
    )


def _loki(settings: Settings) -> Callable[[Batch], bytes]:
    labels: dict[str, Json] = {"job": "cloudtrail", **settings.group("label")}
    head = b'{"streams":[{"stream":' + json_text(labels) + b',"values":['

    def body(batch: Batch) -> bytes:
        values = [
            b'["%d000000",%s]' % (at, _text(record))
            for at, record in zip(batch.times, batch.records, strict=True)
        ]
        return head + b",".join(values) + b"]}]}"

    return body


def _text(record: bytes) -> bytes:
    """Return a record as a JSON string."""
    return json_text(record.decode("utf-8", "replace"))


LIMITS: Final = Limits(1000, 1 << 20)


@dataclass(frozen=True, slots=True)
class Style:
    """How an intake wants records."""

    body: Callable[[Settings], Callable[[Batch], bytes]]
    """Returns what makes a request's body."""
    content: str
    """Its Content-Type."""
    path: str = ""
    """Where it is, if an address names only the host."""
    key: str | None = None
    """The header that has the setting `api-key`; absent where there is none."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Headers by the settings that they have."""
    settings: frozenset[str] = frozenset()
    """Other settings that it reads and not every style does; a group by its first word."""
    is_secret: bool = False
    """Whether whoever knows the path may send."""
    limits: Limits = LIMITS
    connections: int = 4
    """See `Sink.connections`."""
    advice: str = "the intake takes no such requests"

    @property
    def own(self) -> frozenset[str]:
        """The settings that it reads and not every style does."""
        key = {"api-key"} if self.key else set()
        return self.settings | key | self.headers.keys()


STYLES: Final[Mapping[str, Style]] = {
    "ndjson": Style(_lines, "application/x-ndjson"),
    "array": Style(_array, "application/json"),
    "single": Style(_single, "application/json", limits=Limits(1, 1 << 20)),
    "datadog": Style(
        _datadog,
        "application/json",
        "/api/v2/logs",
        "DD-API-KEY",
        settings=frozenset({"source", "tags", "host", "service"}),
        # 5 MB with everything around a record, whose quotes double.
        limits=Limits(1000, 2 << 20, 900_000),
    ),
    "sumo": Style(
        _lines,
        "application/x-ndjson",
        headers={
            "source": "X-Sumo-Name",
            "category": "X-Sumo-Category",
            "host": "X-Sumo-Host",
        },
        is_secret=True,
        limits=Limits(1000, 1_000_000),
    ),
    "loki": Style(
        _loki,
        "application/json",
        "/loki/api/v1/push",
        headers={"tenant": "X-Scope-OrgID"},
        settings=frozenset({"label"}),
        # Unverified: it refuses what is long before the newest that it has, and side by side
        # connections are, where a second of a stream is days of records.
        connections=1,
        advice="are the records too old for Loki? --now gives them the time of day",
    ),
}

_OWN: Final = frozenset[str]().union(*(style.own for style in STYLES.values()))

OPTIONS: Final = (
    Option("style", f"ndjson, or another of {', '.join(STYLES)}"),
    Option("header.NAME", "a header of every request, such as header.Authorization=@FILE"),
    Option("api-key", "datadog: the API key"),
    Option("source", "datadog: ddsource (cloudtrail); sumo: X-Sumo-Name"),
    Option("tags", "datadog: ddtags (generator:trailwright)"),
    Option("service", "datadog: service (cloudtrail)"),
    Option("host", "datadog: hostname (cloudtrail); sumo: X-Sumo-Host"),
    Option("category", "sumo: X-Sumo-Category"),
    Option("tenant", "loki: X-Scope-OrgID"),
    Option("label.NAME", "loki: a label beside job=cloudtrail"),
    *HTTP_OPTIONS,
)
PROMISE: Final = (
    "Accepted: each request was answered with success. What may have arrived without an answer "
    "is sent again and told as uncertain."
)


@dataclass(eq=False, slots=True)
class Webhook:
    """See `interface.Connection`."""

    posting: Posting
    path: str
    body: Callable[[Batch], bytes]
    style: Style

    def send(self, batch: Batch) -> Receipt:
        """See `Connection.send`."""
        body = self.body(batch)
        answer = self.posting.post(self.path, body, {"Content-Type": self.style.content})
        refuse(self.posting.place, answer, {0: self.style.advice})
        return Receipt(size=len(body))

    def settled(self) -> tuple[()]:
        """See `Connection.settled`."""
        return ()

    def close(self) -> None:
        """See `Connection.close`."""
        self.posting.close()


@dataclass(frozen=True, slots=True)
class WebhookSink:
    """See `interface.Sink`."""

    place: Place
    path: str
    body: Callable[[Batch], bytes]
    style: Style
    promise: Promise = Promise.accepted

    @property
    def name(self) -> str:
        """See `Sink.name`."""
        return self.place.name

    @property
    def connections(self) -> int:
        """See `Sink.connections`."""
        return self.style.connections

    @property
    def limits(self) -> Limits:
        """See `Sink.limits`."""
        return self.style.limits

    def connect(self) -> Webhook:
        """See `Sink.connect`."""
        return Webhook(Posting(self.place), self.path, self.body, self.style)

    def close(self) -> None:
        """See `Sink.close`."""


def sink(address: Address) -> WebhookSink:
    """Return the sink at an address.

    Raises:
        RequestError: The address or a setting is not what it should be.
        InputError: A file of a setting cannot be read.
    """
    settings = address.settings
    word = settings.word("style", STYLES, "ndjson")
    style = STYLES[word]
    for name in settings.names:
        if name.partition(".")[0] in _OWN - style.own:
            message = f"--with {name}: style={word} has no such setting"
            raise RequestError(message)
    headers = settings.group("header")
    if style.key is not None:
        headers[style.key] = settings.required("api-key", "the intake's key")
    for name, header in style.headers.items():
        value = settings.text(name)
        if value is not None:
            headers[header] = value
    place = place_of(address, headers, is_secret=style.is_secret)
    path = place.path if place.path not in {"", "/"} else style.path or "/"
    return WebhookSink(place, path, style.body(settings), style)
