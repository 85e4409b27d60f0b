"""Manifests of shards, merged: what is one run, and what is not."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import jsonschema_rs
import orjson
import pytest

from simulator.errors import InputError, OutputError
from simulator.run.merging import merge
from simulator.run.request import Request, Shard
from simulator.run.shards import sharded
from simulator.run.writing import write_run
from simulator.scenario import library
from simulator.scenario.resolve import resolve
from simulator.sinks.formats import Format
from simulator.sinks.manifest import read_manifest
from simulator.sinks.targets import target_of
from simulator.verification import Options, place_of, verify

TINY = """\
scenario: tiny
window: {start: 2025-01-12, days: 2}
users: [{name: ana.lopez, mfa: [totp]}]
administrators: [{name: ops}]
storyline:
  - {at: 2025-01-12T09:00:00Z, user: ana.lopez, does: sign-in}
  - {at: 2025-01-13T09:00:00Z, admin: ops, does: describe-directory,
     repeat: {times: 30, every: 10s}}
"""
SCHEMA = Path(__file__).parents[3] / "docs" / "schemas" / "manifest.schema.json"


def a_request(text=TINY, *mutations, **changes):
    """Return a request for a small run."""
    scene = library.read(text, "tiny.yaml")
    damaged = library.changed(scene, mutations=library.mutations_from(mutations))
    return Request(resolve(damaged), **changes)


def made(request, folder, of=3, name="{}/", *, only=()):
    """Make shards, and return the paths of their manifests."""
    paths = []
    for nth in only or range(1, of + 1):
        target = target_of(f"{folder}/{name.format(nth)}", "tiny")
        write_run(sharded(request, Shard(nth, of)), target)
        paths.append(target.manifest)
    return paths


def findings(path):
    """Return what is wrong with a run, made again."""
    return verify(place_of(str(path)), options=Options(rerun=True)).findings


def test_a_merged_run_is_as_if_made_at_once(tmp_path):
    """All that the manifest says of the whole is what one process would say."""
    request = a_request()
    merge(made(request, tmp_path)[::-1], tmp_path / "manifest.json")
    write_run(request, target_of(f"{tmp_path}/whole/", "tiny"))

    merged, whole = (
        orjson.loads((tmp_path / name).read_bytes())
        for name in ("manifest.json", "whole/manifest.json")
    )

    assert [*merged] == [*dict.fromkeys([*list(whole)[:5], "shards", *whole])]
    assert {name: merged[name] for name in whole if name != "files"} == {
        name: whole[name] for name in whole if name != "files"
    }
    assert jsonschema_rs.validator_for(orjson.loads(SCHEMA.read_bytes())).is_valid(merged)


def test_files_are_told_where_they_lie_in_order_of_time(tmp_path):
    """However the parts were named; and each part's manifest, so that none is unlisted."""
    made(a_request(), tmp_path / "parts", of=2)
    merge([tmp_path / "parts" / "2", tmp_path / "parts/1"], tmp_path / "all" / "manifest.json")

    told = read_manifest((tmp_path / "all/manifest.json").read_bytes())

    assert [(one.name, one.role) for one in told.files] == [
        (f"../parts/{nth}/{role}{end}", role)
        for nth in (1, 2)
        for role, end in (("records", ".ndjson"), ("truth", ".ndjson"), ("manifest", ".json"))
    ]


@pytest.mark.parametrize("form", [Format.ndjson, Format.eventbridge])
@pytest.mark.parametrize("name", ["{}/", "{}.ndjson.gz"])
def test_a_merged_run_verifies_and_is_made_again(tmp_path, form, name):
    """In folders or side by side, plain or compressed; with a slice, and with empty shards."""
    start = 1_736_672_400_000
    request = a_request(format=form, start=start)
    merge(made(request, tmp_path, 5, name), tmp_path / "manifest.json")

    told = read_manifest((tmp_path / "manifest.json").read_bytes())

    assert (told.start, told.end, len(told.shards or ())) == (start, None, 5)
    assert 0 in [one.records for one in told.files]
    assert findings(tmp_path) == ()


def test_a_damaged_run_stays_one(tmp_path):
    """Damage of records and of files is added up."""
    request = a_request(TINY, "missing-member=20%", "bom=100%", "truncated-file=100%")
    merge(made(request, tmp_path), tmp_path / "manifest.json")

    told = orjson.loads((tmp_path / "manifest.json").read_bytes())["mutations"]

    assert told["files"] == {"bom": 3, "truncated-file": 3}
    assert told["records"]["missing-member"] > 1
    assert findings(tmp_path) == ()


def a_change(path, old, new):
    """Change a file, and what its manifest says of it where it is one."""
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new, 1))


