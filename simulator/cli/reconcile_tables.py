"""A reconciliation as tables: how many, and which to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.cli import console
from simulator.reconciliation.report import COUNTED, FINDINGS, TOLD
from simulator.validation.findings import shown
from simulator.validation.report import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from simulator.reconciliation import Report

FEW: Final = 10
"""Lines of a list that are shown unless all are asked for."""
_NONE: Final = "-"


def show(out: Console, report: Report, *, every: bool) -> None:
    """Show a report.

    Args:
        out: Where.
        report: What was found.
        every: Show lists to their end.
    """
    counts = report.counts
    for text in _heading(report):
        out.print(console.line(shown(text, 1000)))
    totals = [(name, f"{counts[name]:,}", "") for name in COUNTED[:2]]
    totals += [
        (name.replace("_", " "), f"{counts[name]:,}", meaning)
        for names in (FINDINGS, TOLD)
        for name, meaning in names.items()
        if counts[name] or name in ("missing", "repeated", "altered", "unexpected")
    ]
    _table(out, "", totals, right=1)
    most = None if every else FEW
    for by, rows in report.tables.items():
        cells = [(row.name, *(f"{row.counts[name]:,}" for name in COUNTED)) for row in rows]
        _list(out, f"By {by}", cells, most, heading=("", *COUNTED))
    for name in (*FINDINGS, *TOLD):
        examples = report.examples.get(name, ())
        cells = [(one.event_id or _NONE, one.place, one.note) for one in examples]
        _list(out, name.replace("_", " ").capitalize(), cells, most, of=counts[name])


def _heading(report: Report) -> Sequence[str]:
    noted = "" if report.sent is None else f", sent as {report.sent} says"
    made = [
        f"{plural(report.records, 'record')} in {report.truth}{noted}",
        f"{plural(report.arrived, 'record')} received",
    ]
    if report.is_compared:
        made.append(f"Contents were compared with {report.contents}")
    else:
        made.append(f"Note: contents were not compared: {report.contents}")
    if report.bare:
        made.append(
            f"Note: of {plural(report.bare, 'record')} only the eventID was received: their "
            "contents were not compared"
        )
    elif report.is_compared and report.uncompared:
        made.append(f"Note: the contents of {plural(report.uncompared, 'record')} are not known")
    if report.unread:
        first = f", such as {report.troubles[0].place}: {report.troubles[0].message}"
        made.append(f"Note: {plural(report.unread, 'thing')} in the exports is no record{first}")
    return (*made, *(f"Note: {note}" for note in report.notes))


def _list(  # a list, and how it is shown
    out: Console,
    title: str,
    rows: Sequence[tuple[str, ...]],
    most: int | None,
    *,
    heading: tuple[str, ...] = (),
    of: int = 0,
) -> None:
    if not rows:
        return
    lead = [heading] if heading else []
    _table(out, f"{title}", [*lead, *rows[:most]], right=len(heading))
    left = max(of, len(rows)) - len(rows[:most])
    if left:
        out.print(console.line((f"  … and {left:,} more", "dim")))


def _table(out: Console, title: str, rows: Sequence[tuple[str, ...]], *, right: int) -> None:
    out.print()
    if title:
        out.print(console.line((title, "bold")))
    cells = [tuple(shown(cell, 200) for cell in row) for row in rows]
    for text in console.columns(cells, right=frozenset(range(1, right + 1))):
        out.print(console.line(f"  {text}"))
