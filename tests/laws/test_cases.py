"""Records make a case, and the case gives the records: under other names, and in full.

What is drawn is what stands in records that somebody has: parts of stories, in any order,
with members that nobody expects.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.cases.anonymity.leaks import leaks
from simulator.cases.foreign import gather
from simulator.cases.given import replayed
from simulator.cases.inference.making import case_from
from simulator.scenario import library

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hypothesis.strategies import DrawFn

    from simulator.cases.inference.making import Case

STORIES = (
    "active-directory-names",
    "any-call",
    "cli-access",
    "delegated-administrator",
    "mfa-self-service",
    "scim-okta",
)
"""One of most sorts of things; all are with the slow tests."""


def case_of(folder: Path, lines: list[bytes]) -> Case:
    """Return the case of lines of records."""
    path = folder / "records.ndjson"
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return case_from(gather([str(path)]), "case")


def untold(case: Case) -> list[str]:
    """Return what a case does not give as it was."""
    found = case.comparison
    return [
        *(
            f"{one.place} {member.place} {member.what}"
            for one in found.deviations
            for member in one.differences
        ),
        *(f"{one.place} is missing" for one in found.missing),
        *(f"{one.entry} gives {one.kind} besides" for one in found.surplus),
        *map(str, case.leaks),
    ]


@pytest.mark.parametrize("name", STORIES)
def test_a_story_is_told_again(name, tmp_path):
    """Every record, member by member, in order; and nothing of whom it is about."""
    lines = [one.line for one in replayed(library.load(f"storylines/{name}"))]

    case = case_of(tmp_path, lines)

    assert untold(case) == []
    assert len(case.text) < sum(map(len, lines)) * 1.3


ODD = (
    None,
    True,
    0,
    -1,
    1.5,
    "",
    [],
    {},
    "x" * 300,
    "right \u202e to left \x00 é😀",
    ["a", {"b": None}],
    {"first name": {"dotted.name": 1}},
    "2025-13-45",
    "1969-01-01T00:00:00Z",
    "2199-01-01T00:00:00Z",
    '{"in": "text"}',
)


def members(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:  # JSON
    """Yield the path of every member."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for name, one in inner:
        yield (*path, name)
        if isinstance(one, dict | list):
            yield from members(one, (*path, name))


@st.composite
def damaged(draw: DrawFn) -> list[bytes]:
    """Draw a few records that follow one another in a story, some with odd members."""
    name = draw(st.sampled_from(STORIES))
    lines = [one.line for one in replayed(library.load(f"storylines/{name}"))]
    first = draw(st.integers(0, len(lines) - 1))
    records = [orjson.loads(line) for line in lines[first : first + draw(st.integers(1, 5))]]
    for record in records:
        for _ in range(draw(st.integers(0, 2))):
            *above, last = draw(st.sampled_from(list(members(record))))
            place = record
            for step in above:
                place = place[step]
            if draw(st.booleans()):
                place[last] = copy.deepcopy(draw(st.sampled_from(ODD)))
            elif isinstance(place, dict) and draw(st.booleans()):
                place["newMember"] = copy.deepcopy(draw(st.sampled_from(ODD)))
            else:
                del place[last]
    if draw(st.booleans()):
        records = draw(st.permutations(records))
    return [orjson.dumps(record) for record in records]


@given(damaged())
@settings(max_examples=max(settings().max_examples // 4, 5))
def test_records_with_odd_members_are_given_or_told(tmp_path_factory, lines):
    """No record ends it, none is lost silently, and nothing leaks."""
    case = case_of(tmp_path_factory.mktemp("case"), lines)

    found = case.comparison
    assert found.exact + len(found.deviations) + len(found.missing) == len(lines)
    assert case.leaks == ()


def test_a_case_that_is_not_anonymous_breaks_the_law():
    """The control: the records themselves give all of it away."""
    given_ = replayed(library.load("storylines/password-totp"))
    records = [one.record for one in given_]

    found = leaks(records, "\n".join(one.line.decode() for one in given_))

    assert {leak.member for leak in found} >= {
        "userIdentity.principalId",
        "sourceIPAddress",
        "eventID",
        "additionalEventData.AuthWorkflowID",
    }
