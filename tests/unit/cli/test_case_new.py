"""`trailwright case new` and `check`; what they do is tested with `simulator.cases`."""

from __future__ import annotations

import orjson
import pytest

from simulator.cases.given import replayed
from simulator.scenario import library
from tests.unit.cli.program import shell


@pytest.fixture(scope="module")
def lines():
    """Return the records of a sign-in."""
    return [one.line for one in replayed(library.load("storylines/password-only"))][:3]


@pytest.fixture
def here(tmp_path, lines):
    """Return a folder with somebody's records, and with others."""
    (tmp_path / "reported.ndjson").write_bytes(b"".join(line + b"\n" for line in lines))
    other = [line.replace(b'"readOnly":false', b'"readOnly":0') for line in lines]
    (tmp_path / "other.ndjson").write_bytes(b"".join(line + b"\n" for line in other[:2]))
    return tmp_path


def test_a_case_is_made_and_is_true(run, here):
    """What is said goes to standard error, and nothing is left behind."""
    made = run("case", "new", "reported.ndjson", "-o", "case.yaml", cwd=here)
    checked = run("case", "check", "case.yaml", "reported.ndjson", cwd=here)

    assert (made.status, made.out) == (0, "")
    assert made.err.splitlines()[0] == "3 records as 1 entry: case.yaml"
    assert made.err.splitlines()[-1].startswith("  all are given again, under other names")
    assert (checked.status, checked.out) == (0, "")
    names = {"case.yaml", "other.ndjson", "reported.ndjson"}
    assert {path.name for path in here.iterdir()} == names
    assert "anyuser" not in (here / "case.yaml").read_text()


def test_a_case_may_go_to_standard_output(here):
    """And the records come from standard input."""
    script = '"$@" case new - --name dropped-user -q < reported.ndjson'

    ended = shell(script, cwd=here)

    assert (ended.status, ended.err) == (0, "")
    assert "\nscenario: dropped-user\n" in ended.out


def test_what_is_not_given_is_listed(run, here):
    """With its place, and with status 1; for programs as one object."""
    run("case", "new", "reported.ndjson", "-o", "case.yaml", "-q", cwd=here)

    told = run("case", "check", "case.yaml", "other.ndjson", cwd=here)
    shown = run("case", "check", "case.yaml", "other.ndjson", "--json", cwd=here)

    assert (told.status, told.out) == (1, "")
    assert told.err.splitlines() == [
        "  0 of 2 records given as they were, 1 given besides",
        "other.ndjson:1  signin/CredentialChallenge  readOnly: false instead of 0",
        "other.ndjson:2  signin/CredentialVerification  readOnly: false instead of 0",
        "sign-in-1  signin/UserAuthentication  is given besides",
    ]
    found = orjson.loads(shown.out)
    assert shown.status == 1
    assert [one["members"] for one in found["deviations"]] == [
        [{"path": "readOnly", "what": "type", "record": 0, "scenario": False}]
    ] * 2
    assert found["surplus"] == [{"entry": "sign-in-1", "kind": "signin/UserAuthentication"}]


def test_what_cannot_be_read_is_told(run, here):
    """A case is made of the rest; a check then ends with status 1."""
    with (here / "reported.ndjson").open("a") as stream:
        stream.write('{"eventName":\n')

    made = run("case", "new", "reported.ndjson", "-o", "case.yaml", cwd=here)
    checked = run("case", "check", "case.yaml", "reported.ndjson", cwd=here)

    assert made.status == 0
    assert made.err.startswith("reported.ndjson:4: not JSON")
    assert checked.status == 1


def test_a_file_that_is_there_is_not_replaced(run, here):
    """Unless that is said."""
    (here / "case.yaml").write_text("mine")

    refused = run("case", "new", "reported.ndjson", "-o", "case.yaml", cwd=here)
    done = run("case", "new", "reported.ndjson", "-o", "case.yaml", "--force", "-q", cwd=here)

    assert (refused.status, refused.err) == (
        3,
        "Error: case.yaml exists: choose another, or say --force\n",
    )
    assert done.status == 0


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("new", "nothing.ndjson"), 4, "nothing.ndjson: no such file or folder"),
        (("new", "reported.ndjson", "--name", "A b"), 2, "--name: A b: expected up to 64"),
        (("new", "reported.ndjson", "-o", "no/case.yaml"), 3, "there is no folder no"),
        (("check", "nothing.yaml", "reported.ndjson"), 4, "nothing.yaml: no such file"),
        (("check", "storylines/password-only", "nothing"), 4, "nothing: no such file or folder"),
    ],
)
def test_errors_are_plain(run, here, arguments, status, words):
    """One message, and nothing is written."""
    before = {path.name for path in here.iterdir()}

    ended = run("case", *arguments, cwd=here)

    assert (ended.status, ended.out) == (status, "")
    assert words in ended.err
    assert "Traceback" not in ended.err
    assert {path.name for path in here.iterdir()} == before


def test_a_case_that_gives_something_away_is_not_written(here, monkeypatch, capsys):
    """Should ever a value come through, it is told whose, and there is no file."""
    from pathlib import Path  # noqa: PLC0415  # for this test alone

    from simulator.cases.inference import making  # noqa: PLC0415  # as above
    from simulator.cli import case_new  # noqa: PLC0415  # as above
    from simulator.errors import RequestError  # noqa: PLC0415  # as above

    monkeypatch.chdir(here)
    monkeypatch.setattr(making, "_HEAD", "# anyuser could not sign in ({})\n")

    with pytest.raises(RequestError, match="nothing was written"):
        case_new.new(paths=["reported.ndjson"], output=Path("case.yaml"), quiet=True)

    assert "'anyuser' of userIdentity.userName in record 1" in capsys.readouterr().err
    assert not (here / "case.yaml").exists()
