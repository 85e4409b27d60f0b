"""Histograms of times."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from simulator.streaming.latencies import Latencies

TIMES = st.lists(st.integers(0, 2**50), min_size=1, max_size=200)


@given(TIMES, st.sampled_from([1, 50, 90, 99, 99.9, 100]))
def test_quantiles_are_right_within_a_64th(times, percent):
    """For all times: at least so many percent are within it, and it is hardly more than needed."""
    latencies = Latencies()
    latencies.add(np.array(times, np.int64))
    exact = sorted(times)[max(-int(-len(times) * percent // 100), 1) - 1]

    assert exact <= latencies.quantile(percent) <= exact + exact / 64
    assert latencies.quantile(100) == max(times)


@given(TIMES, TIMES)
def test_times_add_up_whatever_comes_first(one, other):
    """For all times: in parts or at once, in any order."""
    apart, together = Latencies(), Latencies()
    apart.add(np.array(other, np.int64))
    apart.add(np.array(one, np.int64))
    together.add(np.array([*one, *other], np.int64))

    assert apart.told() == together.told()
    assert apart.buckets() == together.buckets()
    assert sum(count for _, count in together.buckets()) == len(one) + len(other)


def test_nothing_and_what_is_below_zero():
    """Without times all is 0, and a clock that went back counts as 0."""
    latencies = Latencies()
    assert latencies.told() == {"p50": 0, "p90": 0, "p99": 0, "p99.9": 0, "max": 0}
    latencies.add(np.array([-5], np.int64))
    assert latencies.buckets() == [(0, 1)]
