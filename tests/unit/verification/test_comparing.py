"""Lines that a run gives, held against lines that are there."""

from __future__ import annotations

import io
from collections import Counter
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.sinks.files import FileEntry
from simulator.verification import comparing
from simulator.verification.comparing import ComparedLines
from simulator.verification.unpacking import Content

ENTRY = FileEntry("x", 0, 0, "", "")


def a_line(number: int) -> bytes:
    """Return a line of a record."""
    return b'{"eventID":"%d","text":"%s"}\n' % (number, b"x" * (number % 7))


def compared(mine: bytes, theirs: bytes, cut: int = 1 << 20) -> ComparedLines:
    """Compare two texts; the first comes in pieces of some size."""

    def again():
        return Content("x", io.BytesIO(theirs))

    output = ComparedLines(ENTRY, SimpleNamespace(content=again(), again=again))
    for start in range(0, len(mine), cut):
        output.write(memoryview(mine)[start : start + cut])
    output.finish(0, None, None)
    return output


def of(output: ComparedLines) -> list:
    """Return what was found."""
    return [(one.kind, Counter(one.event_ids)) for one in output.findings()]


@given(st.lists(st.integers(0, 5), max_size=12), st.integers(1, 60))
def test_the_same_has_no_findings(numbers, cut):
    """However it comes in."""
    text = b"".join(map(a_line, numbers))

    assert of(compared(text, text, cut)) == []


@given(
    st.lists(st.integers(0, 9), max_size=12),
    st.lists(st.integers(0, 9), max_size=12),
    st.integers(1, 60),
)
def test_what_differs_is_what_one_has_more_of(mine, theirs, cut):
    """For all two lists of records: missing, extra and repeated are their difference."""
    output = compared(b"".join(map(a_line, mine)), b"".join(map(a_line, theirs)), cut)

    want, have = Counter(map(str, mine)), Counter(map(str, theirs))
    surplus = have - want
    expected = [
        ("missing", Counter(set(want - have))),
        ("extra", Counter({one for one in surplus if not want[one]})),
        ("repeated", Counter({one for one in surplus if want[one]})),
    ]
    found = of(output)
    if mine == theirs:
        assert found == []
    elif want == have:
        assert [kind for kind, _ in found] == ["differs", "order"]
    else:
        assert found[0][0] == "differs"
        assert found[1:] == [(kind, ids) for kind, ids in expected if ids]


@given(st.integers(1, 60), st.integers(0, 9))
def test_a_changed_record_is_told_by_its_eventid(cut, which):
    """Neither missing nor extra."""
    lines = [a_line(number) for number in range(10)]
    other = [*lines]
    other[which] = lines[which].replace(b"text", b"next")

    output = compared(b"".join(lines), b"".join(other), cut)

    assert of(output) == [("differs", Counter()), ("changed", Counter([str(which)]))]
    assert next(output.findings()).message.endswith(f"line {which + 1} is the first that differs")


@pytest.mark.parametrize(
    ("mine", "theirs", "said"),
    [
        (b"a\n", b"a", ["differs in the end of its last line alone"]),
        (
            b"",
            b"x\nx\n",
            ["2 records are there that the run does not give, without an eventID to tell which"],
        ),
        (b"x\n", b"", ["1 record is missing, without an eventID to tell which"]),
    ],
)
def test_lines_that_are_no_records_are_counted(mine, theirs, said):
    """They have no eventID to be told by."""
    assert [one.message for one in compared(mine, theirs).findings()][1:] == said


def test_of_too_many_it_is_not_told_which(monkeypatch):
    """The memory is bounded."""
    monkeypatch.setattr(comparing, "MOST", 5)
    lines = [a_line(number) for number in range(20)]

    output = compared(b"".join(lines[:10]), b"".join(lines[10:]))

    assert [one.message for one in output.findings()] == [
        "is not what the run gives: line 1 is the first that differs",
        "more than 5 lines differ, and it was not told which",
    ]


def test_a_shift_costs_no_memory(monkeypatch):
    """However many lines follow one that was removed."""
    monkeypatch.setattr(comparing, "MOST", 2)
    lines = [a_line(number) for number in range(1_000)]

    output = compared(b"".join(lines), b"".join(lines[1:]), 100)

    assert of(output) == [("differs", Counter()), ("missing", Counter(["0"]))]
