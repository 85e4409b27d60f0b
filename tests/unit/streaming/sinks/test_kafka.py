"""Kafka, against librdkafka's own mock of a cluster behind a proxy that cuts connections."""

from __future__ import annotations

import orjson
import pytest

from simulator.errors import OutputError, RequestError
from simulator.streaming.sending import Patience
from tests.services.proxy import messages_in, proxied
from tests.services.streams import (
    SECOND,
    nothing_is_lost_or_repeated_without_a_word,
    sent,
    sink_at,
)

kafka = pytest.importorskip("confluent_kafka")


@pytest.fixture(scope="module")
def broker():
    """Return the port of a mock of a broker."""
    quiet = {"log_level": 0, "error_cb": lambda _: None}
    cluster = kafka.Producer({"test.mock.num.brokers": "1", "bootstrap.servers": "none", **quiet})
    brokers = [*cluster.list_topics(timeout=10).brokers.values()]
    yield brokers[0].port
    cluster.flush(1)


def consumed(port: int, topic: str, count: int):
    """Return the messages of a topic: as many as there should be, and those after them."""
    consumer = kafka.Consumer(
        {
            "bootstrap.servers": f"127.0.0.1:{port}",
            "group.id": topic,
            "auto.offset.reset": "earliest",
            "enable.partition.eof": True,
            "log_level": 0,
        }
    )
    partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
    consumer.assign([kafka.TopicPartition(topic, one, 0) for one in partitions])
    found, ended = [], set()
    while len(ended) < len(partitions):
        message = consumer.poll(10)
        assert message is not None, f"{len(found)} of {count} messages came"
        if message.error() is None:
            found.append(message)
        else:
            ended.add(message.partition())
    consumer.close()
    return found


@pytest.mark.parametrize(
    ("topic", "cuts"),
    [
        ("sound", {}),
        ("cut-before", {0: "before", 2: "before"}),
        ("cut-after", {1: "after", 3: "after"}),
    ],
)
def test_nothing_is_lost_or_repeated_without_a_word(broker, topic, cuts):
    """Whatever becomes of a connection, before the broker has a message or after.

    What it is brought again it knows by the producer's id and the place in its sequence: it is
    the same batch to the byte.
    """
    settings = ("rdkafka.retry.backoff.ms=10", "rdkafka.reconnect.backoff.ms=10")
    with proxied(broker) as proxy:
        proxy.cuts = cuts
        sink = sink_at(f"kafka://127.0.0.1:{proxy.port}/{topic}", *settings)
        came = sent(sink, 400, connections=2, patience=Patience(3000 * SECOND, 600 * SECOND))
    found = consumed(broker, topic, 400)
    repeated = sum((times - 1) * messages_in(one) for one, times in proxy.batches.items())

    assert len(found) == 400 + repeated
    assert (repeated > 0) == ("after" in cuts.values())
    assert proxy.produced > len(cuts)
    once = [*dict.fromkeys(one.value() for one in found)]
    nothing_is_lost_or_repeated_without_a_word(came, once)
    assert came.report.settled == 400
    assert not came.uncertain
    for one in found:
        record = orjson.loads(one.value())
        assert one.key().decode() == record["recipientAccountId"]
        assert one.timestamp()[0] == kafka.TIMESTAMP_CREATE_TIME


def test_brokers_that_are_not_there_are_given_up(broker):  # noqa: ARG001
    """Each message in its time, the stream in its own; nothing is told as kept."""
    sink = sink_at("kafka://127.0.0.1:9/none", "timeout=1")
    came = sent(sink, 10, connections=1, patience=Patience(SECOND, SECOND))
    assert came.report.ended_by is not None
    assert came.report.lost == 10


def test_a_message_that_is_too_large_is_refused(broker):
    """It alone."""
    sink = sink_at(f"kafka://127.0.0.1:{broker}/small", "rdkafka.message.max.bytes=1100")
    came = sent(sink, 60)
    assert came.refused
    found = consumed(broker, "small", 60 - len(came.refused))
    nothing_is_lost_or_repeated_without_a_word(came, [one.value() for one in found])


@pytest.mark.parametrize(
    ("address", "settings", "message"),
    [
        ("kafka://127.0.0.1:9092", (), "expected kafka://HOST:PORT,HOST:PORT/TOPIC"),
        ("kafka://127.0.0.1/two words", (), "expected kafka"),
        ("kafka://127.0.0.1/t", ("compression=rar",), "expected none or gzip"),
        ("kafka://127.0.0.1/t", ("rdkafka.acks=0",), "the promise depends on it"),
    ],
)
def test_what_is_no_address_or_setting_is_refused(address, settings, message):
    """Before anything is sent."""
    with pytest.raises(RequestError, match=message):
        sink_at(address, *settings)


def test_a_setting_that_librdkafka_does_not_know_is_refused():
    """When the first connection is made."""
    with pytest.raises((RequestError, OutputError), match="No such configuration"):
        sink_at("kafka://127.0.0.1/t", "rdkafka.no.such=1").connect()
