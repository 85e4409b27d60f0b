"""A customer's records with other names, ids, addresses and times, consistently.

One value has one placeholder wherever it stands, and two values never share one; nothing that
stands in the records, and none of the words that stay, is given as a placeholder. Which one a
value gets depends on its kind, its form and the order in which values appear: on nothing that
it says.
"""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING, Any, Final

import orjson

from simulator.cases.cutting import NUMBERED, bare
from simulator.cases.encodings import decoded, encoded, escaped_letters, requoted
from simulator.cases.grammar import MARKED
from simulator.cases.moments import moved
from simulator.cases.pieces import Piece, member_pieces, number_pieces, pieces
from simulator.cases.placeholders import Draw, account_inside, candidate, numbered, unique
from simulator.cases.places import shortened
from simulator.cases.vocabulary import CAMEL, is_message, vocabulary
from simulator.cases.weeks import weeks_to_shift
from simulator.primitives.jsontext import string_content
from simulator.primitives.keys import Key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from simulator.cases.places import Path

__all__ = ["Anonymiser", "atoms", "leaves", "weeks_to_shift"]

_ROOT: Final = Key.root(0).child("cases", "placeholders")
_WORDS: Final = frozenset({"name", "text", "agent", "host"})
_CASELESS: Final = _WORDS | {"uuid", "id", "store", "organization", "address"}
"""Kinds in which capital letters make no other value."""
_HEXADECIMAL: Final = frozenset({"uuid", "id", "store", "address"})
_TINY: Final = 2
"""Letters of a word, or with one more digits of a number, that say nothing on their own."""
_SHORTEST_INSIDE: Final = 5
"""Letters of a word that no placeholder may contain."""
_LONGEST_SEARCHED: Final = 40


def leaves(record: Mapping[str, Any]) -> Iterator[tuple[Path, Any, bool]]:
    """Yield a record's member names and values: path, text or number, and whether it is a name."""
    waiting: list[tuple[Path, Any]] = [((), record)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict):
            for name in value:
                yield path, name, True
            waiting += [(shortened((*path, name)), value[name]) for name in reversed(value)]
        elif isinstance(value, list):
            waiting += [(shortened((*path, place)), inner) for place, inner in _backwards(value)]
        elif value is not None and not isinstance(value, bool):
            yield path, value, False


def _backwards(values: list[Any]) -> Iterator[tuple[int, Any]]:
    return zip(range(len(values) - 1, -1, -1), reversed(values), strict=True)


def _cut(path: Path, value: object, *, is_name: bool) -> tuple[Piece, ...]:
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


