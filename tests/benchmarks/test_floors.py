"""Floors fail a run, goals do not."""

from __future__ import annotations

import pytest

from benchmarks.figures import Figure, figures
from benchmarks.floors import BOUNDS, Standing, judge
from tests.benchmarks.measured import a_result, a_run, both


def verdict(name: str, value: float, turns: int = 5, **others: float):
    """Return what is said of one figure."""
    found = {name: Figure(value, value, value, turns)}
    found |= {other: Figure(number, number, number, 5) for other, number in others.items()}
    (it,) = [it for it in judge(found, {}) if it.bound.figure == name]
    return it


@pytest.mark.parametrize(
    ("name", "value", "standing"),
    [
        ("tuned-orjson.marginal", 15.0, Standing.met),
        ("tuned-orjson.marginal", 14.9, Standing.short),
        ("tuned-orjson.marginal", 4.5, Standing.short),
        ("tuned-orjson.marginal", 4.4, Standing.missed),
        ("orjson-alone.marginal", 3.0, Standing.met),
        ("orjson-alone.marginal", 0.64, Standing.missed),
        ("scaling.share", 0.9, Standing.met),
        ("scaling.share", 0.85, Standing.short),
        ("scaling.share", 0.49, Standing.missed),
        ("gzip.share", 0.1, Standing.short),
        ("growth.time", 1.0, Standing.met),
        ("growth.time", 1.06, Standing.short),
        ("growth.time", 0.94, Standing.short),
        ("memory", 201.0, Standing.short),
        ("first-record", 1.5, Standing.met),
    ],
)
def test_a_figure_stands_where_its_bound_says(name: str, value: float, standing: Standing):
    """At a floor or a goal is good enough."""
    assert verdict(name, value).standing is standing


def test_only_a_missed_floor_fails():
    """A goal that is not reached is told."""
    assert verdict("tuned-orjson.marginal", 2.8).is_failure
    assert not verdict("tuned-orjson.marginal", 11.0).is_failure
    assert not verdict("first-record", 60.0).is_failure


def test_a_missed_floor_says_by_how_much():
    """So that noise can be told from a loss."""
    assert str(verdict("tuned-orjson.marginal", 3.6)) == (
        "floor missed: 3.6 x times as fast as dict + orjson tuned by hand, a record more "
        "(the floor is 4.5 x, 20.0% of it is lacking)"
    )


def test_a_floor_that_nobody_measured_fails():
    """Otherwise leaving it out would pass."""
    it = next(it for it in judge({}, {"scaling/workers/10": "no --workers"}) if it.bound.floor)

    assert it.standing is Standing.unmeasured
    assert it.is_failure


def test_why_something_was_not_measured_is_told():
    """Each reason once."""
    skipped = {"scaling/workers/10": "no --workers", "scaling/workers/20": "no --workers"}

    (it,) = [it for it in judge({}, skipped) if it.bound.figure == "scaling.share"]

    assert it.because == "no --workers"


@pytest.mark.parametrize(("gained", "is_failure"), [(1.29, False), (1.31, True)])
def test_scaling_cannot_be_measured_without_a_second_core(gained: float, is_failure: bool):  # noqa: FBT001
    """What arithmetic does not gain either is no fault of ours."""
    it = verdict("scaling.share", 0.4, **{"scaling.control": gained})

    assert it.is_failure is is_failure


def test_a_narrow_goal_needs_its_turns():
    """Two turns cannot tell five per cent."""
    assert verdict("growth.time", 1.0, turns=2).standing is Standing.unmeasured


def test_every_bound_has_a_figure():
    """A name that no figure has would never be judged."""
    sections = {
        "core": ("vectorised", "tuned-orjson", "orjson-alone"),
        "compression": ("gzip", "isal-alone"),
        "scaling": ("vectorised", "workers", "control-one", "control-many"),
    }
    runs = [
        run
        for section, names in sections.items()
        for name in names
        for run in both(name, 0, start=1.0, each=1e-6, section=section)
    ]
    runs += [a_run("vectorised", size, size * 1e-6, section="sizes") for size in (1, 10, 100)]
    runs += both("users-5000", 0, start=1.0, each=1e-6, section="populations")
    runs += both("quickstart", 0, start=1.0, each=1e-6, section="start", first_byte=1.0)

    found = figures(a_result(*runs))

    assert {bound.figure for bound in BOUNDS} <= found.keys()
