"""Log files in a bucket: every record in one, apart as a trail has them, none of them twice."""

from __future__ import annotations

import gzip
import re

import orjson
import pytest

from simulator.delivery.trail import Stream
from simulator.errors import OutputError, RequestError
from simulator.streaming.sinks import buckets
from simulator.streaming.sinks.interface import Batch
from tests.services.aws import CREDENTIALS
from tests.services.aws import s3 as s3  # noqa: PLC0414  # a fixture
from tests.services.faults import Answer, Reset, faulty
from tests.services.streams import nothing_is_lost_or_repeated_without_a_word, sent, sink_at

pytest.importorskip("obstore")

KEY = re.compile(
    r"in/AWSLogs/(?P<organization>o-[a-z0-9]+/)?(?P<account>\d{12})/CloudTrail/(?P<region>[a-z0-9-]+)/"
    r"(?P<day>\d{4}/\d\d/\d\d)/(?P=account)_CloudTrail_(?P=region)_\d{8}T\d{4}Z_\w{16}\.json\.gz"
)
DAY = 1_736_755_200_000
"""2025-01-13T08:00:00Z."""


@pytest.fixture(autouse=True)
def _credentials(monkeypatch):
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def bucket(s3, request):
    """Make a bucket of the test's own, and return its name."""
    name = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower())[-60:].strip("-")
    s3.client().create_bucket(Bucket=name)
    return name


def found(s3, bucket):
    """Return the records of each object, by key."""
    client = s3.client()
    listed = client.list_objects_v2(Bucket=bucket).get("Contents", [])
    bodies = {
        one["Key"]: client.get_object(Bucket=bucket, Key=one["Key"])["Body"].read()
        for one in listed
    }
    return {key: orjson.loads(gzip.decompress(body))["Records"] for key, body in bodies.items()}


def a_batch(*records, nth=0, streams=("111122223333",)):
    """Return a batch of records, a second after each other, of accounts in turn."""
    count = len(records)
    return Batch(
        nth,
        records,
        [DAY + 1000 * at for at in range(count)],
        [Stream(streams[at % len(streams)], "us-east-1") for at in range(count)],
    )


def test_every_record_is_in_one_log_file_of_its_account_and_region(s3, bucket):
    """Whose keys are those of a trail."""
    sink = sink_at(f"s3://{bucket}/in", f"endpoint={s3.url}")
    came = sent(sink, 200)
    files = found(s3, bucket)
    rows = [record for records in files.values() for record in records]
    nothing_is_lost_or_repeated_without_a_word(came, [orjson.dumps(row) for row in rows])
    assert len(rows) == 200
    assert came.report.promise == "kept"
    for key, records in files.items():
        said = KEY.fullmatch(key)
        assert said is not None
        assert {row["recipientAccountId"] for row in records} == {said["account"]}
        assert {row["awsRegion"] for row in records} == {said["region"]}
        day = max(row["eventTime"] for row in records)[:10]
        assert day.replace("-", "/") == said["day"]


def test_an_organization_is_in_the_keys(s3, bucket):
    """As an organization trail has it."""
    sink = sink_at(f"s3://{bucket}/in", f"endpoint={s3.url}", "organization=o-a1b2c3d4e5")
    sink.connect().send(a_batch(b"{}"))
    (key,) = found(s3, bucket)
    said = KEY.fullmatch(key)
    assert said is not None
    assert said["organization"] == "o-a1b2c3d4e5/"


def test_a_batch_that_is_sent_again_replaces_itself(s3, bucket):
    """So that nothing is there twice; another batch with the same records is another."""
    connection = sink_at(f"s3://{bucket}/in", f"endpoint={s3.url}").connect()
    batch = a_batch(b'{"a":1}', b'{"a":2}', streams=("1" * 12, "2" * 12))
    connection.send(batch)
    connection.send(batch)
    assert [*found(s3, bucket).values()] == [[{"a": 1}], [{"a": 2}]]
    connection.send(a_batch(b'{"a":1}', nth=1, streams=("1" * 12,)))
    assert len(found(s3, bucket)) == 3


def test_another_streams_first_batch_does_not_take_its_place(s3, bucket):
    """Though it has the same account, Region, number and minute."""
    for record in (b'{"a":1}', b'{"a":2}'):
        sink_at(f"s3://{bucket}/in", f"endpoint={s3.url}").connect().send(a_batch(record))
    assert len(found(s3, bucket)) == 2


def test_were_its_content_no_part_of_its_name_it_would(s3, bucket, monkeypatch):
    """The control."""
    named = buckets.BucketConnection._trail
    monkeypatch.setattr(buckets.BucketConnection, "_trail", lambda self, _: named(self, b""))
    for record in (b'{"a":1}', b'{"a":2}'):
        sink_at(f"s3://{bucket}/in", f"endpoint={s3.url}").connect().send(a_batch(record))
    assert [*found(s3, bucket).values()] == [[{"a": 2}]]


@pytest.mark.parametrize(
    "fault", [Reset(), Reset(is_done=True), Answer(503)], ids=["before", "lost answer", "503"]
)
def test_what_goes_wrong_on_the_way_is_tried_again(s3, bucket, fault):
    """And leaves one object, whether or not the first one came."""
    with faulty(s3.url) as between:
        between.faults = [fault]
        sink_at(f"s3://{bucket}/in", f"endpoint={between.url}").connect().send(a_batch(b"{}"))
        asked = [method for method, _ in between.asked]
    assert asked == ["PUT", "PUT"]
    assert [*found(s3, bucket).values()] == [[{}]]


def test_a_bucket_that_is_not_there_ends_the_stream(s3):
    """With what to do."""
    came = sent(sink_at("s3://nowhere-at-all/in", f"endpoint={s3.url}"), 20)
    assert came.report.ended_by is not None
    assert "no bucket nowhere-at-all: create it first" in came.report.ended_by
    assert came.lost == set(came.expected)


@pytest.mark.parametrize(
    ("address", "settings", "error", "message"),
    [
        ("s3:bucket", (), RequestError, "expected s3://BUCKET/PREFIX"),
        ("s3://", (), RequestError, "no name of a bucket"),
        ("s3://b/../c", (), RequestError, "no key"),
        ("s3://b", ("organization=mine",), RequestError, "expected an id such as o-"),
        ("s3://b", ("endpoint=there",), RequestError, "endpoint 'there': expected an address"),
        ("s3://b", ("region=x",), RequestError, "has endpoint, organization"),
        ("az://b", (), OutputError, "AZURE_STORAGE_ACCOUNT_NAME"),
    ],
)
def test_what_is_no_bucket_or_setting_is_refused(monkeypatch, address, settings, error, message):
    """Before anything is asked of the service."""
    monkeypatch.delenv("AZURE_STORAGE_ACCOUNT_NAME", raising=False)
    with pytest.raises(error, match=message):
        sink_at(address, *settings)
