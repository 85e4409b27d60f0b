"""What is found, held against what was done to an export."""

from __future__ import annotations

import gzip
import hashlib

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.errors import InputError
from simulator.reconciliation import Allowed, Options, failures, reconcile
from simulator.scoring.parquet import parquet_rows

COUNT = 12
IDS = [f"00000000-0000-4000-8000-{nth:012x}" for nth in range(COUNT)]


def a_record(nth, **members):
    """Return a record as it was sent."""
    return {
        "eventVersion": "1.08",
        "eventTime": f"2025-01-13T08:{nth // 4:02}:00Z",
        "eventSource": "sso.amazonaws.com",
        "eventName": "Logout" if nth % 2 else "Federate",
        "eventID": IDS[nth],
        **members,
    }


RECORDS = [a_record(nth) for nth in range(COUNT)]


def a_line(nth, **members):
    """Return a line of the truth."""
    record = RECORDS[nth]
    return {
        "format": "trailwright-truth/1",
        "eventID": record["eventID"],
        "eventTime": record["eventTime"],
        "kind": f"sso/{record['eventName']}",
        "era": "pre-january-2025",
        **members,
    }


def text_of(values):
    """Return values as lines of JSON."""
    return b"".join(orjson.dumps(one) + b"\n" for one in values)


def a_batch(nth, first, records, **members):
    """Return what is noted of a batch."""
    return {
        "format": "trailwright-sent/1",
        "batch": nth,
        "first": first,
        "records": records,
        "due": "2026-11-27T10:00:00.000Z",
        "sent": "2026-11-27T10:00:00.001Z",
        "done": "2026-11-27T10:00:00.002Z",
        "attempts": 1,
        "outcome": "kept",
        "uncertain": False,
        "why": None,
        "refused": [],
        **members,
    }


def a_run(folder, lines=None, records=RECORDS, *, raw=None):
    """Write a run's truth, records and manifest."""
    folder.mkdir(exist_ok=True)
    lines = [a_line(nth) for nth in range(COUNT)] if lines is None else lines
    texts = {"records": raw or text_of(records), "truth": text_of(lines)}
    sums = {name: hashlib.sha256(text).hexdigest() for name, text in texts.items()}
    for name, text in texts.items():
        (folder / f"{name}.ndjson").write_bytes(text)
    manifest = {
        "format": "trailwright-manifest/1",
        "version": "0",
        "generation": 0,
        "scenario": {"resolved": "", "resolved_sha256": "0" * 64, "sha256": None},
        "slice": None,
        "events": None,
        "output": "ndjson",
        "records": len(lines),
        "kinds": {},
        "eras": {},
        "first_event_time": None,
        "last_event_time": None,
        "files": [
            {
                "name": f"{name}.ndjson",
                "role": name,
                "bytes": len(texts[name]),
                "records": len(lines),
                "first_event_time": None,
                "last_event_time": None,
                "sha256": sums[name],
                "content_sha256": sums[name],
            }
            for name in texts
        ],
    }
    (folder / "manifest.json").write_bytes(orjson.dumps(manifest))
    return folder


def reconciled(folder, export, *, sent=None, name="export.ndjson"):
    """Reconcile a run with an export."""
    if sent is not None:
        (folder / "sent.ndjson").write_bytes(text_of(sent))
    path = folder.parent / name
    path.write_bytes(export if isinstance(export, bytes) else text_of(export))
    return reconcile(str(folder), [str(path)], options=Options(parquet_rows))


def found(report):
    """Return what was counted that is not zero, but for what is as expected."""
    return {
        name: count
        for name, count in report.counts.items()
        if count and name not in ("expected", "received")
    }


@pytest.fixture
def run(tmp_path):
    """Return a run's folder."""
    return a_run(tmp_path / "run")


def test_what_arrived_as_it_was_sent_is_all_that_is_told(run):
    """The control of all that follows; the order of members and records is no matter."""
    export = [dict(reversed(one.items())) for one in reversed(RECORDS)]

    report, absent = reconciled(run, export)

    assert (found(report), list(absent()), failures(report, Allowed())) == ({}, [], ())
    assert (report.counts["expected"], report.counts["received"]) == (COUNT, COUNT)
    assert report.is_compared
    assert report.tables == {"kind": (), "era": (), "minute": (), "batch": ()}


