"""The page: one file of HTML that needs no network, to be looked at, sent and printed."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from simulator.conversion import Resolver
from simulator.errors import MissingExtraError
from simulator.explanation.telling import telling_of
from simulator.primitives.instants import format_instant
from simulator.primitives.jsontext import java_escaped, json_text
from simulator.primitives.version import version
from simulator.reports import charts
from simulator.reports.eras import AFTER, BEFORE, sides
from simulator.reports.sections import facts_line, late, sectioned
from simulator.scenario import library
from simulator.scenario.resolve import resolve
from simulator.validation.findings import shown
from simulator.validation.report import plural

try:
    import jinja2
except ImportError:
    _IS_THERE = False
else:
    _IS_THERE = True

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.primitives.jsontext import Json
    from simulator.reports.episodes import Story
    from simulator.reports.eras import SideBySide
    from simulator.reports.gathering import Gathered
    from simulator.reports.samples import Sample
    from simulator.scenario.document import Scenario

_MARKS: Final = {"same": "", "added": "+", "removed": "−", "changed": "~"}  # noqa: RUF001  # a minus
_MOST_STEPS: Final = 120
"""Records of a story that are listed."""
_MOST_VALUE: Final = 400
"""Letters of a value that are shown."""


def refuse_without_extra() -> None:
    """Say which extra a page needs, before anything is read.

    Raises:
        MissingExtraError: It is not installed.
    """
    if not _IS_THERE:
        feature = "a report"
        raise MissingExtraError(feature, "report")
    charts.refuse_without_extra()


def page(made: Gathered) -> str:
    """Return what was gathered as one page of HTML.

    Raises:
        ScenarioError: The scenario of a run's manifest cannot be read by this version.
    """
    scenario = _scenario_of(made)
    both = [*sides(made.samples.firsts, _resolver(made))]
    report = sectioned(made, scenario, both)
    samples = made.samples.kept()
    ids = {one.fact.event_id for one in samples}
    pictures = [one for section in report.sections for one in section.pictures]
    data: dict[str, Json] = {
        "charts": {one.id: one.spec for one in pictures},
        "related": {node: list(others) for node, others in report.related.items()},
        "records": [_record(one) for one in samples],
        "total": made.samples.met,
    }
    return (
        _template()
        .render(
            title=made.name,
            version=version(),
            lead=_lead(made, scenario),
            cards=facts_line(made),
            sections=report.sections,
            stories=[_story(one, ids) for one in made.stories.in_order()],
            sides=[_side(one) for one in both if one.differs],
            before=BEFORE,
            after=AFTER,
            has_truth=made.has_truth,
            footer=_footer(made),
            # No `<` may end the element that this stands in.
            data=java_escaped(json_text(data)).decode(),
            style=_text("page.css"),
            script=_text("page.js"),
            library=charts.script(),
        )
        .rstrip()
        + "\n"
    )


def _template() -> jinja2.Template:
    made = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    return made.from_string(_text("page.html"))


def _text(name: str) -> str:
    return (files("simulator.reports") / "page" / name).read_text("utf-8")


def _scenario_of(made: Gathered) -> Scenario | None:
    if made.manifest is None:
        return None
    return resolve(library.read(made.manifest.resolved, "scenario.resolved"))


def _resolver(made: Gathered) -> Resolver:
    """Return whose id is whose name, as far as the truth tells of the records that are shown."""
    told = [one.fact.told for one in made.samples.firsts.values()]
    pairs = {one.user_id: one.user_name for one in told if one is not None and one.user_id}
    return Resolver(dict(pairs), {name: identifier for identifier, name in pairs.items() if name})


def _lead(made: Gathered, scenario: Scenario | None) -> str:
    records = plural(made.records, "record")
    if scenario is None:
        return f"{records} of CloudTrail, read from {plural(made.files, 'file')}."
    about = f" {scenario.description}" if scenario.description else ""
    return f"{records} of CloudTrail, all of them made up: nobody in them exists.{about}"


def _footer(made: Gathered) -> str:
    said = f"Written by Trailwright {version()}."
    if made.manifest is not None:
        said += " The same scenario, seed and version give the same records, to the byte."
    if made.troubles:
        said += f" Left out, since it is no record: {plural(made.troubles, 'place')}."
    if made.timeless:
        said += f" Without a time that can be read: {plural(made.timeless, 'record')}."
    return said


def _record(one: Sample) -> dict[str, Json]:
    fact, telling = one.fact, telling_of(one.record)
    told = fact.told
    truth = "" if told is None else ", ".join(_truth(one))
    return {
        "id": fact.event_id,
        "time": "?" if fact.at is None else format_instant(fact.at),
        "event": fact.event or fact.kind,
        "who": fact.who,
        "era": fact.era,
        "label": "" if told is None else told.label,
        "says": f"{telling.who.says} {telling.deed}, {telling.where}.",
        "truth": f"The truth: {truth}." if truth else "",
        "record": one.record,
    }


def _truth(one: Sample) -> Iterator[str]:
    told = one.fact.told
    assert told is not None
    yield told.label
    yield f"by {told.who}" if told.who else "by nobody in the directory"
    if told.is_scripted:
        yield f"play {told.play}" if told.play else f"entry {told.entry}"
        if told.step:
            yield f"step {told.step}"
        yield from told.techniques
    else:
        yield "everyday activity"
    if told.delivered:
        yield f"delivered {' and '.join(told.delivered)}"


def _story(story: Story, ids: set[str]) -> dict[str, Any]:
    records = story.records
    begins = records[0].at if records else 0
    more = story.count - min(len(records), _MOST_STEPS)
    techniques = f", {', '.join(story.techniques)}" if story.techniques else ""
    return {
        "name": story.name,
        "label": story.label,
        "told": f"{format_instant(begins)}, {story.count:,} records{techniques} · {story.key}",
        "steps": [
            {
                "id": one.event_id,
                "offset": late(one.at, begins),
                "event": one.event,
                "told": f"{one.who} · {one.step}{' · failed' if one.is_failure else ''}",
                "shown": one.event_id in ids,
            }
            for one in records[:_MOST_STEPS]
        ],
        "more": f"{more:,}" if more > 0 else "",
    }


def _side(one: SideBySide) -> dict[str, Any]:
    changed = sum(member.what != "same" for member in one.members)
    return {
        "kind": one.kind,
        "told": f"{changed} of {len(one.members)} members differ",
        "left": one.left,
        "members": [
            {
                "what": member.what,
                "mark": _MARKS[member.what],
                "path": member.path,
                "before": "" if member.what == "added" else _value(member.before),
                "after": "" if member.what == "removed" else _value(member.after),
            }
            for member in one.members
        ],
    }


def _value(value: Any) -> str:  # noqa: ANN401  # JSON
    text = json_text(value).decode()
    return text if len(text) <= _MOST_VALUE else shown(text[:_MOST_VALUE])
