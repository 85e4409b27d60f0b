"""Every command that a page shows is run by some test, or says here why not."""

from __future__ import annotations

import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.docs.typed import DOCS, blocks, typed

HERE = Path(__file__).parent
README = "../README.md"

LEFT = {
    # What stands for something of the reader's own.
    ("reconcile.md", "trailwright reconcile TRUTH"): "a synopsis",
    ("scoring.md", "trailwright score TRUTH"): "a synopsis",
    ("verify.md", "trailwright verify PATH"): "a synopsis",
    # What needs something that is not here.
    ("delivery.md", "pip install 'trailwright[s3,digest]'"): "a bucket; tests/services has one",
    ("delivery.md", "trailwright generate baseline/office"): "a bucket and a queue, likewise",
    (
        "delivery.md",
        "# For an organization's trail",
    ): "an account: tests/readers/test_validate_logs.py",
    ("scale.md", "#!/bin/bash"): "a cluster with Slurm",
    ("scale.md", "pip install 'trailwright[dask]'"): "a Dask scheduler, and 10,000,000 records",
    ("install.md", "pipx install"): "pipx, and a network",
    ("install.md", "somewhere/bin/pip install --no-deps"): "a network; `.ci/run` does as much",
    ("install.md", "somewhere/bin/pip install 'dist"): "a network",
    ("install.md", "podman build"): "podman, and a registry of images",
    # What takes long.
    ("comparison.md", "make bench-peers"): "half an hour of measuring",
    ("install.md", "make dist"): "a clean checkout: tests/release builds, `.ci/run` installs",
    ("datasets.md", "pip install 'trailwright[dataset]'"): "1,000,000 records",
    ("delivery.md", ".venv/bin/trailwright generate quickstart --format cloudtrail --lateness"): (
        "an outage's hours take long: tests/unit/cli/test_delivery.py has the options"
    ),
    (
        "delivery.md",
        ".venv/bin/trailwright generate quickstart --format cloudtrail -o bucket/ --resume",
    ): ("a whole run once more: tests/unit/cli/test_delivery.py resumes"),
    ("realism.md", "trailwright realism baseline/office"): (
        "50,000 records: tests/unit/cli/test_realism.py has the options"
    ),
    ("speed.md", "make bench-stages"): "minutes of measuring",
    # What sets up the environment that tests run in; `.ci/run` does it.
    ("index.md", "make run"): "sets up",
    ("tutorial.md", "make run"): "sets up",
    (README, "make run"): "sets up",
}
"""Page and beginning of a block that no test runs, and why."""

OTHERWISE = {
    ("install.md", "trailwright --version"): "test_install.py",
    ("json.md", "trailwright scenario list"): "test_terminal.py",
    ("playground.md", ".venv/bin/trailwright serve"): "test_playground.py",
    ("tail.md", "trailwright generate storylines"): "test_terminal.py",
    ("tail.md", "trailwright stream quickstart"): "test_terminal.py",
    ("testing-detections.md", "pytest docs/examples"): "test_testing_detections.py",
    ("testing-detections.md", "pytest test_reported.py"): "test_testing_detections.py",
    ("testing-detections.md", "pytest test_spray.py"): "test_testing_detections.py",
    ("testing-detections.md", "pytest test_week.py"): "test_testing_detections.py",
    ("testing-detections.md", "trailwright case pack"): "test_testing_detections.py",
    ("datasets.md", "trailwright dataset docs/examples"): "test_datasets.py",
    ("reconcile.md", "trailwright generate quickstart"): "test_reconcile.py",
    ("scoring.md", "trailwright generate plays"): "test_scoring.py",
    ("scoring.md", "trailwright score phished"): "test_scoring.py",
    (README, ".venv/bin/trailwright"): "test_readme.py",
}
"""Page and beginning of blocks that a test picks out, and which."""

ALONE = {
    "delivery.md": (0, 5),
    "formats.md": (0, 1),
    "plays.md": (0,),
}
"""Pages of which nothing else is tested, and which of their blocks run below, in this order."""


@dataclass(frozen=True)
class Block:
    """One block of commands."""

    page: str
    code: str

    def begins(self, key: tuple[str, str]) -> bool:
        """Whether it is the one that a table means."""
        return self.page == key[0] and self.code.startswith(key[1])


def commands_of(page: str) -> list[Block]:
    """Return a page's blocks of commands, also those in lists."""
    found = re.findall(
        r"^ *```(?:sh|bash|console)\n(.*?)^ *```$",
        (DOCS / page).read_text("utf-8"),
        flags=re.DOTALL | re.MULTILINE,
    )
    return [Block(page, code) for code in found]


def shown() -> list[Block]:
    """Return every block of every page."""
    pages = sorted(path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md"))
    return [block for page in (README, *pages) for block in commands_of(page)]


def typed_elsewhere() -> set[Block]:
    """Return the blocks of pages that tests type as a whole, or from some block on."""
    found = set()
    for module in HERE.glob("test_*.py"):
        text = module.read_text("utf-8")
        for name, page in re.findall(r'^(\w+) = \(DOCS / "([^"]+)"\)', text, re.MULTILINE):
            for first in re.findall(rf'typed\(blocks\({name}, "sh"\)(?:\[(\d+):\])?,', text):
                codes = blocks((DOCS / page).read_text("utf-8"), "sh")
                found |= {Block(page, code) for code in codes[int(first or 0) :]}
    return found


def unrun(among: list[Block]) -> list[Block]:
    """Return the blocks that no test runs and no table excuses."""
    run = typed_elsewhere()
    run |= {commands_of(page)[place] for page, places in ALONE.items() for place in places}
    named = (*LEFT, *OTHERWISE)
    return [one for one in among if one not in run and not any(map(one.begins, named))]


def test_every_block_is_run_or_says_why():
    """A new page brings a test of its own, such as those beside this one."""
    assert unrun(shown()) == []


def test_a_block_that_nobody_runs_is_found():
    """The control: on a page of its own, and on one that is typed as a whole."""
    new = [Block("new.md", "trailwright nothing\n"), Block("eras.md", "trailwright nothing\n")]

    assert unrun([*new, *commands_of("eras.md")]) == new


@pytest.mark.parametrize("key", [*LEFT, *OTHERWISE], ids=" ".join)
def test_tables_name_blocks_that_are_there(key):
    """And tests that are; nothing is excused that runs."""
    here = [block for block in commands_of(key[0]) if block.begins(key)]

    assert here
    assert not typed_elsewhere() & {*here}
    assert (HERE / OTHERWISE.get(key, "typed.py")).is_file()


@pytest.mark.parametrize("page", ALONE)
def test_blocks_of_pages_without_another_test_work_as_typed(page, tmp_path):
    """One after another, in an empty folder."""
    for program in ("jq", "openssl", "xxd"):
        if page != "plays.md" and shutil.which(program) is None:
            pytest.skip(f"needs {program}")
    (tmp_path / ".venv").symlink_to(sys.prefix)
    chosen = commands_of(page)

    # Readers type into a shell that lets `head` end what is before it.
    codes = ["set +o pipefail\n", *(chosen[place].code for place in ALONE[page])]
    done = typed(codes, tmp_path)

    assert done.returncode == 0, done.stderr
    if page == "delivery.md":
        assert done.stdout.count("Verified OK") == 3
