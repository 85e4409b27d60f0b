"""A score for programs to read, and whether it is good enough."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from simulator.errors import RequestError
from simulator.primitives.instants import format_instant, format_instant_exact
from simulator.scoring.alerts import NEVER
from simulator.scoring.marks import MEASURES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.primitives.jsontext import Json
    from simulator.scoring.marks import Detection, Group, NearMiss, Score

FORMAT: Final = "trailwright-score/1"


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A measure that is less than was asked for."""

    measure: str
    """A key of `MEASURES`."""
    asked: float
    found: float | None
    """Absent where there is nothing to measure, which reaches nothing."""

    def __str__(self) -> str:
        """Return what is said of it."""
        found = "undefined" if self.found is None else f"{self.found:.4g}"
        return f"{self.measure} is {found}, asked for is at least {self.asked:g}"


def thresholds(text: str) -> Mapping[str, float]:
    """Read such as `recall=0.9,precision=0.5`.

    Raises:
        RequestError: It is not that.
    """
    asked: dict[str, float] = {}
    for part in text.split(","):
        name, _, value = (word.strip() for word in part.partition("="))
        if name not in MEASURES:
            message = f"--fail-under {part.strip()!r}: no such measure; there are {_NAMES}"
            raise RequestError(message)
        if name in asked:
            message = f"--fail-under {name}: is asked for twice"
            raise RequestError(message)
        try:
            asked[name] = float(value)
        except ValueError:
            asked[name] = -1
        if not 0 <= asked[name] <= 1:
            message = f"--fail-under {part.strip()!r}: expected a number from 0 to 1 after {name}="
            raise RequestError(message)
    return asked


_NAMES: Final = ", ".join(MEASURES)


def shortfalls(score: Score, asked: Mapping[str, float]) -> tuple[Shortfall, ...]:
    """Return which measures are less than asked for."""
    made = (
        Shortfall(name, least, MEASURES[name](score.total.marks)) for name, least in asked.items()
    )
    return tuple(one for one in made if one.found is None or one.found < one.asked)


def score_json(score: Score, asked: Mapping[str, float]) -> dict[str, Json]:
    """Return a score for programs to read. `docs/scoring.md` explains its members.

    Args:
        score: The score.
        asked: What each measure should be at least.
    """
    short = {one.measure for one in shortfalls(score, asked)}
    return {
        "format": FORMAT,
        "truth": [{"file": file, "content_sha256": sha256} for file, sha256 in score.truth],
        "alerts": {"file": score.alerts[0], "content_sha256": score.alerts[1]},
        "positive_labels": list(score.positives),
        "min_score": score.min_score,
        "records": score.records,
        "positives_outside_plays": score.outside,
        "total": _marks(score.total),
        "plays": [{"play": one.name, **_marks(one)} for one in score.plays],
        "eras": [{"era": one.name, **_marks(one)} for one in score.eras],
        "rules": [{"rule": one.name, **_marks(one)} for one in score.rules],
        "playings": [_detection(one) for one in score.detections],
        "near_misses": [_near_miss(one) for one in score.near_misses],
        "unknown": {
            "event_ids": list(score.unknown_ids),
            "users": list(score.unknown_users),
        },
        "early": list(score.early),
        "fail_under": [
            {
                "measure": name,
                "asked": least,
                "found": MEASURES[name](score.total.marks),
                "reached": name not in short,
            }
            for name, least in asked.items()
        ],
        "notes": list(score.notes),
    }


def _marks(group: Group) -> dict[str, Json]:
    marks = group.marks
    alerts: dict[str, Json] = {
        "total": marks.alerts,
        "right": marks.right,
        "false": marks.alerts - marks.right,
    }
    if group.false_alarms:
        alerts["false_alarms"] = dict(group.false_alarms)
    return {
        "recall": marks.recall,
        "precision": marks.precision,
        "f1": marks.f1,
        "playings": {
            "total": marks.playings,
            "detected": marks.detected,
            "missed": marks.playings - marks.detected,
        },
        "near_misses": {"total": marks.near_misses, "alarmed": marks.alarmed},
        "alerts": alerts,
        "records": {
            "positives": marks.positives,
            "true_positives": marks.true_positives,
            "false_positives": marks.false_positives,
            "false_negatives": marks.positives - marks.true_positives,
            "recall": marks.record_recall,
            "precision": marks.record_precision,
            "f1": marks.record_f1,
        },
        "median_seconds_to_detect": marks.median,
    }


def _detection(one: Detection) -> dict[str, Json]:
    playing = one.playing
    return {
        "play": playing.play,
        "play_id": playing.play_id,
        "entry": playing.entry,
        "era": one.era,
        "steps": list(playing.steps),
        "first_event_id": playing.first_event_id,
        "first_event_time": None if playing.first_at == NEVER else format_instant(playing.first_at),
        "positives": playing.positives,
        "touched": one.touched,
        "detected": one.is_detected,
        "alerts": one.alerts,
        "first_alert": one.alert,
        "detected_at": None if one.at is None else format_instant_exact(one.at),
        "seconds_to_detect": one.delay,
    }


def _near_miss(one: NearMiss) -> dict[str, Json]:
    playing = one.playing
    return {
        "play": playing.play,
        "play_id": playing.play_id,
        "entry": playing.entry,
        "records": playing.records,
        "alerts": one.alerts,
    }
