"""What the documentation site does beyond plain Markdown; `mkdocs.yml` names this as its hooks.

Pages are written for a git host, where a link may lead to any file of the checkout. Here files
of `PROJECT` become pages as well, links to anything else outside `docs/` become their text, and
a site that would fetch anything from elsewhere is not built.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT: Final = Path(__file__).parents[1]

PROJECT: Final = {
    "README.md": "docs/project/readme.md",
    "CONTRIBUTING.md": "docs/project/contributing.md",
    "CHANGELOG.md": "docs/project/changelog.md",
    "benchmarks/README.md": "docs/project/benchmarks.md",
}
"""Files outside `docs/` that are pages, and where they would lie if they were in it."""

_LINK: Final = re.compile(r"(?<!!)\[([^\[\]]+)\]\((?![a-z]+:|#)([^()\s#]+)(#[^()\s]*)?\)")

_ROW: Final = re.compile(r"^\|.*$", re.MULTILINE)
_CODE: Final = re.compile(r"`[^`]+`")

_FETCHING: Final = re.compile(
    r"<(?:script|img|iframe|source|audio|video|embed|object|use|link)\b[^>]*?"
    r"\s(?:src|href|srcset|data|xlink:href)=[\"']?((?:https?:)?//[^\"'\s>]*)",
    re.IGNORECASE,
)
_STYLES: Final = re.compile(r"(?:url\(\s*|@import\s+)[\"']?((?:https?:)?//[^\"')\s]+)")


def relinked(text: str, place: str) -> str:
    """Return a page with its links as the site has them.

    Args:
        place: Where the page lies in the checkout, such as `docs/speed.md`.
    """
    here = posixpath.dirname(PROJECT.get(place, place))

    def led(found: re.Match[str]) -> str:
        words, target, anchor = found[1], found[2], found[3] or ""
        leads_to = posixpath.normpath(posixpath.join(posixpath.dirname(place), target))
        leads_to = PROJECT.get(leads_to, leads_to)
        if not leads_to.startswith("docs/"):
            return words
        if (ROOT / leads_to).is_dir():
            leads_to += "/README.md"
        return f"[{words}]({posixpath.relpath(leads_to, here)}{anchor})"

    return _LINK.sub(led, text)


def unescaped(text: str) -> str:
    """Return a page whose tables have `|` inside code without the backslash that git hosts want."""
    return _ROW.sub(
        lambda row: _CODE.sub(lambda code: code[0].replace(r"\|", "|"), row[0]),
        text,
    )


def fetched(text: str) -> list[str]:
    """Return the addresses from which a built page or style would fetch something."""
    return [*_FETCHING.findall(text), *_STYLES.findall(text)]


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add the pages that lie elsewhere."""
    for source, place in PROJECT.items():
        text = relinked((ROOT / source).read_text("utf-8"), source)
        files.append(File.generated(config, place.removeprefix("docs/"), content=text))
    return files


def on_page_markdown(text: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Mend links and tables, and have Markdown inside of `<details>` read as such."""
    del config, files
    place = f"docs/{page.file.src_uri}"
    if place not in PROJECT.values():
        text = relinked(text, place)
    return unescaped(text).replace("<details>", '<details markdown="1">')


def on_post_build(*, config: MkDocsConfig) -> None:
    """Refuse a site that needs a network."""
    if found := sorted(_all_fetched(Path(config.site_dir))):
        raise PluginError("the site would fetch from elsewhere:\n" + "\n".join(found))


def _all_fetched(folder: Path) -> Iterator[str]:
    for kind in ("*.html", "*.css"):
        for path in folder.rglob(kind):
            for address in fetched(path.read_text("utf-8")):
                yield f"{path.relative_to(folder)}: {address}"
