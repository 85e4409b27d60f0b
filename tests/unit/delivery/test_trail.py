"""To which account and Region each record of a batch is delivered."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from simulator.delivery.trail import Stream, _streams, recipients
from simulator.engines import stepwise, vectorised
from simulator.engines.batches import SHARED, packed
from simulator.flows.directory_admin import CALLS
from simulator.flows.sharing import SHARED_CALLS
from simulator.plan.episodes import block_of
from simulator.primitives.conditions import equals
from simulator.records.eras import ERAS
from simulator.records.kinds import KIND_NAMES
from simulator.records.recipients import Recipient, recipient_of, recipients_by_kind
from simulator.records.shapes import Const, Member, Slot, choose, obj
from tests.builders import ACCOUNT, REGION, a_plan, a_row, a_tables, parsed
from tests.strategies import plans

ACCOUNTS = ("111122223333", "222233334444", "333344445555")


def shown(batch):
    """Return the streams that records name themselves."""
    return [Stream(one["recipientAccountId"], one["awsRegion"]) for one in parsed(batch)]


def test_a_sign_in_is_delivered_to_the_account_of_the_instance(engine):
    """IAM Identity Center's events go to the account that owns the instance."""
    plan = a_plan()
    batch = engine.render(plan, 0, plan.horizon)

    streams, of_record = recipients(batch, plan)

    assert streams == [Stream(ACCOUNT, REGION)]
    assert of_record.tolist() == [0] * len(batch)


def test_without_records_there_is_no_stream():
    """A batch may be empty."""
    streams, of_record = recipients(packed([], []), a_plan())

    assert (streams, of_record.tolist()) == ([], [])


@settings(max_examples=25)
@given(plans())
def test_records_are_delivered_where_they_say(plan):
    """Both engines' columns give what every record's own text shows."""
    for engine in (stepwise, vectorised):
        batch = engine.render(plan, 0, plan.horizon)

        streams, of_record = recipients(batch, plan)

        assert [streams[place] for place in of_record] == shown(batch)
        assert streams == sorted(set(shown(batch)))


def a_shared_call():
    """Return a call that two accounts receive."""
    row = a_row(SHARED_CALLS["identitystore/ListUsers"], admin=1)
    block = block_of(SHARED_CALLS["identitystore/ListUsers"], [row])
    return a_plan([block], tables=a_tables({"admin.account": ACCOUNTS}))


def test_a_shared_call_is_delivered_to_two_accounts(engine):
    """To the account that owns the instance, and to the administrator's own."""
    plan = a_shared_call()
    batch = engine.render(plan, 0, plan.horizon)

    streams, of_record = recipients(batch, plan)

    assert streams == [Stream("222233334444", REGION), Stream(ACCOUNT, REGION)]
    assert of_record.tolist() == [1, 0]


def test_a_record_delivered_elsewhere_is_seen(engine):
    """Negative control: were both records the owner's, one would say another account."""
    plan = a_shared_call()
    batch = engine.render(plan, 0, plan.horizon)
    wrong = replace(batch, columns={**batch.columns, "copy": np.ones(2, np.int64)})

    streams, of_record = recipients(wrong, plan)

    assert [streams[place] for place in of_record] != shown(batch)


def test_recipients_are_told_by_what_batches_pass_on():
    """A column that no batch has would have its default in all records."""
    every, _ = recipients_by_kind()

    assert {column for one in every for column in one.columns()} <= {*SHARED, "instance"}


def test_every_shape_says_where_its_records_go():
    """The way to go of each kind in each era is that of its shape."""
    every, which = recipients_by_kind()

    found = [
        every[which[number, place]] == recipient_of(era.shape(kind))
        for place, era in enumerate(ERAS)
        for number, kind in enumerate(KIND_NAMES)
    ]

    assert all(found)


def test_a_shape_that_says_so_only_sometimes_is_refused():
    """Every record is delivered somewhere."""
    shape = obj(
        ("awsRegion", Const("us-east-1")),
        Member("recipientAccountId", Slot("instance.account"), equals("copy", 0)),
    )

    with pytest.raises(KeyError, match="recipientAccountId"):
        recipient_of(shape)


def test_another_declaration_moves_records(engine):
    """A kind may go to another account, and may happen in another Region."""
    flow = CALLS["identitystore/ListUsers"]
    rows = [a_row(flow, admin=place % 3, key_low=place) for place in range(5)]
    plan = a_plan([block_of(flow, rows)], tables=a_tables({"admin.account": ACCOUNTS}))
    batch = engine.render(plan, 0, plan.horizon)
    roots = equals("admin", 2)
    recipient = Recipient(
        Slot("admin.account"),
        choose((roots, Const("us-east-1")), otherwise=Slot("instance.region")),
    )

    found = {
        stream: mine.tolist() for stream, mine in _streams(recipient, np.arange(5), batch, plan)
    }

    assert found == {
        Stream("111122223333", REGION): [0, 3],
        Stream("222233334444", REGION): [1, 4],
        Stream("333344445555", "us-east-1"): [2],
    }
