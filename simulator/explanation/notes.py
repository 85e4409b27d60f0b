"""What is kept of a record to tell of it beside others: a line, and what it is tied to."""

from __future__ import annotations

from dataclasses import dataclass
from sys import intern
from typing import TYPE_CHECKING, Any, Final

from simulator.conversion import detected
from simulator.explanation.telling import telling_of
from simulator.explanation.ties import ties_of
from simulator.primitives.instants import DAY, HOUR, MINUTE, SECOND, parse_instant

if TYPE_CHECKING:
    from simulator.conversion import Detection
    from simulator.explanation.telling import Telling
    from simulator.explanation.ties import Tie
    from simulator.validation.findings import Place
    from simulator.validation.reading import Item

_UNITS: Final = ((DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (SECOND, "s"))


@dataclass(frozen=True, slots=True)
class Note:
    """One record among others."""

    place: Place
    order: int
    """How many records were read before it; less than none where later ones are older."""
    kind: str
    event_id: str
    time: str
    who: str
    short: str
    """See `callers.Who.short`."""
    user_id: str
    """Of the user of Identity Center who acts; empty where none is shown."""
    name: str
    """Likewise."""
    deed: str
    where: str
    credential: str
    outcome: str
    era: str
    broken: tuple[str, ...]
    """Rows of the announcement that it breaks."""
    ties: tuple[Tie, ...]

    @property
    def when(self) -> tuple[str, int]:
        """What records are put in order by."""
        return self.time, self.order


@dataclass(frozen=True, slots=True)
class Seen:
    """A record that is looked at as a whole."""

    note: Note
    telling: Telling
    detection: Detection


def seen(item: Item, order: int) -> Seen:
    """Return what there is to say of a record."""
    record: dict[str, Any] = item.record
    telling, detection = telling_of(record), detected(record)
    # Said of many records, and kept for each of them.
    note = Note(
        place=item.place,
        order=-order if item.is_newest_first else order,
        kind=telling.kind,
        event_id=telling.event_id,
        time=telling.time,
        who=intern(telling.who.says),
        short=intern(telling.who.short),
        user_id=intern(telling.who.user_id),
        name=telling.who.name,
        deed=intern(telling.deed),
        where=intern(telling.where),
        credential=telling.credential,
        outcome=telling.outcome,
        era=detection.era,
        broken=detection.broken,
        ties=ties_of(record),
    )
    return Seen(note, telling, detection)


def instant_of(note: Note) -> int | None:
    """Return when a record happened, in milliseconds; none where it does not say."""
    try:
        return parse_instant(note.time)
    except ValueError:
        return None


def span(before: int | None, after: int | None) -> str:
    """Return how long it is from one instant to another, in its two greatest units."""
    if before is None or after is None:
        return ""
    left = abs(after - before)
    parts = []
    for size, unit in _UNITS:
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {unit}")
        elif parts:
            break
    return " ".join(parts[:2]) or "0 s"
