"""What a draft fixes and says besides: times, addresses, programs, and members of records."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from simulator.cases.differences import override
from simulator.cases.inference.needs import CARRIER
from simulator.cases.inference.playing import cost_of, play, renaming_for, tried
from simulator.errors import ScenarioError
from simulator.primitives.instants import HOUR, SECOND, parse_instant
from simulator.records.kinds import kind_named
from simulator.scenario import library
from simulator.scenario.actions import Pins

if TYPE_CHECKING:
    from simulator.cases.given import Given
    from simulator.cases.inference.draft import Draft, Entry
    from simulator.cases.inference.playing import Played
    from simulator.cases.inference.seen import Seen


def pinned(played: Played) -> Played | None:
    """Return a draft played again with its times pinned; nothing if it then goes otherwise."""
    counts = Counter(
        second
        for entry in played.draft.entries
        for second in {one.at // SECOND for one in entry.act.seen}
    )
    crowded = {second for second, count in counts.items() if count > 1}
    for entry in played.draft.entries:
        if not entry.act.is_silent:
            _pin_times(entry, played, crowded)
    try:
        again = play(played.draft)
    except ScenarioError:
        return None
    return None if again.lost else again


def _pin_times(entry: Entry, played: Played, crowded: set[int]) -> None:
    """Say when an entry begins and how long after each other its records come.

    Where other entries have records in the same second, to the millisecond, which keeps their
    order.
    """

    def at(one: Seen) -> int:
        second = one.at // SECOND
        return one.at if second in crowded else second * SECOND

    given = played.given.get(entry.name, [])
    wanted = {id(other): at(one) for one, other, owner in played.pairs if owner is entry}
    gaps: list[int] = []
    began = entry.act.at
    # What comes before the first that is wanted takes a millisecond each.
    before = next((n for n, one in enumerate(given) if id(one) in wanted), 0)
    leading = sum(one.episode != other.episode for one, other in pairwise(given[: before + 1]))
    now = entry.act.at = at(entry.act.seen[0]) - leading
    for last, one in pairwise(given):
        is_new = one.episode != last.episode
        if one.is_own_request or is_new:
            # Episodes of one instant would be in order of their keys.
            gap = max(wanted.get(id(one), now) - now, int(is_new))
            gaps.append(gap)
            now += gap
    if not gaps and given and given[0].at != began:
        # Its one record would come some time after its beginning.
        gaps = [0]
    entry.gaps = gaps


def finished(played: Played) -> Draft:
    """Return a draft that pins what differs of whole entries, and says what differs of members."""
    least = cost_of(played)
    for pin in (_pin_sessions, _pin_agents, _pin_entries):
        again = tried(pin(played))
        if again is not None and (cost := cost_of(again)) <= least:
            played, least = again, cost
    renaming = renaming_for(played)
    where = _Where(played)
    overrides: dict[str, list[dict[str, Any]]] = {}
    for one, other, entry in played.pairs:
        wanted = renaming.value(dict(one.record))
        made = {"as": wanted} if entry.act.does == CARRIER else override(wanted, other.record)
        if made:
            overrides.setdefault(entry.name, []).append({"where": where.of(other, entry), **made})
    for other, entry in played.surplus:
        omitted = {"where": where.of(other, entry), "omit": True}
        overrides.setdefault(entry.name, []).append(omitted)
    entries = [
        replace(entry, overrides=[*entry.overrides, *overrides.get(entry.name, [])])
        for entry in played.draft.entries
    ]
    return replace(played.draft, entries=entries)


class _Where:
    """How overrides name the records that a draft gives."""

    def __init__(self, played: Played) -> None:
        self.given = played.given

    def of(self, one: Given, entry: Entry) -> dict[str, Any]:
        """Return the fewest words that mean one record of an entry."""
        given = self.given[entry.name]
        where: dict[str, Any] = {"entry": entry.name}
        if len(given) == 1:
            return where
        event = kind_named(one.kind).event_name
        same = [other for other in given if kind_named(other.kind).event_name == event]
        where["event"] = event
        if len(same) > 1:
            where["nth"] = same.index(one) + 1
        return where


_ADDRESS: Final = "sourceIPAddress"
_AGENT: Final = "userAgent"


def _wanted(played: Played, member: str) -> dict[str, tuple[str, bool]]:
    """Return by entry what its records want in a member, and whether they have it already.

    Looked at are those that show what the first one shows: services that act on behalf of
    somebody have addresses and programs of their own. Entries that do not agree are left out.
    """
    renaming = renaming_for(played)
    values: dict[str, set[tuple[str, bool]]] = {}
    usual: dict[str, object] = {}
    for one, other, entry in played.pairs:
        value, found = one.record.get(member), other.record.get(member)
        if entry.act.does == CARRIER or usual.setdefault(entry.name, found) != found:
            continue
        if isinstance(value, str):
            text = renaming.text((member,), value)
            values.setdefault(entry.name, set()).add((text, text == found))
    return {name: next(iter(found)) for name, found in values.items() if len(found) == 1}


def _pin_agents(played: Played) -> Draft:
    """Return a draft in which people use the programs that most of their entries show."""
    wanted = _wanted(played, _AGENT)
    votes: dict[str, Counter[str]] = {}
    for entry in played.draft.entries:
        who = entry.act.user or entry.act.admin
        if who is not None and entry.name in wanted:
            votes.setdefault(who, Counter())[wanted[entry.name][0]] += 1
    missing = {
        entry.act.user or entry.act.admin
        for entry in played.draft.entries
        if not wanted.get(entry.name, ("", True))[1]
    }
    agents = {who: count.most_common(1)[0][0] for who, count in votes.items() if who in missing}
    return replace(played.draft, agents=agents)


def _pin_sessions(played: Played) -> Draft:
    """Return a draft in which administrators' role sessions began when the records say."""
    renaming = renaming_for(played)
    began: dict[str, str] = {}
    for one, _, entry in played.pairs:
        text = renaming.text(_CREATED, one.text(*_CREATED))
        if entry.act.admin is not None and entry.act.does != CARRIER and _may_pin(_SESSION, text):
            began.setdefault(entry.name, text)
    held: dict[str | None, str] = {}
    entries = []
    for entry in played.draft.entries:
        made, at = entry, began.get(entry.name)
        if at is not None:
            is_old = entry.act.at - parse_instant(at) >= HOUR
            if held.get(entry.act.admin) != at or is_old:
                made = replace(entry, pins={**entry.pins, _SESSION: at})
                held[entry.act.admin] = at
        entries.append(made)
    return replace(played.draft, entries=entries)


_SESSION: Final = "role_session"
_CREATED: Final = ("userIdentity", "sessionContext", "attributes", "creationDate")


def _pin_entries(played: Played) -> Draft:
    """Return a draft whose entries pin the address and the program that they want."""
    entries = list(played.draft.entries)
    for member, pin in ((_ADDRESS, "address"), (_AGENT, "user_agent")):
        wanted = _wanted(played, member)
        entries = [
            replace(entry, pins={**entry.pins, pin: wanted[entry.name][0]})
            if not wanted.get(entry.name, ("", True))[1] and _may_pin(pin, wanted[entry.name][0])
            else entry
            for entry in entries
        ]
    return replace(played.draft, entries=entries)


def _may_pin(pin: str, text: str) -> bool:
    return library.fits(Pins, {pin: text})
