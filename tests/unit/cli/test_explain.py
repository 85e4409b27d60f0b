"""`trailwright explain`; what it says is tested with `simulator.explanation`."""

from __future__ import annotations

import csv
import io

import orjson
import pytest

from simulator.cli import explain
from simulator.explanation import gathering
from tests.unit.explanation.test_gathering import ALL, PORTAL, SIGN_IN
from tests.unit.validation.stories import as_lines


@pytest.fixture
def here(tmp_path):
    """Return a folder with a sign-in, a portal session and two calls of an administrator."""
    (tmp_path / "trail.ndjson").write_bytes(as_lines(ALL))
    return tmp_path


def test_many_records_are_told_as_stories(run, here):
    """And how many there are."""
    ended = run("explain", "trail.ndjson", cwd=here)

    assert (ended.status, ended.err) == (0, "")
    assert [line for line in ended.out.splitlines() if line and line[0] != " "] == [
        (
            "ana.lopez: Sign-in 8c9ef5a9-ad29-4a06-8ad9-7610906592f1, 7 records from "
            "2025-01-14T09:00:00Z"
        ),
        (
            "ana.lopez: Portal session 75732d656173742d312d93c51b431f1c5807f8d9a7522cd31b73, "
            "3 records from 2025-01-14T09:00:26Z"
        ),
        (
            "group-manager with permission set AdministratorAccess in account 111122223333: "
            "Role session AROAEXAMPLEADMINROLE2:group-manager since 2025-01-13T08:00:07Z, "
            "2 records from 2025-01-14T09:01:00Z"
        ),
        "12 records in 1 file, 3 stories",
    ]


def test_only_the_first_are_printed_unless_all_are_asked_for(run, here, monkeypatch):
    """Of stories, and of their lines."""
    monkeypatch.setattr(explain, "_MOST", 2)

    some = run("explain", "trail.ndjson", cwd=here).out.splitlines()
    every = run("explain", "trail.ndjson", "--all", cwd=here).out

    assert "  … and 5 more records (--all)" in some
    assert "… and 1 more with 2 records (--all)" in some
    assert "(--all)" not in every


def test_one_record_is_explained_in_full(run, here):
    """With its place, and what is around it."""
    ended = run("explain", "trail.ndjson", "--event", PORTAL[1]["eventID"], cwd=here)

    lines = ended.out.splitlines()
    assert ended.status == 0
    assert lines[0] == f"trail.ndjson:9  sso/Federate  {PORTAL[1]['eventID']}"
    assert lines[1] == (
        "  2025-01-14T09:02:26Z: ana.lopez (user 94d8a4b8-30a1-70f2-1c6e-5b7d9f1a3c5e) enters an "
        "account from the access portal, into its console: account 444455556666, role "
        "PowerUserAccess, from 203.0.113.24 with Chrome 131 on Windows, in us-east-1."
    )
    for heading in ("Who: ", "What: ", "Where: ", "Signed in", "Era: ", "Unusual: nothing"):
        assert any(line.startswith(f"  {heading}") for line in lines), heading


def test_json_is_an_object_a_line(run, here):
    """For each story, or for each record that is explained in full."""
    stories = run("explain", "trail.ndjson", "--json", cwd=here)
    (here / "few.ndjson").write_bytes(as_lines(SIGN_IN[:2]))
    few = run("explain", "few.ndjson", "--json", cwd=here)

    told = [orjson.loads(line) for line in stories.out.splitlines()]
    assert [one["story"]["sort"] for one in told] == ["sign-in", "portal session", "role session"]
    told = [orjson.loads(line) for line in few.out.splitlines()]
    assert [one["place"] for one in told] == ["few.ndjson:1", "few.ndjson:2"]


def test_a_table_is_read(run, here):
    """With the raw event in a column."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["time", "raw"])
    writer.writerow(["x", orjson.dumps(SIGN_IN[0]).decode()])
    (here / "athena.csv").write_text(out.getvalue())

    ended = run("explain", "athena.csv", cwd=here)

    assert ended.out.startswith("athena.csv:2  signin/CredentialChallenge  ")


def test_what_is_no_record_ends_it_with_status_1(run, here):
    """After all others were told."""
    (here / "broken.ndjson").write_bytes(as_lines(PORTAL) + b"nonsense\n" * 30)

    ended = run("explain", "broken.ndjson", cwd=here)

    assert ended.status == 1
    assert "3 records in 1 file" in ended.out
    assert ended.err.startswith("broken.ndjson:4: not JSON")
    assert ended.err.endswith("… and 10 more that cannot be read\n")


def test_an_event_that_is_not_there_ends_it_with_status_4(run, here):
    """And a file that is not."""
    absent = run("explain", "trail.ndjson", "--event", "nope", cwd=here)
    missing = run("explain", "none.ndjson", cwd=here)

    assert (absent.status, absent.err) == (4, "Error: no record with eventID nope among 12\n")
    assert (missing.status, missing.out) == (4, "")


def test_what_was_left_out_is_said(run, here, monkeypatch):
    """Where there are too many to tell."""
    monkeypatch.setattr(gathering, "MOST_KEPT", 10)
    monkeypatch.setattr(explain, "MOST_KEPT", 10)

    ended = run("explain", "trail.ndjson", cwd=here)

    assert ended.status == 0
    assert ended.err == (
        "Only the first 10 records are told; 2 more were left out: give fewer files, or one record "
        "with --event\n"
    )
