"""What administrators look up on working days, and single look-ups that fill a number.

A look-up is planned from whom or what it is about: the user's key or the group's says on
which day somebody opens their page. So one more user is one more who may be looked up, and
the other look-ups stay as they were.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.directory import networks, personas, user_agents
from simulator.directory.personas import WHOLE
from simulator.flows import gaps, mfa
from simulator.flows.directory_admin import CALLS
from simulator.flows.sharing import SHARED_CALLS
from simulator.plan.background import habits
from simulator.plan.background.calendar import Chains, Crew, Schedule
from simulator.plan.background.sheet import Sheet
from simulator.plan.calls import command_of
from simulator.plan.population import admin_texts, filled, is_delegated
from simulator.primitives.instants import SECOND
from simulator.primitives.keys import Key, KeyColumn, purpose
from simulator.records.eras.first.envelope import IAM_USER, ROLE, ROOT
from simulator.scenario.document import Administrator

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from simulator.flows.steps import Flow
    from simulator.plan.background.calendar import Span
    from simulator.plan.population import Directory
    from simulator.plan.timeline import Timeline
    from simulator.primitives.columns import Column
    from simulator.primitives.quantiles import Quantiles
    from simulator.scenario.actions import Entry
    from simulator.scenario.document import Network

AUTOMATION: Final = "siem-enrichment"
"""Role that looks up who is behind a userId, where no administrator does."""

ROUNDS, USERS, GROUPS = "rounds", "users", "groups"
"""What look-ups are about: nothing in particular, a user, a group."""

_KINDS: Final = {"role": ROLE, "iam-user": IAM_USER, "root": ROOT}
_ABOUT: Final = {ROUNDS: "admin", USERS: "user", GROUPS: "group"}
_RATES: Final = {
    ROUNDS: habits.ROUNDS,
    USERS: habits.USER_LOOKED_UP,
    GROUPS: habits.GROUP_LOOKED_UP,
}
_DAYS: Final = {about: purpose(f"background/day of {about}") for about in _ABOUT}
_HELPER: Final = purpose("background/helper")
_ROLE: Final = purpose("background/role-session")
_STEP: Final = purpose("background/look-up")
_OMITTED: Final = purpose("background/omitted")
_FILLER: Final = purpose("background/filler")
_WHO: Final = purpose("background/filler-subject")
_WHEN: Final = purpose("background/filler-instant")
_SINCE: Final = purpose("background/filler-since")
_UNTIL: Final = purpose("background/filler-until")
_BROWSER: Final = purpose("browser")
_PLATFORM: Final = purpose("platform")


@dataclass(frozen=True, slots=True)
class Look:
    """One call of a look-up."""

    call: str
    """The flow's name."""
    pause: Quantiles
    """How long after the call before."""
    share: int = WHOLE
    """Share of look-ups that have it."""


_CONSOLE: Final = {
    ROUNDS: (
        Look("sso-directory/SearchUsers", gaps.NOW),
        Look("sso-directory/SearchGroups", gaps.CLICK, 500_000),
        Look("sso-directory/DescribeDirectory", gaps.CLICK, 300_000),
    ),
    USERS: (
        Look("sso-directory/SearchUsers", gaps.NOW),
        Look("sso-directory/DescribeUsers", gaps.CLICK),
        Look("sso-directory/ListGroupsForUser", habits.SAME_PAGE),
        Look(mfa.ADMIN_LIST.name, gaps.CLICK, 650_000),
    ),
    GROUPS: (
        Look("sso-directory/SearchGroups", gaps.NOW),
        Look("sso-directory/DescribeGroups", gaps.CLICK),
        Look("sso-directory/ListMembersInGroup", habits.SAME_PAGE),
    ),
}
_API: Final = {
    ROUNDS: (
        Look("identitystore/ListUsers", gaps.NOW),
        Look("identitystore/ListGroups", habits.SCRIPTED, 500_000),
    ),
    USERS: (
        Look("identitystore/DescribeUser", gaps.NOW),
        Look("identitystore/ListGroupMembershipsForMember", habits.SCRIPTED, 500_000),
    ),
    GROUPS: (
        Look("identitystore/DescribeGroup", gaps.NOW),
        Look("identitystore/ListGroupMemberships", habits.SCRIPTED, 700_000),
    ),
}
_FILLERS: Final = {
    USERS: "identitystore/DescribeUser",
    GROUPS: "identitystore/DescribeGroup",
    ROUNDS: "identitystore/ListUsers",
}
"""Single look-ups, by what they are about."""
_FLOWS: Final = {**CALLS, mfa.ADMIN_LIST.name: mfa.ADMIN_LIST}


