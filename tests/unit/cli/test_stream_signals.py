"""Streams that are told to end, or lose a worker: what they leave agrees with what came."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import orjson
import pytest

from benchmarks.streams import listening, streaming

LEFT = ["manifest.json", "report.json", "sent.ndjson", "truth.ndjson"]
SOON = 60
"""Seconds that anything may take, on a machine that has a lot to do."""

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/task").exists(), reason="only Linux tells the children"
)


def until(condition):
    """Look again and again, until a condition gives something, and return that."""
    deadline = time.monotonic() + SOON
    while not (found := condition()):
        assert time.monotonic() < deadline
    return found


def children_of(pid: int) -> list[int]:
    """Return the processes that any thread of a process started."""
    threads = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for thread in threads for child in thread.read_text().split()]


def names_in(folder: Path) -> list[str]:
    """Return what lies in a folder."""
    return sorted(one.name for one in folder.iterdir())


def counts_of(run, here: Path) -> dict[str, int]:
    """Reconcile what was sent with what came: nothing is a surprise. Return the counts."""
    ended = run("reconcile", "sent", "came.ndjson", "--json", "--quiet", cwd=here)
    assert (ended.status, ended.err) == (0, "")
    return orjson.loads(ended.out)["counts"]


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stream_that_is_told_to_end_leaves_what_it_knows(run, tmp_path, number, status):
    """After Ctrl-C and SIGTERM: truth, batches, report and manifest, which agree with what came."""
    words = ("baseline/office", "--rate", "2000/s", "--for", "20s", "--workers", "0")
    with listening("lines", tmp_path / "came.ndjson") as receiver:
        with streaming(tmp_path / "sent", *words, *receiver.reach) as process:
            until(lambda: receiver.count() > 300)
            process.send_signal(number)
            assert process.wait(SOON) == status
        came = receiver.count()

    assert names_in(tmp_path / "sent") == LEFT
    report = orjson.loads((tmp_path / "sent" / "report.json").read_bytes())
    assert report["ended_by"] == "it was interrupted"
    assert report["records"] == report["settled"] + report["lost"]
    counts = counts_of(run, tmp_path)
    assert report["settled"] <= came < report["records"]
    assert counts["received"] == came
    # What may have arrived and is not settled counts as lost, and is received all the same.
    assert counts["lost"] == report["records"] - came


def test_a_stream_that_is_killed_leaves_nothing_that_could_be_taken_for_whole(tmp_path):
    """Nobody can be told; the control of the above."""
    words = ("quickstart", "--rate", "500/s", "--for", "20s", "--workers", "0")
    with listening("lines", tmp_path / "came.ndjson") as receiver:
        with streaming(tmp_path / "sent", *words, *receiver.reach) as process:
            until(receiver.count)
            process.kill()
            assert process.wait(SOON) == -signal.SIGKILL
        assert receiver.count()

    assert not {*names_in(tmp_path / "sent")} & {*LEFT}


def test_a_stream_outlives_its_worker(run, tmp_path):
    """A worker that is killed is replaced, and nothing is lost or sent twice for it."""
    words = ("baseline/office", "--rate", "4000/s", "--for", "2s")
    with listening("lines", tmp_path / "came.ndjson") as receiver:
        with streaming(tmp_path / "sent", *words, *receiver.reach) as process:
            (worker,) = until(lambda: children_of(process.pid))
            os.kill(worker, signal.SIGKILL)
            (another,) = until(lambda: {*children_of(process.pid)} - {worker})
            assert process.wait(SOON) in (0, 1)
        assert receiver.count() == 8000

    assert another != worker
    report = orjson.loads((tmp_path / "sent" / "report.json").read_bytes())
    assert (report["settled"], report["lost"], report["uncertain"]) == (8000, 0, 0)
    assert counts_of(run, tmp_path)["received"] == 8000
