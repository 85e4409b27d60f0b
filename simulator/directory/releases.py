"""Which version of a program was current at an instant.

A calendar is a short list of releases whose dates are known; between two of them numbers
are spread evenly, and after the last they go on at a fixed pace. So a version fits its
instant to within some weeks, needs no upkeep, and never changes for a past instant.

Dates are from the makers' public release notes as remembered, to the day where given;
Unverified between and after them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from simulator.primitives.instants import DAY, WEEK, format_instant, parse_instant

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Release:
    """A version and the day it came out."""

    day: int
    """Milliseconds since 1970; midnight UTC."""

    number: int
    """Its major version, or whatever number the calendar counts."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Releases of one program, numbered upwards."""

    releases: tuple[Release, ...]
    """In order of time. Never empty."""

    pace: int
    """Milliseconds from one number to the next after the last release."""

    def number_at(self, at: int) -> int:
        """Return the number that was current; before the first release, the first."""
        earlier = self.releases[0]
        if at < earlier.day:
            return earlier.number
        for later in self.releases[1:]:
            if at < later.day:
                span = later.day - earlier.day
                return earlier.number + (later.number - earlier.number) * (at - earlier.day) // span
            earlier = later
        return earlier.number + (at - earlier.day) // self.pace


def calendar(pace: int, releases: Sequence[tuple[str, int]]) -> Calendar:
    """Return a calendar from dates such as `2024-11-12` and numbers."""
    return Calendar(tuple(Release(parse_instant(day), number) for day, number in releases), pace)


CHROME: Final = calendar(
    4 * WEEK,
    [
        ("2017-10-17", 62),
        ("2020-02-04", 80),
        ("2020-11-17", 87),
        ("2021-11-15", 96),
        ("2022-03-29", 100),
        ("2022-11-29", 108),
        ("2023-12-05", 120),
        ("2024-11-12", 131),
        ("2025-01-14", 132),
        ("2025-09-30", 141),
        ("2026-01-13", 144),
    ],
)
"""Major versions of Chrome on the desktop; one about every four weeks."""

_CHROME_BUILDS: Final = ((62, 3202), (80, 3987), (87, 4280), (96, 4664), (100, 4896))


def chrome_build(major: int) -> int:
    """Return Chrome's build number, which its user agent told until version 100.

    Unverified between the five releases known: spread evenly.
    """
    first, build = _CHROME_BUILDS[0]
    for later, later_build in _CHROME_BUILDS[1:]:
        if major <= later:
            return build + (later_build - build) * (major - first) // (later - first)
        first, build = later, later_build
    return build


FIREFOX: Final = calendar(
    4 * WEEK,
    [
        ("2017-11-14", 57),
        ("2020-01-07", 72),
        ("2020-12-15", 84),
        ("2021-12-07", 95),
        ("2022-12-13", 108),
        ("2023-12-19", 121),
        ("2024-10-29", 132),
        ("2024-11-26", 133),
        ("2025-01-07", 134),
        ("2025-12-09", 146),
        ("2026-01-13", 147),
    ],
)
"""Major versions of Firefox; one every four weeks, six over New Year."""

_SAFARI: Final = tuple(
    (parse_instant(day), major, minor)
    for day, major, minor in (
        ("2017-09-19", 11, 0),
        ("2018-03-29", 11, 1),
        ("2018-09-17", 12, 0),
        ("2019-03-25", 12, 1),
        ("2019-09-19", 13, 0),
        ("2020-03-24", 13, 1),
        ("2020-09-16", 14, 0),
        ("2021-04-26", 14, 1),
        ("2021-09-20", 15, 0),
        ("2021-10-25", 15, 1),
        ("2021-12-13", 15, 2),
        ("2022-01-26", 15, 3),
        ("2022-03-14", 15, 4),
        ("2022-05-16", 15, 5),
        ("2022-07-20", 15, 6),
        ("2022-09-12", 16, 0),
        ("2022-10-24", 16, 1),
        ("2022-12-13", 16, 2),
        ("2023-01-23", 16, 3),
        ("2023-03-27", 16, 4),
        ("2023-05-18", 16, 5),
        ("2023-07-24", 16, 6),
        ("2023-09-26", 17, 0),
        ("2023-10-25", 17, 1),
        ("2023-12-11", 17, 2),
        ("2024-01-22", 17, 3),
        ("2024-03-05", 17, 4),
        ("2024-05-13", 17, 5),
        ("2024-07-29", 17, 6),
        ("2024-09-16", 18, 0),
        ("2024-10-28", 18, 1),
        ("2024-12-11", 18, 2),
        ("2025-01-27", 18, 3),
        ("2025-03-31", 18, 4),
        ("2025-05-12", 18, 5),
        ("2025-07-29", 18, 6),
    )
)
# From Safari 26, of September 2025: month and day of each minor version of a year's course.
_SAFARI_COURSE: Final = (
    ("01-27", 3),
    ("03-31", 4),
    ("05-12", 5),
    ("07-29", 6),
    ("09-15", 0),
    ("11-03", 1),
    ("12-12", 2),
)


