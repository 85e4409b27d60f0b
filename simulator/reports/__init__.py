"""What records say when they are taken together: for a summary, and for a page to look at."""

from __future__ import annotations

from simulator.reports.gathering import (
    MOST_SHOWN,
    Gathered,
    gather_paths,
    gather_run,
    gather_scenario,
)

__all__ = ["MOST_SHOWN", "Gathered", "gather_paths", "gather_run", "gather_scenario"]
