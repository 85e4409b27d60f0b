"""What a call answers, as far as its parameters and new ids tell.

A member that the call was given is answered as it was given; ids and ARNs of what the call
makes are drawn from the key of the act. Where a member that must be there cannot be made up
so, nothing is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from simulator.directory import identifiers
from simulator.plan.calls import account_id, instance_arn, next_request_id
from simulator.plan.population import filled
from simulator.records.api.structures import Structure, members

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from simulator.plan.stage import Act, Stage
    from simulator.primitives.keys import Key


@dataclass(frozen=True, slots=True)
class Answering:
    """What an answer is made from."""

    stage: Stage
    act: Act[Any]
    kind: str
    request: Mapping[str, object]

    def key(self, name: str) -> Key:
        """Return the key of something new."""
        return self.act.key.child("response", str(self.act.done), name)

    @property
    def instance(self) -> str:
        """The instance's id."""
        return filled(self.stage.scenario.instance.id)

    @property
    def store(self) -> str:
        """The identity store's id."""
        return filled(self.stage.scenario.instance.identity_store_id)

    @property
    def owner(self) -> str:
        """The id of the account that owns the instance."""
        return account_id(self.stage, filled(self.stage.scenario.instance.account))


def _entity(it: Answering, name: str) -> str:
    key = it.key(name)
    return identifiers.store_entity_id(key.high, key.low, it.stage.scenario.instance.region)


def _uuid(it: Answering, name: str) -> str:
    key = it.key(name)
    return identifiers.uuid4_text(key.high, key.low)


def _permission_set(it: Answering, name: str) -> str:
    key = it.key(name)
    made = identifiers.permission_set_id(key.high, key.low)
    return identifiers.permission_set_arn(it.instance, made)


def _application(it: Answering, name: str) -> str:
    key = it.key(name)
    made = identifiers.application_id(key.high, key.low, it.instance)
    return identifiers.application_arn(it.owner, it.instance, made)


def _issuer(it: Answering, name: str) -> str:
    key = it.key(name)
    return identifiers.trusted_token_issuer_arn(it.owner, it.instance, key.high, key.low)


def _tenant(it: Answering, name: str) -> str:
    key = it.key(name)
    return identifiers.scim_tenant_id(key.high, key.low)


_STATUS: Final = {"sso/AddRegion": "ADDING", "sso/RemoveRegion": "REMOVING"}

_MADE: Final[dict[str, Callable[[Answering, str], object]]] = {
    "instanceArn": lambda it, _: instance_arn(it.stage),
    "identityStoreId": lambda it, _: it.store,
    "identityStoreArn": lambda it, _: identifiers.identity_store_arn(it.owner, it.store),
    "permissionSetArn": _permission_set,
    "permissionSet.sessionDuration": lambda _it, _: "PT1H",
    "permissionSet.createdDate": lambda it, _: it.act.at,
    "applicationArn": _application,
    "trustedTokenIssuerArn": _issuer,
    "requestId": lambda it, _: next_request_id(it.act),
    "userId": _entity,
    "groupId": _entity,
    "membershipId": _entity,
    "tenantId": _tenant,
    "tokenId": _uuid,
    "idpId": _uuid,
    "certificateId": _uuid,
}
"""Member, alone or with the one it lies in, to what makes it up."""


def answered(
    stage: Stage,
    act: Act[Any],
    kind: str,
    structure: Structure | None,
    request: Mapping[str, object],
) -> dict[str, object] | None:
    """Return what a call answers, dates as milliseconds; none where that is not known."""
    if not isinstance(structure, dict):
        return None
    return _members(Answering(stage, act, kind, request), structure, "")


def _members(
    it: Answering, structure: dict[str, Structure], inside: str
) -> dict[str, object] | None:
    made: dict[str, object] = {}
    for name, inner, is_required in members(structure):
        value = _value(it, name, inner, inside)
        if value is not None:
            made[name] = value
        elif is_required:
            return None
    return made or None


def _value(it: Answering, name: str, inner: Structure, inside: str) -> object:
    if name in it.request:
        return it.request[name]
    if isinstance(inner, dict):
        return None if "*" in inner else _members(it, inner, name)
    make = _MADE.get(f"{inside}.{name}") or _MADE.get(name)
    if make is not None:
        return make(it, name)
    if isinstance(inner, str) and "|" in inner:
        status = _STATUS.get(it.kind, "IN_PROGRESS")
        return status if status in inner.split("|") else None
    return "" if inner == "hidden" else None
