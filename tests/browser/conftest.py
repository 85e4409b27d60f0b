"""A headless Chromium for tests of pages; a page that complains in its console fails its test.

Without a browser the tests are skipped, and say so. TRAILWRIGHT_BROWSER=required makes that a
failure, for where one must not be missing.
"""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def _without(reason: str) -> None:
    environment = os.environ  # noqa: TID251  # whoever runs the tests says so here
    if environment.get("TRAILWRIGHT_BROWSER") == "required":
        pytest.fail(f"TRAILWRIGHT_BROWSER=required, but {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="module")
def browser():
    """Give a Chromium for the tests of a file: starting it takes longer than most of them.

    No longer, since what drives it keeps an event loop running, beside which there is no other.
    """
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415  # may be missing
    except ImportError:
        _without("playwright is not installed")
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        _without("there is no chromium on PATH")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def complaints():
    """Give what the page's console said of errors; a test that provokes one may empty it."""
    return []


@contextmanager
def opening(browser, complaints):
    """Give a page of a fresh profile, and fail if its console complained.

    What it says of the Content-Security-Policy and of uncaught exceptions counts as well.
    """
    context = browser.new_context(accept_downloads=True)
    context.set_default_timeout(30_000)
    opened = context.new_page()
    opened.on(
        "console",
        lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None,
    )
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert complaints == []


@pytest.fixture
def page(browser, complaints):
    """Give a page to one test."""
    with opening(browser, complaints) as opened:
        yield opened
