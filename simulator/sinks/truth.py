"""The truth beside the records: one line for each, joined to it by eventID.

`docs/manifest-and-truth.md` and `docs/schemas/truth.schema.json` say what the members mean.
The format stands in every line, so that lines that were filtered, joined or sent through
a pipe still say what they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING, Final

import numpy as np
import orjson

from simulator.directory.identifiers import hex_text, hex_text_many
from simulator.flows import FLOWS
from simulator.plan.truth import EVERYDAY
from simulator.primitives.instants import format_instant, format_instant_many
from simulator.primitives.jsontext import json_text
from simulator.records.eras import ERA_NAMES
from simulator.records.fields import FIELDS, OUTCOMES
from simulator.records.kinds import KIND_NAMES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from simulator.delivery.overrides import Delivered
    from simulator.engines.batches import RecordBatch
    from simulator.plan.episodes import Plan
    from simulator.plan.truth import Truth
    from simulator.primitives.columns import Tables
    from simulator.primitives.jsontext import Json
    from simulator.sinks.interface import Output

FORMAT: Final = "trailwright-truth/1"

_BY_ADMINISTRATOR: Final = 1

FEW: Final = 1 << 16
"""Users below this number are written once for all; of more, those of a batch."""


# What stands between the fields of an everyday line; `TruthSink.line` is its definition.
_TEXTS: Final = (
    b'{"format":"' + FORMAT.encode() + b'","eventID":"',
    b'","eventTime":"',
    b'","kind":',
    b',"era":',
    b',"actor":',
    b',"user":',
    b',"administrator":',
    b',"episode":"',
    b'","flow":',
    b',"entry":null,"action":' + json_text(EVERYDAY.action) + b',"outcome":',
    b',"label":' + json_text(EVERYDAY.label) + b',"override":false}',
)


@dataclass(frozen=True, slots=True)
class _People:
    """Some users as JSON; `null` for nobody."""

    users: NDArray[np.bytes_]
    names: NDArray[np.bytes_]

    @classmethod
    def of(cls, tables: Tables, positions: NDArray[np.int64]) -> _People:
        """Write users of table `user`, and nobody for -1."""
        is_nobody = positions < 0
        users = np.full(len(positions), b"null", "S4")
        if is_nobody.all():
            return cls(users, users)
        somebody = np.maximum(positions, 0)
        ids = tables.contents_at("user.id", somebody)
        names = np.strings.add(
            np.strings.add(b'"', tables.contents_at("user.name", somebody)), b'"'
        )
        users = np.strings.add(np.strings.add(b'{"id":"', ids), b'","name":')
        users = np.strings.add(np.strings.add(users, names), b"}")
        names = names.astype(f"S{max(names.dtype.itemsize, 4)}")
        users[is_nobody] = names[is_nobody] = b"null"
        return cls(users, names)


@dataclass(frozen=True, slots=True)
class _Words:
    """JSON text by position, each table with `null` behind its last row, for -1."""

    kinds: NDArray[np.bytes_]
    eras: NDArray[np.bytes_]
    flows: NDArray[np.bytes_]
    outcomes: NDArray[np.bytes_]
    admin_names: NDArray[np.bytes_]
    people: _People | None
    """All users, where there are few."""

    @classmethod
    def of(cls, tables: Tables) -> _Words:
        """Write what the truth shows of the tables once."""
        count = tables.count("user.id") if "user.id" in tables.texts else 0
        everybody = np.append(np.arange(count), -1)
        return cls(
            kinds=_written(KIND_NAMES),
            eras=_written(ERA_NAMES),
            flows=_written([flow.name for flow in FLOWS]),
            outcomes=_written(OUTCOMES),
            admin_names=_written(tables.texts.get("admin.name", ())),
            people=_People.of(tables, everybody) if count < FEW else None,
        )

    def people_of(
        self, tables: Tables, user: NDArray[np.int64]
    ) -> tuple[_People, NDArray[np.int64]]:
        """Return users as JSON, and for every row which of them is meant."""
        if self.people is not None:
            return self.people, user
        distinct, which = np.unique(user, return_inverse=True)
        return _People.of(tables, distinct), which


def _written(values: Sequence[Json]) -> NDArray[np.bytes_]:
    return np.array([json_text(value) for value in (*values, None)], np.bytes_)


@dataclass(frozen=True, slots=True)
class TruthSink:
    """Writes what really happened.

    Everyday activity, which is nearly all, is written a column at a time; what the
    storyline or an override made, line by line.
    """

    output: Output
    """Where to."""
    plan: Plan
    """What the records' columns point into."""
    truth: Truth
    """Why each episode happened."""

    def write(self, delivered: Delivered) -> None:
        """See `Sink.write`."""
        count = len(delivered.batch)
        if count:
            lines = self._everyday(delivered.batch)
            for position in self._scripted(delivered):
                lines[position] = json_text(self.line(delivered, position))
            self.output.write(b"\n".join((*lines, b"")), count)

    def _everyday(self, batch: RecordBatch) -> list[bytes]:
        """Return the lines of a batch as if none of it were scripted, a column at a time."""
        words = self.plan.tables.remembered("truth", lambda: _Words.of(self.plan.tables))
        columns, count = batch.columns, len(batch)
        by_admin = columns["actor"] == _BY_ADMINISTRATOR
        user = columns["user"].astype(np.int64, copy=False)
        admin = np.where(by_admin, columns["admin"].astype(np.int64, copy=False), -1)
        ids = FIELDS["event.id"].codec.many(columns, count, self.plan.tables)
        people, which = words.people_of(self.plan.tables, user)
        names = people.names[which].astype(object)
        names[by_admin] = words.admin_names[admin[by_admin]]
        fields = (
            ids.tolist(),
            format_instant_many(columns["time"].astype(np.int64, copy=False)).tolist(),
            words.kinds[batch.kind].tolist(),
            words.eras[batch.era].tolist(),
            names.tolist(),
            people.users[which].tolist(),
            words.admin_names[admin].tolist(),
            hex_text_many(
                columns["key_high"].astype(np.uint64, copy=False),
                columns["key_low"].astype(np.uint64, copy=False),
            ).tolist(),
            words.flows[batch.flow].tolist(),
            words.outcomes[columns["outcome"]].tolist(),
        )
        pieces: list[list[bytes] | repeat[bytes]] = [repeat(_TEXTS[0], count)]
        for values, text in zip(fields, _TEXTS[1:], strict=True):
            pieces += [values, repeat(text, count)]
        return list(map(b"".join, zip(*pieces, strict=True)))

    def _scripted(self, delivered: Delivered) -> set[int]:
        """Return the positions of records that the storyline or an override made."""
        columns = delivered.batch.columns
        lows = np.array(sorted({low for _, low in self.truth.intents}), np.uint64)
        # Not by a table of values, which would overflow with words beyond 2⁶³.
        found = np.flatnonzero(np.isin(columns["key_low"], lows, kind="sort"))
        return {*found.tolist(), *delivered.overridden}

    def line(self, delivered: Delivered, position: int) -> dict[str, Json]:
        """Return the truth of one record: the definition of what `write` writes."""
        batch = delivered.batch
        row = {name: int(values[position]) for name, values in batch.columns.items()}
        tables = self.plan.tables
        intent = self.truth.of(row["key_high"], row["key_low"])
        person = _user(tables, row["user"])
        administrator = None
        if row["actor"] == _BY_ADMINISTRATOR and row["admin"] >= 0:
            administrator = tables.text("admin.name", row["admin"])
        line: dict[str, Json] = {
            "format": FORMAT,
            "eventID": FIELDS["event.id"].codec.one(row, tables),
            "eventTime": format_instant(row["time"]),
            "kind": KIND_NAMES[batch.kind[position]],
            "era": ERA_NAMES[batch.era[position]],
            "actor": intent.actor or administrator or (person and person["name"]),
            "user": person,
            "administrator": administrator,
            "episode": hex_text(row["key_high"], row["key_low"]),
            "flow": FLOWS[batch.flow[position]].name,
            "entry": intent.entry,
            "action": intent.action,
            "outcome": OUTCOMES[row["outcome"]],
            "label": intent.label,
            "override": False,
        }
        if position in delivered.overridden:
            line |= {**_shown(batch.line(position)), "override": True}
        return line


def _user(tables: Tables, position: int) -> dict[str, str] | None:
    if position < 0:
        return None
    return {"id": tables.text("user.id", position), "name": tables.text("user.name", position)}


def _shown(line: bytes) -> dict[str, Json]:
    """Return by which id and time an overridden record is found, where it still has them."""
    record = orjson.loads(line)
    shown: dict[str, Json] = {}
    for name in ("eventID", "eventTime"):
        value = record.get(name)
        if isinstance(value, str):
            shown[name] = value
    return shown
