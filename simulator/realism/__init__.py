"""Whether everyday activity in records is what the scenario's personas declare."""

from __future__ import annotations

from simulator.realism.measuring import measure_run, measure_scenario
from simulator.realism.report import Report, report_json, report_text

__all__ = ["Report", "measure_run", "measure_scenario", "report_json", "report_text"]
