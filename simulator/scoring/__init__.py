"""How well a detector's alerts tell what the truth says happened."""

from __future__ import annotations

from simulator.scoring.alerts import NEVER
from simulator.scoring.marks import FALSE_ALARMS, MEASURES, Group, Marks, Score
from simulator.scoring.report import Shortfall, score_json, shortfalls, thresholds
from simulator.scoring.scoring import Options, score
from simulator.scoring.truths import Playing

__all__ = [
    "FALSE_ALARMS",
    "MEASURES",
    "NEVER",
    "Group",
    "Marks",
    "Options",
    "Playing",
    "Score",
    "Shortfall",
    "score",
    "score_json",
    "shortfalls",
    "thresholds",
]
