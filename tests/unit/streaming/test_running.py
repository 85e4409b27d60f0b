"""Streams with a told clock: when records are sent, and what becomes of those that are not."""

from __future__ import annotations

import itertools
from threading import Event

import numpy as np
import orjson
import pytest

from simulator.errors import OutputError, RequestError
from simulator.primitives.instants import format_instant
from simulator.streaming.asked import Asked, feed_of
from simulator.streaming.ledger import ROW
from simulator.streaming.progress import Progress
from simulator.streaming.running import Clock, Handling, stream
from simulator.streaming.sending import Patience, Sender
from simulator.streaming.sinks.interface import Limits, Receipt
from simulator.streaming.work import Queue, Work
from tests.unit.streaming.sending import BEGAN, SECOND, Lines, Place, clock, refused

HERE = Handling(workers=0)


def streamed(request, asked: Asked, place: Place, how: Handling = HERE, told: Clock | None = None):
    """Send a stream, and return it with the lines of its journal and its truth."""
    truth, journal = Lines(), Lines()
    made = stream(
        request,
        asked.pace(),
        place,
        told or clock(place.timer),
        asked=asked.text(),
        truth=truth,
        journal=journal,
        is_live=asked.is_live,
        handling=how,
    )
    batches = sorted(map(orjson.loads, journal.data.splitlines()), key=lambda one: one["batch"])
    return made, batches, [*map(orjson.loads, truth.data.splitlines())]


def ids(place: Place) -> list[str]:
    """Return the eventIDs of all records that were sent, in order."""
    return [orjson.loads(record)["eventID"] for one in place.sent for record in one.batch.records]


def test_each_batch_is_sent_when_its_last_record_is_due(request_of):
    """A record waits for others no longer than asked, and none is sent before its time."""
    place = Place()
    made, batches, truth = streamed(
        request_of(200), Asked(rate="100/s"), place, Handling(linger=100_000, workers=0)
    )

    assert ids(place) == [line["eventID"] for line in truth]
    assert made.report.records == made.report.settled == 200
    for sent, batch in zip(place.sent, batches, strict=True):
        last = batch["first"] + batch["records"] - 1
        assert sent.at == pytest.approx(last * SECOND / 100, abs=5)
        assert batch["records"] <= 11
    assert not [*made.report.shortfalls()]
    assert made.report.asked_rate == pytest.approx(100, rel=0.01)


@pytest.mark.parametrize(
    ("limits", "most"),
    [(Limits(7, 1 << 20), 7), (Limits(500, 4096), 6), (Limits(500, 10), 1)],
    ids=["records", "bytes", "one"],
)
def test_batches_are_no_larger_than_the_receiver_takes(request_of, limits, most):
    """By records and by bytes; a record that is larger than a batch goes alone."""
    place = Place(limits=limits)
    streamed(request_of(100), Asked(rate="1000/s"), place)

    sizes = [len(one.batch.records) for one in place.sent]
    assert sum(sizes) == 100
    assert max(sizes) <= most
    for one in place.sent:
        assert len(one.batch.records) == 1 or sum(map(len, one.batch.records)) <= limits.size


def test_falling_behind_makes_nothing_later_than_it_has_to_be(request_of):
    """A receiver that is slow once is caught up with: the loop is open, and the delay is told."""
    slow = itertools.chain([lambda _: place.timer.wait(2 * SECOND) or Receipt()])
    place = Place(script=slow)
    made, batches, _ = streamed(request_of(300), Asked(rate="100/s"), place)

    assert place.sent[-1].at == pytest.approx(2.99 * SECOND, abs=20)
    assert made.report.took == pytest.approx(2.99, abs=0.001)
    # Those that waited behind the slow one have waited, though each was served at once.
    assert made.report.response["max"] == pytest.approx(2000, rel=0.02)
    assert made.report.response["p50"] > 100
    assert made.report.service["p50"] < 1
    assert len(batches) == len(place.sent)


def test_a_receiver_that_is_too_slow_is_told(request_of):
    """What comes of it is less than was asked, and everything is sent all the same."""
    place = Place(takes=SECOND, limits=Limits(50, 1 << 20))
    asked = Asked(rate="100/s", length=5000)
    made, _, _ = streamed(request_of(500), asked, place, Handling(linger=SECOND, workers=0))

    assert made.report.settled == 500
    assert [one for one in made.report.shortfalls() if one.startswith("the rate was")]
    assert made.report.achieved_rate < 60


