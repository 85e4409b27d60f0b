"""Capsules: a case in one small file of JSON text, to be kept, sent and pasted.

A capsule has the scenario with everything filled in, so that nothing else is needed to run it,
and what came of it: how many records, their sha256 and that of their truth, and a mark for each
of the first records, by which a later version can say where it differs. Packing the same twice
gives the same bytes. Whoever reads one trusts nothing in it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from simulator.errors import Finding, InputError, ScenarioError
from simulator.primitives.jsontext import json_text_indented
from simulator.scenario import library
from simulator.scenario.dump import as_yaml, written
from simulator.scenario.reader import MAX_BYTES, MAX_DEPTH
from simulator.scenario.resolve import resolve
from simulator.sinks.reading import json_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from simulator.scenario.document import Scenario

FORMAT: Final = "trailwright-case/1"
SUFFIX: Final = ".trailwright-case"

MARKED: Final = 1_000
"""Of so many records each has a mark."""

_MARK: Final = 8
_IN_A_LINE: Final = 10
_MARKS: Final = re.compile(rf"[0-9a-f]{{{_MARK}}}(?: [0-9a-f]{{{_MARK}}})*")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What came of a run."""

    records: int
    """How many records."""

    sha256: str
    """Of the records as lines."""

    truth_sha256: str
    """Of their truth."""

    marks: tuple[str, ...]
    """The first digits of each record's own sha256, for as many as are marked."""


@dataclass(frozen=True, slots=True)
class Capsule:
    """A case, and what came of it when it was packed."""

    name: str
    """The scenario's name."""

    note: str
    """What whoever packed it has to say."""

    version: str
    """Of the generator that packed it."""

    generation: int
    """Likewise."""

    evidence: Evidence
    """What it gave."""

    scenario: dict[str, Any]
    """The resolved scenario as a document."""

    def resolved(self, file: str) -> Scenario:
        """Return the scenario, ready to be run.

        Args:
            file: What the capsule is called in messages.

        Raises:
            ScenarioError: This version cannot read it; all findings at once.
        """
        try:
            return resolve(library.read(as_yaml(self.scenario), file))
        except ScenarioError as error:
            # The lines are those of no file.
            raise ScenarioError(
                [
                    Finding(file, 0, 0, ".".join(filter(None, ("scenario", one.path))), one.message)
                    for one in error.findings
                ]
            ) from None


def mark_of(line: bytes) -> str:
    """Return the mark of a record."""
    return hashlib.sha256(line).hexdigest()[:_MARK]


def packed(capsule: Capsule) -> bytes:
    """Return a capsule as text."""
    evidence = capsule.evidence
    marks = evidence.marks
    lines = [" ".join(marks[at : at + _IN_A_LINE]) for at in range(0, len(marks), _IN_A_LINE)]
    told = json_text_indented(
        {
            "format": FORMAT,
            "name": capsule.name,
            "note": capsule.note,
            "version": capsule.version,
            "generation": capsule.generation,
            "records": {"count": evidence.records, "sha256": evidence.sha256, "marks": lines},
            "truth": {"sha256": evidence.truth_sha256},
            "scenario": capsule.scenario,
        }
    )
    return told + b"\n"


def document_of(resolved: Scenario) -> dict[str, Any]:
    """Return a resolved scenario as a capsule has it."""
    return written(resolved)


def read_capsule(path: Path) -> Capsule:
    """Return the capsule in a file.

    Raises:
        InputError: It is none, or not one that can be read here.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        message = f"cannot read {path}: {error.strerror or error}"
        raise InputError(message) from None
    if len(data) > MAX_BYTES:
        message = f"{path}: larger than 16 MiB: name a file that case pack has written"
        raise InputError(message)
    top = json_document(data, str(path), FORMAT)
    top.refuse_others(
        "format", "name", "note", "version", "generation", "records", "truth", "scenario"
    )
    records, truth, scenario = (top.object(name) for name in ("records", "truth", "scenario"))
    records.refuse_others("count", "sha256", "marks")
    truth.refuse_others("sha256")
    lines = records.texts("marks")
    for nth, line in enumerate(lines):
        if not _MARKS.fullmatch(line):
            records.refuse(f"marks.{nth}", f"expected marks of {_MARK} digits")
    marks = tuple(mark for line in lines for mark in line.split(" "))
    count = records.count("count")
    if len(marks) != min(count, MARKED):
        records.refuse("marks", f"expected {min(count, MARKED)} of them, found {len(marks)}")
    if any(depth > MAX_DEPTH for depth in _depths(scenario.members)):
        top.refuse("scenario", f"deeper than {MAX_DEPTH} levels")
    # Nothing outside a capsule is read on its account.
    storyline = scenario.members.get("storyline")
    for nth, entry in enumerate(storyline if isinstance(storyline, list) else ()):
        if isinstance(entry, dict) and "use" in entry:
            scenario.refuse(f"storyline.{nth}.use", "a capsule has the entries of a play itself")
    return Capsule(
        name=top.text("name"),
        note=top.text("note"),
        version=top.text("version"),
        generation=top.count("generation"),
        evidence=Evidence(count, records.sha256("sha256"), truth.sha256("sha256"), marks),
        scenario=scenario.members,
    )


def _depths(value: object) -> Iterator[int]:
    """Yield how deep mappings and lists lie; whoever has read enough stops asking."""
    stack: list[tuple[object, int]] = [(value, 1)]
    while stack:
        one, depth = stack.pop()
        yield depth
        inner: Iterable[object] = ()
        if isinstance(one, dict):
            inner = one.values()
        elif isinstance(one, list):
            inner = one
        stack += [(part, depth + 1) for part in inner]
