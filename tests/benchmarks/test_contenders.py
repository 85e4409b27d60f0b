"""Every contender runs, so that none rots between two runs of the benchmarks."""

from __future__ import annotations

import json
from pathlib import Path

import orjson
import pytest

from benchmarks import process
from benchmarks.catalogue import CONTENDERS, Contender, Workspace, contender, population
from benchmarks.peers import HERE, PEERS
from benchmarks.profiles import PROFILES, Section
from benchmarks.runner import measured

SECTION = Section("smoke", 1, (), limit=120)
LONG = {
    *("stepwise", "gzip", "gzip-workers", "workers", "quickstart"),
    *("control-many", "memory-cache", "memory-main", *(peer.name for peer in PEERS)),
}
"""Who takes seconds even for next to nothing, or is the same program as another."""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Give a place where a thousand of our records are made once."""
    return Workspace(tmp_path_factory.mktemp("benchmarks"))


def every() -> list[object]:
    """Return every contender, the slow ones marked so."""
    return [
        pytest.param(it, id=it.name, marks=[pytest.mark.slow] if it.name in LONG else [])
        for it in (*CONTENDERS.values(), population(100))
    ]


@pytest.mark.parametrize("it", every())
def test_every_contender_runs(it: Contender, workspace: Workspace):
    """At a size that says nothing about its speed."""
    if (reason := it.missing()) is not None:
        pytest.skip(reason)

    found = measured(it, 1, workspace, SECTION, 0)

    assert found.amount >= 1
    assert found.wall > 0
    assert (found.first_byte is not None) is it.is_heard


@pytest.mark.parametrize("name", ["naive-faker", "plain-orjson", "tuned-orjson", "tuned-fragments"])
def test_a_generator_writes_as_many_records_as_asked(name: str, workspace: Workspace):
    """Each a CloudTrail record with ids of its own, on a line."""
    written = _written(name, 300, workspace)

    assert len(written) == 300
    assert len({it["eventID"] for it in written}) == 300
    assert all(it["eventSource"].endswith(".amazonaws.com") for it in written)


@pytest.mark.parametrize("name", ["tuned-orjson", "tuned-fragments", "plain-orjson"])
def test_a_rival_is_as_rich_as_our_records(name: str, workspace: Workspace):
    """As long within three per cent, a dozen kinds, in order, and correlated by workflow."""
    with workspace.records(5_000).open("rb") as file:
        ours = [orjson.loads(line) for line in file]
    theirs = _written(name, 5_000, workspace)

    sizes = [sum(len(orjson.dumps(it)) for it in records) for records in (ours, theirs)]
    assert sizes[1] == pytest.approx(sizes[0], rel=0.03)
    assert len({it["eventName"] for it in theirs}) >= 12
    assert [it["eventTime"] for it in theirs] == sorted(it["eventTime"] for it in theirs)
    signing_in = [it for it in theirs if it["eventSource"] == "signin.amazonaws.com"]
    workflows = {it["additionalEventData"]["AuthWorkflowID"] for it in signing_in}
    assert len(signing_in) / len(workflows) == pytest.approx(3.8, rel=0.05)


def test_every_entry_of_a_profile_is_known():
    """A name that nobody has would end a run half an hour in."""
    names = {
        name
        for profile in PROFILES.values()
        for section in profile.sections
        for name, _ in section.entries
    }

    assert {contender(name).name for name in names} == names
    assert CONTENDERS.keys() <= names


def test_every_peer_has_pins_and_an_adapter():
    """What is installed is what was measured."""
    for peer in PEERS:
        pins = (HERE / f"{peer.name}.txt").read_text(encoding="utf-8").splitlines()
        assert all("==" in pin for pin in pins)
        assert Path(peer.command(1)[1]).is_file()


def _written(name: str, records: int, workspace: Workspace) -> list[dict]:
    used = process.run(contender(name).command(workspace, records), limit=120, is_read=True)
    return [json.loads(line) for line in used.output.splitlines()]
