"""The program, run inside the tests' own process where a process of its own is not the point."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from simulator.cli.app import main
from tests.unit.cli.program import Ended

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def run(capfd, monkeypatch):
    """Return a function that runs the program in a folder, to its end."""
    terminated = signal.getsignal(signal.SIGTERM)
    before = os.getcwd()  # noqa: PTH109  # to come back to, as it is

    def ran(*arguments: str, cwd: Path) -> Ended:
        monkeypatch.chdir(cwd)
        monkeypatch.setattr(sys, "argv", ["trailwright", *arguments])
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        told = capfd.readouterr()
        assert isinstance(ended.value.code, int)
        return Ended(ended.value.code, told.out, told.err)

    yield ran
    os.chdir(before)
    signal.signal(signal.SIGTERM, terminated)
