"""What CloudTrail records of any origin say, in plain words, and which belong together."""

from __future__ import annotations

from simulator.explanation.briefs import Brief, brief_of
from simulator.explanation.explaining import Company, Explanation, Oddity
from simulator.explanation.gathering import (
    MOST_KEPT,
    Tally,
    Whole,
    explain_all,
    explain_event,
)
from simulator.explanation.report import (
    explanation_json,
    explanation_lines,
    story_json,
    story_lines,
)
from simulator.explanation.stories import Story

__all__ = [
    "MOST_KEPT",
    "Brief",
    "Company",
    "Explanation",
    "Oddity",
    "Story",
    "Tally",
    "Whole",
    "brief_of",
    "explain_all",
    "explain_event",
    "explanation_json",
    "explanation_lines",
    "story_json",
    "story_lines",
]
