"""Digest files of one stream, and which streams have them."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import orjson
import pytest

from simulator.delivery.digests import Chain, digested_streams, hour_of
from simulator.delivery.trail import Stream, trail_of
from simulator.primitives.instants import HOUR, MINUTE, SECOND, format_instant, parse_instant
from simulator.primitives.keys import Key
from simulator.scenario.library import read
from simulator.scenario.resolve import resolve
from tests.digests import OPENS, START, STREAM, a_log_file, a_signer, a_trail

pytest.importorskip("cryptography")

HEAD = """\
scenario: x
window: {start: 2025-01-10, days: 7}
organization:
  management_account: {name: management, id: "111111111111"}
  accounts:
    - {name: audit, id: "222222222222"}
    - {name: prod, id: "333333333333"}
"""

FOLDER = "AWSLogs/111122223333/CloudTrail-Digest/eu-central-1/2025/01/13/"


def a_chain(trail=None, *, backfills=False) -> Chain:
    """Return a chain without files."""
    return Chain(trail or a_trail(), STREAM, a_signer(), START, backfills=backfills)


def closed(chain: Chain, hours: int) -> list[dict]:
    """Return what the digests of so many hours since the beginning say."""
    return [orjson.loads(digest.content) for digest in chain.until(OPENS + hours * HOUR)]


def listed(digest: dict) -> list[str]:
    """Return the keys of the files that a digest lists."""
    return [file["s3Object"] for file in digest["logFiles"]]


def test_hours_begin_at_a_minute_and_second_of_the_trail():
    """The hour of an instant begins with it or up to an hour before."""
    trail = a_trail()

    assert format_instant(hour_of(trail, START)) == "2025-01-13T07:58:26Z"
    assert hour_of(trail, OPENS) == OPENS
    assert hour_of(trail, OPENS - 1) == OPENS - HOUR
    assert hour_of(trail, OPENS + HOUR - 1) == OPENS


def test_trails_have_hours_of_their_own():
    """In CloudTrail's examples they begin at 01:31."""
    phases = {
        hour_of(a_trail(key=Key.root(seed).child("trail")), START) % HOUR for seed in range(50)
    }

    assert len(phases) > 40
    assert {phase % SECOND for phase in phases} == {0}


def test_the_first_digest_has_none_before_it():
    """Members come in CloudTrail's order; times are those of its files' records."""
    trail = a_trail()
    chain = a_chain(trail)
    file, _ = a_log_file(trail, START + 5 * MINUTE)
    chain.add(file)

    (digest,) = chain.until(OPENS + HOUR)

    key = FOLDER + (
        "111122223333_CloudTrail-Digest_eu-central-1_audit_eu-central-1_20250113T085826Z.json.gz"
    )
    assert digest.key == key
    assert digest.content == (
        b'{"awsAccountId":"111122223333",'
        b'"digestStartTime":"2025-01-13T07:58:26Z",'
        b'"digestEndTime":"2025-01-13T08:58:26Z",'
        b'"digestS3Bucket":"audit-111122223333",'
        b'"digestS3Object":"' + key.encode() + b'",'
        b'"digestPublicKeyFingerprint":"9000bc1d7c046c453f9029d3fb4647be",'
        b'"digestSignatureAlgorithm":"SHA256withRSA",'
        b'"newestEventTime":"2025-01-13T08:02:00Z",'
        b'"oldestEventTime":"2025-01-13T07:57:00Z",'
        b'"previousDigestS3Bucket":null,'
        b'"previousDigestS3Object":null,'
        b'"previousDigestHashValue":null,'
        b'"previousDigestHashAlgorithm":null,'
        b'"previousDigestSignature":null,'
        b'"logFiles":[{"s3Bucket":"audit-111122223333",'
        b'"s3Object":"' + file.key.encode() + b'",'
        b'"hashValue":"' + file.content_sha256.encode() + b'",'
        b'"hashAlgorithm":"SHA-256",'
        b'"newestEventTime":"2025-01-13T08:02:00Z",'
        b'"oldestEventTime":"2025-01-13T07:57:00Z"}]}'
    )
    assert (digest.ends_at, digest.delivered_at) == (OPENS + HOUR, OPENS + HOUR)
    assert (digest.first, digest.last) == (file.first, file.last)


def test_a_digest_signs_its_time_its_place_its_hash_and_the_signature_before():
    """Four lines; the first of a chain has the word null as its last."""
    first, second = a_chain().until(OPENS + 2 * HOUR)

    for digest, ends, before in (
        (first, "2025-01-13T08:58:26Z", "null"),
        (second, "2025-01-13T09:58:26Z", first.metadata["signature"]),
    ):
        content_sha256 = hashlib.sha256(digest.content).hexdigest()
        text = f"{ends}\naudit-111122223333/{digest.key}\n{content_sha256}\n{before}"
        assert digest.metadata == {
            "signature": a_signer().sign(text.encode()),
            "signature-algorithm": "SHA256withRSA",
        }


