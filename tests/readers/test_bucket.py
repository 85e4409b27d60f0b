"""A bucket that was generated, as others read it.

The AWS CLI, boto3, obstore and DuckDB are clients as their users have them; the services
stand in for AWS's on loopback.
"""

from __future__ import annotations

import gzip
import json
import re
import subprocess
from typing import Final

import pytest

from simulator.delivery.signing import drawn_signer
from simulator.delivery.trail import trail_of
from simulator.errors import OutputError
from simulator.run.delivering import Handling, deliver_run
from simulator.run.destinations import Destination
from simulator.run.request import Request
from simulator.scenario.library import changed, parts_from, read
from simulator.scenario.resolve import owner_id, resolve
from simulator.sinks.formats import Format
from simulator.sinks.notices import Sender
from simulator.sinks.notifications import notifications_to, subscriber_of
from simulator.sinks.stores import place_of, store_of
from simulator.sinks.targets import UNFINISHED
from simulator.verification import Options, verify
from simulator.verification import place_of as run_at
from tests.services.aws import CREDENTIALS, aws_command, environment, json_service, key_listing
from tests.services.faults import Answer, faulty
from tests.services.moto import moto_running

pytest.importorskip("cryptography")
pytest.importorskip("obstore")

KEY = re.compile(
    r"runs/a/security/AWSLogs/(?P<org>o-[a-z0-9]{10,32})/(?P<account>\d{12})/CloudTrail/"
    r"(?P<region>[a-z0-9-]+)/(?P<day>\d{4}/\d{2}/\d{2})/(?P=account)_CloudTrail_(?P=region)_"
    r"(?P<at>\d{8}T\d{4})Z_[A-Za-z0-9]{16}\.json\.gz"
)
"""How AWS says that readers find account, Region and date in a key."""


@pytest.fixture(scope="module")
def services():
    """Run S3, SQS and SNS."""
    with moto_running() as server:
        server.client("s3").create_bucket(Bucket="trail-bucket")
        yield server


@pytest.fixture
def credentials(monkeypatch):
    """Let clients find what moto takes."""
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)


SCENE = """\
scenario: a-day
window: {{start: 2025-01-13, days: {days}}}
organization:
  accounts: [{{name: security, id: "777788889999"}}]
  delegated_administrator: security
users: [{{count: {users}, mfa: {{totp: 100%}}}}]
administrators: [{{name: help-desk, account: security}}]
background: {{events: {events}}}
storyline:
  - at: 2025-01-13T09:00:00Z
    admin: help-desk
    does: create-group
    group: {{name: Auditors}}
trail: {{prefix: security, duplicates: 5%}}
"""
"""An organization whose delegated administrator acts."""

DAY: Final = {"days": 1, "users": 20, "events": 120}
MILLION: Final = {"days": 14, "users": 3_000, "events": 1_000_000}


def a_request(*trail, size=DAY):
    """Return a request for log files, with settings of the trail."""
    scene = read(SCENE.format(**size), "scene")
    return Request(resolve(changed(scene, trail=parts_from(trail))), format=Format.cloudtrail)


def deliver(target, url, request, *, notifications=None, handling=None, store=None):
    """Deliver a run to a bucket, and return what is told of it."""
    place = place_of(target)
    to = Destination(
        store or store_of(target, url), target, bucket=place.bucket, prefix=place.prefix
    )
    return deliver_run(
        request,
        to,
        signer=drawn_signer(request.scenario.seed),
        notifications=notifications,
        handling=handling,
    )


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(DAY, id="day"),
        pytest.param(MILLION, id="million", marks=pytest.mark.slow),
    ],
)
def bucket(request, services):
    """Deliver a run to a bucket of an organization's trail, and return its request and a client."""
    asked = a_request(size=request.param)
    client = services.client("s3")
    for key in objects(client):
        client.delete_object(Bucket="trail-bucket", Key=key)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in CREDENTIALS.items():
            patch.setenv(name, value)
        told = deliver("s3://trail-bucket/runs/a", services.url, asked)
    return asked, told, client


def objects(client, prefix="runs/a/", bucket="trail-bucket"):
    """Return the keys below a prefix."""
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    return [one["Key"] for page in pages for one in page.get("Contents", ())]


