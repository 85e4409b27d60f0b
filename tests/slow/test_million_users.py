"""A million users: planned in seconds, with the bytes of the definition, in bounded memory."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from typing import TYPE_CHECKING

import orjson
import pytest

from simulator.directory import identifiers, names
from simulator.plan.population import populate
from simulator.primitives.keys import purpose
from simulator.scenario import library
from tests.slow.processes import peak_of

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

SCENARIO = """\
scenario: million
window: {start: 2025-01-13, days: 7}
groups: [{name: Staff}, {name: Operations}]
users:
  - count: 1_000_000
    persona: office-worker
    groups: {Staff: 30%, Operations: 10%}
    mfa: {totp: 80%}
    locale: [en_US, de_DE]
background: {events: 20_000}
"""

COMPILED = """\
import re, sys, time
from pathlib import Path
from simulator.plan.compiler import compile_scenario
from simulator.scenario import library
from tests.slow.processes import peak_of
scenario = library.load(sys.argv[1])
began = time.process_time()
compile_scenario(scenario)
spent = time.process_time() - began
# Not ru_maxrss, which begins with what the process held that started this one.
print(spent, re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
"""


@cache
def stem_of(given: str, family: str) -> str:
    """Return a user name without a number."""
    return names.user_name(given, family, 0, "first.last", "")


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    """Write the scenario."""
    path = tmp_path / "million.yaml"
    path.write_text(SCENARIO)
    return path


def test_a_million_users_are_planned_in_seconds(scenario: Path) -> None:
    """Less than 15 s of processor time and 700 MB, everyday activity included."""
    done = subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-c", COMPILED, str(scenario)], check=True, capture_output=True, text=True
    )

    spent, peak = done.stdout.split()
    assert float(spent) < 15
    assert int(peak) * 1024 < 700_000_000


def test_a_million_users_run(scenario: Path, tmp_path: Path) -> None:
    """Records and truth, in less than a gigabyte."""
    target = tmp_path / "out"

    peak = peak_of("generate", str(scenario), "--events", "200000", "-q", "-o", f"{target}/")

    assert peak < 1_000_000_000
    with (
        (target / "records.ndjson").open("rb") as records,
        (target / "truth.ndjson").open("rb") as truths,
    ):
        pairs = [
            (orjson.loads(line)["eventID"], orjson.loads(truth)["eventID"])
            for line, truth in zip(records, truths, strict=True)
        ]
    assert len(pairs) == 200_000
    assert all(record == truth for record, truth in pairs)


def test_names_of_a_million_are_numbered_in_order(scenario: Path) -> None:
    """As the loop over members, one after another, would have it; every name is found."""
    directory = populate(library.load(scenario))
    base = directory.root.child("population", directory.scenario.users[0].id)
    tables = directory.registry.tables()

    texts = tables.contents("user.name").tolist()
    holders: dict[str, int] = {}
    for member, text in enumerate(texts):
        key = base.nth(purpose("member"), member)
        person = names.person(key, ("en_US", "de_DE")[key.below(2, purpose("locale"))])
        stem = stem_of(person.given, person.family)
        # No shipped name ends in a digit, so that the k-th holder has number k.
        holders[stem] = ordinal = holders.get(stem, -1) + 1
        assert text.decode() == (stem if ordinal == 0 else f"{stem}{ordinal + 1}")
        if member % 997 == 0:
            name = text.decode()
            assert directory.users[name] == tables.find("user.name", name) == member
            assert tables.text("user.id", member) == identifiers.store_entity_id(
                key.high, key.low, directory.scenario.instance.region
            )
    assert len(set(texts)) == len(texts) == 1_000_000
    assert tables.widths("user.id") == (36, 36)
