"""Every shipped story and every record case, made a case that gives it again."""

from __future__ import annotations

import orjson
import pytest

from simulator.cases.given import replayed
from simulator.scenario import library
from tests.laws.test_cases import case_of, untold
from tests.records.cases import cases

pytestmark = pytest.mark.slow

STORIES = [name for name in library.paths() if name.startswith(("storylines/", "plays/"))]


@pytest.mark.parametrize("name", STORIES)
def test_a_story_is_told_again(name, tmp_path):
    """Every record, member by member, in order; and nothing of whom it is about."""
    lines = [one.line for one in replayed(library.load(name))]

    assert untold(case_of(tmp_path, lines)) == []


@pytest.mark.parametrize("era", sorted({case.era for case in cases()}))
def test_every_record_that_AWS_writes_is_given_alone(era, tmp_path):  # noqa: N802  # its name
    """One record with no other around it: every fifth of the record cases."""
    told = {
        case.id: found
        for case in [one for one in cases() if one.era == era][::5]
        if (found := untold(case_of(tmp_path, [orjson.dumps(dict(case.record))])))
    }

    assert told == {}
