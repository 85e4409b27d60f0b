"""`trailwright generate`."""

from __future__ import annotations

import gzip
import os
import re
import signal
import subprocess
import time
from pathlib import Path

import orjson
import pytest

from tests.unit.cli.program import COMMAND, LONG, ODD, TINY, shell

WORDS = ("generate", "long.yaml", "-o", "-", "--truth", "out/t", "--manifest", "out/m")
FILES = ["manifest.json", "records.ndjson", "truth.ndjson"]


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """Return a folder with two scenarios."""
    (tmp_path / "tiny.yaml").write_text(TINY)
    (tmp_path / "long.yaml").write_text(LONG)
    return tmp_path


def names_in(folder: Path) -> list[str]:
    """Return the names of what a folder holds."""
    return sorted(path.name for path in folder.iterdir())


def test_files_go_to_output_unless_told(run, here):
    """Without -o: output/<scenario name>/."""
    ended = run("generate", "tiny.yaml", cwd=here)

    assert (ended.status, ended.out) == (0, "")
    assert names_in(here / "output" / "tiny") == FILES
    assert "tiny: 2 records, 2025-01-12T09:00:00Z to 2025-01-13T09:00:00Z\n" in ended.err
    assert "output/tiny/records.ndjson" in ended.err
    assert "trailwright validate output/tiny/records.ndjson" in ended.err


def test_messages_are_plain_without_a_terminal(run, here):
    """No colour, no bar, no wrapped path."""
    folder = here / ("deep-" * 30)
    ended = run("generate", "tiny.yaml", "-o", f"{folder}/", cwd=here)

    assert f"  {folder}/records.ndjson" in ended.err
    assert "\x1b" not in ended.err
    assert "\r" not in ended.err


def test_quiet_says_nothing(run, here):
    """Nothing but errors."""
    ended = run("generate", "tiny.yaml", "-q", cwd=here)

    assert (ended.status, ended.out, ended.err) == (0, "", "")


def test_standard_output_holds_records_alone(run, here):
    """With -o - messages go to standard error, truth and manifest where they are asked for."""
    ended = run("generate", "tiny.yaml", "-o", "-", "--manifest", "m.json", cwd=here)

    records = [orjson.loads(line) for line in ended.out.splitlines()]
    assert [record["eventName"] for record in records] == ["CreateGroup", "DeleteGroup"]
    assert names_in(here) == ["long.yaml", "m.json", "tiny.yaml"]
    assert [one["name"] for one in orjson.loads((here / "m.json").read_bytes())["files"]] == ["-"]


@pytest.mark.parametrize(
    ("form", "member"),
    [
        ("ndjson", "eventVersion"),
        ("eventbridge", "version"),
        ("cloudwatch-logs", "messageType"),
        ("lookup-events", "Events"),
    ],
)
def test_records_are_written_in_the_form_that_is_asked_for(run, here, form, member):
    """To standard output and to files, compressed or not; and validate reads each."""
    told = run("generate", "tiny.yaml", "--format", form, "-o", "-", "-q", cwd=here)
    ended = run("generate", "tiny.yaml", "--format", form, "-o", "x.ndjson.gz", "-q", cwd=here)
    checked = run("validate", "--ours", "x.ndjson.gz", cwd=here)

    assert (told.status, ended.status, checked.status) == (0, 0, 0)
    assert gzip.decompress((here / "x.ndjson.gz").read_bytes()).decode() == told.out
    assert next(iter(orjson.loads(told.out.splitlines()[0]))) == member
    assert orjson.loads((here / "x.manifest.json").read_bytes())["output"] == form
    assert "2 records" in checked.out


def test_a_form_that_there_is_not_is_refused(run, here):
    """With those that there are."""
    ended = run("generate", "tiny.yaml", "--format", "syslog", cwd=here)

    assert ended.status == 2
    assert "'syslog' is not one of" in ended.err
    assert "'lookup-events'" in ended.err


