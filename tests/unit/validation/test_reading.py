"""Every form in which records are kept is read, and what is none is a finding."""

from __future__ import annotations

import csv
import gzip
import io
import sys

import orjson
import pytest
import zstandard

from simulator.errors import InputError, MissingExtraError
from simulator.validation import Options, reading, validate_paths
from tests.unit.validation.stories import a_record, as_lines, report_of, story_lines

# Of two people: they are there before any test is, wherever tests are collected.
LINES = story_lines(2)[:40]
RECORDS = [orjson.loads(line) for line in LINES]
NDJSON = b"\n".join(LINES) + b"\n"
LOG_FILE = orjson.dumps({"Records": RECORDS})
LOOKUP = orjson.dumps(
    {"Events": [{"EventId": "x", "CloudTrailEvent": line.decode()} for line in LINES[::-1]]}
)
ENVELOPES = [
    {"version": "0", "detail-type": "AWS API Call via CloudTrail", "detail": record}
    for record in RECORDS
]
PAYLOADS = [
    {"messageType": "DATA_MESSAGE", "logEvents": [{"id": "1", "message": line.decode()}]}
    for line in LINES
]
CONTROL = {
    "messageType": "CONTROL_MESSAGE",
    "logEvents": [{"id": "", "timestamp": 1, "message": "CWL CONTROL MESSAGE: Checking health"}],
}


def squeezed(text: bytes) -> bytes:
    """Return a text as two frames of Zstandard."""
    half = len(text) // 2
    one, two = text[:half], text[half:]
    return zstandard.ZstdCompressor().compress(one) + zstandard.ZstdCompressor().compress(two)


def a_table(cells: list[bytes], *heading: str, **dialect) -> bytes:
    """Return a table of text whose last column has these cells."""
    out = io.StringIO()
    writer = csv.writer(out, **{"lineterminator": "\n", **dialect})
    if heading:
        writer.writerow(heading)
    writer.writerows(["x", cell.decode()] for cell in cells)
    return out.getvalue().encode()


FORMS = {
    "lines": NDJSON,
    "lines without a last end": NDJSON[:-1],
    "lines ended as on Windows": NDJSON.replace(b"\n", b"\r\n"),
    "lines with empty ones between": b"\n" + NDJSON.replace(b"\n", b"\n\n"),
    "a byte order mark": b"\xef\xbb\xbf" + NDJSON,
    "a log file": LOG_FILE,
    "a log file for people": orjson.dumps({"Records": RECORDS}, option=orjson.OPT_INDENT_2),
    "two log files joined": orjson.dumps({"Records": RECORDS[:20]})
    + orjson.dumps({"Records": RECORDS[20:]}),
    "two log files in lines": orjson.dumps({"Records": RECORDS[:20]})
    + b"\n"
    + orjson.dumps({"Records": RECORDS[20:]}),
    "a list": orjson.dumps(RECORDS),
    "a list for people": orjson.dumps(RECORDS, option=orjson.OPT_INDENT_2),
    "an answer of LookupEvents": LOOKUP,
    "its list": orjson.dumps(orjson.loads(LOOKUP)["Events"]),
    "envelopes of EventBridge": as_lines(ENVELOPES),
    "a list of them": orjson.dumps(ENVELOPES, option=orjson.OPT_INDENT_2),
    "payloads of a subscription": as_lines([CONTROL, *PAYLOADS]),
    "log events": orjson.dumps([one for payload in PAYLOADS for one in payload["logEvents"]]),
    "lines with the event in a member": as_lines(
        [{"host": "a", "_raw": line.decode()} for line in LINES]
    ),
    "lines with the event and some of its members": as_lines(
        [
            {"eventName": one["eventName"], "eventpayload": line.decode()}
            for one, line in zip(RECORDS, LINES, strict=True)
        ]
    ),
    "lines with the event in a member of a member": as_lines(
        [{"@timestamp": 1, "event": {"original": line.decode()}} for line in LINES]
    ),
    "lines with the event as an object": as_lines([{"raw": one} for one in RECORDS]),
    "events of LookupEvents in lines": as_lines(
        [{"EventId": "x", "CloudTrailEvent": line.decode()} for line in LINES]
    ),
    "what Splunk answers": as_lines([{"result": {"_raw": line.decode()}} for line in LINES]),
    "what Elasticsearch answers": orjson.dumps(
        {"hits": {"hits": [{"_source": {"message": line.decode()}} for line in LINES]}}
    ),
    "a table": a_table(LINES, "time", "event"),
    "a table without a heading": a_table(LINES),
    "a table with semicolons": a_table(LINES, "time", "event", delimiter=";"),
    "a table with tabs": a_table(LINES, "time", "event", delimiter="\t"),
    "a table ended as on Windows": a_table(LINES, "time", "event", lineterminator="\r\n"),
    "a table of one column": a_table([LINES[0]], "event").replace(b"x,", b"")
    + a_table(LINES[1:]).replace(b"x,", b""),
    "a table with records over several lines": a_table(
        [orjson.dumps(one, option=orjson.OPT_INDENT_2) for one in RECORDS], "time", "event"
    ),
    "a table with backslashes": a_table(LINES, "time", "event", doublequote=False, escapechar="\\"),
    "a table of envelopes": a_table([orjson.dumps(one) for one in ENVELOPES], "time", "event"),
    "gzip of a table": gzip.compress(a_table(LINES, "time", "event")),
    "gzip": gzip.compress(NDJSON),
    "gzip of two members": gzip.compress(NDJSON[:9_999]) + gzip.compress(NDJSON[9_999:]),
    "gzip of a log file": gzip.compress(LOG_FILE),
    "zstandard of two frames": squeezed(NDJSON),
}


