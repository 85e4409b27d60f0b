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
from simulator.sinks.cloudwatch import LogEventLines, Payloads
from simulator.sinks.eventbridge import EventBridgeLines
from simulator.sinks.lookup import Answers, LookupLines
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


FORMS: Final[Mapping[Format, Form]] = {
    Format.ndjson: Form(lambda _, __: RecordLines()),
    Format.eventbridge: Form(lambda _, plan: EventBridgeLines(plan)),
    Format.cloudwatch_logs: Form(LogEventLines.of_scenario, lambda output, _, __: Payloads(output)),
    Format.lookup_events: Form(
        lambda _, plan: LookupLines(plan),
        lambda output, scenario, folder: Answers(
            output, Key.root(scenario.seed).child("lookup-events"), folder
        ),
    ),
}
"""What each name means, for forms that are lines."""
