"""Capsules: cases in one file, which nobody has to trust."""

from __future__ import annotations

from copy import deepcopy

import orjson
import pytest

from simulator.cases.capsules import FORMAT, MARKED, packed, read_capsule
from simulator.cases.replaying import capsule_of, replayed
from simulator.errors import InputError, ScenarioError
from simulator.run import GENERATION
from simulator.scenario import library
from simulator.scenario.reader import MAX_BYTES
from simulator.scenario.resolve import resolve
from tests.unit.cli.program import TINY

LONG = TINY + "users: [{count: 40}]\nbackground: {events: 1_500}\n"


def capsule(text: str = TINY, note: str = ""):
    """Return the case of a scenario."""
    return capsule_of(resolve(library.read(text, "test")), note)


@pytest.fixture
def file(tmp_path):
    """Return a function that writes a capsule and reads it."""

    def read(content: bytes | dict):
        path = tmp_path / "a.trailwright-case"
        path.write_bytes(content if isinstance(content, bytes) else orjson.dumps(content))
        return read_capsule(path)

    return read


@pytest.mark.parametrize("text", [TINY, LONG])
def test_a_capsule_reads_back_as_what_was_packed(file, text):
    """And the same case gives the same bytes."""
    made = capsule(text, "What fails:\n\ta tab, ü, \x1b and 🦆")

    assert file(packed(made)) == made
    assert packed(made) == packed(capsule(text, made.note))


def test_a_capsule_gives_the_same_records_again(file):
    """With nothing but what is in it."""
    made = file(packed(capsule(LONG)))

    found = replayed(made, made.resolved("test"))

    assert (found.is_same, found.is_same_truth, found.records) == (True, True, 1_502)
    assert (found.first, found.line, found.changes) == (None, None, ())
    assert len(made.evidence.marks) == MARKED


def edited(made, **members):
    """Return a capsule's document with other members, `a__b` for `b` in `a`."""
    document = deepcopy(orjson.loads(packed(made)))
    for path, value in members.items():
        *above, last = path.split("__")
        inner = document
        for name in above:
            inner = inner[name]
        inner[last] = value
    return document


def test_the_first_record_that_differs_is_named(file):
    """Those before it are known by their marks, and those after it that are there still."""
    made = capsule(LONG)
    line = orjson.loads(packed(made))["records"]["marks"]
    line[1] = line[1].replace(made.evidence.marks[13], "00000000")
    other = file(edited(made, records__marks=line, records__sha256="0" * 64))

    found = replayed(other, other.resolved("test"))

    assert (found.is_same, found.first, found.kept) == (False, 13, MARKED - 1)
    assert found.line is not None
    assert found.line.startswith(b'{"eventVersion"')


def test_a_record_that_is_missing_now_is_named(file):
    """It has a mark, and nothing comes at its place."""
    made = capsule()
    marks = [*made.evidence.marks, "00000000"]
    count = len(marks)
    other = file(edited(made, records__count=count, records__marks=[" ".join(marks)]))

    found = replayed(other, other.resolved("test"))

    assert (found.is_same, found.first, found.line) == (False, count - 1, None)
    assert (found.records, found.kept) == (count - 1, count - 1)


def test_a_record_too_many_ends_it(file):
    """A stranger's case may have no end."""
    made = capsule(LONG)
    marks = " ".join(made.evidence.marks[:5])
    other = file(edited(made, records__count=5, records__marks=[marks]))

    found = replayed(other, other.resolved("test"))

    assert (found.is_same, found.first, found.records) == (False, 5, 6)


def test_what_changed_since_another_generation_is_told(file):
    """Whichever of them came first, and nothing of the one that packed it."""
    older = file(edited(capsule(), generation=3, version="0.0.1"))
    newer = file(edited(capsule(), generation=GENERATION + 1))

    told = replayed(older, older.resolved("test")).changes

    assert [one.partition(":")[0] for one in told][:2] == ["generation 4", "generation 5"]
    assert replayed(newer, newer.resolved("test")).changes == ()


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (
            {"format": "trailwright-case/2"},
            "format: expected .*, which a newer version writes",
        ),
        ({"format": "zip"}, "format: expected trailwright-case/1, found 'zip'$"),
        ({"format": None}, "format: expected trailwright-case/1, found nothing"),
        ({"files": {"../../x": ""}}, "'files': no such member"),
        ({"records__path": "/etc/passwd"}, "records: 'path': no such member|records.'path'"),
        ({"note": 5}, "note: expected text"),
        ({"generation": True}, "generation: expected a whole number"),
        ({"records__sha256": "0"}, "records.sha256: expected 64 digits"),
        ({"records__marks": ["xyz"]}, "records.marks.0: expected marks of 8 digits"),
        ({"records__marks": [["a"]]}, "records.marks.0: expected text"),
        ({"records__marks": []}, "records.marks: expected 2 of them, found 0"),
        ({"records__count": 10**15}, "records.marks: expected 1000 of them, found 2"),
        ({"scenario": []}, "scenario: expected an object"),
        ({"scenario__storyline": [{"use": "../secret.yaml"}]}, "storyline.0.use: a capsule has"),
    ],
)
def test_what_is_no_capsule_is_refused_with_its_place(file, members, message):
    """A stranger wrote it: unknown members, paths and newer formats are not passed over."""
    with pytest.raises(InputError, match=message):
        file(edited(capsule(), **members))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"a\.trailwright-case:1:1: not JSON"),
        (b"PK\x03\x04", "not JSON"),
        (b"[]", "expected an object"),
        (b"[" * 200_000, "not JSON"),
        (b" " * (MAX_BYTES + 1), "larger than 16 MiB"),
    ],
)
def test_what_is_no_document_is_refused(file, content, message):
    """Whatever it is."""
    with pytest.raises(InputError, match=message):
        file(content)


def test_a_scenario_that_is_too_deep_is_refused(file):
    """Before anything walks down into it."""
    deep: dict = {}
    for _ in range(100):
        deep = {"then": [deep]}

    with pytest.raises(InputError, match="scenario: deeper than 64 levels"):
        file(edited(capsule(), scenario__storyline=[deep]))


def test_what_this_version_cannot_read_is_said_all_at_once(file):
    """With the place in the capsule's scenario, which has no lines."""
    other = file(edited(capsule(), scenario__colour="red", scenario__seed="many"))

    with pytest.raises(ScenarioError) as caught:
        other.resolved("a.trailwright-case")

    assert [str(one).partition(":")[0] for one in caught.value.findings] == [
        "a.trailwright-case scenario.colour",
        "a.trailwright-case scenario.seed",
    ]


def test_the_format_is_what_the_documents_say():
    """Whoever reads it elsewhere relies on it."""
    assert FORMAT == "trailwright-case/1"
    assert list(orjson.loads(packed(capsule()))) == [
        "format",
        "name",
        "note",
        "version",
        "generation",
        "records",
        "truth",
        "scenario",
    ]
