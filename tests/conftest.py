"""How hard Hypothesis looks, chosen once for every test.

`dev` is quick, `ci` gives the same examples every time, `nightly` searches.
HYPOTHESIS_PROFILE names one; without it CI=true means `ci`, and anything else `dev`.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("dev", max_examples=50, deadline=None)
settings.register_profile("ci", max_examples=300, deadline=None, derandomize=True)
settings.register_profile("nightly", max_examples=5_000, deadline=None)

_environment = os.environ  # noqa: TID251  # whoever runs the tests says so here
_default = "ci" if _environment.get("CI") == "true" else "dev"
settings.load_profile(_environment.get("HYPOTHESIS_PROFILE") or _default)
