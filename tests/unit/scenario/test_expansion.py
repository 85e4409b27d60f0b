"""Parameters, `for` and `use` are written out before anything else is asked."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from simulator.errors import RequestError, ScenarioError
from simulator.scenario import expansion, library
from simulator.scenario.dump import dump

if TYPE_CHECKING:
    from pathlib import Path

PLAY = """
scenario: knock
play: {signs: Somebody knocks.}
parameters:
  who: {meaning: Who knocks., default: ana.lopez}
  tries: {meaning: How often., default: [wrong]}
window: {start: 2025-02-01, days: 3}
users:
  - {name: $who, mfa: [totp]}
  - {name: bo.lind}
  - {count: 5}
networks: [{name: far, country: NL, kind: hosting}]
computers: [{name: stranger, network: far}]
storyline:
  - id: first
    at: 2025-02-01T10:00:00Z
    user: $who
    does: sign-in
    with: {password: $tries}
    computer: stranger
    impostor: intruder
    label: malicious
    techniques: [T1110]
    step: knock
    then:
      - {id: again, after: 1m, does: sign-in, with: {password: [wrong]}, step: knock-again}
  - at: 2025-02-02T11:30:00Z
    user: bo.lind
    does: sign-in
    with: {password: [wrong]}
"""

HOST = """
scenario: host
window: {start: 2025-01-13, days: 3}
instance: {mfa: {prompt: never}}
users:
  - {name: ana.lopez, given_name: Ana, family_name: Lopez}
  - {name: chen.wu}
storyline:
"""


@pytest.fixture
def play(tmp_path: Path) -> Path:
    """Return the file of the play."""
    path = tmp_path / "knock.yaml"
    path.write_text(PLAY)
    return path


@pytest.fixture
def files(play: Path):
    """Return what writes a host with these entries beside the play, and reads it."""

    def read(entries: str):
        path = play.with_name("host.yaml")
        path.write_text(HOST + dedent(entries))
        return library.load(path)

    return read


def findings(error: pytest.ExceptionInfo[ScenarioError]) -> list[str]:
    """Return findings without the folder."""
    return [line.rpartition("/")[2] for line in str(error.value).splitlines()]


def told(scenario):
    """Return what the truth is told, for every entry at the top and under it."""
    return [
        (one.play, one.play_id, one.step, one.id)
        for entry in scenario.storyline
        for one in (entry, *entry.then)
    ]


def test_a_play_stands_on_its_own(play):
    """With the defaults of its parameters; its entries are part of it."""
    scenario = library.load(play)

    assert [entry.user for entry in scenario.storyline] == ["ana.lopez", "bo.lind"]
    assert told(scenario) == [
        ("knock", "knock", "knock", "first"),
        ("knock", "knock", "knock-again", "again"),
        ("knock", "knock", None, None),
    ]


def test_what_is_under_an_entry_is_told_the_same(play):
    """Label, techniques, impostor and computer hold until something else is said."""
    [below] = library.load(play).storyline[0].then

    assert (below.label, below.techniques, below.impostor, below.computer) == (
        "malicious",
        ("T1110",),
        "intruder",
        "stranger",
    )


def test_a_play_begins_when_it_is_used(files):
    """What lies between its entries stays; ids begin with the use's."""
    scenario = files(
        """
        - {use: knock.yaml, id: one, at: 2025-01-13T08:00:00Z, with: {who: chen.wu}}
        """
    )

    assert [entry.user for entry in scenario.storyline] == ["chen.wu", "bo.lind"]
    first, second = (entry.at for entry in scenario.storyline)
    assert second - first == (25 * 60 + 30) * 60_000
    assert told(scenario) == [
        ("knock", "one", "knock", "one.first"),
        ("knock", "one", "knock-again", "one.again"),
        ("knock", "one", None, None),
    ]


def test_a_play_brings_what_is_not_there(files):
    """By name: who is there already stays as the scenario says, and populations stay away."""
    scenario = files("- {use: knock.yaml, at: 2025-01-13T08:00:00Z}\n")

    assert [user.name for user in scenario.users] == ["ana.lopez", "chen.wu", "bo.lind"]
    assert scenario.users[0].mfa == ()
    assert [computer.name for computer in scenario.computers] == ["stranger"]
    assert "far" in {network.name for network in scenario.networks}