def test_a_stream_that_is_late_for_too_long_is_ended(request_of):
    """What was not sent by then is told as not delivered."""
    told = clock()

    def held(_):
        told.timer.wait(26 * SECOND)
        assert told.stopped.wait(60)
        return Receipt()

    place = Place(timer=told.timer, limits=Limits(50, 1 << 20), script=[Receipt(), held])
    made, batches, truth = streamed(
        request_of(500),
        Asked(rate="100/s", length=5000),
        place,
        Handling(drains=20 * SECOND, workers=0),
        told,
    )

    assert made.report.ended_by == "it was not over 20 s after its end"
    assert made.report.lost > 0
    assert made.report.lost + made.report.settled == made.report.records == len(truth)
    assert sum(one["records"] for one in batches if one["outcome"] == "lost") == made.report.lost


def test_what_fails_is_sent_again_and_told_as_uncertain_if_it_may_have_arrived(request_of):
    """And not if it cannot have: a refused connection repeats nothing."""
    place = Place(
        script=[
            refused(may_have_arrived=False),
            Receipt(),
            refused(may_have_arrived=True),
            refused(may_have_arrived=False),
        ],
        limits=Limits(10, 1 << 20),
    )
    made, batches, truth = streamed(request_of(50), Asked(rate="100/s"), place)

    assert [one["uncertain"] for one in batches] == [False, True, *[False] * (len(batches) - 2)]
    assert [one["attempts"] for one in batches[:3]] == [2, 3, 1]
    assert {one["outcome"] for one in batches} == {"kept"}
    assert made.report.settled == 50
    assert made.report.uncertain == batches[1]["records"]
    assert made.report.troubles == {"no luck": 3}
    assert set(ids(place)) == {line["eventID"] for line in truth}


def test_what_is_refused_for_good_is_told_with_its_place_and_not_sent_again(request_of):
    """And what is to be sent again is sent alone."""
    place = Place(
        script=[Receipt(refused={1: "no such field"}, again={2: "busy", 4: "busy"}, after=1.5)],
        limits=Limits(10, 1 << 20),
    )
    made, batches, truth = streamed(request_of(30), Asked(rate="1000/s"), place)

    assert place.sent[1].batch.records == [place.sent[0].batch.records[at] for at in (2, 4)]
    assert place.sent[1].at - place.sent[0].at >= 1.5 * SECOND
    assert batches[0]["refused"] == [{"record": 1, "why": "no such field"}]
    assert not batches[0]["uncertain"]
    assert (made.report.refused, made.report.settled) == (1, 29)
    assert "1 records were refused" in [*made.report.shortfalls()]
    assert len(ids(place)) == len(truth) + 2


def test_what_a_receiver_confirms_later_is_settled_then(request_of):
    """And what it has not when the connection breaks is sent again, and is uncertain."""
    tickets = itertools.count()
    late: list[int] = []

    def take(_batch):
        ticket = next(tickets)
        late.append(ticket)
        return Receipt(ticket=ticket)

    def settle(place):
        if len(place.sent) == 3:
            raise refused(may_have_arrived=True)
        done, late[:] = [*late], []
        return done if len(place.sent) > 3 else []

    place = Place(script=[take] * 100, settles=settle, limits=Limits(10, 1 << 20))
    made, batches, truth = streamed(request_of(60), Asked(rate="100/s"), place)

    assert made.report.settled == 60
    assert [one["uncertain"] for one in batches[:4]] == [True, True, True, False]
    assert [one["attempts"] for one in batches[:4]] == [2, 2, 2, 1]
    assert set(ids(place)) == {line["eventID"] for line in truth}


