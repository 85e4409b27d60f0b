"""Measure, print the tables and judge: python -m benchmarks [--profile quick] [--enforce]."""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Final

from benchmarks import machine
from benchmarks.catalogue import ROOT, Workspace
from benchmarks.profiles import PROFILES
from benchmarks.runner import Runner, begun
from benchmarks.table import report

RESULTS: Final = ROOT / ".benchmarks"


def main() -> None:
    """Run a profile; exit with 1 where floors are enforced and one is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--profile", choices=PROFILES, default="full")
    parser.add_argument("--only", action="append", metavar="SECTION", help="of the profile")
    parser.add_argument("--turns", type=int, help="in place of each section's own")
    parser.add_argument("--enforce", action="store_true", help="fail when a floor is missed")
    parser.add_argument("--output", type=Path, help="by default .benchmarks/PROFILE.json")
    given = parser.parse_args()
    profile = PROFILES[given.profile]
    if given.only:
        known = {section.name: section for section in profile.sections}
        if unknown := set(given.only) - known.keys():
            parser.error(f"no section {', '.join(sorted(unknown))}; there are {', '.join(known)}")
        profile = replace(profile, sections=tuple(known[name] for name in given.only))
    if given.turns is not None:
        sections = tuple(replace(section, turns=given.turns) for section in profile.sections)
        profile = replace(profile, sections=sections)
    if given.only or given.turns is not None:
        # A part must not pass for the whole.
        profile = replace(profile, name=f"part of {profile.name}")

    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        runner = Runner(profile, Workspace(Path(folder)), begun(profile))
        runner.everything()
        # Only who fails for it has a reason to try again.
        verdicts = runner.held() if given.enforce else runner.judged()
    runner.result.machine["load_after"] = machine.load()
    runner.result.save(given.output or RESULTS / f"{profile.name.replace(' ', '-')}.json")

    print(report(runner.result))
    print()
    for verdict in verdicts:
        print(verdict)
    if given.enforce and any(verdict.is_failure for verdict in verdicts):
        sys.exit(1)


if __name__ == "__main__":
    main()
