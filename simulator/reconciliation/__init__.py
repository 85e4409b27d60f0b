"""Which records of a run arrived where they were sent: all, once, and as they were written."""

from __future__ import annotations

from simulator.reconciliation.exports import Rows
from simulator.reconciliation.reconciling import Observer, Options, reconcile
from simulator.reconciliation.report import Allowed, Report, failures, report_json

__all__ = [
    "Allowed",
    "Observer",
    "Options",
    "Report",
    "Rows",
    "failures",
    "reconcile",
    "report_json",
]
