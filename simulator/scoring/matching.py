"""Alerts and records brought together: what follows from all pairs of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.scoring.alerts import NEVER, NONE
from simulator.scoring.marks import FALSE_ALARMS
from simulator.scoring.touching import touched
from simulator.scoring.truths import BENIGN, LABELS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.scoring.alerts import Alerts
    from simulator.scoring.touching import Pairs
    from simulator.scoring.truths import Told

# Positions of the keys of FALSE_ALARMS: the least that holds is what a false alarm is about.
_NEAR_MISS, _BESIDE, _SUSPICIOUS, _EVERYDAY, _NOTHING = range(len(FALSE_ALARMS))
_BENIGN: Final = LABELS.index(BENIGN)
_LONG_AGO: Final = np.iinfo(np.int64).min
"""Before every instant."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What is to be found, and what is not to be mistaken for it."""

    positive: NDArray[np.bool_]
    """Whether a record is to be found."""
    kind: NDArray[np.int64]
    """What an alert about a record is about, if it is a false one: a position in `FALSE_ALARMS`."""
    attack: NDArray[np.bool_]
    """Whether a playing is to be detected."""
    near_miss: NDArray[np.bool_]
    """Whether a playing is a near miss."""
    plays: tuple[str, ...]
    """Names of plays, in order."""
    play: NDArray[np.int64]
    """Positions in `plays`, by playing."""

    @classmethod
    def of(cls, told: Told, positives: frozenset[str]) -> Sought:
        """Return what is sought in a truth.

        Args:
            told: The truth.
            positives: Labels of records that are to be found.
        """
        playings = told.playings
        plays = tuple(sorted({one.play for one in playings}))
        attack = np.array([one.positives > 0 for one in playings], np.bool_)
        near_miss = np.array([not (one.positives or one.suspicious) for one in playings], np.bool_)
        of_playing = np.where(attack, _BESIDE, np.where(near_miss, _NEAR_MISS, _SUSPICIOUS))
        kind = np.where(told.label == _BENIGN, _EVERYDAY, _SUSPICIOUS)
        is_played = told.playing != NONE
        kind[is_played] = of_playing[told.playing[is_played]]
        return cls(
            positive=np.isin(told.label, [LABELS.index(label) for label in sorted(positives)]),
            kind=kind,
            attack=attack,
            near_miss=near_miss,
            plays=plays,
            play=np.array([plays.index(one.play) for one in playings], np.int64),
        )


