"""Every deliberate error, and the exit status it ends the command with.

One class for each thing a user can do about it. A message says what is wrong, where,
and what to do. Anything else that escapes is a bug and shows its traceback.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


class SimulatorError(Exception):
    """Something the user can put right."""

    exit_status: ClassVar[int] = 1
    """What the command ends with (docs/exit-statuses.md)."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing wrong with a file, and its place."""

    file: str
    """Path as the user gave it."""

    line: int
    """From 1; 0 when the whole file is meant."""

    column: int
    """From 1; 0 when the whole line or file is meant."""

    path: str
    """Where in the document, such as `users.1.groups.0`; empty for the whole."""

    message: str
    """What is wrong and what to do."""

    def __str__(self) -> str:
        """Return `file:line:column path: message`, leaving out what is not known."""
        place = self.file
        if self.line:
            place += f":{self.line}:{self.column}"
        return f"{place} {self.path}: {self.message}" if self.path else f"{place}: {self.message}"


class ScenarioError(SimulatorError):
    """A scenario that cannot be run, with everything that is wrong with it."""

    exit_status = 2

    findings: tuple[Finding, ...]
    """What is wrong, in file order. There is at least one."""

    def __init__(self, findings: list[Finding]) -> None:
        """Keep the findings in file order."""
        self.findings = tuple(sorted(findings))
        super().__init__("\n".join(str(finding) for finding in self.findings))

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[list[Finding]]]:
        """Return how the error is made again in another process."""
        return type(self), (list(self.findings),)


class RequestError(SimulatorError):
    """An option or argument that asks for what cannot be done."""

    exit_status = 2


class OutputError(SimulatorError):
    """A target that cannot be written, or must not be overwritten."""

    exit_status = 3


class InputError(SimulatorError):
    """A file to be read that is missing or is not what it should be."""

    exit_status = 4


class MissingExtraError(SimulatorError):
    """A feature whose optional dependency is not installed."""

    exit_status = 5

    def __init__(self, feature: str, extra: str) -> None:
        """Say which extra to install."""
        self.wanted = (feature, extra)
        super().__init__(f"{feature} needs an extra: pip install 'trailwright[{extra}]'")

    def __reduce__(self) -> tuple[type[MissingExtraError], tuple[str, str]]:
        """Return how the error is made again in another process."""
        return type(self), self.wanted


class WorkerError(SimulatorError):
    """A worker process that cannot be started, or that dies whatever is tried."""

    exit_status = 6