@dataclass(frozen=True, slots=True)
class Helper:
    """An administrator who looks things up."""

    key: Key
    admin: Administrator
    position: int
    """Position in table `admin`."""
    address: int
    country: str
    is_delegated: bool
    """Whether two accounts receive what the administrator does."""

    @property
    def uses_console(self) -> bool:
        """Whether in the console; by the API otherwise."""
        if self.admin.tool is not None:
            return self.admin.tool == "console"
        return self.admin.kind != "iam-user"

    def flow(self, call: str) -> Flow:
        """Return what a call leaves behind."""
        return SHARED_CALLS[call] if self.is_delegated else _FLOWS[call]


@dataclass(frozen=True, slots=True)
class Office:
    """The administrators who look things up, and what there is to be looked up."""

    directory: Directory
    timeline: Timeline
    span: Span
    helpers: tuple[Helper, ...]
    groups: NDArray[np.int64]
    """Groups that are there throughout, in table `group`."""
    crews: Mapping[str, Crew]
    """By what look-ups are about. Members are helpers, users or `groups`; the schedule's
    position is the helper's."""
    agents: Mapping[tuple[int, str], int]
    """What each helper makes each call with: place and call to position in table `agent`."""
    filler: Helper
    """Who does single look-ups."""
    fills_with: Mapping[str, int]
    """By call: with what, in table `agent`."""


def _key(directory: Directory, name: str) -> Key:
    return directory.root.child("administrator", name)


def _helpers(directory: Directory) -> tuple[Helper, ...]:
    places = {network.name: network for network in directory.scenario.networks}
    return tuple(
        _helper(directory, admin, position, places[filled(admin.network)])
        for position, admin in enumerate(directory.scenario.administrators)
        if admin.background
    )


def _helper(directory: Directory, admin: Administrator, position: int, place: Network) -> Helper:
    key = _key(directory, admin.name)
    return Helper(
        key,
        admin,
        position,
        directory.network_address(place, key),
        place.country,
        is_delegated(admin, directory.scenario.organization),
    )


def _deleted(entries: Iterable[Entry]) -> set[str]:
    """Return the groups that a storyline deletes or renames."""
    found: set[str] = set()
    for entry in entries:
        if entry.does in {"delete-group", "update-group"}:
            found.add(getattr(entry, "group", ""))
        found |= _deleted(entry.then)
    return found


def office(directory: Directory, timeline: Timeline, span: Span) -> Office:
    """Return who looks what up in a directory; the timeline must be frozen."""
    people, helpers = directory.people, _helpers(directory)
    gone = _deleted(directory.scenario.storyline)
    names = [name for name in directory.group_ids if name not in gone]
    keys = {
        ROUNDS: KeyColumn.of([helper.key for helper in helpers]),
        USERS: people.key,
        GROUPS: KeyColumn.of([directory.root.child("group", name) for name in names]),
    }
    crews = {}
    for about, key in keys.items():
        if about == ROUNDS:
            helper = np.arange(len(helpers))
        else:
            helper = key.below(max(len(helpers), 1), _HELPER)
        if about == USERS:
            helper = np.where(people.is_active, helper, -1)
        schedules = tuple(_schedule(one, _RATES[about]) for one in helpers)
        crews[about] = Crew(key, _DAYS[about], schedules, helper.astype(np.int64))
    groups = np.array([directory.group_ids[name] for name in names], np.int64)
    # All text that a look-up may show is there before the first one is planned.
    agents = {
        (place, look.call): _agent(directory, helper, look.call)
        for place, helper in enumerate(helpers)
        for looks in (_CONSOLE if helper.uses_console else _API).values()
        for look in looks
    }
    filler, agent = _automation(directory, helpers)
    fills_with = {
        call: agent if agent >= 0 else _agent(directory, filler, call) for call in _FILLERS.values()
    }
    return Office(directory, timeline, span, helpers, groups, crews, agents, filler, fills_with)


