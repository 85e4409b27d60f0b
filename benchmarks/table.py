"""Tables from a result, and their places in the documents.

python -m benchmarks.table            rewrite the tables from the kept result
python -m benchmarks.table --keep     keep the last full run first, then rewrite
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks import figures as fig
from benchmarks.catalogue import contender
from benchmarks.floors import judge
from benchmarks.peers import PEERS
from benchmarks.results import Result

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.figures import Clock, Cost, Figure

ROOT: Final = Path(__file__).parents[1]
KEPT: Final = ROOT / "benchmarks" / "results" / "latest.json"
LAST: Final = ROOT / ".benchmarks" / "full.json"

OPENS: Final = "<!-- benchmarks: {name}, written by make bench-table -->"
CLOSES: Final = "<!-- /benchmarks -->"


def speeds(result: Result) -> str:
    """Return how fast everybody is and how we compare."""
    core = result.of("core")
    rows = [
        _speed(result, "core", name)
        for name in ("naive-faker", "plain-orjson", "tuned-orjson", "tuned-fragments")
    ]
    rows += [_speed(result, "peers", peer.name) for peer in PEERS]
    rows += [
        _speed(result, "core", "orjson-alone", length=fig.OURS),
        _speed(result, "core", "stepwise", length=fig.OURS),
        _speed(result, "core", fig.OURS),
        _speed(result, "scaling", "workers", length=fig.OURS, clock="wall"),
        _speed(result, "compression", "gzip", length=fig.OURS),
        _speed(result, "compression", "gzip-workers", length=fig.OURS, clock="wall"),
        _speed(result, "compression", "isal-alone", length=fig.OURS),
        _limit(result, "yes", clock="wall"),
        _limit(result, "memory-cache"),
        _limit(result, "memory-main"),
    ]
    head = ("", "records/s", "with its start", "MB/s", "Trailwright against it")
    found = [row for row in rows if row is not None]
    largest = max((it.size for it in core if it.contender == fig.OURS), default=0)
    note = (
        "Records/s are of one core's processor time, the program's start left out; of wall time "
        "for two processes and for `yes`. *With its start* is the whole process over its largest "
        f"run ({largest:,} records for Trailwright, fewer for slower ones). Copied bytes are "
        "counted in records of our mean length. Medians of interleaved turns; the last column says "
        "how many times as fast Trailwright is in one process, paired turn by turn."
    )
    return f"{_table(head, found)}\n\n{note}\n\n{place(result)}"


def bounds(result: Result) -> str:
    """Return how the figures stand to floors and goals."""
    rows = []
    for verdict in judge(fig.figures(result), result.skipped):
        bound = verdict.bound
        floor = "" if bound.floor is None else f"{bound.floor:g} {bound.unit}"
        goals = [f"≥ {bound.at_least:g}"] if bound.at_least is not None else []
        goals += [f"≤ {bound.at_most:g}"] if bound.at_most is not None else []
        measured = "" if verdict.figure is None else _spread(verdict.figure, bound.unit)
        because = f": {verdict.because}" if verdict.because and not measured else ""
        rows.append(
            (
                bound.title,
                measured,
                floor,
                f"{', '.join(goals)} {bound.unit}",
                f"{verdict.standing}{because}",
            )
        )
    return _table(("", "measured (range)", "floor", "goal", ""), rows)


def sizes(result: Result) -> str:
    """Return what runs of several sizes cost."""
    runs = result.of("sizes")
    rows = []
    for size in sorted({it.size for it in runs}):
        of_size = [it for it in runs if it.size == size]
        cpu = fig.Figure.of(it.cpu for it in of_size)
        wall = fig.Figure.of(it.wall for it in of_size)
        peak = fig.Figure.of(it.peak / fig.MEGABYTE for it in of_size)
        if cpu is None or wall is None or peak is None:
            continue
        rows.append(
            (
                f"{size:,}",
                f"{cpu.value:.2f} s",
                f"{wall.value:.2f} s",
                _count(size / cpu.value),
                f"{peak.value:.0f} MB",
            )
        )
    return _table(("records", "processor", "wall", "records/s, whole process", "peak memory"), rows)


def populations(result: Result) -> str:
    """Return what organisations of several sizes cost."""
    runs = result.of("populations")
    names = {it.contender for it in runs}
    reasons = {}
    for what, why in result.skipped.items():
        section, _, rest = what.partition("/")
        if section == "populations" and rest.startswith("users-"):
            reasons[rest.partition("/")[0]] = why
    rows = []
    for name in sorted(names | reasons.keys(), key=lambda it: int(it.removeprefix("users-"))):
        title = contender(name).title
        of_name = [it for it in runs if it.contender == name]
        cpu = fig.Figure.of(it.cpu for it in of_name)
        peak = fig.Figure.of(it.peak / fig.MEGABYTE for it in of_name)
        if cpu is None or peak is None:
            rows.append((title, "", "", reasons.get(name, "")))
            continue
        rows.append((title, f"{of_name[0].size:,}", f"{cpu.value:.2f} s", f"{peak.value:.0f} MB"))
    return _table(("", "records", "processor", "peak memory"), rows)


def peers(_result: Result) -> str:
    """Return which versions of other people's generators are measured, and with which program."""
    rows = []
    for peer in PEERS:
        pins = peer.requirements.read_text(encoding="utf-8")
        version = re.search(rf"^{peer.name}==(\S+)$", pins, re.MULTILINE)
        assert version is not None, peer.name
        adapter = peer.adapter.relative_to(ROOT).as_posix()
        rows.append((peer.name, version[1], f"`{adapter}`"))
    return _table(("package", "version", "program that runs it"), rows, numbers=False)


