"""Kafka, against librdkafka's own mock of a cluster behind a proxy that cuts connections."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import orjson
import pytest

from simulator.errors import RequestError
from simulator.streaming.sending import Patience
from simulator.streaming.sinks.interface import Batch, Trouble
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
        ("cut-middle", {0: "middle", 1: "middle"}),
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


def test_what_is_not_answered_in_time_is_sent_again_and_told_as_uncertain(broker):
    """The broker has it, and its answer never comes: no producer can know."""
    with proxied(broker) as proxy:
        proxy.cuts = {0: "stall"}
        sink = sink_at(f"kafka://127.0.0.1:{proxy.port}/stalled", "timeout=1")
        came = sent(sink, 50, connections=1, patience=Patience(3000 * SECOND, 600 * SECOND))
    values = [one.value() for one in consumed(broker, "stalled", 50)]
    assert came.report.settled == 50
    assert len(values) > 50
    nothing_is_lost_or_repeated_without_a_word(came, values)

    came.batches = [{**one, "uncertain": False} for one in came.batches]
    with pytest.raises(AssertionError):
        nothing_is_lost_or_repeated_without_a_word(came, values)


def test_brokers_that_are_not_there_are_given_up():
    """Each message in its time, the stream in its own; nothing is told as kept."""
    sink = sink_at("kafka://127.0.0.1:9/none", "timeout=1")
    came = sent(sink, 10, connections=1, patience=Patience(SECOND, SECOND))
    assert came.report.ended_by is not None
    assert "Connection refused" in came.report.ended_by
    assert "(after" not in came.report.ended_by
    assert came.report.lost == 10


def test_a_topic_that_is_not_there_ends_the_stream_in_its_time(broker):
    """Before patience is at its end: an older librdkafka gives up first, once."""
    with proxied(broker) as proxy:
        proxy.creates = False
        sink = sink_at(f"kafka://127.0.0.1:{proxy.port}/nowhere", "timeout=2")
        came = sent(sink, 10, connections=1, patience=Patience(3000 * SECOND, 600 * SECOND))
    assert came.report.ended_by is not None
    assert "UNKNOWN_TOPIC" in came.report.ended_by
    assert came.report.lost == 10
    assert max(one["attempts"] for one in came.batches) <= 2


def test_credentials_that_are_not_accepted_end_the_stream(broker):
    """With what to do, and without the password."""
    settings = {"security.protocol": "sasl_plaintext", "sasl.mechanism": "PLAIN"}
    secret = {"sasl.username": "trail", "sasl.password": "of-nobody"}
    given = [f"rdkafka.{name}={value}" for name, value in {**settings, **secret}.items()]
    sink = sink_at(f"kafka://127.0.0.1:{broker}/closed", "timeout=1", *given)
    came = sent(sink, 10, connections=1, patience=Patience(3000 * SECOND, 600 * SECOND))
    assert came.report.ended_by is not None
    assert "set rdkafka.security.protocol and rdkafka.sasl" in came.report.ended_by
    assert "of-nobody" not in came.report.ended_by


def _full(*_, **__):
    raise BufferError


@pytest.mark.parametrize("produce", [lambda *_, **__: None, _full], ids=["silent", "full"])
def test_a_producer_that_says_nothing_is_not_waited_for_without_end(produce):
    """By the clock, however often it has something to say to others meanwhile."""
    sink = sink_at("kafka://127.0.0.1/t", "timeout=10")
    seconds = itertools.count()
    sink.clock = lambda: next(seconds)
    polls = []
    sink._producer = SimpleNamespace(produce=produce, poll=polls.append)
    batch = Batch(0, [b"{}"], [0], [SimpleNamespace(account="111122223333")])
    with pytest.raises(Trouble, match="do not answer") as caught:
        sink.connect().send(batch)
    assert caught.value.may_have_arrived
    assert len(polls) == 2 * 10 + 5 + 1


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
        ("kafka://127.0.0.1/t", ("rdkafka.topic.acks=0",), "the promise depends on it"),
        ("kafka://127.0.0.1/t", ("rdkafka.request.required.acks=0",), "the promise depends on it"),
        ("kafka://127.0.0.1/t", ("rdkafka.message.timeout.ms=1",), "the promise depends on it"),
        ("kafka://127.0.0.1/t", ("rdkafka.test.mock.num.brokers=1",), "the promise depends on it"),
        ("kafka://127.0.0.1/t", ("rdkafka.transactional.id=t",), "the promise depends on it"),
        ("kafka://127.0.0.1/t", ("rdkafka.retries=0",), "must be set >= 1"),
        ("kafka://127.0.0.1/t", ("rdkafka.message.max.bytes=x",), "message.max.bytes"),
        ("kafka://127.0.0.1/t", ("rdkafka.no.such=1",), "No such configuration"),
    ],
)
def test_what_is_no_address_or_setting_is_refused(address, settings, message):
    """Before anything is sent."""
    with pytest.raises(RequestError, match=message):
        sink_at(address, *settings)