def safari_at(at: int) -> tuple[int, int]:
    """Return Safari's major and minor version; from 26 on the major follows the year.

    Unverified after December 2025: the minor versions are taken to keep their usual days.
    """
    date = format_instant(at)
    if date >= "2025-09-15":
        year, today = int(date[2:4]), date[5:10]
        passed = [minor for day, minor in _SAFARI_COURSE if day <= today]
        minor = passed[-1] if passed else 2
        return (year + 1 if today >= "09-15" else year), minor
    version = _SAFARI[0][1:]
    for day, major, minor in _SAFARI:
        if day <= at:
            version = (major, minor)
    return version


def darwin_at(at: int) -> tuple[int, int]:
    """Return the kernel version of the macOS that came with `safari_at`'s version."""
    major, minor = safari_at(at)
    return (major + 6 if major < 26 else major - 1), minor


CLI_MINOR: Final = calendar(
    10 * WEEK,
    [
        ("2020-02-10", 0),
        ("2020-11-19", 1),
        ("2021-11-16", 4),
        ("2022-11-17", 9),
        ("2023-12-06", 15),
        ("2024-06-04", 16),
        ("2024-06-18", 17),
        ("2024-10-08", 18),
        ("2024-11-19", 22),
        ("2025-01-21", 23),
        ("2025-02-06", 24),
        ("2025-03-25", 25),
        ("2025-04-17", 26),
        ("2025-04-28", 27),
        ("2025-07-28", 28),
        ("2025-09-25", 31),
        ("2025-11-19", 32),
        ("2026-01-14", 33),
    ],
)
"""Minor versions of AWS CLI 2. From 2.22 on `aws sso login` uses the authorization code grant."""

BOTO_MINOR: Final = calendar(
    10 * WEEK,
    [
        ("2020-02-01", 11),
        ("2020-10-15", 16),
        ("2021-11-02", 20),
        ("2022-10-31", 26),
        ("2023-07-10", 28),
        ("2023-11-16", 29),
        ("2023-11-27", 33),
        ("2023-12-11", 34),
        ("2024-08-20", 35),
        ("2025-01-16", 36),
        ("2025-02-24", 37),
        ("2025-04-22", 38),
        ("2025-06-30", 39),
        ("2025-07-31", 40),
        ("2025-11-18", 41),
        ("2025-12-04", 42),
    ],
)
"""Minor versions of boto3 1."""

TERRAFORM_MINOR: Final = calendar(
    20 * WEEK,
    [
        ("2021-12-08", 1),
        ("2022-09-21", 3),
        ("2023-03-08", 4),
        ("2023-06-12", 5),
        ("2023-10-04", 6),
        ("2024-01-17", 7),
        ("2024-04-10", 8),
        ("2024-06-26", 9),
        ("2024-11-27", 10),
        ("2025-02-27", 11),
        ("2025-05-14", 12),
        ("2025-08-20", 13),
        ("2025-11-19", 14),
    ],
)
"""Minor versions of Terraform 1."""

PROVIDER_FIVE: Final = calendar(WEEK, [("2023-05-25", 0), ("2024-11-14", 76), ("2025-06-18", 100)])
"""Minor versions of version 5 of Terraform's AWS provider, which ended with 5.100."""

PROVIDER_SIX: Final = calendar(WEEK, [("2025-06-18", 0), ("2026-01-07", 28)])
"""Minor versions of version 6 of Terraform's AWS provider."""

VSCODE_MINOR: Final = calendar(
    30 * DAY, [("2020-02-06", 42), ("2024-11-01", 95), ("2025-09-11", 104)]
)
"""Minor versions of Visual Studio Code 1; one a month."""


def patch_at(minors: Calendar, at: int) -> int:
    """Return a patch number for programs released every working day, as AWS's are.

    It counts the working days since the minor version came out, five in every seven.
    """
    day = at // DAY
    number = minors.number_at(at)
    low, high = minors.releases[0].day // DAY, day
    if day <= low:
        return 0
    # The first day with this number, by bisection: numbers never fall.
    while low < high:
        middle = (low + high) // 2
        if minors.number_at(middle * DAY) < number:
            low = middle + 1
        else:
            high = middle
    return (day - low) * 5 // 7
