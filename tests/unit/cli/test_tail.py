"""`trailwright tail`; time passes where it waits."""

from __future__ import annotations

import gzip
import io
import os
import sys
import time
from types import SimpleNamespace

import orjson
import pytest

from simulator.cli import tail
from tests.unit.cli.program import shell
from tests.unit.explanation.test_gathering import ALL, PORTAL, SIGN_IN
from tests.unit.validation.stories import as_lines


@pytest.fixture
def here(tmp_path):
    """Return a folder with a sign-in, a portal session and two calls of an administrator."""
    (tmp_path / "trail.ndjson").write_bytes(as_lines(ALL))
    return tmp_path


@pytest.fixture
def meanwhile(monkeypatch):
    """Return a function that says what happens while the command waits, one after another."""

    def will(*happenings):
        left = list(happenings)

        def wait():
            if not left:
                return False
            left.pop(0)()
            return True

        monkeypatch.setattr(tail, "wait", wait)

    return will


def append(path, data):
    """Return what appends to a file."""

    def done():
        with path.open("ab") as file:
            file.write(data)

    return done


def events(ended):
    """Return the names of the events that were told, in order."""
    return [line.split()[2] for line in ended.out.splitlines()]


def test_a_record_is_a_line(run, here):
    """When, what, who, from where, what came of it, and what the eras changed."""
    ended = run("tail", "trail.ndjson", "-n", "12", cwd=here)

    lines = [" ".join(line.split()) for line in ended.out.splitlines()]
    assert (ended.status, ended.err, len(lines)) == (0, "", 12)
    assert lines[5] == (
        "2025-01-14 09:00:24Z CredentialVerification ana.lopez 203.0.113.24 Chrome 131 on Windows "
        "authenticator code (TOTP): accepted IdentityCenterUser onBehalfOf credentialId "
        "(post-january-2025)"
    )
    assert lines[10].startswith("2025-01-14 09:01:00Z ListRoles group-manager 203.0.113.24 ")


def test_the_last_ones_are_told(run, here):
    """Ten unless said, in the file's order."""
    assert events(run("tail", "trail.ndjson", cwd=here)) == [one["eventName"] for one in ALL[-10:]]
    assert events(run("tail", "trail.ndjson", "-n", "2", cwd=here)) == [
        "ListRoles",
        "ListInstances",
    ]
    assert events(run("tail", "trail.ndjson", "-n", "0", cwd=here)) == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("--errors", ["CredentialVerification"]),
        ("--event sso/feder* --event LOGOUT", ["Federate", "Logout"]),
        ("--user group-*", ["ListRoles", "ListInstances"]),
        ("--event CredentialVerification -n 1", ["CredentialVerification"]),
        ("--user nobody", []),
    ],
)
def test_records_are_chosen(run, here, words, expected):
    """By patterns without case; the last N are those of what is wanted."""
    assert events(run("tail", "trail.ndjson", *words.split(), cwd=here)) == expected


def test_several_files_are_told_in_order_of_time(run, tmp_path):
    """Whatever their form, and of all of them the last."""
    (tmp_path / "b.ndjson").write_bytes(as_lines(SIGN_IN[::2]))
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(orjson.dumps({"Records": SIGN_IN[1::2]})))

    ended = run("tail", ".", "-n", "5", "--json", cwd=tmp_path)

    assert [orjson.loads(line) for line in ended.out.splitlines()] == SIGN_IN[-5:]


def test_json_passes_lines_as_they_are(run, tmp_path):
    """Byte by byte, spaces and all."""
    line = '{"eventName": "Logout",  "eventTime": "x"}'
    (tmp_path / "odd.ndjson").write_text(f"{line}\r\n")

    assert run("tail", "odd.ndjson", "--json", cwd=tmp_path).out == f"{line}\n"


def test_what_comes_is_told_once_its_line_is_whole(run, here, meanwhile):
    """A line that is half written waits for its end; what was there is not told again."""
    trail, (first, second) = here / "trail.ndjson", as_lines(PORTAL[:2]).splitlines(keepends=True)
    meanwhile(
        append(trail, first[:40]),
        append(trail, first[40:] + second[:-1]),
        append(trail, b"\n"),
    )

    ended = run("tail", "trail.ndjson", "-n", "1", "-f", cwd=here)

    assert (ended.status, ended.err) == (0, "")
    assert events(ended) == ["ListInstances", "Authenticate", "Federate"]


@pytest.mark.parametrize("is_whole", [True, False])
def test_a_last_line_without_its_end(run, here, meanwhile, is_whole):
    """It is a record if it is whole; else nothing, until it is."""
    line = as_lines(PORTAL[:1]).rstrip()
    append(here / "trail.ndjson", line if is_whole else line[:-20])()
    meanwhile(append(here / "trail.ndjson", b"\n" if is_whole else line[-20:] + b"\n"))

    once = run("tail", "trail.ndjson", "-n", "1", cwd=here)
    followed = run("tail", "trail.ndjson", "-n", "1", "-f", cwd=here)

    assert (once.status, once.err) == (0, "")
    assert events(once) == ["Authenticate" if is_whole else "ListInstances"]
    assert events(followed) == (["Authenticate"] if is_whole else ["ListInstances", "Authenticate"])


