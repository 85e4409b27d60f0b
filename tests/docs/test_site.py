"""What the documentation site does beyond plain Markdown, and pages that are made for it.

`make docs-site`, which `make check` calls, builds it strictly.
"""

from __future__ import annotations

import importlib.util
import re
from xml.etree import ElementTree as ET

import pytest

import simulator
from simulator.cli.pages import diagrams, drawing, python_api
from tests.docs.typed import DOCS, blocks, typed


@pytest.fixture(scope="module")
def hooks():
    """Give the site's hooks, as mkdocs loads them."""
    pytest.importorskip("mkdocs")
    spec = importlib.util.spec_from_file_location("site_hooks", DOCS / "site_hooks.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "text",
    [
        '<script src="https://cdn.example.com/a.js"></script>',
        '<link rel="stylesheet" href="//fonts.example.com/b.css">',
        "<img alt='' src=http://example.com/c.png>",
        "<style>@import 'https://example.com/d.css'</style>",
        "a { background: url(https://example.com/e.png) }",
    ],
)
def test_what_would_be_fetched_from_elsewhere_is_found(hooks, text):
    """The control of the check that the build ends with."""
    assert len(hooks.fetched(text)) == 1


def test_what_is_only_linked_or_lies_in_the_site_is_not(hooks):
    """A reader may follow a link to AWS's pages."""
    text = '<a href="https://docs.aws.amazon.com/">guide</a><img src="diagrams/eras.svg">'

    assert hooks.fetched(text) == []


@pytest.mark.parametrize(
    ("place", "text", "becomes"),
    [
        ("docs/speed.md", "[a](../README.md#how-fast)", "[a](project/readme.md#how-fast)"),
        ("docs/speed.md", "[a](../simulator/engines/copying.py)", "a"),
        ("docs/speed.md", "[a](scale.md#b) [c](#d)", "[a](scale.md#b) [c](#d)"),
        ("docs/decisions/README.md", "[a](../scale.md)", "[a](../scale.md)"),
        ("README.md", "[a](docs/decisions/README.md)", "[a](../decisions/README.md)"),
        ("README.md", "[a](benchmarks/README.md)", "[a](benchmarks.md)"),
        ("README.md", "[a](https://example.com/b)", "[a](https://example.com/b)"),
    ],
)
def test_links_lead_where_they_lead_on_a_git_host(hooks, place, text, becomes):
    """Or to nothing, where the site has no such page."""
    assert hooks.relinked(text, place) == becomes


def test_code_in_tables_has_no_backslash(hooks):
    """Elsewhere it stays: outside of code it keeps a cell from ending."""
    text = "| `N\\|auto` | a \\| b |\n\n`x\\|y`\n"

    assert hooks.unescaped(text) == "| `N|auto` | a \\| b |\n\n`x\\|y`\n"


@pytest.mark.parametrize("name", diagrams.DRAWINGS)
def test_drawings_say_in_words_what_they_show(name):
    """They are XML, with a title and a description, and every page that shows one has its own."""
    root = ET.fromstring((DOCS / name).read_text("utf-8"))  # noqa: S314  # our own

    told = {child.tag.rpartition("}")[2]: child.text for child in root}
    assert told["title"]
    assert len(told["desc"]) > 100
    shown = [
        alt
        for page in DOCS.glob("*.md")
        for alt in re.findall(rf"!\[([^\]]*)\]\({re.escape(name)}\)", page.read_text("utf-8"))
    ]
    assert shown
    assert all(shown)


def test_text_of_drawings_is_escaped():
    """An ampersand is one."""
    assert ">a &amp; b &lt;c&gt;<" in drawing.text(0, 0, "a & b <c>")


def test_every_public_name_is_on_the_page_of_the_python_api(tmp_path):
    """Once; and its example prints records."""
    page = (DOCS / "python-api.md").read_text("utf-8")
    (example,) = blocks(page, "python")

    assert sorted(re.findall(r"^::: simulator\.(\w+)$", page, re.MULTILINE)) == sorted(
        simulator.__all__
    )
    assert python_api.names_of(("simulator.run",)) == ["Request", "generate", "write_run"]
    (tmp_path / "example.py").write_text(example)
    done = typed(["python example.py | head -n 1\n"], tmp_path)
    assert done.stdout.startswith('{"eventVersion":"1.')
