"""Turns, what is skipped, and second tries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks.catalogue import CONTENDERS, Contender, Workspace
from benchmarks.floors import Standing
from benchmarks.profiles import Profile, Section
from benchmarks.results import Result
from benchmarks.runner import REPEATS, Runner
from tests.benchmarks.measured import MACHINE

if TYPE_CHECKING:
    from pathlib import Path

TOLD = """'{"amount": 1000, "cpu": [%s], "wall": [%s]}'"""


def says(name: str, *seconds: float, folder: Path) -> Contender:
    """Return a contender that tells these seconds, one a run and the last from then on."""
    count = folder / f"{name}-runs"
    branches = "".join(
        f"{run}) echo {TOLD % (told, told)};; "
        for run, told in (*enumerate(seconds, start=1), ("*", seconds[-1]))
    )
    script = f'echo run >> {count}; case "$(grep -c run {count})" in {branches} esac'
    return Contender(name, name, lambda *_: ["sh", "-c", script], is_inner=True)


def runs(name: str, folder: Path) -> int:
    """Return how often a contender was run."""
    return (folder / f"{name}-runs").read_text().count("run")


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runner:
    """Give a runner of one section: a rival of ten seconds, and us."""
    rival = says("tuned-orjson", 10.0, folder=tmp_path)
    monkeypatch.setitem(CONTENDERS, "tuned-orjson", rival)
    section = Section("core", 1, (("tuned-orjson", 1), ("vectorised", 1)))
    profile = Profile("quick", (section,), minutes=1)
    return Runner(profile, Workspace(tmp_path), Result("quick", dict(MACHINE)))


@pytest.mark.parametrize(
    ("seconds", "standing", "tries"),
    [
        pytest.param((0.5,), Standing.met, 1, id="at once"),
        pytest.param((5.0, 0.5), Standing.met, 2, id="at the second try"),
        pytest.param((5.0,), Standing.missed, 1 + REPEATS, id="never"),
    ],
)
def test_a_missed_floor_is_measured_anew(runner: Runner, monkeypatch, seconds, standing, tries):
    """As often as `REPEATS` says, and no more than it takes."""
    folder = runner.workspace.folder
    monkeypatch.setitem(CONTENDERS, "vectorised", says("vectorised", *seconds, folder=folder))

    runner.everything()
    verdicts = {it.bound.figure: it for it in runner.held()}

    assert verdicts["tuned-orjson.marginal"].standing is standing
    assert runs("vectorised", folder) == tries


def test_a_section_that_is_out_of_time_says_so(
    runner: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Its first turn is measured all the same."""
    monkeypatch.setitem(CONTENDERS, "vectorised", says("vectorised", 1.0, folder=tmp_path))
    late = Profile("quick", (Section("core", 3, (("vectorised", 1),)),), minutes=0)
    runner = Runner(late, runner.workspace, runner.result)

    runner.everything()

    assert runs("vectorised", tmp_path) == 1
    assert runner.result.skipped == {"core/turns": "out of time after 1 of 3 turns"}


def test_what_cannot_run_is_skipped_with_its_reason(
    runner: Runner, monkeypatch: pytest.MonkeyPatch
):
    """Once, and the rest of the turn goes on."""
    broken = Contender("yes", "broken", lambda *_: ["sh", "-c", "echo no luck >&2; exit 3"])
    monkeypatch.setitem(CONTENDERS, "yes", broken)
    section = Section("limits", 2, (("yes", 1), ("tuned-orjson", 1)))

    runner.section(section)

    assert runner.result.skipped == {"limits/yes/1": "ended with 3 and said: no luck"}
    assert [it.contender for it in runner.result.measurements] == ["tuned-orjson"] * 2
