"""Scenario to files."""

from __future__ import annotations

from pathlib import Path

import jsonschema_rs
import orjson
import pytest

from simulator import run
from simulator.errors import OutputError, RequestError
from simulator.flows import FLOWS
from simulator.plan.episodes import block_of
from simulator.plan.windows import begun, windows
from simulator.primitives.instants import HOUR, MINUTE
from simulator.records.kinds import KIND_NAMES
from simulator.run import Request, generate, write_run
from simulator.scenario import library
from simulator.scenario.resolve import resolve
from simulator.sinks.formats import FORMS
from simulator.sinks.targets import target_of
from tests.builders import START, a_plan, a_row

SCHEMAS = Path(__file__).parents[3] / "docs" / "schemas"

SCENARIO = """
scenario: two-sign-ins
window: {start: 2025-01-12, days: 2}
instance: {mfa: {prompt: never}}
users: [{name: ana.lopez}]
administrators: [{name: ops}]
storyline:
  - {at: 2025-01-12T23:59:50Z, user: ana.lopez, does: sign-in, id: late}
  - {at: 2025-01-13T09:00:00Z, does: sign-in, with: {username: nobody, password: [wrong]}}
  - {at: 2025-01-13T10:00:00Z, admin: ops, does: create-group, label: suspicious,
     group: {name: Auditors}}
records:
  - {where: {entry: late, event: UserAuthentication}, set: {userAgent: curl}, drop: [eventType]}
"""


def names_in(folder: Path) -> list[str]:
    """Return the names of what a folder holds."""
    return sorted(path.name for path in folder.iterdir())


def a_request(engine: run.Engine = "vectorised", **changes) -> Request:
    """Return a request for the scenario above."""
    return Request(resolve(library.read(SCENARIO, "s.yaml")), engine=engine, **changes)


def many_episodes(count: int = 40):
    """Return a plan of sign-ins a minute apart."""
    flow = FLOWS[0]
    rows = [a_row(flow, key_low=nth, start=START + nth * MINUTE) for nth in range(count)]
    return a_plan([block_of(flow, rows)])


def lines_of(target) -> list[dict]:
    """Return the records of a target as objects."""
    return [orjson.loads(line) for line in target.records.read_bytes().splitlines()]


@pytest.mark.parametrize("at_once", [1, 7, 1000])
@pytest.mark.parametrize("name", ["vectorised", "stepwise"])
def test_windows_decide_no_byte(name, at_once):
    """However a run is cut, the records are the same."""
    plan = many_episodes()
    whole = [line for batch in generate(plan) for line in batch.lines]

    cut = [
        line
        for batch in generate(plan, engine=name, episodes_at_once=at_once)
        for line in batch.lines
    ]

    assert cut == whole
    assert len(whole) == 3 * 40


def test_windows_are_consecutive_and_bounded():
    """Each begins where the last one ends, and few episodes begin in one."""
    plan = many_episodes()

    found = list(windows(plan, None, None, 10))

    assert found[0][0] == plan.start
    assert found[-1][1] == plan.horizon
    assert [last for _, last in found[:-1]] == [first for first, _ in found[1:]]
    assert all(begun(plan, last) - begun(plan, first) <= 10 for first, last in found)
    assert len(found) == 4


def test_more_at_one_instant_than_fit_are_one_window():
    """A millisecond is not cut."""
    flow = FLOWS[0]
    plan = a_plan([block_of(flow, [a_row(flow, key_low=nth) for nth in range(5)])])

    assert next(windows(plan, None, None, 2)) == (START, START + 1)


def test_a_slice_is_the_part_of_the_run_that_lies_in_it():
    """Records with start ≤ eventTime < end of the same run."""
    plan = many_episodes()
    middle = START + 10 * MINUTE
    whole = [line for batch in generate(plan) for line in batch.lines]

    parts = [
        [line for batch in generate(plan, end=middle) for line in batch.lines],
        [line for batch in generate(plan, start=middle) for line in batch.lines],
    ]

    assert parts[0] + parts[1] == whole
    assert all(parts)


def test_an_empty_slice_has_no_records():
    """Neither is it an error."""
    plan = many_episodes()

    assert list(generate(plan, start=plan.horizon + HOUR)) == []


@pytest.mark.parametrize("name", ["vectorised", "stepwise"])
def test_a_run_writes_three_files(tmp_path, name):
    """Records, truth and manifest, the same with either engine."""
    target = target_of(f"{tmp_path}/a/b/", "s")

    counts = write_run(a_request(name), target)

    assert names_in(tmp_path / "a" / "b") == [
        "manifest.json",
        "records.ndjson",
        "truth.ndjson",
    ]
    assert counts.records == 6
    assert counts.eras == {"pre-january-2025": 1, "post-january-2025": 5}


@pytest.mark.parametrize("form", FORMS)
def test_any_form_is_written_and_told(tmp_path, form):
    """The manifest names it and counts records, not lines; the truth is the same."""
    target, plain = target_of(f"{tmp_path}/a/", "s"), target_of(f"{tmp_path}/b/", "s")
    write_run(a_request(), plain)

    counts = write_run(a_request(format=form), target)

    manifest = orjson.loads(target.manifest.read_bytes())
    assert names_in(tmp_path / "a") == ["manifest.json", "records.ndjson", "truth.ndjson"]
    assert manifest["output"] == form.value
    assert [one["records"] for one in manifest["files"]] == [6, 6]
    assert counts.records == 6
    assert target.truth.read_bytes() == plain.truth.read_bytes()
    assert (target.records.read_bytes() == plain.records.read_bytes()) == (form == "ndjson")


