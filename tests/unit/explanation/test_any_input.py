"""Whatever the record: an explanation, never a traceback."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.cli.samples import samples
from simulator.explanation import (
    Tally,
    explain_all,
    explain_event,
    explanation_json,
    explanation_lines,
    story_json,
    story_lines,
)
from simulator.explanation.explaining import Entrance, explained
from simulator.explanation.notes import seen
from simulator.explanation.stories import stories_of
from simulator.primitives.jsontext import json_text
from simulator.validation.findings import Place
from simulator.validation.reading import Item
from tests.unit.validation.stories import as_lines, story_records
from tests.unit.validation.test_any_input import JSON, paths

# Deferred: a story takes seconds, and whoever collects tests needs none.
RECORDS = st.deferred(lambda: st.sampled_from(story_records()[::37]))


def tell(record) -> None:
    """Tell of a record in every way, and see that nothing of it could disturb a terminal."""
    one = seen(Item(Place("x", 1), record, None), 0)
    found = explained(one, [], [], Entrance(one.note, ""))
    [story] = stories_of([one.note], {})
    for text in (*explanation_lines(found, None), *story_lines(story, None)):
        assert text.isprintable()
    assert json_text(explanation_json(found))
    assert json_text(story_json(story))


@given(st.dictionaries(st.text(max_size=9), JSON, max_size=5))
def test_any_object_is_told(record):
    """Even one that has nothing of a record."""
    tell(record)


@pytest.mark.parametrize("value", [7, [["TOTP"]], {"a": [{}]}, "\u202e"])
def test_every_member_of_a_record_may_be_anything(tmp_path, value):
    """One after the other, at any depth, and what is around it all the same."""
    path = tmp_path / "trail.ndjson"
    whole = samples("signin/CredentialChallenge")[0].record("post-january-2025")
    records = []
    for *above, name in paths(whole):
        record = orjson.loads(orjson.dumps(whole))
        inner = record
        for part in above:
            inner = inner[part]
        inner[name] = value
        records.append(record)
    path.write_bytes(as_lines(records))

    stories = explain_all([str(path)], Tally()).stories
    one = explain_event([str(path)], whole["eventID"], Tally())

    for text in (*explanation_lines(one, None), *story_lines(stories[0], None)):
        assert text.isprintable()
    assert sum(len(story.lines) for story in stories) == len(records)


@given(st.data())
def test_a_record_with_anything_anywhere_is_told(data):
    """One or more members of a real record are replaced by any JSON."""
    record = orjson.loads(orjson.dumps(data.draw(RECORDS)))
    for _ in range(data.draw(st.integers(1, 4))):
        *above, name = data.draw(st.sampled_from(list(paths(record))))
        inner = record
        for part in above:
            inner = inner[part]
        inner[name] = data.draw(JSON)

    tell(record)
