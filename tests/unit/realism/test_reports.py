"""Reports of small runs: what is read, what is refused, and what is said of too little."""

from __future__ import annotations

from pathlib import Path

import jsonschema_rs
import orjson
import pytest

from simulator.errors import InputError
from simulator.primitives.jsontext import json_text
from simulator.realism import measure_run, measure_scenario, report_json, report_text
from simulator.run import Format, Request, write_run
from simulator.sinks.targets import target_of
from simulator.verification import place_of
from tests.realism.offices import a_scenario

SCHEMAS = Path(__file__).parents[3] / "docs" / "schemas"


def schema():
    """Return what checks reports."""
    text = (SCHEMAS / "realism.schema.json").read_text("utf-8")
    jsonschema_rs.meta.validate(orjson.loads(text))
    return jsonschema_rs.validator_for(orjson.loads(text))


def members(report):
    """Return a report as JSON has it."""
    return orjson.loads(json_text(report_json(report)))


def written(folder, form=Format.ndjson, **request):
    """Return where a run of 30 people and a week is."""
    scenario = a_scenario()
    target = target_of(f"{folder}/", scenario.scenario, truth=None, manifest=None)
    write_run(Request(scenario, format=form, **request), target, force=False)
    return place_of(str(folder))


def test_a_report_keeps_to_its_schema():
    """docs/schemas is binding; a member more is refused."""
    report = measure_scenario(a_scenario())
    made = members(report)

    assert schema().is_valid(made)
    assert not schema().is_valid({**made, "more": 1})
    assert {row["kind"] for row in made["measures"]} == {"share", "distribution"}
    assert sum(made["verdicts"].values()) == len(made["measures"])


@pytest.mark.parametrize(
    "parts",
    [
        {"background": {"events": 0}},
        {"background": {"intensity": "0"}},
        {"background": {"events": 0}, "users": []},
        {"background": {"events": 0}, "users": [{"name": "ana.lopez", "background": False}]},
        {"background": {"events": 40}, "users": [{"name": "ana.lopez"}]},
        {"window": {"start": "2025-01-06T09:00:00Z", "end": "2025-01-06T10:00:00Z"}},
    ],
)
def test_too_little_is_said_to_be_too_little(parts):
    """No events, nobody, one person alone, not one whole day: nothing fails or breaks."""
    report = measure_scenario(a_scenario(**parts))

    assert report.failures == 0
    assert schema().is_valid(members(report))
    assert report_text(report)


def test_nobody_there_is_a_failure_where_people_are_declared(tmp_path):
    """Of people who are to be there every day, records tell nothing."""
    place = written(tmp_path / "run")
    lines = (tmp_path / "run" / "records.ndjson").read_bytes().splitlines(keepends=True)
    (tmp_path / "run" / "records.ndjson").write_bytes(b"".join(lines[:40]))

    report = measure_run(place)

    assert [row.verdict for row in report.rows if row.measure == "presence"] == ["fails"]


def test_a_run_is_measured_in_another_form_that_is_written(tmp_path):
    """The same records give the same report, newest first as well."""
    place = written(tmp_path / "run", Format.lookup_events)

    assert measure_run(place) == measure_scenario(a_scenario())


def test_a_slice_is_measured_as_far_as_it_goes(tmp_path):
    """Days without records are not held against anybody."""
    at = a_scenario().window.start
    place = written(tmp_path / "run", start=at, end=at + 2 * 86_400_000)

    report = measure_run(place)
    [presence] = [row for row in report.rows if row.measure == "presence"]

    # The newcomers among thirty people are not counted.
    assert presence.trials <= 2 * 30
    assert report.failures == 0


def test_without_the_truth_nothing_is_measured(tmp_path):
    """Nobody knows whose a failed sign-in is."""
    place = written(tmp_path / "run")
    path = tmp_path / "run" / "manifest.json"
    manifest = orjson.loads(path.read_bytes())
    manifest["files"] = [one for one in manifest["files"] if one["role"] != "truth"]
    path.write_bytes(orjson.dumps(manifest))

    with pytest.raises(InputError, match="without the truth nobody knows whose records are whose"):
        measure_run(place)


def test_what_is_no_record_is_told_with_its_place(tmp_path):
    """As `validate` does."""
    place = written(tmp_path / "run")
    (tmp_path / "run" / "records.ndjson").write_bytes(b"{}\n{broken\n")

    with pytest.raises(InputError, match=r"records\.ndjson:2: not JSON"):
        measure_run(place)


def test_records_of_others_are_refused(tmp_path):
    """A scenario that declares has the same users."""
    others = a_scenario(seed=8)

    with pytest.raises(InputError, match="signs in, and is no user of scenario office"):
        measure_run(written(tmp_path / "run"), against=others)


@pytest.mark.parametrize("name", ["eventID", "eventName"])
@pytest.mark.parametrize("value", [None, ["x"], 7])
def test_records_that_an_override_made_odd_are_left_out(name, value):
    """Whatever it put in place of what a record is found by."""
    entry = {"id": "odd", "at": "2025-01-09T09:00:00Z", "user": "ana.lopez", "does": "sign-in"}
    scenario = a_scenario(
        background={"events": 40},
        users=[{"name": "ana.lopez", "mfa": ["totp"]}],
        storyline=[entry],
        records=[{"where": {"entry": "odd"}, "set": {name: value}}],
    )

    assert members(measure_scenario(scenario))["measures"]