def test_boto3_finds_records_by_aws_s_conventions(bucket):
    """Account, Region and date are in the key, records under `Records`."""
    request, told, client = bucket

    found, count = set(), 0
    for key in objects(client):
        if "/CloudTrail/" not in key:
            continue
        match = KEY.fullmatch(key)
        assert match is not None, key
        assert match["at"].startswith(match["day"].replace("/", ""))
        data = client.get_object(Bucket="trail-bucket", Key=key)["Body"].read()
        records = json.loads(gzip.decompress(data))["Records"]
        count += len(records)
        for record in records:
            assert record["recipientAccountId"] == match["account"]
            assert record["awsRegion"] == match["region"]
        found.add(match["account"])

    assert count == told.records > told.counts.records
    assert owner_id(request.scenario) in found
    assert len(found) == 2


@pytest.mark.usefixtures("credentials")
def test_the_aws_cli_validates_the_chain_and_finds_what_is_changed(bucket, services):
    """`aws cloudtrail validate-logs` on a whole generated organization trail."""
    request, _, client = bucket
    scenario = request.scenario
    trail = trail_of(scenario, bucket="trail-bucket", prefix="runs/a/")
    arn = f"arn:aws:cloudtrail:us-east-1:{owner_id(scenario)}:trail/{trail.name}"
    keys = json.loads(
        client.get_object(Bucket="trail-bucket", Key="runs/a/public-keys.json")["Body"].read()
    )
    told = {
        "TrailARN": arn,
        "S3BucketName": "trail-bucket",
        "S3KeyPrefix": "runs/a/security",
        "IsOrganizationTrail": True,
    }
    answers = {
        "ListPublicKeys": key_listing(keys),
        "DescribeTrails": lambda _: {"trailList": [told]},
        "DescribeOrganization": lambda _: {"Organization": {"Id": trail.organization}},
    }

    def validated():
        with json_service(answers) as url:
            return subprocess.run(  # noqa: S603  # the command of this environment
                [
                    *(aws_command(), "cloudtrail", "validate-logs", "--trail-arn", arn),
                    *("--account-id", owner_id(scenario), "--region", "us-east-1"),
                    *("--start-time", "2025-01-12T00:00:00Z", "--end-time", "2025-01-29T00:00:00Z"),
                ],
                env=environment(s3=services.url, cloudtrail=url, organizations=url),
                capture_output=True,
                text=True,
                check=False,
                timeout=900,
            )

    mine = [key for key in objects(client) if f"/{owner_id(scenario)}/" in key]
    logs = [key for key in mine if "/CloudTrail/" in key]
    digests = len(mine) - len(logs)

    sound = validated()

    assert f"{digests}/{digests} digest files valid" in sound.stdout
    assert f"{len(logs)}/{len(logs)} log files valid" in sound.stdout
    assert (sound.returncode, sound.stderr) == (0, "")

    before = client.get_object(Bucket="trail-bucket", Key=logs[3])["Body"].read()
    changed = gzip.compress(gzip.decompress(before).replace(b"us-east-1", b"us-east-2"))
    client.put_object(Bucket="trail-bucket", Key=logs[3], Body=changed)
    try:
        tampered = validated()
        found = verify(run_at("s3://trail-bucket/runs/a", services.url))
    finally:
        client.put_object(Bucket="trail-bucket", Key=logs[3], Body=before)
    assert tampered.returncode == 1
    assert f"{len(logs) - 1}/{len(logs)} log files valid" in tampered.stdout
    assert [line for line in tampered.stderr.splitlines() if line] == [
        f"Log file\ts3://trail-bucket/{logs[3]}\tINVALID: hash value doesn't match"
    ]
    assert {finding.file for finding in found.findings} == {logs[3].removeprefix("runs/a/")}


@pytest.mark.usefixtures("credentials")
def test_a_bucket_is_verified_and_made_again(bucket, services):
    """By listing and reading it, and against the run made again."""
    report = verify(run_at("s3://trail-bucket/runs/a", services.url), options=Options(rerun=True))

    assert report.findings == ()
    assert report.is_again
    assert report.records == bucket[1].counts.records


