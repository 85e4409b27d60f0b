"""What the records of a run say: as they lie beside the truth, or made again.

Of ten million records a digest each is kept, of what they say rather than of their bytes: SIEMs
write members in an order of their own. The few that turn out to be others are looked at again.
"""

from __future__ import annotations

import hashlib
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import orjson

from simulator.errors import ScenarioError
from simulator.primitives.instants import to_second
from simulator.run.press import Cut
from simulator.run.request import GENERATION
from simulator.run.writing import press_of, sheets
from simulator.sinks.formats import Format
from simulator.sinks.targets import MANIFEST
from simulator.streaming.asked import OUTPUT as STREAM
from simulator.streaming.asked import feed_of
from simulator.validation.findings import shown
from simulator.validation.reading import Item, read_source
from simulator.verification.again import request_of
from simulator.verification.checking import RECORDS
from simulator.verification.places import Folder, opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from simulator.reconciliation.runs import Run
    from simulator.run.request import Request
    from simulator.sinks.manifest import Manifest

UNKNOWN: Final = 0
"""In place of a digest: nobody knows."""
_UNWRITABLE: Final = 1
"""Of what no JSON can say, such as half a character: it is like nothing that was sent."""
ADDENDUM: Final = "addendum"
"""What only delivery gives a record, when it is late."""


@dataclass(frozen=True, slots=True)
class Made:
    """A record as it was written."""

    number: int | None
    """Which line of the truth tells of it; absent where only its eventID says."""
    record: dict[str, Any] | None
    """Absent where it is none, since it was damaged on purpose."""
    raw: bytes | None
    """Its text, where it has a line to itself."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What the records of a run say."""

    records: Callable[[], Iterator[Made]]
    """Yields them, from the first one again each time; nothing where it is not known."""
    origin: str
    """Where it is known from, or why it is not, in words."""
    is_known: bool = True
    ignored: tuple[str, ...] = ()
    """Members that are not compared."""


def digest_of(record: Mapping[str, Any], ignored: tuple[str, ...] = ()) -> int:
    """Return eight bytes that stand for what a record says, whatever the order of its members."""
    for name in ignored:
        if name in record:
            record = {one: value for one, value in record.items() if one != name}
    try:
        text = orjson.dumps(record, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        return _UNWRITABLE
    found = int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big")
    return found if found > _UNWRITABLE else found + 2


def expected_records(run: Run) -> Contents:
    """Return what the records of a run say.

    Raises:
        InputError: The records that lie beside the truth cannot be read.
    """
    manifest = run.manifest
    if manifest is None:
        return _unknown("no manifest lies beside the truth")
    names = [one.name for one in manifest.files if one.role in RECORDS and one.name != "-"]
    if names and all(_is_there(run, name) for name in names):
        where = run.shown(names[0]) if len(names) == 1 else f"{len(names):,} files of the run"
        return Contents(lambda: _read(run, names), where)
    if manifest.generation != GENERATION:
        return _unknown(
            f"generation {manifest.generation} wrote the run, which this version cannot make again"
        )
    is_log = manifest.output == Format.cloudtrail
    try:
        request = request_of(manifest)
        if manifest.output == STREAM:
            return _of_stream(run, manifest, request)
        # What is delivered when is no matter of what it says, but for what is late.
        request = replace(request, format=Format.ndjson)
        request = replace(request, start=None, end=None) if is_log else request
        press = press_of(request, has_truth=False)
    except ScenarioError:
        return _unknown("this version cannot make the run again from its manifest")
    cut = Cut(to_second(request.start), to_second(request.end))

    def made() -> Iterator[Made]:
        number, rest = 0, b""
        with closing(sheets(press, cut, 1)) as printed:
            for sheet in printed:
                *lines, rest = (rest + bytes(sheet.texts[0])).split(b"\n")
                for line in lines:
                    yield Made(None if is_log else number, _parsed(line), line)
                    number += 1

    return Contents(
        made, "the run, made again from its manifest", ignored=(ADDENDUM,) if is_log else ()
    )


def _of_stream(run: Run, manifest: Manifest, request: Request) -> Contents:
    """Return what the records of a stream say: they went away, and are made again."""
    told = manifest.members.get("stream")
    told = told if isinstance(told, dict) else {}
    name = run.shown(MANIFEST)

    def made() -> Iterator[Made]:
        # A feed is read once.
        with closing(feed_of(request, told, name).portions()) as portions:
            for portion in portions:
                for place, line in enumerate(portion.records):
                    yield Made(portion.first + place, _parsed(line), line)

    return Contents(made, "the stream, made again from its manifest")


def _unknown(why: str) -> Contents:
    return Contents(lambda: iter(()), why, is_known=False)


def _is_there(run: Run, name: str) -> bool:
    if isinstance(run.source, Folder):
        return (run.source.root / name).is_file()
    return any(one.key == name for one in run.source.held(name))


def _read(run: Run, names: list[str]) -> Iterator[Made]:
    """Yield the records of files."""
    for name in names:
        with opened(run.source, name) as source:
            for one in read_source(run.shown(name), source):
                if isinstance(one, Item):
                    yield Made(None, one.record, one.raw)


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def first_difference(sent: object, received: object, path: str = "") -> str | None:
    """Return where two values differ first, in the order of what was sent, and how.

    Returns:
        Such as `userIdentity.type: sent "Unknown", received null`; nothing where they do not.
    """
    if isinstance(sent, dict) and isinstance(received, dict):
        for name in dict.fromkeys((*sent, *received)):
            below = f"{path}.{name}" if path else str(name)
            found = first_difference(sent.get(name, _MISSING), received.get(name, _MISSING), below)
            if found is not None:
                return found
        return None
    if isinstance(sent, list) and isinstance(received, list):
        for nth in range(max(len(sent), len(received))):
            ours = sent[nth] if nth < len(sent) else _MISSING
            theirs = received[nth] if nth < len(received) else _MISSING
            found = first_difference(ours, theirs, f"{path}[{nth}]")
            if found is not None:
                return found
        return None
    if type(sent) is type(received) and sent == received:
        return None
    return f"{shown(path)}: sent {_quoted(sent)}, received {_quoted(received)}"


class _Missing:
    """Stands for a member that is not there."""


_MISSING: Final = _Missing()


def _quoted(value: object) -> str:
    if value is _MISSING:
        return "nothing"
    try:
        return shown(orjson.dumps(value).decode())
    except TypeError:
        return shown(value)
