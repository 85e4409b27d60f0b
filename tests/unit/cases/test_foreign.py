"""Reading somebody's records: all of them, in order, and not without end."""

from __future__ import annotations

import gzip

import orjson
import pytest

from simulator.cases import foreign
from simulator.cases.foreign import gather
from simulator.errors import InputError


def a_record(time: str | None = "2025-03-03T08:00:00Z", name: str = "CreateGroup", **more):
    """Return a short record."""
    made = {
        "eventVersion": "1.08",
        "eventTime": time,
        "eventSource": "sso-directory.amazonaws.com",
        "eventName": name,
    }
    return {key: value for key, value in made.items() if value is not None} | more


def written(path, *records):
    """Write lines of records and return the path as text."""
    path.write_bytes(b"".join(orjson.dumps(one) + b"\n" for one in records))
    return str(path)


def test_records_are_put_in_order_of_time(tmp_path):
    """And it is known that they were not."""
    late, early = a_record("2025-03-03T09:00:00Z"), a_record("2025-03-03T08:00:00Z")

    found = gather([written(tmp_path / "a.ndjson", late, early)])

    assert [one.record for one in found.records] == [early, late]
    assert [one.place.line for one in found.records] == [2, 1]
    assert not found.is_in_order


def test_a_record_without_a_time_stays_behind_the_one_before(tmp_path):
    """Whatever it has in its place."""
    first, second = a_record(), a_record("2025-03-03T09:00:00Z")
    odd = [a_record(None), a_record(time=5), a_record("yesterday")]  # type: ignore[arg-type]

    found = gather([written(tmp_path / "a.ndjson", first, *odd, second)])

    assert [one.record for one in found.records] == [first, *odd, second]
    assert found.is_in_order


def test_lookup_events_are_read_from_the_oldest_on(tmp_path):
    """Its answers have the newest first, within a second as well."""
    one, other = a_record(eventID="1"), a_record(eventID="2")
    events = [{"CloudTrailEvent": orjson.dumps(record).decode()} for record in (other, one)]
    path = tmp_path / "answer.json.gz"
    path.write_bytes(gzip.compress(orjson.dumps({"Events": events})))

    assert [record.record["eventID"] for record in gather([str(path)]).records] == ["1", "2"]


def test_what_cannot_be_read_is_told(tmp_path):
    """And the rest is read."""
    path = tmp_path / "a.ndjson"
    path.write_bytes(orjson.dumps(a_record()) + b'\n{"eventName":\n')

    found = gather([str(path)])

    assert len(found.records) == 1
    assert [str(one.place) for one in found.missed.unread] == [f"{path}:2"]


def test_where_there_is_no_record_that_is_an_error(tmp_path):
    """With what stands there instead."""
    path = tmp_path / "a.json"
    path.write_text("no record\n")

    with pytest.raises(
        InputError, match=r"no CloudTrail record in .*a\.json: .*a\.json:1: not JSON"
    ):
        gather([str(path)])


def test_there_is_an_end_to_how_many_are_taken(tmp_path, monkeypatch):
    """A case is a thing to attach to a report."""
    monkeypatch.setattr(foreign, "MOST_RECORDS", 2)

    with pytest.raises(InputError, match=r"a\.ndjson:3: more than 2 records"):
        gather([written(tmp_path / "a.ndjson", *[a_record()] * 3)])


def test_other_spellings_are_known(tmp_path):
    """Spaces and escapes are not given again."""
    path = tmp_path / "a.ndjson"
    path.write_bytes(orjson.dumps(a_record()) + b'\n{"eventName": "CreateGroup"}\n')

    assert [one.is_spelled_otherwise for one in gather([str(path)]).records] == [False, True]


def test_what_no_writer_takes_is_told(tmp_path):
    """Numbers without end, in documents that follow one another on a line."""
    path = tmp_path / "a.json"
    odd = orjson.dumps(a_record()).replace(b'"1.08"', b"1" + b"0" * 40)
    path.write_bytes(orjson.dumps(a_record()) + odd + b"\n")

    found = gather([str(path)])

    assert len(found.records) == 1
    assert [one.message for one in found.missed.unread] == [
        "cannot be written as JSON again: Integer exceeds 64-bit range"
    ]


@pytest.mark.parametrize(
    ("hostile", "words"),
    [
        (b'{"eventName":"' + b"x" * 20_000_000 + b'"}', "more than 16,777,216 bytes"),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "not JSON"),
        (b'{"eventName":"CreateGroup","a":' + b"[" * 900 + b"]" * 900 + b"}", "more than 200"),
        (b'{"eventName":"CreateGroup","a":NaN}', "not JSON"),
        (b'{"eventName":"CreateGroup","a":"\\ud800"}', "not JSON"),
        (b'{"eventName":"CreateGroup","a":"\xff"}', "not UTF-8"),
    ],
    ids=["a long line", "deep JSON", "a deep record", "NaN", "a lone surrogate", "not UTF-8"],
)
def test_hostile_records_are_told_and_the_others_taken(tmp_path, hostile, words):
    """A line without end, nesting without end, and what is no JSON."""
    path = tmp_path / "a.ndjson"
    path.write_bytes(orjson.dumps(a_record()) + b"\n" + hostile + b"\n")

    found = gather([str(path)])

    assert len(found.records) == 1
    assert [words in one.message for one in found.missed.unread] == [True]


def test_what_unpacks_to_very_much_is_read_a_piece_at_a_time(tmp_path):
    """And has an end: it is one line."""
    path = tmp_path / "bomb.json.gz"
    with gzip.open(path, "wb", compresslevel=1) as stream:
        stream.write(orjson.dumps(a_record()) + b"\n")
        for _ in range(80):
            stream.write(b" " * 1_000_000)

    found = gather([str(path)])

    assert path.stat().st_size < 1_000_000
    assert len(found.records) == 1
    assert ["more than" in one.message for one in found.missed.unread] == [True]


def test_what_cannot_be_read_is_counted_and_not_kept(tmp_path):
    """But for the first of it."""
    path = tmp_path / "a.ndjson"
    path.write_bytes(orjson.dumps(a_record()) + b"\n" + b"nonsense\n" * 5_000)

    found = gather([str(path)])

    assert (found.missed.troubles, len(found.missed.unread)) == (5_000, 20)
