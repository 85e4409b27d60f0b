"""`trailwright verify`; what it checks is tested with `simulator.verification`."""

from __future__ import annotations

import orjson
import pytest

from simulator.cli import console
from simulator.cli.progress import ReadBar, RunBar, bars
from tests.unit.cli.program import TINY


@pytest.fixture
def here(run, tmp_path):
    """Return a folder with a run of two records in `out`."""
    (tmp_path / "tiny.yaml").write_text(TINY)
    run("generate", "tiny.yaml", "-o", "out/", "-q", cwd=tmp_path)
    return tmp_path


def test_a_run_that_is_well_ends_with_status_0(run, here):
    """The folder, its manifest, its records; read only, or made again."""
    for words in (("out",), ("out/manifest.json",), ("out/records.ndjson",)):
        ended = run("verify", *words, cwd=here)
        assert (ended.status, ended.err) == (0, "")
        assert ended.out == "2 files, 2 records: as the manifest says\n"

    ended = run("verify", "out", "--rerun", "--workers", "2", cwd=here)
    assert (ended.status, ended.err) == (0, "")
    assert ended.out.endswith(
        ": as the manifest says, and as the run gives when it is made again\n"
    )


def test_findings_end_with_status_1(run, here):
    """A line for each, and a summary."""
    path = here / "out" / "records.ndjson"
    first, second = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(first)

    ended = run("verify", "out", cwd=here)

    assert (ended.status, ended.err) == (1, "")
    assert ended.out.endswith(
        "out/records.ndjson: 1 record is missing\n"
        f"  {orjson.loads(second)['eventID']}\n"
        "\n"
        "2 files, 2 records: 5 findings in 1 file\n"
    )


def test_findings_are_json_when_asked_for(run, here):
    """With the same status."""
    (here / "out" / "mine").touch()

    ended = run("verify", "out", "--json", cwd=here)

    report = orjson.loads(ended.out)
    assert (ended.status, report["format"]) == (1, "trailwright-verification/1")
    assert [(one["file"], one["kind"]) for one in report["findings"]] == [("mine", "unlisted")]


def test_quietly_a_run_that_is_well_says_nothing(run, here):
    """Findings are told all the same."""
    assert run("verify", "out", "-q", cwd=here).out == ""

    (here / "out" / "mine").touch()
    assert run("verify", "out", "-q", cwd=here).out.startswith("out/mine: is not in the manifest\n")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda path: path.unlink(), "out/manifest.json: no such file: a run's folder has one"),
        (lambda path: path.write_bytes(b"{"), "out/manifest.json:1:"),
        (lambda path: path.write_bytes(b"{}"), "out/manifest.json: format: expected "),
    ],
)
def test_without_a_manifest_there_is_status_4(run, here, change, message):
    """It is missing, or cannot be read."""
    change(here / "out" / "manifest.json")

    ended = run("verify", "out", cwd=here)

    assert (ended.status, ended.out) == (4, "")
    assert ended.err.startswith(f"Error: {message}")


def test_a_run_that_cannot_be_made_again_is_status_2(run, here):
    """What is asked for cannot be done."""
    path = here / "out" / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b'"output": "ndjson"', b'"output": "new"'))

    ended = run("verify", "out", "--rerun", cwd=here)

    assert ended.status == 2
    assert ended.err == "Error: --rerun: a run whose output is new cannot be made again\n"


def test_progress_is_shown_on_terminals_alone():
    """What is read, and what is made again."""
    from rich.progress import Progress  # noqa: PLC0415

    with bars(is_shown=False) as nobody:
        assert nobody is None
    progress = Progress(console=console.messages(), disable=True)
    read, rerun = ReadBar(progress), RunBar(progress, "records made again")

    read.planned(100)
    read.read(40)
    rerun.planned(7)
    rerun.written(5, 3)

    reading, making = progress.tasks
    assert (reading.total, reading.completed, reading.fields["told"]) == (100, 40, "40 B read")
    assert (making.total, making.completed) == (7, 3)
    assert making.fields["told"] == "5 records made again"
