"""Sign-ins: which records are one, and how it went."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from simulator.cases.inference.seen import Act
from simulator.primitives.instants import MINUTE
from simulator.records.api.structures import HIDDEN
from simulator.records.fields import ASSERTION_ERRORS
from simulator.scenario.actions import MAX_TRIES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from simulator.cases.inference.cast import Cast
    from simulator.cases.inference.seen import Rest, Seen

CHALLENGE: Final = "signin/CredentialChallenge"
VERIFICATION: Final = "signin/CredentialVerification"
AUTHENTICATION: Final = "signin/UserAuthentication"
REFUSAL: Final = "signin/ExternalIdPDirectoryLogin"
_SIGN_IN: Final = frozenset({CHALLENGE, VERIFICATION, AUTHENTICATION, REFUSAL})

_TYPE: Final = ("additionalEventData", "CredentialType")
_FACTORS: Final = {"TOTP": "totp", "WEBAUTHN": "webauthn", "EMAIL_OTP": "email-otp"}
_DEVICES: Final = {"VirtualMfaDevice": "totp", "WebAuthnDevice": "webauthn"}
_ENROLMENT: Final = 15 * MINUTE
_LONGEST: Final = 120 * MINUTE
"""A sign-in with an id of its own lasts no longer."""
_TOGETHER: Final = 10 * MINUTE
"""Records of one attempt without an id of its own lie no further apart."""


def sign_ins(rest: Rest, cast: Cast) -> Iterator[Act]:
    """Yield the sign-ins that records are taken for."""
    for first in rest:
        if first.name not in _SIGN_IN:
            continue
        group = [first, *rest.after(first, _LONGEST, partial(_is_same, first))]
        if first.name == REFUSAL:
            group = _refused(rest, first)
        yield _sign_in(rest, cast, group)


def _is_same(first: Seen, other: Seen) -> bool:
    """Return whether a record belongs to the sign-in that another begins."""
    path = ("additionalEventData", "AuthWorkflowID")
    workflow = first.text(*path)
    if other.name not in _SIGN_IN:
        return False
    if workflow or other.text(*path):
        return workflow == other.text(*path)
    return other.at - first.at <= _TOGETHER and other.fields.get("user.id") == first.fields.get(
        "user.id"
    )


def _refused(rest: Rest, first: Seen) -> list[Seen]:
    """Return refused SAML responses from one place, with the sign-in that succeeds at last."""
    found = [first]
    address = first.text("sourceIPAddress")
    for one in rest.after(first, _TOGETHER, lambda one: one.name in {REFUSAL, AUTHENTICATION}):
        if one.text("sourceIPAddress") == address and len(found) < MAX_TRIES:
            found.append(one)
            if one.name == AUTHENTICATION:
                break
    return found


def _sign_in(rest: Rest, cast: Cast, group: list[Seen]) -> Act:
    how: dict[str, Any] = {}
    by_type: dict[str, list[Seen]] = {}
    for one in group:
        if one.name in {CHALLENGE, VERIFICATION}:
            by_type.setdefault(one.text(*_TYPE), []).append(one)
    last = next((one for one in group if one.name == AUTHENTICATION), None)
    satisfied = "" if last is None else last.text(*_TYPE)
    second = next((kind for kind in by_type if kind in _FACTORS), None)
    if satisfied == "EXTERNAL_IDP" or any(one.name == REFUSAL for one in group):
        how = _assertions(group, signed_in=last is not None)
    elif satisfied == "EMAIL_OTP" or (second == "EMAIL_OTP" and "PASSWORD" not in by_type):
        how = {"factor": "email-otp", **_answers("code", by_type.get("EMAIL_OTP", ()))}
    else:
        how = _answers("password", by_type.get("PASSWORD", ()), else_right=len(by_type) > 1)
        factor = second or satisfied.partition(",")[2]
        if factor in _FACTORS:
            how |= {"factor": _FACTORS[factor], **_answers("code", by_type.get(factor, ()))}
        if "RESYNC_TOTP" in by_type or factor == "RESYNC_TOTP":
            wrong = [word for word in how.get("code", ["wrong"]) if word == "wrong"]
            how |= {"factor": "totp", "code": wrong or ["wrong"], "resync": True}
        if last is not None and factor not in {*_FACTORS, "RESYNC_TOTP"}:
            how["factor"] = "none"
    act = Act("sign-in", {}, group)
    if last is not None:
        _enrolment(rest, cast, act, how, last)
    rest.take(*act.seen)
    _whose(cast, act, how)
    if act.user is not None and last is None and not _established(group):
        # Somebody else may have typed the name of somebody known.
        how.setdefault("password", ["wrong"])
    act.said = {"with": how} if how else {}
    return act


def _answers(name: str, records: Sequence[Seen], *, else_right: bool = False) -> dict[str, Any]:
    """Return the answers to one factor's challenges, and whether the last was left open."""
    answers = [
        "wrong" if one.has_failed else "right" for one in records if one.name == VERIFICATION
    ]
    asked = sum(one.name == CHALLENGE for one in records)
    if not answers:
        is_known = else_right or not records or any("user.id" in one.fields for one in records)
        return {} if is_known else {name: ["wrong"]}
    how: dict[str, Any] = {}
    if "right" in answers[:-1]:
        answers = answers[: answers.index("right") + 1]
    answers = answers[-MAX_TRIES:]
    if answers != ["right"]:
        how[name] = answers
    if answers[-1] == "wrong" and asked > len(answers):
        how["abandon"] = name
    return how


