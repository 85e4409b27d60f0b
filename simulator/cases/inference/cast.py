"""Who and what occurs in a case's records: people, groups, devices, accounts, administrators.

Names are as the records have them where they do, else `user-1` and the like. Ids are not kept:
a scenario draws its own, and records are alike but for that; only those of an unusual form are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from simulator.scenario import library
from simulator.scenario.document import Group, IdentitySource, Instance

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from simulator.cases.inference.seen import Seen

_RESERVED: Final = re.compile(r"AWSReservedSSO_(.+)_([0-9a-f]{16})")
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ROOT: Final = re.compile(r"arn:[a-z-]+:iam::\d{12}:root")


def permission_set_of(role: str) -> str | None:
    """Return the permission set that a role is made of, if its name tells of one."""
    match = _RESERVED.fullmatch(role)
    return None if match is None else match[1]


@dataclass(slots=True)
class Thing:
    """A user, group or MFA device."""

    ids: set[str] = field(default_factory=set)
    names: list[str] = field(default_factory=list)
    called: str = ""
    """The name that it has in the scenario at first."""
    current: str = ""
    """The name that it has by then, while acts are gone through."""

    @property
    def odd_id(self) -> str | None:
        """Its id, where a scenario would draw one of another form."""
        return next((one for one in sorted(self.ids) if not _UUID.fullmatch(one)), None)


class Things:
    """Things of one kind, known by id, by name or by both."""

    def __init__(self, stem: str) -> None:
        self.stem = stem
        self.by_id: dict[str, Thing] = {}
        self.by_name: dict[str, Thing] = {}

    def note(self, thing_id: str | None, name: str | None) -> None:
        """Take note that a record shows an id, a name, or which belongs to which."""
        one = self.by_id.get(thing_id or "")
        other = self.by_name.get(name or "")
        if other is not None and other is not one and not (thing_id and other.ids):
            one = self._joined(one, other)
        elif one is None:
            # Two of one name have an id each.
            one = Thing()
        if thing_id:
            one.ids.add(thing_id)
            self.by_id[thing_id] = one
        if name:
            if name not in one.names:
                one.names.append(name)
            self.by_name.setdefault(name, one)

    def _joined(self, one: Thing | None, other: Thing | None) -> Thing:
        if one is None or other is None:
            return one or other or Thing()
        one.names += [name for name in other.names if name not in one.names]
        for name in other.names:
            self.by_name[name] = one
        return one

    def find(self, thing_id: str | None, name: str | None) -> Thing | None:
        """Return what is meant by an id or, without it, by a name."""
        return self.by_id.get(thing_id or "") or self.by_name.get(name or "")

    def all(self) -> list[Thing]:
        """Return all of them, in order of appearance."""
        found = [*self.by_id.values(), *self.by_name.values()]
        return list({id(one): one for one in found}.values())

    def christen(self, *, is_shared: bool = False) -> None:
        """Give everything a name that a scenario may have, each another unless names are shared."""
        taken: set[str] = set()
        for one in self.all():
            usable = [name for name in one.names if _is_name(name)]
            name = next((name for name in usable if name.casefold() not in taken), None)
            number = 0
            while name is None or name.casefold() in taken:
                number += 1
                name = f"{self.stem}-{number}"
            if not (is_shared and usable):
                taken.add(name.casefold())
            one.called = one.current = name


@dataclass(slots=True)
class Administrator:
    """Whoever acts with credentials of an account."""

    name: str
    kind: str
    account: str
    """The account's id."""
    permission_set: str | None = None
    role: str | None = None
    called: str = ""


@dataclass(slots=True)
class Cast:
    """Everybody and everything."""

    region: str = "us-east-1"
    owner: str = ""
    """Id of the account that owns the instance."""
    users: Things = field(default_factory=lambda: Things("user"))
    groups: Things = field(default_factory=lambda: Things("group"))
    devices: Things = field(default_factory=lambda: Things("device"))
    accounts: dict[str, str] = field(default_factory=dict)
    """Id to name, but for the owner."""
    sets: list[str] = field(default_factory=list)
    """Names of permission sets."""
    administrators: dict[str, Administrator] = field(default_factory=dict)
    """By ARN."""
    domain: str = ""
    """Of Active Directory, where names tell one."""
    memberships: dict[str, tuple[Thing, Thing]] = field(default_factory=dict)
    """Id of a membership to the user and the group."""
    delegated: str = ""
    """Id of the account that administers the instance by delegation, if records tell of one."""

    def account(self, account_id: str) -> str:
        """Return the name of an account."""
        if account_id == self.owner or not account_id:
            return "management"
        if account_id not in self.accounts:
            self.accounts[account_id] = f"account-{len(self.accounts) + 1}"
        return self.accounts[account_id]

    def permission_set(self, name: str) -> str:
        """Take note of a permission set."""
        if name not in self.sets:
            self.sets.append(name)
        return name

    def user_of(self, seen: Seen) -> str | None:
        """Return the name of the user that a record is about."""
        shows = seen.fields
        found = self.users.find(shows.get("user.id"), shows.get("user.name"))
        return None if found is None else found.called

    def administrator_of(self, seen: Seen) -> str | None:
        """Return the name of the administrator who acts in a record."""
        found = self.administrators.get(seen.fields.get("admin.arn", ""))
        return None if found is None else found.called


