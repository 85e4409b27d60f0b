"""The page of a report: what is in it, without looking at it. How it looks: `tests/browser`."""

from __future__ import annotations

import re

import orjson
import pytest

from simulator.errors import InputError, MissingExtraError
from simulator.reports import charts, gather_paths, gather_scenario
from simulator.reports import page as pages
from simulator.reports.sections import cutovers
from simulator.scenario.library import load

pytest.importorskip("altair")
pytest.importorskip("vl_convert")


@pytest.fixture(scope="module", autouse=True)
def _no_library():
    """Leave out the library that draws, which takes seconds to make."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(charts, "script", lambda: "/* draws */")
        yield


@pytest.fixture(scope="module")
def made():
    """Return what a play crossing the change says."""
    return gather_scenario(load("plays/device-code-phishing", events=60), shown=30)


@pytest.fixture(scope="module")
def page(made):
    """Return its page."""
    return pages.page(made)


def data_of(page: str) -> dict:
    """Return the data that a page's script reads."""
    (found,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page)
    return orjson.loads(found)


def test_a_page_asks_no_network_for_anything(page):
    """It names no address that a browser would open by itself, and forbids all."""
    assert not re.findall(r'(?:src|href)="(?!#)[^"]', page)
    assert not re.findall(r"url\(|@import", page)
    assert "default-src 'none'" in page


def test_a_page_is_the_same_each_time(made, page):
    """To the byte."""
    assert pages.page(made) == page


def test_a_page_tells_of_the_play(page):
    """With its technique, and its records among those that are shown."""
    assert "device-code-phishing" in page
    shown = {one["id"] for one in data_of(page)["records"]}
    linked = set(re.findall(r'data-record="([^"]+)"', page))
    assert linked
    assert linked <= shown


def test_a_page_shows_as_many_records_as_asked_for(page, made):
    """And says of how many."""
    data = data_of(page)

    assert (len(data["records"]), data["total"]) == (30, made.records)
    assert f"30 of {made.records:,} records are here" in page


def test_every_section_is_reached_and_every_picture_has_words(page):
    """By the links at the top; pictures have a text each, and a place of their own."""
    links = re.findall(r'<a href="#([\w-]+)">', page.partition("</nav>")[0])
    sections = re.findall(r'<section id="([\w-]+)"', page)
    pictures = re.findall(r'id="picture-([\w-]+)" role="img" aria-label="([^"]*)"', page)

    assert links == sections
    assert len(re.findall(r' id="([\w-]+)"', page)) == len(set(re.findall(r' id="([\w-]+)"', page)))
    assert [*data_of(page)["charts"]] == [name for name, _ in pictures]
    assert all(len(words) > 20 for _, words in pictures)


def test_both_eras_of_a_record_stand_side_by_side(page):
    """With what became of each member said in words as well."""
    row = re.search(r'<tr class="removed">.*?userIdentity\.principalId.*?</tr>', page)

    assert row is not None
    assert '<span class="unseen">removed</span>' in row[0]


def test_records_of_anybody_make_a_page(tmp_path):
    """Without truth or manifest: eras are told from members, and nothing of theirs is markup."""
    hostile = '</script><img src=x onerror="alert(1)">'
    record = {
        "eventTime": "2025-01-13T09:00:00Z",
        "eventID": "e1",
        "eventName": hostile,
        "eventSource": "sso.amazonaws.com",
        "userIdentity": {"type": hostile, "userName": hostile},
    }
    (tmp_path / "theirs.ndjson").write_bytes(orjson.dumps(record) + b"\nno record\n")

    made = gather_paths([str(tmp_path / "theirs.ndjson")])
    page = pages.page(made)

    assert (made.records, made.troubles, made.has_truth) == (1, 1, False)
    assert "<img" not in page
    assert page.count("</script>") == 3
    assert data_of(page)["records"][0]["record"] == record
    assert "Left out, since it is no record: 1 place." in page


def test_no_records_make_a_page(tmp_path):
    """Which says so."""
    (tmp_path / "none.ndjson").write_bytes(b"")

    page = pages.page(gather_paths([str(tmp_path / "none.ndjson")]))

    assert "0 records of CloudTrail" in page


def test_the_change_is_marked_where_it_was_declared():
    """And not where the run does not reach."""
    crossing = gather_scenario(load("quickstart"), events=100, shown=0)
    scenario = load("quickstart")

    assert [era for _, era in cutovers(crossing, scenario)] == ["post-january-2025"]
    crossing.last = crossing.first
    assert [*cutovers(crossing, scenario)] == []


def test_sessions_that_are_too_many_are_said(monkeypatch):
    """With the records that they have."""
    monkeypatch.setattr("simulator.reports.sessions.MOST_SESSIONS", 1)
    made = gather_scenario(load("plays/device-code-phishing", events=60), shown=0)

    assert made.sessions.left_out > 1
    left = f"Of further sessions {made.sessions.left_out} records are left out"
    assert left in pages.page(made)


def test_what_is_no_path_is_said():
    """Before anything is read."""
    with pytest.raises(InputError, match="no such file or folder"):
        gather_paths(["nowhere"])


def test_a_page_needs_its_extra(monkeypatch):
    """And says which."""
    monkeypatch.setattr(charts, "_IS_THERE", False)

    with pytest.raises(MissingExtraError, match=r"trailwright\[report\]"):
        pages.refuse_without_extra()
