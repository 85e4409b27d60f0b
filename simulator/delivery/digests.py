"""Digest files: what a trail says of its log files, hour after hour, each signed and linked.

Every stream has a chain of its own. Its hours are counted from a minute and a second that
the trail draws, not from the full hour: CloudTrail's examples go from 14:01:31 to 15:01:31.
A digest lists the log files that were delivered in its hour, and one of an hour without any
lists none, so that a chain has no holes.

With backfills, a log file that an outage held back beyond its hour is listed in a backfill
digest of the hour it was meant for, and not in that of the hour in which it came. Backfill
digests are a chain of their own, linked among themselves: so much is told by the AWS CLI
1.46, which reads names that end in `_backfill`, wants the time of making in the metadata
and follows their links apart from the others.

Unverified: which log files CloudTrail lists in backfill digests, and when it makes them.

Members, their order and what is signed: CloudTrail User Guide, "CloudTrail digest file
structure" and "Custom implementations of CloudTrail log file integrity validation", as the
verifier of the AWS CLI 1.46 reads them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

from simulator.delivery.signing import ALGORITHM
from simulator.delivery.trail import Stream
from simulator.primitives.instants import HOUR, SECOND, format_instant
from simulator.primitives.jsontext import json_text
from simulator.primitives.keys import purpose
from simulator.scenario.document import Group, User
from simulator.scenario.resolve import delegated_accounts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from simulator.delivery.signing import Signer
    from simulator.delivery.trail import Trail
    from simulator.primitives.jsontext import Json
    from simulator.scenario.document import Scenario

_PHASE: Final = purpose("digest hour")
_HASH: Final = "SHA-256"
_PREVIOUS: Final = (
    "previousDigestS3Bucket",
    "previousDigestS3Object",
    "previousDigestHashValue",
    "previousDigestHashAlgorithm",
    "previousDigestSignature",
)


@dataclass(frozen=True, slots=True)
class LoggedFile:
    """A log file that was delivered."""

    key: str
    """Its key in the bucket."""

    content_sha256: str
    """Of what is in it, uncompressed, in hexadecimal digits."""

    first: int
    """Time of its oldest record, in milliseconds."""

    last: int
    """Time of its newest record."""

    delivered_at: int
    """When it came to the bucket."""

    due_at: int | None = None
    """When it would have come but for an outage; absent for one that came in time."""


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest file."""

    key: str
    """Its key in the bucket."""

    content: bytes
    """JSON, uncompressed. It is stored as a single gzip member."""

    metadata: Mapping[str, str]
    """User metadata of the object: the signature, without which it cannot be verified."""

    ends_at: int
    """First instant after its hour."""

    delivered_at: int
    """When it came to the bucket: at the end of its hour, or long after for a backfill."""

    first: int | None
    """Time of the oldest record in the files it lists; absent where it lists none."""

    last: int | None
    """Time of the newest."""


@dataclass(frozen=True, slots=True)
class _Link:
    """What a digest says of the one before it."""

    key: str
    content_sha256: str
    signature: str


def digested_streams(scenario: Scenario) -> tuple[Stream, ...]:
    """Return which streams of a resolved scenario have digest files, by account.

    `active`: the account of the instance in the instance's Region, where its records are;
    then that of every delegated administrator and those in which users have permission
    sets, if what they leave there is recorded. `all`: every account of the
    organization in the instance's Region, the home Region and those that are listed. A
    trail of one account has that account alone, and one of a single Region its home alone.
    """
    trail, organization, instance = scenario.trail, scenario.organization, scenario.instance
    if trail.digests == "none":
        return ()
    every = (organization.management_account, *organization.accounts)
    names = [instance.account]
    if trail.kind == "organization":
        if trail.digests == "all":
            names += [account.name for account in every]
        else:
            names += delegated_accounts(scenario)
            names += _entered(scenario)
    ids = {account.name: account.id for account in every}
    accounts = [ids[name] for name in dict.fromkeys(names) if name is not None]
    regions = [instance.region]
    if not trail.multi_region:
        regions = [trail.home_region or instance.region]
    elif trail.digests == "all":
        regions += [trail.home_region or instance.region, *trail.regions]
    return tuple(
        Stream(account, region)
        for account in accounts
        for region in dict.fromkeys(regions)
        if account is not None
    )


def _entered(scenario: Scenario) -> list[str]:
    """Return the accounts in which users leave records, in order of the organization."""
    if not scenario.organization.member_account_events:
        return []
    users = [user for user in scenario.users if isinstance(user, User)]
    holders: list[Group | User] = [*scenario.groups, *users]
    named = {
        account
        for owner in holders
        for assignment in owner.assignments
        for account in assignment.accounts
    }
    return [one.name for one in scenario.organization.accounts if one.name in named]