def cast_of(records: Iterable[Seen]) -> Cast:
    """Return who and what occurs in records."""
    cast = Cast()
    seen = list(records)
    owners = [one.text("recipientAccountId") for one in seen if "store.arn" in one.fields]
    told = [one.fields.get("instance.account", "") for one in seen]
    cast.owner = _most([*filter(None, owners)]) or _most([*filter(None, told)])
    regions = [one.text("awsRegion") for one in seen]
    cast.region = _most([one for one in regions if _is_region(one)]) or cast.region
    for one in seen:
        _note(cast, one)
    cast.users.christen()
    cast.groups.christen()
    # Devices have names of their own only among those of one user.
    cast.devices.christen(is_shared=True)
    _christen_administrators(cast)
    return cast


def _is_name(text: str) -> bool:
    return library.fits(Group, {"name": text})


def _is_region(text: str) -> bool:
    return bool(text) and library.fits(Instance, {"region": text})


def _most(words: list[str]) -> str:
    """Return the word that occurs most often, the first of several."""
    return max(words, key=words.count) if words else ""


def _note(cast: Cast, seen: Seen) -> None:
    shows = seen.fields
    _note_user(cast, seen)
    if "group.id" in shows:
        cast.groups.note(shows["group.id"], shows.get("group.name"))
    _note_membership(cast, shows)
    if "mfa.id" in shows or "mfa.name" in shows:
        cast.devices.note(shows.get("mfa.id"), shows.get("mfa.name"))
    if "account.id" in shows:
        cast.account(shows["account.id"])
    if "permission_set.name" in shows:
        cast.permission_set(shows["permission_set.name"])
    account = shows.get("admin.account", "")
    if seen.text("sharedEventID") and account not in {"", cast.owner}:
        cast.delegated = cast.delegated or account
    if "admin.arn" in shows and shows["admin.arn"] not in cast.administrators:
        cast.administrators[shows["admin.arn"]] = _administrator(cast, seen)


def _note_user(cast: Cast, seen: Seen) -> None:
    shows = seen.fields
    user_id, name = shows.get("user.id"), shows.get("user.name")
    if user_id or (name and seen.name != "signin/CredentialChallenge"):
        cast.users.note(user_id, name)
    for form in ("user.upn", "user.down_level"):
        if form in shows and user_id:
            text = shows[form]
            domain, _, local = text.partition("\\") if "\\" in text else text.partition("@")[::-1]
            if library.fits(IdentitySource, {"domain": domain}):
                cast.domain = cast.domain or domain
            cast.users.note(user_id, name or local)


def _note_membership(cast: Cast, shows: Mapping[str, str]) -> None:
    user, group = (
        cast.users.find(shows.get("user.id"), None),
        cast.groups.find(shows.get("group.id"), None),
    )
    if "membership.id" in shows and user is not None and group is not None:
        cast.memberships[shows["membership.id"]] = user, group


def _administrator(cast: Cast, seen: Seen) -> Administrator:
    shows = seen.fields
    account = shows.get("admin.account", "")
    cast.account(account)
    if _ROOT.fullmatch(shows["admin.arn"]):
        return Administrator("root", "root", account)
    if "admin.role_arn" not in shows:
        return Administrator(shows.get("admin.name", "iam-user"), "iam-user", account)
    role = shows.get("admin.role_name", "")
    session = shows["admin.arn"].rpartition("/")[2]
    made_of = permission_set_of(role)
    if made_of is not None:
        cast.permission_set(made_of)
        return Administrator(session, "role", account, permission_set=made_of)
    return Administrator(session, "role", account, role=role)


def _christen_administrators(cast: Cast) -> None:
    taken: set[str] = set()
    for one in cast.administrators.values():
        name, number = one.name if _is_name(one.name) else "administrator", 1
        while name in taken:
            number += 1
            name = f"{one.name[:100]}-{number}"
        taken.add(name)
        one.called = name


def written_user(thing: Thing) -> dict[str, Any]:
    """Return a user as a scenario has them."""
    return {"name": thing.called} | ({} if thing.odd_id is None else {"id": thing.odd_id})
