"""`aws cloudtrail validate-logs`, the real one, reads the digest files and believes them.

It exits with 0 when it finds no digests, so that what it counts is compared. It follows
links from the last digest back, and cannot miss the last one itself.
"""

from __future__ import annotations

import gzip
import subprocess
from dataclasses import dataclass, replace

import pytest

from simulator.delivery.trail import Stream
from simulator.primitives.instants import HOUR, MINUTE, format_instant
from tests.digests import (
    OPENS,
    START,
    STREAM,
    Stored,
    a_bucket,
    a_log_file,
    a_signer,
    a_trail,
    digest_keys,
    log_keys,
)
from tests.services.aws import aws_command, environment, json_service, key_listing

pytest.importorskip("cryptography")
pytest.importorskip("boto3")

HOURS = 4
REGION = ("--region", STREAM.region)
ORGANIZATION = "o-exampleorgid"
MEMBER = Stream("444455556666", "us-east-1")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the command says."""

    status: int
    counts: list[str]
    """The lines that say how many files are valid."""
    faults: list[str]
    """What it says of single files: bucket, key and what is wrong, without the bucket."""


@pytest.fixture(scope="session")
def put(s3):
    """Give a function that puts objects into the bucket of `a_trail`, digests with metadata."""
    client = s3.client()
    client.create_bucket(Bucket=a_trail().bucket)

    def put(objects: dict[str, Stored]) -> None:
        for key, it in objects.items():
            client.put_object(
                Bucket=a_trail().bucket,
                Key=key,
                Body=gzip.compress(it.content, mtime=0),
                Metadata=dict(it.metadata),
            )

    return put


@pytest.fixture(scope="session")
def validate(s3):
    """Give a function that runs the command on the bucket."""
    aws = aws_command()
    answers = {
        "ListPublicKeys": key_listing(a_signer().public_keys(OPENS, OPENS + HOURS * HOUR)),
        "DescribeTrails": lambda _: {
            "trailList": [
                {
                    "TrailARN": "arn:aws:cloudtrail:eu-central-1:111122223333:trail/audit",
                    "S3BucketName": a_trail().bucket,
                    "S3KeyPrefix": "organization",
                    "IsOrganizationTrail": True,
                }
            ]
        },
        "DescribeOrganization": lambda _: {"Organization": {"Id": ORGANIZATION}},
    }

    def validate(*options: str) -> Verdict:
        done = subprocess.run(  # noqa: S603  # the command of this environment
            [
                *(aws, "cloudtrail", "validate-logs"),
                *("--trail-arn", "arn:aws:cloudtrail:eu-central-1:111122223333:trail/audit"),
                *("--start-time", format_instant(OPENS)),
                *("--end-time", format_instant(OPENS + HOURS * HOUR)),
                *options,
            ],
            env=environment(s3=s3.url, cloudtrail=url, organizations=url),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        return Verdict(
            done.returncode,
            [line for line in done.stdout.splitlines() if line.endswith((" valid", " INVALID"))],
            [
                line.replace(f"s3://{a_trail().bucket}/", "")
                for line in done.stderr.splitlines()
                if line
            ],
        )

    with json_service(answers) as url:
        yield validate


def log_files(trail, stream=STREAM):
    """Return a file of each hour but the third, and two of the fourth that are hours late.

    The second comes at the instant at which the first hour ends.
    """
    return [
        a_log_file(trail, at, nth=nth, late_by=late_by, stream=stream)
        for nth, (at, late_by) in enumerate(
            (
                (START + 5 * MINUTE, 0),
                (OPENS + HOUR, 0),
                (START + 185 * MINUTE, 0),
                (START + 190 * MINUTE, 130 * MINUTE),
                (START + 190 * MINUTE, 180 * MINUTE),
            )
        )
    ]


def test_a_trail_of_one_account_is_valid(put, validate):
    """With backfills: their digests are counted apart."""
    trail = a_trail(prefix="account/")
    put(a_bucket(trail, log_files(trail), HOURS, backfills=True))

    assert validate("--s3-bucket", trail.bucket, "--s3-prefix", "account", *REGION) == Verdict(
        0,
        ["4/4 digest files valid", "2/2 backfill digest files valid", "5/5 log files valid"],
        [],
    )


def test_a_trail_of_an_organization_is_valid(put, validate):
    """Without backfills, of a member account in a Region that is not the trail's home.

    The command asks CloudTrail for the prefix and Organizations for the organization.
    """
    trail = a_trail(prefix="organization/", organization=ORGANIZATION)
    for stream in (STREAM, MEMBER):
        put(a_bucket(trail, log_files(trail, stream), HOURS, stream=stream))

    assert validate("--account-id", MEMBER.account, "--region", MEMBER.region) == Verdict(
        0, ["4/4 digest files valid", "5/5 log files valid"], []
    )


def change_a_log_file(bucket: dict[str, Stored]) -> str:
    """Write another number into a record."""
    key = log_keys(bucket)[0]
    bucket[key] = Stored(bucket[key].content.replace(b'"nth":0', b'"nth":7'), {})
    return f"Log file\t{key}\tINVALID: hash value doesn't match"


def remove_a_log_file(bucket: dict[str, Stored]) -> str:
    """Remove a late one, which a backfill lists."""
    backfill, _ = digest_keys(bucket, backfills=True)
    (key,) = (key for key in log_keys(bucket) if key.encode() in bucket[backfill].content)
    del bucket[key]
    return f"Log file\t{key}\tINVALID: not found"


def sign_a_digest_anew(bucket: dict[str, Stored]) -> str:
    """Sign what a digest says with a key that CloudTrail does not list."""
    key = digest_keys(bucket)[2]
    trail = a_trail(prefix="sign_a_digest_anew/")
    other = a_bucket(trail, [], HOURS, signer=a_signer(3))[key]
    bucket[key] = replace(bucket[key], metadata=other.metadata)
    return f"Digest file\t{key}\tINVALID: signature verification failed"


def remove_a_digest(bucket: dict[str, Stored]) -> str:
    """Remove that of the hour without files."""
    key = digest_keys(bucket)[2]
    del bucket[key]
    return f"Digest file\t{key}\tINVALID: not found"


def change_a_backfill(bucket: dict[str, Stored]) -> str:
    """Add a line end, which no JSON reader minds."""
    key, _ = digest_keys(bucket, backfills=True)
    bucket[key] = replace(bucket[key], content=bucket[key].content + b"\n")
    return f"(backfill) Digest file\t{key}\tINVALID: signature verification failed"


@pytest.mark.parametrize(
    ("damage", "counts"),
    [
        (change_a_log_file, "4/4 2/2 4/5"),
        (remove_a_log_file, "4/4 2/2 4/5"),
        (sign_a_digest_anew, "3/4 2/2 5/5"),
        (remove_a_digest, "3/4 2/2 5/5"),
        (change_a_backfill, "4/4 1/2 4/4"),
    ],
)
def test_what_is_damaged_is_named_and_nothing_else(put, validate, damage, counts):
    """Negative controls: the file, what is wrong with it, and how many are left.

    Of digests, backfill digests and log files; files that only a bad digest lists are not
    looked at.
    """
    trail = a_trail(prefix=f"{damage.__name__}/")
    bucket = a_bucket(trail, log_files(trail), HOURS, backfills=True)
    fault = damage(bucket)
    put(bucket)

    verdict = validate("--s3-bucket", trail.bucket, "--s3-prefix", damage.__name__, *REGION)

    assert verdict.status == 1
    assert verdict.faults == [fault]
    assert [line.split()[0] for line in verdict.counts] == counts.split()
