"""Actions by which users enter accounts, and what they call there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from simulator.flows import access_portal, gaps
from simulator.flows.api_calls import USER_CALLS
from simulator.flows.steps import happenings
from simulator.plan.actions.people import (
    fresh_token,
    live,
    session_columns,
    token_columns,
    tool_place,
)
from simulator.plan.calls import command_of
from simulator.plan.stage import RoleSession
from simulator.records.fields import DEFAULTS
from simulator.scenario.held import Held

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from simulator.flows.steps import Flow
    from simulator.plan.stage import Act, Person, Stage
    from simulator.scenario.actions import (
        Entry,
        GetRoleCredentials,
        OpenConsole,
        UseApplicationToken,
        UseRole,
    )

_KINDS: Final = {
    "get-caller-identity": "sts/GetCallerIdentity",
    "list-roles": "iam/ListRoles",
    "list-policies": "iam/ListPolicies",
}
"""Call as a scenario names it to kind."""


def target_of(
    stage: Stage, act: Act[OpenConsole | GetRoleCredentials | UseApplicationToken], person: Person
) -> tuple[int, int]:
    """Return the account and the permission set that an action is about, if the user has it."""
    account = stage.directory.accounts[act.entry.account]
    permission_set = stage.directory.permission_sets.get(act.entry.permission_set, -1)
    if (account, permission_set) not in stage.allowed(person):
        stage.refuse(
            act,
            f"{person.name} does not have {act.entry.permission_set} in {act.entry.account} "
            "at this time",
        )
    return account, permission_set


def enter(  # noqa: PLR0913  # who, how, what with, where to and when
    stage: Stage,
    act: Act[Entry],
    flow: Flow,
    columns: Mapping[str, int],
    target: tuple[int, int],
    *,
    at: int | None = None,
) -> tuple[int, RoleSession]:
    """Play a flow by which a role is taken; return when it ends, and the role session."""
    # The role session's key is the episode's, its beginning the step's that takes the role.
    key = act.next_key
    start = act.at if at is None else at
    row = {**DEFAULTS, **columns, "key_high": key.high, "key_low": key.low, "start": start}
    began = next(
        one.at
        for one in happenings(flow, {**row, "member_accounts": 1}, act.fixed_gaps)
        if one.step.name == access_portal.ROLE_STEP
    )
    entrance = stage.directory.entrance
    held = {"account": target[0], **entrance.session(key, *target, began)}
    end = stage.play(flow, act, start, **columns, **held, permission_set=target[1])
    return end, RoleSession(held, held.get("role_until", end))


def _console(stage: Stage, act: Act[OpenConsole]) -> int:
    person, session = live(stage, act)
    columns = {**stage.user_place(act, person), **session_columns(session)}
    target = target_of(stage, act, person)
    end, role = enter(stage, act, access_portal.CONSOLE, columns, target)
    person.roles.setdefault((*target, "console"), Held()).put(act.entry.computer, role)
    return end


def _credentials(stage: Stage, act: Act[GetRoleCredentials]) -> int:
    if act.entry.with_tool == "portal":
        person, session = live(stage, act)
        columns = stage.user_place(act, person)
    else:
        person, session, token = fresh_token(stage, act)
        place = tool_place(stage, act, person, token.tool, "sts.get-caller-identity")
        columns = {**place, **token_columns(token)}
    columns |= session_columns(session)
    target = target_of(stage, act, person)
    end, role = enter(stage, act, access_portal.CREDENTIALS, columns, target)
    if act.entry.with_tool == "cli":
        person.roles.setdefault((*target, "cli"), Held()).put(act.entry.computer, role)
    return end


def _use(stage: Stage, act: Act[UseRole]) -> int:
    person, entry = stage.person(act), act.entry
    account = stage.directory.accounts[entry.account]
    permission_set = stage.directory.permission_sets.get(entry.permission_set, -1)
    held = person.roles.get((account, permission_set, entry.with_tool), Held())
    role = held.get(entry.computer)
    what = f"{entry.permission_set} in {entry.account}"
    if role is None:
        stage.refuse(act, f"{person.name} has not taken {what} with the {entry.with_tool}")
    at = act.at
    for nth, name in enumerate(entry.calls):
        if nth:
            at += stage.pause(act, gaps.INSTANT if entry.with_tool == "console" else gaps.CLICK)
        if at >= role.ends_at:
            stage.refuse(act, f"{person.name}'s role session of {what} has ended: take it again")
        kind = _KINDS[name]
        at = stage.play(USER_CALLS[kind], act, at, **_caller(stage, act, person, kind, role))
    return at


def _caller(
    stage: Stage, act: Act[UseRole], person: Person, kind: str, role: RoleSession
) -> dict[str, int]:
    """Return the columns of who calls with a role, and from where."""
    if act.entry.with_tool == "console":
        return {**stage.user_place(act, person), **role.columns, "console": 1}
    token = person.tokens.get(act.entry.computer)
    tool = "cli" if token is None else token.tool
    usual = "sts.get-caller-identity"
    place = tool_place(stage, act, person, tool, usual)
    # A person's CLI is written down with one command, which stands at the end.
    text = stage.registry.text("agent.value", place["agent"])
    if act.entry.pin.user_agent is None and text.endswith(usual):
        own = f"{text.removesuffix(usual)}{command_of(kind)}"
        place["agent"] = stage.registry.intern("agent", own)
    return {**place, **role.columns, "console": 0}


ACTIONS: Final[dict[str, Callable[[Stage, Act[Any]], int]]] = {
    "open-console": _console,
    "get-role-credentials": _credentials,
    "use-role": _use,
}
"""Action to what it does: writes episodes, changes the stage, returns when it ends."""
