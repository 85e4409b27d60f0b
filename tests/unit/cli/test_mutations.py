"""`trailwright mutations` and `generate --mutate`."""

from __future__ import annotations

import gzip
import hashlib
import re
from pathlib import Path

import jsonschema_rs
import orjson
import pytest

from simulator.scenario.mutations import MENU, OF_FILES, OF_RECORDS
from simulator.validation.findings import CODES
from simulator.verification.report import report_text
from tests.unit.cli.program import TINY
from tests.unit.verification.runs import kinds, verified

SCHEMAS = Path(__file__).parents[3] / "docs" / "schemas"

BUSY = """\
scenario: busy
window: {start: 2025-01-12, days: 2}
users: [{name: ana.lopez, mfa: [totp]}]
administrators: [{name: ops}]
storyline:
  - {at: 2025-01-12T09:00:00Z, user: ana.lopez, does: sign-in}
  - {at: 2025-01-13T09:00:00Z, admin: ops, does: describe-directory,
     repeat: {times: 30, every: 10s}}
"""
LOGS = ("--format", "cloudtrail", "--lateness", "none", "--trail", "files.max_records=3")


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """Return a folder with two scenarios."""
    (tmp_path / "tiny.yaml").write_text(TINY)
    (tmp_path / "busy.yaml").write_text(BUSY)
    return tmp_path


def lines_in(path: Path) -> list[dict]:
    """Return the objects in a file of lines."""
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


def mutate(*said: str) -> list[str]:
    """Return options."""
    return [word for one in said for word in ("--mutate", one)]


def test_the_menu_names_all_with_what_they_break(run, here):
    """And says where nothing is published."""
    ended = run("mutations", cwd=here)

    assert ended.status == 0
    for entry in MENU:
        assert f"\n  {entry.name}" in ended.out
        assert f"Breaks: {entry.breaks}" in ended.out
    assert "Unverified." in ended.out
    told = [orjson.loads(line) for line in run("mutations", "--json", cwd=here).out.splitlines()]
    assert [one["name"] for one in told] == [*OF_RECORDS, *OF_FILES]
    assert all(code in CODES for one in told for code in one["validate"])


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (["boom=1%"], "mutations.boom: no such mutation (did you mean 'bom'?)"),
        (["bom"], "--mutate 'bom': expected NAME=SHARE, such as missing-member=1%"),
        (["bom=200%"], "mutations.bom.share: a share lies between 0% and 100%"),
        (["missing-member.member=eventID"], "mutations.missing-member.share: is missing"),
        (["bom=1%", "bom.member=eventID"], "mutations.bom.member: bom takes share alone"),
        (
            ["odd-name=1%", "odd-name.member=a..b"],
            "mutations.odd-name.member: expected a member path such as userIdentity.arn",
        ),
        (["empty-records=1%"], "mutation empty-records damages log files: say --format cloudtrail"),
        (["gzip-members=1%"], "mutation gzip-members damages gzipped files: give one with -o"),
    ],
)
def test_what_makes_no_sense_is_refused(run, here, said, message):
    """One message, status 2, and nothing is written."""
    ended = run("generate", "tiny.yaml", "-o", "out/", *mutate(*said), cwd=here)

    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith(f"Error: {message}")
    assert ended.err.count("\n") == 1
    assert not (here / "out").exists()


def test_files_are_not_damaged_where_there_are_none(run, here):
    """Standard output is no file, and a log file has no line ends."""
    ended = run("generate", "tiny.yaml", "-o", "-", *mutate("bom=1%"), cwd=here)
    assert (ended.status, ended.out) == (2, "")
    assert "standard output is none: give a file or folder with -o" in ended.err

    ended = run("generate", "tiny.yaml", "-o", "x/", *LOGS, *mutate("crlf=1%"), cwd=here)
    assert (ended.status, ended.out) == (2, "")
    assert "log files have none" in ended.err


def test_a_scenario_says_it_with_its_place(run, here):
    """Line and column of what is wrong; the command line goes over it."""
    path = here / "own.yaml"
    path.write_text(f"{TINY}mutations:\n  boom: 1%\n  bom: {{share: 5%, by: 1h}}\n")
    ended = run("scenario", "check", "own.yaml", cwd=here)
    assert ended.status == 2
    assert "own.yaml:8:3 mutations.boom: no such mutation (did you mean 'bom'?)" in (
        ended.out + ended.err
    )
    assert "own.yaml:9:20 mutations.bom.by: bom takes share alone" in ended.out + ended.err

    path.write_text(f"{TINY}mutations: {{unknown-event: 100%, empty-records: 5%}}\n")
    ended = run("generate", "own.yaml", "-o", "out/", "-q", *mutate("empty-records=0%"), cwd=here)
    assert (ended.status, ended.err) == (0, "")
    assert b'"UnheardOfEvent"' in (here / "out" / "records.ndjson").read_bytes()


