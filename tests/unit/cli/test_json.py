"""What `--json` prints: of every command that prints data, and as the page says."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import orjson
import pytest
import typer

from simulator.cli.commands import program
from tests.unit.cli.program import TINY

PAGE = Path(__file__).parents[3] / "docs" / "json.md"

ASKED = {
    "stream": "tiny.yaml --to file:s.ndjson --rate 500/s -o sent -q",
    "reconcile": "run/truth.ndjson run/records.ndjson",
    "validate": "run",
    "explain": "run",
    "summary": "run",
    "tail": "run",
    "verify": "run",
    "score": "run alerts.csv",
    "realism": "run",
    "mutations": "",
    "scenario list": "",
    "scenario check": "tiny.yaml wrong.yaml",
    "scenario resolve": "tiny.yaml",
    "records list": "",
    "records show": "Logout",
    "records diff": "Logout",
    "era detect": "run",
    "era diff": "tiny.yaml",
    "case check": "tiny.yaml run",
    "case replay": "tiny.case",
    "docs": "",
}
"""Commands that print data, and how they are asked for some."""

NOT_ASKED = {
    "generate": "records go to standard output, and what else there is into the manifest",
    "merge-manifests": "it writes a manifest, which is JSON",
    "listen": "it keeps records in a file",
    "dataset": "it writes a manifest, which is JSON",
    "report": "it writes a page",
    "scenario new": "it writes a scenario",
    "scenario schema": "it prints JSON as it is",
    "era convert": "records go to standard output, and changes to a file of JSON",
    "case new": "it writes a scenario",
    "case minimise": "it writes a scenario",
    "case pack": "it writes a capsule",
    "case unpack": "it writes a scenario",
    "serve": "its page downloads records, truth and scenario",
}
"""Commands that do without, and why."""

OF_OTHERS = {"tail", "scenario resolve"}
"""Commands that print what has a description elsewhere: records, scenarios."""


@cache
def commands():
    """Return every command that does something, by its words, and whether it has --json."""
    found = {}
    left = [((), typer.main.get_command(program()))]
    for words, command in left:
        inside = getattr(command, "commands", None)
        if inside is None:
            found[" ".join(words)] = any("--json" in one.opts for one in command.params)
        else:
            left += [((*words, name), inner) for name, inner in inside.items()]
    return found


def described():
    """Return the page's first table: command to what it prints and which members that has."""
    rows = re.findall(r"^\| `([a-z ]+)` \| (\S+).*? \| (.*) \|$", PAGE.read_text(), re.MULTILINE)
    return {name: (sort, re.findall(r"`(\w+)`", members)) for name, sort, members in rows}


def test_every_command_that_prints_data_has_it():
    """Or stands here with the reason why not; and in the page."""
    page = PAGE.read_text("utf-8")

    assert {name for name, has_it in commands().items() if has_it} == ASKED.keys()
    assert commands().keys() - ASKED.keys() == NOT_ASKED.keys()
    assert re.findall(r"^\| `([a-z -]+)` \|", page, re.MULTILINE) == [*ASKED, *NOT_ASKED]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with scenarios; what else is needed is made in it."""
    made = tmp_path_factory.mktemp("json")
    (made / "tiny.yaml").write_text(TINY)
    (made / "wrong.yaml").write_text(f"{TINY}nope: 1\n")
    (made / "alerts.csv").write_text("eventID\n")
    return made


@pytest.mark.parametrize("name", ASKED)
def test_it_is_what_the_page_says(run, folder, name):
    """Nothing but JSON, with these members in this order, and twice the same."""
    if not (folder / "run").exists():
        run("generate", "tiny.yaml", "-o", "run/", "-q", cwd=folder)
        run("case", "pack", "tiny.yaml", "-o", "tiny.case", "-q", cwd=folder)
    words = (*name.split(), *ASKED[name].split(), "--json")

    ended = run(*words, cwd=folder)

    sort, members = described()[name]
    if sort == "a":
        found = [orjson.loads(ended.out)]
        assert ended.out.startswith("{\n")
    else:
        found = [orjson.loads(line) for line in ended.out.splitlines()]
        assert found
    assert (ended.status, ended.err) == (2 if name == "scenario check" else 0, "")
    if name not in OF_OTHERS:
        for one in found:
            assert [member for member in members if member in one][: len(one)] == list(one)
    if name != "stream":
        assert run(*words, cwd=folder).out == ended.out
