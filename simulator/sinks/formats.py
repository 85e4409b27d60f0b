"""The forms in which a run can write its records, all in one table.

A form is a row of `FORMS`: what is written of each record, wherever that is rendered, and
if several records share a line, what gathers them where they are written. Log files as
CloudTrail delivers them are no lines: `run.delivering` writes those.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from simulator.primitives.keys import Key
from simulator.sinks.ndjson import RecordLines

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from simulator.plan.episodes import Plan
    from simulator.scenario.document import Scenario
    from simulator.sinks.interface import Gathering, Lines, Output


class Format(StrEnum):
    """The names of the forms, as `--format` and the manifest have them."""

    ndjson = "ndjson"
    cloudtrail = "cloudtrail"
    eventbridge = "eventbridge"
    cloudwatch_logs = "cloudwatch-logs"
    lookup_events = "lookup-events"


@dataclass(frozen=True, slots=True)
class Form:
    """How records are written."""

    lines: Callable[[Scenario, Plan], Lines]
    """Returns what is written of records."""

    gathering: Callable[[Output, Scenario, Path | None], Gathering] | None = None
    """Returns what lines go through on their way to an output; absent where each record has a
    line to itself. The folder is where the output's file is; absent for standard output."""


def _envelopes(_: Scenario, plan: Plan) -> Lines:
    from simulator.sinks.eventbridge import EventBridgeLines  # noqa: PLC0415  # few runs need it

    return EventBridgeLines(plan)


def _log_events(scenario: Scenario, plan: Plan) -> Lines:
    from simulator.sinks.cloudwatch import LogEventLines  # noqa: PLC0415  # as above

    return LogEventLines.of_scenario(scenario, plan)


def _payloads(output: Output, _: Scenario, __: Path | None) -> Gathering:
    from simulator.sinks.cloudwatch import Payloads  # noqa: PLC0415  # as above

    return Payloads(output)


def _found_events(_: Scenario, plan: Plan) -> Lines:
    from simulator.sinks.lookup import LookupLines  # noqa: PLC0415  # as above

    return LookupLines(plan)


def _answers(output: Output, scenario: Scenario, folder: Path | None) -> Gathering:
    from simulator.sinks.lookup import Answers  # noqa: PLC0415  # as above

    return Answers(output, Key.root(scenario.seed).child("lookup-events"), folder)


FORMS: Final[Mapping[Format, Form]] = {
    Format.ndjson: Form(lambda _, __: RecordLines()),
    Format.eventbridge: Form(_envelopes),
    Format.cloudwatch_logs: Form(_log_events, _payloads),
    Format.lookup_events: Form(_found_events, _answers),
}
"""What each name means, for forms that are lines."""
