"""The scenario of a case, while it is being made: what happens, and what has to be there for it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from simulator.cases.inference.cast import Cast, Thing
from simulator.cases.inference.needs import CARRIER, RECORDER, Needs
from simulator.cases.inference.preludes import completed
from simulator.primitives.instants import (
    DAY,
    HOUR,
    LATEST,
    MINUTE,
    format_duration,
    format_instant_exact,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.cases.inference.seen import Act

_MOST_DAYS: Final = 3_660
"""Days that a window may be said to have; a longer one has an end."""
_SESSIONS: Final = (8 * HOUR, 12 * HOUR, DAY, 7 * DAY, 30 * DAY, 90 * DAY)
"""How long portal sessions may be said to last: the first that suffices."""


@dataclass(slots=True)
class Entry:
    """An act as an entry of the storyline."""

    act: Act
    name: str
    """Its id in the scenario."""
    gaps: list[int] = field(default_factory=list)
    """Times between its records, in milliseconds."""
    pins: dict[str, str] = field(default_factory=dict)
    """Address, user agent and role session, where they are pinned."""
    overrides: list[dict[str, Any]] = field(default_factory=list)
    """What is done to its records."""


@dataclass(slots=True)
class Draft:
    """A scenario in the making."""

    name: str
    cast: Cast
    entries: list[Entry] = field(default_factory=list)
    longest: int = 0
    """How long the longest portal session is, in milliseconds."""
    options: dict[str, Any] = field(default_factory=dict)
    """What the whole scenario says: `era`, `switches`, `organization.member_account_events`."""
    agents: dict[str, str] = field(default_factory=dict)
    """Name of a user or administrator to their usual program."""
    seed: int = 0
    refused: frozenset[str] = frozenset()
    """What must not be in it, in small letters: values of the records before they were renamed."""


def drafted(draft: Draft, acts: Sequence[Act]) -> Draft:
    """Return a draft in which acts happen, and what they need before."""
    cast = draft.cast
    every, longest = completed(acts)
    _name(cast, every)
    counts: dict[str, int] = {}
    entries = []
    for act in sorted(every, key=lambda act: act.at):
        stem = "record" if act.does == CARRIER else act.does
        if act.is_silent:
            stem = f"before-{stem}"
        counts[stem] = counts.get(stem, 0) + 1
        entry = Entry(act, f"{stem}-{counts[stem]}")
        if act.is_silent:
            entry.gaps = [1_000]
            entry.overrides = [{"where": {"entry": entry.name}, "omit": True}]
        entries.append(entry)
    return replace(draft, entries=entries, longest=longest)


def _name(cast: Cast, acts: Sequence[Act]) -> None:
    """Give what acts are about the names that they have by then."""
    for one in (*cast.groups.all(), *cast.devices.all()):
        one.current = one.called
    in_order = sorted(acts, key=lambda act: act.at)
    first: dict[int, tuple[Act, Thing]] = {}
    for act in in_order:
        thing = _renamed(act)
        if thing is not None:
            first.setdefault(id(thing), (act, thing))
    for act, known in first.values():
        if act.said["name"] == known.called:
            # No record shows what it was called before.
            known.called = known.current = f"{known.called[:100]} before"
    for act in in_order:
        act.named = _named(act.said)
        thing = _renamed(act)
        if thing is not None:
            thing.current = act.said["name"]


def _renamed(act: Act) -> Thing | None:
    """Return the group or device that has another name after an act."""
    found: Any = act.said.get("group") or act.said.get("device")
    is_renamed = isinstance(found, Thing) and isinstance(act.said.get("name"), str)
    return found if is_renamed else None


def _named(said: Any) -> Any:  # noqa: ANN401  # parts of a scenario
    if isinstance(said, Thing):
        return said.current
    if isinstance(said, dict):
        return {key: _named(value) for key, value in said.items()}
    return [_named(one) for one in said] if isinstance(said, list) else said


def document(draft: Draft) -> dict[str, Any]:
    """Return a draft as the mapping that a scenario file has."""
    cast, entries = draft.cast, draft.entries
    needs = Needs(cast, [entry.act for entry in entries])
    options = dict(draft.options)
    organization: dict[str, Any] = {}
    if cast.accounts:
        organization["accounts"] = [{"name": name} for name in cast.accounts.values()]
    if cast.delegated:
        organization["delegated_administrator"] = cast.account(cast.delegated)
    organization |= options.pop("organization", {})
    instance = {"region": cast.region, **needs.instance(), **options.pop("instance", {})}
    if draft.longest + MINUTE > _SESSIONS[0]:
        lasts = next((one for one in _SESSIONS if one > draft.longest + MINUTE), _SESSIONS[-1])
        instance["session_duration"] = format_duration(lasts)
    made = {
        "scenario": draft.name,
        "seed": draft.seed or None,
        "window": _window([entry.act.at for entry in entries]),
        "era": options.pop("era", None),
        "cutover": options.pop("cutover", None),
        "organization": organization,
        "instance": instance,
        "permission_sets": needs.permission_sets(),
        "groups": needs.groups(),
        "users": needs.users(draft.agents),
        "administrators": needs.administrators(draft.agents),
        "background": {"events": 0},
        "storyline": [_entry(entry) for entry in entries],
        "records": [one for entry in entries for one in entry.overrides],
        **options,
    }
    return {key: value for key, value in made.items() if value not in (None, [], {})}


def _window(times: Sequence[int]) -> dict[str, Any]:
    """Return a window of whole days in which entries begin at some times."""
    start = min(times) // DAY * DAY
    # Records may come some time after their entry begins.
    days = max(1, -(-(max(times) + 2 * HOUR - start) // DAY))
    first = format_instant_exact(start)[:10]
    if days <= _MOST_DAYS:
        return {"start": first, "days": days}
    return {"start": first, "end": format_instant_exact(min(start + days * DAY, LATEST - 1))}


def _entry(entry: Entry) -> dict[str, Any]:
    act = entry.act
    made: dict[str, Any] = {"id": entry.name, "at": format_instant_exact(act.at)}
    if act.does == CARRIER:
        made |= {"admin": RECORDER, "does": "call", "operation": CARRIER}
    else:
        for key, value in (("user", act.user), ("admin", act.admin)):
            if value is not None and key not in act.named:
                made[key] = value
        made |= {"does": act.does, **act.named}
    pins: dict[str, Any] = dict(entry.pins)
    if entry.gaps:
        pins["gaps"] = [format_duration(gap) for gap in entry.gaps]
    if pins:
        made["pin"] = pins
    return made
