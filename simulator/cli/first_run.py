"""What `make run` shows beside the summary: the same event before the change and after it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import orjson

from simulator.cli import console
from simulator.cli.compare import shown
from simulator.plan.compiler import compile_scenario
from simulator.primitives.comparison import differences
from simulator.records.eras import boundaries
from simulator.records.kinds import KIND_NAMES
from simulator.run import generate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from simulator.plan.episodes import Plan
    from simulator.run import Request

_BEFORE, _AFTER = "pre-january-2025", "post-january-2025"

_STOPS: Final = (
    ("signin/UserAuthentication", "A sign-in"),
    ("sso/Federate", "Opening the console of an account"),
    ("sso-directory/CreateGroup", "An administrator creates a group"),
)
"""Kinds that the change touched most, and what they are."""


def tour(out: Console, request: Request) -> None:
    """Show the first record of a few kinds, as the era before and after would have it."""
    plan, _ = compile_scenario(request.scenario, events=request.events)
    for kind, title in _STOPS:
        pair = _pair(plan, kind)
        if pair is None:
            continue
        found = [one for one in differences(*pair) if one.what != "same"]
        same = len(differences(*pair)) - len(found)
        out.print()
        out.print(console.line("  ", (title, "bold"), f": {kind}"))
        for text in shown(found, _BEFORE, _AFTER):
            out.print(console.line("    ").append_text(text))
        out.print(console.line((f"      and {same} members as before", "dim")))


def _pair(plan: Plan, kind: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return the first record of a kind in both eras."""
    for before, after in zip(_lines(plan, _BEFORE), _lines(plan, _AFTER), strict=True):
        if before[0] == kind:
            return orjson.loads(before[1]), orjson.loads(after[1])
    return None


def _lines(plan: Plan, era: str) -> Iterator[tuple[str, bytes]]:
    """Yield kind and text of every record, all in one era."""
    region = plan.tables.text("instance.region", 0)
    pinned = replace(plan, boundaries=boundaries("announced", region, era))
    for batch in generate(pinned):
        yield from zip((KIND_NAMES[kind] for kind in batch.kind.tolist()), batch.lines, strict=True)
