"""Generated pages are up to date, and hand-written ones true."""

from __future__ import annotations

import re
from pathlib import Path

import jsonschema_rs
import orjson
import pytest

from simulator.cli import reference
from simulator.cli.app import STATUSES
from simulator.cli.samples import samples
from simulator.records.api.operations import OPERATIONS
from simulator.records.eras import ERA_NAMES
from simulator.records.kinds import KINDS
from simulator.verification.report import KINDS as KINDS_OF_FINDINGS

DOCS = Path(__file__).parents[2] / "docs"


def test_generated_pages_are_up_to_date():
    """`make docs` writes what they describe."""
    assert reference.stale() == []


def test_a_stale_page_is_found(tmp_path, monkeypatch):
    """The control: a page that differs by one word, of two that are made."""
    few = {name: reference.PAGES[name] for name in ("cli.md", "scenarios.md")}
    monkeypatch.setattr(reference, "PAGES", few)
    reference.write(tmp_path)
    page = tmp_path / "cli.md"
    page.write_text(page.read_text().replace("synthetic", "real", 1))

    assert reference.stale(tmp_path) == ["cli.md"]


def test_every_kind_has_an_example_in_every_era():
    """Each one says its own event."""
    for kind in KINDS:
        for sample in samples(kind.name):
            for era in ERA_NAMES:
                assert sample.record(era)["eventName"] == kind.event_name, kind.name


def test_records_page_names_every_kind_with_its_basis():
    """A source page, or the word Unverified."""
    page = (DOCS / "records.md").read_text("utf-8")

    for kind in KINDS:
        is_unsure = kind.basis.startswith("Unverified")
        if kind.name in OPERATIONS:
            row = page.split(f"\n| `{kind.name}` |", 1)[1].split("\n", 1)[0]
            bases = ("**Unverified**",) if is_unsure else ("published", "https://docs.aws.")
            assert any(basis in row for basis in bases), kind.name
            continue
        section = page.split(f"\n### {kind.name}\n", 1)[1].split("\n### ", 1)[0]
        assert ("**Unverified**" if is_unsure else "Source: <https://") in section, kind.name


def test_exit_statuses_are_all_explained():
    """The page and the help tell of the same statuses."""
    page = (DOCS / "exit-statuses.md").read_text("utf-8")

    assert [int(found) for found in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)] == [
        status for status, _ in STATUSES
    ]


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("truth", "manifest-and-truth.md"),
        ("manifest", "manifest-and-truth.md"),
        ("realism", "realism.md"),
    ],
)
def test_members_of_a_format_are_all_explained(name, page):
    """What the schema allows stands in the page."""
    schema = orjson.loads((DOCS / "schemas" / f"{name}.schema.json").read_bytes())
    jsonschema_rs.meta.validate(schema)
    text = (DOCS / page).read_text("utf-8")

    for member in schema["properties"]:
        assert f"`{member}" in text, member


def test_kinds_of_findings_are_all_explained():
    """The page tells of those that a verification has."""
    page = (DOCS / "verify.md").read_text("utf-8")

    for kind in KINDS_OF_FINDINGS:
        assert f"`{kind}`" in page, kind


def test_links_between_pages_lead_somewhere():
    """Files that are linked to exist."""
    for page in DOCS.glob("*.md"):
        for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
            assert (DOCS / link).exists(), (page.name, link)
