"""What was measured, and the file that it is kept in."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Measurement:
    """One run of one command."""

    section: str
    """What it was measured for; runs are compared only within one."""

    contender: str
    """Which one, by its name in the catalogue."""

    size: int
    """What it was asked for: records, mostly."""

    turn: int
    """Which round: runs of one turn are paired."""

    amount: float
    """How much it did in the time given: records, bytes or units of work."""

    cpu: float
    """Seconds of processor time, of all its processes."""

    wall: float
    """Seconds by the clock."""

    peak: int
    """Bytes of memory, at most, of whichever of its processes had most."""

    is_inner: bool = False
    """Whether the program timed a loop of its own, so that starting is not in it."""

    first_byte: float | None = None
    """Seconds until it wrote something; absent when nobody looked."""


@dataclass(frozen=True, slots=True)
class Result:
    """A run of the benchmarks."""

    profile: str
    """Which sizes were chosen."""

    machine: dict[str, Any]
    """Where, with what, and how busy it was before and after."""

    bytes_per_record: dict[str, float] = field(default_factory=dict)
    """How long a contender's records are, on average and with their line ends."""

    measurements: list[Measurement] = field(default_factory=list)
    """Every run, in the order of running."""

    skipped: dict[str, str] = field(default_factory=dict)
    """What was not measured, and why."""

    def of(self, section: str) -> list[Measurement]:
        """Return what was measured for a section."""
        return [it for it in self.measurements if it.section == section]

    def without(self, section: str) -> None:
        """Forget a section, before it is measured anew."""
        self.measurements[:] = [it for it in self.measurements if it.section != section]

    def save(self, file: Path) -> None:
        """Write everything, one measurement a line."""
        file.parent.mkdir(parents=True, exist_ok=True)
        head = {
            "profile": self.profile,
            "machine": self.machine,
            "bytes_per_record": self.bytes_per_record,
            "skipped": self.skipped,
        }
        lines = ",\n".join(f"    {json.dumps(_told(it))}" for it in self.measurements)
        text = json.dumps(head, indent=2).removesuffix("\n}")
        file.write_text(f'{text},\n  "measurements": [\n{lines}\n  ]\n}}\n', encoding="utf-8")

    @classmethod
    def load(cls, file: Path) -> Result:
        """Read what `save` wrote."""
        told = json.loads(file.read_text(encoding="utf-8"))
        measurements = [Measurement(**it) for it in told.pop("measurements")]
        return cls(**told, measurements=measurements)


def _told(measurement: Measurement) -> dict[str, Any]:
    told = asdict(measurement)
    told["cpu"], told["wall"] = round(measurement.cpu, 5), round(measurement.wall, 5)
    if measurement.first_byte is None:
        del told["first_byte"]
    else:
        told["first_byte"] = round(measurement.first_byte, 4)
    if not measurement.is_inner:
        del told["is_inner"]
    return told
