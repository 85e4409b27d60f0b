"""What `report` and `summary` share: a scenario, a run or records of anybody, gathered."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

import typer

from simulator.cli.progress import RecordCount, RunBar, bars
from simulator.errors import RequestError
from simulator.reports import gather_paths, gather_scenario
from simulator.scenario import library

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.reports import Gathered

Sources: TypeAlias = Annotated[
    list[str],
    typer.Argument(
        metavar="SCENARIO|RUN|FILE...",
        help="A scenario file or the name of a shipped one, of which a run is made and thrown "
        "away; a run that was written; or any files and folders of CloudTrail records.",
    ),
]

_SCENARIOS: Final = (".yaml", ".yml")
_RECORDS: Final = (".json", ".ndjson", ".jsonl", ".csv", ".gz", ".zst", ".parquet")


def gathered(  # the options of two commands
    paths: Sequence[str],
    *,
    shown: int,
    events: int | None,
    era: str | None,
    seed: int | None,
    parameters: list[str] | None,
    workers: int,
    is_shown: bool,
) -> Gathered:
    """Return what there is to say of what a command was given.

    Raises:
        RequestError: Options of scenarios are given for records.
        InputError: A path cannot be read at all.
    """
    with bars(is_shown=is_shown) as progress:
        if _is_scenario(paths):
            given = library.parts_from(parameters or ())
            scenario = library.load(paths[0], seed=seed, era=era, parameters=given)
            return gather_scenario(
                scenario,
                events=events,
                workers=workers,
                shown=shown,
                observer=None if progress is None else RunBar(progress),
            )
        if {events, seed, era} != {None} or parameters or workers != 1:
            message = (
                f"{paths[0]} is no scenario: --events, --seed, --era, --set and --workers are for "
                "scenarios"
            )
            raise RequestError(message)
        hearing = None if progress is None else RecordCount(progress)
        return gather_paths(paths, shown=shown, observer=hearing)


def _is_scenario(paths: Sequence[str]) -> bool:
    """Return whether a scenario is meant: a file of one, or a name that is no file."""
    if len(paths) != 1 or paths[0] == "-" or "://" in paths[0]:
        return False
    path = Path(paths[0])
    return path.suffix in _SCENARIOS if path.exists() else path.suffix not in _RECORDS
