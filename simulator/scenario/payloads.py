"""Payloads of calls as a scenario has them: text, and a structure that says what it means.

A scenario's reader takes every scalar for text. What a call's table says of a member decides
what the text is: a number, a flag, an instant, or text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from simulator.primitives.instants import parse_instant
from simulator.records.api.structures import HIDDEN, Structure, members
from simulator.scenario.wording import Problem, listed, suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from simulator.scenario.scene import Where

_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(\.[0-9]{1,17})?")
_FLAGS: Final = {"true": True, "false": False}


def _number(text: str) -> float:
    match = _NUMBER.fullmatch(text)
    if not match:
        message = "expected a number"
        raise ValueError(message)
    return float(text) if match[1] else int(text)


def _flag(text: str) -> bool:
    if text not in _FLAGS:
        message = "expected true or false"
        raise ValueError(message)
    return _FLAGS[text]


_LEAVES: Final[dict[str, Callable[[str], object]]] = {
    "number": _number,
    "flag": _flag,
    "date": parse_instant,
    "string": str,
    "hidden": str,
}
"""Leaf of a structure to what reads it from text; enumerations are the rest."""


def payload(
    structure: Structure, written: object, where: Where, usual: Mapping[str, object]
) -> tuple[Any, list[Problem]]:
    """Return what a payload says, dates as milliseconds, and everything wrong with it.

    Args:
        structure: What the call's table says of it.
        written: Mappings, lists and text.
        where: Its place in the scenario.
        usual: What members at the top are when they must be there and are left out.
    """
    reading = _Reading([])
    value = reading.value(structure, written, where, usual)
    return value, reading.problems


class _Reading:
    """Reading one payload: all that is wrong with it is gathered."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems

    def wrong(self, where: Where, message: str, *, at_key: bool = False) -> None:
        self.problems.append(Problem(where, message, at_key=at_key))

    def value(
        self,
        structure: Structure,
        written: object,
        where: Where,
        usual: Mapping[str, object] | None = None,
    ) -> object:
        if written is None:
            self.wrong(where, "has no value: give one or leave the key out")
        elif structure in ("any", "hidden"):
            return written
        elif isinstance(structure, dict):
            if isinstance(written, dict):
                return self.members(structure, written, where, usual or {})
            self.wrong(where, "expected keys and values")
        elif isinstance(structure, list):
            if isinstance(written, list):
                return [
                    self.value(structure[0], item, (*where, place))
                    for place, item in enumerate(written)
                ]
            self.wrong(where, "expected a list: put it in [ ]")
        else:
            return self.leaf(structure, written, where)
        return None

    def members(
        self,
        structure: dict[str, Structure],
        written: dict[str, Any],
        where: Where,
        usual: Mapping[str, object],
    ) -> dict[str, object]:
        if "*" in structure:
            return {
                name: self.value(structure["*"], inner, (*where, name))
                for name, inner in written.items()
            }
        names = [name for name, _, _ in members(structure)]
        for name in written:
            if name not in names:
                hint = suggestion(name, names) or f": there are {listed(names, 'and')}"
                self.wrong((*where, name), f"no such parameter{hint}", at_key=True)
        made: dict[str, object] = {}
        for name, inner, is_required in members(structure):
            if name in written:
                made[name] = self.value(inner, written[name], (*where, name))
            elif is_required and name in usual:
                made[name] = usual[name]
            elif is_required and inner == "hidden":
                made[name] = HIDDEN
            elif is_required:
                self.wrong((*where, name), "is missing")
        return made

    def leaf(self, structure: str, written: object, where: Where) -> object:
        if not isinstance(written, str):
            self.wrong(where, "expected text")
            return None
        read = _LEAVES.get(structure)
        if read is None:
            words = structure.split("|")
            if written not in words:
                hint = suggestion(written, words) if len(words) > 1 else ""
                self.wrong(where, f"expected {listed(words)}{hint}")
            return written
        try:
            return read(written)
        except ValueError as error:
            self.wrong(where, str(error))
            return None