def hour_of(trail: Trail, at: int) -> int:
    """Return where the trail's hour begins that an instant is in; it lasts until an hour later.

    An instant at which one hour ends and the next begins is in the latter.
    """
    phase = trail.key.below(HOUR // SECOND, _PHASE) * SECOND
    return at - (at - phase) % HOUR


class Chain:
    """The digests of one stream, from a first one on.

    It keeps what the next digest says of the one before and the files of the hour that is
    open, and nothing else.
    """

    def __init__(
        self, trail: Trail, stream: Stream, signer: Signer, start: int, *, backfills: bool = False
    ) -> None:
        """Begin with the hour that an instant is in.

        Args:
            start: No file is delivered before the beginning of that hour.
            backfills: Whether files that come after their hour go into backfill digests.
        """
        self._trail = trail
        self._stream = stream
        self._signer = signer
        self._backfills = backfills
        # Where the hour begins that is not closed yet.
        self._open = hour_of(trail, start)
        self._files: list[LoggedFile] = []
        self._last: _Link | None = None
        self._last_backfill: _Link | None = None
        # Where the first hour begins that may have a backfill. An hour has one at most, because
        # a second one would have its name, and they are made in order.
        self._unfilled = self._open

    def add(self, file: LoggedFile) -> None:
        """Take a file that was delivered in the hour that is open, or after it.

        The order in which files are added does not show.
        """
        assert file.delivered_at >= self._open, "its hour is closed"
        self._files.append(file)

    def until(self, at: int) -> Iterator[Digest]:
        """Close every hour that has ended at an instant, and yield its digests.

        Hours are closed as the iterator is taken. A file delivered at `at` itself is in an
        hour after those, so that it may be added before or after the call.
        """
        while self._open + HOUR <= at:
            yield from self._closed()

    def _closed(self) -> list[Digest]:
        """Close the hour that is open."""
        start, end = self._open, self._open + HOUR
        self._open = end
        delivered = sorted(
            (file for file in self._files if file.delivered_at < end),
            key=lambda file: (file.delivered_at, file.key),
        )
        self._files = [file for file in self._files if file.delivered_at >= end]
        late = [file for file in delivered if self._is_late(file, start)]
        in_time = [file for file in delivered if not self._is_late(file, start)]
        digest, self._last = self._made(end, in_time, self._last)
        digests = [digest]
        for due, files in groupby(sorted(late, key=self._due), self._due):
            digest, self._last_backfill = self._made(
                due + HOUR, list(files), self._last_backfill, made_at=end
            )
            digests.append(digest)
            self._unfilled = due + HOUR
        return digests

    def _due(self, file: LoggedFile) -> int:
        """Return where the hour begins that a file was meant for."""
        due = file.delivered_at if file.due_at is None else file.due_at
        return hour_of(self._trail, due)

    def _is_late(self, file: LoggedFile, start: int) -> bool:
        """Return whether a file belongs in a backfill digest."""
        return self._backfills and self._unfilled <= self._due(file) < start

    def _made(
        self, end: int, files: list[LoggedFile], before: _Link | None, made_at: int | None = None
    ) -> tuple[Digest, _Link]:
        """Return the digest of the hour that ends at an instant, and what the next says of it.

        Args:
            made_at: When a backfill is made; absent for the digest of an hour.
        """
        key = self._trail.digest_file(self._stream, end, is_backfill=made_at is not None)
        first = min((file.first for file in files), default=None)
        last = max((file.last for file in files), default=None)
        content = json_text(
            {
                "awsAccountId": self._stream.account,
                "digestStartTime": format_instant(end - HOUR),
                "digestEndTime": format_instant(end),
                "digestS3Bucket": self._trail.bucket,
                "digestS3Object": key,
                "digestPublicKeyFingerprint": self._signer.fingerprint,
                "digestSignatureAlgorithm": ALGORITHM,
                "newestEventTime": None if last is None else format_instant(last),
                "oldestEventTime": None if first is None else format_instant(first),
                **self._linked(before),
                "logFiles": [self._listed(file) for file in files],
            }
        )
        content_sha256 = hashlib.sha256(content).hexdigest()
        signature = self._signer.sign(
            _string_to_sign(
                format_instant(end),
                f"{self._trail.bucket}/{key}",
                content_sha256,
                None if before is None else before.signature,
            )
        )
        metadata = {"signature": signature, "signature-algorithm": ALGORITHM}
        if made_at is not None:
            # Unverified: the AWS CLI wants it and reads any form of time; no example is published.
            metadata["backfill-generation-timestamp"] = format_instant(made_at)
        digest = Digest(
            key=key,
            content=content,
            metadata=metadata,
            ends_at=end,
            delivered_at=end if made_at is None else made_at,
            first=first,
            last=last,
        )
        return digest, _Link(key, content_sha256, signature)

    def _linked(self, before: _Link | None) -> Mapping[str, str | None]:
        if before is None:
            return dict.fromkeys(_PREVIOUS)
        told = (self._trail.bucket, before.key, before.content_sha256, _HASH, before.signature)
        return dict(zip(_PREVIOUS, told, strict=True))

    def _listed(self, file: LoggedFile) -> Json:
        return {
            "s3Bucket": self._trail.bucket,
            "s3Object": file.key,
            "hashValue": file.content_sha256,
            "hashAlgorithm": _HASH,
            "newestEventTime": format_instant(file.last),
            "oldestEventTime": format_instant(file.first),
        }


def _string_to_sign(ends_at: str, place: str, content_sha256: str, before: str | None) -> bytes:
    """Return what the signature of a digest is made of.

    Args:
        ends_at: The digest's `digestEndTime`, as it is written there.
        place: Bucket and key, with a slash between them.
        before: Signature of the digest before; absent for the first of a chain.
    """
    return "\n".join((ends_at, place, content_sha256, before or "null")).encode()
