"""Cutting log files."""

from __future__ import annotations

import numpy as np
import orjson

from simulator.delivery.logfiles import Cutter
from simulator.delivery.parcels import Group, with_addendum
from simulator.delivery.trail import Stream

HERE = Stream("111122223333", "us-east-1")
THERE = Stream("111122223333", "eu-west-1")


def a_group(*lines, delivered=300, due=None, arrived=None, stream=HERE, time=100):
    """Return records that came in together."""
    count = len(lines)
    return Group(
        stream,
        delivered if due is None else due,
        delivered,
        np.array(arrived or [time] * count, np.int64),
        np.arange(time, time + count, dtype=np.int64),
        np.array([len(line) for line in lines], np.int64),
        memoryview(b"".join(lines)),
    )


def contents(files):
    """Return files by what tells them apart."""
    return {(file.stream, file.delivered, file.nth): file.content() for file in files}


def test_nothing_is_closed_before_it_is_full_or_due():
    """More may come until the instant of delivery."""
    cutter = Cutter(1_000, None)

    assert list(cutter.add(a_group(b"{}", b"{}"))) == []
    assert list(cutter.until(300)) == []
    assert cutter.held == 4


def test_what_is_due_is_closed():
    """Everything that happened before is in by then."""
    cutter = Cutter(1_000, None)
    list(cutter.add(a_group(b'{"a":1}', b'{"b":2}')))

    files = list(cutter.until(301))

    assert contents(files) == {(HERE, 300, 0): b'{"Records":[{"a":1},{"b":2}]}'}
    assert [(file.first, file.last, file.records) for file in files] == [(100, 101, 2)]
    assert cutter.held == 0
    assert list(cutter.until(None)) == []


def test_inside_a_file_records_stand_as_they_arrived():
    """Not in the order of their events."""
    cutter = Cutter(1_000, None)
    list(cutter.add(a_group(b"1", b"2", arrived=[200, 150])))
    list(cutter.add(a_group(b"3", b"4", arrived=[150, 120])))

    (file,) = cutter.until(None)

    assert orjson.loads(file.content()) == {"Records": [4, 2, 3, 1]}


def test_streams_and_instants_have_files_of_their_own():
    """An account and Region never share one."""
    cutter = Cutter(1_000, None)
    for group in (a_group(b"1"), a_group(b"2", stream=THERE), a_group(b"3", delivered=600)):
        assert not list(cutter.add(group))

    assert contents(cutter.until(None)) == {
        (HERE, 300, 0): b'{"Records":[1]}',
        (THERE, 300, 0): b'{"Records":[2]}',
        (HERE, 600, 0): b'{"Records":[3]}',
    }


def test_what_an_outage_held_back_is_not_mixed():
    """It comes in the files in which it would have come, all at once."""
    cutter = Cutter(1_000, None)
    for group in (a_group(b"1", due=100), a_group(b"2", due=200), a_group(b"3")):
        assert not list(cutter.add(group))

    files = list(cutter.until(None))

    assert [(file.due, file.delivered, file.content()) for file in files] == [
        (100, 300, b'{"Records":[1]}'),
        (200, 300, b'{"Records":[2]}'),
        (300, 300, b'{"Records":[3]}'),
    ]


def test_a_file_is_as_large_as_it_may_be_and_no_larger():
    """The size is of the file, with its brackets and commas."""
    cutter = Cutter(len(b'{"Records":[22,22]}'), None)

    full = list(cutter.add(a_group(b"22", b"22", b"22", b"1", b"1", b"1")))
    full += cutter.until(None)

    assert contents(full) == {
        (HERE, 300, 0): b'{"Records":[22,22]}',
        (HERE, 300, 1): b'{"Records":[22,1]}',
        (HERE, 300, 2): b'{"Records":[1,1]}',
    }


def test_a_record_larger_than_a_file_has_one_of_its_own():
    """Nothing is lost."""
    cutter = Cutter(20, None)

    full = list(cutter.add(a_group(b"1", b'"' + b"x" * 30 + b'"', b"2")))
    full += cutter.until(None)

    assert [orjson.loads(file.content())["Records"] for file in full] == [[1], ["x" * 30], [2]]


def test_a_file_has_so_many_records_and_no_more():
    """However small they are, and however they come in."""
    cutter = Cutter(1_000, 2)

    full = list(cutter.add(a_group(b"1")))
    full += cutter.add(a_group(b"2", b"3", b"4"))
    full += cutter.add(a_group(b"5"))
    full += cutter.until(None)

    assert [orjson.loads(file.content())["Records"] for file in full] == [[1, 2], [3, 4], [5]]


def test_the_most_that_waited_is_remembered():
    """So that memory can be measured."""
    cutter = Cutter(1_000, None)
    list(cutter.add(a_group(b"123", b"45")))
    list(cutter.until(None))
    list(cutter.add(a_group(b"1", delivered=600)))

    assert (cutter.held, cutter.most_held) == (1, 5)


def test_an_addendum_stands_behind_the_category():
    """And last where there is none."""
    assert list(with_addendum({"eventCategory": "Management", "tlsDetails": {}}, "X").items()) == [
        ("eventCategory", "Management"),
        ("addendum", {"reason": "X"}),
        ("tlsDetails", {}),
    ]
    assert with_addendum({"a": 1}, "X") == {"a": 1, "addendum": {"reason": "X"}}
