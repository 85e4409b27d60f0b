"""Law 2: every array form gives what its scalar form gives, row by row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.directory import identifiers, names, networks, user_agents, user_names
from simulator.directory.names import user_name
from simulator.directory.personas import PERSONAS
from simulator.directory.user_names import Drawn, Naming, ordinals
from simulator.flows import FLOWS, gaps
from simulator.plan.population.agents import Wardrobe
from simulator.plan.population.populating import has_share, has_share_many
from simulator.plan.registry import Registry
from simulator.primitives import instants
from simulator.primitives.columns import dtype_of
from simulator.primitives.conditions import All, AnyOf, Within
from simulator.primitives.keys import (
    Key,
    KeyColumn,
    scaled,
    scaled_many,
    word_at,
    word_at_many,
    word_of_many,
    words_many,
)
from simulator.primitives.quantiles import NONE, Quantiles, at_each, stacked
from simulator.primitives.weights import weighted, weighted_many
from simulator.records.codecs import Number
from simulator.records.eras import ERAS
from simulator.records.fields import FIELDS
from simulator.records.kinds import KIND_NAMES
from simulator.records.shapes import conditions
from tests.builders import a_tables
from tests.strategies import DOMAINS, eras, regions, tables, words
from tests.strategies import instants as any_instant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.primitives.conditions import Condition

pytestmark = pytest.mark.laws

STEP_CONDITIONS = {step.when: None for flow in FLOWS for step in flow.steps}
SHAPE_CONDITIONS = {
    when: None for era in ERAS for kind in KIND_NAMES for when in conditions(era.shape(kind))
}
CONDITIONS = tuple(when for when in {**STEP_CONDITIONS, **SHAPE_CONDITIONS} if when.columns())
GAPS = {name: value for name, value in vars(gaps).items() if isinstance(value, Quantiles)}


def rows_of(names):
    """Return a strategy for up to eight rows with these columns."""
    row = st.fixed_dictionaries({name: DOMAINS[name] for name in sorted(names)})
    return st.lists(row, min_size=1, max_size=8)


def as_columns(rows):
    """Return rows as columns."""
    return {name: np.array([row[name] for row in rows], dtype_of(name)) for name in rows[0]}


def assert_codec_pairs(codec, rows, texts):
    """Compare `many` with the JSON of `one`, without the quotes of a string."""
    made = codec.many(as_columns(rows), len(rows), texts).tolist()
    for row, text in zip(rows, made, strict=True):
        value = codec.one(row, texts)
        assert isinstance(value, str) == codec.quoted
        expected = orjson.dumps(value)
        assert text == (expected[1:-1] if codec.quoted else expected)


def assert_condition_pairs(when, rows):
    """Compare `many` with `one`."""
    assert when.many(as_columns(rows), len(rows)).tolist() == [when.one(row) for row in rows]


@pytest.mark.parametrize("name", FIELDS)
@given(st.data())
def test_every_codec_pairs(name, data):
    """Over all rows in the field's domain, with odd text."""
    codec = FIELDS[name].codec
    rows = data.draw(rows_of(codec.columns()))

    assert_codec_pairs(codec, rows, data.draw(tables()))


@pytest.mark.parametrize("name", FIELDS)
def test_every_codec_takes_a_column_of_one_value(name):
    """Columns may be scalars, which stand for every row."""
    codec = FIELDS[name].codec
    row = dict.fromkeys(codec.columns(), 0)
    columns = {column: np.array(0, dtype_of(column)) for column in row}

    made = codec.many(columns, 3, a_tables()).tolist()

    assert len(set(made)) == 1
    assert len(made) == 3


@pytest.mark.parametrize("when", CONDITIONS, ids=range(len(CONDITIONS)))
@given(st.data())
def test_every_condition_of_flows_and_shapes_pairs(when, data):
    """What a step or a member asks is the same question in both forms."""
    assert_condition_pairs(when, data.draw(rows_of(when.columns())))


simple = st.builds(Within, st.sampled_from("ab"), st.integers(-3, 3), st.integers(-3, 3))
trees = st.recursive(
    simple,
    lambda inner: (
        st.lists(inner, max_size=3)
        .map(tuple)
        .flatmap(lambda parts: st.sampled_from((All(parts), AnyOf(parts))))
    ),
    max_leaves=8,
)


@given(
    trees, st.lists(st.fixed_dictionaries({name: st.integers(-4, 4) for name in "ab"}), min_size=1)
)
def test_every_condition_that_can_be_built_pairs(when, rows):
    """Nested as deep as one likes, empty ones included."""
    assert_condition_pairs(when, rows)


