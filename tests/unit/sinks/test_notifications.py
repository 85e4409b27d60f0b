"""A queue or a topic is told of every log file: boto3 against moto, and against faults."""

from __future__ import annotations

import re
import sys
from urllib.parse import unquote_plus

import orjson
import pytest

from simulator.errors import MissingExtraError, OutputError, RequestError
from simulator.primitives.keys import Key
from simulator.sinks.notices import Notice, Sender
from simulator.sinks.notifications import (
    BATCH_BYTES,
    Notifications,
    Subscriber,
    notifications_to,
    subscriber_of,
)
from simulator.sinks.objects import etag_of, object_store
from simulator.sinks.stores import Place
from tests.services.faults import Answer, Page, Reset, faulty, nobody
from tests.services.moto import ACCOUNT, REGION
from tests.unit.sinks.conftest import QUICK
from tests.unit.sinks.test_notices import shape

QUEUE = "https://sqs.eu-west-1.amazonaws.com/111122223333/trail"
TOPIC = "arn:aws:sns:eu-west-1:111122223333:trail"
SENDER = Sender("trail", ACCOUNT, REGION, Key.root(1).child("notices"))


def notices(count: int, name: str = "a") -> list[Notice]:
    """Return as many notices."""
    return [
        Notice(f"AWSLogs/{name}{nth}.json.gz", nth, "0" * 32, 1_736_755_500_000)
        for nth in range(count)
    ]


# ---- Whom to tell --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"sqs+s3:{QUEUE}", Subscriber("sqs", "s3", QUEUE, "eu-west-1")),
        (f"sqs+cloudtrail:{QUEUE}", Subscriber("sqs", "cloudtrail", QUEUE, "eu-west-1")),
        (f"sns+s3:{TOPIC}", Subscriber("sns", "s3", TOPIC, "eu-west-1")),
        (f"sns+cloudtrail:{TOPIC}", Subscriber("sns", "cloudtrail", TOPIC, "eu-west-1")),
        (
            "sqs+s3:http://127.0.0.1:4566/000000000000/q",
            Subscriber("sqs", "s3", "http://127.0.0.1:4566/000000000000/q", None),
        ),
        (
            "sqs+s3:https://eu-west-1.queue.amazonaws.com/111122223333/q",
            Subscriber(
                "sqs", "s3", "https://eu-west-1.queue.amazonaws.com/111122223333/q", "eu-west-1"
            ),
        ),
    ],
)
def test_a_destination_is_a_service_a_form_and_an_address(text, expected):
    """Its Region is read from the address, if it is there."""
    assert subscriber_of(text) == expected
    assert str(expected) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            QUEUE,
            (
                f"cannot tell whom to notify: '{QUEUE}' is none of sqs+s3:URL, sqs+cloudtrail:URL, "
                "sns+s3:ARN or sns+cloudtrail:ARN"
            ),
        ),
        (
            "sqs+eventbridge:x",
            (
                "cannot tell whom to notify: 'sqs+eventbridge:x' is none of sqs+s3:URL, "
                "sqs+cloudtrail:URL, sns+s3:ARN or sns+cloudtrail:ARN"
            ),
        ),
        (
            "sqs+s3:arn:aws:sqs:eu-west-1:111122223333:trail",
            (
                "cannot notify 'arn:aws:sqs:eu-west-1:111122223333:trail': a queue is named by its "
                "URL, such as https://sqs.us-east-1.amazonaws.com/111122223333/trail"
            ),
        ),
        (
            "sns+s3:trail",
            (
                "cannot notify 'trail': a topic is named by its ARN, such as "
                "arn:aws:sns:us-east-1:111122223333:trail"
            ),
        ),
        (
            f"sqs+s3:{QUEUE}.fifo",
            f"cannot notify {QUEUE}.fifo: neither S3 nor CloudTrail writes to FIFO queues",
        ),
        (
            f"sns+s3:{TOPIC}.fifo",
            f"cannot notify {TOPIC}.fifo: neither S3 nor CloudTrail writes to FIFO topics",
        ),
    ],
)
def test_a_destination_that_is_none_is_refused(text, message):
    """The message says how to write it."""
    with pytest.raises(RequestError, match=f"^{re.escape(message)}$"):
        subscriber_of(text)


def test_without_boto3_the_extra_is_named(monkeypatch):
    """Before anything is written."""
    monkeypatch.setitem(sys.modules, "boto3", None)

    with pytest.raises(MissingExtraError, match=r"^notifying a queue .*trailwright\[aws\]"):
        notifications_to(subscriber_of(f"sqs+s3:{QUEUE}"), SENDER)


# ---- Against moto --------------------------------------------------------------------


