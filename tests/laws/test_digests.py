"""Law 10, of digests: the chain verifies, and nothing can be changed without it being seen."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.delivery.digests import Chain
from simulator.delivery.trail import Stream
from simulator.primitives.instants import HOUR, MINUTE, SECOND
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
    faults,
    log_keys,
    stored,
)

pytest.importorskip("cryptography")
pytestmark = pytest.mark.laws

HOURS = 6
ORGANIZATION = a_trail(organization="o-exampleorgid", prefix="security/")

trails = st.sampled_from([a_trail(), ORGANIZATION])
# Hour's ends are on the grid of seconds: files at them, and between.
deliveries = st.lists(
    st.tuples(
        st.integers(0, (OPENS + HOURS * HOUR - START) // SECOND - 1).map(lambda s: s * SECOND)
        | st.integers(1, HOURS - 1).map(lambda hours: OPENS + hours * HOUR - START),
        st.just(0) | st.integers(1, 4 * 60).map(lambda minutes: minutes * MINUTE),
    ),
    max_size=8,
)


def files_of(trail, deliveries):
    """Return log files delivered so long after the beginning, and so much later than due."""
    return [
        a_log_file(trail, START + at, nth=nth, late_by=late_by)
        for nth, (at, late_by) in enumerate(deliveries)
    ]


def public_pem() -> bytes:
    """Return the key that buckets are verified with."""
    return a_signer().public_pem


@given(trail=trails, deliveries=deliveries, backfills=st.booleans())
def test_the_chain_verifies(trail, deliveries, backfills):
    """Every digest is signed and linked, and lists every file once, as it is."""
    bucket = a_bucket(trail, files_of(trail, deliveries), HOURS, backfills=backfills)

    assert len(digest_keys(bucket)) == HOURS
    assert len(log_keys(bucket)) == len(deliveries)
    assert faults(bucket, public_pem()) == []


@given(
    deliveries=deliveries,
    backfills=st.booleans(),
    cuts=st.lists(st.integers(0, HOURS * HOUR), max_size=5),
)
def test_cuts_do_not_show(deliveries, backfills, cuts):
    """Hours may be closed one by one or all at once, as files come."""
    trail = a_trail()
    files = files_of(trail, deliveries)
    chain = Chain(trail, STREAM, a_signer(), START, backfills=backfills)
    digests = []
    begin = 0
    for cut in [*sorted(OPENS + cut for cut in cuts), OPENS + HOURS * HOUR]:
        for file, _ in files:
            if begin <= file.delivered_at < cut:
                chain.add(file)
        digests += chain.until(cut)
        begin = cut

    whole = a_bucket(trail, files, HOURS, backfills=backfills)
    assert {digest.key: stored(digest) for digest in digests} == {
        key: it for key, it in whole.items() if key not in log_keys(whole)
    }


def test_streams_have_chains_of_their_own():
    """Two accounts and two Regions in one bucket."""
    streams = [
        Stream(account, region)
        for account in ("111122223333", "444455556666")
        for region in ("eu-central-1", "us-east-1")
    ]
    bucket = {}
    for stream in streams:
        file = a_log_file(ORGANIZATION, START + 5 * MINUTE, stream=stream)
        bucket |= a_bucket(ORGANIZATION, [file], 3, stream=stream)

    assert len(bucket) == 4 * (3 + 1)
    assert faults(bucket, public_pem()) == []


# ---- Negative controls: what is done to a bucket is seen, and where it was done ----------


@pytest.fixture
def bucket():
    """Give four hours, of which the third has no file and the first a late one."""
    trail = a_trail()
    files = files_of(
        trail, [(5 * MINUTE, 0), (70 * MINUTE, 0), (185 * MINUTE, 0), (190 * MINUTE, 150 * MINUTE)]
    )
    return a_bucket(trail, files, 4, backfills=True)


def last_part(key):
    """Return what faults name."""
    return key.rpartition("/")[2]


def test_a_changed_log_file_is_seen(bucket):
    """One digit of one record."""
    key = log_keys(bucket)[0]
    bucket[key] = Stored(bucket[key].content.replace(b'"nth":0', b'"nth":1'), {})

    assert faults(bucket, public_pem()) == [
        f"{last_part(digest_keys(bucket)[0])}: hash of {last_part(key)}"
    ]


def test_a_removed_log_file_is_seen(bucket):
    """A late one, which a backfill lists."""
    (backfill,) = digest_keys(bucket, backfills=True)
    key = orjson.loads(bucket[backfill].content)["logFiles"][0]["s3Object"]
    del bucket[key]

    assert faults(bucket, public_pem()) == [f"{last_part(backfill)}: no file {last_part(key)}"]


def test_an_added_log_file_is_seen(bucket):
    """No digest lists it."""
    file, content = a_log_file(a_trail(), START + 20 * MINUTE)
    bucket[file.key] = content

    assert faults(bucket, public_pem()) == [f"{last_part(file.key)}: listed 0 times"]


def test_a_removed_digest_is_seen(bucket):
    """The next one tells of it."""
    _, key, after, _ = digest_keys(bucket)
    (file,) = orjson.loads(bucket[key].content)["logFiles"]
    del bucket[key]

    assert faults(bucket, public_pem()) == [
        f"{last_part(after)}: previousDigestS3Object",
        f"{last_part(after)}: previousDigestHashValue",
        f"{last_part(after)}: previousDigestSignature",
        f"{last_part(after)}: a hole before it",
        f"{last_part(file['s3Object'])}: listed 0 times",
    ]


def test_a_changed_digest_is_seen(bucket):
    """A file is left out of what it lists."""
    key, after, *_ = digest_keys(bucket)
    content = orjson.loads(bucket[key].content)
    (file,) = content["logFiles"]
    del bucket[file["s3Object"]]
    content["logFiles"] = []
    bucket[key] = replace(bucket[key], content=orjson.dumps(content))

    assert faults(bucket, public_pem()) == [
        f"{last_part(key)}: signature",
        f"{last_part(after)}: previousDigestHashValue",
    ]


def test_a_digest_signed_with_another_key_is_seen(bucket):
    """Whoever changes a digest has no key to sign it with."""
    keys = digest_keys(bucket)
    others = a_bucket(a_trail(), [], 4, signer=a_signer(3))
    bucket[keys[2]] = replace(bucket[keys[2]], metadata=others[keys[2]].metadata)

    assert faults(bucket, public_pem()) == [
        f"{last_part(keys[2])}: signature",
        f"{last_part(keys[3])}: previousDigestSignature",
    ]


def test_swapped_digests_are_seen(bucket):
    """Each is true but for its place."""
    first, second, third, _ = digest_keys(bucket)
    bucket[first], bucket[second] = bucket[second], bucket[first]

    found = faults(bucket, public_pem())

    assert f"{last_part(first)}: was moved" in found
    assert f"{last_part(second)}: was moved" in found
    assert f"{last_part(first)}: the first has one before it" in found
    assert f"{last_part(third)}: previousDigestSignature" in found


def test_a_whole_chain_of_another_key_is_seen(bucket):
    """Links agree among themselves, and the public key does not."""
    assert {what.rpartition(": ")[2] for what in faults(bucket, a_signer(3).public_pem)} == {
        "signature"
    }
    assert len(faults(bucket, a_signer(3).public_pem)) == 5