class Anonymiser:
    """Knows every value of some records and what stands in for it."""

    def __init__(self, records: Sequence[Mapping[str, Any]], *, weeks: int = 0) -> None:
        """Read the records through, and settle what stands in for each of their values.

        Args:
            records: All that are to be consistent with one another.
            weeks: By how many weeks times move, as `weeks_to_shift` says.
        """
        self._weeks = weeks
        self._made: dict[str, str] = {}
        self._taken: set[str] = set()
        self._count: dict[str, int] = {}
        self._originals: set[str] = set()
        self._accounts: set[str] = set()
        self._named: set[str] = set()
        self._texts: dict[tuple[Path, str], str] = {}
        seen: dict[tuple[str, str], None] = {}
        cut: set[tuple[Path, object, bool]] = set()
        for record in records:
            for path, value, is_name in leaves(record):
                steps = tuple(step for step in path[-3:] if isinstance(step, str))
                if (steps, value, is_name) in cut:
                    continue
                cut.add((steps, value, is_name))
                for piece in atoms(path, _cut(path, value, is_name=is_name)):
                    if piece.kind:
                        self._read(piece, seen)
        self._named -= vocabulary().english
        for kind, text in seen:
            self.placeholder(kind, text)

    def _read(self, piece: Piece, seen: dict[tuple[str, str], None]) -> None:
        if piece.kind == "time":
            return
        seen.setdefault((piece.kind, piece.text))
        text = bare(piece.text).lower()
        self._originals.add(text)
        match = NUMBERED.fullmatch(text)
        if match is not None:
            self._originals.add(match[1])
        if piece.kind == "account":
            self._accounts.add(piece.text.replace("-", ""))
        if piece.kind == "name":
            self._named.add(match[1] if match else text)

    def record(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Return a record with the same members, order, nulls and types, and other values."""
        top: dict[str, Any] = {}
        waiting: list[tuple[Path, Any, Any]] = [((), record, top)]
        while waiting:
            path, source, made = waiting.pop()
            is_object = isinstance(source, dict)
            for step, value in source.items() if is_object else enumerate(source):
                here = shortened((*path, step))
                new: Any = value
                if isinstance(value, dict | list):
                    new = {} if isinstance(value, dict) else []
                    waiting.append((here, value, new))
                elif isinstance(value, str):
                    new = self.text(here, value)
                elif isinstance(value, int | float) and not isinstance(value, bool):
                    new = self._number(here, value)
                if is_object:
                    made[self.member(path, str(step))] = new
                else:
                    made.append(new)
        return top

    def member(self, path: Path, name: str) -> str:
        """Return what a member is called.

        Args:
            path: Where the object stands.
            name: What it was called.
        """
        return self._joined((*path, "*"), member_pieces(path, name))

    def text(self, path: Path, value: str) -> str:
        """Return what stands in for a text.

        Args:
            path: Where it stands in the record.
            value: As it was.
        """
        key = (path, value)
        made = self._texts.get(key)
        if made is None:
            made = self._texts[key] = self._joined(path, pieces(path, value))
        return made

    def _number(self, path: Path, value: float) -> float:
        text = repr(value)
        if isinstance(value, int) and text.zfill(12) in self._accounts:
            return int(self.placeholder("account", text.zfill(12)))
        made = self._joined(path, number_pieces(path, text))
        return value if made == text else type(value)(made)

    def _joined(self, path: Path, found: Sequence[Piece]) -> str:
        return "".join(
            self._instead(path, piece) if piece.kind or piece.is_soft else piece.text
            for piece in found
        )

    def _instead(self, path: Path, piece: Piece) -> str:
        if not piece.kind:
            return self._soft(path, piece.text)
        if piece.kind == "time":
            return moved(piece.text, self._weeks)
        inside = inner(path, piece)
        if inside is None:
            return self.placeholder(piece.kind, piece.text)
        made = self._joined(inside[0], pieces(*inside))
        if piece.kind == "encoded":
            return encoded(made, piece.text)
        if piece.kind == "escaped":
            return requoted(made, piece.text)
        return string_content(made).decode()

    def _soft(self, path: Path, text: str) -> str:
        """Return what stays, without the names in it that are somebody's elsewhere."""
        if not self._named:
            return text
        ordinary = vocabulary().words
        lower = text.lower()
        if lower in self._named:
            is_kept = lower in ordinary and not is_message(path)
            return text if is_kept else self.placeholder("name", text)
        if lower in ordinary:
            return text
        return CAMEL.sub(
            lambda match: (
                self.placeholder("name", match.group())
                if match.group().lower() in self._named and match.group().lower() not in ordinary
                else match.group()
            ),
            text,
        )

    def placeholder(self, kind: str, text: str) -> str:
        """Return what stands in for one value of a kind.

        Args:
            kind: One of `PIECE_KINDS` that is one thing: no encoding, no time.
            text: The value.
        """
        plain = bare(text)
        if kind == "account":
            plain = plain.replace("-", "")
        elif kind in _CASELESS and len(plain.lower()) == len(plain):
            lower = plain.lower()
            if kind not in _HEXADECIMAL or plain in {lower, plain.upper()}:
                plain = lower
        made = self._made.get(plain)
        if made is None:
            made = self._made[plain] = self._new(kind, plain)
            self._taken.add(made.lower())
        return made if made is text else _spelled(kind, text, made)

    def _new(self, kind: str, text: str) -> str:
        match = NUMBERED.fullmatch(text) if kind in _WORDS else None
        key = _ROOT.child(kind)
        ordinal = self._count[kind] = self._count.get(kind, -1) + 1
        account = None
        stem = ""
        if match is not None:
            stem = self.placeholder(kind, match[1])
        if kind == "unique":
            inside = account_inside(text)
            account = self.placeholder("account", inside) if inside else None
        for turn in count():
            draw = Draw(key, ordinal, turn)
            if match is not None:
                made = stem + numbered(match[2], draw)
            elif kind == "unique":
                made = unique(text, draw, account)
            else:
                made = candidate(kind, text, draw, self._weeks)
            if self._is_free(kind, text, made.lower()):
                return made
        raise AssertionError  # a candidate grows longer until there is one

    def _is_free(self, kind: str, text: str, made: str) -> bool:
        if made in self._taken:
            return False
        size = len(text)
        if size <= _TINY or (size <= _TINY + 1 and text.isdecimal()):
            return True
        if made in self._originals or made == text:
            return False
        if kind not in _WORDS:
            return True
        known = vocabulary()
        return not (made in known.words or made in known.programs or self._has_inside(made))

    def _has_inside(self, made: str) -> bool:
        """Return whether a word of the records stands in a placeholder."""
        size = len(made)
        if size > _LONGEST_SEARCHED:
            return False
        return any(
            made[begin:end] in self._originals
            for begin in range(size - _SHORTEST_INSIDE + 1)
            for end in range(begin + _SHORTEST_INSIDE, size + 1)
        )


_DASHES: Final = re.compile(r"[0-9]{4}-[0-9]{4}-[0-9]{4}")


def _spelled(kind: str, text: str, made: str) -> str:
    """Return a placeholder with the capitals, marks and dashes of what it stands for."""
    if kind == "account":
        return f"{made[:4]}-{made[4:8]}-{made[8:]}" if _DASHES.fullmatch(text) else made
    plain = bare(text)
    if kind in _HEXADECIMAL and plain == plain.upper():
        made = made.upper()
    elif kind in _WORDS and plain != plain.lower():
        made = "".join(
            letter.upper() if place < len(plain) and plain[place].isupper() else letter
            for place, letter in enumerate(made)
        )
    if plain == text:
        return made
    # Marks stand behind as many letters as they did.
    done = letters = 0
    parts = []
    for match in MARKED.finditer(text):
        after = letters + match.start() - done
        parts += [made[letters:after], match.group()]
        letters, done = after, match.end()
    return "".join((*parts, made[letters:]))
