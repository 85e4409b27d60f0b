"""What a report says, section by section: words, tables, and which pictures stand where."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from simulator.explanation.notes import span
from simulator.primitives.instants import MINUTE, format_instant
from simulator.records.eras import ERA_NAMES, boundaries
from simulator.reports import charts
from simulator.reports.access import COLUMNS, granted_access, used_access
from simulator.reports.eras import AFTER, BEFORE
from simulator.reports.facts import OTHER, eras_in_order
from simulator.validation.report import plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from simulator.reports.access import Access, Stop
    from simulator.reports.charts import Spec
    from simulator.reports.eras import SideBySide
    from simulator.reports.gathering import Gathered
    from simulator.reports.sessions import Person
    from simulator.scenario.document import Scenario

MOST_PEOPLE: Final = 40
"""Users whose sessions can be looked at."""
MOST_SESSIONS: Final = 250
"""Sessions of one user that are drawn."""
_MOST_ROWS: Final = 200
"""Rows of a table of numbers."""
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_WHAT_ERAS_ARE: Final = (
    "CloudTrail has written records of IAM Identity Center in more than one shape. Each shape is "
    "called an era here; AWS announced the change between the last two for January 2025. A parser "
    "or a detection that knows one of them may miss the other."
)
_WHAT_SIGN_INS_ARE: Final = (
    "A sign-in asks for one factor after another (CredentialChallenge), each is checked "
    "(CredentialVerification), and when enough were right the user is in (UserAuthentication)."
)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under headings."""

    name: str
    """What it is, for those who do not see it."""
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: frozenset[int] = frozenset()
    """Columns of numbers."""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, what it shows, and its numbers."""

    id: str
    alt: str
    spec: Spec
    title: str = ""
    caption: str = ""
    table: Table | None = None
    choose: str = ""
    """What can be chosen."""
    choices: tuple[tuple[str, str], ...] = ()
    """Value and text of each choice."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page."""

    id: str
    title: str
    texts: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(slots=True)
class Report:
    """All that a page says."""

    made: Gathered
    scenario: Scenario | None
    """Resolved; absent for records of unknown origin."""
    sides: tuple[SideBySide, ...] = ()
    sections: list[Section] = field(default_factory=list)
    related: dict[str, list[str]] = field(default_factory=dict)
    """Node of the graph to all that lie on a way through it."""


def sectioned(made: Gathered, scenario: Scenario | None, sides: Sequence[SideBySide]) -> Report:
    """Return what there is to say of what was gathered."""
    report = Report(made, scenario, tuple(sides))
    report.sections += [_origin(report), _volume(report), _week(made)]
    if made.sign_ins.counts:
        report.sections.append(_sign_ins(made))
    people = [*made.sessions.people()]
    if people:
        report.sections.append(_sessions(made, people))
    access = _access(made, scenario, people)
    if access.ways:
        report.related = {
            _node(stop): sorted(map(_node, others)) for stop, others in access.related().items()
        }
        report.sections.append(_graph(access))
    if made.stories.found:
        report.sections.append(_plays(made))
    if report.sides:
        report.sections.append(_eras(report))
    if made.deliveries.files or made.deliveries.late:
        report.sections.append(_delivery(made))
    report.sections.append(_records(made))
    return report


# --- What this is ---------------------------------------------------------------------


def _origin(report: Report) -> Section:
    made, scenario = report.made, report.scenario
    texts = [_WHAT_ERAS_ARE]
    if made.manifest is None:
        texts.append("Which era a record is in is told from its members.")
    rows = [
        (era, f"{_of_era(made, era):,}", *(format_instant(at) for at in made.eras[era]))
        for era in eras_in_order(set(made.eras))
    ]
    eras = Table(
        "Records by era", ("era", "records", "first", "last"), tuple(rows), frozenset({1}), "Eras"
    )
    tables = [eras, _by_kind(made)]
    if scenario is not None:
        tables.insert(0, _facts(made, scenario))
    return Section("origin", "What this is", tuple(texts), tables=tuple(tables))


def _of_era(made: Gathered, wanted: str) -> int:
    return sum(count for (_, _, era), count in made.kinds.items() if era == wanted)


