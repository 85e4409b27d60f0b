"""Sinks for AWS's services, against moto and against answers that go wrong."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import TYPE_CHECKING

import orjson
import pytest

from simulator.errors import RequestError
from simulator.streaming.sending import Patience
from simulator.streaming.sinks import aws_calls
from tests.services.faults import Answer, Page, Reset, faulty, nobody
from tests.services.moto import ACCOUNT, REGION
from tests.services.streams import (
    SECOND,
    nothing_is_lost_or_repeated_without_a_word,
    sent,
    sink_at,
)

if TYPE_CHECKING:
    from tests.services.moto import Moto

pytest.importorskip("boto3")
pytestmark = pytest.mark.usefixtures("credentials")

NUMBERS = itertools.count()


class Place:
    """Something at moto that records are sent to, and read from."""

    def __init__(self, moto: Moto, service: str) -> None:
        self.moto = moto
        self.name = f"trail-{service}-{next(NUMBERS)}"
        self.client = moto.client(service)
        self.address = getattr(self, f"_{service}")()

    def _kinesis(self) -> str:
        self.client.create_stream(StreamName=self.name, ShardCount=1)
        self.read = self._from_kinesis
        return f"kinesis:{self.name}"

    def _from_kinesis(self) -> list[bytes]:
        shard = self.client.get_shard_iterator(
            StreamName=self.name, ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        found = []
        while True:
            got = self.client.get_records(ShardIterator=shard, Limit=10_000)
            if not got["Records"]:
                return found
            for one in got["Records"]:
                assert one["PartitionKey"] == orjson.loads(one["Data"])["recipientAccountId"]
                found.append(one["Data"])
            shard = got["NextShardIterator"]

    def _queue(self) -> str:
        self.sqs = self.moto.client("sqs")
        self.url = self.sqs.create_queue(QueueName=self.name)["QueueUrl"]
        self.read = self._from_queue
        return self.url

    def _sqs(self) -> str:
        return f"sqs:{self._queue()}"

    def _from_queue(self) -> list[bytes]:
        found = []
        while got := self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10).get(
            "Messages"
        ):
            for one in got:
                body = orjson.loads(one["Body"])
                if "Message" in body and "TopicArn" in body:
                    found.append(body["Message"].encode())
                elif "detail-type" in body:
                    found.append(orjson.dumps(body["detail"]))
                else:
                    found.append(one["Body"].encode())
            read = [{"Id": str(n), "ReceiptHandle": m["ReceiptHandle"]} for n, m in enumerate(got)]
            self.sqs.delete_message_batch(QueueUrl=self.url, Entries=read)
        return found

    def _sns(self) -> str:
        self._queue()
        topic = self.client.create_topic(Name=self.name)["TopicArn"]
        queue = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{self.name}"
        self.client.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
        return f"sns:{topic}"

    def _events(self) -> str:
        self._queue()
        self.client.create_event_bus(Name=self.name)
        pattern = '{"source":["trailwright.cloudtrail"]}'
        self.client.put_rule(Name=self.name, EventBusName=self.name, EventPattern=pattern)
        queue = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{self.name}"
        targets = [{"Id": "1", "Arn": queue}]
        self.client.put_targets(Rule=self.name, EventBusName=self.name, Targets=targets)
        return f"events:{self.name}"

    def _logs(self) -> str:
        self.read = self._from_logs
        return f"logs:{self.name}:all"

    def _from_logs(self) -> list[bytes]:
        found: list[bytes] = []
        token: dict[str, str] = {}
        while True:
            got = self.client.get_log_events(
                logGroupName=self.name, logStreamName="all", startFromHead=True, **token
            )
            if not got["events"]:
                return found
            found += [one["message"].encode() for one in got["events"]]
            token = {"nextToken": got["nextForwardToken"]}

    def sink(self, endpoint: str):
        """Return the sink of it, behind an endpoint."""
        extra = ["create=yes"] if self.address.startswith("logs") else []
        return sink_at(self.address, f"endpoint={endpoint}", f"region={REGION}", *extra)


@pytest.fixture(params=["kinesis", "sqs", "sns", "events", "logs"])
def place(moto, request, monkeypatch):
    """Give something of each service, which takes what happened long ago."""
    if request.param == "logs":
        # It takes what is two weeks old: the scenario's own week.
        then = datetime.fromisoformat("2025-01-18T00:00:00")
        monkeypatch.setattr("moto.logs.models.utcnow", lambda: then)
    return Place(moto, request.param)


PATIENT = Patience(5000 * SECOND, 600 * SECOND)


def test_nothing_is_lost_or_repeated_without_a_word(place):
    """Whatever becomes of a call: refused, broken off before or after, busy, or an error inside."""
    with faulty(place.moto.url) as proxy:
        proxy.faults = [
            Reset(),
            Answer(503),
            Answer(429),
            *[Reset(is_done=True)] * 2,
            Answer(500),
        ]
        came = sent(place.sink(proxy.url), 60, connections=2, rate="100/s", patience=PATIENT)
    found = place.read()
    if place.address.startswith("events"):
        # A target gets the record with its members as JSON has them.
        found = [came.records[came.expected.index(orjson.loads(one)["eventID"])] for one in found]
    nothing_is_lost_or_repeated_without_a_word(came, found)
    assert came.report.settled == 60
    assert came.uncertain
    assert came.report.promise == ("accepted" if place.address[:2] in {"sn", "ev"} else "kept")


def _failing(codes):
    """Return an answer of Kinesis by which records failed, by their positions."""
    rows = [
        {"ErrorCode": codes[at], "ErrorMessage": "said so"}
        if at in codes
        else {"SequenceNumber": "1", "ShardId": "s"}
        for at in range(3)
    ]
    return Page(orjson.dumps({"FailedRecordCount": len(codes), "Records": rows}).decode())


def test_records_that_a_service_does_not_take_are_sent_again_alone():
    """Those whose error passes; the others are refused."""
    with faulty() as server:
        server.faults = [
            _failing({0: "ProvisionedThroughputExceededException", 2: "AccessDeniedForThis"}),
        ]
        server.always = Page('{"FailedRecordCount":0,"Records":[{"SequenceNumber":"1"}]}')
        came = sent(
            sink_at("kinesis:trail", f"endpoint={server.url}", f"region={REGION}"),
            3,
            connections=1,
        )
    assert came.report.settled == 2
    assert came.refused == {came.expected[2]}
    assert not came.uncertain
    assert len(server.asked) == 2


def test_log_events_that_are_too_old_are_told():
    """By the answer's own words: which of a batch are not kept."""
    with faulty() as server:
        server.faults = [Page('{"rejectedLogEventsInfo":{"tooOldLogEventEndIndex":1}}')]
        server.always = Page("{}")
        settings = (f"endpoint={server.url}", f"region={REGION}")
        came = sent(sink_at("logs:group:stream", *settings), 3, connections=1)
    assert came.refused == {came.expected[0]}
    assert came.report.settled == 2
    assert "--now" in came.batches[0]["refused"][0]["why"]


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (400, "ResourceNotFoundException", "create it first"),
        (400, "AccessDeniedException", "kinesis:PutRecords"),
        (403, "UnrecognizedClientException", "credentials are not accepted"),
        (403, "InvalidSignatureException", "credentials are not accepted"),
    ],
)
def test_what_will_not_change_ends_the_stream(status, code, words):
    """At once, and with what to do."""
    with faulty() as server:
        server.always = Page(orjson.dumps({"__type": code, "message": "no"}).decode(), status)
        settings = (f"endpoint={server.url}", f"region={REGION}")
        came = sent(sink_at("kinesis:trail", *settings), 3, connections=1)
    assert came.report.ended_by is not None
    assert words in came.report.ended_by
    assert len(server.asked) == 1


