"""How the server and the process that tries scenarios talk: a length, and so much JSON."""

from __future__ import annotations

from typing import Final

import orjson

LENGTH: Final = 8
"""Bytes in which the length of a message stands before it."""


def framed(message: object) -> bytes:
    """Return a message with its length before it."""
    text = orjson.dumps(message)
    return len(text).to_bytes(LENGTH) + text