# Each example writes a run.
@settings(max_examples=25)
@given(st.lists(st.sampled_from(["whole", "gone", "twice", "altered"]), min_size=12, max_size=12))
def test_exactly_what_was_done_is_found(tmp_path_factory, done):
    """For any records dropped, repeated and altered."""
    run = a_run(tmp_path_factory.mktemp("law") / "run")
    export = []
    for record, what in zip(RECORDS, done, strict=True):
        times = {"gone": 0, "twice": 2}.get(what, 1)
        export += [{**record, "eventName": "x"} if what == "altered" else record] * times

    report, absent = reconciled(run, export)

    ids = {what: [i for i, one in zip(IDS, done, strict=True) if one == what] for what in done}
    names = {"gone": "missing", "twice": "repeated", "altered": "altered"}
    shown = {
        name: [one.event_id for one in report.examples.get(name, ())] for name in names.values()
    }
    assert shown == {name: ids.get(what, []) for what, name in names.items()}
    assert list(absent()) == ids.get("gone", [])
    assert found(report) == {names[what]: len(ids[what]) for what in ids if what in names}
    assert sum(row.counts["missing"] for row in report.tables["kind"]) == len(ids.get("gone", []))


def test_the_member_that_differs_is_named(run):
    """With what was sent and what was received, and where."""
    report, _ = reconciled(run, [*RECORDS[1:], a_record(0, eventName=None)])

    [one] = report.examples["altered"]
    assert (one.event_id, one.note) == (IDS[0], 'eventName: sent "Federate", received null')
    assert one.place.endswith("export.ndjson:12")


def test_what_the_truth_does_not_know_is_unexpected(run):
    """Also what has no eventID at all."""
    other = a_record(0, eventID="00000000-0000-4000-8000-00000000ffff")
    nameless = {name: value for name, value in RECORDS[0].items() if name != "eventID"}

    report, _ = reconciled(run, [*RECORDS, other, nameless])

    assert found(report) == {"unexpected": 2}
    assert [one.event_id for one in report.examples["unexpected"]] == [other["eventID"], None]


def test_what_is_delivered_twice_is_expected_twice(tmp_path):
    """Fewer are missing, more are a surprise."""
    twice = ["2025-01-13T08:05:00Z", "2025-01-13T08:10:00Z"]
    run = a_run(tmp_path / "run", [a_line(0, delivered=twice), *map(a_line, range(1, COUNT))])

    assert found(reconciled(run, [RECORDS[0], *RECORDS])[0]) == {}
    assert found(reconciled(run, RECORDS)[0]) == {"missing": 1}
    assert found(reconciled(run, [*RECORDS[:1] * 2, *RECORDS])[0]) == {"repeated": 1}


SENT = [
    a_batch(1, 4, 4, uncertain=True, attempts=2),
    a_batch(0, 0, 4, refused=[{"record": 2, "why": "too large"}]),
    a_batch(2, 8, 2, outcome="lost", done=None, attempts=5, left=[9]),
]


def test_what_the_stream_said_is_no_surprise(run):
    """Refused, given up, in no batch, and possibly repeated."""
    export = [one for nth, one in enumerate(RECORDS) if nth not in (2, 9, 10, 11)]

    report, _ = reconciled(run, [*export, RECORDS[5]], sent=SENT)

    assert found(report) == {"refused": 1, "lost": 1, "unsent": 2, "repeated_possible": 1}
    assert failures(report, Allowed()) == ()
    assert report.examples["repeated_possible"][0].event_id == IDS[5]


def test_what_the_stream_did_not_say_is_a_surprise(run):
    """The control: what was refused arrived, what was settled did not, or did twice."""
    report, _ = reconciled(run, [*RECORDS[1:], RECORDS[3]], sent=SENT)

    assert found(report) == {"missing": 1, "repeated": 1, "refused_received": 1}
    assert [row.name for row in report.tables["batch"]] == ["0"]
    assert failures(report, Allowed()) == (
        "1 record missing",
        "1 record repeated by surprise",
        "1 record received although refused",
    )


def test_some_may_be_missing_and_repeats_allowed(run):
    """As much as was said, and no more."""
    report, _ = reconciled(run, [*RECORDS[1:], RECORDS[3]])

    assert failures(report, Allowed(1 / COUNT, repeats=True)) == ()
    assert failures(report, Allowed(0.9 / COUNT, repeats=True)) == ("1 record missing",)
    assert failures(report, Allowed(1.0)) == ("1 record repeated by surprise",)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": "trailwright-sent/2"}, "expected trailwright-sent/1"),
        ({"extra": 1}, "no such member"),
        ({"first": 10}, "are not in the truth"),
        ({"records": 0}, "from 1 on"),
        ({"outcome": "fine"}, "expected kept, accepted, written, sent, lost"),
        ({"uncertain": 1}, "expected true or false"),
        ({"refused": [{"record": 7, "why": "x"}]}, "not the number of a record of this batch"),
        ({"first": 2}, "record 4 is in batch 1 already"),
        ({"batch": 1}, "another batch"),
        ({"left": [0]}, "belongs to a batch"),
        ({"due": "noon"}, "due"),
    ],
)
def test_what_is_noted_is_read_strictly(run, changes, message):
    """With the file and the line."""
    lines = [a_batch(1, 4, 4), a_batch(0, 0, 4) | changes]

    with pytest.raises(InputError, match=rf"sent\.ndjson:2: .*{message}"):
        reconciled(run, RECORDS, sent=lines)