ODD = {"a byte order mark": {"N009": 1}, "lines ended as on Windows": {"N010": 1}}
"""What is told of a form that is read all the same."""


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_read(tmp_path, form):
    """Compression is told from the bytes, not from the name."""
    report = report_of(tmp_path, FORMS[form])

    assert report.records == 40
    assert dict(report.codes) == ODD.get(form, {})


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_read_in_small_pieces(tmp_path, form, monkeypatch):
    """Wherever a piece ends."""
    monkeypatch.setattr(reading, "_CHUNK", 701)
    monkeypatch.setattr(reading, "_ZSTD_CHUNK", 13)

    assert report_of(tmp_path, FORMS[form]).records == 40


@pytest.mark.parametrize("option", [None, orjson.OPT_INDENT_2])
def test_one_bare_record_is_read(tmp_path, option):
    """On one line or on many."""
    report = report_of(tmp_path, orjson.dumps(RECORDS[0], option=option))

    assert report.records == 1
    assert report.findings == ()


TABLE = a_table(LINES, "time", "event")


@pytest.mark.parametrize(
    ("text", "told", "line"),
    [
        (TABLE + b'x,"no record"\n', "E005 no column of this row holds a record", 42),
        (TABLE + b'x,"{""eventSource"":\n', "E004 event: not JSON", 42),
        (TABLE + b"x,{}\n", "E005 no column of this row holds a record", 42),
        (TABLE + b'x,"{""eventSource"":""\xff""}"\n', "E003 is not UTF-8", 42),
        (TABLE + b'x,"' + b"y\n" * 3_000 + TABLE, "E002 a row of more than 5,000", 42),
        (b'{"_raw":"{\\"eventSource\\":"}\n' + NDJSON, "E004 _raw: not JSON", 1),
        (b'{"a":{"b":{"c":{"_raw":"{\\"eventSource\\":"}}}}\n', "E101 is missing", 1),
    ],
)
def test_a_row_without_a_record_is_a_finding(tmp_path, monkeypatch, text, told, line):
    """With its line; rows, and how deep a record is looked for, are bounded."""
    monkeypatch.setattr(reading, "MOST_LINE", 5_000)

    report = report_of(tmp_path, text)

    code, _, message = told.partition(" ")
    found = next(one for one in report.findings if one.code == code)
    assert message in found.message
    assert found.place.line == line
    assert report.records == (1 if code == "E101" else 40)


