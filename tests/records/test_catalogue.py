"""Every event that AWS's pages and real records name is a known kind.

`events.tsv` was gathered from AWS's user guides, API models and real records, apart from the
kinds of this program.
"""

from __future__ import annotations

from simulator.records.kinds import KINDS
from tests.records.cases import FOLDER


def named() -> list[tuple[str, str, str, bool]]:
    """Return source, name, type and access of every named event."""
    lines = (FOLDER / "events.tsv").read_text("utf-8").splitlines()[1:]
    rows = [line.split("\t") for line in lines]
    return [(source, name, kind, access == "true") for source, name, kind, access in rows]


def unknown(events) -> list[str]:
    """Return the events that are no kind, or a kind of another access."""
    known = {
        (kind.event_source, kind.event_name, kind.event_type, kind.read_only) for kind in KINDS
    }
    return [f"{event[0].partition('.')[0]}/{event[1]}" for event in events if event not in known]


def test_every_named_event_is_a_known_kind():
    """With the type and the access that are named."""
    assert unknown(named()) == []
    assert len(named()) == 230


def test_an_event_that_is_named_otherwise_is_found():
    """Negative control: the wrong access, and the wrong type."""
    source, name, kind, access = named()[0]

    assert unknown([(source, name, kind, not access), (source, name, "AwsServiceEvent", access)])
