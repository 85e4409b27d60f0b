"""`trailwright dataset`: records and their truth as tables for training and testing."""

from __future__ import annotations

import hashlib
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from simulator import run
from simulator.cli.generate import watching
from simulator.cli.options import Era, Events, Seed, Silent, ToRun, Workers
from simulator.datasets.asked import FORMS, Asked, forms_from
from simulator.datasets.balance import events_for, share_from
from simulator.datasets.splits import USUAL, shares_from
from simulator.errors import RequestError
from simulator.scenario import library, reader
from simulator.scenario.resolve import resolve

if TYPE_CHECKING:
    from simulator.datasets.asked import Made

EPILOG: Final = """\b
Examples:
  trailwright dataset quickstart -o quickstart-data/
  trailwright dataset baseline/office --events 1000000 --workers auto -o office-data/
  trailwright dataset my.yaml --malicious 1% -o my-data/
  trailwright dataset my.yaml --splits 80,0,20 --labels csv --with-record -o my-data/
"""


def add_to(app: typer.Typer) -> None:
    """Make the command known."""
    app.command(epilog=EPILOG)(dataset)


def dataset(
    *,
    scenario: ToRun,
    output: Annotated[
        Path,
        typer.Option("-o", "--output", metavar="DIR", help="The folder to write."),
    ],
    era: Era = None,
    seed: Seed = None,
    events: Events = None,
    malicious: Annotated[
        str | None,
        typer.Option(
            metavar="SHARE",
            help="How many of all records are to be malicious, such as 1%: everyday activity is "
            "sized to it, and the storyline is kept whole.",
        ),
    ] = None,
    splits: Annotated[
        str,
        typer.Option(
            metavar="TRAIN,VALIDATION,TEST", help="Shares of the splits, adding up to 100."
        ),
    ] = ",".join(map(str, USUAL)),
    labels: Annotated[
        str,
        typer.Option(metavar="FORMS", help="In what the labels are written: some of these."),
    ] = ",".join(FORMS),
    with_record: Annotated[
        bool, typer.Option("--with-record", help="Each record's own text as a column of records.")
    ] = False,
    workers: Workers = 1,
    force: Annotated[
        bool, typer.Option("--force", help="Replace a dataset that is there already.")
    ] = False,
    quiet: Silent = False,
) -> None:
    """Write records and truth as tables: Parquet, with splits, a look-up and a data card.

    The same scenario, seed, version and version of pyarrow give the same bytes. Needs the
    extra `dataset`.
    """
    from simulator.datasets.writing import write_dataset  # noqa: PLC0415  # pyarrow takes its time

    if events is not None and malicious is not None:
        raise RequestError("--events and --malicious both say how many records there are: drop one")
    shares, forms = shares_from(splits), forms_from(labels)
    share = None if malicious is None else share_from(malicious)
    path = library.find(scenario)
    text = reader.file_text(path)
    resolved = resolve(library.changed(library.read(text, str(path)), seed=seed, era=era))
    if share is not None:
        events = events_for(resolved, share)
    # What to type again: with the seed, and without what shows nowhere in the files.
    said = {
        "--era": era,
        "--seed": resolved.seed,
        "--events": events if malicious is None else None,
        "--malicious": malicious,
        "--splits": splits,
        "--labels": labels,
    }
    words = ["trailwright", "dataset", _named(scenario)]
    words += [
        word for name, value in said.items() if value is not None for word in (name, str(value))
    ]
    asked = Asked(
        request=run.Request(
            scenario=resolved,
            source_sha256=hashlib.sha256(text.encode()).hexdigest(),
            events=events,
            workers=workers,
        ),
        command=shlex.join([*words, *(["--with-record"] if with_record else [])]),
        shares=shares,
        forms=forms,
        has_record=with_record,
        malicious=malicious,
    )
    with watching(is_shown=not quiet) as observer:
        made = write_dataset(asked, output, force=force, observer=observer)
    if not quiet:
        _tell(asked, made, output)


def _named(scenario: str) -> str:
    """Return a scenario as a card may name it: never the folder that a file was in."""
    return scenario if scenario in library.names() else Path(scenario).name


def _tell(asked: Asked, made: Made, folder: Path) -> None:
    """Say what was written."""
    from simulator.cli import closing, console  # noqa: PLC0415  # not needed when quiet

    out = console.messages()
    tally = made.tally
    out.print(
        console.line(
            (asked.request.scenario.scenario, "bold"),
            f": {made.counts.records:,} records, {made.episodes:,} episodes, {made.users:,} users; "
            f"{tally.labels['malicious']:,} records malicious ({tally.share('malicious'):.3%})",
        )
    )
    for way, splits in tally.by_split().items():
        empty = [name for name, labels in splits.items() if not labels["malicious"]]
        if tally.labels["malicious"] and empty:
            out.print(console.line(f"  {way}: no malicious record in {', '.join(empty)}"))
    size = sum(file.size for file in made.files)
    out.print()
    out.print(
        console.line(
            f"  {folder}", (f"  {len(made.files) + 1} files, {closing.size_text(size)}", "dim")
        )
    )
    out.print(console.line(f"  {folder / 'README.md'}", ("  what is in it", "dim")))
