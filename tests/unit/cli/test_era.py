"""`trailwright era`; what it detects and converts is tested with `simulator.conversion`."""

from __future__ import annotations

import orjson
import pytest

from simulator.cli.samples import samples
from simulator.primitives.jsontext import json_text

FIRST, BEFORE, AFTER = "pre-october-2024", "pre-january-2025", "post-january-2025"


def line(kind: str, era: str, case: int = 0) -> bytes:
    """Return an example record as a line."""
    return json_text(samples(kind)[case].record(era)) + b"\n"


@pytest.fixture
def here(tmp_path):
    """Return a folder with records of several eras."""
    mixed = line("sso/Logout", BEFORE) + line("sso/Logout", AFTER) + line("iam/GetRole", AFTER)
    (tmp_path / "mixed.ndjson").write_bytes(mixed)
    return tmp_path


def test_eras_are_counted_by_kind(run, here):
    """And the rows of the announcement by how many records are as before or after each."""
    ended = run("era", "detect", "mixed.ndjson", cwd=here)

    rows = [text.split() for text in ended.out.splitlines()]
    assert (ended.status, ended.err) == (0, "")
    assert rows[0] == ["3", "records", "in", "1", "file"]
    assert [BEFORE, AFTER, "either"] in rows
    assert ["sso/Logout", "1", "1"] in rows
    assert ["iam/GetRole", "1"] in rows
    assert ["all", "1", "1", "1"] in rows
    assert next(row for row in rows if row[:1] == ["4"])[-4:] == ["1", "1", "0", "0"]


def test_every_record_is_listed_when_asked_for(run, here):
    """With its rows by number: as after it, or as before."""
    ended = run("era", "detect", "mixed.ndjson", "--all", cwd=here)

    assert ended.out.splitlines()[:3] == [
        f"mixed.ndjson:1  sso/Logout  {BEFORE}  +1 -3 -4 -5",
        f"mixed.ndjson:2  sso/Logout  {AFTER}  +1 +3 +4 +5",
        "mixed.ndjson:3  iam/GetRole  either",
    ]


def test_records_that_break_a_row_are_listed_unasked(run, here):
    """A record of the new type that still has a principalId."""
    record = orjson.loads(line("sso/Logout", AFTER))
    record["userIdentity"]["principalId"] = "somebody"
    (here / "odd.json").write_bytes(json_text({"Records": [record]}))

    ended = run("era", "detect", "odd.json", cwd=here)

    assert ended.out.startswith(f"odd.json:1[0]  sso/Logout  {AFTER}  +1 +3 -4! +5\n\n1 record in")


def test_detection_is_json_when_asked_for(run, here):
    """A line for each record, and nothing else."""
    ended = run("era", "detect", "mixed.ndjson", "--json", cwd=here)

    told = [orjson.loads(text) for text in ended.out.splitlines()]
    assert [one["era"] for one in told] == [BEFORE, AFTER, "either"]
    assert [one["place"] for one in told] == [f"mixed.ndjson:{place}" for place in (1, 2, 3)]
    assert told[0]["rows"][0]["stand"] == "after"
    assert (told[0]["broken"], told[0]["eras"]) == ([], [BEFORE])


def test_what_is_no_record_ends_detection_with_status_1(run, here):
    """After all others were told."""
    (here / "broken.ndjson").write_bytes(line("sso/Logout", AFTER) + b"{\n")

    ended = run("era", "detect", "broken.ndjson", cwd=here)

    assert ended.status == 1
    assert "1 record in 1 file" in ended.out
    assert ended.err.startswith("broken.ndjson:2: not JSON")


def test_records_are_converted_and_what_was_done_is_said(run, here):
    """Records go to standard output, the summary to standard error."""
    ended = run("era", "convert", "mixed.ndjson", "--to", "post", cwd=here)

    assert ended.status == 0
    assert ended.out.encode() == line("sso/Logout", AFTER) * 2 + line("iam/GetRole", AFTER)
    assert ended.err.startswith(f"3 records to {AFTER}: 1 changed, 0 left in part\n")


def test_changes_are_listed_in_a_file(run, here):
    """A line for each member, with the record's place and the row."""
    ended = run(
        "era", "convert", "mixed.ndjson", "--to", AFTER, "-o", "new.ndjson", "--changes",
        "changes.ndjson", "--quiet", cwd=here,
    )  # fmt: skip

    told = [orjson.loads(text) for text in (here / "changes.ndjson").read_bytes().splitlines()]
    assert (ended.status, ended.out, ended.err) == (0, "", "")
    assert [(one["path"], one["change"]) for one in told] == [
        ("userIdentity.userName", "removed"),
        ("userIdentity.principalId", "removed"),
        ("userIdentity.type", "changed"),
    ]
    assert {one["place"] for one in told} == {"mixed.ndjson:1"}
    assert (told[2]["before"], told[2]["after"]) == ("Unknown", "IdentityCenterUser")
    assert (here / "new.ndjson").read_bytes().count(b"\n") == 3


def test_strict_writes_nothing_where_something_is_left(run, here):
    """A user name that records no longer have is wanted."""
    arguments = ("era", "convert", "mixed.ndjson", "--to", BEFORE, "--strict", "-o", "old.ndjson")
    ended = run(*arguments, cwd=here)
    (here / "users.csv").write_text(
        "user_id,user_name\n94d8a4b8-30a1-70f2-1c6e-5b7d9f1a3c5e,ana.lopez\n"
    )
    helped = run(*arguments, "--resolver", "users.csv", cwd=here)

    assert ended.status == 1
    assert "not known: user name" in ended.err
    assert ended.err.endswith("Error: --strict: 1 record left in part; nothing was written\n")
    assert helped.status == 0
    assert (here / "old.ndjson").read_bytes() == line("sso/Logout", BEFORE) * 2 + line(
        "iam/GetRole", BEFORE
    )


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("--to", "psot"), 2, "no such era: psot"),
        (("--to", "post", "--from", "old"), 2, "no such era: old"),
        (("--to", "post", "--identity-store", "x"), 2, "is not an id such as d-"),
        (("--to", "post", "-o", "a", "--changes", "a"), 2, "cannot go to one file"),
        (("--to", "post", "-o", "mixed.ndjson"), 3, "mixed.ndjson exists"),
        (("--to", "post", "-o", "."), 3, "is a folder"),
        (("--to", "post", "--resolver", "none.csv"), 4, "none.csv"),
    ],
)
def test_what_cannot_be_done_is_refused(run, here, arguments, status, message):
    """With one plain message, and nothing written."""
    ended = run("era", "convert", "mixed.ndjson", *arguments, cwd=here)

    assert ended.status == status
    assert message in ended.err
    assert ended.out == ""
    assert [one.name for one in here.iterdir()] == ["mixed.ndjson"]


def test_a_file_can_be_converted_in_place(run, here):
    """It is replaced when all is there."""
    ended = run(
        "era", "convert", "mixed.ndjson", "--to", "post", "-o", "mixed.ndjson", "--force", cwd=here
    )

    assert ended.status == 0
    assert (here / "mixed.ndjson").read_bytes().startswith(line("sso/Logout", AFTER) * 2)