FORMS = {
    "elastic.json": lambda: orjson.dumps(
        {"hits": {"hits": [
            {"_source": {"event": {"original": orjson.dumps(one).decode()}}} for one in RECORDS
        ]}}
    ),
    "splunk.ndjson": lambda: text_of(
        {"result": {"_raw": orjson.dumps(one).decode()}} for one in RECORDS
    ),
    "log.json.gz": lambda: gzip.compress(orjson.dumps({"Records": RECORDS})),
    "list.json": lambda: orjson.dumps(RECORDS),
    "cloudwatch.csv": lambda: b"timestamp,message\n" + b"".join(
        b'1,"%s"\n' % orjson.dumps(one).replace(b'"', b'""') for one in RECORDS
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_records_are_read_in_every_form(run, name):
    """And compared."""
    report, _ = reconciled(run, FORMS[name](), name=name)

    assert (found(report), report.arrived, report.uncompared) == ({}, COUNT, 0)


IDS_ONLY = {
    "ids.txt": "\n".join(IDS).encode(),
    "ids.csv": ("when,EVENTID\n" + "".join(f"1,{one}\n" for one in IDS)).encode(),
    "kibana.csv": ('"event.id";n\n' + "".join(f'"{one}";1\n' for one in IDS)).encode(),
    "ids.ndjson": text_of({"eventID": one} for one in IDS),
    "ids.txt.gz": gzip.compress("\n".join(IDS).encode()),
}


@pytest.mark.parametrize("name", IDS_ONLY)
def test_eventids_alone_tell_presence(run, name):
    """And that contents were not compared is told."""
    report, _ = reconciled(run, IDS_ONLY[name], name=name)

    assert (found(report), report.bare, report.uncompared) == ({}, COUNT, COUNT)


def test_eventids_alone_tell_what_is_missing(run):
    """The control."""
    report, absent = reconciled(run, "\n".join([*IDS[1:], "gone"]).encode())

    assert (found(report), list(absent())) == ({"missing": 1, "unexpected": 1}, [IDS[0]])


def test_a_truth_alone_tells_presence(run):
    """Without a manifest nobody knows what was sent."""
    (run / "manifest.json").unlink()
    export = run.parent / "export.ndjson"
    export.write_bytes(text_of([a_record(0, eventName="x"), *RECORDS[1:]]))

    report, _ = reconcile(str(run / "truth.ndjson"), [str(export)], options=Options(parquet_rows))

    assert (found(report), report.is_compared) == ({}, False)
    assert report.contents == "no manifest lies beside the truth"


def damaged_run(tmp_path):
    """Return a run of which one record has no eventID, one is cut short, and one names another."""
    texts = [orjson.dumps(one) for one in RECORDS]
    texts[0] = orjson.dumps({**RECORDS[0], "eventID": None})
    texts[1] = texts[1][:40]
    texts[2] = orjson.dumps({**RECORDS[2], "eventName": "Unheard"})
    lines = [a_line(nth) for nth in range(COUNT)]
    for nth in range(3):
        lines[nth] |= {
            "mutations": [{"name": "x", "member": None, "detail": None}],
            "written": {"sha256": hashlib.sha256(texts[nth]).hexdigest()},
        }
    return a_run(tmp_path / "run", lines, raw=b"\n".join(texts) + b"\n"), texts


def test_damaged_records_are_found_by_their_text(tmp_path):
    """Whether they are JSON or not."""
    run, texts = damaged_run(tmp_path)

    report, _ = reconciled(run, b"\n".join(texts) + b"\n")

    assert (found(report), report.counts["received"]) == ({}, COUNT)


def test_of_damaged_records_that_are_not_found_nobody_can_tell(tmp_path):
    """But of those that kept their eventID."""
    run, texts = damaged_run(tmp_path)

    report, _ = reconciled(run, b"\n".join(texts[3:]) + b"\n")

    assert found(report) == {"untold": 2, "missing": 1}


def test_records_that_share_an_eventid_are_told_apart_by_what_they_say(tmp_path):
    """As an override may leave them."""
    records = [RECORDS[0], a_record(1, eventID=IDS[0]), *RECORDS[2:]]
    lines = [a_line(nth, eventID=one["eventID"]) for nth, one in enumerate(records)]
    run = a_run(tmp_path / "run", lines, records)

    assert found(reconciled(run, records[::-1])[0]) == {}
    report, _ = reconciled(run, records[1:])
    assert found(report) == {"missing": 1}
    assert report.examples["missing"][0].place.endswith("truth.ndjson:1")
