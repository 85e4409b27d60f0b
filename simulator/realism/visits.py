"""From records to visits: what belongs together, put together again.

A sign-in is held together by its AuthWorkflowID, a portal session by its credentialId. An
attempt with a name that nobody has comes shortly before one with the right name. Where a
record names no session (before October 2024, and calls by token), it is taken to belong to
the latest one of the user.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Final

from simulator.flows import gaps
from simulator.plan.background import habits
from simulator.primitives.instants import SECOND

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from simulator.realism.reading import Fact

_REFRESH: Final = "refresh_token"
_DEVICE: Final = "urn:ietf:params:oauth:grant-type:device_code"
_LANDS: Final = gaps.ASSUMED.greatest + gaps.AT_ONCE.greatest + gaps.LANDING.greatest + SECOND
_AGAIN: Final = habits.STARTS_OVER.greatest + SECOND
_BACK: Final = gaps.IDP.greatest + SECOND


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to a challenge."""

    types: str
    """CredentialType."""
    is_right: bool
    seconds: int
    """From the challenge to the answer."""


@dataclass(slots=True)
class Visit:
    """Somebody comes: attempts to sign in, and the portal session if there is one."""

    at: int
    """When the first record happens, in milliseconds."""
    last: int
    """When the last record of signing in does."""
    address: str
    agent: str
    """Of the first record."""
    workflow: str = ""
    """AuthWorkflowID of the attempt with the right name."""
    wrong_name: bool = False
    """Whether a name that nobody has came first."""
    asked: dict[str, int] = field(default_factory=dict)
    """CredentialType to when it was asked for last."""
    answers: list[Answer] = field(default_factory=list)
    refused: int = 0
    """Assertions of the identity provider that were refused."""
    entered: int | None = None
    """When the user was in."""
    types: str = ""
    """CredentialType of UserAuthentication: all that was shown."""
    enrols: bool = False
    """Whether a device is enrolled on the way."""
    session: Session | None = None

    def tried(self, types: str) -> list[bool]:
        """Return of each answer of a type whether it was right."""
        return [one.is_right for one in self.answers if one.types == types]


@dataclass(slots=True)
class Session:
    """What somebody does who is in."""

    is_named: bool = False
    """Whether its records name it, so that they cannot be taken for another's."""
    opened: int | None = None
    """When the portal was loaded first."""
    last: int = 0
    """When something was done last, signing out apart."""
    called: int = 0
    """When a tool last called with a token that may be of this session."""
    consoles: list[int] = field(default_factory=list)
    """When accounts' consoles were opened."""
    landed: int = 0
    """When the first of them had opened."""
    after: tuple[int, str] | None = None
    """What came after the first console, if it is another or the portal: when, and eventName."""
    token: Fact | None = None
    """The first token of a command line."""
    polls: int = 0
    """How often a device grant was asked for in vain."""
    refreshes: int = 0
    left: int | None = None
    """When the user signed out."""


def visits_of(facts: Iterable[Fact], names: Collection[str]) -> list[Visit]:
    """Return one user's visits, in the order in which they begin.

    Args:
        facts: The user's, in the order in which they happened.
        names: All names by which the user may be known, in lower case.
    """
    reader = _Reader(names)
    for fact in facts:
        reader.read(fact)
    return reader.visits


def by_user(facts: Iterable[Fact]) -> Iterator[tuple[str, list[Fact]]]:
    """Yield each user's name and facts."""
    for who, mine in groupby(sorted(facts, key=lambda fact: fact.who), lambda fact: fact.who):
        yield who, list(mine)


