"""Whether a run still is what its manifest says, and what it gives when it is made again."""

from __future__ import annotations

from simulator.verification.places import Place, place_of
from simulator.verification.report import Finding, Report, report_json, report_text
from simulator.verification.verifying import Observer, Options, Silence, verify

__all__ = [
    "Finding",
    "Observer",
    "Options",
    "Place",
    "Report",
    "Silence",
    "place_of",
    "report_json",
    "report_text",
    "verify",
]
