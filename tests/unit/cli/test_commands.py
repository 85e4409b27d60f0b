"""The other commands, and what all have in common."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys

import orjson
import pytest
import typer

from simulator.cli.app import STATUSES
from simulator.cli.commands import program
from simulator.records.kinds import KINDS
from simulator.scenario.schema import schema_text
from tests.unit.cli.program import TINY


def all_commands():
    """Return every command that does something, with the words that call it."""
    root = typer.main.get_command(program())
    found = [(root, ())]
    for command, words in found:
        found += [
            (inner, (*words, name)) for name, inner in getattr(command, "commands", {}).items()
        ]
    return found


@pytest.mark.parametrize(
    ("command", "words"),
    all_commands(),
    ids=[" ".join(words) or "-" for _, words in all_commands()],
)
def test_every_command_and_option_is_explained(command, words):  # noqa: ARG001
    """Help says what it does, and what each option means."""
    assert command.help
    for one in command.params:
        assert getattr(one, "hidden", False) or one.help, one.name


def test_help_shows_examples_and_statuses(run, tmp_path):
    """It teaches."""
    ended = run("--help", cwd=tmp_path)

    assert ended.status == 0
    assert "trailwright generate quickstart" in ended.out
    for status, meaning in STATUSES:
        assert re.search(rf"^ +{status}  {re.escape(meaning)}$", ended.out, re.MULTILINE)


def test_version_is_that_of_the_package(run, tmp_path):
    """`--version` says the name too."""
    ended = run("--version", cwd=tmp_path)

    assert ended.out == f"trailwright {importlib.metadata.version('trailwright')}\n"


def test_without_a_command_help_is_shown(run, tmp_path):
    """As a usage error."""
    ended = run(cwd=tmp_path)

    assert ended.status == 2
    assert "Usage: trailwright" in ended.out + ended.err


@pytest.mark.parametrize("word", ["nope", "--nope"])
def test_an_unknown_command_or_option_is_refused(run, tmp_path, word):
    """Status 2 and a hint at help."""
    ended = run(word, cwd=tmp_path)

    assert ended.status == 2
    assert f"{word}" in ended.err
    assert "Try 'trailwright --help' for help." in ended.err


def test_records_list_shows_every_kind(run, tmp_path):
    """In the groups of the announcement."""
    ended = run("records", "list", cwd=tmp_path)

    assert [line.split()[0] for line in ended.out.splitlines() if line.startswith("  ")] == [
        kind.name for kind in KINDS
    ]


def test_records_list_narrows_to_a_source(run, tmp_path):
    """As JSON, one object a line."""
    ended = run("records", "list", "--source", "signin", "--json", cwd=tmp_path)

    assert {orjson.loads(line)["eventSource"] for line in ended.out.splitlines()} == {
        "signin.amazonaws.com"
    }


def test_records_list_counts_kinds_by_source(run, tmp_path):
    """And knows a source from a slip of the pen."""
    ended = run("records", "list", "--source", "organizations", cwd=tmp_path)
    slip = run("records", "list", "--source", "organisations", cwd=tmp_path)

    assert ended.out.endswith("\n8 kinds: 8 of organizations.\n")
    assert "did you mean 'organizations'?" in slip.err


def test_records_show_explains_what_is_never_delivered(run, tmp_path):
    """The kind is known all the same."""
    ended = run("records", "show", "RegisterClient", cwd=tmp_path)

    assert "Never delivered. It is called without credentials" in ended.out


def test_records_show_prints_one_record(run, tmp_path):
    """As the era has it."""
    ended = run("records", "show", "federate", "--era", "pre", "--json", cwd=tmp_path)

    shown = orjson.loads(ended.out)
    assert (shown["kind"], shown["era"]) == ("sso/Federate", "pre-january-2025")
    assert shown["record"]["userIdentity"]["userName"] == "ana.lopez"


def test_a_bare_name_means_all_kinds_that_have_it(run, tmp_path):
    """CreateGroup has three sources."""
    ended = run("records", "show", "CreateGroup", cwd=tmp_path)

    assert [line for line in ended.out.splitlines() if line.endswith("(post-january-2025)")] == [
        "sso-directory/CreateGroup (post-january-2025)",
        "identitystore/CreateGroup (post-january-2025)",
        "identitystore-scim/CreateGroup (post-january-2025)",
    ]


def test_records_diff_marks_what_changed(run, tmp_path):
    """Member by member."""
    ended = run("records", "diff", "sso/Logout", cwd=tmp_path)

    marked = [line.split()[:2] for line in ended.out.splitlines() if line[:1] in "~+-"]
    assert ["~", "userIdentity.type"] in marked
    assert ["-", "userIdentity.principalId"] in marked
    assert ["-", "userIdentity.userName"] in marked


def test_records_diff_tells_programs_too(run, tmp_path):
    """From the oldest era, members are added."""
    ended = run(
        *("records", "diff", "sso/Logout", "--json"),
        *("--from", "pre-october-2024", "--to", "pre"),
        cwd=tmp_path,
    )

    members = orjson.loads(ended.out)["members"]
    assert [one["path"] for one in members if one["change"] != "same"] == [
        "userIdentity.onBehalfOf.userId",
        "userIdentity.onBehalfOf.identityStoreArn",
        "userIdentity.credentialId",
    ]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            "show Federat",
            (
                "Error: no such event: Federat (did you mean 'Federate'?); "
                "`records list` shows them all\n"
            ),
        ),
        (
            "show Federate --era someday",
            (
                "Error: no such era: someday; there are pre, post, pre-october-2024, "
                "pre-january-2025, post-january-2025\n"
            ),
        ),
    ],
)
def test_unknown_events_and_eras_are_refused(run, tmp_path, words, message):
    """Status 2, with a hint."""
    ended = run("records", *words.split(), cwd=tmp_path)

    assert (ended.status, ended.err) == (2, message)


def test_scenario_list_shows_what_is_shipped(run, tmp_path):
    """Name and description."""
    ended = run("scenario", "list", cwd=tmp_path)

    assert re.search(r"^quickstart +\S.*$", ended.out, re.MULTILINE)


def test_a_new_scenario_is_sound_and_runs(run, tmp_path):
    """What `new` writes can be generated at once; its name is the file's."""
    assert run("scenario", "new", "My First.yaml", cwd=tmp_path).status == 0

    checked = run("scenario", "check", "My First.yaml", cwd=tmp_path)
    ended = run("generate", "My First.yaml", "-q", cwd=tmp_path)

    assert checked.out.startswith("My First.yaml: sound (my-first, resolved sha256 ")
    assert (ended.status, ended.err) == (0, "")
    assert (tmp_path / "output" / "my-first" / "manifest.json").is_file()


