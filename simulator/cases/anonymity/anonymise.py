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

from simulator.cases.anonymity.cutting import NUMBERED, bare
from simulator.cases.anonymity.encodings import encoded, requoted
from simulator.cases.anonymity.grammar import MARKED
from simulator.cases.anonymity.moments import moved
from simulator.cases.anonymity.pieces import WORDS, member_pieces, number_pieces, pieces
from simulator.cases.anonymity.placeholders import Draw, account_inside, candidate, numbered, unique
from simulator.cases.anonymity.places import shortened
from simulator.cases.anonymity.reading import atoms, cut, inner, leaves
from simulator.cases.anonymity.vocabulary import CAMEL, is_message, vocabulary
from simulator.primitives.jsontext import string_content
from simulator.primitives.keys import Key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simulator.cases.anonymity.cutting import Piece
    from simulator.cases.anonymity.places import Path


_JOINT: Final = re.compile(r"[ ._@\\+-]|%(?:25)*(?:20|2[EeBbDd]|5[FfCc]|40)")
"""What stands between the words of a name."""

_ROOT: Final = Key.root(0).child("cases", "placeholders")
_CASELESS: Final = WORDS | {"uuid", "id", "store", "organization", "address"}
"""Kinds in which capital letters make no other value."""
_HEXADECIMAL: Final = frozenset({"uuid", "id", "store", "address"})
_TINY: Final = 1
"""Letters of a word that say nothing on their own."""
_FEW_DIGITS: Final = 3
"""Digits of a number that says nothing on its own."""
_SHORTEST_NAME: Final = 3
"""Letters of a name that is looked for in words that would stay."""
_SHORTEST_INSIDE: Final = 5
"""Letters of a word that no placeholder may contain."""
_LONGEST_SEARCHED: Final = 40