def test_a_scenario_is_read_from_a_pipe(here):
    """It is read once."""
    ended = shell('"$@" generate /dev/stdin -o - -q <tiny.yaml', cwd=here)

    assert ended.status == 0
    assert len(ended.out.splitlines()) == 2


def test_options_take_the_place_of_the_scenarios_own(run, here):
    """Era, seed and slice."""
    ended = run(
        *("generate", "tiny.yaml", "-o", "-", "--manifest", "m.json", "-q"),
        *("--era", "pre", "--seed", "7", "--start", "2025-01-13", "--end", "2025-01-14"),
        cwd=here,
    )

    manifest = orjson.loads((here / "m.json").read_bytes())
    assert ended.status == 0
    assert manifest["eras"] == {"pre-january-2025": 1}
    assert manifest["scenario"]["seed"] == 7
    assert manifest["scenario"]["era"] == "pre-january-2025"
    assert manifest["slice"] == {"start": "2025-01-13T00:00:00Z", "end": "2025-01-14T00:00:00Z"}


def test_the_tour_shows_an_event_before_and_after(run, here):
    """What `make run` shows: both eras side by side."""
    ended = run("generate", "tiny.yaml", "--tour", cwd=here)

    assert ended.status == 0
    assert "An administrator creates a group: sso-directory/CreateGroup" in ended.err
    assert re.search(r'"Auditors" +"HIDDEN_DUE_TO_SECURITY_REASONS"', ended.err)


def test_a_target_that_is_taken_is_refused(run, here):
    """Status 3; --force replaces."""
    assert run("generate", "tiny.yaml", "-q", cwd=here).status == 0

    ended = run("generate", "tiny.yaml", cwd=here)

    assert ended.status == 3
    assert ended.err == "Error: output/tiny is not empty: choose another with -o, or say --force\n"
    assert run("generate", "tiny.yaml", "-q", "--force", cwd=here).status == 0


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["none.yaml"], 4, "Error: none.yaml: no such file\n"),
        (
            ["quickstrat"],
            4,
            (
                "Error: no such file or scenario: quickstrat (did you mean 'quickstart'?); "
                "`scenario list` shows those that are shipped\n"
            ),
        ),
        (
            ["tiny.yaml", "-o", "x"],
            2,
            (
                "Error: cannot tell what to write to x: -o takes a folder (x/), a file "
                "(NAME.ndjson, NAME.ndjson.gz or NAME.ndjson.zst) or - for standard output\n"
            ),
        ),
        (
            ["tiny.yaml", "-o", "[bold]/x"],
            2,
            (
                "Error: cannot tell what to write to [bold]/x: -o takes a folder ([bold]/x/), a "
                "file (NAME.ndjson, NAME.ndjson.gz or NAME.ndjson.zst) or - for standard output\n"
            ),
        ),
        (
            ["tiny.yaml", "--start", "2025-01-14", "--end", "2025-01-13"],
            2,
            "Error: --start must be before --end\n",
        ),
        (
            ["tiny.yaml", "-o", "tiny.yaml/x/"],
            3,
            "Error: cannot write tiny.yaml/x: Not a directory\n",
        ),
        (
            ["tiny.yaml", "-o", "-", "--truth", "no/x"],
            0,
            "tiny: 2 records, 2025-01-12T09:00:00Z to 2025-01-13T09:00:00Z\n",
        ),
        (
            ["tiny.yaml", "--truth", "t", "--manifest", "t"],
            2,
            (
                "Error: records, truth and manifest need a file each: give other names with -o, "
                "--truth or --manifest\n"
            ),
        ),
        (
            ["tiny.yaml", "--era", "someday"],
            2,
            (
                "Error: era: expected by-date, pre, post, pre-october-2024, pre-january-2025 or "
                "post-january-2025\n"
            ),
        ),
    ],
)
def test_what_is_wrong_is_said_in_one_line(run, here, arguments, status, message):
    """Exact statuses and messages, without a traceback."""
    ended = run("generate", *arguments, cwd=here)

    assert ended.err == message
    assert ended.status == status
    assert not (here / "output").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["tiny.yaml", "--nope"], "Error: No such option: --nope"),
        ([], "Error: Missing argument 'SCENARIO'."),
        (["tiny.yaml", "--seed", "x"], "Error: Invalid value for '--seed'"),
        (["tiny.yaml", "--seed", "-1"], "Error: Invalid value for '--seed'"),
        (["tiny.yaml", "--workers", "0"], "expected a number from 1 on, or auto"),
        (["tiny.yaml", "--workers", "all"], "expected a number from 1 on, or auto"),
        (["tiny.yaml", "--engine", "fast"], "Error: Invalid value for '--engine'"),
        (
            ["tiny.yaml", "--start", "yesterday"],
            (
                "Error: Invalid value for '--start': expected a date such as 2025-01-13 or an "
                "instant such as 2025-01-13T09:00:00Z"
            ),
        ),
    ],
)
def test_wrong_options_are_usage_errors(run, here, arguments, message):
    """Status 2, as typer says it."""
    ended = run("generate", *arguments, cwd=here)

    assert ended.status == 2
    assert ended.err.startswith("Usage: ")
    assert message in ended.err
    assert "Traceback" not in ended.err