def _schedule(helper: Helper, rate: int) -> Schedule:
    usual = personas.ADMINISTRATOR
    return Schedule(
        rate=rate,
        hours_from=usual.hours_from,
        hours_to=usual.hours_to,
        time_zone=networks.time_zone(helper.country),
        present=usual.present_share,
        weekend=0,
    )


def _agent(directory: Directory, helper: Helper, call: str) -> int:
    """Return what an administrator makes a call with, in table `agent`."""
    at, registry = directory.scenario.window.start, directory.registry
    if helper.admin.user_agent is not None:
        return registry.intern("agent", helper.admin.user_agent)
    if not helper.uses_console:
        platform = helper.key.below(len(user_agents.PLATFORMS) - 1, _PLATFORM)
        updated = user_agents.updated_at(helper.key, at, 60)
        tool = helper.admin.tool or "cli"
        agent = user_agents.tool_agent(tool, platform, updated, command_of(call))
        return registry.intern("agent", agent.text)
    browsers = user_agents.browsers_at(user_agents.updated_at(helper.key, at, 7))
    place = helper.key.below(sum(one.weight for one in browsers), _BROWSER)
    limits = np.cumsum([one.weight for one in browsers])
    return registry.intern("agent", browsers[int(np.searchsorted(limits, place, "right"))].text)


def _repeated(key: Key, count: int) -> KeyColumn:
    return KeyColumn(np.full(count, key.high, np.uint64), np.full(count, key.low, np.uint64))


def _admin_columns(
    helper: Helper, at: NDArray[np.int64], *, console: bool
) -> dict[str, Column | int]:
    """Return the administrator's columns of calls that begin at these instants."""
    block = at // habits.ROLE_SESSION
    key = _repeated(helper.key, len(at)).nth(_ROLE, block)
    return {
        "admin": helper.position,
        "admin_kind": _KINDS[helper.admin.kind],
        "actor": 1,
        "console": int(console and helper.uses_console),
        "role_high": key.high,
        "role_low": key.low,
        "role_at": block * habits.ROLE_SESSION - key.below(habits.ROLE_AGE, _ROLE),
        "address": helper.address,
    }


def look_up(here: Office, about: str, chains: Chains) -> tuple[Sheet, NDArray[np.int64]]:
    """Write look-ups, and return how many records each chain has; none if it cannot be."""
    limit = np.full(len(chains), here.span.end, np.int64)
    alive = np.ones(len(chains), np.bool_)
    if about == USERS:
        alive = here.timeline.at_many(chains.member, chains.start).exists
        limit = np.minimum(limit, here.timeline.until_many(chains.member, chains.start))
    sheet = Sheet(chains.start, limit)
    subject = here.groups[chains.member] if about == GROUPS else chains.member
    whose = here.crews[about].schedule[chains.member]
    for place, helper in enumerate(here.helpers):
        mine = np.flatnonzero(whose == place)
        if not len(mine):
            continue
        columns = _admin_columns(helper, chains.start[mine], console=True)
        key = chains.key.take(mine)
        for nth, look in enumerate((_CONSOLE if helper.uses_console else _API)[about]):
            kept = np.flatnonzero(key.below(WHOLE, _OMITTED, nth) < look.share)
            some, own = mine[kept], key.take(kept)
            told = {
                name: value if isinstance(value, int) else value[kept]
                for name, value in columns.items()
            }
            if about != ROUNDS:
                told[_ABOUT[about]] = subject[some]
            told["agent"] = here.agents[place, look.call]
            start = sheet.clock[some] + look.pause.at_many(own.word(_STEP, nth))
            sheet.write(helper.flow(look.call), some, own.nth(_STEP, nth), start, told)
    return sheet, np.where(alive, sheet.records, 0)