def test_a_client_outlives_what_goes_wrong(monkeypatch):
    """It opens anew what broke; another would ask for credentials again."""
    made = []
    real = aws_calls.client_of
    monkeypatch.setattr(
        aws_calls, "client_of", lambda *given, **named: made.append(given) or real(*given, **named)
    )
    with faulty() as server:
        server.faults = [Answer(503), Reset(), Reset(), Answer(429), Page("no")]
        server.always = _failing({})
        settings = (f"endpoint={server.url}", f"region={REGION}")
        came = sent(sink_at("kinesis:trail", *settings), 3, connections=1)
    assert came.report.settled == 3
    assert len(server.asked) == 6
    assert len(made) == 1


@pytest.mark.parametrize(
    "address",
    [
        "kinesis:trail",
        "sqs:https://sqs.us-east-1.amazonaws.com/111122223333/trail",
        "sns:arn:aws:sns:us-east-1:111122223333:trail",
        "events:bus",
    ],
)
@pytest.mark.parametrize("answer", ["{}", "<html>Welcome</html>"])
def test_an_answer_that_does_not_speak_of_every_record_settles_none(address, answer):
    """A proxy's page with status 200, say: nobody said that anything was kept."""
    with faulty() as server:
        server.always = Page(answer)
        settings = (f"endpoint={server.url}", f"region={REGION}")
        patience = Patience(SECOND, SECOND)
        came = sent(sink_at(address, *settings), 3, connections=1, patience=patience)
    assert came.report.ended_by is not None
    assert came.report.lost == 3
    assert came.uncertain == {*came.expected}


def test_what_was_never_sent_is_not_told_as_uncertain():
    """Nobody listens: it cannot have arrived."""
    settings = (f"endpoint={nobody()}", f"region={REGION}")
    patience = Patience(SECOND, SECOND)
    came = sent(sink_at("kinesis:trail", *settings), 3, connections=1, patience=patience)
    assert came.report.lost == 3
    assert not came.uncertain


