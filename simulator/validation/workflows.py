"""Sign-in workflows: one user, one client, and an order of steps.

A challenge comes before its answer, and UserAuthentication after all it lists was verified.
The order is checked when a workflow is complete, because files need not be in order of
time; what must come before something else may be in the same second.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from simulator.primitives.instants import HOUR, format_instant, parse_instant
from simulator.records.api.structures import HIDDEN
from simulator.validation.findings import Subject, shown
from simulator.validation.memory import GENERATION, Recent, text_of

if TYPE_CHECKING:
    from simulator.validation.findings import Ledger
    from simulator.validation.layouts import Value

_STEPS: Final = ("CredentialChallenge", "CredentialVerification", "UserAuthentication")
_OPENING: Final = frozenset({"PASSWORD", "EMAIL_OTP"})


@dataclass(frozen=True, slots=True)
class _Event:
    """One record of a sign-in workflow."""

    time: str
    name: str
    credential_types: str
    is_success: bool
    subject: Subject


@dataclass(slots=True)
class _Workflow:
    user: str = ""
    name: str = ""
    client: tuple[str, str] = ("", "")
    credential: str = ""
    events: dict[str, _Event] = field(default_factory=dict)
    """By eventID, so that a record which was delivered twice counts once."""


@dataclass(slots=True)
class Workflows:
    """Checks the records of sign-ins."""

    ledger: Ledger
    first: str = ""
    """The input's first eventTime so far: an earlier workflow may have begun before it."""
    _open: Recent[_Workflow] = field(default_factory=lambda: Recent(GENERATION // 2))
    _credentials: Recent[str] = field(default_factory=Recent)

    def has_credential(self, credential: str) -> bool:
        """Return whether a sign-in showed a credentialId."""
        return self._credentials.get(credential) is not None

    def check(
        self,
        record: dict[str, Value],
        identity: dict[str, Value],
        shown_user: tuple[str, str],
        subject: Subject,
        time: str,
    ) -> None:
        """Check one record against those of its workflow."""
        user, credential = shown_user
        additional = record.get("additionalEventData")
        workflow_id = text_of(additional, "AuthWorkflowID")
        if not workflow_id:
            return
        workflow = self._open.get(workflow_id)
        if workflow is None:
            workflow = _Workflow()
            for gone in self._open.put(workflow_id, workflow):
                self._close(gone)
        self._check_shared(workflow, (user, text_of(identity, "userName")), workflow_id, subject)
        client = (text_of(record, "sourceIPAddress"), text_of(record, "userAgent"))
        if workflow.client == ("", ""):
            workflow.client = client
        elif workflow.client != client:
            message = f"workflow {workflow_id} was seen from another address or user agent"
            self.ledger.add("W412", subject, message)
        if credential:
            self._check_credential(workflow, workflow_id, credential, subject)
        name = subject.kind.partition("/")[2]
        if name in _STEPS:
            outcome = text_of(record.get("serviceEventDetails"), name)
            workflow.events[subject.event_id] = _Event(
                time, name, text_of(additional, "CredentialType"), outcome == "Success", subject
            )

    def _check_shared(
        self, workflow: _Workflow, who: tuple[str, str], workflow_id: str, subject: Subject
    ) -> None:
        user, name = who
        for value, known, what in (
            (user, workflow.user, "user id"),
            (name if name != HIDDEN else "", workflow.name, "userName"),
        ):
            if value and known and value != known:
                message = f"workflow {workflow_id} was seen with another {what}, {shown(known)}"
                self.ledger.add("E411", subject, message)
        workflow.user = workflow.user or user
        workflow.name = workflow.name or (name if name != HIDDEN else "")

    def _check_credential(
        self, workflow: _Workflow, workflow_id: str, credential: str, subject: Subject
    ) -> None:
        if workflow.credential and workflow.credential != credential:
            message = f"workflow {workflow_id} was seen with another credentialId"
            self.ledger.add("E413", subject, message)
        elif not workflow.credential:
            workflow.credential = credential
            other = self._credentials.get(credential)
            if other is None:
                self._credentials.put(credential, workflow_id)
            elif other != workflow_id:
                message = f"credentialId {shown(credential)} was seen in workflow {shown(other)}"
                self.ledger.add("W417", subject, message)

    def finish(self) -> None:
        """Check the order of all that are left."""
        for workflow in self._open.rest():
            self._close(workflow)

    def _close(self, workflow: _Workflow) -> None:
        """Check the order of a workflow's records, once there will be no more of them."""
        events = sorted(workflow.events.values(), key=lambda event: event.time)
        if not events or not self._is_whole(events):
            return
        for event in events:
            if event.name == "CredentialVerification":
                kind = event.credential_types
                asked = _count(events, "CredentialChallenge", kind, event.time)
                if asked < _count(events, event.name, kind, event.time):
                    message = f"no challenge for {shown(kind)} that this answers"
                    self.ledger.add("W414", event.subject, message)
            elif event.name == "UserAuthentication":
                self._check_satisfied(events, event)

    def _is_whole(self, events: list[_Event]) -> bool:
        """Return whether a workflow's first record is here, as far as one can tell."""
        opening = [
            event
            for event in events
            if event.name == "CredentialChallenge" and event.credential_types in _OPENING
        ]
        if opening and opening[0].time == events[0].time:
            return True
        # It may have begun before the input does.
        try:
            return events[0].time > format_instant(parse_instant(self.first) + HOUR)
        except ValueError:
            return False

    def _check_satisfied(self, events: list[_Event], event: _Event) -> None:
        listed = set(event.credential_types.split(","))
        verified = {
            other.credential_types
            for other in events
            if other.name == "CredentialVerification"
            and other.is_success
            and other.time <= event.time
        }
        if listed == {"EXTERNAL_IDP"}:
            return
        if missing := sorted(listed - verified):
            self.ledger.add("E415", event.subject, f"{shown(','.join(missing))} was not verified")
        if beyond := sorted(verified - listed):
            message = f"{shown(','.join(beyond))} was verified and is not listed"
            self.ledger.add("W416", event.subject, message)


def _count(events: list[_Event], name: str, credential_type: str, until: str) -> int:
    return sum(
        event.name == name and event.credential_types == credential_type and event.time <= until
        for event in events
    )
