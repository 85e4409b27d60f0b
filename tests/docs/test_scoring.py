"""The page on scoring works as typed, and its schema takes every score."""

from __future__ import annotations

import copy
import re

import jsonschema_rs
import orjson
import pytest

from simulator.scoring import FALSE_ALARMS, MEASURES, score_json
from simulator.scoring.alerts import MEMBERS
from tests.docs.typed import DOCS, blocks, typed
from tests.unit.scoring.stories import ALERTS, score_of

PAGE = (DOCS / "scoring.md").read_text("utf-8")
SCHEMA = orjson.loads((DOCS / "schemas" / "score.schema.json").read_bytes())


def test_the_example_works_as_typed(tmp_path):
    """And prints what the page shows."""
    _, example, in_ci = blocks(PAGE, "sh")
    (detector,), (shown,) = blocks(PAGE, "python"), blocks(PAGE, "")
    (tmp_path / "detector.py").write_text(detector)

    done = typed([example, f"{in_ci.strip()} > in-ci.txt\n"], tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(shown)
    assert (tmp_path / "in-ci.txt").read_text() == done.stdout


def scores(tmp_path):
    """Return scores as programs read them: of everything, and of nothing."""
    asked = {"recall": 0.9, "record-f1": 0.1}
    full = score_json(score_of(tmp_path, ALERTS, min_score=None), asked)
    return orjson.loads(orjson.dumps([full, score_json(score_of(tmp_path, [], []), {})]))


def test_every_score_is_valid(tmp_path):
    """Also that of nothing."""
    jsonschema_rs.meta.validate(SCHEMA)
    validator = jsonschema_rs.validator_for(SCHEMA)

    for one in scores(tmp_path):
        assert [error.message for error in validator.iter_errors(one)] == []


@pytest.mark.parametrize(
    "change",
    [
        lambda score: score.update(format="trailwright-score/2"),
        lambda score: score.update(extra=1),
        lambda score: score.pop("total"),
        lambda score: score["total"].update(recall=1.5),
        lambda score: score["total"].update(extra=1),
        lambda score: score["total"]["alerts"].pop("false_alarms"),
        lambda score: score["plays"][0].pop("play"),
        lambda score: score["playings"][0].update(seconds_to_detect=-1),
    ],
)
def test_what_is_no_score_is_not_valid(tmp_path, change):
    """The control: one member changed."""
    changed = copy.deepcopy(scores(tmp_path)[0])

    change(changed)

    assert not jsonschema_rs.validator_for(SCHEMA).is_valid(changed)


def names_in(schema) -> set[str]:
    """Return every member that a schema knows."""
    if isinstance(schema, list):
        return set().union(*map(names_in, schema))
    if not isinstance(schema, dict):
        return set()
    return {*schema.get("properties", {}), *names_in(list(schema.values()))}


def test_everything_is_explained():
    """Members of a score and of alerts, kinds of false alarms, and measures."""
    for name in (*names_in(SCHEMA), *MEMBERS, *FALSE_ALARMS, *MEASURES):
        assert re.search(rf"`{name}\b", PAGE), name