def test_a_wrong_scenario_leaves_no_output(run, here):
    """All findings with their places, status 2."""
    (here / "bad.yaml").write_text(TINY.replace("create-group", "creat-group"))

    ended = run("generate", "bad.yaml", "-o", "out/", cwd=here)

    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith("bad.yaml:5:")
    assert not (here / "out").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_told(run, here):
    """Status 3."""
    (here / "locked").mkdir(mode=0o500)

    ended = run("generate", "tiny.yaml", "-o", "locked/", cwd=here)

    assert ended.status == 3
    assert ended.err == "Error: cannot write locked/records.ndjson: Permission denied\n"


def test_a_full_disk_leaves_nothing(here):
    """A limit on the size of files stands for it: status 3, and no folder either."""
    ended = shell('ulimit -f 100; "$@" generate long.yaml -o out/', cwd=here)

    assert ended.status == 3
    assert ended.err == "Error: cannot write out/records.ndjson: File too large\n"
    assert names_in(here) == ["long.yaml", "tiny.yaml"]


@pytest.mark.parametrize(
    "arguments", ["generate tiny.yaml -o - -q", "records list", "--help", "generate --help"]
)
def test_a_full_standard_output_is_told(here, arguments):
    """Status 3, wherever in the program it is noticed."""
    ended = shell(f'"$@" {arguments} >/dev/full', cwd=here)

    assert ended.status == 3
    assert ended.err == "Error: cannot write standard output: No space left on device\n"


@pytest.mark.parametrize(
    "arguments",
    [
        "generate long.yaml -o - --truth t",
        "generate long.yaml -o - --workers 2",
        "records show CreateToken",
        "--help",
    ],
)
def test_a_pipe_that_is_closed_early_ends_quietly(here, arguments):
    """Status 141, as shells count SIGPIPE; nothing is said."""
    ended = shell(f'"$@" {arguments} | true; exit "${{PIPESTATUS[0]}}"', cwd=here)

    assert (ended.status, ended.err) == (141, "")
    assert names_in(here) == ["long.yaml", "tiny.yaml"]


@pytest.mark.parametrize("workers", ["2", "auto"])
def test_workers_write_the_same_files(run, here, workers):
    """Records and truth, compressed or not, and one manifest after the other."""
    for folder, number in (("one", "1"), ("many", workers)):
        for name in ("x.ndjson", "x.ndjson.gz"):
            ended = run(
                *("generate", "tiny.yaml", "-o", f"{folder}/{name}", "-q", "--force"),
                *("--workers", number),
                cwd=here,
            )
            assert (ended.status, ended.err) == (0, "")

    contents = [
        {path.name: path.read_bytes() for path in (here / folder).iterdir()}
        for folder in ("one", "many")
    ]
    assert contents[0] == contents[1]
    assert len(contents[0]) == 5


