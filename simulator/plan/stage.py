"""What a storyline changes while it plays: users, groups, devices and sessions by name.

The stage holds the present; it writes episodes and notes in the timeline what everyday
activity has to know.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Generic, NoReturn, TypeVar

from simulator.directory import identifiers, networks, user_agents
from simulator.errors import Finding, ScenarioError
from simulator.flows import FLOW_INDEX, FLOWS
from simulator.flows.sharing import SHARED_CALLS
from simulator.flows.steps import EPISODE_COLUMNS, Flow, happenings
from simulator.plan.applications import Applications
from simulator.plan.computers import machines
from simulator.plan.constants import constants_of
from simulator.plan.episodes import Block, block_of
from simulator.plan.instance import InstanceState
from simulator.plan.population import Members, filled, is_delegated, user_texts
from simulator.plan.population.agents import PROGRAMS
from simulator.plan.truth import Intent
from simulator.primitives.instants import HOUR, MINUTE
from simulator.primitives.keys import Key, purpose
from simulator.primitives.quantiles import Quantiles
from simulator.records.eras.first.envelope import IAM_USER, ROLE, ROOT
from simulator.records.fields import DEFAULTS
from simulator.scenario.access import Holder, opening
from simulator.scenario.actions import Entry
from simulator.scenario.document import User
from simulator.scenario.held import Held

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulator.plan.computers import Machine
    from simulator.plan.population import Directory
    from simulator.plan.provisioning import Client
    from simulator.plan.timeline import Timeline
    from simulator.scenario.document import Administrator

_PAUSE: Final = purpose("pause")
_SESSION_AGE: Final = purpose("role-session-age")
_BROWSER: Final = purpose("browser")
_PLATFORM: Final = purpose("platform")
_AGE: Final = Quantiles.through({0: 20_000, 50: 5 * MINUTE, 100: 40 * MINUTE})
"""How long an administrator has been signed in when a storyline's action begins."""

ADMIN_KINDS: Final = {"role": ROLE, "iam-user": IAM_USER, "root": ROOT}


@dataclass(frozen=True, slots=True)
class Session:
    """A portal session."""

    key: Key
    ends_at: int
    pinned: int
    """Position in table `text` of a fixed handle, or -1."""


@dataclass(frozen=True, slots=True)
class Token:
    """The CLI's access token."""

    key: Key
    expires_at: int
    client: Key
    is_refreshable: bool
    tool: str = "cli"
    """Whose it is, as `cli-sign-in` names its `client`."""


@dataclass(frozen=True, slots=True)
class RoleSession:
    """A role that a user holds in an account."""

    columns: dict[str, int]
    """What rows have of it."""
    ends_at: int


@dataclass(slots=True)
class Person:
    """A user as things stand."""

    index: int
    name: str
    key: Key
    devices: dict[str, tuple[int, str]]
    """Name to position in table `device` and type, in order of registration."""
    groups: set[str]
    direct: set[tuple[int, int]]
    """Accounts and permission sets assigned to the user alone."""
    has_password: bool
    sessions: Held[Session] = field(default_factory=Held)
    tokens: Held[Token] = field(default_factory=Held)
    created_at: int | None = None
    """When the storyline created the user; absent of those who were there before."""
    is_active: bool = True
    """Whether the user may sign in, as far as the identity provider is concerned."""
    roles: dict[tuple[int, int, str], Held[RoleSession]] = field(default_factory=dict)
    """Account, permission set and tool to what was taken last."""


@dataclass(slots=True)
class GroupState:
    """A group as things stand."""

    index: int
    name: str
    assignments: set[tuple[int, int]]
    members: Members = field(default_factory=Members)


@dataclass(slots=True)
class AdminState:
    """An administrator and the role session in use."""

    index: int
    admin: Administrator
    key: Key
    is_delegated: bool
    """Whether two accounts receive what the administrator does."""
    sessions: dict[str | None, tuple[Key, int]] = field(default_factory=dict)
    """Key and start of the role session, by the computer it is used with."""


