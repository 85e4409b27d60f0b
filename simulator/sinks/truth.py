"""The truth beside the records: one line for each, joined to it by eventID.

`docs/manifest-and-truth.md` and `docs/schemas/truth.schema.json` say what the members mean.
The format stands in every line, so that lines that were filtered, joined or sent through
a pipe still say what they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import orjson

from simulator.flows import FLOWS
from simulator.primitives.instants import format_instant_many
from simulator.primitives.jsontext import json_text
from simulator.records.eras import ERA_NAMES
from simulator.records.fields import FIELDS, OUTCOMES
from simulator.records.kinds import KIND_NAMES

if TYPE_CHECKING:
    from simulator.delivery.overrides import Delivered
    from simulator.plan.episodes import Plan
    from simulator.plan.truth import Truth
    from simulator.primitives.columns import Tables
    from simulator.primitives.jsontext import Json
    from simulator.sinks.interface import Output

FORMAT: Final = "trailwright-truth/1"

_BY_ADMINISTRATOR: Final = 1


@dataclass(frozen=True, slots=True)
class TruthSink:
    """Writes what really happened."""

    output: Output
    """Where to."""
    plan: Plan
    """What the records' columns point into."""
    truth: Truth
    """Why each episode happened."""

    def write(self, delivered: Delivered) -> None:
        """See `Sink.write`."""
        if len(delivered.batch):
            lines = (json_text(line) for line in self._lines(delivered))
            self.output.write(b"\n".join((*lines, b"")))

    def _lines(self, delivered: Delivered) -> list[dict[str, Json]]:
        batch = delivered.batch
        columns, count = batch.columns, len(batch)
        ids = FIELDS["event.id"].codec.many(columns, count, self.plan.tables)
        times = format_instant_many(columns["time"].astype("int64", copy=False))
        lines: list[dict[str, Json]] = []
        for event_id, time, kind, era, flow, high, low, outcome, user, admin, actor in zip(
            ids.astype(str).tolist(),
            times.astype(str).tolist(),
            batch.kind.tolist(),
            batch.era.tolist(),
            batch.flow.tolist(),
            *(
                columns[name].tolist()
                for name in ("key_high", "key_low", "outcome", "user", "admin", "actor")
            ),
            strict=True,
        ):
            intent = self.truth.of(high, low)
            by_admin = actor == _BY_ADMINISTRATOR
            person = _user(self.plan.tables, user)
            administrator = self._administrator(admin) if by_admin else None
            lines.append(
                {
                    "format": FORMAT,
                    "eventID": event_id,
                    "eventTime": time,
                    "kind": KIND_NAMES[kind],
                    "era": ERA_NAMES[era],
                    "actor": intent.actor or administrator or (person and person["name"]),
                    "user": person,
                    "administrator": administrator,
                    "episode": f"{high:016x}{low:016x}",
                    "flow": FLOWS[flow].name,
                    "entry": intent.entry,
                    "action": intent.action,
                    "outcome": OUTCOMES[outcome],
                    "label": intent.label,
                    "override": False,
                }
            )
        for position in delivered.overridden:
            lines[position] |= {**_shown(batch.lines[position]), "override": True}
        return lines

    def _administrator(self, position: int) -> str | None:
        return self.plan.tables.text("admin.name", position) if position >= 0 else None


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
