"""What shells complete: asked as they ask, and in those that are there."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from simulator.cli.commands import SUBCOMMANDS
from tests.unit.cli.program import ODD


@pytest.fixture
def complete(run, tmp_path, monkeypatch):
    """Return a function that completes a line as bash has it."""

    def completed(line):
        monkeypatch.setenv("_TRAILWRIGHT_COMPLETE", "complete_bash")
        monkeypatch.setenv("COMP_WORDS", line)
        monkeypatch.setenv("COMP_CWORD", str(len(line.split(" ")) - 1))
        ended = run(cwd=tmp_path)
        assert (ended.status, ended.err) == (0, "")
        return " ".join(ended.out.split())

    return completed


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("trailwright re", "reconcile report realism records"),
        ("trailwright --v", "--version"),
        ("trailwright --show", "--show-completion"),
        ("trailwright scenario ", "list new check resolve schema"),
        ("trailwright generate --en", "--engine --end --endpoint"),
        ("trailwright generate quickstart --engine s", "stepwise"),
        ("trailwright generate quicks", "quickstart"),
        ("trailwright case minimise plays/consent-a", ""),
        ("trailwright report storylines/password-t", "storylines/password-totp"),
        (
            "trailwright stream plays/device-code",
            "plays/device-code-phishing plays/device-code-phishing-near-miss",
        ),
        ("trailwright stream x --to sy", "syslog+tcp:// syslog+tls:// syslog+udp://"),
        ("trailwright stream x --to sy --era po", "post post-january-2025"),
        ("trailwright generate x --mutate truncated-r", "truncated-record="),
        ("trailwright records show sso/Fed", "sso/Federate"),
        ("trailwright records list --source signin", "signin"),
        ("trailwright tail a.ndjson --event UserAu", "UserAuthentication"),
        ("trailwright listen sys", "syslog"),
        ("trailwright validate a", ""),
        ("trailwright nope a", ""),
    ],
)
def test_words_are_completed(complete, line, expected):
    """Commands, options, scenarios, plays, eras, sinks, kinds, mutations."""
    assert complete(line) == expected


def test_all_commands_are_completed(complete):
    """Whatever is shown first."""
    assert sorted(complete("trailwright ").split()) == sorted(SUBCOMMANDS)


def test_scenario_files_are_completed(complete, tmp_path):
    """Beside those that are shipped."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "quick.yaml").write_text(ODD)
    (tmp_path / "quick.yaml").write_text(ODD)
    (tmp_path / "quick.ndjson").write_text("")

    assert complete("trailwright generate quick") == "quickstart quick.yaml"
    assert complete("trailwright generate mine/") == "mine/quick.yaml"
    assert complete("trailwright generate none/") == ""


def test_nothing_is_imported_for_it(tmp_path):
    """Neither commands nor what they need: a key is pressed and somebody waits."""
    script = (
        "import sys; from simulator.cli.app import main\n"
        "try: main()\n"
        "finally: print('imported', *sys.modules, file=sys.stderr)"
    )
    asked = {"_TRAILWRIGHT_COMPLETE": "complete_bash", "COMP_WORDS": "trailwright generate q"}

    ended = subprocess.run(  # noqa: S603
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={**asked, "COMP_CWORD": "2"},
        capture_output=True,
        text=True,
        check=True,
    )

    imported = set(ended.stderr.split())
    assert ended.stdout == "quickstart\n"
    assert "simulator.cli.completion" in imported
    heavy = {
        "numpy",
        "yaml",
        "faker",
        "simulator.run",
        "simulator.scenario",
        "simulator.cli.commands",
    }
    assert heavy.isdisjoint(imported)


SHELLS = {
    "bash": """
        eval "$(trailwright --show-completion)"
        COMP_WORDS=(trailwright generate quicks) COMP_CWORD=2
        _trailwright_completion trailwright
        echo "${COMPREPLY[@]}"
    """,
    "zsh": """
        compdef() { }
        _arguments() { print -r -- $@ }
        eval "$(trailwright --show-completion)"
        words=(trailwright generate quicks) CURRENT=3
        _trailwright_completion
    """,
    "fish": """
        trailwright --show-completion | source
        complete -C 'trailwright generate quicks'
    """,
}


@pytest.mark.parametrize("shell", SHELLS)
def test_shells_complete(tmp_path, shell):
    """With the script that typer has for them."""
    if shutil.which(shell) is None:
        pytest.skip(f"needs {shell}")
    program = tmp_path / "trailwright"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m simulator "$@"\n')
    program.chmod(0o755)

    ended = subprocess.run(  # noqa: S603
        [shell, "-c", f"PATH={tmp_path}:$PATH; {SHELLS[shell]}"]
        if shell != "fish"
        else [shell, "-N", "-c", f"set PATH {tmp_path} $PATH; {SHELLS[shell]}"],
        cwd=tmp_path,
        env={"HOME": str(tmp_path), "PATH": "/usr/local/bin:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert "quickstart" in ended.stdout
    assert ended.stderr == ""


def test_completion_is_installed(tmp_path):
    """Into a file of its own, which the shell's start reads; where that fails it is told."""
    program = [sys.executable, "-m", "simulator", "--install-completion"]
    script = '"$@"; echo $?; rm .bashrc; mkdir .bashrc; "$@"; echo $?'

    ended = subprocess.run(  # noqa: S603
        ["/bin/bash", "-c", script, "bash", *program],
        cwd=tmp_path,
        env={"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (tmp_path / ".bash_completions" / "trailwright.sh").is_file()
    assert ended.stdout.startswith("bash completion installed in ")
    assert ended.stdout.endswith("\n0\n3\n")
    assert ended.stderr == f"Error: cannot write {tmp_path}/.bashrc: Is a directory\n"
