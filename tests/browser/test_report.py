"""The page of a report in a browser: it draws, finds, and is used without a mouse."""

from __future__ import annotations

import orjson
import pytest

from simulator.reports import gather_paths, gather_scenario
from simulator.reports.page import page as page_of
from simulator.scenario.library import load
from tests.browser.conftest import opening

pytestmark = pytest.mark.browser

HOSTILE = '</script><img src=x onerror="window.hit = 1">'


@pytest.fixture(scope="module")
def report(browser, tmp_path_factory):
    """Give the page of a play that crosses the change, opened once."""
    made = gather_scenario(load("plays/device-code-phishing", events=120), shown=150)
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(page_of(made), "utf-8")
    with opening(browser, []) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        _open(page, path)
        yield page
        assert asked == [path.as_uri()]


def _open(page, path):
    page.goto(path.as_uri())
    page.wait_for_selector("html[data-drawn=true]")


def test_everything_is_drawn(report):
    """Each picture has something in it."""
    state = report.evaluate("window.reportState")
    pictures = report.locator(".chart")
    assert state == {"charts": pictures.count(), "failed": []}
    for picture in pictures.all():
        assert picture.locator("svg path, svg text").count() > 3


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_fits_its_width_and_is_legible(report, width, scheme):
    """On a phone and a laptop, by day and by night: text stands out from its ground."""
    report.set_viewport_size({"width": width, "height": 800})
    report.emulate_media(color_scheme=scheme)

    report.wait_for_function("document.documentElement.scrollWidth <= innerWidth")
    for name in ("ink", "soft", "link", "accent", "benign", "suspicious", "malicious"):
        for ground in ("ground", "raised"):
            assert report.evaluate(_CONTRAST, [f"--{name}", f"--{ground}"]) >= 4.5, (name, ground)


def test_paper_is_white(report):
    """Whatever the reader has chosen; what cannot be used on paper is not printed."""
    report.emulate_media(color_scheme="dark", media="print")

    assert report.evaluate(_GROUND) == "rgb(255, 255, 255)"
    assert not report.locator("#find").is_visible()
    assert report.locator("#picture-volume svg").is_visible()

    report.emulate_media(color_scheme="dark", media="screen")
    assert report.evaluate(_GROUND) != "rgb(255, 255, 255)"


def test_records_are_found_by_words(report):
    """All of them; the one that is picked is shown as it is."""
    report.get_by_label("Text").fill("createtoken devicecode")

    names = report.locator("#list b").all_text_contents()
    assert names
    assert set(names) == {"CreateToken"}
    report.locator("#list button").last.press("Enter")
    assert '"eventName": "CreateToken"' in report.locator("#record pre").text_content()

    report.get_by_label("Text").fill("nobody-has-this")
    assert report.locator("#found").text_content() == "No record has all of that."
    report.get_by_role("button", name="Clear").click()
    report.wait_for_function("document.querySelectorAll('#list button').length > 10")


def test_a_step_of_a_play_leads_to_its_record(report):
    """By keyboard alone."""
    story = report.locator("details.story").first
    story.locator("summary").press("Enter")
    step = story.locator("a[data-record]").last
    event = step.text_content()
    step.press("Enter")

    report.wait_for_function("document.activeElement.id === 'record'")
    assert report.locator("#record h3").text_content().startswith(event)


def test_a_user_is_picked_whose_sessions_are_drawn(report):
    """And a user's ways into accounts."""
    choice = report.get_by_label("Sessions of")
    before = report.locator("#picture-sessions svg").inner_html()
    choice.select_option(index=1)
    report.wait_for_function(
        "before => document.querySelector('#picture-sessions svg').innerHTML !== before", arg=before
    )

    ways = report.get_by_label("Ways of")
    before = report.locator("#picture-graph svg").inner_html()
    ways.select_option(index=1)
    report.wait_for_function(
        "before => document.querySelector('#picture-graph svg').innerHTML !== before", arg=before
    )


def test_nothing_of_a_record_is_taken_for_a_part_of_the_page(page, tmp_path):
    """Whatever its members hold."""
    record = {
        "eventTime": "2025-01-13T09:00:00Z",
        "eventID": HOSTILE,
        "eventName": HOSTILE,
        "eventSource": "sso.amazonaws.com",
        "userIdentity": {"type": "Unknown", "userName": HOSTILE, "credentialId": HOSTILE},
        "serviceEventDetails": {"role_name": HOSTILE, "account_id": HOSTILE},
    }
    (tmp_path / "theirs.ndjson").write_bytes(orjson.dumps(record))
    path = tmp_path / "report.html"
    path.write_text(page_of(gather_paths([str(tmp_path / "theirs.ndjson")])), "utf-8")

    _open(page, path)

    assert page.evaluate("window.hit") is None
    assert page.locator("img").count() == 0


_GROUND = "getComputedStyle(document.body).backgroundColor"
_CONTRAST = """([one, other]) => {
  const colour = (name) => {
    const made = document.createElement("i");
    made.style.color = `var(${name})`;
    document.body.append(made);
    const [r, g, b] = getComputedStyle(made).color.match(/[\\d.]+/g).map((part) => part / 255)
      .map((part) => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    made.remove();
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [low, high] = [colour(one), colour(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}"""
