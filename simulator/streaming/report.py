"""What a stream asked for and what came of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from simulator.primitives.alignment import columns
from simulator.primitives.instants import format_duration

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from simulator.primitives.jsontext import Json

FORMAT: Final = "trailwright-stream-report/1"

TOLERANCE: Final = 0.01
"""By how much a stream may be slower than asked: a hundredth."""

GRACE: Final = 0.5
"""Seconds by which it may be late all the same: starting and stopping are no rate."""


@dataclass(frozen=True, slots=True)
class Report:
    """A stream as it was, times in seconds unless they say otherwise."""

    to: str
    """Where it went."""
    promise: str
    """What it is worth that records are settled: one of `interface.Promise`."""
    asked: str
    """How fast it was to be, in words."""
    asked_for: float | None
    """How long it was to last; absent for as long as there were records."""
    records: int
    """Records that were due."""
    settled: int
    """Of those, how many the receiver has, as far as it says."""
    refused: int
    """How many it will never take."""
    lost: int
    """How many were given up, or not sent at all."""
    uncertain: int
    """How many may be there twice."""
    bytes: int
    """Bytes of settled records, each with its own alone: no framing, no line ends."""
    batches: int
    retries: int
    """How often something was tried again."""
    troubles: Mapping[str, int]
    """What went wrong on the way, and how often."""
    planned: float
    """When the last record was due."""
    took: float
    """When the last batch was sent."""
    ended: float
    """When the last batch was settled."""
    lateness: Mapping[str, float]
    """Milliseconds from when a batch was due until it was sent."""
    response: Mapping[str, float]
    """Milliseconds from when a record was due until it was settled."""
    service: Mapping[str, float]
    """Milliseconds from when it was sent until it was settled."""
    histogram: tuple[tuple[int, int], ...]
    """How many records had a response time, by the last microsecond of a bucket."""
    ended_by: str | None
    """What ended it before its time; absent where nothing did."""

    @property
    def asked_rate(self) -> float:
        """Records a second, over the whole of it."""
        return self.records / self.planned if self.planned else 0.0

    @property
    def achieved_rate(self) -> float:
        """Records that were sent a second, over the time that it took."""
        span = max(self.took, self.planned)
        return (self.records - self.lost) / span if span else 0.0

    def shortfalls(self) -> Iterator[str]:
        """Yield in which respects it was less than asked."""
        if self.ended_by is not None:
            yield self.ended_by
        if self.lost:
            yield f"{self.lost:,} of {self.records:,} records were not delivered"
        if self.refused:
            yield f"{self.refused:,} records were refused"
        if self.took > self.planned * (1 + TOLERANCE) + GRACE:
            yield (
                f"the rate was {self.achieved_rate:,.0f} records/s, "
                f"{self.asked_rate:,.0f} were asked for"
            )
        if self.asked_for is not None and self.ended_by is None:
            short = self.asked_for - self.planned
            if not self.records or short > self.asked_for * TOLERANCE + GRACE:
                yield (
                    f"the scenario's records lasted {self.planned:.1f} s of "
                    f"{format_duration(round(self.asked_for * 1000))}: ask for more with --events"
                )


def report_json(report: Report) -> dict[str, Json]:
    """Return a report as JSON; `docs/schemas/stream.schema.json` says what its members mean."""
    made: dict[str, Json] = {"format": FORMAT, **asdict(report)}
    made["histogram"] = [list(pair) for pair in report.histogram]
    made["asked_rate"] = report.asked_rate
    made["achieved_rate"] = report.achieved_rate
    made["shortfalls"] = [*report.shortfalls()]
    return made


def report_text(report: Report) -> str:
    """Return a report for people."""
    rows = [
        ("asked", f"{report.asked}: {report.records:,} records, {report.asked_rate:,.0f}/s"),
        ("sent", f"{report.achieved_rate:,.0f}/s over {max(report.took, report.planned):.1f} s"),
        (_SETTLED[report.promise], f"{report.settled:,} records, {report.bytes:,} bytes"),
        ("refused", f"{report.refused:,}"),
        ("not delivered", f"{report.lost:,}"),
        ("may be there twice", f"{report.uncertain:,}"),
        ("tried again", f"{report.retries:,} times"),
    ]
    lines = columns(rows)
    times = [("", *report.response)]
    for name, row in (
        ("due to sent", report.lateness),
        ("due to settled", report.response),
        ("sent to settled", report.service),
    ):
        times.append((name, *(f"{value:,.1f} ms" for value in row.values())))
    lines += ["", *columns(times)]
    if report.troubles:
        lines += ["", "Went wrong on the way:"]
        most = sorted(report.troubles.items(), key=lambda one: (-one[1], one[0]))
        lines += [f"  {count:,} times: {why}" for why, count in most[:10]]
    short = [*report.shortfalls()]
    if short:
        lines += ["", "Fell short:", *(f"  {one}" for one in short)]
    return "\n".join(lines)


_SETTLED: Final = {
    "kept": "kept by the receiver",
    "accepted": "accepted",
    "written": "written",
    "sent": "handed over",
}
