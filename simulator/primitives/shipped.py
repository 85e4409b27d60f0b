"""Folders that are shipped with the program: inside the package, or beside it in a checkout."""

from __future__ import annotations

from pathlib import Path


def shipped(name: str) -> Path:
    """Return where a folder of the checkout lies, which a wheel holds as `simulator/_NAME`."""
    package = Path(__file__).parents[1]
    inside = package / f"_{name}"
    return inside if inside.is_dir() else package.parent / name