def test_a_table_is_known_by_its_name_as_well(tmp_path):
    """Where no row shows it."""
    (tmp_path / "a.csv").write_bytes(b"time,event\n1,2\n")
    (tmp_path / "a.txt").write_bytes(b"time,event\n1,2\n")

    by_name = validate_paths([str(tmp_path / "a.csv")])
    otherwise = validate_paths([str(tmp_path / "a.txt")])

    assert [one.code for one in by_name.findings] == ["E005"]
    assert {one.code for one in otherwise.findings} == {"E004"}


def test_a_record_is_not_looked_through(tmp_path):
    """What it quotes is its own affair."""
    other = LINES[1].decode()

    report = report_of(
        tmp_path, as_lines([{**RECORDS[0], "userAgent": other, "sourceIPAddress": other}])
    )

    assert dict(report.kinds) == dict(report_of(tmp_path, LINES[0]).kinds)


def test_places_are_lines_or_positions(tmp_path):
    """A record of a list has no line of its own."""
    bad = {**RECORDS[1], "eventID": "x1"}

    [by_line] = report_of(tmp_path, as_lines([RECORDS[0], bad])).findings
    [by_index] = report_of(tmp_path, orjson.dumps({"Records": [RECORDS[0], bad]})).findings

    assert str(by_line.place) == f"{tmp_path}/records.ndjson:2"
    assert str(by_index.place) == f"{tmp_path}/records.ndjson:1[1]"


@pytest.mark.parametrize(
    ("wrapped", "place"),
    [
        (
            lambda good, bad: as_lines(
                [{"detail-type": "x", "detail": one} for one in (good, bad)]
            ),
            "2",
        ),
        (
            lambda *both: orjson.dumps(
                {
                    "messageType": "DATA_MESSAGE",
                    "logEvents": [{"message": orjson.dumps(one).decode()} for one in both],
                }
            ),
            "1[1]",
        ),
    ],
)
def test_places_are_those_of_what_records_are_wrapped_in(tmp_path, wrapped, place):
    """An envelope's line; a payload's, and which of its log events."""
    bad = {**RECORDS[1], "eventID": "x1"}

    [finding] = report_of(tmp_path, wrapped(RECORDS[0], bad)).findings

    assert str(finding.place) == f"{tmp_path}/records.ndjson:{place}"


def test_a_member_named_twice_is_found_in_an_envelope(tmp_path):
    """Its text is looked at, as that of a list is."""
    text = as_lines(ENVELOPES[:1]).replace(b'"eventName":', b'"eventName":"x","eventName":')

    assert dict(report_of(tmp_path, text).codes) == {"E007": 1}


def test_the_order_of_lookup_events_is_from_newest_to_oldest(tmp_path):
    """The other way round is out of order there."""
    oldest_first = orjson.dumps(orjson.loads(LOOKUP)["Events"][::-1])

    assert set(report_of(tmp_path, oldest_first).codes) == {"N451"}


def broken(text: bytes, code: str, records: int, message: str):
    """Return a case: a text, the one code it must give, and the records around it."""
    return pytest.param(text, code, records, message, id=f"{code} {message}")


