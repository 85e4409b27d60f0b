"""What alerts find and mistake, counted by hand."""

from __future__ import annotations

from dataclasses import fields

import pytest

from simulator.scoring import Marks
from tests.unit.scoring.stories import (
    ALERTS,
    FATIGUE,
    NEAR_MISS,
    PHISHING,
    POST,
    PRE,
    STORY,
    a_line,
    score_of,
)

NO_FALSE_ALARM = {
    "near_miss": 0,
    "beside_attack": 0,
    "suspicious": 0,
    "everyday": 0,
    "no_record": 0,
}


def marks(**numbers: float) -> Marks:
    """Return marks in which everything is 0 that is not said."""
    nothing = dict.fromkeys((one.name for one in fields(Marks)), 0)
    return Marks(**{**nothing, "median": None, **numbers})


def a_window(user: str, start: str, end: str, **members: object) -> dict[str, object]:
    """Return an alert that names a user from one time of day to another."""
    day = "2025-01-13T"
    return {"user": user, "start": f"{day}{start}Z", "end": f"{day}{end}Z", **members}


def test_everything_is_counted_together(tmp_path):
    """Playings, near misses, records and alerts."""
    found = score_of(tmp_path, ALERTS)

    total = found.total.marks
    assert total == marks(
        playings=2,
        detected=1,
        near_misses=1,
        alarmed=1,
        positives=5,
        true_positives=2,  # a3, a4
        false_positives=5,  # n1, a1, everyday-1, odd, everyday-2
        alerts=6,
        right=1,
        median=360.0,
    )
    assert (total.recall, total.precision, total.f1) == (0.5, 1 / 6, pytest.approx(0.25))
    assert (total.record_recall, total.record_precision) == (2 / 5, 2 / 7)
    assert total.record_f1 == 1 / 3
    assert (found.records, found.outside) == (12, 1)


def test_false_alarms_are_told_apart(tmp_path):
    """Each is what its worst record is: a near miss before everyday activity."""
    found = score_of(tmp_path, ALERTS)

    assert found.total.false_alarms == {
        "near_miss": 1,
        "beside_attack": 1,
        "suspicious": 1,
        "everyday": 1,
        "no_record": 1,
    }


def test_everything_is_counted_by_play(tmp_path):
    """In the order of names."""
    found = score_of(tmp_path, ALERTS)

    assert [(one.name, one.marks) for one in found.plays] == [
        (
            PHISHING,
            marks(
                playings=1,
                detected=1,
                positives=3,
                true_positives=2,
                false_positives=1,
                alerts=2,
                right=1,
                median=360.0,
            ),
        ),
        (NEAR_MISS, marks(near_misses=1, alarmed=1, false_positives=1, alerts=1)),
        (FATIGUE, marks(playings=1, positives=1)),
    ]


def test_everything_is_counted_by_era(tmp_path):
    """An alert that touches records of two counts in both."""
    found = score_of(tmp_path, ALERTS)

    assert [(one.name, one.marks) for one in found.eras] == [
        (
            PRE,
            marks(
                playings=1,
                detected=1,
                near_misses=1,
                alarmed=1,
                positives=3,
                true_positives=2,
                false_positives=3,
                alerts=4,
                right=1,
                median=360.0,
            ),
        ),
        (POST, marks(playings=1, positives=2, false_positives=2, alerts=2)),
    ]


def test_everything_is_counted_by_rule(tmp_path):
    """Each as if its alerts were all there are; those without a rule come last."""
    found = score_of(tmp_path, ALERTS)

    sought = {"playings": 2, "near_misses": 1, "positives": 5}
    assert [(one.name, one.marks) for one in found.rules] == [
        (
            "r1",
            marks(
                **sought,
                detected=1,
                alarmed=1,
                true_positives=2,
                false_positives=1,
                alerts=2,
                right=1,
                median=360.0,
            ),
        ),
        ("r2", marks(**sought, false_positives=4, alerts=3)),
        (None, marks(**sought, alerts=1)),
    ]
    assert [one.false_alarms for one in found.rules] == [
        {**NO_FALSE_ALARM, "near_miss": 1},
        {**NO_FALSE_ALARM, "beside_attack": 1, "suspicious": 1, "everyday": 1},
        {**NO_FALSE_ALARM, "no_record": 1},
    ]


