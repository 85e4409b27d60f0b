"""Stands in for whatever reads lines over TCP."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from simulator.standins.sockets import FAULTS, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.standins.faults import Faults
    from simulator.standins.keeping import Kept

__all__ = ["FAULTS", "standing"]


class Lines:
    """Cuts bytes into lines."""

    def __init__(self) -> None:
        self._rest = b""

    def __call__(self, data: bytes) -> list[bytes]:
        """Return the lines that are whole now."""
        *whole, self._rest = (self._rest + data).split(b"\n")
        return whole


@contextmanager
def standing(
    kept: Kept,
    faults: Faults,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    tls: tuple[str, str] | None = None,
) -> Iterator[str]:
    """Stand in while the context lasts. See `sockets.serving`."""
    scheme = "tcp" if tls is None else "tls"
    with serving(scheme, Lines, kept, faults, host=host, port=port, tls=tls) as address:
        yield address
