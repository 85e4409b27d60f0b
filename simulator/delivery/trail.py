"""Where a trail puts what it delivers: streams, and the keys of log and digest files.

CloudTrail User Guide, "Finding your CloudTrail log files" and "CloudTrail digest file
structure"; the AWS CLI 1.46 finds digests by these keys.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.directory import identifiers
from simulator.engines.batches import SHARED
from simulator.engines.stepwise import value_of
from simulator.primitives.instants import format_instant
from simulator.primitives.keys import Key, purpose
from simulator.records.fields import DEFAULTS
from simulator.records.recipients import recipients_by_kind
from simulator.scenario.resolve import owner_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from simulator.engines.batches import RecordBatch
    from simulator.plan.episodes import Plan
    from simulator.records.recipients import Recipient
    from simulator.scenario.document import Scenario

_NTH = purpose("log file")


@dataclass(frozen=True, slots=True, order=True)
class Stream:
    """What is delivered apart from all else: one account's records of one Region."""

    account: str
    """Id of the recipient account."""

    region: str
    """The records' awsRegion."""


def recipients(batch: RecordBatch, plan: Plan) -> tuple[list[Stream], NDArray[np.int64]]:
    """Return the streams that a batch's records belong to, in order, and which each is of.

    What overrides do to a finished record does not move it.
    """
    of_record = np.zeros(len(batch), np.int64)
    numbers: dict[Stream, int] = {}
    for recipient, mine in _by_recipient(batch):
        for stream, some in _streams(recipient, mine, batch, plan):
            of_record[some] = numbers.setdefault(stream, len(numbers))
    streams = sorted(numbers)
    place = np.zeros(len(streams), np.int64)
    place[[numbers[stream] for stream in streams]] = np.arange(len(streams))
    return streams, place[of_record] if streams else of_record


def _by_recipient(batch: RecordBatch) -> Iterator[tuple[Recipient, NDArray[np.intp]]]:
    """Yield where records go, each time with the positions of those that do."""
    every, which = recipients_by_kind()
    of_record = which[batch.kind, batch.era]
    for number in np.flatnonzero(np.bincount(of_record)).tolist():
        yield every[number], np.flatnonzero(of_record == number)


def _streams(
    recipient: Recipient, mine: NDArray[np.intp], batch: RecordBatch, plan: Plan
) -> Iterator[tuple[Stream, NDArray[np.intp]]]:
    """Yield the streams of records that go alike, with the positions of each one's."""
    columns = {
        name: batch.columns[name].astype(np.int64, copy=False)[mine]
        for name in sorted(recipient.columns() & set(SHARED))
    }
    code = np.zeros(len(mine), np.int64)
    for column in columns.values():
        past = column - column.min()
        code = code * (int(past.max()) + 1) + past
    first, of_record = np.zeros(1, np.intp), np.zeros(len(mine), np.intp)
    if columns:
        _, first, of_record = np.unique(code, return_index=True, return_inverse=True)
    for number, one in enumerate(first.tolist()):
        values = {name: int(column[one]) for name, column in columns.items()}
        row = {**DEFAULTS, **plan.constants, **values}
        account = value_of(recipient.account, row, plan.tables)
        region = value_of(recipient.region, row, plan.tables)
        yield Stream(str(account), str(region)), mine[of_record == number]


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

    account: str | None = None
    """The one account whose records it has; absent for all that there are."""

    region: str | None = None
    """The one Region that it records; absent for all."""

    def records(self, stream: Stream) -> bool:
        """Return whether the trail has a stream."""
        return self.account in {None, stream.account} and self.region in {None, stream.region}

    def log_file(self, stream: Stream, due_at: int, delivered_at: int, nth: int) -> str:
        """Return the key of a log file.

        Args:
            due_at: When it would be delivered but for an outage, in milliseconds.
            delivered_at: When it is delivered; the name shows the minute.
            nth: Which of the stream's files of those instants it is, from 0.
        """
        at = format_instant(delivered_at)
        names = (stream.account, stream.region, at, format_instant(due_at))
        own = self.key.child("log file", *names).nth(_NTH, nth)
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
        account=None if said.kind == "organization" else owner_id(scenario),
        region=None if said.multi_region else said.home_region,
    )


def _compact(at: str) -> str:
    return at.replace("-", "").replace(":", "")
