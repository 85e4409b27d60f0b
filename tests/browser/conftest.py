"""Pages in a headless Chromium: Debian's, or whichever is on PATH."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
REQUIRED: Final = "TRAILWRIGHT_BROWSER"
"""Set to `required` where a missing browser is a failure and no reason to skip."""
# It looks for its maker's hosts at every start, and there may be no network.
_FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def _is_required() -> bool:
    return os.environ.get(REQUIRED) == "required"  # noqa: TID251  # nothing is written


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Give a browser, or skip with a reason."""
    reason = ""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415  # absent elsewhere
    except ImportError:
        reason = "Playwright is not installed"
    if found is None:
        reason = f"none of {', '.join(NAMES)} is on PATH"
    if reason:
        give_up = pytest.fail if _is_required() else pytest.skip
        give_up(reason)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=[*_FLAGS])
        yield started
        started.close()


@contextmanager
def opening(browser: Browser) -> Iterator[Page]:
    """Give an empty page; what it complains about fails the test.

    Raises:
        AssertionError: It complained.
    """
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    said: list[str] = []
    opened.on("console", lambda one: said.append(f"{one.type}: {one.text}"))
    opened.on("pageerror", lambda error: said.append(f"error: {error}"))
    yield opened
    context.close()
    assert [one for one in said if one.startswith(("error", "warning"))] == []


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Give an empty page of its own to a test."""
    with opening(browser) as opened:
        yield opened
