"""Splits: shares as they are asked for, and who belongs where."""

from __future__ import annotations

import pytest

from simulator.datasets.splits import Splits, person_of, playing_of, shares_from, splits_of
from simulator.errors import RequestError
from simulator.plan.compiler import compile_scenario
from simulator.primitives.keys import Key
from tests.unit.datasets.scenes import a_line, asked_for

MANY = 4_000


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("70,30", "expected three whole numbers such as 70,15,15"),
        ("a,b,c", "expected three whole numbers"),
        ("70,15,16", "they add up to 101, not to 100"),
    ],
)
def test_shares_that_are_none_are_refused(text, message):
    """Three whole numbers that add up to 100."""
    with pytest.raises(RequestError, match=message):
        shares_from(text)


def test_a_share_may_be_nothing():
    """Whoever wants no validation split has none."""
    assert shares_from("80, 0,20") == (80, 0, 20)


def test_users_are_drawn_in_the_shares_asked_for():
    """Of many, within four standard deviations."""
    splits = Splits(Key.root(7), (70, 15, 15), (0, 0))
    drawn = [splits.by_user(a_line(user={"id": "", "name": f"user-{nth}"})) for nth in range(MANY)]

    assert abs(drawn.count("train") - 2_800) < 116
    assert abs(drawn.count("test") - 600) < 91


def test_records_of_nobody_go_by_actor_and_of_nobody_at_all_by_episode():
    """An actor whose name a record hides is with the user of that name."""
    assert person_of(a_line(user=None)) == person_of(a_line(actor="intruder"))
    assert person_of(a_line(user=None, actor=None)) == f"episode:{'0' * 32}"


def test_a_playing_is_more_than_an_entry_and_that_more_than_an_episode():
    """What belongs together is decided by the largest of them that there is."""
    assert playing_of(a_line()) == f"episode:{'0' * 32}"
    assert playing_of(a_line(entry="2.then.0")) == "entry:2.then.0"
    assert playing_of(a_line(entry="2.then.0", play_id="p")) == "playing:p"


def test_time_is_cut_where_so_many_episodes_have_begun():
    """As many as the shares say, give or take those of a minute."""
    request = asked_for().request
    plan, _ = compile_scenario(request.scenario)
    splits = splits_of(plan, 0, (50, 25, 25))

    starts = [start for block in plan.whole() for start in block.columns["start"].tolist()]
    train = sum(splits.by_time(start) == "train" for start in starts)

    assert 0.5 <= train / len(starts) < 0.53


def test_shares_of_nothing_take_no_time():
    """All is for testing, or for training."""
    plan, _ = compile_scenario(asked_for().request.scenario)

    assert splits_of(plan, 0, (0, 0, 100)).by_time(plan.start) == "test"
    assert splits_of(plan, 0, (100, 0, 0)).by_time(plan.horizon - 1) == "train"
