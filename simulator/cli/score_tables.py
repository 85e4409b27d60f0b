"""A score as tables: how many, of how many, and what follows from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.cli import console
from simulator.primitives.instants import SECOND, format_duration, format_instant
from simulator.scoring import FALSE_ALARMS, NEVER
from simulator.validation.findings import shown
from simulator.validation.report import plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rich.console import Console

    from simulator.scoring import Group, Marks, Playing, Score

FEW: Final = 20
"""Lines of a list that are shown unless all are asked for."""
_NONE: Final = "-"
_HEADING: Final = (
    "detected",
    "recall",
    "near misses",
    "alerts right",
    "precision",
    "records found",
    "record recall",
    "record precision",
    "median time",
)


def show(out: Console, score: Score, *, every: bool) -> None:
    """Show a score.

    Args:
        out: Where.
        score: The score.
        every: Show lists to their end.
    """
    marks = score.total.marks
    labels = " or ".join(score.positives)
    least = "" if score.min_score is None else f" with a score of at least {score.min_score:g}"
    files = ", ".join(file for file, _ in score.truth)
    for text in (
        f"{plural(marks.alerts, 'alert')}{least} in {score.alerts[0]}",
        f"{plural(score.records, 'record')} in {files}, {marks.positives:,} of them {labels}",
        *(f"Note: {note}" for note in score.notes),
    ):
        out.print(console.line(shown(text, 1000)))
    _table(out, "", _total_rows(marks), 4)
    _table(out, "False alarms", _false_alarms(score.total.false_alarms), 1)
    _groups(out, "Plays", score.plays)
    _groups(out, "Eras", score.eras)
    _groups(out, "Rules", score.rules)
    if score.rules:
        rows = [
            (one.name or _NONE, *(f"{count:,}" for count in one.false_alarms.values()))
            for one in score.rules
        ]
        heading = ("", *(name.replace("_", " ") for name in FALSE_ALARMS))
        _table(out, "False alarms by rule", [heading, *rows], len(FALSE_ALARMS))
    _lists(out, score, every=every)


def _total_rows(marks: Marks) -> list[tuple[str, ...]]:
    played = f"{marks.detected:,} of {marks.playings:,}"
    right = f"{marks.right:,} of {marks.alerts:,}"
    hit = marks.true_positives
    touched = hit + marks.false_positives
    return [
        ("", "", "recall", "precision", "F1"),
        ("playings detected", played, _ratio(marks.recall), "", ""),
        ("alerts right", right, "", _ratio(marks.precision), ""),
        ("playings and alerts", "", "", "", _ratio(marks.f1)),
        ("records found", f"{hit:,} of {marks.positives:,}", _ratio(marks.record_recall), "", ""),
        ("records right", f"{hit:,} of {touched:,}", "", _ratio(marks.record_precision), ""),
        ("records", "", "", "", _ratio(marks.record_f1)),
        ("median time to detect", _seconds(marks.median), "", "", ""),
    ]


def _false_alarms(counts: Mapping[str, int]) -> list[tuple[str, ...]]:
    return [(meaning, f"{counts[name]:,}") for name, meaning in FALSE_ALARMS.items()]


def _groups(out: Console, title: str, groups: Sequence[Group]) -> None:
    if groups:
        rows = [(one.name or _NONE, *_cells(one.marks)) for one in groups]
        _table(out, title, [("", *_HEADING), *rows], len(_HEADING))


def _cells(marks: Marks) -> tuple[str, ...]:
    return (
        f"{marks.detected:,} of {marks.playings:,}",
        _ratio(marks.recall),
        f"{marks.alarmed:,} of {marks.near_misses:,}",
        f"{marks.right:,} of {marks.alerts:,}",
        _ratio(marks.precision),
        f"{marks.true_positives:,} of {marks.positives:,}",
        _ratio(marks.record_recall),
        _ratio(marks.record_precision),
        _seconds(marks.median),
    )


def _lists(out: Console, score: Score, *, every: bool) -> None:
    most = None if every else FEW
    missed = [
        (
            _named(one.playing),
            _NONE if one.playing.first_at == NEVER else format_instant(one.playing.first_at),
            one.playing.first_event_id or _NONE,
            f"entry {one.playing.entry}" if one.playing.entry else _NONE,
            ", ".join(one.playing.steps),
        )
        for one in score.misses
    ]
    _list(out, "Missed", missed, most)
    alarmed = [
        (_named(one.playing), plural(one.alerts, "alert"), f"entry {one.playing.entry or _NONE}")
        for one in score.near_misses
        if one.alerts
    ]
    _list(out, "Near misses that raised alarms", alarmed, most)
    for title, names in (
        ("eventIDs that are not in the truth", score.unknown_ids),
        ("Users that are not in the truth", score.unknown_users),
        ("Alerts raised before their evidence", score.early),
    ):
        _list(out, title, [(name,) for name in names], most)


def _named(playing: Playing) -> str:
    is_one = playing.play_id in (None, playing.play)
    return playing.play if is_one else f"{playing.play} {playing.play_id}"


def _list(out: Console, title: str, rows: Sequence[tuple[str, ...]], most: int | None) -> None:
    if not rows:
        return
    _table(out, f"{title} ({len(rows):,})", rows[:most], 0)
    if most is not None and len(rows) > most:
        out.print(console.line((f"  … and {len(rows) - most:,} more", "dim")))


def _table(out: Console, title: str, rows: Iterable[tuple[str, ...]], right: int) -> None:
    """Show rows under a title, all but the first column flush right if `right` says so many."""
    out.print()
    if title:
        out.print(console.line((title, "bold")))
    cells = [tuple(shown(cell, 200) for cell in row) for row in rows]
    for text in console.columns(cells, right=frozenset(range(1, right + 1))):
        out.print(console.line(f"  {text}"))


def _ratio(value: float | None) -> str:
    return _NONE if value is None else f"{value:.1%}"


def _seconds(value: float | None) -> str:
    return _NONE if value is None else format_duration(round(value * SECOND))
