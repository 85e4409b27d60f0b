"""`docs/records.md`: every event kind in every era, and where that is known from."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from simulator.cli.pages.calls import calls, heading_of
from simulator.cli.pages.markdown import code, fenced, link, notice, table
from simulator.cli.samples import Sample, samples
from simulator.primitives.comparison import differences
from simulator.primitives.jsontext import json_text, json_text_indented
from simulator.records.api.operations import OPERATIONS
from simulator.records.eras import ERA_NAMES, ERAS, january_2025, october_2024
from simulator.records.kinds import ANNOUNCEMENT, KINDS
from simulator.records.shapes import Part, nodes
from simulator.scenario.schema import json_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.records.eras.ladder import Change, Era
    from simulator.records.kinds import Kind
    from simulator.records.shapes import Node

_CHANGES: Final[dict[str, tuple[Change, ...]]] = {
    october_2024.OCTOBER_2024.name: october_2024.CHANGES,
    january_2025.JANUARY_2025.name: january_2025.CHANGES,
}

_SPANS: Final = {
    "pre-october-2024": "until October 2024",
    "pre-january-2025": 'from October 2024 until the cutover; the announcement\'s "before"',
    "post-january-2025": 'from the cutover on; the announcement\'s "after"',
}

_INTRO: Final = f"""\
What the records of each event look like in each era, and where that is known from. `trailwright
records list`, `show` and `diff` say the same at a terminal. All examples tell of one made-up
company at one instant, so that what differs between two eras is what the era makes differ.

**Unverified** marks what no page of AWS's and no published record shows: it is inferred from the
nearest thing that is documented.

The eras follow AWS's announcement, [Modifications to AWS CloudTrail event data of IAM Identity
Center]({ANNOUNCEMENT}). The announcement's date for the cutover is 13 January 2025; it was
amended to 14 July 2025, and records changed Region by Region until November 2025. `cutover` in a
scenario chooses: `announced` (the default), `revised`, `observed`, or any instant. The event's own
time decides which era its record is in, so that one run may hold both; `--era` fixes it for all.

