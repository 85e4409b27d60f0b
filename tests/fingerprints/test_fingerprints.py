"""A few small scenarios give the bytes they gave before.

A folder beside this file is one fingerprint: `scenario.yaml`, and `fingerprint.txt` with
what came out of it. README.md says what to do when one differs.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from math import log2
from pathlib import Path

import pytest

from simulator.engines import stepwise, vectorised
from simulator.records.kinds import KIND_NAMES
from tests.builders import a_plan

pytestmark = pytest.mark.fingerprints

FOLDER = Path(__file__).parent
SCENARIOS = sorted(path.parent for path in FOLDER.glob("*/scenario.yaml"))


def entropy(data: bytes) -> float:
    """Return how much a byte says, in bits: falls when records grow alike."""
    total = len(data)
    return -sum(n / total * log2(n / total) for n in Counter(data).values()) if total else 0.0


def fingerprint(batch) -> str:
    """Return what `fingerprint.txt` holds: the first line changes with any byte."""
    data = b"".join(line + b"\n" for line in batch.lines)
    kinds = Counter(KIND_NAMES[kind] for kind in batch.kind.tolist())
    return "".join(
        f"{name} {value}\n"
        for name, value in (
            ("sha256", hashlib.sha256(data).hexdigest()),
            ("bytes", len(data)),
            ("entropy", f"{entropy(data):.4f}"),
            ("records", len(batch)),
            *sorted(kinds.items()),
        )
    )


def rendered(engine, folder: Path) -> str:
    """Return the fingerprint of a folder's scenario."""
    # Only here, so that this file is read even while the planner is in pieces.
    from simulator.plan.compiler import compile_scenario  # noqa: PLC0415
    from simulator.scenario.library import load  # noqa: PLC0415

    plan, _ = compile_scenario(load(folder / "scenario.yaml"))
    return fingerprint(engine.render(plan, plan.start, plan.horizon))


@pytest.mark.parametrize("folder", SCENARIOS, ids=lambda folder: folder.name)
def test_a_scenario_gives_its_fingerprint(engine, folder, rewrites_fingerprints):
    """With either engine; stepwise, the definition, is the one that rewrites."""
    made = rendered(engine, folder)
    path = folder / "fingerprint.txt"

    if rewrites_fingerprints and engine is stepwise:
        path.write_text(made)

    assert path.is_file(), "no fingerprint yet: make fingerprints"
    assert made == path.read_text()


def test_every_folder_is_a_fingerprint():
    """Nothing lies about that no test reads."""
    folders = [path for path in FOLDER.iterdir() if path.is_dir() and path.name[0] not in "._"]

    assert sorted(folders) == SCENARIOS


def test_a_fingerprint_says_what_moved(engine):
    """A sign-in of three records, without its last: other bytes, and one kind is gone."""
    plan = a_plan()
    last = int(engine.render(plan, 0, plan.horizon).columns["time"][-1])

    whole = fingerprint(engine.render(plan, 0, plan.horizon)).splitlines()
    shorter = fingerprint(engine.render(plan, 0, last)).splitlines()

    assert whole[0] != shorter[0]
    assert whole[3:] == [
        "records 3",
        "signin/CredentialChallenge 1",
        "signin/CredentialVerification 1",
        "signin/UserAuthentication 1",
    ]
    assert shorter[3:] == ["records 1", "signin/CredentialChallenge 1"]


def test_engines_share_one_fingerprint():
    """There is one file, whichever engine runs."""
    plan = a_plan()

    one, two = (fingerprint(each.render(plan, 0, plan.horizon)) for each in (stepwise, vectorised))

    assert one == two


@pytest.mark.parametrize(
    ("data", "bits"), [(b"", 0.0), (b"aaaa", 0.0), (b"abab", 1.0), (b"abcd", 2.0)]
)
def test_entropy_is_bits_a_byte(data, bits):
    """Of the bytes' frequencies alone."""
    assert entropy(data) == bits
