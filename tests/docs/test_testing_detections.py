"""The page on testing detections works as typed, and so do the examples beside it."""

from __future__ import annotations

import inspect
import re
import shutil

import pytest

import simulator.testing.making  # noqa: F401  # or each run within this one imports it anew
from simulator.testing import TrailMaker, TrailRecords
from tests.docs.typed import DOCS, blocks, typed

pytest_plugins = ["pytester"]

PAGE = (DOCS / "testing-detections.md").read_text("utf-8")
EXAMPLES = DOCS / "examples" / "detections"


@pytest.fixture
def run(pytester, monkeypatch):
    """Give what does as the command `pytest` does, with our plugin alone."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def ran(*arguments: str) -> pytest.HookRecorder:
        return pytester.inline_run("-p", "trailwright", "-p", "no:cacheprovider", *arguments)

    return ran


def test_the_page_works_as_typed(pytester, run):
    """Every file that it shows under the name it gives, every command, and the examples."""
    codes = {"py": iter(blocks(PAGE, "python")), "yaml": iter(blocks(PAGE, "yaml"))}
    for name, kind in re.findall(r"`(\w+\.(py|yaml))`(?:, beside the tests)?:\n", PAGE):
        (pytester.path / name).write_text(next(codes[kind]))
    assert not list(codes["py"])
    shutil.copytree(EXAMPLES, pytester.path / "docs" / "examples" / "detections")

    for line in "".join(blocks(PAGE, "sh")).splitlines():
        command, *arguments = line.split()
        if command == "pytest":
            assert run(*arguments).ret == pytest.ExitCode.OK, line
        else:
            assert typed([f"{line}\n"], pytester.path).returncode == 0, line


@pytest.mark.parametrize(
    ("example", "change", "failing"),
    [
        ("sigma/many_roles_at_once.yml", ("gte: 3", "gte: 4"), "test_it_finds_the_attack"),
        (
            "panther/mfa_settings_from_elsewhere.py",
            ("and not _is_ours", "and _is_ours"),
            "test_it_leaves_what_is_ordinary",
        ),
        (
            "parser/sign_in_fields.py",
            ("or names.get(user_id)", ""),
            "test_both_eras_read_alike",
        ),
    ],
)
def test_the_examples_fail_when_what_they_test_is_broken(pytester, run, example, change, failing):
    """The control: one thing changed."""
    folder, _, file = example.partition("/")
    shutil.copytree(EXAMPLES / folder, pytester.path, dirs_exist_ok=True)
    text = (pytester.path / file).read_text()
    assert change[0] in text
    (pytester.path / file).write_text(text.replace(*change))

    _, _, (failed,) = run("-k", failing, "--maxfail=1").listoutcomes()

    assert failing in failed.nodeid


def test_everything_is_explained():
    """Arguments of `trail`, and what its result has."""
    _, first, *others = inspect.signature(TrailMaker.__call__).parameters
    assert first == "scenario"
    told = {"truth", "lines", "unreadable", "attacks", "of", "write"}
    assert told == {
        name
        for name in (*TrailRecords.__annotations__, *vars(TrailRecords))
        if not name.startswith("_")
    }
    for name in (*(f"`{name}=`" for name in others), *(f"`.{name}" for name in told)):
        assert name in PAGE, name
