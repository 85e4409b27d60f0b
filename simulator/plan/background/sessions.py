"""What people do once they are in: the portal, consoles, the command line.

A session runs on one clock: each thing done begins some time after the one before it
ended. Only tokens run beside it, refreshed by the hour while work on the command line
goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.directory.personas import WHOLE
from simulator.flows import access_portal, cli_sign_in, gaps, mfa
from simulator.plan.background import habits
from simulator.plan.background.timing import measured, reached
from simulator.plan.background.workforce import NEVER, favourites
from simulator.primitives.instants import HOUR, SECOND
from simulator.primitives.keys import KeyColumn, purpose

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.flows.steps import Flow
    from simulator.plan.background.entrance import Visits
    from simulator.plan.background.sheet import Positions, Sheet, Value
    from simulator.primitives.columns import Column
    from simulator.primitives.quantiles import Quantiles

LONGEST_TOKEN: Final = 8 * HOUR
"""What a token without refresh lasts at most."""

PORTAL, CONSOLE, CLI = 0, 1, 2
"""What a session is for."""

_USE: Final = purpose("background/use")
_PAUSE: Final = purpose("background/pause")
_PORTAL: Final = purpose("background/portal")
_ACCOUNTS: Final = purpose("background/accounts")
_ROLES: Final = purpose("background/roles")
_PROFILES: Final = purpose("background/profiles")
_SECURITY: Final = purpose("background/security-page")
_KEYS: Final = purpose("background/access-keys")
_CONSOLE: Final = purpose("background/console")
_RELOAD: Final = purpose("background/reload")
_GRANT: Final = purpose("background/grant")
_POLLS: Final = purpose("background/polls")
_PORT: Final = purpose("redirect-port")
_REFRESHABLE: Final = purpose("background/refreshable")
_CONFIGURE: Final = purpose("background/configure")
_CALL: Final = purpose("background/call")
_REFRESH: Final = purpose("background/refresh")
_TOKEN: Final = purpose("background/token")
_SPAN: Final = purpose("background/span")
_SIGN_OUT: Final = purpose("background/sign-out")
_TARGET: Final = purpose("background/target")
_FAVOURITE: Final = purpose("background/favourite")


def uses(visits: Visits) -> NDArray[np.int64]:
    """Return what each session is for; without access to accounts, the portal alone."""
    manners, persona = visits.force.manners, visits.persona
    drawn = visits.key.below(manners["uses"][persona], _USE)
    console = manners["console"][persona]
    cli = (manners["console"] + manners["cli"])[persona]
    use = np.where(drawn < console, CONSOLE, np.where(drawn < cli, CLI, PORTAL))
    use[visits.choices == 0] = PORTAL
    return use


@dataclass(frozen=True, slots=True)
class _Targets:
    """What some users enter: places in `Workforce.grants`."""

    visits: Visits
    place: Positions

    @property
    def account(self) -> NDArray[np.int64]:
        """The accounts."""
        return self.visits.force.grants[1][self.place]

    def entered(self, flow: Flow, key: KeyColumn, start: NDArray[np.int64]) -> dict[str, Value]:
        """Return the columns of episodes of a flow by which accounts are entered."""
        force = self.visits.force
        columns: dict[str, Value] = {
            "account": self.account,
            "permission_set": force.grants[2][self.place],
        }
        entrance = force.directory.entrance
        if entrance.is_recorded:
            began = reached(flow, access_portal.ROLE_STEP, key, start)
            roles, seconds = force.roles[self.place], force.seconds[self.place]
            columns |= entrance.sessions(key, roles, seconds, began)
        return columns


def _targets(visits: Visits, rows: Positions, use: int, ordinal: int) -> _Targets:
    """Draw an account and permission set of each user's own."""
    force, key, user = visits.force, visits.keys(rows), visits.user[rows]
    starts = force.grants[0]
    grant = visits.facts.grant[rows]
    place = force.favourite[user]
    changed = (grant != force.directory.people.grant[user]).nonzero()[0]
    if len(changed):
        whose = force.crew.key.take(user[changed])
        place[changed] = favourites(whose, starts, grant[changed])
    other = (key.below(WHOLE, _FAVOURITE ^ use, ordinal) >= habits.FAVOURITE).nonzero()[0]
    drawn = key.take(other).below(visits.choices[rows[other]], _TARGET ^ use, ordinal)
    place[other] = starts[grant[other]] + drawn
    return _Targets(visits, place)


