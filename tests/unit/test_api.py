"""The Python API: what `from simulator import …` gives, and its likeness to YAML."""

from __future__ import annotations

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
