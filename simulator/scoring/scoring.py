"""A detector's alerts held against the truth."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from simulator.errors import InputError
from simulator.primitives.instants import SECOND
from simulator.scoring.alerts import NEVER, read_alerts
from simulator.scoring.marks import FALSE_ALARMS, Detection, Group, Marks, NearMiss, Score
from simulator.scoring.matching import Beside, Sought, counts, matched, rules_of
from simulator.scoring.truths import LABELS, MALICIOUS, SUSPICIOUS, read_truth, truth_files
from simulator.verification import Silence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import BinaryIO

    from numpy.typing import NDArray

    from simulator.scoring.alerts import Alerts
    from simulator.scoring.matching import Matches
    from simulator.scoring.truths import Told
    from simulator.verification import Observer


@dataclass(frozen=True, slots=True)
class Options:
    """What to score, and how."""

    count_suspicious: bool = False
    """Whether suspicious records are to be found as well."""

    min_score: float | None = None
    """Leave alone alerts with a lower score."""

    endpoint: str | None = None
    """Where the service of a bucket is."""

    @property
    def positives(self) -> frozenset[str]:
        """Labels of records that are to be found."""
        return frozenset({MALICIOUS, SUSPICIOUS} if self.count_suspicious else {MALICIOUS})


def score(
    truth: str,
    file: str,
    alerts: BinaryIO | None = None,
    *,
    options: Options | None = None,
    observer: Observer | None = None,
) -> Score:
    """Hold alerts against the truth.

    Args:
        truth: A file of the truth, or a run that has one. See `truth_files`.
        file: The alerts.
        alerts: What to read them from, if they are no file.
        options: What to score.
        observer: Told of progress.

    Raises:
        InputError: A file is not there, or cannot be read.
        RequestError: A bucket's scheme is unknown.
        MissingExtraError: A file's form or compression needs an extra.
    """
    options, observer = options or Options(), observer or Silence()
    files = truth_files(truth, options.endpoint)
    source, size = (alerts, 0) if alerts is not None else _opened(file)
    observer.planned(size + sum(one.size for one in files))
    read = read_alerts(file, source, min_score=options.min_score, heard=observer.read)
    told = read_truth(files, read, positives=options.positives, heard=observer.read)
    return scored(read, told, options)


def _opened(file: str) -> tuple[BinaryIO, int]:
    try:
        return Path(file).open("rb"), Path(file).stat().st_size
    except OSError as error:
        message = f"cannot read {file}: {error.strerror or error}"
        raise InputError(message) from None


def scored(alerts: Alerts, told: Told, options: Options) -> Score:
    """Return the score of alerts and truth that were read for each other."""
    sought = Sought.of(told, options.positives)
    matches = matched(alerts, told, sought)
    detections = _detections(alerts, told, sought, matches)
    delays: list[float | None] = [None] * len(told.playings)
    attacks = np.flatnonzero(sought.attack).tolist()
    for place, detection in zip(attacks, detections, strict=True):
        delays[place] = detection.delay
    near_misses = np.flatnonzero(sought.near_miss).tolist()
    of_near_miss = counts(matches.alarms.other, len(told.playings))
    playing_era = np.array([one.era for one in told.playings], np.int64)
    grouping = _Grouping(told, sought, matches, delays)
    return Score(
        truth=told.files,
        alerts=(alerts.file, alerts.sha256),
        positives=tuple(label for label in LABELS if label in options.positives),
        min_score=options.min_score,
        records=told.records,
        outside=told.outside,
        total=_total(alerts, grouping),
        plays=grouping.groups(
            sought.plays, sought.play, _play_of_records(told, sought), matches.of_play
        ),
        eras=grouping.groups(told.eras, playing_era, told.era, matches.of_era),
        rules=_rules(alerts, grouping),
        detections=detections,
        near_misses=tuple(
            NearMiss(told.playings[place], int(of_near_miss[place])) for place in near_misses
        ),
        unknown_ids=_missing(alerts.event_ids, told.named),
        unknown_users=_missing(alerts.users, told.users),
        early=tuple(alerts.place(one) for one in np.flatnonzero(matches.early).tolist()),
        notes=told.notes,
    )


def _missing(names: tuple[str, ...], found: NDArray[np.int64]) -> tuple[str, ...]:
    is_there = np.zeros(len(names), np.bool_)
    is_there[found] = True
    return tuple(names[place] for place in np.flatnonzero(~is_there).tolist())


def _detections(
    alerts: Alerts, told: Told, sought: Sought, matches: Matches
) -> tuple[Detection, ...]:
    finds = matches.finds
    count = len(told.playings)
    first = dict(_firsts(finds.pairs.other, finds.pairs.one, finds.at))
    of_alerts = counts(finds.pairs.other, count)
    is_hit = matches.touched & sought.positive & (told.playing >= 0)
    of_touched = counts(told.playing[is_hit], count)
    made = []
    for place in np.flatnonzero(sought.attack).tolist():
        playing = told.playings[place]
        find = first.get(place)
        at = None if find is None or finds.at[find] == NEVER else int(finds.at[find])
        is_timed = at is not None and playing.first_at != NEVER
        made.append(
            Detection(
                playing=playing,
                era=told.eras[playing.era],
                touched=int(of_touched[place]),
                alerts=int(of_alerts[place]),
                alert=None if find is None else alerts.place(int(finds.pairs.one[find])),
                at=at,
                delay=(at - playing.first_at) / SECOND if at is not None and is_timed else None,
            )
        )
    return tuple(made)


def _firsts(
    group: NDArray[np.int64], alert: NDArray[np.int64], at: NDArray[np.int64]
) -> list[tuple[int, int]]:
    """Return each group with the row that came first; of one instant, the first alert's."""
    order = np.lexsort((alert, at, group))
    ordered = group[order]
    begins = np.flatnonzero(np.diff(ordered, prepend=-1))
    return list(zip(ordered[begins].tolist(), order[begins].tolist(), strict=True))