def place(result: Result) -> str:
    """Return where it was measured."""
    it = result.machine
    return (
        f"Measured {it['date']} (profile `{result.profile}`) on {it['processor']}, "
        f"{it['cores']} cores, {it['system']}, load {it['load_before']} before and "
        f"{it.get('load_after', '?')} after; Python {it['python']}, NumPy {it['numpy']} with "
        f"{', '.join(it['cpu_features'])}; orjson {it['orjson']}, Faker {it['faker']}."
    )


TABLES: Final[dict[str, Callable[[Result], str]]] = {
    "speeds": speeds,
    "bounds": bounds,
    "sizes": sizes,
    "populations": populations,
    "peers": peers,
}


def report(result: Result) -> str:
    """Return all tables, one after another."""
    return "\n\n".join(f"## {name}\n\n{table(result)}" for name, table in TABLES.items())


def rewritten(text: str, result: Result) -> str:
    """Return a document with every table in it as the result gives it."""
    for name, table in TABLES.items():
        opens = OPENS.format(name=name)
        pattern = re.compile(f"{re.escape(opens)}\n.*?{re.escape(CLOSES)}", re.DOTALL)
        made = f"{opens}\n\n{table(result)}\n\n{CLOSES}"
        # Its backslashes, if it ever has any, are its own.
        text = pattern.sub(made.replace("\\", r"\\"), text)
    return text


DOCUMENTS: Final = (
    ROOT / "README.md",
    ROOT / "benchmarks" / "README.md",
    ROOT / "docs" / "comparison.md",
)


def _speed(
    result: Result, section: str, name: str, *, length: str | None = None, clock: Clock = "cpu"
) -> tuple[str, ...] | None:
    runs = result.of(section)
    marginal = fig.rate(runs, name, clock=clock, cost="marginal")
    if marginal is None:
        return None
    it = contender(name)
    whole = None if it.is_inner else fig.rate(runs, name, clock=clock, cost="whole")
    size = result.bytes_per_record.get(length or name)
    return (
        it.title,
        _count(marginal.value),
        "" if whole is None else _count(whole.value),
        "" if size is None else _count(marginal.value * size / fig.MEGABYTE),
        _compared(result, section, name),
    )


def _compared(result: Result, section: str, name: str) -> str:
    """Return how many times as fast we are: paired, where both were in one section's turns."""
    if name == fig.OURS or contender(name).title.startswith("Trailwright"):
        return ""
    cost: Cost = "marginal"
    theirs = fig.costs(result.of(section), name, cost=cost)
    ours = fig.costs(result.of(section), fig.OURS, cost=cost)
    found = fig.Figure.of(fig.paired(theirs, ours).values())
    return "" if found is None else _spread(found, "x")


def _limit(result: Result, name: str, *, clock: Clock = "cpu") -> tuple[str, ...] | None:
    runs = result.of("limits")
    is_bytes = contender(name).is_inner
    found = fig.rate(runs, name, clock=clock, cost="marginal" if is_bytes else "whole")
    size = result.bytes_per_record.get(fig.OURS)
    if found is None or size is None:
        return None
    records = found.value / size if is_bytes else found.value
    return (contender(name).title, _count(records), "", _count(records * size / fig.MEGABYTE), "")


def _spread(figure: Figure, unit: str) -> str:
    return f"{figure.value:.3g} {unit} ({figure.low:.3g} to {figure.high:.3g})"


def _count(number: float) -> str:
    """Return a number to three digits, with thousands apart."""
    if number < 100:
        return f"{number:.3g}"
    digits = len(str(int(number))) - 3
    return f"{round(number, -digits):,.0f}"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]], *, numbers: bool = True) -> str:
    if not rows:
        return "Not measured in this run."
    lines = [head, ("---", *("---:" if numbers else "---" for _ in head[1:])), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def main() -> None:
    """Rewrite the documents from the kept result."""
    parser = argparse.ArgumentParser(description="Write the tables of the documents.")
    parser.add_argument("--keep", action="store_true", help="keep the last full run first")
    if parser.parse_args().keep:
        if not LAST.exists():
            sys.exit(f"there is no {LAST.relative_to(ROOT)}: make bench")
        Result.load(LAST).save(KEPT)
    result = Result.load(KEPT)
    for file in DOCUMENTS:
        file.write_text(rewritten(file.read_text(encoding="utf-8"), result), encoding="utf-8")


if __name__ == "__main__":
    main()
