"""What the truth says of records, met in whatever order they are read.

Truth and records have one order where records are written as they happened: then nothing has
to be kept. Where they were delivered late, what was read ahead waits for its record.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import chain
from sys import intern
from typing import TYPE_CHECKING, Any, Final

import orjson

from simulator.errors import InputError
from simulator.verification.places import opened
from simulator.verification.rows import key_of, lines_of
from simulator.verification.unpacking import Content

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.sinks.manifest import Manifest
    from simulator.verification import Place
    from simulator.verification.rows import Key

_EVERYDAY: Final = "background"


@dataclass(frozen=True, slots=True)
class Told:
    """What a line of the truth says."""

    who: str
    """Name of whoever acted; empty for nobody in the directory."""
    label: str
    """`benign`, `suspicious` or `malicious`."""
    era: str
    """Whose shape the record has."""
    user_id: str = ""
    """Of the user who acts, or is acted upon; empty where there is none."""
    user_name: str = ""
    entry: str = ""
    """The storyline entry; empty for everyday activity."""
    action: str = ""
    play: str = ""
    play_id: str = ""
    step: str = ""
    techniques: tuple[str, ...] = ()
    delivered: tuple[str, ...] = ()
    """When a trail delivers the record."""

    @property
    def is_scripted(self) -> bool:
        """Whether a storyline tells of it."""
        return bool(self.entry)


class Truths:
    """The lines of a run's truth, by eventID."""

    def __init__(self, lines: Iterator[dict[str, Any]]) -> None:
        """Read lines as they are needed."""
        self._lines = lines
        self._ahead: dict[Key, Told] = {}
        # Nearly all are delivered once, and are not counted.
        self._came: Counter[Key] = Counter()

    def of(self, event_id: str) -> Told | None:
        """Return what is said of a record; nothing of one that the truth does not know."""
        key = key_of(event_id)
        found = self._ahead.get(key)
        if found is None:
            found = self._found(key)
        if found is not None:
            self._met(key, found)
        return found

    def _found(self, key: Key) -> Told | None:
        for line in self._lines:
            mine, told = key_of(line["eventID"]), _told(line)
            if mine == key:
                return told
            self._ahead[mine] = told
        return None

    def _met(self, key: Key, told: Told) -> None:
        """Forget a record once it came as often as it is delivered."""
        if len(told.delivered) > 1:
            self._came[key] += 1
            if self._came[key] < len(told.delivered):
                self._ahead[key] = told
                return
            del self._came[key]
        self._ahead.pop(key, None)


def truths_of(place: Place, manifest: Manifest) -> Truths:
    """Return the truth of a run, which may have none."""
    return Truths(_lines(place, manifest))


def _lines(place: Place, manifest: Manifest) -> Iterator[dict[str, Any]]:
    for entry in manifest.files:
        if entry.role != "truth" or entry.name == "-":
            continue
        name = place.shown(entry.name)
        content = Content(entry.name, opened(place.source, entry.name))
        for number, line in enumerate(chain.from_iterable(lines_of(content)), start=1):
            # Before the line: that of a file which ends early is half a line.
            content.refuse_odd(name)
            yield _parsed(line or b"", f"{name}:{number}")
        content.refuse_odd(name)


def _parsed(line: bytes, where: str) -> dict[str, Any]:
    try:
        made = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        message = f"{where}:{error.colno}: not JSON: {error.msg}"
        raise InputError(message) from None
    if not isinstance(made, dict) or not isinstance(made.get("eventID"), str):
        message = f"{where}: no line of a truth: it has no eventID"
        raise InputError(message)
    return made


def _told(line: dict[str, Any]) -> Told:
    is_scripted = line.get("action") != _EVERYDAY
    user = line.get("user") or {}
    return Told(
        who=intern(line.get("actor") or line.get("administrator") or ""),
        label=intern(line.get("label") or ""),
        era=intern(line.get("era") or ""),
        user_id=intern(user.get("id") or ""),
        user_name=intern(user.get("name") or ""),
        entry=line.get("entry") or "" if is_scripted else "",
        action=intern(line.get("action") or ""),
        play=intern(line.get("play") or ""),
        play_id=intern(line.get("play_id") or ""),
        step=intern(line.get("step") or ""),
        techniques=tuple(line.get("techniques") or ()),
        delivered=tuple(line.get("delivered") or ()),
    )
