"""Parcels in, objects out: log files and, hour by hour, the digests of them."""

from __future__ import annotations

import hashlib
from collections import deque
from concurrent.futures import CancelledError
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from simulator.delivery.digests import LoggedFile, hour_of
from simulator.delivery.file_mutations import SOUND, FileDamage
from simulator.delivery.parcels import Parcels
from simulator.primitives.instants import HOUR, format_instant
from simulator.primitives.jsontext import json_text
from simulator.sinks.compression import gzipped
from simulator.sinks.files import FileEntry
from simulator.sinks.notices import Notice

if TYPE_CHECKING:
    from collections.abc import Mapping
    from concurrent.futures import Future

    from simulator.delivery.digests import Chain, Digest
    from simulator.delivery.logfiles import Cutter, LogFile
    from simulator.delivery.trail import Stream, Trail
    from simulator.scenario.document import Scenario
    from simulator.sinks.delivering import Stored, Uploads
    from simulator.sinks.notifications import Notifications


@dataclass(slots=True)
class _Sent:
    """A log file on its way into the store, or there."""

    file: LogFile
    """Its records are let go of when it is made."""

    key: str
    """Relative to the destination."""

    damage: FileDamage

    content_sha256: str = ""
    """Known when it is made."""

    def made(self) -> bytes:
        """Return the file as it is stored."""
        content = self.damage.content(self.file.content())
        self.content_sha256 = hashlib.sha256(content).hexdigest()
        self.file = replace(self.file, parts=())
        return self.damage.packed(content, gzipped)

    def told(self, stored: Stored) -> FileEntry:
        """Return what the manifest tells of it."""
        return FileEntry(
            name=self.key,
            size=stored.size,
            records=self.file.records,
            sha256=stored.sha256,
            content_sha256=self.content_sha256,
            role="log",
            first=format_instant(self.file.first),
            last=format_instant(self.file.last),
            delivered_at=format_instant(self.file.delivered),
            mutations=self.damage.names,
        )

    def logged(self, prefix: str) -> LoggedFile:
        """Return what digests tell of it."""
        file = self.file
        return LoggedFile(
            key=prefix + self.key,
            content_sha256=self.content_sha256,
            first=file.first,
            last=file.last,
            delivered_at=file.delivered,
            due_at=None if file.due == file.delivered else file.due,
        )


@dataclass(slots=True)
class Mail:
    """Takes parcels, and writes objects when they are complete. See `Output`."""

    trail: Trail
    prefix: str
    """What keys begin with that objects are not called by in their place."""
    cutter: Cutter
    uploads: Uploads
    chains: Mapping[Stream, Chain]
    """Of those streams that have digests."""
    notifications: Notifications | None
    """Hear of every object, once it is there."""
    span: tuple[int, int]
    """From when until when digests are made, in milliseconds."""
    damaged: Scenario
    """Whose mutations log files take."""
    records: int = 0
    """Records in log files, so far."""
    metadata: list[bytes] = field(default_factory=list)
    """What S3 keeps of each digest, as lines of JSON that begin with its key: in order of keys
    when all is finished."""
    _parcels: Parcels = field(default_factory=Parcels)
    _logs: list[tuple[_Sent, Future[Stored]]] = field(default_factory=list)
    _digests: list[FileEntry] = field(default_factory=list)
    _due: dict[Stream, list[tuple[_Sent, Future[Stored]]]] = field(default_factory=dict)
    """What is in no digest yet."""
    _told_of: deque[tuple[int, Future[Stored]]] = field(default_factory=deque)
    """When each object is delivered of which nobody was notified yet, and itself."""

    def write(self, data: bytes | memoryview) -> None:
        """See `Output.write`."""
        for group in self._parcels.opened(memoryview(data)):
            for file in self.cutter.add(group):
                self._send(file)

    def until(self, at: int) -> None:
        """Hear that all events before an instant have come in."""
        for file in self.cutter.until(at):
            self._send(file)
        self._digest(at)
        while self._told_of and self._told_of[0][1].done():
            self._notify(*self._told_of.popleft())

    def finished(self, last: int) -> list[FileEntry]:
        """Return what is told of all objects, in order of their names.

        Args:
            last: Digests go on until this instant, or until the last log file if that is later.
        """
        for file in self.cutter.until(None):
            self._send(file)
        # A file that was full may have been sent long before it is delivered.
        last = max([last, *(one.file.delivered for due in self._due.values() for one, _ in due)])
        if self.chains:
            end = hour_of(self.trail, last) + HOUR
            self.span = (self.span[0], end)
            self._digest(end)
        self.uploads.close()
        while self._told_of:
            self._notify(*self._told_of.popleft())
        logs = [sent.told(job.result()) for sent, job in self._logs]
        # When windows end decided in which order they came.
        self.metadata.sort()
        return sorted([*logs, *self._digests], key=lambda entry: entry.name)

    @property
    def log_files(self) -> int:
        """How many there are so far."""
        return len(self._logs)

    @property
    def digest_files(self) -> int:
        """Likewise."""
        return len(self._digests)

    def _send(self, file: LogFile) -> None:
        key = self.trail.log_file(file.stream, file.due, file.delivered, file.nth)
        sent = _Sent(file, key.removeprefix(self.prefix), self._damage_of(file))
        self.records += file.records
        job = self.uploads.submit(sent.key, sent.made)
        self._logs.append((sent, job))
        if self.notifications is not None:
            self._told_of.append((file.delivered, job))
        if file.stream in self.chains:
            self._due.setdefault(file.stream, []).append((sent, job))

    def _damage_of(self, file: LogFile) -> FileDamage:
        if not self.damaged.mutations:
            return SOUND
        instants = (str(file.delivered), str(file.due), str(file.nth))
        return FileDamage.of(self.damaged, file.stream.account, file.stream.region, *instants)

    def _digest(self, at: int) -> None:
        """Write the digests of all hours that have ended at an instant."""
        end = hour_of(self.trail, at)
        for stream, chain in self.chains.items():
            due = self._due.get(stream, [])
            # Waited for is only what has to be told of now.
            for sent, job in due:
                if sent.file.delivered < end:
                    self._wait(job)
                    chain.add(sent.logged(self.prefix))
            self._due[stream] = [one for one in due if one[0].file.delivered >= end]
            for digest in chain.until(end):
                self._send_digest(digest)

    def _wait(self, job: Future[Stored]) -> None:
        try:
            job.result()
        except CancelledError:
            # Another object came to grief: this raises how.
            self.uploads.close()
            raise

    def _send_digest(self, digest: Digest) -> None:
        name = digest.key.removeprefix(self.prefix)
        data = gzipped(digest.content)
        self._digests.append(
            FileEntry(
                name=name,
                size=len(data),
                records=0,
                sha256=hashlib.sha256(data).hexdigest(),
                content_sha256=hashlib.sha256(digest.content).hexdigest(),
                role="digest",
                first=None if digest.first is None else format_instant(digest.first),
                last=None if digest.last is None else format_instant(digest.last),
                delivered_at=format_instant(digest.delivered_at),
            )
        )
        self.metadata.append(json_text({"key": name, "metadata": {**digest.metadata}}))
        job = self.uploads.submit(name, data, digest.metadata)
        if self.notifications is not None and self.notifications.has_digests:
            self._told_of.append((digest.delivered_at, job))

    def _notify(self, delivered: int, job: Future[Stored]) -> None:
        assert self.notifications is not None
        stored = job.result()
        self.notifications.add(
            Notice(self.prefix + stored.key, stored.size, stored.etag, delivered)
        )
