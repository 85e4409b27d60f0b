"""Writing out parameters, `for` and `use`: a document in, one without them out.

This happens to what was read, before it is typed, so that a value of any sort may be a
parameter; every value keeps the place where it was written, in whichever file that is.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from pydantic import ValidationError

from simulator.errors import Finding, InputError, ScenarioError
from simulator.primitives.instants import format_instant_exact, parse_instant
from simulator.scenario.play import For, Parameter, Use
from simulator.scenario.reader import Document, Place
from simulator.scenario.wording import explain, suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from simulator.scenario.actions import Part

    PartT = TypeVar("PartT", bound=Part)
    Find: TypeAlias = Callable[[str, str], Document]
    Scope: TypeAlias = Mapping[str, "Twig"]

BROUGHT: Final = (
    ("organization", "accounts"),
    ("permission_sets",),
    ("groups",),
    ("users",),
    ("administrators",),
    ("networks",),
    ("computers",),
)
"""Lists of a play whose items come along, by name; one that is there already stays as it is,
but for the groups and assignments that the play needs."""

MOST_VALUES: Final = 500_000
"""A scenario has no more values when all is written out."""

MOST_NESTED: Final = 4
"""Plays use plays no deeper."""


@dataclass(frozen=True, slots=True)
class Twig:
    """A value and where it was written."""

    value: Any
    """Text or None, a list of twigs, or a mapping of names to twigs."""
    place: Place
    key: Place | None = None

    def get(self, name: str) -> Any:  # noqa: ANN401  # whatever the document holds
        """Return what a mapping holds by a name, as text, list or mapping; None if nothing."""
        twig = self.value.get(name) if isinstance(self.value, dict) else None
        return None if twig is None else twig.value

    def listed(self, name: str) -> list[Twig]:
        """Return the items of a list that a mapping holds by a name; none if it is no list."""
        found = self.get(name)
        return found if isinstance(found, list) else []

    def put(self, name: str, twig: Twig) -> Twig:
        """Return a mapping with a member, in place of any of that name."""
        return replace(self, value={**self.value, name: twig})

    def having(self, name: str, text: object) -> Twig:
        """Return a mapping with a member that is written where the mapping is."""
        return self.put(name, Twig(text, self.place, self.place))

    def respelled(self, name: str, value: object) -> Twig:
        """Return a mapping with another value in the place of one that it holds."""
        return self.put(name, replace(self.value[name], value=value))

    def without(self, *names: str) -> Twig:
        """Return a mapping without members."""
        kept = {name: twig for name, twig in self.value.items() if name not in names}
        return replace(self, value=kept)

    def within(self, where: Iterable[str | int]) -> Twig:
        """Return what lies at a place, or the nearest around it that was written."""
        found = self
        for step in where:
            inner: Any = found.value
            if step in inner if isinstance(inner, dict) else isinstance(inner, list):
                found = inner[step]
        return found

    @property
    def plain(self) -> Any:  # noqa: ANN401  # whatever the document holds
        """The value without places."""
        if isinstance(self.value, dict):
            return {name: twig.plain for name, twig in self.value.items()}
        if isinstance(self.value, list):
            return [twig.plain for twig in self.value]
        return self.value


def _grow(document: Document) -> Twig:
    """Return a document as twigs."""

    def grow(value: object, where: tuple[str | int, ...]) -> Twig:
        place = replace(document.places[where], file=document.file)
        made: object = value
        if isinstance(value, dict):
            made = {name: grow(inner, (*where, name)) for name, inner in value.items()}
        elif isinstance(value, list):
            made = [grow(inner, (*where, position)) for position, inner in enumerate(value)]
        key = document.keys.get(where)
        return Twig(made, place, None if key is None else replace(key, file=document.file))

    return grow(document.value, ())


def _document(top: Twig, file: str) -> Document:
    """Return twigs as a document."""
    places: dict[tuple[str | int, ...], Place] = {}
    keys: dict[tuple[str | int, ...], Place] = {}

    def walk(twig: Twig, where: tuple[str | int, ...]) -> None:
        places[where] = twig.place
        if twig.key is not None:
            keys[where] = twig.key
        members: Iterable[tuple[str | int, Twig]] = ()
        if isinstance(twig.value, dict):
            members = twig.value.items()
        elif isinstance(twig.value, list):
            members = enumerate(twig.value)
        for name, inner in members:
            walk(inner, (*where, name))

    walk(top, ())
    return Document(file, top.plain, places, keys)


_NOTHING: Final = Twig({}, Place(1, 1))


@dataclass(slots=True)
class _Writer:
    """Writes out one file."""

    file: str
    find: Find
    above: tuple[str, ...]
    """The plays that use this one, the outermost first."""
    findings: list[Finding] = field(default_factory=list)
    written: int = 0
    is_strict: bool = False
    """Whether every `$name` must be known: the file has parameters."""

    def note(self, place: Place, where: str, message: str) -> None:
        finding = Finding(place.file or self.file, place.line, place.column, where, message)
        # What is written out several times is told once.
        if finding not in self.findings:
            self.findings.append(finding)

    def typed(self, twig: Twig, part: type[PartT], where: str) -> PartT | None:
        """Return twigs as such a part; note what is wrong if they are none."""
        plain = twig.plain
        try:
            return part.model_validate(plain)
        except ValidationError as error:
            problems = list(explain(error, plain, part))
        for problem in problems:
            inner = twig.within(problem.where)
            place = (inner.key or inner.place) if problem.at_key else inner.place
            self.note(place, ".".join(map(str, (where, *problem.where))), problem.message)
        return None

    def fill(self, twig: Twig, scope: Scope, where: str) -> Twig:
        """Return twigs with values in place of names such as `$victim`."""
        self.written += 1
        if self.written > MOST_VALUES:
            self.note(twig.place, where, f"comes to more than {MOST_VALUES:,} values, written out")
            raise ScenarioError(self.findings)
        value = twig.value
        if isinstance(value, dict):
            made = {
                name: self.fill(inner, scope, f"{where}.{name}") for name, inner in value.items()
            }
            return replace(twig, value=made)
        if isinstance(value, list):
            items = [self.fill(inner, scope, f"{where}.{n}") for n, inner in enumerate(value)]
            return replace(twig, value=items)
        if not isinstance(value, str) or not value.startswith("$"):
            return twig
        name = value[1:]
        if name in scope:
            given = scope[name]
            self.written += _size(given)
            return replace(given, key=twig.key)
        if self.is_strict and name.isidentifier():
            self.note(twig.place, where, f"no such parameter{suggestion(name, scope)}")
        return twig

    def entries(self, twig: Twig, scope: Scope, where: str) -> Twig:
        """Return a list of entries with `for` written out and names filled in."""
        if not isinstance(twig.value, list):
            return self.fill(twig, scope, where)
        made: list[Twig] = []
        for position, entry in enumerate(twig.value):
            made += self.entry(entry, scope, f"{where}.{position}")
        return replace(twig, value=made)

    def entry(self, twig: Twig, scope: Scope, where: str) -> Iterator[Twig]:
        if not isinstance(twig.value, dict) or "for" not in twig.value:
            yield self.once(twig, scope, where)
            return
        how = self.fill(twig.value["for"], scope, f"{where}.for")
        said = self.typed(how, For, f"{where}.for")
        if said is None:
            return
        body = twig.without("for")
        for nth, value in enumerate(how.value["each"].value):
            inner = {**scope, said.as_: value}
            made = self.once(body, inner, where)
            if isinstance(name := made.get("id"), str):
                made = made.respelled("id", f"{name}-{nth + 1}")
            if nth and "at" in made.value:
                made = made.put("at", _moved(made.value["at"], nth * said.every))
            elif nth:
                made = made.put("after", how.value["every"])
            yield made

    def once(self, twig: Twig, scope: Scope, where: str) -> Twig:
        """Return an entry filled in, with what follows it."""
        if not isinstance(twig.value, dict):
            return self.fill(twig, scope, where)
        following = twig.value.get("then")
        made = self.fill(twig.without("then"), scope, where)
        if following is not None:
            made = made.put("then", self.entries(following, scope, f"{where}.then"))
        return made

    def scope(self, declared: Twig, given: Scope) -> dict[str, Twig]:
        """Return what each parameter is: given, or its default."""
        values: dict[str, Twig] = {}
        if not isinstance(declared.value, dict):
            self.note(declared.place, "parameters", "expected names")
            return values
        for name, twig in declared.value.items():
            if self.typed(twig, Parameter, f"parameters.{name}") is not None:
                values[name] = given.get(name, twig.value["default"])
        for name, twig in given.items():
            if name not in declared.value:
                words = f"no such parameter{suggestion(name, declared.value)}"
                self.note(twig.key or twig.place, f"with.{name}", words)
        return values

    def top(self, twig: Twig, given: Scope) -> Twig:
        """Return the whole file written out."""
        declared = twig.value.get("parameters", Twig({}, twig.place))
        self.is_strict = bool(declared.value)
        scope = self.scope(declared, given)
        made: dict[str, Twig] = {}
        for name, inner in twig.without("parameters").value.items():
            write = self.entries if name == "storyline" else self.fill
            made[name] = write(inner, scope, name)
        whole = replace(twig, value=made)
        if "play" in made:
            whole = _told(whole)
        return self.played(whole)

    def played(self, top: Twig) -> Twig:
        """Return a scenario with the plays that it uses in their places."""
        if not isinstance(top.get("storyline"), list):
            return top
        made: list[Twig] = []
        numbers: dict[str, int] = {}
        for position, entry in enumerate(top.listed("storyline")):
            if not isinstance(entry.value, dict) or "use" not in entry.value:
                made.append(entry)
                continue
            where = f"storyline.{position}"
            use = self.typed(entry, Use, where)
            play = None if use is None else self.play(entry, where)
            if use is None or play is None:
                continue
            name = str(play.get("scenario"))
            numbers[name] = numbers.get(name, 0) + 1
            place = entry.value["at"].place
            made += _placed(play, use, place, f"{name}-{numbers[name]}")
            top = _joined(top, play)
        return top.respelled("storyline", made)

    def play(self, use: Twig, where: str) -> Twig | None:
        """Return the play that is used, written out with its parameters."""
        twig = use.value["use"]
        if len(self.above) >= MOST_NESTED or twig.value in self.above:
            self.note(twig.place, f"{where}.use", f"plays within plays: {' in '.join(self.above)}")
            return None
        try:
            document = self.find(twig.value, twig.place.file or self.file)
        except InputError as error:
            self.note(twig.place, f"{where}.use", str(error))
            return None
        given = use.value["with"].value if "with" in use.value else {}
        above = (twig.value, *self.above)
        writer = _Writer(document.file, self.find, above, self.findings, self.written)
        made = writer.top(_grow(document), given)
        self.written = writer.written
        return made


def _size(twig: Twig) -> int:
    value = twig.value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(_size(one) for one in inner)


def _instant(twig: Twig | None) -> int | None:
    """Return an instant; what is none is left for the model to refuse."""
    try:
        return None if twig is None else parse_instant(twig.value)
    except (TypeError, ValueError):
        return None


def _moved(at: Twig, by: int) -> Twig:
    """Return an instant some milliseconds later."""
    instant = _instant(at)
    return at if instant is None else replace(at, value=format_instant_exact(instant + by))


def _told(top: Twig) -> Twig:
    """Return a play whose entries say what they are part of."""
    name = top.get("scenario")
    made = []
    for entry in top.listed("storyline"):
        is_own = isinstance(entry.value, dict) and entry.value.keys().isdisjoint(("use", "play"))
        made.append(entry.having("play", name).having("play_id", name) if is_own else entry)
    return top.respelled("storyline", made) if made else top


def _placed(play: Twig, use: Use, place: Place, name: str) -> Iterator[Twig]:
    """Yield a play's entries, moved to where it is used and named after that."""
    entries = play.listed("storyline")
    mappings = [entry for entry in entries if isinstance(entry.value, dict)]
    starts = [_instant(entry.value.get("at")) for entry in mappings]
    by = use.at - min((start for start in starts if start is not None), default=0)
    for entry in entries:
        if not isinstance(entry.value, dict):
            yield entry
            continue
        made = _renamed(entry, use.id)
        if "at" in made.value:
            made = made.put("at", replace(_moved(made.value["at"], by), place=place))
        yield made.having("play_id", use.id or name)


