"""What people do once they are in, and how it ends."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from simulator.directory.personas import WHOLE
from simulator.flows import access_portal, cli_sign_in, gaps
from simulator.plan.background import habits
from simulator.plan.population import filled
from simulator.primitives.instants import HOUR, MINUTE, SECOND
from simulator.realism.curves import in_seconds, of_table, renewals
from simulator.realism.evidence import Spread, share_of
from simulator.realism.visits import is_by_device

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.realism.declared import World
    from simulator.realism.evidence import Evidence, Group
    from simulator.realism.reading import Fact
    from simulator.realism.visits import Session, Visit

_OLDER_CLI: Final = re.compile(r"aws-cli/2\.(\d|1\d|2[01])\.")
"""An AWS CLI that knows the device grant alone."""

_FIRST_THINGS: Final = 2 * gaps.CLICK.greatest + sum(
    flow.longest for flow in (*access_portal.FLOWS, *cli_sign_in.FLOWS)
)
"""By then whoever is in has begun with what the session is for."""


def working(group: Group, world: World) -> Iterator[Evidence]:
    """Yield what people of one persona do once they are in."""
    inside = [
        (user, visit, visit.session)
        for user, visit in group.visits
        if visit.session is not None and visit.session.opened is not None
    ]
    yield from _opening(inside)
    begun = [one for one in inside if one[1].at + _FIRST_THINGS < world.until]
    yield from _uses(group, world, begun)
    yield from _tokens(group, [session for _, _, session in begun])
    sure = list(_told_apart(inside, world.scenario.instance.session_duration))
    yield from _ends(group, world, sure)
    yield from _consoles(world, sure)
    yield from _refreshes(world, sure)


def _told_apart(
    inside: list[tuple[int, Visit, Session]], duration: int
) -> Iterator[tuple[int, Visit, Session]]:
    """Yield the sessions that are not taken for another one of the user.

    Where records do not name the session (before October 2024), those are left out beside
    which there may be another. When people come has nothing to do with what they do then.
    """
    edges = [None, *inside, None]
    for before, one, after in zip(edges, inside, edges[2:], strict=False):
        user, visit, session = one
        near = [
            other
            for other in (before, after)
            if other is not None
            and other[0] == user
            and abs(other[1].at - visit.at) < duration + _FIRST_THINGS
        ]
        if session.is_named or not near:
            yield one


def _opening(inside: list[tuple[int, Visit, Session]]) -> Iterator[Spread]:
    """Yield how long it takes from signing in to the portal."""
    sample = [
        float((session.opened - visit.entered) // SECOND)
        for _, visit, session in inside
        if visit.entered is not None and session.opened is not None and not visit.enrols
    ]
    first = access_portal.PORTAL.steps[0].gap
    assert first is not None
    yield Spread("portal-opens", "sessions", "seconds", sample, in_seconds(habits.SOON, first))


def _uses(
    group: Group, world: World, begun: list[tuple[int, Visit, Session]]
) -> Iterator[Evidence]:
    """Yield what sessions are for; without access to an account, there is the portal alone."""
    uses = filled(group.persona.uses)
    whole = max(WHOLE, uses.portal + uses.console + uses.cli)
    able = [session for user, _, session in begun if world.has_access[user]]
    for name, share in (
        ("console", uses.console),
        ("cli", uses.cli),
        ("portal", whole - uses.console - uses.cli),
    ):
        found = [_use(session) == name for session in able]
        yield share_of(f"uses.{name}", "sessions", found, share / whole)
    rest = [session for user, _, session in begun if not world.has_access[user]]
    if rest:
        at_all = [_use(session) != "portal" for session in rest]
        yield share_of("uses.without-access", "sessions", at_all, 0.0)


def _use(session: Session) -> str:
    if session.token is not None:
        return "cli"
    return "console" if session.consoles else "portal"


def _tokens(group: Group, sessions: list[Session]) -> Iterator[Evidence]:
    """Yield how the command line gets its tokens."""
    tokens = [session.token for session in sessions if session.token is not None]
    knowing = [is_by_device(one) for one in tokens if not _is_older(one)]
    share = filled(group.persona.device_grant) / WHOLE
    yield share_of("device-grant", "CLI sign-ins", knowing, share)
    older = [is_by_device(one) for one in tokens if _is_older(one)]
    if older:
        yield share_of("device-grant.older-cli", "CLI sign-ins", older, 1.0)
    polls = [
        float(session.polls)
        for session in sessions
        if session.token is not None and is_by_device(session.token)
    ]
    yield Spread("polls", "device grants", "polls", polls, of_table(habits.POLLS))


def _is_older(token: Fact) -> bool:
    return _OLDER_CLI.match(token.agent) is not None


def _ends(
    group: Group, world: World, inside: list[tuple[int, Visit, Session]]
) -> Iterator[Evidence]:
    """Yield how sessions end."""
    duration = world.scenario.instance.session_duration
    left, on_time = [], []
    for _, visit, session in inside:
        assert visit.entered is not None
        end = visit.entered + duration
        on_time.append(max(session.last, session.left or 0) <= end)
        # Whoever has little time left may find the session over before signing out.
        last = max(session.last, session.called)
        if last + habits.BEFORE_SIGN_OUT.greatest + SECOND < min(end, world.until):
            left.append(session.left is not None)
    yield share_of("signs-out", "sessions", left, filled(group.persona.signs_out) / WHOLE)
    yield share_of("within-session", "sessions", on_time, 1.0)


def _consoles(world: World, inside: list[tuple[int, Visit, Session]]) -> Iterator[Evidence]:
    """Yield whether a second console is opened, how, and how long after the first."""
    longest = habits.NEXT_CONSOLE.greatest + _FIRST_THINGS
    if world.scenario.instance.session_duration < longest:
        return
    sessions = [
        session
        for _, visit, session in inside
        if session.consoles and visit.at + longest < world.until
    ]
    more = [session.after for session in sessions]
    counts = of_table(habits.CONSOLES)
    several = 1 - float(counts.until[counts.points <= 1][-1])
    yield share_of("second-console", "console sessions", [one is not None for one in more], several)
    again = [one[1] == "Authenticate" for one in more if one is not None]
    yield share_of("second-console.reloads", "second consoles", again, habits.RELOADS / WHOLE)
    minutes = [
        (session.after[0] - max(session.consoles[0], session.landed)) / MINUTE
        for session in sessions
        if session.after is not None
    ]
    curve = in_seconds(habits.NEXT_CONSOLE)
    yield Spread(
        "second-console.after",
        "second consoles",
        "minutes",
        minutes,
        type(curve)(curve.points * SECOND / MINUTE, curve.until),
    )


def _refreshes(world: World, inside: list[tuple[int, Visit, Session]]) -> Iterator[Evidence]:
    """Yield how long work on the command line goes on, in refreshes of its token."""
    duration = world.scenario.instance.session_duration
    longest = min(duration, habits.CLI_SPAN.greatest)
    tokens = [
        (session.token, session.refreshes)
        for _, visit, session in inside
        if session.token is not None and visit.at + longest + _FIRST_THINGS < world.until
    ]
    hour = HOUR // SECOND
    # Of shorter sessions the token lasts as long as the session, refreshed or not.
    if duration < HOUR + _FIRST_THINGS:
        return
    kept = [token.expires == hour for token, _ in tokens]
    yield share_of("token.refreshed", "CLI sign-ins", kept, habits.REFRESHABLE / WHOLE)
    counts = [float(count) for token, count in tokens if token.expires == hour]
    curve = renewals(habits.REFRESH, habits.CLI_SPAN, longest=duration, most=habits.MOST_REFRESHES)
    yield Spread("session-length", "CLI sessions", "refreshes of the token", counts, curve)