For programs, each era has a JSON Schema of its records:
{", ".join(f"[{era.name}](schemas/records-{era.name}.schema.json)" for era in ERAS)}.
"""

_SWITCHES: Final = """\
The announcement, its amended form and real records do not agree on everything. Where they differ, a
scenario's `switches` choose; the defaults follow the user guide.
"""

_VERSION: Final = """\
`eventVersion` follows the event's time and its source, not the era: the services moved to newer
versions one by one.
"""

_ACCOUNTS: Final = """\
A record is delivered to the account that owns the instance. What an administrator does from the
account of the `delegated_administrator` is delivered to that account as well: two records of one
request, alike but for `eventID` and `recipientAccountId`. Both have a `sharedEventID`, behind
`recipientAccountId`, which no other record has. This was seen with calls to `sso.amazonaws.com`.
**Unverified**: calls to the directory are shared alike, and name no `resources` then either.
"""


def page() -> str:
    """Return the page."""
    lines = [
        notice("simulator/records"),
        "# Records",
        "",
        *_INTRO.split("\n"),
        "## Eras",
        "",
        *table(
            ("era", "when", "source"),
            ((code(era.name), _SPANS[era.name], f"<{era.source}>") for era in ERAS),
        ),
        *_VERSION.split("\n"),
        "## Accounts",
        "",
        *_ACCOUNTS.split("\n"),
        "## What changed",
        "",
        *_what_changed(),
        "## Switches",
        "",
        *_SWITCHES.split("\n"),
        *_switches(),
        "## Events",
        "",
        *table(
            ("event", "group", "in the announcement's table", "basis"),
            (
                (
                    link(kind.name, _heading(kind)),
                    kind.group,
                    "yes" if kind.announced else "",
                    "Unverified in part" if kind.basis.startswith("Unverified") else "published",
                )
                for kind in KINDS
            ),
        ),
    ]
    group = ""
    for kind in KINDS:
        if kind.name in OPERATIONS:
            continue
        if kind.group != group:
            group = kind.group
            lines += [f"## {group}", ""]
        lines += _kind(kind)
    lines += calls()
    return "\n".join(lines).rstrip() + "\n"


def _heading(kind: Kind) -> str:
    operation = OPERATIONS.get(kind.name)
    return kind.name if operation is None else heading_of(operation.source)


def _what_changed() -> Iterator[str]:
    for name, changes in _CHANGES.items():
        below = ERAS[ERA_NAMES.index(name) - 1]
        yield f"### {name}"
        yield ""
        yield "Each row is quoted from the announcement."
        yield ""
        yield from table(
            ("change", "records"),
            (
                (
                    f"“{change.quote}”",
                    ", ".join(link(kind, kind) for kind in touched(change, below)),
                )
                for change in changes
            ),
        )


def touched(change: Change, below: Era) -> list[str]:
    """Return the kinds whose shape a change edits, itself or in a part that it reads."""
    edited = {*change.parts, *change.swaps}
    return [
        kind.name
        for kind in KINDS
        if kind.name in change.kinds or edited & _parts_of(below.shapes[kind.name], below)
    ]


@cache
def _touches() -> tuple[tuple[str, str, frozenset[str]], ...]:
    """Return the era, the quote and the kinds of every change."""
    return tuple(
        (name, change.quote, frozenset(touched(change, ERAS[ERA_NAMES.index(name) - 1])))
        for name, changes in _CHANGES.items()
        for change in changes
    )


def _parts_of(node: Node, era: Era) -> set[str]:
    found = {inner.name for inner in nodes(node) if isinstance(inner, Part)}
    for name in sorted(found):
        found |= _parts_of(era.parts[name], era)
    return found


def _switches() -> Iterator[str]:
    properties = json_schema()["$defs"]["Switches"]["properties"]
    yield from table(
        ("switch", "values", "what it decides"),
        ((code(name), _values(field), field["description"]) for name, field in properties.items()),
    )


def _values(field: dict[str, Any]) -> str:
    words = [str(word) for word in field.get("enum", ("false", "true"))]
    default = str(field["default"]).lower()
    return ", ".join(f"**{code(word)}**" if word == default else code(word) for word in words)


def _kind(kind: Kind) -> Iterator[str]:
    yield f"### {kind.name}"
    yield ""
    access = "read" if kind.read_only else "write"
    yield f"Somebody {kind.meaning}."
    yield f"`{kind.event_name}` of `{kind.event_source}`, an `{kind.event_type}`; {access}."
    yield f"{_basis(kind)}"
    yield ""
    quotes = [(name, quote) for name, quote, kinds in _touches() if kind.name in kinds]
    for name, quote in quotes:
        yield f"- {name}: “{quote}”"
    if quotes:
        yield ""
    for sample in samples(kind.name):
        yield from _sample(sample)


def _basis(kind: Kind) -> str:
    text, _, address = kind.basis.rpartition(" ")
    if not text:
        return f"Source: <{address}>."
    return f"**Unverified**{text.removeprefix('Unverified')} Nearest source: <{address}>."


def _sample(sample: Sample) -> Iterator[str]:
    records = {era: sample.record(era) for era in ERA_NAMES}
    newest = ERA_NAMES[-1]
    if sample.case:
        yield f"**{sample.case[0].upper()}{sample.case[1:]}**"
        yield ""
    rows = list(_rows(records))
    if rows:
        yield from table(("member", *(code(era) for era in ERA_NAMES)), rows)
    else:
        yield "The same in all eras."
        yield ""
    yield f"<details><summary>The whole record in {newest}</summary>"
    yield ""
    yield from fenced(json_text_indented(records[newest]).decode(), "json")
    yield "</details>"
    yield ""


def _rows(records: dict[str, dict[str, Any]]) -> Iterator[tuple[str, ...]]:
    """Yield the members that are not the same in all eras."""
    oldest, middle, newest = (records[era] for era in ERA_NAMES)
    found = {one.path: one for one in differences(middle, newest)}
    earlier = {one.path: one for one in differences(oldest, middle)}
    for path in dict.fromkeys([*found, *earlier]):
        here, before = found.get(path), earlier.get(path)
        if (here is None or here.what == "same") and (before is None or before.what == "same"):
            continue
        cells = (
            _cell(before is not None and before.what != "added", before and before.before),
            _cell(here is not None and here.what != "added", here and here.before),
            _cell(here is not None and here.what != "removed", here and here.after),
        )
        yield (code(path), *cells)


def _cell(is_there: bool, value: Any) -> str:  # noqa: ANN401  # JSON
    return code(json_text(value).decode()) if is_there else "absent"
