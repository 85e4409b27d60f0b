"""`trailwright case`; what it does is tested with `simulator.cases`."""

from __future__ import annotations

import subprocess

import pytest

from tests.unit.cli.program import COMMAND, TINY, shell

FAILING = ("--", "/bin/sh", "-c", "! grep -q DeleteGroup")


@pytest.fixture
def here(tmp_path):
    """Return a folder with a scenario of two records."""
    (tmp_path / "tiny.yaml").write_text(TINY)
    return tmp_path


def test_a_scenario_is_made_small(run, here):
    """And what is said goes to standard error, with what to do next."""
    ended = run("case", "minimise", "tiny.yaml", *FAILING, cwd=here)

    small = (here / "tiny-small.yaml").read_text()
    assert (ended.status, ended.out) == (0, "")
    assert ended.err.splitlines() == [
        "2 records made 1, in 3 runs of the command",
        "  tiny-small.yaml",
        "The command fails on it: status 1",
        "Records are whole: --members leaves out members of them as well.",
        "Next: trailwright generate tiny-small.yaml -o -",
    ]
    assert small.startswith("# 2 records of tiny made 1 by trailwright case minimise.\n")
    assert "description" not in small
    assert sorted(path.name for path in here.iterdir()) == ["tiny-small.yaml", "tiny.yaml"]


def test_nothing_is_said_where_that_is_asked_for(run, here):
    """The file is there all the same."""
    ended = run("case", "minimise", "tiny.yaml", "-q", "-o", "s.yaml", *FAILING, cwd=here)

    assert (ended.status, ended.out, ended.err) == (0, "", "")
    assert (here / "s.yaml").is_file()


def test_a_journal_that_was_named_is_kept(run, here):
    """Whoever named it may want it again."""
    words = ("case", "minimise", "tiny.yaml", "-q", "--state", "runs", "--force")
    run(*words, *FAILING, cwd=here)
    first = (here / "runs").read_bytes()

    ended = run(*words, *FAILING, cwd=here)

    assert ended.status == 0
    assert (here / "runs").read_bytes() == first


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (("tiny.yaml", "--", "true"), 2, "the command does not fail on all records"),
        (("tiny.yaml", "--", "./nobody"), 2, "cannot run ./nobody: No such file or directory"),
        (("tiny.yaml",), 2, "Missing argument '-- COMMAND...'"),
        (("nobody.yaml", "--", "false"), 4, "nobody.yaml: no such file"),
        (("tiny.yaml", "-o", "tiny.yaml", "--", "false"), 3, "tiny.yaml exists: choose another"),
        (("tiny.yaml", "-o", ".", "--", "false"), 3, ". is a folder: say which file"),
        (("tiny.yaml", "-o", "no/x.yaml", "--", "false"), 3, "there is no folder no"),
        (("tiny.yaml", "--format", "cloudtrail", "--", "false"), 2, "say where with {}"),
        (("tiny.yaml", "--fails-matching", "(", "--", "false"), 2, "is no regular expression"),
        (("tiny.yaml", "--state", "tiny.yaml", "--", "false"), 4, "is no journal of runs"),
    ],
)
def test_what_cannot_be_done_is_said(run, here, words, status, message):
    """With its exit status, and nothing is written."""
    ended = run("case", "minimise", *words, cwd=here)

    assert ended.status == status
    assert message in ended.err
    assert [path.name for path in here.iterdir()] == ["tiny.yaml"]
    assert (here / "tiny.yaml").read_text() == TINY


def test_a_command_that_fails_no_more_in_the_end_is_told(run, here):
    """Its verdicts were true once."""
    script = f"echo >> {here}/runs; test $(wc -l < {here}/runs) -lt 5 || exit 0; ! grep -q DeleteG"

    ended = run("case", "minimise", "tiny.yaml", "--", "/bin/sh", "-c", script, cwd=here)

    assert ended.status == 1
    assert "Error: the command does not fail on what tiny-small.yaml gives" in ended.err


def test_ctrl_c_leaves_the_smallest_so_far(here):
    """And the journal, from which the same command goes on."""
    counting = f"cat > {here}/last; ! grep -q DeleteGroup {here}/last"
    stopping = f"echo >> {here}/n; test $(wc -l < {here}/n) -lt 7 || kill -INT $PPID; {counting}"
    (here / "story.yaml").write_text(
        TINY + "  - {at: 2025-01-13T10:00:00Z, admin: ops, does: describe-directory,\n"
        "     repeat: {times: 20, every: 1m}}\n"
    )
    words = ["case", "minimise", "story.yaml", "-o", "s.yaml", "--", "/bin/sh", "-c", stopping]

    ended = subprocess.run(  # noqa: S603
        [*COMMAND, *words], cwd=here, capture_output=True, text=True, check=False
    )

    assert ended.returncode == 130, ended.stderr
    assert "s.yaml is the smallest so far; the same command goes on from there" in ended.stderr
    given = shell('"$@" generate s.yaml -o - -q', cwd=here)
    assert "DeleteGroup" in given.out
    assert 1 <= given.out.count("\n") < 22
    assert (here / "s.yaml.journal").is_file()
    again = subprocess.run(  # noqa: S603
        [*COMMAND, *words], cwd=here, capture_output=True, text=True, check=False
    )
    assert again.returncode in {0, 130}


