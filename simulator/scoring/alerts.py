"""A detector's alerts, read and kept as columns.

An alert names records by their eventIDs, or a user and a window of time. `docs/scoring.md`
says what its members mean; a member that is not listed there is left alone.
"""

from __future__ import annotations

import math
import re
from array import array
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.primitives.instants import SECOND, parse_any_instant
from simulator.scoring.forms import Source, form_of
from simulator.scoring.troubles import Troubles
from simulator.validation.findings import shown
from simulator.verification.unpacking import Content

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import BinaryIO

    from numpy.typing import NDArray

    from simulator.scoring.forms import Form, Row

NEVER: Final = np.iinfo(np.int64).max
"""Stands for an instant that is not known; sorts behind all that are."""
NONE: Final = -1
"""Stands for no position in a table."""

IDS: Final = ("eventID", "event_id", "eventIDs", "event_ids")
USER: Final = ("user", "userName", "userId")
MEMBERS: Final = frozenset((*IDS, *USER, "start", "end", "rule", "time", "score"))
"""Every name that is read."""

_FINER: Final = re.compile(r"(\.\d{3})\d+")


@dataclass(frozen=True, slots=True)
class Alerts:
    """Alerts in the order of their file, a column for each thing they say."""

    file: str
    """As the user gave it."""

    sha256: str
    """Of what is in the file, uncompressed."""

    form: Form
    """How it is written."""

    places: NDArray[np.int64]
    """Where in the file each stands. See `Row.place`."""

    at: NDArray[np.int64]
    """When each was raised, in milliseconds; `NEVER` where it does not say."""

    rule: NDArray[np.int64]
    """Positions in `rules`; `NONE` where it names no detection."""

    rules: tuple[str, ...]
    """Names of detections, in the order in which they come."""

    naming: NDArray[np.int64]
    """Positions of alerts, ascending: each names the eventID at the same place of `named`."""

    named: NDArray[np.int64]
    """Positions in `event_ids`."""

    event_ids: tuple[str, ...]
    """Every eventID that is named."""

    user: NDArray[np.int64]
    """Positions in `users` of those that name a window; `NONE` of those that name eventIDs."""

    users: tuple[str, ...]
    """Ids or names of users."""

    start: NDArray[np.int64]
    """The first millisecond of a window, cut to the second; `NEVER` where there is none."""

    end: NDArray[np.int64]
    """The last one; likewise."""

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.places)

    def place(self, alert: int) -> str:
        """Return where an alert stands, such as `alerts.csv:12`."""
        return self.form.place(self.file, int(self.places[alert]))


def read_alerts(
    file: str,
    opened: BinaryIO,
    *,
    min_score: float | None = None,
    heard: Callable[[int], None],
) -> Alerts:
    """Read a file of alerts in any form.

    Args:
        file: Its name; what ends in `.gz` or `.zst` is compressed.
        opened: The file. It is closed when it was read.
        min_score: Leave alone what has a lower score.
        heard: Told how many bytes were read, after every piece.

    Raises:
        InputError: It cannot be read; with every finding, up to a limit.
        MissingExtraError: Its form or compression needs a package that is not installed.
    """
    troubles = Troubles("alerts")
    content = Content(file, opened, heard)
    form, source = form_of(Source(file, content, MEMBERS.__contains__, troubles))
    made = _Columns(file, form, troubles, min_score)
    for row in form.rows(source):
        made.add(row)
    content.refuse_odd(file)
    troubles.settle()
    return made.finished(content.content_sha256)


class _UnreadableError(Exception):
    """A value is not what it should be; the message says what was expected."""


