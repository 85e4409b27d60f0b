"""The manual page says all that the help says, and formats without a warning."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from simulator.cli.app import STATUSES
from simulator.cli.pages import manual
from simulator.cli.pages.described import described
from tests.docs.typed import DOCS

PAGE = DOCS / "man" / "trailwright.1"


def formatted(page):
    """Return how a formatter ends, with every warning it has."""
    command = ["groff", "-man", "-Tutf8", "-ww", "-P-cbou"]
    return subprocess.run(  # noqa: S603
        command, input=page, capture_output=True, text=True, check=False
    )


def test_it_formats_without_a_warning():
    """And the control: what is no request is warned of."""
    if shutil.which("groff") is None:
        pytest.skip("needs groff")
    page = PAGE.read_text("utf-8")

    done = formatted(page)

    assert (done.returncode, done.stderr) == (0, "")
    assert formatted(f"{page}.NOSUCH\n").stderr != ""
    plain = " ".join(done.stdout.split())
    assert "-o, --output PATH A folder (DIR/), a file (NAME.ndjson, " in plain
    assert "'100/s..5000/s for 5m, 5000/s'" in plain
    assert "trailwright tail AWSLogs/ -n 50 --user 'ana*'" in plain


def test_every_command_option_and_status_is_there():
    """In the words of the help."""
    page = PAGE.read_text("utf-8")

    _, *commands = described()
    assert re.findall(r"^\.SS (.*)$", page, re.MULTILINE) == [
        one.usage.replace("-", "\\-") for one in commands
    ]
    for one in commands:
        for taken in one.takes:
            assert f"\n\\fB{taken.words}\\fR\n".replace("-", "\\-") in page, taken.words
    for status, _ in STATUSES:
        assert f"\n\\fB{status}\\fR\n" in page
    assert page.isascii()


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (".ndjson files", "\\&.ndjson files"),
        ("'a' and \\", "\\(aqa\\(aq and \\e"),
        ("`--era` → post", "\\fB\\-\\-era\\fR \\[u2192] post"),
    ],
)
def test_no_text_is_taken_for_a_request(text, written):
    """What the formatter would read as its own is escaped."""
    assert manual._text(text) == written