@pytest.fixture
def queue(moto, request, credentials):
    """Make a queue of the test's own, and return its URL."""
    del credentials
    pytest.importorskip("boto3")
    name = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower())[-70:]
    return moto.client("sqs").create_queue(QueueName=name)["QueueUrl"]


@pytest.fixture
def topic(moto, queue):
    """Make a topic to which the queue is subscribed, and return its ARN."""
    name = queue.rpartition("/")[2]
    made = moto.client("sns").create_topic(Name=name)["TopicArn"]
    moto.client("sns").subscribe(
        TopicArn=made, Protocol="sqs", Endpoint=f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"
    )
    return made


def messages_in(moto, queue) -> list[dict]:
    """Take every message out of a queue."""
    client = moto.client("sqs")
    found = []
    while got := client.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        for message in got:
            found.append(orjson.loads(message["Body"]))
            client.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    return found


def never(seconds: float) -> None:
    """Fail: nothing is to be waited for."""
    pytest.fail(f"waited for {seconds} s")


def tell(word, sent, endpoint=None, sleep=None):
    """Send notices, and return how many were sent."""
    with notifications_to(
        subscriber_of(word), SENDER, endpoint=endpoint, sleep=sleep or never
    ) as to:
        for notice in sent:
            to.add(notice)
    return to.sent


def test_a_queue_is_told_as_by_s3(moto, queue):
    """Every file in a message of its own; at the queue's own address, without an endpoint."""
    assert tell(f"sqs+s3:{queue}", notices(23)) == 23

    told = messages_in(moto, queue)
    assert sorted(message["Records"][0]["s3"]["object"]["key"] for message in told) == sorted(
        f"AWSLogs/a{nth}.json.gz" for nth in range(23)
    )


def test_what_s3_says_looks_as_when_moto_says_it(moto, queue):
    """Another's idea of S3's event notifications: its members, of the same types."""
    client = moto.client("s3")
    client.create_bucket(Bucket="notified")
    client.put_bucket_notification_configuration(
        Bucket="notified",
        NotificationConfiguration={
            "QueueConfigurations": [
                {
                    "QueueArn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue.rpartition('/')[2]}",
                    "Events": ["s3:ObjectCreated:*"],
                }
            ]
        },
    )
    messages_in(moto, queue)  # S3's own test
    object_store(Place("s3", "notified", ""), moto.url, QUICK).put("x/a b", b"abc")
    (theirs,) = messages_in(moto, queue)
    sender = Sender("notified", ACCOUNT, REGION, Key.root(1))
    notice = Notice("x/a b", 3, etag_of(b"abc"), 1_736_755_500_000)
    with notifications_to(subscriber_of(f"sqs+s3:{queue}"), sender) as to:
        to.add(notice)

    (ours,) = messages_in(moto, queue)

    (one,), (two,) = ours["Records"], theirs["Records"]
    # moto leaves out who did it, whose the bucket is, and what came first.
    for name in ("userIdentity", "requestParameters", "responseElements"):
        del one[name]
    del one["s3"]["bucket"]["ownerIdentity"], one["s3"]["object"]["sequencer"]
    assert shape(one) == shape(two)
    for name in ("eventVersion", "eventSource", "awsRegion", "eventName"):
        assert one[name] == two[name]
    for name in ("name", "arn"):
        assert one["s3"]["bucket"][name] == two["s3"]["bucket"][name]
    for name in ("size", "eTag"):
        assert one["s3"]["object"][name] == two["s3"]["object"][name]
    # moto encodes slashes too; a reader takes either.
    assert unquote_plus(one["s3"]["object"]["key"]) == "x/a b"
    assert unquote_plus(two["s3"]["object"]["key"]) == "x/a b"


def test_a_topic_is_told_as_by_cloudtrail(moto, queue, topic):
    """The queue that is subscribed gets the message in SNS's envelope."""
    assert tell(f"sns+cloudtrail:{topic}", notices(12), moto.url) == 12

    told = messages_in(moto, queue)
    assert {message["TopicArn"] for message in told} == {topic}
    assert "Subject" not in told[0]
    assert sorted(message["Message"] for message in told) == sorted(
        f'{{"s3Bucket":"trail","s3ObjectKey":["AWSLogs/a{nth}.json.gz"]}}' for nth in range(12)
    )


def test_a_queue_told_as_by_cloudtrail_gets_what_a_subscribed_one_gets(moto, queue, topic):
    """The same envelope, member by member, without a topic."""
    tell(f"sns+cloudtrail:{topic}", notices(1), moto.url)
    (through_topic,) = messages_in(moto, queue)
    tell(f"sqs+cloudtrail:{queue}", notices(1))

    (ours,) = messages_in(moto, queue)

    assert shape(ours) == shape(through_topic)
    for name in ("Type", "Message"):
        assert ours[name] == through_topic[name]


