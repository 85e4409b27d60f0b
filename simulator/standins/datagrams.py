"""Stands in for whatever reads datagrams: records as they are, or syslog messages."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

from simulator.errors import OutputError
from simulator.standins.syslog import message_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.standins.faults import Faults
    from simulator.standins.keeping import Kept

FAULTS: Final = ("close", "slow")
"""What a datagram can suffer: it is lost, or those after it wait and may be."""

_BUFFER: Final = 4 << 20


@contextmanager
def standing(
    kept: Kept, faults: Faults, *, host: str = "127.0.0.1", port: int = 0
) -> Iterator[str]:
    """Stand in while the context lasts, and give the address for `--to`.

    Raises:
        OutputError: The port cannot be listened at.
    """
    made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        made.bind((host, port))
    except OSError as error:
        made.close()
        message = f"cannot listen at {host}:{port}: {error.strerror}"
        raise OutputError(message) from error
    made.settimeout(0.1)
    ended = Event()

    def read() -> None:
        while True:
            try:
                data = made.recv(1 << 16)
            except TimeoutError:
                # What came before the end is read to the last.
                if ended.is_set():
                    return
                continue
            except OSError:
                return
            fault = faults.next()
            if fault is not None and fault.name == "slow":
                ended.wait(fault.millis / 1000)
            elif fault is not None:
                continue
            try:
                kept.keep([message_of(data) if data.startswith(b"<") else data])
            except OSError:
                # Whoever gave the file knows; nobody who sends datagrams could be told.
                return

    thread = Thread(target=read, daemon=True)
    thread.start()
    try:
        yield f"udp://{host}:{made.getsockname()[1]}"
    finally:
        ended.set()
        thread.join()
        made.close()
