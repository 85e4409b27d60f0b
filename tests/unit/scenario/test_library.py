"""Finding scenarios, and changing them from the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from simulator.errors import InputError, RequestError, ScenarioError
from simulator.scenario.actions import CreateGroup, GroupDetails
from simulator.scenario.document import Administrator, Scenario, User, Window
from simulator.scenario.library import find, load, names, prepare

if TYPE_CHECKING:
    from pathlib import Path


def test_a_shipped_scenario_is_found_by_its_name() -> None:
    """With its folder, which tells it from others of its name."""
    assert load("quickstart").scenario == "quickstart"
    assert load("storylines/password-totp").scenario == "password-totp"


def test_a_file_goes_before_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has a file called quickstart means it."""
    (tmp_path / "quickstart").write_text("scenario: mine\nwindow: {start: 2025-01-10, days: 1}\n")
    monkeypatch.chdir(tmp_path)

    assert load("quickstart").scenario == "mine"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "quikstart",
            (
                "no such file or scenario: quikstart (did you mean 'quickstart'?); "
                "`scenario list` shows those that are shipped"
            ),
        ),
        (
            "office",
            (
                "no such file or scenario: office (did you mean 'baseline/office'?); "
                "`scenario list` shows those that are shipped"
            ),
        ),
        ("zzz", "no such file or scenario: zzz; `scenario list` shows those that are shipped"),
        ("mine.yaml", "mine.yaml: no such file"),
    ],
)
def test_a_name_that_nothing_has_is_answered_with_a_near_one(name: str, words: str) -> None:
    """A name is suggested where one is close."""
    with pytest.raises(InputError) as caught:
        load(name)

    assert str(caught.value) == words


def test_shipped_scenarios_are_listed_with_their_descriptions() -> None:
    """In order, folders included."""
    listed = names()

    assert list(listed) == sorted(listed)
    assert listed["quickstart"].startswith("A company of 40")
    assert find("baseline/office").name == "office.yaml"


def test_values_of_the_command_line_take_the_place_of_the_file_s() -> None:
    """They are read as they would be in the file."""
    scenario = load("quickstart", seed=7, era="post", cutover="revised", events=12)

    assert (scenario.seed, scenario.era) == (7, "post-january-2025")
    assert scenario.cutover == "revised"
    assert (scenario.background.events, scenario.background.intensity) == (12, None)


def test_intensity_takes_the_place_of_events() -> None:
    """One of the two holds."""
    background = load("quickstart", intensity="0.5").background

    assert (background.events, background.intensity) == (None, 500_000)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"era": "past"}, "era: expected by-date, pre, post, "),
        ({"seed": -1}, "seed: expected a whole number between 0 and "),
        ({"cutover": "soon"}, "cutover: expected announced, revised, observed or an instant"),
        ({"intensity": "much"}, "intensity: expected a number such as 1.6"),
        ({"events": 1, "intensity": "1"}, "give events or intensity, not both"),
    ],
)
def test_a_value_that_is_none_is_refused(changes: dict[str, object], words: str) -> None:
    """As a wrong request: the file is not to blame."""
    with pytest.raises(RequestError) as caught:
        load("quickstart", **changes)

    assert str(caught.value).startswith(words)


def _twin(group: str) -> Scenario:
    return Scenario(
        scenario="twin",
        window=Window(start="2025-01-10", days=7),
        users=[User(name="ana", mfa=["totp"])],
        administrators=[Administrator(name="bob")],
        groups=[{"name": "Staff"}],
        storyline=[
            CreateGroup(at="2025-01-13T09:00:00Z", admin="bob", group=GroupDetails(name=group))
        ],
    )


def test_a_scenario_made_in_python_is_the_same_as_its_twin_in_yaml(tmp_path: Path) -> None:
    """One model, two ways to write it."""
    path = tmp_path / "twin.yaml"
    path.write_text(
        "scenario: twin\n"
        "window: {start: 2025-01-10, days: 7}\n"
        "users: [{name: ana, mfa: [totp]}]\n"
        "administrators: [{name: bob}]\n"
        "groups: [{name: Staff}]\n"
        "storyline:\n"
        "  - {at: 2025-01-13T09:00:00Z, admin: bob, does: create-group, group: {name: New}}\n"
    )

    assert prepare(_twin("New")) == load(path)


def test_a_scenario_made_in_python_is_checked_too() -> None:
    """Its findings have paths, and its name for a file."""
    with pytest.raises(ScenarioError) as caught:
        prepare(_twin("Staff"))

    assert str(caught.value) == "twin storyline.0.group.name: there is a group Staff by then"
