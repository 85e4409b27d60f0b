"""Log files from the command line."""

from __future__ import annotations

import json
import subprocess

import pytest

from tests.unit.cli.program import TINY

PLAIN = ("--trail", "digests=none")


@pytest.fixture
def here(tmp_path):
    """Return a folder with a scenario."""
    (tmp_path / "tiny.yaml").write_text(TINY)
    return tmp_path


def test_log_files_are_written_verified_and_told_of(run, here):
    """The summary counts them, and names what to do next."""
    ended = run("generate", "tiny.yaml", "--format", "cloudtrail", *PLAIN, "-o", "out", cwd=here)

    assert ended.status == 0
    assert ended.out == ""
    assert "tiny: 2 records" in ended.err
    assert "log files" in ended.err
    assert "trailwright verify out" in ended.err
    assert len([*(here / "out").rglob("*.json.gz")]) == 2
    verified = run("verify", "out", "--rerun", cwd=here)
    assert (verified.status, verified.err) == (0, "")
    assert "as the run gives when it is made again" in verified.out


def test_a_folder_of_log_files_is_sound(run, here):
    """What lies beside the log files is not taken for records."""
    pytest.importorskip("cryptography")
    clean = ("--lateness", "none", "--duplicates", "0%", "-q", "-o", "out")
    run("generate", "quickstart", "--format", "cloudtrail", *clean, cwd=here)

    ended = run("validate", "out", "--ours", cwd=here)

    assert ended.status == 0
    assert ended.out.endswith("No findings.\n")


def test_without_a_place_it_is_that_of_the_scenario(run, here):
    """As for records on lines."""
    ended = run("generate", "tiny.yaml", "--format", "cloudtrail", *PLAIN, "-q", cwd=here)

    assert (ended.status, ended.err) == (0, "")
    assert (here / "output/tiny/AWSLogs").is_dir()


def test_settings_go_before_the_scenario_s(run, here):
    """One by one, by their names or in short."""
    said = ("--lateness", "none", "--duplicates", "100%", "--trail", "files.every=1m")
    target = ("--format", "cloudtrail", "-q", "-o", "out", *PLAIN)

    ended = run("generate", "tiny.yaml", *target, *said, cwd=here)

    assert ended.status == 0
    truth = [json.loads(line) for line in (here / "out/truth.ndjson").read_text().splitlines()]
    assert [line["delivered"][0] for line in truth] == [
        "2025-01-12T09:00:00Z",
        "2025-01-13T09:00:00Z",
    ]
    assert [len(line["delivered"]) for line in truth] == [2, 2]
    resolved = json.loads((here / "out/manifest.json").read_text())["scenario"]["resolved"]
    assert "every: 1m" in resolved


def test_a_key_of_one_s_own_signs_and_is_asked_for_again(run, here):
    """Nobody can make the signatures again without it."""
    pytest.importorskip("cryptography")
    subprocess.run(
        ["openssl", "genrsa", "-out", "key.pem", "2048"],  # noqa: S607  # whichever is there
        check=True,
        cwd=here,
        capture_output=True,
    )
    target = ("--format", "cloudtrail", "-q", "-o", "out", "--digest-key", "key.pem")

    ended = run("generate", "tiny.yaml", *target, cwd=here)

    assert (ended.status, ended.err) == (0, "")
    assert run("verify", "out", cwd=here).status == 0
    assert run("verify", "out", "--rerun", "--digest-key", "key.pem", cwd=here).status == 0
    refused = run("verify", "out", "--rerun", cwd=here)
    assert refused.status == 1
    assert "digests were signed with another key: give it with --digest-key" in refused.out


@pytest.mark.parametrize(
    ("options", "status", "said"),
    [
        (("--resume",), 2, "are about log files: say --format cloudtrail"),
        (("--lateness", "none"), 2, "are about log files: say --format cloudtrail"),
        (("--endpoint", "http://127.0.0.1:1"), 2, "are about log files"),
        (("--format", "cloudtrail", "-o", "-"), 2, "log files go to a folder or a bucket"),
        (("--format", "cloudtrail", "-o", "tiny.yaml"), 2, "it is a file, and log files need"),
        (("--format", "cloudtrail", "-o", "ftp://x/y"), 2, "ftp:// is no place to write to"),
        (("--format", "cloudtrail", "--manifest", "m"), 2, "log files have theirs beside them"),
        (("--format", "cloudtrail", "--lateness", "fast"), 2, "expected none, typical or slow"),
        (("--format", "cloudtrail", "--duplicates", "2"), 2, "a share lies between 0% and 100%"),
        (("--format", "cloudtrail", "--trail", "x"), 2, "expected NAME=VALUE"),
        (("--format", "cloudtrail", "--trail", "bukket=x"), 2, "no such key"),
        (("--format", "cloudtrail", "--digest-key", "nowhere.pem"), 4, "cannot read nowhere.pem"),
        (
            ("--format", "cloudtrail", *PLAIN, "--digest-key", "tiny.yaml"),
            2,
            "there is nothing to sign",
        ),
        (
            ("--format", "cloudtrail", *PLAIN, "--notify", "sqs+s3:http://127.0.0.1:1/1/q"),
            2,
            "there is nothing to tell of a folder",
        ),
        (
            ("--format", "cloudtrail", *PLAIN, "--notify-endpoint", "http://127.0.0.1:1"),
            2,
            "nobody is notified without --notify",
        ),
        (
            ("--format", "cloudtrail", *PLAIN, "-o", "out", "--endpoint", "http://127.0.0.1:1"),
            2,
            "an endpoint is for buckets",
        ),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_written(run, here, options, status, said):
    """One message, and a status that is documented."""
    before = sorted(here.iterdir())

    ended = run("generate", "tiny.yaml", *options, cwd=here)

    assert (ended.status, ended.out) == (status, "")
    assert ended.err.startswith("Error: ")
    assert said in ended.err
    assert sorted(here.iterdir()) == before


def test_a_run_that_is_there_is_not_touched(run, here):
    """Whole or unfinished: what to do is said."""
    target = ("--format", "cloudtrail", *PLAIN, "-q", "-o", "out")
    run("generate", "tiny.yaml", *target, cwd=here)

    again = run("generate", "tiny.yaml", *target, cwd=here)

    assert again.status == 3
    assert "out holds a whole run: choose another place with -o, or say --force" in again.err
    assert run("generate", "tiny.yaml", *target, "--resume", cwd=here).status == 0
    assert run("generate", "tiny.yaml", *target, "--force", cwd=here).status == 0
    other = run("generate", "tiny.yaml", *target, "--seed", "7", "--resume", cwd=here)
    assert other.status == 3
    assert "out holds another run (its scenario, delivery differ)" in other.err


def test_an_unfinished_run_is_said_to_be_one(run, here):
    """There is no manifest to verify."""
    (here / "out").mkdir()
    (here / "out/unfinished.json").write_text("{}")

    ended = run("verify", "out", cwd=here)

    assert ended.status == 4
    assert "the run there is unfinished" in ended.err