@pytest.mark.parametrize(
    ("text", "code", "records", "message"),
    [
        broken(b'{"a":' + NDJSON, "E004", 39, "JSON"),
        broken(NDJSON + b'{"a":' * 300 + b"1" + b"}" * 300 + b"\n", "E008", 40, "in one another"),
        broken(b'{"Records":[' + b"[" * 1_010 + b"]" * 1_010 + b"]}", "E005", 0, "too deep"),
        broken(NDJSON + b"nonsense\n", "E004", 40, "JSON"),
        broken(NDJSON + b'{"a": NaN}\n', "E004", 40, "JSON"),
        broken(NDJSON + b"[" * 5_000 + b"\n", "E004", 40, "JSON"),
        broken(NDJSON + b'{"a": "\xff"}\n', "E003", 40, "byte 8 is not UTF-8"),
        broken("{}".encode("utf-16"), "E003", 0, "byte 1 is not UTF-8"),
        broken(NDJSON + b"7\n", "E005", 40, "7 is not an object"),
        broken(NDJSON + b'["a"]\n', "E005", 40, "a is not an object"),
        broken(b'{"Events":[{"CloudTrailEvent":"7"}]}', "E005", 0, "7 is not an object"),
        broken(b'{"Events":[{"CloudTrailEvent":"{"}]}', "E004", 0, "CloudTrailEvent: not json"),
        broken(b'{"detail-type":"","detail":7}', "E005", 0, "detail: 7 is not an object"),
        broken(b'{"messageType":"","logEvents":[7]}', "E005", 0, "7 is not an object"),
        broken(
            b'{"messageType":"","logEvents":[{"message":"Hello"}]}', "E004", 0, "message: not json"
        ),
        broken(as_lines([CONTROL]), "E005", 0, "no record in this file"),
        broken(b"", "E005", 0, "no record in this file"),
        broken(b"\n \n", "E005", 0, "no record in this file"),
        broken(b'{\n"eventSource": 1,\n', "E004", 0, "JSON"),
        broken(gzip.compress(NDJSON)[:-9], "E006", -1, "ends before its end mark"),
        broken(gzip.compress(NDJSON) + b"tail", "E006", 40, "damaged"),
        broken(squeezed(NDJSON)[:-9], "E006", -1, "ends within a frame"),
        broken(b"\x28\xb5\x2f\xfd" + b"x" * 99, "E006", 0, "damaged"),
    ],
)
def test_what_cannot_be_read_is_a_finding(tmp_path, text, code, records, message):
    """With its place, and the records around it are checked all the same."""
    report = report_of(tmp_path, text)

    assert code in report.codes
    assert set(report.codes) <= {code, "E004", "E005"}
    finding = next(finding for finding in report.findings if finding.code == code)
    assert message.lower() in finding.message.lower()
    assert records in {-1, report.records}
    assert report.exit_status == 1


def test_a_line_too_long_is_left_out(tmp_path, monkeypatch):
    """Memory is bounded: neither the line nor what follows it is kept."""
    monkeypatch.setattr(reading, "MOST_LINE", 5_000)
    monkeypatch.setattr(reading, "_CHUNK", 512)

    report = report_of(tmp_path, NDJSON + b'"' + b"x" * 99_000 + b'"\n' + LINES[0])

    assert report.records == 41
    assert dict(report.codes) == {"E002": 1, "N451": 1, "W402": 1}
    assert report.findings[0].place.line == 41


def test_a_document_too_long_is_left_out(tmp_path, monkeypatch):
    """A log file is one line and may be longer, but not without end."""
    monkeypatch.setattr(reading, "MOST_LINE", 5_000)
    assert report_of(tmp_path, LOG_FILE).records == 40
    pretty = orjson.dumps(RECORDS, option=orjson.OPT_INDENT_2)

    monkeypatch.setattr(reading, "MOST_DOCUMENT", 9_000)

    assert report_of(tmp_path, pretty).codes["E002"] == 1


@pytest.mark.parametrize(
    "text",
    [
        NDJSON.replace(b'"eventVersion":', b'"eventVersion":"9","eventVersion":', 1),
        LOG_FILE.replace(b'"eventVersion":', b'"eventVersion":"9","eventVersion":', 1),
        NDJSON.replace(b'"userIdentity":{', b'"userIdentity":{"type":"Root",', 1),
        orjson.dumps(RECORDS[0], option=orjson.OPT_INDENT_2).replace(
            b'"eventVersion": ', b'"eventVersion": "9", "eventVersion": ', 1
        ),
    ],
)
def test_a_member_named_twice_is_found(tmp_path, text):
    """JSON readers keep the last of them silently."""
    assert dict(report_of(tmp_path, text).codes) == {"E007": 1}


