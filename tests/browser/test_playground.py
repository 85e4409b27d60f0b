"""The playground as people use it, in a browser."""

from __future__ import annotations

import subprocess
from contextlib import contextmanager

import orjson
import pytest

from tests.unit.cli.program import COMMAND, TINY

pytestmark = pytest.mark.browser

WORK = (
    TINY
    + """\
groups: [{name: Staff}]
users:
  - name: ana.lopez
    mfa: [totp]
"""
)


@contextmanager
def served(folder, *arguments: str):
    """Run the command until the context ends, and give the address it prints."""
    with subprocess.Popen(  # noqa: S603
        (*COMMAND, "serve", *arguments), cwd=folder, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process.stderr.readline().split()[-1]
        finally:
            process.terminate()
            process.communicate()


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Give the address of a playground that begins with a small scenario."""
    folder = tmp_path_factory.mktemp("playground")
    (folder / "work.yaml").write_text(WORK)
    with served(folder, "work.yaml") as address:
        yield address


@pytest.fixture
def playground(page, address):
    """Give the page, when it has checked what it began with; it asks nobody else for anything."""
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    page.get_by_text("No problems.").wait_for()
    yield page
    own = address.partition("#")[0]
    assert [url for url in asked if not url.startswith((own, f"blob:{own}"))] == []


def write(page, text: str) -> None:
    """Put the cursor behind all that is written, and type."""
    page.get_by_role("textbox", name="Scenario").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(text)


def test_a_run_shows_both_eras_side_by_side(playground):
    """Without a mouse: what differs is marked in words as well as in colour."""
    playground.keyboard.press("Control+Enter")
    heading = playground.get_by_role("heading", name="CreateGroup")
    heading.wait_for()

    events = playground.get_by_role("listbox", name="Events").get_by_role("option")
    assert events.all_inner_texts()[0].split()[2:4] == ["CreateGroup", "sso-directory"]
    assert "2 events, 1 of them different" in playground.locator("#told").inner_text()
    eras = playground.get_by_role("columnheader").all_inner_texts()[1:]
    assert eras == ["pre-january-2025", "post-january-2025"]
    changed = playground.get_by_role("row", name="changed").all_inner_texts()
    assert any("Auditors" in row and "HIDDEN" in row for row in changed)
    playground.get_by_role("listbox", name="Events").press("ArrowDown")
    playground.get_by_role("heading", name="DeleteGroup").wait_for()

    # Words that only the older record has are enough.
    playground.get_by_role("searchbox").fill("auditors creategroup")
    playground.get_by_text("1 of 2 events").wait_for()
    assert events.count() == 1


def test_a_mistake_is_told_while_it_is_written(playground):
    """In the text, and in a list that leads to its place."""
    write(playground, "    persna: office-worker\n")

    found = playground.get_by_role("button", name="persna")
    found.wait_for()
    assert "did you mean 'persona'" in found.inner_text()
    assert playground.locator(".cm-lintRange-error").inner_text() == "persna"
    found.click()
    assert playground.evaluate("document.activeElement.ariaLabel") == "Scenario (YAML)"


def test_keys_values_and_names_are_completed(playground):
    """As the schema has them at that place, in blocks and in brackets."""
    offered = playground.locator(".cm-tooltip-autocomplete li .cm-completionLabel")

    write(playground, "    groups: [S")
    offered.first.wait_for()
    assert offered.all_inner_texts() == ["Staff"]
    playground.keyboard.press("Enter")
    playground.keyboard.press("End")

    playground.keyboard.type("\npers")
    offered.first.wait_for()
    assert offered.all_inner_texts() == ["persona"]
    playground.keyboard.press("Escape")

    write(playground, "ona: developer\n")
    playground.keyboard.press("Home")
    playground.keyboard.press("Shift+End")
    playground.keyboard.type("era: p")
    offered.first.wait_for()
    assert offered.all_inner_texts()[:2] == ["pre", "post"]
    playground.keyboard.press("Escape")

    write(playground, "ost\nbackground: {}")
    playground.keyboard.press("ArrowLeft")
    playground.keyboard.press("Control+Space")
    offered.first.wait_for()
    assert {"events", "intensity"} <= set(offered.all_inner_texts())


def test_what_was_made_can_be_kept(playground, tmp_path):
    """The records of an era, as the engine wrote them."""
    playground.get_by_role("button", name="Run").click()
    playground.get_by_text("Download").click()
    with playground.expect_download() as begun:
        playground.get_by_role("button", name="Records, after").click()
    begun.value.save_as(tmp_path / "kept.ndjson")

    assert begun.value.suggested_filename == "tiny.post.ndjson"
    kept = (tmp_path / "kept.ndjson").read_bytes().splitlines()
    assert [orjson.loads(line)["eventName"] for line in kept] == ["CreateGroup", "DeleteGroup"]


def test_it_can_begin_with_any_shipped_scenario(playground):
    """The picker puts its text into the editor; on a phone nothing is wider than the screen."""
    playground.set_viewport_size({"width": 390, "height": 844})
    playground.get_by_label("Start from").select_option("storylines/password-only")

    playground.get_by_text("scenario: password-only").wait_for()
    assert "password alone" in playground.locator("#about").inner_text()
    playground.get_by_role("button", name="Run").click()
    playground.locator(".sides").wait_for()
    assert playground.evaluate("document.documentElement.scrollWidth") == 390
