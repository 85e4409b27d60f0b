"""What a type checker must see of the parts that Python users meet.

Never run: `test_api.py` has mypy read it, strictly.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, assert_type

import numpy as np
from numpy.typing import NDArray

from simulator import (
    Finding,
    Request,
    Scenario,
    ScenarioError,
    TrailRecords,
    collect,
    compile_scenario,
    generate,
    load,
    parse_instant,
    prepare,
    target_of,
    write_run,
)
from simulator.engines import stepwise, vectorised
from simulator.engines.batches import RecordBatch
from simulator.flows import FLOWS
from simulator.flows.steps import Flow, Happening, happenings
from simulator.plan.episodes import Block, Plan, block_of
from simulator.primitives.conditions import All, Condition, both, equals
from simulator.primitives.keys import Key, KeyColumn
from simulator.primitives.quantiles import Quantiles
from simulator.records.codecs import Codec, Entity
from simulator.records.eras import ERAS, boundaries
from simulator.records.eras.ladder import Boundaries, Era
from simulator.records.fields import FIELDS, Field
from simulator.records.kinds import KINDS, Kind, kind_named
from simulator.records.shapes import Node, Object, obj

if TYPE_CHECKING:
    from simulator.testing import CaseMaker, TrailMaker


def program(path: Path, error: ScenarioError) -> None:
    """A program knows what it gets without looking inside."""
    scenario = load(path, era="post", events=100)
    assert_type(prepare(scenario), Scenario)
    assert_type(collect(scenario, events=100), TrailRecords)
    plan, _ = compile_scenario(scenario)
    assert_type(plan, Plan)
    assert_type(next(generate(plan)).lines, list[bytes])
    assert_type(write_run(Request(scenario), target_of("out/", "x")).records, int)
    assert_type(error.findings, tuple[Finding, ...])


def fixtures(trail: TrailMaker, trail_case: CaseMaker, path: Path) -> None:
    """A test that names the types of its fixtures is checked, and completed by editors."""
    records = trail("quickstart", era="post", seed=1, events=50, parameters={"victim": "ana.lopez"})
    assert_type(records, TrailRecords)
    assert_type(trail_case(path), TrailRecords)
    assert_type(records[0], dict[str, Any])
    assert_type(records.attacks, list[dict[str, Any]])
    assert_type(records.of("benign"), list[dict[str, Any]])
    assert_type(records.truth, dict[str, dict[str, Any]])
    assert_type(records.lines, tuple[bytes, ...])
    assert_type(records.unreadable, tuple[bytes, ...])
    assert_type(records.write(path), Path)


def engines(plan: Plan) -> None:
    """Both engines have one signature and one result."""
    for engine in (stepwise.render, vectorised.render):
        assert_type(engine(plan, 0, plan.horizon), RecordBatch)
    batch = stepwise.render(plan, 0, 1)
    assert_type(batch.lines, list[bytes])
    assert_type(batch.kind, NDArray[np.int64])
    assert_type(len(batch), int)


def declarations() -> None:
    """Tables of declarations know what they hold."""
    assert_type(FLOWS, tuple[Flow, ...])
    assert_type(ERAS, tuple[Era, ...])
    assert_type(KINDS[0], Kind)
    assert_type(kind_named("sso/Logout").read_only, bool)
    assert_type(FIELDS["event.id"], Field)
    assert_type(FIELDS["event.id"].codec, Codec)
    assert_type(ERAS[0].shape("sso/Logout"), Node)
    assert_type(obj(("a", obj())), Object)
    assert_type(boundaries("announced", "us-east-1"), Boundaries)


def conditions() -> None:
    """Take for a condition what answers like one."""
    made: Condition = both(equals("known", 1))
    assert_type(both(), All)
    assert_type(made.one({"known": 1}), bool)
    assert_type(made.many({"known": np.zeros(1, np.int64)}, 1), NDArray[np.bool_])


def values(flow: Flow) -> None:
    """Scalars give scalars, columns give columns."""
    key = Key.root(1)
    codec: Codec = Entity("user.id")
    assert_type(codec.columns(), frozenset[str])
    assert_type(key.child("a"), Key)
    assert_type(key.below(10, 0), int)
    assert_type(KeyColumn.of([key]).below(10, 0), NDArray[np.int64])
    assert_type(Quantiles.through({0: 0, 100: 1}).at(0), int)
    assert_type(parse_instant("2025-01-13"), int)
    assert_type(happenings(flow, {}), Iterator[Happening])
    assert_type(block_of(flow, [{}]), Block)