def test_a_digest_tells_of_the_one_before():
    """Its place, its hash and its signature."""
    first, second = a_chain().until(OPENS + 2 * HOUR)

    told = {
        name: value
        for name, value in orjson.loads(second.content).items()
        if name.startswith("previous")
    }
    assert told == {
        "previousDigestS3Bucket": "audit-111122223333",
        "previousDigestS3Object": first.key,
        "previousDigestHashValue": hashlib.sha256(first.content).hexdigest(),
        "previousDigestHashAlgorithm": "SHA-256",
        "previousDigestSignature": first.metadata["signature"],
    }


def test_an_hour_without_files_has_a_digest():
    """It lists none and knows no times, and the chain has no hole."""
    digests = closed(a_chain(), 3)

    assert [digest["logFiles"] for digest in digests] == [[], [], []]
    assert {(digest["newestEventTime"], digest["oldestEventTime"]) for digest in digests} == {
        (None, None)
    }
    assert [digest["digestStartTime"][11:] for digest in digests] == [
        *("07:58:26Z", "08:58:26Z", "09:58:26Z")
    ]


def test_an_hour_is_closed_when_it_is_over():
    """Not a millisecond before, and once."""
    chain = a_chain()

    assert list(chain.until(OPENS + HOUR - 1)) == []
    assert len(list(chain.until(OPENS + HOUR))) == 1
    assert list(chain.until(OPENS + HOUR)) == []


def test_a_file_of_an_hours_end_is_in_the_next_hour():
    """An hour has its first instant and not its last."""
    trail = a_trail()
    chain = a_chain(trail)
    files = [a_log_file(trail, OPENS + HOUR + by)[0] for by in (-1, 0)]
    for file in files:
        chain.add(file)

    assert [listed(digest) for digest in closed(chain, 2)] == [[files[0].key], [files[1].key]]


def test_a_digest_has_the_times_of_all_its_files():
    """The newest of all and the oldest of all, whichever file has them."""
    trail = a_trail()
    chain = a_chain(trail)
    one, _ = a_log_file(trail, START + 10 * MINUTE)
    chain.add(replace(one, first=one.first - HOUR, last=one.last - HOUR))
    chain.add(a_log_file(trail, START + 5 * MINUTE)[0])

    (digest,) = closed(chain, 1)

    assert digest["oldestEventTime"] == "2025-01-13T07:02:00Z"
    assert digest["newestEventTime"] == "2025-01-13T08:02:00Z"


def test_files_are_listed_in_order_of_delivery():
    """In whatever order they are added."""
    trail = a_trail()
    files = [
        a_log_file(trail, START + minute * MINUTE, nth=nth)[0]
        for minute, nth in ((5, 0), (5, 1), (10, 0))
    ]

    for order in ((0, 1, 2), (2, 1, 0), (1, 2, 0)):
        chain = a_chain(trail)
        for position in order:
            chain.add(files[position])
        (digest,) = closed(chain, 1)
        assert listed(digest) == [*sorted(file.key for file in files[:2]), files[2].key]


def test_without_backfills_a_late_file_is_in_the_hour_in_which_it_came():
    """Digests list what was delivered, not what happened."""
    trail = a_trail()
    chain = a_chain(trail)
    file, _ = a_log_file(trail, START + 2 * HOUR, late_by=HOUR + 30 * MINUTE)
    chain.add(file)

    assert [listed(digest) for digest in closed(chain, 3)] == [[], [], [file.key]]


def test_a_late_file_is_in_a_backfill_of_the_hour_it_was_meant_for():
    """The digest of its hour is long in the bucket, and that of the hour it came leaves it out."""
    trail = a_trail()
    chain = a_chain(trail, backfills=True)
    file, _ = a_log_file(trail, START + 2 * HOUR, late_by=HOUR + 30 * MINUTE)
    chain.add(file)

    *hours, backfill = chain.until(OPENS + 3 * HOUR)

    assert [listed(orjson.loads(digest.content)) for digest in hours] == [[], [], []]
    assert backfill.key == FOLDER + (
        "111122223333_CloudTrail-Digest_eu-central-1_audit_eu-central-1_"
        "20250113T085826Z_backfill.json.gz"
    )
    content = orjson.loads(backfill.content)
    assert listed(content) == [file.key]
    assert content["digestStartTime"] == "2025-01-13T07:58:26Z"
    assert content["digestEndTime"] == "2025-01-13T08:58:26Z"
    assert content["previousDigestS3Object"] is None
    assert backfill.metadata["backfill-generation-timestamp"] == "2025-01-13T10:58:26Z"
    assert (backfill.ends_at, backfill.delivered_at) == (OPENS + HOUR, OPENS + 3 * HOUR)


