"""Whether a text that is to say nothing of some records does say something.

This knows nothing of how values were replaced. It takes every value of the records that
identifies somebody, and looks for it in the text and in all that the text encodes: %XX, base
64, hexadecimal, escapes of JSON and YAML, capital letters, characters that are not seen, digits
with something between them. What is looked for are words in a row, whatever stands between
them, and words inside longer ones.
"""

from __future__ import annotations

import base64
import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from simulator.cases.anonymity.cutting import bare
from simulator.cases.anonymity.encodings import unescaped
from simulator.cases.anonymity.moments import MOMENT
from simulator.cases.anonymity.placeholders import account_inside
from simulator.cases.anonymity.places import place_of
from simulator.cases.anonymity.reading import atoms, cut, leaves
from simulator.cases.anonymity.vocabulary import split_words, vocabulary
from simulator.scenario.schema import json_schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from simulator.cases.anonymity.cutting import Piece
    from simulator.cases.anonymity.places import Path

_WORD: Final = re.compile(r"[^\W_]+")
_RUN: Final = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{8,}")
_HEX_RUN: Final = re.compile(r"(?<![0-9A-Fa-f])(?:[0-9A-Fa-f]{2}){6,}(?![0-9A-Fa-f])")
_ESCAPED: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|U([0-9A-Fa-f]{8}))")
_FOLD: Final = re.compile(r"\\\n[ \t]*\\?")
_BETWEEN_DIGITS: Final = re.compile(r"(?<=[0-9])[\s._,-]{1,3}(?=[0-9])")
_TIME: Final = re.compile(rf"(?<![0-9A-Za-z]){MOMENT}")
"""Times say nothing of their own, and their parts look like many a number."""
_LONG_NUMBER: Final = re.compile(r"[0-9]{12,}")
_UNIQUE: Final = re.compile(r"A(?:IDA|KIA|ROA|SIA)([A-Z2-7]{16,17})")
_ALONE: Final = " \t\n\r\"'.,:;@\\/()[]{}<>"

_NUMERIC: Final = frozenset({"version", "address", "number"})
_JOINTS: Final = frozenset("._-+")
_FOLDED: Final = "over the end of a line"
_SPREAD: Final = "with marks between its digits"
_DECODED: Final = frozenset({"in base 64", "in hexadecimal"})

_MOST_WORDS: Final = 12
"""Words of a value that are looked for in a row: the first ones of a longer one."""
_INSIDE: Final = 5
"""Letters of the shortest word that is looked for inside longer ones."""
_INSIDE_TOKENS: Final = 9
"""The same inside long runs, which contain short words by accident."""
_LONG: Final = 24
"""Letters from which a word is such a run."""
_ENCODED: Final = 5
"""Letters of the shortest word that is looked for in what is decoded."""
_SHORT: Final = 3
"""Letters of words that count only where nothing but a mark of the language is beside them."""
_LONGEST_SHOWN: Final = 60
_DECIMAL: Final = 4
"""Digits of the shortest number that says something."""


@dataclass(frozen=True, slots=True)
class Leak:
    """A value of the records that a text gives away."""

    record: int
    """Which record has it, from 1."""

    member: str
    """Where it stands in the record, such as `userIdentity.userName`."""

    value: str
    """The value, cut if it is long."""

    line: int
    """Line of the text, from 1."""

    how: str
    """How it stands there, such as `in base 64`; empty if as it is."""

    def __str__(self) -> str:
        """Return the finding in words."""
        how = f", {self.how}" if self.how else ""
        return f"line {self.line}: {self.value!r} of {self.member} in record {self.record}{how}"


