"""The page on Python works as typed, and prints what it shows."""

from __future__ import annotations

import re

import simulator
from tests.docs.typed import DOCS, blocks

PAGE = (DOCS / "python.md").read_text("utf-8")


def test_the_page_works_as_typed(tmp_path, monkeypatch, capsys):
    """One example after another, as in one session."""
    monkeypatch.chdir(tmp_path)
    session: dict[str, object] = {}
    examples, shown = blocks(PAGE, "python"), blocks(PAGE, "")
    assert len(examples) == len(shown)

    for example, output in zip(examples, shown, strict=True):
        exec(example, session)  # noqa: S102  # the page's own words
        assert capsys.readouterr().out == output


def test_what_it_imports_is_public():
    """Nothing that may change with any version."""
    lists = re.findall(
        r"from simulator import (?:\(([^)]+)\)|(.+))", "".join(blocks(PAGE, "python"))
    )
    names = {name for pair in lists for name in re.findall(r"\w+", "".join(pair))}

    assert names
    assert names <= set(simulator.__all__)


def test_every_error_is_explained():
    """All that are public."""
    for name in simulator.__all__:
        if name.endswith("Error") and issubclass(getattr(simulator, name), Exception):
            assert f"`{name}`" in PAGE, name
