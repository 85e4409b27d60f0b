"""Where a trail puts what it delivers: streams, and the keys of log and digest files.

CloudTrail User Guide, "Finding your CloudTrail log files", "Organization trails" and
"CloudTrail digest file structure", read 2026-08.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.directory import identifiers
from simulator.primitives.instants import format_instant
from simulator.primitives.keys import Key, purpose

if TYPE_CHECKING:
    from simulator.scenario.document import Scenario

_NTH = purpose("log file")


@dataclass(frozen=True, slots=True, order=True)
class Stream:
    """What is delivered apart from all else: one account's records of one Region."""

    account: str
    """Id of the recipient account."""

    region: str
    """The records' awsRegion."""


@dataclass(frozen=True, slots=True)
class Trail:
    """A trail, and the keys of what it delivers."""

    name: str
    """Its name."""

    bucket: str
    """The bucket that digest files name."""

    prefix: str
    """Begins every key; empty, or ends in a slash."""

    organization: str | None
    """Id of the organization whose trail it is; absent for a trail of one account."""

    home_region: str
    """Where it was made."""

    key: Key
    """Whence names of files are drawn."""

    def log_file(self, stream: Stream, delivered_at: int, nth: int) -> str:
        """Return the key of a log file.

        Args:
            delivered_at: When it is delivered, in milliseconds; the name shows the minute.
            nth: Which of the stream's files of that instant it is, from 0.
        """
        at = format_instant(delivered_at)
        own = self.key.child("log file", stream.account, stream.region, at).nth(_NTH, nth)
        unique = identifiers.log_file_suffix(own.high, own.low)
        name = f"{stream.account}_CloudTrail_{stream.region}_{_compact(at)[:-3]}Z_{unique}"
        return f"{self._folder(stream, 'CloudTrail', at)}{name}.json.gz"

    def digest_file(self, stream: Stream, ends_at: int, *, is_backfill: bool = False) -> str:
        """Return the key of the digest file of the hour that ends at an instant."""
        at = format_instant(ends_at)
        name = (
            f"{stream.account}_CloudTrail-Digest_{stream.region}_{self.name}_{self.home_region}_"
            f"{_compact(at)}"
        )
        suffix = "_backfill" if is_backfill else ""
        return f"{self._folder(stream, 'CloudTrail-Digest', at)}{name}{suffix}.json.gz"

    def _folder(self, stream: Stream, service: str, at: str) -> str:
        organization = f"{self.organization}/" if self.organization else ""
        day = at[:10].replace("-", "/")
        return (
            f"{self.prefix}AWSLogs/{organization}{stream.account}/{service}/{stream.region}/{day}/"
        )


def trail_of(scenario: Scenario, *, bucket: str | None = None, prefix: str = "") -> Trail:
    """Return the trail of a resolved scenario.

    Args:
        bucket: The bucket that is really written to, in place of the scenario's.
        prefix: What comes before the scenario's own prefix in its keys: empty, or ends in a slash.
    """
    said = scenario.trail
    assert said.bucket is not None
    assert said.home_region is not None
    return Trail(
        name=said.name,
        bucket=said.bucket if bucket is None else bucket,
        prefix=prefix + (f"{said.prefix}/" if said.prefix else ""),
        organization=scenario.organization.id if said.kind == "organization" else None,
        home_region=said.home_region,
        key=Key.root(scenario.seed).child("trail"),
    )


def _compact(at: str) -> str:
    return at.replace("-", "").replace(":", "")