@dataclass(slots=True)
class _Sought:
    """What is looked for."""

    phrases: dict[tuple[str, ...], tuple[int, str, str]] = field(default_factory=dict)
    """Words in a row, to the record, member and value that they are of."""

    sizes: dict[str, set[int]] = field(default_factory=dict)
    """First word of a phrase to how many words such phrases have."""

    inside: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Letters and digits without anything between them, to their phrase."""

    lengths: set[int] = field(default_factory=set)
    """Of those."""

    searched: dict[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    """Words of the text to what was found inside them."""

    accounts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    harmless: set[str] = field(default_factory=set)
    """Words that stay, in lower case."""


def _folded(text: str) -> str:
    return bare(unicodedata.normalize("NFKC", text)).lower()


@cache
def _language() -> frozenset[str]:
    """Return the words of the scenario language."""
    found: set[str] = set()
    waiting: list[Any] = [json_schema()]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            found.update(node.get("properties", ()))
            found.update(str(word) for word in (*node.get("enum", ()), node.get("const", "")))
            waiting += [inner for name, inner in node.items() if name != "description"]
        elif isinstance(node, list):
            waiting += node
    return frozenset(
        word for text in found for word in (*_WORD.findall(text.lower()), *split_words(text))
    )


def leaks(records: Sequence[Mapping[str, Any]], text: str) -> list[Leak]:
    """Return what a text gives away of records, each value once, in order of lines.

    Args:
        records: As the customer sent them.
        text: A scenario, or anything else that was made of them.
    """
    sought = _sought(records)
    found: dict[tuple[str, ...], Leak] = {}
    for how, shown in _readings(text):
        _search(sought, shown, how, found)
    return sorted(found.values(), key=lambda leak: (leak.line, leak.record, leak.member))


# ---- What is looked for --------------------------------------------------------------


def _sought(records: Sequence[Mapping[str, Any]]) -> _Sought:
    known = vocabulary()
    sought = _Sought(harmless={*known.words, *known.programs, *_language()})
    seen: set[tuple[Path, object, bool]] = set()
    values: list[tuple[int, str, str, str]] = []
    for number, record in enumerate(records, start=1):
        for leaf in leaves(record):
            if leaf in seen:
                continue
            seen.add(leaf)
            path, value, is_name = leaf
            member = ".".join(map(str, path)) or "the record"
            pieces = cut(path, value, is_name=is_name)
            values += ((number, member, *one) for one in _identifying(path, value, pieces))
            sought.harmless.update(_staying(tuple(atoms(path, pieces))))
    for number, member, kind, value in values:
        _add(sought, (number, member, value), kind)
    return sought


def _identifying(path: Path, value: object, pieces: Sequence[Piece]) -> Iterator[tuple[str, str]]:
    """Yield what of a value identifies somebody: its kind and text."""
    found = [piece for piece in atoms(path, pieces) if piece.kind and piece.kind != "time"]
    yield from ((piece.kind, piece.text) for piece in found)
    if isinstance(value, str) and found:
        if place_of(path).names:
            yield "whole", value
        yield from (("whole", name) for name in _names(pieces))


def _names(pieces: Sequence[Piece]) -> Iterator[str]:
    """Yield names of several words, with one mark between each."""
    held = ""
    for piece in pieces:
        if piece.kind == "name" or (held and piece.text in _JOINTS):
            held += piece.text
        else:
            if held:
                yield held
            held = ""
    if held:
        yield held


def _staying(pieces: Sequence[Piece]) -> Iterator[str]:
    """Yield words that stay whoever is called so, such as those of a managed policy's ARN."""
    for piece in pieces:
        if not piece.kind and not piece.is_soft:
            yield from (word.lower() for word in _WORD.findall(piece.text))


def _add(sought: _Sought, origin: tuple[int, str, str], kind: str) -> None:
    value = origin[2]
    words = tuple(_WORD.findall(_folded(value)))[:_MOST_WORDS]
    solid = "".join(words)
    if not words or (solid.isdecimal() and len(solid) < _DECIMAL):
        return
    if len(words) == 1 and (len(solid) < 2 or solid in sought.harmless):
        return
    if kind == "version" and len(solid) <= _DECIMAL:
        return
    # A name of two ordinary words is a name; one of words that hold a sentence together is none.
    ordinary = vocabulary().english if kind == "whole" else sought.harmless
    if kind != "address" and all(word in ordinary or len(word) < 2 for word in words):
        return
    short = (
        origin[0],
        origin[1],
        value if len(value) <= _LONGEST_SHOWN else value[: _LONGEST_SHOWN - 1] + "…",
    )
    if words not in sought.phrases:
        sought.phrases[words] = short
        sought.sizes.setdefault(words[0], set()).add(len(words))
    if len(solid) >= (_INSIDE_TOKENS if kind in _NUMERIC else _INSIDE):
        sought.inside.setdefault(solid, words)
        sought.lengths.add(len(solid))
    if kind == "account":
        sought.accounts[solid] = words


# ---- Where it is looked for ----------------------------------------------------------


def _readings(text: str) -> Iterator[tuple[str, list[tuple[str, int]]]]:
    """Yield the texts that a text can be read as: how, and its parts with their lines."""
    lines = text.split("\n")
    plain = [(line, number) for number, line in enumerate(lines, start=1)]
    yield "", plain
    spelled = [(_spelled(line), number) for line, number in plain if "\\" in line]
    yield "with escapes", spelled
    yield _FOLDED, [(_FOLD.sub("", text), 1)] if _FOLD.search(text) else []
    unquoted = [(unescaped(line), number) for line, number in plain if "%" in line]
    yield "with %XX", unquoted
    done: set[str] = set()
    for shown in (plain, spelled, unquoted):
        for how, within in (("in base 64", _packed), ("in hexadecimal", _hex)):
            yield how, [(one, number) for line, number in shown for one in within(line, done)]
    joined = ((_BETWEEN_DIGITS.sub("", line), line, number) for line, number in plain)
    yield _SPREAD, [(one, number) for one, line, number in joined if one != line]


def _spelled(line: str) -> str:
    return _ESCAPED.sub(lambda match: _letter(match[1] or match[2] or match[3]), line)


