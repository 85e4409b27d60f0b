"""`trailwright validate`; what it checks is tested with `simulator.validation`."""

from __future__ import annotations

import orjson

from tests.unit.cli.program import TINY, shell


def test_what_was_generated_is_sound(run, tmp_path):
    """A folder as `generate` writes it; truth and manifest are left alone."""
    (tmp_path / "tiny.yaml").write_text(TINY)
    run("generate", "tiny.yaml", "-o", "out/", "-q", cwd=tmp_path)

    ended = run("validate", "out", "--ours", "--cutover", "announced", cwd=tmp_path)

    assert ended.out.startswith("2 records in 1 file")
    assert ended.out.endswith("No findings.\n")
    assert (ended.status, ended.err) == (0, "")


def test_errors_end_with_status_1(run, tmp_path):
    """The report says which, also as JSON."""
    (tmp_path / "x.json").write_text('{"eventVersion": "1.08"}')

    ended = run("validate", "x.json", "--json", cwd=tmp_path)

    report = orjson.loads(ended.out)
    assert (ended.status, report["format"]) == (1, "trailwright-validation/1")
    assert report["severities"]["error"] > 0


def test_a_missing_file_is_told(run, tmp_path):
    """Status 4."""
    ended = run("validate", "none.json", cwd=tmp_path)

    assert (ended.status, ended.out) == (4, "")
    assert ended.err == "Error: none.json: no such file or folder\n"


def test_a_cutover_that_is_none_is_refused(run, tmp_path):
    """Status 2, before anything is read."""
    ended = run("validate", "none.json", "--cutover", "soon", cwd=tmp_path)

    assert ended.status == 2
    assert ended.err.startswith("Error: --cutover 'soon': ")


def test_records_are_read_from_a_pipe(tmp_path):
    """What generate writes, validate reads."""
    (tmp_path / "tiny.yaml").write_text(TINY)

    ended = shell('"$@" generate tiny.yaml -o - -q | "$@" validate -', cwd=tmp_path)

    assert (ended.status, ended.err) == (0, "")
    assert ended.out.startswith("2 records in 1 file")