@pytest.mark.parametrize(
    ("name", "old", "new", "kinds"),
    [
        ("2/records.ndjson", b"DescribeDirectory", b"DescribeDirectorx", {"sha256", "changed"}),
        ("3/truth.ndjson", b'"benign"', b'"bening"', {"sha256", "changed"}),
        ("1/manifest.json", b'"tiny"', b'"tina"', {"sha256"}),
        ("manifest.json", b'ndjson",\n  "records": ', b'ndjson",\n  "records": 9', {"manifest"}),
    ],
)
def test_what_was_changed_in_a_part_is_found(tmp_path, name, old, new, kinds):
    """The control: one thing in one file is another."""
    merge(made(a_request(), tmp_path), tmp_path / "manifest.json")
    a_change(tmp_path / name, old, new)

    found = findings(tmp_path)

    assert {one.file for one in found} == {name}
    assert {one.kind for one in found} >= kinds


def test_records_in_another_shard_than_the_truth_tells_are_found(tmp_path):
    """Each shard has a truth of its own: files that changed places are told."""
    merge(made(a_request(), tmp_path), tmp_path / "manifest.json")
    one, other = (tmp_path / f"{nth}/records.ndjson" for nth in (2, 3))
    texts = one.read_bytes(), other.read_bytes()
    other.write_bytes(texts[0])
    one.write_bytes(texts[1])

    found = verify(place_of(str(tmp_path))).findings

    assert {(one.file[0], one.kind) for one in found} >= {
        (part, kind) for part in "23" for kind in ("missing", "extra")
    }


def test_a_shard_that_was_cut_out_of_the_manifest_is_missed(tmp_path):
    """Also where files and sums agree without it."""
    merge(made(a_request(), tmp_path), tmp_path / "manifest.json")
    path = tmp_path / "manifest.json"
    told = orjson.loads(path.read_bytes())
    del told["shards"][1]
    path.write_bytes(orjson.dumps(told))

    with pytest.raises(InputError, match=r"shards\.1\.start: is not where the shard before it"):
        verify(place_of(str(tmp_path)))


def test_parts_of_other_runs_are_refused(tmp_path):
    """Whatever it is that differs, and it is said of which file."""
    first = made(a_request(), tmp_path / "a", only=(1,))
    others = {
        "scenario.seed": a_request(f"{TINY}seed: 9\n"),
        "output": a_request(format=Format.eventbridge),
        "events": a_request(events=41),
        "scenario.sha256": a_request(source_sha256=hashlib.sha256().hexdigest()),
        "scenario.resolved_sha256": a_request(TINY, "bom=10%"),
    }
    for name, request in others.items():
        second = made(request, tmp_path / name, only=(2, 3))
        with pytest.raises(InputError, match=rf"{name}/2/manifest.json: .* another run .*{name}"):
            merge([*first, *second], tmp_path / "manifest.json")


def test_other_versions_are_refused(tmp_path):
    """They may write other bytes."""
    paths = made(a_request(), tmp_path)
    a_change(paths[1], b'"generation": ', b'"generation": 9')

    with pytest.raises(InputError, match=r"2/manifest\.json: .* of generation it says"):
        merge(paths, tmp_path / "manifest.json")


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ((1, 3), r"2/3 is missing: name every"),
        ((2,), r"1/3, 3/3 are missing"),
        ((1, 2, 3, 2), r"2/manifest\.json: is shard 2/3, as .*2/manifest\.json is"),
    ],
)
def test_every_shard_is_needed_once(tmp_path, chosen, message):
    """No gaps, and nothing twice."""
    made(a_request(), tmp_path)

    with pytest.raises(InputError, match=message):
        merge([tmp_path / str(nth) for nth in chosen], tmp_path / "manifest.json")


def test_shards_have_to_meet(tmp_path):
    """Shards of different slices have the same names, and are parts of different wholes."""
    paths = made(a_request(), tmp_path, only=(1, 2))
    late = a_request(start=1_736_758_800_000)
    paths += made(late, tmp_path / "late", only=(3,))

    with pytest.raises(InputError, match=r"late/3/manifest\.json: does not begin where .*2/manif"):
        merge(paths, tmp_path / "manifest.json")


def test_what_is_no_shard_is_refused(tmp_path):
    """A whole run, nothing, and records that nobody can list."""
    write_run(a_request(), target_of(f"{tmp_path}/whole/", "tiny"))
    manifest = tmp_path / "out.manifest.json"
    out = replace(target_of("-", "tiny"), manifest=manifest)
    with (tmp_path / "out").open("wb") as stream:
        write_run(sharded(a_request(), Shard(1, 1)), out, standard_output=stream.fileno())

    for path, message in (
        (tmp_path / "whole", "whole/manifest.json: is no shard"),
        (tmp_path / "none", "none: no such file or directory: name a shard's folder"),
        (manifest, "its records went to standard output"),
    ):
        with pytest.raises(InputError, match=message):
            merge([path], tmp_path / "manifest.json")


def test_a_manifest_that_is_there_is_not_replaced(tmp_path):
    """Unless it may be."""
    paths = made(a_request(), tmp_path, of=1)
    with pytest.raises(OutputError, match="exists: choose another"):
        merge(paths, tmp_path / "1" / "manifest.json")

    merge(paths, tmp_path / "manifest.json")
    assert merge(paths, tmp_path / "manifest.json", force=True).shards == 1
