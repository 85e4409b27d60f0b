"""`trailwright realism`; what it measures is tested with `simulator.realism`."""

from __future__ import annotations

import orjson
import pytest

SMALL = """\
scenario: small
window: {start: 2025-01-06, days: 7}
users:
  - {count: 20, id: staff, persona: staff, mfa: {totp: 100%}}
personas:
  staff: {like: office-worker, sign_ins_per_workday: 1.5, present: 90%, remote: 50%}
background: {intensity: 1}
"""


@pytest.fixture
def here(tmp_path):
    """Return a folder with a scenario, and another that declares otherwise."""
    (tmp_path / "small.yaml").write_text(SMALL)
    (tmp_path / "other.yaml").write_text(SMALL.replace("present: 90%", "present: 20%"))
    return tmp_path


def test_a_scenario_is_measured_and_nothing_is_left(run, here):
    """A table for each persona, and what it comes to."""
    ended = run("realism", "small.yaml", cwd=here)

    assert (ended.status, ended.err) == (0, "")
    assert ended.out.startswith("staff\n  measure ")
    assert "\nIntensity 1, as the scenario says.\nsmall: " in ended.out
    assert sorted(path.name for path in here.iterdir()) == ["other.yaml", "small.yaml"]


def test_a_run_is_measured_where_it_lies(run, here):
    """The folder gives the report that its scenario does."""
    run("generate", "small.yaml", "-o", "out/", "-q", cwd=here)

    by_folder = run("realism", "out", "--json", cwd=here)
    by_records = run("realism", "out/records.ndjson", "--json", cwd=here)
    made = run("realism", "small.yaml", "--json", cwd=here)

    assert by_folder == by_records == made
    assert orjson.loads(made.out)["format"] == "trailwright-realism/1"


def test_what_fails_ends_with_status_1_if_that_is_wanted(run, here):
    """Records against another declaration; without --strict they are only told of."""
    strict = run("realism", "small.yaml", "--strict", "-q", cwd=here)
    told = run("realism", "small.yaml", "--against", "other.yaml", "-q", cwd=here)
    failed = run("realism", "small.yaml", "--against", "other.yaml", "--strict", cwd=here)

    assert (strict.status, strict.out) == (0, "")
    assert (told.status, failed.status) == (0, 1)
    assert told.out == failed.out
    assert "  presence " in failed.out
    assert "FAILS" in failed.out


def test_events_and_seed_are_for_scenarios(run, here):
    """A run has its own already."""
    assert "small: 500 records, " in run("realism", "small.yaml", "--events", "500", cwd=here).out
    assert run("realism", "small.yaml", "--seed", "3", "--strict", "-q", cwd=here).status == 0
    both = ("--against", "other.yaml", "--seed", "3", "--strict", "-q")
    assert run("realism", "small.yaml", *both, cwd=here).status == 1

    run("generate", "small.yaml", "-o", "out/", "-q", cwd=here)
    refused = run("realism", "out", "--seed", "3", cwd=here)
    assert refused.status == 2
    assert refused.err == "Error: out is a run: --events, --seed and --workers are for scenarios\n"


def test_what_is_not_there_is_told(run, here):
    """A scenario that nobody has, a folder without a run."""
    (here / "empty").mkdir()

    assert run("realism", "nothing", cwd=here).status == 4
    assert run("realism", "empty", cwd=here).status == 4
