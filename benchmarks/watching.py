"""What a process holds while it runs, from /proc: memory, descriptors, threads.

Linux alone tells it so.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

MIB: Final = 1 << 20
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
_RESIDENT: Final = 1
"""Where statm says how many pages are resident."""

SHARE: Final = 0.05
SPARE: Final = 8 * MIB
"""By how much memory may be greater in the last quarter than in the second, both together."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What a process and its children held at one moment."""

    at: float
    """Seconds after the first."""
    own: int
    """Bytes of resident memory of the process itself."""
    children: tuple[int, ...]
    """Of each child, the oldest first. What they share with it counts for each."""
    descriptors: int
    """Open file descriptors of the process itself."""
    threads: int

    @property
    def memory(self) -> int:
        """Bytes of all of them."""
        return self.own + sum(self.children)


def sampled(pid: int, at: float) -> Sample | None:
    """Return what a process holds now; nothing when it has ended."""
    process = Path(f"/proc/{pid}")
    try:
        own = _resident(process)
        threads = [*process.glob("task/*/children")]
        children = sorted(int(child) for one in threads for child in one.read_text().split())
        descriptors = len([*(process / "fd").iterdir()])
    except OSError:
        return None
    held = []
    for child in children:
        try:
            held.append(_resident(Path(f"/proc/{child}")))
        except OSError:
            continue  # it ended meanwhile
    # A process that has ended and was not waited for holds nothing, and is there all the same.
    return Sample(at, own, tuple(held), descriptors, len(threads)) if own else None


def _resident(process: Path) -> int:
    return int((process / "statm").read_text().split()[_RESIDENT]) * _PAGE


def samples(
    pid: int,
    every: float,
    is_over: Callable[[float], bool],
    *,
    now: Callable[[], float] = time.monotonic,
) -> Iterator[Sample]:
    """Yield what a process holds, again and again, until it is over.

    Args:
        pid: Which one.
        every: Seconds between two samples.
        is_over: Waits so many seconds, or less if the process ends; says whether it has.
        now: Returns seconds since some instant.
    """
    began = now()
    while (sample := sampled(pid, now() - began)) is not None:
        yield sample
        if is_over(every):
            return


def growths(every: Sequence[Sample]) -> Iterator[str]:
    """Yield what grew: what the last quarter held is compared with what the second did.

    The first quarter is left out: queues fill and pages are touched for the first time. Medians
    are compared, so that one connection more for a moment is no growth.
    """
    second, last = quarters(every)[1::2]
    if not second or not last:
        yield "it was over before anything could grow"
        return
    before, after = (median(one.memory for one in some) for some in (second, last))
    if after > before * (1 + SHARE) + SPARE:
        yield f"memory grew from {before / MIB:,.0f} to {after / MIB:,.0f} MiB"
    for name in ("descriptors", "threads"):
        before, after = (median(getattr(one, name) for one in some) for some in (second, last))
        if after > before:
            yield f"{name} grew from {before:g} to {after:g}"


def quarters(every: Sequence[Sample]) -> list[list[Sample]]:
    """Return samples by the quarter of the time that they are from."""
    ends = every[-1].at if every else 0.0
    made: list[list[Sample]] = [[], [], [], []]
    for one in every:
        made[min(int(one.at * 4 / ends), 3) if ends else 0].append(one)
    return made
