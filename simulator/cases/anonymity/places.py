"""What the place of a value in a record says of it: whether it names, constants, forms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from simulator.cases.anonymity.vocabulary import is_naming, vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable

    Path = tuple[str | int, ...]

FARTHEST: Final = 32
"""Steps of a path that are kept: what lies deeper is judged by its last steps."""

REGION: Final = re.compile(
    r"(?:af|ap|ca|cn|eu|eusc|il|me|mx|sa|us)(?:-(?:gov|iso[a-z]?|de))?-"
    r"(?:north|south|east|west|central|northeast|northwest|southeast|southwest)-[0-9]{1,2}"
)
"""A Region; narrower than what `validation` allows, for a user may be called `al-hassan-1`."""

_CODE: Final = re.compile(r"(?:[A-Z][A-Za-z]{2,62}|[A-Z]{3,31})(?:\.[A-Z][A-Za-z]{2,62}){0,3}")
_SERVICE: Final = re.compile(r"[a-z0-9-]{1,40}\.amazonaws\.com(?:\.cn)?")

_FIRM: Final[dict[str, re.Pattern[str]]] = {
    "eventVersion": re.compile(r"[0-9]\.[0-9]{1,2}"),
    "awsRegion": REGION,
    "tlsVersion": re.compile(r"(?:TLS|SSL)v[0-9](?:\.[0-9])?"),
    "cipherSuite": re.compile(r"(?:TLS_)?[A-Z0-9]+(?:[_-](?:AES|CHACHA20|POLY1305|[A-Z0-9]+))+"),
    "keyExchange": re.compile(r"[Xx]25519(?:MLKEM768)?|secp[0-9]{3}r1"),
    "sessionDuration": re.compile(r"P(?:[0-9]{1,3}D)?(?:T(?:[0-9]{1,4}[HMS]){1,3})?"),
}
"""Member to a form that says nothing of anybody."""

_SOFT: Final[dict[str, re.Pattern[str]]] = {
    "errorCode": _CODE,
    "eventSource": _SERVICE,
    "eventName": re.compile(r"[A-Z][A-Za-z0-9]{2,63}"),
    "eventType": re.compile(r"Aws[A-Z][A-Za-z]{2,40}"),
    "type": re.compile(r"AWS::[A-Za-z0-9]{2,40}::[A-Za-z0-9]{2,40}|[A-Z][A-Za-z]{2,20}(?<=User)"),
    "apiVersion": re.compile(r"[0-9]{4}(?:-?[0-9]{2}){2}"),
    "eventCategory": re.compile(r"Management|Data|Insight|NetworkActivity"),
}
"""Member to a form that stays unless it contains what names somebody elsewhere."""

_TIME: Final = re.compile(r"(?i)time|date|expir|notonorafter|notbefore|issuedat|^(?:iat|exp|nbf)$")
_AGENT: Final = frozenset({"userAgent"})


@dataclass(frozen=True, slots=True)
class Place:
    """What is known of values at a place."""

    names: bool
    """Whether they name somebody or something, so that no word of them is ordinary."""

    agent: bool
    """Whether they say which program it was."""

    times: bool
    """Whether numbers there are times."""

    numbers: bool
    """Whether numbers there are counts and limits."""

    constants: frozenset[str]
    """Texts that stay."""

    firm: Callable[[str], object]
    """Asked of a text: whether its form says nothing of anybody."""

    soft: Callable[[str], object]
    """The same, unless it contains what names somebody elsewhere."""


def _never(_text: str) -> None:
    return None


def shortened(path: Path) -> Path:
    """Return a path without its middle, so that depth costs no more than its square root."""
    return path if len(path) <= FARTHEST else (*path[: FARTHEST // 2], *path[-FARTHEST // 2 :])


def is_free(path: Path) -> bool:
    """Return whether any name may stand in the object at a path."""
    return bool(path) and path[-1] in vocabulary().free


def place_of(path: Path) -> Place:
    """Return what is known of values at a path."""
    names = [step for step in path[-4:] if isinstance(step, str)]
    member = names[-1] if names else ""
    return _place(names[-2] if len(names) > 1 else "", member)


@lru_cache(maxsize=4096)
def _place(parent: str, member: str) -> Place:
    known = vocabulary()
    names = is_naming(member) or parent in known.free
    constants = known.constants.get(member, frozenset())
    if not names:
        constants = constants or known.all_constants
    firm = _FIRM.get(member)
    soft = _SOFT.get(member)
    return Place(
        names,
        member in _AGENT,
        _TIME.search(member) is not None,
        member in known.numbers,
        constants,
        firm.fullmatch if firm else _never,
        soft.fullmatch if soft else _never,
    )
