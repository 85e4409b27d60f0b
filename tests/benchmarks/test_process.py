"""A command, and what it used."""

from __future__ import annotations

import sys

import pytest

from benchmarks.process import CommandError, run

BUSY = "import time\nwhile time.process_time() < 0.2: pass\nprint('done', flush=True)"


def test_processor_time_memory_and_output_are_told():
    """Of a process that computes for a fifth of a second and then says so."""
    used = run([sys.executable, "-c", BUSY], limit=60, is_read=True)

    assert used.cpu >= 0.2
    assert used.wall >= used.first_byte >= 0.2
    assert used.peak > 1_000_000
    assert used.output == b"done\n"


def test_descendants_are_counted():
    """A process that waits for another has its processor time too."""
    program = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {BUSY!r}])"

    assert run([sys.executable, "-c", program], limit=60).cpu >= 0.2


def test_a_failure_says_what_the_command_said():
    """The last line is where the reason stands."""
    program = "import sys; sys.exit('first\\nno such scenario')"

    with pytest.raises(CommandError, match="ended with 1 and said: no such scenario"):
        run([sys.executable, "-c", program], limit=60)


def test_what_takes_too_long_is_ended_with_its_descendants():
    """Nothing stays behind to slow the next."""
    with pytest.raises(CommandError, match=r"took longer than 0\.2 s"):
        run(["sh", "-c", "sleep 60 | sleep 60"], limit=0.2)
