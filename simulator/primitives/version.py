"""Which version of the generator this is."""

from __future__ import annotations

import importlib.metadata


def version() -> str:
    """Return the version of the generator."""
    return importlib.metadata.version("trailwright")
