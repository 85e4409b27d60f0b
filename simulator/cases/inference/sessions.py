"""What users do once signed in: the portal, accounts they enter, the CLI and their MFA devices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from simulator.cases.inference.cast import permission_set_of
from simulator.cases.inference.seen import Act
from simulator.flows.api_calls import USER_CALLS
from simulator.plan.calls import command_of
from simulator.primitives.instants import MINUTE, SECOND
from simulator.records.fields import GRANTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from simulator.cases.inference.cast import Cast
    from simulator.cases.inference.seen import Rest, Seen

_VISIT: Final = 15 * MINUTE
"""Pages of one visit to the portal lie no further apart."""
_ENTERED: Final = 15 * SECOND
"""What entering an account leaves behind comes no later."""
_POLLING: Final = 15 * MINUTE
_MFA_PAGE: Final = 15 * MINUTE
_DEVICE_CODE, _, _REFRESH = GRANTS
_LIST: Final = "sso-directory/ListMfaDevicesForUser"
_ASSUMED: Final = "sts/AssumeRoleWithSAML"
_PAGES: Final = (
    "sso/Authenticate",
    "sso/ListApplications",
    "sso/ListAccounts",
    "sso/ListAccountRoles",
    "sso/ListProfilesForApplication",
)
"""What `browse-portal` leaves, in order; the last two more than once."""
_SEVERAL: Final = frozenset(_PAGES[3:])
_CONSOLE: Final = ("signin/GetSigninToken", "signin/ConsoleLogin")
_FIRST_CALL: Final = "sts/GetCallerIdentity"


def sessions(rest: Rest, cast: Cast) -> Iterator[Act]:
    """Yield what records by users are taken for, but for sign-ins."""
    for one in rest:
        if not one.is_by_user or one.kind is None:
            continue
        make = _MAKERS.get(one.name)
        if make is None:
            continue
        act = make(rest, cast, one)
        if act is not None:
            rest.take(*act.seen)
            yield act


def handle_of(seen: Seen) -> tuple[str, str]:
    """Return what a record was done with: `session` or `token`, and its credentialId."""
    for kind, name in (("session", "session.handle"), ("token", "token.credential")):
        if name in seen.fields:
            return kind, seen.fields[name]
    return "", ""


def _same(seen: Seen, kinds: set[str] | frozenset[str]) -> Callable[[Seen], bool]:
    """Return what tells records of some kinds by the same user with the same credential."""
    user, handle = seen.fields.get("user.id"), handle_of(seen)

    def asked(other: Seen) -> bool:
        return (
            other.name in kinds
            and other.is_by_user
            and other.fields.get("user.id") == user
            and handle_of(other) == handle
        )

    return asked


def _browse(rest: Rest, cast: Cast, first: Seen) -> Act | None:
    if handle_of(first)[0] == "token":
        return _configure(rest, cast, first)
    seen, before = [first], first
    for one in rest.after(first, _VISIT, _same(first, frozenset(_PAGES))):
        rank, last = _PAGES.index(one.name), _PAGES.index(before.name)
        if rank < last or (rank == last and one.name not in _SEVERAL):
            break
        seen.append(one)
        before = one
    accounts = [
        cast.account(one.fields.get("account.id", ""))
        for one in seen
        if one.name == "sso/ListAccountRoles"
    ]
    said: dict[str, Any] = {}
    if any(one.name in _PAGES[2:4] for one in seen):
        # The list of accounts is looked at to choose one.
        said["accounts"] = accounts or [next(iter(cast.accounts.values()), "management")]
    if profiles := sum(one.name == _PAGES[4] for one in seen):
        said["applications"] = profiles
    return Act("browse-portal", said, seen, user=cast.user_of(first))


def _configure(rest: Rest, cast: Cast, first: Seen) -> Act:
    """Take records for a CLI that lists accounts and roles, of whose sign-in there is no record."""
    listed = rest.after(first, _VISIT, _same(first, frozenset({"sso/ListAccountRoles"})))
    return Act("cli-sign-in", {"list_accounts": True}, [first, *listed], user=cast.user_of(first))


def _entrance(rest: Rest, cast: Cast, first: Seen) -> Act | None:
    """Take records for what entering an account leaves: in the portal, and in the account."""
    shows = first.fields
    account = shows.get("account.id", "")
    seen = [first]
    is_console = first.name == "sso/Federate"
    if first.name == _ASSUMED:
        is_console = bool(rest.after(first, _ENTERED, lambda one: one.name in _CONSOLE))
    user = cast.user_of(first)

    def is_there(other: Seen) -> bool:
        wanted = _CONSOLE if is_console else (_FIRST_CALL,)
        if other.text("recipientAccountId") != account:
            return False
        return (other.name == _ASSUMED and other.fields.get("user.name") == name) or (
            other.name in wanted and _session_name(other) == name
        )

    name = shows.get("user.name") or (user or "")
    known = cast.users.find(shows.get("user.id"), shows.get("user.name"))
    if known is not None and not shows.get("user.name") and known.names:
        name = known.names[0]
    for one in rest.after(first, _ENTERED, is_there):
        if all(one.name != other.name for other in seen):
            seen.append(one)
    made_of = shows.get("permission_set.name") or permission_set_of(
        shows.get("role.name") or shows.get("role.arn", "").rpartition("/")[2]
    )
    said: dict[str, Any] = {
        "account": cast.account(account),
        "permission_set": cast.permission_set(made_of or "PermissionSet"),
    }
    if is_console:
        return Act("open-console", said, seen, user=user)
    tool = "portal" if handle_of(first)[0] == "session" else "cli"
    return Act("get-role-credentials", {**said, "with_tool": tool}, seen, user=user)


def calls_with_roles(rest: Rest, cast: Cast, acts: Sequence[Act]) -> Iterator[Act]:
    """Yield the calls that users make with a role they have taken, a run of them at a time."""
    entered = {
        (act.user, act.said["account"], act.said["permission_set"])
        for act in acts
        if act.does in {"open-console", "get-role-credentials"}
    }
    for first in rest:
        taken = _taken(cast, first)
        if taken is None or (first.name not in _CALLS):
            continue
        if taken not in entered and "user.id" not in first.fields:
            continue
        seen = [first]
        for one in rest.after(first, _VISIT, lambda one: one.name in _CALLS):
            if _session(one) != _session(first):
                continue
            if one.text("userAgent") != first.text("userAgent"):
                break
            seen.append(one)
        user, account, permission_set = taken
        is_console = first.member("sessionCredentialFromConsole") is not None
        said = {
            "account": account,
            "permission_set": permission_set,
            "with_tool": "console" if is_console else "cli",
            "calls": [_CALLS[one.name] for one in seen],
        }
        rest.take(*seen)
        yield Act("use-role", said, seen, user=user)


def _taken(cast: Cast, seen: Seen) -> tuple[str, str, str] | None:
    """Return the user, account and permission set of the role that a call is made with."""
    role = seen.text("userIdentity", "sessionContext", "sessionIssuer", "userName")
    made_of = permission_set_of(role)
    user = cast.users.find(seen.fields.get("user.id"), _session_name(seen))
    if made_of is None or user is None:
        return None
    return user.called, cast.account(seen.text("userIdentity", "accountId")), made_of


def _session(seen: Seen) -> tuple[str, str]:
    """Return what tells one role session from another, as far as records do."""
    began = seen.text("userIdentity", "sessionContext", "attributes", "creationDate")
    return seen.text("userIdentity", "arn"), began


_CALLS: Final = {kind: command_of(kind).partition(".")[2] for kind in USER_CALLS}
"""What users call with roles, to the words that `use-role` has for it."""


def _session_name(seen: Seen) -> str:
    return seen.text("userIdentity", "arn").rpartition("/")[2]


def _token(rest: Rest, cast: Cast, first: Seen) -> Act | None:
    grant = first.fields.get("oidc.grant")
    user = cast.user_of(first)
    if grant == _REFRESH:
        return Act("refresh-token", {}, [first], user=user)
    if grant != _DEVICE_CODE:
        return _listed(rest, Act("cli-sign-in", {}, [first], user=user))
    seen = [first]
    code, client = first.fields.get("device.code"), first.fields.get("client.id")
    if first.member("responseElements") is None:
        for one in rest.after(first, _POLLING, lambda one: one.name == first.name):
            if (one.fields.get("device.code"), one.fields.get("client.id")) != (code, client):
                continue
            seen.append(one)
            if one.member("responseElements") is not None:
                user = cast.user_of(one)
                break
    polls = sum(one.member("responseElements") is None for one in seen)
    said = {"grant": "device-code", "polls": min(polls, 20)}
    return _listed(rest, Act("cli-sign-in", said, seen, user=user))


def _listed(rest: Rest, act: Act) -> Act:
    """Return a sign-in with the CLI, with the accounts and roles that it lists right after."""
    last = act.seen[-1]
    answer = last.member("responseElements")
    if isinstance(answer, dict) and "refreshToken" not in answer:
        act.said["refreshable"] = False
    user = last.fields.get("user.id")
    listed = rest.after(
        last,
        MINUTE,
        lambda one: (
            one.name in _PAGES[2:4]
            and handle_of(one)[0] == "token"
            and one.fields.get("user.id") == user
        ),
    )
    if listed and listed[0].name == "sso/ListAccounts":
        act.said["list_accounts"] = True
        act.seen += listed
    return act


def _sign_out(rest: Rest, cast: Cast, first: Seen) -> Act | None:  # noqa: ARG001  # as all are
    said = {"with_tool": "cli"} if handle_of(first)[0] == "token" else {}
    return Act("sign-out", said, [first], user=cast.user_of(first))


def _device(rest: Rest, cast: Cast, first: Seen) -> Act | None:
    """Take records for a change of one's own MFA devices: the page lists them before and after."""
    is_listing = _same(first, frozenset({_LIST}))
    is_change = _same(first, frozenset(_CHANGES))
    change = first
    if first.name == _LIST:
        later = rest.after(first, _MFA_PAGE, lambda one: is_listing(one) or is_change(one))
        if not later or later[0].name == _LIST:
            return Act("list-mfa-devices", {}, [first], user=cast.user_of(first))
        change = later[0]
    seen = [first] if change is first else [first, change]
    does, kind = _CHANGES[change.name]
    said: dict[str, Any] = {}
    thing = cast.devices.find(change.fields.get("mfa.id"), change.fields.get("mfa.name"))
    if does == "register-mfa-device":
        said["type"] = kind
        completes = change.name.replace("/Start", "/Complete")
        done = (
            [change]
            if "/Complete" in change.name
            else rest.after(change, _MFA_PAGE, _same(first, frozenset({completes})))[:1]
        )
        if done:
            shows = done[0].fields
            thing = cast.devices.find(shows.get("mfa.id"), shows.get("mfa.name"))
            seen += [one for one in done if one is not change]
        else:
            said["completes"] = False
        said["name"] = "New device" if thing is None else thing
    else:
        said["device"] = "Device" if thing is None else thing
        if does == "rename-mfa-device":
            said["name"] = change.fields.get("mfa.name") or "Renamed device"
    seen += rest.after(seen[-1], 5 * SECOND, is_listing)[:1]
    return Act(does, said, seen, user=cast.user_of(first))


_CHANGES: Final = {
    "sso-directory/StartVirtualMfaDeviceRegistration": ("register-mfa-device", "totp"),
    "sso-directory/CompleteVirtualMfaDeviceRegistration": ("register-mfa-device", "totp"),
    "sso-directory/StartWebAuthnDeviceRegistration": ("register-mfa-device", "webauthn"),
    "sso-directory/CompleteWebAuthnDeviceRegistration": ("register-mfa-device", "webauthn"),
    "sso-directory/UpdateMfaDeviceForUser": ("rename-mfa-device", ""),
    "sso-directory/DeleteMfaDeviceForUser": ("delete-mfa-device", ""),
}
"""Kind to what it is part of, and the type of device."""

_MAKERS: Final[dict[str, Callable[[Rest, Cast, Seen], Act | None]]] = {
    **dict.fromkeys(_PAGES, _browse),
    "sso/Federate": _entrance,
    "sso/GetRoleCredentials": _entrance,
    _ASSUMED: _entrance,
    "sso/CreateToken": _token,
    "sso/Logout": _sign_out,
    _LIST: _device,
    **dict.fromkeys(_CHANGES, _device),
}
"""Kind of the first record to what tells what it is part of."""
