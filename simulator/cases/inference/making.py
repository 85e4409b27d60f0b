"""From records to the smallest scenario that gives them again.

Records are anonymised and taken for acts, acts are drafted as a scenario, and the scenario is
played. What comes out is held against the records: times are pinned, what nobody wants is left
out, other readings are tried, and what differs still is said member by member. Nothing is
believed that was not played.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, get_args

from simulator.cases.anonymity.anonymise import Anonymiser
from simulator.cases.anonymity.leaks import leaks
from simulator.cases.anonymity.weeks import key_of, weeks_to_shift
from simulator.cases.checking import compared
from simulator.cases.given import replayed
from simulator.cases.inference.administration import administration
from simulator.cases.inference.cast import cast_of
from simulator.cases.inference.draft import Draft, document, drafted
from simulator.cases.inference.fields import fields_of
from simulator.cases.inference.needs import CARRIER
from simulator.cases.inference.pinning import finished, pinned
from simulator.cases.inference.playing import cost_of, disordered, play, tried
from simulator.cases.inference.seen import Act, Rest, Seen, spaced
from simulator.cases.inference.sessions import calls_with_roles, sessions
from simulator.cases.inference.sign_ins import sign_ins
from simulator.errors import RequestError, ScenarioError
from simulator.primitives.instants import DAY, EARLIEST, LATEST, WEEK
from simulator.primitives.keys import purpose
from simulator.records.eras import ERA_NAMES
from simulator.scenario import library
from simulator.scenario.document import CUTOVERS, Switches
from simulator.scenario.dump import as_yaml
from simulator.scenario.resolve import resolve
from simulator.validation.report import plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from simulator.cases.anonymity.leaks import Leak
    from simulator.cases.checking import Comparison
    from simulator.cases.foreign import Gathered
    from simulator.cases.inference.playing import Played

_ROUNDS: Final = 50
"""How often a draft is played again because some of its acts cannot be."""
_SEEDS: Final = 999_999
_SEED: Final = purpose("cases/seed")
_MANY: Final = 2_000
"""Records from which on other readings are not tried one by one."""


_HEAD: Final = """\
# Made from {} by `trailwright case new`. Names, ids, addresses, programs and texts are others
# than theirs, in the same form.
"""


@dataclass(frozen=True, slots=True)
class Case:
    """A scenario that gives records again."""

    text: str
    """The scenario, in YAML."""
    entries: int
    """Entries of its storyline."""
    in_full: int
    """Records that are given in full, because nothing is known that leaves such a record."""
    overridden: int
    """Records of which members are said."""
    weeks: int
    """By how many weeks times are others."""
    comparison: Comparison
    """How what it gives compares with the records."""
    leaks: tuple[Leak, ...]
    """What it says of somebody, against all care."""


def case_from(gathered: Gathered, name: str, *, keeps_times: bool = False) -> Case:
    """Return the smallest scenario found that gives records again.

    Args:
        gathered: The records.
        name: The scenario's name.
        keeps_times: Whether days stay as they are; otherwise all move by some weeks.
    """
    originals = [one.record for one in gathered.records]
    weeks = 0 if keeps_times else weeks_to_shift(originals)
    anonymiser = Anonymiser(originals, weeks=weeks)
    times = spaced([_within(one.at + weeks * WEEK) for one in gathered.records])
    seen = []
    for place, (one, at) in enumerate(zip(gathered.records, times, strict=True)):
        record = anonymiser.record(one.record)
        seen.append(Seen(place, record, at, one.kind, fields_of(one.kind, record)))
    seed = key_of(originals).below(_SEEDS, _SEED) + 1
    empty = Draft(name, cast_of(seen), seed=seed, refused=anonymiser.originals)
    draft = draft_of(empty, seen)
    text = _HEAD.format(plural(len(seen), "record")) + as_yaml(document(draft))
    given = replayed(resolve(library.read(text, f"{name}.yaml")))
    said = [one for entry in draft.entries for one in entry.overrides]
    return Case(
        text=text,
        entries=len(draft.entries),
        in_full=sum("as" in one for one in said),
        overridden=sum(not one.keys().isdisjoint(("set", "drop", "order")) for one in said),
        weeks=weeks,
        comparison=compared(gathered, given),
        leaks=tuple(leaks(originals, text)),
    )


def _within(at: int) -> int:
    """Return an instant, or the nearest one at which something can happen in a scenario."""
    return min(max(at, EARLIEST), LATEST - DAY)


def draft_of(empty: Draft, seen: Sequence[Seen]) -> Draft:
    """Return the draft of a scenario that gives anonymous records, from one without entries."""
    cast = empty.cast
    rest = Rest(seen)
    acts = [*sign_ins(rest, cast), *sessions(rest, cast)]
    acts += calls_with_roles(rest, cast, acts)
    acts += administration(rest, cast)
    acts += [_carrier(one) for one in rest]
    for act in acts:
        act.at = act.seen[0].at
    return finished(_improved(_settled(empty, acts)))


def _carrier(one: Seen) -> Act:
    return Act(CARRIER, {}, [one], at=one.at)


def _settled(empty: Draft, acts: list[Act]) -> Played:
    """Return acts as played, with those that cannot be replaced by the records themselves."""
    for nth in range(_ROUNDS):
        if nth == _ROUNDS - 1:
            acts = _without(acts, _all(acts))
        draft = drafted(empty, acts)
        try:
            played = play(draft)
        except ScenarioError as error:
            wrong = _wrong(draft, error)
            acts = _without(acts, wrong or _all(acts))
            continue
        if played.lost:
            # An act keeps what it gives, and the others stand for themselves.
            for one, entry in played.lost:
                entry.act.seen.remove(one)
                acts.append(_carrier(one))
            acts = [act for act in acts if act.seen]
            continue
        again = pinned(played)
        wrong = _all(acts) if again is None else disordered(again)
        if again is not None and not wrong:
            return again
        acts = _without(acts, wrong)
    # Records that stand for themselves ask for nothing.
    message = "no scenario was found that gives these records"
    raise RequestError(message)


def _all(acts: Sequence[Act]) -> list[Act]:
    return [act for act in acts if act.does != CARRIER]


def _wrong(draft: Draft, error: ScenarioError) -> list[Act]:
    """Return the acts that an error is about, and those that a silent one was put in for."""
    found = []
    for finding in error.findings:
        parts = finding.path.split(".")
        if parts[0] != "storyline" or len(parts) < 2:
            continue
        place = int(parts[1])
        entries = draft.entries[place:]
        found.append(next(one.act for one in entries if not one.act.is_silent))
    return found


def _without(acts: Sequence[Act], wrong: Sequence[Act]) -> list[Act]:
    """Return acts with the records of some standing for themselves."""
    ids = {id(act) for act in wrong}
    made = [act for act in acts if id(act) not in ids]
    return made + [_carrier(one) for act in acts if id(act) in ids for one in act.seen]


def _improved(played: Played) -> Played:
    """Return a draft after other readings of the whole were tried, one after another."""
    best, least = played, cost_of(played)
    if len(played.pairs) > _MANY:
        return best
    for change in _CHANGES:
        if least == 0:
            break
        options = _over(best.draft.options, change)
        other = tried(replace(best.draft, options=options))
        if other is not None and (cost := cost_of(other)) < least:
            best, least = other, cost
    return best


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return options with others put over them."""
    made = dict(below)
    for name, value in above.items():
        old = made.get(name)
        both = isinstance(old, dict) and isinstance(value, dict)
        made[name] = {**old, **value} if both else value  # type: ignore[dict-item]  # both are
    return made


def _switches() -> Iterator[dict[str, Any]]:
    """Yield every switch in every way but its usual one."""
    for name, described in Switches.model_fields.items():
        values = get_args(described.annotation) or ("true",)
        for value in values:
            if str(value).lower() != str(described.default).lower():
                yield {"switches": {name: value}}


_CHANGES: Final[tuple[dict[str, Any], ...]] = (
    *({"era": era} for era in ERA_NAMES),
    *({"cutover": word} for word in CUTOVERS),
    {"organization": {"member_account_events": "false"}},
    {"instance": {"identity_source": {"kind": "external-idp"}}},
    *_switches(),
)
"""What may be otherwise in the whole scenario, each tried by itself."""
