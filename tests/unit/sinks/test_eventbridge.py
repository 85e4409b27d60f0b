"""Envelopes of EventBridge."""

from __future__ import annotations

import orjson
import pytest

from simulator.sinks.eventbridge import EventBridgeLines, source_of
from tests.forms import DROPPED, a_morning, every_flow, finished, written


def envelopes(plan, records):
    """Return what is written of records, as objects."""
    return [orjson.loads(line) for line in written(EventBridgeLines(plan), records)]


def test_an_envelope_is_written_around_the_record():
    """Member by member; the record follows as it is."""
    plan = a_morning()
    records = finished(plan)

    lines = written(EventBridgeLines(plan), records)

    assert len(lines) == 4
    assert lines[0] == (
        b'{"version":"0","id":"70377ae2-7d46-4cea-a046-9ba846b04acb",'
        b'"detail-type":"AWS Service Event via CloudTrail","source":"aws.signin",'
        b'"account":"777788889999","time":"2025-01-13T08:00:00Z","region":"eu-central-1",'
        b'"resources":[],"detail":' + records.batch.line(0) + b"}"
    )
    assert lines[3] == (
        b'{"version":"0","id":"ba603a94-d668-4e94-b3a2-840b9ec4f2b3",'
        b'"detail-type":"AWS API Call via CloudTrail","source":"aws.sso-directory",'
        b'"account":"777788889999","time":"2025-01-13T08:01:00Z","region":"eu-central-1",'
        b'"resources":[],"detail":' + records.batch.line(3) + b"}"
    )


@pytest.mark.parametrize(
    "settings", [{}, {"escapes": True}, {"eras": "pre-october-2024"}, {"eras": "post-january-2025"}]
)
def test_every_kind_has_the_envelope_of_the_definition(settings):
    """By columns as record by record."""
    plan = every_flow(**settings)
    records = finished(plan)
    sink = EventBridgeLines(plan)

    assert written(sink, records) == [
        sink.envelope(records.batch, place, line)[:-1]
        for place, line in enumerate(records.batch.lines)
    ]


def test_detail_type_follows_the_event_type():
    """As the User Guide lists them."""
    plan = every_flow()

    found = {
        (one["detail"]["eventType"], one["detail-type"]) for one in envelopes(plan, finished(plan))
    }

    assert found == {
        ("AwsApiCall", "AWS API Call via CloudTrail"),
        ("AwsConsoleSignIn", "AWS Console Sign In via CloudTrail"),
        ("AwsServiceEvent", "AWS Service Event via CloudTrail"),
    }


def test_ids_are_the_envelopes_own():
    """All different, and none is an eventID."""
    plan = every_flow()
    made = envelopes(plan, finished(plan))

    ids = {one["id"] for one in made}

    assert len(ids) == len(made)
    assert not ids & {one["detail"]["eventID"] for one in made}


def test_an_envelope_repeats_what_an_override_says():
    """Text is taken over, whatever it is."""
    plan = a_morning()
    records = finished(
        plan,
        {
            1: {
                "eventType": "AwsConsoleAction",
                "eventSource": "odd",
                "recipientAccountId": "x",
                "eventTime": "soon",
                "awsRegion": "",
            }
        },
    )

    [_, made, *_] = envelopes(plan, records)

    assert list(made.items())[2:8] == [
        ("detail-type", "AWS Console Action via CloudTrail"),
        ("source", "aws.odd"),
        ("account", "x"),
        ("time", "soon"),
        ("region", ""),
        ("resources", []),
    ]


@pytest.mark.parametrize("value", [DROPPED, None, 7, [], {}, True])
def test_an_envelope_says_what_the_record_should_have_said(value):
    """Where an override left no text to repeat."""
    plan = a_morning()
    names = ("eventType", "eventSource", "recipientAccountId", "eventTime", "awsRegion", "eventID")
    untouched = envelopes(plan, finished(plan))

    made = envelopes(plan, finished(plan, {2: dict.fromkeys(names, value)}))

    assert [{**one, "detail": None} for one in made] == [
        {**one, "detail": None} for one in untouched
    ]
    assert made[2]["detail"].get("eventID", DROPPED) == value


def test_an_event_type_that_nobody_knows_counts_as_a_call():
    """Only an override can make it."""
    plan = a_morning()

    made = envelopes(plan, finished(plan, {0: {"eventType": "AwsOddity"}}))

    assert made[0]["detail-type"] == "AWS API Call via CloudTrail"


@pytest.mark.parametrize(
    ("event_source", "source"),
    [
        ("signin.amazonaws.com", "aws.signin"),
        ("sso.amazonaws.com", "aws.sso"),
        ("sso-directory.amazonaws.com", "aws.sso-directory"),
        ("identitystore.amazonaws.com", "aws.identitystore"),
    ],
)
def test_the_source_is_named_after_the_event_source(event_source, source):
    """`aws.` and its first label."""
    assert source_of(event_source) == source