def _letter(digits: str) -> str:
    code = int(digits, 16)
    return chr(code) if code < 0x110000 else " "


def _packed(line: str, done: set[str]) -> Iterator[str]:
    """Yield what runs of letters and digits are the base 64 of, wherever it begins.

    Args:
        line: Any text.
        done: Runs that were looked into, which need no second look.
    """
    for match in _RUN.finditer(line):
        run = match.group()
        if run in done:
            continue
        done.add(run)
        for skipped in range(4):
            made = _from_base64(run[skipped:])
            yield made
            if not skipped and "\ufffd" not in made:
                # A token in a token: once is as deep as records go.
                yield unescaped(made)
                yield from (_from_base64(inner.group()) for inner in _RUN.finditer(made))


def _from_base64(run: str) -> str:
    whole = len(run) if len(run) % 4 != 1 else len(run) - 1
    plain = run[:whole].replace("-", "+").replace("_", "/")
    return base64.b64decode(plain + "=" * (-whole % 4)).decode("utf-8", "replace")


def _hex(line: str, _done: set[str]) -> Iterator[str]:
    for match in _HEX_RUN.finditer(line):
        yield bytes.fromhex(match.group()).decode("utf-8", "replace")


def _spread(
    sought: _Sought, shown: Iterable[tuple[str, int]], found: dict[tuple[str, ...], Leak]
) -> None:
    """Look for accounts in lines without what stood between digits."""
    for line, number in shown:
        for match in _LONG_NUMBER.finditer(line):
            digits = match.group()
            for begin in range(len(digits) - 11):
                row = sought.accounts.get(digits[begin : begin + 12])
                if row is not None:
                    _note(sought, row, number, _SPREAD, found)


def _search(
    sought: _Sought,
    shown: Iterable[tuple[str, int]],
    how: str,
    found: dict[tuple[str, ...], Leak],
) -> None:
    if how == _SPREAD:
        _spread(sought, shown, found)
        return
    words: list[tuple[str, int, bool]] = []
    is_folded, is_decoded = how == _FOLDED, how in _DECODED
    for line, number in shown:
        folded = _folded(_TIME.sub(" ", line))
        first, done, below = len(words), 0, 0
        for match in _WORD.finditer(folded):
            word, begin = match.group(), match.start()
            if is_folded:
                below += folded.count("\n", done, begin)
                done = begin
            alone = len(word) > _SHORT or _is_alone(folded, begin, match.end())
            words.append((word, number + below, alone))
        if is_decoded and "\ufffd" not in line:
            solid = "".join(word for word, _, _ in words[first:])
            for row in _inside(sought, solid, _INSIDE):
                _note(sought, row, number, how, found)
        for match in _UNIQUE.finditer(line):
            account = account_inside(match[1])
            if account in sought.accounts:
                place = number + line.count("\n", 0, match.start())
                _note(sought, sought.accounts[account], place, "inside an id of IAM", found)
        if how and not is_folded:
            _rows(sought, words[first:], how, found)
            words = words[:first]
    _rows(sought, words, how, found)


def _is_alone(line: str, begin: int, end: int) -> bool:
    before = line[begin - 1] if begin else " "
    after = line[end] if end < len(line) else " "
    return before in _ALONE and after in _ALONE


def _rows(
    sought: _Sought,
    words: Sequence[tuple[str, int, bool]],
    how: str,
    found: dict[tuple[str, ...], Leak],
) -> None:
    is_decoded = how in _DECODED
    for place, (word, line, alone) in enumerate(words):
        for size in sought.sizes.get(word, ()):
            row = tuple(one for one, _, _ in words[place : place + size])
            if row not in sought.phrases:
                continue
            letters = sum(map(len, row)) + len(row) - 1
            if (letters >= 4 or alone) and (letters >= _ENCODED or not is_decoded):
                _note(sought, row, line, how, found)
        if len(word) > _INSIDE and word not in sought.harmless:
            for row in _inside(sought, word, _INSIDE_TOKENS if len(word) > _LONG else _INSIDE):
                _note(sought, row, line, how or "inside a longer word", found)


def _inside(sought: _Sought, word: str, least: int) -> tuple[tuple[str, ...], ...]:
    """Return what stands inside a word."""
    found = sought.searched.get(word)
    if found is None:
        rows = (
            sought.inside.get(word[begin : begin + length])
            for length in sought.lengths
            if least <= length < len(word)
            for begin in range(len(word) - length + 1)
        )
        found = sought.searched[word] = tuple(row for row in rows if row is not None)
    return found


def _note(
    sought: _Sought,
    row: tuple[str, ...],
    line: int,
    how: str,
    found: dict[tuple[str, ...], Leak],
) -> None:
    if row not in found:
        record, member, value = sought.phrases[row]
        found[row] = Leak(record, member, value, line, how)