def test_an_error_in_a_worker_is_told_as_ever(run, here):
    """The same message and status, and nothing is left."""
    (here / "odd.yaml").write_text(ODD)

    alone, among_workers = (
        run("generate", "odd.yaml", "-o", "out/", "--workers", number, cwd=here)
        for number in ("1", "2")
    )

    assert alone == among_workers
    assert among_workers.status == 2
    assert among_workers.err.startswith("Error: records: cannot set 'eventID.x': ")
    assert not (here / "out").exists()


def begun(here: Path, *more: str) -> subprocess.Popen[bytes]:
    """Return the program in the midst of a run: its reader does not read on."""
    process = subprocess.Popen(  # noqa: S603
        [*COMMAND, *WORDS, *more],
        cwd=here,
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.read(1)
    return process


@pytest.mark.parametrize(
    ("number", "status", "message"),
    [(signal.SIGINT, 130, b"Interrupted.\n"), (signal.SIGTERM, 143, b"")],
)
def test_a_signal_leaves_nothing(here, number, status, message):
    """Ctrl-C and SIGTERM end the run, and remove its temporary files and folders."""
    process = begun(here)
    assert names_in(here / "out") == [".m.partial", ".t.partial"]

    process.send_signal(number)

    _, told = process.communicate()
    assert (process.returncode, told) == (status, message)
    assert names_in(here) == ["long.yaml", "tiny.yaml"]


def children_of(pid: int) -> list[int]:
    """Return the processes that any thread of a process started."""
    threads = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for thread in threads for child in thread.read_text().split()]


def is_over(pid: int) -> bool:
    """Return whether a process has ended, even if nobody has asked how."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="only Linux tells the children")
@pytest.mark.parametrize(
    ("number", "status", "message"),
    [
        (signal.SIGINT, 130, b"Interrupted.\n"),
        (signal.SIGTERM, 143, b""),
        (signal.SIGKILL, -9, b""),
    ],
)
def test_no_worker_outlives_its_run(here, number, status, message):
    """Ctrl-C and SIGTERM, which reach all of them, and a kill, which none can answer."""
    process = begun(here, "--workers", "2")
    workers = children_of(process.pid)

    os.killpg(process.pid, number)

    _, told = process.communicate()
    assert (process.returncode, told) == (status, message)
    assert workers
    deadline = time.monotonic() + 60
    while not all(map(is_over, workers)):
        assert time.monotonic() < deadline
    if number != signal.SIGKILL:
        assert names_in(here) == ["long.yaml", "tiny.yaml"]


def test_a_killed_run_leaves_temporary_names_only(run, here):
    """And the next run to the same place takes them over."""
    process = begun(here)
    process.kill()
    process.communicate()
    assert names_in(here / "out") == [".m.partial", ".t.partial"]

    ended = run("generate", "tiny.yaml", "-o", "out/x.ndjson", "--truth", "out/t", "-q", cwd=here)

    assert (ended.status, ended.err) == (0, "")
    assert names_in(here / "out") == [".m.partial", "t", "x.manifest.json", "x.ndjson"]


def test_a_second_run_to_the_same_place_is_refused(run, here):
    """The first goes on."""
    process = begun(here)

    ended = run("generate", "tiny.yaml", "-o", "-", "--truth", "out/t", cwd=here)

    assert (ended.status, ended.out) == (3, "")
    assert ended.err == "Error: cannot write out/t: another run is writing it\n"
    process.communicate()
    assert process.returncode == 0
    assert names_in(here / "out") == ["m", "t"]