EntryT_co = TypeVar("EntryT_co", bound=Entry, covariant=True)


@dataclass(slots=True)
class Act(Generic[EntryT_co]):
    """One doing of one entry: the entry, who, when, and the key everything is drawn from."""

    entry: EntryT_co
    path: str
    """The entry's place in the document, such as `storyline.2.then.0`."""
    nth: int
    """Which repetition, from 0."""
    at: int
    key: Key
    user: str | None
    admin: str | None
    gaps: list[int]
    """Fixed times still to be used."""
    done: int = 0
    """Episodes written so far."""
    pauses: int = 0
    """Pauses drawn so far."""
    shares: bool = False
    """Whether two accounts receive its calls about the instance, whoever makes them."""

    @property
    def next_key(self) -> Key:
        """The key that the act's next episode will have."""
        return self.key.child("episode", str(self.done))

    @property
    def fixed_gaps(self) -> tuple[int, ...]:
        """How long after the one before each of the next events happens, where that is pinned."""
        return (0, *self.gaps) if self.gaps or self.entry.pin.gaps else ()


class Stage:
    """The present, and what has been written so far."""

    def __init__(self, directory: Directory, timeline: Timeline) -> None:
        """Set the stage as the window begins."""
        self.directory = directory
        self.scenario = directory.scenario
        self.registry = directory.registry
        self.constants = constants_of(self.scenario.switches)
        self.timeline = timeline
        self.rows: dict[str, list[dict[str, int]]] = {}
        self.intents: dict[tuple[int, int], Intent] = {}
        self.written: dict[str, list[tuple[Flow, dict[str, int]]]] = {}
        self.fixed: list[tuple[int, ...]] = [()]
        self.memberships: dict[tuple[int, int], int] = {}
        self.failures: dict[tuple[str, str], int] = {}
        """Codes and messages of failed calls, to positions in table `error`."""
        self.roles: dict[str, int] = {}
        """ARN of a role session that is no administrator's, to its position in table `admin`."""
        self.instance = InstanceState(
            self.scenario.instance.identity_source.kind,
            filled(self.scenario.instance.identity_store_id),
        )
        self.applications = Applications()
        self.client: Client | None = None
        """The identity provider's provisioning client, once it has done something."""
        self.access = opening(self.scenario, {name: (name,) for name in directory.accounts})
        self.users: dict[str, Person] = {}
        self.networks = {network.name: network for network in self.scenario.networks}
        self.computers = machines(self.scenario, self.registry, directory.root)
        self.named = {one.name: one for one in self.scenario.users if isinstance(one, User)}
        self.groups = {
            group.name: GroupState(
                directory.group_ids[group.name],
                group.name,
                directory.pairs(group.assignments),
                directory.groups.members(group.name),
            )
            for group in self.scenario.groups
        }
        self.admins = {
            admin.name: AdminState(
                index,
                admin,
                directory.root.child("administrator", admin.name),
                is_delegated(admin, self.scenario.organization),
            )
            for index, admin in enumerate(self.scenario.administrators)
        }

    # ---- Who and where ---------------------------------------------------------------

    def refuse(self, act: Act[Entry], message: str) -> NoReturn:
        """End planning because an action cannot happen as things stand."""
        raise ScenarioError([Finding(self.scenario.scenario, 0, 0, act.path, message)])

    def person(self, act: Act[Entry], name: str | None = None) -> Person:
        """Return the user an action is by, or about."""
        name = name if name is not None else act.user
        if name is None:
            self.refuse(act, "no user is given")
        known = self.users.get(name)
        if known is not None:
            return known
        index = self.directory.users.get(name)
        if index is None:
            self.refuse(act, f"there is no user {name!r} at this time")
        people = self.directory.people
        key = people.key.key(index)
        given = self.named.get(name)
        made = Person(
            index=index,
            name=name,
            key=key,
            devices=dict(self.directory.devices_of.get(name) or self._unnamed(index)),
            groups=set(self.directory.groups.of(index)),
            direct=self.directory.pairs(given.assignments) if given is not None else set(),
            has_password=bool(people.has_password[index]),
        )
        self.users[name] = made
        return made

    def _unnamed(self, index: int) -> dict[str, tuple[int, str]]:
        people = self.directory.people
        held = {"totp": int(people.totp[index]), "webauthn": int(people.webauthn[index])}
        names = {"totp": "Authenticator app", "webauthn": "Security key"}
        return {names[kind]: (place, kind) for kind, place in held.items() if place >= 0}

    def admin(self, act: Act[Entry]) -> AdminState:
        """Return the administrator an action is by."""
        if act.admin is None or act.admin not in self.admins:
            self.refuse(act, f"there is no administrator {act.admin!r}")
        return self.admins[act.admin]

    def group(self, act: Act[Entry], name: str) -> GroupState:
        """Return a group an action is about."""
        if name not in self.groups:
            self.refuse(act, f"there is no group {name!r} at this time")
        return self.groups[name]

    def address(self, act: Act[Entry], key: Key, usual: int) -> int:
        """Return where an action is done from, in table `address`: as said, or as usual."""
        if act.entry.pin.address is not None:
            return self.registry.intern("address", act.entry.pin.address)
        computer = self.computer(act)
        name = act.entry.network or (None if computer is None else computer.network)
        if name is None:
            return usual
        return self.directory.network_address(self.networks[name], self.drawn_from(act, key))

    def computer(self, act: Act[Entry]) -> Machine | None:
        """Return the computer that an action is done with, when it is not the person's own."""
        return self.computers.get(act.entry.computer or "")

    def drawn_from(self, act: Act[Entry], own: Key) -> Key:
        """Return the key of address and programs: a computer's, or that of whoever acts."""
        computer = self.computer(act)
        return own if computer is None else computer.key

    def program(self, act: Act[Entry], own: Key, command: str = "", tool: str = "cli") -> int:
        """Return what an action is done with when no habit says, in table `agent`.

        Args:
            act: The action, which may be done with a computer.
            own: The key of whoever acts.
            command: What the CLI or the tool is told; the browser's work has none.
            tool: As `user_agents.tool_agent` has it.
        """
        computer = self.computer(act)
        if computer is not None:
            return computer.agent(self.registry, act.at, command, tool)
        return self.cli(own, act.at, command, tool) if command else self.browser(own, act.at)

    def any_home(self, key: Key) -> int:
        """Return an address for somebody of whom no place is known, in table `address`."""
        return self.registry.intern("address", networks.home_address(key, "US"))

    def agent(self, act: Act[Entry], usual: int) -> int:
        """Return what an action is done with, in table `agent`."""
        if act.entry.pin.user_agent is not None:
            return self.registry.intern("agent", act.entry.pin.user_agent)
        return usual

    def browser(self, key: Key, at: int) -> int:
        """Draw a browser for somebody whose habits nothing is known of."""
        browsers = user_agents.browsers_at(user_agents.updated_at(key, at, 7))
        place = key.below(sum(one.weight for one in browsers), _BROWSER)
        for one in browsers:
            place -= one.weight
            if place < 0:
                return self.registry.intern("agent", one.text)
        message = "weights must be positive"
        raise ValueError(message)

    def cli(self, key: Key, at: int, command: str, tool: str = "cli") -> int:
        """Draw the AWS CLI, or another tool, of somebody whose habits nothing is known of."""
        platform = key.below(len(user_agents.PLATFORMS) - 1, _PLATFORM)
        agent = user_agents.tool_agent(tool, platform, user_agents.updated_at(key, at, 60), command)
        return self.registry.intern("agent", agent.text)

    def user_place(self, act: Act[Entry], person: Person, *, cli: str = "") -> dict[str, int]:
        """Return the address and agent of an action by a user; `cli` names a CLI command."""
        people, index = self.directory.people, person.index
        is_old = index < len(people)
        usual = int(people.office[index]) if is_old else self.any_home(person.key)
        if is_old and self.computer(act) is None:
            agent = int(getattr(people, PROGRAMS.get(cli, "cli_use"))[index])
        else:
            agent = self.program(act, person.key, cli)
        return {
            "user": person.index,
            "address": self.address(act, person.key, usual),
            "agent": self.agent(act, agent),
            "region": self.region(act),
        }

    def region(self, act: Act[Entry]) -> int:
        """Return where a user acts, in table `region`, or -1 for the instance's own Region."""
        name = getattr(act.entry, "region", None)
        own = self.scenario.instance.region
        return -1 if name in {None, own} else self.registry.intern("region", str(name))

    def admin_place(self, act: Act[Entry], *, console: bool, command: str) -> dict[str, int]:
        """Return the columns of an action by an administrator."""
        state = self.admin(act)
        admin = state.admin
        if admin.user_agent is not None and self.computer(act) is None:
            agent = self.registry.intern("agent", admin.user_agent)
        else:
            told = "" if console else command
            agent = self.program(act, state.key, told, admin.tool or "cli")
        held = state.sessions.get(act.entry.computer)
        pinned = act.entry.pin.role_session
        if pinned is not None and (held is None or held[1] != pinned):
            held = self._role_session(act, state, pinned), pinned
        elif held is None or act.at - held[1] >= HOUR:
            key = self._role_session(act, state, act.at)
            held = key, act.at - _AGE.at(key.word(_SESSION_AGE))
        state.sessions[act.entry.computer] = held
        session, began = held
        return {
            "admin": state.index,
            "admin_kind": ADMIN_KINDS[admin.kind],
            "actor": 1,
            # Of an IAM user it is not assumed unless it is said.
            "console": int(console and (admin.kind != "iam-user" or admin.tool == "console")),
            "role_high": session.high,
            "role_low": session.low,
            "role_at": began,
            "address": self.address(
                act,
                state.key,
                self.directory.network_address(self.networks[filled(admin.network)], state.key),
            ),
            "agent": self.agent(act, agent),
        }

    def _role_session(self, act: Act[Entry], state: AdminState, at: int) -> Key:
        """Return the key of a role session that an administrator begins."""
        own = () if act.entry.computer is None else (act.entry.computer,)
        return state.key.child("role-session", str(at), *own)

    # ---- Writing -----------------------------------------------------------------------

    def pause(self, act: Act[Entry], pause: Quantiles) -> int:
        """Return how long after the episode before the next one of an action begins.

        A millisecond at least, unless it is pinned: episodes of one instant are in order of
        their keys, and a call would come before the one that it follows.
        """
        if act.gaps:
            return act.gaps.pop(0)
        act.pauses += 1
        return max(pause.at(act.key.word(_PAUSE, act.pauses)), 1)

    def play(self, flow: Flow, act: Act[Entry], at: int, **columns: int) -> int:
        """Write an episode and return when its last event happens."""
        if act.shares or (act.admin is not None and self.admin(act).is_delegated):
            # What happens in an account of its own concerns nobody else.
            flow = SHARED_CALLS.get(flow.name, flow)
        key = act.next_key
        act.done += 1
        fixed = 0
        if act.fixed_gaps:
            self.fixed.append(act.fixed_gaps)
            fixed = len(self.fixed) - 1
        row = {
            **DEFAULTS,
            **self.constants,
            **columns,
            "key_high": key.high,
            "key_low": key.low,
            "start": at,
            "gaps": fixed,
        }
        missing = (flow.columns | EPISODE_COLUMNS) - row.keys()
        if missing:
            message = f"flow {flow.name} lacks {sorted(missing)}"
            raise KeyError(message)
        events = list(happenings(flow, row, self.fixed[fixed]))
        used = sum(1 for event in events if event.step.gap is not None) - 1
        del act.gaps[: max(used, 0)]
        self.rows.setdefault(flow.name, []).append(row)
        self.intents[key.high, key.low] = Intent(
            entry=act.entry.id or act.path,
            action=act.entry.does,
            label=filled(act.entry.label),
            actor=act.entry.impostor or act.user or act.admin,
            techniques=act.entry.techniques,
            play=act.entry.play,
            play_id=act.entry.play_id,
            step=act.entry.step,
        )
        if act.entry.id is not None:
            self.written.setdefault(act.entry.id, []).append((flow, row))
        return events[-1].at if events else at

    def blocks(self) -> list[Block]:
        """Return what has been written, a block a flow."""
        return [block_of(FLOWS[FLOW_INDEX[name]], rows) for name, rows in self.rows.items()]

    # ---- Changing ----------------------------------------------------------------------

    def text(self, value: str) -> int:
        """Return a text's position in table `text`."""
        return self.registry.intern("text", value)

    def add_device(self, person: Person, at: int, name: str, kind: str, position: int) -> None:
        """Let a user have one more MFA device from an instant on."""
        person.devices[name] = (position, kind)
        self._note_devices(person, at)

    def remove_device(self, person: Person, at: int, name: str) -> None:
        """Let a user have one MFA device less from an instant on."""
        del person.devices[name]
        self._note_devices(person, at)

    def _note_devices(self, person: Person, at: int) -> None:
        held = {"totp": -1, "webauthn": -1}
        held |= {kind: position for position, kind in person.devices.values()}
        self.timeline.touch(person.index)
        self._note(person, at, **held)

    def _note(self, person: Person, at: int, **facts: int | bool) -> None:
        """Note facts in the timeline: after what is noted already.

        What one act brings about may take longer than it takes the next act to begin.
        """
        self.timeline.change(person.index, max(at, self.timeline.last(person.index)), **facts)

    def grants_changed(self, person: Person, at: int) -> None:
        """Note what a user may do from an instant on."""
        pairs = set(person.direct)
        for group in person.groups:
            pairs |= self.groups[group].assignments
        self._note(person, at, grant=self.directory.grants.intern(pairs))

    def allowed(self, person: Person) -> set[tuple[int, int]]:
        """Return the accounts and permission sets a user has at present."""
        pairs = set(person.direct)
        for group in person.groups:
            pairs |= self.groups[group].assignments
        return pairs

    def membership(self, group: GroupState, person: Person) -> int:
        """Return the membership of a user in a group, in table `membership`."""
        pair = (group.index, person.index)
        if pair not in self.memberships:
            region = self.scenario.instance.region
            key = self.directory.root.child(
                "membership",
                self.registry.text("group.id", group.index),
                self.registry.text("user.id", person.index),
            )
            text = identifiers.store_entity_id(key.high, key.low, region)
            self.memberships[pair] = self.registry.add("membership", id=text)
        return self.memberships[pair]

    def create_user(
        self, act: Act[Entry], name: str, user_id: str | None, *, has_password: bool
    ) -> Person:
        """Let there be one more user."""
        if name in self.directory.users:
            self.refuse(act, f"there is a user {name!r} already")
        key = self.directory.root.child("user", name)
        text = user_id or identifiers.store_entity_id(
            key.high, key.low, self.scenario.instance.region
        )
        index = self.registry.add("user", id=text, **user_texts(name, self.scenario, key))
        person = Person(index, name, key, {}, set(), set(), has_password, created_at=act.at)
        self.users[name] = person
        self.directory.users.create(name, index)
        return person

    def delete_user(self, person: Person, at: int) -> None:
        """Let a user be gone from an instant on."""
        for group in self.groups.values():
            group.members.discard(person.index)
        self._note(person, at, exists=False)
        self.access.call(Holder("USER", person.name), person.name, "DELETED")
        del self.users[person.name]
        self.directory.users.remove(person.name)

    def names_of(self, members: Iterable[int]) -> list[str]:
        """Return the names of users by position, in order."""
        return sorted(self.registry.text("user.name", index) for index in members)
