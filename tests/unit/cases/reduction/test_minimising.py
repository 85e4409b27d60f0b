"""Scenarios made small while a command fails on their records."""

from __future__ import annotations

import sys

import orjson
import pytest

from simulator.cases.reduction.commands import Command, pattern_of
from simulator.cases.reduction.feeding import Choice, Feeder
from simulator.cases.reduction.minimising import Best, Wish, minimised, sized
from simulator.errors import RequestError
from simulator.plan.compiler import compile_scenario
from simulator.run import generate
from simulator.scenario import library
from simulator.scenario.resolve import resolve
from simulator.sinks.formats import Format
from tests.unit.cli.program import TINY

MANY = """\
scenario: many
seed: 7
window: {start: 2025-01-06, days: 7}
users:
  - {name: ana.lopez, mfa: [totp]}
  - {count: 60, mfa: {totp: 50%}}
administrators: [{name: ops}, {name: other}]
background: {events: 10_000}
storyline:
  - {at: 2025-01-08T09:00:00Z, user: ana.lopez, does: sign-in, with: {password: [wrong, right]}}
"""

STORY = """\
scenario: story
description: Several things happen.
window: {start: 2025-01-10, days: 7}
organization: {accounts: [{name: payments, count: 3}]}
users: [{name: ana}, {name: bea, mfa: [totp]}]
administrators: [{name: ops}, {name: script, kind: iam-user}]
storyline:
  - {at: 2025-01-11T09:00:00Z, admin: ops, does: create-group, group: {name: First}}
  - at: 2025-01-12T09:00:00Z
    admin: ops
    does: create-group
    group: {name: Second}
    repeat: {times: 1, every: 1h}
    then:
      - {does: add-members, group: Second, users: [ana, bea]}
      - {does: describe-directory, repeat: {times: 20, every: 10s}}
  - {at: 2025-01-13T09:00:00Z, user: bea, does: sign-in}
"""


class Quiet:
    """Nobody who wants to know."""

    def reached(self, stage: str, attempts: int, left: int) -> None:
        """See `Observer.reached`."""


class Impatient:
    """Somebody who presses Ctrl-C."""

    def __init__(self, most: int) -> None:
        self.most = most

    def reached(self, stage: str, attempts: int, left: int) -> None:
        """See `Observer.reached`."""
        del stage, left
        if attempts > self.most:
            raise KeyboardInterrupt


def lines_of(text: str) -> list[bytes]:
    """Return the records of a scenario."""
    plan, _ = compile_scenario(resolve(library.read(text, "test")))
    return [line for batch in generate(plan) for line in batch.lines]


def shell(script: str, timeout: float = 60) -> Command:
    """Return a command that is a script: `{}` is where the records are."""
    return Command(("/bin/sh", "-c", script, "sh", "{}"), timeout)


def outcome_of(text: str, script: str, observer=None, best=None, **wish):
    """Return what comes of making a scenario small."""
    scenario = library.read(text, "test")
    asked = Wish(shell(script), **wish)
    return minimised(scenario, asked, best or Best(), observer or Quiet())


def test_one_record_of_ten_thousand_is_found():
    """Of everyday activity, in few runs, and the scenario gives that record byte for byte."""
    lines = lines_of(MANY)
    wanted = lines[6_543]
    event_id = orjson.loads(wanted)["eventID"]

    outcome = outcome_of(MANY, f'! grep -q {event_id} "$1"')

    assert len(lines) > 10_000
    assert (outcome.before, outcome.after, outcome.is_least) == (len(lines), 1, True)
    assert outcome.runs <= 33
    assert outcome.fails
    assert lines_of(outcome.text) == [wanted]
    small = library.read(outcome.text, "small")
    assert (small.storyline, small.administrators, small.description) == ((), (), "")
    assert small.background.events < 10_000


