"""Alerts in every form, and what is said of those that cannot be read."""

from __future__ import annotations

import gzip
import io
from datetime import UTC, datetime
from itertools import starmap

import pytest

from simulator.errors import InputError, MissingExtraError
from simulator.primitives.jsontext import json_text
from simulator.scoring import parquet
from simulator.scoring.alerts import NEVER, NONE, read_alerts
from tests.unit.scoring.stories import lines_of

NINE = 1_736_758_800_000
"""2025-01-13T09:00:00Z."""

MEANT = [
    (("e1",), None, "r1", NINE),
    (("e1", "e2"), None, None, NEVER),
    ((), ("u-ana", NINE, NINE + 60_000), None, NINE + 500),
]
"""Alerts that every form below says: eventIDs, window, rule and time."""

AS_CSV = b"""\
eventIDs,userId,start,end,rule,time,score,colour
e1,,,,r1,2025-01-13T09:00:00Z,0.9,red
e1; e2,,,,,,,
,u-ana,2025-01-13T09:00:00Z,2025-01-13T09:01:00Z,,2025-01-13T10:00:00.500123+01:00,,
"""
AS_OBJECTS = [
    {"eventID": "e1", "rule": "r1", "time": "2025-01-13T09:00:00Z", "score": 0.9, "colour": "red"},
    {"event_ids": ["e1", "e2"], "rule": None, "userId": ""},
    {
        "user": "u-ana",
        "start": "2025-01-13T09:00:00Z",
        "end": "2025-01-13T09:01:00Z",
        "time": "2025-01-13T10:00:00.500123+01:00",
    },
]


def read(content: bytes, name: str = "alerts", **options):
    """Return the alerts of a file."""
    return read_alerts(name, io.BytesIO(content), heard=lambda _size: None, **options)


def meant(alerts):
    """Return what alerts say, in short."""

    def window(user, start, end):
        return None if user == NONE else (alerts.users[user], start, end)

    columns = (alerts.user.tolist(), alerts.start.tolist(), alerts.end.tolist())
    windows = list(starmap(window, zip(*columns, strict=True)))
    ids = [
        tuple(alerts.event_ids[one] for one in alerts.named[alerts.naming == alert].tolist())
        for alert in range(alerts.count)
    ]
    rules = [None if one == NONE else alerts.rules[one] for one in alerts.rule.tolist()]
    return list(zip(ids, windows, rules, alerts.at.tolist(), strict=True))


def findings(content: bytes, name: str = "a.csv", **options) -> list[str]:
    """Return what is said of a file that cannot be read."""
    with pytest.raises(InputError) as refused:
        read(content, name, **options)
    return str(refused.value).splitlines()


@pytest.mark.parametrize("name", ["alerts.csv", "-"])
def test_csv_is_read(name):
    """By its name, or because it is nothing else."""
    assert meant(read(AS_CSV, name)) == MEANT


@pytest.mark.parametrize("name", ["a.ndjson", "a.jsonl", "a.json", "-"])
def test_lines_of_json_are_read(name):
    """Blank lines are left alone."""
    assert meant(read(b"\n" + lines_of(AS_OBJECTS) + b"\n", name)) == MEANT


@pytest.mark.parametrize("name", ["a.json", "-"])
def test_a_list_of_json_is_read(name):
    """Places are positions in it, from 0."""
    alerts = read(json_text(AS_OBJECTS), name)

    assert meant(alerts) == MEANT
    assert alerts.place(2) == f"{name}[2]"


def test_places_are_lines():
    """Of CSV and lines of JSON, from 1; a cell may go over several."""
    alerts = read(b'eventID,note\ne1,"two\nlines"\ne2,\n', "a.csv")

    assert [alerts.place(one) for one in range(2)] == ["a.csv:2", "a.csv:4"]
    assert read(b'\n{"eventID":"e1"}\n', "a.ndjson").place(0) == "a.ndjson:2"