def test_a_miss_says_where_to_look(tmp_path):
    """The playing, its steps, its first positive and its entry."""
    (miss,) = score_of(tmp_path, ALERTS).misses

    playing = miss.playing
    assert (playing.play, playing.play_id, playing.entry) == (FATIGUE, "b", "entry-b")
    assert (playing.first_event_id, playing.steps, miss.era) == ("b1", ("push",), POST)
    assert (miss.alert, miss.at, miss.delay, miss.touched) == (None, None, None, 0)


def test_a_detection_says_which_alert_came_first(tmp_path):
    """With its place in the file, and how much it touches."""
    detection = score_of(tmp_path, ALERTS).detections[0]

    assert detection.alert == f"{tmp_path}/alerts.ndjson:1"
    assert (detection.touched, detection.alerts, detection.delay) == (2, 1, 360.0)
    assert detection.playing.steps == ("start", "fetch")


def test_suspicious_records_are_to_be_found_when_asked_for(tmp_path):
    """Then two more positives there are, and the alert about one of them is right."""
    found = score_of(tmp_path, ALERTS, count_suspicious=True)

    assert found.total.marks == marks(
        playings=2,
        detected=1,
        near_misses=1,
        alarmed=1,
        positives=7,
        true_positives=3,
        false_positives=4,
        alerts=6,
        right=2,
        median=360.0,
    )
    assert (found.positives, found.outside) == (("suspicious", "malicious"), 2)


def test_a_playing_that_is_only_suspicious_is_neither_attack_nor_near_miss(tmp_path):
    """Not even its benign records are: an alert about them is about something suspicious."""
    played = {"play": "odd-hours", "play_id": "1"}
    truth = [a_line("s", "09:00:00", "suspicious", **played), a_line("t", "09:01:00", **played)]

    found = score_of(tmp_path, [{"eventID": "t"}], truth)

    assert found.total.marks == marks(false_positives=1, alerts=1)
    assert found.total.false_alarms == {**NO_FALSE_ALARM, "suspicious": 1}


def test_an_alert_may_detect_two_plays(tmp_path):
    """It counts once in all, and for each play."""
    found = score_of(tmp_path, [{"eventIDs": ["a2", "b1"], "time": "2025-01-13T12:01:00Z"}])

    total, (phishing, _, fatigue) = found.total.marks, found.plays
    assert (total.alerts, total.right, total.detected) == (1, 1, 2)
    assert [(one.marks.alerts, one.marks.right) for one in (phishing, fatigue)] == [(1, 1), (1, 1)]
    assert [one.delay for one in found.detections] == [10_800.0, 60.0]
    assert total.median == 5_430.0


def test_the_same_record_counts_once_however_often_it_is_named(tmp_path):
    """In one alert and in several."""
    found = score_of(tmp_path, [{"eventIDs": ["a2", "a2"]}, {"eventID": "a2"}])

    assert (found.total.marks.true_positives, found.total.marks.right) == (1, 2)
    assert found.detections[0].alerts == 2


def test_of_two_alerts_at_one_time_the_first_in_the_file_is_named(tmp_path):
    """A tie changes no number."""
    when = {"time": "2025-01-13T09:05:00Z"}
    found = score_of(tmp_path, [{"eventID": "a4", **when}, {"eventID": "a2", **when}])

    assert found.detections[0].alert == f"{tmp_path}/alerts.ndjson:1"
    assert found.detections[0].delay == 240.0


def test_the_alert_raised_first_detects_wherever_it_stands(tmp_path):
    """Not the first in the file."""
    found = score_of(
        tmp_path,
        [
            {"eventID": "a2", "time": "2025-01-13T09:05:00Z"},
            {"eventID": "a3", "time": "2025-01-13T09:03:00Z"},
        ],
    )

    assert found.detections[0].alert == f"{tmp_path}/alerts.ndjson:2"
    assert found.detections[0].delay == 120.0


