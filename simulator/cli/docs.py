"""`trailwright docs`: the documentation that came with the program, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import orjson
import typer

from simulator.cli import console
from simulator.errors import RequestError
from simulator.primitives.jsontext import json_text
from simulator.primitives.shipped import shipped

if TYPE_CHECKING:
    from pathlib import Path

EPILOG: Final = """\b
Examples:
  trailwright docs
  trailwright docs scenarios | less
  trailwright docs schemas/truth > truth.schema.json
  trailwright docs --path
"""

_ENDINGS: Final = (".md", ".schema.json")
"""What may be left out of a page's name."""


def add_to(app: typer.Typer) -> None:
    """Make the command known."""
    app.command(epilog=EPILOG)(docs)


def pages() -> dict[str, Path]:
    """Return the file of every page and JSON Schema by its name, such as `schemas/truth`."""
    top = shipped("docs")
    found = {
        path.relative_to(top).as_posix().removesuffix(ending): path
        for ending in _ENDINGS
        for path in top.rglob(f"*{ending}")
    }
    # What lies in a folder of its own comes last.
    return {name: found[name] for name in sorted(found, key=lambda it: ("/" in it, it))}


def _completed(begun: str) -> list[str]:
    """Return the pages whose names begin so, for shells."""
    return [name for name in pages() if name.startswith(begun)]


def docs(
    *,
    page: Annotated[
        str | None,
        typer.Argument(
            metavar="PAGE", help="The page or JSON Schema to print.", autocompletion=_completed
        ),
    ] = None,
    is_path: Annotated[
        bool, typer.Option("--path", help="Where it is instead of what it says.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="The list as JSON, one object a line.")
    ] = False,
) -> None:
    """Print the documentation that came with this program, or list its pages.

    Pages are Markdown; `schemas/…` are JSON Schemas of what the program writes and reads.
    """
    if page is not None:
        path = _found(page)
        typer.echo(path if is_path else path.read_text("utf-8"), nl=is_path)
    elif is_path:
        typer.echo(shipped("docs"))
    elif as_json:
        for name, path in pages().items():
            told = {"page": name, "title": _title(path), "path": str(path)}
            typer.echo(json_text(told).decode())
    else:
        for text in console.columns([(name, _title(path)) for name, path in pages().items()]):
            typer.echo(text)


def _found(page: str) -> Path:
    # What suggests names takes longer to import than all else here.
    from simulator.scenario.wording import suggestion  # noqa: PLC0415

    known = pages()
    name = page
    for ending in _ENDINGS:
        name = name.removesuffix(ending)
    if name not in known:
        message = f"no such page: {page}{suggestion(name, known)}; `trailwright docs` lists them"
        raise RequestError(message)
    return known[name]


def _title(path: Path) -> str:
    """Return the first heading of a page, or the title of a schema."""
    text = path.read_text("utf-8")
    if path.suffix == ".json":
        return str(orjson.loads(text)["title"])
    return next(
        (line.removeprefix("# ") for line in text.splitlines() if line.startswith("# ")), ""
    )
