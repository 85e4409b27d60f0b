"""Payloads of a CloudWatch Logs subscription."""

from __future__ import annotations

from itertools import pairwise

import orjson
import pytest

from simulator.delivery.trail import Stream
from simulator.flows import FLOWS
from simulator.plan.episodes import block_of
from simulator.primitives.instants import MINUTE, SECOND
from simulator.scenario import library
from simulator.scenario.resolve import resolve
from simulator.sinks import cloudwatch
from simulator.sinks.cloudwatch import LogEventLines, LogGroup, Payloads, log_event_id
from tests.builders import ACCOUNT, START, a_plan, a_row
from tests.forms import DROPPED, Heap, a_morning, finished, from_payloads, written

GROUP = LogGroup(ACCOUNT, "o-exampleorgid", "aws-cloudtrail-logs-777788889999-0a1b2c3d")
HEAD = (
    b'{"messageType":"DATA_MESSAGE","owner":"777788889999",'
    b'"logGroup":"aws-cloudtrail-logs-777788889999-0a1b2c3d",'
    b'"logStream":"o-exampleorgid_777788889999_CloudTrail_eu-central-1",'
    b'"subscriptionFilters":["cloudtrail"],"logEvents":['
)


def payloads(plan, records, group=GROUP):
    """Return the payloads of records, line by line."""
    heap = Heap()
    gathering = Payloads(heap)
    for piece in LogEventLines(plan, group).of(records):
        gathering.write(piece)
    gathering.finish()
    gathering.discard()
    return heap.text.splitlines()


def sign_ins(*minutes):
    """Return a plan of sign-ins, of three records each, that begin at these minutes."""
    flow = FLOWS[0]
    rows = [a_row(flow, key_low=nth, start=START + at * MINUTE) for nth, at in enumerate(minutes)]
    return a_plan([block_of(flow, rows)])


def test_a_payload_has_log_events_with_records_as_strings():
    """Member by member, in the order of real ones."""
    plan = a_morning()
    records = finished(plan)

    [line] = payloads(plan, records)

    first, _, _, last = records.batch.lines
    events = line.removeprefix(HEAD).removesuffix(b"]}")
    assert line == HEAD + events + b"]}"
    assert events.startswith(
        b'{"id":"38730935187423092102402103262064941221753694785231257600",'
        b'"timestamp":1736755200000,"message":' + orjson.dumps(first.decode()) + b"},{"
    )
    assert events.endswith(
        b'{"id":"38730936525467804014239491754208592333618975847892779008",'
        b'"timestamp":1736755260000,"message":' + orjson.dumps(last.decode()) + b"}"
    )
    assert from_payloads(line) == records.batch.lines


def test_a_timestamp_is_the_event_time():
    """In milliseconds, to the second."""
    plan = a_morning()
    records = finished(plan)

    [payload] = map(orjson.loads, payloads(plan, records))

    happened = records.batch.columns["time"].tolist()
    assert [event["timestamp"] for event in payload["logEvents"]] == [
        at // SECOND * SECOND for at in happened
    ]


def test_what_happens_in_five_minutes_is_put_there_together():
    """Whenever the next record comes."""
    plan = sign_ins(0, 1, 4, 5, 70)

    made = [orjson.loads(line)["logEvents"] for line in payloads(plan, finished(plan))]

    assert [len(events) for events in made] == [9, 3, 3]
    assert [events[0]["timestamp"] - START for events in made] == [0, 5 * MINUTE, 70 * MINUTE]


def test_a_payload_has_a_largest_size(monkeypatch):
    """As many log events as fit, exactly, and always one."""
    plan = sign_ins(0, 1)
    records = finished(plan)
    [whole] = payloads(plan, records)

    monkeypatch.setattr(cloudwatch, "LARGEST", len(whole))
    fits = payloads(plan, records)
    monkeypatch.setattr(cloudwatch, "LARGEST", len(whole) - 1)
    cut = payloads(plan, records)
    monkeypatch.setattr(cloudwatch, "LARGEST", 100)
    single = payloads(plan, records)

    assert fits == [whole]
    assert [len(orjson.loads(line)["logEvents"]) for line in cut] == [5, 1]
    assert [len(orjson.loads(line)["logEvents"]) for line in single] == [1] * 6
    assert (
        from_payloads(b"\n".join(cut)) == from_payloads(b"\n".join(single)) == records.batch.lines
    )


@pytest.mark.parametrize("size", [1, 7, 1_000, 100_000])
def test_pieces_do_not_show(size, monkeypatch):
    """They may end within a line, and a heading may be said again."""
    monkeypatch.setattr(cloudwatch, "CHUNK", 5_000)
    plan = sign_ins(0, 1, 4, 5, 70)
    records = finished(plan)
    [text] = LogEventLines(plan, GROUP).of(records)
    heading, rest = bytes(text).split(b"\n", 1)
    event, rest = rest.split(b"\n", 1)
    text = b"\n".join((heading, heading, event, heading, rest))
    heap = Heap()
    gathering = Payloads(heap)

    for first in range(0, len(text), size):
        gathering.write(text[first : first + size])
    gathering.finish()

    assert heap.text.splitlines() == payloads(plan, records)


