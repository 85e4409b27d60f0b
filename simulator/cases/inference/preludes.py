"""What must have happened before, and left no record in the case: sign-ins and the like.

Who uses the portal is signed in, who fetches credentials with the CLI has a token, who calls
with a role has taken it. Where no record tells of that, an entry is put in whose records are
left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from simulator.cases.inference.seen import Act
from simulator.cases.inference.sessions import handle_of
from simulator.primitives.instants import HOUR, SECOND

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_NEEDS: Final = {
    "browse-portal": "session",
    "open-console": "session",
    "register-mfa-device": "session",
    "rename-mfa-device": "session",
    "delete-mfa-device": "session",
    "list-mfa-devices": "session",
    "cli-sign-in": "session",
    "refresh-token": "token",
    "use-role": "role",
}
"""Action to what whoever does it must have; of others it depends on the tool."""

_BEFORE: Final = {"session": 20 * SECOND, "token": 15 * SECOND, "role": 10 * SECOND}
"""How long before the act that needs it each is come by."""
_TOKEN_LASTS: Final = HOUR - 60 * SECOND
_ANY: Final = "?"
"""A session or token of which no record has shown the id yet."""


@dataclass(slots=True)
class _Held:
    """What a user has at present."""

    session: str | None = None
    since: int = 0
    token: str | None = None
    token_until: int = 0
    roles: set[tuple[str, str, str]] = field(default_factory=set)


def completed(acts: Sequence[Act]) -> tuple[list[Act], int]:
    """Return acts in order with those put in that they need, and how long the longest session is.

    The length is in milliseconds.
    """
    held: dict[str, _Held] = {}
    made: list[Act] = []
    longest = 0
    for act in sorted(acts, key=lambda act: act.at):
        if act.user is not None:
            mine = held.setdefault(act.user, _Held())
            made += _needed(act, mine)
            _done(act, mine)
            if mine.session is not None:
                longest = max(longest, act.at - mine.since)
        made.append(act)
    return made, longest


def _need(act: Act) -> str | None:
    if act.does in {"get-role-credentials", "sign-out"}:
        usual = "cli" if act.does == "get-role-credentials" else "portal"
        return "token" if act.said.get("with_tool", usual) == "cli" else "session"
    return _NEEDS.get(act.does)


def _needed(act: Act, mine: _Held) -> Iterator[Act]:
    """Yield the acts that an act needs before it."""
    need = _need(act)
    if need is None:
        return
    kind, handle = ("", "") if act.is_silent else handle_of(act.seen[0])
    if need == "role":
        role = _role(act)
        if role in mine.roles:
            return
        is_console = role[2] == "console"
        taken = {"account": role[0], "permission_set": role[1]}
        before = Act("open-console" if is_console else "get-role-credentials", taken, [])
        yield from _put_in(act, mine, before, "role")
        return
    wanted = handle if kind == need else _ANY
    if need == "session" or mine.session is None:
        is_other = wanted not in {_ANY, mine.session} and mine.session != _ANY
        if mine.session is None or (need == "session" and is_other):
            sign_in = Act("sign-in", {"with": {"factor": "none"}}, [])
            yield from _put_in(act, mine, sign_in, "session")
        if need == "session" and wanted != _ANY:
            mine.session = wanted
    if need == "token":
        is_other = wanted not in {_ANY, mine.token} and mine.token != _ANY
        if (
            mine.token is None
            or is_other
            or (act.at >= mine.token_until and act.does != "refresh-token")
        ):
            is_refreshed = act.does == "refresh-token"
            said = {} if is_refreshed else {"refreshable": False}
            yield from _put_in(act, mine, Act("cli-sign-in", said, []), "token")
        if wanted != _ANY:
            mine.token = wanted


def _put_in(act: Act, mine: _Held, made: Act, what: str) -> Iterator[Act]:
    """Yield an act that is put in before another, after what it needs itself."""
    made.user, made.at = act.user, act.at - _BEFORE[what]
    yield from _needed(made, mine)
    _done(made, mine)
    yield made


def _done(act: Act, mine: _Held) -> None:
    """Take note of what a user has after an act."""
    if act.does == "sign-in":
        if _succeeds(act):
            mine.session, mine.since, mine.token = _ANY, act.at, None
    elif act.does == "cli-sign-in":
        lasts = 8 * HOUR if act.said.get("refreshable") is False else _TOKEN_LASTS
        mine.token, mine.token_until = _ANY, act.at + lasts
    elif act.does == "refresh-token":
        mine.token, mine.token_until = _ANY, act.at + _TOKEN_LASTS
    elif act.does == "sign-out":
        if act.said.get("with_tool") != "cli":
            mine.session = None
        mine.token = None
    elif act.does in {"open-console", "get-role-credentials"}:
        mine.roles.add(_role(act))


def _succeeds(act: Act) -> bool:
    how = act.said.get("with", {})
    if how.get("resync"):
        return True
    return (
        all(
            how.get(name, ["right"])[-1] in {"right", "valid"}
            for name in ("password", "code", "assertion")
        )
        and act.user is not None
    )


def _role(act: Act) -> tuple[str, str, str]:
    tool = "console" if act.does == "open-console" else act.said.get("with_tool", "cli")
    return act.said["account"], act.said["permission_set"], tool
