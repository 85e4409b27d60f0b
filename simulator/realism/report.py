"""What was measured, for people and for programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from simulator.primitives.alignment import columns
from simulator.realism.judging import CONFIDENCE, RARE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from simulator.primitives.jsontext import Json
    from simulator.realism.judging import Row, Shape, Verdict

FORMAT: Final = "trailwright-realism/1"

VERDICTS: Final[tuple[Verdict, ...]] = ("holds", "trifle", "fails", "too few to tell")
"""All verdicts, in the order in which they are counted."""

_BLOCKS: Final = " ▁▂▃▄▅▆▇█"
_HEAD: Final = ("measure", "declared", "measured", "99 % interval", "of", "p", "")
_RIGHT: Final = frozenset({1, 2})


@dataclass(frozen=True, slots=True)
class Report:
    """All that was measured of a run."""

    scenario: str
    """The scenario's name."""
    records: int
    """How many records the run has."""
    factor: float | None
    """On how often personas say that people sign in; absent where nobody is expected to."""
    is_declared: bool
    """Whether the scenario says the factor; it is measured otherwise."""
    left_out: int
    """Users of whom the storyline tells."""
    rows: tuple[Row, ...]

    @property
    def failures(self) -> int:
        """How many measures fail."""
        return sum(row.verdict == "fails" for row in self.rows)


def report_json(report: Report) -> Json:
    """Return a report as `docs/schemas/realism.schema.json` has it."""
    return {
        "format": FORMAT,
        "scenario": report.scenario,
        "records": report.records,
        "intensity": _number(report.factor),
        "intensity_declared": report.is_declared,
        "users_left_out": report.left_out,
        "confidence": CONFIDENCE,
        "significance": RARE,
        "correction": "holm",
        "verdicts": _counts(report.rows),
        "measures": [_member(row) for row in report.rows],
    }


def _member(row: Row) -> Json:
    made: dict[str, Json] = {
        "persona": row.persona,
        "measure": row.measure,
        "kind": "share" if row.is_share else "distribution",
        "unit": row.unit,
        "trials": row.trials,
        "declared": _number(row.declared),
        "measured": _number(row.measured),
        "interval": [_number(row.low), _number(row.high)],
        "effect": None if row.measured is None else _number(abs(row.measured - row.declared)),
        "tolerance": _number(row.tolerance),
        "p": _number(row.chance),
        "p_corrected": _number(row.corrected),
        "verdict": row.verdict,
    }
    if row.shape is not None:
        made["shape"] = {
            "from": _number(row.shape.low),
            "to": _number(row.shape.high),
            "scale": row.shape.scale,
            "declared": [_number(share) for share in row.shape.declared],
            "measured": [_number(share) for share in row.shape.measured],
        }
    return made


def _number(value: float | None) -> float | None:
    """Return a number with six digits, which are the same on every machine."""
    return None if value is None else float(f"{value:.6g}")


def report_text(report: Report) -> str:
    """Return a report to be read: a table for each persona, and a summary."""
    return "\n".join(_lines(report))


def _lines(report: Report) -> Iterator[str]:
    personas = list(dict.fromkeys(row.persona for row in report.rows))
    for persona in personas:
        rows = [row for row in report.rows if row.persona == persona]
        yield persona
        table = columns([_HEAD, *map(_cells, rows)], right=_RIGHT)
        yield from (f"  {line}" for line in table)
        yield ""
    if report.factor is not None:
        whence = (
            "as the scenario says"
            if report.is_declared
            else ("measured: the scenario asks for a number of records")
        )
        yield f"Intensity {report.factor:.3g}, {whence}."
    if report.left_out:
        yield f"Users left out, because the storyline tells of them: {report.left_out:,}."
    yield f"{report.scenario}: {report.records:,} records, {summary(report.rows)}"


def summary(rows: Sequence[Row]) -> str:
    """Return how many measures there are of each verdict."""
    counts = _counts(rows)
    told = {
        "holds": f"{counts['holds']} hold",
        "trifle": f"{counts['trifle']} differ by a trifle",
        "fails": f"{counts['fails']} fail",
        "too few to tell": f"{counts['too few to tell']} too few to tell",
    }
    named = [told[verdict] for verdict in VERDICTS if counts[verdict]]
    measures = "1 measure" if len(rows) == 1 else f"{len(rows)} measures"
    return f"{measures}: {', '.join(named)}" if named else "nothing to measure"


def _counts(rows: Sequence[Row]) -> dict[str, int]:
    return {verdict: sum(row.verdict == verdict for row in rows) for verdict in VERDICTS}


def _cells(row: Row) -> tuple[str, ...]:
    """Return a row of the table; of a distribution, the gap and both shapes."""
    is_few = row.verdict == "too few to tell"
    verdict = row.verdict.upper() if row.verdict == "fails" else row.verdict
    of = f"{row.trials:,} {row.unit}"
    if row.measured is None:
        return (
            row.measure,
            _shown(row, row.declared) if row.is_share else "",
            "",
            "",
            of,
            "",
            verdict,
        )
    span = f"{_shown(row, row.low)} to {_shown(row, row.high)}"
    chance = "" if is_few else _chance(row.corrected)
    if row.shape is None:
        shown = (_shown(row, row.declared), _shown(row, row.measured))
        return (row.measure, *shown, span, of, chance, verdict)
    gap = f"gap {_shown(row, row.measured)}"
    return (row.measure, "", gap, span, of, chance, f"{verdict}{_drawn(row.shape)}")


def _shown(row: Row, value: float) -> str:
    # What may be above 1 is a number of times, and no share.
    if row.declared > 1:
        return f"{value:.3f}"
    return f"{value * 100:.2f} %"


def _chance(value: float) -> str:
    return "< 0.0001" if value < 0.0001 else f"{value:.4f}"


def _drawn(shape: Shape) -> str:
    most = max(*shape.declared, *shape.measured, 1e-9)
    declared, measured = (
        "".join(_BLOCKS[round(share / most * (len(_BLOCKS) - 1))] for share in shares)
        for shares in (shape.declared, shape.measured)
    )
    return f"  [{declared}] [{measured}]"
