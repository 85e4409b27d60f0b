"""The truth beside the records: one line for each, joined to it by eventID.

`docs/manifest-and-truth.md` and `docs/schemas/truth.schema.json` say what the members mean.
The format stands in every line, so that lines that were filtered, joined or sent through
a pipe still say what they are.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import orjson

from simulator.directory.identifiers import hex_text, hex_text_many
from simulator.flows import FLOWS
from simulator.plan.truth import EVERYDAY
from simulator.primitives.instants import format_instant, format_instant_many
from simulator.primitives.jsontext import json_text
from simulator.records.codecs import TABLED
from simulator.records.eras import ERA_NAMES
from simulator.records.fields import FIELDS, OUTCOMES
from simulator.records.kinds import KIND_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from simulator.delivery.overrides import Delivered, Mutated
    from simulator.delivery.parcels import Schedule
    from simulator.engines.batches import RecordBatch
    from simulator.plan.episodes import Plan
    from simulator.plan.truth import Truth
    from simulator.primitives.columns import Tables
    from simulator.primitives.jsontext import Json

FORMAT: Final = "trailwright-truth/1"

_BY_ADMINISTRATOR: Final = 1

FEW: Final = TABLED
"""Users below this number are written once for all; of more, those of a batch."""


# What an everyday line is put together from, eight pieces in turn; `TruthLines.line` is its
# definition. Two pieces are written for each record, the others are there already.
_HEAD: Final = (
    b'{"format":"' + FORMAT.encode() + b'","eventID":"',
    b'","eventTime":"',
    b'","kind":',
)
_ERA: Final = b',"era":'
_ACTOR: Final = b',"actor":'
_USER: Final = b',"user":'
_ADMINISTRATOR: Final = b',"administrator":'
_EPISODE: Final = b',"episode":"'
_FLOW: Final = b'","flow":'
_OUTCOME: Final = b',"entry":null,"action":' + json_text(EVERYDAY.action) + b',"outcome":'
_OVERRIDE: Final = (
    b',"label":' + json_text(EVERYDAY.label) + b',"techniques":[],"play":null,"play_id":null'
    b',"step":null,"override":false'
)
_DELIVERED: Final = b',"delivered":["'
_END: Final = b"}\n"
_PIECES: Final = 8


@dataclass(frozen=True, slots=True)
class _People:
    """Pieces of lines by user, those of `null` last, for -1."""

    actors: NDArray[np.object_]
    users: NDArray[np.object_]

    @classmethod
    def of(cls, tables: Tables, positions: NDArray[np.int64]) -> _People:
        """Write users of table `user`, and nobody behind them."""
        ids = tables.contents_at("user.id", positions).tolist() if len(positions) else []
        names = tables.contents_at("user.name", positions).tolist() if len(positions) else []
        null = json_text(None)
        return cls(
            _pieces([*(_ACTOR + b'"' + name + b'"' for name in names), _ACTOR + null]),
            _pieces(
                [
                    *(
                        _USER + b'{"id":"' + user_id + b'","name":"' + name + b'"}'
                        for user_id, name in zip(ids, names, strict=True)
                    ),
                    _USER + null,
                ]
            ),
        )


@dataclass(frozen=True, slots=True)
class _Words:
    """Pieces of lines by position, each table with that of `null` behind its last row, for -1."""

    kinds: NDArray[np.object_]
    """By kind and era."""
    people: _People | None
    """All users, where there are few."""
    admin_actors: NDArray[np.object_]
    admins: NDArray[np.object_]
    ends: NDArray[np.object_]
    """By flow and outcome."""

    @classmethod
    def of(cls, tables: Tables) -> _Words:
        """Write what the truth shows of the tables once."""
        count = tables.count("user.id") if "user.id" in tables.texts else 0
        admins = tables.texts.get("admin.name", ())
        return cls(
            kinds=_pairs(_texts(KIND_NAMES), _ERA, _texts(ERA_NAMES), b""),
            people=_People.of(tables, np.arange(count)) if count < FEW else None,
            admin_actors=_pieces(_ACTOR + text for text in _texts((*admins, None))),
            admins=_pieces(_ADMINISTRATOR + text + _EPISODE for text in _texts((*admins, None))),
            ends=_pairs(
                [_FLOW + text for text in _texts([flow.name for flow in FLOWS])],
                _OUTCOME,
                _texts(OUTCOMES),
                _OVERRIDE,
            ),
        )

    def people_of(
        self, tables: Tables, user: NDArray[np.int64]
    ) -> tuple[_People, NDArray[np.int64]]:
        """Return pieces of users, and for every row which of them is meant."""
        if self.people is not None:
            return self.people, user
        distinct, which = np.unique(user, return_inverse=True)
        nobody = int(np.searchsorted(distinct, 0))
        # Nobody, -1, comes first of those distinct, and last of those written.
        return _People.of(tables, distinct[nobody:]), which - nobody


def _texts(values: Iterable[Json]) -> list[bytes]:
    return [json_text(value) for value in values]


def _pieces(values: Iterable[bytes]) -> NDArray[np.object_]:
    made = list(values)
    pieces = np.empty(len(made), np.object_)
    pieces[:] = made
    return pieces


def _pairs(
    firsts: list[bytes], between: bytes, seconds: list[bytes], after: bytes
) -> NDArray[np.object_]:
    """Return a table with a piece for every pair."""
    made = [first + between + second + after for first in firsts for second in seconds]
    return _pieces(made).reshape(len(firsts), len(seconds))


@dataclass(frozen=True, slots=True)
class TruthLines:
    """Tells what really happened, a line for each record.

    Everyday activity, which is nearly all, is written a column at a time; what the
    storyline, an override or damage made, line by line.
    """

    plan: Plan
    """What the records' columns point into."""
    truth: Truth
    """Why each episode happened."""
    schedule: Schedule | None = None
    """When records are delivered; absent where that is nobody's affair."""

    def of(self, delivered: Delivered) -> Iterator[memoryview]:
        """See `Lines.of`."""
        pieces = self._everyday(delivered.batch)
        for position in self._scripted(delivered):
            first = _PIECES * position
            line = json_text(self.line(delivered, position))[:-1]
            # When it is delivered is known by then.
            pieces[first : first + _PIECES - 1] = [line, *[b""] * (_PIECES - 2)]
        yield memoryview(b"".join(pieces))

    def _everyday(self, batch: RecordBatch) -> list[bytes]:
        """Return the pieces of all lines as if none were scripted, a column at a time."""
        words = self.plan.tables.remembered("truth", lambda: _Words.of(self.plan.tables))
        columns, count = batch.columns, len(batch)
        user = columns["user"].astype(np.int64, copy=False)
        by_admin = columns["actor"] == _BY_ADMINISTRATOR
        admin = np.where(by_admin, columns["admin"].astype(np.int64, copy=False), -1)
        ids = FIELDS["event.id"].codec.many(columns, count, self.plan.tables)
        times = format_instant_many(columns["time"].astype(np.int64, copy=False))
        keys = hex_text_many(
            columns["key_high"].astype(np.uint64, copy=False),
            columns["key_low"].astype(np.uint64, copy=False),
        )
        people, whom = words.people_of(self.plan.tables, user)
        actors = people.actors[whom]
        is_named = admin >= 0
        actors[is_named] = words.admin_actors[admin[is_named]]
        pieces: list[bytes] = [b""] * (_PIECES * count)
        pieces[0::_PIECES] = _heads(ids, times)
        pieces[1::_PIECES] = words.kinds[batch.kind, batch.era].tolist()
        pieces[2::_PIECES] = actors.tolist()
        pieces[3::_PIECES] = people.users[whom].tolist()
        pieces[4::_PIECES] = words.admins[admin].tolist()
        pieces[5::_PIECES] = keys.tolist()
        outcome = columns["outcome"].astype(np.int64, copy=False)
        pieces[6::_PIECES] = words.ends[batch.flow, outcome].tolist()
        pieces[7::_PIECES] = self._ends(batch)
        return pieces

    def _ends(self, batch: RecordBatch) -> list[bytes]:
        """Return how each line ends: with when its record is delivered, if somebody asks."""
        if self.schedule is None:
            return [_END] * len(batch)
        made = self.schedule.of(batch, self.plan)
        instants, which = np.unique(made.delivered, return_inverse=True)
        times = format_instant_many(instants).tolist()
        once = _pieces(_DELIVERED + time + b'"]' + _END for time in times)
        count = np.bincount(made.record, minlength=len(batch))
        ends = np.full(len(batch), b',"delivered":[]' + _END, np.object_)
        ends[made.record] = once[which]
        for record in np.flatnonzero(count > 1).tolist():
            first, last = np.searchsorted(made.record, np.array([record, record + 1]))
            all_times = b'","'.join(times[at] for at in which[first:last].tolist())
            ends[record] = _DELIVERED + all_times + b'"]' + _END
        made_ends: list[bytes] = ends.tolist()
        return made_ends

    def _scripted(self, delivered: Delivered) -> set[int]:
        """Return the positions of records that the storyline, an override or damage made."""
        columns = delivered.batch.columns
        lows = np.array(sorted({low for _, low in self.truth.intents}), np.uint64)
        # Not by a table of values, which would overflow with words beyond 2⁶³.
        found = np.flatnonzero(np.isin(columns["key_low"], lows, kind="sort"))
        return {*found.tolist(), *delivered.overridden, *delivered.mutated}

    def line(self, delivered: Delivered, position: int) -> dict[str, Json]:
        """Return the truth of one record: the definition of what `of` writes.

        All but `delivered`, which comes last.
        """
        batch = delivered.batch
        row = {name: int(values[position]) for name, values in batch.columns.items()}
        tables = self.plan.tables
        intent = self.truth.of(row["key_high"], row["key_low"])
        person = _user(tables, row["user"])
        administrator = None
        if row["actor"] == _BY_ADMINISTRATOR and row["admin"] >= 0:
            administrator = tables.text("admin.name", row["admin"])
        known = (intent.actor, administrator, None if person is None else person["name"])
        line: dict[str, Json] = {
            "format": FORMAT,
            "eventID": FIELDS["event.id"].codec.one(row, tables),
            "eventTime": format_instant(row["time"]),
            "kind": KIND_NAMES[batch.kind[position]],
            "era": ERA_NAMES[batch.era[position]],
            "actor": next((name for name in known if name is not None), None),
            "user": person,
            "administrator": administrator,
            "episode": hex_text(row["key_high"], row["key_low"]),
            "flow": FLOWS[batch.flow[position]].name,
            "entry": intent.entry,
            "action": intent.action,
            "outcome": OUTCOMES[row["outcome"]],
            "label": intent.label,
            "techniques": list(intent.techniques),
            "play": intent.play,
            "play_id": intent.play_id,
            "step": intent.step,
            "override": False,
        }
        mutated = delivered.mutated.get(position)
        if position in delivered.overridden:
            # As the override left it: damage may have made it unreadable since.
            made = batch.line(position) if mutated is None else mutated.before
            line |= {**_shown(made), "override": True}
        if mutated is not None:
            line |= _told(mutated, batch.line(position))
        return line