def test_another_region_is_another_log_stream():
    """What an override says; order of time stays, so that a payload ends before and after."""
    plan = a_morning()
    records = finished(
        plan, {1: {"awsRegion": "us-west-2"}, 2: {"recipientAccountId": "444455556666"}}
    )

    made = [orjson.loads(line) for line in payloads(plan, records)]

    assert [one["logStream"] for one in made] == [
        "o-exampleorgid_777788889999_CloudTrail_eu-central-1",
        "o-exampleorgid_777788889999_CloudTrail_us-west-2",
        "o-exampleorgid_444455556666_CloudTrail_eu-central-1",
        "o-exampleorgid_777788889999_CloudTrail_eu-central-1",
    ]
    assert {one["owner"] for one in made} == {"777788889999"}


def test_the_last_record_may_be_of_another_region():
    """Nothing follows that would need its own heading."""
    plan = a_morning()

    made = payloads(plan, finished(plan, {3: {"awsRegion": "us-west-2"}}))

    assert [len(orjson.loads(line)["logEvents"]) for line in made] == [3, 1]


@pytest.mark.parametrize("value", [DROPPED, None, 7, [], "soon", "1969-12-31T23:59:59Z"])
def test_a_record_without_a_time_has_that_at_which_it_happened(value):
    """And without an account or Region goes where it belongs."""
    plan = a_morning()
    changes = {
        2: {"eventTime": value, **dict.fromkeys(("awsRegion", "recipientAccountId"), DROPPED)}
    }

    [payload] = map(orjson.loads, payloads(plan, finished(plan, changes)))

    assert [event["timestamp"] for event in payload["logEvents"]] == [
        1736755200000,
        1736755204000,
        1736755204000,
        1736755260000,
    ]


def test_a_time_that_an_override_sets_is_the_log_events():
    """It goes where it would have gone."""
    plan = a_morning()

    [payload] = map(
        orjson.loads, payloads(plan, finished(plan, {2: {"eventTime": "2024-12-24T18:00:00Z"}}))
    )

    assert payload["logEvents"][2]["timestamp"] == 1735063200000


def test_an_id_has_the_layout_of_published_ones():
    """That of the User Guide's example: event's time, arrival eight minutes later, and the rest."""
    published = "31953106606966983378809025079804211143289615424298221568"

    made = log_event_id(1432826855000, 1432827365364, 0x665BA04F6AD62181)

    assert made == published


def test_ids_are_in_order_of_seconds_and_never_equal():
    """As CloudWatch Logs sorts by them."""
    plan = sign_ins(0, 1, 2, 3)
    [payload] = map(orjson.loads, payloads(plan, finished(plan)))
    events = payload["logEvents"]

    assert len({event["id"] for event in events}) == len(events) == 12
    assert {len(event["id"]) for event in events} == {56}
    assert all(
        one["id"] < other["id"]
        for one, other in pairwise(events)
        if one["timestamp"] < other["timestamp"]
    )


def test_nothing_makes_no_payload():
    """Neither does a heading alone."""
    heap = Heap()
    gathering = Payloads(heap)

    gathering.write(b'5 {"logEvents":[\n6 {"logEvents":[\n')
    gathering.finish()

    assert heap.pieces == []


SCENARIO = """
scenario: s
organization: {{id: o-exampleorgid, management_account: {{name: management, id: "111122223333"}},
  accounts: [{{name: lab, id: "444455556666"}}]}}
window: {{start: 2025-01-12, days: 2}}
users: [{{name: ana}}]
{more}
"""


@pytest.mark.parametrize(
    ("more", "account", "owner", "name"),
    [
        ("", "111122223333", "111122223333", "o-exampleorgid_111122223333_CloudTrail_us-east-1"),
        (
            "trail: {kind: account}",
            "111122223333",
            "111122223333",
            "111122223333_CloudTrail_us-east-1",
        ),
        (
            "instance: {kind: account, account: lab}",
            "444455556666",
            "444455556666",
            "444455556666_CloudTrail_us-east-1",
        ),
    ],
)
def test_the_log_group_is_that_of_the_trail(more, account, owner, name):
    """An organization's trail is the management account's, and its streams name both."""
    scenario = resolve(library.read(SCENARIO.format(more=more), "s.yaml"))

    group = LogGroup.of(scenario, account)

    assert group.owner == owner
    assert group.name == f"aws-cloudtrail-logs-{owner}-{group.name[-8:]}"
    assert group.log_stream(Stream(account, "us-east-1")) == name


def test_a_heading_is_said_in_every_window():
    """A worker does not know what was said in the window before."""
    plan = a_morning()

    lines = written(LogEventLines(plan, GROUP), finished(plan))

    assert [line.startswith(b"{") for line in lines] == [False, True, True, True, True]
    assert lines[0] == b"5789184 " + HEAD