@dataclass(slots=True)
class Work:
    """Sessions in which something is done, and the sheet it is written on."""

    visits: Visits
    sheet: Sheet
    session_end: NDArray[np.int64]

    def when(
        self, rows: Positions, table: Quantiles, use: int, ordinal: int = 0
    ) -> NDArray[np.int64]:
        """Return when the next thing is done, after a pause of its own."""
        pause = self.visits.pause(rows, table, _PAUSE ^ use, ordinal)
        return self.sheet.clock[rows] + pause

    def key(self, rows: Positions, use: int, ordinal: int = 0) -> KeyColumn:
        """Return the keys of episodes."""
        return self.visits.keys(rows).nth(use, ordinal)

    def some(
        self, rows: Positions, share: NDArray[np.int64] | int, use: int, ordinal: int = 0
    ) -> Positions:
        """Return the rows for which what has this share happens."""
        return rows[self.visits.keys(rows).below(WHOLE, use, ordinal) < share]


def work(visits: Visits, sheet: Sheet, inside: Positions) -> None:
    """Write what everybody who got in does until the session is over."""
    duration = visits.force.scenario.instance.session_duration
    done = Work(visits, sheet, sheet.clock + duration)
    sheet.shared["session_end"] = done.session_end
    sheet.limit[inside] = np.minimum(sheet.limit[inside], done.session_end[inside])
    inside = _open_portal(done, inside, 0, habits.SOON)
    use = visits.use[inside]
    _browse(done, inside[use == PORTAL])
    _consoles(done, inside[use == CONSOLE])
    _command_line(done, inside[use == CLI])
    rest = inside[use != CLI]
    _copy_keys(done, done.some(rest[visits.choices[rest] > 0], habits.COPIES_KEYS, _KEYS))
    curious = done.some(rest, habits.SECURITY_PAGE, _SECURITY)
    sheet.write(
        mfa.LIST,
        curious,
        done.key(curious, _SECURITY),
        done.when(curious, gaps.CLICK, _SECURITY),
        {},
    )
    leaving = done.some(inside, visits.manner(inside, "signs_out"), _SIGN_OUT)
    sheet.write(
        access_portal.SIGN_OUT,
        leaving,
        done.key(leaving, _SIGN_OUT),
        done.when(leaving, habits.BEFORE_SIGN_OUT, _SIGN_OUT),
        {},
    )


def _open_portal(done: Work, rows: Positions, nth: int, pause: Quantiles) -> Positions:
    return done.sheet.write(
        access_portal.PORTAL,
        rows,
        done.key(rows, _PORTAL, nth),
        done.when(rows, pause, _PORTAL, nth),
        {},
    )


def _browse(done: Work, rows: Positions) -> None:
    """Look around the portal."""
    listing = done.some(rows, habits.LISTS_ACCOUNTS, _ACCOUNTS)
    listing = done.sheet.write(
        access_portal.PORTAL_ACCOUNTS,
        listing,
        done.key(listing, _ACCOUNTS),
        done.when(listing, gaps.PAGE, _ACCOUNTS),
        {},
    )
    listing = listing[done.visits.choices[listing] > 0]
    count = done.visits.pause(listing, habits.EXPANDS, _ROLES)
    for nth in range(habits.EXPANDS.greatest):
        some = listing[count > nth]
        account = _targets(done.visits, some, _ROLES, nth).account
        done.sheet.write(
            access_portal.PORTAL_ROLES,
            some,
            done.key(some, _ROLES, nth),
            done.when(some, gaps.CLICK, _ROLES, nth),
            {"account": account},
        )
    curious = done.some(rows, habits.LOOKS_AT_PROFILES, _PROFILES)
    done.sheet.write(
        access_portal.PORTAL_PROFILES,
        curious,
        done.key(curious, _PROFILES),
        done.when(curious, gaps.CLICK, _PROFILES),
        {},
    )


