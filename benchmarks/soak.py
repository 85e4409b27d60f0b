"""A long stream to a receiver that fails: nothing is lost in silence, and nothing grows.

    python -m benchmarks.soak --for 1h --rate 1000/s --to hec

Receiver, stream and reconciliation are processes of their own. It ends by itself, removes its
files, and exits with 1 where something is not as it should be. An hour at 1,000 records a
second takes about 5 GB where temporary files are (TMPDIR).
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from benchmarks.streams import listening, reconciled, report_of, streaming
from benchmarks.watching import MIB, growths, quarters, samples

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.watching import Sample

_HTTP: Final = (
    "503=1%", "429=0.2%", "500=0.5%", "close=0.5%", "lost-answer=0.5%", "refuse=0.5%",
    "half-close=0.5%", "slow=1%:200ms",
)  # fmt: skip
# Each piece of bytes draws one, and what is sent again after a break are many pieces.
_TCP: Final = ("close=0.03%", "half-close=0.03%", "slow=0.2%:50ms")
FAULTS: Final = {
    "hec": _HTTP,
    "elasticsearch": (*_HTTP, "partial=1%"),
    "lines": _TCP,
    "syslog": _TCP,
}
"""What goes wrong, by receiver: so seldom that the rate can be kept all the same."""

SCENARIO: Final = "baseline/office"
ROWS: Final = 20
"""Samples that the table shows, about."""
_COUNTS: Final = ("descriptors", "threads")


@dataclass(frozen=True, slots=True)
class Soaked:
    """What came of it."""

    samples: tuple[Sample, ...]
    report: dict[str, Any]
    """The stream's own."""
    status: int
    """What the stream ended with."""
    found: dict[str, Any]
    """What `trailwright reconcile` found."""
    received: int
    """Lines that the receiver wrote."""

    def wrong(self) -> Iterator[str]:
        """Yield what is not as it should be."""
        yield from growths(self.samples)
        yield from self.report["shortfalls"]
        yield from self.found["failures"]
        if self.status and not self.report["shortfalls"]:
            yield f"the stream ended with {self.status}"
        told = sum(self.report[name] for name in ("settled", "refused", "lost"))
        if told != self.report["records"]:
            yield f"the report tells of {told:,} of {self.report['records']:,} records"


def soaked(to: str, rate: str, length: str, folder: Path, *, every: float = 2.0) -> Soaked:
    """Stream to a receiver that fails, and return what came of it.

    Args:
        to: One of `FAULTS`.
        rate: What to ask for, such as `1000/s`.
        length: How long, such as `1h`.
        folder: Where files go; it must be there.
        every: Seconds between two samples.

    Raises:
        CommandError: The receiver does not listen, or nothing can be reconciled.
    """
    came, left = folder / "received.ndjson", folder / "sent"
    words = (SCENARIO, "--rate", rate, "--for", length)
    with (
        listening(to, came, *FAULTS[to]) as receiver,
        streaming(left, *words, *receiver.reach) as process,
    ):
        held = [*samples(process.pid, every, lambda seconds: _ended(process, seconds))]
        status = process.wait()
        assert process.stderr is not None
        said = process.stderr.read()
        received = receiver.count()
    if not (left / "report.json").exists():
        sys.exit(f"the stream ended with {status} and said: {said.strip()}")
    return Soaked(tuple(held), report_of(left), status, reconciled(left, came), received)


def _ended(process: subprocess.Popen[str], seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def table(every: Sequence[Sample]) -> Iterator[str]:
    """Yield the lines of a table: some of the samples, and the medians of each quarter."""
    row = "{:>9} {:>10} {:>10} {:>24} {:>11} {:>7}"
    yield row.format("", "all MiB", "own", "workers", "descriptors", "threads")
    step = max(len(every) // ROWS, 1)
    for one in every[::step]:
        workers = " ".join(f"{child / MIB:,.0f}" for child in one.children) or "none"
        all_of, own = (f"{held / MIB:,.0f}" for held in (one.memory, one.own))
        yield row.format(f"{one.at:,.0f} s", all_of, own, workers, one.descriptors, one.threads)
    for nth, some in enumerate(quarters(every), 1):
        if some:
            middle = median(one.memory for one in some) / MIB
            counts = [f"{median(getattr(one, n) for one in some):g}" for n in _COUNTS]
            yield row.format(f"quarter {nth}", f"{middle:,.0f}", "", "", *counts)


def told(made: Soaked) -> Iterator[str]:
    """Yield what a person is told."""
    yield from table(made.samples)
    report, counts = made.report, made.found["counts"]
    yield ""
    yield f"asked     {report['asked']}, {report['to']}"
    yield f"sent      {report['records']:,} records, {report['achieved_rate']:,.1f}/s"
    yield f"settled   {report['settled']:,}; {report['uncertain']:,} may be there twice"
    yield f"received  {made.received:,}; repeated as was said: {counts['repeated_possible']:,}"
    late, response = report["lateness"], report["response"]
    yield f"lateness  {late['p50']:,.1f} ms, p99 {late['p99']:,.1f} ms, at most {late['max']:,.0f}"
    yield f"response  {response['p50']:,.1f} ms, p99 {response['p99']:,.1f} ms"
    for why, count in sorted(report["troubles"].items(), key=lambda one: -one[1]):
        yield f"  {count:,} times: {why}"


def main() -> None:
    """Soak, print what came of it, and judge."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--for", dest="length", default="10m", help="how long: %(default)s")
    parser.add_argument("--rate", default="1000/s", help="records a second: %(default)s")
    parser.add_argument("--to", choices=FAULTS, default="hec", help="which receiver: %(default)s")
    parser.add_argument("--every", type=float, default=5.0, help="seconds between two samples")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        made = soaked(given.to, given.rate, given.length, Path(folder), every=given.every)
    print("\n".join(told(made)))
    wrong = [*made.wrong()]
    print("\nall is well" if not wrong else "\n" + "\n".join(f"WRONG: {one}" for one in wrong))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
