"""Commands that fail on records: how they are run, and what their failure is."""

from __future__ import annotations

import os
import re
import signal
import sys

import pytest

from simulator.cases.reduction.commands import MOST_READ, Command, Ended, Failure, pattern_of
from simulator.errors import RequestError


@pytest.fixture
def records(tmp_path):
    """Return a file with two lines."""
    path = tmp_path / "records.ndjson"
    path.write_bytes(b"one\ntwo\n")
    return path


def python(program: str, *arguments: str, timeout: float = 60) -> Command:
    """Return a command that runs a program of Python."""
    return Command((sys.executable, "-S", "-c", program, *arguments), timeout)


def test_records_are_read_from_standard_input(records):
    """And what is printed on either output is kept."""
    program = "import sys; print(sys.stdin.read(), file=sys.stderr); sys.exit(7)"

    assert python(program).run(records) == Ended(7, b"one\ntwo\n\n")


def test_records_lie_where_the_command_says(records):
    """Then nothing comes on its input."""
    program = "import sys; print(sys.argv[1], sys.stdin.read())"

    ended = python(program, "--file={}").run(records)

    assert ended == Ended(0, f"--file={records} \n".encode())


def test_a_command_that_is_killed_has_the_status_that_shells_give(records):
    """128 and the signal's number."""
    program = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"

    assert python(program).run(records).status == 139


def test_a_command_that_takes_too_long_is_ended_with_all_that_it_started(records, tmp_path):
    """And has no status."""
    mark = tmp_path / "alive"
    child = f"import time; time.sleep(0.6); open({str(mark)!r}, 'w')"
    program = f"import subprocess, sys; subprocess.run([sys.executable, '-S', '-c', {child!r}])"

    ended = python(program, timeout=0.2).run(records)

    assert ended.status is None
    assert str(ended) == "it took too long"
    assert not mark.exists()


def test_a_command_that_cannot_be_started_is_named(records):
    """Before anything else is done."""
    with pytest.raises(RequestError, match=r"cannot run \./nobody: No such file"):
        Command(("./nobody",), 1).run(records)


def test_no_shell_reads_the_command(records):
    """What would be a command of a shell is an argument."""
    ended = python("import sys; print(sys.argv[1:])", "$(echo no)", ";", "*").run(records)

    assert ended.output == b"['$(echo no)', ';', '*']\n"


def test_of_much_output_both_ends_are_kept(records):
    """Within bounds, whatever a command prints."""
    program = f"print('first' + 'x' * {3 * MOST_READ} + 'last')"

    output = python(program).run(records).output

    assert len(output) == 2 * MOST_READ
    assert output.startswith(b"first")
    assert output.endswith(b"last\n")


@pytest.mark.parametrize(
    ("failure", "failing", "passing"),
    [
        (Failure(), [(1, b""), (139, b"")], [(0, b"x"), (None, b"")]),
        (Failure(status=3), [(3, b"")], [(1, b""), (0, b""), (None, b"")]),
        (Failure(status=0), [(0, b"")], [(1, b"")]),
        (
            Failure(pattern=re.compile("K.y")),
            [(1, b"a\nKey\n"), (0, b"Key")],
            [(1, b"value"), (None, b"Key")],
        ),
        (Failure(3, re.compile("Key")), [(3, b"Key")], [(3, b"value"), (1, b"Key")]),
        (Failure(too_long=True), [(None, b"")], [(1, b""), (0, b"")]),
    ],
)
def test_a_failure_is_told_from_others(failure, failing, passing):
    """By status, by what is printed, or because it takes too long."""
    assert all(failure.is_it(Ended(*one)) for one in failing)
    assert not any(failure.is_it(Ended(*one)) for one in passing)


def test_a_command_s_last_words_are_shown_without_control_characters():
    """The last line that says something, shortened."""
    assert str(Ended(1, b"first\nla\x1b[2Jst\n\n")) == "status 1: la?[2Jst"
    assert len(str(Ended(1, b"x" * 5000))) < 250
    assert str(Ended(0, b"")) == "status 0"


def test_what_is_no_regular_expression_is_refused():
    """With what is wrong with it."""
    with pytest.raises(RequestError, match=r"--fails-matching '\(' is no regular expression"):
        pattern_of("(")


def test_a_command_that_leaves_something_running_is_not_waited_for(records):
    """It has ended, whoever still holds its output."""
    child = "import time; time.sleep(60)"
    program = f"""
import subprocess, sys
print("ended", flush=True)
print(subprocess.Popen([sys.executable, "-S", "-c", {child!r}]).pid, flush=True)
"""

    ended = python(program).run(records)

    first, pid = ended.output.split()
    os.kill(int(pid), signal.SIGKILL)
    assert (ended.status, first) == (0, b"ended")
