"""`trailwright report`; what a page says is tested with `simulator.reports`."""

from __future__ import annotations

import pytest

from simulator.reports import charts

pytest.importorskip("altair")

RECORD = (
    '{"eventSource":"sso.amazonaws.com","eventName":"Logout","eventTime":"2025-01-13T09:00:00Z"}\n'
)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """Return a folder with a file of records; pages are without the library that draws."""
    monkeypatch.setattr(charts, "script", lambda: "")
    (tmp_path / "records.ndjson").write_text(RECORD)
    return tmp_path


def test_a_scenario_and_a_run_of_it_give_one_page(run, here):
    """But for nothing: a run is made for the one, and read for the other."""
    run("generate", "quickstart", "--events", "80", "-o", "run/", cwd=here)

    one = run("report", "quickstart", "--events", "80", "-o", "one.html", cwd=here)
    two = run("report", "run/", "-o", "two.html", cwd=here)

    assert (one.status, two.status, one.err, two.err) == (0, 0, "", "")
    assert one.out.splitlines()[0] == "quickstart: 80 records"
    assert (here / "one.html").read_bytes() == (here / "two.html").read_bytes()


def test_records_of_anybody_make_a_page(run, here):
    """Named after where they were read."""
    ended = run("report", "records.ndjson", cwd=here)

    assert (ended.status, ended.err) == (0, "")
    assert "<h1>records.ndjson</h1>" in (here / "report.html").read_text()


def test_what_is_no_record_is_said_and_ends_with_1(run, here):
    """And the page is written all the same."""
    (here / "records.ndjson").write_text(f"{RECORD}nothing\n")

    ended = run("report", "records.ndjson", "-q", cwd=here)

    assert (ended.status, ended.out) == (1, "")
    assert ended.err.startswith("records.ndjson:2")
    assert (here / "report.html").exists()


def test_a_page_that_is_there_stays(run, here):
    """Unless it may be replaced."""
    (here / "report.html").write_text("mine")

    refused = run("report", "records.ndjson", cwd=here)

    assert refused.status == 3
    assert "report.html exists" in refused.err
    assert (here / "report.html").read_text() == "mine"
    assert run("report", "records.ndjson", "--force", cwd=here).status == 0


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (("records.ndjson", "--seed", "3"), 2, "records.ndjson is no scenario"),
        (("quickstrat",), 4, "did you mean 'quickstart'?"),
        (("gone.ndjson",), 4, "gone.ndjson: no such file or folder"),
        (("records.ndjson", "-o", "no/where.html"), 3, "there is no folder no"),
    ],
    ids=["seed of records", "no such scenario", "no such file", "no such folder"],
)
def test_what_cannot_be_is_refused(run, here, arguments, status, says):
    """With a message, and nothing is written."""
    ended = run("report", *arguments, cwd=here)

    assert (ended.status, ended.out) == (status, "")
    assert says in ended.err
    assert not list(here.glob("**/*.html"))


def test_the_extra_is_asked_for_before_anything_is_read(run, here, monkeypatch):
    """So that nobody waits for it."""
    monkeypatch.setattr(charts, "_IS_THERE", False)

    ended = run("report", "gone.ndjson", cwd=here)

    assert ended.status == 5
    assert "trailwright[report]" in ended.err