def test_nothing_is_said_of_mutations_where_there_are_none(run, here):
    """Neither in the manifest nor in the truth: a run without is what it ever was."""
    assert run("generate", "tiny.yaml", "-o", "a/", cwd=here).status == 0
    assert run("generate", "tiny.yaml", "-o", "b/", *mutate("bom=0%"), cwd=here).status == 0

    for name in ("records.ndjson", "truth.ndjson", "manifest.json"):
        data = (here / "a" / name).read_bytes()
        assert b"mutations" not in data
        assert data == (here / "b" / name).read_bytes()


def test_every_damage_is_told(run, here):
    """In the truth, in the manifest by number, and to whoever runs it; the schemas hold."""
    said = [*(f"{name}=30%" for name in OF_RECORDS), "bom=100%", "truncated-file=100%"]
    ended = run("generate", "busy.yaml", "-o", "out/", *mutate(*said), cwd=here)
    assert ended.status == 0
    manifest = orjson.loads((here / "out" / "manifest.json").read_bytes())
    truth = lines_in(here / "out" / "truth.ndjson")

    for name, made in (("truth", truth), ("manifest", [manifest])):
        schema = orjson.loads((SCHEMAS / f"{name}.schema.json").read_bytes())
        check = jsonschema_rs.validator_for(schema)
        for one in made:
            check.validate(one)
    told = [one["name"] for line in truth for one in line.get("mutations", ())]
    counts = manifest["mutations"]["records"]
    assert counts == {name: told.count(name) for name in OF_RECORDS}
    assert sum(count > 0 for count in counts.values()) >= len(OF_RECORDS) - 2
    assert manifest["mutations"]["files"] == {"bom": 1, "truncated-file": 1}
    assert manifest["files"][0]["mutations"] == ["bom", "truncated-file"]
    assert "damaged on purpose" in ended.err
    assert re.search(r"\n    bom +1  files\n", ended.err)


def test_the_schemas_name_what_the_menu_names():
    """In its order."""
    truth, manifest = (
        orjson.loads((SCHEMAS / f"{name}.schema.json").read_bytes())
        for name in ("truth", "manifest")
    )

    said = truth["properties"]["mutations"]["items"]["properties"]["name"]["enum"]
    assert said == [*OF_RECORDS]
    assert manifest["$defs"]["of_records"]["enum"] == [*OF_RECORDS]
    assert manifest["$defs"]["of_files"]["enum"] == [*OF_FILES]


def test_a_record_that_cannot_be_read_is_found(run, here):
    """By its line, and by its hash; its eventID is the one it would have had."""
    run("generate", "busy.yaml", "-o", "a/", "-q", cwd=here)
    run("generate", "busy.yaml", "-o", "b/", "-q", *mutate("truncated-record=100%"), cwd=here)
    sound = lines_in(here / "a" / "records.ndjson")
    broken = (here / "b" / "records.ndjson").read_bytes().split(b"\n")[:-1]
    truth = lines_in(here / "b" / "truth.ndjson")

    assert [told["eventID"] for told in truth] == [one["eventID"] for one in sound]
    for line, told in zip(broken, truth, strict=True):
        assert told["written"]["sha256"] == hashlib.sha256(line).hexdigest()
        assert told["written"]["bytes"] == len(line)
        assert re.fullmatch(r"\d{12}", told["written"]["account"])


@pytest.mark.parametrize(
    "form", ["ndjson", "eventbridge", "cloudwatch-logs", "lookup-events", "cloudtrail"]
)
def test_a_damaged_run_is_verified(run, here, form):
    """It is as its manifest says, and as the run gives; how it is damaged is no finding."""
    said = [*(f"{name}=10%" for name in OF_RECORDS), "bom=40%", "truncated-file=40%"]
    said += ["gzip-members=40%", "gzip-cut-short=40%", "gzip-trailing-bytes=40%"]
    said += ["empty-records=20%"] if form == "cloudtrail" else ["crlf=100%"]
    where = ["-o", "out/", *LOGS] if form == "cloudtrail" else ["-o", "out/x.ndjson.gz"]
    words = ["generate", "busy.yaml", *where, *mutate(*said)]
    if form != "cloudtrail":
        words += ["--format", form]
    (here / "out").mkdir()
    assert run(*words, cwd=here).status == 0

    path = here / "out" if form == "cloudtrail" else here / "out" / "x.manifest.json"
    for report in (verified(path), verified(path, rerun=True)):
        assert kinds(report) == []
        assert "the run is damaged on purpose (mutations)" in report_text(report)


def test_damage_that_was_not_done_on_purpose_is_found(run, here):
    """The control: in a damaged run one record more is removed, and one changed."""
    run("generate", "busy.yaml", "-o", "out/", "-q", *mutate("truncated-record=20%"), cwd=here)
    path = here / "out" / "records.ndjson"
    lines = path.read_bytes().splitlines(keepends=True)
    sound = [nth for nth, line in enumerate(lines) if line.endswith(b"}\n")]
    gone = orjson.loads(lines[sound[0]])["eventID"]
    lines[sound[1]] = lines[sound[1]].replace(b"amazonaws", b"amazonsaw", 1)
    del lines[sound[0]]
    path.write_bytes(b"".join(lines))

    plain, again = verified(here / "out"), verified(here / "out", rerun=True)

    assert ("records.ndjson", "sha256") in kinds(plain)
    assert (gone,) in [one.event_ids for one in plain.findings if one.kind == "missing"]
    assert {"differs", "changed", "missing"} <= {kind for _, kind in kinds(again)}


