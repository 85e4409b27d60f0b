"""Records on their way to log files: grouped by file, and framed so that they can travel.

What a window of records adds to log files is a pure function of the window. It is made
where records are rendered, in this process or a worker, as parcels of bytes; whoever
writes takes them apart again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import orjson

from simulator.delivery.lateness import REASONS
from simulator.delivery.trail import Stream, recipients
from simulator.primitives.jsontext import java_escaped, json_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from simulator.delivery.lateness import Deliveries, Timetable
    from simulator.delivery.overrides import Delivered
    from simulator.delivery.trail import Trail
    from simulator.engines.batches import RecordBatch
    from simulator.plan.episodes import Plan
    from simulator.primitives.jsontext import Json

ADDENDA: Final = {"delivery": "DELIVERY_DELAY", "service": "SERVICE_OUTAGE"}
"""The reason that a late record's addendum gives, by the outage's word; a bucket that
refuses leaves records as they are. (CloudTrail User Guide, "CloudTrail record contents".)"""

_HEAD: Final = np.dtype([("size", "<i8"), ("groups", "<i8"), ("records", "<i8")])
_GROUP: Final = np.dtype(
    [
        ("account", "S12"),
        ("region", "S32"),
        ("due", "<i8"),
        ("delivered", "<i8"),
        ("records", "<i8"),
    ]
)
_RECORD: Final = np.dtype([("arrived", "<i8"), ("time", "<i8"), ("length", "<i8")])


@dataclass(frozen=True, slots=True)
class Schedule:
    """Which records of a run are delivered, and when."""

    timetable: Timetable
    """How late they are."""

    trail: Trail
    """Which of them it records."""

    start: int | None = None
    """Deliveries at this instant or later; absent for all."""

    end: int | None = None
    """Deliveries before this instant; absent for all."""

    @property
    def is_partial(self) -> bool:
        """Whether records may be delivered to nobody."""
        bounds = (self.start, self.end, self.trail.account, self.trail.region)
        return any(bound is not None for bound in bounds)

    def of(self, batch: RecordBatch, plan: Plan) -> Deliveries:
        """Return the deliveries of a batch's records that belong to the run."""
        made = self.timetable.of(batch)
        streams, stream = recipients(batch, plan)
        is_recorded = np.array([self.trail.records(one) for one in streams], np.bool_)
        wanted = is_recorded[stream[made.record]]
        if self.start is not None:
            wanted &= made.delivered >= self.start
        if self.end is not None:
            wanted &= made.delivered < self.end
        return made if wanted.all() else made.take(wanted)

    def admitted(self, delivered: Delivered, plan: Plan) -> Delivered:
        """Return those records of a window that are delivered at all."""
        return delivered.at(np.unique(self.of(delivered.batch, plan).record))


@dataclass(frozen=True, slots=True)
class Group:
    """Records of one stream that are delivered together, in the order of their events."""

    stream: Stream
    due: int
    """When their log files would be delivered but for an outage, in milliseconds."""
    delivered: int
    """When they are delivered."""
    arrived: NDArray[np.int64]
    """When each record arrived, in milliseconds."""
    time: NDArray[np.int64]
    """When each happened, in milliseconds."""
    length: NDArray[np.int64]
    """Bytes of each."""
    text: memoryview
    """The records one after another, with nothing between them."""


@dataclass(frozen=True, slots=True)
class ParcelLines:
    """What records add to log files."""

    plan: Plan
    """What the records' columns point into."""
    schedule: Schedule

    def of(self, delivered: Delivered) -> Iterator[memoryview]:
        """See `Lines.of`: whole parcels, one in each piece."""
        batch = delivered.batch
        made = self.schedule.of(batch, self.plan)
        streams, stream = recipients(batch, self.plan)
        for first, last, piece in batch.pieces():
            low, high = np.searchsorted(made.record, np.array([first, last]))
            if low < high:
                part = made.between(int(low), int(high))
                text = piece.data
                starts = (batch.starts[first : last + 1] - batch.starts[first]).tolist()
                lines = [
                    text[starts[at] : starts[at + 1] - 1] for at in (part.record - first).tolist()
                ]
                late = np.flatnonzero(np.isin(part.reason, _WITH_ADDENDUM))
                for at in late.tolist():
                    # What took damage may be no JSON, or be mended by being written anew.
                    if int(part.record[at]) in delivered.mutated:
                        continue
                    lines[at] = memoryview(self._late(lines[at], int(part.reason[at])))
                time = batch.columns["time"].astype(np.int64, copy=False)[part.record]
                yield memoryview(_packed(lines, part, time, streams, stream[part.record]))

    def _late(self, line: memoryview, reason: int) -> bytes:
        made = with_addendum(orjson.loads(line), ADDENDA[REASONS[reason]])
        text = json_text(made)
        return java_escaped(text) if self.plan.escapes else text


