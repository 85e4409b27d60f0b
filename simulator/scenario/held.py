"""What a user got with one computer or another: sessions, tokens, roles."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

HeldT = TypeVar("HeldT")


@dataclass(slots=True)
class Held(Generic[HeldT]):
    """Things of one sort, each by the computer it was got with; None is the user's own.

    A computer that got none of its own has the latest of all: a cookie or a cached token
    that was taken along.
    """

    by_computer: dict[str | None, HeldT] = field(default_factory=dict)
    """In the order in which they were got."""

    def get(self, computer: str | None) -> HeldT | None:
        """Return what is used with a computer, if there is any."""
        if computer in self.by_computer:
            return self.by_computer[computer]
        return next(reversed(self.by_computer.values()), None)

    def put(self, computer: str | None, thing: HeldT) -> None:
        """Let a computer have a thing of its own from now on."""
        self.by_computer.pop(computer, None)
        self.by_computer[computer] = thing

    def drop(self, computer: str | None) -> None:
        """Let what is used with a computer be gone, wherever it was got."""
        if self.by_computer:
            own = computer if computer in self.by_computer else next(reversed(self.by_computer))
            del self.by_computer[own]
