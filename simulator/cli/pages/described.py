"""Every command as its help describes it: what all pages on commands are made from."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import typer

from simulator.cli.commands import program

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Taken:
    """An argument or option."""

    words: str
    """What is written, such as `-o, --output DIR`."""
    meaning: str
    default: str
    """Empty where it goes without saying."""


@dataclass(frozen=True, slots=True)
class Described:
    """A command."""

    name: str
    """With all words, such as `trailwright era detect`."""
    help: tuple[str, ...]
    """Lines."""
    usage: str
    takes: tuple[Taken, ...]
    commands: tuple[tuple[str, str], ...]
    """Its subcommands, and what each does."""
    closing: tuple[tuple[str, str], ...]
    """What stands below: a heading, such as `Examples:`, and text each."""
    depth: int
    """How many commands are above it."""


def described() -> Iterator[Described]:
    """Yield every command, each before its subcommands."""
    yield from _described(typer.main.get_command(program()), "trailwright", 0)


# Typer's commands are those of the click it carries inside, whose types it does not export.
def _described(command: Any, name: str, depth: int) -> Iterator[Described]:  # noqa: ANN401
    inside = getattr(command, "commands", {})
    shown = [one for one in command.params if not getattr(one, "hidden", False)]
    taken = [one.metavar for one in shown if one.param_type_name == "argument"]
    words = [name, "[OPTIONS]", *taken, *(["COMMAND"] if inside else [])]
    yield Described(
        name=name,
        help=tuple(line.strip() for line in inspect.cleandoc(command.help or "").split("\n")),
        usage=" ".join(words),
        takes=tuple(map(_taken, shown)),
        commands=tuple(
            (f"{name} {key}", (inner.help or "").strip().partition("\n")[0])
            for key, inner in inside.items()
        ),
        closing=tuple(_closing(command.epilog)),
        depth=depth,
    )
    for key, inner in inside.items():
        yield from _described(inner, f"{name} {key}", depth + 1)


def _taken(one: Any) -> Taken:  # noqa: ANN401
    names = ", ".join(sorted(one.opts, key=len)) if one.param_type_name == "option" else ""
    value = "" if getattr(one, "is_flag", False) else one.metavar
    default = getattr(one.default, "value", one.default)
    is_shown = isinstance(default, str) and default != ""
    return Taken(
        f"{names} {value}".strip(), getattr(one, "help", None) or "", default if is_shown else ""
    )


def _closing(text: str | None) -> Iterator[tuple[str, str]]:
    for part in (text or "").split("\b\n"):
        title, _, rest = part.strip("\n").partition("\n")
        if title:
            yield title, inspect.cleandoc("\n" + rest)
