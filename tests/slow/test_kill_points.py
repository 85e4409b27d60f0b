"""A run that is killed at any point is finished by --resume, with the bytes of one that was not."""

from __future__ import annotations

import signal

import pytest

from simulator.primitives.keys import Key, purpose
from tests.unit.run.test_delivering import a_request, delivered, killed_before, tree

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL"),
]

POINTS = 50
CALLS = 12_000
"""About how many calls of what writes files there are in a run."""


def test_any_point_will_do(tmp_path):
    """Fifty points, drawn; some come after the end, where nothing is killed any more."""
    delivered(tmp_path / "whole", a_request())
    whole = tree(tmp_path / "whole")
    died = 0

    for point in range(POINTS):
        nth = 1 + Key.root(0).below(CALLS, purpose("kill point"), point)
        out = tmp_path / f"{point}"
        died += killed_before(nth, out) == -signal.SIGKILL
        delivered(out, a_request(), resume=True)
        assert tree(out) == whole, nth

    assert died > POINTS // 2


def test_a_run_killed_again_and_again_gets_there(tmp_path):
    """Each try goes on where the one before was killed."""
    delivered(tmp_path / "whole", a_request())
    out = tmp_path / "out"

    for nth in (3_000, 1_000, 5_000, 2_000):
        killed_before(nth, out)
    delivered(out, a_request(), resume=True)

    assert tree(out) == tree(tmp_path / "whole")
    assert not (out / "unfinished.json").exists()
