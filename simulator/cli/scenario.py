"""`trailwright scenario`: find, begin, check and resolve scenarios."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from simulator.cli import console
from simulator.errors import Finding, OutputError, ScenarioError, SimulatorError
from simulator.scenario import library
from simulator.scenario.dump import digest, dump
from simulator.scenario.resolve import resolve as resolved
from simulator.scenario.schema import schema_text

app = typer.Typer(
    help="Find, begin, check and resolve scenarios.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_NEW: Final = """\
# yaml-language-server: $schema=https://json.schemastore.org/any
scenario: {name}
"""
