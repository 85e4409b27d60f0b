"""Reading a scenario: YAML as text, every value with its place, every finding at once.

YAML guesses types (an account id loses its zeros, `9:30` becomes 570), expands aliases
without limit and can name Python classes. Here every scalar is text, what it means is
up to the model, aliases are bounded and tags are refused. The one exception is what
`records` sets in finished records: there a plain `true`, `null` or `5` means what it
does in JSON, and quotes make it text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeAlias

import yaml
from pydantic import ValidationError

from simulator.errors import Finding, InputError, ScenarioError
from simulator.scenario.document import Scenario
from simulator.scenario.wording import explain, misspelled_aliases

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_BYTES: Final = 16 * 1024 * 1024
"""No file is larger."""

MAX_ALIASED: Final = 100_000
"""Aliases and merges bring in no more values than this, all together."""

MAX_DEPTH: Final = 64
"""Mappings and lists lie no deeper in one another."""

Where: TypeAlias = tuple[str | int, ...]
"""A place in the document: keys and positions from the top."""

# A document of this kind is read with libyaml where there is one.
_LOADER: Final = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_UNPRINTABLE: Final = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(\.[0-9]{1,17})?([eE][+-]?[0-9]{1,2})?")
_NOTHING: Final = frozenset({"", "~", "null", "Null", "NULL"})
_PLAIN_WORDS: Final = {"true": True, "false": False}
_SYNTAX: Final = (
    ("cannot start any token", "a value cannot begin with this character: put it in quotes"),
    ("mapping values are not allowed", "a second colon: put the value in quotes"),
    ("could not find expected ':'", "expected a colon after the key"),
    ("did not find expected key", "expected a key: look at the indentation"),
    ("did not find expected '-' indicator", "expected `- `: look at the indentation"),
    ("did not find expected ',' or ']'", "expected a comma or `]`"),
    ("did not find expected ',' or '}'", "expected a comma or `}`"),
    ("found unexpected end of stream", "a quote or bracket is not closed"),
    ("block sequence entries are not allowed", "a list cannot begin here: put it on a new line"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Line and column, each from 1."""

    line: int
    """Line."""
    column: int
    """Column, in characters."""
    file: str = ""
    """The file, when it is not the document's own."""


@dataclass(frozen=True, slots=True)
class Document:
    """What a file holds, and where."""

    file: str
    """Path as the user gave it."""
    value: Any
    """Mappings, lists and text; None where a key has no value."""
    places: dict[Where, Place]
    """Where each value begins."""
    keys: dict[Where, Place]
    """Where the key of each value stands."""

    def finding(self, where: Where, message: str, *, at_key: bool = False) -> Finding:
        """Return a finding at a place, or at the nearest one around it that was written."""
        place = self.keys.get(where) if at_key else self.places.get(where)
        around = where
        while place is None:
            around = around[:-1]
            place = self.places.get(around)
        return Finding(
            place.file or self.file, place.line, place.column, ".".join(map(str, where)), message
        )


@dataclass(slots=True)
class _Node:
    place: Place
    scalar: str | None = None
    plain: bool = False
    pairs: list[tuple[_Node, _Node]] | None = None
    items: list[_Node] | None = None


class _Stop(Exception):  # noqa: N818  # not an error of its own: what stops is in the findings
    """No use in reading on."""


