"""Differences between eras as text, Markdown and one page of HTML."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

from simulator.cli.compare import shown
from simulator.cli.console import columns, cut
from simulator.cli.pages.markdown import code, table
from simulator.primitives.jsontext import json_text
from simulator.validation.report import plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from simulator.cli.era_diff import EraDiff, KindDiff
    from simulator.primitives.comparison import Difference

_HEAD: Final = ("change", "member", "records", "before", "after")


def summary(found: EraDiff) -> str:
    """Return how much differs, in a sentence."""
    records = sum(one.records for one in found.kinds)
    changed = sum(one.changed for one in found.kinds)
    return (
        f"{changed:,} of {plural(records, 'record')} differ, of "
        f"{len(found.differing)} of {plural(len(found.kinds), 'kind')}."
    )


def _title(found: EraDiff) -> str:
    return f"{found.scenario}: {found.eras[0]} and {found.eras[1]}"


def _members(one: KindDiff) -> list[tuple[str, ...]]:
    return [
        (member.what, member.path, f"{member.records:,}", member.side(0), member.side(1))
        for member in one.members.values()
    ]


def _alike(found: EraDiff) -> str:
    return ", ".join(f"{one.kind} ({one.records:,})" for one in found.alike)


def _alone(found: EraDiff) -> list[str]:
    return [
        f"{one.kind}: {plural(count, 'record')} in {era} alone"
        for one in found.alone
        for era, count in one.only.items()
    ]


def as_text(found: EraDiff) -> Iterator[str]:
    """Yield the lines of a text."""
    yield _title(found)
    yield summary(found)
    for one in found.differing:
        yield ""
        yield f"{one.kind}: {one.changed:,} of {plural(one.records, 'record')}"
        rows = [_HEAD, *(tuple(cut(cell, 60) for cell in row) for row in _members(one))]
        yield from (f"  {line}" for line in columns(rows, right=frozenset({2})))
        yield "  One of them:"
        yield from (f"    {line.plain}" for line in shown(one.example, *found.eras))
    yield ""
    if found.alike:
        yield f"The same in both: {_alike(found)}"
    yield from _alone(found)


def _cells(row: Difference) -> tuple[str, str]:
    """Return both values of a member of the example; empty where it is not there."""
    before = "" if row.what == "added" else _json(row.before)
    after = "" if row.what == "removed" else _json(row.after)
    return before, after


def _json(value: Any) -> str:  # noqa: ANN401  # JSON
    return json_text(value).decode()


def as_markdown(found: EraDiff) -> Iterator[str]:
    """Yield the lines of a page of Markdown."""
    yield f"# {_title(found)}"
    yield ""
    yield summary(found)
    yield ""
    for one in found.differing:
        yield f"## {one.kind}"
        yield ""
        yield f"{one.changed:,} of {plural(one.records, 'record')} differ."
        yield ""
        rows = [
            (what, code(path), records, code(before), code(after))
            for what, path, records, before, after in _members(one)
        ]
        yield from table(_HEAD, rows)
        yield "One of them:"
        yield ""
        example = [
            ("" if row.what == "same" else row.what, code(row.path), *map(code, _cells(row)))
            for row in one.example
        ]
        yield from table(("", "member", *found.eras), example)
    if found.alike:
        yield f"The same in both eras: {_alike(found)}."
    for line in _alone(found):
        yield f"- {line}"


_STYLE: Final = """
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }
table { border-collapse: collapse; margin: .5rem 0 1.5rem; width: 100%; }
th, td { border-bottom: 1px solid #8884; padding: .2rem .6rem; text-align: left;
  vertical-align: top; overflow-wrap: anywhere; }
td { font-family: ui-monospace, monospace; font-size: 13px; }
tr.added { background: #2da44e2a; }
tr.removed { background: #cf222e2a; }
tr.changed, tr.moved { background: #bf87002a; }
"""


def as_html(found: EraDiff) -> Iterator[str]:
    """Yield the lines of a page that needs nothing else, and asks nobody for anything."""
    title = escape(_title(found))
    yield "<!doctype html>"
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield f"<title>{title}</title>"
    yield f"<style>{_STYLE}</style></head><body>"
    yield f"<h1>{title}</h1>"
    yield f"<p>{escape(summary(found))}</p>"
    yield from _contents(found)
    for one in found.differing:
        yield f'<h2 id="{escape(one.kind)}">{escape(one.kind)}</h2>'
        yield f"<p>{one.changed:,} of {plural(one.records, 'record')} differ.</p>"
        yield from _html_table(_HEAD, [(row[0], row) for row in _members(one)])
        yield "<details><summary>One of them, side by side</summary>"
        rows = [(row.what, (row.path, *_cells(row))) for row in one.example]
        yield from _html_table(("member", *found.eras), rows)
        yield "</details>"
    if found.alike:
        yield f"<p>The same in both eras: {escape(_alike(found))}.</p>"
    for line in _alone(found):
        yield f"<p>{escape(line)}</p>"
    yield "</body></html>"


def _contents(found: EraDiff) -> Iterator[str]:
    yield "<ul>"
    for one in found.differing:
        name = escape(one.kind)
        yield f'<li><a href="#{name}">{name}</a>: {one.changed:,} of {one.records:,}</li>'
    yield "</ul>"


def _html_table(
    head: tuple[str, ...], rows: Iterable[tuple[str, tuple[str, ...]]]
) -> Iterator[str]:
    """Yield a table whose rows are coloured by what became of the member."""
    yield (
        "<table><thead><tr>" + "".join(f"<th>{escape(one)}</th>" for one in head) + "</tr></thead>"
    )
    yield "<tbody>"
    for what, cells in rows:
        inside = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
        yield f'<tr class="{escape(what)}">{inside}</tr>'
    yield "</tbody></table>"