def _assertions(group: Sequence[Seen], *, signed_in: bool) -> dict[str, Any]:
    refused = [
        "expired" if one.text("errorMessage") in {"", ASSERTION_ERRORS[0]} else "unexpected"
        for one in group
        if one.name == REFUSAL
    ]
    given = [*refused, "valid"] if signed_in else refused
    return {} if given == ["valid"] else {"assertion": given}


def _enrolment(rest: Rest, cast: Cast, act: Act, how: dict[str, Any], last: Seen) -> None:
    """Let the device be part of a sign-in that demands one, or the new password."""
    user = last.fields.get("user.id")
    demanded = last.member("additionalEventData", "DeviceEnrollmentRequired") is not None
    for stem, kind in _DEVICES.items():
        names = {
            f"sso-directory/Start{stem}Registration",
            f"sso-directory/Complete{stem}Registration",
        }
        found = rest.after(
            last,
            _ENROLMENT,
            lambda one, names=names: (  # type: ignore[misc]  # bound at once
                one.name in names and one.is_by_user and one.fields.get("user.id") == user
            ),
        )
        if demanded and found:
            how.pop("factor", None)
            how["enrol"] = kind
            for one in found[:2]:
                device = cast.devices.find(one.fields.get("mfa.id"), one.fields.get("mfa.name"))
                if device is not None:
                    how["device_name"] = device
            act.seen += found[:2]
            return
    if demanded:
        how.pop("factor", None)
        how["enrol"] = "totp"
    if how.get("factor") == "email-otp" and "password" not in how:
        new = rest.before(
            last,
            _ENROLMENT,
            lambda one: (
                one.name == "sso-directory/UpdatePassword"
                and one.is_by_user
                and one.fields.get("user.id") == user
            ),
        )
        if new is not None:
            act.seen = sorted([*act.seen, new], key=lambda one: one.place)


def _established(group: Sequence[Seen]) -> bool:
    return any("user.id" in one.fields for one in group)


def _whose(cast: Cast, act: Act, how: dict[str, Any]) -> None:
    """Say who signs in: a user, or somebody who types a name that nobody has."""
    shows = [one.fields for one in act.seen]
    user_id = next((one["user.id"] for one in shows if "user.id" in one), None)
    typed = next((text for one in act.seen if (text := _typed(one))), None)
    found = cast.users.find(user_id, None)
    if found is None:
        name = next((one["user.name"] for one in shows if "user.name" in one), None)
        found = cast.users.find(None, typed) or cast.users.find(None, name)
    if found is not None:
        act.user = found.called
        if typed is not None and typed not in {found.called, *found.names}:
            how["username"] = typed
        return
    if act.seen[0].name == REFUSAL or "assertion" in how:
        # Refused before anybody is known: any user will do.
        if (anybody := next(iter(cast.users.all()), None)) is not None:
            act.user = anybody.called
        return
    how.pop("password", None) if how.get("password") == ["wrong"] else None
    for name in ("factor", "code", "enrol", "resync"):
        how.pop(name, None)
    how["username"] = typed or "nobody"


def _typed(seen: Seen) -> str | None:
    for path in (("additionalEventData", "UserName"), ("userIdentity", "userName")):
        text = seen.text(*path)
        if text and text != HIDDEN:
            return text
    return None
