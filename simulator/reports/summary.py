"""What was gathered in a few lines and tables, for a terminal, and the same for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.explanation.notes import span
from simulator.primitives.alignment import columns
from simulator.primitives.instants import DAY, format_instant
from simulator.records.eras import ERA_NAMES
from simulator.reports.facts import OTHER, eras_in_order
from simulator.validation.report import plural

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterable, Iterator, Sequence

    from simulator.primitives.jsontext import Json
    from simulator.reports.gathering import Gathered

FORMAT: Final = "trailwright-summary/1"
_BARS: Final = "▁▂▃▄▅▆▇█"
_WIDEST: Final = 60
"""Bars of a line."""
_MOST: Final = 5
"""Names of a list."""

Row = tuple[str, ...]


def summary_lines(made: Gathered) -> Iterator[tuple[str, bool]]:
    """Yield lines for a person, and whether each is a heading."""
    yield f"{made.name}: {plural(made.records, 'record')}{_times(made)}", True
    kinds = len({kind for _, kind, _ in made.kinds})
    failures = sum(made.failures.values())
    who = f"{len(made.users):,} users and callers"
    yield f"  {who}, {kinds:,} kinds of events, {plural(failures, 'failure')}", False
    for title, lines in _parts(made):
        yield "", False
        yield f"  {title}", True
        for text in lines:
            yield f"    {text}", False


def _times(made: Gathered) -> str:
    if made.first is None or made.last is None:
        return ""
    return f", {format_instant(made.first)} to {format_instant(made.last)}"


def _parts(made: Gathered) -> Iterator[tuple[str, list[str]]]:
    """Yield the title and the lines of each part that there is something to say of."""
    bars, each = _narrowed(made.volumes.totals())
    if bars:
        width = span(0, made.volumes.width * each)
        yield (
            f"over time, {width} a bar, at most {max(bars):,}",
            [sparkline(bars), *_marks(made, each)],
        )
        hours = [sum(day[hour] for day in made.week.hours) for hour in range(24)]
        yield f"over the day, an hour a bar, UTC, at most {max(hours):,}", [sparkline(hours)]
        days = [sum(day) for day in made.week.hours]
        yield f"over the week, a day a bar from Monday, at most {max(days):,}", [sparkline(days)]
    if made.kinds:
        yield "events by era", _by_era(made)
    factors = [
        (one.name or "not said", *_numbers(one.asked, one.right, one.wrong, one.unanswered))
        for one in made.sign_ins.factors()
    ]
    if factors:
        yield "factors", _table(("", "asked", "right", "wrong", "no answer"), factors)
    entrances = [
        (one.types or "not said", *_numbers(one.succeeded, one.failed))
        for one in made.sign_ins.entrances()
    ]
    if entrances:
        yield "sign-ins by factors given", _table(("", "signed in", "refused"), entrances)
    stories = [
        (one.label, one.name, f"{one.count:,}", format_instant(one.records[0].at), one.key)
        for one in made.stories.in_order()
        if one.records
    ]
    if stories:
        yield "what was scripted", columns(stories, right=frozenset({2}))
    yield from _names(made)
    if made.deliveries.late or made.deliveries.files:
        yield "delivery", [*_delivery(made)]


def _narrowed(totals: Sequence[int]) -> tuple[list[int], int]:
    """Return columns put together so that they fit a line, and how many make one."""
    each = -(-len(totals) // _WIDEST) or 1
    return [sum(totals[at : at + each]) for at in range(0, len(totals), each)], each


def _marks(made: Gathered, each: int) -> Iterator[str]:
    """Yield a line below the bars for each era but the first: where it begins."""
    width = made.volumes.width * each
    begins = min(column for column, _ in made.volumes.columns) * made.volumes.width
    seen = [era for era in ERA_NAMES if era in made.eras]
    for era in seen[1:]:
        at = made.eras[era][0]
        yield f"{' ' * ((at - begins) // width)}^ {era} from {format_instant(at)}"


def sparkline(counts: Sequence[int]) -> str:
    """Return a bar for each number, a blank for none: what is more than nothing is seen."""
    most = max(counts, default=0)
    last = len(_BARS) - 1
    return "".join(_BARS[last * count // most] if count else " " for count in counts).rstrip()


def _by_era(made: Gathered) -> list[str]:
    eras = eras_in_order({era for *_, era in made.kinds})
    sums: dict[str, dict[str, int]] = {}
    for (group, _, era), count in made.kinds.items():
        mine = sums.setdefault(group, dict.fromkeys(eras, 0))
        mine[era] += count
    order = sorted(sums, key=lambda group: (group == OTHER, -sum(sums[group].values()), group))
    return _table(("", *eras), [(group, *_numbers(*sums[group].values())) for group in order])


def _names(made: Gathered) -> Iterator[tuple[str, list[str]]]:
    for title, counts in (
        ("who most", made.users),
        ("from where most", made.addresses),
        ("what failed most", made.failures),
    ):
        rows = [(name or "not said", f"{count:,}") for name, count in _most(counts) if count]
        if rows:
            more = sum(count > 0 for count in counts.values()) - len(rows)
            rest = [f"and {more:,} more"] if more else []
            yield title, [*columns(rows, right=frozenset({1})), *rest]


def _most(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:_MOST]


def _delivery(made: Gathered) -> Iterator[str]:
    found = made.deliveries
    if found.files:
        yield (
            f"{plural(found.files, 'log file')} with {plural(found.records, 'record')} in "
            f"{found.bytes:,} bytes"
        )
    if found.late:
        yield f"{found.repeated:,} delivered twice, the latest {span(0, found.worst)} after it"
        yield "minutes late, from " + ", ".join(
            f"{low}: {count:,}" for low, _, count in found.lateness() if count
        )


def _numbers(*counts: int) -> Row:
    return tuple(f"{count:,}" if count else "-" for count in counts)


def _table(head: Row, rows: Iterable[Row]) -> list[str]:
    return columns([head, *rows], right=frozenset(range(1, len(head))))


def summary_json(made: Gathered) -> dict[str, Json]:
    """Return what was gathered for programs."""
    volumes, found = made.volumes, made.deliveries
    return {
        "format": FORMAT,
        "name": made.name,
        "records": made.records,
        "unread": made.troubles,
        "first": None if made.first is None else format_instant(made.first),
        "last": None if made.last is None else format_instant(made.last),
        "days": _days(made),
        "eras": {
            era: {
                "records": sum(count for (*_, of), count in made.kinds.items() if of == era),
                "first": format_instant(made.eras[era][0]),
                "last": format_instant(made.eras[era][1]),
            }
            for era in eras_in_order(set(made.eras))
        },
        "kinds": [
            {"group": group, "kind": kind, "era": era, "records": count}
            for (group, kind, era), count in sorted(made.kinds.items())
        ],
        "labels": dict(sorted(made.labels.items())),
        "failures": _counted(made.failures),
        "users": _counted(made.users),
        "addresses": _counted(made.addresses),
        "accounts": _counted(made.accounts),
        "volume": {
            "seconds": volumes.width // 1000,
            "columns": [
                {"from": format_instant(at), "group": group, "records": count}
                for at, group, count in volumes.rows()
            ],
        },
        "week": made.week.hours,
        "factors": [
            {
                "factor": one.name,
                "asked": one.asked,
                "right": one.right,
                "wrong": one.wrong,
                "unanswered": one.unanswered,
            }
            for one in made.sign_ins.factors()
        ],
        "entrances": [
            {"factors": one.types, "succeeded": one.succeeded, "failed": one.failed}
            for one in made.sign_ins.entrances()
        ],
        "sessions": len(made.sessions.found),
        "scripted": [
            {
                "name": one.name,
                "key": one.key,
                "is_play": one.is_play,
                "label": one.label,
                "techniques": list(one.techniques),
                "records": one.count,
            }
            for one in made.stories.in_order()
        ],
        "delivery": {
            "log_files": found.files,
            "bytes": found.bytes,
            "once": found.once,
            "repeated": found.repeated,
            "latest_seconds": found.worst // 1000,
            "minutes_late": {str(low): count for low, _, count in found.lateness() if count},
        },
    }


def _days(made: Gathered) -> int:
    if made.first is None or made.last is None:
        return 0
    return made.last // DAY - made.first // DAY + 1


def _counted(counts: Counter[str]) -> dict[str, Json]:
    """Return counts, the greatest first."""
    return {
        name: count
        for name, count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))
        if count
    }
