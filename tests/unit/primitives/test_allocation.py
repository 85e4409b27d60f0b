"""Memory that a process lets go of stays with it."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

from simulator.primitives import allocation

PROGRAM = """\
import resource, sys
import numpy as np
from simulator.primitives.allocation import keep_memory

if sys.argv[1] == "kept":
    assert keep_memory()

def windows():
    for _ in range(50):
        held = [np.ones(1 << 20, np.uint8) for _ in range(8)]

windows()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
windows()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""

is_glibc = platform.libc_ver()[0] == "glibc"


def faults(how):
    """Return how often a process had to ask for a page that it had had before."""
    ran = subprocess.run(  # noqa: S603  # this interpreter
        [sys.executable, "-c", PROGRAM, how], capture_output=True, text=True, check=True
    )
    return int(ran.stdout)


@pytest.mark.skipif(not is_glibc, reason="needs glibc")
def test_memory_is_not_asked_for_again():
    """Without it each window faults for all its pages anew."""
    given_back, kept = faults("given back"), faults("kept")

    assert given_back > 1_000
    assert kept < given_back // 10


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_other_systems_are_left_alone(monkeypatch, system):
    """Nothing is looked for there."""
    monkeypatch.setattr(allocation.sys, "platform", system)

    assert not allocation.keep_memory()


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")
def test_other_c_libraries_are_left_alone(monkeypatch):
    """One that has no such number to tell."""
    monkeypatch.setattr(allocation.ctypes, "CDLL", lambda _: object())

    assert not allocation.keep_memory()
