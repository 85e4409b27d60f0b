"""`trailwright score`; what it counts is tested with `simulator.scoring`."""

from __future__ import annotations

import orjson
import pytest

from tests.unit.cli.program import shell
from tests.unit.scoring.stories import ALERTS, STORY, a_line, lines_of


@pytest.fixture
def here(tmp_path):
    """Return a folder with a truth and alerts."""
    (tmp_path / "truth.ndjson").write_bytes(lines_of(STORY))
    (tmp_path / "alerts.ndjson").write_bytes(lines_of(ALERTS))
    return tmp_path


def test_a_score_is_shown_in_tables(run, here):
    """What was read, everything together, and what to look at."""
    ended = run("score", "truth.ndjson", "alerts.ndjson", cwd=here)

    assert (ended.status, ended.err) == (0, "")
    assert ended.out.startswith(
        "6 alerts in alerts.ndjson\n"
        "12 records in truth.ndjson, 5 of them malicious\n"
        "\n"
        "                                 recall  precision     F1\n"
        "  playings detected      1 of 2   50.0%\n"
        "  alerts right           1 of 6              16.7%\n"
        "  playings and alerts                               25.0%\n"
        "  records found          2 of 5   40.0%\n"
        "  records right          2 of 7              28.6%\n"
        "  records                                           33.3%\n"
        "  median time to detect      6m\n"
    )
    assert "  mfa-fatigue b  2025-01-13T12:00:00Z  b1  entry entry-b  push\n" in ended.out
    assert "  device-code-phishing-near-miss n  1 alert  entry entry-n\n" in ended.out
    assert ended.out.endswith("eventIDs that are not in the truth (1)\n  gone\n")


def test_what_is_undefined_is_a_dash(run, here):
    """Without alerts there is no precision, and no time to detect."""
    (here / "alerts.ndjson").write_bytes(b"")

    ended = run("score", "truth.ndjson", "alerts.ndjson", cwd=here)

    rows = [line.split() for line in ended.out.splitlines()]
    assert ["alerts", "right", "0", "of", "0", "-"] in rows
    assert ["median", "time", "to", "detect", "-"] in rows
    assert ["playings", "detected", "0", "of", "2", "0.0%"] in rows


def test_a_score_is_json_when_asked_for(run, here):
    """And nothing else is printed."""
    ended = run("score", "truth.ndjson", "alerts.ndjson", "--json", cwd=here)

    told = orjson.loads(ended.out)
    assert (ended.status, ended.err, told["format"]) == (0, "", "trailwright-score/1")
    assert (told["total"]["recall"], told["total"]["alerts"]["right"]) == (0.5, 1)
    assert [one["seconds_to_detect"] for one in told["playings"]] == [360.0, None]
    assert told["unknown"] == {"event_ids": ["gone"], "users": []}


def test_options_change_what_is_counted(run, here):
    """Suspicious records, and alerts with a lowest score."""
    suspicious = run(
        "score", "truth.ndjson", "alerts.ndjson", "--count-suspicious", "--json", cwd=here
    )
    (here / "scored.csv").write_text("eventID,score\na2,0.9\nn1,0.1\n")
    scored = run("score", "truth.ndjson", "scored.csv", "--min-score", "0.5", cwd=here)

    assert orjson.loads(suspicious.out)["total"]["records"]["positives"] == 7
    assert scored.out.startswith("1 alert with a score of at least 0.5 in scored.csv\n")


def test_a_measure_under_what_is_asked_for_ends_with_status_1(run, here):
    """Which one is said on standard error; what is reached is not."""
    ended = run(
        "score", "truth.ndjson", "alerts.ndjson", "--json",
        *("--fail-under", "recall=0.5,precision=0.5,record-f1=1"),
        cwd=here,
    )  # fmt: skip

    assert ended.status == 1
    assert ended.err == (
        "precision is 0.1667, asked for is at least 0.5\n"
        "record-f1 is 0.3333, asked for is at least 1\n"
    )
    assert [one["reached"] for one in orjson.loads(ended.out)["fail_under"]] == [
        True,
        False,
        False,
    ]


def test_what_is_undefined_reaches_nothing(run, here):
    """Not even 0: a truth without attacks proves nothing."""
    (here / "truth.ndjson").write_bytes(lines_of([a_line("x", "09:00:00")]))

    ended = run("score", "truth.ndjson", "alerts.ndjson", "--fail-under", "recall=0", cwd=here)

    assert (ended.status, ended.err) == (1, "recall is undefined, asked for is at least 0\n")


def test_enough_is_status_0(run, here):
    """As much as was asked for."""
    ended = run(
        "score", "truth.ndjson", "alerts.ndjson", "--fail-under", "recall=0.5, f1=0.25", cwd=here
    )

    assert (ended.status, ended.err) == (0, "")


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (
            "speed=1",
            (
                "'speed=1': no such measure; there are recall, precision, f1, record-recall, "
                "record-precision, record-f1"
            ),
        ),
        ("recall", "'recall': expected a number from 0 to 1 after recall="),
        ("recall=90", "'recall=90': expected a number from 0 to 1 after recall="),
        ("recall=nan", "'recall=nan': expected a number from 0 to 1 after recall="),
        ("f1=0.5,f1=0.6", "f1: is asked for twice"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(run, here, asked, message):
    """Status 2, before anything is read."""
    ended = run("score", "none.ndjson", "none.csv", "--fail-under", asked, cwd=here)

    assert (ended.status, ended.out) == (2, "")
    assert ended.err == f"Error: --fail-under {message}\n"


def test_alerts_that_cannot_be_read_are_told(run, here):
    """Status 4, with every finding at its place, and nothing is scored."""
    (here / "bad.csv").write_text("eventID,time\na2,soon\n,\n")

    ended = run("score", "truth.ndjson", "bad.csv", cwd=here)

    assert (ended.status, ended.out) == (4, "")
    assert ended.err == (
        "Error: the alerts cannot be read, 2 findings:\n"
        "bad.csv:2 time: expected a date such as 2025-01-13 or an instant such as "
        "2025-01-13T09:00:00Z\n"
        "bad.csv:3: names no eventID, and no user with start and end\n"
    )


def test_lists_end_after_twenty_lines_unless_all_are_asked_for(run, here):
    """How many more there are is said."""
    (here / "many.csv").write_text("eventID\n" + "".join(f"lost-{n}\n" for n in range(25)))

    few = run("score", "truth.ndjson", "many.csv", cwd=here).out
    every = run("score", "truth.ndjson", "many.csv", "--all", cwd=here).out

    assert few.endswith("  lost-19\n  … and 5 more\n")
    assert every.endswith("  lost-23\n  lost-24\n")


def test_alerts_are_read_from_a_pipe(here):
    """As a detector writes them."""
    ended = shell('cat alerts.ndjson | "$@" score truth.ndjson - --json', cwd=here)

    told = orjson.loads(ended.out)
    assert (ended.status, ended.err) == (0, "")
    assert (told["alerts"]["file"], told["total"]["alerts"]["total"]) == ("-", 6)