def test_two_records_that_must_come_together_are_found():
    """However far they are apart."""
    lines = lines_of(MANY)
    wanted = [lines[17], lines[9_000]]
    first, second = (orjson.loads(line)["eventID"] for line in wanted)

    outcome = outcome_of(MANY, f'! {{ grep -q {first} "$1" && grep -q {second} "$1"; }}')

    assert (outcome.after, outcome.fails) == (2, True)
    assert outcome.runs <= 72
    assert lines_of(outcome.text) == wanted


def test_a_storyline_loses_what_the_failing_record_does_not_need():
    """Entries, what is under `then`, repetitions, users, accounts and the background."""
    *_, wanted = (line for line in lines_of(STORY) if b"AddMember" in line)

    outcome = outcome_of(STORY, '! grep -q AddMember "$1"')

    assert lines_of(outcome.text) == [wanted]
    small = library.read(outcome.text, "small")
    (entry,) = small.storyline
    assert (entry.does, len(entry.then), entry.repeat) == ("create-group", 1, None)
    assert small.organization.accounts == ()
    assert [one.name for one in small.administrators] == ["ops"]


def test_a_repetition_is_kept_as_long_as_it_is_needed():
    """Its number is made smaller, and no more records are named than there are."""
    lines = lines_of(STORY)
    wanted = [line for line in lines if b"DescribeDirectory" in line][:4]
    fourth = orjson.loads(wanted[-1])["eventID"]

    outcome = outcome_of(STORY, f'! grep -q {fourth} "$1"')

    assert lines_of(outcome.text) == wanted[-1:]
    assert "times: 4" in outcome.text


def test_members_are_left_out_where_that_is_asked_for():
    """The failure is told from others by what it says."""
    script = f"""
        {sys.executable} -S -c 'import json, sys
for line in open(sys.argv[1]):
    record = json.loads(line)
    if record["userIdentity"].get("onBehalfOf") and record["eventName"] == "UserAuthentication":
        raise KeyError("on behalf of")' "$1"
    """

    outcome = outcome_of(STORY, script, pattern=pattern_of("on behalf of"), drops_members=True)

    (line,) = map(orjson.loads, lines_of(outcome.text))
    assert set(line) == {"eventName", "userIdentity"}
    assert len(line["userIdentity"]["onBehalfOf"]) == 1
    assert outcome.fails


@pytest.mark.parametrize("form", [one for one in Format if one is not Format.cloudtrail])
def test_records_are_given_in_any_form(form):
    """The command finds in them what it fails on."""
    outcome = outcome_of(TINY, '! grep -q DeleteGroup "$1"', form=form)

    assert (outcome.after, outcome.fails) == (1, True)
    assert b"DeleteGroup" in lines_of(outcome.text)[0]


def test_log_files_are_given_as_a_folder():
    """With nothing in it that a trail would not have delivered."""
    text = TINY + "trail: {digests: none}\n"
    script = """
        test -z "$(find "$1" -maxdepth 1 -type f)" || exit 9
        ! find "$1" -name '*.gz' | xargs -r zcat | grep -q DeleteGroup
    """

    outcome = outcome_of(text, script, form=Format.cloudtrail)

    assert (outcome.after, outcome.fails, outcome.ended.status) == (1, True, 1)


@pytest.mark.parametrize(
    ("script", "wish", "message"),
    [
        ("exit 0", {}, r"does not fail on all records of the scenario \(status 0\)"),
        ("exit 3", {"status": 4}, r"does not fail as asked on all records .* \(status 3\)"),
        ("echo no; exit 1", {}, r"fails with no records at all \(status 1: no\)"),
        ("exec sleep 60", {"status": 1}, r"does not fail as asked .* \(it took too long\)"),
    ],
)
def test_where_there_is_no_failure_to_be_found_it_says_so(tmp_path, script, wish, message):
    """Before anything is looked for, and without leaving a journal."""
    asked = Wish(shell(script, 1), journal=tmp_path / "journal", **wish)

    with pytest.raises(RequestError, match=message):
        minimised(library.read(STORY, "test"), asked, Best(), Quiet())

    assert not (tmp_path / "journal").exists()