def test_a_topic_is_told_as_by_s3(moto, queue, topic):
    """With S3's subject."""
    tell(f"sns+s3:{topic}", notices(1), moto.url)

    (told,) = messages_in(moto, queue)
    assert told["Subject"] == "Amazon S3 Notification"
    (record,) = orjson.loads(told["Message"])["Records"]
    assert record["s3"]["object"]["key"] == "AWSLogs/a0.json.gz"


def test_a_queue_that_is_not_there_is_told(queue):
    """And which file it was about."""
    with pytest.raises(
        OutputError,
        match=rf"^cannot notify {queue}-not of AWSLogs/a0.json.gz: it is not there: create it "
        r"first \(\S+\)$",
    ):
        tell(f"sqs+s3:{queue}-not", notices(1))


def test_a_topic_that_is_not_there_is_told(moto, topic):
    """As a queue is."""
    with pytest.raises(
        OutputError, match=rf"^cannot notify {topic}-not of AWSLogs/a0.json.gz: it is not there"
    ):
        tell(f"sns+s3:{topic}-not", notices(1), moto.url)


def test_what_passes_is_tried_again(moto, queue):
    """Waiting twice as long each time; at least once is what is promised."""
    waits = []
    with faulty(moto.url) as between:
        between.faults = [Answer(503), Reset(), Reset(is_done=True)]

        sent = tell(f"sqs+s3:{queue}", notices(2), between.url, waits.append)

    assert sent == 2
    assert waits == [0.5, 1.0, 2.0]
    keys = [each["Records"][0]["s3"]["object"]["key"] for each in messages_in(moto, queue)]
    assert set(keys) == {"AWSLogs/a0.json.gz", "AWSLogs/a1.json.gz"}


# ---- Without a service ---------------------------------------------------------------


class FakeQueue:
    """Answers what it is told to, one call after the other, and keeps what it was asked."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.calls = []

    def send_message_batch(self, QueueUrl, Entries):  # noqa: N803  # boto3's names
        """Take a batch, and refuse the entries that the next answer names."""
        del QueueUrl
        self.calls.append([entry["MessageBody"] for entry in Entries])
        failed = self.answers.pop(0) if self.answers else []
        return {"Failed": failed} if failed else {}


def refused(nth, code, *, is_ours=False):
    """Return an entry of a batch that failed."""
    return {"Id": f"{nth}", "SenderFault": is_ours, "Code": code, "Message": "said SQS"}


def to_fake(client, waits=None):
    """Return notifications to a fake queue."""
    sleep = never if waits is None else waits.append
    return Notifications(subscriber_of(f"sqs+s3:{QUEUE}"), SENDER, client, sleep)


def keys_in(call):
    """Return which files a call was about."""
    return [orjson.loads(body)["Records"][0]["s3"]["object"]["key"][8:-8] for body in call]


def test_ten_go_in_a_call():
    """The rest when it is over."""
    client = FakeQueue()
    with to_fake(client) as to:
        for notice in notices(23):
            to.add(notice)
        assert [len(call) for call in client.calls] == [10, 10]

    assert [len(call) for call in client.calls] == [10, 10, 3]
    assert to.sent == 23


def test_no_call_is_too_large():
    """Together the messages of a call stay below the limit of the service."""
    client = FakeQueue()
    with to_fake(client) as to:
        for notice in notices(20, name="x" * 60_000):
            to.add(notice)

    sizes = [sum(len(body.encode()) for body in call) for call in client.calls]
    assert [len(call) for call in client.calls] == [4, 4, 4, 4, 4]
    assert max(sizes) <= BATCH_BYTES


def test_only_what_failed_is_sent_again():
    """The rest of its batch has arrived."""
    pytest.importorskip("botocore")
    client = FakeQueue(
        [refused(2, "InternalError"), refused(1, "RequestThrottled", is_ours=True)],
        [refused(1, "InternalError")],
    )
    waits = []
    with to_fake(client, waits) as to:
        for notice in notices(4):
            to.add(notice)

    assert [keys_in(call) for call in client.calls] == [
        ["a0", "a1", "a2", "a3"],
        ["a1", "a2"],
        ["a2"],
    ]
    assert waits == [0.5, 1.0]
    assert to.sent == 4


def test_what_fails_for_ever_names_the_first_file():
    """After all tries."""
    pytest.importorskip("botocore")
    client = FakeQueue(*[[refused(1, "InternalError")], *[[refused(0, "InternalError")]] * 9])
    waits = []
    to = to_fake(client, waits)
    for notice in notices(3):
        to.add(notice)

    with pytest.raises(
        OutputError,
        match=rf"^cannot notify {QUEUE} of AWSLogs/a1.json.gz: InternalError: said SQS, and 5 "
        r"more tries did not help$",
    ):
        to.flush()
    assert waits == [0.5, 1.0, 2.0, 4.0, 8.0]
    assert to.sent == 2


def test_what_the_service_will_never_take_is_not_tried_again():
    """The fault is the sender's."""
    pytest.importorskip("botocore")
    to = to_fake(FakeQueue([refused(1, "InvalidMessageContents", is_ours=True)]))
    for notice in notices(2):
        to.add(notice)

    with pytest.raises(
        OutputError, match=r" of AWSLogs/a1.json.gz: InvalidMessageContents: said SQS$"
    ):
        to.flush()