def _renamed(entry: Twig, own: str | None) -> Twig:
    """Return an entry, and all under it, with ids of this playing, or without."""
    if not isinstance(entry.value, dict):
        return entry
    made = entry
    if "id" in entry.value:
        made = entry.without("id")
        if own is not None:
            made = entry.respelled("id", f"{own}.{entry.get('id')}")
    following = made.listed("then")
    return made.respelled("then", [_renamed(one, own) for one in following]) if following else made


def _joined(top: Twig, play: Twig) -> Twig:
    """Return a scenario with what a play needs and it has not."""
    for *above, name in BROUGHT:
        coming, host = play, top
        for step in above:
            coming = coming.value.get(step, _NOTHING)
            host = host.value.get(step, replace(_NOTHING, place=coming.place))
        needed = {_name(one): one for one in coming.listed(name) if _name(one) is not None}
        is_open = isinstance(host.value, dict) and isinstance(host.get(name), list | None)
        if not (needed and is_open):
            continue
        joined = [_given_too(one, needed.pop(_name(one), None)) for one in host.listed(name)]
        place = host.value.get(name, coming.value[name]).place
        made = host.put(name, Twig([*joined, *needed.values()], place))
        for step in above:
            made = top.put(step, made)
        top = made
    return top


def _given_too(item: Twig, needed: Twig | None) -> Twig:
    """Return a user or group that is there, with the groups and assignments that a play needs."""
    if needed is None:
        return item
    made = item
    for name in ("groups", "assignments"):
        here = made.listed(name)
        known = [pair for one in here for pair in _pairs(one)]
        new = [left for one in needed.listed(name) if (left := _beyond(one, known)) is not None]
        if new and isinstance(made.get(name), list | None):
            place = made.value.get(name, needed.value[name]).place
            made = made.put(name, Twig([*here, *new], place))
    return made


