"""Answers of LookupEvents."""

from __future__ import annotations

import tempfile
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import orjson
import pytest

from simulator.errors import OutputError
from simulator.flows import FLOWS
from simulator.plan.episodes import block_of
from simulator.primitives.instants import MINUTE
from simulator.primitives.jsontext import json_text
from simulator.primitives.keys import Key
from simulator.sinks import lookup
from simulator.sinks.lookup import Answers, LookupLines, event, next_token, user_name
from tests.builders import ORDINARY, START, TEXTS, a_plan, a_row
from tests.forms import DROPPED, Heap, a_morning, every_flow, finished, from_answers, written

KEY = Key.root(1)


def answers(lines):
    """Return the answers that tell of events, line by line."""
    heap = Heap()
    gathering = Answers(heap, KEY, None)
    for line in lines:
        gathering.write(line + b"\n")
    gathering.finish()
    gathering.discard()
    return heap.text.splitlines()


def many_sign_ins(count=40):
    """Return the records of sign-ins a minute apart: three each."""
    flow = FLOWS[0]
    rows = [a_row(flow, key_low=nth, start=START + nth * MINUTE) for nth in range(count)]
    plan = a_plan([block_of(flow, rows)])
    return plan, finished(plan)


def test_an_event_is_written_member_by_member():
    """In the order of the service model, which is that of the AWS CLI."""
    plan = a_morning()
    records = finished(plan)

    lines = written(LookupLines(plan), records)

    assert len(lines) == 4
    assert lines[0] == (
        b'{"EventId":"75753122-ee32-4167-84bd-0c6398086008","EventName":"CredentialChallenge",'
        b'"ReadOnly":"false","EventTime":1736755200,"EventSource":"signin.amazonaws.com",'
        b'"Resources":[],"CloudTrailEvent":' + orjson.dumps(records.batch.line(0).decode()) + b"}"
    )
    assert lines[3] == (
        b'{"EventId":"8a3cd9e4-d9fc-40c9-89ea-f0696ce433aa","EventName":"CreateGroup",'
        b'"ReadOnly":"false","AccessKeyId":"ASIA3KF6UTOH2DZWHADF","EventTime":1736755260,'
        b'"EventSource":"sso-directory.amazonaws.com","Username":"dora.novak",'
        b'"Resources":[],"CloudTrailEvent":' + orjson.dumps(records.batch.line(3).decode()) + b"}"
    )


@pytest.mark.parametrize(
    "settings", [{}, {"escapes": True}, {"eras": "pre-october-2024"}, {"eras": "post-january-2025"}]
)
def test_every_kind_has_the_event_of_the_definition(settings):
    """By columns as record by record."""
    plan = every_flow(**settings)
    records = finished(plan)

    assert written(LookupLines(plan), records) == [
        json_text(event(line)) for line in records.batch.lines
    ]


def test_a_record_with_resources_names_them():
    """Type and ARN, the way LookupEvents calls them."""
    plan = every_flow()

    made = [orjson.loads(line) for line in written(LookupLines(plan), finished(plan))]

    # Both records of a shared call name the instance.
    instance = {"ResourceType": "AWS::SSO::Instance", "ResourceName": TEXTS["instance.arn"][0]}
    assert any(instance in one["Resources"] for one in made)
    named = {
        one["EventName"]: one["Resources"]
        for one in made
        if one["Resources"] and instance not in one["Resources"]
    }
    arn = TEXTS["text.value"][ORDINARY["named"]]
    assert named == {
        "AssumeRole": [{"ResourceType": "AWS::IAM::Role", "ResourceName": arn}],
        "CreateTokenWithIAM": [{"ResourceType": "AWS::SSO::Application", "ResourceName": arn}],
        "CreateToken": [{"ResourceType": "IdentityStoreId", "ResourceName": "d-99670c1a2b"}],
        "AssumeRoleWithSAML": [
            {"ResourceType": "AWS::IAM::Role", "ResourceName": TEXTS["role.arn"][0]},
            {
                "ResourceType": "AWS::IAM::SAMLProvider",
                "ResourceName": TEXTS["account.provider"][0],
            },
        ],
    }