_WITH_ADDENDUM: Final = [REASONS.index(word) for word in ADDENDA]


def with_addendum(record: dict[str, Json], reason: str) -> dict[str, Json]:
    """Return a record that says why it comes late.

    Unverified: the member's place; the User Guide lists it after `eventCategory`.
    """
    made: dict[str, Json] = {}
    for name, value in record.items():
        made[name] = value
        if name == "eventCategory":
            made["addendum"] = {"reason": reason}
    made.setdefault("addendum", {"reason": reason})
    return made


def _packed(
    lines: list[memoryview],
    made: Deliveries,
    time: NDArray[np.int64],
    streams: list[Stream],
    stream: NDArray[np.int64],
) -> bytes:
    """Return records as a parcel: how much there is, the groups, the records, their text."""
    # Stable: within a group they stay in the order of their events.
    order = np.lexsort((made.delivered, made.due, stream))
    records = np.empty(len(order), _RECORD)
    records["arrived"] = made.arrived[order]
    records["time"] = time[order]
    lines = [lines[at] for at in order.tolist()]
    records["length"] = list(map(len, lines))
    where, due, instant = stream[order], made.due[order], made.delivered[order]
    is_first = np.ones(len(order), np.bool_)
    is_first[1:] = (where[1:] != where[:-1]) | (due[1:] != due[:-1]) | (instant[1:] != instant[:-1])
    begins = np.flatnonzero(is_first)
    groups = np.empty(len(begins), _GROUP)
    groups["account"] = [streams[at].account.encode() for at in where[begins].tolist()]
    groups["region"] = [streams[at].region.encode() for at in where[begins].tolist()]
    groups["due"] = due[begins]
    groups["delivered"] = instant[begins]
    groups["records"] = np.diff(np.append(begins, len(order)))
    text = int(records["length"].sum())
    size = _HEAD.itemsize + groups.nbytes + records.nbytes + text
    head = np.array([(size, len(groups), len(records))], _HEAD)
    return b"".join([head.tobytes(), groups.tobytes(), records.tobytes(), *lines])


class Parcels:
    """Takes parcels apart that come in pieces cut anywhere."""

    def __init__(self) -> None:
        self._rest = b""

    def opened(self, data: memoryview) -> Iterator[Group]:
        """Yield the groups of all parcels that are whole now; each holds until the next."""
        whole = memoryview(self._rest + data) if self._rest else data
        taken = 0
        for parcel in _parcels(whole):
            yield from _groups(parcel)
            taken += len(parcel)
        self._rest = bytes(whole[taken:])


def _parcels(data: memoryview) -> Iterator[memoryview]:
    while len(data) >= _HEAD.itemsize:
        size = int(np.frombuffer(data[: _HEAD.itemsize], _HEAD)["size"][0])
        if len(data) < size:
            return
        yield data[:size]
        data = data[size:]


def _groups(parcel: memoryview) -> Iterator[Group]:
    head = np.frombuffer(parcel[: _HEAD.itemsize], _HEAD)[0]
    first = _HEAD.itemsize
    last = first + int(head["groups"]) * _GROUP.itemsize
    groups = np.frombuffer(parcel[first:last], _GROUP)
    first, last = last, last + int(head["records"]) * _RECORD.itemsize
    records = np.frombuffer(parcel[first:last], _RECORD)
    text = parcel[last:]
    ends = np.cumsum(groups["records"]).tolist()
    begins = np.concatenate([[0], np.cumsum(records["length"])]).tolist()
    low = 0
    for group, high in zip(groups.tolist(), ends, strict=True):
        account, region, due, delivered, _ = group
        mine = records[low:high]
        yield Group(
            Stream(account.decode(), region.decode()),
            due,
            delivered,
            mine["arrived"],
            mine["time"],
            mine["length"],
            text[begins[low] : begins[high]],
        )
        low = high
