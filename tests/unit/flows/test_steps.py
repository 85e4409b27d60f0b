"""Flows: which steps happen in an episode, and when."""

from __future__ import annotations

import pytest

from simulator.flows import FLOW_INDEX, FLOWS
from simulator.flows.cli_sign_in import DEVICE_GRANT, MAX_POLLS
from simulator.flows.gaps import NOW
from simulator.flows.sign_in import SIGN_IN, SIGN_IN_BY_EMAIL, SIGN_IN_BY_IDP
from simulator.flows.steps import Flow, Step, happenings
from simulator.primitives.conditions import equals
from simulator.primitives.quantiles import Quantiles
from tests.builders import a_row

SECOND = Quantiles.through({0: 1_000, 100: 1_000})
ROW = {"key_high": 1, "key_low": 2, "start": 5_000, "skip": 0}


def told(steps, row=ROW, gaps=()):
    """Return place, request and time of what happens."""
    flow = Flow("x", tuple(steps), frozenset())
    return [(one.place, one.request, one.at) for one in happenings(flow, row, gaps)]


STEPS = (
    Step("a", "k", SECOND),
    Step("b", "k", SECOND, equals("skip", 0)),
    Step("c", "k"),
    Step("d", "k", SECOND),
)


def test_gaps_add_up_and_none_means_the_same_request():
    """The first gap counts from the episode's start."""
    assert told(STEPS) == [(0, 0, 6_000), (1, 1, 7_000), (2, 1, 7_000), (3, 3, 8_000)]


def test_a_step_that_does_not_happen_takes_no_time():
    """What shares a request then shares that of the step before."""
    assert told(STEPS, {**ROW, "skip": 1}) == [(0, 0, 6_000), (2, 0, 6_000), (3, 3, 7_000)]


def test_fixed_gaps_replace_drawn_ones():
    """As many as there are, the first from the episode's start; then they are drawn again."""
    assert told(STEPS, gaps=(250,)) == [(0, 0, 5_250), (1, 1, 6_250), (2, 1, 6_250), (3, 3, 7_250)]
    assert told(STEPS, gaps=(0, 50, 9, 7)) == [
        (0, 0, 5_000),
        (1, 1, 5_050),
        (2, 1, 5_050),
        (3, 3, 5_059),
    ]


def test_an_episode_may_begin_without_a_gap():
    """A first event without one begins a request at the start."""
    assert told((Step("a", "k", NOW, equals("skip", 1)), Step("b", "k"), Step("c", "k"))) == [
        (1, 1, 5_000),
        (2, 1, 5_000),
    ]


def test_two_steps_need_two_names():
    """Or nobody could say which is meant."""
    with pytest.raises(ValueError, match="flow x: two steps of one name"):
        Flow("x", (Step("a", "k"), Step("a", "k")), frozenset())


def test_the_longest_way_is_the_sum_of_the_longest_gaps():
    """Steps that cannot both happen are counted both."""
    assert Flow("x", STEPS, frozenset()).longest == 3_000


def test_every_flow_is_found_by_its_name():
    """Positions are what batches carry."""
    assert [FLOW_INDEX[flow.name] for flow in FLOWS] == list(range(len(FLOWS)))


def events(flow, **columns):
    """Return the names of the steps that happen in an ordinary episode."""
    return [one.step.name for one in happenings(flow, a_row(flow, **columns))]


@pytest.mark.parametrize(
    ("columns", "names"),
    [
        (
            {},
            ["password-1-right-challenge", "password-1-right-verification", "authentication-0"],
        ),
        (
            {"password_tries": 2},
            [
                "password-1-wrong-challenge",
                "password-1-wrong-verification",
                "password-2-right-challenge",
                "password-2-right-verification",
                "authentication-0",
            ],
        ),
        (
            {"password_tries": 1, "password_ok": 0, "password_open": 1, "signed_in": 0},
            [
                "password-1-wrong-challenge",
                "password-1-wrong-verification",
                "password-open-challenge",
            ],
        ),
        (
            {"factor": 1, "code_tries": 1, "code_ok": 0, "resync": 1},
            [
                "password-1-right-challenge",
                "password-1-right-verification",
                "totp-1-wrong-challenge",
                "totp-1-wrong-verification",
                "resync-challenge",
                "resync-verification",
                "authentication-resynced",
            ],
        ),
        (
            {"enrolment": 1, "enrol_type": 1},
            [
                "password-1-right-challenge",
                "password-1-right-verification",
                "authentication-enrolling",
                "1-start-VirtualMfaDeviceRegistration",
                "1-complete-VirtualMfaDeviceRegistration",
            ],
        ),
        (
            {"enrolment": 2, "enrol_type": 2},
            [
                "password-1-right-challenge",
                "password-1-right-verification",
                "2-start-WebAuthnDeviceRegistration",
                "2-complete-WebAuthnDeviceRegistration",
                "authentication-enrolled",
            ],
        ),
    ],
)
def test_what_a_sign_in_leaves_behind(columns, names):
    """By the columns of the episode alone."""
    assert events(SIGN_IN, **columns) == names


def test_what_other_sign_ins_leave_behind():
    """By e-mailed password, by an external IdP, by a device's code."""
    assert events(SIGN_IN_BY_EMAIL, code_tries=1, code_ok=1) == [
        "email-otp-1-right-challenge",
        "email-otp-1-right-verification",
        "new-password",
        "authentication",
    ]
    assert events(SIGN_IN_BY_IDP) == ["authentication-at-once"]
    assert events(SIGN_IN_BY_IDP, refusals=2) == [
        "refused-1",
        "refused-2",
        "authentication-at-last",
    ]
    assert events(DEVICE_GRANT, polls=2) == ["poll-1", "poll-2", "token"]
    assert len(events(DEVICE_GRANT, polls=MAX_POLLS)) == MAX_POLLS + 1