def _consoles(done: Work, rows: Positions) -> None:
    """Open one console after another."""
    count = done.visits.pause(rows, habits.CONSOLES, _CONSOLE)
    for nth in range(habits.CONSOLES.greatest):
        some = rows[count > nth]
        pause = gaps.CLICK
        if nth:
            again = done.some(some, habits.RELOADS, _RELOAD, nth)
            loaded = _open_portal(done, again, nth, habits.NEXT_CONSOLE)
            loads = np.zeros(len(done.visits.chains), np.bool_)
            loads[again] = True
            some = some[~loads[some]]
            pause = habits.NEXT_CONSOLE
            _open_console(done, loaded, nth, gaps.CLICK)
        _open_console(done, some, nth, pause)


def _open_console(done: Work, rows: Positions, nth: int, pause: Quantiles) -> None:
    target = _targets(done.visits, rows, _CONSOLE, nth)
    if not nth:
        # The list of an account's roles opens above the link that is clicked.
        done.sheet.write(
            access_portal.PORTAL_ROLES,
            rows,
            done.key(rows, _ROLES),
            done.when(rows, gaps.CLICK, _ROLES),
            {"account": target.account},
        )
    flow, key = access_portal.CONSOLE, done.key(rows, _CONSOLE, nth)
    start = done.when(rows, pause, _CONSOLE, nth)
    done.sheet.write(flow, rows, key, start, target.entered(flow, key, start))


def _copy_keys(done: Work, rows: Positions) -> None:
    """Copy access keys from the portal."""
    flow, key = access_portal.CREDENTIALS, done.key(rows, _KEYS)
    start = done.when(rows, gaps.CLICK, _KEYS)
    target = _targets(done.visits, rows, _KEYS, 0)
    done.sheet.write(flow, rows, key, start, target.entered(flow, key, start))


# ---- The command line --------------------------------------------------------------------


@dataclass(slots=True)
class _Tokens:
    """Access tokens of some sessions: when each came, and until when it holds."""

    rows: Positions
    issued: NDArray[np.int64]
    """By refresh and row: when, or `NEVER`."""
    expiry: NDArray[np.int64]

    def at(
        self, key: KeyColumn, place: Positions, at: NDArray[np.int64]
    ) -> tuple[dict[str, Column | int], NDArray[np.int64]]:
        """Return the columns of calls by the token that is held at each instant, and its end."""
        nth = (self.issued[1:, place] <= at).sum(axis=0)
        token = key.nth(_TOKEN, nth)
        until = self.expiry[nth, place]
        columns: dict[str, Column | int] = {
            "by_token": 1,
            "token_high": token.high,
            "token_low": token.low,
            "token_expiry": until,
        }
        return columns, until


def _command_line(done: Work, rows: Positions) -> None:
    """Sign the CLI in and work with it."""
    rows, refreshable = _granted(done, rows)
    if not len(rows):
        return
    span = done.visits.pause(rows, habits.CLI_SPAN, _SPAN)
    over = np.minimum(done.sheet.limit[rows], done.sheet.clock[rows] + span)
    tokens = _refreshed(done, rows, refreshable, over)
    place = np.flatnonzero(done.visits.keys(rows).below(WHOLE, _CONFIGURE) < habits.CONFIGURES)
    _configure(done, tokens, place)
    place = np.arange(len(rows))
    for nth in range(habits.MOST_CALLS):
        if not len(place):
            break
        mine = rows[place]
        start = done.when(mine, habits.NEXT_CALL if nth else habits.FIRST_CALL, _CALL, nth)
        on_time = (start < over[place]).nonzero()[0]
        place, mine, start = place[on_time], mine[on_time], start[on_time]
        columns, until = tokens.at(done.visits.keys(mine), place, start)
        on_time = (start < until).nonzero()[0]
        if len(on_time) < len(place):
            place, mine, start = place[on_time], mine[on_time], start[on_time]
            columns = {
                name: value if isinstance(value, int) else value[on_time]
                for name, value in columns.items()
            }
        flow, key = access_portal.CREDENTIALS, done.key(mine, _CALL, nth)
        target = _targets(done.visits, mine, _CALL, nth).entered(flow, key, start)
        done.sheet.write(flow, mine, key, start, {**columns, **target, "agent": "cli_use"})
    # Signing out comes after the last refresh.
    last = np.where(tokens.issued < NEVER, tokens.issued, 0).max(axis=0)
    done.sheet.clock[rows] = np.maximum(done.sheet.clock[rows], last)


