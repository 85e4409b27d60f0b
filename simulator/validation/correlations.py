"""What holds across records: ids that are unique, shared, or used while they exist.

Memory is bounded but for 34 bytes a record, by which a repeated eventID is found wherever
it stands. Requests, workflows and credentials are remembered in two generations of
`memory.GENERATION` entries and then forgotten, the oldest first: records that belong
together but stand further apart are not compared. Of users, groups and MFA devices there
is one entry each, up to `MOST_THINGS`. Times are compared as text, to the second; the
order of records in the input does not matter.
"""

from __future__ import annotations

import base64
from binascii import Error as Base64Error
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from simulator.directory.identifiers import name_qualifier
from simulator.primitives.instants import (
    EARLIEST,
    LATEST,
    SECOND,
    format_instant,
)
from simulator.records.api.structures import HIDDEN
from simulator.validation.findings import Subject, shown
from simulator.validation.memory import Recent, Seen, text_of
from simulator.validation.sharing import Sharing
from simulator.validation.workflows import Workflows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.validation.findings import Ledger
    from simulator.validation.layouts import Value

MOST_THINGS: Final = 2_000_000


@dataclass(slots=True)
class _Thing:
    """A user, group or MFA device, from being made to being deleted."""

    what: str
    made: str = ""
    deleted: str = ""
    first: str = ""
    first_subject: Subject | None = None
    last: str = ""
    last_subject: Subject | None = None


@lru_cache(maxsize=8_192)
def _expiry(head: str) -> str:
    """Return when an access token ends, from the first eleven letters of its credentialId."""
    try:
        seconds = int.from_bytes(base64.urlsafe_b64decode(head + "=")[:8], "big")
    except (ValueError, Base64Error):
        return ""
    at = seconds * SECOND
    return format_instant(at) if EARLIEST <= at < LATEST else ""


_CREATED: Final = {
    "CreateUser": ("user", "userId"),
    "CreateGroup": ("group", "groupId"),
    "CompleteVirtualMfaDeviceRegistration": ("MFA device", "deviceId"),
    "CompleteWebAuthnDeviceRegistration": ("MFA device", "deviceId"),
}
_DELETED: Final = {
    "DeleteUser": "userId",
    "DeleteGroup": "groupId",
    "DeleteMfaDeviceForUser": "deviceId",
}
_HASHED: Final = 28
"""Letters of a SHA-1 in base 64."""
_NAMED: Final = (("userId", "user"), ("groupId", "group"), ("deviceId", "MFA device"))


