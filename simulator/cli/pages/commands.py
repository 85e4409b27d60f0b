"""`docs/cli.md`: every command, argument and option."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import typer

from simulator.cli.commands import program
from simulator.cli.pages.markdown import code, fenced, notice, table

if TYPE_CHECKING:
    from collections.abc import Iterator


def page() -> str:
    """Return the page."""
    lines = [
        notice("simulator/cli"),
        "# The command line",
        "",
        "`python -m simulator` does the same as `trailwright`. Results go to standard output,",
        "messages, progress and errors to standard error.",
        "",
        *_command(typer.main.get_command(program()), "trailwright", 2),
    ]
    return "\n".join(lines).rstrip() + "\n"


# Typer's commands are those of the click it carries inside, whose types it does not export.
def _command(command: Any, name: str, level: int) -> Iterator[str]:  # noqa: ANN401
    yield f"{'#' * level} {name}"
    yield ""
    yield from _prose(command.help)
    subcommands = getattr(command, "commands", {})
    shown = [one for one in command.params if not getattr(one, "hidden", False)]
    taken = [one.metavar for one in shown if one.param_type_name == "argument"]
    words = [name, "[OPTIONS]", *taken, *(["COMMAND"] if subcommands else [])]
    yield from fenced(" ".join(words))
    rows = [_parameter(one) for one in shown]
    if rows:
        yield from table(("argument or option", "meaning", "default"), rows)
    if subcommands:
        yield from table(
            ("command", "does"),
            (
                (code(f"{name} {key}"), (inner.help or "").strip().partition("\n")[0])
                for key, inner in subcommands.items()
            ),
        )
    yield from _epilog(command.epilog)
    for key, inner in subcommands.items():
        yield from _command(inner, f"{name} {key}", min(level + 1, 3))


def _prose(text: str | None) -> Iterator[str]:
    for line in inspect.cleandoc(text or "").split("\n"):
        yield line.strip()
    yield ""


def _parameter(one: Any) -> tuple[str, str, str]:  # noqa: ANN401
    names = ", ".join(sorted(one.opts, key=len)) if one.param_type_name == "option" else ""
    value = "" if getattr(one, "is_flag", False) else one.metavar
    default = getattr(one.default, "value", one.default)
    is_shown = isinstance(default, str) and default != ""
    return (
        code(f"{names} {value}".strip()),
        getattr(one, "help", None) or "",
        code(default) if is_shown else "",
    )


def _epilog(text: str | None) -> Iterator[str]:
    for part in (text or "").split("\b\n"):
        title, _, rest = part.strip("\n").partition("\n")
        if title:
            yield title
            yield ""
            yield from fenced(inspect.cleandoc("\n" + rest))
