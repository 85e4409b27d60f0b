"""Names as people mistype them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Container

_NEIGHBOURS: Final = {
    "a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj",
    "i": "uo", "j": "hk", "k": "jl", "l": "kp", "m": "n", "n": "bm", "o": "ip", "p": "o",
    "q": "wa", "r": "et", "s": "ad", "t": "ry", "u": "yi", "v": "cb", "w": "qe", "x": "zc",
    "y": "tu", "z": "x", ".": ",-", "-": "._", "_": "-.",
}  # fmt: skip
"""Keys beside each key of a keyboard."""


LONGER: Final = 16
"""Bytes by which a slip makes a name longer in JSON, at most: a mark or two, escaped."""


def mistyped(name: str, slip: int, known: Container[str]) -> str:
    """Return a name with one slip of the finger that makes it a name nobody has.

    Args:
        name: As it should be; what follows an `@` stays.
        slip: Which slip, a number of 31 bits.
        known: The names that people have.
    """
    local, at, domain = name.partition("@")
    for further in range(4 * len(local)):
        slipped = _slipped(local, slip + further)
        if (
            slipped
            and slipped != local
            and slipped not in known
            and slipped + at + domain not in known
        ):
            return slipped + at + domain
    return f"{local}{local[-1:]}1{at}{domain}"


def _slipped(text: str, slip: int) -> str:
    kind, place = slip % 4, slip // 4 % len(text)
    before, mark, after = text[:place], text[place], text[place + 1 :]
    if kind == 0:
        return before + after
    if kind == 1:
        return before + mark + mark + after
    if kind == 2 and after:
        return before + after[0] + mark + after[1:]
    near = _NEIGHBOURS.get(mark.lower(), mark)
    return before + near[slip // 4 // len(text) % len(near)] + after
