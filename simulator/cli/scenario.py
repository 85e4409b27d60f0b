"""`trailwright scenario`: find, begin, check and resolve scenarios."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from simulator.cli import console
from simulator.cli.options import LinesAsJson, Parameters
from simulator.errors import Finding, OutputError, ScenarioError
from simulator.primitives.jsontext import json_text, json_text_indented
from simulator.scenario import library
from simulator.scenario.dump import digest, dump, written
from simulator.scenario.reader import file_text
from simulator.scenario.schema import schema_text

if TYPE_CHECKING:
    from simulator.primitives.jsontext import Json
    from simulator.scenario.document import Scenario

app = typer.Typer(
    help="Find, begin, check and resolve scenarios.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_STARTER: Final = """\
# Completion and hover in editors: trailwright scenario schema > scenario.schema.json
# yaml-language-server: $schema=./scenario.schema.json
scenario: {name}
description: One sentence that says what this is for.
seed: 1
window: {{start: 2025-01-10, days: 7}}      # crosses the change of 13 January 2025

organization:
  accounts:
    - {{name: payments-prod}}
instance:
  region: us-east-1
  mfa: {{prompt: always, devices: [totp, webauthn], without_device: allow}}

permission_sets:
  - {{name: PowerUserAccess, managed_policies: [PowerUserAccess]}}
groups:
  - name: Developers
    assignments: [{{permission_set: PowerUserAccess, accounts: [payments-prod]}}]

users:
  - {{name: ana.lopez, groups: [Developers], persona: developer, mfa: [totp]}}
  - {{count: 20, persona: office-worker, groups: {{Developers: 30%}}, mfa: {{totp: 80%}}}}

background: {{events: 500}}

storyline:
  - at: 2025-01-14T09:00:00Z
    user: ana.lopez
    does: sign-in
    with: {{password: [wrong, right], factor: totp}}
    then:
      - {{after: 20s, does: open-console, account: payments-prod, permission_set: PowerUserAccess}}
      - {{after: 1h, does: sign-out}}
"""

_LIST_EXAMPLES: Final = """\b
Examples:
  trailwright scenario list
  trailwright scenario list --json | jq -r .name
"""
_NEW_EXAMPLES: Final = """\b
Examples:
  trailwright scenario new my.yaml
  trailwright scenario new office.yaml --from baseline/office
"""
_CHECK_EXAMPLES: Final = """\b
Examples:
  trailwright scenario check my.yaml
  trailwright scenario check scenarios/*.yaml
  trailwright scenario check my.yaml --json | jq -r '.findings[].message'
"""

ScenarioName = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="A file, or the name of one that is shipped.")
]


def add_to(root: typer.Typer) -> None:
    """Make the commands known."""
    root.add_typer(app, name="scenario")


@app.command("list", epilog=_LIST_EXAMPLES)
def list_(*, as_json: LinesAsJson = False) -> None:
    """List the scenarios that are shipped."""
    rows = list(library.names().items())
    if as_json:
        for name, description in rows:
            _print_json({"name": name, "description": description})
        return
    for text in console.columns(rows):
        typer.echo(text)


@app.command(epilog=_NEW_EXAMPLES)
def new(
    path: Annotated[
        Path, typer.Argument(metavar="PATH", help="The file to write; it must not be there yet.")
    ],
    origin: Annotated[
        str | None,
        typer.Option("--from", metavar="SCENARIO", help="The scenario to copy."),
    ] = None,
) -> None:
    """Write a scenario of your own to start from."""
    if origin is None:
        text = _STARTER.format(name=_name_from(path))
    else:
        text = file_text(library.find(origin))
    try:
        with path.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except FileExistsError:
        message = f"{path} exists: choose another name"
        raise OutputError(message) from None
    except OSError as error:
        message = f"cannot write {path}: {error.strerror}"
        raise OutputError(message) from None
    console.messages().print(console.line(f"{path} is written. Next: trailwright generate {path}"))


def _name_from(path: Path) -> str:
    """Return a scenario name that is like a file's."""
    name = re.sub(r"[^a-z0-9._-]+", "-", path.stem.lower()).strip("-._")
    return name[:64] or "my-scenario"


@app.command(epilog=_CHECK_EXAMPLES)
def check(
    paths: Annotated[
        list[str], typer.Argument(metavar="SCENARIO...", help="Files, or names of shipped ones.")
    ],
    *,
    as_json: LinesAsJson = False,
) -> None:
    """Check scenarios, and show everything that is wrong with them.

    Each finding is a line `file:line:column path: what is wrong`. Exit status 2 if there are any.
    """
    found: list[Finding] = []
    for path in paths:
        findings: tuple[Finding, ...] = ()
        loaded: Scenario | None = None
        try:
            loaded = library.load(path)
        except ScenarioError as error:
            findings = error.findings
        found += findings
        if as_json:
            _print_json(_checked(path, loaded, findings))
        elif loaded is not None:
            typer.echo(f"{path}: sound ({loaded.scenario}, resolved sha256 {digest(loaded)})")
    if found and as_json:
        raise typer.Exit(ScenarioError.exit_status)
    if found:
        raise ScenarioError(found)


def _checked(path: str, loaded: Scenario | None, findings: tuple[Finding, ...]) -> dict[str, Json]:
    """Return what was found for programs."""
    return {
        "path": path,
        "scenario": None if loaded is None else loaded.scenario,
        "sha256": None if loaded is None else digest(loaded),
        "findings": [
            {
                "file": one.file,
                "line": one.line,
                "column": one.column,
                "path": one.path,
                "message": one.message,
            }
            for one in findings
        ],
    }


def _print_json(value: dict[str, Json]) -> None:
    typer.echo(json_text(value).decode())


@app.command()
def resolve(
    scenario: ScenarioName,
    seed: Annotated[
        int | None, typer.Option(metavar="N", help="In place of its own.", min=0)
    ] = None,
    era: Annotated[str | None, typer.Option(metavar="ERA", help="In place of its own.")] = None,
    parameters: Parameters = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON instead of YAML.")] = False,
) -> None:
    """Print a scenario with every default filled in.

    What is printed is itself a valid scenario, and gives the same bytes.
    """
    given = library.parts_from(parameters or ())
    loaded = library.load(scenario, seed=seed, era=era, parameters=given)
    if as_json:
        typer.echo(json_text_indented(written(loaded)).decode())
    else:
        typer.echo(dump(loaded), nl=False)


@app.command()
def schema() -> None:
    """Print the JSON Schema of scenarios, which gives editors completion and hover."""
    typer.echo(schema_text(), nl=False)
