"""Everyday activity looks as personas and habits declare it.

Seeds are fixed, so that nothing here can flake; tolerances are exact binomials, so that a
seed need not be picked. A count is refused where its tail is rarer than one in a million.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import Any, Final

import numpy as np
import pytest

from simulator.directory.personas import PERSONAS
from simulator.flows import sign_in
from simulator.flows.steps import happenings
from simulator.plan.background import habits
from simulator.primitives.instants import DAY, HOUR, MINUTE
from tests.realism.offices import Planned, planned

pytestmark = pytest.mark.realism

WHOLE: Final = 1_000_000
RARE: Final = 1_000_000
_OWN: Final = 10**30

PEOPLE: Final = {
    "users": [
        {
            "count": 250,
            "persona": "developer",
            "groups": {"Engineers": "100%"},
            "mfa": {"totp": "70%", "webauthn": "60%"},
        },
        {"count": 250, "persona": "office-worker", "mfa": {"totp": "100%"}, "id": "staff"},
    ],
    "window": {"start": "2025-01-06", "days": 28},
    "instance": {"mfa": {"without_device": "allow"}},
    "personas": {"developer": {"hours": {"timezone": "Asia/Kolkata"}}},
}


@cache
def office() -> Planned:
    """Return four weeks of 500 people."""
    return planned(**PEOPLE)


def _beyond(count: int, trials: int, share: Fraction, step: int) -> int:
    """Return the binomial's weight on one side of a count, where the count's own is `_OWN`."""
    yes, no = share.numerator, share.denominator - share.numerator
    term, total, place = _OWN, 0, count
    while term and 0 <= place + step <= trials:
        if step > 0:
            term = term * (trials - place) * yes // ((place + 1) * no)
        else:
            term = term * place * no // ((trials - place + 1) * yes)
        total += term
        place += step
    return total


def is_believable(count: int, trials: int, share: Fraction) -> bool:
    """Tell whether a binomial count is not in a tail rarer than one in a million."""
    if share in (0, 1):
        return count == trials * share
    step = 1 if count > trials * share else -1
    tail = _OWN + _beyond(count, trials, share, step)
    return tail * RARE > tail + _beyond(count, trials, share, -step)


def test_the_tolerance_is_a_binomials():
    """The negative control: what is a little off is refused, what is right is not."""
    assert is_believable(500, 1_000, Fraction(1, 2))
    assert is_believable(570, 1_000, Fraction(1, 2))
    assert not is_believable(580, 1_000, Fraction(1, 2))
    assert not is_believable(420, 1_000, Fraction(1, 2))
    assert not is_believable(48, 10_000, Fraction(1, 100))
    assert is_believable(80, 10_000, Fraction(1, 100))


def _persona(users: np.ndarray, name: str) -> np.ndarray:
    made = office().directory
    return made.people.persona[users] == made.personas.index(name)


def _first_sign_ins() -> dict[str, np.ndarray]:
    columns = office().of("sign-in")
    kept = columns["known"] == 1
    return {name: values[kept] for name, values in columns.items()}


@pytest.mark.parametrize(
    ("persona", "ahead"), [("developer", 5 * HOUR + 30 * MINUTE), ("office-worker", 0)]
)
def test_hours_of_the_day(persona, ahead):
    """Sessions begin as the curve of the working day says, a few outside it."""
    columns, it = _first_sign_ins(), PERSONAS[persona]
    start = columns["start"][_persona(columns["user"], persona)]
    minute = (start + ahead) % DAY // MINUTE
    inside = (minute >= it.hours_from) & (minute < it.hours_to)
    trials = len(start)
    length = it.hours_to - it.hours_from

    assert is_believable(int((~inside).sum()), trials, Fraction(habits.OUTSIDE, WHOLE))
    table = habits.ARRIVAL.table
    for tenth in range(10):
        low, high = (tenth * WHOLE // 10, (tenth + 1) * WHOLE // 10)
        # Of 1,024 equal parts of all sessions, those that the curve puts into the tenth.
        parts = sum(low <= (table[n] + table[n + 1]) // 2 < high for n in range(1_024))
        begun = (minute - it.hours_from) * 10 // length == tenth
        share = Fraction(parts, 1_024) * Fraction(WHOLE - habits.OUTSIDE, WHOLE)
        # A mistyped name comes first and a part of the curve may lie across: half a point.
        slack = trials // 200
        count = int((begun & inside).sum())
        assert any(
            is_believable(near, trials, share) for near in (count - slack, count, count + slack)
        )


def test_the_morning_is_busier_than_lunch():
    """A morning peak, a lunch dip and a bump in the afternoon."""
    columns = _first_sign_ins()
    start = columns["start"][_persona(columns["user"], "office-worker")]
    hours = np.bincount(start % DAY // HOUR, minlength=24)

    assert hours[9] > 2 * hours[12]
    assert hours[13] + hours[14] > 3 * hours[12] // 2
    assert hours[:6].sum() < hours.sum() // 50


@pytest.mark.parametrize("persona", ["developer", "office-worker"])
def test_shares_of_the_week(persona):
    """A weekend day has the declared share of a workday's sessions."""
    columns, it = _first_sign_ins(), PERSONAS[persona]
    ahead = 5 * HOUR + 30 * MINUTE if persona == "developer" else 0
    start = columns["start"][_persona(columns["user"], persona)] + ahead
    is_weekend = (start // DAY + 3) % 7 >= 5
    share = Fraction(2 * it.weekend_share, 5 * WHOLE + 2 * it.weekend_share)
    # A day at the weekend is all or nothing, so that sessions come in clusters.
    rate = it.sign_ins_per_workday // WHOLE + 1

    assert is_believable(int(is_weekend.sum()) // rate, len(start) // rate, share)


@pytest.mark.parametrize("persona", ["developer", "office-worker"])
def test_sessions_a_workday(persona):
    """People sign in as often as their persona says, on the days they are there."""
    columns, it = _first_sign_ins(), PERSONAS[persona]
    ahead = 5 * HOUR + 30 * MINUTE if persona == "developer" else 0
    mine = _persona(columns["user"], persona)
    day = (columns["start"][mine] + ahead) // DAY
    weekday = (day + 3) % 7 < 5
    # Distinct people and days with a session: at least one, where the rate is above one.
    pairs = len(np.unique(columns["user"][mine][weekday] * 100_000 + day[weekday]))
    at_least_one = min(Fraction(1), Fraction(it.sign_ins_per_workday, WHOLE))
    share = Fraction(it.present_share, WHOLE) * at_least_one

    assert is_believable(pairs, 250 * 20, share)


@pytest.mark.parametrize("persona", ["developer", "office-worker"])
def test_slips(persona):
    """Names, passwords and codes go wrong as often as the persona says."""
    slips = PERSONAS[persona].slips
    tried = office().of("sign-in")
    mine = _persona(tried["user"], persona)
    known = mine & (tried["known"] == 1)
    trials = int(known.sum())
    wrong = known & (tried["password_tries"] - tried["password_ok"] > 0)
    asked = known & (tried["password_ok"] == 1) & (tried["factor"] == sign_in.TOTP)
    codes = asked & (tried["code_tries"] - tried["code_ok"] > 0)

    assert is_believable(
        int((mine & (tried["known"] == 0)).sum()), trials, Fraction(slips.wrong_username, WHOLE)
    )
    assert is_believable(int(wrong.sum()), trials, Fraction(slips.wrong_password, WHOLE))
    assert is_believable(int(codes.sum()), int(asked.sum()), Fraction(slips.wrong_code, WHOLE))


def test_shares_of_factors():
    """What is asked for is what people have; those with both prefer one, for good."""
    made, columns = office(), _first_sign_ins()
    people = made.directory.people
    ok = columns["password_ok"] == 1
    totp, webauthn = people.totp[columns["user"]] >= 0, people.webauthn[columns["user"]] >= 0
    factor = columns["factor"]

    assert (factor[ok & totp & ~webauthn] == sign_in.TOTP).all()
    assert (factor[ok & ~totp & webauthn] == sign_in.WEBAUTHN).all()
    assert (factor[ok & ~totp & ~webauthn] == sign_in.NO_FACTOR).all()
    both = ok & totp & webauthn
    prefers = {}
    for user, one in zip(columns["user"][both].tolist(), factor[both].tolist(), strict=True):
        assert prefers.setdefault(user, one) == one
    count = sum(one == sign_in.TOTP for one in prefers.values())
    assert is_believable(count, len(prefers), Fraction(habits.PREFERS_TOTP, WHOLE))


@pytest.mark.parametrize("persona", ["developer", "office-worker"])
def test_session_lengths_and_ends(persona):
    """A session lasts as long as the instance says, or until somebody signs out."""
    made, it = office(), PERSONAS[persona]
    signed_out = sessions = 0
    for rows in _chains_of(persona):
        entered = next(row for row in reversed(rows) if row["flow"] == "sign-in")
        if not entered["signed_in"]:
            continue
        sessions += 1
        signed_out += rows[-1]["flow"] == "sign-out"
        ends = {row["session_end"] for row in rows if "session_end" in row}
        *_, last = happenings(sign_in.SIGN_IN, entered)
        assert ends <= {last.at + made.directory.scenario.instance.session_duration}
    # At the end of the window a few have not yet signed out.
    share = Fraction(it.sign_out_share, WHOLE)

    assert is_believable(signed_out, sessions, share)


@pytest.mark.parametrize("persona", ["developer"])
def test_what_sessions_are_for(persona):
    """Consoles and command lines are used by the declared shares of sessions."""
    uses = PERSONAS[persona].uses
    console = cli = sessions = 0
    for rows in _chains_of(persona):
        flows = {row["flow"] for row in rows}
        sessions += "portal" in flows
        console += "console" in flows
        cli += bool(flows & {"device-grant", "code-grant"})

    assert is_believable(console, sessions, Fraction(uses.console, WHOLE))
    assert is_believable(cli, sessions, Fraction(uses.cli, WHOLE))


@cache
def _chains_of(persona: str) -> list[list[dict[str, Any]]]:
    """Return a persona's episodes by portal session, in order of start."""
    found: dict[int, list[dict[str, Any]]] = {}
    for block in office().blocks:
        if "session_high" not in block.columns:
            continue
        mine = _persona(block.columns["user"], persona)
        for row, is_mine in zip(block.rows(), mine.tolist(), strict=True):
            if is_mine:
                found.setdefault(row["session_high"], []).append({**row, "flow": block.flow.name})
    return [sorted(rows, key=lambda row: row["start"]) for rows in found.values()]
