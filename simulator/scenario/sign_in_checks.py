"""Whether a sign-in can go as it is written, and whether it succeeds.

What is asked for depends on who signs in, on the identity source, on what is enrolled by
then and on the instance's MFA settings; answers to what is not asked for are findings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from simulator.scenario.actions import SignIn, SignInWith, is_unknown, typed_name
from simulator.scenario.resolve import DEVICE_NAMES
from simulator.scenario.scene import SIGN_IN_LASTS
from simulator.scenario.wording import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.scenario.document import Mfa
    from simulator.scenario.scene import LiveUser, Scene, Step, Where

_DEFAULTS: Final = SignInWith()
_SECOND: Final = ("factor", "code", "resync", "enrol", "device_name")


def sign_in(scene: Scene, step: Step) -> Iterator[Problem]:
    """Yield what is wrong with a sign-in, and sign the user in if it succeeds."""
    entry = step.entry
    assert isinstance(entry, SignIn)
    how, where = entry.with_, (*step.where, "with")
    if step.user in scene.users and not scene.users[step.user].active:
        yield Problem(step.where, f"{step.user} is deactivated by then")
    for name, final in (("password", "right"), ("code", "right"), ("assertion", "valid")):
        yield from _nothing_after((*where, name), getattr(how, name), final)
    if scene.source == "external-idp":
        yield from _given(how, where, "with an external IdP this is the provider's", _BY_US)
        _leave(scene, step, succeeds=how.assertion[-1] == "valid")
        return
    yield from _given(how, where, "only with identity_source: external-idp", ("assertion",))
    if is_unknown(how.username, step.user, active_directory=scene.active_directory):
        yield from _unknown_user(scene, how, where)
        _leave(scene, step, succeeds=False)
    elif step.user in scene.users:
        user = scene.users[step.user]
        elsewhere = entry.is_elsewhere or step.computer is not None
        attempt = _Attempt(user, how, where, scene.scenario.instance.mfa, elsewhere)
        yield from attempt.with_password() if user.has_password else attempt.first()
        _leave(scene, step, succeeds=attempt.succeeds())
        attempt.enrol()


_BY_US: Final = ("password", *_SECOND, "abandon", "username")


def _leave(scene: Scene, step: Step, *, succeeds: bool) -> None:
    """Leave the user signed in, or not."""
    if step.user not in scene.users:
        return
    user = scene.users[step.user]
    user.failed, user.signed_out = not succeeds, False
    if succeeds:
        user.has_password = True
        until = step.at + SIGN_IN_LASTS + scene.scenario.instance.session_duration
        user.sessions.put(step.computer, until)


def _nothing_after(where: Where, answers: tuple[str, ...], final: str) -> Iterator[Problem]:
    if final in answers[:-1]:
        place = answers.index(final) + 1
        yield Problem((*where, place), f"nothing follows a {final} answer")


def _given(how: SignInWith, where: Where, words: str, names: tuple[str, ...]) -> Iterator[Problem]:
    """Yield a finding for each of these that is not left as it is by default."""
    for name in names:
        if getattr(how, name) != getattr(_DEFAULTS, name):
            yield Problem((*where, name), words, at_key=True)


def _unknown_user(scene: Scene, how: SignInWith, where: Where) -> Iterator[Problem]:
    is_ad = scene.active_directory
    meant = typed_name(how.username or "", active_directory=is_ad)
    names = {typed_name(name, active_directory=is_ad): name for name in scene.users}
    if meant in names:
        yield Problem((*where, "username"), f"means {names[meant]}: say user: {names[meant]}")
        return
    if "right" in how.password and how.password != _DEFAULTS.password:
        place = how.password.index("right")
        yield Problem((*where, "password", place), "nobody has this name: no answer is right")
    words = "nobody has this name: nothing is asked for after the password"
    yield from _given(how, where, words, _SECOND)
    if how.abandon == "code":
        yield Problem((*where, "abandon"), words)


@dataclass(slots=True)
class _Attempt:
    """A known user's sign-in with the factors that the instance checks itself."""

    user: LiveUser
    how: SignInWith
    where: Where
    mfa: Mfa
    elsewhere: bool

    def given(self, words: str, *names: str) -> Iterator[Problem]:
        return _given(self.how, self.where, words, names)

    def at(self, name: str, words: str) -> Problem:
        return Problem((*self.where, name), words)

    def first(self) -> Iterator[Problem]:
        """Yield what is wrong with a first sign-in by e-mailed one-time password."""
        reason = f"{self.user.name} has no password yet"
        yield from self.given(f"{reason}: a one-time password is e-mailed; say code", "password")
        if self.how.factor not in {None, "email-otp"}:
            yield self.at("factor", f"{reason}: expected email-otp")
        words = f"{reason}: the first sign-in is by e-mail alone"
        yield from self.given(words, "resync", "enrol", "device_name")
        if self.how.abandon == "password":
            yield self.at("abandon", f"{reason}: say abandon: code")
        elif self.how.abandon == "code" and self.right():
            yield self.at("abandon", "the code is right: nothing is left unanswered")

    def with_password(self) -> Iterator[Problem]:
        """Yield what is wrong with a sign-in by password and what follows it."""
        if not self.passes():
            words = "never asked for: no password is right"
            yield from self.given(words, "code", "resync", "enrol", "device_name")
            if self.how.abandon == "code":
                yield self.at("abandon", words)
            return
        if self.how.abandon == "password":
            yield self.at("abandon", "the password is right: nothing is left unanswered")
        if wrong := self.no_such_factor():
            yield self.at("factor", wrong)
        elif self.asked() is None:
            words = f"{self.user.name} is not asked for a second factor"
            yield from self.given(words, "code", "resync")
            if self.how.abandon == "code":
                yield self.at("abandon", words)
        else:
            yield from self.second()
        if self.how.enrol is not None and (wrong := self.no_enrolment()):
            yield self.at("enrol", wrong)
        elif self.how.enrol is None:
            yield from self.given("say which type of device: enrol", "device_name")

    def second(self) -> Iterator[Problem]:
        """Yield what is wrong with the answers to the second factor."""
        if self.how.resync and self.asked() != "totp":
            yield Problem((*self.where, "resync"), "only totp devices drift", at_key=True)
        elif self.how.resync and self.right():
            words = "every code is wrong when a device is resynchronised: say code: [wrong, wrong]"
            yield Problem((*self.where, "resync"), words, at_key=True)
        if self.how.abandon == "code" and (self.right() or self.how.resync):
            yield self.at("abandon", "the sign-in succeeds: nothing is left unanswered")

    def passes(self) -> bool:
        return self.how.password[-1] == "right"

    def right(self) -> bool:
        return self.how.code[-1] == "right"

    def prompts(self) -> bool:
        """Return whether the instance looks for a second factor at this sign-in."""
        prompt = self.mfa.prompt
        return prompt == "always" or (prompt == "context-aware" and self.elsewhere)

    def demands(self, what: str) -> bool:
        """Return whether the user meets this rule for those without a device."""
        has_none = not self.user.devices and self.how.factor is None
        return has_none and self.prompts() and self.mfa.without_device == what

    def succeeds(self) -> bool:
        if not self.user.has_password:
            return self.right()
        if not self.passes():
            return False
        if self.asked() is None:
            return not self.demands("block")
        return self.right() or self.how.resync

    def asked(self) -> str | None:
        """Return the second factor that is asked for."""
        if self.how.factor is not None:
            return None if self.how.factor == "none" else self.how.factor
        if self.user.devices and self.prompts():
            return list(self.user.devices.values())[-1]
        return "email-otp" if self.demands("email-otp") else None

    def no_such_factor(self) -> str | None:
        """Return why the factor that is named cannot be asked for."""
        factor, user = self.how.factor, self.user
        if factor is None or factor == "none":
            return None if factor is None else self.must_ask()
        if self.mfa.prompt == "never":
            return "the instance never asks: mfa.prompt is never"
        if factor != "email-otp":
            has_one = factor in user.devices.values()
            return None if has_one else f"{user.name} has no {factor} device by then"
        if user.devices:
            return f"{user.name} has a device: codes are e-mailed to those who have none"
        by_mail = self.mfa.without_device == "email-otp"
        return None if by_mail else f"{user.name} has a password: set without_device: email-otp"

    def must_ask(self) -> str | None:
        """Return why a second factor is asked for in any case."""
        if self.mfa.prompt != "always":
            return None
        if self.user.devices:
            return f"{self.user.name} has a device and the instance always asks"
        return {
            "email-otp": "the instance e-mails a code to those without a device",
            "enrol": "the instance demands a device: say enrol, or set without_device: allow",
            "block": "the instance turns away those without a device: leave this out",
        }.get(self.mfa.without_device)

    def no_enrolment(self) -> str | None:
        """Return why the device cannot be enrolled during sign-in."""
        if self.user.devices:
            return f"{self.user.name} has a device: use register-mfa-device"
        if self.mfa.prompt == "never" or self.mfa.without_device != "enrol":
            return "the instance does not demand it: set mfa.without_device: enrol"
        if self.how.enrol is not None and self.how.enrol not in self.mfa.devices:
            return f"the instance's mfa.devices has no {self.how.enrol}"
        return None

    def enrol(self) -> None:
        """Give the user the device that signing in demanded, if it did."""
        if self.user.failed or self.user.devices or self.no_enrolment():
            return
        kind = self.how.enrol
        if kind is None and self.demands("enrol") and self.mfa.devices:
            kind = self.mfa.devices[0]
        if kind is not None:
            self.user.devices[self.how.device_name or DEVICE_NAMES[kind]] = kind
