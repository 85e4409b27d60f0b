"""Two records of one event, member by member."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

What: TypeAlias = Literal["same", "added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One member in two records."""

    path: str
    """Such as `userIdentity.onBehalfOf.userId`."""
    what: What
    """What became of it."""
    before: Any
    """Its value; None where it was not there, or null."""
    after: Any
    """Its value likewise."""


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:  # noqa: ANN401  # JSON
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and value:
        for place, inner in enumerate(value):
            yield from _leaves(inner, f"{path}.{place}")
    else:
        yield path, value


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Return every member of either record, in their order."""
    old, new = dict(_leaves(dict(before))), dict(_leaves(dict(after)))
    return [
        Difference(path, _what(path, old, new), old.get(path), new.get(path))
        for path in _merged(list(old), list(new))
    ]


def _merged(old: list[str], new: list[str]) -> list[str]:
    """Return the paths of both, where each keeps its order and the old ones go first."""
    merged: list[str] = []
    known = set(old)
    rest = iter(old)
    for path in new:
        if path in known:
            for earlier in rest:
                merged.append(earlier)
                if earlier == path:
                    break
        else:
            merged.append(path)
    merged += rest
    return list(dict.fromkeys(merged))


def _what(path: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> What:
    if path not in old:
        return "added"
    if path not in new:
        return "removed"
    return "same" if old[path] == new[path] else "changed"
