"""The page on the playground says what is so."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys

import pytest

from simulator.playground import limits
from tests.docs.typed import DOCS, blocks

pytest.importorskip("uvicorn")

PAGE = (DOCS / "playground.md").read_text("utf-8")


def test_the_command_works_as_typed(tmp_path):
    """It opens the page in the browser, until Ctrl-C."""
    (line,) = blocks(PAGE, "sh")
    program, *arguments = shlex.split(line)
    assert program == ".venv/bin/trailwright"
    environment = os.environ  # noqa: TID251  # a browser for this test alone
    with subprocess.Popen(  # noqa: S603
        (sys.executable, "-m", "simulator", *arguments),
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
        env={**environment, "BROWSER": "true %s"},
    ) as process:
        assert process.stderr.readline().startswith("playground: http://127.0.0.1:")
        assert process.stderr.readline() == "It ends with Ctrl-C.\n"
        process.send_signal(signal.SIGINT)
        assert (process.stderr.read(), process.wait(20)) == ("", 0)


def test_the_limits_are_as_told():
    """One row for each."""
    assert f"| events | {limits.EVENTS:,} |" in PAGE
    assert f"| a run, both eras together | {limits.RUN_S:.0f} s |" in PAGE
    assert f"| a check | {limits.CHECK_S:.0f} s |" in PAGE
    assert f"| memory of either | {limits.MEMORY >> 30} GB |" in PAGE
    assert f"| a request | {limits.REQUEST >> 20} MB |" in PAGE
