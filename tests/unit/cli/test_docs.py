"""`trailwright docs`."""

from __future__ import annotations

import jsonschema_rs
import orjson
import pytest

from simulator.cli.docs import pages
from simulator.primitives.shipped import shipped


def test_pages_are_listed_with_their_titles(run, tmp_path):
    """All that are there, those in folders last."""
    ended = run("docs", cwd=tmp_path)

    lines = ended.out.splitlines()
    assert ended.status == 0
    assert len(lines) == len(list(shipped("docs").rglob("*.md"))) + 11
    assert [*pages()] == [line.split()[0] for line in lines]
    assert "verify                                   Verifying a run" in lines
    assert lines[-1].split(maxsplit=1)[1] == "One line of a Trailwright truth file"


@pytest.mark.parametrize("name", ["verify", "verify.md", "decisions/README"])
def test_a_page_is_printed_as_it_is(run, tmp_path, name):
    """Every byte, with or without its ending."""
    page = shipped("docs") / f"{name.removesuffix('.md')}.md"

    assert run("docs", name, cwd=tmp_path).out == page.read_text("utf-8")
    assert run("docs", name, "--path", cwd=tmp_path).out == f"{page}\n"


def test_a_schema_is_printed_as_it_is(run, tmp_path):
    """So that it can be kept in a file."""
    ended = run("docs", "schemas/truth", cwd=tmp_path)

    jsonschema_rs.meta.validate(orjson.loads(ended.out))
    assert ended.out == run("docs", "schemas/truth.schema.json", cwd=tmp_path).out


def test_the_list_is_for_programs_too(run, tmp_path):
    """One object a line."""
    ended = run("docs", "--json", cwd=tmp_path)

    told = [orjson.loads(line) for line in ended.out.splitlines()]
    assert {one["page"]: one["path"] for one in told} == {
        name: str(path) for name, path in pages().items()
    }


def test_the_folder_is_told(run, tmp_path):
    """For a browser, or an editor."""
    assert run("docs", "--path", cwd=tmp_path).out == f"{shipped('docs')}\n"


@pytest.mark.parametrize("name", ["verfy", "../README"])
def test_what_is_no_page_is_refused(run, tmp_path, name):
    """Nothing outside the folder can be read; a slip is told."""
    ended = run("docs", name, cwd=tmp_path)

    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith(f"Error: no such page: {name}")
    assert ended.err.endswith("; `trailwright docs` lists them\n")
    assert ("(did you mean 'verify'?)" in ended.err) == (name == "verfy")
