"""The Python API: what `from simulator import …` gives, and its likeness to YAML."""

from __future__ import annotations

import builtins
import inspect
import re

import pytest

import simulator
from simulator import (
    Background,
    Group,
    Population,
    Scenario,
    SignIn,
    SignInWith,
    User,
    Window,
    compile_scenario,
    generate,
    prepare,
)
from simulator.primitives.instants import parse_instant
from simulator.scenario.library import read
from simulator.scenario.resolve import resolve
from simulator.scenario.schema import said_of

YAML = """
scenario: twin
seed: 3
window: {start: 2025-01-10, days: 5}
groups: [{name: Everyone}]
users:
  - {name: ana.lopez, mfa: [totp], groups: [Everyone]}
  - {count: 20, mfa: {totp: 50%}}
background: {events: 150}
storyline:
  - at: 2025-01-13T09:00:00Z
    user: ana.lopez
    does: sign-in
    with: {password: [wrong, right]}
"""


def lines(scenario: Scenario) -> list[bytes]:
    """Return the records of a resolved scenario."""
    plan, _ = compile_scenario(scenario)
    return [line for batch in generate(plan) for line in batch.lines]


def test_a_yaml_file_and_its_python_twin_give_the_same_bytes() -> None:
    """The API is the same model as the language."""
    twin = Scenario(
        scenario="twin",
        seed=3,
        window=Window(start=parse_instant("2025-01-10"), days=5),
        groups=(Group(name="Everyone"),),
        users=(
            User(name="ana.lopez", mfa=("totp",), groups=("Everyone",)),
            Population(count=20, mfa={"totp": 500_000}),
        ),
        background=Background(events=150),
        storyline=(
            SignIn(
                at=parse_instant("2025-01-13T09:00:00Z"),
                user="ana.lopez",
                with_=SignInWith(password=("wrong", "right")),
            ),
        ),
    )

    assert lines(prepare(twin)) == lines(resolve(read(YAML, "twin.yaml")))


@pytest.mark.parametrize("name", simulator.__all__)
def test_every_public_name_is_there(name: str) -> None:
    """What is listed can be imported."""
    assert getattr(simulator, name).__name__ == name


def test_an_unknown_name_is_an_attribute_error() -> None:
    """A name that is not public is refused as Python refuses it."""
    with pytest.raises(AttributeError, match="has no attribute 'Sign'"):
        simulator.Sign  # noqa: B018  # asked for on purpose


def undocumented(thing: object) -> list[str]:
    """Return what is lacking of the docstring of a public class or function, and of its members."""
    if inspect.isfunction(thing):
        return lacking_of(thing)
    assert isinstance(thing, type)
    lacking = [] if summary_of(thing) else ["summary"]
    # Which action it is, `does` says: nobody gives it in Python.
    own = inspect.get_annotations(thing).keys() - {"does"}
    fields = {name for name in own if not name.startswith("_")}
    lacking += sorted(fields - said_of(thing).keys())
    for name, member in vars(thing).items():
        if not name.startswith("_") and inspect.isfunction(member):
            lacking += [f"{name}: {one}" for one in lacking_of(member, is_whole=False)]
        if isinstance(member, property) and not summary_of(member):
            lacking.append(name)
    return lacking


def summary_of(thing: object) -> str | None:
    """Return the first line of what is said of a thing itself, if that is a sentence."""
    first = (getattr(thing, "__doc__", None) or "").partition("\n")[0]
    return first if re.fullmatch(r"[A-Z`].+[.:]", first) else None


def lacking_of(function, *, is_whole: bool = True) -> list[str]:
    """Return what a function's docstring lacks.

    Args:
        function: Of which it is.
        is_whole: Whether it must also tell arguments and results that speak for themselves.
    """
    told = inspect.getdoc(function) or ""
    found = re.findall(r"(?m)^(Args|Returns|Yields|Raises):\n((?:    .*\n?|\n)+)", told)
    sections = dict(found)
    named = {section: set(re.findall(r"(?m)^    (\w+):", text)) for section, text in found}
    lacking = [] if summary_of(function) else ["summary"]
    parameters = inspect.signature(function).parameters.keys() - {"self"}
    if is_whole:
        lacking += sorted(parameters - named.get("Args", set()))
        lacking += [] if {"Returns", "Yields"} & sections.keys() else ["result"]
    lacking += sorted(named.get("Args", set()) - parameters)
    for name in sorted(named.get("Raises", set())):
        if name not in simulator.__all__ and not hasattr(builtins, name):
            lacking.append(name)
    return lacking


@pytest.mark.parametrize("name", simulator.__all__)
def test_every_public_name_is_documented(name: str) -> None:
    """Fields and arguments one by one, results, and errors that whoever reads can catch."""
    assert undocumented(getattr(simulator, name)) == []


def test_what_is_not_documented_is_found() -> None:
    """The control: each thing that may lack."""

    def said(known: int, unknown: int) -> int:
        """Return something.

        Args:
            known: What it is.
            gone: What it was.

        Raises:
            KeyError: It is not there.
            HiddenError: Nobody can name it.
        """
        return known + unknown

    class Said:
        field: int

        def method(self) -> None:
            pass

    assert undocumented(said) == ["unknown", "result", "gone", "HiddenError"]
    assert undocumented(Said) == ["summary", "field", "method: summary"]
