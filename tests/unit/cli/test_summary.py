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


def test_a_compressed_run_is_told_as_any(run, tmp_path):
    """Its truth is compressed as well, and a truth that was cut short is told."""
    for name in ("x.ndjson", "y.ndjson.gz"):
        run("generate", "quickstart", "--events", "80", "-o", name, cwd=tmp_path)
    truth = tmp_path / "y.truth.ndjson.gz"

    plain = run("summary", "x.ndjson", cwd=tmp_path)
    packed = run("summary", "y.ndjson.gz", cwd=tmp_path)
    truth.write_bytes(truth.read_bytes()[:1_000])
    short = run("summary", "y.ndjson.gz", cwd=tmp_path)

    assert (plain.status, plain.err) == (0, "")
    assert packed == plain
    assert (short.status, short.out) == (4, "")
    assert short.err == "Error: y.truth.ndjson.gz: the gzip data ends early\n"


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