def test_a_service_that_never_answers_is_told():
    """boto3 gives up on each call after half a minute."""
    exceptions = pytest.importorskip("botocore.exceptions")

    class Silent:
        def send_message_batch(self, QueueUrl, Entries):  # noqa: N803  # boto3's names
            del Entries
            raise exceptions.ReadTimeoutError(endpoint_url=QueueUrl)

    waits = []
    to = to_fake(Silent(), waits)
    to.add(notices(1)[0])

    with pytest.raises(OutputError, match=r": no answer in time, and 5 more tries did not help$"):
        to.flush()
    assert len(waits) == 5


def test_an_error_elsewhere_sends_nothing_more():
    """Whoever leaves with an error."""
    client = FakeQueue()
    to = to_fake(client)

    with pytest.raises(ZeroDivisionError), to:  # noqa: PT012
        to.add(notices(1)[0])
        raise ZeroDivisionError

    assert client.calls == []


# ---- boto3 against a server that fails -----------------------------------------------


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("AccessDenied", "access is denied: the credentials need sqs:SendMessage or sns:Publish"),
        (
            "InvalidClientTokenId",
            (
                "the credentials are not accepted: set AWS_ACCESS_KEY_ID and "
                "AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"
            ),
        ),
        ("Odd", "Odd: said the service"),
    ],
)
def test_a_refusal_says_what_to_do(wrong, credentials, code, expected):
    """It is not tried again."""
    del credentials
    pytest.importorskip("boto3")
    wrong.always = Answer(403, code, within="<ErrorResponse>{}</ErrorResponse>")

    with pytest.raises(OutputError, match=rf"^cannot notify {TOPIC} of \S+: {expected}"):
        tell(f"sns+s3:{TOPIC}", notices(1), wrong.url)
    assert len(wrong.asked) == 1


def test_an_answer_that_is_not_the_services_is_told(wrong, credentials):
    """A proxy's, say: it has a status and no code."""
    del credentials
    pytest.importorskip("boto3")
    wrong.always = Page("<html/>", 403)

    with pytest.raises(OutputError, match=rf"^cannot notify {TOPIC} of \S+: .*403"):
        tell(f"sns+s3:{TOPIC}", notices(1), wrong.url)


def test_a_service_that_is_not_there_is_told(credentials):
    """After all tries."""
    del credentials
    pytest.importorskip("boto3")
    waits = []

    with pytest.raises(OutputError, match=r"the connection failed: is the service running, .*5 mo"):
        tell(f"sns+s3:{TOPIC}", notices(1), nobody(), waits.append)
    assert waits == [0.5, 1.0, 2.0, 4.0, 8.0]


def test_missing_credentials_are_told(credentials, monkeypatch):
    """As boto3 looks for them: profiles would do."""
    del credentials
    pytest.importorskip("boto3")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")

    with pytest.raises(OutputError, match=r": no credentials were found: set AWS_ACCESS_KEY_ID "):
        tell(f"sqs+s3:{QUEUE}", notices(1), nobody())


def test_a_missing_profile_is_told(credentials, monkeypatch):
    """When the client is made."""
    del credentials
    pytest.importorskip("boto3")
    monkeypatch.setenv("AWS_PROFILE", "nobody")

    with pytest.raises(OutputError, match=rf"^cannot notify {QUEUE}: .*\(nobody\)"):
        tell(f"sqs+s3:{QUEUE}", notices(1), nobody())


def test_an_answer_without_failures_is_enough(wrong, credentials):
    """What the service says of each message is not read."""
    del credentials
    pytest.importorskip("boto3")
    wrong.always = Page("<PublishBatchResponse><PublishBatchResult/></PublishBatchResponse>")

    assert tell(f"sns+s3:{TOPIC}", notices(3), wrong.url) == 3
