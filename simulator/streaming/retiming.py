"""Records whose times follow the wall clock: each moves as a whole, to when it is due.

A record's eventTime becomes the second in which it is to be sent, and every other instant in
it moves by as much, so that what it says of itself stays true: a session that began an hour
before began an hour before. Gaps between records become what the rate makes of them.

Instants are found by their two spellings, ISO 8601 and Java's; one that somebody wrote into a
free text moves with the rest.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from simulator.primitives.instants import (
    format_instant,
    format_java_date,
    parse_instant,
    parse_java_date,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

_INSTANT: Final = re.compile(
    rb"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z"
    rb"|\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{1,2}, \d{4},? "
    rb"\d{1,2}:\d\d:\d\d [AP]M"
)


def moved(text: bytes, by: int) -> bytes:
    """Return a record with every instant in it moved.

    Args:
        text: One JSON object.
        by: Milliseconds, a whole number of seconds.
    """
    return _INSTANT.sub(lambda found: _moved(found[0], by), text) if by else text


def moved_all(records: Iterable[bytes], by: Iterable[int]) -> list[bytes]:
    """Return records with their instants moved, each by its own span. See `moved`."""
    return [moved(record, span) for record, span in zip(records, by, strict=True)]


def _moved(spelled: bytes, by: int) -> bytes:
    text = spelled.decode()
    try:
        if text[0].isdigit():
            # What there is of a second stays as it is written.
            return (format_instant(parse_instant(text) + by)[:19] + text[19:]).encode()
        comma = text.count(",") == 2
        return format_java_date(parse_java_date(text) + by, comma=comma).encode()
    except ValueError:
        # A day that there is not, or no time of ours.
        return spelled
