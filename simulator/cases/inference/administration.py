"""What administrators do, one call an entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from simulator.cases.inference.seen import Act
from simulator.plan.actions.directory import DIALECTS
from simulator.primitives.instants import MINUTE, SECOND, format_instant, parse_java_date
from simulator.records.api.operations import OPERATIONS
from simulator.records.api.structures import HIDDEN, Structure, members
from simulator.scenario.actions import API_ONLY, CONSOLE_ONLY
from simulator.scenario.call_checks import CALLABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from simulator.cases.inference.cast import Cast, Thing
    from simulator.cases.inference.seen import Rest, Seen

_SIDES: Final = ("sso-directory", "identitystore")
_VIA: Final = {"sso-directory": "console", "identitystore": "api"}

_ELSEWHERE: Final = {"sso-directory": API_ONLY, "identitystore": CONSOLE_ONLY}
_DOES: Final = {
    f"{source}/{event}": does
    for does, events in DIALECTS.items()
    for source, event in zip(_SIDES, events, strict=True)
    if event is not None and does not in _ELSEWHERE[source]
}
"""Kind to the action that leaves it; of several the last, which demands least."""


def administration(rest: Rest, cast: Cast) -> Iterator[Act]:
    """Yield what records by administrators are taken for."""
    for one in rest:
        if one.is_by_user or one.kind is None:
            continue
        act = None
        if one.name in _DOES:
            act = _directory(cast, one)
        elif one.name in _DEVICES:
            act = _DEVICES[one.name](rest, cast, one)
        elif one.name in CALLABLE:
            act = _call(one)
        if act is not None:
            act.admin = cast.administrator_of(one)
            # Of a call that two accounts receive both records are there, or one of them.
            act.seen += _copies(rest, act.seen)
            act.seen.sort(key=lambda seen: seen.place)
            rest.take(*act.seen)
            yield act


def _copies(rest: Rest, seen: list[Seen]) -> list[Seen]:
    """Return the records of the same calls that the other account received."""
    ids = {one.text("sharedEventID") for one in seen} - {""}
    if not ids:
        return []
    within = seen[-1].at - seen[0].at + 2 * SECOND
    found = rest.after(seen[0], within, lambda one: one.text("sharedEventID") in ids)
    return [one for one in found if one not in seen]


def _call(one: Seen) -> Act:
    operation = OPERATIONS[one.name]
    said: dict[str, Any] = {"operation": one.name}
    request = one.member("requestParameters")
    if operation.request is not None and isinstance(request, dict):
        said["parameters"] = written(operation.request, request)
    if "errorCode" in one.record:
        code, message = one.text("errorCode"), one.text("errorMessage")
        said["error"] = {"code": code or "Failure", "message": message or code or "Failure"}
    elif operation.response is not None and not operation.read_only:
        response = one.member("responseElements")
        said["response"] = (
            written(operation.response, response) if isinstance(response, dict) else {}
        )
    via = _way(one)
    return Act("call", said | ({} if via is None else {"via": via}), [one])


def _way(one: Seen) -> str | None:
    if one.member("sessionCredentialFromConsole") is not None:
        return "console"
    return None


def written(structure: Structure, value: Any) -> Any:  # noqa: ANN401  # JSON
    """Return a recorded payload as a scenario has it: text, in the members of its structure."""
    if isinstance(structure, dict):
        return _members(structure, value if isinstance(value, dict) else {})
    if isinstance(structure, list):
        items = value if isinstance(value, list) else []
        return [written(structure[0], item) for item in items]
    if structure == "any" or isinstance(value, str):
        return _instant(value) if structure == "date" else value
    return str(value).lower() if isinstance(value, bool) else str(value)


def _members(structure: dict[str, Structure], value: dict[str, Any]) -> dict[str, Any]:
    if "*" in structure:
        return {name: written(structure["*"], inner) for name, inner in value.items()}
    return {
        name: written(inner, value[name])
        for name, inner, _ in members(structure)
        if value.get(name) is not None and not (inner == "hidden" and value[name] == HIDDEN)
    }


_REGISTRATION: Final = 15 * MINUTE
"""A device is registered in no longer."""


def _instant(text: str) -> str:
    """Return a date of a payload as scenarios write it; the text itself if it is none."""
    try:
        return format_instant(parse_java_date(text))
    except ValueError:
        return text


def _directory(cast: Cast, one: Seen) -> Act | None:
    """Return what a call about users and groups is taken for."""
    does = _DOES[one.name]
    user = cast.users.find(one.fields.get("user.id"), None)
    group = cast.groups.find(one.fields.get("group.id"), None)
    known = cast.memberships.get(one.fields.get("membership.id", ""))
    if known is not None and (user is None or group is None):
        # By now both may be others, of which this does not tell.
        user, group = known
    said = _SAID[does](one, user, group) if does in _SAID else _about(user, group)
    if said is None or said.keys() != _WANTS.get(does, said.keys()):
        return None
    return Act(does, {**said, "via": _VIA[one.name.partition("/")[0]]}, [one])


def _about(user: Thing | None, group: Thing | None) -> dict[str, Any]:
    """Return whom and what a call is about."""
    said: dict[str, Any] = {} if user is None else {"user": user.called}
    return said if group is None else {**said, "group": group}


_DESCRIPTION: Final = {"description": "What it is for"}
"""Records never show one."""


def _create_group(one: Seen, user: Thing | None, group: Thing | None) -> dict[str, Any] | None:  # noqa: ARG001  # as all are
    if group is None:
        return None
    return {"group": {"name": group, **_id(group.odd_id), **_described(one)}}


def _update_group(one: Seen, user: Thing | None, group: Thing | None) -> dict[str, Any] | None:  # noqa: ARG001  # as all are
    if group is None:
        return None
    details = _described(one)
    if "isplayName" in str(one.member("requestParameters")):
        details["name"] = one.fields.get("group.name") or f"{group.called} (renamed)"
    return {"group": group, **(details or _DESCRIPTION)}


def _described(one: Seen) -> dict[str, Any]:
    is_described = "description" in str(one.member("requestParameters"))
    return dict(_DESCRIPTION) if is_described else {}


def _create_user(one: Seen, user: Thing | None, group: Thing | None) -> dict[str, Any] | None:  # noqa: ARG001  # as all are
    if user is None:
        return None
    return {"new_user": {"name": user.called, **_id(user.odd_id)}, **_by_code("password", one)}


def _change_members(one: Seen, user: Thing | None, group: Thing | None) -> dict[str, Any] | None:  # noqa: ARG001  # as all are
    if user is None or group is None:
        return None
    return {"group": group, "users": [user.called]}


def _update_user(one: Seen, user: Thing | None, group: Thing | None) -> dict[str, Any] | None:
    shows = one.fields
    paths = [shows[name] for name in sorted(shows) if name.startswith("attribute.")]
    return {**_about(user, group), "attributes": paths or ["title"]}


def _reset_password(one: Seen, user: Thing | None, group: Thing | None) -> dict[str, Any] | None:
    return {**_about(user, group), **_by_code("mode", one)}


def _by_code(member: str, one: Seen) -> dict[str, Any]:
    return {member: "otp"} if one.fields.get("password.mode") == "OTP" else {}


_SAID: Final[dict[str, Callable[[Seen, Thing | None, Thing | None], dict[str, Any] | None]]] = {
    "create-group": _create_group,
    "update-group": _update_group,
    "create-user": _create_user,
    "add-members": _change_members,
    "remove-members": _change_members,
    "update-user": _update_user,
    "reset-password": _reset_password,
}
"""Action to its parameters, of those that say more than whom and what they are about."""

_USER: Final = frozenset({"user"})
_GROUP: Final = frozenset({"group"})
_WANTS: Final = {
    "delete-group": _GROUP,
    "describe-group": _GROUP,
    "list-group-members": _GROUP,
    "delete-user": _USER,
    "describe-user": _USER,
    "list-groups-for-user": _USER,
    "check-membership": _USER | _GROUP,
    "get-membership-id": _USER | _GROUP,
    "list-users": frozenset[str](),
    "list-groups": frozenset[str](),
    "search-users": frozenset[str](),
    "search-groups": frozenset[str](),
    "describe-directory": frozenset[str](),
}
"""Action to just what it must say, where that is always the same."""


def _id(odd: str | None) -> dict[str, str]:
    return {} if odd is None else {"id": odd}


def _list_devices(rest: Rest, cast: Cast, one: Seen) -> Act | None:  # noqa: ARG001  # as all are
    user = cast.user_of(one)
    return None if user is None else Act("admin-list-mfa-devices", {"users": [user]}, [one])


def _change_device(does: str, kind: str = "") -> Callable[[Rest, Cast, Seen], Act | None]:
    def made(rest: Rest, cast: Cast, one: Seen) -> Act | None:
        user = cast.user_of(one)
        seen = [one]
        if "/Start" in one.name:
            completes = one.name.replace("/Start", "/Complete")
            seen += rest.after(
                one,
                _REGISTRATION,
                lambda other: (
                    other.name == completes
                    and other.fields.get("user.id") == one.fields.get("user.id")
                ),
            )[:1]
        shows = seen[-1].fields
        thing = cast.devices.find(shows.get("mfa.id"), shows.get("mfa.name"))
        if user is None:
            return None
        device = "Device" if thing is None else thing
        said: dict[str, Any] = {"user": user}
        if does == "admin-register-mfa-device":
            said |= {"type": kind, "name": device}
        else:
            said["device"] = device
            if does == "admin-rename-mfa-device":
                said["name"] = shows.get("mfa.name") or "Renamed device"
        return Act(does, said, seen)

    return made


_DEVICES: Final[dict[str, Callable[[Rest, Cast, Seen], Act | None]]] = {
    "sso-directory/ListMfaDevicesForUser": _list_devices,
    "sso-directory/StartVirtualMfaDeviceRegistration": _change_device(
        "admin-register-mfa-device", "totp"
    ),
    "sso-directory/CompleteVirtualMfaDeviceRegistration": _change_device(
        "admin-register-mfa-device", "totp"
    ),
    "sso-directory/StartWebAuthnDeviceRegistration": _change_device(
        "admin-register-mfa-device", "webauthn"
    ),
    "sso-directory/CompleteWebAuthnDeviceRegistration": _change_device(
        "admin-register-mfa-device", "webauthn"
    ),
    "sso-directory/UpdateMfaDeviceForUser": _change_device("admin-rename-mfa-device"),
    "sso-directory/DeleteMfaDeviceForUser": _change_device("admin-delete-mfa-device"),
}
