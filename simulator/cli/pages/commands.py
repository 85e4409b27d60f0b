"""`docs/cli.md`: every command, argument and option."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.cli.pages.described import described
from simulator.cli.pages.markdown import code, fenced, notice, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.cli.pages.described import Described


def page() -> str:
    """Return the page."""
    lines = [
        notice("simulator/cli"),
        "# The command line",
        "",
        "`python -m simulator` does the same as `trailwright`. Results go to standard output,",
        "messages, progress and errors to standard error. `man trailwright` has this page, too,",
        "where the package is installed for everybody, and `trailwright --install-completion`",
        "lets bash, zsh or fish complete commands, options, scenarios and other values.",
        "",
    ]
    for one in described():
        lines += _command(one)
    return "\n".join(lines).rstrip() + "\n"


def _command(one: Described) -> Iterator[str]:
    yield f"{'#' * min(one.depth + 2, 3)} {one.name}"
    yield ""
    yield from one.help
    yield ""
    yield from fenced(one.usage)
    if one.takes:
        rows = [
            # Read as HTML, `<scenario name>` would be nothing.
            (code(it.words), it.meaning.replace("<", "&lt;"), code(it.default))
            for it in one.takes
        ]
        yield from table(("argument or option", "meaning", "default"), rows)
    if one.commands:
        yield from table(("command", "does"), ((code(name), does) for name, does in one.commands))
    for title, text in one.closing:
        yield title
        yield ""
        yield from fenced(text)
