"""What is true while the storyline is gone through: who is there, and signed in.

A scene begins as the window does and each entry changes it, so that the next one can be
asked whether it is possible by then.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from simulator.primitives.instants import MINUTE
from simulator.scenario import access as access_state
from simulator.scenario.access import Holder
from simulator.scenario.actions import via
from simulator.scenario.document import User
from simulator.scenario.held import Held
from simulator.scenario.live_applications import LiveApplications
from simulator.scenario.live_instance import LiveInstance
from simulator.scenario.resolve import DEVICE_NAMES, numbered
from simulator.scenario.wording import Problem, suggestion

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from simulator.scenario.access import Access
    from simulator.scenario.actions import AdminEntry, DeviceType, Entry, Via
    from simulator.scenario.document import Administrator, Assignment, Scenario

    Where = tuple[str | int, ...]

SIGN_IN_LASTS: Final = MINUTE
"""How long a sign-in is taken to last."""


@dataclass(slots=True)
class LiveGroup:
    """A group as it stands at the moment."""

    name: str
    members: set[str] = field(default_factory=set)
    access: set[tuple[str, str]] = field(default_factory=set)


@dataclass(slots=True)
class LiveUser:
    """A user as it stands at the moment."""

    name: str
    access: set[tuple[str, str]] = field(default_factory=set)
    devices: dict[str, DeviceType] = field(default_factory=dict)
    has_password: bool = True
    sessions: Held[int] = field(default_factory=Held)
    """When portal sessions end."""
    failed: bool = False
    signed_out: bool = False
    tokens: Held[bool] = field(default_factory=Held)
    """Whether the CLI's tokens can be refreshed."""
    active: bool = True
    roles: dict[tuple[str, str, str], Held[int]] = field(default_factory=dict)
    """Permission set, account and tool to when what was last fetched for it ends."""


@dataclass(frozen=True, slots=True)
class Step:
    """One doing of an entry."""

    at: int
    entry: Entry
    where: Where
    nth: int
    user: str | None
    admin: str | None
    computer: str | None = None


@dataclass(slots=True)
class Scene:
    """What is true at the moment, and what was or will be."""

    scenario: Scenario
    accounts: dict[str, tuple[str, ...]]
    networks: frozenset[str]
    access: Access
    groups: dict[str, LiveGroup] = field(default_factory=dict)
    users: dict[str, LiveUser] = field(default_factory=dict)
    gone: dict[tuple[str, str], str] = field(default_factory=dict)
    """What became of a name that is no more, by kind and name."""
    applications: LiveApplications = field(default_factory=LiveApplications)
    """What applications there are."""
    coming: set[tuple[str, str]] = field(default_factory=set)
    """Kind and name of what the storyline creates, sooner or later."""
    instance: LiveInstance = field(default_factory=LiveInstance)
    """The instance itself."""

    @property
    def source(self) -> str:
        """The kind of identity source."""
        return self.scenario.instance.identity_source.kind

    @property
    def active_directory(self) -> bool:
        """Whether users come from Active Directory."""
        return self.source == "active-directory"

    def missing(self, kind: str, name: str, among: Iterable[str]) -> str:
        """Return what to say of a name that nothing has now."""
        if (kind, name) in self.gone:
            return f"{name} is {self.gone[kind, name]} by then"
        if (kind, name) in self.coming:
            return f"{name} is created later than this"
        return f"no such {kind}{suggestion(name, among)}"

    def find_user(self, where: Where, name: str) -> Iterator[Problem]:
        """Yield a finding unless there is such a user now."""
        if name not in self.users:
            yield Problem(where, self.missing("user", name, self.users))

    def find_group(self, where: Where, name: str) -> Iterator[Problem]:
        """Yield a finding unless there is such a group now."""
        if name not in self.groups:
            yield Problem(where, self.missing("group", name, self.groups))

    def new_user(self, user: LiveUser) -> None:
        """Let a user be there from now on."""
        self.users[user.name] = user
        self.gone.pop(("user", user.name), None)

    def new_group(self, group: LiveGroup) -> None:
        """Let a group be there from now on, under its present name."""
        self.groups[group.name] = group
        self.gone.pop(("group", group.name), None)

    def drop_user(self, name: str) -> None:
        """Let a user be gone, from groups too."""
        del self.users[name]
        self.gone["user", name] = "deleted"
        self.access.call(Holder("USER", name), name, "DELETED")
        for group in self.groups.values():
            group.members.discard(name)

    def drop_group(self, name: str) -> None:
        """Let a group be gone, if it is there."""
        if self.groups.pop(name, None) is not None:
            self.gone["group", name] = "deleted"
            self.access.call(Holder("GROUP", name), name, "DELETED")

    def admin(self, step: Step) -> Administrator | None:
        """Return the administrator an entry is by, if there is one."""
        admins = self.scenario.administrators
        return next((admin for admin in admins if admin.name == step.admin), None)

    def via(self, step: Step, entry: AdminEntry) -> Via:
        """Return how an entry is done by its administrator."""
        admin = self.admin(step)
        prefers_console = admin is not None and admin.prefers_console
        return via(entry.does, entry.via, prefers_console=prefers_console)

    def may(self, name: str) -> set[tuple[str, str]]:
        """Return the permission sets and accounts that a user has, in any way."""
        access = set(self.users[name].access)
        for group in self.groups.values():
            if name in group.members:
                access |= group.access
        return access


def _granted(
    assignments: tuple[Assignment, ...], accounts: dict[str, tuple[str, ...]]
) -> set[tuple[str, str]]:
    return {
        (assignment.permission_set, account)
        for assignment in assignments
        for name in assignment.accounts
        for account in accounts.get(name, ())
    }


def opening(
    scenario: Scenario, accounts: dict[str, tuple[str, ...]], networks: frozenset[str]
) -> Scene:
    """Return what is true when the window begins."""
    scene = Scene(scenario, accounts, networks, access_state.opening(scenario, accounts))
    scene.instance = LiveInstance(
        source=scene.source,
        delegated=scenario.organization.delegated_administrator,
        regions={scenario.instance.region, *scenario.instance.additional_regions},
    )
    for group in scenario.groups:
        scene.new_group(LiveGroup(group.name, access=_granted(group.assignments, accounts)))
    for user in scenario.users:
        if not isinstance(user, User):
            continue
        held: dict[str, DeviceType] = {}
        for device in user.mfa:
            held[device.name or numbered(DEVICE_NAMES[device.type], set(held))] = device.type
        access = _granted(user.assignments, accounts)
        scene.new_user(LiveUser(user.name, access, held, has_password=user.password_set))
        for name in user.groups:
            if name in scene.groups:
                scene.groups[name].members.add(user.name)
    return scene
