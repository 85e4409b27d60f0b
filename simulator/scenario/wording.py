"""What the model finds wrong with a document, in plain words and with its place.

The model's own messages speak of types and of its inner union tags. These speak of
what was written and what to write instead.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, get_args, get_origin

from simulator.scenario.actions import Entry, Part, action_classes
from simulator.scenario.document import Population, Scenario, User

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong at a place of the document."""

    where: tuple[str | int, ...]
    """Keys and positions from the top."""
    message: str
    """What is wrong and what to do."""
    at_key: bool = False
    """Whether the key is meant rather than its value."""


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return ` (did you mean 'name'?)` if something known is close to a word, or nothing."""
    names = sorted(set(known))
    folded = {name.lower(): name for name in reversed(names)}
    close = difflib.get_close_matches(word.lower(), folded, n=1, cutoff=0.6)
    return f" (did you mean '{folded[close[0]]}'?)" if close else ""


def listed(words: Iterable[str], last: str = "or") -> str:
    """Return words as a list in a sentence: `a, b or c`."""
    *most, final = words
    return f"{', '.join(most)} {last} {final}" if most else final


def listed_twice(where: tuple[str | int, ...], names: Iterable[str]) -> Iterator[Problem]:
    """Yield which names of a list stand before in it."""
    seen: set[str] = set()
    for place, name in enumerate(names):
        if name in seen:
            yield Problem((*where, place), f"{name} is listed twice")
        seen.add(name)


def keys_of(part: type[Part]) -> list[str]:
    """Return the keys that may be written in a part."""
    return [field.alias or name for name, field in part.model_fields.items()]


Where: TypeAlias = tuple[str | int, ...]


def _parts(annotation: Any) -> list[type[Part]]:  # noqa: ANN401  # a type expression
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return [annotation]
    if get_origin(annotation) is Literal:
        return []
    return [part for inner in get_args(annotation) for part in _parts(inner)]


def _chosen(parts: list[type[Part]], value: Any) -> type[Part] | None:  # noqa: ANN401
    if isinstance(value, dict):
        if Population in parts:
            return Population if "count" in value else User
        if Entry in parts:
            return action_classes().get(value.get("does", ""))
    return parts[0] if parts else None


def part_at(
    document: Any,  # noqa: ANN401
    where: tuple[str | int, ...],
    top: type[Part] = Scenario,
) -> type[Part] | None:
    """Return which part of the model stands at a place, if one does."""
    value = document
    parts: list[type[Part]] = [top]
    part: type[Part] | None = top
    for step in where:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
        if isinstance(step, str):
            if part is None:
                # The key of a mapping such as `personas`: the same parts lie below it.
                part = _chosen(parts, value)
                continue
            named = {field.alias or name: field for name, field in part.model_fields.items()}
            if step not in named:
                return None
            parts = _parts(named[step].annotation)
            holds_many = isinstance(value, list) or get_origin(named[step].annotation) is dict
            part = None if holds_many else _chosen(parts, value)
        else:
            part = _chosen(parts, value)
    return part


def misspelled_aliases(document: Any) -> Iterator[tuple[tuple[str | int, ...], str]]:  # noqa: ANN401
    """Yield keys that are names in Python only, such as `with_`, which the model lets pass."""
    stack: list[tuple[tuple[str | int, ...], Any]] = [((), document)]
    while stack:
        where, value = stack.pop()
        if isinstance(value, list):
            stack += [((*where, position), inner) for position, inner in enumerate(value)]
        elif isinstance(value, dict):
            stack += [((*where, key), inner) for key, inner in value.items()]
            if not _PYTHON_ONLY.isdisjoint(value) and (part := part_at(document, where)):
                for name, field in part.model_fields.items():
                    if field.alias and name in value:
                        words = f"no such key (did you mean '{field.alias}'?)"
                        yield (*where, name), words


_PYTHON_ONLY: Final = frozenset({"with_", "start", "end"})


def _where(error: ErrorDetails) -> tuple[str | int, ...]:
    """Return the place of an error without the model's union tags."""
    steps: list[str | int] = []
    skip = False
    for step in error["loc"]:
        if skip:
            skip = False
            continue
        steps.append(step)
        skip = steps == ["cutover"] or (len(steps) == 2 and steps[0] == "users")
    return tuple(step for step in steps if step != "[key]")


