"""What became of sign-ins: what was asked for, what was given, who got in."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.reports.facts import Fact

_CHALLENGE, _VERIFICATION, _ENTERED = (
    "CredentialChallenge",
    "CredentialVerification",
    "UserAuthentication",
)


@dataclass(frozen=True, slots=True)
class Factor:
    """One CredentialType."""

    name: str
    asked: int
    """How often it was asked for."""
    right: int
    """How often what was given was right."""
    wrong: int

    @property
    def unanswered(self) -> int:
        """How often nothing was given, as far as these records show."""
        return max(0, self.asked - self.right - self.wrong)


@dataclass(frozen=True, slots=True)
class Entrance:
    """A way to get in: the factors that were given."""

    types: str
    """CredentialType of UserAuthentication, such as `PASSWORD,TOTP`."""
    succeeded: int
    failed: int


@dataclass(slots=True)
class SignIns:
    """Counts the records of sign-ins."""

    counts: Counter[tuple[str, str, bool]] = field(default_factory=Counter)
    """Event, CredentialType and whether it failed, to how many."""

    def add(self, fact: Fact) -> None:
        """Count a record, if it is of a sign-in."""
        if fact.event in {_CHALLENGE, _VERIFICATION, _ENTERED}:
            self.counts[fact.event, fact.credential_types, fact.is_failure] += 1

    def factors(self) -> Iterator[Factor]:
        """Yield each factor, the one that was asked for most first."""
        names = {types for event, types, _ in self.counts if event != _ENTERED}
        found = [
            Factor(
                name,
                asked=self._of(_CHALLENGE, name, False) + self._of(_CHALLENGE, name, True),
                right=self._of(_VERIFICATION, name, False),
                wrong=self._of(_VERIFICATION, name, True),
            )
            for name in names
        ]
        yield from sorted(found, key=lambda one: (-one.asked, one.name))

    def entrances(self) -> Iterator[Entrance]:
        """Yield each way in, the one that was taken most first."""
        names = {types for event, types, _ in self.counts if event == _ENTERED}
        found = [
            Entrance(name, self._of(_ENTERED, name, False), self._of(_ENTERED, name, True))
            for name in names
        ]
        yield from sorted(found, key=lambda one: (-one.succeeded - one.failed, one.types))

    def _of(self, event: str, types: str, is_failure: bool) -> int:  # noqa: FBT001  # as counted
        return self.counts[event, types, is_failure]