def _facts(made: Gathered, scenario: Scenario) -> Table:
    manifest = made.manifest
    assert manifest is not None
    window = scenario.window
    rows = [
        ("scenario", scenario.scenario),
        ("what it is about", scenario.description or "not said"),
        ("seed", str(scenario.seed)),
        ("window", " to ".join(_time(at) for at in (window.start, window.end))),
        ("era", scenario.era),
        ("made by", f"Trailwright {manifest.version}, generation {manifest.generation} of bytes"),
        ("written as", manifest.output),
        ("resolved scenario", f"sha256 {manifest.resolved_sha256}"),
    ]
    if manifest.damaged:
        damage = ", ".join(f"{name} ({count:,})" for name, count in manifest.damaged.items())
        rows.append(("damaged on purpose", damage))
    return Table("The run", ("", ""), tuple(rows), title="The run")


def _time(at: int | None) -> str:
    return "?" if at is None else format_instant(at)


def _minute(at: int | None) -> str:
    return _time(at)[:16].replace("T", " ")


def _by_kind(made: Gathered) -> Table:
    eras = eras_in_order(set(made.eras))
    counts: dict[tuple[str, str], dict[str, int]] = {}
    for (group, kind, era), count in made.kinds.items():
        counts.setdefault((group, kind), {})[era] = count
    order = {group: place for place, group in enumerate(_groups(made))}
    rows = tuple(
        (group, kind, *(f"{mine.get(era, 0):,}" if era in mine else "-" for era in eras))
        for (group, kind), mine in sorted(
            counts.items(), key=lambda one: (order[one[0][0]], -sum(one[1].values()), one[0])
        )
    )
    right = frozenset(range(2, 2 + len(eras)))
    return Table("Records by event and era", ("events", "event", *eras), rows, right, "Events")


def _groups(made: Gathered) -> list[str]:
    """Return the groups of events: those with most records first, unknown ones last."""
    sums: dict[str, int] = {}
    for (group, _, _), count in made.kinds.items():
        sums[group] = sums.get(group, 0) + count
    return sorted(sums, key=lambda group: (group == OTHER, -sums[group], group))


# --- Over time ------------------------------------------------------------------------


def cutovers(made: Gathered, scenario: Scenario | None) -> Iterator[tuple[int, str]]:
    """Yield when an era begins within the records: as declared, else as seen."""
    if made.first is None or made.last is None:
        return
    if scenario is not None:
        region = scenario.instance.region
        starts = boundaries(scenario.cutover, region, scenario.era).rest
        for at, era in zip(starts, ERA_NAMES[1:], strict=True):
            if made.first < at <= made.last:
                yield at, era
        return
    seen = [era for era in ERA_NAMES if era in made.eras]
    for earlier, later in pairwise(seen):
        if made.eras[later][0] > made.eras[earlier][0]:
            yield made.eras[later][0], later


def _volume(report: Report) -> Section:
    made = report.made
    groups = _groups(made)
    marks = [*cutovers(made, report.scenario)]
    each = span(0, made.volumes.width)
    rows = [(format_instant(at), group, f"{count:,}") for at, group, count in made.volumes.rows()]
    table = Table(
        "Records over time",
        ("from", "events", "records"),
        tuple(rows[:_MOST_ROWS]),
        frozenset({2}),
    )
    told = " and ".join(f"{era} begins at {format_instant(at)}" for at, era in marks)
    change = f"The line marks the change: {told}." if told else "No change falls within this time."
    texts = (f"Each column is {each}. Pick events in the legend to see them alone.", change)
    totals = made.volumes.totals()
    alt = (
        f"Records over time in columns of {each}, by group of events: "
        f"{sum(totals):,} records, at most {max(totals, default=0):,} in one column. {told}"
    )
    picture = Picture("volume", alt, charts.volume(made, groups, marks), table=table)
    return Section("volume", "Volume", texts, (picture,))


def _week(made: Gathered) -> Section:
    hours = made.week.hours
    table = Table(
        "Records by weekday and hour",
        ("", *(str(hour) for hour in range(24))),
        tuple(
            (day, *(f"{count:,}" for count in row)) for day, row in zip(_DAYS, hours, strict=True)
        ),
        frozenset(range(1, 25)),
    )
    busiest = max(((hours[d][h], d, h) for d in range(7) for h in range(24)), default=(0, 0, 0))
    alt = (
        f"Heat map of records by weekday and hour in UTC. The busiest hour is {_DAYS[busiest[1]]} "
        f"at {busiest[2]}:00 with {busiest[0]:,} records."
    )
    text = "When people are at work, and what goes on while they are not. Hours are in UTC."
    return Section(
        "week", "Week", (text,), (Picture("weekly", alt, charts.week(made), table=table),)
    )


