"""Arguments and options that several commands take, said once."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

from simulator import run


def workers_of(given: str | int) -> int:
    """Read what `--workers` is given."""
    # typer passes the default through here as well.
    text = str(given)
    if text == "auto":
        return run.usable_cores()
    if not (text.isdecimal() and int(text)):
        raise typer.BadParameter("expected a number from 1 on, or auto")
    return int(text)


ToRun: TypeAlias = Annotated[
    str,
    typer.Argument(
        metavar="SCENARIO",
        help="A scenario file, or the name of one that is shipped (trailwright scenario list).",
    ),
]
Era: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="ERA",
        help="pre, post, by-date, or the full name of an era, in place of the scenario's own.",
    ),
]
Seed: TypeAlias = Annotated[
    int | None, typer.Option(metavar="N", help="In place of the scenario's own seed.", min=0)
]
Events: TypeAlias = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="Records in all: everyday activity is sized to N less the storyline's.",
        min=0,
    ),
]
Workers: TypeAlias = Annotated[
    int,
    typer.Option(
        parser=workers_of,
        metavar="N|auto",
        help="Processes that render; auto: one for each core this process may use. The bytes "
        "are the same.",
    ),
]
Parameters: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="A parameter of the scenario, such as victim=ana.lopez; may be repeated.",
    ),
]
Endpoint: TypeAlias = Annotated[
    str | None, typer.Option(metavar="URL", help="Where the service of a bucket is.")
]
ReportAsJson: TypeAlias = Annotated[
    bool, typer.Option("--json", help="The report as JSON instead of text.")
]
LinesAsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
ReplaceFile: TypeAlias = Annotated[
    bool, typer.Option("--force", help="Replace a file that is there already.")
]
ReplaceFiles: TypeAlias = Annotated[
    bool, typer.Option("--force", help="Replace files that are there already.")
]
Silent: TypeAlias = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")]
