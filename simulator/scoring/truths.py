"""The truth, read once: what alerts name of it, what is to be found, and what is played.

Of a record that no alert can mean and that is in no play only a count is kept, so that memory
follows the alerts and the attacks, not the length of the trail.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import orjson

from simulator.errors import InputError
from simulator.primitives.instants import parse_any_instant
from simulator.scoring.alerts import NEVER, NONE, column
from simulator.scoring.troubles import Troubles
from simulator.sinks.targets import MANIFEST
from simulator.sinks.truth import FORMAT
from simulator.verification import place_of
from simulator.verification.places import Folder, opened
from simulator.verification.rows import lines_of
from simulator.verification.unpacking import Content

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from simulator.scoring.alerts import Alerts
    from simulator.verification.places import Source

BENIGN, SUSPICIOUS, MALICIOUS = "benign", "suspicious", "malicious"
LABELS: Final = (BENIGN, SUSPICIOUS, MALICIOUS)
"""By how bad they are."""

_PlayingKey: TypeAlias = "tuple[str, str | None]"


@dataclass(frozen=True, slots=True)
class TruthFile:
    """A file of the truth, and where it lies."""

    source: Source
    key: str
    """Its name there."""
    shown: str
    """As the user would write it."""
    size: int
    """Bytes."""
    content_sha256: str | None
    """What its manifest says of it; absent where no manifest was named."""


@dataclass(frozen=True, slots=True)
class Playing:
    """A play, played once."""

    play: str
    play_id: str | None
    """Which playing of the play it is."""
    records: int
    """How many records it left."""
    positives: int
    """How many of them are to be found."""
    suspicious: int
    """How many of them are labelled so."""
    entry: str | None
    """The storyline entry of its first positive, or of its first record where it has none."""
    first_event_id: str | None
    """Of its first positive; absent where it has none."""
    first_at: int
    """When that one happened, in milliseconds; `NEVER` if that cannot be told."""
    era: int
    """Position in `Told.eras`, of the same record as `entry`."""
    steps: tuple[str, ...]
    """Steps of its positives, in the order in which they first happened."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the truth tells, as far as scoring needs it. Records are those that are kept."""

    files: tuple[tuple[str, str], ...]
    """Each file's name and the sha256 of what is in it."""
    records: int
    """How many records there are in all."""
    outside: int
    """How many positives are in no play."""
    eras: tuple[str, ...]
    """Names of eras that occur."""
    playings: tuple[Playing, ...]
    at: NDArray[np.int64]
    """eventTime of records, in milliseconds; `NEVER` if that cannot be told."""
    era: NDArray[np.int64]
    """Positions in `eras`."""
    label: NDArray[np.int64]
    """Positions in `LABELS`."""
    playing: NDArray[np.int64]
    """Positions in `playings`; `NONE` outside plays."""
    named: NDArray[np.int64]
    """Positions of eventIDs that alerts name; each belongs to the record in `holders`."""
    holders: NDArray[np.int64]
    """Records, as said."""
    users: NDArray[np.int64]
    """Positions of users that alerts name; each is meant by the record in `acted`."""
    acted: NDArray[np.int64]
    """Records, as said."""
    notes: tuple[str, ...]
    """What is odd about the files."""


def truth_files(path: str, endpoint: str | None = None) -> list[TruthFile]:
    """Return the files of the truth that a path means.

    Args:
        path: A file of the truth, or a run: its folder, its manifest or its bucket.
        endpoint: Where the service of a bucket is.

    Raises:
        InputError: There is none.
        RequestError: The bucket's scheme is unknown, or a folder is given an endpoint.
        MissingExtraError: The bucket's client is not installed.
    """
    given = Path(path)
    if endpoint is None and "://" not in path and not path.endswith(MANIFEST):
        if given.is_file():
            folder = Folder(given.parent)
            return [TruthFile(folder, given.name, path, given.stat().st_size, None)]
        if not given.is_dir():
            message = f"{path}: no such file or folder"
            raise InputError(message)
    place = place_of(path, endpoint)
    found = [
        TruthFile(place.source, one.name, place.shown(one.name), one.size, one.content_sha256)
        for one in place.manifest().files
        if one.role == "truth"
    ]
    if not found:
        message = f"{place.shown(place.key)}: names no truth: write the run with --truth"
        raise InputError(message)
    return found


def read_truth(
    files: Sequence[TruthFile],
    alerts: Alerts,
    *,
    positives: frozenset[str],
    heard: Callable[[int], None],
) -> Told:
    """Read the truth, and keep what alerts name and what is to be found.

    Args:
        files: Where it is.
        alerts: What names records and users.
        positives: Labels of records that are to be found.
        heard: Told how many bytes were read, after every piece.

    Raises:
        InputError: It cannot be read; with every finding, up to a limit.
        MissingExtraError: Its compression needs a package that is not installed.
    """
    told = _Telling(
        positives,
        {one: place for place, one in enumerate(alerts.event_ids)},
        {one: place for place, one in enumerate(alerts.users)},
    )
    hashes, notes = [], []
    for file in files:
        content = Content(file.key, opened(file.source, file.key), heard)
        troubles = Troubles("truth")
        _read_lines(file.shown, content, told, troubles)
        content.refuse_odd(file.shown)
        troubles.settle()
        hashes.append((file.shown, content.content_sha256))
        if file.content_sha256 not in (None, content.content_sha256):
            notes.append(f"{file.shown} is not what its manifest says: see `trailwright verify`")
    return told.finished(tuple(hashes), tuple(notes))