def test_without_a_time_an_alert_is_raised_with_its_last_record(tmp_path):
    """Also where that one is no positive."""
    found = score_of(tmp_path, [{"eventIDs": ["a2", "n1"]}])

    assert found.detections[0].delay == 3_540.0


@pytest.mark.parametrize(
    ("alert", "delay"),
    [
        ({"eventIDs": ["a2", "a3"], "time": "2025-01-13T09:00:30Z"}, 0.0),
        ({"eventIDs": ["everyday-1", "a3"], "time": "2025-01-13T09:00:30Z"}, 60.0),
    ],
    ids=["before all its records", "before what it detects"],
)
def test_no_alert_is_earlier_than_its_evidence(tmp_path, alert, delay):
    """It is told, and taken as raised when that happened."""
    found = score_of(tmp_path, [alert])

    assert found.early == (f"{tmp_path}/alerts.ndjson:1",)
    assert found.detections[0].delay == delay


def test_an_alert_in_time_is_not_early(tmp_path):
    """Control: in the very second of its evidence."""
    found = score_of(tmp_path, [{"eventID": "a2", "time": "2025-01-13T09:01:00Z"}])

    assert (found.early, found.detections[0].delay) == ((), 0.0)


def test_without_alerts_precision_is_undefined(tmp_path):
    """And nothing is found: recall is 0."""
    total = score_of(tmp_path, []).total.marks

    assert (total.recall, total.precision, total.f1) == (0.0, None, None)
    assert (total.record_recall, total.record_precision, total.record_f1) == (0.0, None, 0.0)
    assert total.median is None


def test_without_positives_recall_is_undefined(tmp_path):
    """And every alert is wrong: precision is 0."""
    total = score_of(tmp_path, [{"eventID": "x"}], [a_line("x", "09:00:00")]).total.marks

    assert (total.recall, total.precision, total.f1) == (None, 0.0, None)
    assert (total.record_recall, total.record_precision, total.record_f1) == (None, 0.0, 0.0)


def test_without_anything_nothing_is_defined(tmp_path):
    """An empty truth and no alerts."""
    found = score_of(tmp_path, [], [])

    assert found.total.marks == marks()
    assert (found.total.marks.record_f1, found.total.marks.f1) == (None, None)


def test_when_every_alert_is_wrong_f1_is_nought(tmp_path):
    """Both of its parts are 0, and there was something to find."""
    assert score_of(tmp_path, [{"eventID": "n1"}]).total.marks.f1 == 0.0


def test_eventids_that_are_not_in_the_truth_are_listed(tmp_path):
    """Beside one that is."""
    found = score_of(tmp_path, [{"eventIDs": ["a2", "lost"]}, {"eventID": "gone"}])

    assert found.unknown_ids == ("lost", "gone")
    assert found.total.marks.right == 1


@pytest.mark.parametrize(
    ("start", "end", "touched"),
    [
        ("09:01:00", "09:02:00", 3),
        ("09:01:00", "09:01:59.999", 1),
        ("09:01:01", "09:02:00", 2),
        ("09:02:00", "09:02:00", 2),
        ("09:01:00.900", "09:01:30", 1),
        ("09:02:01", "09:59:59", 0),
    ],
    ids=["both ends", "before the end", "after the start", "an instant", "a part", "none"],
)
def test_a_window_includes_both_its_ends(tmp_path, start, end, touched):
    """And the whole second in which it begins, since eventTime shows no more."""
    found = score_of(tmp_path, [a_window("u-ana", start, end)])

    assert found.total.marks.true_positives == touched
    assert found.total.marks.right == (touched > 0)


