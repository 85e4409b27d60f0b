"""The part of `docs/records.md` about calls that are recorded by table."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from simulator.cli.pages.markdown import code, fenced, table
from simulator.cli.samples import samples
from simulator.primitives.jsontext import json_text_indented
from simulator.records.api.operations import OPERATIONS
from simulator.records.api.structures import members
from simulator.records.eras import ERA_NAMES
from simulator.records.kinds import kind_named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.records.api.operations import Operation
    from simulator.records.api.structures import Structure

_EXAMPLE: Final = "sso/CreatePermissionSet"

_INTRO: Final = f"""\
Every other call is recorded in one way: who called, from where, and the two payloads, in the same
envelope for all and the same in all eras. What the payloads are made of stands below, by event
source: members in the order in which they are recorded, `?` behind those that may be left out, a
list in brackets, and after a colon what is not text. `hidden` is recorded masked, `date` as
`Jan 13, 2025 9:00:07 AM`. A read's response is not recorded. `trailwright records show` makes an
example of each; this is that of `{_EXAMPLE}`.
"""


def heading_of(source: str) -> str:
    """Return the heading under which the calls of a source stand."""
    return f"Calls to {source}"


def shown(structure: Structure | None) -> str:
    """Return a structure in short."""
    if structure is None:
        return ""
    if isinstance(structure, dict):
        inside = ", ".join(
            name + ("" if is_required else "?") + _after_colon(inner)
            for name, inner, is_required in members(structure)
        )
        return f"{{{inside}}}"
    if isinstance(structure, list):
        return f"[{'' if structure[0] == 'string' else shown(structure[0])}]"
    return structure


def _after_colon(structure: Structure) -> str:
    if structure == "string":
        return ""
    return f": {shown(structure)}" if isinstance(structure, str) else shown(structure)


def calls() -> Iterator[str]:
    """Yield the lines of the sections."""
    yield "## The envelope of calls"
    yield ""
    yield from _INTRO.split("\n")
    newest = ERA_NAMES[-1]
    [sample] = samples(_EXAMPLE)
    yield from fenced(json_text_indented(sample.record(newest)).decode(), "json")
    ordered = sorted(OPERATIONS.values(), key=lambda one: (one.source, one.kind))
    for source, found in groupby(ordered, key=lambda one: one.source):
        operations = list(found)
        yield f"## {heading_of(source)}"
        yield ""
        # What a call's basis ends with is the page about its source.
        yield f"Source: <{operations[0].basis.rpartition(' ')[2]}>, unless a row says more."
        yield ""
        yield from table(
            ("event", "what the caller does", "", "requestParameters", "responseElements", "basis"),
            (_row(operation) for operation in operations),
        )


def _row(operation: Operation) -> tuple[str, ...]:
    note = operation.basis.rpartition(" ")[0].rstrip(".")
    told = note.replace("Unverified", "**Unverified**") or "published"
    if operation.undelivered:
        told = f"{told}. **Never delivered**: {operation.undelivered}"
    return (
        code(operation.kind),
        kind_named(operation.kind).meaning,
        "read" if operation.read_only else "write",
        code(shown(operation.request)) or "null",
        code(shown(operation.response)) or "null",
        told,
    )