# --- Who got in -----------------------------------------------------------------------


def _sign_ins(made: Gathered) -> Section:
    factors, entrances = [*made.sign_ins.factors()], [*made.sign_ins.entrances()]
    asked = Table(
        "Factors",
        ("factor", "asked", "right", "wrong", "no answer"),
        tuple(
            (
                one.name or "not said",
                *(f"{n:,}" for n in (one.asked, one.right, one.wrong, one.unanswered)),
            )
            for one in factors
        ),
        frozenset(range(1, 5)),
    )
    entered = Table(
        "Ways in",
        ("factors", "signed in", "refused"),
        tuple(
            (one.types or "not said", f"{one.succeeded:,}", f"{one.failed:,}") for one in entrances
        ),
        frozenset({1, 2}),
    )
    pictures = []
    if factors:
        alt = "What came of each factor: " + "; ".join(
            f"{one.name} asked {one.asked:,} times, right {one.right:,}, wrong {one.wrong:,}"
            for one in factors
        )
        title = "Asked for, and what was given"
        pictures.append(Picture("factors", alt, charts.factors(made), title, table=asked))
    if entrances:
        alt = "Who got in: " + "; ".join(
            f"{one.types} {one.succeeded:,} times, refused {one.failed:,}" for one in entrances
        )
        pictures.append(
            Picture("entrances", alt, charts.entrances(made), "Who got in", table=entered)
        )
    return Section("sign-ins", "Sign-ins", (_WHAT_SIGN_INS_ARE,), tuple(pictures))


def _numbers(*counts: int) -> tuple[str, ...]:
    return tuple(f"{count:,}" for count in counts)


def _sessions(made: Gathered, people: Sequence[Person]) -> Section:
    shown = [replace(one, sessions=one.sessions[:MOST_SESSIONS]) for one in people[:MOST_PEOPLE]]
    choices = tuple(
        (one.who, f"{one.who} ({plural(len(one.sessions), 'session')}{_suspected(one)})")
        for one in people[:MOST_PEOPLE]
    )
    left = len(people) - len(shown)
    more = f" {left:,} more users are not in this page." if left else ""
    if unknown := made.sessions.left_out:
        more += f" Of further sessions {plural(unknown, 'record')} are left out: they are too many."
    caption = (
        "A bar goes from the first record to the last of what shares one sign-in, one portal "
        f"session or one token.{more}"
    )
    rows = tuple(
        (
            one.who,
            f"{len(one.sessions):,}",
            f"{sum(session.records for session in one.sessions):,}",
            f"{sum(session.failures for session in one.sessions):,}",
            one.label or "-",
        )
        for one in people[:_MOST_ROWS]
    )
    table = Table(
        "Sessions by user",
        ("user", "sessions", "records", "failures", "label"),
        rows,
        frozenset({1, 2, 3}),
    )
    alt = f"Sessions of one user at a time over the time of the records, of {len(people):,} users."
    spec = charts.sessions(made, shown)
    picture = Picture(
        "sessions", alt, spec, "", caption, table, choose="Sessions of", choices=choices
    )
    texts = ("Whom the truth suspects comes first, then those with most sessions.",)
    return Section("sessions", "Sessions", texts if made.has_truth else (), (picture,))


def _suspected(person: Person) -> str:
    return f", {person.label}" if person.label not in {"", "benign"} else ""


def _access(made: Gathered, scenario: Scenario | None, people: Sequence[Person]) -> Access:
    if scenario is None:
        return used_access(made.access)
    return granted_access(scenario, made.access, (one.who for one in people))


def _node(stop: Stop) -> str:
    return f"{stop[0]}:{stop[1]}"


def _graph(access: Access) -> Section:
    choices = (
        ("", "all"),
        *((_node(stop), f"{stop[1]} ({COLUMNS[stop[0]]})") for stop, _ in access.nodes()),
    )
    rows = tuple(
        (
            *(name for _, name in way.stops[:1]),
            _group(way.stops),
            *(n for _, n in way.stops[-2:]),
            f"{way.used:,}",
        )
        for way in access.ways
    )
    table = Table(
        "Ways in", ("users", "group", "permission set", "account", "times"), rows, frozenset({4})
    )
    left = [
        f"{count:,} {name}" for name, count in zip(COLUMNS, access.left_out, strict=True) if count
    ]
    granted = (
        "Who may enter which account when the window begins, by which group and with which "
        "permission set. Solid ways were used, dotted ones were not."
        if access.is_granted
        else "Who entered which account with which permission set, as far as these records show."
    )
    more = f" Left out, since they are used least: {', '.join(left)}." if left else ""
    alt = f"Graph of {len(access.ways):,} ways from users by groups and permission sets to accounts"
    picture = Picture(
        "graph",
        alt,
        charts.graph(access),
        caption="Pick a user, a group, a permission set or an account to see its ways alone."
        + more,
        table=table,
        choose="Ways of",
        choices=choices,
    )
    return Section("access", "Access", (granted,), (picture,))


