"""`simulator/cli/completion.json`: what shells complete, so that no command is imported for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import typer

from simulator.cli.commands import program
from simulator.cli.records import SOURCES
from simulator.primitives.jsontext import json_text_indented
from simulator.records.eras import ERA_NAMES
from simulator.records.kinds import KINDS
from simulator.run import Format
from simulator.scenario import library
from simulator.scenario.mutations import MENU
from simulator.scenario.resolve import ERA_WORDS
from simulator.standins.table import STANDINS
from simulator.streaming.addresses import SINKS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from simulator.primitives.jsontext import Json

_BY_METAVAR: Final = {
    "CUTOVER": "cutovers",
    "ENGINE": "engines",
    "ERA": "eras",
    "FORMAT": "formats",
    "KIND": "kinds",
    "PROFILE": "profiles",
    "RECEIVER": "receivers",
    "SCENARIO": "scenarios",
    "SCENARIO...": "scenarios",
    "SCENARIO|RUN": "scenarios",
    "SCENARIO|RUN|FILE...": "scenarios",
    "SINK": "sinks",
    "SOURCE": "sources",
}
"""What an argument or option takes, by how the help calls it; others take files, or anything."""
_BY_NAME: Final = {
    ("generate", "--mutate"): "mutations",
    ("stream", "--mutate"): "mutations",
    ("tail", "--event"): "kinds",
}
"""Likewise, of those whose name in the help does not tell."""


def page() -> str:
    """Return the file."""
    root = typer.main.get_command(program())
    told: Json = {
        "root": [_taken("", one) for one in root.params if "completion" not in (one.name or "")],
        "commands": list(_commands(root, "")),
        "values": {sort: dict(pairs) for sort, pairs in _values().items()},
    }
    return json_text_indented(told).decode() + "\n"


def _commands(command: Any, above: str) -> Iterator[dict[str, Any]]:  # noqa: ANN401  # typer's
    for name, inner in command.commands.items():
        told: dict[str, Any] = {"name": name, "help": _first_line(inner.help)}
        words = f"{above} {name}".strip()
        if hasattr(inner, "commands"):
            told["commands"] = list(_commands(inner, words))
        else:
            told["takes"] = [_taken(words, one) for one in inner.params]
        yield told


def _taken(words: str, one: Any) -> dict[str, Any]:  # noqa: ANN401  # as above
    is_option = one.param_type_name == "option"
    names = [*one.opts, *one.secondary_opts] if is_option else []
    is_flag = bool(getattr(one, "is_flag", False))
    if is_flag and one.secondary_opts:
        names = ["/".join((one.opts[0], one.secondary_opts[0]))]
    sorts = [found for name in one.opts if (found := _BY_NAME.get((words, name)))]
    return {
        "names": names,
        "help": _first_line(one.help),
        "is_flag": is_flag,
        "is_many": one.nargs == -1,
        "values": next(iter(sorts), _BY_METAVAR.get(one.metavar or "")),
    }


def _first_line(text: str | None) -> str:
    return (text or "").strip().partition("\n")[0]


def _values() -> Mapping[str, list[tuple[str, str]]]:
    """Return sorts of values, each with what it means."""
    return {
        "cutovers": [
            ("announced", "2025-01-13"),
            ("revised", "2025-07-14"),
            ("observed", "per Region"),
        ],
        "engines": [("vectorised", "fast"), ("stepwise", "plain")],
        "eras": [*ERA_WORDS.items(), ("by-date", ""), *((name, "") for name in ERA_NAMES)],
        "formats": [(one.value, "") for one in Format],
        "kinds": [
            *{kind.event_name: kind.meaning for kind in KINDS}.items(),
            *((kind.name, kind.meaning) for kind in KINDS),
        ],
        "mutations": [(f"{entry.name}=", entry.what) for entry in MENU],
        "profiles": [("none", ""), ("typical", ""), ("slow", "")],
        "receivers": [(one.name, one.meaning) for one in STANDINS],
        "scenarios": list(library.names().items()),
        "sinks": list(_sinks()),
        "sources": [(source, "") for source in SOURCES],
    }


def _sinks() -> Iterator[tuple[str, str]]:
    """Yield what each address of a sink begins with."""
    for kind in SINKS:
        mark = "://" if "://" in kind.address else ":"
        for scheme in kind.schemes:
            yield scheme if scheme == "-" else f"{scheme}{mark}", kind.meaning
