"""Records leaf by leaf, and pieces with what they are encodings of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from simulator.cases.anonymity.encodings import decoded, escaped_letters
from simulator.cases.anonymity.pieces import member_pieces, number_pieces, pieces
from simulator.cases.anonymity.places import shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from simulator.cases.anonymity.cutting import Piece
    from simulator.cases.anonymity.places import Path


def leaves(record: Mapping[str, Any]) -> Iterator[tuple[Path, Any, bool]]:
    """Yield a record's member names and values: path, text or number, and whether it is a name.

    Paths are of members alone: items of a list have the list's own.
    """
    waiting: list[tuple[Path, Any]] = [((), record)]
    while waiting:
        path, value = waiting.pop()
        if type(value) is str:
            yield path, value, False
        elif isinstance(value, dict):
            for name in value:
                yield path, name, True
            waiting += [(shortened((*path, name)), value[name]) for name in reversed(value)]
        elif isinstance(value, list):
            waiting += [(path, inner) for inner in reversed(value)]
        elif value is not None and not isinstance(value, bool):
            yield path, value, False


def cut(path: Path, value: object, *, is_name: bool) -> tuple[Piece, ...]:
    """Return a member's name, a text or a number cut into pieces."""
    if is_name:
        return member_pieces(path, str(value))
    return pieces(path, value) if isinstance(value, str) else number_pieces(path, repr(value))


def inner(path: Path, piece: Piece) -> tuple[Path, str] | None:
    """Return the text that a piece is an encoding of, and where it stands, if it is one."""
    if piece.kind == "encoded":
        found = decoded(piece.text)
        return None if found is None else ((), found)
    if piece.kind == "escaped":
        return path, "".join(letter for letter, _ in escaped_letters(piece.text))
    if piece.kind == "quoted":
        return path, orjson.loads(f'"{piece.text}"')
    return None


def atoms(path: Path, found: Sequence[Piece]) -> Iterator[Piece]:
    """Yield pieces, and of those that are encodings the pieces of what they say."""
    for piece in found:
        inside = inner(path, piece)
        if inside is None:
            yield piece
        else:
            yield from atoms(inside[0], pieces(*inside))
