"""Every baseline that is shipped shows what it declares."""

from __future__ import annotations

import pytest

from simulator.realism import measure_scenario
from simulator.scenario import library

pytestmark = pytest.mark.realism


@pytest.mark.parametrize("name", ["office", "developers", "external-idp", "active-directory"])
def test_no_measure_of_a_baseline_fails(name):
    """At a size at which most can be told."""
    report = measure_scenario(library.load(f"baseline/{name}"), events=10_000)

    assert report.failures == 0
    assert report.records == 10_000
    assert sum(row.verdict == "holds" for row in report.rows) > 40
