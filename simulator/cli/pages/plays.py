"""`docs/plays.md`: attacks, and what looks like them, from the scenarios themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from simulator.cli.pages.markdown import code, fenced, link, notice, table
from simulator.primitives.jsontext import json_text
from simulator.scenario import library, reader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from simulator.scenario.actions import Entry
    from simulator.scenario.document import Scenario
    from simulator.scenario.play import Play

PLAYS: Final = "plays/"
"""What the names of plays begin with."""

_INTRO: Final = """\
A play is an attack on users or administrators of IAM Identity Center, told as a scenario, and each
has a **near-miss**: a benign sequence that looks like it. Both go through the same flows, so that
nothing but behaviour tells them apart, and the truth beside the records labels every one.

Run one as it is, in either era, with other people if wanted:

```sh
trailwright generate plays/device-code-phishing --era post -o phishing/
trailwright generate plays/device-code-phishing --set victim=ana.lopez -o phishing-ana/
```

Or put it among everyday activity: `use` it in the storyline of a scenario, as often as wanted."""

_USE: Final = """\
scenario: attacked-office
description: Two attacks, and what looks like one of them, in an office's week.
window: {start: 2025-01-13, days: 7}
users:
  - {name: ana.lopez, mfa: [totp]}
  - {count: 200, persona: office-worker, mfa: {totp: 80%}}
background: {events: 20000}
storyline:
  - id: phishing
    at: 2025-01-14T13:02:00Z
    use: plays/device-code-phishing
    with: {victim: ana.lopez}
  - {at: 2025-01-15T09:30:00Z, use: plays/device-code-phishing-near-miss}
  - for: {each: [2025-01-16T02:10:00Z, 2025-01-17T02:40:00Z], as: night, every: 0s}
    at: $night
    use: plays/password-spray
"""

_AFTER: Final = """\
What a play needs and the scenario has not (users, networks, accounts and so on) comes along, by
name; who is there already stays as the scenario says and gets the groups and assignments that the
play needs. The play's window, instance and everyday
activity do not come along. `id` names the playing in the truth (`play_id`); without one it is the
play's name and a number.

In the truth ([manifest-and-truth.md](manifest-and-truth.md)) each record has `label`, `techniques`,
`play`, `play_id`, `step` and `actor`, which names who really acted where records cannot tell. No
record depends on any of these. A victim's own steps in an attack are `benign`."""


def page() -> str:
    """Return the page."""
    lines = [notice("scenarios/plays"), "# Plays", "", *_INTRO.split("\n"), ""]
    lines += [*fenced(_USE, "yaml"), *_AFTER.split("\n"), ""]
    plays = {name: library.load(name) for name in library.paths() if name.startswith(PLAYS)}
    attacks = {
        name: scenario
        for name, scenario in plays.items()
        if scenario.play is not None and scenario.play.near_miss_of is None
    }
    lines += table(
        ("play", "techniques", "what happens"),
        (
            (
                link(_short(name), _short(name)),
                ", ".join(_techniques(scenario.storyline)),
                scenario.description,
            )
            for name, scenario in attacks.items()
        ),
    )
    for name, scenario in attacks.items():
        lines += [f"## {_short(name)}", "", *_told(name, scenario)]
        twin = scenario.play and scenario.play.near_miss
        if twin in plays:
            lines += [f"### {_short(twin)}", "", *_told(twin, plays[twin])]
    return "\n".join(lines).rstrip() + "\n"


def _short(name: str) -> str:
    return name.removeprefix(PLAYS)


def _told(name: str, scenario: Scenario) -> Iterator[str]:
    """Yield what a play says of itself."""
    play: Play | None = scenario.play
    assert play is not None
    yield from (scenario.description, "")
    if play.prerequisites:
        yield from (f"**Needs**: {' '.join(play.prerequisites.split())}", "")
    yield from (f"**Look for**: {' '.join(play.signs.split())}", "")
    steps = dict.fromkeys(
        (entry.step or "", entry.label or "", ", ".join(entry.techniques))
        for entry in _all(scenario.storyline)
    )
    yield from table(
        ("step", "label", "techniques"),
        ((code(step), label, techniques) for step, label, techniques in steps),
    )
    parameters: dict[str, Any] = reader.parse(
        reader.file_text(library.paths()[name]), name
    ).value.get("parameters", {})
    if parameters:
        yield from table(
            ("parameter", "default", "meaning"),
            (
                (code(parameter), code(_value(said["default"])), said["meaning"])
                for parameter, said in parameters.items()
            ),
        )


def _value(value: object) -> str:
    return value if isinstance(value, str) else json_text(value).decode()  # type: ignore[arg-type]  # text, lists and mappings


def _all(entries: Iterable[Entry]) -> Iterator[Entry]:
    for entry in entries:
        yield entry
        yield from _all(entry.then)


def _techniques(entries: Iterable[Entry]) -> list[str]:
    return sorted({technique for entry in _all(entries) for technique in entry.techniques})
