"""JSON text: compact, members in order, UTF-8 unescaped; and the escapes of older files."""

from __future__ import annotations

import pytest

from simulator.primitives import jsontext


def test_json_is_compact_and_keeps_its_order():
    """As CloudTrail's files are."""
    value = {"b": None, "a": [1, True, "é\n"], "c": {}}

    assert jsontext.json_text(value) == '{"b":null,"a":[1,true,"é\\n"],"c":{}}'.encode()


def test_indented_json_is_for_people():
    """By two."""
    assert jsontext.json_text_indented({"a": [1]}) == b'{\n  "a": [\n    1\n  ]\n}'


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("", b""),
        ("plain", b"plain"),
        ('"', b'\\"'),
        ("\\", b"\\\\"),
        ("\x00", b"\\u0000"),
        ("\x7f", b"\x7f"),
        ("日", "日".encode()),
        ("\u2028", "\u2028".encode()),
    ],
)
def test_content_is_what_stands_between_the_quotes(text, content):
    """Only what JSON demands is escaped."""
    assert jsontext.string_content(text) == content


def test_java_escapes():
    """Five marks that JSON leaves alone and older files do not."""
    line = b'{"LoginTo":"https://x/?a=b&c=<d>\'"}'

    assert jsontext.java_escaped(line) == (
        b'{"LoginTo":"https://x/?a\\u003db\\u0026c\\u003d\\u003cd\\u003e\\u0027"}'
    )
