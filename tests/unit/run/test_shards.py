"""Shards: what they are called, how large they are, and what has none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulator.errors import RequestError
from simulator.plan.compiler import compile_scenario
from simulator.plan.windows import begun
from simulator.primitives.instants import MINUTE, SECOND, parse_instant
from simulator.run.request import Request, Shard, origin_of
from simulator.run.shards import bound, shard_of, sharded
from simulator.run.writing import write_run
from simulator.scenario.library import load
from simulator.scenario.resolve import resolve
from simulator.sinks.formats import Format
from simulator.sinks.manifest import read_manifest
from simulator.sinks.targets import target_of
from simulator.verification import Options, place_of, verify

QUICK = Request(resolve(load("quickstart")))
OFFICE = Request(resolve(load("baseline/office")), events=20_000)


def written(request, folder):
    """Write a run into a folder, and return its records and truth."""
    write_run(request, target_of(f"{folder}/", "quickstart"))
    return (folder / "records.ndjson").read_bytes(), (folder / "truth.ndjson").read_bytes()


def test_a_shard_is_written_as_it_is_read():
    """`2/4` is the second of four."""
    assert (shard_of("2/4"), str(Shard(2, 4))) == (Shard(2, 4), "2/4")


@pytest.mark.parametrize(
    "text", ["0/4", "5/4", "1", "1/", "/2", "-1/2", "1/2/3", "1/9999999", "a/b"]
)
def test_what_is_no_shard_is_refused(text):
    """With what would be one."""
    with pytest.raises(ValueError, match=r"such as 2/4"):
        shard_of(text)


@pytest.mark.parametrize("form", [Format.ndjson, Format.eventbridge])
def test_files_of_shards_put_together_are_those_of_the_run(tmp_path, form):
    """Records and truth, byte for byte."""
    request = replace(QUICK, format=form)
    whole = written(request, tmp_path / "whole")

    parts = [written(sharded(request, Shard(n, 3)), tmp_path / f"{n}") for n in (1, 2, 3)]

    assert tuple(map(b"".join, zip(*parts, strict=True))) == whole


def test_shards_have_about_as_many_episodes_each():
    """Also where nights and weekends lie between them."""
    plan, _ = compile_scenario(OFFICE.scenario, events=20_000)
    bounds = [bound(plan, OFFICE, nth, 8) for nth in range(1, 8)]

    starts = sorted(
        at for piece in plan.everyday.starts(0, 0, plan.horizon) for at in piece.tolist()
    )
    counts = [
        sum(low <= at < high for at in starts)
        for low, high in zip([0, *bounds], [*bounds, plan.horizon], strict=True)
    ]

    assert max(counts) < 1.05 * min(counts)
    assert sum(counts) == len(starts)
    assert begun(plan, plan.horizon) > 0


def test_shards_of_a_slice_are_parts_of_it():
    """The first begins and the last ends where it does."""
    start, end = (parse_instant(f"2025-01-{day}") for day in (13, 14))
    sliced = replace(OFFICE, start=start, end=end)

    first, last = (sharded(sliced, Shard(n, 2)) for n in (1, 2))

    assert (first.start, last.end) == (start, end)
    assert first.end == last.start
    assert start < first.end < end


def test_a_slice_of_less_than_a_second_has_shards(tmp_path):
    """All but one of them are empty."""
    at = parse_instant("2025-01-13T09:00:00Z")
    sliced = replace(QUICK, start=at + 200, end=at + 500)

    for n in (1, 2, 3):
        assert written(sharded(sliced, Shard(n, 3)), tmp_path / f"{n}") == (b"", b"")


def test_a_shard_may_be_empty(tmp_path):
    """There are more than there are seconds with an episode; the run it is verifies."""
    start = parse_instant("2025-01-13T09:00:00Z")
    tight = replace(QUICK, start=start, end=start + 2 * SECOND)

    records, truth = written(sharded(tight, Shard(5, 9)), tmp_path / "5")

    assert (records, truth) == (b"", b"")
    told = read_manifest((tmp_path / "5" / "manifest.json").read_bytes())
    assert (told.records, told.shard) == (0, (5, 9))
    assert verify(place_of(str(tmp_path / "5")), options=Options(rerun=True)).findings == ()


def test_a_shard_is_made_again_from_its_manifest(tmp_path):
    """`slice` tells its bounds, and which it is."""
    request = sharded(QUICK, Shard(2, 3))
    written(request, tmp_path / "2")

    sliced = origin_of(request).slice
    assert sliced is not None
    assert sliced["shard"] == "2/3"
    assert sliced["start"] < sliced["end"]
    assert verify(place_of(str(tmp_path / "2")), options=Options(rerun=True)).findings == ()


def test_a_manifest_with_another_shard_is_found_out(tmp_path):
    """The control: the bounds are those of the second shard."""
    request = sharded(QUICK, Shard(2, 3))
    written(request, tmp_path / "2")
    sliced = origin_of(request).slice
    assert sliced is not None
    manifest = tmp_path / "2" / "manifest.json"
    text = manifest.read_text()
    manifest.write_text(text.replace(sliced["start"], "2024-01-01T00:00:00Z"))

    found = verify(place_of(str(tmp_path / "2")), options=Options(rerun=True)).findings

    assert {finding.kind for finding in found} >= {"differs"}


@pytest.mark.parametrize("form", [Format.cloudtrail, Format.cloudwatch_logs, Format.lookup_events])
def test_formats_whose_parts_are_not_the_whole_have_no_shards(form):
    """Of lines with several records, and of log files."""
    with pytest.raises(RequestError, match=r"use .*--workers"):
        sharded(replace(QUICK, format=form), Shard(1, 2))


def test_a_slice_that_ends_before_it_begins_has_no_shards():
    """As it has none without them."""
    start = parse_instant("2025-01-13")
    with pytest.raises(RequestError, match="--start must be before --end"):
        sharded(replace(QUICK, start=start, end=start - MINUTE), Shard(1, 2))