percentiles = st.dictionaries(
    st.integers(1, 9_999).map(lambda points: points / 100), st.integers(0, 10**9), max_size=6
)


@given(percentiles, st.integers(0, 10**9), st.integers(0, 10**9), st.lists(words, min_size=1))
def test_all_quantiles_pair(inner, first, last, drawn):
    """Any distribution at all."""
    values = sorted([*inner.values(), first, last])
    places = sorted([0.0, *inner, 100.0])
    made = Quantiles.through(dict(zip(places, values, strict=True)))

    many = made.at_many(np.array(drawn, np.uint64)).tolist()

    assert many == [made.at(word) for word in drawn]
    assert all(values[0] <= value <= made.greatest for value in many)


@pytest.mark.parametrize("name", GAPS)
@given(st.lists(words, min_size=1))
def test_every_gap_pairs(name, drawn):
    """The distributions that are used."""
    made = GAPS[name]

    assert made.at_many(np.array(drawn, np.uint64)).tolist() == [made.at(word) for word in drawn]


@given(st.lists(st.tuples(st.sampled_from([*GAPS.values(), NONE]), words), min_size=1))
def test_stacked_distributions_pair(asked):
    """Each word looked up in a distribution of its own."""
    table = stacked([*GAPS.values(), NONE])
    places = [[*GAPS.values(), NONE].index(gap) for gap, _ in asked]
    drawn = np.array([word for _, word in asked], np.uint64)

    many = at_each(table, np.array(places, np.int64), drawn).tolist()

    assert many == [gap.at(word) for gap, word in asked]


@given(trees, st.fixed_dictionaries({name: st.integers(-4, 4) for name in "ab"}))
def test_an_answer_changes_at_bounds_alone(when, row):
    """Between two values of a column without a bound there is one answer."""
    for name in row:
        bounds = when.bounds(name)
        for value in range(-5, 6):
            low, high = sorted((row[name], value))
            if not any(low < bound <= high for bound in bounds):
                assert when.one({**row, name: value}) == when.one(row)


def test_a_bound_that_is_not_told_breaks_the_law():
    """Negative control: what lies beyond a bound has another answer."""
    when = Within("a", 0, 1)

    assert when.bounds("a") == {0, 2}
    assert when.bounds("b") == frozenset()
    assert when.one({"a": 1}) != when.one({"a": 2})


pairs_of_words = st.lists(st.tuples(words, words), min_size=1, max_size=8)


@given(pairs_of_words, words, st.integers(0, 1 << 62), st.integers(1, 1 << 32))
def test_keys_pair(pairs, use, ordinal, limit):
    """Words, children by number and bounded draws, with one ordinal for all."""
    keys = [Key(high, low) for high, low in pairs]
    column = KeyColumn.of(keys)
    nth = column.nth(use, ordinal)

    assert word_at_many(column.high, column.low, use, ordinal).tolist() == [
        word_at(high, low, use, ordinal) for high, low in pairs
    ]
    assert column.word(use, ordinal).tolist() == [key.word(use, ordinal) for key in keys]
    assert column.below(limit, use, ordinal).tolist() == [
        key.below(limit, use, ordinal) for key in keys
    ]
    assert list(zip(nth.high.tolist(), nth.low.tolist(), strict=True)) == [
        (key.nth(use, ordinal).high, key.nth(use, ordinal).low) for key in keys
    ]


@given(st.lists(st.tuples(words, words, st.integers(0, 1 << 40)), min_size=1, max_size=8), words)
def test_keys_pair_with_ordinals_of_their_own(triples, use):
    """The same with an ordinal for every key."""
    keys = [Key(high, low) for high, low, _ in triples]
    ordinals = [ordinal for _, _, ordinal in triples]
    column = KeyColumn.of(keys)
    nth = column.nth(use, np.array(ordinals, np.int64))

    drawn = [key.word(use, ordinal) for key, ordinal in zip(keys, ordinals, strict=True)]
    assert column.word(use, np.array(ordinals, np.uint64)).tolist() == drawn
    assert word_of_many(column.stem(use), np.array(ordinals, np.uint64)).tolist() == drawn
    assert words_many(column.high, column.low, use, 3).tolist() == [
        [key.word(use, place) for place in range(3)] for key in keys
    ]
    assert list(zip(nth.high.tolist(), nth.low.tolist(), strict=True)) == [
        (key.nth(use, ordinal).high, key.nth(use, ordinal).low)
        for key, ordinal in zip(keys, ordinals, strict=True)
    ]


