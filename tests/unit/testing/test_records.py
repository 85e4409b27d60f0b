"""Records in memory: what is beside them, and what is asked of them."""

from __future__ import annotations

import json

import orjson
import pytest

from simulator import TrailRecords, collect, load
from simulator.errors import RequestError


def told(event_id: str, label: str, play: str | None = None, play_id: str | None = None) -> bytes:
    """Return a line of truth with the members that are read."""
    return orjson.dumps({"eventID": event_id, "label": label, "play": play, "play_id": play_id})


def some() -> TrailRecords:
    """Return four records, two of them of plays."""
    return TrailRecords(
        [b'{"eventID":"%d"}' % nth for nth in range(4)],
        [
            told("0", "benign"),
            told("1", "malicious", "plays/password-spray", "spray-1"),
            told("2", "benign", "plays/password-spray", "spray-1"),
            told("3", "suspicious", "mine", "mine-1"),
        ],
    )


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("benign", "02"),
        ("suspicious", "3"),
        ("malicious", "1"),
        ("plays/password-spray", "12"),
        ("password-spray", "12"),
        ("spray-1", "12"),
        ("plays/mine", "3"),
        ("mine-1", "3"),
    ],
)
def test_records_are_found_by_label_play_and_playing(name, wanted):
    """A play with or without its folder."""
    assert "".join(record["eventID"] for record in some().of(name)) == wanted


def test_a_label_that_no_record_has_gives_none():
    """So that a test may say that there are none."""
    assert TrailRecords([b"{}"], [told("0", "benign")]).attacks == []


def test_a_name_that_nothing_has_is_refused():
    """A name typed wrong would else make a test pass."""
    with pytest.raises(
        LookupError, match="called 'evil'; the plays here are mine, plays/password-spray"
    ):
        some().of("evil")


def test_what_is_found_are_the_records_themselves():
    """`in` and `is` both tell; and sorting the list changes nothing."""
    records = some()
    records.reverse()

    assert records.attacks[0] is records[2]


def test_records_that_are_no_json_are_apart():
    """Those that a scenario damages on purpose; the others keep their own truth."""
    records = TrailRecords(
        [b"{", b"[" * 100_000, b"[]", b'{"eventID":"1"}'],
        [*(told("0", "benign") for _ in range(3)), told("1", "malicious")],
    )

    assert records.unreadable == (b"{", b"[" * 100_000, b"[]")
    assert records == records.attacks == [{"eventID": "1"}]


def test_what_is_written_is_what_was_made(tmp_path):
    """Whatever was done to the list; and the folder is made."""
    records = collect(load("storylines/password-totp", era="post"))
    count = len(records)
    records.clear()

    path = records.write(tmp_path / "new" / "run")

    lines = path.read_bytes().splitlines()
    truth = [json.loads(line) for line in (path.parent / "truth.ndjson").read_bytes().splitlines()]
    assert tuple(lines) == records.lines
    assert [json.loads(line)["eventID"] for line in lines] == [one["eventID"] for one in truth]
    assert list(records.truth.values()) == truth
    assert len(truth) == count > 0


def test_as_many_as_are_asked_for():
    """As with the command's option."""
    scenario = load("quickstart")

    assert len(collect(scenario, events=100)) == 100
    with pytest.raises(RequestError, match="storyline alone: ask for"):
        collect(scenario, events=1)
