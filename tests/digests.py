"""Trails, log files and keys for tests of digest files, and a verifier that is not ours.

The verifier is written after AWS's "Custom implementations of CloudTrail log file integrity
validation" and shares nothing with the package.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Final

import orjson

from simulator.delivery.digests import Chain, LoggedFile
from simulator.delivery.signing import drawn_signer
from simulator.delivery.trail import Stream, Trail
from simulator.primitives.instants import HOUR, MINUTE, format_instant, parse_instant
from simulator.primitives.keys import Key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from simulator.delivery.digests import Digest
    from simulator.delivery.signing import Signer

STREAM: Final = Stream("111122223333", "eu-central-1")

START: Final = parse_instant("2025-01-13T08:00:00Z")
"""When the first of a test's files may come."""

OPENS: Final = parse_instant("2025-01-13T07:58:26Z")
"""Where the hour of `a_trail` begins that `START` is in."""


@lru_cache
def a_signer(seed: int = 5) -> Signer:
    """Return a key that is drawn once: from these seeds it takes a third of a second."""
    return drawn_signer(seed)


def a_trail(**changes) -> Trail:
    """Return a trail of one account; its hours begin at 58 minutes and 26 seconds."""
    trail = Trail(
        name="audit",
        bucket="audit-111122223333",
        prefix="",
        organization=None,
        home_region="eu-central-1",
        key=Key.root(0).child("trail"),
    )
    return replace(trail, **changes)


@dataclass(frozen=True, slots=True)
class Stored:
    """An object in a bucket, uncompressed."""

    content: bytes
    metadata: Mapping[str, str]


def a_log_file(
    trail: Trail,
    delivered_at: int,
    *,
    nth: int = 0,
    late_by: int = 0,
    stream: Stream = STREAM,
) -> tuple[LoggedFile, Stored]:
    """Return a log file of two records, eight and three minutes older than when it was due."""
    due = delivered_at - late_by
    first, last = due - 8 * MINUTE, due - 3 * MINUTE
    times = [format_instant(last), format_instant(first)]
    content = orjson.dumps({"Records": [{"eventTime": time, "nth": nth} for time in times]})
    file = LoggedFile(
        key=trail.log_file(stream, due, delivered_at, nth),
        content_sha256=hashlib.sha256(content).hexdigest(),
        first=first,
        last=last,
        delivered_at=delivered_at,
        due_at=due if late_by else None,
    )
    return file, Stored(content, {})


def stored(digest: Digest) -> Stored:
    """Return a digest as the bucket holds it."""
    return Stored(digest.content, digest.metadata)


def a_bucket(
    trail: Trail,
    files: Iterable[tuple[LoggedFile, Stored]],
    hours: int,
    *,
    stream: Stream = STREAM,
    backfills: bool = False,
    signer: Signer | None = None,
) -> dict[str, Stored]:
    """Return log files and their digests of so many hours."""
    chain = Chain(trail, stream, signer or a_signer(), START, backfills=backfills)
    bucket = {}
    for file, content in files:
        chain.add(file)
        bucket[file.key] = content
    bucket |= {digest.key: stored(digest) for digest in chain.until(OPENS + hours * HOUR)}
    return bucket


def digest_keys(bucket: Mapping[str, Stored], *, backfills: bool = False) -> list[str]:
    """Return the keys of the digests of hours, or of backfills, in order of time."""
    return sorted(
        key
        for key in bucket
        if "/CloudTrail-Digest/" in key and key.endswith("_backfill.json.gz") is backfills
    )


def log_keys(bucket: Mapping[str, Stored]) -> list[str]:
    """Return the keys of log files, in order of name."""
    return sorted(key for key in bucket if "/CloudTrail/" in key)


def faults(bucket: Mapping[str, Stored], public_pem: bytes) -> list[str]:
    """Return what is wrong with a bucket, a line each: the key's last part and what it is."""
    found = []
    listed: list[str] = []
    for backfills in (False, True):
        for _, keys in groupby(digest_keys(bucket, backfills=backfills), _folder):
            chain = [(key, orjson.loads(bucket[key].content)) for key in keys]
            before = None
            for key, digest in chain:
                listed += [file["s3Object"] for file in digest["logFiles"]]
                found += [
                    f"{_name(key)}: {what}"
                    for what in (
                        *_faults_of_digest(bucket, key, digest, public_pem),
                        *_faults_of_link(bucket, before, digest, has_holes=backfills),
                    )
                ]
                before = (key, digest)
    return found + [
        f"{_name(key)}: listed {listed.count(key)} times"
        for key in log_keys(bucket)
        if listed.count(key) != 1
    ]


def _name(key: str) -> str:
    return key.rpartition("/")[2]


def _folder(key: str) -> str:
    """Return what tells streams apart: account and Region, without the day."""
    return key.rsplit("/", 4)[0]


def _faults_of_digest(
    bucket: Mapping[str, Stored], key: str, digest: dict, public_pem: bytes
) -> Iterator[str]:
    metadata = bucket[key].metadata
    if digest["digestS3Object"] != key:
        yield "was moved"
    if metadata["signature-algorithm"] != digest["digestSignatureAlgorithm"]:
        yield "two algorithms"
    signed = (
        f"{digest['digestEndTime']}\n{digest['digestS3Bucket']}/{digest['digestS3Object']}\n"
        f"{hashlib.sha256(bucket[key].content).hexdigest()}\n"
        f"{digest['previousDigestSignature'] or 'null'}"
    )
    if not _is_signature(metadata["signature"], signed.encode(), public_pem):
        yield "signature"
    times = []
    for file in digest["logFiles"]:
        log = bucket.get(file["s3Object"])
        if log is None:
            yield f"no file {_name(file['s3Object'])}"
        elif hashlib.sha256(log.content).hexdigest() != file["hashValue"]:
            yield f"hash of {_name(file['s3Object'])}"
        else:
            own = sorted(record["eventTime"] for record in orjson.loads(log.content)["Records"])
            if [own[0], own[-1]] != [file["oldestEventTime"], file["newestEventTime"]]:
                yield f"times of {_name(file['s3Object'])}"
            times += own
    if times and [min(times), max(times)] != [digest["oldestEventTime"], digest["newestEventTime"]]:
        yield "times"


def _faults_of_link(
    bucket: Mapping[str, Stored], before: tuple[str, dict] | None, digest: dict, *, has_holes: bool
) -> Iterator[str]:
    names = ("previousDigestS3Object", "previousDigestHashValue", "previousDigestSignature")
    told = tuple(digest[name] for name in names)
    if before is None:
        if told != (None, None, None):
            yield "the first has one before it"
        return
    key, previous = before
    metadata = bucket[key].metadata
    true = (key, hashlib.sha256(bucket[key].content).hexdigest(), metadata["signature"])
    yield from (f"{name}" for name, a, b in zip(names, told, true, strict=True) if a != b)
    if not has_holes and previous["digestEndTime"] != digest["digestStartTime"]:
        yield "a hole before it"


def _is_signature(signature: str, text: bytes, public_pem: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415  # an extra
    from cryptography.hazmat.primitives.asymmetric import padding  # noqa: PLC0415
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_public_key  # noqa: PLC0415

    try:
        load_pem_public_key(public_pem).verify(
            bytes.fromhex(signature), text, padding.PKCS1v15(), SHA256()
        )
    except InvalidSignature:
        return False
    return True
