"""How many cores there are to use."""

from __future__ import annotations

import os

import pytest

from simulator.run import usable_cores


def a_system(folder, *limits: str):
    """Return a folder in which control groups, the innermost last, have these limits."""
    (folder / "proc" / "self").mkdir(parents=True)
    (folder / "proc" / "self" / "cgroup").write_text("0::/a/b\n")
    group = folder / "sys" / "fs" / "cgroup"
    for name, limit in zip(("", "a", "b"), limits, strict=False):
        group = group / name
        group.mkdir(parents=True, exist_ok=True)
        if limit:
            (group / "cpu.max").write_text(f"{limit}\n")
    return folder


@pytest.mark.parametrize(
    ("limits", "cores"),
    [
        ((), 8),
        (("", "max 100000", "max 100000"), 8),
        (("", "", "300000 100000"), 3),
        (("", "250000 100000", "max 100000"), 2),
        (("", "", "50000 100000"), 1),
        (("nonsense",), 8),
    ],
)
def test_cores_are_those_this_process_may_use(tmp_path, monkeypatch, limits, cores):
    """Its affinity, and the least time that a control group above it grants."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)

    assert usable_cores(a_system(tmp_path, *limits)) == cores


def test_a_system_without_control_groups_has_all_its_cores(tmp_path, monkeypatch):
    """Nor with affinity, on macOS and Windows."""
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 4)

    assert usable_cores(tmp_path) == 4
