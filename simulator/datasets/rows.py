"""Lines of records and of their truth as rows of a dataset's tables.

All is done for a window at a time. What an override did to a record may fit no shape: of
those few, what does not fit its column is left out of the tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import orjson

from simulator.datasets.columns import Column, Type, nested, picked
from simulator.primitives.instants import parse_instant
from simulator.primitives.jsontext import json_text

if TYPE_CHECKING:
    from collections.abc import Iterable

_PYTHON: Final[dict[Type, type]] = {Type.text: str, Type.flag: bool, Type.number: int}


@dataclass(frozen=True, slots=True)
class Row:
    """A record and its truth."""

    record: dict[str, Any]
    """As it was written; a member that holds anything is a text."""

    truth: dict[str, Any]
    """Its line of truth."""

    at: str
    """When it happened, as text: its eventTime, or where an override hid that, its neighbour's."""

    original: dict[str, Any]
    """As it was written, whole."""

    line: bytes
    """Its text."""


def rows_of(records: bytes, truth: bytes, before: str) -> list[Row]:
    """Return the rows of a window, in order.

    Args:
        records: Lines of records.
        truth: Lines of truth, as many.
        before: When the record before them happened.
    """
    made = []
    for line, told in zip(records.splitlines(), truth.splitlines(), strict=True):
        original = orjson.loads(line)
        said = orjson.loads(told)
        if said["override"]:
            before = _happened(said["eventTime"], before)
            record = _fitting(original, nested())
            said["eventTime"] = said["eventTime"] if _is_instant(said["eventTime"]) else None
        else:
            before = said["eventTime"]
            record = dict(original)
        made.append(Row(_told(record, original), said, before, original, line))
    return made


def _told(record: dict[str, Any], original: dict[str, Any]) -> dict[str, Any]:
    """Return a record with its payloads as text, and beside them what `flat` takes out."""
    for name in _ANYTHING:
        value = original.get(name)
        if value is None:
            record.pop(name, None)
            continue
        record[name] = json_text(value).decode()
        if isinstance(value, dict):
            _pick(value, _WANTED.get(name, {}), record)
    for path in _ANYTHING_BELOW:
        _as_text(record, path)
    return record


def _pick(payload: dict[str, Any], wanted: dict[str, Any], record: dict[str, Any]) -> None:
    for name, value in payload.items():
        what = wanted.get(name)
        if isinstance(what, Column):
            if _fits(value, what.type):
                record[what.name] = value
        elif what is not None and isinstance(value, dict):
            _pick(value, what, record)


def _as_text(record: dict[str, Any], path: tuple[str, ...]) -> None:
    """Put an object's JSON in its place."""
    *above, last = path
    inner: Any = record
    copies = record
    for name in above:
        inner = inner.get(name)
        if not isinstance(inner, dict):
            return
        # The record as it was written is kept.
        inner = copies[name] = dict(inner)
        copies = inner
    if inner.get(last) is not None:
        inner[last] = json_text(inner[last]).decode()


def _fits(value: Any, kind: object) -> bool:  # noqa: ANN401  # any part of a record
    if kind is Type.instant:
        return _is_instant(value)
    # A truth value is a number to Python.
    return type(value) is _PYTHON.get(kind)  # type: ignore[call-overload]


def _is_instant(value: object) -> bool:
    try:
        parse_instant(str(value))
    except ValueError:
        return False
    return isinstance(value, str) and len(value) == len("2025-01-13T08:00:00Z")


def _happened(said: object, before: str) -> str:
    """Return when an overridden record happened: near the one before it, whatever it says."""
    if not (isinstance(said, str) and _is_instant(said)):
        return before
    return said if before <= said < f"{before[:13]}~" else before


def _fitting(value: Any, columns: Iterable[Column]) -> dict[str, Any]:  # noqa: ANN401
    """Return an object without what its columns cannot hold."""
    made = {}
    for column in columns:
        inner = value.get(column.name)
        if inner is None or column.type is Type.json:
            if inner is not None:
                made[column.name] = inner
            continue
        items = inner if column.is_list else [inner]
        if not isinstance(items, list):
            continue
        if isinstance(column.type, tuple):
            kept = [_fitting(item, column.type) for item in items if isinstance(item, dict)]
        else:
            kept = [item for item in items if _fits(item, column.type)]
        if column.is_list or kept:
            made[column.name] = kept if column.is_list else kept[0]
    return made


def _tree() -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for one in picked():
        inner = tree
        for name in one.path[:-1]:
            inner = inner.setdefault(name, {})
        inner[one.path[-1]] = one.column
    return tree


def _json_paths(columns: tuple[Column, ...], above: tuple[str, ...]) -> list[tuple[str, ...]]:
    found = []
    for column in columns:
        path = (*above, column.name)
        if column.type is Type.json:
            found.append(path)
        elif isinstance(column.type, tuple) and not column.is_list:
            found += _json_paths(column.type, path)
    return found


_WANTED: Final = _tree()
"""What `flat` takes out of payloads, by member."""
_ANYTHING: Final = tuple(path[0] for path in _json_paths(nested(), ()) if len(path) == 1)
_ANYTHING_BELOW: Final = tuple(path for path in _json_paths(nested(), ()) if len(path) > 1)


def label_of(row: Row, split: dict[str, str]) -> dict[str, Any]:
    """Return a record's row of labels.

    Args:
        split: Where it belongs, by column.
    """
    truth = row.truth
    user = truth["user"] or {}
    return {
        "eventID": truth["eventID"],
        "eventTime": truth["eventTime"],
        "kind": truth["kind"],
        "era": truth["era"],
        "label": truth["label"],
        "techniques": truth["techniques"],
        "play": truth["play"],
        "play_id": truth["play_id"],
        "step": truth["step"],
        "actor": truth["actor"],
        "user_id": user.get("id"),
        "user_name": user.get("name"),
        "administrator": truth["administrator"],
        "episode": truth["episode"],
        "flow": truth["flow"],
        "entry": truth["entry"],
        "action": truth["action"],
        "outcome": truth["outcome"],
        "override": truth["override"],
        **split,
    }
