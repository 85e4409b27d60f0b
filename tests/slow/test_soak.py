"""Streams to receivers that fail, for a minute and a half: nothing is lost, nothing grows."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.soak import soaked

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="only Linux tells"),
]


@pytest.mark.parametrize(
    ("to", "rate"), [("hec", "2500/s"), ("lines", "2500/s")], ids=["hec", "lines"]
)
def test_nothing_is_lost_in_silence_and_nothing_grows(tmp_path, to, rate):
    """Requests with answers, and a connection without: whatever breaks, all of it is told.

    At this rate three times what waits to be sent is made, so that making goes on when what is
    held is measured.
    """
    made = soaked(to, rate, "90s", tmp_path)

    assert [*made.wrong()] == []
    assert made.report["settled"] == made.report["records"] == 225_000
    assert made.received >= 225_000
    # Not a sleepy test: things did go wrong.
    assert made.report["retries"] > 0
