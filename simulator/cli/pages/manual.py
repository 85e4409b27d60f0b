"""`docs/man/trailwright.1`: the manual page, for `man trailwright`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from simulator.cli.app import STATUSES
from simulator.cli.pages.described import described

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from simulator.cli.pages.described import Described, Taken

_HEAD: Final = """\
.\\" Written by python -m simulator.cli.reference from simulator/cli: do not edit.
.TH TRAILWRIGHT 1 "" Trailwright "User Commands"
.ad l
.nh
.SH NAME
trailwright \\- write synthetic AWS CloudTrail records of IAM Identity Center"""
_STATUSES: Final = "Exit statuses:"
_CODE: Final = re.compile(r"`([^`]+)`")


def page() -> str:
    """Return the page."""
    root, *commands = described()
    examples = [text for title, text in root.closing if title != _STATUSES]
    lines = [
        _HEAD,
        ".SH SYNOPSIS",
        _bold(root.usage),
        ".SH DESCRIPTION",
        *_prose(root.help),
        ".PP",
        *_prose(
            (
                "Results go to standard output, messages, progress and errors to standard error.",
                "Colours appear on terminals only.",
            )
        ),
        ".SH OPTIONS",
        *_taken(root.takes),
        ".SH COMMANDS",
    ]
    for one in commands:
        lines += _command(one)
    lines += [".SH EXIT STATUS"]
    for status, meaning in STATUSES:
        lines += [".TP", _bold(str(status)), _text(f"{meaning[0].upper()}{meaning[1:]}.")]
    lines += [".SH EXAMPLES", *_verbatim("\n".join(examples))]
    lines += [".SH SEE ALSO", ".BR aws (1),", ".BR jq (1)"]
    return "\n".join(lines) + "\n"


def _command(one: Described) -> Iterator[str]:
    yield f".SS {_plain(one.usage)}"
    yield from _prose(one.help)
    yield from _taken(one.takes)
    for title, text in one.closing:
        yield from (".PP", _text(title), ".RS", *_verbatim(text), ".RE")


def _taken(takes: Iterable[Taken]) -> Iterator[str]:
    for one in takes:
        default = f" By default {one.default}." if one.default else ""
        yield from (".TP", _bold(one.words), _text(f"{one.meaning}{default}"))


def _prose(lines: Iterable[str]) -> Iterator[str]:
    """Yield paragraphs; an empty line is between two of them."""
    for line in lines:
        yield _text(line) if line else ".PP"


def _verbatim(text: str) -> Iterator[str]:
    yield from (".nf", *(_text(line) for line in text.split("\n")), ".fi")


def _text(line: str) -> str:
    """Return a line of text, in which nothing at its begin is taken for a request."""
    made = _CODE.sub(lambda found: f"\\fB{found[1]}\\fR", _plain(line))
    return f"\\&{made}" if made.startswith((".", "'")) else made


def _bold(line: str) -> str:
    return f"\\fB{_plain(line)}\\fR"


def _plain(text: str) -> str:
    """Return text as it is, in ASCII, with dashes that can be copied."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")
    escaped = escaped.replace("^", "\\(ha").replace("~", "\\(ti")
    return "".join(letter if letter.isascii() else f"\\[u{ord(letter):04X}]" for letter in escaped)