def test_what_was_settled_shortly_before_a_break_is_sent_again(request_of):
    """Where whoever settles it does not keep it: so many bytes of it, and as uncertain."""
    place = Place(limits=Limits(1, 1 << 20, doubt=2500))
    place._script.extend([*[Receipt()] * 10, refused(may_have_arrived=True)])
    made, batches, truth = streamed(request_of(20), Asked(rate="100/s"), place)

    uncertain = [one["batch"] for one in batches if one["uncertain"]]
    assert uncertain == [*range(uncertain[0], 11)]
    assert 2 < len(uncertain) < 6
    assert len(ids(place)) == 20 + len(uncertain)
    assert sum(map(len, (one.batch.records[0] for one in place.sent[uncertain[0] : 10]))) >= 2500
    assert made.report.settled == len(truth) == len(batches) == 20
    assert made.report.uncertain == len(uncertain)


def test_a_receiver_that_never_takes_leave_is_left(request_of):
    """What is in doubt is sent again some times, and not for ever; then it is told as lost."""

    class Rude(Place):
        """Breaks off whenever a connection ends."""

        def connect(self):
            """See `Sink.connect`."""
            self.opened += 1
            return Hand(self)

    class Hand:
        """A connection of it."""

        def __init__(self, place):
            self.send, self.settled = place.send, place.settled

        def close(self):
            """See `Connection.close`."""
            raise refused(may_have_arrived=True)

    place = Rude(limits=Limits(10, 1 << 20, doubt=1 << 20))
    made, batches, truth = streamed(request_of(20), Asked(rate="100/s"), place)

    assert "10 times over when everything had been sent" in str(made.error)
    assert place.opened == 10
    assert made.report.settled + made.report.lost == len(truth) == 20
    assert all(one["uncertain"] for one in batches)


def test_what_is_never_confirmed_is_sent_again_until_it_is_given_up(request_of):
    """The receiver takes everything and confirms nothing."""
    tickets = itertools.count()
    place = Place(
        script=(lambda _: Receipt(ticket=next(tickets)) for _ in range(10_000)),
        limits=Limits(100, 1 << 20),
    )
    patience = Patience(gives_up=30 * SECOND, settles=10 * SECOND)
    made, batches, _ = streamed(
        request_of(50), Asked(rate="1000/s"), place, Handling(patience=patience, workers=0)
    )

    assert made.report.lost == 50
    assert all(one["uncertain"] and one["outcome"] == "lost" for one in batches)


@pytest.mark.parametrize("error", [refused(may_have_arrived=False), OutputError("no such index")])
def test_a_receiver_that_takes_nothing_ends_the_stream(request_of, error):
    """At once if it never will, and otherwise after some patience; nothing is told as sent."""
    place = Place(script=(error for _ in range(10_000)))
    made, batches, truth = streamed(request_of(100), Asked(rate="100/s"), place)

    assert isinstance(made.error, OutputError)
    assert made.report.lost == len(truth) == 100
    assert {one["outcome"] for one in batches} == {"lost"}
    assert sum(one["records"] for one in batches) == 100
    if error is made.error:
        assert len(place.sent) == 1
    else:
        assert "gave up after 60 s" in str(made.error)
        assert place.timer.at == pytest.approx(61 * SECOND, rel=0.05)


def test_waits_between_tries_grow_and_are_drawn():
    """Two senders do not come back together."""
    waits = []
    for nth in range(2):
        place = Place(script=[refused(may_have_arrived=False)] * 6)
        sender = _sender(place, nth)
        sender.serve()
        waits.append([wait for wait in place.timer.waits if wait])
    assert waits[0] != waits[1]
    for row in waits:
        for tries, wait in enumerate(row[-6:]):
            assert 50_000 * 2**tries <= wait <= 100_000 * 2**tries


def _sender(place, nth):
    queue = Queue()
    rows = np.zeros(1, ROW)
    queue.put(Work(0, 0, [b"{}"], rows, np.zeros(1, np.int64), [0]))
    queue.close()
    return Sender(
        nth, place, queue, place.timer, lambda: 0, Progress(), Event(), lambda _: None, Patience()
    )


def test_records_larger_than_the_receiver_takes_are_refused_unsent(request_of):
    """Each is told; the others are sent."""
    place = Place(limits=Limits(100, 1 << 20, record=1100))
    made, batches, truth = streamed(request_of(100), Asked(rate="1000/s"), place)
    sent = {record for one in place.sent for record in one.batch.records}

    assert all(len(record) <= 1100 for record in sent)
    assert 0 < made.report.refused == sum(len(one["refused"]) for one in batches)
    assert len(sent) + made.report.refused == len(truth)
    assert batches[0]["refused"][0]["why"] == "larger than 1,100 bytes, which is the most"


