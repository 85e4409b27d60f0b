"""Deliberate errors, read as a set: all their messages are written alike."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import simulator

ERRORS = {"RequestError", "InputError", "OutputError", "WorkerError", "BadParameter"}


def pieces(node):
    """Return the first and the last piece of a text; what is filled in is `{}`."""
    if isinstance(node, ast.Constant):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        return [part.value if isinstance(part, ast.Constant) else "{}" for part in node.values]
    if isinstance(node, ast.BinOp):
        return [*pieces(node.left), *pieces(node.right)]
    return []


def messages(source):
    """Return the texts that errors are raised with, as far as they stand in the code."""
    found = []
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.FunctionDef):
            continue
        named = {}
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                named.setdefault(node.targets[0].id, []).append(node.value)
            called = getattr(node, "func", None)
            name = getattr(called, "id", getattr(called, "attr", ""))
            if isinstance(node, ast.Call) and name in ERRORS and node.args:
                said = node.args[0]
                texts = named.get(said.id, []) if isinstance(said, ast.Name) else [said]
                found += ["".join(map(str, pieces(text))) for text in texts if pieces(text)]
    return found


def wrong(text):
    """Return what is not as in all others; nothing if it is."""
    if text.endswith((".", "!")) and not text.endswith(("…", "...")):
        return "ends like a sentence"
    if text[:1].isupper():
        return "begins like a sentence"
    if "cannot be read: {" in text:
        return "says `FILE: cannot be read` for `cannot read FILE`"
    if text.startswith(("Error", "error")):
        return "says that it is an error"
    return "" if "  " not in text else "has two spaces"


def test_messages_are_written_alike():
    """No full stop, no capital, one way to say that a file cannot be read."""
    root = Path(simulator.__file__).parent
    found = [
        (path.name, text)
        for path in sorted(root.rglob("*.py"))
        for text in messages(path.read_text("utf-8"))
    ]

    assert len(found) > 200
    assert [(name, text, wrong(text)) for name, text in found if wrong(text)] == []


@pytest.mark.parametrize(
    "line",
    [
        'raise InputError("no such file.")',
        'raise OutputError(f"Cannot write {path}")',
        'raise InputError(f"{path}: cannot be read: {error}")',
    ],
)
def test_another_way_is_seen(line):
    """The control."""
    (text,) = messages(f"def f(path, error):\n    {line}\n")

    assert wrong(text)