@dataclass(frozen=True, slots=True)
class _Fault:
    """What the model says, and what it is about."""

    said: ErrorDetails
    where: Where
    document: Any
    top: type[Part]
    """What the document is."""

    def limit(self, name: str) -> int:
        """Return a limit that was passed, or 0 if this is not the one."""
        return int(self.said.get("ctx", {}).get(name, 0))

    def written(self) -> Any:  # noqa: ANN401  # whatever the document holds
        """Return what stands at the place."""
        value = self.document
        for step in self.where:
            value = value[step]
        return value

    def says(self, words: str) -> Problem:
        """Return the finding in these words."""
        return Problem(self.where, words, at_key="[key]" in self.said["loc"])


def _no_such_key(fault: _Fault) -> Problem:
    part = part_at(fault.document, fault.where[:-1], fault.top)
    hint = suggestion(str(fault.where[-1]), keys_of(part)) if part else ""
    return Problem(fault.where, f"no such key{hint}", at_key=True)


def _no_such_action(fault: _Fault) -> Problem:
    word = fault.written().get("does")
    if word is None:
        words = "is missing: say which action"
    elif isinstance(word, str):
        words = f"no such action{suggestion(word, action_classes())}"
    else:
        words = "expected the name of an action"
    return Problem((*fault.where, "does"), words)


def _not_one_of(fault: _Fault) -> Problem:
    expected = fault.said["ctx"]["expected"].replace(" or ", ", ").split(", ")
    words = [word.strip("'") for word in expected]
    return fault.says(f"expected {listed(words)}{suggestion(str(fault.said['input']), words)}")


def _too_few(fault: _Fault) -> Problem | None:
    if len(fault.written()) >= fault.limit("min_length"):
        # There are enough: some have a finding of their own and were not counted.
        return None
    return fault.says("expected at least one")


def _too_many(fault: _Fault) -> Problem:
    return fault.says(f"expected at most {fault.limit('max_length')}")


_MAPPING: Final = "expected keys and values"
_WORDING: Final[dict[str, Callable[[_Fault], Problem | None]]] = {
    "extra_forbidden": _no_such_key,
    "no_such_action": _no_such_action,
    "literal_error": _not_one_of,
    "too_short": _too_few,
    "too_long": _too_many,
    "value_error": lambda fault: fault.says(str(fault.said["ctx"]["error"])),
    "missing": lambda fault: fault.says("is missing"),
    "tuple_type": lambda fault: fault.says("expected a list: put it in [ ]"),
    "string_type": lambda fault: fault.says("expected text"),
    "string_too_long": lambda fault: fault.says(
        f"longer than {fault.limit('max_length')} characters"
    ),
    "string_too_short": lambda fault: fault.says("cannot be empty"),
    "model_type": lambda fault: fault.says(_MAPPING),
    "model_attributes_type": lambda fault: fault.says(_MAPPING),
    "dict_type": lambda fault: fault.says(_MAPPING),
    "int_type": lambda fault: fault.says("expected text"),
    "bool_type": lambda fault: fault.says("expected true or false"),
}


def explain(
    error: ValidationError,
    document: Any,  # noqa: ANN401
    top: type[Part] = Scenario,
) -> Iterator[Problem]:
    """Yield what is wrong with a scenario or a part of one, in words and with its place."""
    for said in error.errors(include_url=False):
        fault = _Fault(said, _where(said), document, top)
        if said["type"] not in {"missing", "extra_forbidden"} and said["input"] is None:
            yield fault.says("has no value: give one or leave the key out")
        elif (word := _WORDING.get(said["type"])) is None:
            yield fault.says(said["msg"][0].lower() + said["msg"][1:])
        elif (problem := word(fault)) is not None:
            yield problem
