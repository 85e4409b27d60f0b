"""The trail: how CloudTrail delivers what happens, as a scenario says it."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema

from simulator.primitives.instants import DAY, MINUTE, SECOND
from simulator.primitives.sizes import format_size, parse_size
from simulator.scenario.actions import Part
from simulator.scenario.scalars import (
    Between,
    Duration,
    Flag,
    Instant,
    RegionName,
    Share,
    Whole,
    Written,
)


def _size(value: object) -> object:
    return parse_size(value) if isinstance(value, str) else value


Size: TypeAlias = Annotated[
    int,
    BeforeValidator(_size),
    PlainSerializer(format_size, return_type=str),
    WithJsonSchema(
        {"type": ["string", "integer"], "description": "A size in bytes.", "examples": ["16MiB"]}
    ),
]
"""Bytes."""

LEAST_SIZE, MOST_SIZE = 1_000, 4 << 30
"""Limits of a log file's size, in bytes."""


def _file_size(size: int) -> int:
    if not LEAST_SIZE <= size <= MOST_SIZE:
        least, most = map(format_size, (LEAST_SIZE, MOST_SIZE))
        message = f"expected a size between {least} and {most}"
        raise ValueError(message)
    return size


Lateness: TypeAlias = Literal["none", "typical", "slow"]


class LogFiles(Part):
    """When a log file is closed."""

    every: Annotated[Duration, AfterValidator(Between(SECOND, DAY))] = 5 * MINUTE
    """Files are delivered on this grid; their names show the minute."""
    max_size: Annotated[Size, AfterValidator(_file_size)] = 16 << 20
    """Bytes of a file uncompressed, at most, unless a single record is larger."""
    max_records: Annotated[int, Whole(1, 1_000_000_000)] | None = None
    """Records of a file, at most."""


class Outage(Part):
    """A time in which nothing is delivered; what was meant for it comes after its end."""

    start: Annotated[Instant, Field(alias="from")]
    """First instant."""
    end: Annotated[Instant, Field(alias="to")]
    """First instant after it."""
    reason: Literal["bucket", "delivery", "service"] = "delivery"
    """Why: the bucket refuses (files come later, unchanged); CloudTrail is delayed (records get
    an addendum `DELIVERY_DELAY`); or the service cannot log (`SERVICE_OUTAGE`)."""


class Trail(Part):
    """The trail, read with `--format cloudtrail`; its `kind` also with `cloudwatch-logs`."""

    name: Annotated[
        str,
        Written(
            r"[A-Za-z0-9](?:[A-Za-z0-9._-]{1,126})[A-Za-z0-9]",
            "a trail name of 3 to 128 letters, digits, dots, dashes and underscores",
        ),
    ] = "management-events"
    """Its name, as digest files show it."""
    bucket: (
        Annotated[
            str,
            Written(
                r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
                "a bucket name of 3 to 63 lower-case letters, digits, dots and dashes",
            ),
        ]
        | None
    ) = None
    """Its bucket, as digest files show it; drawn unless given. With `-o s3://…` that one."""
    prefix: (
        Annotated[
            str,
            Written(
                r"[A-Za-z0-9!_.*'()-]+(?:/[A-Za-z0-9!_.*'()-]+){0,20}",
                "a key prefix such as security/trails, without a slash at either end",
            ),
        ]
        | None
    ) = None
    """What comes before `AWSLogs/` in every key."""
    kind: Literal["organization", "account"] | None = None
    """A trail of the organization or of the instance's account alone; by default the former for
    an organization instance."""
    home_region: RegionName | None = None
    """Where the trail was made; the instance's Region unless given."""
    multi_region: Flag = True
    """Whether it records all Regions, or its home Region alone."""
    regions: tuple[RegionName, ...] = ()
    """Further Regions that are enabled: with `digests: all` they have digest files, too."""
    lateness: Lateness = "typical"
    """How long after the event a record is delivered."""
    duplicates: Share = 1_000
    """Share of records that are delivered twice."""
    files: LogFiles = LogFiles()
    """How log files are cut."""
    digests: Literal["none", "active", "all"] = "active"
    """Digest files: none; of every account and Region that can have records; or of every account
    and enabled Region."""
    backfills: Flag = False
    """Whether files that an outage held back beyond their hour are listed in backfill digests of
    that hour, and not in those of the hour in which they came."""
    outages: tuple[Outage, ...] = ()
    """Times in which nothing is delivered."""