def a_parquet_file(columns, types=None) -> bytes:
    """Return a Parquet file with these columns."""
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet as writer  # noqa: PLC0415  # an extra

    target = io.BytesIO()
    table = pyarrow.table(columns)
    if types is not None:
        table = table.cast(types(pyarrow))
    writer.write_table(table, target)
    return target.getvalue()


@pytest.mark.parametrize("name", ["a.parquet", "-"])
def test_parquet_is_read(name):
    """Lists, timestamps with a zone, and nulls."""
    nine = datetime(2025, 1, 13, 9, tzinfo=UTC)
    content = a_parquet_file(
        {
            "eventIDs": [["e1"], ["e1", "e2"], None],
            "user": [None, None, "u-ana"],
            "start": [None, None, nine],
            "end": [None, None, nine.replace(minute=1)],
            "rule": ["r1", None, None],
            "time": [nine, None, nine.replace(microsecond=500_123)],
            "score": [0.9, None, None],
            "colour": ["red", None, None],
        }
    )

    alerts = read(content, name)

    assert meant(alerts) == MEANT
    assert alerts.place(1) == f"{name}[1]"


def test_nanoseconds_of_parquet_are_cut():
    """Finer than Python's own instants."""
    content = a_parquet_file(
        {"eventID": ["e1"], "time": [NINE * 1_000_000 + 500_000_001]},
        lambda arrow: arrow.schema(
            [("eventID", arrow.string()), ("time", arrow.timestamp("ns", "Europe/Paris"))]
        ),
    )

    assert read(content, "a.parquet").at.tolist() == [NINE + 500]


def test_timestamps_of_parquet_need_a_zone():
    """As texts need an offset."""
    content = a_parquet_file(
        {"eventID": ["e1"], "time": [datetime(2025, 1, 13)]}  # noqa: DTZ001  # the point
    )

    assert findings(content, "a.parquet") == [
        "the alerts cannot be read, 1 finding:",
        "a.parquet[0] time: a timestamp without a time zone: give the column one, such as UTC",
    ]


def test_what_is_no_parquet_is_told():
    """It only has the name."""
    pytest.importorskip("pyarrow")

    (told,) = findings(b"PAR1 and no more", "a.parquet")

    assert told.startswith("a.parquet: not Parquet, or damaged: ")


def test_without_pyarrow_the_extra_is_named(monkeypatch):
    """Status 5, before anything is read of the file."""

    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(parquet, "import_module", missing)

    with pytest.raises(MissingExtraError, match=r"pip install 'trailwright\[dataset\]'"):
        read(b"PAR1", "a.parquet")


def test_compressed_alerts_are_read():
    """By their name."""
    assert meant(read(gzip.compress(AS_CSV), "a.csv.gz")) == MEANT
    assert meant(read(gzip.compress(lines_of(AS_OBJECTS)), "a.ndjson.gz")) == MEANT


def test_damaged_compression_is_told():
    """The end is missing."""
    assert findings(gzip.compress(AS_CSV)[:-9], "a.csv.gz") == [
        "a.csv.gz: the gzip data ends early"
    ]


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"", "a.csv"), (b"", "-"), (b"eventID\n", "a.csv"), (b"[]", "a.json"), (b"", "a.ndjson")],
)
def test_there_may_be_no_alerts(content, name):
    """A detector that found nothing is scored like any other."""
    assert read(content, name).count == 0


def test_a_mark_of_byte_order_is_left_alone():
    """Spreadsheets write one."""
    assert read(b"\xef\xbb\xbfeventID\r\ne1\r\n", "a.csv").event_ids == ("e1",)


def test_eventids_of_csv_stand_between_blanks_or_semicolons():
    """In JSON a text is one eventID."""
    assert read(b"eventID\n e1;e2  e3 ; \n", "a.csv").event_ids == ("e1", "e2", "e3")
    assert read(b'{"eventID": "e1;e2"}', "a.ndjson").event_ids == ("e1;e2",)