@dataclass(slots=True)
class _Reading:
    """The state of reading one file: from YAML's events to nodes, from nodes to values."""

    file: str
    findings: list[Finding] = field(default_factory=list)
    anchors: dict[str, _Node] = field(default_factory=dict)
    aliased: set[int] = field(default_factory=set)
    brought_in: int = 0
    places: dict[Where, Place] = field(default_factory=dict)
    keys: dict[Where, Place] = field(default_factory=dict)

    def note(self, place: Place, message: str, where: Where = ()) -> None:
        path = ".".join(map(str, where))
        self.findings.append(Finding(self.file, place.line, place.column, path, message))

    def stop(self, place: Place, message: str) -> NoReturn:
        self.note(place, message)
        raise _Stop

    def root(self, text: str) -> _Node:
        """Return the only document of the text."""
        try:
            events = yaml.parse(text, Loader=_LOADER)
            next(events)
            first = next(events)
            if isinstance(first, yaml.StreamEndEvent):
                self.stop(Place(1, 1), "the file is empty")
            root = self.node(next(events), events, 0)
            next(events)
            if isinstance(more := next(events), yaml.DocumentStartEvent):
                self.stop(_place(more), "a second document: a scenario is one")
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            place = Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
            self.stop(place, _syntax(error, text.splitlines(), place))
        except RecursionError:  # pragma: no cover  # the pure Python parser only
            self.stop(Place(1, 1), f"deeper than {MAX_DEPTH} levels")
        return root

    def node(self, event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> _Node:
        """Return the node that an event begins."""
        place = _place(event)
        if depth > MAX_DEPTH:
            self.stop(place, f"deeper than {MAX_DEPTH} levels")
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self.anchors:
                self.stop(place, f"no such anchor: &{event.anchor} must stand before, not around")
            node = self.anchors[event.anchor]
            self.aliased.add(id(node))
            return node
        assert isinstance(
            event, yaml.ScalarEvent | yaml.SequenceStartEvent | yaml.MappingStartEvent
        )
        if event.tag is not None:
            self.note(place, f"tags such as {event.tag} are not allowed")
        node = _Node(place)
        if isinstance(event, yaml.ScalarEvent):
            node.scalar, node.plain = event.value, event.style in (None, "")
        elif isinstance(event, yaml.SequenceStartEvent):
            node.items = []
            while not isinstance(inner := next(events), yaml.SequenceEndEvent):
                node.items.append(self.node(inner, events, depth + 1))
        else:
            node.pairs = []
            while not isinstance(inner := next(events), yaml.MappingEndEvent):
                key = self.node(inner, events, depth + 1)
                node.pairs.append((key, self.node(next(events), events, depth + 1)))
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        return node

    def value(self, node: _Node, where: Where = (), *, inside_alias: bool = False) -> Any:  # noqa: ANN401  # whatever the document holds
        """Return what a node holds, and note the places of all of it."""
        inside_alias = inside_alias or id(node) in self.aliased
        self.brought_in += inside_alias
        if self.brought_in > MAX_ALIASED:
            self.stop(node.place, f"aliases bring in more than {MAX_ALIASED} values")
        if len(where) > MAX_DEPTH:
            self.stop(node.place, f"deeper than {MAX_DEPTH} levels")
        self.places[where] = node.place
        if node.items is not None:
            return [
                self.value(item, (*where, position), inside_alias=inside_alias)
                for position, item in enumerate(node.items)
            ]
        if node.pairs is not None:
            return {
                key: self.value(inner, (*where, key), inside_alias=inside_alias)
                for key, inner in self.entries(node, where).items()
            }
        return _scalar(node, where)

    def entries(self, node: _Node, where: Where) -> dict[str, _Node]:
        """Return a mapping's entries with what it merges in; its own keys win."""
        own: dict[str, _Node] = {}
        merged: list[_Node] = []
        for key, inner in node.pairs or ():
            if key.scalar is None:
                self.note(key.place, "a key must be a word", where)
            elif key.plain and key.scalar == "<<":
                merged += [inner] if inner.items is None else inner.items
            elif key.scalar in own:
                first = self.keys[*where, key.scalar].line
                self.note(key.place, f"repeated key, first on line {first}", (*where, key.scalar))
            else:
                own[key.scalar] = inner
                self.keys[*where, key.scalar] = key.place
        for source in merged:
            if source.pairs is None:
                self.note(source.place, "only mappings can be merged in", (*where, "<<"))
                continue
            self.aliased.add(id(source))
            self.brought_in += len(source.pairs)
            if self.brought_in > MAX_ALIASED:
                self.stop(source.place, f"aliases bring in more than {MAX_ALIASED} values")
            keys = dict(self.keys)
            for name, inner in self.entries(source, where).items():
                if name in own:
                    self.keys[*where, name] = keys[*where, name]
                else:
                    own[name] = inner
        return own


def _place(event: yaml.Event) -> Place:
    mark = event.start_mark
    assert mark is not None
    return Place(mark.line + 1, mark.column + 1)


def _syntax(error: yaml.MarkedYAMLError, lines: list[str], place: Place) -> str:
    problem = str(error.problem)
    if place.line <= len(lines) and lines[place.line - 1][place.column - 1 :].startswith("\t"):
        return "a tab cannot indent: use spaces"
    return next((words for mark, words in _SYNTAX if mark in problem), f"not YAML: {problem}")


def _scalar(node: _Node, where: Where) -> Any:  # noqa: ANN401  # text, or a member of a record
    text = node.scalar or ""
    if node.plain:
        if text in _NOTHING:
            return None
        if len(where) > 3 and where[0] == "records" and where[2] in ("set", "as"):
            if text in _PLAIN_WORDS:
                return _PLAIN_WORDS[text]
            if number := _NUMBER.fullmatch(text):
                return float(text) if number[1] or number[2] else int(text)
    return text


def parse(text: str, file: str) -> Document:
    """Return what YAML or JSON text holds, without asking what it means.

    Raises:
        ScenarioError: It is not a mapping in YAML, or something YAML allows and a
            scenario does not.
    """
    text = text.removeprefix("\ufeff")
    reading = _Reading(file)
    value: Any = None
    try:
        if match := _UNPRINTABLE.search(text):
            line = text.count("\n", 0, match.start()) + 1
            place = Place(line, match.start() - text.rfind("\n", 0, match.start()))
            reading.stop(place, f"a character that cannot be printed: U+{ord(match[0]):04X}")
        root = reading.root(text)
        if root.pairs is None:
            reading.stop(root.place, "expected keys such as `scenario: name`")
        value = reading.value(root)
    except _Stop:
        pass
    if reading.findings:
        raise ScenarioError(reading.findings)
    return Document(file, value, reading.places, reading.keys)


def typed(document: Document) -> Scenario:
    """Return a document as a scenario.

    Raises:
        ScenarioError: It is not one; all findings at once.
    """
    findings = [
        document.finding(where, message, at_key=True)
        for where, message in misspelled_aliases(document.value)
    ]
    try:
        scenario = Scenario.model_validate(document.value)
    except ValidationError as error:
        findings += [
            document.finding(problem.where, problem.message, at_key=problem.at_key)
            for problem in explain(error, document.value)
        ]
        raise ScenarioError(findings) from None
    if findings:
        raise ScenarioError(findings)
    return scenario


def file_text(path: Path) -> str:
    """Return the text of a scenario file.

    Raises:
        InputError: There is no such file, or it cannot be read.
        ScenarioError: It is too large, or not UTF-8.
    """
    if path.is_dir():
        message = f"{path}: a folder; give a scenario file"
        raise InputError(message)
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        message = f"{path}: no such file"
        raise InputError(message) from None
    except OSError as error:
        message = f"cannot read {path}: {error.strerror or error}"
        raise InputError(message) from None
    if len(data) > MAX_BYTES:
        raise ScenarioError([Finding(str(path), 0, 0, "", "larger than 16 MiB")])
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        finding = Finding(str(path), line, column, "", "not UTF-8: save the file as UTF-8")
        raise ScenarioError([finding]) from None
