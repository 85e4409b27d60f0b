"""What is shown of a stream while it goes on: a panel on terminals, and nothing elsewhere."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from simulator.cli import console
from simulator.cli.closing import size_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType
    from rich.live import Live

    from simulator.streaming.progress import Seen

_SPAN: Final = 2_000_000
"""Microseconds over which the rate shown is taken."""
_KINDS: Final = 6


@dataclass(slots=True)
class Panel:
    """Shows how far a stream is. See `running.Observer`."""

    live: Live
    to: str
    asked: str
    _before: list[Seen] = field(default_factory=list)

    def seen(self, seen: Seen) -> None:
        """See `Observer.seen`."""
        self._before.append(seen)
        while len(self._before) > 2 and seen.now - self._before[1].now >= _SPAN:
            self._before.pop(0)
        self.live.update(self._drawn(seen))

    def _drawn(self, seen: Seen) -> RenderableType:
        from rich.table import Table  # noqa: PLC0415  # on terminals alone

        first = self._before[0]
        span = max(seen.now - first.now, 1) / 1_000_000
        table = Table.grid(padding=(0, 2))
        rows = {
            "to": self.to,
            "asked": self.asked,
            "due": f"{(seen.due - first.due) / span:,.0f} records/s",
            "settled": f"{(seen.settled - first.settled) / span:,.0f} records/s, "
            f"{size_text(round((seen.size - first.size) / span))}/s",
            "so far": f"{seen.settled:,} records, {size_text(seen.size)}, "
            f"{seen.now / 1_000_000:.0f} s",
            "lag": f"{seen.lag / 1000:,.0f} ms; {seen.in_flight:,} records in flight, "
            f"{size_text(seen.waiting)} made ahead",
            "trouble": "none"
            if seen.trouble is None
            else f"{seen.retries:,} times tried again, {seen.refused:,} refused, "
            f"{seen.uncertain:,} may be there twice; last: {seen.trouble}",
        }
        for name, value in rows.items():
            table.add_row(console.line((name, "dim")), console.line(value))
        most = sorted(seen.kinds.items(), key=lambda one: -one[1])[:_KINDS]
        for nth, (kind, count) in enumerate(most):
            name = "by kind" if not nth else ""
            table.add_row(console.line((name, "dim")), console.line(f"{count:>12,}  {kind}"))
        return table


@contextmanager
def panel(to: str, asked: str, *, is_shown: bool) -> Iterator[Panel | None]:
    """Give what shows a stream, or nothing where nobody would see it."""
    if not (is_shown and sys.stderr.isatty()):
        yield None
        return
    from rich.live import Live  # noqa: PLC0415  # on terminals alone

    with Live(console=console.messages(), refresh_per_second=4, transient=True) as live:
        yield Panel(live, to, asked)
