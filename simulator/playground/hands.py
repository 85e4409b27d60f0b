"""Processes that do one job at a time, and are ended when it takes too long."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress
from typing import Any, Final

import orjson

from simulator.playground.messages import LENGTH, framed

# This program, with what it can import; nothing that lies in the current folder is imported.
_START: Final = """\
import sys
sys.path[:] = {path!r}
from simulator.playground.worker import main
main()
"""


_KILL: Final = getattr(signal, "SIGKILL", signal.SIGTERM)
"""What nothing can ignore; Windows ends a process with any signal."""


class TooLongError(Exception):
    """A job was not done in time."""


class DiedError(Exception):
    """The process ended over a job: killed, or out of memory."""


class Hand:
    """A process that is started when it is needed, and stays for the next job."""

    def __init__(self, patience_s: float) -> None:
        """Let each job take so many seconds."""
        self.patience_s = patience_s
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    @property
    def is_busy(self) -> bool:
        """Whether it has a job."""
        return self._turn.locked()

    async def do(self, job: str, **wanted: object) -> dict[str, Any]:
        """Return the answer to a job, after those that were asked for before.

        Raises:
            TooLongError: It was not done in time.
            DiedError: The process ended over it.
        """
        async with self._turn:
            process = self._process or await self._started()
            try:
                return await asyncio.wait_for(
                    _asked(process, {"job": job, **wanted}), self.patience_s
                )
            except TimeoutError:
                raise TooLongError from None
            except (asyncio.IncompleteReadError, ConnectionError):
                raise DiedError from None
            finally:
                # Only one that has answered can be asked again.
                if sys.exc_info()[0] is not None:
                    await self.end()

    async def end(self) -> None:
        """Kill the process, which holds nothing that would be missed."""
        process, self._process = self._process, None
        if process is None:
            return
        _kill(process)
        # Reads what is left as well, so that its pipes are closed.
        await process.communicate()

    def abandon(self) -> None:
        """Kill the process whatever it does: whoever waits for an answer hears that it died."""
        if self._process is not None:
            _kill(self._process)

    async def start(self) -> None:
        """Start the process before it is needed, so that the first job need not wait for it."""
        async with self._turn:
            if self._process is None:
                await self._started()

    async def _started(self) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-c",
            _START.format(path=sys.path),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        self._process = process
        return process


def _kill(process: asyncio.subprocess.Process) -> None:
    # Not process.kill(): that asks whether the process has ended, and so takes the answer from
    # asyncio, which waits for it and complains.
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.kill(process.pid, _KILL)


async def _asked(process: asyncio.subprocess.Process, job: object) -> dict[str, Any]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(framed(job))
    await process.stdin.drain()
    length = int.from_bytes(await process.stdout.readexactly(LENGTH))
    answer: dict[str, Any] = orjson.loads(await process.stdout.readexactly(length))
    return answer
