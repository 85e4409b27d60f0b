"""`trailwright reconcile`; what it finds is tested with `simulator.reconciliation`."""

from __future__ import annotations

import orjson
import pytest

from tests.unit.cli.program import TINY, shell


@pytest.fixture
def here(run, tmp_path):
    """Return a folder with a run of two records."""
    (tmp_path / "tiny.yaml").write_text(TINY)
    assert run("generate", "tiny.yaml", "-o", "run/", cwd=tmp_path).status == 0
    return tmp_path


def export(here, *lines):
    """Write an export of some of the run's records."""
    all_lines = (here / "run" / "records.ndjson").read_bytes().splitlines(keepends=True)
    (here / "export.ndjson").write_bytes(b"".join(all_lines[at] for at in lines))
    return [orjson.loads(line)["eventID"] for line in all_lines]


def test_all_that_arrived_is_status_0(run, here):
    """And what was compared with what is said."""
    export(here, 1, 0)

    ended = run("reconcile", "run", "export.ndjson", cwd=here)

    assert (ended.status, ended.err) == (0, "")
    assert ended.out.startswith(
        "2 records in run/truth.ndjson\n"
        "2 records received\n"
        "Contents were compared with run/records.ndjson\n"
        "\n"
        "  expected    2\n"
        "  received    2\n"
        "  missing     0  expected and not received\n"
    )


def test_what_did_not_arrive_is_status_1(run, here):
    """Its eventID is written where that is asked for."""
    ids = export(here, 1)

    ended = run("reconcile", "run", "export.ndjson", "--missing", "missing.txt", cwd=here)

    assert (ended.status, ended.err) == (1, "1 record missing\n")
    assert (here / "missing.txt").read_text() == f"{ids[0]}\n"
    assert f"Missing\n  {ids[0]}  run/truth.ndjson:1  sso-directory/CreateGroup of " in ended.out


def test_a_share_may_be_missing(run, here):
    """Half of two."""
    export(here, 1)

    enough = run("reconcile", "run", "export.ndjson", "--allow-missing", "50%", cwd=here)
    less = run("reconcile", "run", "export.ndjson", "--allow-missing", "0.4", cwd=here)
    wrong = run("reconcile", "run", "export.ndjson", "--allow-missing", "200%", cwd=here)

    assert (enough.status, less.status, wrong.status) == (0, 1, 2)


def test_repeats_are_allowed_when_asked_for(run, here):
    """They are told all the same."""
    export(here, 0, 1, 1)

    ended = run("reconcile", "run", "export.ndjson", "--allow-repeats", "--json", cwd=here)

    told = orjson.loads(ended.out)
    assert (ended.status, ended.err, told["failures"]) == (0, "", [])
    assert told["counts"]["repeated"] == 1
    assert run("reconcile", "run", "export.ndjson", cwd=here).status == 1


def test_a_run_is_made_again_where_its_records_are_gone(run, here):
    """From its manifest."""
    export(here, 0, 1)
    (here / "run" / "records.ndjson").unlink()

    ended = run("reconcile", "run", "export.ndjson", cwd=here)

    assert ended.status == 0
    assert "Contents were compared with the run, made again from its manifest\n" in ended.out


def test_an_export_is_read_from_a_pipe(here):
    """As another program writes it."""
    export(here, 0, 1)

    ended = shell('cat export.ndjson | "$@" reconcile run - --json', cwd=here)

    assert (ended.status, ended.err) == (0, "")
    assert orjson.loads(ended.out)["counts"]["received"] == 2


def test_what_is_not_there_cannot_be_read(run, here):
    """Status 4."""
    ended = run("reconcile", "run", "none.ndjson", cwd=here)

    assert (ended.status, ended.err) == (4, "Error: none.ndjson: no such file or folder\n")
