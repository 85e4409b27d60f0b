"""The fixture that all tests of pages stand on."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser


def test_a_page_that_complains_is_heard(page, complaints):
    """Errors in the console and uncaught exceptions: either would fail its test."""
    page.set_content("<script>console.error('first')</script><script>throw Error('next')</script>")

    page.wait_for_function("true")
    assert complaints == ["first", "next"]
    complaints.clear()
