"""The truth beside the records: one line for each, joined to it by eventID.

`docs/manifest-and-truth.md` and `docs/schemas/truth.schema.json` say what the members mean.
The format stands in every line, so that lines that were filtered, joined or sent through
a pipe still say what they are.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np
import orjson

from simulator.directory.identifiers import hex_text, hex_text_many
from simulator.engines.copying import in_turn
from simulator.flows import FLOWS
from simulator.plan.truth import EVERYDAY
from simulator.primitives.instants import format_instant, format_instant_many
from simulator.primitives.jsontext import json_text
from simulator.primitives.texts import beside
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
    from simulator.primitives.columns import Column, Tables
    from simulator.primitives.jsontext import Json

FORMAT: Final = "trailwright-truth/1"

_BY_ADMINISTRATOR: Final = 1

_SHOWN: Final = FIELDS["event.id"].codec.columns() | {"user", "actor", "admin", "time", "outcome"}
"""Columns of a batch that lines show."""

ScalarT = TypeVar("ScalarT", bound=np.generic)

FEW: Final = TABLED
"""Users below this number are written once for all; of more, those of a batch."""


LONGEST: Final = 256
"""Bytes of one text of a line, at most: lines with longer ones are written by themselves. Behind
every text there is so much more that no window of this width reaches past its line's end."""


# What an everyday line is put together from; `TruthLines.line` is its definition. Id, time and
# key are written for each record, the others are there already.
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


