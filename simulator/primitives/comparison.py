"""Two JSON objects, member by member: what is only in one, what differs, what stands elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

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


def moved(
    old: Mapping[str, Any], new: Mapping[str, Any], found: Iterable[Difference]
) -> Iterator[str]:
    """Yield the members that both records have, and that stand elsewhere among the others."""
    shared = {one.path for one in found if one.what in {"same", "changed"}}
    before, after = ([path for path in _paths(side) if path in shared] for side in (old, new))
    if before == after:
        return
    kept = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    in_place = {place for block in kept for place in range(block.b, block.b + block.size)}
    yield from (path for place, path in enumerate(after) if place not in in_place)


def _paths(record: Mapping[str, Any]) -> list[str]:
    return [path for path, _ in _leaves(dict(record))]