def test_a_file_may_be_replaced_or_emptied(run, here, meanwhile):
    """What was written to the old one before that is told too."""
    trail = here / "trail.ndjson"

    def replace():
        append(trail, as_lines(PORTAL[:1]))()
        trail.rename(here / "trail.1")
        trail.write_bytes(as_lines(PORTAL[1:2]))

    meanwhile(
        replace,
        trail.unlink,
        lambda: trail.write_bytes(as_lines(ALL)),
        lambda: os.truncate(trail, 0),
        append(trail, as_lines(PORTAL[2:])),
    )

    ended = run("tail", "trail.ndjson", "-n", "0", "-f", cwd=here)

    assert events(ended) == [
        "Authenticate",
        "Federate",
        *(one["eventName"] for one in ALL),
        "Logout",
    ]


def test_new_files_in_a_folder_are_told_once_they_are_whole(run, here, meanwhile):
    """And a file that gets another name is not told again."""
    packed = gzip.compress(orjson.dumps({"Records": PORTAL}))
    meanwhile(
        append(here / "log.json.gz", packed[:200]),
        append(here / "log.json.gz", packed[200:]),
        lambda: (here / "trail.ndjson").rename(here / "old.ndjson"),
        lambda: (here / "trail.ndjson").write_bytes(as_lines(SIGN_IN[:1])),
    )

    ended = run("tail", ".", "-n", "0", "-f", cwd=here)

    assert (ended.status, ended.err) == (0, "")
    assert events(ended) == ["Authenticate", "Federate", "Logout", "CredentialChallenge"]


def test_what_is_no_record_is_told_and_ends_it_with_status_1(run, here, meanwhile):
    """On standard error, with its place."""
    meanwhile(append(here / "trail.ndjson", b"nonsense\n" + as_lines(PORTAL[:1])))
    size = (here / "trail.ndjson").stat().st_size

    ended = run("tail", "trail.ndjson", "-n", "0", "-f", cwd=here)

    assert (ended.status, events(ended)) == (1, ["Authenticate"])
    assert ended.err.startswith(f"trail.ndjson: the line at byte {size:,}: not JSON: ")


def test_a_damaged_file_is_told_when_it_grows_no_more(run, here, meanwhile):
    """Followed or not."""
    meanwhile(lambda: None, lambda: None)
    (here / "log.json.gz").write_bytes(gzip.compress(orjson.dumps({"Records": PORTAL}))[:200])

    for words in ((), ("-f",)):
        ended = run("tail", "log.json.gz", *words, cwd=here)
        assert (ended.status, ended.out) == (1, "")
        assert ended.err == "log.json.gz: the gzip data ends before its end mark\n"


@pytest.mark.parametrize(("words", "count"), [((), 12), (("-n", "2"), 2)])
def test_standard_input_is_told(run, here, monkeypatch, words, count):
    """All of it, unless the last are asked for."""
    monkeypatch.setattr(
        sys, "stdin", SimpleNamespace(buffer=io.BufferedReader(io.BytesIO(as_lines(ALL))))
    )

    assert events(run("tail", "-", *words, cwd=here)) == [one["eventName"] for one in ALL[-count:]]


def test_standard_input_is_told_as_it_comes(here):
    """Before it ends: the writer waits for what is said of its first record."""
    ended = shell(
        'mkfifo said; (head -n 1 trail.ndjson; read -r line < said; echo "$line" > first) '
        '| "$@" tail - --json | tee said > /dev/null; grep -c CredentialChallenge first',
        cwd=here,
    )

    assert (ended.out, ended.err) == ("1\n", "")


def test_times_may_be_local(run, here, monkeypatch):
    """With their offset."""
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("TZ", "Asia/Kolkata")
        time.tzset()
        ended = run("tail", "trail.ndjson", "-n", "1", "--local", cwd=here)
    time.tzset()

    assert ended.out.startswith("2025-01-14 14:31:30+0530  ListInstances ")


def test_ctrl_c_ends_it_well(run, here, monkeypatch):
    """While it follows; as `listen` does."""

    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr(tail, "wait", interrupted)

    ended = run("tail", "trail.ndjson", "-n", "1", "-f", cwd=here)

    assert (ended.status, events(ended), ended.err) == (0, ["ListInstances"], "")


def test_nobody_reads(here):
    """As everywhere: quiet, 141."""
    ended = shell('"$@" tail trail.ndjson -f | true; echo ${PIPESTATUS[0]}', cwd=here)

    assert (ended.out, ended.err) == ("141\n", "")


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        ("none.ndjson", 4, "Error: none.ndjson: no such file or folder\n"),
        ("- trail.ndjson", 2, "Error: - cannot be read along with files: give it alone\n"),
    ],
)
def test_what_cannot_be_read_is_refused(run, here, words, status, message):
    """At the start."""
    ended = run("tail", *words.split(), cwd=here)

    assert (ended.status, ended.err) == (status, message)