@dataclass(frozen=True, slots=True)
class _People:
    """Texts of lines by user, those of `null` last, for -1."""

    actors: NDArray[np.bytes_]
    """Behind the users and nobody, administrators by position."""
    users: NDArray[np.bytes_]

    @classmethod
    def of(cls, tables: Tables, positions: NDArray[np.int64], admin_actors: list[bytes]) -> _People:
        """Write users of table `user`, and nobody behind them."""
        ids = tables.contents_at("user.id", positions).tolist() if len(positions) else []
        names = tables.contents_at("user.name", positions).tolist() if len(positions) else []
        null = json_text(None)
        return cls(
            _narrow(
                [*(_ACTOR + b'"' + name + b'"' for name in names), _ACTOR + null, *admin_actors]
            ),
            _narrow(
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
    """Texts of lines by position, each table with that of `null` behind its last row, for -1."""

    kinds: NDArray[np.bytes_]
    """By kind, then era."""
    people: _People | None
    """All users, where there are few."""
    admin_actors: list[bytes]
    admins: NDArray[np.bytes_]
    ends: NDArray[np.bytes_]
    """By flow, then outcome."""

    @classmethod
    def of(cls, tables: Tables) -> _Words:
        """Write what the truth shows of the tables once."""
        count = tables.count("user.id") if "user.id" in tables.texts else 0
        admins = tables.texts.get("admin.name", ())
        admin_actors = [_ACTOR + text for text in _texts(admins)]
        positions = np.arange(count)
        return cls(
            kinds=_pairs(_texts(KIND_NAMES), _ERA, _texts(ERA_NAMES)),
            people=_People.of(tables, positions, admin_actors) if count < FEW else None,
            admin_actors=admin_actors,
            admins=_narrow([_ADMINISTRATOR + text + _EPISODE for text in _texts((*admins, None))]),
            ends=_pairs(
                [_FLOW + text for text in _texts([flow.name for flow in FLOWS])],
                _OUTCOME,
                _texts(OUTCOMES),
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
        return _People.of(tables, distinct[nobody:], self.admin_actors), which - nobody


def _texts(values: Iterable[Json]) -> list[bytes]:
    return [json_text(value) for value in values]


def _narrow(texts: list[bytes]) -> NDArray[np.bytes_]:
    """Return texts as rows; nothing stands for one that is too long to be copied."""
    return np.array([text if len(text) <= LONGEST else b"" for text in texts])


def _too_long(texts: NDArray[np.bytes_], which: Column) -> set[int]:
    """Return the positions of records of which a text is not in its table."""
    missing = np.flatnonzero(np.char.str_len(texts) == 0)
    return {*np.flatnonzero(np.isin(which, missing)).tolist()} if len(missing) else set()


def _pairs(firsts: list[bytes], between: bytes, seconds: list[bytes]) -> NDArray[np.bytes_]:
    """Return a table with a text for every pair, one first after another."""
    return np.array([first + between + second for first in firsts for second in seconds])


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
        batch = delivered.batch
        words = self.plan.tables.remembered("truth", lambda: _Words.of(self.plan.tables))
        people, whom = words.people_of(self.plan.tables, _wide(batch.columns["user"]))
        ends, odd_ends = self._ends(batch)
        alone = self._scripted(delivered) | odd_ends.keys()
        for texts, which in ((people.users, whom), (words.admins, batch.columns["admin"])):
            alone |= _too_long(texts, which)
        lines = {}
        for position in sorted(alone):
            # When it is delivered is known by then.
            end = odd_ends.get(position, ends[position % len(ends)])
            lines[position] = json_text(self.line(delivered, position))[:-1] + end
        others = None
        if lines:
            is_other = np.ones(len(batch), np.bool_)
            is_other[[*lines]] = False
            others = np.flatnonzero(is_other)
        parts = self._parts(batch, words, (people, whom), ends, others)
        for piece in in_turn(parts, others, lines, len(batch)).pieces():
            yield piece.data

    def _parts(
        self,
        batch: RecordBatch,
        words: _Words,
        users: tuple[_People, NDArray[np.int64]],
        ends: NDArray[np.bytes_],
        positions: NDArray[np.intp] | None,
    ) -> list[tuple[NDArray[np.bytes_], NDArray[np.intp] | None]]:
        """Return what everyday lines of some records consist of: see `in_turn`."""

        def some(values: NDArray[ScalarT]) -> NDArray[ScalarT]:
            return values if positions is None else values.take(positions)

        columns = {name: some(batch.columns[name]) for name in _SHOWN}
        people, whom = users[0], some(users[1])
        by_admin = columns["actor"] == _BY_ADMINISTRATOR
        admin = np.where(by_admin, _wide(columns["admin"]), -1)
        nobody = len(people.users) - 1
        actor = np.where(whom < 0, nobody, whom)
        actor = np.where(admin >= 0, admin + nobody + 1, actor)
        ids = FIELDS["event.id"].codec.many(columns, len(admin), self.plan.tables)
        times = format_instant_many(_wide(columns["time"]))
        keys = hex_text_many(_words(columns["key_high"]), _words(columns["key_low"]))
        eras, outcomes = len(ERA_NAMES), len(OUTCOMES)
        own_ends = ends if len(ends) == 1 else some(ends)
        tails = beside(len(own_ends), _OVERRIDE, own_ends)
        return [
            (beside(len(ids), _HEAD[0], ids, _HEAD[1], times, _HEAD[2]), None),
            (words.kinds, some(batch.kind) * eras + some(batch.era)),
            (people.actors, actor),
            (people.users, np.where(whom < 0, nobody, whom)),
            (words.admins, np.where(admin < 0, len(words.admins) - 1, admin)),
            (keys, None),
            (words.ends, some(batch.flow) * outcomes + _wide(columns["outcome"])),
            (tails, np.zeros(len(admin), np.intp) if len(tails) == 1 else None),
        ]

    def _ends(self, batch: RecordBatch) -> tuple[NDArray[np.bytes_], dict[int, bytes]]:
        """Return how lines end, of one width: one for all, or one for each.

        Where it is asked when records are delivered, this is how lines end whose record is
        delivered once; those of the others come beside, by position.
        """
        if self.schedule is None:
            return np.array([_END]), {}
        made = self.schedule.of(batch, self.plan)
        times = format_instant_many(made.delivered)
        count = np.bincount(made.record, minlength=len(batch))
        last = np.zeros(len(batch), np.bytes_).astype(times.dtype)
        last[made.record] = times
        odd = {}
        for record in np.flatnonzero(count != 1).tolist():
            first, until = np.searchsorted(made.record, np.array([record, record + 1]))
            all_times = b",".join(b'"' + time + b'"' for time in times[first:until].tolist())
            odd[record] = b',"delivered":[' + all_times + b"]" + _END
        return beside(len(last), _DELIVERED, last, b'"]' + _END), odd

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


def _wide(values: Column) -> NDArray[np.int64]:
    return values.astype(np.int64, copy=False)


def _words(values: Column) -> NDArray[np.uint64]:
    return values.astype(np.uint64, copy=False)


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