def test_a_window_is_of_one_user_by_id_or_name(tmp_path):
    """Or of an administrator by name."""
    bob = {"user": {"id": "u-bob", "name": "bob"}}
    by = {"user": None, "administrator": "ops"}
    truth = [
        a_line("1", "09:00:00", "malicious"),
        a_line("2", "09:00:00", "malicious", **bob),
        a_line("3", "09:00:00", "malicious", **by),
        a_line("4", "09:00:00", "malicious", **{**bob, "administrator": "ops"}),
    ]
    touched = {
        user: score_of(tmp_path, [a_window(user, "08:00:00", "10:00:00")], truth)
        for user in ("ana.lopez", "u-bob", "bob", "ops", "nobody")
    }

    counts = {user: found.total.marks.true_positives for user, found in touched.items()}
    assert counts == {"ana.lopez": 1, "u-bob": 2, "bob": 2, "ops": 2, "nobody": 0}
    assert touched["nobody"].unknown_users == ("nobody",)
    assert touched["bob"].unknown_users == ()


def test_an_alert_that_names_eventids_means_no_window(tmp_path):
    """What it names is more exact."""
    found = score_of(tmp_path, [a_window("u-ana", "08:00:00", "13:00:00", eventID="n1")])

    assert (found.total.marks.right, found.total.marks.false_positives) == (0, 1)


def test_alerts_with_a_low_score_are_left_alone_when_asked_for(tmp_path):
    """The same score is enough."""
    alerts = [{"eventID": "a2", "score": 0.5}, {"eventID": "n1", "score": 0.49}]

    every, some = score_of(tmp_path, alerts), score_of(tmp_path, alerts, min_score=0.5)

    assert (every.total.marks.alerts, some.total.marks.alerts) == (2, 1)
    assert some.total.marks.precision == 1.0


def test_truth_without_plays_is_scored_by_records(tmp_path):
    """As earlier versions wrote it: the members are absent."""
    absent = ("techniques", "play", "play_id", "step")
    truth = [{name: value for name, value in line.items() if name not in absent} for line in STORY]

    found = score_of(tmp_path, [{"eventID": "a2"}], truth)

    assert found.total.marks == marks(positives=5, true_positives=1, alerts=1, right=1)
    assert (found.outside, found.plays, found.detections) == (5, (), ())


def test_playings_are_told_apart_by_their_id(tmp_path):
    """One play may be played twice."""
    truth = [
        a_line("1", "09:00:00", "malicious", play="theft", play_id="1"),
        a_line("2", "10:00:00", "malicious", play="theft", play_id="2"),
        a_line("3", "11:00:00", "malicious", play="theft", play_id=None),
    ]

    found = score_of(tmp_path, [{"eventID": "2"}], truth)

    assert [(one.playing.play_id, one.is_detected) for one in found.detections] == [
        ("1", False),
        ("2", True),
        (None, False),
    ]


def test_what_overrides_changed_is_scored_as_far_as_it_can_be(tmp_path):
    """A record without eventID or time, and two with one eventID."""
    play = {"play": "theft", "play_id": "1"}
    truth = [
        {**a_line("x", "09:00:00", "malicious", **play), "eventID": None},
        {**a_line("twice", "09:00:00", "malicious", **play), "eventTime": "soon"},
        a_line("twice", "09:30:00"),
    ]

    found = score_of(tmp_path, [{"eventID": "twice"}], truth)

    total = found.total.marks
    assert (total.positives, total.true_positives, total.false_positives) == (2, 1, 1)
    assert found.detections[0].delay == 1_800.0


def test_an_alert_of_which_no_time_is_known_detects_without_delay_being_told(tmp_path):
    """The playing is found all the same."""
    truth = [{**a_line("x", "09:00:00", "malicious", play="theft"), "eventTime": "soon"}]

    found = score_of(tmp_path, [{"eventID": "x"}], truth)

    assert (found.detections[0].is_detected, found.detections[0].delay) == (True, None)
    assert found.total.marks.median is None


def test_a_score_follows_the_labels(tmp_path):
    """Negative control: the same alerts and truth with one label changed score otherwise."""
    changed = [{**line, "label": "benign"} if line["eventID"] == "a3" else line for line in STORY]

    before, after = score_of(tmp_path, ALERTS), score_of(tmp_path, ALERTS, changed)

    assert before.total.marks.true_positives == 2
    assert after.total.marks.true_positives == 1
