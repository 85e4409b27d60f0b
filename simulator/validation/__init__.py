"""Checks CloudTrail files, this program's or others'."""

from __future__ import annotations

from simulator.validation.checking import Observer, Options, validate_paths
from simulator.validation.findings import CODES, Finding, Severity
from simulator.validation.report import Report, report_json, report_text

__all__ = [
    "CODES",
    "Finding",
    "Observer",
    "Options",
    "Report",
    "Severity",
    "report_json",
    "report_text",
    "validate_paths",
]
