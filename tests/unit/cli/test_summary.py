"""`trailwright summary`; what it says is tested with `simulator.reports`."""

from __future__ import annotations

import orjson


def test_a_scenario_and_its_run_are_told_alike(run, tmp_path):
    """In tables and in JSON; nothing is left of what was made for it."""
    run("generate", "quickstart", "--events", "80", "-o", "run/", cwd=tmp_path)

    for more in ((), ("--json",)):
        one = run("summary", "quickstart", "--events", "80", *more, cwd=tmp_path)
        two = run("summary", "run", *more, cwd=tmp_path)
        assert (one.status, one.err) == (0, "")
        assert one == two
    assert orjson.loads(two.out)["format"] == "trailwright-summary/1"
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_records_of_anybody_are_told(run, tmp_path):
    """What is none is said on standard error, with status 1."""
    record = '{"eventSource":"sso.amazonaws.com","eventName":"Logout"}'
    (tmp_path / "records.ndjson").write_text(f"{record}\nnothing\n")

    ended = run("summary", "records.ndjson", cwd=tmp_path)

    assert ended.status == 1
    assert ended.out.startswith("records.ndjson: 1 record\n")
    assert ended.err.startswith("records.ndjson:2")


def test_options_of_scenarios_are_refused_for_records(run, tmp_path):
    """Rather than ignored."""
    (tmp_path / "records.ndjson").write_text("")

    ended = run("summary", "records.ndjson", "--era", "post", cwd=tmp_path)

    assert (ended.status, ended.out) == (2, "")
    assert "records.ndjson is no scenario" in ended.err
