"""Splits leak nothing: what belongs together is in one split, whoever else there is."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.datasets.rows import label_of, rows_of
from simulator.datasets.splits import SPLITS, WAYS, Splits, splits_of
from simulator.plan.compiler import compile_scenario
from simulator.primitives.instants import parse_instant
from simulator.primitives.keys import Key
from simulator.run.press import Cut, Press
from simulator.sinks.formats import FORMS, Format
from simulator.sinks.truth import TruthLines
from tests.unit.datasets.scenes import STOLEN, a_line, asked_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

pytestmark = pytest.mark.laws

KEEPS_TOGETHER: Final[Mapping[str, str]] = {
    "split_time": "episode",
    "split_user": "user_name",
    "split_play": "play_id",
}
"""Column of a split to the column whose values are never in two."""


def leaks(labels: Iterable[Mapping[str, str]], way: str) -> set[str]:
    """Return what is in two splits and should not be."""
    parts = defaultdict(set)
    for label in labels:
        if label[KEEPS_TOGETHER[way]] is not None:
            parts[label[KEEPS_TOGETHER[way]]].add(label[way])
    return {name for name, found in parts.items() if len(found) > 1}


def labels_of(text: str) -> list[dict[str, str]]:
    """Return the labels of a scenario's records, each split as a dataset decides it."""
    request = asked_for(text).request
    plan, truth = compile_scenario(request.scenario)
    splits = splits_of(plan, request.scenario.seed, (50, 25, 25))
    lines = (FORMS[Format.ndjson].lines(request.scenario, plan), TruthLines(plan, truth))
    texts = [b"", b""]
    for window in Cut().windows(plan):
        for sheet in Press(plan, "vectorised", lines).printed(window):
            for place, text_of in enumerate(sheet.texts):
                texts[place] += bytes(text_of)
    begun: dict[str, str] = {}
    made = []
    for row in rows_of(*texts, before=""):
        start = begun.setdefault(row.truth["episode"], row.at)
        split = {
            "split_time": splits.by_time(parse_instant(start)),
            "split_user": splits.by_user(row.truth),
            "split_play": splits.by_play(row.truth),
        }
        made.append(label_of(row, split))
    return made


@pytest.fixture(scope="module")
def labels():
    """Return the labels of a scenario with an intruder."""
    return labels_of(STOLEN)


@pytest.mark.parametrize("way", WAYS)
def test_no_split_leaks(labels, way):
    """No episode is in two by time, no user by user, no playing by play; all splits are used."""
    assert leaks(labels, way) == set()
    assert {label[way] for label in labels} == set(SPLITS)


@pytest.mark.parametrize("way", ["split_time", "split_user"])
def test_a_split_by_record_leaks(labels, way):
    """The control: records dealt out one by one are found out."""
    dealt = [{**label, way: SPLITS[nth % 3]} for nth, label in enumerate(labels)]

    assert leaks(dealt, way)


playings = st.lists(
    st.tuples(st.sampled_from("abcdefgh"), st.sampled_from(["ana", "bo", None]), st.integers(0, 9)),
    min_size=1,
)


@given(playings, st.integers(0, 2**32))
def test_a_playing_is_whole(parts, seed):
    """Whoever takes part in it, in however many episodes, among whatever else."""
    splits = Splits(Key.root(seed), (40, 30, 30), (0, 0))
    lines = [
        a_line(
            play="device-code-phishing",
            play_id=playing,
            entry=f"{playing}.{episode}",
            episode=f"{episode:032x}",
            user=None if user is None else {"id": user, "name": user},
        )
        for playing, user, episode in parts
    ]

    found = [{"play_id": line["play_id"], "split_play": splits.by_play(line)} for line in lines]

    assert leaks(found, "split_play") == set()


def test_playings_split_by_entry_leak():
    """The control: a playing has several entries, which alone go to different splits."""
    splits = Splits(Key.root(0), (40, 30, 30), (0, 0))
    found = [
        {"play_id": "a", "split_play": splits.by_play(a_line(entry=f"a.{nth}"))}
        for nth in range(20)
    ]

    assert leaks(found, "split_play") == {"a"}


def test_a_user_who_is_added_moves_nobody(labels):
    """Everyone who was there is in the same splits by user and by play."""
    more = labels_of(STOLEN.replace("users:\n", "users:\n  - {name: carla.new, mfa: [totp]}\n"))
    before = {label["user_name"]: label["split_user"] for label in labels}
    after = {label["user_name"]: label["split_user"] for label in more}
    plays = {label["entry"]: label["split_play"] for label in labels if label["entry"]}

    common = before.keys() & after.keys() - {None}

    assert {"ana.lopez", "bo.lind"} <= common
    assert {name: after[name] for name in common} == {name: before[name] for name in common}
    assert {label["entry"]: label["split_play"] for label in more if label["entry"]} == plays


def test_another_seed_moves_somebody(labels):
    """The control: the draws are the seed's."""
    other = labels_of(STOLEN.replace("scenario: stolen", "scenario: stolen\nseed: 4"))
    before = {label["user_name"]: label["split_user"] for label in labels}

    assert {label["user_name"]: label["split_user"] for label in other} != before
