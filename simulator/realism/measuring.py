"""Runs are read, or made in order to be read, and measured against a scenario."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

import numpy as np

from simulator.errors import InputError
from simulator.plan.background.workforce import schedule_of
from simulator.plan.population import filled
from simulator.realism.declared import World
from simulator.realism.evidence import Group
from simulator.realism.judging import judged
from simulator.realism.measures import entering, rhythm, sized_by, working
from simulator.realism.reading import read_run
from simulator.realism.report import Report
from simulator.realism.visits import by_user, visits_of
from simulator.run import Request, write_run
from simulator.scenario import library
from simulator.scenario.mutations import refuse_mutated
from simulator.scenario.resolve import resolve
from simulator.sinks.targets import target_of
from simulator.verification import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from simulator.realism.evidence import Evidence
    from simulator.realism.reading import Told
    from simulator.realism.visits import Visit
    from simulator.run import Observer
    from simulator.scenario.document import Scenario
    from simulator.verification import Place


def measure_scenario(
    scenario: Scenario,
    *,
    events: int | None = None,
    workers: int = 1,
    against: Scenario | None = None,
    observer: Observer | None = None,
) -> Report:
    """Make a run of a resolved scenario, measure its records, and leave nothing of it.

    Args:
        events: Records in all, in place of what the scenario says.
        workers: Processes that make it.
        against: A resolved scenario whose declarations are held against the records; by
            default the scenario's own.
        observer: Hears how far the run is.

    Raises:
        OutputError: There is no room for it.
        InputError: The records are of users whom `against` does not have.
    """
    refuse_mutated(scenario, "realism is measured on")
    with tempfile.TemporaryDirectory(prefix="trailwright-realism-") as folder:
        target = target_of(f"{folder}/run/", scenario.scenario, truth=None, manifest=None)
        request = Request(scenario, events=events, workers=workers)
        write_run(request, target, observer=observer)
        return measure_run(place_of(f"{folder}/run"), against=against)


def measure_run(place: Place, *, against: Scenario | None = None) -> Report:
    """Measure the records of a run.

    Args:
        against: See `measure_scenario`.

    Raises:
        InputError: A file is missing or is not what it should be, or the records are of
            users whom the scenario does not have.
        MissingExtraError: A file is compressed by what is not installed.
    """
    manifest = place.manifest()
    if manifest.damaged is not None:
        message = (
            f"{place.shown(place.key)}: the run was damaged on purpose (mutations), and what is "
            "measured is records as they are: make it again without"
        )
        raise InputError(message)
    name = place.shown(place.key)
    scenario = resolve(library.read(manifest.resolved, name)) if against is None else against
    since, until = scenario.window.start, filled(scenario.window.end)
    since = since if manifest.start is None else max(since, manifest.start)
    until = until if manifest.end is None else min(until, manifest.end)
    world = World(scenario, since, until)
    return report_of(world, read_run(place, manifest), is_sized=manifest.events is not None)


def report_of(world: World, told: Told, *, is_sized: bool) -> Report:
    """Measure what a run tells against what is declared.

    Args:
        is_sized: Whether a number of records was asked for when the run was made.

    Raises:
        InputError: The records are of users whom the scenario does not have.
    """
    visits = dict(_visits(world, told))
    groups = list(_groups(world, told, visits))
    factor = None if is_sized else world.intensity
    is_declared = factor is not None
    if factor is None:
        factor = sized_by(groups)
    evidence: list[tuple[str, Evidence]] = []
    for group in groups:
        if factor is not None:
            found = rhythm(group, factor, is_declared=is_declared)
            evidence += ((group.name, one) for one in found)
        evidence += ((group.name, one) for one in entering(group, world))
        evidence += ((group.name, one) for one in working(group, world))
    return Report(
        scenario=world.scenario.scenario,
        records=told.records,
        factor=factor,
        is_declared=is_declared,
        left_out=len(_left_out(world, told)),
        rows=judged(evidence),
    )


def _visits(world: World, told: Told) -> Iterator[tuple[int, list[Visit]]]:
    for who, facts in by_user(told.facts):
        user = world.position(who)
        if user is not None:
            yield user, visits_of(facts, world.names_of(user))
        elif who not in told.in_stories:
            message = f"{who} signs in, and is no user of scenario {world.scenario.scenario}"
            raise InputError(message)


def _left_out(world: World, told: Told) -> set[int]:
    positions = (world.position(name) for name in told.in_stories)
    return {user for user in positions if user is not None}


def _groups(world: World, told: Told, visits: dict[int, list[Visit]]) -> Iterator[Group]:
    left_out = np.zeros(len(world.directory.people), np.bool_)
    left_out[sorted(_left_out(world, told))] = True
    for name, persona, mine in world.personas():
        users: Sequence[int] = mine[~left_out[mine]].tolist()
        regular = mine[~left_out[mine] & ~world.newcomers[mine]].tolist()
        when = schedule_of(persona)
        yield Group(
            name=name,
            persona=persona,
            schedule=when,
            calendar=world.calendar(when),
            users=frozenset(users),
            regular=frozenset(regular),
            visits=[(user, visit) for user in users for visit in visits.get(user, ())],
        )
