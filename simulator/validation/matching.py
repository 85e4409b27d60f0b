"""Which forms of its kind a record has, and where it differs from the nearest one.

Records of a kind come in few layouts: the names, nesting and types of their members. What
a layout can mean is worked out once and remembered, together with the values that forms
fix; a record then costs one walk over its members, two look-ups, and a question for every
value that a slot spells. Foreign records go the same way, only that what is remembered for
them is how they differ.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from simulator.records import codecs
from simulator.records.fields import FIELDS
from simulator.records.shapes import Array, Const, Node, Object, OneOf, Part, Slot, Text
from simulator.validation.looks import EXPANDED, HIDDEN, is_fleeting, look_of, text_look

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from simulator.validation.variants import Variant, Variants

Path: TypeAlias = "tuple[str | int, ...]"
Value: TypeAlias = "str | int | float | bool | list[Value] | dict[str, Value] | None"

_OPEN, _CLOSE, _LIST, _END, _ITEM, _DEEP = range(6)
_DEEPEST: Final = 24
_MOST_LAYOUTS: Final = 2_000
"""Layouts, and meanings of one layout, remembered of a kind; then they are forgotten."""
_MOST_GOOD: Final = 20_000
_MOST_TRIED: Final = 8
"""Layouts with the same members at the top that are tried before a record is walked."""


def _object(
    members: dict[str, Value], names: list[object], values: list[object], depth: int
) -> None:
    """Append the names, nesting and types of members, and the values of their leaves."""
    for name, item in members.items():
        names.append(name)
        if type(item) is str:
            values.append(item)
        else:
            _other(item, names, values, depth)


def _other(item: Value, names: list[object], values: list[object], depth: int) -> None:
    if isinstance(item, dict | list) and depth >= _DEEPEST:
        names.append(_DEEP)
        values.append(None)
    elif isinstance(item, dict):
        names.append(_OPEN)
        _object(item, names, values, depth + 1)
        names.append(_CLOSE)
    elif isinstance(item, list):
        names.append(_LIST)
        for inner in item:
            names.append(_ITEM)
            if type(inner) is str:
                values.append(inner)
            else:
                _other(inner, names, values, depth + 1)
        names.append(_END)
    else:
        names.append(type(item))
        values.append(item)


@dataclass(frozen=True, slots=True)
class _Container:
    """One object or list of a layout, and how to take its leaves out of a record."""

    parent: int
    """Place of the container it is in; the record itself is first."""
    name: str | int
    """Its name, or place, in there."""
    names: tuple[str, ...] | None
    """Names of all members in order; `None` for a list."""
    length: int
    leaves: tuple[str | int, ...]
    take: Callable[[Any], tuple[Any, ...]]
    """Returns the values of the leaves."""
    types: tuple[type, ...]


def _taker(leaves: Sequence[str | int]) -> Callable[[Any], tuple[Any, ...]]:  # Any: JSON
    if not leaves:
        return lambda _: ()
    taken: Callable[[Any], Any] = itemgetter(*leaves)
    return taken if len(leaves) > 1 else lambda held: (taken(held),)


def _containers(record: dict[str, Value]) -> tuple[tuple[_Container, ...], tuple[Path, ...]]:
    """Return a record's objects and lists, outer ones first, and the paths of its leaves."""
    found: list[_Container] = []
    paths: list[Path] = []
    waiting: list[tuple[int, str | int, Path, Value]] = [(0, "", (), record)]
    while waiting:
        parent, name, path, held = waiting.pop(0)
        inside: list[tuple[str | int, Value]] = (
            list(held.items()) if isinstance(held, dict) else list(enumerate(held))  # type: ignore[arg-type]  # else it is a list
        )
        leaves: list[tuple[str | int, Value]] = []
        for one, inner in inside:
            if isinstance(inner, dict | list) and len(path) < _DEEPEST:
                waiting.append((len(found), one, (*path, one), inner))
            else:
                leaves.append((one, inner))
        names = tuple(one for one, _ in leaves)
        found.append(
            _Container(
                parent,
                name,
                tuple(held) if isinstance(held, dict) else None,
                len(inside),
                names,
                _taker(names),
                tuple(type(inner) for _, inner in leaves),
            )
        )
        paths += [(*path, one) for one in names]
    return tuple(found), tuple(paths)


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which a record is unlike a form."""

    path: Path
    what: str
    """`missing`, `extra`, `order`, `type`, `value`, `word`, `shown` or `time`."""
    expected: str
    """What the form has there, in words."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A value that does not look like its field, or contradicts another."""

    position: int
    field: str
    other: int = -1
    """Position of the leaf it contradicts, or -1."""