@dataclass(slots=True)
class Correlations:
    """Checks records against those before them, and what is left at the end."""

    ledger: Ledger
    first: str = "9999"
    last: str = ""
    _seen: Seen = field(default_factory=Seen)
    _requests: Recent[tuple[Value, ...]] = field(default_factory=Recent)
    _renamed: set[str] = field(default_factory=set)
    _portal_credentials: Recent[str] = field(default_factory=Recent)
    _things: dict[str, _Thing] = field(default_factory=dict)
    _name_of: dict[tuple[str, str], str] = field(default_factory=dict)
    _id_of: dict[tuple[str, str], str] = field(default_factory=dict)
    _file: str = ""
    _before: str = ""
    _workflows: Workflows = field(init=False)
    _sharing: Sharing = field(init=False)

    def __post_init__(self) -> None:
        """Share the ledger."""
        self._workflows = Workflows(self.ledger)
        self._sharing = Sharing(self.ledger)

    def check(
        self,
        record: dict[str, Value],
        subject: Subject,
        time: str,
        *,
        is_known: bool,
        is_newest_first: bool = False,
    ) -> None:
        """Check one record whose eventTime is well-formed.

        Args:
            is_known: Whether the kind is one of those this program knows.
            is_newest_first: Whether older records come after it.
        """
        if subject.event_id:
            self._seen.add(subject, time)
        self._check_order(subject, time, is_newest_first=is_newest_first)
        if not is_known:
            return
        self._check_request(record, subject, time)
        self._sharing.check(record, subject, time)
        identity = record.get("userIdentity")
        if not isinstance(identity, dict):
            return
        if subject.kind == "sts/AssumeRoleWithSAML":
            self._check_qualifier(record, subject)
        user = text_of(identity.get("onBehalfOf"), "userId")
        credential = text_of(identity, "credentialId")
        if subject.kind.startswith("signin/"):
            self._workflows.first = self.first
            self._workflows.check(record, identity, (user, credential), subject, time)
            if credential and self._portal_credentials.get(credential) is not None:
                message = f"credentialId {shown(credential)} was seen in a portal session"
                self.ledger.add("E418", subject, message)
        elif credential:
            self._check_portal(user, credential, subject, time)
        self._check_names(identity, user, subject)
        self._use_things(record, user, subject, time)

    def _check_order(self, subject: Subject, time: str, *, is_newest_first: bool) -> None:
        self.first = min(self.first, time)
        self.last = max(self.last, time)
        if subject.place.file != self._file:
            self._file, self._before = subject.place.file, ""
        if self._before and (time > self._before if is_newest_first else time < self._before):
            self.ledger.add("N451", subject, f"eventTime {time} follows {self._before}")
        self._before = time

    def _check_request(self, record: dict[str, Value], subject: Subject, time: str) -> None:
        request = record.get("requestID")
        if not isinstance(request, str):
            return
        names = ("sourceIPAddress", "userAgent", "sharedEventID")
        shared = (time, *(record.get(name) for name in names))
        known = self._requests.get(request)
        if known is None:
            self._requests.put(request, shared)
        elif known != shared:
            unlike = [
                name
                for name, one, other in zip(("eventTime", *names), known, shared, strict=True)
                if one != other
            ]
            message = f"requestID {request} was seen with another {' and '.join(unlike)}"
            self.ledger.add("W403", subject, message)

    def _check_portal(self, user: str, credential: str, subject: Subject, time: str) -> None:
        known = self._portal_credentials.get(credential)
        if known is None:
            self._portal_credentials.put(credential, user)
            if self._workflows.has_credential(credential):
                message = f"credentialId {shown(credential)} was seen in a sign-in"
                self.ledger.add("E418", subject, message)
        elif user and known != user:
            message = f"credentialId {shown(credential)} was seen with user {shown(known)}"
            self.ledger.add("E421", subject, message)
        if len(credential) == 86 and (expiry := _expiry(credential[:11])) and expiry < time:
            self.ledger.add("W422", subject, f"the token ended at {expiry}")

    def _check_qualifier(self, record: dict[str, Value], subject: Subject) -> None:
        request, response = record.get("requestParameters"), record.get("responseElements")
        told, issuer = text_of(response, "nameQualifier"), text_of(response, "issuer")
        _, _, provider = text_of(request, "principalArn").rpartition("/")
        account = text_of(record, "recipientAccountId")
        if len(told) != _HASHED or not (issuer and provider and account.isdigit()):
            return
        hashed = name_qualifier(issuer, account, provider)
        if told != hashed:
            message = f"nameQualifier {shown(told)} should be {hashed}, of issuer and provider"
            self.ledger.add("W423", subject, message)

    def _check_names(self, identity: dict[str, Value], user: str, subject: Subject) -> None:
        name, store = text_of(identity, "userName"), text_of(identity, "accountId")
        if not name or name == HIDDEN:
            return
        if not user and identity.get("type") == "Unknown":
            # Older portal records name the user by principalId; sign-ins have the account there.
            user = text_of(identity, "principalId")
            if "/" in user or len(user) < 32:
                return
        if not user:
            return
        for table, key, value, told in (
            (self._name_of, (store, user), name, f"user {user} was seen with the name"),
            (self._id_of, (store, name), user, f"the name {shown(name)} was seen with user"),
        ):
            known = table.get(key)
            if known is None:
                if len(table) < MOST_THINGS:
                    table[key] = value
            elif known != value:
                table[key] = value
                if not (self._has_changed(user) or self._has_changed(known)):
                    self.ledger.add("W431", subject, f"{told} {shown(known)}")

    def _has_changed(self, user: str) -> bool:
        """Return whether a user was deleted or renamed, so that the name may be another's."""
        thing = self._things.get(user)
        return user in self._renamed or (thing is not None and bool(thing.deleted))

    def _use_things(
        self, record: dict[str, Value], actor: str, subject: Subject, time: str
    ) -> None:
        if "errorCode" in record:
            return
        name = subject.kind.partition("/")[2]
        used = {actor: "user"} if actor else {}
        request, response = record.get("requestParameters"), record.get("responseElements")
        if isinstance(request, dict):
            used.update(_named_things(request))
            if name == "UpdateUser":
                self._note_rename(request)
        created = _CREATED.get(name)
        if created is not None and isinstance(response, dict):
            what, member = created
            inner = response.get(what)
            found = text_of(inner if isinstance(inner, dict) else response, member)
            if found:
                thing = self._thing(found, what)
                thing.made = thing.made or time
                used.pop(found, None)
        for one, what in used.items():
            self._use(self._thing(one, what), subject, time)
        if name in _DELETED and isinstance(request, dict):
            found = text_of(request, _DELETED[name])
            if found:
                thing = self._thing(found, "")
                thing.deleted = min(thing.deleted or time, time)

    def _note_rename(self, request: dict[str, Value]) -> None:
        """Let a user have another name after a change of it, whose value is hidden."""
        changes = request.get("operations")
        for change in changes if isinstance(changes, list) else []:
            if text_of(change, "attributePath").lower() == "username":
                self._renamed.add(text_of(request, "userId"))

    def _thing(self, key: str, what: str) -> _Thing:
        found = self._things.get(key)
        if found is None:
            found = _Thing(what)
            if len(self._things) < MOST_THINGS:
                self._things[key] = found
        return found

    @staticmethod
    def _use(thing: _Thing, subject: Subject, time: str) -> None:
        if not thing.first or time < thing.first:
            thing.first, thing.first_subject = time, subject
        if time >= thing.last:
            thing.last, thing.last_subject = time, subject

    def finish(self) -> None:
        """Say what can only be known at the end."""
        self._workflows.first = self.first
        self._workflows.finish()
        self._sharing.finish(self.first, self.last)
        for key, thing in self._things.items():
            if thing.made and thing.first_subject is not None and thing.first < thing.made:
                message = f"{thing.what} {shown(key)} was made at {thing.made}"
                self.ledger.add("W441", thing.first_subject, message)
            if thing.deleted and thing.last_subject is not None and thing.last > thing.deleted:
                message = f"{thing.what} {shown(key)} was deleted at {thing.deleted}"
                self.ledger.add("W442", thing.last_subject, message)
        for later, earlier, alike in self._seen.repeated():
            self.ledger.add(
                "W402" if alike else "E401", later, f"it was seen at {earlier.place} already"
            )


def _named_things(request: dict[str, Value]) -> Iterator[tuple[str, str]]:
    """Yield the ids of users, groups and MFA devices that a request names, each with its sort."""
    for member, what in _NAMED:
        value = request.get(member)
        if isinstance(value, str) and value:
            yield value, what
    for wrapper in ("user", "member", "memberId"):
        inner = request.get(wrapper)
        if isinstance(inner, dict):
            for member in ("userId", "memberId"):
                value = inner.get(member)
                if isinstance(value, str) and value:
                    yield value, "user"
