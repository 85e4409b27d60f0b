"""The identity provider's provisioning client: who it is, whence it calls, and with what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from simulator.directory import identifiers, networks
from simulator.directory.scim_clients import HABITS
from simulator.directory.user_agents import SCIM_CLIENTS
from simulator.plan.population import filled
from simulator.primitives.instants import DAY
from simulator.primitives.keys import purpose
from simulator.scenario.provisioning import RECORDED_SINCE

if TYPE_CHECKING:
    from simulator.directory.scim_clients import Habits
    from simulator.plan.stage import Act, Person, Stage
    from simulator.primitives.keys import Key
    from simulator.scenario.actions import ScimEntry
    from simulator.scenario.provisioning import Scim

_ADDRESS: Final = purpose("scim-address")
_ADDRESSES: Final = 3
_AGE: Final = purpose("scim-user-age")
_OLDEST: Final = 400
"""Days before the window in which users who were there already may have been pushed."""


def tenant_id(root: Key) -> str:
    """Return the id of the endpoint that a scenario's identity provider pushes to."""
    key = root.child("scim-tenant")
    return identifiers.scim_tenant_id(key.high, key.low)


FIRST_TOKEN: Final = "token"  # noqa: S105  # a name for it
"""The name of the token that an identity provider has from the beginning."""


def token_id(root: Key, name: str = FIRST_TOKEN) -> str:
    """Return the id of a bearer token by its name; it pushes with the first.

    Unverified: its form, a UUID; the published examples mask it.
    """
    key = root.child("scim-token")
    if name != FIRST_TOKEN:
        key = key.child(name)
    return identifiers.uuid4_text(key.high, key.low)


@dataclass(frozen=True, slots=True)
class Client:
    """A provisioning client."""

    scim: Scim
    key: Key
    tenant: str
    row: int
    """Position in table `admin`: by which name the truth knows it."""
    token: int
    """Position in table `text` of the id of its token."""
    agent: int
    """Position in table `agent`."""

    @property
    def habits(self) -> Habits:
        """What it does where there is more than one way."""
        return HABITS[filled(self.scim.client)]


def client_of(stage: Stage, act: Act[ScimEntry]) -> Client:
    """Return the client that an action is by."""
    if stage.client is not None:
        return stage.client
    scim = stage.scenario.instance.identity_source.scim
    if scim is None:
        stage.refuse(act, "nobody pushes users: say scim: true of the identity source")
    root, name = stage.directory.root, filled(scim.client)
    owner = stage.registry.text("instance.account", 0)
    texts = dict.fromkeys(
        ("principal", "arn", "key", "role_id", "role_arn", "role_name", "created_by"), ""
    )
    stage.client = Client(
        scim=scim,
        key=root.child("scim-client"),
        tenant=tenant_id(root),
        # No administrator's name has a colon.
        row=stage.registry.add("admin", **texts, account=owner, name=f"scim:{name}"),
        token=stage.text(token_id(root)),
        agent=stage.registry.intern("agent", scim.user_agent or SCIM_CLIENTS[name].text),
    )
    return stage.client


def place(stage: Stage, act: Act[ScimEntry]) -> dict[str, int]:
    """Return the columns of who calls and from where.

    A provider has several machines, and one of them does all that belongs together.
    """
    client = client_of(stage, act)
    which = act.key.below(_ADDRESSES, _ADDRESS)
    usual = stage.registry.intern("address", networks.address(client.key, "US", "hosting", which))
    return {
        "admin": client.row,
        "actor": 1,
        "scim_token": _token_of(stage, act, client),
        "address": stage.address(act, client.key, usual),
        "agent": stage.agent(act, _agent_of(stage, act, client)),
    }


def is_recorded(stage: Stage, act: Act[ScimEntry], at: int) -> bool:
    """Tell whether CloudTrail records what is done at an instant: a token with a name is new."""
    scim = client_of(stage, act).scim
    return at >= RECORDED_SINCE if act.entry.token is not None else scim.is_recorded(at)


def _agent_of(stage: Stage, act: Act[ScimEntry], client: Client) -> int:
    """Return who it is that calls, in table `agent`: the client, unless a computer says more."""
    computer = stage.computer(act)
    if computer is None or computer.user_agent is None:
        return client.agent
    return stage.registry.intern("agent", computer.user_agent)


def _token_of(stage: Stage, act: Act[ScimEntry], client: Client) -> int:
    """Return the position in table `text` of the id of the token that is shown."""
    name = act.entry.token
    if name is None:
        return client.token
    known = stage.instance.tokens.get(name)
    return stage.text(known or token_id(stage.directory.root, name))


def created(stage: Stage, person: Person) -> int:
    """Return when a user was created: in the storyline, or some time before the window."""
    if person.created_at is not None:
        return person.created_at
    return stage.scenario.window.start - person.key.below(_OLDEST * DAY, _AGE) - 1