def test_a_row_may_name_very_many_eventids():
    """More than Python's own limit for a cell."""
    ids = [f"{place:036d}" for place in range(5000)]

    assert read(b"eventIDs\n" + " ".join(ids).encode(), "a.csv").event_ids == tuple(ids)


def test_every_finding_of_csv_is_told_at_its_place():
    """By line and column."""
    content = b"""\
eventID,user,userName,start,end,time,score
e1,,,,,yesterday,
,,,,,,
,ana,,2025-01-13T09:00:00Z,,,
,ana,,2025-01-13T09:00:00Z,2025-01-13T08:00:00Z,,
,ana,ana,2025-01-13,2025-01-14,,
e1,,,,,2025-01-13T09:00:00,high
e1,,
"""

    assert findings(content) == [
        "the alerts cannot be read, 8 findings:",
        (
            "a.csv:2 time: expected a date such as 2025-01-13 or an instant such as "
            "2025-01-13T09:00:00Z"
        ),
        "a.csv:3: names no eventID, and no user with start and end",
        "a.csv:4 end: is missing: a user needs start and end",
        "a.csv:5 end: is before start",
        "a.csv:6 userName: user names a user already: give one",
        "a.csv:7 time: an instant needs its offset: write Z for UTC, or +01:00",
        "a.csv:7 score: expected a number, not high",
        "a.csv:8: has 3 fields, and the heading has 7",
    ]


def test_every_finding_of_json_is_told_at_its_place():
    """By line and member."""
    content = b"""\
{"eventID": 5}
{"eventIDs": ["e1", null]}
{"eventID": "e1", "rule": 7, "time": 1736758800, "score": true}
{"eventID": "e1"
["e1"]
{"user": {"id": "ana"}, "start": "2025-01-13", "end": "2025-01-14"}
"""

    told = findings(content, "a.ndjson")

    assert [line.partition(": ")[0] for line in told[1:]] == [
        "a.ndjson:1 eventID",
        "a.ndjson:2 eventIDs",
        "a.ndjson:3 rule",
        "a.ndjson:3 time",
        "a.ndjson:3 score",
        "a.ndjson:4",
        "a.ndjson:5",
        "a.ndjson:6 user",
    ]
    assert told[1] == "a.ndjson:1 eventID: expected an eventID or a list, not 5"
    assert told[7] == "a.ndjson:5: expected an object with an alert"


@pytest.mark.parametrize(
    ("content", "name", "finding"),
    [
        (
            b"id,when\nx,y\n",
            "a.csv",
            "a.csv:1: no heading: the first line names the columns, such as eventID,rule,time",
        ),
        (b"eventID,eventID\nx,y\n", "a.csv", "a.csv:1 eventID: two columns have this name"),
        (b"eventID\n\xff\n", "a.csv", "a.csv:2: byte 1 is not UTF-8"),
        (b'eventID\n"x\n', "a.csv", "a.csv:2: not CSV: unexpected end of data"),
        (b'[{"eventID": "e1"}, 5]', "a.json", "a.json[1]: expected an object with an alert"),
        (b'[{"eventID": "e1"},\n,]', "a.json", "a.json:2: not JSON: "),
    ],
)
def test_what_is_not_of_its_form_is_told(content, name, finding):
    """With the line."""
    told = findings(content, name)

    assert told[0] == "the alerts cannot be read, 1 finding:"
    assert told[1].startswith(finding)


def test_reading_stops_after_twenty_findings():
    """All is not told of a file that is something else."""
    told = findings(b"eventID,time\n" + b"e1,soon\n" * 100)

    assert told[0] == "the alerts cannot be read, the first 20 findings:"
    assert len(told) == 21


def test_a_lowest_score_needs_scores():
    """An alert without one would be left out for no reason."""
    assert findings(b"eventID,score\ne1,1\ne2,\n", min_score=0.5)[1:] == [
        "a.csv:3 score: is missing: --min-score needs it"
    ]
