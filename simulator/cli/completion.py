"""What shells are told when somebody presses Tab: commands, options and values.

A shell asks anew for every key. So nothing of what the commands need is imported: they are
stand-ins, made from a file that says what there is (`pages/completion.py` writes it), and typer
answers the shell with them.
"""

from __future__ import annotations

from inspect import Parameter, Signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import orjson
import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FILE: Final = Path(__file__).with_name("completion.json")

_SCENARIOS: Final = "scenarios"
"""Values beside which files count as well."""
_SUFFIXES: Final = (".yaml", ".yml")


def program() -> typer.Typer:
    """Return stand-ins for all commands."""
    told = orjson.loads(FILE.read_bytes())
    root = typer.Typer(name="trailwright", rich_markup_mode=None)
    root.callback()(_standing_for(told["root"], told["values"]))
    _fill(root, told["commands"], told["values"])
    return root


def _fill(app: typer.Typer, commands: list[dict[str, Any]], values: dict[str, Any]) -> None:
    for one in commands:
        if "commands" in one:
            inner = typer.Typer(name=one["name"], help=one["help"], rich_markup_mode=None)
            _fill(inner, one["commands"], values)
            app.add_typer(inner)
        else:
            stands = _standing_for(one["takes"], values)
            app.command(one["name"], help=one["help"])(stands)


def _standing_for(takes: list[dict[str, Any]], values: dict[str, Any]) -> Callable[..., None]:
    """Return a function with the signature of a command, as far as completing goes."""

    def stands(**_given: object) -> None:
        """Do nothing: it is completed only."""

    made = [_parameter(place, one, values) for place, one in enumerate(takes)]
    stands.__signature__ = Signature(made)  # type: ignore[attr-defined]  # typer reads it
    stands.__annotations__ = {one.name: one.annotation for one in made}
    return stands


def _parameter(place: int, one: dict[str, Any], values: dict[str, Any]) -> Parameter:
    name, sort = f"p{place}", one["values"]
    completes = None if sort is None else _completing(sort, values)
    kind: Any
    if not one["names"]:
        said: Any = typer.Argument(help=one["help"], autocompletion=completes)
        kind = list[str] if one["is_many"] else str
    elif one["is_flag"]:
        said = typer.Option(*one["names"], help=one["help"])
        kind = bool
    else:
        said = typer.Option(*one["names"], help=one["help"], autocompletion=completes)
        kind = list[str]
    default = Parameter.empty if not one["names"] else False if kind is bool else None
    return Parameter(
        name, Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[kind, said]
    )


def _completing(sort: str, values: dict[str, Any]) -> Callable[[str], list[tuple[str, str]]]:
    def completes(incomplete: str) -> list[tuple[str, str]]:
        known = [
            (value, told) for value, told in values[sort].items() if value.startswith(incomplete)
        ]
        return [*known, *_files(incomplete)] if sort == _SCENARIOS else known

    return completes


def _files(incomplete: str) -> Iterator[tuple[str, str]]:
    """Yield scenario files whose path begins so."""
    begun = incomplete.rpartition("/")[2]
    above = incomplete[: len(incomplete) - len(begun)]
    try:
        found = sorted(path.name for path in Path(above or ".").iterdir())
    except OSError:
        return
    for name in found:
        if name.startswith(begun) and name.endswith(_SUFFIXES):
            yield above + name, "a file"