@pytest.mark.parametrize(
    ("identity", "name"),
    [
        ({"type": "IAMUser", "userName": "terraform"}, "terraform"),
        ({"type": "AssumedRole", "principalId": "AROAEXAMPLE:dora", "userName": "x"}, "dora"),
        ({"type": "AssumedRole", "principalId": "AROAEXAMPLE"}, None),
        ({"type": "AssumedRole"}, None),
        ({"type": "Root"}, "root"),
        ({"type": "Unknown", "userName": "ana.lopez"}, "ana.lopez"),
        ({"type": "Unknown", "userName": ""}, None),
        ({"type": "IdentityCenterUser"}, None),
        ({"type": [], "userName": 7}, None),
        ({}, None),
    ],
)
def test_a_user_name_is_taken_from_the_identity(identity, name):
    """The session of a role, the name of a user, nothing where there is none."""
    assert user_name(identity) == name


def test_an_overridden_record_is_told_as_it_is():
    """What it says, whether or not that belongs there."""
    plan = a_morning()
    changes = {
        "eventID": "x",
        "eventName": "Odd",
        "readOnly": True,
        "eventTime": "2024-12-24T18:00:00Z",
        "eventSource": "odd",
        "userIdentity": {"type": "IAMUser", "userName": "b", "accessKeyId": "AKIA"},
        "resources": [{"type": "T", "ARN": "a"}, {"type": 7}, "x"],
    }

    made = orjson.loads(written(LookupLines(plan), finished(plan, {1: changes}))[1])

    del made["CloudTrailEvent"]
    assert list(made.items()) == [
        ("EventId", "x"),
        ("EventName", "Odd"),
        ("ReadOnly", "true"),
        ("AccessKeyId", "AKIA"),
        ("EventTime", 1735063200),
        ("EventSource", "odd"),
        ("Username", "b"),
        ("Resources", [{"ResourceType": "T", "ResourceName": "a"}, {}]),
    ]


@pytest.mark.parametrize("value", [DROPPED, None, 7, [], {}])
def test_what_a_record_does_not_say_is_left_out(value):
    """The record itself is always there."""
    plan = a_morning()
    names = (
        "eventID",
        "eventName",
        "readOnly",
        "eventTime",
        "eventSource",
        "userIdentity",
        "resources",
    )
    records = finished(plan, {1: dict.fromkeys(names, value)})

    made = orjson.loads(written(LookupLines(plan), records)[1])

    assert made == {"Resources": [], "CloudTrailEvent": records.batch.line(1).decode()}


def test_answers_have_fifty_events_and_the_newest_comes_first():
    """Across pages too; the last one has no NextToken."""
    plan, records = many_sign_ins()
    lines = written(LookupLines(plan), records)

    made = [orjson.loads(line) for line in answers(lines)]

    assert [len(one["Events"]) for one in made] == [50, 50, 20]
    assert [list(one) for one in made] == [["Events", "NextToken"]] * 2 + [["Events"]]
    assert [event for one in made for event in one["Events"]] == [
        orjson.loads(line) for line in reversed(lines)
    ]
    assert made[0]["NextToken"] == (
        "WGbxZ6xr3dOGqqZkJXX9DXJtZf2oDsu6gKNlHplT48+AnMMmD2p9EZraIvZo5zd/So6lFvzFlFeE0pnITigypDjb"
        "fDUkiC3EmxcatlWNmqE="
    )


@pytest.mark.parametrize(("count", "pages"), [(0, 1), (1, 1), (49, 1), (50, 1), (51, 2), (100, 2)])
def test_the_last_page_is_the_one_without_a_token(count, pages):
    """Full or not; nothing at all is an answer without events."""
    made = [orjson.loads(line) for line in answers([b"{}"] * count)]

    assert len(made) == pages
    assert ["NextToken" in one for one in made] == [True] * (pages - 1) + [False]
    assert sum(len(one["Events"]) for one in made) == count


@pytest.mark.parametrize("block", [1, 2, 7, 64, 1_000])
@pytest.mark.parametrize("size", [1, 5, 1_000])
def test_pieces_and_blocks_do_not_show(block, size, monkeypatch):
    """They may end anywhere in a line."""
    monkeypatch.setattr(lookup, "BLOCK", block)
    text = b"".join(b'{"n":%d}\n' % nth for nth in range(120))
    heap = Heap()
    gathering = Answers(heap, KEY, None)

    for first in range(0, len(text), size):
        gathering.write(memoryview(text)[first : first + size])
    gathering.finish()

    told = [one["n"] for line in heap.text.splitlines() for one in orjson.loads(line)["Events"]]
    assert told == list(range(119, -1, -1))


