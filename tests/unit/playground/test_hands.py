"""The processes in which scenarios are tried."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from simulator.playground.hands import DiedError, Hand, TooLongError
from tests.unit.cli.program import LONG, TINY


def test_what_takes_too_long_or_dies_is_ended_and_the_next_job_is_done():
    """By a new process. One may be killed by the system, for want of memory."""

    async def jobs():
        hand = Hand(0.2)
        with pytest.raises(TooLongError):
            await hand.do("run", text=LONG.replace("2000", "200_000"), name="long.yaml")
        hand.patience_s = 60
        answers = [await hand.do("check", text=TINY, name="tiny.yaml")]
        os.kill(hand._process.pid, signal.SIGKILL)
        with pytest.raises(DiedError):
            await hand.do("check", text=TINY, name="tiny.yaml")
        assert not hand.is_busy
        answers.append(await hand.do("nothing of the kind"))
        await hand.end()
        return answers

    assert asyncio.run(jobs()) == [
        {"findings": []},
        {"bug": "This is a bug in Trailwright: the terminal shows where."},
    ]