class _Reader:
    """Puts together what one user does, record by record."""

    def __init__(self, names: Collection[str]) -> None:
        self.visits: list[Visit] = []
        self._names = names
        self._workflows: dict[str, Visit] = {}
        self._sessions: dict[str, Visit] = {}
        self._polls: dict[str, int] = {}

    def read(self, fact: Fact) -> None:
        """Take one more record."""
        if fact.workflow or fact.name == "ExternalIdPDirectoryLogin":
            self._sign_in(self._attempt(fact), fact)
        elif fact.name == "ConsoleLogin":
            self._land(fact)
        elif fact.name == "CreateToken" and not fact.expires:
            self._polls[fact.code] = self._polls.get(fact.code, 0) + 1
        elif fact.by_token:
            self._call(fact)
        else:
            visit = self._visit(fact)
            if visit is not None:
                self._use(visit, fact)

    # ---- Signing in ------------------------------------------------------------------------

    def _attempt(self, fact: Fact) -> Visit:
        visit = self._workflows.get(fact.workflow) if fact.workflow else None
        if visit is not None:
            return visit
        is_known = fact.typed.lower() in self._names or not fact.typed
        visit = self._gone_on(fact)
        if visit is None:
            visit = Visit(fact.at, fact.at, fact.address, fact.agent)
            self.visits.append(visit)
        if fact.workflow:
            self._workflows[fact.workflow] = visit
            visit.wrong_name |= not is_known
            visit.workflow = fact.workflow if is_known else ""
        return visit

    def _gone_on(self, fact: Fact) -> Visit | None:
        """Return the visit that another attempt belongs to, if there is one."""
        for visit in reversed(self.visits[-3:]):
            if visit.entered is not None or visit.workflow:
                continue
            within = _BACK if visit.refused else _AGAIN
            if (visit.refused or visit.wrong_name) and fact.at - visit.last <= within:
                return visit
        return None

    def _sign_in(self, visit: Visit, fact: Fact) -> None:
        visit.last = fact.at
        if fact.name == "ExternalIdPDirectoryLogin":
            visit.refused += not fact.is_right
        elif fact.workflow != visit.workflow:
            return
        elif fact.name == "CredentialChallenge":
            visit.asked[fact.types] = fact.at
        elif fact.name == "CredentialVerification":
            seconds = (fact.at - visit.asked.get(fact.types, fact.at)) // SECOND
            visit.answers.append(Answer(fact.types, fact.is_right, seconds))
        else:
            visit.entered, visit.types = fact.at, fact.types

    # ---- Being in --------------------------------------------------------------------------

    def _visit(self, fact: Fact) -> Visit | None:
        """Return the visit whose session a record is of."""
        visit = self._sessions.get(fact.session) if fact.session else None
        if visit is not None:
            return visit
        for one in reversed(self.visits):
            if one.entered is None or one.entered > fact.at:
                continue
            if one.session is None or not fact.session:
                one.session = one.session or Session(bool(fact.session), last=one.entered)
                if fact.session:
                    self._sessions[fact.session] = one
                return one
        return None

    def _use(self, visit: Visit, fact: Fact) -> None:
        session = visit.session
        assert session is not None
        if fact.name == "Logout":
            session.left = fact.at
            return
        session.last = max(session.last, fact.at)
        if len(session.consoles) == 1 and fact.name in {"Authenticate", "Federate"}:
            session.after = session.after or (fact.at, fact.name)
        if fact.name == "Authenticate":
            session.opened = session.opened or fact.at
        elif fact.name == "Federate":
            session.consoles.append(fact.at)
        elif fact.name.startswith("Complete"):
            visit.enrols = True
        elif fact.grant == _REFRESH:
            session.refreshes += 1
        elif fact.name == "CreateToken":
            session.token = fact
            session.polls = self._polls.pop(fact.code, 0) if fact.grant == _DEVICE else 0

    def _call(self, fact: Fact) -> None:
        """Take a call with a token: of which session, cannot be told where there are several."""
        for visit in reversed(self.visits):
            session = visit.session
            if fact.at - visit.at > habits.CLI_SPAN.greatest + _AGAIN:
                return
            if session is not None and session.token is not None:
                session.called = fact.at

    def _land(self, fact: Fact) -> None:
        for visit in reversed(self.visits):
            session = visit.session
            if session is not None and len(session.consoles) == 1:
                if 0 <= fact.at - session.consoles[0] <= _LANDS:
                    session.landed = fact.at
                return


def is_by_device(token: Fact) -> bool:
    """Tell whether a token was granted by device code."""
    return token.grant == _DEVICE
