"""From a directory and a frozen timeline to the blocks of everyday activity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.directory import identifiers
from simulator.flows import FLOW_INDEX, FLOWS, mfa, sign_in
from simulator.plan.background import lookups
from simulator.plan.background.agenda import Agenda
from simulator.plan.background.calendar import UNIT
from simulator.plan.background.sheet import CHAIN, Sheet
from simulator.plan.background.sizing import Ledger, plan_number, planner
from simulator.plan.background.workforce import workforce
from simulator.plan.episodes import Block, ordered
from simulator.primitives.keys import purpose

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from simulator.plan.population import Directory
    from simulator.plan.timeline import Timeline
    from simulator.primitives.columns import Column

_MILLION: Final = 1_000_000
_DEVICE: Final = purpose("background/device")
_DEVICE_NAMES: Final = {mfa.TOTP: "Authenticator app", mfa.WEBAUTHN: "Security key"}


def plan_background(directory: Directory, timeline: Timeline, *, wanted: int | None) -> Agenda:
    """Plan everyday activity.

    Args:
        timeline: Frozen.
        wanted: Exactly so many records; without it, as much as the scenario's intensity
            says.
    """
    force = workforce(directory, timeline)
    office = lookups.office(directory, timeline, force.span)
    planning = planner(force, office)
    if wanted is None:
        # Neither number nor intensity: nothing.
        intensity = directory.scenario.background.intensity or 0
        planning.band(0, intensity * (UNIT // _MILLION))
    elif wanted:
        plan_number(planning, wanted)
    admitted, records = planning.ledger.admitted(wanted)
    found = _columns(planning.ledger, admitted)
    if wanted is not None and wanted > records:
        _add(found, lookups.fill(office, wanted - records))
    _settle(found.get(sign_in.SIGN_IN.name), directory)
    blocks = [
        ordered(Block(FLOWS[FLOW_INDEX[name]], columns)) for name, columns in sorted(found.items())
    ]
    return Agenda(force.span, blocks)


def _columns(ledger: Ledger, admitted: NDArray[np.bool_]) -> dict[str, dict[str, Column]]:
    """Return the episodes of the admitted chains, as columns by flow."""
    gathered: dict[str, list[dict[str, Column]]] = {}
    while ledger.parts:
        # Taken apart as it goes, so that there is one copy of most columns.
        name, first, columns = ledger.parts.pop()
        kept = np.flatnonzero(admitted[columns[CHAIN] + first])
        if len(kept):
            made = {column: values[kept] for column, values in columns.items() if column != CHAIN}
            gathered.setdefault(name, []).append(made)
    return {name: _joined(parts) for name, parts in gathered.items()}


def _joined(parts: list[dict[str, Column]]) -> dict[str, Column]:
    joined: dict[str, Column] = {}
    for name in sorted(parts[0]):
        joined[name] = np.concatenate([part.pop(name) for part in parts])
    return joined


def _add(found: dict[str, dict[str, Column]], sheet: Sheet) -> None:
    for name, parts in sheet.parts.items():
        more = _joined(parts)
        del more[CHAIN]
        found[name] = _joined([found[name], more]) if name in found else more


def _settle(columns: Mapping[str, Column] | None, directory: Directory) -> None:
    """Put into the tables what only admitted sign-ins need: new devices."""
    if columns is None:
        return
    registry, people = directory.registry, directory.people
    rows = np.flatnonzero(columns["enrolment"] != sign_in.NO_ENROLMENT)
    keys = people.key.take(columns["user"][rows].astype(np.int64)).nth(_DEVICE, 0)
    for row, high, low in zip(rows.tolist(), keys.high.tolist(), keys.low.tolist(), strict=True):
        columns["device"][row] = registry.add("device", id=identifiers.mfa_device_id(high, low))
        name = _DEVICE_NAMES[int(columns["enrol_type"][row])]
        columns["device_name"][row] = registry.intern("text", name)