Looks: TypeAlias = "tuple[tuple[int, Callable[[str], object], str], ...]"


@dataclass(frozen=True, slots=True)
class _Fit:
    """What remains to be asked of the values of records with one layout."""

    looks: Looks
    """Position, look and field of every text that a slot spells."""
    twins: tuple[tuple[int, int, str], ...]
    """Leaves that show one field and so must agree."""
    links: tuple[tuple[int, Callable[[str], object], int, int, str], ...]
    """Texts of which one group must agree with a leaf."""
    eras: frozenset[int]
    fleeting: Looks
    """Those looks whose values differ from record to record."""
    constant: Looks
    """The other looks."""
    steady: Callable[[Sequence[object]], object]
    """Takes the other values that are asked about, which come again and again."""
    good: set[object]
    """What `steady` took where everything held."""

    def holds(self, values: Sequence[object]) -> bool:
        """Return whether every value is as it should be."""
        for position, look, _ in self.fleeting:
            if not look(values[position]):  # type: ignore[arg-type]  # the layout says it is text
                return False
        steady = self.steady(values)
        if steady in self.good:
            return True
        for position, look, _ in self.constant:
            if not look(values[position]):  # type: ignore[arg-type]  # as above
                return False
        if (self.twins or self.links) and self.failures(values):
            return False
        if len(self.good) >= _MOST_GOOD:
            self.good.clear()
        self.good.add(steady)
        return True

    def failures(self, values: Sequence[object]) -> tuple[Failure, ...]:
        """Return everything that does not hold."""
        found = [
            Failure(position, name)
            for position, look, name in self.looks
            if not look(values[position])  # type: ignore[arg-type]  # the layout says it is text
        ]
        found += [
            Failure(other, name, one)
            for one, other, name in self.twins
            if values[one] != values[other]
        ]
        found += [
            Failure(position, name, other)
            for position, look, group, other, name in self.links
            if (matched := look(values[position]))  # type: ignore[arg-type]  # as above
            and values[other] != matched.group(group)  # type: ignore[attr-defined]  # a match
        ]
        return tuple(found)


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What a layout and the fixed values in it say."""

    differences: tuple[Difference, ...]
    fits: tuple[_Fit, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """Names, nesting and types of a record's members."""

    containers: tuple[_Container, ...]
    paths: tuple[Path, ...]
    """Of every leaf."""
    keys: int
    """Number of named members, at any depth."""
    exact: tuple[Variant, ...]
    """Forms with just this layout."""
    fixed: tuple[tuple[int, Mapping[object, object]], ...]
    """Positions of leaves where some form fixes the value, and the values that count."""
    take_fixed: Callable[[Sequence[object]], object]
    """Takes the values at these positions."""
    meanings: dict[tuple[object, ...], _Meaning] = field(default_factory=dict)
    ready: dict[object, _Meaning] = field(default_factory=dict)
    """Meanings by what `take_fixed` took, where all of it counts."""

    def read(self, record: dict[str, Value]) -> list[object] | None:
        """Return the leaves' values in a record, or `None` if it has another layout."""
        values: list[object] = []
        held: list[Value] = []
        for container in self.containers:
            # The parent was found to have a member of this name.
            one: Value = held[container.parent][container.name] if held else record  # type: ignore[index]
            if container.names is not None:
                if type(one) is not dict or tuple(one) != container.names:
                    return None
            elif type(one) is not list or len(one) != container.length:
                return None
            taken = container.take(one)
            if tuple(map(type, taken)) != container.types:
                return None
            values += taken
            held.append(one)
        return values


