"""A topic of Kafka, by librdkafka's idempotent producer.

Within a session of its producer the broker drops what it has already, so that trying again
repeats nothing (KIP-98). One producer serves all connections: it keeps the order of each
partition, and fills requests better than several would. A key is the recipient account.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import TYPE_CHECKING, Any, Final

from simulator.errors import MissingExtraError, OutputError, RequestError
from simulator.streaming.addresses import Option
from simulator.streaming.sinks.interface import Limits, Promise, Receipt, Trouble

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.streaming.addresses import Address
    from simulator.streaming.sinks.interface import Batch

TIMEOUT: Final = 30
OPTIONS: Final = (
    Option("compression", "none, gzip, snappy, lz4 or zstd: lz4"),
    Option("timeout", f"seconds that a message may take until the brokers have it: {TIMEOUT}"),
    Option("rdkafka.NAME", "any setting of librdkafka, such as rdkafka.security.protocol=SASL_SSL"),
)
PROMISE: Final = (
    "Kept: all in-sync replicas have every message (acks=all). Messages whose fate is unknown "
    "after the time-out are sent again and told as uncertain."
)

# "Configuration properties" of librdkafka, aliases included.
_OURS: Final = frozenset(
    {
        "acks",
        "bootstrap.servers",
        "compression.codec",
        "compression.type",
        "delivery.timeout.ms",
        "enable.idempotence",
        "message.timeout.ms",
        "metadata.broker.list",
        "request.required.acks",
        # Its messages would go nowhere, and be told as kept.
        "test.mock.num.brokers",
        # Nobody begins or commits a transaction.
        "transactional.id",
    }
)
_BROKERS: Final = re.compile(
    r"//((?:[^/,:@]+|\[[0-9A-Fa-f:]+\])(?::\d{1,5})?"
    r"(?:,(?:[^/,:@]+|\[[0-9A-Fa-f:]+\])(?::\d{1,5})?)*)/([A-Za-z0-9._-]{1,249})"
)
_FINAL: Final = frozenset(
    {
        "TOPIC_AUTHORIZATION_FAILED",
        "TOPIC_EXCEPTION",
        "CLUSTER_AUTHORIZATION_FAILED",
        "UNKNOWN_TOPIC_OR_PART",
        "_UNKNOWN_TOPIC",
        "_UNKNOWN_PARTITION",
        "_FATAL",
        "_AUTHENTICATION",
    }
)
"""Errors that no message will get by."""
_TOO_LARGE: Final = frozenset({"MSG_SIZE_TOO_LARGE", "INVALID_MSG", "INVALID_RECORD"})
"""Errors of one message."""
_AFTER: Final = re.compile(r" \(after \d+ms in state \w+[^)]*\)")


@dataclass(eq=False, slots=True)
class _Heard:
    """What the producer said of its brokers last: a time-out does not say what it waited for."""

    name: str = ""
    """The error's; empty while all is well."""
    why: str = ""

    def hear(self, error: Any) -> None:  # noqa: ANN401  # it has no types
        """Hear what is wrong with a broker."""
        if error.name() != "_ALL_BROKERS_DOWN":
            self.why = _AFTER.sub("", error.str())
            self.name = error.name()


@dataclass(eq=False, slots=True)
class _Fates:
    """What became of a batch's messages."""

    left: int
    errors: dict[int, Any] = field(default_factory=dict)
    ended: Event = field(default_factory=Event)
    lock: Lock = field(default_factory=Lock)

    def heard(self, place: int, error: object) -> None:
        """Hear what became of one."""
        with self.lock:
            if error is not None:
                self.errors[place] = error
            self.left -= 1
            if not self.left:
                self.ended.set()