@given(st.lists(st.tuples(words, st.integers(1, 1 << 32)), min_size=1))
def test_scaling_pairs(pairs):
    """With a limit for every word."""
    drawn, limits = zip(*pairs, strict=True)

    made = scaled_many(np.array(drawn, np.uint64), np.array(limits, np.int64)).tolist()

    assert made == [scaled(word, limit) for word, limit in pairs]
    assert all(0 <= value < limit for value, limit in zip(made, limits, strict=True))


@given(eras(), st.lists(any_instant, min_size=1), st.booleans())
def test_boundaries_pair(boundaries, at, is_group):
    """The era of an instant, and of instants on the boundary."""
    asked = [*at, *boundaries.groups, *boundaries.rest]

    assert boundaries.era_at_many(np.array(asked, np.int64), is_group=is_group).tolist() == [
        boundaries.era_at(one, is_group=is_group) for one in asked
    ]


@given(st.lists(any_instant, min_size=1))
def test_instants_pair(at):
    """How CloudTrail writes them."""
    assert instants.format_instant_many(np.array(at, np.int64)).tolist() == [
        instants.format_instant(one).encode() for one in at
    ]


@given(st.lists(any_instant, min_size=1), st.booleans())
def test_java_dates_pair(at, comma):
    """How payloads write them."""
    assert instants.format_java_date_many(np.array(at, np.int64), comma=comma).tolist() == [
        instants.format_java_date(one, comma=comma).encode() for one in at
    ]


@given(pairs_of_words, words, st.integers(0, 1 << 40), st.text(max_size=8))
def test_derived_keys_pair(pairs, use, first, name):
    """Children by name of many keys, and many children by number of one."""
    keys = [Key(high, low) for high, low in pairs]
    column = KeyColumn.of(keys)
    ordinals = np.arange(first, first + 4)

    children, members = column.child(name, "x"), keys[0].nth_many(use, ordinals)

    assert [children.key(row) for row in range(len(keys))] == [key.child(name, "x") for key in keys]
    assert [members.key(row) for row in range(4)] == [
        keys[0].nth(use, ordinal) for ordinal in ordinals.tolist()
    ]


@given(st.lists(st.integers(1, 1 << 20), min_size=1, max_size=12), st.lists(words, min_size=1))
def test_weights_pair(weights, drawn):
    """Whatever the weights."""
    made = weighted_many(weights, np.array(drawn, np.uint64)).tolist()

    assert made == [weighted(weights, word) for word in drawn]


@given(pairs_of_words, regions)
def test_identifiers_pair(pairs, region):
    """Those that tables hold; codecs pair the others."""
    column = KeyColumn.of([Key(high, low) for high, low in pairs])

    assert identifiers.store_entity_id_many(column.high, column.low, region).tolist() == [
        identifiers.store_entity_id(high, low, region).encode() for high, low in pairs
    ]
    assert identifiers.mfa_device_id_many(column.high, column.low).tolist() == [
        identifiers.mfa_device_id(high, low).encode() for high, low in pairs
    ]


@given(pairs_of_words, st.sampled_from(names.SHIPPED))
def test_names_pair(pairs, locale):
    """A person of any locale that is shipped."""
    keys = [Key(high, low) for high, low in pairs]
    pool = names.pool(locale)

    given, family = names.person_many(KeyColumn.of(keys), locale)

    assert [
        names.Person(pool.given[first], pool.family[second])
        for first, second in zip(given.tolist(), family.tolist(), strict=True)
    ] == [names.person(key, locale) for key in keys]


@given(
    pairs_of_words, st.sampled_from(list(networks.COUNTRIES)), st.sampled_from(networks.KINDS[:6])
)
def test_networks_pair(pairs, country, kind):
    """Homes, and addresses of any network."""
    keys = [Key(high, low) for high, low in pairs]
    column = KeyColumn.of(keys)
    home, other = networks.network(country, "home"), networks.network(country, kind)

    homes = networks.home_place_many(column, country).tolist()
    places = networks.place_many(column, country, kind).tolist()

    assert [home.address(place) for place in homes] == [
        networks.home_address(key, country) for key in keys
    ]
    assert [other.address(place) for place in places] == [
        networks.address(key, country, kind) for key in keys
    ]


