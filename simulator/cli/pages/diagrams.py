"""The drawings of `docs/diagrams`, each made of the table that it shows."""

from __future__ import annotations

import ast
import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from simulator.cli.pages import drawing
from simulator.cli.samples import samples
from simulator.flows.sign_in import SIGN_IN, TOTP
from simulator.flows.steps import happenings
from simulator.primitives.comparison import differences
from simulator.primitives.instants import parse_instant
from simulator.records.eras import CUTOVERS, ERA_NAMES, OCTOBER
from simulator.records.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.primitives.quantiles import Quantiles

_ROOT: Final = Path(__file__).parents[3]
_EDGE: Final = 16
_MARKS: Final = {"added": "+", "removed": "\N{MINUS SIGN}", "changed": "~"}
_LIST: Final = re.compile(r"\.\d+(?=\.|$)")


def eras() -> str:
    """Return the eras on a line of time, with the members that each changed."""
    first, last = parse_instant("2024-07-01"), parse_instant("2025-12-31")
    width = drawing.WIDTH - 2 * _EDGE

    def place(at: int) -> float:
        return round(_EDGE + (at - first) * width / (last - first), 1)

    starts = [first, OCTOBER, CUTOVERS["announced"], last]
    marks = [drawing.text(_EDGE, 26, "Eras, by the announcement's first date", bold=True)]
    for index, name in enumerate(ERA_NAMES):
        left, right = place(starts[index]), place(starts[index + 1])
        marks.append(drawing.box(left, 40, right - left, 26, fill=drawing.FILLS[index], radius=0))
        if right - left > 140:
            marks.append(drawing.text((left + right) / 2, 58, name, anchor="middle"))
    # The latest first, so that no line crosses what is written of another.
    for row, (at, what) in enumerate(
        (
            (CUTOVERS["revised"], f"{_day(CUTOVERS['revised'])}: amended"),
            (CUTOVERS["announced"], f"{_day(CUTOVERS['announced'])}: as first announced"),
            (OCTOBER, "October 2024: who acted is added"),
        )
    ):
        x, y = place(at), 88 + 20 * row
        marks += [drawing.stroke(x, 40, x, y, dashed=True), drawing.text(x + 6, y, what)]
    top = 164
    told = []
    for index, name in enumerate(ERA_NAMES):
        changes = _changed(ERA_NAMES[index - 1], name) if index else {}
        marks.append(drawing.box(_EDGE, top - 12, 14, 14, fill=drawing.FILLS[index], radius=2))
        marks.append(drawing.text(_EDGE + 22, top, name, bold=True))
        note = (
            "what the first shapes say"
            if not index
            else f"{len(changes)} members, in so many kinds"
        )
        marks.append(
            drawing.text(drawing.WIDTH - _EDGE, top, note, colour=drawing.QUIET, anchor="end")
        )
        for (what, path), kinds in changes.items():
            top += 19
            marks.append(drawing.text(_EDGE + 22, top, f"{_MARKS[what]} {path}", code=True))
            marks.append(drawing.text(drawing.WIDTH - _EDGE, top, str(kinds), anchor="end"))
        told.append(
            f"{name}: " + (", ".join(f"{path} {what}" for what, path in changes) or "first")
        )
        top += 30
    return drawing.drawing("Eras of records", "; ".join(told), top - 10, marks)


def _day(at: int) -> str:
    return datetime.fromtimestamp(at / 1_000, UTC).date().isoformat()


def _changed(below: str, above: str) -> dict[tuple[str, str], int]:
    """Return what two eras' examples differ in, and in how many kinds."""
    found: dict[tuple[str, str], set[str]] = {}
    for kind in KINDS:
        for sample in samples(kind.name):
            for one in differences(sample.record(below), sample.record(above)):
                if one.what != "same":
                    path = _LIST.sub("[]", one.path)
                    found.setdefault((one.what, path), set()).add(kind.name)
    order = list(_MARKS)
    ranked = sorted(found, key=lambda key: (order.index(key[0]), -len(found[key]), key[1]))
    return {key: len(found[key]) for key in ranked}


