"""How one record differs from another, and what a scenario has to say to make it that one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from simulator.primitives.jsontext import json_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from simulator.cases.renaming import Path

What: TypeAlias = Literal["missing", "extra", "value", "type", "order"]

_MEMBER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_:-]*")
"""What a step of an override's path may be."""
_MOST: Final = 0.9
"""Share of a record from which on it is better given in full than changed."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One place in which a record is not as it should be."""

    path: Path
    what: What
    wanted: Any
    """What should be there; nothing where nothing should."""
    found: Any
    """What is there; nothing where nothing is."""

    @property
    def place(self) -> str:
        """The path as overrides have it."""
        return ".".join(map(str, self.path))


def differences(wanted: Any, found: Any, path: Path = ()) -> Iterator[Difference]:  # noqa: ANN401  # JSON
    """Yield every place in which one value of JSON differs from another.

    An object whose members are in another order is one difference; a list of another length
    another one.
    """
    if isinstance(wanted, dict) and isinstance(found, dict):
        yield from _of_members(wanted, found, path)
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for place, (one, other) in enumerate(zip(wanted, found, strict=True)):
            yield from differences(one, other, (*path, place))
    elif type(wanted) is not type(found):
        yield Difference(path, "type", wanted, found)
    elif wanted != found or (isinstance(wanted, list) and json_text(wanted) != json_text(found)):
        yield Difference(path, "value", wanted, found)


def _of_members(wanted: dict[str, Any], found: dict[str, Any], path: Path) -> Iterator[Difference]:
    for name, inner in found.items():
        if name not in wanted:
            yield Difference((*path, name), "extra", None, inner)
    for name, inner in wanted.items():
        if name not in found:
            yield Difference((*path, name), "missing", inner, None)
        else:
            yield from differences(inner, found[name], (*path, name))
    if arranged(wanted, found) != list(wanted):
        yield Difference(path, "order", list(wanted), list(found))


def arranged(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """Return the order of members once those not wanted are dropped and others put at the end."""
    return [name for name in found if name in wanted] + [
        name for name in wanted if name not in found
    ]


def override(wanted: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """Return what `records` of a scenario say to make a record another: `set`, `drop` and so on.

    Nothing where they are alike.
    """
    put: dict[str, Any] = {}
    drop: list[str] = []
    order: list[str] = []
    for one in differences(wanted, found):
        if one.what == "order" and not one.path:
            order = _order(list(wanted), arranged(wanted, found))
        elif not all(isinstance(step, int) or _MEMBER.fullmatch(step) for step in one.path):
            # No path leads there, so that the object it lies in is given.
            _put(put, wanted, _reachable(one.path))
        elif one.what == "extra":
            drop.append(one.place)
        else:
            _put(put, wanted, one.path)
    if "" in put:
        return {"as": wanted}
    put = {place: value for place, value in put.items() if not _is_within(place, put)}
    drop = [place for place in drop if not _is_within(place, put)]
    made: dict[str, Any] = {"set": put, "drop": drop, "order": order}
    made = {name: part for name, part in made.items() if part}
    if made and len(json_text(made)) > _MOST * len(json_text(wanted)):
        return {"as": wanted}
    return made


def _reachable(path: Path) -> Path:
    """Return the longest beginning of a path that an override can name."""
    for place, step in enumerate(path):
        if isinstance(step, str) and not _MEMBER.fullmatch(step):
            return path[:place]
    return path


def _put(put: dict[str, Any], wanted: dict[str, Any], path: Path) -> None:
    value: Any = wanted
    for step in path:
        value = value[step]
    put[".".join(map(str, path))] = value


def _is_within(place: str, put: Mapping[str, Any]) -> bool:
    """Return whether a member lies in another that is set."""
    return any(place.startswith(f"{other}.") for other in put)


def _order(wanted: list[str], now: list[str]) -> list[str]:
    """Return the names, in the order that is wanted, of the members that are elsewhere."""
    return [name for name, other in zip(wanted, now, strict=True) if name != other]
