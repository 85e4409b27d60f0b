"""What a stream leaves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import jsonschema_rs
import orjson
import pytest

from simulator.errors import OutputError, RequestError
from simulator.scenario import library
from simulator.sinks.manifest import read_manifest
from simulator.streaming.asked import Asked
from simulator.streaming.folder import stream_beside
from simulator.streaming.report import report_text
from simulator.streaming.running import Handling
from simulator.streaming.sinks.interface import Limits, Receipt
from tests.unit.streaming.sending import Place, clock, refused
from tests.unit.verification.runs import verified

SCHEMAS = Path(__file__).parents[3] / "docs" / "schemas"
ASKED = Asked(rate="100/s", length=2000)


def left_by(request, folder, place=None, asked=ASKED, **more):
    """Send a stream whose files go to a folder."""
    place = place or Place()
    how = Handling(workers=0)
    return stream_beside(request, asked, place, clock(place.timer), folder, handling=how, **more)


@pytest.fixture
def folder(tmp_path):
    """Return where the files go."""
    return tmp_path / "sent"


def valid(name, value):
    """Hold a value against a schema."""
    schema = orjson.loads((SCHEMAS / f"{name}.schema.json").read_bytes())
    jsonschema_rs.meta.validate(schema)
    jsonschema_rs.validator_for(schema).validate(value)


def test_all_files_are_what_their_schemas_say(request_of, folder):
    """With everything that can go wrong in them."""
    script = [
        Receipt(refused={1: "no"}, again={2: "later"}),
        refused(may_have_arrived=True),
        *[Receipt()] * 5,
        OutputError("it is gone"),
    ]
    place = Place(script=script, limits=Limits(10, 1 << 20))
    made = left_by(request_of(200), folder, place)

    assert isinstance(made.error, OutputError)
    assert sorted(path.name for path in folder.iterdir()) == [
        "manifest.json",
        "report.json",
        "sent.ndjson",
        "truth.ndjson",
    ]
    valid("manifest", orjson.loads((folder / "manifest.json").read_bytes()))
    valid("stream", orjson.loads((folder / "report.json").read_bytes()))
    for line in (folder / "sent.ndjson").read_bytes().splitlines():
        valid("sent", orjson.loads(line))
    for line in (folder / "truth.ndjson").read_bytes().splitlines():
        valid("truth", orjson.loads(line))
    assert "Fell short:" in report_text(made.report)
    assert "it is gone" in report_text(made.report)


def test_what_it_leaves_can_be_verified(request_of, folder):
    """By hash and count; a file that was changed is found."""
    left_by(request_of(200), folder)

    assert not verified(folder).findings
    with (folder / "sent.ndjson").open("ab") as stream:
        stream.write(b"{}\n")
    assert verified(folder).findings


def test_the_manifest_tells_how_it_was_sent(request_of, folder):
    """And nothing of when, unless records have the wall clock's times."""
    left_by(request_of(200), folder)
    manifest = read_manifest((folder / "manifest.json").read_bytes())

    assert manifest.output == "stream"
    assert manifest.members["stream"] == {
        "to": "test:place",
        "promise": "kept",
        "rate": "100/s",
        "bytes": None,
        "replay": None,
        "for": "2s",
        "clock": "scenario",
        "begins": None,
    }


def test_a_folder_that_is_taken_is_left_as_it_is(request_of, folder):
    """Unless it may be replaced."""
    left_by(request_of(200), folder)
    before = (folder / "manifest.json").read_bytes()

    with pytest.raises(OutputError, match="is not empty"):
        left_by(request_of(10), folder, asked=Asked(rate="10/s"))
    assert (folder / "manifest.json").read_bytes() == before
    left_by(request_of(10), folder, asked=Asked(rate="10/s"), force=True)
    assert (folder / "manifest.json").read_bytes() != before


def test_a_stream_that_never_began_leaves_nothing(request_of, folder):
    """Not even the folder."""
    place = Place(script=[ZeroDivisionError("a bug")])
    with pytest.raises(ZeroDivisionError):
        left_by(request_of(10), folder, place)
    assert not folder.exists()


def test_mutations_of_files_have_no_meaning(request_of, folder):
    """They are refused before anything is sent."""
    request = request_of(10)
    damage = library.mutations_from(["truncated-file=5%"])
    request = replace(request, scenario=library.changed(request.scenario, mutations=damage))
    place = Place()
    with pytest.raises(RequestError):
        left_by(request, folder, place)
    assert not place.sent
