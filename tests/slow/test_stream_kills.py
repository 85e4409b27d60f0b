"""Streams that lose workers, or are told to end at any point: what they say is what came."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from benchmarks.streams import listening, reconciled, report_of, streaming
from simulator.primitives.keys import Key, purpose

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="only Linux tells children"),
]

SCENARIO = "baseline/office"
TOO_LONG = 120
POINTS = 4
FAULTS = ("503=3%", "lost-answer=2%", "close=2%", "slow=5%:200ms")


def until(condition):
    """Look again and again, until a condition gives something, and return that."""
    deadline = time.monotonic() + TOO_LONG
    while not (found := condition()):
        assert time.monotonic() < deadline
    return found


def children_of(pid: int) -> set[int]:
    """Return the processes that any thread of a process started."""
    threads = Path(f"/proc/{pid}/task").glob("*/children")
    return {int(child) for thread in threads for child in thread.read_text().split()}


def test_a_stream_goes_on_whenever_workers_are_killed(tmp_path):
    """Each of two workers is killed as soon as it is there, and some while they work."""
    words = ("--rate", "15000/s", "--for", "10s", "--workers", "2")
    killed: set[int] = set()
    with listening("lines", tmp_path / "came.ndjson") as receiver:
        with streaming(tmp_path / "sent", SCENARIO, *words, *receiver.reach) as process:
            for came in (0, 0, 5_000, 15_000, 30_000):
                until(lambda came=came: not came or receiver.count() > came)
                worker = min(until(lambda: children_of(process.pid) - killed))
                os.kill(worker, signal.SIGKILL)
                killed.add(worker)
            # 1 where the machine cannot hold the rate, which is not the point.
            assert process.wait(TOO_LONG) in (0, 1)
        count = receiver.count()

    report, found = report_of(tmp_path / "sent"), reconciled(tmp_path / "sent", receiver.file)
    assert len(killed) == 5
    assert found["failures"] == []
    assert count == report["settled"] == report["records"] == 150_000
    assert report["uncertain"] == report["lost"] == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("kind", ["hec", "lines"])
def test_a_stream_may_be_told_to_end_at_any_point(tmp_path, kind, number):
    """Amid answers that fail: what is not there is said to be lost, and repeats to be possible."""
    faults = FAULTS if kind == "hec" else ("close=1%", "half-close=1%")
    died = 0
    for point in range(POINTS):
        here = tmp_path / f"{point}"
        here.mkdir()
        most = 1 + Key.root(0).below(8_000, purpose("stream end"), point)
        with listening(kind, here / "came.ndjson", *faults) as receiver:
            words = (SCENARIO, "--rate", "4000/s", "--for", "10s", *receiver.reach)
            with streaming(here / "sent", *words) as process:
                until(lambda most=most, receiver=receiver: receiver.count() >= most)
                process.send_signal(number)
                status = process.wait(TOO_LONG)
        report, found = report_of(here / "sent"), reconciled(here / "sent", here / "came.ndjson")
        died += status == 128 + number

        assert found["failures"] == [], most
        assert report["settled"] + report["refused"] + report["lost"] == report["records"]
        assert report["settled"] <= receiver.count()

    assert died == POINTS
