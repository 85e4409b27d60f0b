"""What a type checker must see of the parts that Python users meet.

Never run: `test_api.py` has mypy read it, strictly.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_type

import numpy as np
from numpy.typing import NDArray

from simulator.engines import stepwise, vectorised
from simulator.engines.batches import RecordBatch
from simulator.flows import FLOWS
from simulator.flows.steps import Flow, Happening, happenings
from simulator.plan.episodes import Block, Plan, block_of
from simulator.primitives.conditions import All, Condition, both, equals
from simulator.primitives.instants import parse_instant
from simulator.primitives.keys import Key, KeyColumn
from simulator.primitives.quantiles import Quantiles
from simulator.records.codecs import Codec, Entity
from simulator.records.eras import ERAS, boundaries
from simulator.records.eras.ladder import Boundaries, Era
from simulator.records.fields import FIELDS, Field
from simulator.records.kinds import KINDS, Kind, kind_named
from simulator.records.shapes import Node, Object, obj


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
