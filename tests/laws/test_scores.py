"""Scores are what counting one alert and one record at a time gives."""

from __future__ import annotations

import io
from dataclasses import dataclass
from statistics import median

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.scoring import Marks
from simulator.scoring.alerts import read_alerts
from simulator.scoring.matching import Sought, matched
from simulator.scoring.scoring import Options, scored
from simulator.scoring.touching import touched
from simulator.scoring.truths import TruthFile, read_truth
from tests.unit.scoring.stories import POST, PRE, a_line, lines_of

pytestmark = pytest.mark.laws

PLAYS = ((None, None), ("theft", "1"), ("theft", "2"), ("spray", "1"))
USERS = ("u-ana", "u-bob")


def clock(minute: int) -> str:
    """Return a minute after nine."""
    return f"09:{minute:02d}:00"


def instant(minute: int) -> str:
    """Return the same as an instant."""
    return f"2025-01-13T{clock(minute)}Z"


@st.composite
def truths(draw):
    """Draw up to twelve lines of truth, in any order."""
    lines = []
    for place in range(draw(st.integers(0, 12))):
        play, play_id = draw(st.sampled_from(PLAYS))
        lines.append(
            a_line(
                f"e{place}",
                clock(draw(st.integers(0, 20))),
                draw(st.sampled_from(["benign", "benign", "suspicious", "malicious"])),
                era=draw(st.sampled_from([PRE, POST])),
                play=play,
                play_id=play_id,
                user={"id": draw(st.sampled_from(USERS)), "name": "somebody"},
            )
        )
    return lines


@st.composite
def alerts(draw):
    """Draw an alert about eventIDs or a window."""
    alert = draw(
        st.one_of(
            st.fixed_dictionaries(
                {"eventIDs": st.lists(st.sampled_from([f"e{n}" for n in range(14)]), min_size=1)}
            ),
            st.builds(
                lambda user, start, span: {
                    "user": user,
                    "start": instant(start),
                    "end": instant(start + span),
                },
                st.sampled_from(USERS),
                st.integers(0, 20),
                st.integers(0, 10),
            ),
        )
    )
    if draw(st.booleans()):
        alert["time"] = instant(draw(st.integers(0, 40)))
    if draw(st.booleans()):
        alert["rule"] = draw(st.sampled_from(["r1", "r2"]))
    return alert


@dataclass(frozen=True)
class Memory:
    """A place that holds one file."""

    content: bytes

    def get(self, key):  # noqa: ARG002  # as places have it
        """Return the file."""
        return self.content


def read(truth, found, options):
    """Return alerts and truth as they are read."""
    text = lines_of(truth)
    kept = read_alerts("a.ndjson", io.BytesIO(lines_of(found)), heard=lambda _size: None)
    file = TruthFile(Memory(text), "t.ndjson", "t.ndjson", len(text), None)
    told = read_truth([file], kept, positives=options.positives, heard=lambda _size: None)
    return kept, told


def records_of(alert, truth):
    """Return the lines that an alert is about, as the page says."""
    if "eventIDs" in alert:
        return [line for line in truth if line["eventID"] in alert["eventIDs"]]
    return [
        line
        for line in truth
        if line["user"]["id"] == alert["user"]
        and alert["start"] <= line["eventTime"] <= alert["end"]
    ]


def key_of(line):
    """Return which playing a line is of."""
    return line["play"], line["play_id"]


def minutes(text):
    """Return an instant in minutes after nine."""
    hour, minute = text[11:16].split(":")
    return int(hour) * 60 + int(minute) - 540


def counted(truth, found, positives):
    """Return the marks of everything, counted one by one."""
    sought = [line for line in truth if line["label"] in positives]
    playings = {key_of(line) for line in truth if line["play"]}
    attacks = {key_of(line) for line in sought if line["play"]}
    near = {
        key
        for key in playings
        if all(line["label"] == "benign" for line in truth if key_of(line) == key)
    }
    hit, astray, alarmed, right, raised = set(), set(), set(), 0, {}
    for alert in found:
        mine = records_of(alert, truth)
        good = [line for line in mine if line in sought]
        hit |= {line["eventID"] for line in good}
        astray |= {line["eventID"] for line in mine if line not in sought}
        alarmed |= {key_of(line) for line in mine} & near
        right += bool(good)
        for key in {key_of(line) for line in good} & attacks:
            evidence = min(minutes(line["eventTime"]) for line in good if key_of(line) == key)
            own = alert.get("time") or max(line["eventTime"] for line in mine)
            raised.setdefault(key, []).append(max(evidence, minutes(own)))
    delays = [
        60.0
        * (min(all_of) - min(minutes(one["eventTime"]) for one in sought if key_of(one) == key))
        for key, all_of in raised.items()
    ]
    return Marks(
        median=median(delays) if delays else None,
        playings=len(attacks),
        detected=len(raised),
        near_misses=len(near),
        alarmed=len(alarmed),
        positives=len(sought),
        true_positives=len(hit),
        false_positives=len(astray),
        alerts=len(found),
        right=right,
    )


@given(truth=truths(), found=st.lists(alerts(), max_size=6), count_suspicious=st.booleans())
def test_scores_are_what_counting_one_by_one_gives(truth, found, count_suspicious):
    """In all, and for each rule alone as if its alerts were all there are."""
    options = Options(count_suspicious=count_suspicious)

    made = scored(*read(truth, found, options), options)

    assert made.total.marks == counted(truth, found, options.positives)
    for group in made.rules:
        own = [alert for alert in found if alert.get("rule") == group.name]
        assert group.marks == counted(truth, own, options.positives)
    assert sum(made.total.false_alarms.values()) == len(found) - made.total.marks.right


@given(truth=truths(), found=st.lists(alerts(), max_size=6), most=st.integers(1, 5))
def test_however_many_pairs_are_held_at_a_time_they_are_the_same(truth, found, most):
    """And those of one alert are held together."""
    kept, told = read(truth, found, Options())

    whole, cut = (
        [(one.alert.tolist(), one.record.tolist()) for one in touched(kept, told, size)]
        for size in (1 << 20, most)
    )

    alerts_of_parts = [set(alert) for alert, _ in cut]
    assert sum(map(len, alerts_of_parts)) == len(set().union(*alerts_of_parts))
    assert pairs_of(whole) == pairs_of(cut)


def pairs_of(parts):
    """Return all pairs, in order."""
    return sorted(pair for part in parts for pair in zip(*part, strict=True))


def test_a_wrong_count_is_found():
    """The control: of a truth that says otherwise the count differs."""
    truth = [a_line("e0", "09:00:00", "malicious"), a_line("e1", "09:01:00")]
    found = [{"eventIDs": ["e0"]}]
    options = Options()

    made = scored(*read(truth, found, options), options)

    relabelled = [{**line, "label": "benign"} for line in truth]
    assert made.total.marks == counted(truth, found, options.positives)
    assert made.total.marks != counted(relabelled, found, options.positives)


def test_pairs_that_are_lost_are_found(monkeypatch):
    """The control: without them no alert is right."""
    truth = [a_line("e0", "09:00:00", "malicious"), a_line("e1", "09:01:00")]
    found = [{"eventIDs": ["e0"]}]
    kept, told = read(truth, found, Options())
    sought = Sought.of(told, Options().positives)
    before = matched(kept, told, sought)

    monkeypatch.setattr("simulator.scoring.matching.touched", lambda *_: iter(()))

    assert before.right.tolist() == [True]
    assert not np.any(matched(kept, told, sought).right)
