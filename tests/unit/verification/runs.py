"""Runs to verify: small ones that were written, and trees of log files made by hand."""

from __future__ import annotations

import gzip
import hashlib
from typing import TYPE_CHECKING

import orjson

from simulator.primitives.jsontext import json_text
from simulator.run import Request, write_run
from simulator.run.request import origin_of
from simulator.scenario import library
from simulator.scenario.resolve import resolve
from simulator.sinks.files import FileEntry
from simulator.sinks.manifest import Counts, manifest_text
from simulator.sinks.targets import target_of
from simulator.verification import Options, place_of, verify

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from simulator.verification import Report

SCENARIO = """
scenario: three-groups
seed: 5
window: {start: 2025-01-12, days: 2}
administrators: [{name: ops}]
storyline:
  - {at: 2025-01-12T09:00:00Z, admin: ops, does: create-group, id: first, group: {name: One}}
  - {at: 2025-01-12T10:00:00Z, admin: ops, does: create-group, id: second, group: {name: Two}}
  - {at: 2025-01-13T09:00:00Z, admin: ops, does: delete-group, id: third, group: One}
  - {at: 2025-01-13T10:00:00Z, admin: ops, does: create-group, id: fourth, group: {name: Four}}
  - {at: 2025-01-13T11:00:00Z, admin: ops, does: create-group, id: fifth, group: {name: Five}}
"""
"""Five records."""


def a_request(text: str = SCENARIO, **changes) -> Request:
    """Return a request for a scenario."""
    return Request(resolve(library.read(text, "s.yaml")), **changes)


def a_run(output: str, text: str = SCENARIO, **changes) -> Path:
    """Write a run, and return its folder."""
    target = target_of(output, "s")
    write_run(a_request(text, **changes), target)
    return target.manifest.parent


def verified(path: Path | str, *, rerun: bool = False, workers: int = 1) -> Report:
    """Verify a run."""
    return verify(place_of(str(path)), options=Options(rerun, workers))


def found(report: Report) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return of each finding its file, its kind and its eventIDs."""
    return [(one.file, one.kind, one.event_ids) for one in report.findings]


def kinds(report: Report) -> list[tuple[str, str]]:
    """Return of each finding its file and its kind."""
    return [(one.file, one.kind) for one in report.findings]


def lines_of(path: Path) -> list[bytes]:
    """Return a file's lines, with their ends."""
    return path.read_bytes().splitlines(keepends=True)


def ids_of(path: Path) -> list[str]:
    """Return the eventIDs of a file's lines."""
    return [orjson.loads(line)["eventID"] for line in lines_of(path)]


def edited(path: Path, *members: str, to: object) -> None:
    """Change a member of a manifest; a number among `members` counts from 0."""
    made = orjson.loads(path.read_bytes())
    inner = made
    for name in members[:-1]:
        inner = inner[int(name) if name.isdecimal() else name]
    inner[members[-1]] = to
    path.write_bytes(json_text(made))


def relisted(folder: Path, name: str) -> None:
    """Change a manifest so that it is right about a file that was changed."""
    path = folder / "manifest.json"
    made = orjson.loads(path.read_bytes())
    data = (folder / name).read_bytes()
    [entry] = [one for one in made["files"] if one["name"] == name]
    entry |= {"bytes": len(data), "sha256": sha256(data), "content_sha256": sha256(data)}
    path.write_bytes(json_text(made))


def sha256(data: bytes) -> str:
    """Return a digest as a manifest has it."""
    return hashlib.sha256(data).hexdigest()


# ---- Trees ---------------------------------------------------------------------------------------


def event_id(number: int) -> str:
    """Return an eventID."""
    return f"00000000-0000-4000-8000-{number:012d}"


def a_record(number: int, **changes) -> dict:
    """Return a record that happens so many minutes after nine."""
    hours, minutes = divmod(number, 60)
    time = f"2025-01-12T{9 + hours:02d}:{minutes:02d}:00Z"
    return {"eventTime": time, "eventName": "CreateGroup", "eventID": event_id(number)} | changes


def log_name(minute: int) -> str:
    """Return the name of a log file that is delivered so many minutes after nine."""
    at = f"{9 + minute // 60:02d}{minute % 60:02d}"
    return f"AWSLogs/1/CloudTrail/eu-central-1/2025/01/12/1_20250112T{at}Z.json.gz"


def delivered_at(minute: int) -> str:
    """Return that instant."""
    return f"2025-01-12T{9 + minute // 60:02d}:{minute % 60:02d}:00Z"


LOGS: Mapping[int, Sequence[int]] = {5: (0, 1, 2), 10: (4, 3, 1), 15: (6, 5)}
"""Minutes of delivery, and the numbers of the records that are delivered then: 1 comes twice."""


def log_file(records: Sequence[dict]) -> bytes:
    """Return a log file."""
    return gzip.compress(json_text({"Records": list(records)}), mtime=0)


def an_entry(name: str, role: str, data: bytes, records: Sequence[dict], at: str | None = None):
    """Return what a manifest tells of a file."""
    times = sorted(record["eventTime"] for record in records)
    content = gzip.decompress(data) if name.endswith(".gz") else data
    return FileEntry(
        name,
        len(data),
        len(records),
        sha256(data),
        sha256(content),
        role=role,
        first=times[0] if times else None,
        last=times[-1] if times else None,
        delivered_at=at,
    )


def a_truth_line(record: dict, logs: Mapping[int, Sequence[int]]) -> dict:
    """Return the truth of a record."""
    number = int(record["eventID"][-12:])
    return {
        "format": "trailwright-truth/1",
        "eventID": record["eventID"],
        "eventTime": record["eventTime"],
        "kind": "sso-directory/CreateGroup",
        "era": "pre-january-2025",
        "delivered": [delivered_at(minute) for minute, listed in logs.items() if number in listed],
        "override": False,
    }


def a_tree(root: Path, logs: Mapping[int, Sequence[int]] = LOGS) -> Path:
    """Write log files, a digest, the truth and the manifest, and return the folder."""
    contents: dict[str, bytes] = {}
    entries = []
    for minute, numbers in logs.items():
        records = [a_record(number) for number in numbers]
        name, data = log_name(minute), log_file(records)
        contents[name] = data
        entries.append(an_entry(name, "log", data, records, delivered_at(minute)))
    digest = gzip.compress(b'{"digestEndTime":"2025-01-12T10:00:00Z"}', mtime=0)
    name = "AWSLogs/1/CloudTrail-Digest/eu-central-1/2025/01/12/1_digest.json.gz"
    contents[name] = digest
    entries.append(an_entry(name, "digest", digest, [], delivered_at(60)))
    records = [
        a_record(number) for number in sorted({one for some in logs.values() for one in some})
    ]
    truth = b"".join(json_text(a_truth_line(record, logs)) + b"\n" for record in records)
    contents["truth.ndjson"] = truth
    entries.append(an_entry("truth.ndjson", "truth", truth, records))
    counts = Counts(
        records=len(records),
        kinds={"sso-directory/CreateGroup": len(records)},
        eras={"pre-january-2025": len(records)},
        kinds_by_era={},
        first=records[0]["eventTime"],
        last=records[-1]["eventTime"],
    )
    made = orjson.loads(manifest_text(origin_of(a_request()), counts, entries))
    contents["manifest.json"] = json_text(made | {"output": "cloudtrail"})
    for name, data in contents.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return root
