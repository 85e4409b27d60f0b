"""What the image is built of is let through to it, and is locked."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from release.building import ROOT
from release.sbom import locked, needed

TEXT = (ROOT / "Containerfile").read_text("utf-8")
LET_THROUGH = {
    line.removeprefix("!")
    for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    if line.startswith("!")
}


def test_all_that_the_wheel_is_made_of_is_let_through():
    """And the locks; nothing that is not there."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    wanted = {it.strip("/") for it in wheel["include"]} | {"pyproject.toml"}
    wanted |= {project["project"]["readme"], *project["project"]["license-files"]}
    wanted |= {*wheel.get("shared-data", {})}
    wanted |= {*re.findall(r"[.]ci/locks/\w+[.]txt", TEXT)}

    for name in wanted:
        assert any(name == it or name.startswith(f"{it}/") for it in LET_THROUGH), name
    assert all((ROOT / name).exists() for name in LET_THROUGH)


def test_what_builds_it_is_locked_to_the_last():
    """Hatchling, and all that it needs."""
    (named,) = re.findall(r"kept = /\^\(([^)]*)\)==/", TEXT)
    lock = [*locked((ROOT / ".ci/locks/dev.txt").read_text("utf-8"))]

    assert {it.name for it in needed(lock, {"hatchling"})} == set(named.split("|"))


def test_it_is_linted():
    """By hadolint, as `make lint` does it; which finds what is wrong."""
    hadolint = Path(sys.executable).with_name("hadolint")
    if not hadolint.exists():
        pytest.skip("needs hadolint")

    def status(text):
        done = subprocess.run(  # noqa: S603  # the linter
            [hadolint, "-"], input=text, text=True, capture_output=True, check=False
        )
        return done.returncode

    assert status(TEXT) == 0
    assert status(TEXT.replace("WORKDIR /work", "WORKDIR work")) == 1
