"""Which era a record is in, by the rows of the announcement's table."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, TypeAlias

from simulator.conversion.edits import objects, state
from simulator.conversion.ways import STAGE_OF_ERA, STAGES, Found, ways_of
from simulator.records.eras import ERA_NAMES
from simulator.validation.checking import kind_of
from simulator.validation.reading import Item, Missed, files_of, read_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from simulator.conversion.ways import Candidate, Way
    from simulator.validation.findings import Place

Stand: TypeAlias = Literal["before", "after", "mixed"]

EITHER: Final = "either"
UNKNOWN: Final = "unknown kind"
_EVERY: Final = 10_000
_MOST_NAMES: Final = 5_000
"""Kinds that are told apart; foreign records may name any number."""


class Observer(Protocol):
    """Someone who wants to know how far a reading is."""

    def read(self, records: int) -> None:
        """Hear how many records were read so far."""
        ...


class Silence:
    """An observer that nobody listens to."""

    def read(self, records: int) -> None:
        """See `Observer.read`."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A row of the announcement's table, and how a record stands to it."""

    row: str
    """In the announcement's words."""

    stand: Stand
    """Whether the record is as before the row or as after it; `mixed` where some of it is."""

    is_broken: bool
    """Whether that is not as the record's era has it."""


@dataclass(frozen=True, slots=True)
class Detection:
    """What was found out about one record."""

    kind: str
    """Such as `sso/Logout`; for kinds that are not known, source and name as it has them."""

    eras: tuple[str, ...]
    """Names of the eras it can be in; all of them where nothing tells, none for an unknown kind."""

    rows: tuple[Standing, ...] = ()
    """The rows that are about it."""

    @property
    def era(self) -> str:
        """The eras in words."""
        if not self.eras:
            return UNKNOWN
        return EITHER if len(self.eras) == len(ERA_NAMES) else " or ".join(self.eras)

    @property
    def broken(self) -> tuple[str, ...]:
        """The rows that it breaks."""
        return tuple(one.row for one in self.rows if one.is_broken)


def read_as(record: dict[str, Any]) -> tuple[str, Found | None]:
    """Return the name of a record's kind and what the record can be read as.

    Nothing where the kind is not known, or no era has changed it.
    """
    kind, name = kind_of(record)
    if kind is None:
        return name, None
    ways = ways_of(kind)
    return name, ways.find(record) if ways.names else _UNCHANGED


_UNCHANGED: Final = Found(())


def told(name: str, found: Found | None) -> Detection:
    """Return which eras a record can be in, without its rows."""
    if found is None:
        return Detection(name, ())
    eras = {one.era for one in found.candidates} or range(len(ERA_NAMES))
    return Detection(name, tuple(ERA_NAMES[era] for era in sorted(eras)))


def detected(record: dict[str, Any]) -> Detection:
    """Return which era a record is in."""
    name, found = read_as(record)
    if found is None:
        return told(name, found)
    # Records that look alike stand alike: all that is asked of a value is in the appearance.
    made: Detection | None = found.memory.get(name)
    if made is None:
        rows = tuple(_standings(record, found.candidates))
        made = found.memory[name] = replace(told(name, found), rows=rows)
    return made


def _standings(record: dict[str, Any], found: Sequence[Candidate]) -> Iterator[Standing]:
    for stage, (_, quote) in enumerate(STAGES):
        stands: list[tuple[Stand, bool]] = []
        for one in found:
            stand = _stand(record, one.way, stage)
            if stand is not None:
                is_after = stage < STAGE_OF_ERA[one.era]
                stands.append((stand, stand != ("after" if is_after else "before")))
        if stands:
            stand, _ = stands[0]
            yield Standing(quote, stand, all(is_broken for _, is_broken in stands))


def _stand(record: dict[str, Any], way: Way, stage: int) -> Stand | None:
    """Return how a record stands to a row, read in one way; none where it is not about it."""
    states = {
        found
        for edit in way.edits(stage)
        for members, _ in objects(record, edit.path)
        if (found := state(edit, members, way.words)) is not None
    }
    if not states:
        return None
    return _ALL_OF_IT.get(frozenset(states), "mixed")


_ALL_OF_IT: Final[dict[frozenset[str], Stand]] = {
    frozenset({"before"}): "before",
    frozenset({"after"}): "after",
}


@dataclass(slots=True)
class Tally(Missed):
    """What was found in all records that were read."""

    files: int = 0
    records: int = 0
    kinds: dict[str, Counter[str]] = field(default_factory=dict)
    """Kind to how many of its records are in which era."""
    rows: dict[str, Counter[str]] = field(default_factory=dict)
    """Row of the announcement to how many records are `before`, `after`, `mixed`, `broken`."""

    def add(self, found: Detection) -> None:
        """Count a record."""
        self.records += 1
        is_new = found.kind not in self.kinds and len(self.kinds) >= _MOST_NAMES
        self.kinds.setdefault("other" if is_new else found.kind, Counter())[found.era] += 1
        for one in found.rows:
            counts = self.rows.setdefault(one.row, Counter())
            counts[one.stand] += 1
            counts["broken"] += one.is_broken


def detect_files(
    paths: Sequence[str], tally: Tally, observer: Observer | None = None
) -> Iterator[tuple[Place, dict[str, Any], Detection]]:
    """Yield the place of every record of files, the record, and what was found out about it.

    Args:
        paths: As `validation.reading.files_of` takes them.
        tally: Is told of everything.
        observer: Hears how far it is.

    Raises:
        InputError: A path cannot be read at all.
        MissingExtraError: A file is Zstandard, and the extra is not installed.
    """
    hearing = observer or Silence()
    for file in files_of(paths):
        tally.files += 1
        for one in read_file(file):
            if not isinstance(one, Item):
                tally.miss(one)
                continue
            found = detected(one.record)
            tally.add(found)
            if tally.records % _EVERY == 0:
                hearing.read(tally.records)
            yield one.place, one.record, found
