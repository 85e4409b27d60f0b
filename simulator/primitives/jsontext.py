"""The only place that writes JSON text."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Json: TypeAlias = "str | int | float | bool | Mapping[str, Json] | Sequence[Json] | None"


def json_text(value: Json) -> bytes:
    """Return a value as compact JSON, members in the order given, UTF-8 unescaped."""
    return orjson.dumps(value)


def json_text_indented(value: Json) -> bytes:
    """Return a value as JSON for people to read, indented by two."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2)


def string_content(text: str) -> bytes:
    """Return what stands between the quotes when a string is written as JSON."""
    return orjson.dumps(text)[1:-1]


def java_escaped(line: bytes) -> bytes:
    r"""Escape the marks that older log files write as `\u003d` and the like.

    None of these characters occurs in JSON outside strings, so that finished text can
    be rewritten as a whole.
    """
    for mark, escape in (
        (b"=", b"\\u003d"),
        (b"&", b"\\u0026"),
        (b"<", b"\\u003c"),
        (b">", b"\\u003e"),
        (b"'", b"\\u0027"),
    ):
        line = line.replace(mark, escape)
    return line
