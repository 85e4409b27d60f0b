"""A play's records as whoever reads a trail sees them, and its truth beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import orjson
import pytest

from simulator.delivery.overrides import delivered
from simulator.engines import vectorised
from simulator.plan.compiler import compile_scenario
from simulator.scenario import library
from simulator.sinks.truth import TruthLines

if TYPE_CHECKING:
    from collections.abc import Iterable

Record = dict[str, Any]

HIDDEN: Final = "HIDDEN_DUE_TO_SECURITY_REASONS"
both_eras = pytest.mark.parametrize("era", ["pre", "post"])
_MADE_BY_AWS: Final = {"AssumeRoleWithSAML", "GetSigninToken"}


@dataclass(frozen=True)
class Tale:
    """What a run left: records in order, and the truth by eventID."""

    records: list[Record] = field(repr=False)
    truth: dict[str, dict[str, Any]] = field(repr=False)

    def named(self, *names: str) -> list[Record]:
        """Return records of these event names, in order."""
        return [record for record in self.records if record["eventName"] in names]

    def labelled(self, label: str) -> list[Record]:
        """Return records that the truth calls that."""
        return [one for one in self.records if self.truth[one["eventID"]]["label"] == label]

    def of_step(self, step: str) -> list[Record]:
        """Return records of a step of the play."""
        return [one for one in self.records if self.truth[one["eventID"]]["step"] == step]

    def only(self, name: str) -> Record:
        """Return the only record of an event name."""
        [record] = self.named(name)
        return record


@cache
def told(name: str, era: str, events: int | None = None) -> Tale:
    """Return what a shipped scenario leaves in an era, `pre` or `post`, with so much besides."""
    scenario = library.load(name, era=era, events=events)
    plan, truth = compile_scenario(scenario)
    batch = vectorised.render(plan, 0, plan.horizon)
    lines = b"".join(map(bytes, TruthLines(plan, truth).of(delivered(batch, plan))))
    return Tale(
        [orjson.loads(line) for line in batch.lines],
        {line["eventID"]: line for line in map(orjson.loads, lines.splitlines())},
    )


def user_id(record: Record) -> str | None:
    """Return the id of the user a record is about, wherever its era has it."""
    identity = record["userIdentity"]
    return identity.get("onBehalfOf", {}).get("userId") or (
        identity.get("principalId") if identity["type"] == "IdentityCenterUser" else None
    )


def names(records: Iterable[Record]) -> list[str]:
    """Return the event names of records, in order."""
    return [record["eventName"] for record in records]


def ids(records: Iterable[Record]) -> list[str]:
    """Return the eventIDs of records."""
    return [record["eventID"] for record in records]


def addresses(records: Iterable[Record]) -> set[str]:
    """Return where calls came from, but for those that AWS makes itself."""
    return {
        one["sourceIPAddress"]
        for one in records
        if one["sourceIPAddress"] != "sso.amazonaws.com" and one["eventName"] not in _MADE_BY_AWS
    }
