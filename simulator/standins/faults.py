"""What goes wrong at a stand-in, and when: drawn from a key, so that a test can be told again.

A fault is asked for as `NAME=SHARE` or `NAME=SHARE:DURATION`, such as `503=10%` or
`slow=5%:200ms`; each request, or each connection where there are no requests, draws whether it
is struck, and by what.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, Final

from simulator.errors import RequestError
from simulator.primitives.instants import parse_duration
from simulator.primitives.keys import Key, purpose

if TYPE_CHECKING:
    from collections.abc import Iterable

FAULTS: Final = {
    "refuse": "the connection is closed before anything is read",
    "close": "all is read, nothing is kept, and the connection is closed without an answer",
    "lost-answer": "all is kept, and the connection is closed without an answer",
    "half-close": "the connection is closed in the middle of what comes",
    "slow": "the answer takes a while: 1s, or what stands behind the colon",
    "429": "too many requests, with Retry-After where that is usual; nothing is kept",
    "503": "unavailable; nothing is kept",
    "500": "an error inside; nothing is kept",
    "partial": "about half of the records are refused for now, the others kept",
    "reject": "a record is refused for good, the others kept",
}
"""Every fault and what it does. A stand-in says which of them it knows."""

_STRUCK: Final = purpose("stand-in/struck")
_WHICH: Final = purpose("stand-in/which")
_ASKED: Final = re.compile(r"([a-z0-9-]+)=(\d+(?:\.\d+)?)%(?::(\S+))?")
_MILLION: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault that strikes."""

    name: str
    """One of `FAULTS`."""

    millis: int
    """How long it takes, in milliseconds, where it takes long."""

    nth: int
    """Which request it strikes, from 0."""

    def chosen(self, records: int) -> set[int]:
        """Return which of a request's records are refused: about half, at least one of them."""
        key = Key.root(self.nth)
        found = {at for at in range(records) if key.below(2, _WHICH, at)}
        return found or set(range(min(records, 1)))


class Faults:
    """Draws faults, request by request. May be used from several threads."""

    def __init__(self, asked: Iterable[str] = (), *, known: Iterable[str] = FAULTS) -> None:
        """Read what is asked for.

        Args:
            asked: Each `NAME=SHARE` or `NAME=SHARE:DURATION`.
            known: Those that the stand-in can do.

        Raises:
            RequestError: One is none of them.
        """
        self._lock = Lock()
        self._count = count()
        self._rows: list[tuple[str, int, int]] = []
        names = [*known]
        for text in asked:
            found = _ASKED.fullmatch(text)
            if found is None or found[1] not in names:
                message = (
                    f"--fault {text!r}: expected NAME=SHARE%, and a name of {', '.join(names)}"
                )
                raise RequestError(message)
            try:
                millis = parse_duration(found[3]) if found[3] else 1000
            except ValueError as error:
                message = f"--fault {text!r}: {error}"
                raise RequestError(message) from None
            self._rows.append((found[1], round(float(found[2]) * _MILLION / 100), millis))

    def next(self) -> Fault | None:
        """Return what strikes the next request; nothing for most."""
        with self._lock:
            nth = next(self._count)
        drawn = Key.root(nth).below(_MILLION, _STRUCK, 0)
        for name, share, millis in self._rows:
            if drawn < share:
                return Fault(name, millis, nth)
            drawn -= share
        return None
