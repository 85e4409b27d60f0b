"""What was gathered, in lines for people and in JSON for programs."""

from __future__ import annotations

import orjson
import pytest

from simulator.reports import gather_paths, gather_scenario
from simulator.reports.summary import sparkline, summary_json, summary_lines
from simulator.scenario.library import load


@pytest.fixture(scope="module")
def made():
    """Return what a play that crosses the change says."""
    return gather_scenario(load("plays/device-code-phishing", events=60), shown=0)


def text_of(made) -> str:
    """Return the lines."""
    return "\n".join(text for text, _ in summary_lines(made))


def test_bars_are_as_high_as_numbers():
    """Nothing is a blank, and what is more than nothing is seen."""
    assert sparkline([0, 1, 50, 100, 0]) == " ▁▄█"
    assert sparkline([]) == sparkline([0]) == ""


def test_lines_tell_what_there_is(made):
    """And a program is told the same."""
    text, told = text_of(made), summary_json(made)

    assert text.splitlines()[0].startswith(f"device-code-phishing: {made.records} records, ")
    assert "malicious  device-code-phishing" in text
    assert told["records"] == sum(one["records"] for one in told["kinds"]) == made.records
    assert told["records"] == sum(told["labels"].values()) == sum(map(sum, told["week"]))
    (play,) = (one for one in told["scripted"] if one["is_play"])
    assert (play["name"], play["label"]) == ("device-code-phishing", "malicious")


def test_a_mark_stands_where_the_change_is():
    """Below the bar in which the later era's first record is."""
    crossing = gather_scenario(load("quickstart", events=200), shown=0)

    lines = [text for text, _ in summary_lines(crossing)]
    place = next(at for at, text in enumerate(lines) if "^ post-january-2025" in text)
    bars, mark = lines[place - 1], lines[place]
    width = crossing.volumes.width
    first = min(column for column, _ in crossing.volumes.columns)
    later = crossing.eras["post-january-2025"][0] // width - first
    assert len(bars.strip()) <= 60
    assert mark.index("^") - 4 == later // -(-len(crossing.volumes.totals()) // 60)


def test_nothing_is_told_of_nothing(tmp_path):
    """But that there is nothing."""
    (tmp_path / "none.ndjson").write_bytes(b"")
    made = gather_paths([str(tmp_path / "none.ndjson")])

    assert text_of(made).endswith("0 records\n  0 users and callers, 0 kinds of events, 0 failures")
    assert summary_json(made)["first"] is None
    orjson.dumps(summary_json(made))