@given(pairs_of_words, any_instant, st.integers(1, 90))
def test_days_of_updating_pair(pairs, at, every):
    """In days before the instant."""
    keys = [Key(high, low) for high, low in pairs]

    behind = user_agents.days_behind_many(KeyColumn.of(keys), at, every).tolist()

    assert [(at // instants.DAY - days) * instants.DAY for days in behind] == [
        user_agents.updated_at(key, at, every) for key in keys
    ]


@given(pairs_of_words, any_instant, st.sampled_from(list(PERSONAS.values())))
def test_agents_pair(pairs, at, persona):
    """Browser, phone and command line of any persona."""
    keys = [Key(high, low) for high, low in pairs]
    wardrobe = Wardrobe(Registry(), at)

    many = wardrobe.agents_many(KeyColumn.of(keys), persona)

    rows = [{name: int(values[row]) for name, values in many.items()} for row in range(len(keys))]
    assert rows == [wardrobe.agents(key, persona) for key in keys]


@given(pairs_of_words, st.text(max_size=8), st.integers(0, 1_000_000))
def test_shares_pair(pairs, of, share):
    """Who of a population has something."""
    keys = [Key(high, low) for high, low in pairs]

    made = has_share_many(KeyColumn.of(keys), of, share).tolist()

    assert made == [has_share(key, of, share) for key in keys]


PLAIN_PARTS = ("", "ana", "bo", "user", "\u6d0b", "\u674e", "Zo\u00eb")
DIGITS_TOO = (*PLAIN_PARTS, "ana2", "x1", "3")


def lists_of_names(parts):
    """Return a strategy for up to three lists of people with these names."""
    part = st.sampled_from(parts)
    return st.lists(st.lists(st.tuples(part, part), max_size=24), max_size=3)


@given(
    lists_of_names(PLAIN_PARTS[:3]) | lists_of_names(PLAIN_PARTS) | lists_of_names(DIGITS_TOO),
    st.data(),
)
def test_numbers_of_user_names_pair(lists, data):
    """However stems collide: with each other, with earlier lists, with names that are given."""
    stems = [
        user_name(given, family, 0, "first.last", "") for row in lists for given, family in row
    ]
    more = st.sampled_from(stems or ["ana"]).flatmap(
        lambda stem: st.sampled_from((stem, f"{stem}2", f"{stem}3", f"{stem}12", f"{stem}02"))
    )
    named = data.draw(st.sets(more, max_size=6))
    naming = Naming(named)
    taken = set(named)
    with pytest.MonkeyPatch.context() as patch:
        for row in lists:
            pool = names.Pool(tuple(one for one, _ in row), tuple(two for _, two in row))
            patch.setattr(user_names, "pool", lambda _, pool=pool: pool)
            places = np.arange(len(row))

            made = naming.locals([Drawn("xx_XX", places, places, places)], len(row))

            own = [user_name(given, family, 0, "first.last", "") for given, family in row]
            numbers = ordinals(own, taken.__contains__)
            expected = [
                user_name(*person, number, "first.last", "")
                for person, number in zip(row, numbers, strict=True)
            ]
            assert list(made) == expected
            assert made.many(places).tolist() == [name.encode() for name in expected]
            lengths = [len(name) for name in expected]
            assert made.widths() == (min(lengths, default=0), max(lengths, default=0))
            assert [made.find(name) for name in expected] == places.tolist()
            assert not any(made.find(name) >= 0 for name in taken)
            taken.update(expected)
    assert len(taken) == len(named) + sum(map(len, lists))


@dataclass(frozen=True, slots=True)
class _Rounding(Number):
    """A codec whose `many` forgets what `one` knows."""

    def many(self, columns, count, tables):
        """Write even numbers only."""
        return Number.many(self, {self.column: columns[self.column] & ~1}, count, tables)


@dataclass(frozen=True, slots=True)
class _Strict(Within):
    """A condition whose `many` leaves its upper end out."""

    def many(self, columns: Mapping[str, np.ndarray], count: int):
        """Ask for less than `high`."""
        return Within(self.column, self.low, self.high - 1).many(columns, count)


def test_a_codec_that_does_not_pair_breaks_the_law():
    """Negative control."""
    rows = [{"redirect_port": 8_000}, {"redirect_port": 8_001}]

    assert_codec_pairs(_Rounding("redirect_port"), rows[:1], a_tables())
    with pytest.raises(AssertionError):
        assert_codec_pairs(_Rounding("redirect_port"), rows, a_tables())


def test_a_condition_that_does_not_pair_breaks_the_law():
    """Negative control."""
    when: Condition = _Strict("a", 0, 1)

    assert_condition_pairs(when, [{"a": 0}])
    with pytest.raises(AssertionError):
        assert_condition_pairs(when, [{"a": 0}, {"a": 1}])