@dataclass(eq=False, slots=True)
class Topic:
    """See `interface.Connection`."""

    producer: Any
    name: str
    topic: str
    timeout: float
    heard: _Heard
    clock: Callable[[], float]

    def send(self, batch: Batch) -> Receipt:
        """See `Connection.send`."""
        fates = _Fates(len(batch.records))
        refused: dict[int, str] = {}
        # The producer ends each message in its time, and looks for those once a second.
        until = self.clock() + 2 * self.timeout + 5
        for place, record in enumerate(batch.records):
            why = self._produced(batch, place, record, fates, until)
            if why is not None:
                refused[place] = why
                fates.heard(place, None)
        while not fates.ended.is_set():
            self._poll(until)
        if len(fates.errors) < len(batch.records) - len(refused):
            self.heard.name = self.heard.why = ""
        again = {}
        for place, error in fates.errors.items():
            name, why = error.name(), error.str()
            if name in _FINAL or error.fatal():
                message = f"cannot send to {self.name}: {why} ({name})"
                raise OutputError(message)
            if name in _TOO_LARGE:
                refused[place] = why
            else:
                again[place] = self._timed_out(why) if name == "_MSG_TIMED_OUT" else why
        return Receipt(
            refused=refused,
            again=again,
            is_doubtful=bool(again),
            size=sum(map(len, batch.records)),
        )

    def _poll(self, until: float) -> None:
        """Hear what became of messages: whoever polls hears for all connections."""
        self.producer.poll(0.05)
        if self.clock() > until:
            raise Trouble("the brokers do not answer", may_have_arrived=True)

    def _timed_out(self, why: str) -> str:
        """Return what is told of a message that was not taken in time."""
        if self.heard.name == "_AUTHENTICATION":
            message = (
                f"cannot send to {self.name}: the brokers do not accept us: set "
                f"rdkafka.security.protocol and rdkafka.sasl.* as they have it ({self.heard.why})"
            )
            raise OutputError(message)
        return f"{why}: {self.heard.why}" if self.heard.why else why

    def _produced(
        self, batch: Batch, place: int, record: bytes, fates: _Fates, until: float
    ) -> str | None:
        """Hand a message to the producer; return why it will not take it, if so."""
        from confluent_kafka import KafkaException  # noqa: PLC0415  # an extra

        def heard(error: object, _: object) -> None:
            fates.heard(place, error)

        while True:
            try:
                self.producer.produce(
                    self.topic,
                    record,
                    key=batch.streams[place].account.encode(),
                    timestamp=batch.times[place],
                    on_delivery=heard,
                )
            except BufferError:
                self._poll(until)
            except KafkaException as error:
                told = error.args[0]
                if told.name() in _TOO_LARGE:
                    return str(told.str())
                message = f"cannot send to {self.name}: {told.str()} ({told.name()})"
                raise OutputError(message) from None
            else:
                return None

    def settled(self) -> tuple[()]:
        """See `Connection.settled`."""
        return ()

    def close(self) -> None:
        """See `Connection.close`: the producer is the sink's."""


@dataclass(eq=False, slots=True)
class KafkaSink:
    """See `interface.Sink`."""

    name: str
    settings: dict[str, Any]
    topic: str
    timeout: float
    promise: Promise = Promise.kept
    limits: Limits = field(default_factory=lambda: Limits(1000, 1 << 20))
    connections: int = 4
    clock: Callable[[], float] = time.monotonic
    """Returns seconds since some instant."""
    _producer: Any = None
    _heard: _Heard = field(default_factory=_Heard)
    _lock: Lock = field(default_factory=Lock)

    def connect(self) -> Topic:
        """See `Sink.connect`."""
        with self._lock:
            if self._producer is None:
                self._producer = _producer(self.settings, self.name, self._heard)
        return Topic(self._producer, self.name, self.topic, self.timeout, self._heard, self.clock)

    def close(self) -> None:
        """See `Sink.close`."""
        with self._lock:
            producer, self._producer = self._producer, None
        if producer is not None:
            # What is there still was given up already: it must not arrive behind our backs.
            producer.purge()
            producer.flush(5)


def _producer(settings: dict[str, Any], name: str, heard: _Heard) -> Any:  # noqa: ANN401  # it has no types
    """Return librdkafka's producer.

    Raises:
        RequestError: It does not take a setting.
        MissingExtraError: The client is not installed.
    """
    try:
        from confluent_kafka import KafkaException, Producer  # noqa: PLC0415  # an extra
    except ImportError:
        feature = "sending to Kafka"
        raise MissingExtraError(feature, "kafka") from None
    try:
        return Producer({**settings, "error_cb": heard.hear, "log_level": 0})
    except (KafkaException, ValueError, TypeError) as error:
        told = error.args[0]
        why = told.str() if hasattr(told, "str") else told
        message = f"cannot send to {name}: {why}"
        raise RequestError(message) from None


def sink(address: Address) -> KafkaSink:
    """Return the sink at an address.

    Raises:
        RequestError: The address or a setting is not what it should be.
        MissingExtraError: The client is not installed.
    """
    found = _BROKERS.fullmatch(address.rest)
    if found is None:
        message = f"cannot send to {address.text}: expected kafka://HOST:PORT,HOST:PORT/TOPIC"
        raise RequestError(message)
    given = address.settings
    own = given.group("rdkafka")
    # "topic." before a name is the same to the client.
    if taken := sorted(name for name in own if name.removeprefix("topic.") in _OURS):
        message = f"--with rdkafka.{taken[0]}: the promise depends on it: it is set here"
        raise RequestError(message)
    timeout = given.count("timeout", TIMEOUT)
    words = ("none", "gzip", "snappy", "lz4", "zstd")
    settings = {
        "linger.ms": "5",
        # How long a topic may not be there before it is told as such: brokers that create it need
        # a while. It has to be told before its messages are given up.
        "topic.metadata.propagation.max.ms": str(min(timeout * 500, 30_000)),
        **own,
        "bootstrap.servers": found[1],
        "enable.idempotence": "true",
        "acks": "all",
        "compression.type": given.word("compression", words, "lz4"),
        "delivery.timeout.ms": str(timeout * 1000),
    }
    # One that is never used knows what settings there are. It has no broker to go to.
    unused = {name: value for name, value in settings.items() if name != "bootstrap.servers"}
    _producer(unused, address.text, _Heard())
    return KafkaSink(address.text, settings, found[2], timeout)