def test_a_manifest_that_tells_of_other_damage_is_found(run, here):
    """Its counts against the truth, and against the run made again."""
    run("generate", "busy.yaml", "-o", "out/", "-q", *mutate("unknown-event=50%"), cwd=here)
    path = here / "out" / "manifest.json"
    manifest = orjson.loads(path.read_bytes())
    manifest["mutations"]["records"]["unknown-event"] += 1
    path.write_bytes(orjson.dumps(manifest))

    messages = [one.message for one in verified(here / "out").findings]
    assert messages == ["mutations.records is not what truth.ndjson adds up to"]
    assert any(
        one.message.startswith("mutations is")
        for one in verified(here / "out", rerun=True).findings
    )


@pytest.mark.parametrize("entry", MENU, ids=lambda entry: entry.name)
def test_validate_finds_what_breaks_rules(run, here, entry):
    """With a code that the menu names; what keeps to the rules it may let pass."""
    words = ["generate", "busy.yaml", *mutate(f"{entry.name}=100%")]
    if entry.reach in {"log", "gzip", "file"}:
        words += ["-o", "out/", *LOGS]
    else:
        words += ["-o", "out/"]
    assert run(*words, cwd=here).status == 0

    ended = run("validate", "out", "--json", cwd=here)

    found = set(orjson.loads(ended.out)["codes"])
    assert "Traceback" not in ended.err
    assert bool(found & set(entry.found_by)) == bool(entry.found_by), found


def test_a_run_that_is_resumed_gives_the_same_damage(run, here):
    """What is there stays, and what is missing comes, damaged as before."""
    said = mutate("bom=50%", "truncated-record=20%", "gzip-trailing-bytes=50%")
    words = ("generate", "busy.yaml", *LOGS, *said, "-q")
    assert run(*words, "-o", "a/", cwd=here).status == 0
    assert run(*words, "-o", "b/", "--engine", "stepwise", cwd=here).status == 0
    whole = {path.relative_to(here / "a"): path.read_bytes() for path in files_in(here / "a")}
    for path in [*files_in(here / "b")][::2]:
        path.unlink()
    (here / "b" / "unfinished.json").write_bytes(unfinished(here / "a" / "manifest.json"))

    assert run(*words, "-o", "b/", "--resume", "--workers", "2", cwd=here).status == 0

    assert whole == {
        path.relative_to(here / "b"): path.read_bytes() for path in files_in(here / "b")
    }


def files_in(folder: Path) -> list[Path]:
    """Return the files of a folder."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def unfinished(manifest: Path) -> bytes:
    """Return the marker of a run that was broken off."""
    told = orjson.loads(manifest.read_bytes())
    names = ("version", "generation", "scenario", "slice", "events", "output", "delivery")
    return orjson.dumps({"run": {name: told[name] for name in names}, "alone": True})


def test_digests_are_of_damaged_files(run, here):
    """The hash of what is in them."""
    run("generate", "busy.yaml", "-o", "out/", *LOGS, *mutate("bom=100%"), "-q", cwd=here)
    hashes = {}
    for path in files_in(here / "out"):
        if "CloudTrail-Digest" in str(path):
            for one in orjson.loads(gzip.decompress(path.read_bytes()))["logFiles"]:
                hashes[one["s3Object"]] = one["hashValue"]
    assert hashes
    for key, value in hashes.items():
        content = gzip.decompress((here / "out" / key).read_bytes())
        assert content.startswith(b'\xef\xbb\xbf{"Records":[')
        assert hashlib.sha256(content).hexdigest() == value


def test_a_dataset_is_not_made_of_damaged_records(run, here):
    """Nor is realism measured on them; scores are, since they need the truth alone."""
    pytest.importorskip("pyarrow", reason="the extra: dataset")
    path = here / "own.yaml"
    path.write_text(f"{BUSY}mutations: {{truncated-record: 50%}}\n")
    for words in (("dataset", "own.yaml", "-o", "data/"), ("realism", "own.yaml")):
        ended = run(*words, cwd=here)
        assert ended.status == 2
        assert "mutations (truncated-record) damage them: leave mutations out" in ended.err
    assert run("generate", "own.yaml", "-o", "out/", "-q", cwd=here).status == 0
    ended = run("realism", "out", cwd=here)
    assert ended.status == 4
    assert "the run was damaged on purpose (mutations)" in ended.err
    (here / "alerts.csv").write_text("eventID,time\n")
    assert run("score", "out", "alerts.csv", cwd=here).status in {0, 1}
