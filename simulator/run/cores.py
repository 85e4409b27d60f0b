"""How many cores there are for this process."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def usable_cores(system: Path = Path("/")) -> int:
    """Return how many cores this process may keep busy: what `--workers auto` means.

    Args:
        system: Where the system's files are found.
    """
    # Python 3.13 knows it as os.process_cpu_count.
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    # A container may be given less time than it sees cores; half a core is still a worker.
    return max(1, min([cores or 1, *_quotas(system)]))


def _quotas(system: Path) -> Iterator[int]:
    """Yield the whole cores that each control group above this process grants (version 2)."""
    try:
        groups = (system / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        return
    inner = next((line[3:] for line in groups if line.startswith("0::")), "/")
    root = system / "sys/fs/cgroup"
    folder = root / inner.strip("/")
    for group in (folder, *folder.parents):
        if not group.is_relative_to(root):
            return
        try:
            quota, period = (group / "cpu.max").read_text().split()
        except (OSError, ValueError):
            continue
        if quota.isdecimal() and period.isdecimal() and int(period):
            yield int(quota) // int(period)
