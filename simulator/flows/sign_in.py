"""What a sign-in leaves behind: challenges, verifications, authentication.

Source: IAM Identity Center User Guide, "Understanding IAM Identity Center sign-in events".
Records of one HTTP request share time and requestID: a verification and the challenge or
the UserAuthentication that follows it at once (seen). A challenge shows the identity that
the answer to it establishes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.flows import gaps
from simulator.flows.steps import Flow, Step
from simulator.primitives.conditions import (
    ALWAYS,
    Condition,
    at_least,
    both,
    either,
    equals,
)

if TYPE_CHECKING:
    from simulator.primitives.quantiles import Quantiles

MAX_TRIES: Final = 6
"""Answers that one challenge may get in one sign-in."""

NO_FACTOR, TOTP, WEBAUTHN, EMAIL_OTP = 0, 1, 2, 3
"""Values of column `factor`: what is asked for after the password."""

_PASSWORD, _EMAIL, _RESYNC, _IDP = 0, 3, 4, 5
_TYPES: Final = {TOTP: 1, WEBAUTHN: 2, EMAIL_OTP: 3}
_SATISFIED: Final = {NO_FACTOR: 0, TOTP: 1, WEBAUTHN: 2, EMAIL_OTP: 5}
_BY_EMAIL, _BY_IDP, _BY_RESYNC = 3, 4, 6

NO_ENROLMENT, ENROL_AFTER, ENROL_BEFORE = 0, 1, 2
"""Values of column `enrolment`: whether the device comes after UserAuthentication or before."""

_SUCCESS, _FAILURE = 0, 1


def _challenge_steps(  # noqa: PLR0913  # what one factor's stage differs in from another's
    *,
    stage: str,
    label: str,
    credential_type: int,
    first_gap: Quantiles | None,
    answer_gap: Quantiles,
    applies: Condition = ALWAYS,
    satisfied: int = 0,
) -> tuple[Step, ...]:
    """Return challenges and verifications of one factor, `<stage>_tries` answers long.

    `<stage>_ok` says whether the last answer is right; `<stage>_open` whether one more
    challenge is left unanswered.
    """
    tries, passed, left_open = f"{stage}_tries", f"{stage}_ok", f"{stage}_open"
    steps = []

    def when(*parts: Condition) -> Condition:
        return both(applies, *parts)

    for nth in range(1, MAX_TRIES + 1):
        is_right = both(equals(tries, nth), equals(passed, 1))
        is_wrong = either(at_least(tries, nth + 1), both(equals(tries, nth), equals(passed, 0)))
        gap = first_gap if nth == 1 else gaps.REISSUED
        for name, condition, verified in (("right", is_right, 1), ("wrong", is_wrong, 0)):
            sets = {
                "credential_type": credential_type,
                "satisfied": satisfied,
                "verified": verified,
            }
            steps += [
                Step(
                    f"{label}-{nth}-{name}-challenge",
                    "signin/CredentialChallenge",
                    gap,
                    when(condition),
                    {**sets, "outcome": _SUCCESS},
                ),
                Step(
                    f"{label}-{nth}-{name}-verification",
                    "signin/CredentialVerification",
                    answer_gap,
                    when(condition),
                    {**sets, "outcome": _SUCCESS if verified else _FAILURE},
                ),
            ]
    steps.append(
        Step(
            f"{label}-open-challenge",
            "signin/CredentialChallenge",
            gaps.REISSUED,
            when(equals(left_open, 1)),
            {
                "credential_type": credential_type,
                "satisfied": satisfied,
                "verified": 0,
                "outcome": _SUCCESS,
            },
        )
    )
    return tuple(steps)


_SIGNED_IN = equals("signed_in", 1)
_RESYNCED = both(_SIGNED_IN, equals("resync", 1))


def _authentication(
    name: str, satisfied: int, gap: Quantiles | None, when: Condition, *, enrolling: int = 0
) -> Step:
    sets = {"satisfied": satisfied, "verified": 1, "outcome": _SUCCESS, "enrolling": enrolling}
    return Step(name, "signin/UserAuthentication", gap, when, sets)


def _enrolment(order: int, pause: Quantiles) -> tuple[Step, ...]:
    """Return the registration of a device during sign-in, for one `enrolment` order."""
    steps = []
    for device, event, effort in (
        (TOTP, "VirtualMfaDeviceRegistration", gaps.SCAN),
        (WEBAUTHN, "WebAuthnDeviceRegistration", gaps.KEY_SETUP),
    ):
        when = both(_SIGNED_IN, equals("enrolment", order), equals("enrol_type", device))
        steps += [
            Step(f"{order}-start-{event}", f"sso-directory/Start{event}", pause, when),
            Step(f"{order}-complete-{event}", f"sso-directory/Complete{event}", effort, when),
        ]
    return tuple(steps)


_SIGN_IN_COLUMNS = {
    "user",
    "known",
    "password_tries",
    "password_ok",
    "password_open",
    "factor",
    "code_tries",
    "code_ok",
    "code_open",
    "resync",
    "signed_in",
    "enrolment",
    "enrol_type",
    "device",
    "device_name",
    "session_high",
    "session_low",
}

SIGN_IN: Final = Flow(
    "sign-in",
    (
        *_challenge_steps(
            stage="password",
            label="password",
            credential_type=_PASSWORD,
            first_gap=gaps.NOW,
            answer_gap=gaps.PASSWORD,
        ),
        *(
            step
            for factor, label, answer_gap in (
                (TOTP, "totp", gaps.CODE),
                (WEBAUTHN, "webauthn", gaps.TOUCH),
                (EMAIL_OTP, "email-otp", gaps.MAIL),
            )
            for step in _challenge_steps(
                stage="code",
                label=label,
                credential_type=_TYPES[factor],
                first_gap=None,
                answer_gap=answer_gap,
                applies=both(equals("factor", factor), equals("password_ok", 1)),
                satisfied=_SATISFIED[factor],
            )
        ),
        # After wrong codes, two codes in a row set the device's clock right.
        Step(
            "resync-challenge",
            "signin/CredentialChallenge",
            gaps.REISSUED,
            _RESYNCED,
            {"credential_type": _RESYNC, "verified": 1, "outcome": _SUCCESS, "satisfied": 0},
        ),
        Step(
            "resync-verification",
            "signin/CredentialVerification",
            gaps.RESYNC,
            _RESYNCED,
            {"credential_type": _RESYNC, "verified": 1, "outcome": _SUCCESS, "satisfied": 0},
        ),
        _authentication("authentication-resynced", _BY_RESYNC, None, _RESYNCED),
        *(
            _authentication(
                f"authentication-{factor}",
                satisfied,
                None,
                both(
                    _SIGNED_IN,
                    equals("factor", factor),
                    equals("resync", 0),
                    equals("enrolment", NO_ENROLMENT),
                ),
            )
            for factor, satisfied in _SATISFIED.items()
        ),
        # "own requestID": the published example has it five seconds after the password. The
        # list of satisfied types does not gain the device just enrolled.
        _authentication(
            "authentication-enrolling",
            0,
            gaps.ENROLMENT_NOTICE,
            both(_SIGNED_IN, equals("enrolment", ENROL_AFTER)),
            enrolling=1,
        ),
        *_enrolment(ENROL_AFTER, gaps.PAGE),
        *_enrolment(ENROL_BEFORE, gaps.ENROLMENT_NOTICE),
        _authentication(
            "authentication-enrolled",
            0,
            gaps.INSTANT,
            both(_SIGNED_IN, equals("enrolment", ENROL_BEFORE)),
            enrolling=1,
        ),
    ),
    frozenset(_SIGN_IN_COLUMNS),
)

SIGN_IN_BY_EMAIL: Final = Flow(
    "sign-in-by-email",
    (
        *_challenge_steps(
            stage="code",
            label="email-otp",
            credential_type=_EMAIL,
            first_gap=gaps.NOW,
            answer_gap=gaps.MAIL,
            satisfied=_BY_EMAIL,
        ),
        # Unverified: that the new password leaves a record, and its place.
        Step(
            "new-password",
            "sso-directory/UpdatePassword",
            gaps.NEW_PASSWORD,
            _SIGNED_IN,
            {"outcome": _SUCCESS},
        ),
        _authentication("authentication", _BY_EMAIL, gaps.INSTANT, _SIGNED_IN),
    ),
    frozenset(
        {
            "user",
            "known",
            "code_tries",
            "code_ok",
            "code_open",
            "signed_in",
            "session_high",
            "session_low",
        }
    ),
)

SIGN_IN_BY_IDP: Final = Flow(
    "sign-in-by-idp",
    (
        *(
            Step(
                f"refused-{nth}",
                "signin/ExternalIdPDirectoryLogin",
                gaps.NOW if nth == 1 else gaps.IDP,
                at_least("refusals", nth),
                {"outcome": _FAILURE, "verified": 0},
            )
            for nth in range(1, MAX_TRIES + 1)
        ),
        *(
            _authentication(
                f"authentication-{name}",
                _BY_IDP,
                gap,
                both(_SIGNED_IN, condition),
            )
            for name, gap, condition in (
                ("at-once", gaps.NOW, equals("refusals", 0)),
                ("at-last", gaps.IDP, at_least("refusals", 1)),
            )
        ),
    ),
    frozenset({"user", "refusals", "assertion_error", "signed_in"}),
)

FLOWS: Final = (SIGN_IN, SIGN_IN_BY_EMAIL, SIGN_IN_BY_IDP)
