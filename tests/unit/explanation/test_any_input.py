"""Whatever the record: an explanation, never a traceback."""

from __future__ import annotations

import orjson
from hypothesis import given
from hypothesis import strategies as st

from simulator.explanation import explanation_json, explanation_lines, story_json, story_lines
from simulator.explanation.explaining import Entrance, explained
from simulator.explanation.notes import seen
from simulator.explanation.stories import stories_of
from simulator.primitives.jsontext import json_text
from simulator.validation.findings import Place
from simulator.validation.reading import Item
from tests.unit.validation.stories import story_records
from tests.unit.validation.test_any_input import JSON, paths

RECORDS = story_records()[::37]


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


@given(st.data())
def test_a_record_with_anything_anywhere_is_told(data):
    """One or more members of a real record are replaced by any JSON."""
    record = orjson.loads(orjson.dumps(data.draw(st.sampled_from(RECORDS))))
    for _ in range(data.draw(st.integers(1, 4))):
        *above, name = data.draw(st.sampled_from(list(paths(record))))
        inner = record
        for part in above:
            inner = inner[part]
        inner[name] = data.draw(JSON)

    tell(record)
