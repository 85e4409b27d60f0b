"""Who acts, by what `userIdentity` shows: one way of telling for each type of identity."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from simulator.explanation.words import told
from simulator.records.api.structures import HIDDEN
from simulator.records.kinds import kind_named
from simulator.validation.judging import identity_type
from simulator.validation.memory import text_of

if TYPE_CHECKING:
    from collections.abc import Callable

NOBODY: Final = "somebody the record does not show"
SCIM: Final = kind_named("identitystore-scim/GetUser").event_source
"""Where provisioning clients call."""
_STORE: Final = re.compile(r"d-[0-9a-zA-Z]{10}$")
_PERMISSION_SET: Final = re.compile(r"AWSReservedSSO_(.+)_[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Who:
    """Whoever acts."""

    says: str
    """In a few words, such as `user 94d8…` or `root user of account 111122223333`."""

    details: tuple[tuple[str, str], ...] = ()
    """What else is shown: a label and a text each."""

    user_id: str = ""
    """Id of the user of Identity Center who acts; empty where none is shown."""

    name: str = ""
    """Name of that user; empty where none is shown."""

    entrance: str = ""
    """With which credentials, of those who do not sign in; empty where that is not known."""

    short: str = ""
    """By what a person or program is called in one record after another; empty for nobody."""


@dataclass(frozen=True, slots=True)
class _Identity:
    """`userIdentity`, read without trust."""

    members: dict[str, Any]
    typed: str
    """The user name that a sign-in was begun with."""
    details: list[tuple[str, str]] = field(default_factory=list)

    def text(self, *path: str) -> str:
        """Return a member that is text; empty where there is none."""
        *above, name = path
        inner: Any = self.members
        for part in above:
            inner = inner.get(part) if isinstance(inner, dict) else None
        return text_of(inner, name)

    def add(self, label: str, text: str) -> None:
        """Note what is shown besides."""
        if text:
            self.details.append((label, told(text)))


def who_of(record: dict[str, Any]) -> Who:
    """Return who acts in a record."""
    members = record.get("userIdentity")
    if not isinstance(members, dict):
        return Who(NOBODY)
    typed = text_of(record.get("additionalEventData"), "UserName")
    identity = _Identity(members, typed)
    kind = identity_type(record)
    # A failed call of a provisioning client says Unknown.
    kind = "WebIdentityUser" if record.get("eventSource") == SCIM else kind
    user_id, name = _user(identity, kind)
    says = _BY_TYPE.get(kind, _other)(identity, user_id, name)
    shown = identity_type(record)
    identity.details.insert(0, ("type of identity", told(shown) if shown else "none"))
    if typed:
        identity.add("user name as typed", typed)
    identity.add("credentialId", identity.text("credentialId"))
    identity.add("access key", identity.text("accessKeyId"))
    identity.add("account", identity.text("accountId"))
    called = name or identity.text("userName") or _session(identity) or user_id or says
    short = "" if says == NOBODY else told(called)
    # As it is printed: who is whose is compared by that as well.
    user_id, name = (told(text) if text else "" for text in (user_id, name))
    return Who(says, tuple(identity.details), user_id, name, _ENTRANCES.get(kind, ""), short)


def _user(identity: _Identity, kind: str) -> tuple[str, str]:
    """Return the id and the name of the user of Identity Center, as far as they are shown."""
    user_id = identity.text("onBehalfOf", "userId")
    name = identity.text("userName") if kind in {"Unknown", "IdentityCenterUser"} else ""
    principal = identity.text("principalId")
    # Before the change the portal had the user's id, or domain and SID, there.
    if not user_id and kind == "Unknown" and principal != identity.text("accountId"):
        user_id = principal
    if not name and (user_id or kind == "Unknown"):
        name = identity.typed
    return user_id, "" if name == HIDDEN else name


def _store_of(identity: _Identity) -> None:
    found = _STORE.search(identity.text("onBehalfOf", "identityStoreArn"))
    identity.add("identity store", found[0] if found else "")


def _person(identity: _Identity, user_id: str, name: str) -> str:
    """Tell of a user of Identity Center, who may not be one."""
    _store_of(identity)
    if user_id:
        identity.add("user id", user_id)
        return told(name) if name else f"user {told(user_id)}"
    if name:
        is_typed = name != identity.text("userName")
        return f"somebody who gave the user name {told(name)}" if is_typed else told(name)
    if HIDDEN in {identity.typed, identity.text("userName")}:
        return "somebody whose user name AWS hides"
    return NOBODY


def _session(identity: _Identity) -> str:
    """Return the name of a role session; empty where there is none."""
    after = identity.text("arn").rpartition("/")[2]
    return after or identity.text("principalId").rpartition(":")[2]


def _role(identity: _Identity, user_id: str, _name: str) -> str:
    arn, account = identity.text("arn"), identity.text("accountId")
    role = identity.text("sessionContext", "sessionIssuer", "userName")
    session = _session(identity)
    parts = arn.split("/")
    role = role or (parts[1] if len(parts) > 1 else "")
    identity.add("role", role)
    identity.add("session began", identity.text("sessionContext", "attributes", "creationDate"))
    identity.add("MFA", identity.text("sessionContext", "attributes", "mfaAuthenticated"))
    identity.add("called through", identity.text("invokedBy"))
    permission_set = _PERMISSION_SET.fullmatch(role)
    as_what = (
        f"permission set {told(permission_set[1])}"
        if permission_set
        else f"role {told(role)}"
        if role
        else "a role"
    )
    if user_id:
        _store_of(identity)
        identity.add("on behalf of user", user_id)
    where = f" in account {told(account)}" if account else ""
    return f"{told(session) if session else 'somebody'} with {as_what}{where}"


def _iam_user(identity: _Identity, _user_id: str, _name: str) -> str:
    identity.add("called through", identity.text("invokedBy"))
    name = identity.text("userName") or identity.text("arn").rpartition("/")[2]
    return f"IAM user {told(name) if name else '?'}{_of_account(identity)}"


def _root(identity: _Identity, _user_id: str, _name: str) -> str:
    return f"the root user{_of_account(identity)}"


def _service(identity: _Identity, _user_id: str, _name: str) -> str:
    name = identity.text("invokedBy")
    return f"the service {told(name)}" if name else "a service of AWS"


def _provisioner(identity: _Identity, _user_id: str, name: str) -> str:
    identity.add("identity provider", identity.text("identityProvider"))
    return f"{told(name)}, by web identity" if name else "a provisioning client"


def _saml(identity: _Identity, _user_id: str, _name: str) -> str:
    identity.add("name qualifier", identity.text("identityProvider"))
    name = identity.text("userName") or _session(identity)
    return f"{told(name)}, by SAML assertion" if name else "somebody, by SAML assertion"


def _account(identity: _Identity, _user_id: str, _name: str) -> str:
    return f"account {told(identity.text('accountId') or identity.text('principalId') or '?')}"


def _other(identity: _Identity, user_id: str, name: str) -> str:
    identity.add("principal", identity.text("principalId"))
    found = name or identity.text("userName") or identity.text("arn") or user_id
    return told(found) if found else NOBODY


def _of_account(identity: _Identity) -> str:
    account = identity.text("accountId")
    return f" of account {told(account)}" if account else ""


_BY_TYPE: Final[dict[str, Callable[[_Identity, str, str], str]]] = {
    "AWSAccount": _account,
    "AWSService": _service,
    "AssumedRole": _role,
    "IAMUser": _iam_user,
    "IdentityCenterUser": _person,
    "Root": _root,
    "SAMLUser": _saml,
    "Unknown": _person,
    "WebIdentityUser": _provisioner,
}
"""Type of identity to how it is told; others are told by what they show."""

_ENTRANCES: Final = {
    "AWSService": "Nobody signed in: a service acts.",
    "IAMUser": "With credentials of an IAM user, not through Identity Center.",
    "Root": "As the account's root user, not through Identity Center.",
    "SAMLUser": "By a SAML assertion.",
    "WebIdentityUser": "Nobody signed in: a provisioning client calls with a token.",
}
"""Type of identity to how somebody got in who did not sign in at Identity Center."""