@dataclass(frozen=True, slots=True)
class Beside:
    """Two columns of positions that belong together; no pair is there twice."""

    one: NDArray[np.int64]
    other: NDArray[np.int64]

    @classmethod
    def of(cls, one: NDArray[np.int64], other: NDArray[np.int64], length: int) -> Beside:
        """Return pairs, each once, in order.

        Args:
            one: The column that decides the order.
            other: The other one.
            length: More than any position in `other`.
        """
        keys = np.unique(one * length + other)
        return cls(keys // max(length, 1), keys % max(length, 1))

    @classmethod
    def joined(cls, parts: list[Beside]) -> Beside:
        """Return the pairs of all parts, which have none in common."""
        return cls(_joined([part.one for part in parts]), _joined([part.other for part in parts]))


@dataclass(frozen=True, slots=True)
class Finds:
    """Alerts (`one`) beside playings (`other`) of which they touch a positive, and when."""

    pairs: Beside
    at: NDArray[np.int64]
    """When the alert was raised, or its evidence happened if that is later, in milliseconds;
    `NEVER` if that cannot be told."""


@dataclass(frozen=True, slots=True)
class Matches:
    """What alerts touch."""

    touched: NDArray[np.bool_]
    """Whether any alert touches a record."""
    right: NDArray[np.bool_]
    """Whether an alert touches a positive."""
    kind: NDArray[np.int64]
    """What a false alarm is about: a position in `FALSE_ALARMS`."""
    early: NDArray[np.bool_]
    """Whether an alert says it was raised before its evidence."""
    finds: Finds
    alarms: Beside
    """Alerts beside the near misses that they touch."""
    of_play: NDArray[np.int64]
    """How many alerts touch a record of each play, and, in the second row, a positive."""
    of_era: NDArray[np.int64]
    """Likewise, of each era."""
    of_rule: Beside
    """Rules beside the records that their alerts touch; without a rule: behind all rules."""


@dataclass(frozen=True, slots=True)
class _Part:
    """What follows from the pairs of some alerts alone."""

    found: Beside
    evidence: NDArray[np.int64]
    """When the first positive happened that the alert touches of the playing."""
    alarms: Beside
    of_rule: Beside
    of_play: NDArray[np.int64]
    of_era: NDArray[np.int64]


def matched(alerts: Alerts, told: Told, sought: Sought) -> Matches:
    """Bring alerts and records together."""
    is_touched = np.zeros(len(told.at), np.bool_)
    right = np.zeros(alerts.count, np.bool_)
    kind = np.full(alerts.count, _NOTHING, np.int64)
    first = np.full(alerts.count, NEVER, np.int64)
    last = np.full(alerts.count, _LONG_AGO, np.int64)
    rule = rules_of(alerts)
    parts: list[_Part] = []
    for pairs in touched(alerts, told):
        at = told.at[pairs.record]
        known = at != NEVER
        is_touched[pairs.record] = True
        right[pairs.alert[sought.positive[pairs.record]]] = True
        np.minimum.at(kind, pairs.alert, sought.kind[pairs.record])
        np.minimum.at(first, pairs.alert, at)
        np.maximum.at(last, pairs.alert[known], at[known])
        parts.append(_part(pairs, rule, told, sought))
    said = alerts.at != NEVER
    early = said & (first != NEVER) & (alerts.at < first)
    raised = np.where(said, alerts.at, np.where(last == _LONG_AGO, NEVER, last))
    found = Beside.joined([part.found for part in parts])
    evidence = _joined([part.evidence for part in parts])
    own = raised[found.one]
    is_too_soon = (evidence != NEVER) & (own < evidence)
    early[found.one[is_too_soon]] = True
    every = Beside.joined([part.of_rule for part in parts])
    return Matches(
        touched=is_touched,
        right=right,
        kind=kind,
        early=early,
        finds=Finds(found, np.where(is_too_soon, evidence, own)),
        alarms=Beside.joined([part.alarms for part in parts]),
        of_play=sum((part.of_play for part in parts), np.zeros((2, len(sought.plays)), np.int64)),
        of_era=sum((part.of_era for part in parts), np.zeros((2, len(told.eras)), np.int64)),
        of_rule=Beside.of(every.one, every.other, len(told.at)),
    )


def rules_of(alerts: Alerts) -> NDArray[np.int64]:
    """Return the rule of each alert; one without a rule stands behind all rules."""
    return np.where(alerts.rule == NONE, len(alerts.rules), alerts.rule)


def _part(pairs: Pairs, rule: NDArray[np.int64], told: Told, sought: Sought) -> _Part:
    positive = sought.positive[pairs.record]
    playing = told.playing[pairs.record]
    played = playing != NONE
    alert, own, is_found = pairs.alert[played], playing[played], positive[played]
    near = sought.near_miss[own]
    count = len(told.playings)
    found = Beside.of(alert[is_found], own[is_found], count)
    era = told.era[pairs.record]
    return _Part(
        found=found,
        evidence=_evidence(pairs, told, positive & played, found),
        alarms=Beside.of(alert[near], own[near], count),
        of_rule=Beside.of(rule[pairs.alert], pairs.record, len(told.at)),
        of_play=_alerts_by(alert, sought.play[own], is_found, len(sought.plays)),
        of_era=_alerts_by(pairs.alert, era, positive, len(told.eras)),
    )


def _evidence(
    pairs: Pairs, told: Told, is_found: NDArray[np.bool_], found: Beside
) -> NDArray[np.int64]:
    """Return when the first positive happened, for each alert and playing that are found."""
    record = pairs.record[is_found]
    count = len(told.playings)
    place = np.searchsorted(
        found.one * count + found.other, pairs.alert[is_found] * count + told.playing[record]
    )
    evidence = np.full(len(found.one), NEVER, np.int64)
    np.minimum.at(evidence, place, told.at[record])
    return evidence


def _alerts_by(
    alert: NDArray[np.int64],
    group: NDArray[np.int64],
    is_positive: NDArray[np.bool_],
    count: int,
) -> NDArray[np.int64]:
    """Return how many alerts touch each group, and how many a positive of it."""
    every = Beside.of(alert, group, count).other
    good = Beside.of(alert[is_positive], group[is_positive], count).other
    return np.stack([counts(every, count), counts(good, count)])


def counts(values: NDArray[np.int64], length: int) -> NDArray[np.int64]:
    """Return how often each position occurs."""
    return np.bincount(values, minlength=length).astype(np.int64, copy=False)


def _joined(columns: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.concatenate([np.empty(0, np.int64), *columns])
