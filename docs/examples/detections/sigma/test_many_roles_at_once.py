"""The Sigma rule finds what it is for, in both eras, and nothing else.

pySigma makes it SQL, which SQLite runs over the records: pip install pysigma pysigma-backend-sqlite
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sigma.backends.sqlite import sqliteBackend
from sigma.collection import SigmaCollection

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from simulator.testing import TrailMaker

RULE = SigmaCollection.from_yaml(Path(__file__).with_name("many_roles_at_once.yml").read_text())


def flat(value: dict[str, Any], above: str = "") -> Iterator[tuple[str, str | None]]:
    """Yield the members of a record by their path, as Sigma names them."""
    for name, inner in value.items():
        if isinstance(inner, dict):
            yield from flat(inner, f"{above}{name}.")
        elif inner is None or isinstance(inner, str):
            yield above + name, inner
        else:
            yield above + name, json.dumps(inner)  # as SIEMs do with what is no text


def alerts(records: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the alerts that the rule raises over records."""
    rows = [dict(flat(record)) for record in records]
    columns = sorted({name for row in rows for name in row})
    backend = sqliteBackend(
        table="cloudtrail", timestamp_field="eventTime", event_id_field="eventID"
    )
    with closing(sqlite3.connect(":memory:")) as database:
        database.row_factory = sqlite3.Row
        named = ", ".join(f'"{name}" TEXT COLLATE NOCASE' for name in columns)
        database.execute(f"CREATE TABLE cloudtrail ({named})")
        places = ", ".join("?" for _ in columns)
        database.executemany(
            f"INSERT INTO cloudtrail VALUES ({places})",  # noqa: S608  # question marks
            [[row.get(name) for name in columns] for row in rows],
        )
        (query,) = backend.convert(RULE)
        return [dict(row) for row in database.execute(query)]


@pytest.mark.parametrize("era", ["pre", "post"])
@pytest.mark.parametrize("play", ["device-code-phishing", "mass-credential-retrieval"])
def test_it_finds_the_attack(trail: TrailMaker, play: str, era: str) -> None:
    """And names records of the attack alone."""
    records = trail(f"plays/{play}", era=era)

    found = alerts(records)

    named = {event_id for alert in found for event_id in json.loads(alert["event_ids"])}
    assert found
    assert named <= {f"0:{record['eventID']}" for record in records.attacks}


@pytest.mark.parametrize("era", ["pre", "post"])
def test_it_leaves_what_looks_like_it(trail: TrailMaker, era: str) -> None:
    """A build server's device code that takes the one role it needs."""
    assert alerts(trail("plays/device-code-phishing-near-miss", era=era)) == []


def test_it_leaves_an_ordinary_week(trail: TrailMaker) -> None:
    """Across the change of January 2025."""
    assert alerts(trail("quickstart", events=400)) == []


def test_it_takes_a_release_for_an_attack(trail: TrailMaker) -> None:
    """What is known of it: whoever releases to many accounts at once raises an alert."""
    records = trail("plays/mass-credential-retrieval-near-miss")

    assert alerts(records)
    assert not records.attacks
