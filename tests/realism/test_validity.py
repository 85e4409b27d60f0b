"""A hundred thousand records of the office pass their own validation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from simulator.run import Request, write_run
from simulator.scenario import library
from simulator.sinks.targets import target_of
from simulator.validation import Options, validate_paths

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.realism


@pytest.mark.parametrize(
    "name", ["office", "developers", "external-idp", "active-directory", "enterprise"]
)
def test_a_baseline_has_no_finding(name: str, tmp_path: Path) -> None:
    """Envelope, shapes, eras by time and correlations hold in every record."""
    events = 100_000 if name == "office" else 10_000
    scenario = library.load(f"baseline/{name}", events=events)
    target = target_of(f"{tmp_path}/out/", name, truth=None, manifest=None)

    counts = write_run(Request(scenario), target, force=False)
    report = validate_paths(
        [tmp_path / "out" / "records.ndjson"], options=Options(ours=True, cutover="announced")
    )

    assert counts is not None
    assert sum(report.kinds.values()) == counts.records
    # A storyline comes on top of the background.
    assert counts.records > events if scenario.storyline else counts.records == events
    assert report.findings == ()