_ROW: Final[Mapping[str, int]] = {
    **dict.fromkeys(SIGN_IN.columns, 0),
    "start": 0,
    "key_high": 0,
    "key_low": 0,
    "password_tries": 2,
    "password_ok": 1,
    "factor": TOTP,
    "code_tries": 1,
    "code_ok": 1,
    "known": 1,
    "signed_in": 1,
}
_ANSWERS: Final = {0: "password", 1: "code"}


def sign_in() -> str:
    """Return a sign-in with a wrong password first, event by event, with the gaps between."""
    steps = [one.step for one in happenings(SIGN_IN, _ROW)]
    marks = [drawing.text(_EDGE, 26, "A sign-in: wrong password, right one, code", bold=True)]
    top, line = 58, _EDGE + 130
    told = []
    previous = top
    for index, step in enumerate(steps):
        if index:
            marks.append(drawing.stroke(line, previous + 5, line, top - 5))
        gap = "same request" if step.gap is None else _spread(step.gap) if index else "start"
        name = step.kind.partition("/")[2]
        marks.append(drawing.dot(line, top))
        marks.append(drawing.text(line - 16, top + 4, gap, colour=drawing.QUIET, anchor="end"))
        marks.append(drawing.text(line + 16, top + 4, name))
        note = _outcome(step.sets, name)
        marks.append(
            drawing.text(drawing.WIDTH - _EDGE, top + 4, note, colour=drawing.QUIET, anchor="end")
        )
        told.append(f"{gap}: {name} {note}".strip())
        previous, top = top, top + 32
    marks.append(
        drawing.text(
            _EDGE,
            top + 2,
            "Half of all gaps are shorter than the first figure, nine in",
            colour=drawing.QUIET,
        )
    )
    marks.append(
        drawing.text(_EDGE, top + 20, "ten shorter than the second.", colour=drawing.QUIET)
    )
    return drawing.drawing("The events of a sign-in", "; ".join(told), top + 36, marks)


def _outcome(sets: Mapping[str, int], name: str) -> str:
    if "credential_type" not in sets:
        return ""
    asked = _ANSWERS[sets["credential_type"]]
    if name == "CredentialChallenge":
        return asked
    return f"{asked}, {'wrong' if sets['outcome'] else 'right'}"


def _spread(gap: Quantiles) -> str:
    middle, high = (gap.at(share * (1 << 64) // 10) / 1_000 for share in (5, 9))
    return f"{_seconds(middle)} to {_seconds(high)}"


def _seconds(value: float) -> str:
    return f"{value:.0f} s" if value >= 10 else f"{value:.1f} s"


def rooms() -> str:
    """Return the rooms of the house, in the order in which they may import."""
    contracts: list[dict[str, Any]] = tomllib.loads((_ROOT / "pyproject.toml").read_text("utf-8"))[
        "tool"
    ]["importlinter"]["contracts"]
    (layers,) = (one["layers"] for one in contracts if one["id"] == "layers")
    marks = [drawing.text(_EDGE, 26, "Each room imports only from those below it", bold=True)]
    top = 40
    names = [name.strip("()") for name in layers]
    for name in names:
        marks.append(drawing.box(_EDGE, top, 110, 22, fill=drawing.FILLS[_way(name)]))
        marks.append(drawing.text(_EDGE + 55, top + 16, name, anchor="middle"))
        for row, words in enumerate(drawing.wrapped(_purpose(name), drawing.WIDTH - 160)):
            marks.append(
                drawing.text(_EDGE + 122, top + 16 + 17 * row, words, colour=drawing.QUIET)
            )
            top += 17 if row else 0
        top += 28
    return drawing.drawing(
        "The rooms of simulator/", "From top to bottom: " + ", ".join(names), top + 8, marks
    )


_WAY: Final = ("scenario", "plan", "flows", "records", "directory", "engines", "delivery", "sinks")


def _way(name: str) -> int:
    """Return 2 for a room on the way from scenario to file, and 0 for any other."""
    return 2 if name in _WAY else 0


def _purpose(name: str) -> str:
    """Return the first line of a room's docstring."""
    folder = _ROOT / "simulator" / name
    path = folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")
    words = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    return words.partition("\n")[0]


DRAWINGS: Final = {
    "diagrams/eras.svg": eras,
    "diagrams/sign-in.svg": sign_in,
    "diagrams/rooms.svg": rooms,
}