@dataclass(slots=True)
class _Columns:
    """Columns that grow, one alert after another."""

    file: str
    form: Form
    troubles: Troubles
    min_score: float | None
    places: array[int] = field(default_factory=lambda: array("q"))
    at: array[int] = field(default_factory=lambda: array("q"))
    rule: array[int] = field(default_factory=lambda: array("q"))
    naming: array[int] = field(default_factory=lambda: array("q"))
    named: array[int] = field(default_factory=lambda: array("q"))
    user: array[int] = field(default_factory=lambda: array("q"))
    start: array[int] = field(default_factory=lambda: array("q"))
    end: array[int] = field(default_factory=lambda: array("q"))
    rules: dict[str, int] = field(default_factory=dict)
    event_ids: dict[str, int] = field(default_factory=dict)
    users: dict[str, int] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        """Add an alert, or tell everything that is wrong with it."""
        # What is empty is not said.
        said = {
            name: value
            for name, value in row.members.items()
            if name in MEMBERS and value is not None and value not in ("", [])
        }
        before = len(self.troubles.found)
        place = self.form.place(self.file, row.place)
        naming = [name for name in said if name in IDS]
        ids = [one for name in naming for one in self._ids(place, name, said[name])]
        rule = self._value(place, "rule", said, _text)
        at = self._value(place, "time", said, _instant)
        score = self._value(place, "score", said, _number)
        window = None if naming else self._window(place, said)
        if self.min_score is not None and score is None and "score" not in said:
            self.troubles.add(place, "is missing: --min-score needs it", "score")
        if len(self.troubles.found) > before:
            return
        if self.min_score is not None and score is not None and score < self.min_score:
            return
        alert = len(self.places)
        self.places.append(row.place)
        self.at.append(NEVER if at is None else at)
        self.rule.append(NONE if rule is None else _position(self.rules, rule))
        for one in dict.fromkeys(ids):
            self.naming.append(alert)
            self.named.append(_position(self.event_ids, one))
        user, start, end = window or ("", NEVER, NEVER)
        self.user.append(_position(self.users, user) if window else NONE)
        self.start.append(start)
        self.end.append(end)

    def finished(self, sha256: str) -> Alerts:
        """Return all alerts."""
        return Alerts(
            file=self.file,
            sha256=sha256,
            form=self.form,
            places=column(self.places),
            at=column(self.at),
            rule=column(self.rule),
            rules=tuple(self.rules),
            naming=column(self.naming),
            named=column(self.named),
            event_ids=tuple(self.event_ids),
            user=column(self.user),
            users=tuple(self.users),
            start=column(self.start),
            end=column(self.end),
        )

    def _ids(self, place: str, name: str, value: object) -> list[str]:
        if isinstance(value, list):
            found = value
        elif not isinstance(value, str):
            self.troubles.add(place, f"expected an eventID or a list, not {shown(value)}", name)
            return []
        else:
            apart = self.form.separators
            found = re.split(f"[{apart}]+", value.strip(apart)) if apart else [value]
        ids = [one for one in found if isinstance(one, str) and one]
        if len(ids) < len(found):
            self.troubles.add(place, f"expected eventIDs, not {shown(value)}", name)
        return ids

    def _value(
        self, place: str, name: str, said: Mapping[str, object], read: Callable[[object], Value]
    ) -> Value | None:
        if name not in said:
            return None
        try:
            return read(said[name])
        except _UnreadableError as error:
            self.troubles.add(place, str(error), name)
            return None

    def _window(self, place: str, said: Mapping[str, object]) -> tuple[str, int, int] | None:
        users = [name for name in USER if name in said]
        if not users:
            self.troubles.add(place, "names no eventID, and no user with start and end")
            return None
        if len(users) > 1:
            self.troubles.add(place, f"{users[0]} names a user already: give one", users[1])
        user = self._value(place, users[0], said, _text)
        for name in ("start", "end"):
            if name not in said:
                self.troubles.add(place, "is missing: a user needs start and end", name)
        start = self._value(place, "start", said, _instant)
        end = self._value(place, "end", said, _instant)
        if user is None or start is None or end is None:
            return None
        if end < start:
            self.troubles.add(place, "is before start", "end")
        # eventTime is cut to the second, so that a window has the whole second it begins in.
        return user, start - start % SECOND, end


if TYPE_CHECKING:
    from typing import TypeVar

    Value = TypeVar("Value")


def _position(table: dict[str, int], text: str) -> int:
    return table.setdefault(text, len(table))


def column(values: Iterable[int]) -> NDArray[np.int64]:
    """Return whole numbers as a column."""
    return np.array(values, np.int64)


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    message = f"expected text, not {shown(value)}"
    raise _UnreadableError(message)


def _number(value: object) -> float:
    try:
        number = float(value) if isinstance(value, (str, int, float)) else math.nan
    except (ValueError, OverflowError):
        number = math.nan
    if isinstance(value, bool) or not math.isfinite(number):
        message = f"expected a number, not {shown(value)}"
        raise _UnreadableError(message)
    return number


def _instant(value: object) -> int:
    """Read an instant, cut to the millisecond: programs like to write microseconds."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            message = "a timestamp without a time zone: give the column one, such as UTC"
            raise _UnreadableError(message)
        value = value.astimezone(UTC).isoformat()
    try:
        return parse_any_instant(_FINER.sub(r"\1", _text(value).strip()))
    except ValueError as error:
        raise _UnreadableError(str(error)) from None
