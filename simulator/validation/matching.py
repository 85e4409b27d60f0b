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
from typing import TYPE_CHECKING, Final, TypeAlias

from simulator.records.api.operations import OPERATIONS
from simulator.records.shapes import Array, Const, Node, Object, Slot, Text
from simulator.validation.differences import Difference, differences, leaf_at, wording
from simulator.validation.layouts import (
    Container,
    at_path,
    containers,
    flatten,
    form_names,
    is_document,
    is_number,
    keys_of,
    taker,
)
from simulator.validation.looks import EXPANDED, is_fleeting, look_of, text_look

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from simulator.validation.layouts import Path, Value
    from simulator.validation.variants import Variant, Variants

_MOST_LAYOUTS: Final = 2_000
"""Layouts, and meanings of one layout, remembered of a kind; then they are forgotten."""
_DOCUMENT: Final = "…"
"""Stands for a payload that is one leaf."""
_MOST_GOOD: Final = 20_000
_MOST_TRIED: Final = 8
"""Layouts with the same members at the top that are tried before a record is walked."""


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

    containers: tuple[Container, ...]
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
    keys: int = 0
    """Number of the record's named members, at any depth."""

    @property
    def is_clean(self) -> bool:
        """Whether the record has a declared form in all respects."""
        return not self.differences and not self.failures


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
    _documents: set[str] = field(default_factory=set)
    """Members that are one leaf to the forms, whatever they hold."""

    def __post_init__(self) -> None:
        """Index the forms by layout, and the values that they fix by path."""
        for form in self.variants.forms:
            names: list[object] = []
            form_names(form.tree, names)
            self._exact.setdefault(tuple(names[1:-1]), []).append(form)
            self._fix(form, form.tree, ())
            self._documents |= {
                member.name for member in form.tree.members if is_document(member.node)
            }

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
        payloads: dict[str, Value] = {}
        if self.variants.kind.name in OPERATIONS:
            # One matcher serves all calls whose records differ in the name alone.
            payloads = {name: record[name] for name in self._documents if record.get(name)}
            leaves: dict[str, Value] = {
                name: _DOCUMENT if isinstance(payload, dict) else []
                for name, payload in payloads.items()
            }
            record = {**record, **leaves, "eventName": self.variants.kind.event_name}
        layout, values = self._laid_out(record)
        keys = layout.keys + sum(map(keys_of, payloads.values()))
        span = None if time is None else bisect_right(self.variants.starts, time)
        meaning = layout.ready.get((span, layout.take_fixed(values)))
        if meaning is None:
            meaning = self._meaning_of(layout, values, record, span)
        for fit in meaning.fits:
            if fit.holds(values):
                eras = fit.eras if len(meaning.fits) == 1 else self._eras(meaning, values)
                return Matched(layout, values, eras, meaning.differences, keys=keys)
        fit = min(meaning.fits, key=lambda one: len(one.failures(values)))
        failures = fit.failures(values)
        return Matched(layout, values, fit.eras, meaning.differences, failures, keys)

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
        flatten(record, names, [], 0)
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
        held, paths = containers(record)
        fixed = tuple(
            (position, self._fixed[path])
            for position, path in enumerate(paths)
            if path in self._fixed and isinstance(at_path(record, path), str | int)
        )
        layout = Layout(
            held,
            paths,
            sum(type(name) is str for name in skeleton),
            tuple(self._exact.get(skeleton, ())),
            fixed,
            taker([position for position, _ in fixed]),
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


def _asked(fit: _Fit) -> list[tuple[int, Callable[[str], object]]]:
    return [(position, look) for position, look, _ in fit.looks]


def _needed(fits: Sequence[_Fit]) -> Iterator[_Fit]:
    """Leave out what holds only where a fit with fewer questions and all its eras holds."""
    kept: list[_Fit] = []
    for fit in fits:
        if not any(
            _asked(other) == _asked(fit)
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
        leaf = leaf_at(form.tree, path)
        if isinstance(leaf, Slot) and leaf.field not in form.words and not is_number(leaf):
            shown.setdefault(leaf.field, []).append(position)
            looks.append((position, look_of(leaf.field), leaf.field))
            if is_fleeting(leaf):
                brief.add(position)
            if leaf.field in EXPANDED:
                texts.append((position, EXPANDED[leaf.field], leaf.field))
        elif isinstance(leaf, Text):
            matches, _ = text_look(leaf)
            looks.append((position, matches, wording(leaf)))
            if is_fleeting(leaf):
                brief.add(position)
            texts.append((position, leaf, wording(leaf)))
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
    take = taker(sorted(asked))
    return _Fit(tuple(looks), twins, links, eras, fleeting, constant, take, set())
