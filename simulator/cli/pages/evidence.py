"""`docs/verified-and-inferred.md`: what the records rest on, counted in the tables themselves."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson

from simulator.cli.pages.markdown import code, notice, table
from simulator.records.eras import ERA_NAMES
from simulator.records.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.records.kinds import Kind

_ROOT: Final = Path(__file__).parents[3]
_CASES: Final = _ROOT / "tests" / "records"

_INTRO: Final = """\
AWS publishes no schema of these records. This page says how much of what they are made of a
published page or record shows and how much is inferred, in figures that are counted in the code's
own tables. There are four grades:

- **Verified**: a page of AWS's documents it; the page is named where it is encoded and in
  [Records](records.md#events).
- **Compared with published examples**: our records have the same members, in the same order and
  of the same form.
- **Seen**: no page says so, but published records of others show it. Comments in the code say
  `seen`.
- **Inferred**: neither. It is taken from the nearest thing that is documented, and marked
  `Unverified`.
"""

_KINDS: Final = """\
`Unverified` kinds are those of which at least one part is inferred, often a single member; the
event itself is documented or was seen. [Records](records.md) says for each which part it is."""

_EXAMPLES: Final = """\
Of examples that AWS published, the form is kept: every member and what sort of value it has.
Tests compare our records with it. Where ours are otherwise on purpose, that is listed with its
reason, and a reason that no longer applies fails a test."""

_RECORD_CASES: Final = """\
Besides, whole records are written down by hand, from the page that each names, or constructed
where no page shows one. Both engines must give them byte for byte in their order of members."""

_CODE: Final = """\
What is smaller than a kind (a day, a host name, the order of two members) is marked where it
stands in the code. These are the marks, by [room](how-it-works.md#the-rooms); `grep -rn
Unverified simulator/` shows them."""

_READING: Final = """\
- **A parser** is tested well by verified kinds. Before it depends on an inferred member, look at
  a record of your own; [`validate`](cli.md) says where one differs from ours.
- **A detection** rests on members. [`explain --event`](explain.md) shows a record's, and
  [Records](records.md) what each kind rests on.
- **A disagreement with a real record** is a bug worth reporting: [`case new`](cases.md) makes a
  report that says nobody's name.
- Where AWS's texts disagree with each other or with records, a [switch](records.md#switches) of
  the scenario chooses."""


def page() -> str:
    """Return the page."""
    lines = [notice("the tables of `simulator` and `tests/records`"), "# Verified and inferred", ""]
    lines += [*_INTRO.split("\n"), "## Kinds of event", "", *_KINDS.split("\n"), ""]
    lines += table(("group", "kinds", "verified", "Unverified in part"), _groups())
    lines += _summary()
    lines += ["## Published examples", "", *_EXAMPLES.split("\n"), ""]
    lines += table(("era", "examples", "shown whole"), _examples())
    lines += _deviations()
    lines += ["## Written records", "", *_RECORD_CASES.split("\n"), ""]
    lines += table(("era", "records", "from a page", "constructed"), _cases())
    lines += ["## Marks in the code", "", *_CODE.split("\n"), ""]
    lines += table(("room", "`Unverified`", "`(seen)`"), _marks())
    lines += ["## How to read this", "", *_READING.split("\n")]
    return "\n".join(lines).rstrip() + "\n"


def is_inferred(kind: Kind) -> bool:
    """Return whether any part of a kind is inferred."""
    return kind.basis.startswith("Unverified")


def _groups() -> Iterator[tuple[str, ...]]:
    groups = dict.fromkeys(kind.group for kind in KINDS)
    for group in groups:
        yield (group, *_counted([kind for kind in KINDS if kind.group == group]))
    yield ("**all**", *_counted(list(KINDS)))


def _counted(kinds: list[Kind]) -> tuple[str, str, str]:
    inferred = sum(map(is_inferred, kinds))
    return str(len(kinds)), str(len(kinds) - inferred), str(inferred)


def _summary() -> Iterator[str]:
    announced = [kind for kind in KINDS if kind.announced]
    seen = sum("seen in real records" in kind.basis for kind in KINDS)
    hidden = sum(not kind.is_delivered for kind in KINDS)
    verified = len(announced) - sum(map(is_inferred, announced))
    yield f"Of the {len(announced)} kinds in the table of AWS's announcement {verified} are"
    yield "verified."
    yield f"{seen} kinds rest on real records where no page shows one, and {hidden} are known but"
    yield "never delivered to anybody."
    yield ""


def _read(path: Path) -> Any:  # noqa: ANN401  # JSON
    return orjson.loads(path.read_bytes())


def _examples() -> Iterator[tuple[str, str, str]]:
    for era in ERA_NAMES:
        found = [_read(path) for path in sorted((_CASES / "published" / era).glob("*.json"))]
        yield code(era), str(len(found)), str(sum(one["complete"] for one in found))


def _deviations() -> Iterator[str]:
    yield "What ours do otherwise:"
    yield ""
    for one in _read(_CASES / "published" / "deviations.json"):
        examples = {name for names in one["differences"].values() for name in names}
        yield f"- **{one['name']}** ({len(examples)} examples): {one['reason']}"
    yield ""


def _cases() -> Iterator[tuple[str, ...]]:
    for era in ERA_NAMES:
        sources = Counter(
            "constructed" if one["source"] == "constructed" else "page"
            for path in (_CASES / era).rglob("*.json")
            for one in _read(path)
        )
        yield (
            code(era),
            str(sources.total()),
            str(sources["page"]),
            str(sources["constructed"]),
        )


def _marks() -> Iterator[tuple[str, ...]]:
    for room in sorted(path for path in (_ROOT / "simulator").iterdir() if path.is_dir()):
        # What speaks of the word, as this page does, marks nothing.
        if room.name == "cli":
            continue
        text = "\n".join(path.read_text("utf-8") for path in sorted(room.rglob("*.py")))
        inferred, seen = text.count("Unverified"), text.count("(seen)")
        if inferred or seen:
            yield code(room.name), str(inferred), str(seen)