def test_backfills_are_a_chain_of_their_own():
    """One for each hour of an outage, each linked to the one before."""
    trail = a_trail()
    chain = a_chain(trail, backfills=True)
    for nth, late in enumerate((30, 90, 100, 150)):
        chain.add(a_log_file(trail, START + 3 * HOUR, nth=nth, late_by=late * MINUTE)[0])

    *_, last, first, second, third = chain.until(OPENS + 4 * HOUR)

    assert orjson.loads(last.content)["logFiles"] == []
    contents = [orjson.loads(digest.content) for digest in (first, second, third)]
    assert [len(listed(content)) for content in contents] == [1, 2, 1]
    assert [content["previousDigestSignature"] for content in contents] == [
        None,
        first.metadata["signature"],
        second.metadata["signature"],
    ]


def test_an_hour_has_one_backfill_at_most():
    """What comes later still is listed in the hour in which it came."""
    trail = a_trail()
    chain = a_chain(trail, backfills=True)
    once, _ = a_log_file(trail, START + HOUR, late_by=30 * MINUTE)
    again, _ = a_log_file(trail, START + 2 * HOUR, late_by=85 * MINUTE)
    chain.add(once)
    chain.add(again)

    digests = closed(chain, 3)

    assert [listed(digest) for digest in digests] == [[], [], [once.key], [again.key]]
    assert [digest["digestS3Object"].endswith("_backfill.json.gz") for digest in digests] == [
        *(False, False, True, False)
    ]


def test_what_was_due_before_the_chain_has_no_backfill():
    """A backfill is of an hour of the chain."""
    trail = a_trail()
    chain = a_chain(trail, backfills=True)
    file, _ = a_log_file(trail, START + 5 * MINUTE, late_by=HOUR)
    chain.add(file)

    (digest,) = closed(chain, 1)

    assert listed(digest) == [file.key]


def test_a_file_that_is_late_within_its_hour_is_in_time():
    """Its hour is still open when it comes."""
    trail = a_trail()
    chain = a_chain(trail, backfills=True)
    file, _ = a_log_file(trail, START + 30 * MINUTE, late_by=20 * MINUTE)
    chain.add(file)

    (digest,) = closed(chain, 1)

    assert listed(digest) == [file.key]


def test_a_file_of_a_closed_hour_is_a_mistake():
    """It would be in no digest."""
    chain = a_chain()
    list(chain.until(OPENS + HOUR))

    with pytest.raises(AssertionError, match="its hour is closed"):
        chain.add(a_log_file(a_trail(), OPENS + HOUR - 1)[0])


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("trail: {digests: none}", []),
        ("", ["111111111111 us-east-1"]),
        (
            "instance: {region: eu-west-1}\ntrail: {home_region: us-east-1}",
            ["111111111111 eu-west-1"],
        ),
        (
            "trail: {digests: all, regions: [eu-west-1, us-east-1]}",
            [
                "111111111111 us-east-1",
                "111111111111 eu-west-1",
                "222222222222 us-east-1",
                "222222222222 eu-west-1",
                "333333333333 us-east-1",
                "333333333333 eu-west-1",
            ],
        ),
        (
            "trail: {digests: all, kind: account, home_region: eu-west-1}",
            ["111111111111 us-east-1", "111111111111 eu-west-1"],
        ),
        (
            "instance: {kind: account, account: prod}\ntrail: {digests: all}",
            ["333333333333 us-east-1"],
        ),
        (
            "trail: {digests: all, kind: account, multi_region: false}",
            ["111111111111 us-east-1"],
        ),
    ],
)
def test_streams_have_digests_as_the_scenario_says(said, expected):
    """Accounts of the organization, the instance's first; Regions in the order they are said."""
    scenario = resolve(read(f"{HEAD}{said}\n", "f"))

    assert [
        f"{stream.account} {stream.region}" for stream in digested_streams(scenario)
    ] == expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("organization", ["111111111111", "222222222222"]), ("account", ["111111111111"])],
)
def test_a_delegated_administrator_has_digests_of_an_organization_trail(kind, expected):
    """Its account may have records, too."""
    said = HEAD.replace("organization:\n", "organization:\n  delegated_administrator: audit\n")
    scenario = resolve(read(f"{said}trail: {{kind: {kind}}}\n", "f"))

    assert digested_streams(scenario) == tuple(Stream(account, "us-east-1") for account in expected)


def test_an_account_that_becomes_a_delegated_administrator_has_digests():
    """A storyline that registers one lets records go to it."""
    said = (
        f"{HEAD}administrators: [{{name: ana}}]\n"
        "storyline:\n"
        "  - {at: 2025-01-10T01:00:00Z, admin: ana, does: register-delegated-administrator,"
        " account: audit}\n"
    )
    streams = digested_streams(resolve(read(said, "f")))

    assert [stream.account for stream in streams] == ["111111111111", "222222222222"]


def test_hours_of_a_scenario_depend_on_its_seed():
    """As all that is drawn."""
    at = parse_instant("2025-01-10T00:00:00Z")
    scenario = resolve(read(HEAD, "f"))

    assert format_instant(hour_of(trail_of(scenario), at)) == "2025-01-09T23:58:26Z"
