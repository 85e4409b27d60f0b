"""Sequences of calls as tables: what is called, with what, and how long after the one before.

A value in a table that begins with `$` stands for one that is known when the calls are made,
such as `$instance`; where that one is None the member is left out. `$now` and `$in_a_year` are
known of every call.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from simulator.flows import gaps
from simulator.flows.directory_admin import CALLS
from simulator.plan.calls import account_id, call, command_of, forwarded, instance_arn
from simulator.plan.population import filled
from simulator.primitives.instants import DAY
from simulator.records.api.operations import OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from simulator.plan.stage import Act, Stage
    from simulator.primitives.quantiles import Quantiles


@dataclass(frozen=True, slots=True)
class Line:
    """One call."""

    kind: str
    request: Mapping[str, Any] = field(default_factory=dict)
    response: Mapping[str, Any] = field(default_factory=dict)
    error: tuple[str, str] | None = None
    """Code and message of a failure."""
    gap: Quantiles = gaps.INSTANT
    """Since the call before."""
    is_forwarded: bool = False
    """Whether Identity Center makes it on the administrator's behalf."""


STORE: Final = {"identityStoreId": "$store"}
DIRECTORY: Final = {"directoryId": "$store"}
INSTANCE: Final = {"instanceArn": "$instance"}
"""Parameters that many calls have alone."""


def known(stage: Stage) -> dict[str, object]:
    """Return what stands for `$instance` and the like, the same in every table."""
    instance = stage.scenario.instance
    return {
        "$instance": instance_arn(stage),
        "$store": filled(instance.identity_store_id),
        "$owner": account_id(stage, filled(instance.account)),
    }


def put_in(template: object, values: Mapping[str, object]) -> Any:  # noqa: ANN401  # JSON
    """Return a template with the values that its words stand for."""
    if isinstance(template, str):
        return values[template] if template.startswith("$") else template
    if isinstance(template, list | tuple):
        return [put_in(item, values) for item in template]
    if isinstance(template, dict):
        made = {name: put_in(inner, values) for name, inner in template.items()}
        return {name: value for name, value in made.items() if value is not None}
    return template


def run(
    stage: Stage,
    act: Act[Any],
    lines: Iterable[Line],
    values: Mapping[str, object],
    *,
    at: int | None = None,
) -> int:
    """Write calls one after another, and return when the last one happens.

    Args:
        at: When the call before them happened; the first of an act's calls begins it.
    """
    console = act.entry.via == "console"
    now = act.at if at is None else at
    for place, line in enumerate(lines):
        if place or at is not None:
            now += stage.pause(act, line.gap)
        caller = stage.admin_place(act, console=console, command=command_of(line.kind))
        if line.is_forwarded:
            caller = forwarded(stage, caller)
        if line.kind not in OPERATIONS:
            now = stage.play(CALLS[line.kind], act, now, **caller)
            continue
        said = {**values, "$now": now, "$in_a_year": now + 365 * DAY}
        error = None
        if line.error is not None:
            code, message = line.error
            error = (code, message.replace("$instance", str(values["$instance"])))
        now = call(
            stage,
            act,
            now,
            line.kind,
            caller=caller,
            request=put_in(line.request, said),
            response=put_in(line.response, said),
            error=error,
        )
    return now
