"""What is wrong with a file that is read line by line: all of it at once, up to a limit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NoReturn

from simulator.errors import InputError
from simulator.validation.findings import shown
from simulator.validation.report import plural

MOST: Final = 20
"""Findings after which reading stops."""


@dataclass(slots=True)
class Troubles:
    """Findings of one file, in the order of its lines."""

    what: str
    """What the file should be, such as `alerts`."""

    found: list[str] = field(default_factory=list)
    """Lines of the form `file:line member: what is wrong`."""

    def add(self, place: str, message: str, member: str = "") -> None:
        """Add a finding.

        Args:
            place: The file and the line.
            message: What is wrong and what to do.
            member: The column or member that is meant; empty for the whole line.

        Raises:
            InputError: There are as many as are told.
        """
        named = f" {shown(member)}" if member else ""
        self.found.append(f"{place}{named}: {message}")
        if len(self.found) == MOST:
            self._refuse(f"the first {MOST} findings")

    def settle(self) -> None:
        """Let a file pass that has no findings.

        Raises:
            InputError: It has some.
        """
        if self.found:
            self._refuse(plural(len(self.found), "finding"))

    def _refuse(self, count: str) -> NoReturn:
        message = "\n".join((f"the {self.what} cannot be read, {count}:", *self.found))
        raise InputError(message)
