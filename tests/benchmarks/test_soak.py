"""What a soak judges by: what grew, what was lost, what fell short."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.soak import Soaked, table
from benchmarks.watching import MIB, Sample, growths, sampled, samples

STEADY = tuple(Sample(float(at), 100 * MIB, (50 * MIB,), 20, 8) for at in range(101))
GOOD = Soaked(
    STEADY,
    {"records": 100, "settled": 99, "refused": 1, "lost": 0, "shortfalls": []},
    0,
    {"failures": []},
    99,
)


def grown(since: int, **more: int) -> list[Sample]:
    """Return samples that hold more of something from a second on."""
    return [
        replace(one, **{name: getattr(one, name) + by for name, by in more.items()})
        if one.at >= since
        else one
        for one in STEADY
    ]


def test_nothing_grows_where_all_stays_as_it_is():
    """The control of what follows."""
    assert [*growths(STEADY)] == []


@pytest.mark.parametrize(
    ("name", "by", "told"),
    [
        ("own", 20 * MIB, "memory grew from 150 to 170 MiB"),
        ("descriptors", 1, "descriptors grew from 20 to 21"),
        ("threads", 1, "threads grew from 8 to 9"),
    ],
)
def test_what_the_last_quarter_has_more_than_the_second_is_told(name, by, told):
    """Memory, descriptors and threads each."""
    assert [*growths(grown(60, **{name: by}))] == [told]


@pytest.mark.parametrize(
    "every",
    [grown(10, own=90 * MIB, threads=3), grown(60, own=15 * MIB), grown(99, descriptors=5)],
    ids=["in the first quarter", "by less than may be", "for a moment"],
)
def test_what_is_no_growth_is_not_told(every):
    """Queues fill in the first quarter; 5 % and 8 MiB may be; a moment is no trend."""
    assert [*growths(every)] == []


def test_too_few_samples_are_no_proof():
    """A stream that ends at once has not shown that nothing grows."""
    assert [*growths(STEADY[:1])] == ["it was over before anything could grow"]
    assert [*growths(())] == ["it was over before anything could grow"]


def test_a_process_and_its_children_are_sampled():
    """Memory of each, and the process's own descriptors and threads."""
    if not Path("/proc/self/task").exists():
        pytest.skip("only Linux tells")
    before = sampled(os.getpid(), 0.0)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        after = sampled(os.getpid(), 1.0)
        of_child = sampled(child.pid, 2.0)
        child.communicate(b"\n")

    assert before is not None
    assert after is not None
    assert of_child is not None
    assert len(after.children) == len(before.children) + 1
    assert after.descriptors == before.descriptors + 1
    assert after.memory == after.own + sum(after.children)
    assert of_child.threads == 1
    assert sampled(child.pid, 3.0) is None


def test_sampling_ends_with_the_process():
    """At the first time that it is over."""
    ends = iter([False, False, True])
    now = iter([10.0, 10.0, 12.0, 14.0])

    made = samples(os.getpid(), 2.0, lambda _: next(ends), now=lambda: next(now))

    assert [one.at for one in made] == [0.0, 2.0, 4.0]


def test_a_soak_in_which_all_is_well_has_nothing_wrong():
    """The control of what follows."""
    assert [*GOOD.wrong()] == []


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (replace(GOOD, found={"failures": ["1 record missing"]}), "1 record missing"),
        (replace(GOOD, samples=tuple(grown(60, threads=1))), "threads grew from 8 to 9"),
        (replace(GOOD, status=3), "the stream ended with 3"),
        (
            replace(GOOD, report=GOOD.report | {"shortfalls": ["the rate was 1"]}, status=1),
            "the rate was 1",
        ),
        (replace(GOOD, report=GOOD.report | {"lost": 1}), "the report tells of 101 of 100 records"),
    ],
    ids=["missing", "growth", "status", "rate", "sum"],
)
def test_whatever_is_wrong_is_told(made, told):
    """Each by itself makes a soak fail."""
    assert [*made.wrong()] == [told]


def test_the_table_is_short():
    """Some samples, and the quarters."""
    lines = [*table(STEADY)]

    assert len(lines) <= 30
    assert lines[-1].split() == ["quarter", "4", "150", "20", "8"]
