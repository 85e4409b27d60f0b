"""Ways into accounts: what was granted, and what was used."""

from __future__ import annotations

from simulator.reports import access
from simulator.reports.access import granted_access, used_access
from simulator.scenario.library import read
from simulator.scenario.resolve import resolve

SCENARIO = """
scenario: ways
window: {start: 2025-01-13, days: 1}
organization:
  management_account: {name: management, id: "111122223333"}
  accounts: [{name: payments, id: "444455556666"}, {name: sandbox, id: "777788889999"}]
permission_sets: [{name: ReadOnly}, {name: Admin}]
groups:
  - name: Readers
    assignments: [{permission_set: ReadOnly, accounts: [payments, sandbox]}]
  - name: Auditors
    assignments: [{permission_set: ReadOnly, accounts: [payments]}]
users:
  - {name: ana.lopez, groups: [Readers, Auditors]}
  - {name: bo.lind, assignments: [{permission_set: Admin, accounts: [sandbox]}]}
  - {count: 5, groups: {Readers: 100%}}
"""
PAYMENTS = "444455556666"


def granted(used, busiest=("ana.lopez", "bo.lind")):
    """Return the ways of the scenario."""
    return granted_access(resolve(read(SCENARIO, "ways.yaml")), used, busiest)


def test_what_is_granted_is_there_whether_used_or_not():
    """By group and directly; those who are not named stand together."""
    found = granted({("ana.lopez", "ReadOnly", PAYMENTS): 3})

    assert {tuple(name for _, name in way.stops): way.used for way in found.ways} == {
        ("ana.lopez", "Readers", "ReadOnly", "payments"): 3,
        ("ana.lopez", "Readers", "ReadOnly", "sandbox"): 0,
        ("ana.lopez", "Auditors", "ReadOnly", "payments"): 3,
        ("bo.lind", "Admin", "sandbox"): 0,
        ("5 more in Readers", "Readers", "ReadOnly", "payments"): 0,
        ("5 more in Readers", "Readers", "ReadOnly", "sandbox"): 0,
    }


def test_what_two_groups_grant_was_used_once():
    """In the sums of nodes and edges."""
    found = granted({("ana.lopez", "ReadOnly", PAYMENTS): 3})
    nodes = dict(found.nodes())

    assert nodes[0, "ana.lopez"] == nodes[2, "ReadOnly"] == nodes[3, "payments"] == 3
    assert nodes[1, "Readers"] == nodes[1, "Auditors"] == 3
    edges = {(one, other): used for one, other, used in found.edges()}
    assert edges[(2, "ReadOnly"), (3, "payments")] == 3


def test_what_was_never_granted_is_there_too():
    """Such as what a storyline granted later, or what somebody unknown used."""
    found = granted({("intruder", "Admin", PAYMENTS): 1})

    assert any(
        way.stops == ((0, "intruder"), (2, "Admin"), (3, "payments")) and way.used == 1
        for way in found.ways
    )


def test_a_node_is_related_to_all_on_its_ways():
    """And to nobody else."""
    related = granted({}).related()

    assert related[1, "Auditors"] == {
        (0, "ana.lopez"),
        (1, "Auditors"),
        (2, "ReadOnly"),
        (3, "payments"),
    }


def test_what_is_used_least_is_left_out(monkeypatch):
    """And counted."""
    monkeypatch.setattr(access, "MOST_NODES", 1)

    found = used_access({("ana.lopez", "ReadOnly", PAYMENTS): 1, ("bo.lind", "Admin", "1"): 2})

    assert [way.use for way in found.ways] == [("bo.lind", "Admin", "1")]
    assert found.left_out == (1, 0, 1, 1)
    assert not found.is_granted