def test_a_text_that_looks_like_members_is_none(tmp_path):
    """Negative control: quotes and colons within a string."""
    record = {**a_record("sso/ListAccounts"), "userAgent": 'a":"b\\":"c":'}

    assert report_of(tmp_path, as_lines([record])).findings == ()


def test_folders_are_read_in_order_without_what_is_no_records(tmp_path):
    """Truth, manifest, digests and other files lie beside them."""
    inside = tmp_path / "AWSLogs" / "CloudTrail"
    inside.mkdir(parents=True)
    (tmp_path / "b.ndjson.gz").write_bytes(gzip.compress(NDJSON))
    (inside / "a.json").write_bytes(orjson.dumps({"Records": [a_record("sso/ListAccounts")]}))
    digests = tmp_path / "CloudTrail-Digest"
    digests.mkdir()
    for path in ("truth.ndjson", "x.truth.ndjson", "manifest.json", "x.manifest.json", "notes"):
        (tmp_path / path).write_text("{}")
    (digests / "d.json").write_text("{}")

    report = validate_paths([str(tmp_path)])

    assert report.files == 2
    assert report.records == 41
    assert reading.files_of([str(tmp_path)]) == [
        str(inside / "a.json"),
        str(tmp_path / "b.ndjson.gz"),
    ]


def test_standard_input_is_read(monkeypatch):
    """Its name is a hyphen."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(NDJSON)))

    assert validate_paths(["-"]).records == 40


def test_what_is_not_there_is_an_error_of_the_call(tmp_path):
    """Exit status 4, unlike findings."""
    with pytest.raises(InputError, match="no such file or folder"):
        validate_paths([str(tmp_path / "none")])
    with pytest.raises(InputError, match="no CloudTrail files"):
        validate_paths([str(tmp_path)])


def test_a_file_that_cannot_be_opened_is_an_error_of_the_call(tmp_path, monkeypatch):
    """Whoever runs the tests may read everything, so opening is made to fail."""
    path = tmp_path / "records.ndjson"
    path.write_bytes(NDJSON)

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(reading.Path, "open", refuse)

    with pytest.raises(InputError, match="Permission denied"):
        validate_paths([str(path)])


class Failing(io.RawIOBase):
    """A file whose disk fails after the first piece."""

    def __init__(self):
        super().__init__()
        self.pieces = [NDJSON]

    def read(self, _size=-1):
        """Return the piece, then fail."""
        if not self.pieces:
            raise OSError(5, "Input/output error")
        return self.pieces.pop()


def test_a_file_that_fails_half_way_is_a_finding(tmp_path, monkeypatch):
    """What was read is checked."""
    path = tmp_path / "records.ndjson"
    path.write_bytes(b"")
    monkeypatch.setattr(reading.Path, "open", lambda *_, **__: Failing())

    report = validate_paths([str(path)])

    assert report.records == 40
    assert dict(report.codes) == {"E001": 1}


def test_zstandard_without_its_extra_says_what_to_install(tmp_path, monkeypatch):
    """Exit status 5."""
    monkeypatch.setattr(reading, "_HAS_ZSTD", False)

    with pytest.raises(MissingExtraError, match="zstd"):
        report_of(tmp_path, squeezed(NDJSON))


def test_progress_is_told(tmp_path):
    """Once a file at least."""
    heard = []

    class Listening:
        def checked(self, records, file):
            heard.append((records, file))

    path = tmp_path / "records.ndjson"
    path.write_bytes(NDJSON)

    validate_paths([str(path)], options=Options(), observer=Listening())

    assert heard == [(40, str(path))]
