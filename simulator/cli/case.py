"""`trailwright case`: failures made small, and kept so that they can be shown again."""

from __future__ import annotations

import typer

from simulator.cli import case_capsule, case_minimise

app = typer.Typer(
    help="Make the records that something fails on few, and keep them as a case.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

for part in (case_minimise, case_capsule):
    part.add_to(app)


def add_to(root: typer.Typer) -> None:
    """Make the commands known."""
    root.add_typer(app, name="case")