def test_tokens_are_drawn():
    """From the seed and the page alone, and look like published ones."""
    tokens = {next_token(Key.root(seed), nth) for seed in (1, 2) for nth in range(3)}

    assert len(tokens) == 6
    assert {len(token) for token in tokens} == {108}
    assert next_token(KEY, 0) in tokens


def test_no_temporary_file_is_left(tmp_path):
    """However it ends."""
    gathering = Answers(Heap(), KEY, tmp_path)
    gathering.write(b"{}\n")
    gathering.discard()
    gathering.discard()

    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_told(tmp_path):
    """With its name."""
    missing = tmp_path / "none"

    with pytest.raises(OutputError) as told:
        Answers(Heap(), KEY, missing)

    assert str(told.value) == (
        f"cannot write a temporary file in {missing}: No such file or directory"
    )


def test_a_full_disk_is_told(monkeypatch):
    """With the place that is full, once."""

    class Full:
        """A file for which there is no room."""

        def write(self, _: bytes) -> int:
            raise OSError(28, "No space left on device")

        def close(self) -> None:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_: Full())
    gathering = Answers(Heap(), KEY, None)

    with pytest.raises(OutputError, match=r"^cannot write a temporary file in .*: No space left"):
        gathering.write(b"{}\n")
    gathering.discard()


# ---- The real client ------------------------------------------------------------------------


@contextmanager
def a_stand_in(lines):
    """Answer LookupEvents on loopback with these lines, each to the token of the one before."""
    pages = {}
    token = None
    for line in lines:
        pages[token] = line
        token = orjson.loads(line).get("NextToken")

    class Serves(BaseHTTPRequestHandler):
        """A service that knows one operation."""

        def do_POST(self) -> None:
            asked = orjson.loads(self.rfile.read(int(self.headers["Content-Length"])))
            text = pages[asked.get("NextToken")]
            self.send_response(200)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Serves) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_the_real_client_reads_page_after_page():
    """Botocore, whose service model is the contract: every member, with its type."""
    session = pytest.importorskip("botocore.session").Session()
    plan, records = many_sign_ins()
    lines = answers(written(LookupLines(plan), records))

    with a_stand_in(lines) as url:
        client = session.create_client(
            "cloudtrail",
            region_name="us-east-1",
            endpoint_url=url,
            aws_access_key_id="AKIDEXAMPLE",
            aws_secret_access_key="example",  # noqa: S106
        )
        pages = list(client.get_paginator("lookup_events").paginate())
        client.close()

    told = [one for page in pages for one in page["Events"]]
    assert [one["CloudTrailEvent"].encode() for one in reversed(told)] == records.batch.lines
    assert told[-1]["EventTime"] == datetime(2025, 1, 13, 8, 0, tzinfo=UTC)
    assert told[-1]["ReadOnly"] == "false"


def test_members_and_their_order_are_those_of_the_service_model():
    """Botocore would drop in silence what it does not know."""
    loaders = pytest.importorskip("botocore.loaders")
    model = pytest.importorskip("botocore.model")
    service = model.ServiceModel(loaders.Loader().load_service_model("cloudtrail", "service-2"))
    answer = service.operation_model("LookupEvents").output_shape
    known = list(answer.members["Events"].member.members)
    resources = answer.members["Events"].member.members["Resources"].member.members
    plan = every_flow()

    made = [orjson.loads(line) for line in written(LookupLines(plan), finished(plan))]

    assert [name for name in answer.members if name in {"Events", "NextToken"}] == list(
        orjson.loads(answers([b"{}"] * 51)[0])
    )
    for one in made:
        assert list(one) == [name for name in known if name in one]
        assert all(set(resource) == set(resources) for resource in one["Resources"])
    assert {name for one in made for name in one} == set(known)


def test_answers_hold_the_records_byte_by_byte():
    """Escaped and back."""
    plan = every_flow(escapes=True)
    records = finished(plan)

    assert from_answers(b"\n".join(answers(written(LookupLines(plan), records)))) == (
        records.batch.lines
    )