def test_who_is_there_gets_what_the_play_needs(files, play):
    """Groups and assignments, beside those that the scenario gives."""
    text = PLAY.replace("mfa: [totp]}", "mfa: [totp], groups: [Staff], assignments: [$grant]}")
    text = text.replace("parameters:", "parameters:\n  grant: {meaning: What., default: {}}")
    needs = """
organization: {accounts: [{name: prod}]}
permission_sets: [{name: Reader}]
groups:
  - {name: Staff, assignments: [{permission_set: Reader, accounts: [prod]}]}
"""
    play.write_text(text.replace("window:", f"{needs}window:", 1).lstrip())
    with_ = "with: {grant: {permission_set: Reader, accounts: [prod]}}"
    scenario = files(f"- {{use: knock.yaml, at: 2025-01-13T08:00:00Z, {with_}}}\n")

    ana = scenario.users[0]
    assert (ana.groups, ana.given_name) == (("Staff",), "Ana")
    assert [one.permission_set for one in ana.assignments] == ["Reader"]


def test_playings_without_id_are_numbered(files):
    """And their entries have no ids, which would be there twice."""
    scenario = files(
        """
        - {use: knock.yaml, at: 2025-01-13T08:00:00Z}
        - {use: knock.yaml, at: 2025-01-13T12:00:00Z}
        """
    )

    assert {(entry.play_id, entry.id) for entry in scenario.storyline} == {
        ("knock-1", None),
        ("knock-2", None),
    }


def test_for_does_the_same_for_each(files):
    """At the top between starts, under `then` between an end and a start; ids are numbered."""
    scenario = files(
        """
        - for: {each: [ana.lopez, chen.wu], as: name, every: 40s}
          id: knock
          at: 2025-01-13T08:00:00Z
          user: $name
          does: sign-in
          then:
            - for: {each: [1, 2, 3], as: n, every: 5s}
              does: browse-portal
              applications: $n
        """
    )

    first, second = scenario.storyline
    assert (first.user, first.id, second.user, second.id) == (
        "ana.lopez",
        "knock-1",
        "chen.wu",
        "knock-2",
    )
    assert second.at - first.at == 40_000
    assert [(one.applications, one.after) for one in second.then] == [
        (1, 10_000),
        (2, 5_000),
        (3, 5_000),
    ]


def test_a_play_may_be_used_for_each(files):
    """`for` and `use` go together."""
    scenario = files(
        """
        - for: {each: [ana.lopez, chen.wu], as: name, every: 1d}
          use: knock.yaml
          id: series
          at: 2025-01-13T08:00:00Z
          with: {who: $name, tries: [wrong, wrong]}
        """
    )

    assert [(entry.user, entry.play_id) for entry in scenario.storyline] == [
        ("ana.lopez", "series-1"),
        ("bo.lind", "series-1"),
        ("chen.wu", "series-2"),
        ("bo.lind", "series-2"),
    ]


def test_parameters_are_given_from_outside(play):
    """As the command line does."""
    scenario = library.load(play, parameters={"who": "zoe.hart"})

    assert scenario.storyline[0].user == "zoe.hart"


def test_what_is_written_out_reads_back_the_same(files):
    """A resolved scenario needs no play, and says the same."""
    scenario = files("- {use: knock.yaml, id: one, at: 2025-01-13T08:00:00Z}\n")

    assert library.prepare(library.read(dump(scenario), "again")) == scenario


def test_a_dollar_means_nothing_without_parameters(files):
    """Nor do texts that only begin with one."""
    scenario = files(
        """
        - {at: 2025-01-13T08:00:00Z, user: ana.lopez, does: sign-in,
           pin: {user_agent: $shell}}
        """
    )

    assert scenario.storyline[0].pin.user_agent == "$shell"


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        (
            "- {use: nock.yaml, at: 2025-01-13T08:00:00Z}",
            ["host.yaml:9:9 storyline.0.use: no such play"],
        ),
        (
            "- {use: knock.yaml, at: 2025-01-13T08:00:00Z, with: {whom: ana.lopez}}",
            ["host.yaml:9:54 with.whom: no such parameter (did you mean 'who'?)"],
        ),
        (
            "- {use: knock.yaml}",
            ["host.yaml:9:3 storyline.0.at: is missing"],
        ),
        (
            "- {use: knock.yaml, at: 2025-01-13T08:00:00Z, wiht: {}}",
            ["host.yaml:9:47 storyline.0.wiht: no such key (did you mean 'with'?)"],
        ),
        (
            "- {for: {each: [], as: x, every: 1s}, at: 2025-01-13T08:00:00Z, does: sign-in}",
            ["host.yaml:9:16 storyline.0.for.each: expected at least one"],
        ),
        (
            """
- {use: knock.yaml, at: 2025-01-13T08:00:00Z, with: {who: nobody.is}}
- {at: 2025-01-14T08:00:00Z, user: nobody.else, does: sign-in}""",
            ["host.yaml:11:36 storyline.2.user: no such user (did you mean 'nobody.is'?)"],
        ),
        (
            "- {use: knock.yaml, at: 2025-01-19T08:00:00Z}",
            [
                "host.yaml:9:25 storyline.0.at: outside the window",
                "host.yaml:9:25 storyline.1.at: outside the window",
            ],
        ),
        (
            "- {use: host.yaml, at: 2025-01-13T08:00:00Z}",
            ["host.yaml:9:9 storyline.0.use: plays within plays: host.yaml"],
        ),
    ],
)
def test_what_is_wrong_has_its_place(files, entries, expected):
    """In whichever file it was written."""
    with pytest.raises(ScenarioError) as error:
        files(entries + "\n")

    assert [line for line in findings(error) if "file" not in line][: len(expected)] == expected


