"""How people get in: mistyped names, wrong answers, second factors, enrolment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.directory.personas import WHOLE
from simulator.flows import mfa, sign_in
from simulator.plan.background import habits
from simulator.plan.background.workforce import BY_EMAIL, ENROLS
from simulator.primitives.keys import purpose

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.plan.background.calendar import Chains
    from simulator.plan.background.sheet import Positions, Sheet
    from simulator.plan.background.workforce import Workforce
    from simulator.plan.timeline import FactColumns
    from simulator.primitives.columns import Column
    from simulator.primitives.keys import KeyColumn
    from simulator.primitives.quantiles import Quantiles

TYPED: Final = 3
"""Value of column `typed_form` for a name typed as text."""

_MISTYPED: Final = purpose("background/mistyped-name")
_AGAIN: Final = purpose("background/mistyped-again")
_SIGN_IN: Final = purpose("background/sign-in")
_PASSWORD: Final = purpose("background/wrong-password")
_CODE: Final = purpose("background/wrong-code")
_REFUSED: Final = purpose("background/refused")
_GIVES_UP: Final = purpose("background/gives-up")
_GIVES_UP_CODE: Final = purpose("background/gives-up-code")
_LEFT_OPEN: Final = purpose("background/left-open")
_RESYNC: Final = purpose("background/resync")
_FORM: Final = purpose("background/typed-form")
_STARTS_OVER: Final = purpose("background/starts-over")
_TYPO: Final = purpose("background/typo")
_ERROR: Final = purpose("background/assertion-error")


@dataclass(slots=True)
class Visits:
    """Chains of users that are being planned together, one row a chain."""

    force: Workforce
    chains: Chains
    stage: NDArray[np.int64]
    """What the user goes through once in this chain, or 0."""
    facts: FactColumns
    """What held when it began."""
    persona: NDArray[np.int64]
    elsewhere: NDArray[np.bool_]
    """Whether it is not from the office."""
    address: NDArray[np.int64]
    browser: NDArray[np.int64]
    """Position in table `agent`."""
    session: KeyColumn
    use: NDArray[np.int64]
    """What the session is for: see `sessions`."""
    choices: NDArray[np.int64]
    """How many accounts and permission sets the user can choose from."""

    @property
    def user(self) -> NDArray[np.int64]:
        """Positions in table `user`."""
        return self.chains.member

    @property
    def key(self) -> KeyColumn:
        """Keys of the chains."""
        return self.chains.key

    def keys(self, rows: Positions) -> KeyColumn:
        """Return the keys of some rows, which ascend."""
        return self.key if len(rows) == len(self.key.high) else self.key.take(rows)

    def chance(
        self, rows: Positions, share: NDArray[np.int64] | int, use: int
    ) -> NDArray[np.bool_]:
        """Draw for some rows whether what has this share happens."""
        return self.keys(rows).below(WHOLE, use) < share

    def narrowed(
        self,
        rows: Positions,
        among: NDArray[np.bool_],
        share: NDArray[np.int64] | int,
        use: int,
    ) -> NDArray[np.bool_]:
        """Draw as `chance` does, for those rows alone that it can matter for."""
        happens = np.zeros(len(rows), np.bool_)
        some = np.flatnonzero(among)
        happens[some] = self.chance(rows[some], share, use)
        return happens

    def manner(self, rows: Positions, name: str) -> NDArray[np.int64]:
        """Return a share of these rows' personas."""
        return self.force.manners[name][self.persona[rows]]

    def pause(
        self, rows: Positions, table: Quantiles, use: int, ordinal: int = 0
    ) -> NDArray[np.int64]:
        """Draw how long these rows wait."""
        return table.at_many(self.keys(rows).word(use, ordinal))

    def shared(self) -> dict[str, Column]:
        """Return who and where, in a browser, and what the command line says instead."""
        people = self.force.directory.people
        return {
            "cli_login": people.cli_login[self.user],
            "cli_use": people.cli_use[self.user],
            "client_high": self.force.client.high[self.user],
            "client_low": self.force.client.low[self.user],
            "user": self.user,
            "address": self.address,
            "agent": self.browser,
            "session_high": self.session.high,
            "session_low": self.session.low,
        }

    def wrongs(
        self, rows: Positions, share: NDArray[np.int64] | int, use: int
    ) -> NDArray[np.int64]:
        """Draw how many wrong answers come first."""
        count = np.zeros(len(rows), np.int64)
        still = np.flatnonzero(self.chance(rows, share, use))
        for nth in range(1, sign_in.MAX_TRIES):
            count[still] = nth
            if nth == sign_in.MAX_TRIES - 1 or not len(still):
                break
            again = self.key.take(rows[still]).below(WHOLE, use, nth) < habits.WRONG_AGAIN
            still = still[again]
        return count


