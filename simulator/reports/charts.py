"""The pictures of a report, as Vega-Lite: the one module that knows Altair.

Colours of text and lines are the page's own, by custom property, so that a picture follows
when the page is dark or printed. Colours of marks are legible on both grounds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from simulator.errors import MissingExtraError
from simulator.reports.access import COLUMNS

try:
    import altair as alt
    import vl_convert
except ImportError:
    _IS_THERE = False
else:
    _IS_THERE = True

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from simulator.reports.access import Access, Stop
    from simulator.reports.gathering import Gathered
    from simulator.reports.sessions import Person

Spec = dict[str, Any]
"""A Vega-Lite specification."""
Row = dict[str, Any]
# What Altair's methods return has no types.
Picture: TypeAlias = Any

GROUPS: Final = (
    "#4c78a8", "#f58518", "#54a24b", "#e45756", "#72b7b2", "#b279a2",
    "#9d755d", "#eeca3b", "#ff9da6", "#7f7f7f", "#439894",
)  # fmt: skip
"""Of groups of events, in the order in which they are told."""
LABELS: Final = {"benign": "#4c78a8", "suspicious": "#e0912f", "malicious": "#d03b3b"}
_RIGHT, _WRONG, _OPEN = "#54a24b", "#d03b3b", "#9a9a9a"
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_TIME: Final = "%-d %b %Y, %H:%M:%S"
_USED, _UNUSED = "used", "not used"


def refuse_without_extra() -> None:
    """Say which extra pictures need, before anything is read.

    Raises:
        MissingExtraError: It is not installed.
    """
    if not _IS_THERE:
        feature = "a report"
        raise MissingExtraError(feature, "report")


def script() -> str:
    """Return what draws Vega-Lite in a page: vegaEmbed with all it needs, as JavaScript."""
    major, minor, *_ = alt.SCHEMA_VERSION.removeprefix("v").split(".")
    asked = "window.vegaEmbed = vegaEmbed;"
    return vl_convert.javascript_bundle(asked, vl_version=f"{major}.{minor}")


def volume(made: Gathered, groups: Sequence[str], cutovers: Iterable[tuple[int, str]]) -> Spec:
    """Return records over time by group of events, and where an era begins.

    Args:
        made: What was gathered.
        groups: Names of the groups, in order.
        cutovers: When an era begins, in milliseconds, and its name.
    """
    width = made.volumes.width
    rows: list[Row] = [
        {"from": at, "to": at + width, "group": group, "records": count}
        for at, group, count in made.volumes.rows()
    ]
    picked = alt.selection_point(fields=["group"], bind="legend")
    columns = (
        _chart(rows)
        .mark_bar(binSpacing=0, orient="vertical")
        .encode(
            x=_time("from", title=None),
            x2="to",
            y=alt.Y("records:Q", title="records", stack="zero"),
            color=alt.Color(
                "group:N",
                title=None,
                scale=alt.Scale(domain=list(groups), range=list(GROUPS[: len(groups)])),
                legend=_legend(),
            ),
            opacity=alt.condition(picked, alt.value(1), alt.value(0.12)),
            tooltip=[
                alt.Tooltip("group:N", title="events"),
                alt.Tooltip("from:T", title="from (UTC)", format=_TIME),
                alt.Tooltip("records:Q", format=","),
            ],
        )
        .add_params(picked)
    )
    marks = [{"at": at, "era": f"{era} begins"} for at, era in cutovers]
    layers = [columns]
    if marks:
        base = _chart(marks).encode(x=alt.X("at:T"))
        layers += [
            base.mark_rule(color="var(--accent)", strokeWidth=2, strokeDash=[6, 4]),
            base.mark_text(
                align="right", dx=-6, y=8, color="var(--accent)", fontWeight="bold", fontSize=12
            ).encode(text="era:N"),
        ]
    return _spec(alt.layer(*layers), height=300)


def week(made: Gathered) -> Spec:
    """Return records by weekday and hour of the day."""
    rows: list[Row] = [
        {"day": _DAYS[day], "hour": hour, "records": count}
        for day, hours in enumerate(made.week.hours)
        for hour, count in enumerate(hours)
    ]
    chart = (
        _chart(rows)
        .mark_rect(stroke="var(--ground)", strokeWidth=1.5)
        .encode(
            x=alt.X("hour:O", title="hour of the day, UTC", axis=alt.Axis(labelAngle=0)),
            y=alt.Y("day:O", title=None, sort=list(_DAYS)),
            color=alt.Color(
                "records:Q",
                title="records",
                scale=alt.Scale(scheme="viridis"),
                legend=alt.Legend(orient="bottom", gradientLength=180),
            ),
            tooltip=["day:O", "hour:O", alt.Tooltip("records:Q", format=",")],
        )
    )
    return _spec(chart, height=210)


def factors(made: Gathered) -> Spec:
    """Return what came of each factor that was asked for."""
    outcomes = (("right", _RIGHT), ("wrong", _WRONG), ("no answer", _OPEN))
    rows: list[Row] = [
        {"factor": one.name, "outcome": outcome, "order": place, "times": times}
        for one in made.sign_ins.factors()
        for place, (outcome, times) in enumerate(
            (("right", one.right), ("wrong", one.wrong), ("no answer", one.unanswered))
        )
    ]
    names = list(dict.fromkeys(row["factor"] for row in rows))
    return _spec(_stacked(rows, names, outcomes, "factor"), height=_bars(names))


def entrances(made: Gathered) -> Spec:
    """Return who got in, by the factors that were given."""
    outcomes = (("signed in", _RIGHT), ("refused", _WRONG))
    rows: list[Row] = [
        {"factor": one.types, "outcome": outcome, "order": place, "times": times}
        for one in made.sign_ins.entrances()
        for place, (outcome, times) in enumerate(
            (("signed in", one.succeeded), ("refused", one.failed))
        )
    ]
    names = list(dict.fromkeys(row["factor"] for row in rows))
    return _spec(_stacked(rows, names, outcomes, "way in"), height=_bars(names))


def sessions(made: Gathered, people: Sequence[Person]) -> Spec:
    """Return the sessions of one user at a time; the page sets the parameter `who`."""
    rows: list[Row] = [
        {
            "who": person.who,
            "sort": one.sort,
            "first": one.first,
            "last": one.last,
            "records": one.records,
            "label": one.label or "not told",
            "state": _state(one.failures, ended=one.ended),
        }
        for person in people
        for one in person.sessions
    ]
    who = alt.param(name="who", value=people[0].who if people else "")
    colour: dict[str, Any] = {
        "title": None,
        "scale": alt.Scale(domain=[*LABELS, "not told"], range=[*LABELS.values(), "#7f7f7f"]),
        "legend": _legend(),
    }
    chart = (
        _chart(rows)
        .transform_filter("datum.who == who")
        # What took a few seconds is seen by its border.
        .mark_bar(height=18, fillOpacity=0.5, strokeWidth=2, cornerRadius=2)
        .encode(
            x=_time("first", title=None),
            x2="last",
            y=alt.Y("sort:N", title=None),
            color=alt.Color("label:N", **colour),
            stroke=alt.Stroke("label:N", **colour),
            tooltip=[
                alt.Tooltip("sort:N", title="what"),
                alt.Tooltip("first:T", title="first record (UTC)", format=_TIME),
                alt.Tooltip("last:T", title="last record (UTC)", format=_TIME),
                alt.Tooltip("records:Q", format=","),
                alt.Tooltip("label:N"),
                alt.Tooltip("state:N"),
            ],
        )
        .add_params(who)
    )
    # Everybody's picture goes from the first record of all to the last.
    ends = _chart([{"at": made.first}, {"at": made.last}]).mark_point(opacity=0).encode(x="at:T")
    return _spec(alt.layer(chart, ends), height=170)


def graph(access: Access) -> Spec:
    """Return the ways from users to accounts, one column each; the page sets `node`."""
    places = _places(access)
    related = {_id(stop): [_id(one) for one in mine] for stop, mine in access.related().items()}
    nodes = [
        {
            "id": _id(stop),
            "name": stop[1],
            "column": stop[0],
            "what": COLUMNS[stop[0]],
            "row": places[stop],
            "used": used,
            "state": _USED if used else _UNUSED,
            "related": related[_id(stop)],
        }
        for stop, used in access.nodes()
    ]
    edges = [
        {
            "column": one[0],
            "row": places[one],
            "column2": other[0],
            "row2": places[other],
            "used": used,
            "state": _USED if used else _UNUSED,
            "a": _id(one),
            "b": _id(other),
        }
        for one, other, used in access.edges()
    ]
    node = alt.param(name="node", value="")
    ways = alt.param(name="ways", value=[])
    x = alt.X("column:Q", axis=None, scale=alt.Scale(domain=[-0.12, 3.62]))
    y = alt.Y("row:Q", axis=None, scale=alt.Scale(domain=[-0.03, 1.03], reverse=True))
    is_on = "length(ways) == 0 || (indexof(ways, datum.a) >= 0 && indexof(ways, datum.b) >= 0)"
    lines = (
        _chart(edges)
        .mark_rule(strokeWidth=1.5)
        .encode(
            x=x,
            y=y,
            x2="column2:Q",
            y2="row2:Q",
            color=alt.condition(
                f"datum.state == '{_USED}'", alt.value("#4c78a8"), alt.value("#9a9a9a")
            ),
            strokeDash=alt.condition(
                f"datum.state == '{_USED}'", alt.value([1, 0]), alt.value([3, 4])
            ),
            opacity=alt.condition(is_on, alt.value(0.75), alt.value(0.06)),
        )
    )
    named = _chart(nodes).encode(
        x=x,
        y=y,
        opacity=alt.condition(
            "length(ways) == 0 || indexof(ways, datum.id) >= 0", alt.value(1), alt.value(0.15)
        ),
        tooltip=[
            alt.Tooltip("name:N"),
            alt.Tooltip("what:N", title="is one of"),
            alt.Tooltip("used:Q", title="times entered", format=","),
        ],
    )
    points = named.mark_circle(size=110, cursor="pointer").encode(
        color=alt.condition(f"datum.state == '{_USED}'", alt.value("#4c78a8"), alt.value("#9a9a9a"))
    )
    style = {"align": "left", "dx": 9, "fontSize": 11, "limit": 150, "cursor": "pointer"}
    # Lines run behind names: the ground shows around their letters.
    halo = named.mark_text(stroke="var(--ground)", strokeWidth=5, **style).encode(text="name:N")
    texts = named.mark_text(color="var(--ink)", **style).encode(text="name:N")
    heads = (
        _chart([{"column": n, "name": name} for n, name in enumerate(COLUMNS)])
        .mark_text(align="left", dx=-5, y=-12, fontWeight="bold", color="var(--soft)")
        .encode(x=x, text="name:N")
    )
    rows = max(
        (sum(one[0] == column for one, _ in access.nodes()) for column in range(4)), default=1
    )
    chart = alt.layer(lines, halo, points, texts, heads).add_params(node, ways)
    return _spec(chart, height=max(160, 24 * rows))


def plays(made: Gathered) -> Spec:
    """Return the records of each play, and of what else was scripted, over time."""
    rows: list[Row] = [
        {
            "story": story.key if story.is_play else f"{story.name} ({story.key})",
            "order": place,
            "at": one.at,
            "event": one.event,
            "step": one.step,
            "who": one.who,
            "label": one.label,
            "id": one.event_id,
        }
        for place, story in enumerate(made.stories.in_order())
        for one in story.records
    ]
    # What is drawn last lies on top.
    rows.sort(key=lambda row: (row["order"], [*LABELS].index(row["label"])))
    names = list(dict.fromkeys(row["story"] for row in rows))
    chart = (
        _chart(rows)
        .mark_point(filled=True, size=60, opacity=0.75, cursor="pointer")
        .encode(
            x=_time("at", title=None),
            y=alt.Y("story:N", title=None, sort=names, axis=alt.Axis(grid=True)),
            color=_by_label(),
            shape=alt.Shape(
                "label:N",
                title=None,
                scale=alt.Scale(domain=list(LABELS), range=["circle", "square", "triangle-up"]),
                legend=_legend(),
            ),
            tooltip=[
                alt.Tooltip("at:T", title="at (UTC)", format=_TIME),
                alt.Tooltip("event:N"),
                alt.Tooltip("who:N"),
                alt.Tooltip("step:N"),
                alt.Tooltip("label:N"),
            ],
        )
    )
    return _spec(chart, height=max(90, 22 * len(names) + 30))


def lateness(made: Gathered) -> Spec:
    """Return how late records were delivered."""
    rows: list[Row] = [
        {"late": f"{low} to {high}" if high else f"{low} or more", "records": count}
        for low, high, count in made.deliveries.lateness()
    ]
    return _spec(_columns(rows, "late", "minutes from event to delivery", "records"), height=200)


def sizes(made: Gathered) -> Spec:
    """Return how large log files are, compressed as they were delivered."""
    counted = made.deliveries.sizes
    steps = range(min(counted).bit_length(), max(counted).bit_length() + 1) if counted else ()
    rows: list[Row] = [
        {"bytes": f"{_bytes(low)} to {_bytes(2 * low)}", "files": counted[low]}
        for low in (1 << step - 1 for step in steps if step)
    ]
    return _spec(_columns(rows, "bytes", "size of a log file", "files"), height=200)


def _bytes(size: int) -> str:
    units = (("MiB", 1 << 20), ("kiB", 1 << 10))
    return next((f"{size // unit} {name}" for name, unit in units if size >= unit), f"{size} B")


def _columns(rows: list[Row], name: str, title: str, value: str) -> Picture:
    return (
        _chart(rows)
        .mark_bar(color=GROUPS[0])
        .encode(
            x=alt.X(
                f"{name}:O",
                title=title,
                sort=[row[name] for row in rows],
                axis=alt.Axis(labelAngle=-40),
            ),
            y=alt.Y(f"{value}:Q", title=value),
            tooltip=[alt.Tooltip(f"{name}:O", title=title), alt.Tooltip(f"{value}:Q", format=",")],
        )
    )


def _stacked(
    rows: list[Row], names: list[str], outcomes: Sequence[tuple[str, str]], title: str
) -> Picture:
    return (
        _chart(rows)
        .mark_bar()
        .encode(
            x=alt.X("times:Q", title="times", stack="zero", axis=alt.Axis(tickCount=6)),
            y=alt.Y("factor:N", title=None, sort=names),
            color=alt.Color(
                "outcome:N",
                title=None,
                scale=alt.Scale(
                    domain=[name for name, _ in outcomes], range=[colour for _, colour in outcomes]
                ),
                legend=_legend(),
            ),
            order=alt.Order("order:Q"),
            tooltip=[
                alt.Tooltip("factor:N", title=title),
                alt.Tooltip("outcome:N"),
                alt.Tooltip("times:Q", format=","),
            ],
        )
    )


def _bars(names: Sequence[str]) -> int:
    return max(60, 30 * len(names))


def _by_label() -> alt.Color:
    return alt.Color(
        "label:N",
        title=None,
        scale=alt.Scale(domain=list(LABELS), range=list(LABELS.values())),
        legend=_legend(),
    )


def _chart(rows: Sequence[Row]) -> Picture:
    return alt.Chart(alt.Data(values=rows))  # type: ignore[no-untyped-call]


def _legend() -> alt.Legend:
    # In how many columns is for the page to say, which knows its width.
    return alt.Legend(orient="bottom")


def _time(name: str, *, title: str | None) -> alt.X:
    return alt.X(f"{name}:T", title=title, scale=alt.Scale(type="utc"), axis=alt.Axis(tickCount=7))


def _state(failures: int, *, ended: bool) -> str:
    said = ["signed out" if ended else "not signed out"]
    if failures:
        said.append(f"{failures} failed")
    return ", ".join(said)


def _id(stop: Stop) -> str:
    return f"{stop[0]}:{stop[1]}"


def _places(access: Access) -> dict[Stop, float]:
    """Return how far down each node stands: columns are spread over one height."""
    made: dict[Stop, float] = {}
    for column in range(len(COLUMNS)):
        mine = [stop for stop, _ in access.nodes() if stop[0] == column]
        for place, stop in enumerate(mine):
            made[stop] = (place + 0.5) / len(mine)
    return made


def _spec(chart: Picture, *, height: int) -> Spec:
    made: Spec = chart.properties(width="container", height=height).to_dict()
    # The page has its own; the schema's address is no use without a network.
    for name in ("$schema", "config"):
        made.pop(name, None)
    return made
