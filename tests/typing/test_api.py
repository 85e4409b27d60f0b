"""The types that users see are those that `api.py` asserts."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.mark.slow
def test_types_are_as_asserted():
    """Read by mypy, strictly: it runs for some seconds and is not in every environment."""
    mypy = pytest.importorskip("mypy.api")
    path = Path(__file__).with_name("api.py")

    report, errors, status = mypy.run(["--strict", "--no-incremental", str(path)])

    assert (errors, status) == ("", 0), report
