"""Payloads of calls that are recorded by table, checked against the structure of their kind.

The matcher sees such a payload as one leaf, so that records of a kind have one layout
whatever was asked for. What the API's own model says is wrong is an error; where nobody
published the structure, or the answer was cut short, it is a warning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.records.api.operations import OPERATIONS
from simulator.records.api.structures import HIDDEN, flaws
from simulator.validation.findings import shown
from simulator.validation.layouts import at_path
from simulator.validation.looks import is_placeholder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.records.api.structures import Flaw
    from simulator.records.kinds import Kind
    from simulator.validation.layouts import Value

_SIDES: Final = ("requestParameters", "responseElements")


def check_payloads(kind: Kind, record: dict[str, Value]) -> Iterator[tuple[str, str]]:
    """Yield a code and a message for every way in which payloads are not of their structure."""
    operation = OPERATIONS.get(kind.name)
    if operation is None:
        return
    has_failed = "errorCode" in record
    is_known = not operation.basis.startswith("Unverified")
    structures = (operation.request, operation.response)
    for side, structure in zip(_SIDES, structures, strict=True):
        payload = record.get(side)
        # Whether there may be one at all is a matter of the form.
        if structure is None or not isinstance(payload, dict):
            continue
        for flaw in flaws(structure, payload):
            if flaw.what == "missing" and has_failed:
                continue
            strict = is_known and not has_failed and side == "requestParameters"
            yield _code(flaw, payload, strict=strict), _told(flaw, side, payload)


def _code(flaw: Flaw, payload: Value, *, strict: bool) -> str:
    if flaw.what == "order":
        return "N321"
    if flaw.what == "missing":
        return "E301" if strict else "W312"
    value = at_path(payload, flaw.path)
    if flaw.expected == HIDDEN:
        return "W111" if is_placeholder(str(value)) else "E304"
    if flaw.what == "type" and strict and value != HIDDEN:
        return "E305"
    # Members and words are added to an API now and then.
    return "W312"


def _told(flaw: Flaw, side: str, payload: Value) -> str:
    where = ".".join(
        shown(part) if isinstance(part, str) else str(part) for part in (side, *flaw.path)
    )
    if flaw.what == "order":
        return f"members of {where} stand in another order than {flaw.expected}"
    if flaw.what == "missing":
        return f"{where} is missing"
    actual = shown(at_path(payload, flaw.path))
    if flaw.what == "extra":
        return f"{where} is {actual}; expected no such member"
    return f"{where} is {actual}; expected {flaw.expected}"
