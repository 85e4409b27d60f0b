"""The page on cases works as typed."""

from __future__ import annotations

import re

import jsonschema_rs
import orjson

from simulator.cases.capsules import packed
from simulator.cases.replaying import capsule_of
from simulator.scenario.library import load
from tests.docs.typed import DOCS, blocks, typed

PAGE = (DOCS / "cases.md").read_text("utf-8")


def test_the_examples_work_as_typed(tmp_path):
    """One after another; the records that come are those that the page shows."""
    (parser,), (shown,) = blocks(PAGE, "python"), blocks(PAGE, "")
    (tmp_path / "parser.py").write_text(parser)
    done = typed(blocks(PAGE, "sh"), tmp_path)

    assert done.returncode == 0, done.stderr
    assert [(tmp_path / "case.yaml").read_text()] == blocks(PAGE, "yaml")
    assert done.stdout.startswith(shown)
    assert done.stdout.endswith(shown)
    assert "quickstart: the same 1 record as version" in done.stdout
    assert "2,031 records made 1, in " in done.stderr


def test_the_schema_takes_every_capsule():
    """And nothing with a member more."""
    schema = orjson.loads((DOCS / "schemas" / "case.schema.json").read_bytes())
    validator = jsonschema_rs.validator_for(schema)
    names = ("quickstart", "plays/password-spray")
    capsules = [orjson.loads(packed(capsule_of(load(name), "a note"))) for name in names]

    assert [error.message for one in capsules for error in validator.iter_errors(one)] == []
    assert not validator.is_valid({**capsules[0], "files": []})


def test_every_member_of_a_capsule_is_told():
    """In the table."""
    capsule = orjson.loads(packed(capsule_of(load("storylines/password-totp"), "")))
    inner = [f"{name}.{one}" for name in ("records", "truth") for one in capsule[name]]

    told = re.findall(r"`([a-z0-9_.]+)`", "".join(re.findall(r"^\|(.*?)\|", PAGE, re.MULTILINE)))

    assert {*capsule} - {"records", "truth"} | {*inner} <= {*told}
