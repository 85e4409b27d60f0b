"""Train a small model on a dataset, and say how well it finds what is malicious.

    trailwright dataset my-scenario.yaml --malicious 1% -o my-data/
    python docs/examples/train_on_dataset.py my-data/

Naive Bayes over a few columns of `flat`, with NumPy alone: how often each value occurs in
malicious and in other records of the training split. The threshold is the one that does best
on the validation split; the test split is only looked at in the end.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

FEATURES = (
    "kind",
    "era",
    "awsRegion",
    "userIdentity_type",
    "userAgent",
    "sourceIPAddress",
    "errorCode",
    "additionalEventData_CredentialType",
    "serviceEventDetails_CredentialVerification",
    "serviceEventDetails_UserAuthentication",
    "hour",
    "weekday",
)


def read(folder: Path) -> tuple[dict[str, list[object]], np.ndarray, np.ndarray]:
    """Return features, whether each record is malicious, and its split, joined by eventID."""
    named = [name for name in FEATURES if name not in {"hour", "weekday"}]
    flat = pq.read_table(folder / "flat", columns=["eventID", "eventTime", *named])
    labels = pq.read_table(folder / "labels.parquet", columns=["eventID", "label", "split_time"])
    rows = flat.join(labels, "eventID").sort_by(
        [("eventTime", "ascending"), ("eventID", "ascending")]
    )
    features: dict[str, list[object]] = {name: rows[name].to_pylist() for name in named}
    times = rows["eventTime"].to_pylist()
    features["hour"] = [time.hour for time in times]
    features["weekday"] = [time.weekday() for time in times]
    truth = np.array(rows["label"].to_pylist()) == "malicious"
    return features, truth, np.array(rows["split_time"].to_pylist())


def weights(values: list[object], truth: np.ndarray, is_known: np.ndarray) -> dict[object, float]:
    """Return, by value, how much likelier it is in a malicious record, as a logarithm."""
    bad = Counter(
        value for value, one, known in zip(values, truth, is_known, strict=True) if known and one
    )
    good = Counter(
        value
        for value, one, known in zip(values, truth, is_known, strict=True)
        if known and not one
    )
    distinct = len(bad | good) + 1
    found = {}
    for value in (bad | good).keys() | {"never seen"}:
        in_bad = (bad[value] + 1) / (bad.total() + distinct)
        in_good = (good[value] + 1) / (good.total() + distinct)
        found[value] = float(np.log(in_bad / in_good))
    return found


def scores(
    features: dict[str, list[object]], truth: np.ndarray, is_known: np.ndarray
) -> np.ndarray:
    """Return how suspicious each record is, learnt from those that are known."""
    total = np.zeros(len(truth))
    for values in features.values():
        learnt = weights(values, truth, is_known)
        total += np.array([learnt.get(value, learnt["never seen"]) for value in values])
    return total


def judged(score: np.ndarray, truth: np.ndarray, threshold: float) -> tuple[float, float]:
    """Return precision and recall of what scores at least a threshold."""
    found = score >= threshold
    hits = int((found & truth).sum())
    return hits / max(int(found.sum()), 1), hits / max(int(truth.sum()), 1)


def best(score: np.ndarray, truth: np.ndarray) -> float:
    """Return the threshold with the best F1, which only scores of malicious records can have."""

    def f1(threshold: float) -> float:
        precision, recall = judged(score, truth, threshold)
        return 2 * precision * recall / max(precision + recall, 1e-12)

    return max(sorted(set(score[truth].tolist())), key=f1)


def main(folder: Path) -> None:
    """Learn from the training split, choose on validation, and print what testing shows."""
    features, truth, split = read(folder)
    for name in ("train", "validation", "test"):
        if not truth[split == name].any():
            sys.exit(
                f"no malicious record in {name}: give the storyline more, over the whole window"
            )
    score = scores(features, truth, split == "train")
    threshold = best(score[split == "validation"], truth[split == "validation"])
    print(f"{'split':<11} {'records':>9} {'malicious':>9} {'precision':>9} {'recall':>7}")
    for name in ("train", "validation", "test"):
        here = split == name
        precision, recall = judged(score[here], truth[here], threshold)
        print(
            f"{name:<11} {here.sum():>9,} {truth[here].sum():>9,} {precision:>9.3f} {recall:>7.3f}"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
