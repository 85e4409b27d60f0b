"""The page on cases works as typed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import jsonschema_rs
import orjson

from simulator.cases.capsules import packed
from simulator.cases.replaying import capsule_of
from simulator.scenario.library import load

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "cases.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    """Return the page's blocks of code in a language."""
    found = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, flags=re.DOTALL | re.MULTILINE)
    return [code for said, code in found if said == language]


def test_the_examples_work_as_typed(tmp_path):
    """One after another; the records that come are those that the page shows."""
    (parser,), (shown,) = blocks("python"), blocks("")
    (tmp_path / "parser.py").write_text(parser)
    (tmp_path / "python").symlink_to(sys.executable)
    script = f"""
        trailwright() {{ "{sys.executable}" -m simulator "$@"; }}
        PATH="{tmp_path}:$PATH"
        set -e
        {"".join(blocks("sh"))}
    """

    done = subprocess.run(  # noqa: S603  # the page's own words
        ["/bin/bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert [(tmp_path / "case.yaml").read_text()] == blocks("yaml")
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