class Anonymiser:
    """Knows every value of some records and what stands in for it."""

    def __init__(self, records: Sequence[Mapping[str, Any]], *, weeks: int = 0) -> None:
        """Read the records through, and settle what stands in for each of their values.

        Args:
            records: All that are to be consistent with one another.
            weeks: By how many weeks times move, as `weeks.weeks_to_shift` says.
        """
        self._weeks = weeks
        self._made: dict[str, str] = {}
        self._taken: set[str] = set()
        self._count: dict[str, int] = {}
        self._keys: dict[str, Key] = {}
        self._originals: set[str] = set()
        self._accounts: set[str] = set()
        self._named: set[str] = set()
        self._cut: dict[tuple[Path, str], tuple[Piece, ...]] = {}
        self._texts: dict[tuple[Path, str], str] = {}
        self._members: dict[tuple[Path, str], str] = {}
        seen: dict[tuple[str, str], None] = {}
        done: set[tuple[Path, object, bool]] = set()
        for record in records:
            for leaf in leaves(record):
                if leaf not in done:
                    done.add(leaf)
                    self._read_leaf(leaf, seen)
        self._named -= vocabulary().english
        for kind, text in seen:
            self.placeholder(kind, text)

    def _read_leaf(
        self, leaf: tuple[Path, object, bool], seen: dict[tuple[str, str], None]
    ) -> None:
        path, value, is_name = leaf
        found = cut(path, value, is_name=is_name)
        if isinstance(value, str) and not is_name:
            self._cut[path, value] = found
        for piece in atoms(path, found):
            if piece.kind:
                self._read(piece, seen)

    @property
    def originals(self) -> frozenset[str]:
        """All values that identify somebody, in small letters."""
        return frozenset(self._originals)

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
        if piece.kind == "name" and len(match[1] if match else text) >= _SHORTEST_NAME:
            self._named.add(match[1] if match else text)

    def record(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Return a record with the same members, order, nulls and types, and other values."""
        top: dict[str, Any] = {}
        waiting: list[tuple[Path, Any, Any]] = [((), record, top)]
        while waiting:
            path, source, made = waiting.pop()
            if isinstance(source, list):
                made += [self._value(path, value, waiting) for value in source]
                continue
            for name, value in source.items():
                new = self._value(shortened((*path, name)), value, waiting)
                made[self._free(path, name, source, made)] = new
        return top

    def _value(self, path: Path, value: Any, waiting: list[tuple[Path, Any, Any]]) -> Any:  # noqa: ANN401  # JSON
        """Return what stands in for a value; what is in it waits to be done."""
        if type(value) is str:
            return self.text(path, value)
        if isinstance(value, dict | list):
            new: Any = {} if isinstance(value, dict) else []
            waiting.append((path, value, new))
            return new
        if value is None or isinstance(value, bool):
            return value
        return self._number(path, value)

    def _free(self, path: Path, name: str, source: Mapping[str, Any], made: dict[str, Any]) -> str:
        """Return what a member is called, where no other is called so."""
        called = self.member(path, name)
        # One letter may stand in for another that is a member's name, too.
        while called in made or (called != name and called in source):
            called += called[-1:] or "x"
        return called

    def member(self, path: Path, name: str) -> str:
        """Return what a member is called.

        Args:
            path: Where the object stands.
            name: What it was called.
        """
        key = (path[-1:], name)
        made = self._members.get(key)
        if made is None:
            made = self._members[key] = self._joined((*path, "*"), member_pieces(path, name))
        return made

    def text(self, path: Path, value: str) -> str:
        """Return what stands in for a text.

        Args:
            path: Where it stands in the record: members' names, without places in lists.
            value: As it was.
        """
        key = (path, value)
        made = self._texts.get(key)
        if made is None:
            found = self._cut.pop(key, None) or pieces(path, value)
            made = self._texts[key] = self._joined(path, found)
        return made

    def _number(self, path: Path, value: float) -> float:
        text = repr(value)
        if isinstance(value, int) and text.zfill(12) in self._accounts:
            return int(self.placeholder("account", text.zfill(12)))
        made = self._joined(path, number_pieces(path, text))
        return value if made == text else type(value)(made)

    def _joined(self, path: Path, found: Sequence[Piece]) -> str:
        return "".join(
            self._soft(path, found, place)
            if piece.is_soft
            else self._instead(path, piece)
            if piece.kind
            else piece.text
            for place, piece in enumerate(found)
        )

    def _instead(self, path: Path, piece: Piece) -> str:
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

    def _soft(self, path: Path, found: Sequence[Piece], place: int) -> str:
        """Return what stays, without the names in it that are somebody's elsewhere."""
        text = found[place].text
        if not self._named:
            return text
        known = vocabulary()
        is_program = path[-1:] == ("userAgent",)
        ordinary = known.of_agents if is_program else known.words
        lower = bare(text).lower()
        if lower in self._named:
            is_name = lower not in ordinary or is_message(path) or self._is_beside(found, place)
            return self.placeholder("name", text) if is_name else text
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

    def _is_beside(self, found: Sequence[Piece], place: int) -> bool:
        """Return whether a piece stands beside a word that names somebody: `grant.page`."""
        for step in (-1, 1):
            between, other = place + step, place + 2 * step
            if 0 <= other < len(found) and _JOINT.fullmatch(found[between].text):
                word = bare(found[other].text).lower()
                if word in self._named and word not in vocabulary().words:
                    return True
        return False

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
        match = NUMBERED.fullmatch(text) if kind in WORDS else None
        key = self._keys.get(kind) or self._keys.setdefault(kind, _ROOT.child(kind))
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
        if size <= (_FEW_DIGITS if text.isdecimal() else _TINY):
            return True
        if made in self._originals or made == text:
            return False
        if kind not in WORDS:
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
    if kind in _HEXADECIMAL and plain.isupper():
        made = made.upper()
    elif kind in WORDS and plain != plain.lower():
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
