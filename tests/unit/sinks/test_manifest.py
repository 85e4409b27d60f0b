"""A manifest is read back as it was written, or refused with its reason."""

from __future__ import annotations

import orjson
import pytest

from simulator.errors import InputError
from simulator.primitives.jsontext import json_text
from simulator.sinks.files import FileEntry
from simulator.sinks.manifest import Counts, Origin, manifest_text, read_manifest

ENTRY = FileEntry(
    "a/b.json.gz",
    10,
    2,
    "a" * 64,
    "b" * 64,
    role="log",
    first="2025-01-12T09:00:00Z",
    last="2025-01-13T09:00:00Z",
    delivered_at="2025-01-13T09:05:00Z",
)
SCENARIO = {
    "name": "s",
    "sha256": None,
    "resolved_sha256": "c" * 64,
    "resolved": "scenario: s\n",
    "seed": 5,
    "era": "by-date",
    "cutover": "announced",
    "window": {"start": "2025-01-12T00:00:00Z", "end": "2025-01-14T00:00:00Z"},
}


def a_manifest(**changes) -> dict:
    """Return a manifest as objects; `None` in place of a member leaves it out."""
    origin = Origin(
        "1.2.3", 4, SCENARIO, {"start": None, "end": "2025-01-14T00:00:00Z"}, 9, "ndjson"
    )
    counts = Counts(2, {"sso/Logout": 2}, {"pre-january-2025": 2}, {}, ENTRY.first, ENTRY.last)
    made = orjson.loads(manifest_text(origin, counts, [ENTRY]))
    return made | changes


def test_what_was_written_is_read_back():
    """Every member that somebody needs."""
    read = read_manifest(json_text(a_manifest(later="a member that is not known")))

    assert read.members["later"] == "a member that is not known"
    assert (read.version, read.generation, read.output) == ("1.2.3", 4, "ndjson")
    assert (read.resolved, read.resolved_sha256) == ("scenario: s\n", "c" * 64)
    assert read.source_sha256 is None
    assert (read.start, read.end, read.events) == (None, 1_736_812_800_000, 9)
    assert (read.records, read.kinds) == (2, {"sso/Logout": 2})
    assert read.eras == {"pre-january-2025": 2}
    assert (read.first, read.last) == ("2025-01-12T09:00:00Z", "2025-01-13T09:00:00Z")
    assert read.files == (ENTRY,)


def test_a_file_that_was_not_delivered_says_nothing_of_it():
    """The member is absent; the others are there for every file."""
    written = manifest_text(
        Origin("1", 1, SCENARIO, None, None, "ndjson"),
        Counts(0, {}, {}, {}, None, None),
        [FileEntry("x", 0, 0, "a" * 64, "a" * 64, role="truth")],
    )

    assert list(orjson.loads(written)["files"][0]) == [
        "name",
        "role",
        "bytes",
        "records",
        "first_event_time",
        "last_event_time",
        "sha256",
        "content_sha256",
    ]
    assert read_manifest(written).files[0].delivered_at is None


@pytest.mark.parametrize("output", ["cloudtrail", "eventbridge", "something-new"])
def test_what_was_written_may_be_anything(output):
    """What is done with it is not the reader's affair."""
    assert read_manifest(json_text(a_manifest(output=output))).output == output


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{\n  1}", "m.json:2:3: not JSON: "),
        (b'{"format": "\xff"}', "m.json:1:1: not JSON: "),
        (b"", "m.json:1:1: not JSON: "),
        (b"[]", "m.json: expected an object, found []"),
        (b"{}", "m.json: format: expected trailwright-manifest/1, found nothing"),
        (
            b'{"format": "trailwright-manifest/2"}',
            "m.json: format: expected trailwright-manifest/1, found 'trailwright-manifest/2'",
        ),
    ],
)
def test_what_is_no_manifest_is_refused(data, message):
    """Not JSON, with its place, or another format."""
    with pytest.raises(InputError) as error:
        read_manifest(data, "m.json")

    assert str(error.value).startswith(message)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"version": 5}, "version: expected text, found 5"),
        ({"generation": True}, "generation: expected a whole number, found True"),
        ({"records": -1}, "records: expected a number from 0 on, found -1"),
        ({"records": 1.5}, "records: expected a whole number, found 1.5"),
        ({"scenario": None}, "scenario: expected an object, found None"),
        ({"scenario": {}}, "scenario.resolved: missing"),
        (
            {"scenario": SCENARIO | {"resolved_sha256": "C" * 64}},
            f"scenario.resolved_sha256: expected 64 digits of a sha256, found {'C' * 64!r}",
        ),
        ({"slice": 5}, "slice: expected an object or null, found 5"),
        ({"slice": {"start": None}}, "slice.end: missing"),
        ({"kinds": {"a": "x"}}, "kinds.a: expected a whole number, found 'x'"),
        ({"first_event_time": "soon"}, "first_event_time: expected a date such as "),
        ({"files": {}}, "files: expected a list, found {}"),
        ({"files": [5]}, "files.0: expected an object, found 5"),
        ({"files": [{"name": "x"}]}, "files.0.bytes: missing"),
    ],
)
def test_members_must_be_what_they_should(changes, message):
    """The message names the member."""
    with pytest.raises(InputError) as error:
        read_manifest(json_text(a_manifest(**changes)), "m.json")

    found = str(error.value)
    assert found.startswith(f"m.json: {message}"[:120])


def test_no_two_files_have_one_name():
    """Neither could be told from the other."""
    files = a_manifest()["files"]

    with pytest.raises(
        InputError, match=r"^m: files\.1\.name: 'a/b\.json\.gz' is empty, or the name of another"
    ):
        read_manifest(json_text(a_manifest(files=files * 2)), "m")


def test_no_member_that_is_needed_may_be_missing():
    """Whichever it is, it is named."""
    whole = a_manifest()
    # A manifest that does not say its output is of lines.
    for name in whole.keys() - {"format", "output"}:
        rest = {key: value for key, value in whole.items() if key != name}
        with pytest.raises(InputError, match=rf"^m: {name}: missing$"):
            read_manifest(json_text(rest), "m")
