"""Base 64, %XX and long runs that spell nothing: told apart, taken off and put on again."""

from __future__ import annotations

import base64
import binascii
import re
import urllib.parse
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST_BASE64: Final = 400_000
"""Characters; a record has no more."""

HEX: Final = re.compile(r"[0-9a-f]{16,}|[0-9A-F]{16,}")
"""A long hexadecimal number."""

_MIXED: Final = re.compile(r"[0-9][A-Za-z]")


def decoded(text: str) -> str | None:
    """Return the readable text of which a run of characters is the base 64, if it is."""
    if not 8 <= len(text) <= _LONGEST_BASE64:
        return None
    own = text.rstrip("=")
    if len(own) % 4 == 1:
        return None
    plain = own.replace("-", "+").replace("_", "/")
    try:
        octets = base64.b64decode(plain + "=" * (-len(own) % 4), validate=True)
        found = octets.decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    is_readable = all(mark.isprintable() or mark in "\r\n\t" for mark in found)
    return found if is_readable and encoded(found, text) == text else None


def encoded(found: str, like: str) -> str:
    """Return the base 64 of a text in the alphabet and with the padding of another."""
    is_whole = len(like) % 4 == 0
    made = base64.b64encode(found.encode()).decode()
    if "-" in like or "_" in like or not (is_whole or "+" in like or "/" in like):
        made = made.replace("+", "-").replace("/", "_")
    return made if is_whole else made.rstrip("=")


def is_readable(text: str) -> bool:
    """Return whether a run is the base 64 of a readable text, and long enough for no accident."""
    return (len(text) >= 12 or text.endswith("=")) and decoded(text) is not None


def is_opaque(text: str) -> bool:
    """Return whether a run is an encoding, a long number or a token, and no words."""
    own = text.rstrip("=")
    if HEX.fullmatch(own):
        return not own.isdecimal()
    return is_readable(text) or _is_token(own)


def _is_token(text: str) -> bool:
    """Return whether a long run spells nothing: digits stand among its letters."""
    if len(text) < 20:
        return False
    if len(text) == 86 and text.startswith("AAAAA"):
        return True  # What begins with its own end is said to be a token by that alone.
    parts = re.split(r"[-_/+]", text)
    mixed = sum(len(part) for part in parts if len(part) >= 6 and _MIXED.search(part))
    return 10 * mixed > 7 * len(text)


def unescaped(text: str) -> str:
    """Return a text with its %XX decoded, however often they were encoded."""
    for _ in range(9):
        made = urllib.parse.unquote(text)
        if made == text:
            break
        text = made
    return text


_UNIT: Final = re.compile(r"%(?:25)*([0-9A-Fa-f]{2})")


def escape_units(text: str) -> Iterator[tuple[str, str]]:
    """Yield the characters of a text with %XX in it: as each is written, and which it is.

    What is no UTF-8 is U+FFFD, octet by octet.
    """
    done = 0
    while done < len(text):
        match = _UNIT.match(text, done)
        if match is None:
            yield text[done], text[done]
            done += 1
            continue
        octets, end = bytearray([int(match[1], 16)]), match.end()
        more = 0 if octets[0] < 0xC0 else 1 + (octets[0] >= 0xE0) + (octets[0] >= 0xF0)
        while more and (following := _UNIT.match(text, end)) is not None:
            octets.append(int(following[1], 16))
            end = following.end()
            more -= 1
        try:
            meant = octets.decode()
        except UnicodeDecodeError:
            end, meant = match.end(), "\ufffd"
        yield text[done:end], meant
        done = end


def escaped_letters(text: str) -> list[tuple[str, bool]]:
    """Return the characters of a text with %XX in it, and whether each is written so."""
    return [
        (_older(part) if meant == "\ufffd" else meant, part != meant)
        for part, meant in escape_units(text)
    ]


def _older(part: str) -> str:
    """Return the character of an octet that is no UTF-8, as ISO 8859-1 has it."""
    return chr(int(part[-2:], 16))


def requoted(made: str, like: str) -> str:
    """Return a text with %XX where another has it: by place, or else by character."""
    letters = escaped_letters(like)
    match = re.search(r"%((?:25)*)", like)
    again = match[1] if match else ""
    is_latin = any(meant == "\ufffd" for _, meant in escape_units(like))
    is_small = re.search(r"%(?:25)*(?:[0-9][a-f]|[a-f][0-9a-f])", like) is not None
    literal = {letter for letter, was_escaped in letters if not was_escaped}
    places = (
        [was_escaped for _, was_escaped in letters]
        if len(letters) == len(made)
        else [
            letter not in literal and not (letter.isascii() and letter.isalnum()) for letter in made
        ]
    )
    parts = []
    for letter, is_escaped in zip(made, places, strict=True):
        if not is_escaped:
            parts.append(letter)
            continue
        octets = letter.encode("latin-1" if is_latin and ord(letter) < 256 else "utf-8")
        escapes = "".join(f"%{again}{octet:02X}" for octet in octets)
        parts.append(escapes.lower() if is_small else escapes)
    return "".join(parts)