def test_a_command_that_does_not_always_do_the_same_is_refused(tmp_path):
    """All records are tried twice."""
    script = f'test -e {tmp_path}/once || {{ touch {tmp_path}/once; echo "is odd"; exit 1; }}'

    with pytest.raises(RequestError, match=r"\(status 1: is odd\), and then does not \(status 0\)"):
        outcome_of(STORY, script)


def test_a_scenario_without_records_is_refused():
    """There is nothing to be made smaller."""
    with pytest.raises(RequestError, match="the scenario gives no records"):
        outcome_of("scenario: x\nwindow: {start: 2025-01-10, days: 7}\n", "exit 1")


def test_taking_too_long_is_a_failure_of_its_own():
    """Where it is what happens with all records, nothing else is."""
    script = """
        grep -q CreateGroup "$1" && exec sleep 60
        grep -q DeleteGroup "$1" && exit 1
        exit 0
    """
    asked = Wish(shell(script, 1))

    outcome = minimised(library.read(TINY, "test"), asked, Best(), Quiet())

    assert (outcome.after, outcome.ended.status, outcome.fails) == (1, None, True)
    assert b"CreateGroup" in lines_of(outcome.text)[0]


def test_runs_are_bounded():
    """What was found until then fails all the same."""
    outcome = outcome_of(STORY, '! grep -q AddMember "$1"', runs=4)

    assert (outcome.runs, outcome.is_least, outcome.fails) == (4, False, True)
    assert 1 < outcome.after < outcome.before


def test_a_search_that_was_broken_off_goes_on_without_running_anything_twice(tmp_path):
    """And comes to the same end as one that was not."""
    counted = f'echo >> {tmp_path}/runs; ! grep -q AddMember "$1"'
    runs = tmp_path / "runs"
    wish = {"journal": tmp_path / "journal"}
    best = Best()

    whole = outcome_of(STORY, counted)
    at_once = runs.read_bytes().count(b"\n")
    runs.unlink()
    with pytest.raises(KeyboardInterrupt):
        outcome_of(STORY, counted, Impatient(5), best, **wish)
    until_then = runs.read_bytes().count(b"\n")
    again = outcome_of(STORY, counted, **wish)

    assert 0 < until_then < at_once
    assert runs.read_bytes().count(b"\n") == at_once
    assert again == whole
    # What was left by then is a scenario that fails.
    assert 1 < len(lines_of(best.text)) < whole.before
    assert any(b"AddMember" in line for line in lines_of(best.text))


def test_nothing_is_left_behind(tmp_path, monkeypatch):
    """Records that were tried are gone, however it ends."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    outcome_of(STORY, '! grep -q AddMember "$1"')
    with pytest.raises(KeyboardInterrupt):
        outcome_of(STORY, '! grep -q AddMember "$1"', Impatient(3))

    assert list(tmp_path.iterdir()) == []


def test_a_scenario_is_brought_to_a_number_of_records():
    """As `generate --events` does."""
    scenario = library.read(MANY, "test")
    plan, _ = compile_scenario(resolve(scenario), events=700)
    wanted = [line for batch in generate(plan) for line in batch.lines]

    made, _ = compile_scenario(resolve(sized(scenario, 700)))

    assert [line for batch in generate(made) for line in batch.lines] == wanted
    with pytest.raises(RequestError, match="--events 1 is less than"):
        sized(scenario, 1)


def test_chosen_records_are_those_of_the_whole(tmp_path):
    """Byte for byte, whatever else is left out."""
    feeder = Feeder(resolve(library.read(STORY, "test")), Format.ndjson, tmp_path)
    ids = feeder.roll().ids
    lines = feeder.write().path.read_bytes().splitlines()

    for only in (ids[:1], ids[3:9:2], ids):
        found = feeder.write(Choice(only)).path.read_bytes().splitlines()
        assert found == [line for one, line in zip(ids, lines, strict=True) if one in only]
    assert feeder.write(Choice(())).path.read_bytes() == b""
