"""How hard Hypothesis looks, chosen once for every test, and what all tests may ask for.

`brief` is for versions of libraries, `dev` is quick, `ci` gives the same examples every time,
`nightly` searches.
HYPOTHESIS_PROFILE names one; without it CI=true means `ci`, and anything else `dev`.
"""

from __future__ import annotations

import gc
import os

import pytest
from hypothesis import settings

from simulator.engines import stepwise, vectorised
from tests.services.aws import s3

__all__ = ["s3"]

# Tests make much that is there to stay, such as what is compiled once. To look for garbage after
# every 700 new objects, as is usual, takes a seventh of the time.
gc.set_threshold(50_000)

settings.register_profile("brief", max_examples=10, deadline=None, derandomize=True)
settings.register_profile("dev", max_examples=50, deadline=None)
settings.register_profile("ci", max_examples=20, deadline=None, derandomize=True)
settings.register_profile("nightly", max_examples=5_000, deadline=None)

_environment = os.environ  # noqa: TID251  # whoever runs the tests says so here
_default = "ci" if _environment.get("CI") == "true" else "dev"
settings.load_profile(_environment.get("HYPOTHESIS_PROFILE") or _default)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that accepts new fingerprints."""
    parser.addoption(
        "--rewrite-fingerprints",
        action="store_true",
        help="write fingerprint.txt anew instead of comparing it",
    )


@pytest.fixture
def rewrites_fingerprints(request: pytest.FixtureRequest) -> bool:
    """Return whether fingerprints are to be written instead of compared."""
    return bool(request.config.getoption("--rewrite-fingerprints"))


@pytest.fixture(params=[stepwise, vectorised], ids=["stepwise", "vectorised"])
def engine(request: pytest.FixtureRequest):
    """Give one engine, then the other: a test that needs only one says why."""
    return request.param
