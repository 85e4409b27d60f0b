"""What a trial tells of a scenario: what is wrong with it, or its records in both eras."""

from __future__ import annotations

import orjson

from simulator.playground import trying
from simulator.playground.marks import compared
from simulator.playground.trying import checked, tried
from tests.unit.cli.program import TINY

ERAS = ["pre-january-2025", "post-january-2025"]


def told(answer):
    """Return the findings of an answer as tuples."""
    return [tuple(one.values()) for one in answer["findings"]]


def test_findings_have_line_and_column():
    """As `scenario check` tells them."""
    answer = checked("scenario: tiny\nwwindow: 1\n", "tiny.yaml")

    assert told(answer) == [
        (1, 1, "window", "is missing"),
        (2, 1, "wwindow", "no such key (did you mean 'window'?)"),
    ]
    assert checked(TINY, "tiny.yaml") == {"findings": []}


def test_what_is_wrong_in_another_file_has_no_place_in_this_one(tmp_path):
    """A play beside the scenario says where, in its own words."""
    (tmp_path / "broken.yaml").write_text("scenario: [\n")
    text = TINY + "  - {at: 2025-01-12T10:00:00Z, use: broken.yaml}\n"

    (finding,) = checked(text, str(tmp_path / "tiny.yaml"))["findings"]

    assert finding["line"] in {0, 7}
    assert "broken.yaml" in finding["message"]


def test_a_scenario_that_cannot_be_run_gives_findings():
    """Also one that reads well, but is asked for too few records."""
    answer = tried(TINY, "tiny.yaml", events=1)

    ((line, _, _, message),) = told(answer)
    assert line == 0
    assert "ask for 2 or more" in message


def test_a_run_gives_each_event_in_both_eras():
    """Byte for byte what `generate` writes with that era."""
    answer = tried(TINY, "tiny.yaml", seed=7)

    assert (answer["scenario"], answer["eras"], answer["isCut"]) == ("tiny", ERAS, False)
    assert [(one["kind"], one["sides"], one["actor"]) for one in answer["events"]] == [
        ("sso-directory/CreateGroup", [0, 0], "ops"),
        ("sso-directory/DeleteGroup", [1, 1], "ops"),
    ]
    for era, records, truth in zip(ERAS, answer["records"], answer["truth"], strict=True):
        assert [orjson.loads(line)["era"] for line in truth] == [era, era]
        ids = [orjson.loads(line)["eventID"] for line in truth]
        assert [orjson.loads(line)["eventID"] for line in records] == ids


def test_what_only_one_era_has_stands_where_it_happened():
    """Between its neighbours; an id may be there more than once."""
    assert list(trying._paired("abcd", "axbbe")) == [
        (0, 0), (None, 1), (1, 2), (2, None), (3, None), (None, 3), (None, 4),
    ]  # fmt: skip


def test_a_scenario_with_too_many_events_is_cut(monkeypatch):
    """After an event that both eras have: what was cut away is not told as absent."""
    monkeypatch.setattr(trying, "EVENTS", 1)

    answer = tried(TINY, "tiny.yaml")

    assert answer["isCut"]
    assert [one["sides"] for one in answer["events"]] == [[0, 0]]
    assert [len(side) for side in answer["records"]] == [len(side) for side in answer["truth"]]


def test_records_that_are_damaged_on_purpose_are_shown_as_they_are():
    """What cannot be read cannot be compared, and is no error."""
    answer = tried(f"{TINY}mutations: {{truncated-record: 100%}}\n", "tiny.yaml")

    assert [one["sides"] for one in answer["events"]] == [[0, 0], [1, 1]]
    assert not answer["records"][0][0].endswith("}")
    assert compared('{"cut": ', "{}") == {} == compared("[]", "{}")


def test_what_differs_between_two_records_is_told_by_member():
    """Added, removed, changed and moved."""
    old, new = '{"a":1,"b":{"c":2},"d":3,"e":4}', '{"a":1,"e":4,"d":5,"f":{"g":6}}'

    marks = compared(old, new)

    assert marks == {"b.c": "removed", "d": "changed", "e": "moved", "f.g": "added"}
