"""How users get into accounts: roles, how long they are held, and who takes them for users.

A role follows from account and permission set, so that a million users have as many roles
between them as there are pairs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.directory import identifiers, networks, user_agents
from simulator.plan.population.roles import application_instance, reserved_role, saml_provider
from simulator.primitives.instants import HOUR, SECOND
from simulator.primitives.keys import purpose

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from simulator.plan.registry import Registry
    from simulator.primitives.columns import Column
    from simulator.primitives.keys import Key, KeyColumn
    from simulator.scenario.document import Scenario

SERVERS: Final = 16
"""Machines by which Identity Center takes roles, as far as addresses tell. Chosen."""

_SERVER: Final = purpose("federation-server")


def account_texts(root: Key, account: str, owner: str, region: str) -> dict[str, str]:
    """Return the text columns of an account.

    Args:
        account: Its id.
        owner: Id of the account that owns the instance.
        region: The instance's.
    """
    provider = saml_provider(root, account)
    issuer = identifiers.saml_issuer(region, owner, application_instance(root, account))
    return {
        "id": account,
        "provider": provider.arn,
        "issuer": issuer,
        "qualifier": identifiers.name_qualifier(issuer, account, provider.name),
    }


@dataclass(slots=True)
class Entrance:
    """What records in the accounts that users enter are made of."""

    root: Key
    region: str
    registry: Registry
    is_recorded: bool
    """Whether what is recorded in those accounts is there at all."""
    seconds: dict[int, int]
    """Permission set to how long its role is held, in seconds."""
    servers: NDArray[np.int64]
    """Positions in table `server`; none where nothing is recorded."""
    _roles: dict[tuple[int, int], int] = field(default_factory=dict)

    @classmethod
    def of(
        cls, scenario: Scenario, root: Key, registry: Registry, permission_sets: Mapping[str, int]
    ) -> Entrance:
        """Return how users of a resolved scenario get into accounts."""
        is_recorded = scenario.organization.member_account_events
        key = root.child("federation")
        servers = [
            registry.add(
                "server",
                address=networks.service_address(key, nth),
                agent=user_agents.FEDERATION.text,
                token_agent=user_agents.SIGNIN_TOKEN.text,
            )
            for nth in range(SERVERS if is_recorded else 0)
        ]
        return cls(
            root=root,
            region=scenario.instance.region,
            registry=registry,
            is_recorded=is_recorded,
            seconds={
                permission_sets[one.name]: one.session_duration // SECOND
                for one in scenario.permission_sets
            },
            servers=np.array(servers, np.int64),
        )

    def role(self, account: int, permission_set: int) -> int:
        """Return the role of a permission set in an account, in table `role`."""
        known = self._roles.get((account, permission_set))
        if known is None:
            text = self.registry.text
            made = reserved_role(
                self.root,
                text("account.id", account),
                text("permission_set.name", permission_set),
                self.region,
            )
            known = self.registry.add("role", id=made.id, name=made.name, arn=made.arn)
            self._roles[account, permission_set] = known
        return known

    def lasts(self, permission_set: int) -> int:
        """Return how long the role of a permission set is held, in seconds."""
        return self.seconds.get(permission_set, HOUR // SECOND)

    def session(self, key: Key, account: int, permission_set: int, began: int) -> dict[str, int]:
        """Return the columns of a role session that begins at an instant, drawn from its key."""
        if not self.is_recorded:
            return {"member_accounts": 0}
        seconds = self.lasts(permission_set)
        return {
            "member_accounts": 1,
            "role": self.role(account, permission_set),
            "role_high": key.high,
            "role_low": key.low,
            "role_at": began,
            "role_until": began // SECOND * SECOND + seconds * SECOND,
            "role_seconds": seconds,
            "server": int(self.servers[key.below(len(self.servers), _SERVER)]),
        }

    def sessions(
        self,
        key: KeyColumn,
        role: NDArray[np.int64],
        seconds: NDArray[np.int64],
        began: NDArray[np.int64],
    ) -> dict[str, Column | int]:
        """Return as `session` does, for many sessions of roles that are known."""
        return {
            "member_accounts": 1,
            "role": role,
            "role_high": key.high,
            "role_low": key.low,
            "role_at": began,
            "role_until": began // SECOND * SECOND + seconds * SECOND,
            "role_seconds": seconds,
            "server": self.servers[key.below(len(self.servers), _SERVER)],
        }
