"""What is said after a run: how many records of what, where they are, what to try next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.cli import console
from simulator.records.eras import ERA_NAMES
from simulator.records.kinds import KINDS
from simulator.scenario.mutations import BY_NAME

if TYPE_CHECKING:
    from rich.console import Console

    from simulator.run import Request
    from simulator.run.delivering import Delivered
    from simulator.run.destinations import Destination
    from simulator.sinks.manifest import Counts
    from simulator.sinks.targets import Target


def show(out: Console, request: Request, target: Target, counts: Counts) -> None:
    """Say what was written."""
    span = f", {counts.first} to {counts.last}" if counts.first and counts.last else ""
    name = request.scenario.scenario
    records = "1 record" if counts.records == 1 else f"{counts.records:,} records"
    out.print(console.line((name, "bold"), f": {records}{span}"))
    if target.records is None:
        return
    _show_counts(out, counts)
    _show_damage(out, counts)
    out.print()
    for path in target.paths():
        out.print(console.line(f"  {path}", (f"  {size_text(path.stat().st_size)}", "dim")))


def show_delivered(out: Console, request: Request, to: Destination, told: Delivered) -> None:
    """Say what was delivered."""
    counts = told.counts
    span = f", {counts.first} to {counts.last}" if counts.first and counts.last else ""
    name = request.scenario.scenario
    records = "1 record" if counts.records == 1 else f"{counts.records:,} records"
    out.print(console.line((name, "bold"), f": {records}{span}"))
    _show_counts(out, counts)
    _show_damage(out, counts)
    out.print()
    repeated = told.records - counts.records
    rows = [
        ("log files", f"{told.log_files:,}", f"{told.records:,} records"),
        ("", "", f"{repeated:,} of them delivered twice"),
        ("digest files", f"{told.digest_files:,}", ""),
    ]
    if told.kept:
        rows.append(("there already", f"{told.kept:,}", "not written again"))
    for text in console.columns(rows, right=frozenset({1})):
        out.print(console.line(f"  {text}"))
    out.print()
    out.print(console.line("  ", to.name))
    out.print()
    out.print(console.line("  Next:"))
    out.print(console.line("    ", (f"trailwright verify {to.name}", "cyan")))


def _show_damage(out: Console, counts: Counts) -> None:
    """Show what was damaged on purpose, if anything was."""
    rows = [
        (name, f"{done[name]:,}", what)
        for what, done in (("records", counts.mutations), ("files", counts.damaged_files))
        for name in BY_NAME
        if name in done
    ]
    if rows:
        out.print()
        out.print(console.line(("  damaged on purpose", "bold")))
    for text in console.columns(rows, right=frozenset({1})):
        out.print(console.line(f"    {text}"))


def _show_counts(out: Console, counts: Counts) -> None:
    """Show a table of events by era, in the groups of the announcement."""
    eras = [era for era in ERA_NAMES if era in counts.eras]
    if not eras:
        return
    rows = [("", *eras), *_rows(counts, eras)]
    right = frozenset(range(1, len(eras) + 1))
    out.print()
    for row, text in zip(rows, console.columns(rows, right=right), strict=True):
        is_heading = row[0] != "" and not row[0].startswith(" ")
        out.print(console.line(f"  {text}" if not is_heading else ("  " + text, "bold")))


def _rows(counts: Counts, eras: list[str]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    group = ""
    for kind in KINDS:
        if kind.name not in counts.kinds:
            continue
        if kind.group != group:
            group = kind.group
            here = [one.name for one in KINDS if one.group == group]
            totals = [sum(counts.kinds_by_era[era].get(name, 0) for name in here) for era in eras]
            rows.append((group, *(_number(total) for total in totals)))
        each = (counts.kinds_by_era[era].get(kind.name, 0) for era in eras)
        rows.append((f"  {kind.name}", *(_number(count) for count in each)))
    return rows


def _number(count: int) -> str:
    return f"{count:,}" if count else "-"


def size_text(size: int) -> str:
    """Return a number of bytes as people say it."""
    if size < 1000:
        return f"{size} B"
    scaled = float(size)
    for unit in ("kB", "MB", "GB"):
        scaled /= 1000
        if scaled < 1000:
            return f"{scaled:.1f} {unit}"
    return f"{scaled / 1000:.1f} TB"


def show_next(out: Console, target: Target) -> None:
    """Say what to try next."""
    if target.records is None:
        return
    out.print()
    out.print(console.line("  Next:"))
    for command in (
        f"trailwright report {target.records}",
        f"trailwright validate {target.records}",
        "trailwright records diff UserAuthentication",
        "trailwright scenario new my.yaml",
    ):
        out.print(console.line("    ", (command, "cyan")))
