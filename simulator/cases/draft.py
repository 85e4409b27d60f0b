"""The scenario of a case, while it is being made: what happens, and what has to be there for it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from simulator.cases.cast import Cast, Thing, written_user
from simulator.cases.preludes import completed
from simulator.primitives.instants import (
    DAY,
    HOUR,
    LATEST,
    MINUTE,
    format_duration,
    format_instant_exact,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simulator.cases.seen import Act

CARRIER: Final = "sts/GetCallerIdentity"
"""The call in whose place a record is put of which nothing else is made."""
_MOST_DAYS: Final = 3_660
"""Days that a window may be said to have; a longer one has an end."""
_RECORDER: Final = "recorder"
_SESSIONS: Final = (8 * HOUR, 12 * HOUR, DAY, 7 * DAY, 30 * DAY, 90 * DAY)
"""How long portal sessions may be said to last: the first that suffices."""


@dataclass(slots=True)
class Entry:
    """An act as an entry of the storyline."""

    act: Act
    name: str
    """Its id in the scenario."""
    gaps: list[int] = field(default_factory=list)
    """Times between its records, in milliseconds."""
    pins: dict[str, str] = field(default_factory=dict)
    """Address, user agent and role session, where they are pinned."""
    overrides: list[dict[str, Any]] = field(default_factory=list)
    """What is done to its records."""


@dataclass(slots=True)
class Draft:
    """A scenario in the making."""

    name: str
    cast: Cast
    entries: list[Entry] = field(default_factory=list)
    longest: int = 0
    """How long the longest portal session is, in milliseconds."""
    options: dict[str, Any] = field(default_factory=dict)
    """What the whole scenario says: `era`, `switches`, `organization.member_account_events`."""
    agents: dict[str, str] = field(default_factory=dict)
    """Name of a user or administrator to their usual program."""
    seed: int = 0
    refused: frozenset[str] = frozenset()
    """What must not be in it, in small letters: values of the records before they were renamed."""


def drafted(draft: Draft, acts: Sequence[Act]) -> Draft:
    """Return a draft in which acts happen, and what they need before."""
    cast = draft.cast
    every, longest = completed(acts)
    _name(cast, every)
    counts: dict[str, int] = {}
    entries = []
    for act in sorted(every, key=lambda act: act.at):
        stem = "record" if act.does == CARRIER else act.does
        if act.is_silent:
            stem = f"before-{stem}"
        counts[stem] = counts.get(stem, 0) + 1
        entry = Entry(act, f"{stem}-{counts[stem]}")
        if act.is_silent:
            entry.gaps = [1_000]
            entry.overrides = [{"where": {"entry": entry.name}, "omit": True}]
        entries.append(entry)
    return replace(draft, entries=entries, longest=longest)


def _name(cast: Cast, acts: Sequence[Act]) -> None:
    """Give what acts are about the names that they have by then."""
    for thing in (*cast.groups.all(), *cast.devices.all()):
        thing.current = thing.called
    for act in sorted(acts, key=lambda act: act.at):
        act.named = _named(act.said)
        for key in ("group", "device"):
            thing = act.said.get(key)
            if isinstance(thing, Thing) and isinstance(act.said.get("name"), str):
                thing.current = act.said["name"]


def _named(said: Any) -> Any:  # noqa: ANN401  # parts of a scenario
    if isinstance(said, Thing):
        return said.current
    if isinstance(said, dict):
        return {key: _named(value) for key, value in said.items()}
    return [_named(one) for one in said] if isinstance(said, list) else said


def document(draft: Draft) -> dict[str, Any]:
    """Return a draft as the mapping that a scenario file has."""
    cast, entries = draft.cast, draft.entries
    needs = _Needs(cast, [entry.act for entry in entries])
    times = [entry.act.at for entry in entries]
    start = min(times) // DAY * DAY
    # Records may come some time after their entry begins.
    days = max(1, -(-(max(times) + 2 * HOUR - start) // DAY))
    made: dict[str, Any] = {"scenario": draft.name}
    if draft.seed:
        made["seed"] = draft.seed
    made["window"] = {"start": format_instant_exact(start)[:10]} | (
        {"days": days}
        if days <= _MOST_DAYS
        else {"end": format_instant_exact(min(start + days * DAY, LATEST - 1))}
    )
    options = dict(draft.options)
    for name in ("era", "cutover"):
        if name in options:
            made[name] = options.pop(name)
    organization: dict[str, Any] = {}
    accounts = [{"name": name} for name in cast.accounts.values()]
    if accounts:
        organization["accounts"] = accounts
    if cast.delegated:
        organization["delegated_administrator"] = cast.account(cast.delegated)
    organization |= options.pop("organization", {})
    if organization:
        made["organization"] = organization
    made["instance"] = {"region": cast.region, **needs.instance(), **options.pop("instance", {})}
    if draft.longest + MINUTE > _SESSIONS[0]:
        lasts = next((one for one in _SESSIONS if one > draft.longest + MINUTE), _SESSIONS[-1])
        made["instance"]["session_duration"] = format_duration(lasts)
    sets = [{"name": name, **needs.of_set(name)} for name in needs.sets]
    for key, part in (
        ("permission_sets", sets),
        ("groups", needs.groups()),
        ("users", needs.users(draft.agents)),
        ("administrators", needs.administrators(draft.agents)),
    ):
        if part:
            made[key] = part
    made["background"] = {"events": 0}
    made["storyline"] = [_entry(entry) for entry in entries]
    overrides = [one for entry in entries for one in entry.overrides]
    if overrides:
        made["records"] = overrides
    if options:
        made |= options
    return made


def _entry(entry: Entry) -> dict[str, Any]:
    act = entry.act
    made: dict[str, Any] = {"id": entry.name, "at": format_instant_exact(act.at)}
    if act.does == CARRIER:
        made |= {"admin": _RECORDER, "does": "call", "operation": CARRIER}
    else:
        for key, value in (("user", act.user), ("admin", act.admin)):
            if value is not None and key not in act.named:
                made[key] = value
        made |= {"does": act.does, **act.named}
    pins: dict[str, Any] = dict(entry.pins)
    if entry.gaps:
        pins["gaps"] = [format_duration(gap) for gap in entry.gaps]
    if pins:
        made["pin"] = pins
    return made


class _Needs:
    """What has to be there when the window begins, so that everything can be done."""

    def __init__(self, cast: Cast, acts: Sequence[Act]) -> None:
        self.cast = cast
        self.acts = acts
        self.sets = list(cast.sets)
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
        for kind, name in (("user", user), ("group", said.get("group"))):
            if isinstance(name, str) and name not in self.created[kind]:
                self.used[kind].add(name)
        for name in said.get("users", ()):
            if name not in self.created["user"]:
                self.used["user"].add(name)
        if act.does == "create-user":
            self.created["user"].add(said["new_user"]["name"])
        elif act.does == "create-group":
            self.created["group"].add(said["group"]["name"])
        elif act.does in {"add-members", "remove-members"}:
            self._change_members(act)
        if user is None:
            return
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
            known = [pair for pair in self.grants.get(user, ()) if pair[1] == account]
            if not known:
                self._may(user, (self.sets or ["PermissionSet"])[0], account)

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

    def of_set(self, name: str) -> dict[str, Any]:
        """Return what is unusual about a permission set."""
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

    def administrators(self, agents: Mapping[str, str]) -> list[dict[str, Any]]:
        """Return the administrators."""
        made: list[dict[str, Any]] = []
        wanted = {act.admin for act in self.acts}
        for one in self.cast.administrators.values():
            if one.called not in wanted:
                continue
            admin: dict[str, Any] = {"name": one.called}
            if one.kind != "role":
                admin["kind"] = one.kind
            if one.account and one.account != self.cast.owner:
                admin["account"] = self.cast.account(one.account)
            for key, value in (("permission_set", one.permission_set), ("role", one.role)):
                if value is not None:
                    admin[key] = value
            if one.called in agents:
                admin["user_agent"] = agents[one.called]
            made.append(admin)
        if any(act.does == CARRIER for act in self.acts):
            made.append({"name": _RECORDER})
        return made
