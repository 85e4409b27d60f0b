"""Instants as whole milliseconds since 1970 UTC, and how they are read and written.

Time zones come from the `tzdata` package alone: the host's copy is never read, because
bytes must not depend on the host.
"""

from __future__ import annotations

import re
import zoneinfo
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SECOND: Final = 1_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
WEEK: Final = 7 * DAY

_UNITS: Final = {"ms": 1, "s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY, "w": WEEK}
_DURATION: Final = re.compile(r"(?:\d+(?:w|d|h|ms|m|s))+")
_PART: Final = re.compile(r"(\d+)(w|d|h|ms|m|s)")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# 1 January 2000 to 31 December 2099: what the generator is meant for and tested on.
EARLIEST: Final = 946_684_800_000
LATEST: Final = 4_102_444_800_000

zoneinfo.reset_tzpath(to=())


def parse_instant(text: str) -> int:
    """Read a date, or a date and time with its offset (`Z` or `+01:00`); a date is midnight UTC.

    Args:
        text: Such as `2025-01-13` or `2025-01-13T09:00:00+01:00`.

    Returns:
        Milliseconds since 1970.

    Raises:
        ValueError: It is not one, has no offset, is finer than a millisecond, or is
            outside 2000 to 2099.
    """
    at = parse_any_instant(text)
    if not EARLIEST <= at < LATEST:
        message = "outside the years 2000 to 2099"
        raise ValueError(message)
    return at


def parse_any_instant(text: str) -> int:
    """Read as `parse_instant` does, whatever the year: what begins in 2099 may end after it.

    Raises:
        ValueError: It is not one, has no offset, or is finer than a millisecond.
    """
    if not re.match(r"\d{4}-\d{2}-\d{2}", text):
        message = "expected a date such as 2025-01-13 or an instant such as 2025-01-13T09:00:00Z"
        raise ValueError(message)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        message = f"not an instant: {error}"
        raise ValueError(message) from None
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        moment = moment.replace(tzinfo=UTC)
    if moment.tzinfo is None:
        message = "an instant needs its offset: write Z for UTC, or +01:00"
        raise ValueError(message)
    micros = (moment - _EPOCH) // timedelta(microseconds=1)
    if micros % 1000:
        message = "finer than a millisecond"
        raise ValueError(message)
    return micros // 1000


def to_second(at: int | None) -> int | None:
    """Return the first whole second from an instant on: what an eventTime is compared with.

    Args:
        at: In milliseconds; absent for none, which stays so.
    """
    return None if at is None else -(-at // SECOND) * SECOND


def parse_duration(text: str) -> int:
    """Read a duration such as `20s`, `1h30m` or `500ms`, in milliseconds.

    Raises:
        ValueError: It is not one.
    """
    if not _DURATION.fullmatch(text):
        message = "expected a duration such as 20s, 40m, 8h or 1h30m"
        raise ValueError(message)
    return sum(int(count) * _UNITS[unit] for count, unit in _PART.findall(text))


def format_duration(span_ms: int) -> str:
    """Write a duration as `parse_duration` reads it, in the fewest units."""
    if span_ms == 0:
        return "0s"
    parts = []
    for unit in ("d", "h", "m", "s", "ms"):
        count, span_ms = divmod(span_ms, _UNITS[unit])
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts)


def _moment(at: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=at)


def format_instant(at: int) -> str:
    """Write an instant as CloudTrail does, cut to the second: `2025-01-13T08:00:00Z`."""
    return _moment(at).strftime("%Y-%m-%dT%H:%M:%SZ")


def format_instant_exact(at: int) -> str:
    """Write an instant so that `parse_instant` gives it back, with milliseconds if it has any."""
    millis = at % SECOND
    text = _moment(at).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{millis:03d}Z" if millis else f"{text}Z"


_CLOCK: Final = np.dtype(
    {
        "names": ["hour", "minute", "second", "colon", "other colon"],
        "formats": ["S2", "S2", "S2", "S1", "S1"],
        "offsets": [0, 3, 6, 2, 5],
    }
)


@lru_cache(maxsize=1)
def _times_of_day() -> NDArray[np.uint64]:
    """Return `HH:MM:SS` for every second of a day, eight bytes in one number each."""
    digits = np.array([b"%02d" % number for number in range(60)])
    made = np.empty((24, 60, 60), _CLOCK)
    made["hour"] = digits[:24, None, None]
    made["minute"] = digits[:, None]
    made["second"] = digits
    made["colon"] = made["other colon"] = b":"
    return made.view(np.uint64).ravel()


_ISO: Final = np.dtype(
    {
        "names": ["date", "time", "zone"],
        "formats": ["V11", np.uint64, np.uint8],
        "offsets": [0, 11, 19],
        "itemsize": 20,
    }
)


def format_instant_many(at: NDArray[np.int64]) -> NDArray[np.bytes_]:
    """Write as `format_instant` does, for every instant."""
    second = at // SECOND
    day = second // _SECONDS
    first, last = (int(day.min()), int(day.max())) if len(day) else (0, 0)
    days = np.arange(first, last + 1).astype("M8[D]").astype("S10")
    dates = np.strings.add(days, b"T").view("V11")
    made = np.empty(len(at), _ISO)
    made["time"] = _times_of_day()[second - day * _SECONDS]
    made["date"] = dates[day - first] if last > first else dates[0]
    made["zone"] = ord("Z")
    return made.view("S20")


_SECONDS: Final = DAY // SECOND
"""Of a day."""

_HOUR: Final = HOUR // SECOND
"""In seconds."""

_MONTHS: Final = (
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
)


_JAVA_DATE: Final = re.compile(
    r"([A-Z][a-z]{2}) (\d{1,2}), (\d{4}),? (\d{1,2}):(\d\d):(\d\d) ([AP]M)", re.ASCII
)


def format_java_date(at: int, *, comma: bool) -> str:
    """Write an instant in Java's medium en-US style: `Apr 25, 2023 12:48:16 AM`.

    Args:
        comma: Whether a comma follows the year, as newer Java runtimes write it.
    """
    moment = _moment(at)
    hour = moment.hour % 12 or 12
    half = "AM" if moment.hour < 12 else "PM"
    mark = "," if comma else ""
    return (
        f"{_MONTHS[moment.month - 1]} {moment.day}, {moment.year}{mark} "
        f"{hour}:{moment.minute:02d}:{moment.second:02d} {half}"
    )


def parse_java_date(text: str) -> int:
    """Read an instant that `format_java_date` wrote, with the comma or without.

    Raises:
        ValueError: It is not one.
    """
    found = _JAVA_DATE.fullmatch(text)
    if found is None or found[1] not in _MONTHS:
        message = "expected a date such as Apr 25, 2023 12:48:16 AM"
        raise ValueError(message)
    month = _MONTHS.index(found[1]) + 1
    day, year, hour, minute, second = (int(found[nth]) for nth in range(2, 7))
    hour = hour % 12 + 12 * (found[7] == "PM")
    moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def format_java_date_many(at: NDArray[np.int64], *, comma: bool) -> NDArray[np.bytes_]:
    """Write as `format_java_date` does, for every instant."""
    second = at // SECOND
    hour = second // _HOUR
    hours, which = np.unique(hour, return_inverse=True)
    # An hour's texts differ in what is after the first colon and before the last blank.
    cut = len(":00:00 AM")
    texts = [format_java_date(one * _HOUR * SECOND, comma=comma) for one in hours.tolist()]
    heads = [text[:-cut].encode() for text in texts]
    halves = np.array([text[-3:].encode() for text in texts] or [b""], "S3").view("V3")
    times = _times_of_day().view("V8")[second % _SECONDS].view(np.uint8).reshape(-1, 8)[:, 2:]
    longest = max(map(len, heads), default=0)
    made = np.zeros((len(at), longest + cut), np.uint8)
    of_hour = np.array([len(head) for head in heads], np.int64)[which]
    padded = np.array(heads or [b""], f"S{longest or 1}").view(np.uint8).reshape(-1, longest or 1)
    for length in sorted({len(head) for head in heads}):
        rows = np.flatnonzero(of_hour == length)
        own = which[rows]
        made[rows, :length] = padded[own, :length]
        made[rows, length : length + 6] = times[rows]
        made[rows, length + 6 : length + cut] = halves[own].view(np.uint8).reshape(-1, 3)
    return made.view(f"S{made.shape[1]}").ravel()


@lru_cache(maxsize=1024)
def zone(name: str) -> zoneinfo.ZoneInfo:
    """Return a time zone by its IANA name.

    Raises:
        ValueError: There is no such zone.
    """
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        message = f"no such time zone: {name}"
        raise ValueError(message) from None


def offset_at(name: str, at: int) -> int:
    """Return how far a zone is ahead of UTC at an instant, in milliseconds."""
    ahead = _moment(at).astimezone(zone(name)).utcoffset()
    return 0 if ahead is None else ahead // timedelta(milliseconds=1)