def test_a_new_scenario_overwrites_nothing(run, tmp_path):
    """Status 3."""
    (tmp_path / "my.yaml").write_text("mine")

    ended = run("scenario", "new", "my.yaml", cwd=tmp_path)

    assert (ended.status, ended.err) == (3, "Error: my.yaml exists: choose another name\n")
    assert (tmp_path / "my.yaml").read_text() == "mine"


def test_a_new_scenario_may_copy_a_shipped_one(run, tmp_path):
    """With --from, as it is."""
    run("scenario", "new", "my.yaml", "--from", "quickstart", cwd=tmp_path)

    assert "scenario: quickstart" in (tmp_path / "my.yaml").read_text()


def test_check_shows_the_findings_of_all_files(run, tmp_path):
    """Status 2, and the sound ones are told too."""
    (tmp_path / "a.yaml").write_text(TINY)
    (tmp_path / "b.yaml").write_text(TINY + "nope: 1\n")
    (tmp_path / "c.yaml").write_text(TINY + "seeed: 1\n")

    ended = run("scenario", "check", "a.yaml", "b.yaml", "c.yaml", cwd=tmp_path)

    assert ended.status == 2
    assert ended.out.startswith("a.yaml: sound (tiny, ")
    assert [line.partition(":")[0] for line in ended.err.splitlines()] == ["b.yaml", "c.yaml"]


def test_resolve_prints_a_scenario_that_gives_the_same_bytes(run, tmp_path):
    """It is itself a valid scenario."""
    (tmp_path / "a.yaml").write_text(TINY)
    (tmp_path / "b.yaml").write_text(run("scenario", "resolve", "a.yaml", cwd=tmp_path).out)

    first, second = (
        run("generate", name, "-o", "-", "-q", cwd=tmp_path) for name in ("a.yaml", "b.yaml")
    )

    assert first.out == second.out != ""


def test_schema_is_printed(run, tmp_path):
    """As it is checked in."""
    assert run("scenario", "schema", cwd=tmp_path).out == schema_text()


@pytest.mark.parametrize(
    ("words", "heavy"),
    [
        (("--version",), {"numpy", "pydantic", "rich", "yaml"}),
        (("generate", "--help"), {"faker", "pyarrow", "rich", "simulator.validation"}),
        (
            ("generate", "quickstart", "-o", "-", "--quiet"),
            {"concurrent.futures", "simulator.run.crew", "simulator.delivery.mutations"},
        ),
    ],
)
def test_a_command_imports_only_what_it_needs(tmp_path, words, heavy):
    """What is imported is most of what a short run takes."""
    script = (
        "import sys; from simulator.cli.app import main\n"
        "try: main()\n"
        "finally: print('imported', *sys.modules, file=sys.stderr)"
    )

    ended = subprocess.run(  # noqa: S603
        [sys.executable, "-c", script, *words],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )

    imported = ended.stderr.split()
    assert "simulator.cli.commands" in imported
    assert heavy.isdisjoint(imported)
