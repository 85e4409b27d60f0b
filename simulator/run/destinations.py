"""Destinations of runs that are delivered: which may be taken, and what marks them.

A destination says what became of it: `unfinished.json` from the first moment on, so that a run
that was broken off is known and can be finished; `manifest.json` when the run is whole.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import orjson

from simulator.errors import InputError, OutputError
from simulator.primitives.jsontext import json_text_indented
from simulator.sinks.manifest import read_manifest
from simulator.sinks.targets import MANIFEST, UNFINISHED

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.sinks.manifest import Origin
    from simulator.sinks.stores import Store


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a run is delivered to."""

    store: Store
    """Takes its objects."""

    name: str
    """What the user calls it."""

    folder: Path | None = None
    """The folder that it is; absent for a bucket."""

    bucket: str | None = None
    """The bucket that it is in; absent for a folder."""

    prefix: str = ""
    """What the keys of its objects begin with in the bucket: empty, or ends in a slash."""

    truth: Path | None = None
    """A file for the truth; absent where it is an object like the others."""


def begin(to: Destination, origin: Origin, *, force: bool, resume: bool) -> None:
    """Mark a destination as that of a run under way.

    Args:
        to: Where.
        origin: Of which run.
        force: Whether a run that is there may be replaced.
        resume: Whether one that is there is to be finished.

    Raises:
        OutputError: It holds something that must not be touched.
    """
    mine: dict[str, Any] = orjson.loads(json_text_indented(asdict(origin)))
    marker, manifest = _read(to, UNFINISHED), _read(to, MANIFEST)
    if resume and _is_taken_up(to, mine, marker, manifest):
        return
    if marker is None and manifest is None:
        is_alone = next(iter(to.store.held()), None) is None
        if not (is_alone or force):
            message = f"{to.name} is not empty: choose another place with -o, or say --force"
            raise OutputError(message)
    else:
        is_alone = _cleared(to, marker, manifest, force=force)
    text = json_text_indented({"run": mine, "alone": is_alone})
    to.store.put(UNFINISHED, text + b"\n")


def finish(to: Destination, manifest: bytes) -> None:
    """Mark a destination as that of a whole run.

    Raises:
        OutputError: It cannot be written to.
    """
    to.store.put(MANIFEST, manifest)
    to.store.remove(UNFINISHED)


def _read(to: Destination, name: str) -> bytes | None:
    # Asked for by name: to open what is not there is an error like any other.
    if not any(one.key == name for one in to.store.held(name)):
        return None
    return to.store.get(name)


def _is_taken_up(
    to: Destination, mine: dict[str, Any], marker: bytes | None, manifest: bytes | None
) -> bool:
    """Return whether a run is there that can be finished: this one, and no other."""
    if marker is None and manifest is None:
        return False
    told = orjson.loads(marker)["run"] if marker is not None else orjson.loads(manifest or b"{}")
    others = [name for name, value in mine.items() if told.get(name) != value]
    if others:
        message = (
            f"{to.name} holds another run (its {', '.join(others)} differ): ask for the same "
            "scenario and options to finish it, or say --force to replace it"
        )
        raise OutputError(message)
    return True


def _cleared(to: Destination, marker: bytes | None, manifest: bytes | None, *, force: bool) -> bool:
    """Remove an earlier run, if that may be, and return whether nothing else is there."""
    if not force:
        word = "a whole run" if marker is None else "an unfinished run, which --resume finishes"
        message = f"{to.name} holds {word}: choose another place with -o, or say --force"
        raise OutputError(message)
    if marker is not None:
        if not orjson.loads(marker)["alone"]:
            message = (
                f"{to.name} holds an unfinished run among other things: finish it with "
                f"--resume, or remove what it wrote and {UNFINISHED}"
            )
            raise OutputError(message)
        names = [one.key for one in to.store.held() if one.key != UNFINISHED]
    else:
        assert manifest is not None
        try:
            names = [entry.name for entry in read_manifest(manifest, MANIFEST).files]
        except InputError as error:
            raise OutputError(str(error)) from None
    # What tells of them goes last: broken off here, it is known what is left.
    for name in names:
        if name != MANIFEST:
            to.store.remove(name)
    for name in (MANIFEST, UNFINISHED):
        to.store.remove(name)
    return next(iter(to.store.held()), None) is None