def test_log_files_are_no_lines(tmp_path):
    """They are delivered, and nothing is written."""
    with pytest.raises(RequestError, match="log files are delivered"):
        write_run(a_request(format=run.Format.cloudtrail), target_of(f"{tmp_path}/a/", "s"))
    assert not (tmp_path / "a").exists()


def test_engines_write_the_same_files(tmp_path):
    """The manifest too: it does not say which engine rendered."""
    contents = []
    for name in ("vectorised", "stepwise"):
        target = target_of(f"{tmp_path}/{name}/", "s")
        write_run(a_request(name), target)
        contents.append([path.read_bytes() for path in target.paths()])

    assert contents[0] == contents[1]


def test_truth_and_manifest_keep_to_their_schemas(tmp_path):
    """docs/schemas is binding."""
    target = target_of(f"{tmp_path}/", "s")
    write_run(a_request(source_sha256="0" * 64, start=START - 40 * HOUR, events=6), target)

    validators = {
        name: jsonschema_rs.validator_for(
            orjson.loads((SCHEMAS / f"{name}.schema.json").read_bytes())
        )
        for name in ("truth", "manifest")
    }

    validators["manifest"].validate(orjson.loads(target.manifest.read_bytes()))
    for line in target.truth.read_bytes().splitlines():
        validators["truth"].validate(orjson.loads(line))


def test_the_truth_tells_what_the_records_hide(tmp_path):
    """One line a record, in the same order, joined by eventID."""
    target = target_of(f"{tmp_path}/", "s")
    write_run(a_request(), target)
    truth = [orjson.loads(line) for line in target.truth.read_bytes().splitlines()]
    records = lines_of(target)

    assert [line["eventID"] for line in truth] == [record["eventID"] for record in records]
    assert [line["eventTime"] for line in truth] == [record["eventTime"] for record in records]
    assert [line["kind"].partition("/")[2] for line in truth] == [
        record["eventName"] for record in records
    ]
    assert {line["kind"] for line in truth} <= set(KIND_NAMES)
    assert [line["override"] for line in truth] == [False, False, True, False, False, False]
    assert [line["actor"] for line in truth[:3]] == ["ana.lopez"] * 3
    assert truth[3]["user"] is None
    assert truth[5]["administrator"] == truth[5]["actor"] == "ops"
    assert truth[5]["label"] == "suspicious"
    assert truth[0]["entry"] == "late"
    assert [line["outcome"] for line in truth] == ["Success"] * 4 + ["Failure", "Success"]
    assert len({line["episode"] for line in truth}) == 3


def test_overrides_reach_the_records(tmp_path):
    """The scenario's `records`, set and dropped."""
    target = target_of(f"{tmp_path}/", "s")
    write_run(a_request(), target)

    changed = lines_of(target)[2]

    assert changed["userAgent"] == "curl"
    assert "eventType" not in changed


def test_a_slice_cuts_by_whole_seconds(tmp_path):
    """An eventTime has no milliseconds: a bound between two seconds means the later one."""
    whole = target_of(f"{tmp_path}/whole/", "s")
    write_run(a_request(), whole)
    bound = START + HOUR + 1

    target = target_of(f"{tmp_path}/slice/", "s")
    write_run(a_request(start=bound), target)

    expected = [one for one in lines_of(whole) if one["eventTime"] >= "2025-01-13T09:00:01Z"]
    assert lines_of(target) == expected
    assert len(expected) == 2


def test_a_slice_that_ends_before_it_starts_is_refused(tmp_path):
    """An option that asks for what cannot be."""
    with pytest.raises(RequestError, match=r"^--start must be before --end$"):
        write_run(a_request(start=START, end=START), target_of(f"{tmp_path}/x/", "s"))
    assert names_in(tmp_path) == []


def test_an_error_while_writing_leaves_nothing(tmp_path):
    """Neither files nor folders that were made for them."""

    class Stops(run.Silence):
        """An observer that has had enough."""

        def written(self, records: int, episodes: int) -> None:  # noqa: ARG002
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_run(a_request(), target_of(f"{tmp_path}/a/b/", "s"), observer=Stops())

    assert names_in(tmp_path) == []


def test_force_replaces_the_three_files_alone(tmp_path):
    """What else is in the folder stays."""
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "manifest.json").write_text("old")
    target = target_of(str(tmp_path), "s")

    write_run(a_request(), target, force=True)

    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert orjson.loads(target.manifest.read_bytes())["records"] == 6


def test_a_file_that_cannot_be_renamed_takes_back_the_others(tmp_path, monkeypatch):
    """All of a run or nothing: the records do not stay without their manifest."""
    target = target_of(f"{tmp_path}/", "s")
    replaced = Path.replace

    def refuses(self: Path, other: Path) -> Path:
        if other.name == "manifest.json":
            raise PermissionError(13, "Permission denied")
        return replaced(self, other)

    monkeypatch.setattr(Path, "replace", refuses)

    with pytest.raises(OutputError, match=r"manifest\.json: Permission denied$"):
        write_run(a_request(), target)
    assert names_in(tmp_path) == []


def test_progress_ends_with_every_record_and_episode(tmp_path):
    """An observer hears the whole, then parts of it."""
    heard = []

    class Listens:
        """An observer that remembers."""

        def planned(self, episodes: int) -> None:
            heard.append(episodes)

        def written(self, records: int, episodes: int) -> None:
            heard.append((records, episodes))

    write_run(a_request(), target_of(f"{tmp_path}/", "s"), observer=Listens())

    assert heard == [3, (6, 3)]
