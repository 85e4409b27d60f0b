"""What both engines do with a plan, beyond agreeing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulator.engines import selection, stepwise
from simulator.flows import FLOW_INDEX, FLOWS
from simulator.flows.gaps import NOW
from simulator.flows.sign_in import SIGN_IN
from simulator.flows.steps import Flow, Step
from simulator.plan.episodes import block_of
from simulator.primitives.conditions import ALWAYS, at_least, equals
from simulator.records.eras import ERAS
from simulator.records.kinds import KIND_INDEX, KIND_NAMES
from simulator.records.shapes import Array, Const, Part, Slot, obj
from tests.builders import START, a_plan, a_plan_of, a_row, a_tables, rendered

LOGOUT = next(flow for flow in FLOWS if flow.name == "sign-out")


def test_a_batch_says_what_each_record_is(engine):
    """Kind, era, flow and the columns that later layers need."""
    batch = engine.render(a_plan(), 0, a_plan().horizon)

    assert len(batch) == 3
    assert [KIND_NAMES[kind] for kind in batch.kind] == [
        "signin/CredentialChallenge",
        "signin/CredentialVerification",
        "signin/UserAuthentication",
    ]
    assert batch.era.tolist() == [2, 2, 2]
    assert batch.flow.tolist() == [FLOW_INDEX["sign-in"]] * 3
    assert batch.columns["time"].tolist()[0] == START
    assert batch.columns["outcome"].tolist() == [0, 0, 0]
    assert batch.columns["user"].tolist() == [0, 0, 0]
    assert batch.columns["admin"].tolist() == [-1, -1, -1]


@pytest.mark.parametrize(("start", "end"), [(0, START), (START, START), (START + 1, 0)])
def test_an_empty_window_gives_an_empty_batch(engine, start, end):
    """With all its columns, so that batches can be joined."""
    plan = a_plan()

    empty = engine.render(plan, start, end)
    full = engine.render(plan, 0, plan.horizon)

    assert len(empty) == 0
    assert empty.columns.keys() == full.columns.keys()
    for name, values in empty.columns.items():
        assert values.dtype == full.columns[name].dtype


def test_records_are_in_order_of_time_then_key_then_step(engine):
    """Whatever their kind and flow; two records of one request are in order of step."""
    rows = [a_row(LOGOUT, key_high=high, key_low=low) for high, low in ((2, 1), (1, 9), (1, 2))]
    plan = a_plan([block_of(LOGOUT, rows), block_of(SIGN_IN, [a_row(SIGN_IN, key_high=0)])])

    batch = engine.render(plan, 0, plan.horizon)

    order = list(
        zip(
            *(batch.columns[name].tolist() for name in ("time", "key_high", "key_low", "step")),
            strict=True,
        )
    )
    assert order == sorted(order)
    assert [row[1] for row in order[:4]] == [0, 1, 1, 2]
    assert order[-2][0] == order[-1][0]


def test_a_window_holds_its_start_and_not_its_end(engine):
    """So that windows can follow one another."""
    plan = a_plan()
    first, second, _ = engine.render(plan, 0, plan.horizon).columns["time"].tolist()

    assert engine.render(plan, first, second).columns["time"].tolist() == [first]


def test_fixed_gaps_are_kept(engine):
    """A scenario may say when each record follows."""
    plan = a_plan([block_of(SIGN_IN, [a_row(SIGN_IN, gaps=1)])], gaps=((), (500, 11_000)))

    times = engine.render(plan, 0, plan.horizon).columns["time"].tolist()

    assert times == [START + 500, START + 11_500, START + 11_500]


def test_fixed_gaps_may_last_longer_than_the_flow(engine):
    """The horizon knows, and so does the look-up of episodes."""
    day = 86_400_000
    plan = a_plan([block_of(SIGN_IN, [a_row(SIGN_IN, gaps=1)])], gaps=((), (0, 3 * day)))

    late = engine.render(plan, START + day, plan.horizon)

    assert len(late) == 2
    assert plan.horizon > START + 3 * day


def test_a_batch_gives_one_line_or_all(engine):
    """Without line ends; the bytes between are theirs."""
    batch = engine.render(a_plan(), 0, a_plan().horizon)

    assert [batch.line(place) for place in range(len(batch))] == batch.lines
    assert batch.data.tobytes() == b"".join(line + b"\n" for line in batch.lines)
    assert batch.starts.tolist()[0] == 0


def test_what_a_step_asks_may_be_a_default_or_a_constant(engine):
    """Columns of conditions come from wherever columns of records come from."""
    asks = Flow(
        LOGOUT.name,
        (
            Step("known", "sso/Logout", NOW, equals("known", 1)),
            Step("sid", "sso/Logout", NOW, equals("switch_sid", 1)),
            Step("typed", "sso/Logout", NOW, at_least("typed", 0)),
        ),
        LOGOUT.columns,
    )
    plan = a_plan([block_of(asks, [a_row(asks)])], constants={"switch_sid": 1})

    assert engine.render(plan, 0, plan.horizon).columns["step"].tolist() == [0, 1]


def test_a_step_may_set_what_another_leaves_to_the_episode(engine):
    """A column of one flow is set by one step, and the episode's for the next."""
    sets = Flow(
        LOGOUT.name,
        (
            Step("own", "sso/Logout", NOW, sets={"by_token": 1}),
            Step("usual", "sso/Logout", NOW),
        ),
        LOGOUT.columns,
    )
    rows = [a_row(sets, token_expiry=0, key_high=high) for high in (1, 2)]

    handles = {
        record["userIdentity"]["credentialId"]
        for record in rendered(engine, a_plan([block_of(sets, rows)]))
    }

    assert sorted(len(handle) for handle in handles) == [58, 86]


