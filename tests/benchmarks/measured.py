"""Measurements as they might be, for tests."""

from __future__ import annotations

from benchmarks.results import Measurement, Result

MACHINE = {
    "processor": "Abacus",
    "cores": 2,
    "system": "Linux x86_64",
    "python": "3.11.7",
    "numpy": "2.4.0",
    "orjson": "3.11.0",
    "faker": "40.1.0",
    "cpu_features": ["X86_V2", "X86_V3"],
    "date": "2026-11-26",
    "load_before": 0.1,
    "load_after": 1.9,
}


def a_run(contender: str, size: int, cpu: float, **others: object) -> Measurement:
    """Return one run; whatever is not named is of no importance."""
    given: dict[str, object] = {
        "section": "core",
        "turn": 0,
        "amount": float(size),
        "wall": cpu,
        "peak": 50_000_000,
        **others,
    }
    return Measurement(contender=contender, size=size, cpu=cpu, **given)  # type: ignore[arg-type]  # the test's own


def a_result(*runs: Measurement, **others: object) -> Result:
    """Return a result of such runs."""
    return Result("full", dict(MACHINE), measurements=list(runs), **others)  # type: ignore[arg-type]  # as above


def both(contender: str, turn: int, start: float, each: float, **others: object):
    """Return a small and a large run, of 1,000 and 11,000 records."""
    return [
        a_run(contender, size, start + size * each, turn=turn, **others) for size in (1_000, 11_000)
    ]
