"""Commands end with the statuses, and the words, that the page says."""

from __future__ import annotations

import re
import shlex
import signal
import subprocess
import sys

import pytest

from simulator.cli.app import STATUSES
from simulator.datasets import arrow
from tests.docs.typed import DOCS, blocks, typed
from tests.unit.cli.conftest import run
from tests.unit.cli.program import COMMAND

PAGE = (DOCS / "exit-statuses.md").read_text("utf-8")
ROWS = re.findall(r"^\| `trailwright (.*?)`(.*?) \| (\d+) \| (.*?) \|$", PAGE, re.MULTILINE)
PLAIN = [row for row in ROWS if not row[1]]

__all__ = ["run"]


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """Return a folder with the page's files."""
    folder = tmp_path_factory.mktemp("errors")
    done = typed(blocks(PAGE, "sh"), folder)
    assert (done.returncode, done.stderr) == (0, "")
    return folder


def said_in(row):
    """Return what a command of the page says."""
    return row[3].strip("`")


def row_where(words):
    """Return the row whose command has these words behind it."""
    (row,) = (row for row in ROWS if row[1].strip(" ,") == words)
    return row


def test_every_status_is_there():
    """But for success, of which nothing is said."""
    assert {int(row[2]) for row in ROWS} == {status for status, _ in STATUSES} - {0}


@pytest.mark.parametrize("row", PLAIN, ids=[row[0] for row in PLAIN])
def test_commands_end_as_the_page_says(run, here, row):
    """With the status, on standard error (findings may be a report), and without a traceback."""
    before = sorted(here.rglob("*"))

    ended = run(*shlex.split(row[0]), cwd=here)

    assert ended.status == int(row[2])
    assert said_in(row) in ended.err + (ended.out if ended.status == 1 else "")
    assert "Traceback" not in ended.err
    assert not ended.err.startswith("Error:") or not ended.err.rstrip().endswith(".")
    assert sorted(here.rglob("*")) == before


def test_a_missing_extra_is_named(run, here, monkeypatch):
    """Status 5."""
    row = row_where("without pyarrow")
    monkeypatch.setattr(arrow, "pa", None)

    ended = run(*shlex.split(row[0]), cwd=here)

    assert (ended.status, said_in(row) in ended.err) == (int(row[2]), True), ended.err


def test_workers_that_cannot_be_started_are_told(run, here, monkeypatch):
    """Status 6."""
    row = row_where("where no process can be started")
    monkeypatch.setattr(sys, "executable", "/no/such/python")

    ended = run(*shlex.split(row[0]), cwd=here)

    assert ended.status == int(row[2])
    assert ended.err.startswith(said_in(row))


@pytest.mark.parametrize(
    ("words", "number"),
    [("then Ctrl-C", signal.SIGINT), ("then SIGTERM", signal.SIGTERM), ("and nobody reads on", 0)],
)
def test_signals_end_commands_as_the_page_says(here, words, number):
    """Above 128; a pipe that nobody reads is one of them."""
    row = row_where(words)
    with subprocess.Popen(  # noqa: S603  # the page's own words
        [*COMMAND, *shlex.split(row[0]), "--quiet"],
        cwd=here,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        # There is far more than a pipe holds: it waits for its reader.
        process.stdout.readline()
        if number:
            process.send_signal(number)
        else:
            process.stdout.close()
        assert process.wait(60) == int(row[2])
        assert process.stderr.read().strip() == ("" if row[3] == "nothing" else said_in(row))
