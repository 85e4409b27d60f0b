"""How people get in: from where, with what, and what goes wrong on the way."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from simulator.directory.personas import WHOLE
from simulator.flows import gaps
from simulator.plan.background import habits
from simulator.plan.population import filled
from simulator.realism.curves import in_seconds
from simulator.realism.declared import FACTORS, devices, kind_of
from simulator.realism.evidence import Share, Spread, share_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from simulator.primitives.quantiles import Quantiles
    from simulator.realism.declared import World
    from simulator.realism.evidence import Evidence, Group
    from simulator.realism.visits import Visit

_DEVICES: Final = {
    "iPhone": "iphone",
    "Android": "android",
    "Windows NT": "windows",
    "Macintosh": "macos",
    "Linux": "linux",
}
"""What a browser's user agent has in it to its device, the first one that fits."""

_SHOWN: Final = {
    "PASSWORD,TOTP": "totp",
    "PASSWORD,WEBAUTHN": "webauthn",
    "PASSWORD,EMAIL_OTP": "email-otp",
    "PASSWORD": "none",
}
"""What a sign-in by password shows to the second factor."""

_TYPING: Final[tuple[tuple[str, str, Quantiles], ...]] = (
    ("typing.password", "PASSWORD", gaps.PASSWORD),
    ("typing.code", "TOTP", gaps.CODE),
    ("typing.touch", "WEBAUTHN", gaps.TOUCH),
)


def entering(group: Group, world: World) -> Iterator[Evidence]:
    """Yield how people of one persona get in."""
    visits = [visit for _, visit in group.visits]
    yield from _places(group, world)
    yield from _devices(group, world)
    if world.source == "external-idp":
        refused = [visit.refused > 0 for visit in visits if visit.entered or visit.refused]
        yield share_of("slips.refused", "sign-ins", refused, habits.IDP_REFUSES / WHOLE)
        return
    yield from _slips(group, visits)
    yield from _factors(group, world)
    yield from _typing(visits)


def _slips(group: Group, visits: Sequence[Visit]) -> Iterator[Share]:
    slips = filled(group.persona.slips)
    named = [visit.wrong_name for visit in visits if "EMAIL_OTP" not in visit.types]
    yield share_of("slips.wrong-username", "sign-ins", named, slips.wrong_username / WHOLE)
    passwords = [answers for visit in visits if (answers := visit.tried("PASSWORD"))]
    wrong = [not answers[0] for answers in passwords]
    yield share_of("slips.wrong-password", "sign-ins", wrong, slips.wrong_password / WHOLE)
    codes = [answers for visit in visits if (answers := visit.tried("TOTP"))]
    wrong = [not answers[0] for answers in codes]
    yield share_of("slips.wrong-code", "codes asked for", wrong, slips.wrong_totp / WHOLE)
    erred = [answers for answers in passwords if not answers[0]]
    again = [len(answers) > 1 and not answers[1] for answers in erred]
    yield share_of("slips.wrong-again", "wrong passwords", again, habits.WRONG_AGAIN / WHOLE)
    gave_up = [not answers[-1] for answers in erred]
    yield share_of("slips.gives-up", "wrong passwords", gave_up, habits.GIVES_UP_PASSWORD / WHOLE)


def _places(group: Group, world: World) -> Iterator[Share]:
    mine = [(user, visit) for user, visit in group.visits if world.in_offices[user]]
    kinds = [kind_of(visit.address) for _, visit in mine]
    is_mobile = [kind == "mobile" for kind in kinds]
    yield share_of("mobile", "sign-ins", is_mobile, filled(group.persona.mobile) / WHOLE)
    # Where a day is worked is settled once a day, and seen whenever the phone is not used.
    homes = {
        (user, group.calendar.local(visit.at)[0]): kind == "home"
        for (user, visit), kind in zip(mine, kinds, strict=True)
        if kind != "mobile"
    }
    remote = list(homes.values())
    yield share_of("remote", "days of people", remote, filled(group.persona.remote) / WHOLE)


def _devices(group: Group, world: World) -> Iterator[Share]:
    """Yield what people browse with: each has one main browser."""
    agents: dict[int, set[str]] = defaultdict(set)
    for user, visit in group.visits:
        on_road = kind_of(visit.address) == "mobile"
        if not (on_road or world.has_own_agent[user]) and world.in_offices[user]:
            agents[user].add(visit.agent)
    mains = [_device(next(iter(mine))) for mine in agents.values()]
    for device, share in devices(group.persona).items():
        count = sum(main == device for main in mains)
        yield Share(f"device.{device}", "people", count, len(mains), share)
    yield share_of("one-browser", "people", [len(mine) == 1 for mine in agents.values()], 1.0)


def _device(agent: str) -> str:
    return next((device for word, device in _DEVICES.items() if word in agent), "")


def _factors(group: Group, world: World) -> Iterator[Share]:
    """Yield the second factors that people use, a person at a time: nobody changes hers."""
    prompt = world.scenario.instance.mfa.prompt
    seen: dict[int, set[str]] = defaultdict(set)
    at_ease: list[bool] = []
    for user, visit in group.visits:
        factor = _SHOWN.get(visit.types)
        if factor is None or visit.enrols:
            continue
        is_asked = prompt == "always" or (
            prompt == "context-aware" and kind_of(visit.address) in {"home", "mobile"}
        )
        if is_asked:
            seen[user].add(factor)
        elif world.in_offices[user]:
            at_ease.append(factor != "none")
    users = list(seen)
    declared = world.factors[users].mean(axis=0).tolist() if users else [0.0] * len(FACTORS)
    for factor, share in zip(FACTORS, declared, strict=True):
        count = sum(factor in mine for mine in seen.values())
        if count or share:
            yield Share(f"factor.{factor}", "people", count, len(users), share)
    yield share_of("one-factor", "people", [len(mine) == 1 for mine in seen.values()], 1.0)
    if prompt != "always":
        yield share_of("factor.not-asked-for", "sign-ins", at_ease, 0.0)


def _typing(visits: Iterable[Visit]) -> Iterator[Spread]:
    """Yield how long right answers take that come first."""
    answers = [visit.answers for visit in visits]
    for name, types, table in _TYPING:
        seconds = [
            float(mine[0].seconds)
            for each in answers
            if (mine := [one for one in each if one.types == types]) and mine[0].is_right
        ]
        if seconds:
            yield Spread(name, "right answers", "seconds", seconds, in_seconds(table))