def _pairs(item: Twig) -> list[object]:
    """Return what an item of `groups` or `assignments` gives, one for each account."""
    accounts = item.get("accounts")
    if not isinstance(accounts, list):
        return [item.plain]
    return [(item.get("permission_set"), account.value) for account in accounts]


def _beyond(item: Twig, known: list[object]) -> Twig | None:
    """Return what an item gives that is not known, if anything is left of it."""
    given = _pairs(item)
    if not isinstance(item.get("accounts"), list):
        return None if given[0] in known else item
    accounts = item.value["accounts"]
    left = [
        account for account, pair in zip(accounts.value, given, strict=True) if pair not in known
    ]
    kept = {**item.value, "accounts": replace(accounts, value=left)}
    return replace(item, value=kept) if left else None


def _name(item: Twig) -> str | None:
    """Return the name of an item of a list; a population has none."""
    name = item.get("name")
    return name if isinstance(name, str) else None


def expand(document: Document, find: Find, given: Mapping[str, Any] | None = None) -> Document:
    """Return a document with parameters, `for` and `use` written out.

    Args:
        document: As read.
        find: Reads the scenario of a name, seen from a file.
        given: Parameters, in place of their defaults.

    Raises:
        ScenarioError: Something is wrong with one of the three; all findings at once.
    """
    if not isinstance(document.value, dict) or not (given or _is_needed(document.value)):
        return document
    # A play may be used many times, and is read once.
    writer = _Writer(document.file, cache(find), ())
    made = writer.top(
        _grow(document), {name: _given(name, value) for name, value in (given or {}).items()}
    )
    if writer.findings:
        raise ScenarioError(writer.findings)
    return _document(made, document.file)


def _given(name: str, value: object) -> Twig:
    """Return a value from the command line or from Python as twigs."""
    place = Place(1, 1, f"--set {name}")
    if isinstance(value, dict):
        return Twig({key: _given(name, inner) for key, inner in value.items()}, place)
    if isinstance(value, list | tuple):
        return Twig([_given(name, inner) for inner in value], place)
    return Twig(None if value is None else str(value), place)


def _is_needed(value: dict[str, Any]) -> bool:
    return not value.keys().isdisjoint(("parameters", "play")) or _has(value.get("storyline"))


def _has(entries: object) -> bool:
    """Return whether `for` or `use` stand in entries, at any depth."""
    return isinstance(entries, list) and any(
        isinstance(entry, dict)
        and (not entry.keys().isdisjoint(("for", "use")) or _has(entry.get("then")))
        for entry in entries
    )