def _granted(done: Work, rows: Positions) -> tuple[Positions, NDArray[np.bool_]]:
    """Write how the CLI gets its first token; return who got one, and whose is refreshed."""
    visits, sheet = done.visits, done.sheet
    by_code = visits.force.knows_code_grant[visits.user[rows]]
    by_device = ~by_code | visits.chance(rows, visits.manner(rows, "device_grant"), _GRANT)
    refreshable = visits.chance(rows, habits.REFRESHABLE, _REFRESHABLE)
    lifetime = np.where(refreshable, HOUR, LONGEST_TOKEN)
    port = 49_152 + visits.keys(rows).below(16_384, _PORT)
    granted = []
    for flow, mine in (
        (cli_sign_in.DEVICE_GRANT, np.flatnonzero(by_device)),
        (cli_sign_in.CODE_GRANT, np.flatnonzero(~by_device)),
    ):
        some = rows[mine]
        if not len(some):
            continue
        columns: dict[str, Value] = {
            "agent": "cli_login",
            "polls": visits.pause(some, habits.POLLS, _POLLS),
            "redirect_port": port[mine],
            "expires_in": 0,
        }
        start, key = done.when(some, gaps.INSTANT, _GRANT), done.key(some, _GRANT)
        _, end = measured(flow, columns, key, start)
        # What is left of the session when the token comes, at most.
        left = np.maximum(done.session_end[some] - end, 0)
        columns["expires_in"] = np.minimum(lifetime[mine], left) // SECOND
        granted.append(sheet.write(flow, some, key, start, columns))
    signed_in = np.sort(np.concatenate([rows[:0], *granted]))
    return signed_in, refreshable[np.searchsorted(rows, signed_in)]


def _refreshed(
    done: Work, rows: Positions, refreshable: NDArray[np.bool_], over: NDArray[np.int64]
) -> _Tokens:
    """Write the refreshes until work is over."""
    visits = done.visits
    came = done.sheet.clock[rows]
    issued = np.full((habits.MOST_REFRESHES + 1, len(rows)), NEVER, np.int64)
    expiry = np.zeros((habits.MOST_REFRESHES + 1, len(rows)), np.int64)

    def noted(
        nth: int, place: Positions, at: NDArray[np.int64], longest: NDArray[np.int64] | int
    ) -> None:
        # Cut to the second in which the token came, as its lifetime is.
        left = (done.session_end[rows[place]] - at) // SECOND * SECOND
        issued[nth, place] = at
        expiry[nth, place] = at // SECOND * SECOND + np.minimum(longest, left)

    noted(0, np.arange(len(rows)), came, np.where(refreshable, HOUR, LONGEST_TOKEN))
    place, at = refreshable.nonzero()[0], came[refreshable]
    count = 1
    for nth in range(habits.MOST_REFRESHES):
        at = at + visits.pause(rows[place], habits.REFRESH, _REFRESH, nth)
        on_time = at < over[place]
        place, at = place[on_time], at[on_time]
        if not len(place):
            break
        mine = rows[place]
        left = (done.session_end[mine] - at) // SECOND
        done.sheet.write(
            cli_sign_in.REFRESH_GRANT,
            mine,
            done.key(mine, _REFRESH, nth),
            at,
            {"agent": "cli_use", "expires_in": np.minimum(HOUR // SECOND, left)},
        )
        noted(nth + 1, place, at, HOUR)
        count += 1
    # Calls are told on the clock of the session, not after its refreshes.
    done.sheet.clock[rows] = came
    return _Tokens(rows, issued[:count], expiry[:count])


def _configure(done: Work, tokens: _Tokens, place: Positions) -> None:
    """List accounts and roles with the token, as `aws configure sso` does."""
    rows = tokens.rows[place]
    for flow, pause, use in (
        (access_portal.PORTAL_ACCOUNTS, gaps.PAGE, _ACCOUNTS),
        (access_portal.PORTAL_ROLES, gaps.CLICK, _ROLES),
    ):
        start = done.when(rows, pause, use)
        told, _ = tokens.at(done.visits.keys(rows), place, start)
        columns: dict[str, Value] = {
            **told,
            "agent": "cli_login",
            "account": _targets(done.visits, rows, use, 0).account,
        }
        done.sheet.write(flow, rows, done.key(rows, use), start, columns)
