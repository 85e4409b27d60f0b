"""What is told of a detector: counts, and the ratios that follow from them.

`docs/scoring.md` defines them all. A ratio of nothing to nothing is absent, never 0 or 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from simulator.scoring.truths import Playing

FALSE_ALARMS: Final = {
    "near_miss": "a playing of which all records are benign",
    "beside_attack": "harmless records of a playing that has others",
    "suspicious": "what is labelled suspicious, or played with it",
    "everyday": "everyday activity, or a storyline without a play",
    "no_record": "no record of the truth",
}
"""What a false alarm is about; the first that holds."""


def ratio(part: int, whole: int) -> float | None:
    """Return a part of a whole; nothing of nothing is absent."""
    return part / whole if whole else None


@dataclass(frozen=True, slots=True)
class Marks:
    """Counts of a whole truth, or of what belongs to one play, era or rule."""

    median: float | None
    """Seconds to detect, the median of the playings for which that can be told."""
    playings: int
    """How many playings are to be detected."""
    detected: int
    """How many of them are."""
    near_misses: int
    """How many playings are near misses."""
    alarmed: int
    """How many of those some alert touches."""
    positives: int
    """How many records are to be found."""
    true_positives: int
    """How many of them some alert touches."""
    false_positives: int
    """How many other records some alert touches."""
    alerts: int
    """How many alerts there are."""
    right: int
    """How many of them touch a positive."""

    @property
    def recall(self) -> float | None:
        """Of playings."""
        return ratio(self.detected, self.playings)

    @property
    def precision(self) -> float | None:
        """Of alerts."""
        return ratio(self.right, self.alerts)

    @property
    def f1(self) -> float | None:
        """The harmonic mean of those two."""
        recall, precision = self.recall, self.precision
        if recall is None or precision is None:
            return None
        both = recall + precision
        return 2 * recall * precision / both if both else 0.0

    @property
    def record_recall(self) -> float | None:
        """Of records."""
        return ratio(self.true_positives, self.positives)

    @property
    def record_precision(self) -> float | None:
        """Of records that alerts touch."""
        return ratio(self.true_positives, self.true_positives + self.false_positives)

    @property
    def record_f1(self) -> float | None:
        """The harmonic mean of those two, as counts."""
        return ratio(
            2 * self.true_positives, self.true_positives + self.false_positives + self.positives
        )


MEASURES: Final[Mapping[str, Callable[[Marks], float | None]]] = {
    "recall": lambda marks: marks.recall,
    "precision": lambda marks: marks.precision,
    "f1": lambda marks: marks.f1,
    "record-recall": lambda marks: marks.record_recall,
    "record-precision": lambda marks: marks.record_precision,
    "record-f1": lambda marks: marks.record_f1,
}
"""What can be asked to be at least so much."""


@dataclass(frozen=True, slots=True)
class Group:
    """What belongs to one play, era or rule."""

    name: str | None
    """Absent for alerts that name no rule."""
    marks: Marks
    false_alarms: Mapping[str, int]
    """By key of `FALSE_ALARMS`; empty where they are not told apart."""


@dataclass(frozen=True, slots=True)
class Detection:
    """A playing that is to be detected, and how it fared."""

    playing: Playing
    era: str
    """Of its first positive."""
    touched: int
    """How many of its positives some alert touches."""
    alerts: int
    """How many alerts touch one."""
    alert: str | None
    """The place of the right alert that came first; absent for a miss."""
    at: int | None
    """When that was, in milliseconds; absent where it cannot be told."""
    delay: float | None
    """Seconds from the playing's first positive until then; likewise."""

    @property
    def is_detected(self) -> bool:
        """Whether any alert touches one of its positives."""
        return self.alert is not None


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A playing of which all records are benign."""

    playing: Playing
    alerts: int
    """How many alerts touch any of its records."""


@dataclass(frozen=True, slots=True)
class Score:
    """How a detector did."""

    truth: tuple[tuple[str, str], ...]
    """Each file's name and the sha256 of what is in it."""
    alerts: tuple[str, str]
    """Likewise."""
    positives: tuple[str, ...]
    """Labels of records that are to be found."""
    min_score: float | None
    """What alerts scored at least; absent for all alerts."""
    records: int
    """How many records the truth tells of."""
    outside: int
    """How many positives are in no play."""
    total: Group
    """Everything. It has no name."""
    plays: tuple[Group, ...]
    """By play, in the order of their names; likewise eras, in the order of the truth."""
    eras: tuple[Group, ...]
    rules: tuple[Group, ...]
    """By rule, in the order of the alerts; empty when none names one."""
    detections: tuple[Detection, ...]
    """All playings that are to be detected, in the order of the truth."""
    near_misses: tuple[NearMiss, ...]
    unknown_ids: tuple[str, ...]
    """eventIDs that alerts name and the truth does not have."""
    unknown_users: tuple[str, ...]
    """Users, likewise."""
    early: tuple[str, ...]
    """Places of alerts that say they were raised before their evidence."""
    notes: tuple[str, ...]

    @property
    def misses(self) -> tuple[Detection, ...]:
        """Playings that no alert detects."""
        return tuple(one for one in self.detections if not one.is_detected)
