"""What administrators do, one call an entry."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from simulator.cases.seen import Act
from simulator.plan.actions.directory import DIALECTS
from simulator.records.api.operations import OPERATIONS
from simulator.records.api.structures import HIDDEN, Structure, members
from simulator.scenario.actions import API_ONLY, CONSOLE_ONLY
from simulator.scenario.call_checks import CALLABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from simulator.cases.cast import Cast
    from simulator.cases.seen import Rest, Seen

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
            act = _directory(rest, cast, one)
        elif one.name in _DEVICES:
            act = _DEVICES[one.name](rest, cast, one)
        elif one.name in CALLABLE:
            act = _call(cast, one)
        if act is not None:
            act.admin = cast.administrator_of(one)
            # Of a call that two accounts receive both records are there, or one of them.
            act.seen += _copies(rest, act.seen)
            act.seen.sort(key=lambda seen: seen.place)
            rest.take(*act.seen)
            yield act


def _copies(rest: Rest, seen: list[Seen]) -> list[Seen]:
    ids = {one.text("sharedEventID") for one in seen} - {""}
    found = (
        [] if not ids else rest.after(seen[0], 2_000, lambda one: one.text("sharedEventID") in ids)
    )
    return [one for one in found if one not in seen]


def _call(cast: Cast, one: Seen) -> Act:
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
        if not isinstance(value, dict):
            return {}
        if "*" in structure:
            return {name: written(structure["*"], inner) for name, inner in value.items()}
        return {
            name: written(inner, value[name])
            for name, inner, _ in members(structure)
            if value.get(name) is not None and not (inner == "hidden" and value[name] == HIDDEN)
        }
    if isinstance(structure, list):
        items = value if isinstance(value, list) else []
        return [written(structure[0], item) for item in items]
    if structure == "date" and isinstance(value, str):
        return _instant(value)
    if structure == "any" or isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)


_JAVA_DATE: Final = "%b %d %Y %I:%M:%S %p"


def _instant(text: str) -> str:
    """Return a date of a payload as scenarios write it; the text itself if it is none."""
    try:
        at = datetime.strptime(text.replace(",", ""), _JAVA_DATE).replace(tzinfo=UTC)
    except ValueError:
        return text
    return at.isoformat().replace("+00:00", "Z")


def _directory(rest: Rest, cast: Cast, one: Seen) -> Act | None:  # noqa: C901, PLR0912  # one case a sort of thing
    does = _DOES[one.name]
    shows = one.fields
    user = cast.users.find(shows.get("user.id"), None)
    group = cast.groups.find(shows.get("group.id"), None)
    said: dict[str, Any] = {}
    request = one.member("requestParameters")
    if not isinstance(request, dict):
        request = {}
    if does in {"create-group", "update-group"}:
        thing = group or cast.groups.find(None, shows.get("group.name"))
        if thing is None:
            return None
        details: dict[str, Any] = {}
        if "description" in str(request):
            details["description"] = "What it is for"
        if does == "create-group":
            said["group"] = {"name": thing, **_id(thing.odd_id), **details}
        else:
            new = shows.get("group.name")
            if "isplayName" in str(request):
                details["name"] = new or f"{thing.called} (renamed)"
            said |= {"group": thing, **(details or {"description": "What it is for"})}
    elif does == "create-user":
        if user is None:
            return None
        said["new_user"] = {"name": user.called, **_id(user.odd_id)}
        if shows.get("password.mode") == "OTP":
            said["password"] = "otp"
    elif does in {"add-members", "remove-members"}:
        if user is None or group is None:
            return None
        said |= {"group": group, "users": [user.called]}
    else:
        if user is not None:
            said["user"] = user.called
        if group is not None:
            said["group"] = group
        if does == "update-user":
            paths = [shows[name] for name in sorted(shows) if name.startswith("attribute.")]
            said["attributes"] = paths or ["title"]
        if does == "reset-password" and shows.get("password.mode") == "OTP":
            said["mode"] = "otp"
    if said.keys() != _WANTS.get(does, said.keys()):
        return None
    source = one.name.partition("/")[0]
    return Act(does, {**said, "via": _VIA[source]}, [one])


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
                900_000,
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