# ---- Fillers -----------------------------------------------------------------------------


def _automation(directory: Directory, helpers: tuple[Helper, ...]) -> tuple[Helper, int]:
    """Return whoever does single look-ups, and with what if it is always the same."""
    for helper in helpers:
        # A single look-up is one record, and fills one place.
        if helper.admin.kind != "root" and not helper.is_delegated:
            return helper, -1
    scenario = directory.scenario
    account = filled(scenario.instance.account)
    admin = Administrator(name=AUTOMATION, role=AUTOMATION, account=account)
    key = _key(directory, AUTOMATION)
    account_id = directory.registry.text("account.id", directory.accounts[account])
    texts = admin_texts(admin, account_id, scenario.instance.region, directory.root)
    position = directory.registry.add("admin", **texts)
    address = directory.registry.intern("address", networks.address(key, "US", "hosting"))
    at = user_agents.updated_at(key, scenario.window.start, 60)
    agent = directory.registry.intern("agent", user_agents.sdk_agent(4, at).text)
    return Helper(key, admin, position, address, "US", is_delegated=False), agent


def fill(here: Office, count: int, since: int, until: int) -> Sheet:
    """Write so many look-ups of one record each, spread over the time between two instants."""
    helper = here.filler
    # Numbers alone would give two stretches of time the same look-ups.
    root = helper.key.nth(_SINCE, since).nth(_UNTIL, until)
    nth = np.arange(count, dtype=np.int64)
    roots = _repeated(root, count)
    sheet = Sheet(np.zeros(count, np.int64), np.full(count, here.span.end, np.int64))
    left = nth
    for about, key in _subjects(here):
        if not len(left):
            break
        call = _FILLERS[about]
        # Which of them: by a draw of the filler's own. The filler's key is the subject's.
        member = roots.take(left).below(len(key.high), _WHO, left.astype(np.uint64))
        own = _stretch(key.take(member), since, until).nth(_FILLER, left)
        at = _spread(own, since, until)
        fits = np.ones(len(left), np.bool_)
        columns = _admin_columns(helper, at, console=False)
        if about == USERS:
            fits = here.timeline.at_many(member, at).exists
            columns["user"] = member
        elif about == GROUPS:
            columns["group"] = here.groups[member]
        columns["agent"] = here.fills_with[call]
        kept = np.flatnonzero(fits)
        columns = {
            name: value if isinstance(value, int) else value[kept]
            for name, value in columns.items()
        }
        sheet.write(helper.flow(call), left[kept], own.take(kept), at[kept], columns)
        left = left[~fits]
    return sheet


def _stretch(key: KeyColumn, since: int, until: int) -> KeyColumn:
    """Return keys of subjects in one stretch of time."""
    return key.nth(_SINCE, since).nth(_UNTIL, until)


def _subjects(here: Office) -> list[tuple[str, KeyColumn]]:
    """Return what single look-ups can be about, the preferred first; the last always can."""
    subjects = []
    people = here.directory.people
    if len(people):
        subjects.append((USERS, people.key))
    if len(here.groups):
        subjects.append((GROUPS, here.crews[GROUPS].key))
    subjects.append((ROUNDS, KeyColumn.of([_key(here.directory, AUTOMATION)])))
    return subjects


def _spread(key: KeyColumn, since: int, until: int) -> NDArray[np.int64]:
    """Draw an instant of a stretch of time for each key."""
    length = until - since
    seconds = -(-length // SECOND)
    at = key.below(seconds, _WHEN) * SECOND + key.below(SECOND, _WHEN, 1)
    return since + at % length
