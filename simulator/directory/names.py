"""Names of people who do not exist.

A name is a given and a family name drawn apart from two pools of one locale. The pools of
a dozen locales are checked in (`data/names.json`, written by `draw_names`), so that a run
needs no Faker and a new Faker changes no byte. Any other locale that Faker has is read
from it when first asked for; what that gives depends on the Faker installed.
"""

from __future__ import annotations

import difflib
import importlib
import json
import pkgutil
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from simulator.primitives.keys import purpose

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    from simulator.primitives.keys import Key, KeyColumn

SHIPPED: Final = (
    "de_DE",
    "en_GB",
    "en_IN",
    "en_US",
    "es_ES",
    "fr_FR",
    "it_IT",
    "ja_JP",
    "nl_NL",
    "pl_PL",
    "pt_BR",
    "sv_SE",
)
"""Locales whose pools are checked in."""

UserNameStyle: TypeAlias = Literal["first.last", "first.last@domain"]

_GIVEN: Final = purpose("names/given")
_FAMILY: Final = purpose("names/family")
_UNSPELLED: Final = purpose("names/unspelled")

# Letters that do not fall apart into a letter and a mark.
_LETTERS: Final = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "\u0131": "i",
    }
)
_NAME: Final = re.compile(r"[^\W\d_]+(?:[ '\u2019.-]+[^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Pool:
    """The names of one locale."""

    given: tuple[str, ...]
    """Given names of all genders, sorted by code point, each once. Never empty."""

    family: tuple[str, ...]
    """Family names, sorted likewise. Never empty."""


@dataclass(frozen=True, slots=True)
class Person:
    """A drawn name."""

    given: str
    """Given name, with its accents."""

    family: str
    """Family name, with its accents."""


@cache
def pool(locale: str) -> Pool:
    """Return the names of a locale such as `sv_SE`, shipped or Faker's.

    Raises:
        ValueError: There is no such locale, or Faker, which is needed for one that is not
            shipped, is not installed.
    """
    if locale in SHIPPED:
        text = files("simulator.directory").joinpath("data/names.json").read_text("utf-8")
        names = json.loads(text)[locale]
        return Pool(tuple(names["given"]), tuple(names["family"]))
    return faker_pool(locale)


def faker_pool(locale: str) -> Pool:
    """Return the names of a locale as the installed Faker lists them.

    Romanised names are taken where Faker has them. Its frequencies are left out: they are
    known for few locales only.

    Raises:
        ValueError: As for `pool`.
    """
    try:
        people = importlib.import_module("faker.providers.person")
    except ImportError:
        message = (
            f"the names of {locale} are not shipped: install Faker, "
            f"or take one of {', '.join(SHIPPED)}"
        )
        raise ValueError(message) from None
    known = sorted({*SHIPPED, *(module.name for module in pkgutil.iter_modules(people.__path__))})
    if locale not in known:
        folded = {name.lower(): name for name in known}
        near = difflib.get_close_matches(locale.lower().replace("-", "_"), folded, n=3, cutoff=0.5)
        hint = f"; did you mean {', '.join(folded[name] for name in near)}?" if near else ""
        message = f"no names for the locale {locale!r}{hint}"
        raise ValueError(message)
    provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
    return Pool(
        _listed(provider, ("first_romanized_names",))
        or _listed(provider, ("first_names", "first_names_male", "first_names_female")),
        _listed(provider, ("last_romanized_names",))
        or _listed(
            provider, ("last_names", "last_names_male", "last_names_female", "unisex_last_names")
        ),
    )


def _listed(provider: object, members: Iterable[str]) -> tuple[str, ...]:
    names = {
        unicodedata.normalize("NFC", name.strip())
        for member in members
        # One provider makes a list on demand, of others that are taken anyway.
        if isinstance(listed := getattr(provider, member, ()), (tuple, list, dict))
        for name in listed
    }
    # Scripts whose letters take combining marks match nothing here; then all are kept.
    plain = {name for name in names if _NAME.fullmatch(name)}
    return tuple(sorted(plain or names))


def person(key: Key, locale: str) -> Person:
    """Draw a name.

    Raises:
        ValueError: As for `pool`.
    """
    names = pool(locale)
    return Person(
        names.given[key.below(len(names.given), _GIVEN)],
        names.family[key.below(len(names.family), _FAMILY)],
    )


def person_many(keys: KeyColumn, locale: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Draw as `person` does, for every key: places in the pool's given and family names."""
    names = pool(locale)
    return keys.below(len(names.given), _GIVEN), keys.below(len(names.family), _FAMILY)


def ascii_folded(text: str) -> str:
    """Return a name in lower-case ASCII letters and digits alone; it may come out empty."""
    spread = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    return "".join(mark for mark in spread if mark.isascii() and mark.isalnum())


def unspelled(given: str, family: str) -> int:
    """Return the number of eight digits that stands in for a name without Latin letters."""
    return (_UNSPELLED ^ purpose(f"{given} {family}")) % 10**8


def user_name(given: str, family: str, ordinal: int, style: UserNameStyle, domain: str) -> str:
    """Return the name a person signs in with.

    Args:
        given: Given name.
        family: Family name.
        ordinal: How many users with this name there are already: 0 for the first, who gets
            no number; the second gets 2.
        style: `first.last` or `first.last@domain`.
        domain: The organization's mail domain; unused by `first.last`.
    """
    folded = [part for part in (ascii_folded(given), ascii_folded(family)) if part]
    stem = ".".join(folded) or f"user{unspelled(given, family):08d}"
    local = stem if ordinal == 0 else f"{stem}{ordinal + 1}"
    return local if style == "first.last" else f"{local}@{domain}"