def _group(stops: Sequence[Stop]) -> str:
    return next((name for column, name in stops if column == 1), "-")


# --- Stories, eras, delivery ----------------------------------------------------------


def _plays(made: Gathered) -> Section:
    stories = [*made.stories.in_order()]
    plays = sum(one.is_play for one in stories)
    told = f"{plays:,} {'play' if plays == 1 else 'plays'} and near-misses" if plays else ""
    others = len(stories) - plays
    rest = f"{others:,} {'entry' if others == 1 else 'entries'} of the storyline" if others else ""
    says = " and ".join(part for part in (told, rest) if part)
    text = (
        f"What was scripted: {says}. All else is everyday activity. A play is an attack, a "
        "near-miss looks like one and is none; each record's label says which."
    )
    alt = f"Time line of {says}; each mark is a record."
    picture = Picture(
        "plays-line", alt, charts.plays(made), caption="Pick a mark to see its record."
    )
    return Section("plays", "Plays", (text,), (picture,))


def _eras(report: Report) -> Section:
    differing = sum(one.differs for one in report.sides)
    alike = ", ".join(one.kind for one in report.sides if not one.differs)
    text = (
        f"One record of each event as it is before the change ({BEFORE}) and after it ({AFTER}). "
        f"{differing:,} of {len(report.sides):,} events differ."
    )
    same = (f"The same in both: {alike}.",) if alike else ()
    return Section("eras", "Two eras", (text, *same))


def _delivery(made: Gathered) -> Section:
    found = made.deliveries
    pictures = []
    texts = []
    if found.late:
        rows = tuple(
            (str(low), "" if high is None else str(high), f"{count:,}")
            for low, high, count in found.lateness()
            if count
        )
        table = Table("Lateness", ("from minute", "to", "records"), rows, frozenset({0, 1, 2}))
        worst = span(0, found.worst)
        texts.append(
            f"{found.once + found.repeated:,} records were delivered, {found.repeated:,} of them "
            f"twice, the latest {worst} after it happened."
        )
        alt = f"How long after the event records were delivered; the latest after {worst}."
        pictures.append(Picture("lateness", alt, charts.lateness(made), "Lateness", table=table))
    if found.files:
        texts.append(
            f"{found.files:,} log files hold {found.records:,} records in {found.bytes:,} bytes."
        )
        alt = f"Sizes of {found.files:,} log files."
        pictures.append(Picture("sizes", alt, charts.sizes(made), "Sizes of log files"))
    return Section("delivery", "Delivery", tuple(texts), tuple(pictures))


def _records(made: Gathered) -> Section:
    shown = len(made.samples)
    all_of = made.samples.met
    text = (
        f"All {all_of:,} records are here."
        if shown == all_of
        else f"{shown:,} of {all_of:,} records are here: scripted ones first, the first of each "
        "event in each era, and some of the rest, spread evenly."
    )
    return Section("records", "Records", (text,))


def late(at: int, since: int) -> str:
    """Return how long after another instant something is, as `+2 min 10 s`."""
    return f"+{span(since, at)}" if at - since >= MINUTE // 60 else "+0 s"


def facts_line(made: Gathered) -> list[tuple[str, str]]:
    """Return what a reader wants to know first."""
    cards = [
        ("records", f"{made.records:,}"),
        ("users and callers", f"{len(made.users):,}"),
        ("events", f"{len({kind for _, kind, _ in made.kinds}):,} kinds"),
        ("first, UTC", _minute(made.first)),
        ("last, UTC", _minute(made.last)),
        ("failures", f"{sum(made.failures.values()):,}"),
    ]
    odd = sum(count for label, count in made.labels.items() if label not in {"", "benign"})
    if made.has_truth:
        cards.append(("suspicious or malicious", f"{odd:,}"))
    return cards
