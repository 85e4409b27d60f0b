"""Times as records write them, and how they move by whole weeks.

Nothing but the day changes, so that the time of day, the weekday and the spelling stay.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from simulator.primitives.instants import EARLIEST, LATEST, SECOND, WEEK

if TYPE_CHECKING:
    from collections.abc import Callable

_MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)
_MONTH: Final = "|".join(_MONTHS)
_CLOCK: Final = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"

_ISO: Final = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    rf"(?:[T ]{_CLOCK}(?::[0-5][0-9](?:[.,][0-9]{{1,9}})?)?(?:Z|[+-][0-9]{{2}}:?[0-9]{{2}})?)?"
)
_COMPACT: Final = r"[0-9]{8}T[0-9]{4}(?:[0-9]{2})?Z"
_JAVA: Final = (
    rf"(?:{_MONTH}) [0-9]{{1,2}}, [0-9]{{4}}"
    r"(?:,? (?:1[0-2]|0?[1-9]):[0-5][0-9]:[0-5][0-9][ \u202f][AP]M)?"
)
_MAIL: Final = rf"[0-9]{{1,2}} (?:{_MONTH}) [0-9]{{4}}"

MOMENT: Final = rf"(?:{_ISO}|{_COMPACT}|{_JAVA}|{_MAIL})(?![0-9])"
"""A regular expression of a day, or a day and a time, in the forms that records have."""

_EPOCH: Final = re.compile(r"[0-9]{10}|[0-9]{13}")


def _days(match: re.Match[str]) -> date:
    parts = match.groupdict()
    month = parts["month"]
    return date(
        int(parts["year"]),
        _MONTHS.index(month) + 1 if month in _MONTHS else int(month),
        int(parts["day"]),
    )


_FORMS: Final[tuple[tuple[re.Pattern[str], Callable[[date], str]], ...]] = (
    (
        re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"),
        lambda day: f"{day.year:04d}-{day.month:02d}-{day.day:02d}",
    ),
    (
        re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})(?=T)"),
        lambda day: f"{day.year:04d}{day.month:02d}{day.day:02d}",
    ),
    (
        re.compile(rf"(?P<month>{_MONTH}) (?P<day>[0-9]{{1,2}}), (?P<year>[0-9]{{4}})"),
        lambda day: f"{_MONTHS[day.month - 1]} {day.day}, {day.year:04d}",
    ),
    (
        re.compile(rf"(?P<day>[0-9]{{1,2}}) (?P<month>{_MONTH}) (?P<year>[0-9]{{4}})"),
        lambda day: f"{day.day:02d} {_MONTHS[day.month - 1]} {day.year:04d}",
    ),
)
"""How a day is written, and how another is in the same form."""


def _found(text: str) -> tuple[re.Match[str], int] | None:
    for place, (form, _) in enumerate(_FORMS):
        match = form.match(text)
        if match is not None:
            return match, place
    return None


def is_moment(text: str) -> bool:
    """Return whether a text in the form of a day or time is of a day that exists."""
    found = _found(text)
    if found is None:
        return False
    try:
        _days(found[0])
    except ValueError:
        return False
    return True


def is_epoch(text: str) -> bool:
    """Return whether digits are seconds or milliseconds since 1970, of the years 2000 to 2099."""
    if _EPOCH.fullmatch(text) is None:
        return False
    at = int(text) * (SECOND if len(text) == 10 else 1)
    return EARLIEST <= at < LATEST


def moment_form(text: str) -> str:
    """Return how a time is written, digits shown as 0."""
    return re.sub(r"[0-9]+", "0", re.sub(rf"{_MONTH}|[AP]M", "M", text))


def moved(text: str, weeks: int) -> str:
    """Return a time some weeks later in the same form; one that would leave the calendar stays."""
    if not weeks:
        return text
    if is_epoch(text):
        unit = SECOND if len(text) == 10 else 1
        later = str(int(text) + weeks * (WEEK // unit))
        return later if is_epoch(later) else text
    found = _found(text)
    if found is None:
        return text
    match, place = found
    try:
        day = _days(match) + timedelta(weeks=weeks)
    except (ValueError, OverflowError):
        return text
    return _FORMS[place][1](day) + text[match.end() :]


def weeks_between(one: str, other: str) -> int | None:
    """Return how many whole weeks one time is before another; nothing if it is no such number."""
    first, last = _day(one), _day(other)
    if first is None or last is None:
        return None
    weeks, rest = divmod((last - first).days, 7)
    return None if rest else weeks


def _day(text: str) -> date | None:
    if is_epoch(text):
        at = int(text) * (SECOND if len(text) == 10 else 1)
        return date(1970, 1, 1) + timedelta(milliseconds=at)
    found = _found(text)
    try:
        return None if found is None else _days(found[0])
    except ValueError:
        return None