def test_a_case_is_packed_replayed_and_unpacked(run, here):
    """What comes out gives what went in."""
    packed = run("case", "pack", "tiny.yaml", "--note", "Fails on line 2.", cwd=here)
    replayed = run("case", "replay", "tiny.trailwright-case", cwd=here)
    unpacked = run("case", "unpack", "tiny.trailwright-case", cwd=here)

    assert [one.status for one in (packed, replayed, unpacked)] == [0, 0, 0]
    assert packed.err.startswith("tiny: 2 records, sha256 ")
    assert replayed.out.startswith("tiny: the same 2 records as version ")
    assert (here / "tiny/note.txt").read_text() == "Fails on line 2.\n"
    both = [
        run("generate", one, "-o", "-", "-q", cwd=here).out
        for one in ("tiny.yaml", "tiny/scenario.yaml")
    ]
    assert both[0] == both[1] != ""


def test_a_capsule_goes_to_standard_output(run, here):
    """As it would be in a file."""
    run("case", "pack", "tiny.yaml", cwd=here)

    ended = run("case", "pack", "tiny.yaml", "-o", "-", cwd=here)

    assert (ended.status, ended.err) == (0, "")
    assert ended.out == (here / "tiny.trailwright-case").read_text()


def test_where_other_records_come_it_says_why(run, here):
    """Of another generation, of another seed, and which record is the first."""
    run("case", "pack", "tiny.yaml", "--seed", "3", cwd=here)
    path = here / "tiny.trailwright-case"
    text = path.read_text().replace('"seed": 3', '"seed": 4')
    path.write_text(text)
    edited = run("case", "replay", "tiny.trailwright-case", cwd=here)
    path.write_text(text.replace('"generation": 5', '"generation": 3'))
    older = run("case", "replay", "tiny.trailwright-case", cwd=here)

    assert (edited.status, older.status) == (1, 1)
    lines = edited.out.splitlines()
    assert lines[0].startswith("tiny: not the 2 records that version ")
    assert lines[1].startswith("No generation lies between them: the case was edited")
    assert lines[2].startswith("Record 1 is the first that differs; it is now CreateGroup, ")
    assert lines[3] == "Of the first 2 records 0 are there still."
    assert "  generation 4: the account that is entered has records of it" in older.out


def test_where_only_the_truth_is_another_the_records_count(run, here):
    """A generation may change nothing else; within one it is a fault."""
    run("case", "pack", "tiny.yaml", cwd=here)
    path = here / "tiny.trailwright-case"
    head, _, tail = path.read_text().partition('"truth": {\n    "sha256": "')
    text = f'{head}"truth": {{\n    "sha256": "{"0" * 64}{tail[64:]}'
    path.write_text(text)
    edited = run("case", "replay", "tiny.trailwright-case", cwd=here)
    path.write_text(text.replace('"generation": 5', '"generation": 4'))
    older = run("case", "replay", "tiny.trailwright-case", cwd=here)

    assert (edited.status, older.status) == (1, 0)
    assert "The truth beside them is another." in edited.out
    assert "  generation 5: truth lines have four more members" in older.out


def test_a_note_of_a_stranger_is_not_printed_as_it_is(run, here):
    """Nor is anything else of a capsule that a terminal would obey."""
    run("case", "pack", "tiny.yaml", cwd=here)
    path = here / "tiny.trailwright-case"
    path.write_text(path.read_text().replace('"name": "tiny"', '"name": "a\\u001b[2Jb"'))

    ended = run("case", "replay", "tiny.trailwright-case", cwd=here)

    assert ended.out.startswith("a·[2Jb: the same 2 records")


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (("pack", "tiny.yaml"), 3, "tiny.trailwright-case exists: choose another, or say --force"),
        (("replay", "nobody"), 4, "cannot read nobody: No such file or directory"),
        (("replay", "tiny.yaml"), 4, "tiny.yaml:1:1: not JSON"),
        (("replay", "."), 4, "cannot read .: Is a directory"),
        (("unpack", "tiny.trailwright-case", "-o", "tiny.yaml"), 3, "tiny.yaml is a file"),
        (("unpack", "tiny.trailwright-case", "-o", "full"), 3, "scenario.yaml exists"),
    ],
)
def test_what_cannot_be_packed_or_unpacked_is_said(run, here, words, status, message):
    """With its exit status."""
    (here / "full").mkdir()
    (here / "full/scenario.yaml").write_text("mine")
    run("case", "pack", "tiny.yaml", cwd=here)

    ended = run("case", *words, cwd=here)

    assert ended.status == status
    assert message in ended.err
    assert (here / "full/scenario.yaml").read_text() == "mine"
