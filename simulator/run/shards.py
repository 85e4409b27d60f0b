"""Runs in parts that are made apart, by processes and machines that know nothing of each other.

A shard is a slice of time whose bounds follow from the plan, so that everyone who makes one
finds the same. Records of all shards put one behind another are the records of the run, byte
for byte, and likewise their truth.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from simulator.errors import RequestError
from simulator.plan.compiler import compile_scenario
from simulator.plan.windows import parted
from simulator.primitives.instants import SECOND
from simulator.run.request import Shard
from simulator.run.writing import refuse_request
from simulator.sinks.formats import FORMS

if TYPE_CHECKING:
    from simulator.plan.episodes import Plan
    from simulator.run.request import Request

MOST: Final = 1_000_000
"""Shards that a run can be cut into."""

_SHARD: Final = re.compile(r"(\d{1,7})/(\d{1,7})", re.ASCII)


def shard_of(text: str) -> Shard:
    """Read a shard as people write it, such as `2/4`.

    Raises:
        ValueError: It is none.
    """
    found = _SHARD.fullmatch(text)
    nth, of = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= nth <= of <= MOST:
        message = f"expected I/N, the I-th of N parts, such as 2/4 (I from 1 to N): {text!r}"
        raise ValueError(message)
    return Shard(nth, of)


def sharded(request: Request, shard: Shard) -> Request:
    """Return the request for one shard of what is asked for.

    Args:
        request: The run, or a slice of it.
        shard: Which part of that.

    Raises:
        RequestError: Parts of what is asked for cannot be put one behind another.
        ScenarioError: The scenario cannot be run.
    """
    refuse_request(request)
    refuse_apart(request)
    plan, _ = compile_scenario(request.scenario, events=request.events)
    start = bound(plan, request, shard.nth - 1, shard.of)
    end = bound(plan, request, shard.nth, shard.of)
    return replace(request, start=start, end=end, shard=shard)


def refuse_apart(request: Request) -> None:
    """Refuse runs whose parts are not made as the whole is.

    Raises:
        RequestError: It is one.
    """
    form = FORMS.get(request.format)
    if form is None:
        raise RequestError(
            "--shard: log files are filled, and digests chained, from one end of a run to the "
            "other, so that parts of it are not the whole: use --workers or --on dask, or make "
            "slices that stand by themselves with --start and --end"
        )
    if form.gathering is not None:
        message = (
            f"--shard: lines of {request.format} hold several records each, so that parts put "
            "one behind another are not the whole: use --format ndjson or eventbridge, or "
            "--workers or --on dask"
        )
        raise RequestError(message)


def bound(plan: Plan, request: Request, nth: int, of: int) -> int | None:
    """Return the instant between a shard and the next, in milliseconds.

    The outer ones are those of the slice, and absent where it has none. Between them about as
    many episodes begin in each shard.

    Args:
        plan: What is run.
        request: The whole slice.
        nth: How many shards are before it, from 0 to `of`.
        of: How many shards there are.
    """
    if nth == 0:
        return request.start
    if nth == of:
        return request.end
    start = plan.start if request.start is None else request.start
    end = plan.horizon if request.end is None else min(request.end, plan.horizon)
    first = -(-start // SECOND) * SECOND
    last = max(first, end // SECOND * SECOND)
    at = parted(plan, first, last, nth, of) if first < last else first
    # The whole second; a slice may be shorter than one.
    at = max(first, at // SECOND * SECOND)
    return at if request.end is None else min(at, request.end)