def _heads(ids: NDArray[np.bytes_], times: NDArray[np.bytes_]) -> list[bytes]:
    """Return how each line begins: id and time have the same width in all of them."""
    parts: list[bytes | NDArray[np.bytes_]] = [_HEAD[0], ids, _HEAD[1], times, _HEAD[2]]
    widths = [len(part) if isinstance(part, bytes) else part.dtype.itemsize for part in parts]
    made = np.empty(len(ids), [(f"f{place}", f"S{width}") for place, width in enumerate(widths)])
    for place, part in enumerate(parts):
        made[f"f{place}"] = part
    heads: list[bytes] = made.view(f"S{sum(widths)}").tolist()
    return heads


def _user(tables: Tables, position: int) -> dict[str, str] | None:
    if position < 0:
        return None
    return {"id": tables.text("user.id", position), "name": tables.text("user.name", position)}


def _told(mutated: Mutated, line: bytes) -> dict[str, Json]:
    """Return what damage a record took, and how it is found though it may be unreadable."""
    return {
        "mutations": [
            {"name": one.name, "member": one.member, "detail": one.detail} for one in mutated.done
        ],
        "written": {
            "account": mutated.stream.account,
            "region": mutated.stream.region,
            "bytes": len(line),
            "sha256": hashlib.sha256(line).hexdigest(),
        },
    }


def _shown(line: bytes) -> dict[str, Json]:
    """Return by which id and time an overridden record is found, where it still has them."""
    record = orjson.loads(line)
    shown: dict[str, Json] = {}
    for name in ("eventID", "eventTime"):
        value = record.get(name)
        if isinstance(value, str):
            shown[name] = value
    return shown
