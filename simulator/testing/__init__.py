"""Records in memory for whoever tests with them, and the plugin that hands them to pytest.

pytest loads the plugin wherever the package is installed, so that importing this room, its
plugin and `records` costs next to nothing; `making` has what is heavy.
"""

from __future__ import annotations

from simulator.testing.records import CaseMaker, TrailMaker, TrailRecords

__all__ = ["CaseMaker", "TrailMaker", "TrailRecords"]
