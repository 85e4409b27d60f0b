"""Every play and its near-miss: told apart by detections, labels and the truth, in both eras."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from simulator.scenario import library, reader
from tests.plays import administration, sign_ins
from tests.plays.analyst import told

if TYPE_CHECKING:
    from simulator.scenario.document import Scenario

DETECTIONS = {**sign_ins.DETECTIONS, **administration.DETECTIONS}
"""Play to what finds it: records in order to the eventIDs of those that are suspect."""

ERAS = ("pre", "post")
NAMES = sorted(name for name in library.paths() if name.startswith("plays/"))
PLAYS = [name for name in NAMES if not name.endswith("-near-miss")]


def scenario(name: str) -> Scenario:
    """Return a play with its defaults."""
    return library.load(name)


def test_there_are_enough() -> None:
    """Twenty at least, each found by a detection of its own."""
    assert len(PLAYS) >= 20
    assert {f"plays/{name}" for name in DETECTIONS} == set(PLAYS)


@pytest.mark.parametrize("name", PLAYS)
def test_a_play_and_its_near_miss_know_each_other(name: str) -> None:
    """By name, and both say what an analyst should see."""
    play, near_miss = scenario(name).play, scenario(f"{name}-near-miss").play

    assert play is not None
    assert near_miss is not None
    assert (play.near_miss, play.near_miss_of) == (f"{name}-near-miss", None)
    assert (near_miss.near_miss, near_miss.near_miss_of) == (None, name)
    assert len(play.signs) > 40
    assert len(near_miss.signs) > 40


@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_is_used(name: str) -> None:
    """And says what it is for."""
    text = reader.file_text(library.find(name))
    for parameter, said in reader.parse(text, name).value.get("parameters", {}).items():
        assert text.count(f"${parameter}") >= 1, parameter
        assert said["meaning"].endswith(".")


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("name", PLAYS)
def test_a_play_has_malicious_records_with_techniques(name: str, era: str) -> None:
    """And all its entries have a step and belong to it."""
    tale = told(name, era)
    truth = list(tale.truth.values())

    assert {line["play"] for line in truth} == {name.removeprefix("plays/")}
    assert all(line["step"] for line in truth)
    assert tale.labelled("malicious")
    assert all(
        line["techniques"] and line["actor"] for line in truth if line["label"] == "malicious"
    )


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("name", PLAYS)
def test_a_near_miss_is_benign(name: str, era: str) -> None:
    """Every record, and none has a technique."""
    truth = told(f"{name}-near-miss", era).truth.values()

    assert {(line["label"], *line["techniques"]) for line in truth} == {("benign",)}
    assert all(line["step"] for line in truth)


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("name", PLAYS)
def test_a_detection_finds_the_play_and_not_its_near_miss(name: str, era: str) -> None:
    """What it finds is malicious; in the near-miss it finds nothing."""
    find = DETECTIONS[name.removeprefix("plays/")]
    play, near_miss = told(name, era), told(f"{name}-near-miss", era)

    found = find(play.records)

    assert found
    assert {play.truth[one]["label"] for one in found} == {"malicious"}
    assert find(near_miss.records) == []


@pytest.mark.parametrize("name", PLAYS)
def test_attack_and_near_miss_go_through_the_same_flows(name: str) -> None:
    """Nothing but behaviour tells them apart: no kind of episode is an attacker's alone."""
    play, near_miss = told(name, "post"), told(f"{name}-near-miss", "post")
    malicious = {line["flow"] for line in play.truth.values() if line["label"] == "malicious"}

    assert malicious <= {line["flow"] for line in near_miss.truth.values()}


@pytest.mark.parametrize("name", NAMES)
def test_both_eras_tell_the_same_story(name: str) -> None:
    """The same episodes at the same instants, whatever the records show of them."""
    pre, post = (told(name, era) for era in ERAS)
    stories = [
        [
            (record["eventTime"], record["eventName"], line["episode"], line["step"])
            for record in tale.records
            for line in [tale.truth[record["eventID"]]]
        ]
        for tale in (pre, post)
    ]

    assert stories[0] == stories[1]


@pytest.mark.parametrize("era", ERAS)
def test_each_is_found_among_everyday_activity_and_all_the_others(era: str) -> None:
    """A company with all that one instance can have: every playing is found, and nothing else."""
    tale = told("datasets/attacked-company", era, events=20_000)
    playings = {
        (line["play"], line["play_id"])
        for line in tale.truth.values()
        if line["label"] == "malicious"
    }

    found = [
        (name, tale.truth[one]) for name, find in DETECTIONS.items() for one in find(tale.records)
    ]

    assert len(playings) >= 25
    assert playings == {(name, line["play_id"]) for name, line in found if line["play"] == name}
    assert {line["label"] for _, line in found} == {"malicious"}
