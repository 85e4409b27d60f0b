"""The file that a run is kept in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.results import Result
from tests.benchmarks.measured import a_result, a_run

if TYPE_CHECKING:
    from pathlib import Path


def test_a_result_is_read_as_it_was_written(tmp_path: Path):
    """To the last field."""
    result = a_result(
        a_run("vectorised", 10, 1.5),
        a_run("quickstart", 1, 2.5, first_byte=0.5),
        a_run("orjson-alone", 1, 2.5, is_inner=True),
        bytes_per_record={"vectorised": 1_020.7},
        skipped={"peers/geneve/10": "not installed"},
    )

    result.save(tmp_path / "made" / "result.json")

    assert Result.load(tmp_path / "made" / "result.json") == result


def test_a_section_is_forgotten_before_it_is_measured_anew():
    """The others stay."""
    result = a_result(a_run("vectorised", 10, 1.5), a_run("yes", 10, 1.5, section="limits"))

    result.without("core")

    assert [it.contender for it in result.measurements] == ["yes"]