@dataclass(frozen=True, slots=True)
class Matched:
    """What matching a record found."""

    layout: Layout
    values: Sequence[object]
    eras: frozenset[int]
    """Eras of the forms that fit, or of the nearest ones."""
    differences: tuple[Difference, ...] = ()
    failures: tuple[Failure, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Whether the record has a declared form in all respects."""
        return not self.differences and not self.failures


def at_path(record: Value, path: Path) -> Value:
    """Return what stands at a path; the path must exist."""
    for name in path:
        record = record[name]  # type: ignore[index]  # the path was made from the record
    return record


def _is_number(slot: Slot) -> bool:
    return isinstance(FIELDS[slot.field].codec, codecs.Number)


def _layout_names(node: Node, names: list[object]) -> None:  # noqa: C901  # one case a node
    """Append what `_object` gives for records of a form."""
    match node:
        case Object(members):
            names.append(_OPEN)
            for member in members:
                names.append(member.name)
                _layout_names(member.node, names)
            names.append(_CLOSE)
        case Array(items):
            names.append(_LIST)
            for item in items:
                names.append(_ITEM)
                _layout_names(item, names)
            names.append(_END)
        case Const(value):
            if not isinstance(value, str):
                names.append(type(value))
        case Slot():
            if _is_number(node):
                names.append(int)
        case Text():
            pass
        case OneOf() | Part():
            message = "the shape was not resolved"
            raise TypeError(message)


def _leaf_at(node: Node, path: Path) -> Node | None:
    for name in path:
        match node:
            case Object(members):
                found = next((member.node for member in members if member.name == name), None)
                if found is None:
                    return None
                node = found
            case Array(items) if items and isinstance(name, int):
                node = items[min(name, len(items) - 1)]
            case _:
                return None
    return node


def _wording(node: Node) -> str:
    match node:
        case Const(value):
            return {None: "null", True: "true", False: "false"}.get(value, repr(value))  # type: ignore[arg-type]  # a look-up of whatever it is
        case Slot(name):
            return FIELDS[name].meaning.rstrip(".").lower()
        case Text(parts):
            return "".join(part if isinstance(part, str) else "…" for part in parts)
        case Array():
            return "a list"
        case _:
            return "an object"


def differences(form: Variant, record: dict[str, Value]) -> list[Difference]:
    """Return every way in which the structure and fixed values of a record are unlike a form."""
    found: list[Difference] = []
    _compare(form, form.tree, record, (), found)
    return found


def _compare(  # noqa: C901, PLR0912  # one case a node
    form: Variant, node: Node, value: Value, path: Path, found: list[Difference]
) -> None:
    match node:
        case Object():
            if isinstance(value, dict):
                _compare_members(form, node, value, path, found)
            else:
                found.append(Difference(path, "type", _wording(node)))
        case Array(items):
            if not isinstance(value, list):
                found.append(Difference(path, "type", _wording(node)))
            else:
                # Lists of one kind of thing: their length is the caller's business.
                for place, item in enumerate(value if items else []):
                    inner = items[min(place, len(items) - 1)]
                    _compare(form, inner, item, (*path, place), found)
        case Const(expected):
            if type(value) is not type(expected):
                found.append(Difference(path, "type", _wording(node)))
            elif value != expected:
                what = "shown" if expected == HIDDEN else "value"
                found.append(Difference(path, what, _wording(node)))
        case Slot(name):
            if type(value) is not (int if _is_number(node) else str):
                found.append(Difference(path, "type", _wording(node)))
            elif name in form.words and value not in form.words[name]:
                words = " or ".join(sorted(form.words[name]))
                found.append(Difference(path, "word", words))
        case _:
            if type(value) is not str:
                found.append(Difference(path, "type", _wording(node)))


def _compare_members(
    form: Variant, node: Object, value: dict[str, Value], path: Path, found: list[Difference]
) -> None:
    names = [member.name for member in node.members]
    shown = [name for name in value if name in names]
    wanted = [name for name in names if name in value]
    if shown != wanted:
        first = next(one for one, other in zip(shown, wanted, strict=True) if one != other)
        found.append(Difference(path, "order", first))
    for member in node.members:
        here = (*path, member.name)
        if member.name in value:
            _compare(form, member.node, value[member.name], here, found)
        else:
            found.append(Difference(here, "missing", _wording(member.node)))
    found += [Difference((*path, name), "extra", "nothing") for name in value if name not in names]


@dataclass(slots=True)
class Matcher:
    """Matches the records of one kind."""

    variants: Variants
    cost: Callable[[Difference, dict[str, Value]], float]
    """How far a difference takes a record from a form."""
    _exact: dict[tuple[object, ...], list[Variant]] = field(default_factory=dict)
    _fixed: dict[Path, dict[object, object]] = field(default_factory=dict)
    _layouts: dict[tuple[object, ...], Layout] = field(default_factory=dict)
    _by_top: dict[tuple[str, ...], list[Layout]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Index the forms by layout, and the values that they fix by path."""
        for form in self.variants.forms:
            names: list[object] = []
            _layout_names(form.tree, names)
            self._exact.setdefault(tuple(names[1:-1]), []).append(form)
            self._fix(form, form.tree, ())

    def _fix(self, form: Variant, node: Node, path: Path) -> None:
        match node:
            case Object(members):
                for member in members:
                    self._fix(form, member.node, (*path, member.name))
            case Array(items):
                for place, item in enumerate(items):
                    self._fix(form, item, (*path, place))
            case Const(value):
                if value is not None:
                    self._fixed.setdefault(path, {})[value] = value
            case Slot(name) if name in form.words:
                known = self._fixed.setdefault(path, {})
                known.update((word, word) for word in form.words[name])
            case _:
                pass

    def match(self, record: dict[str, Value], time: str | None) -> Matched:
        """Return which forms a record has, or the nearest ones and what differs.

        Args:
            time: The record's eventTime where it is well-formed.
        """
        layout, values = self._laid_out(record)
        span = None if time is None else bisect_right(self.variants.starts, time)
        meaning = layout.ready.get((span, layout.take_fixed(values)))
        if meaning is None:
            meaning = self._meaning_of(layout, values, record, span)
        for fit in meaning.fits:
            if fit.holds(values):
                eras = fit.eras if len(meaning.fits) == 1 else self._eras(meaning, values)
                return Matched(layout, values, eras, meaning.differences)
        fit = min(meaning.fits, key=lambda one: len(one.failures(values)))
        return Matched(layout, values, fit.eras, meaning.differences, fit.failures(values))

    def _laid_out(self, record: dict[str, Value]) -> tuple[Layout, list[object]]:
        """Return a record's layout and the values of its leaves."""
        identity = record.get("userIdentity")
        top = (*record, *identity) if isinstance(identity, dict) else tuple(record)
        tried = self._by_top.get(top)
        if tried is None:
            if len(self._by_top) >= _MOST_LAYOUTS:
                self._by_top.clear()
            tried = self._by_top[top] = []
        for layout in tried:
            values = layout.read(record)
            if values is not None:
                return layout, values
        names: list[object] = []
        _object(record, names, [], 0)
        skeleton = tuple(names)
        found = self._layouts.get(skeleton)
        if found is None:
            found = self._layout(skeleton, record)
        if len(tried) < _MOST_TRIED:
            tried.append(found)
        values = found.read(record)
        assert values is not None
        return found, values

    def _meaning_of(
        self, layout: Layout, values: Sequence[object], record: dict[str, Value], span: int | None
    ) -> _Meaning:
        counted = [known.get(values[position]) for position, known in layout.fixed]
        key = (span, *counted)
        meaning = layout.meanings.get(key)
        if meaning is None:
            meaning = self._meaning(layout, record, span)
            if len(layout.meanings) >= _MOST_LAYOUTS:
                layout.meanings.clear()
                layout.ready.clear()
            layout.meanings[key] = meaning
        if None not in counted:
            layout.ready[span, layout.take_fixed(values)] = meaning
        return meaning

    @staticmethod
    def _eras(meaning: _Meaning, values: Sequence[object]) -> frozenset[int]:
        return frozenset[int]().union(*(fit.eras for fit in meaning.fits if fit.holds(values)))

    def _layout(self, skeleton: tuple[object, ...], record: dict[str, Value]) -> Layout:
        containers, paths = _containers(record)
        fixed = tuple(
            (position, self._fixed[path])
            for position, path in enumerate(paths)
            if path in self._fixed and isinstance(at_path(record, path), str | int)
        )
        layout = Layout(
            containers,
            paths,
            sum(type(name) is str for name in skeleton),
            tuple(self._exact.get(skeleton, ())),
            fixed,
            _taker([position for position, _ in fixed]),
        )
        if len(self._layouts) >= _MOST_LAYOUTS:
            self._layouts.clear()
            self._by_top.clear()
        self._layouts[skeleton] = layout
        return layout

    def _meaning(self, layout: Layout, record: dict[str, Value], span: int | None) -> _Meaning:
        exact = [form for form in layout.exact if not differences(form, record)]
        timely = [form for form in exact if _eras_at(form, span)]
        if timely:
            return self._read(layout, record, timely, span, ())
        nearest, found = self._nearest(record, span)
        if exact:
            # The form is a declared one, but of other years: what differs is one remark.
            names = ", ".join(dict.fromkeys(".".join(map(str, one.path)) for one in found))
            remark = Difference((), "time", names)
            return self._read(layout, record, exact, None, (remark,))
        return self._read(layout, record, nearest, span, found)

    def _nearest(
        self, record: dict[str, Value], span: int | None
    ) -> tuple[list[Variant], tuple[Difference, ...]]:
        """Return the forms that a record of its time is nearest to, the newest era first."""
        found: dict[tuple[float, int, tuple[Difference, ...]], list[Variant]] = {}
        for form in self.variants.forms:
            eras = _eras_at(form, span)
            if eras:
                unlike = tuple(differences(form, record))
                far = sum(self.cost(difference, record) for difference in unlike)
                found.setdefault((far, -max(eras), unlike), []).append(form)
        best = min(found, key=lambda key: key[:2])
        return found[best], best[2]

    def _read(
        self,
        layout: Layout,
        record: dict[str, Value],
        forms: Sequence[Variant],
        span: int | None,
        found: tuple[Difference, ...],
    ) -> _Meaning:
        fits: dict[tuple[object, ...], _Fit] = {}
        for form in forms:
            fit = _fit(layout, record, form, _eras_at(form, span))
            key = (fit.looks, fit.twins, fit.links)
            fits[key] = replace(fit, eras=fit.eras | fits[key].eras) if key in fits else fit
        ordered = sorted(fits.values(), key=lambda fit: len(fit.twins) + len(fit.links))
        return _Meaning(found, tuple(_needed(ordered)))


def _needed(fits: Sequence[_Fit]) -> Iterator[_Fit]:
    """Leave out what holds only where a fit with fewer questions and all its eras holds."""
    kept: list[_Fit] = []
    for fit in fits:
        if not any(
            other.looks == fit.looks
            and set(other.twins) <= set(fit.twins)
            and set(other.links) <= set(fit.links)
            and fit.eras <= other.eras
            for other in kept
        ):
            kept.append(fit)
            yield fit


def _eras_at(form: Variant, span: int | None) -> frozenset[int]:
    return frozenset(era for era, at in form.when if span is None or at == span)


def _fit(layout: Layout, record: dict[str, Value], form: Variant, eras: frozenset[int]) -> _Fit:
    """Return what remains to be asked of records of a layout, read as a form."""
    looks: list[tuple[int, Callable[[str], object], str]] = []
    brief: set[int] = set()
    shown: dict[str, list[int]] = {}
    texts: list[tuple[int, Text, str]] = []
    for position, path in enumerate(layout.paths):
        if not isinstance(at_path(record, path), str):
            continue
        leaf = _leaf_at(form.tree, path)
        if isinstance(leaf, Slot) and leaf.field not in form.words and not _is_number(leaf):
            shown.setdefault(leaf.field, []).append(position)
            looks.append((position, look_of(leaf.field), leaf.field))
            if is_fleeting(leaf):
                brief.add(position)
            if leaf.field in EXPANDED:
                texts.append((position, EXPANDED[leaf.field], leaf.field))
        elif isinstance(leaf, Text):
            matches, _ = text_look(leaf)
            looks.append((position, matches, _wording(leaf)))
            if is_fleeting(leaf):
                brief.add(position)
            texts.append((position, leaf, _wording(leaf)))
    twins = tuple(
        (positions[0], other, name) for name, positions in shown.items() for other in positions[1:]
    )
    links = tuple(
        (position, text_look(text)[0], group, shown[name][0], name)
        for position, text, _ in texts
        for group, name in enumerate(text_look(text)[1], start=1)
        if name in shown
    )
    fleeting = tuple(look for look in looks if look[0] in brief)
    constant = tuple(look for look in looks if look[0] not in brief)
    asked = {position for position, _, _ in constant}
    asked |= {position for one, other, _ in twins for position in (one, other)}
    asked |= {position for one, _, _, other, _ in links for position in (one, other)}
    take = _taker(sorted(asked))
    return _Fit(tuple(looks), twins, links, eras, fleeting, constant, take, set())
