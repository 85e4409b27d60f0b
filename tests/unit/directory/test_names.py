"""Names come from the shipped pools, and user names from names."""

from __future__ import annotations

import importlib
import sys

import pytest

from simulator.directory import draw_names, names
from simulator.primitives.keys import Key


@pytest.mark.parametrize("locale", names.SHIPPED)
def test_shipped_pools_are_sorted_unique_and_not_too_large(locale: str):
    """At most 400 given and 600 family names a locale."""
    pool = names.pool(locale)

    assert 0 < len(pool.given) <= 400
    assert 0 < len(pool.family) <= 600
    assert list(pool.given) == sorted(set(pool.given))
    assert list(pool.family) == sorted(set(pool.family))


@pytest.mark.parametrize("locale", names.SHIPPED)
def test_every_shipped_name_folds_to_ascii(locale: str):
    """So that every user has a name to sign in with."""
    pool = names.pool(locale)

    assert all(names.ascii_folded(name) for name in (*pool.given, *pool.family))


def test_shipped_locales_need_no_faker(monkeypatch: pytest.MonkeyPatch):
    """A run with shipped locales imports no Faker."""
    monkeypatch.setitem(sys.modules, "faker.providers.person", None)
    names.pool.cache_clear()

    assert names.pool("en_US").given


def test_a_person_depends_on_the_key_alone():
    """The same key gives the same name; others give others."""
    root = Key.root(1)

    people = {names.person(root.child(str(place)), "sv_SE") for place in range(100)}

    assert names.person(root.child("0"), "sv_SE") == names.person(root.child("0"), "sv_SE")
    assert len(people) > 90


@pytest.mark.parametrize(
    ("given", "family", "ordinal", "style", "expected"),
    [
        ("Zoë", "Løvås", 0, "first.last", "zoe.lovas"),
        ("Zoë", "Løvås", 1, "first.last", "zoe.lovas2"),
        ("Łucja", "O'Brien-Groß", 0, "first.last@domain", "lucja.obriengross@example.com"),
        ("Ana Belén", "Peña", 2, "first.last@domain", "anabelen.pena3@example.com"),
    ],
)
def test_user_names_are_folded_and_numbered(
    given: str, family: str, ordinal: int, style: names.UserNameStyle, expected: str
):
    """ASCII letters and digits, a number for the second and later of a name."""
    assert names.user_name(given, family, ordinal, style, "example.com") == expected


def test_a_name_without_latin_letters_still_gives_a_user_name():
    """A number made of the name stands in, the same every time."""
    made = names.user_name("\u6d0b", "\u674e", 0, "first.last", "example.com")

    assert made.startswith("user")
    assert made[4:].isdigit()
    assert made == names.user_name("\u6d0b", "\u674e", 0, "first.last", "")


def test_the_shipped_file_is_what_the_drawing_script_writes_in_form():
    """Cutting keeps sorted order and the limit."""
    made = draw_names.cut(["c", "a", "b"], 2)

    assert len(made) == 2
    assert made == sorted(made)


def test_an_unshipped_locale_without_faker_is_refused(monkeypatch: pytest.MonkeyPatch):
    """The message says what to do."""
    monkeypatch.setitem(sys.modules, "faker.providers.person", None)

    with pytest.raises(ValueError, match="the names of da_DK are not shipped: install Faker"):
        names.faker_pool("da_DK")


def test_other_locales_come_from_faker():
    """Sorted and without repeats, romanised where Faker can."""
    pytest.importorskip("faker")

    pool = names.pool("da_DK")

    assert list(pool.given) == sorted(set(pool.given))
    assert pool.family
    assert all(name.isascii() for name in names.pool("zh_CN").family)


def test_every_locale_of_faker_gives_names():
    """No locale that is listed turns out empty."""
    pytest.importorskip("faker")
    pkgutil = importlib.import_module("pkgutil")
    people = importlib.import_module("faker.providers.person")

    empty = [
        module.name
        for module in pkgutil.iter_modules(people.__path__)
        if not (names.faker_pool(module.name).given and names.faker_pool(module.name).family)
    ]

    assert empty == []


def test_an_unknown_locale_is_refused_with_near_ones():
    """A spelling mistake is answered with what may be meant."""
    pytest.importorskip("faker")

    with pytest.raises(ValueError, match=r"no names for the locale 'en-UK'; did you mean .*en_"):
        names.pool("en-UK")
    with pytest.raises(ValueError, match=r"no names for the locale '\?'$"):
        names.pool("?")


def test_the_drawing_script_gives_pools_for_all_shipped_locales():
    """What it writes has the form that `pool` reads."""
    pytest.importorskip("faker")

    text = draw_names.pools_text().decode()

    assert all(f'"{locale}"' in text for locale in names.SHIPPED)
