"""What a dataset has, counted: by label, play and split."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from simulator.datasets.gathering import LABELS
from simulator.datasets.splits import SPLITS, WAYS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.primitives.jsontext import Json


@dataclass(slots=True)
class Tally:
    """Adds up rows of labels."""

    labels: Counter[str] = field(default_factory=Counter)
    plays: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """By play, playing and label."""
    splits: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """By column of a split, split and label."""

    def add(self, label: Mapping[str, Any]) -> None:
        """Count a row."""
        self.labels[label["label"]] += 1
        if label["play"] is not None:
            self.plays[label["play"], str(label["play_id"]), label["label"]] += 1
        for way in WAYS:
            self.splits[way, label[way], label["label"]] += 1

    @property
    def records(self) -> int:
        """How many there are."""
        return self.labels.total()

    def share(self, label: str) -> float:
        """Return the share of records with a label; 0 of none."""
        return self.labels[label] / self.records if self.records else 0.0

    def by_label(self) -> dict[str, int]:
        """Return how many records have each label."""
        return {label: self.labels[label] for label in LABELS}

    def by_play(self) -> list[dict[str, Json]]:
        """Return how many records each playing has."""
        playings = sorted({(play, playing) for play, playing, _ in self.plays})
        return [
            {
                "play": play,
                "play_id": playing,
                **{label: self.plays[play, playing, label] for label in LABELS},
            }
            for play, playing in playings
        ]

    def by_split(self) -> dict[str, dict[str, dict[str, int]]]:
        """Return how many records each split has, in each way of splitting."""
        return {
            way: {
                split: {label: self.splits[way, split, label] for label in LABELS}
                for split in SPLITS
            }
            for way in WAYS
        }
