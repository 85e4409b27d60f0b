"""Law 13: on matched behaviour, nothing in a record tells an attack from everyday activity.

Labels reach no record (law 5), but attackers act with computers of their own, and what those
leave behind could differ from what people's own do. A simple model that is trained on
artefacts alone (agents, sizes, ids, order) must not find out which is which.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from math import log
from typing import Any

import orjson
import pytest

from simulator.engines import vectorised
from simulator.plan.compiler import compile_scenario
from simulator.scenario import library

pytestmark = pytest.mark.laws

PEOPLE = 600
"""Every other one is an attacker's victim; half of them is learnt from."""

_SCENARIO = """
scenario: matched
window: {{start: 2025-02-03, days: 5}}
organization: {{accounts: [{{name: prod}}]}}
permission_sets: [{{name: Reader, managed_policies: [ReadOnlyAccess]}}]
groups: [{{name: Staff, assignments: [{{permission_set: Reader, accounts: [prod]}}]}}]
networks: [{{name: hotel, country: US, kind: home}}]
computers:
{computers}
users:
{users}
storyline:
{entries}
"""
_ENTRY = """
  - at: {at}
    user: u{n}.x
    does: sign-in
    {how}
    network: hotel
    then:
      - {{does: browse-portal, network: hotel}}
      - {{does: open-console, account: prod, permission_set: Reader, network: hotel}}
      - {{does: cli-sign-in, network: hotel, list_accounts: true}}
      - {{does: get-role-credentials, account: prod, permission_set: Reader, network: hotel}}
"""


def matched(agent: str = "") -> tuple[list[list[dict[str, Any]]], list[bool]]:
    """Return each person's records, and whether an attacker did it with a computer of theirs."""
    computers, users, entries = [], [], []
    for n in range(PEOPLE):
        is_attack = n % 2 == 1
        users.append(f"  - {{name: u{n}.x, mfa: [totp], groups: [Staff], background: false}}")
        how = "label: benign"
        if is_attack:
            with_ = f", user_agent: {agent}" if agent else ""
            computers.append(f"  - {{name: c{n}, network: hotel{with_}}}")
            how = f"computer: c{n}\n    label: malicious\n    impostor: intruder"
        minute = n % (3 * 24 * 60)
        at = f"2025-02-0{3 + minute // 1440}T{minute // 60 % 24:02}:{minute % 60:02}:00Z"
        entries.append(_ENTRY.format(at=at, n=n, how=how))
    text = _SCENARIO.format(
        computers="\n".join(computers), users="\n".join(users), entries="".join(entries)
    )
    scenario = library.prepare(library.read(text, "matched"))
    plan, truth = compile_scenario(scenario)
    batch = vectorised.render(plan, 0, plan.horizon)
    people = {f"u{n}.x": n for n in range(PEOPLE)}
    found: list[list[dict[str, Any]]] = [[] for _ in people]
    labels = [False] * PEOPLE
    columns = ("user", "key_high", "key_low")
    rows = zip(*(batch.columns[name].tolist() for name in columns), strict=True)
    for line, (user, high, low) in zip(batch.lines, rows, strict=True):
        n = people[plan.tables.text("user.name", user)]
        found[n].append(orjson.loads(line))
        labels[n] |= truth.of(high, low).label == "malicious"
    return found, labels


def artefacts(records: list[dict[str, Any]]) -> set[str]:
    """Return what a person's records have besides who, when, whence and what."""
    seen = {f"count={len(records)}"}
    for place, record in enumerate(records):
        name = record["eventName"]
        agent = str(record["userAgent"])
        seen |= {
            f"agent={agent}",
            *(f"word={word}" for word in agent.replace("/", " ").split()),
            f"size={name} {len(orjson.dumps(record)) // 16}",
            f"keys={name} {','.join(record)}",
            f"first={place} {record['eventID'][0]}",
            f"request={place} {str(record.get('requestID'))[0]}",
            f"credential={place} {str(record['userIdentity'].get('credentialId'))[:2]}",
        }
    ids = [record["eventID"] for record in records]
    seen.add(f"order={sum(a < b for a, b in pairwise(ids))}")
    return seen


def told_apart(found: list[list[dict[str, Any]]], labels: list[bool]) -> float:
    """Return how often the model ranks an attack above everyday activity, of people unseen.

    Naive Bayes, learnt from one half; 0.5 is chance (the area under the ROC curve).
    """
    people = [(artefacts(records), label) for records, label in zip(found, labels, strict=True)]
    learnt, asked = people[: PEOPLE // 2], people[PEOPLE // 2 :]
    counts = {
        label: Counter(one for seen, own in learnt if own is label for one in seen)
        for label in (False, True)
    }
    size = {label: sum(own is label for _, own in learnt) for label in (False, True)}
    scores = [
        (
            sum(
                log((counts[True][one] + 1) / (size[True] + 2))
                - log((counts[False][one] + 1) / (size[False] + 2))
                for one in seen
            ),
            label,
        )
        for seen, label in asked
    ]
    attacks = [score for score, label in scores if label]
    others = [score for score, label in scores if not label]
    above = sum((a > b) + (a == b) / 2 for a in attacks for b in others)
    return above / (len(attacks) * len(others))


def test_artefacts_tell_nothing() -> None:
    """No better than chance, within three standard errors."""
    found, labels = matched()

    assert sum(labels) == PEOPLE // 2
    assert told_apart(found, labels) == pytest.approx(0.5, abs=0.1)


def test_a_tool_of_attackers_alone_would_be_found() -> None:
    """Negative control: the model learns from an agent that only attackers have."""
    found, labels = matched("python-requests/2.32")

    assert told_apart(found, labels) > 0.95
