"""`trailwright case`: somebody's records as a scenario, made small, and kept to be shown again."""

from __future__ import annotations

import typer

from simulator.cli import case_capsule, case_minimise, case_new

app = typer.Typer(
    help="Make somebody's records a small scenario, make it smaller, and keep it as a case.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

for part in (case_new, case_minimise, case_capsule):
    part.add_to(app)


def add_to(root: typer.Typer) -> None:
    """Make the commands known."""
    root.add_typer(app, name="case")
