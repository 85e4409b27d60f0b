"""From measurements to figures."""

from __future__ import annotations

import pytest

from benchmarks.figures import Figure, costs, figures, growth, paired, peaks, rate
from tests.benchmarks.measured import a_result, a_run, both


def test_a_figure_is_the_median_with_its_range():
    """One bad turn moves the range and not the value."""
    assert Figure.of([3.0, 1.0, 100.0]) == Figure(3.0, 1.0, 100.0, 3)


def test_no_values_are_no_figure():
    """Nothing is made up for what was not measured."""
    assert Figure.of([]) is None


def test_ratios_are_taken_within_a_turn():
    """A slow minute slows both sides: the ratio of medians would be 5, of pairs it is 2."""
    theirs = {0: 2.0, 1: 20.0, 2: 20.0}
    ours = {0: 1.0, 1: 10.0, 2: 10.0, 3: 1.0}

    assert paired(theirs, ours) == {0: 2.0, 1: 2.0, 2: 2.0}


def test_the_marginal_cost_leaves_the_start_out():
    """Two seconds of starting are in the whole cost and not in the marginal one."""
    runs = both("vectorised", 0, start=2.0, each=1e-6)

    assert costs(runs, "vectorised", cost="marginal") == pytest.approx({0: 1e-6})
    assert costs(runs, "vectorised", cost="whole") == pytest.approx({0: 2.0 / 11_000 + 1e-6})


def test_a_loop_that_times_itself_has_one_cost():
    """It told its amount and its seconds, and starting is in neither."""
    runs = [a_run("orjson-alone", 100, 0.5, amount=1_000.0, is_inner=True)]

    for cost in ("marginal", "whole"):
        assert costs(runs, "orjson-alone", cost=cost) == {0: 0.0005}


def test_a_turn_of_nothing_but_noise_is_left_out():
    """A large run that took less than a small one tells no cost."""
    runs = [a_run("vectorised", 10, 1.0), a_run("vectorised", 20, 0.9)]

    assert costs(runs, "vectorised", cost="marginal") == {}


def test_one_size_has_no_marginal_cost():
    """Its start cannot be told apart."""
    assert costs([a_run("vectorised", 10, 1.0)], "vectorised", cost="marginal") == {}


def test_a_rate_is_records_in_a_second():
    """Of processor time, or of the clock."""
    runs = [a_run("workers", 100, 4.0, wall=2.0)]

    assert rate(runs, "workers", cost="whole") == Figure(25.0, 25.0, 25.0, 1)
    assert rate(runs, "workers", clock="wall", cost="whole") == Figure(50.0, 50.0, 50.0, 1)


def test_growth_is_one_when_time_grows_as_records_do():
    """Whatever starting costs."""
    runs = [a_run("vectorised", size, 3.0 + size * 1e-6) for size in (100, 10_000, 100_000)]

    assert growth(runs, "vectorised") == pytest.approx({0: 1.0})


def test_growth_sees_what_grows_faster():
    """Ten times the records for twenty times the time are 2."""
    spent = {0: 1.0, 1_000: 2.0, 10_000: 21.0}
    runs = [a_run("vectorised", size, seconds) for size, seconds in spent.items()]

    assert growth(runs, "vectorised") == pytest.approx({0: 2.0})


def test_peaks_are_megabytes_by_size():
    """From the smallest size to the greatest."""
    runs = [
        a_run("vectorised", 10, 1.0, peak=90_000_000),
        a_run("vectorised", 1, 1.0, peak=80_000_000),
    ]

    assert {size: it.value for size, it in peaks(runs, "vectorised").items()} == {1: 80.0, 10: 90.0}


def test_scaling_is_a_share_of_what_arithmetic_gains():
    """1.5 of a machine on which arithmetic gains 1.6 is nearly all that there is."""
    scaled = {"section": "scaling"}
    result = a_result(
        *both("vectorised", 0, start=1.0, each=3e-6, **scaled),
        *both("workers", 0, start=1.5, each=2e-6, **scaled),
        a_run("control-one", 1, 0.0, amount=100.0, wall=1.0, is_inner=True, **scaled),
        a_run("control-many", 1, 0.0, amount=200.0, wall=1.25, is_inner=True, **scaled),
    )

    found = figures(result)

    assert found["scaling.ours"].value == pytest.approx(1.5)
    assert found["scaling.control"].value == pytest.approx(1.6)
    assert found["scaling.share"].value == pytest.approx(1.5 / 1.6)


def test_sections_are_not_mixed():
    """What was measured at another time of the run is no pair."""
    result = a_result(
        *both("tuned-orjson", 0, start=0.1, each=1e-5),
        *both("vectorised", 0, start=0.1, each=1e-6, section="scaling"),
    )

    assert "tuned-orjson.marginal" not in figures(result)


def test_compression_is_a_share_of_isal_alone():
    """Four seconds of six are isal's."""
    result = a_result(
        *both("gzip", 0, start=1.0, each=6e-6, section="compression"),
        a_run("isal-alone", 1, 4.0, amount=1e6, is_inner=True, section="compression"),
    )

    assert figures(result)["gzip.share"].value == pytest.approx(4 / 6)