def enter(visits: Visits, sheet: Sheet) -> Positions:
    """Write how everybody signs in, and return the rows that got in."""
    rows = np.arange(len(visits.chains))
    if visits.force.source == "external-idp":
        return _by_idp(visits, sheet, rows)
    is_email = visits.stage == BY_EMAIL
    if not is_email.any():
        return _by_password(visits, sheet, _mistyped(visits, sheet, rows))
    by_email = _by_email(visits, sheet, rows[is_email])
    by_password = _by_password(visits, sheet, _mistyped(visits, sheet, rows[~is_email]))
    return np.sort(np.concatenate([by_email, by_password]))


def _mistyped(visits: Visits, sheet: Sheet, rows: Positions) -> Positions:
    """Write the attempts with a name nobody has, and return the rows that go on."""
    who = rows[visits.chance(rows, visits.manner(rows, "wrong_username"), _MISTYPED)]
    key = visits.key.take(who)
    again = key.below(WHOLE, _AGAIN) < habits.WRONG_AGAIN
    written = sheet.write(
        sign_in.SIGN_IN,
        who,
        key.nth(_MISTYPED, 0),
        visits.chains.start[who],
        {
            **_NOTHING,
            "known": 0,
            "typed_form": TYPED,
            "slip": key.below(1 << 31, _TYPO),
            "password_tries": 1 + again,
            "password_open": visits.chance(who, habits.LEFT_OPEN, _LEFT_OPEN).astype(np.int64),
        },
    )
    sheet.clock[written] += visits.pause(written, habits.STARTS_OVER, _STARTS_OVER)
    if len(written) == len(who):
        return rows
    goes_on = np.ones(len(visits.chains), np.bool_)
    goes_on[who] = False
    goes_on[written] = True
    return rows[goes_on[rows]]


_NOTHING: Final = {
    "known": 1,
    "typed_form": 0,
    "typed": -1,
    "slip": -1,
    "password_tries": 0,
    "password_ok": 0,
    "password_open": 0,
    "factor": sign_in.NO_FACTOR,
    "code_tries": 0,
    "code_ok": 0,
    "code_open": 0,
    "resync": 0,
    "signed_in": 0,
    "enrolment": sign_in.NO_ENROLMENT,
    "enrol_type": mfa.TOTP,
    "device": 0,
    "device_name": -1,
}


def _by_idp(visits: Visits, sheet: Sheet, rows: Positions) -> Positions:
    refusals = visits.wrongs(rows, habits.IDP_REFUSES, _REFUSED)
    gives_up = visits.narrowed(rows, refusals > 0, habits.IDP_GIVES_UP, _GIVES_UP)
    written = sheet.write(
        sign_in.SIGN_IN_BY_IDP,
        rows,
        visits.keys(rows).nth(_SIGN_IN, 0),
        sheet.clock[rows],
        {
            "refusals": refusals,
            "assertion_error": visits.keys(rows).below(2, _ERROR),
            "signed_in": 1 - gives_up.astype(np.int64),
        },
    )
    return written[~gives_up[np.searchsorted(rows, written)]]


def _by_email(visits: Visits, sheet: Sheet, rows: Positions) -> Positions:
    return sheet.write(
        sign_in.SIGN_IN_BY_EMAIL,
        rows,
        visits.keys(rows).nth(_SIGN_IN, 0),
        sheet.clock[rows],
        {
            "known": 1,
            "code_tries": 1 + visits.wrongs(rows, habits.EMAIL_CODE_WRONG, _CODE),
            "code_ok": 1,
            "code_open": 0,
            "signed_in": 1,
        },
    )


