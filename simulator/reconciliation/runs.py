"""What a run left that says what was sent.

Its truth, and if they are there its manifest, its records and what a stream noted of its batches.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from simulator.errors import InputError
from simulator.sinks.targets import MANIFEST
from simulator.verification.places import Folder, Source, place_of

if TYPE_CHECKING:
    from simulator.sinks.manifest import Manifest

SENT: Final = "sent.ndjson"
"""What a stream notes of its batches."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run, and where it lies."""

    source: Source
    root: str
    """What comes before a name when it is shown: empty, or ends in a slash."""
    truth: str
    """Name of the file of its truth."""
    truth_sha256: str | None
    """Of what is in it, as its manifest says; absent without one."""
    manifest: Manifest | None
    """Absent where the truth lies alone."""
    sent: str | None
    """Name of what was noted of its batches; absent where there is none."""

    def shown(self, name: str) -> str:
        """Return a file's name as the user would write it."""
        return f"{self.root}{name}"


def run_of(path: str, endpoint: str | None = None) -> Run:
    """Return the run that a path means: its folder, its manifest, its truth or its bucket.

    Args:
        path: What the user says.
        endpoint: Where the service of a bucket is.

    Raises:
        InputError: There is no truth.
        RequestError: The bucket's scheme is unknown, or a folder is given an endpoint.
        MissingExtraError: The bucket's client is not installed.
    """
    given = Path(path)
    is_file = endpoint is None and "://" not in path and given.is_file()
    try:
        place = place_of(path, endpoint)
        manifest = place.manifest()
    except InputError:
        if not is_file or path.endswith(MANIFEST):
            raise
        return _alone(given)
    if (
        is_file
        and given.name != place.key
        and all(one.name != given.name for one in manifest.files)
    ):
        return _alone(given)
    truths = [one for one in manifest.files if one.role == "truth"]
    if len(truths) != 1:
        message = f"{place.shown(place.key)}: names no truth: write the run with --truth"
        raise InputError(message)
    [truth] = truths
    return Run(
        place.source,
        place.root,
        truth.name,
        truth.content_sha256,
        manifest,
        _sent_in(place.source),
    )


def _alone(path: Path) -> Run:
    """Return a run of which only the truth is known."""
    folder = Folder(path.parent)
    root = "" if path.parent == Path() else f"{path.parent}/"
    return Run(folder, root, path.name, None, None, _sent_in(folder))


def _sent_in(source: Source) -> str | None:
    if isinstance(source, Folder):
        # Not by listing it: it may be anybody's, and large.
        return SENT if (source.root / SENT).is_file() else None
    return SENT if any(one.key == SENT for one in source.held(SENT)) else None
