"""Stands in for a syslog server over TCP, one that reads strictly (RFC 5424, RFC 6587)."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from simulator.primitives.instants import parse_any_instant
from simulator.standins.sockets import FAULTS, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.standins.faults import Faults
    from simulator.standins.keeping import Kept

__all__ = ["FAULTS", "message_of", "standing"]

_WORD: Final = rb"[!#-<>-\\^-~]{1,32}"
"""SD-NAME: printable ASCII but =, ], and the quotation mark."""
_VALUE: Final = rb'"(?:[^"\\\]]|\\["\\\]])*"'
_MESSAGE: Final = re.compile(
    rb"<(0|[1-9]\d{0,2})>1 (?:(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d{1,6})?Z|-) "
    rb"[!-~]{1,255} [!-~]{1,48} [!-~]{1,128} [!-~]{1,32} "
    rb"(?:-|(?:\[" + _WORD + rb"(?: " + _WORD + rb"=" + _VALUE + rb")*\])+)"
    rb"(?: (?:\xef\xbb\xbf)?(.*))?",
    re.DOTALL,
)
_COUNT: Final = re.compile(rb"[1-9]\d{0,9}(?: |\Z)")
"""How many octets follow, or as much of it as came."""
_BEGINS: Final = re.compile(rb"([1-9]\d{0,9}) ")
_LARGEST: Final = 191
"""PRI of facility 23 and severity 7."""
_BROKEN: Final = b"no syslog message: "


class Messages:
    """Cuts bytes into messages: counted where they begin with a number, and lines otherwise."""

    def __init__(self) -> None:
        self._rest = b""

    def __call__(self, data: bytes) -> list[bytes]:
        """Return the records of the messages that are whole now."""
        self._rest += data
        found = []
        while (message := self._next()) is not None:
            found.append(message_of(message))
        return found

    def _next(self) -> bytes | None:
        rest = self._rest
        if _COUNT.match(rest):
            begins = _BEGINS.match(rest)
            if begins is None:
                return None
            first, size = begins.end(), int(begins[1])
            if len(rest) < first + size:
                return None
            self._rest = rest[first + size :]
            return rest[first : first + size]
        line, end, after = rest.partition(b"\n")
        if not end:
            return None
        self._rest = after
        return line


def message_of(message: bytes) -> bytes:
    """Return the record in a message; of what is none, the message with a word before it."""
    found = _MESSAGE.fullmatch(message)
    if found is None or int(found[1]) > _LARGEST or not _is_instant(found[2]):
        return _BROKEN + message
    return found[3] or b""


def _is_instant(text: bytes | None) -> bool:
    """Return whether there is such a day and such a time; none is said to be none."""
    if text is None:
        return True
    try:
        parse_any_instant(f"{text.decode()}Z")
    except ValueError:
        return False
    return True


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
    scheme = "syslog+tcp" if tls is None else "syslog+tls"
    with serving(scheme, Messages, kept, faults, host=host, port=port, tls=tls) as address:
        yield address