def test_a_constant_gives_way_to_an_episode_and_an_episode_to_a_step(engine):
    """Switches are for all rows; a step's own value is part of the flow."""
    plan = a_plan(
        [block_of(LOGOUT, [a_row(LOGOUT), a_row(LOGOUT, key_high=9, switch_sid=0)][:1])],
        eras="pre-january-2025",
        constants={"switch_sid": 1},
    )
    own = a_plan(
        [block_of(LOGOUT, [a_row(LOGOUT, switch_sid=0)])],
        eras="pre-january-2025",
        constants={"switch_sid": 1},
    )
    enrolling = a_plan([block_of(SIGN_IN, [a_row(SIGN_IN, outcome=1)])])

    assert "S-1-5-21" in rendered(engine, plan)[0]["userIdentity"]["principalId"]
    assert "S-1-5-21" not in rendered(engine, own)[0]["userIdentity"]["principalId"]
    assert engine.render(enrolling, 0, enrolling.horizon).columns["outcome"].tolist() == [0, 0, 0]


def test_escapes_are_those_of_older_files(engine):
    """The same record, but for five marks inside of strings."""
    odd = a_tables({"agent.value": ("a=b&<c>'",)})
    plain = a_plan([block_of(LOGOUT, [a_row(LOGOUT)])], tables=odd)
    escaped = replace(plain, escapes=True)

    [line] = engine.render(escaped, 0, plain.horizon).lines

    assert b'"userAgent":"a\\u003db\\u0026\\u003cc\\u003e\\u0027"' in line
    assert rendered(engine, escaped) == rendered(engine, plain)


def test_a_shape_without_conditions_has_one_template(engine, monkeypatch):
    """Nothing is asked of such rows."""
    era = replace(ERAS[2], shapes={"sso/Logout": obj(("id", Slot("user.id")), ("x", Array(())))})
    for module in (stepwise, selection):
        monkeypatch.setattr(module, "ERAS", (*ERAS[:2], era))

    assert rendered(engine, a_plan_of(LOGOUT)) == [
        {"id": "93a4c8d2-b0c1-7045-9a2e-1f0d3c5b7a90", "x": []}
    ]


def test_a_shape_whose_conditions_ask_nothing_has_one_template(engine, monkeypatch):
    """What always holds is no question."""
    shape = obj(("x", Const(1)), ("y", Const(None)))
    era = replace(ERAS[2], shapes={"sso/Logout": shape})
    for module in (stepwise, selection):
        monkeypatch.setattr(module, "ERAS", (*ERAS[:2], era))

    assert ALWAYS.columns() == frozenset()
    assert rendered(engine, a_plan_of(LOGOUT)) == [{"x": 1, "y": None}]


def test_a_part_left_in_a_shape_is_refused(engine, monkeypatch):
    """It would be a hole in the record."""
    era = replace(ERAS[2], shapes={"sso/Logout": obj(("who", Const(1)))})
    monkeypatch.setattr(type(era), "shape", lambda *_: obj(("who", Part("identity.portal"))))
    for module in (stepwise, selection):
        monkeypatch.setattr(module, "ERAS", (*ERAS[:2], era))

    with pytest.raises(TypeError, match="was not put in its place"):
        rendered(engine, a_plan_of(LOGOUT))


def test_blocks_of_one_flow_are_told_apart_by_their_columns(engine):
    """A flow may have several blocks, where episodes say different things."""
    plan = a_plan(
        [
            block_of(LOGOUT, [a_row(LOGOUT, key_high=1)]),
            block_of(LOGOUT, [a_row(LOGOUT, key_high=2, pin_session=11)]),
        ]
    )

    one, two = rendered(engine, plan)

    assert one["userIdentity"]["credentialId"] != two["userIdentity"]["credentialId"]
    assert two["userIdentity"]["credentialId"] == "5d1f6a80-2c3b-4e7a-8f90-a1b2c3d4e5f6"


def test_the_index_of_kinds_is_theirs():
    """Batches carry positions."""
    assert [KIND_INDEX[name] for name in KIND_NAMES] == list(range(len(KIND_NAMES)))
