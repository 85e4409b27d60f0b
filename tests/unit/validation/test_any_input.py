"""Whatever the input: findings, never a traceback."""

from __future__ import annotations

import orjson
from hypothesis import given
from hypothesis import strategies as st

from simulator.primitives.jsontext import json_text
from simulator.validation import Options, matching, report_json, report_text
from simulator.validation.checking import Check, Silence
from simulator.validation.reading import _read_chunks
from tests.unit.validation.stories import story_records

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
)
# Deferred, as the records below: a story takes seconds, and whoever collects tests needs none.
KNOWN = st.deferred(
    lambda: st.sampled_from(sorted({name for record in story_records()[:300] for name in record}))
)
NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=6) | KNOWN
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=12,
)


def check(text: bytes):
    """Return the report of an input of this text."""
    found = Check(Options(cutover="observed"), Silence())
    found.read("x", _read_chunks("x", iter([text])))
    return found.report()


def paths(value, path=()):
    """Yield the path of every member at any depth."""
    members = value.items() if isinstance(value, dict) else enumerate(value)
    for name, inner in members:
        yield (*path, name)
        if isinstance(inner, dict | list):
            yield from paths(inner, (*path, name))


@given(st.lists(JSON, max_size=4))
def test_any_json_gives_a_report(values):
    """As lines, and as one log file."""
    for text in (
        b"".join(orjson.dumps(value) + b"\n" for value in values),
        orjson.dumps({"Records": values}),
        orjson.dumps({"Events": [{"CloudTrailEvent": orjson.dumps(v).decode()} for v in values]}),
    ):
        report = check(text)
        assert report_text(report)
        assert json_text(report_json(report))


@given(st.binary(max_size=200))
def test_any_bytes_give_a_report(text):
    """Even those that are nothing."""
    assert check(text).files == 1


RECORDS = st.deferred(lambda: st.sampled_from(story_records()[::37]))


@given(st.data())
def test_a_record_with_anything_anywhere_gives_a_report(data):
    """One or more members of a real record are replaced by any JSON, or taken away."""
    record = orjson.loads(orjson.dumps(data.draw(RECORDS)))
    for _ in range(data.draw(st.integers(1, 4))):
        *above, name = data.draw(st.sampled_from(list(paths(record))))
        inner = record
        for part in above:
            inner = inner[part]
        if isinstance(inner, dict) and data.draw(st.booleans()):
            inner.pop(name)
            if not record:
                return
        else:
            inner[name] = data.draw(JSON)

    report = check(orjson.dumps(record))

    assert report.records == 1
    assert report_text(report)
    assert json_text(report_json(report))


def test_records_nested_without_end_give_a_report():
    """Deeper than Python's own stack, at every place."""
    deep = "[" * 900 + "]" * 900
    text = (
        '{"eventVersion":"1.08","eventSource":"sso.amazonaws.com","eventName":"Logout",'
        f'"userIdentity":{deep}}}'
    )

    assert "E102" in check(text.encode()).codes


def test_many_layouts_are_forgotten(monkeypatch):
    """What is remembered of foreign records is bounded."""
    monkeypatch.setattr(matching, "_MOST_LAYOUTS", 50)
    record = story_records()[0]
    lines = [orjson.dumps({**record, f"x{place}": place}) for place in range(120)]

    assert check(b"\n".join(lines)).codes["E302"] == 120
