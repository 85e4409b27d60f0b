"""What is said of a log file that is in the bucket."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import unquote_plus

import orjson

from simulator.primitives.keys import Key
from simulator.sinks.notices import Notice, Sender, cloudtrail_text, enveloped_text, s3_text

NOTICE = Notice(
    key="p/AWSLogs/111122223333/CloudTrail/us-east-1/2025/01/13/a b+c=é.json.gz",
    size=1234,
    etag="900150983cd24fb0d6963f7d28e17f72",
    delivered_at=1_736_755_500_250,  # 2025-01-13T08:05:00.250Z
)
SENDER = Sender("trail", "111122223333", "eu-west-1", Key.root(1).child("notices"))
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


def shape(value):
    """Return a document with the names of types in place of its values."""
    if isinstance(value, dict):
        return {name: shape(held) for name, held in value.items()}
    if isinstance(value, list):
        return [shape(held) for held in value]
    return type(value).__name__


def test_cloudtrail_names_bucket_and_key():
    """CloudTrail User Guide, "Configuring Amazon SNS notifications for CloudTrail"."""
    assert cloudtrail_text(NOTICE, SENDER) == (
        '{"s3Bucket":"trail","s3ObjectKey":["p/AWSLogs/111122223333/CloudTrail/us-east-1/'
        '2025/01/13/a b+c=é.json.gz"]}'
    )


def test_s3_tells_of_an_object_as_its_guide_shows():
    """S3 User Guide, "Event message structure": every member but those of versioned buckets."""
    told = orjson.loads(s3_text(NOTICE, SENDER))

    (record,) = told["Records"]
    assert list(told) == ["Records"]
    assert list(record) == [
        "eventVersion",
        "eventSource",
        "awsRegion",
        "eventTime",
        "eventName",
        "userIdentity",
        "requestParameters",
        "responseElements",
        "s3",
    ]
    assert record["eventVersion"] == "2.1"
    assert record["eventSource"] == "aws:s3"
    assert record["awsRegion"] == "eu-west-1"
    assert record["eventTime"] == "2025-01-13T08:05:00.250Z"
    assert record["eventName"] == "ObjectCreated:Put"
    assert list(record["userIdentity"]) == ["principalId"]
    assert re.fullmatch(r"AWS:AROA[A-Z2-7]{17}:cloudtrail", record["userIdentity"]["principalId"])
    assert re.fullmatch(
        r"10\.\d{1,3}\.\d{1,3}\.\d{1,3}", record["requestParameters"]["sourceIPAddress"]
    )
    assert list(record["responseElements"]) == ["x-amz-request-id", "x-amz-id-2"]
    assert re.fullmatch(r"[0-9A-Z]{16}", record["responseElements"]["x-amz-request-id"])
    assert re.fullmatch(r"[A-Za-z0-9+/]{75}=", record["responseElements"]["x-amz-id-2"])
    s3 = record["s3"]
    assert list(s3) == ["s3SchemaVersion", "configurationId", "bucket", "object"]
    assert s3["s3SchemaVersion"] == "1.0"
    assert re.fullmatch(UUID, s3["configurationId"])
    assert s3["bucket"]["name"] == "trail"
    assert s3["bucket"]["arn"] == "arn:aws:s3:::trail"
    assert re.fullmatch(r"A[0-9A-Z]{13}", s3["bucket"]["ownerIdentity"]["principalId"])
    assert list(s3["object"]) == ["key", "size", "eTag", "sequencer"]
    assert s3["object"]["size"] == 1234
    assert s3["object"]["eTag"] == "900150983cd24fb0d6963f7d28e17f72"
    assert re.fullmatch(r"006784C92C[0-9A-F]{8}", s3["object"]["sequencer"])


def test_s3_encodes_keys_as_in_a_form():
    """With slashes as they are: readers are told to use unquote_plus."""
    key = orjson.loads(s3_text(NOTICE, SENDER))["Records"][0]["s3"]["object"]["key"]

    assert key == (
        "p/AWSLogs/111122223333/CloudTrail/us-east-1/2025/01/13/a+b%2Bc%3D%C3%A9.json.gz"
    )
    assert unquote_plus(key) == NOTICE.key


def test_a_queue_gets_a_topics_message_in_an_envelope():
    """SNS Developer Guide, "Parsing Amazon SNS message formats", without a subject."""
    told = orjson.loads(enveloped_text("text", NOTICE, SENDER))

    assert list(told) == [
        "Type",
        "MessageId",
        "TopicArn",
        "Message",
        "Timestamp",
        "SignatureVersion",
        "Signature",
        "SigningCertURL",
        "UnsubscribeURL",
    ]
    assert told["Type"] == "Notification"
    assert re.fullmatch(UUID, told["MessageId"])
    assert told["TopicArn"] == "arn:aws:sns:eu-west-1:111122223333:aws-cloudtrail-logs"
    assert told["Message"] == "text"
    assert told["Timestamp"] == "2025-01-13T08:05:00.250Z"
    assert told["SignatureVersion"] == "1"
    assert re.fullmatch(r"[A-Za-z0-9+/]{342}==", told["Signature"])
    assert re.fullmatch(
        r"https://sns\.eu-west-1\.amazonaws\.com/SimpleNotificationService-[0-9a-f]{32}\.pem",
        told["SigningCertURL"],
    )
    assert re.fullmatch(
        rf"https://sns\.eu-west-1\.amazonaws\.com/\?Action=Unsubscribe&SubscriptionArn="
        rf"{re.escape(told['TopicArn'])}:{UUID}",
        told["UnsubscribeURL"],
    )


def test_the_same_file_is_told_of_in_the_same_words():
    """Times and ids come from the plan."""
    for told in (cloudtrail_text, s3_text):
        assert told(NOTICE, SENDER) == told(replace(NOTICE), replace(SENDER))
    assert enveloped_text("x", NOTICE, SENDER) == enveloped_text("x", NOTICE, SENDER)


def test_another_file_has_other_ids():
    """What is the bucket's own stays."""
    other = replace(NOTICE, key="p/b.json.gz")
    (one,), (two,) = (orjson.loads(s3_text(of, SENDER))["Records"] for of in (NOTICE, other))

    assert one["responseElements"] != two["responseElements"]
    assert one["s3"]["object"]["sequencer"] != two["s3"]["object"]["sequencer"]
    assert one["s3"]["bucket"] == two["s3"]["bucket"]
    assert one["s3"]["configurationId"] == two["s3"]["configurationId"]
    assert one["userIdentity"] == two["userIdentity"]
    ids = [orjson.loads(enveloped_text("x", of, SENDER))["MessageId"] for of in (NOTICE, other)]
    assert ids[0] != ids[1]


def test_what_came_later_has_a_greater_sequencer():
    """As S3 promises for one key."""
    later = replace(NOTICE, delivered_at=NOTICE.delivered_at + 1_000)
    one, two = (
        orjson.loads(s3_text(of, SENDER))["Records"][0]["s3"]["object"]["sequencer"]
        for of in (NOTICE, later)
    )

    assert one < two
    assert len(one) == len(two) == 18