def test_times_follow_the_wall_clock_where_that_is_asked(request_of):
    """Each record happens in the second in which it is due, and the truth says so."""
    place = Place()
    asked = Asked(rate="10/s", length=30_000, is_live=True)
    made, batches, truth = streamed(request_of(300), asked, place)
    records = [orjson.loads(record) for one in place.sent for record in one.batch.records]

    seconds = [(made.begins + 100 * nth) // 1000 for nth in range(300)]
    assert [one["eventTime"] for one in records] == [format_instant(at * 1000) for at in seconds]
    assert [one["eventTime"] for one in truth] == [one["eventTime"] for one in records]
    assert [one["eventID"] for one in truth] == [one["eventID"] for one in records]
    assert made.begins >= BEGAN
    assert place.sent[0].at >= SECOND  # the lead
    for one in records:
        created = one["userIdentity"].get("sessionContext", {}).get("attributes", {})
        assert created.get("creationDate", "2030") >= "2030"
    assert batches


@pytest.mark.parametrize(
    "asked",
    [
        Asked(rate="100/s..500/s for 1s, 500/s"),
        Asked(bytes="1MB/s", length=200),
        Asked(replay="x100000"),
        Asked(rate="100/s", length=1000, is_live=True),
    ],
    ids=lambda asked: asked.text(),
)
def test_a_stream_can_be_made_again_from_what_its_manifest_tells(request_of, asked):
    """Every record that was due, byte for byte."""
    place = Place()
    made, _, truth = streamed(request_of(300), asked, place)
    again = feed_of(request_of(300), asked.told("x", "kept", made.begins))
    portions = [*again.portions()]

    sent = [record for one in place.sent for record in one.batch.records]
    assert [record for portion in portions for record in portion.records] == sent
    lines = b"".join(portion.truth for portion in portions).splitlines()
    assert [*map(orjson.loads, lines)] == truth
    assert 0 < len(sent) <= 300


def test_neither_workers_nor_the_sink_change_a_byte(request_of):
    """The same records and truth, in the same order."""
    one, other = Place(), Place(limits=Limits(3, 1 << 20), takes=10)
    _, _, truth = streamed(request_of(100), Asked(rate="1000/s"), one)
    _, _, again = streamed(
        request_of(100), Asked(rate="1000/s"), other, Handling(workers=2, linger=1)
    )

    assert ids(one) == ids(other)
    assert truth == again


def test_more_senders_send_everything_once(request_of):
    """In any order, and nothing twice."""
    place = Place(connections=4, limits=Limits(5, 1 << 20))
    made, batches, truth = streamed(request_of(300), Asked(rate="10000/s"), place)

    assert sorted(ids(place)) == sorted(line["eventID"] for line in truth)
    assert [one["batch"] for one in batches] == [*range(len(batches))]
    assert made.report.settled == 300


def test_a_scenario_that_ends_too_soon_is_told(request_of):
    """It was to last longer."""
    made, _, _ = streamed(request_of(100), Asked(rate="100/s", length=60_000), Place())

    assert [*made.report.shortfalls()] == [
        "the scenario's records lasted 1.0 s of 1m: ask for more with --events"
    ]


def test_a_stream_without_records_is_over_at_once(request_of):
    """And has a report."""
    made, batches, truth = streamed(request_of(0), Asked(rate="100/s"), Place())

    assert (made.report.records, batches, truth) == (0, [], [])


def test_a_bug_in_a_sink_is_raised(request_of):
    """It does not end as if all were well."""
    place = Place(script=[ZeroDivisionError("a bug")])
    with pytest.raises(ZeroDivisionError, match="a bug"):
        streamed(request_of(10), Asked(rate="100/s"), place)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({}, "the rate is missing"),
        ({"rate": "1/s", "bytes": "1MB/s"}, "say one of|Say one of"),
        ({"rate": "1/s for 5s", "length": 6000}, "it ends after 5s, before --for does"),
        ({"rate": "1/s", "length": 0}, "expected a duration"),
    ],
)
def test_what_says_nothing_or_too_much_is_refused(asked, message):
    """Before anything is done."""
    with pytest.raises(RequestError, match=message):
        Asked(**asked)
