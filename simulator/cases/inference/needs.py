"""What has to be there when a case's window begins, so that everything in it can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from simulator.cases.inference.cast import written_user
from simulator.primitives.instants import format_duration

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simulator.cases.inference.cast import Administrator, Cast
    from simulator.cases.inference.seen import Act

CARRIER: Final = "sts/GetCallerIdentity"
"""The call in whose place a record is put of which nothing else is made."""
RECORDER: Final = "recorder"
"""The administrator who makes it."""


class Needs:
    """What has to be there when the window begins, so that everything can be done."""

    def __init__(self, cast: Cast, acts: Sequence[Act]) -> None:
        self.cast = cast
        self.acts = acts
        self.sets: list[str] = []
        self.devices: dict[str, list[dict[str, Any]]] = {}
        self.grants: dict[str, list[tuple[str, str]]] = {}
        self.members: dict[str, list[str]] = {}
        self.joined: set[tuple[str, int]] = set()
        self.without_password: set[str] = set()
        self.created: dict[str, set[str]] = {"user": set(), "group": set()}
        self.used: dict[str, set[str]] = {"user": set(), "group": set()}
        self.is_asked = False
        self.is_not_asked = False
        self.by_mail = False
        self.by_idp = False
        for act in acts:
            self._note(act)

    def _note(self, act: Act) -> None:
        said, user = act.named, act.user or act.named.get("user")
        self._use("user", user, *said.get("users", ()))
        self._use("group", said.get("group"))
        if act.does == "create-user":
            self.created["user"].add(said["new_user"]["name"])
        elif act.does == "create-group":
            self.created["group"].add(said["group"]["name"])
        elif act.does in {"add-members", "remove-members"}:
            self._change_members(act)
        if user is not None:
            self._of_user(act, user)

    def _use(self, kind: str, *names: object) -> None:
        """Take note that users or groups are spoken of, which nobody has created yet."""
        self.used[kind].update(
            name for name in names if isinstance(name, str) and name not in self.created[kind]
        )

    def _of_user(self, act: Act, user: str) -> None:
        """Take note of what a user must have for an act."""
        said = act.named
        if act.does == "sign-in":
            self._sign_in(user, said.get("with", {}))
        elif act.does in {"register-mfa-device", "admin-register-mfa-device"}:
            self._has(user, said["name"], said["type"], at_first=False)
        elif "device" in said:
            self._has(user, said["device"], None)
            if "name" in said:
                self._has(user, said["name"], None, at_first=False)
        if "permission_set" in said and "account" in said:
            self._may(user, said["permission_set"], said["account"])
        for account in said.get("accounts", ()) if act.does == "browse-portal" else ():
            if all(pair[1] != account for pair in self.grants.get(user, ())):
                self._may(user, (self.sets or self.cast.sets or ["PermissionSet"])[0], account)

    def _change_members(self, act: Act) -> None:
        """Let users be in a group from the beginning who are removed from it and never joined."""
        group = act.said["group"]
        for name in act.said["users"]:
            pair = (name, id(group))
            is_new = group.called in self.created["group"]
            if act.does == "remove-members" and pair not in self.joined and not is_new:
                self.members.setdefault(name, []).append(group.called)
            self.joined.add(pair)

    def _may(self, user: str, permission_set: str, account: str) -> None:
        if permission_set not in self.sets:
            self.sets.append(permission_set)
        pairs = self.grants.setdefault(user, [])
        if (permission_set, account) not in pairs:
            pairs.append((permission_set, account))

    def _has(self, user: str, name: str | None, kind: str | None, *, at_first: bool = True) -> None:
        """Let a user have a device: from the beginning, or from now on."""
        held = self.devices.setdefault(user, [])
        if name is None:
            if any(one["type"] == kind for one in held):
                return
        elif any(one.get("name") == name for one in held):
            return
        nameless = next((one for one in held if one["name"] is None), None)
        if at_first and name is not None and nameless is not None:
            # Most likely the one that was signed in with before.
            nameless["name"] = name
            return
        held.append({"type": kind or "totp", "name": name, "at_first": at_first})

    def _sign_in(self, user: str, how: Mapping[str, Any]) -> None:
        factor = how.get("factor")
        if "assertion" in how:
            self.by_idp = True
        if factor == "email-otp" and "password" not in how and user not in self.created["user"]:
            self.without_password.add(user)
        elif factor == "email-otp":
            self.by_mail = True
        elif factor == "none":
            self.is_not_asked = True
        elif factor is not None:
            self.is_asked = True
            self._has(user, None, factor)
        if "enrol" in how:
            self.is_asked = True
            name = how.get("device_name")
            self._has(user, name, how["enrol"], at_first=False)

    def instance(self) -> dict[str, Any]:
        """Return the instance as these acts need it."""
        made: dict[str, Any] = {}
        if self.by_idp:
            made["identity_source"] = "external-idp"
        elif self.cast.domain:
            made["identity_source"] = {"kind": "active-directory", "domain": self.cast.domain}
        if not self.by_idp and self.is_not_asked:
            made["mfa"] = {"prompt": "context-aware" if self.is_asked else "never"}
        elif not self.by_idp and self.by_mail:
            made["mfa"] = {"without_device": "email-otp"}
        return made

    def permission_sets(self) -> list[dict[str, Any]]:
        """Return the permission sets."""
        theirs = [one.permission_set for one in self._administrators() if one.permission_set]
        names = dict.fromkeys([*self.sets, *theirs])
        return [{"name": name, **self._lasting(name)} for name in names]

    def _lasting(self, name: str) -> dict[str, Any]:
        """Return how long role sessions of a permission set last, if that is unusual."""
        for act in self.acts:
            if act.named.get("permission_set") == name:
                for one in act.seen:
                    seconds = one.member("requestParameters", "durationSeconds")
                    if isinstance(seconds, int) and 3_600 < seconds <= 43_200:
                        return {"session_duration": format_duration(seconds * 1_000)}
        return {}

    def groups(self) -> list[dict[str, Any]]:
        """Return the groups that are there."""
        return [
            {"name": one.called} | ({} if one.odd_id is None else {"id": one.odd_id})
            for one in self.cast.groups.all()
            if one.called in self.used["group"]
        ]

    def users(self, agents: Mapping[str, str]) -> list[dict[str, Any]]:
        """Return the users that are there."""
        made = []
        for one in self.cast.users.all():
            name = one.called
            if name not in self.used["user"]:
                continue
            user = written_user(one)
            if name in self.members:
                user["groups"] = sorted(set(self.members[name]))
            if pairs := self.grants.get(name):
                user["assignments"] = [
                    {"permission_set": given, "accounts": [a for g, a in pairs if g == given]}
                    for given in dict.fromkeys(given for given, _ in pairs)
                ]
            devices = [one for one in self.devices.get(name, ()) if one["at_first"]]
            if devices:
                user["mfa"] = [
                    device["type"]
                    if device["name"] is None
                    else {"type": device["type"], "name": device["name"]}
                    for device in devices
                ]
            if name in self.without_password:
                user["password_set"] = False
            if name in agents:
                user["user_agent"] = agents[name]
            made.append(user)
        return made

    def _administrators(self) -> list[Administrator]:
        wanted = {act.admin for act in self.acts}
        return [one for one in self.cast.administrators.values() if one.called in wanted]

    def administrators(self, agents: Mapping[str, str]) -> list[dict[str, Any]]:
        """Return the administrators."""
        made: list[dict[str, Any]] = []
        for one in self._administrators():
            admin: dict[str, Any] = {"name": one.called}
            if one.kind != "role":
                admin["kind"] = one.kind
            if one.account and one.account != self.cast.owner:
                admin["account"] = self.cast.account(one.account)
            more = {
                "permission_set": one.permission_set,
                "role": one.role,
                "user_agent": agents.get(one.called),
            }
            made.append(admin | {key: value for key, value in more.items() if value is not None})
        if any(act.does == CARRIER for act in self.acts):
            made.append({"name": RECORDER})
        return made