def test_an_unknown_parameter_in_a_play_is_found_there(files, tmp_path):
    """With the play's own file and line."""
    (tmp_path / "odd.yaml").write_text(PLAY.replace("user: $who", "user: $woh"))

    with pytest.raises(ScenarioError) as error:
        files("- {use: odd.yaml, at: 2025-01-13T08:00:00Z}\n")

    assert findings(error) == [
        "odd.yaml:17:11 storyline.0.user: no such parameter (did you mean 'who'?)"
    ]


def test_a_parameter_that_is_not_there_cannot_be_given(play):
    """Also from outside."""
    with pytest.raises(ScenarioError, match="no such parameter"):
        library.load(play, parameters={"whose": "x"})


def test_copies_are_bounded(files, monkeypatch):
    """A few lines cannot fill the memory."""
    monkeypatch.setattr(expansion, "MOST_VALUES", 5_000)
    many = ", ".join(["a"] * 200)
    loop = f"for: {{each: [{many}], as: x, every: 1s}}"
    inner = f"- {{{loop}, does: sign-in}}"
    middle = f"- {{{loop}, does: sign-in, then: [{inner[2:]}]}}"
    deep = f"- {{{loop}, at: 2025-01-13T08:00:00Z, does: sign-in, then: [{middle[2:]}]}}"

    with pytest.raises(ScenarioError, match="values, written out"):
        files(deep + "\n")


def test_requests_are_refused_as_before() -> None:
    """Negative control: what is given from outside is no request for anything else."""
    with pytest.raises(RequestError):
        library.load("quickstart", events=1, intensity="1")


def test_an_entry_of_a_play_that_is_none_is_refused(files, play):
    """With its place in the play."""
    play.write_text(PLAY.replace("storyline:\n", "storyline:\n  - 5\n"))

    with pytest.raises(ScenarioError) as error:
        files("- {use: knock.yaml, at: 2025-01-13T08:00:00Z}\n")

    assert findings(error) == ["knock.yaml:15:5 storyline.0: expected keys and values"]


def test_what_has_no_name_is_not_brought_along(files, play):
    """A number among networks is nothing that a scenario could need."""
    play.write_text(PLAY.replace("networks: [", "networks: [7, "))

    scenario = files("- {use: knock.yaml, at: 2025-01-13T08:00:00Z}\n")

    assert "far" in {network.name for network in scenario.networks}


def test_playings_are_bounded_together(files, monkeypatch):
    """A small play that is used often comes to much."""
    monkeypatch.setattr(expansion, "MOST_VALUES", 500)
    use = "- {use: knock.yaml, at: 2025-01-13T08:00:00Z}\n"

    assert files(use).storyline
    with pytest.raises(ScenarioError, match="values, written out"):
        files(use * 10)


@pytest.mark.parametrize("key", ["users", "networks", "organization"])
def test_what_is_no_list_in_the_host_is_refused_and_not_replaced(tmp_path, play, key):
    """A play that brings something does not hide what is wrong."""
    needs = "organization: {accounts: [{name: prod}]}\n"
    play.write_text(PLAY.lstrip() + needs)
    host = "\n".join(
        line for line in HOST.splitlines() if not line.startswith(("users", "  - {name"))
    )
    path = tmp_path / "host.yaml"
    path.write_text(f"{host}\n- {{use: knock.yaml, at: 2025-01-13T08:00:00Z}}\n{key}: nonsense\n")

    with pytest.raises(ScenarioError) as error:
        library.load(path)

    assert any(f" {key}: expected" in line for line in findings(error))