def _read_lines(name: str, content: Content, told: _Telling, troubles: Troubles) -> None:
    for number, line in enumerate(chain.from_iterable(lines_of(content)), start=1):
        if line is not None and not line.strip():
            continue
        try:
            record = orjson.loads(line or b"")
        except orjson.JSONDecodeError as error:
            troubles.add(f"{name}:{number}", f"not JSON: {error}")
            continue
        if not isinstance(record, dict) or record.get("format") != FORMAT:
            troubles.add(f"{name}:{number}", f"no line of the truth: expected {FORMAT}")
        elif record.get("label") not in LABELS:
            message = f"expected {BENIGN}, {SUSPICIOUS} or {MALICIOUS}"
            troubles.add(f"{name}:{number}", message, "label")
        else:
            told.add(record)


@dataclass(slots=True)
class _Play:
    """A playing of which more may come."""

    entry: str | None
    era: int
    records: int = 0
    positives: int = 0
    suspicious: int = 0
    first_event_id: str | None = None
    first_at: int = NEVER
    steps: list[tuple[int, str]] = field(default_factory=list)
    """Of positives, with when they happened."""

    def add(self, record: dict[str, Any], at: int, era: int, *, is_positive: bool) -> None:
        """Add a record."""
        self.records += 1
        self.suspicious += record["label"] == SUSPICIOUS
        if not is_positive:
            return
        if not self.positives or at < self.first_at:
            self.first_at, self.era, self.entry = at, era, record.get("entry")
            self.first_event_id = _id_of(record)
        self.positives += 1
        step = record.get("step")
        if isinstance(step, str):
            self.steps.append((at, step))

    def finished(self, key: _PlayingKey) -> Playing:
        """Return the playing."""
        # Of one instant, steps stay as the truth has them.
        ordered = sorted(self.steps, key=lambda one: one[0])
        return Playing(
            *key,
            self.records,
            self.positives,
            self.suspicious,
            self.entry,
            self.first_event_id,
            self.first_at,
            self.era,
            tuple(dict.fromkeys(step for _, step in ordered)),
        )


@dataclass(slots=True)
class _Telling:
    """What was told so far."""

    positives: frozenset[str]
    event_ids: dict[str, int]
    """eventIDs that alerts name."""
    names: dict[str, int]
    """Users that they name."""
    records: int = 0
    outside: int = 0
    plays: dict[_PlayingKey, tuple[int, _Play]] = field(default_factory=dict)
    at: array[int] = field(default_factory=lambda: array("q"))
    era: array[int] = field(default_factory=lambda: array("q"))
    label: array[int] = field(default_factory=lambda: array("q"))
    playing: array[int] = field(default_factory=lambda: array("q"))
    named: array[int] = field(default_factory=lambda: array("q"))
    holders: array[int] = field(default_factory=lambda: array("q"))
    users: array[int] = field(default_factory=lambda: array("q"))
    acted: array[int] = field(default_factory=lambda: array("q"))
    places: dict[str, int] = field(default_factory=dict)
    """Eras, each with its position."""

    def add(self, record: dict[str, Any]) -> None:
        """Hear of a record."""
        self.records += 1
        era = self.places.setdefault(str(record.get("era")), len(self.places))
        label = record["label"]
        is_positive = label in self.positives
        named = self.event_ids.get(_id_of(record) or "")
        play = record.get("play")
        # Not more than this is asked of most records.
        meant = self._meant(record) if self.names else []
        if not (is_positive or meant or named is not None or isinstance(play, str)):
            return
        at = _instant(str(record.get("eventTime")))
        playing = NONE
        if isinstance(play, str):
            playing = self._playing(record, at, era, is_positive=is_positive)
        elif is_positive:
            self.outside += 1
        if not (is_positive or meant or named is not None):
            return
        kept = len(self.at)
        self.at.append(at)
        self.era.append(era)
        self.label.append(LABELS.index(label))
        self.playing.append(playing)
        if named is not None:
            self.named.append(named)
            self.holders.append(kept)
        for user in meant:
            self.users.append(user)
            self.acted.append(kept)

    def finished(self, files: tuple[tuple[str, str], ...], notes: tuple[str, ...]) -> Told:
        """Return what was told."""
        return Told(
            files=files,
            records=self.records,
            outside=self.outside,
            eras=tuple(self.places),
            playings=tuple(play.finished(key) for key, (_, play) in self.plays.items()),
            at=column(self.at),
            era=column(self.era),
            label=column(self.label),
            playing=column(self.playing),
            named=column(self.named),
            holders=column(self.holders),
            users=column(self.users),
            acted=column(self.acted),
            notes=notes,
        )

    def _meant(self, record: dict[str, Any]) -> list[int]:
        """Return which users that alerts name a record is of."""
        # Asked of every record: most are of nobody who is named.
        names, found = self.names, []
        user = record.get("user")
        own = (user.get("id"), user.get("name")) if isinstance(user, dict) else ()
        for name in (*own, record.get("administrator")):
            if isinstance(name, str) and name in names and names[name] not in found:
                found.append(names[name])
        return found

    def _playing(self, record: dict[str, Any], at: int, era: int, *, is_positive: bool) -> int:
        play_id = record.get("play_id")
        key = (record["play"], None if play_id is None else str(play_id))
        position, play = self.plays.setdefault(
            key, (len(self.plays), _Play(record.get("entry"), era))
        )
        play.add(record, at, era, is_positive=is_positive)
        return position


def _id_of(record: dict[str, Any]) -> str | None:
    """Return the eventID of a record, as far as an override left it one."""
    event_id = record.get("eventID")
    return event_id if isinstance(event_id, str) else None


@lru_cache(maxsize=1024)
def _instant(text: str) -> int:
    """Read an eventTime, as far as an override left one that can be read."""
    try:
        return parse_any_instant(text)
    except ValueError:
        return NEVER
