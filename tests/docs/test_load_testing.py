"""The pages on load testing work as typed, and explain what streams leave."""

from __future__ import annotations

import re

import orjson

from tests.docs.typed import DOCS, blocks, typed

PAGE = (DOCS / "load-testing.md").read_text("utf-8")
SINKS = (DOCS / "sinks.md").read_text("utf-8")


def test_from_nothing_to_a_reconciled_load_test(tmp_path):
    """A stand-in that fails, a stream to it, and what arrived."""
    done = typed(blocks(PAGE, "sh"), tmp_path, sends_signals=True)

    assert done.returncode == 0, done.stderr
    assert "accepted" in done.stderr
    assert re.search(r"^  missing +0 ", done.stdout, re.MULTILINE)
    report = orjson.loads((tmp_path / "sent" / "report.json").read_bytes())
    assert report["settled"] == report["records"] == 3000
    assert report["shortfalls"] == []


def test_stand_ins_are_called_as_typed(tmp_path):
    """It ends by itself, without anything that came."""
    done = typed(blocks(SINKS, "sh"), tmp_path, sends_signals=True)

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "received.ndjson").read_bytes() == b""


def test_members_of_a_line_of_the_journal_are_all_explained():
    """By their names."""
    schema = orjson.loads((DOCS / "schemas" / "sent.schema.json").read_bytes())
    for member in schema["properties"].keys() - {"format"}:
        assert f"`{member}`" in PAGE, member