def _by_password(visits: Visits, sheet: Sheet, rows: Positions) -> Positions:
    enrols = visits.stage[rows] == ENROLS
    wrong = visits.wrongs(rows, visits.manner(rows, "wrong_password"), _PASSWORD)
    erred = (wrong > 0) & ~enrols
    gives_up = visits.narrowed(rows, erred, habits.GIVES_UP_PASSWORD, _GIVES_UP)
    is_open = visits.narrowed(rows, gives_up, habits.LEFT_OPEN, _LEFT_OPEN)
    factor, blocked = _factor(visits, rows)
    factor[gives_up | enrols] = sign_in.NO_FACTOR
    codes = _codes(visits, rows, factor)
    signed_in: NDArray[np.bool_] = ~gives_up & (
        enrols | ~blocked & (codes["code_ok"] | codes["resync"]).astype(np.bool_)
    )
    setting = visits.force.scenario.switches.enrolment
    order = sign_in.ENROL_BEFORE if setting == "before" else sign_in.ENROL_AFTER
    has_code = factor != sign_in.NO_FACTOR
    written = sheet.write(
        sign_in.SIGN_IN,
        rows,
        visits.keys(rows).nth(_SIGN_IN, 0),
        sheet.clock[rows],
        {
            **_NOTHING,
            "typed_form": _typed_form(visits, rows),
            "password_tries": wrong + ~gives_up,
            "password_ok": 1 - gives_up.astype(np.int64),
            "password_open": is_open.astype(np.int64),
            "factor": factor,
            **{name: values * has_code for name, values in codes.items()},
            "signed_in": signed_in.astype(np.int64),
            "enrolment": np.where(enrols, order, sign_in.NO_ENROLMENT),
            **_enrolled(visits, rows, enrols),
        },
    )
    inside: Positions = written[signed_in[np.searchsorted(rows, written)]]
    return inside


def _enrolled(
    visits: Visits, rows: Positions, enrols: NDArray[np.bool_]
) -> dict[str, Column | int]:
    """Return the device that is enrolled on the way, where one is."""
    if not enrols.any():
        return {}
    newcomers, user = visits.force.newcomers, visits.user[rows]
    kind = newcomers.enrol_type[user]
    return {
        "enrol_type": np.where(enrols, kind, mfa.TOTP),
        "device": np.where(enrols, newcomers.device[user], 0),
        "device_name": np.where(enrols, newcomers.device_name[kind], -1),
    }


def _factor(visits: Visits, rows: Positions) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return what is asked for after the password, and who is sent away instead."""
    force, user = visits.force, visits.user[rows]
    settings, newcomers = force.scenario.instance.mfa, force.newcomers
    enrolled = newcomers.enrols[user] * newcomers.enrol_type[user]
    has_totp = (visits.facts.totp[rows] >= 0) | (enrolled == mfa.TOTP)
    has_key = (visits.facts.webauthn[rows] >= 0) | (enrolled == mfa.WEBAUTHN)
    prefers = force.prefers_totp[user]
    held = np.where(
        has_totp & (prefers | ~has_key),
        sign_in.TOTP,
        np.where(has_key, sign_in.WEBAUTHN, sign_in.NO_FACTOR),
    )
    asked = {
        "always": np.ones(len(rows), np.bool_),
        "context-aware": visits.elsewhere[rows],
        "never": np.zeros(len(rows), np.bool_),
    }[settings.prompt]
    lacks = asked & ~has_totp & ~has_key
    if settings.without_device == "email-otp":
        held[lacks] = sign_in.EMAIL_OTP
    blocked = lacks & (settings.without_device == "block")
    return np.where(asked, held, sign_in.NO_FACTOR).astype(np.int64), blocked


def _codes(
    visits: Visits, rows: Positions, factor: NDArray[np.int64]
) -> dict[str, NDArray[np.int64]]:
    """Return how the second factor goes, for everybody as if it were asked for."""
    share = np.select(
        [factor == sign_in.TOTP, factor == sign_in.WEBAUTHN, factor == sign_in.EMAIL_OTP],
        [visits.manner(rows, "wrong_code"), habits.WEBAUTHN_FAILS, habits.EMAIL_CODE_WRONG],
        0,
    )
    wrong = visits.wrongs(rows, share, _CODE)
    astray = (factor == sign_in.TOTP) & (wrong > 1)
    resync = visits.narrowed(rows, astray, habits.RESYNC, _RESYNC)
    erred = (wrong > 0) & ~resync
    gives_up = visits.narrowed(rows, erred, habits.GIVES_UP_CODE, _GIVES_UP_CODE)
    right = ~resync & ~gives_up
    return {
        "code_tries": wrong + right,
        "code_ok": right.astype(np.int64),
        "code_open": visits.narrowed(rows, gives_up, habits.LEFT_OPEN, _LEFT_OPEN).astype(np.int64),
        "resync": resync.astype(np.int64),
    }


def _typed_form(visits: Visits, rows: Positions) -> NDArray[np.int64] | int:
    if visits.force.source != "active-directory":
        return 0
    usual = visits.force.crew.key.take(visits.user[rows]).below(WHOLE, _FORM)
    key = visits.keys(rows)
    varies = key.below(WHOLE, _FORM) < habits.AD_VARIES
    word = np.where(varies, key.below(WHOLE, _FORM, 1), usual)
    limits = np.cumsum([share for share, _ in habits.AD_FORMS])
    forms = np.array([form for _, form in habits.AD_FORMS], np.int64)
    return forms[np.searchsorted(limits, word, side="right")]