@pytest.mark.usefixtures("credentials")
def test_obstore_reads_the_same(bucket, services):
    """With signatures as metadata of the digests."""
    import obstore  # noqa: PLC0415  # not there without its extra
    from obstore.store import S3Store  # noqa: PLC0415  # as above

    store = S3Store(
        "trail-bucket",
        prefix="runs/a",
        endpoint=services.url,
        client_options={"allow_http": True},
    )
    digests = [
        one["path"]
        for chunk in obstore.list(store, prefix="security")
        for one in chunk
        if "CloudTrail-Digest" in one["path"]
    ]

    told = obstore.get(store, digests[0]).attributes

    assert told["signature-algorithm"] == "SHA256withRSA"
    assert re.fullmatch(r"[0-9a-f]{512}", told["signature"])
    assert len(digests) == bucket[1].digest_files


def test_duckdb_reads_a_folder_of_log_files(bucket, tmp_path):
    """As anybody would: files by pattern, records unnested, truth joined by eventID."""
    duckdb = pytest.importorskip("duckdb")
    request, told, _ = bucket
    folder = tmp_path / "out"
    to = Destination(store_of(str(folder)), str(folder), folder=folder)
    deliver_run(request, to, signer=None)

    logs = duckdb.read_json(f"{folder}/security/AWSLogs/*/*/CloudTrail/**/*.json.gz")
    truth = duckdb.read_json(f"{folder}/truth.ndjson")
    rows = duckdb.sql("""
        with delivered as (select unnest(Records, max_depth := 2) from logs)
        select count(*), count(distinct d.eventID), count(distinct t.eventID)
        from delivered d left join truth t on t.eventID = d.eventID
    """).fetchall()
    del logs, truth

    # Named in the query.
    assert rows == [(told.records, told.counts.records, told.counts.records)]


@pytest.mark.usefixtures("credentials")
def test_a_queue_is_told_of_every_object(services):
    """With what S3 says, once an object is there; a reader can be driven by it."""
    sqs, s3 = services.client("sqs"), services.client("s3")
    url = sqs.create_queue(QueueName="trail")["QueueUrl"]
    request = a_request("files.every=30m")
    subscriber = subscriber_of(f"sqs+s3:{url}")
    trail = trail_of(request.scenario)
    sender = Sender(
        "trail-bucket", owner_id(request.scenario), "us-east-1", trail.key.child("notices")
    )

    deliver(
        "s3://trail-bucket/runs/told",
        services.url,
        request,
        notifications=notifications_to(subscriber, sender, endpoint=services.url),
    )

    told = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            told += [one["s3"]["object"] for one in json.loads(message["Body"])["Records"]]
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    there = [key for key in objects(s3, "runs/told/") if "AWSLogs" in key]
    assert sorted(one["key"] for one in told) == there
    for one in told[:5]:
        head = s3.head_object(Bucket="trail-bucket", Key=one["key"])
        assert (head["ContentLength"], head["ETag"].strip('"')) == (one["size"], one["eTag"])


@pytest.mark.usefixtures("credentials")
def test_an_upload_that_is_refused_ends_the_run_and_can_be_resumed(services):
    """What is there is whole; --resume writes the rest, and the bucket is that of one run."""
    s3 = services.client("s3")
    request = a_request("files.every=1h")
    deliver("s3://trail-bucket/runs/whole", services.url, request)

    with faulty(services.url) as wrong:
        wrong.always = Answer(403, "AccessDenied")
        wrong.matches = lambda method, path: method == "PUT" and "20250113T12" in path
        with pytest.raises(OutputError, match="AccessDenied"):
            deliver("s3://trail-bucket/runs/broken", wrong.url, request)
    assert "runs/broken/manifest.json" not in objects(s3, "runs/broken/")
    assert f"runs/broken/{UNFINISHED}" in objects(s3, "runs/broken/")

    deliver("s3://trail-bucket/runs/broken", services.url, request, handling=Handling(resume=True))

    def content(prefix):
        return {
            key.removeprefix(prefix): s3.get_object(Bucket="trail-bucket", Key=key)["Body"].read()
            for key in objects(s3, prefix)
            if "Digest" not in key and "AWSLogs" in key
        }

    assert content("runs/broken/") == content("runs/whole/")
    assert verify(run_at("s3://trail-bucket/runs/broken", services.url)).findings == ()
