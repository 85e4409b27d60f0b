"""Members of records that a failure does not need, left out level after level."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from simulator.cases.reduction.deltas import least
from simulator.cases.reduction.documents import nodes, without
from simulator.scenario.checks import MEMBER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from simulator.cases.reduction.documents import Node

Drops: TypeAlias = "tuple[tuple[str, tuple[str, ...]], ...]"
"""eventIDs, and member paths that are dropped from each, one after another."""


def dropped(records: Mapping[str, Any], fails: Callable[[Drops], bool]) -> Drops:
    """Return what can be dropped from records that fail, so that they still do.

    Args:
        records: Records by eventID, in order.
        fails: Tells whether they fail without some members.
    """
    ids = tuple(records)
    left: Any = list(records.values())
    gone: list[Node] = []
    # The first step is the record, whose members lie one level below.
    depth = 2
    while level := nodes(left, depth):
        more = _dropped_at(level, partial(_fails_too, fails, ids, gone))
        gone = [*gone, *more]
        left = without(left, more)
        depth += 1
    return _by_record(ids, gone)


def _fails_too(
    fails: Callable[[Drops], bool], ids: tuple[str, ...], gone: list[Node], more: list[Node]
) -> bool:
    return fails(_by_record(ids, [*gone, *more]))


def _dropped_at(level: Sequence[Node], fails: Callable[[list[Node]], bool]) -> list[Node]:
    """Return what can be dropped of one level, in the order in which it is."""
    able = [node for node in level if _can_be_said(node)]

    def drops(kept: Sequence[Node]) -> list[Node]:
        wanted = set(kept)
        return sorted((node for node in able if node not in wanted), key=_turn)

    return drops(least(able, lambda kept: fails(drops(kept))))


def _can_be_said(node: Node) -> bool:
    """Return whether a path means this member: a name with a dot in it would be two."""
    return bool(MEMBER.fullmatch(_path(node))) and not any("." in str(step) for step in node)


def _path(node: Node) -> str:
    """Return a member's path within its record, as `records` has it."""
    return ".".join(map(str, node[1:]))


def _turn(node: Node) -> list[tuple[int, int, str]]:
    # A dropped item moves those after it.
    return [(0, -step, "") if isinstance(step, int) else (1, 0, step) for step in node[1:]]


def _by_record(ids: tuple[str, ...], gone: Iterable[Node]) -> Drops:
    paths: dict[int, list[str]] = {}
    for node in gone:
        paths.setdefault(int(node[0]), []).append(_path(node))
    return tuple((ids[record], tuple(found)) for record, found in sorted(paths.items()))