@pytest.mark.parametrize(
    ("address", "connections"),
    [
        ("sqs:https://sqs.us-east-1.amazonaws.com/111122223333/trail", 8),
        ("sqs:https://sqs.us-east-1.amazonaws.com/111122223333/trail.fifo", 1),
        ("sns:arn:aws:sns:us-east-1:111122223333:trail", 8),
        ("sns:arn:aws:sns:us-east-1:111122223333:trail.fifo", 1),
    ],
)
def test_what_keeps_order_is_sent_to_by_one_connection(address, connections):
    """Several would mix it up."""
    assert sink_at(address).connections == connections


EVENTS = ("events:bus", "Entries", "ErrorCode")
QUEUE = ("sqs:https://sqs.us-east-1.amazonaws.com/111122223333/trail", "Failed", "Code")


def _entries(place, codes):
    """Return an answer by which entries failed; an empty code is none."""
    _, member, name = place
    rows = [{"Id": str(nth), "SenderFault": True, name: code} for nth, code in enumerate(codes)]
    if place is EVENTS:
        return Page(orjson.dumps({member: rows}).decode())
    failed = [row for row in rows if row[name]]
    taken = [{"Id": row["Id"]} for row in rows if not row[name]]
    return Page(orjson.dumps({member: failed, "Successful": taken}).decode())


def _answered(place, codes):
    """Send three records to what answers so at first and takes all that failed then.

    Return what came of it, and how often it was asked.
    """
    with faulty() as server:
        server.faults = [_entries(place, codes)]
        server.always = _entries(place, [""] * len([*filter(None, codes)]))
        settings = (f"endpoint={server.url}", f"region={REGION}")
        came = sent(sink_at(place[0], *settings), 3, connections=1)
    return came, len(server.asked)


@pytest.mark.parametrize(
    ("place", "code", "words"),
    [
        (EVENTS, "AccessDeniedException", "events:PutEvents"),
        (QUEUE, "AccessDenied", "sqs:SendMessage"),
    ],
)
def test_what_every_entry_of_a_batch_meets_ends_the_stream(place, code, words):
    """Where it is no record's fault; what only some of them meet is theirs."""
    came, asked = _answered(place, [code] * 3)
    assert came.report.ended_by is not None
    assert words in came.report.ended_by
    assert asked == 1

    came, _ = _answered(place, [code, "", ""])
    assert came.report.ended_by is None
    assert came.refused == {came.expected[0]}


@pytest.mark.parametrize(
    ("place", "code"),
    [
        (EVENTS, "ThrottlingException"),
        (EVENTS, "InternalFailure"),
        (QUEUE, "KmsThrottled"),
        (QUEUE, "KMS.ThrottlingException"),
    ],
)
def test_entries_that_a_service_is_too_busy_for_are_sent_again(place, code):
    """Whoever's fault the service says it is."""
    came, asked = _answered(place, [code, "", code])
    assert came.report.settled == 3
    assert not came.uncertain
    assert asked == 2


@pytest.mark.parametrize("code", ["MalformedDetail", "NotAuthorizedForSourceException"])
def test_events_that_a_bus_will_never_take_are_refused(code):
    """All but two codes are "non-retryable"."""
    came, asked = _answered(EVENTS, [code, "", ""])
    assert came.refused == {came.expected[0]}
    assert asked == 1


def test_two_that_create_one_log_group_do_not_end_the_stream():
    """It passes: one of them has created it."""
    with faulty() as server:
        server.faults = [Page('{"__type":"OperationAbortedException"}', 400)]
        server.always = Page("{}")
        settings = (f"endpoint={server.url}", f"region={REGION}", "create=yes")
        came = sent(sink_at("logs:group:stream", *settings), 3, connections=1)
    assert came.report.settled == 3
    assert not came.uncertain


def test_fifo_queues_drop_what_they_were_sent_before(moto):
    """What arrived without an answer is there once."""
    client = moto.client("sqs")
    attributes = {"FifoQueue": "true"}
    url = client.create_queue(QueueName="trail.fifo", Attributes=attributes)["QueueUrl"]
    with faulty(moto.url) as proxy:
        proxy.faults = [Reset(is_done=True)] * 2
        settings = (f"endpoint={proxy.url}", f"region={REGION}")
        came = sent(
            sink_at(f"sqs:{url}", *settings), 20, connections=1, rate="100/s", patience=PATIENT
        )
    count = client.get_queue_attributes(
        QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"]
    )["Attributes"]["ApproximateNumberOfMessages"]
    assert int(count) == 20
    assert came.report.uncertain > 0


@pytest.mark.parametrize(
    ("address", "settings", "message"),
    [
        ("kinesis:", (), "expected kinesis:STREAM"),
        ("sqs:trail", (), "without its URL"),
        ("sns:trail", (), "without its ARN"),
        ("events:", (), "expected events:BUS"),
        ("events:bus", ("source=aws.sso",), "those of AWS itself"),
        ("logs:group", (), "expected logs:GROUP:STREAM"),
    ],
)
def test_what_is_no_address_or_setting_is_refused(address, settings, message):
    """Before anything is sent."""
    with pytest.raises(RequestError, match=message):
        sink_at(address, *settings)