def _play_of_records(told: Told, sought: Sought) -> NDArray[np.int64]:
    """Return the play of every record; outside plays: behind all plays."""
    behind = np.append(sought.play, len(sought.plays))
    return behind[told.playing]  # outside plays that is -1, the last


@dataclass(frozen=True, slots=True)
class _Grouping:
    """What counts are taken from."""

    told: Told
    sought: Sought
    matches: Matches
    delays: Sequence[float | None]
    """Seconds to detect, by playing."""

    def groups(
        self,
        names: tuple[str, ...],
        playing: NDArray[np.int64],
        record: NDArray[np.int64],
        alerts: NDArray[np.int64],
    ) -> tuple[Group, ...]:
        """Return the marks of groups.

        Args:
            names: Their names.
            playing: The group of each playing.
            record: The group of each record; behind all groups where it has none.
            alerts: How many alerts each has, and how many are right.
        """
        size, sought, matches = len(names) + 1, self.sought, self.matches
        detected = np.unique(matches.finds.pairs.other)
        alarmed = np.unique(matches.alarms.other)
        hit = matches.touched & sought.positive
        astray = matches.touched & ~sought.positive
        delays: list[list[float]] = [[] for _ in range(size)]
        for group, delay in zip(playing.tolist(), self.delays, strict=True):
            if delay is not None:
                delays[group].append(delay)
        columns = [
            counts(playing[sought.attack], size),
            counts(playing[detected], size),
            counts(playing[sought.near_miss], size),
            counts(playing[alarmed], size),
            counts(record[sought.positive], size),
            counts(record[hit], size),
            counts(record[astray], size),
            *alerts,
        ]
        return tuple(
            Group(name, _marks([int(column[place]) for column in columns], delays[place]), {})
            for place, name in enumerate(names)
        )


def _marks(numbers: Sequence[int], delays: Sequence[float]) -> Marks:
    return Marks(median(delays) if delays else None, *numbers)


def _false_alarms(matches: Matches, chosen: NDArray[np.bool_]) -> Mapping[str, int]:
    of_kind = counts(matches.kind[chosen & ~matches.right], len(FALSE_ALARMS))
    return dict(zip(FALSE_ALARMS, of_kind.tolist(), strict=True))


def _total(alerts: Alerts, grouping: _Grouping) -> Group:
    told, matches = grouping.told, grouping.matches
    (whole,) = grouping.groups(
        ("",),
        np.zeros(len(told.playings), np.int64),
        np.zeros(len(told.at), np.int64),
        np.array([[alerts.count], [int(matches.right.sum())]], np.int64),
    )
    everyone = np.ones(alerts.count, np.bool_)
    return Group(None, whole.marks, _false_alarms(matches, everyone))


def _rules(alerts: Alerts, grouping: _Grouping) -> tuple[Group, ...]:
    """Return the marks of rules, each as if its alerts were all there are."""
    if not alerts.rules:
        return ()
    sought, matches = grouping.sought, grouping.matches
    rule, finds = rules_of(alerts), matches.finds
    size, playings = len(alerts.rules) + 1, len(grouping.told.playings)
    found = Beside.of(rule[finds.pairs.one], finds.pairs.other, playings)
    alarmed = Beside.of(rule[matches.alarms.one], matches.alarms.other, playings)
    is_hit = sought.positive[matches.of_rule.other]
    delays = _delays_by_rule(rule, grouping)
    columns = [
        np.full(size, int(sought.attack.sum())),
        counts(found.one, size),
        np.full(size, int(sought.near_miss.sum())),
        counts(alarmed.one, size),
        np.full(size, int(sought.positive.sum())),
        counts(matches.of_rule.one[is_hit], size),
        counts(matches.of_rule.one[~is_hit], size),
        counts(rule, size),
        counts(rule[matches.right], size),
    ]
    return tuple(
        Group(
            name,
            _marks([int(column[place]) for column in columns], delays.get(place, [])),
            _false_alarms(matches, rule == place),
        )
        for place, name in enumerate((*alerts.rules, None))
        if name is not None or int(columns[-2][place])
    )


def _delays_by_rule(rule: NDArray[np.int64], grouping: _Grouping) -> Mapping[int, list[float]]:
    """Return seconds to detect, by rule, of the playings that a rule's own alerts detect."""
    finds, told = grouping.matches.finds, grouping.told
    count = len(told.playings)
    groups = rule[finds.pairs.one] * count + finds.pairs.other
    delays: dict[int, list[float]] = {}
    for group, row in _firsts(groups, finds.pairs.one, finds.at):
        at, began = int(finds.at[row]), told.playings[group % count].first_at
        if NEVER not in (at, began):
            delays.setdefault(group // count, []).append((at - began) / SECOND)
    return delays
