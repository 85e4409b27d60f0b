"""The manifest of a dataset: what was asked for, what is there, and the sha256 of every file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.datasets.staging import FORMAT
from simulator.primitives.jsontext import json_text_indented
from simulator.run.request import origin_of

if TYPE_CHECKING:
    from simulator.datasets.asked import Asked, Made
    from simulator.primitives.jsontext import Json


def manifest(asked: Asked, made: Made) -> bytes:
    """Return the manifest as JSON for people and programs.

    Like a run's it tells of no clock, host, folder or number of workers.
    """
    origin = origin_of(asked.request)
    told: dict[str, Json] = {
        "format": FORMAT,
        "version": origin.version,
        "generation": origin.generation,
        "pyarrow": made.pyarrow,
        "command": asked.command,
        "scenario": origin.scenario,
        "events": origin.events,
        "splits": list(asked.shares),
        "malicious": asked.malicious,
        "with_record": asked.has_record,
        "records": made.counts.records,
        "episodes": made.episodes,
        "users": made.users,
        "labels": made.tally.by_label(),
        "plays": made.tally.by_play(),
        "by_split": made.tally.by_split(),
        "kinds": made.counts.kinds,
        "eras": made.counts.eras,
        "first_event_time": made.counts.first,
        "last_event_time": made.counts.last,
        "files": [
            {
                "name": file.name,
                "rows": made.rows.get(file.name),
                "bytes": file.size,
                "sha256": file.sha256,
            }
            for file in made.files
        ],
    }
    return json_text_indented(told) + b"\n"
