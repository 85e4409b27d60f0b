"""Sizes in bytes, as people write them."""

from __future__ import annotations

import re
from typing import Final

_UNITS: Final = {
    "B": 1,
    "kB": 10**3,
    "KB": 10**3,
    "KiB": 1 << 10,
    "MB": 10**6,
    "MiB": 1 << 20,
    "GB": 10**9,
    "GiB": 1 << 30,
}
_SIZE: Final = re.compile(r"([0-9][0-9_]{0,17}) ?([A-Za-z]{0,3})")


def parse_size(text: str) -> int:
    """Read `16MiB`, `5 MB` or plain bytes.

    Raises:
        ValueError: It is not a size.
    """
    match = _SIZE.fullmatch(text)
    factor = _UNITS.get(match[2] or "B") if match else None
    if match is None or factor is None:
        message = "expected a size such as 16MiB or 5MB"
        raise ValueError(message)
    return int(match[1].replace("_", "")) * factor


def format_size(size: int) -> str:
    """Write a size in the largest unit that it is a whole number of."""
    for unit in ("GiB", "MiB", "KiB", "GB", "MB", "kB"):
        factor = _UNITS[unit]
        if size and size % factor == 0:
            return f"{size // factor}{unit}"
    return f"{size}B"
